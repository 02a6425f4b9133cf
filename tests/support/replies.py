"""Answers to changes, kept in memory: what the port promises, without a database."""

from __future__ import annotations

from datetime import datetime, timedelta

from warifu.errors import RefusedError
from warifu.ports.replies import Replies, Reply

LEASE = timedelta(minutes=5)
DAY = timedelta(days=1)


class RepliesInMemory(Replies):
    def __init__(self) -> None:
        self._begun: dict[tuple[str, str], tuple[str, datetime, Reply | None]] = {}

    def begin(self, owner: str, key: str, digest: str, *, now: datetime) -> Reply | None:
        held = self._begun.get((owner, key))
        if held is not None and now - held[1] < (DAY if held[2] else LEASE):
            if held[0] != digest:
                raise RefusedError("server.key-reused")
            if held[2] is None:
                raise RefusedError("server.key-running")
            return held[2]
        self._begun[owner, key] = (digest, now, None)
        return None

    def keep(self, owner: str, key: str, reply: Reply, *, now: datetime) -> None:
        digest, _, _ = self._begun[owner, key]
        self._begun[owner, key] = (digest, now, reply)

    def drop(self, owner: str, key: str) -> None:
        self._begun.pop((owner, key), None)
