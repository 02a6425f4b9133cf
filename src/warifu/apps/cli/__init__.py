"""The command line: one file a verb. Every sentence comes from the tables."""
