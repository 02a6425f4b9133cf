"""SQLite files on this machine: whose they are, and what is wrong with one, in words of ours."""

from __future__ import annotations

import os
import sqlite3

_SAID = {  # what SQLite says, sqlite3_errstr(3), and our word for it
    "full": "no-space-left",
    "not a database": "not-a-database",
    "malformed": "not-a-database",
    "locked": "database-locked",
    "unable to open": "cannot-open",
    "readonly": "read-only",
}


def reason_of(error: sqlite3.Error | OSError) -> str:
    """Return a reason that `findings.causes` knows."""
    if isinstance(error, OSError):
        return os.strerror(error.errno or 0)
    return next((word for said, word in _SAID.items() if said in str(error)), "database-error")


def tables_of(db: sqlite3.Connection) -> frozenset[str]:
    """Return the names of the tables that a database holds."""
    return frozenset(row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))
