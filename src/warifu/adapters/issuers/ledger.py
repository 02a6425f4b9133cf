"""What a local CA has signed: one SQLite file, a row and its certificate written in one transaction.

A request is signed once: whoever submits it again, also after a kill between signing and
answering, gets the certificate that the first transaction recorded.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from warifu.adapters.files.databases import reason_of
from warifu.domain.x509 import Certificate, Sha256
from warifu.errors import CouldNotLookError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS issued (
    request TEXT NOT NULL,
    purpose TEXT NOT NULL,
    serial TEXT NOT NULL UNIQUE,
    issuer TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    wanted_end TEXT NOT NULL,
    certificate BLOB NOT NULL,
    PRIMARY KEY (request, purpose)
) STRICT
"""


@dataclass(frozen=True, slots=True)
class Signed:
    """A certificate on record, and the end of validity that was asked for."""

    certificate: Certificate
    wanted_end: datetime


class Ledger:
    """The record of one CA folder.

    Raises:
        CouldNotLookError: `issue.ca-write-failed`, from any method.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._path = Path(folder) / "issued.sqlite"

    def find(self, request: Sha256) -> Signed | None:
        """Return what was signed for a request."""
        if not self._path.exists():
            return None
        with self._open() as database:
            return _row(database, request, "leaf")

    def sign_once(
        self, request: Sha256, sign: Callable[[], Signed], *, purpose: str, now: datetime
    ) -> Signed:
        """Return what is on record for a request, or sign it and record it, in one transaction.

        Args:
            request: SHA-256 of the request.
            sign: makes the certificate; called at most once.
            purpose: `leaf` or `sentinel`.
            now: the present instant.
        """
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            found = _row(database, request, purpose)
            if found is None:
                found = sign()
                database.execute(
                    "INSERT INTO issued VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        request.hex,
                        purpose,
                        f"{found.certificate.serial:x}",
                        str(found.certificate.issuer),
                        now.isoformat(),
                        found.wanted_end.isoformat(),
                        found.certificate.der,
                    ),
                )
            database.execute("COMMIT")
            return found

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with suppress(FileExistsError):
                os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as database:
                database.execute("PRAGMA synchronous = FULL")
                database.execute(_SCHEMA)
                yield database
        except (OSError, sqlite3.Error) as error:
            raise CouldNotLookError(
                "issue.ca-write-failed", folder=self._folder, reason=reason_of(error)
            ) from error


def _row(database: sqlite3.Connection, request: Sha256, purpose: str) -> Signed | None:
    found = database.execute(
        "SELECT certificate, wanted_end FROM issued WHERE request = ? AND purpose = ?", (request.hex, purpose)
    ).fetchone()
    return None if found is None else Signed(Certificate(found[0]), datetime.fromisoformat(found[1]))
