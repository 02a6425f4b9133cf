"""Files of rows: JSON lines, CSV, SQLite."""
