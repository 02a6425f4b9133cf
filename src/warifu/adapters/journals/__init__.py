"""A SQLite file: what this process intended and did."""
