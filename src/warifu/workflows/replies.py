"""Answers to changes that may be asked for twice, kept in the server's database; what is under way is known here alone."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta

from warifu.errors import RefusedError
from warifu.ports.registry import Registry
from warifu.ports.replies import Replies, Reply
from warifu.ports.work_books import KeyedAnswer

_GONE = timedelta(minutes=5)
"""Whoever began so long ago and said nothing since is gone."""


class KeptReplies(Replies):
    """Replies by owner and key."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._running: dict[tuple[str, str], tuple[str, datetime]] = {}
        self._lock = threading.Lock()

    def begin(self, owner: str, key: str, digest: str, *, now: datetime) -> Reply | None:
        """Return what was answered before, or take the change up; see the port."""
        with self._lock:
            held = self._running.get((owner, key))
            if held is not None and now - held[1] < _GONE:
                raise RefusedError("server.key-running")
            with self._registry.look() as books:
                known = books.answers.find(owner, key)
            if known is None:
                self._running[owner, key] = (digest, now)
                return None
        if known.request != digest:
            raise RefusedError("server.key-reused")
        headers = tuple((str(name), str(value)) for name, value in json.loads(known.media))
        return Reply(known.status, headers, known.body)

    def keep(self, owner: str, key: str, reply: Reply, *, now: datetime) -> None:
        """Keep an answer; see the port."""
        with self._lock:
            digest, _ = self._running.pop((owner, key), ("", now))
            headers = json.dumps(reply.headers)
            answer = KeyedAnswer(owner, key, digest, reply.status, headers, reply.body, now)
            with self._registry.change() as books:
                books.answers.keep(answer)

    def drop(self, owner: str, key: str) -> None:
        """Forget what was begun; see the port."""
        with self._lock:
            self._running.pop((owner, key), None)
