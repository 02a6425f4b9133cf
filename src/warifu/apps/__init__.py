"""The programs: arguments, life cycle, exit codes, and how answers look."""
