"""The server's database: rows become values here; nothing of SQL leaves."""
