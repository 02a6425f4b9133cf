"""Rollouts' journals in the server's database; leases are the server's, so that epochs rise over all of them.

Whoever drove and was away longer than its lease has lost it, whether or not somebody else took it: what it knew of the
rollout may be old. `forget` lets it begin anew, from what the journal says then.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from warifu.errors import RefusedError
from warifu.ports.journals import DrivenJournal, Lease, Noted, RolloutHead, Row
from warifu.ports.registry import Books, Registry
from warifu.ports.work_books import HeldLease

_NAME: Final = "journal"


@dataclass(slots=True)
class RegistryJournal(DrivenJournal):
    """A journal of a database that several servers may share.

    Args:
        draw: chance as hex digits, for the journal's own name.
        longest: no lease is longer than this.
        is_gone: whether a holder is known to have ended, so that its lease is free at once.
    """

    registry: Registry
    draw: Callable[[], str]
    longest: timedelta = timedelta(minutes=2)
    is_gone: Callable[[str], bool] = lambda _holder: False
    _held: dict[tuple[str, str], HeldLease] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def id(self) -> str:
        """What nodes know this journal's drivers by."""
        with self.registry.look() as books:
            known = books.about.find(_NAME)
        if known:
            return known
        with self.registry.change() as books:
            known = books.about.find(_NAME) or self.draw()
            books.about.put(_NAME, known)
        return known

    def begin(
        self,
        rollout: str,
        plan: bytes,
        plan_digest: str,
        *,
        footprint: Collection[str],
        now: datetime,
        first: Sequence[Noted] = (),
    ) -> None:
        """Note a new rollout; see the port."""
        with self.registry.change() as books:
            self.begin_in(books, rollout, plan, plan_digest, footprint=footprint, now=now, first=first)

    @staticmethod
    def begin_in(
        books: Books,
        rollout: str,
        plan: bytes,
        plan_digest: str,
        *,
        footprint: Collection[str],
        now: datetime,
        first: Sequence[Noted] = (),
    ) -> None:
        """Note a new rollout in a transaction that does more than this; see the port."""
        books.rollouts.begin(RolloutHead(rollout, plan_digest, now, "open"), plan, footprint)
        for kind, step, data in first:
            books.rows.append(rollout, kind, step, data, epoch=0, now=now)

    def rollouts(self) -> tuple[RolloutHead, ...]:
        """Return every rollout, newest first."""
        with self.registry.look() as books:
            return books.rollouts.heads()

    def plan(self, rollout: str) -> bytes:
        """Return the bytes of a rollout's plan; see the port."""
        with self.registry.look() as books:
            return books.rollouts.plan(rollout)

    def rows(self, rollout: str) -> Sequence[Row]:
        """Return a rollout's rows in order."""
        with self.registry.look() as books:
            return books.rows.rows(rollout)

    def lease(self, rollout: str, holder: str, *, now: datetime, length: timedelta) -> Lease:
        """Take or renew the lease; see the port.

        Raises:
            RefusedError: `rollout.lease-lost`: this process had it and let it run out.
        """
        key = (rollout, holder)
        with self._lock:
            before = self._held.get(key)
        if before is not None and now >= before.until:
            raise RefusedError(
                "rollout.lease-lost", rollout=rollout, epoch=before.epoch, newer=before.epoch + 1
            )
        with self.registry.change() as books:
            books.rollouts.head(rollout)
            held = self._take(books, rollout, holder, now, min(length, self.longest))
            if before is not None and before.epoch != held.epoch:
                raise RefusedError(
                    "rollout.lease-lost", rollout=rollout, epoch=before.epoch, newer=held.epoch
                )
        with self._lock:
            self._held[key] = held
        return Lease(rollout, held.epoch, held.until)

    def held(self, rollout: str, holder: str) -> HeldLease | None:
        """Return the lease as this process had it last; it may have run out."""
        with self._lock:
            return self._held.get((rollout, holder))

    def renew(self, *, now: datetime) -> None:
        """Renew what is held, from beside a step that takes long; what is lost is found out by its driver."""
        with self._lock:
            held = tuple(self._held)
        for rollout, holder in held:
            with suppress(RefusedError):
                self.lease(rollout, holder, now=now, length=self.longest)

    def forget(self, rollout: str, holder: str) -> None:
        """Begin anew: what was known of the lease counts no more."""
        with self._lock:
            self._held.pop((rollout, holder), None)

    def write(self, lease: Lease, kind: str, step: str, data: Mapping[str, object], *, now: datetime) -> Row:
        """Append a row if the lease still stands; see the port."""
        with self.registry.change() as books:
            _stand(books, lease)
            return books.rows.append(lease.rollout, kind, step, data, epoch=lease.epoch, now=now)

    def remark(self, rollout: str, kind: str, step: str, data: Mapping[str, object], *, now: datetime) -> Row:
        """Append what a person says while somebody else drives; see the port."""
        with self.registry.change() as books:
            books.rollouts.head(rollout)
            return books.rows.append(rollout, kind, step, data, epoch=0, now=now)

    def end(self, lease: Lease, state: str, *, now: datetime, last: Noted | None = None) -> None:
        """Close a rollout and give its lease free; see the port."""
        with self.registry.change() as books:
            found = _stand(books, lease)
            if last is not None:
                kind, step, data = last
                books.rows.append(lease.rollout, kind, step, data, epoch=lease.epoch, now=now)
            books.rollouts.end(lease.rollout, state, now=now)
            books.leases.release(found)
        self.forget(lease.rollout, found.holder)

    def _take(self, books: Books, rollout: str, holder: str, now: datetime, length: timedelta) -> HeldLease:
        name = lease_name(rollout)
        found = books.leases.find(name)
        if found is not None and found.holder not in {"", holder} and self.is_gone(found.holder):
            books.leases.release(found)
        try:
            return books.leases.take(name, holder, now=now, length=length)
        except RefusedError as error:
            raise RefusedError("rollout.lease-held", rollout=rollout, until=error.values["until"]) from error


def lease_name(rollout: str) -> str:
    """Return what the lease of a rollout is called among the server's leases."""
    return f"rollout/{rollout}"


def _stand(books: Books, lease: Lease) -> HeldLease:
    found = books.leases.find(lease_name(lease.rollout))
    if found is None or found.epoch != lease.epoch:
        newer = 0 if found is None else found.epoch
        raise RefusedError("rollout.lease-lost", rollout=lease.rollout, epoch=lease.epoch, newer=newer)
    return found
