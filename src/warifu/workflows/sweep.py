"""Checks many: streams subjects, judges on every core, keeps rows, and can be ended at any moment.

One process walks, asks addresses by threads and keeps rows in the order of the subjects, whatever ends first; the
others judge. What is on its way is bounded, so memory does not grow with what is checked.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from warifu.domain.sweep.listing import Listing, Spot
from warifu.domain.sweep.row import Row
from warifu.domain.sweep.summary import Summary, Tally
from warifu.domain.trust import Profile
from warifu.domain.trust.address import Address
from warifu.domain.x509 import Certificate, load
from warifu.errors import CouldNotLookError, RefusedError, UsageError
from warifu.ports.archives import Archives
from warifu.ports.clock import Clock
from warifu.ports.probes import SCHEMES, Endpoint, dialect_at
from warifu.ports.results import Mark, Results
from warifu.workflows.check import Checker, Look, TrustFile
from warifu.workflows.cores import executor
from warifu.workflows.sweep_rows import Files, Part, Setting, begin, rows_of, served
from warifu.workflows.sweep_units import Cutter, Unit
from warifu.workflows.threads import Threads

DURABLE = timedelta(seconds=2)
"""So often what was found is made to last: no more than this is done again after a crash."""
_AHEAD = 3  # units a process that wait for it
_HEAVIEST = 256 << 20  # bytes of all that wait

Told = Callable[[tuple[Row, ...], int, float], None]
"""Progress: rows that were just kept, how many in all, and which share of everything lies behind (0 to 1)."""


@dataclass(frozen=True, slots=True)
class Workload:
    """How much is done at once.

    Args:
        jobs: processes that judge.
        parallel: addresses that are asked at the same time.
    """

    jobs: int
    parallel: int


@dataclass(slots=True)
class Sweep:
    """One long look.

    Args:
        checker: how one subject is looked at and judged.
        pool: CAs that may stand above leaves of a pile.
    """

    checker: Checker
    store: TrustFile
    pool: tuple[Certificate, ...]
    archives: Archives
    results: Results
    clock: Clock
    load: Workload
    kept: int = 0
    _waiting: deque[_Waiting] = field(default_factory=deque, repr=False)
    _last: Mark = field(default_factory=Mark, repr=False)
    _sure: bool = field(default=True, repr=False)

    def run(self, subjects: Listing, asked: Mapping[str, str], told: Told, *, replace_all: bool) -> Summary:
        """Check everything, from where an earlier run came to; return what it comes to.

        Args:
            asked: what the answer depends on beside the subjects' own content, by name.
            replace_all: forget what was kept.

        Raises:
            RefusedError: another question was begun there, or what was looked at has changed since.
            CouldNotLookError: rows cannot be kept, or a process was ended.
        """
        question = {**asked, _instant(asked): self.checker.at.isoformat()}
        begun = self.results.begin(question, replace=replace_all)
        try:
            at = datetime.fromisoformat(begun.asked["at"])
            self.checker = replace(self.checker, at=at)
            if not begun.mark.whole:
                self._go_on(subjects, begun.mark, told)
            tally = Tally(at)
            self.results.finish(tally.add)
        except BaseException:
            self._let_go()
            raise
        return tally.close()

    def _let_go(self) -> None:
        """Make what was kept last, where nothing was broken off in the middle of keeping it."""
        try:
            if self._sure and self._last.units:
                self.results.keep((), self._last, durable=True)
        finally:
            self.results.close()

    def _go_on(self, subjects: Listing, mark: Mark, told: Told) -> None:
        setting = self.setting()
        judges = executor(self.load.jobs, begin, setting)
        threads = Threads(self.load.parallel, "address")
        try:
            self._walk(subjects, mark, _Crew(judges, threads, self), told)
        except BrokenProcessPool as wrong:
            raise CouldNotLookError("sweep.worker-ended", jobs=self.load.jobs) from wrong
        finally:
            threads.let_go()
            judges.shutdown(wait=False, cancel_futures=True)

    def _walk(self, subjects: Listing, mark: Mark, crew: _Crew, told: Told) -> None:
        count = subjects.count
        since = self.clock.now()
        chain = ""
        number = 0
        self._last = mark
        for number, unit in enumerate(self._cutter().units(subjects), start=1):
            chain = hashlib.sha256(f"{chain} {unit.key}".encode("utf-8", "surrogateescape")).hexdigest()
            if number <= mark.units:
                if number == mark.units and chain != mark.chain:
                    raise RefusedError("sweep.changed", place=unit.place)
                continue
            share = (unit.subject + unit.share) / count
            self._waiting.append(_Waiting(crew.rows(unit), Mark(number, chain), share, unit.weight))
            while crew.is_busy(self._waiting) or (self._waiting and self._waiting[0].rows.done()):
                since = self._keep(since, told)
        if number < mark.units:
            raise RefusedError("sweep.gone")
        while self._waiting:
            since = self._keep(since, told)
        self._sure = False
        self.results.keep((), replace(self._last, whole=True), durable=True)

    def _keep(self, since: datetime, told: Told) -> datetime:
        """Keep the rows of the unit that was begun first; return when rows were made to last."""
        first = self._waiting.popleft()
        rows = first.rows.result()
        now = self.clock.now()
        durable = abs(now - since) >= DURABLE
        self._sure = False
        self.results.keep(rows, first.mark, durable=durable)
        self._last = first.mark
        self._sure = True
        self.kept += len(rows)
        told(tuple(rows), self.kept, first.share)
        return now if durable else since

    def _cutter(self) -> Cutter:
        return Cutter(self.archives, lambda path: self.checker.read(path, explicit=True), self.results.owns)

    def setting(self) -> Setting:
        """Return what other processes are begun with."""
        bare = replace(
            self.checker, profile=_sendable(self.checker.profile), requests=(), archives=None, met={}
        )
        requests = tuple(one.der for one in self.checker.requests)
        anchors, pool = (tuple(one.der for one in part) for part in (self.store.anchors, self.pool))
        return Setting(bare, requests, anchors, pool)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A unit on its way."""

    rows: Future[list[Row]]
    mark: Mark
    share: float
    weight: int


