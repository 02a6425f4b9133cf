"""Tokens by which nodes join."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, Table, Text, delete, insert, select, update

from warifu.adapters.database.columns import METADATA, Moment
from warifu.domain.directory.tokens import TokenRecord
from warifu.ports.node_books import TokenBook

TOKENS: Final = Table(
    "join_token",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("node", Text, nullable=False, index=True),
    Column("ends", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("used", Moment),
)


class TokenTables(TokenBook):
    """Tokens as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, token: TokenRecord) -> None:
        """Keep a token; see the port."""
        self._db.execute(delete(TOKENS).where(TOKENS.c.node == token.node, TOKENS.c.used.is_(None)))
        row = {
            "key": token.hash,
            "node": token.node,
            "ends": token.expires,
            "by": token.by,
            "used": token.used,
        }
        self._db.execute(insert(TOKENS), row)

    def find(self, key: str) -> TokenRecord | None:
        """Return the token of a hash."""
        row = self._db.execute(select(TOKENS).where(TOKENS.c.key == key)).one_or_none()
        return None if row is None else _token(row)

    def use(self, key: str, *, now: datetime) -> None:
        """Have a token be used up."""
        self._db.execute(update(TOKENS).where(TOKENS.c.key == key).values(used=now))

    def tokens(self) -> tuple[TokenRecord, ...]:
        """Return those that were not used, sorted by node."""
        rows = self._db.execute(select(TOKENS).where(TOKENS.c.used.is_(None)))
        return tuple(sorted(map(_token, rows), key=lambda token: token.node))


def _token(row: Any) -> TokenRecord:
    return TokenRecord(row.key, row.node, row.ends, row.by, row.used)