@dataclass(frozen=True, slots=True)
class _Crew:
    """Who judges, and who asks addresses."""

    judges: Executor
    threads: Threads
    sweep: Sweep

    def rows(self, unit: Unit) -> Future[list[Row]]:
        """Return what will be the rows of a unit."""
        match unit.work:
            case Files() | Part() as piece:
                return self.judges.submit(rows_of, piece)
            case Spot() as spot:
                return self.threads.submit(self._ask, spot)
            case _:
                ready: Future[list[Row]] = Future()
                ready.set_result(list(unit.rows))
                return ready

    def _ask(self, spot: Spot) -> list[Row]:
        address = Address(spot.host, spot.port)
        dialect = SCHEMES[spot.scheme][0] if spot.scheme else dialect_at(spot.port)
        looks: Iterator[Look] = self.sweep.checker.look_behind(Endpoint(address, dialect))
        return self.judges.submit(rows_of, tuple(served(look) for look in looks)).result()

    def is_busy(self, waiting: deque[_Waiting]) -> bool:
        """Tell whether as much is on its way as may be."""
        load = self.sweep.load
        if sum(one.weight for one in waiting) > _HEAVIEST:
            return True
        return len(waiting) > max(load.jobs * _AHEAD, load.parallel * 2)


def _sendable(profile: Profile) -> Profile:
    """Return a profile without read-only views of mappings, which cannot be sent to other processes."""
    values = {one.name: getattr(profile, one.name) for one in fields(profile)}
    views: dict[str, Any] = {
        name: dict(value) for name, value in values.items() if isinstance(value, MappingProxyType)
    }
    return replace(profile, **views)


def _instant(asked: Mapping[str, str]) -> str:
    """Return how the instant of judgement is named: one that nobody gave is the one of the first time."""
    return "at" if asked.get("at-given") else "at?"


def read_pool(checker: Checker, paths: tuple[str, ...]) -> tuple[Certificate, ...]:
    """Return the CAs of files.

    Raises:
        UsageError: `sweep.no-authorities`: a file holds none; and what `Checker.named_file` raises.
        CouldNotLookError: what `Checker.named_file` raises.
    """
    found: dict[Certificate, None] = {}
    for path in paths:
        seen = checker.named_file(path)
        authorities = [one for one in load(seen.data, path, checker.passwords).certificates if one.is_ca]
        if not authorities:
            raise UsageError("sweep.no-authorities", path=path)
        found.update(dict.fromkeys(authorities))
    return tuple(found)
