"""Warifu's command line that kills itself: at journal rows, at file operations, around reloads.

    python -m support.crash_driver SEEN CHANCE SEED -- apply plan.json --approve 01234567

Runs the command line as it is, with this machine's host and the journal subclassed so that every boundary
passes `Points.pass_by`. A boundary has a name made of what happens there (step, operation, path); the first
time a chosen one is passed, its name is noted in the file SEEN and the process is killed by SIGKILL. When the
rollout is resumed the same boundary is passed alive, so that a chain of kills and resumes reaches the end.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from warifu.adapters.hosts import local
from warifu.adapters.journals import sqlite
from warifu.apps.cli.main import run
from warifu.ports.changes import (
    Act,
    Fence,
    MakeFolder,
    Operation,
    PointLink,
    WriteFile,
)
from warifu.ports.hosts import Ran
from warifu.ports.journals import Lease, Noted, Row

BEFORE, INSIDE, AFTER = "before", "inside", "after"


class Points:
    """Where to die.

    Args:
        seen: the file with a line for each boundary at which a process died already.
        chance: one boundary in so many is chosen (1: every one), by a digest of its name and the seed.
    """

    def __init__(self, seen: Path, chance: int, seed: str) -> None:
        self._seen = seen
        self._chance = chance
        self._seed = seed
        self._dead = set(seen.read_text(encoding="utf-8").splitlines()) if seen.exists() else set()

    def is_chosen(self, name: str) -> bool:
        digest = hashlib.sha256(f"{self._seed}\0{name}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % self._chance == 0

    def pass_by(self, *words: object) -> None:
        """Pass a boundary, or die there."""
        name = " ".join(str(word) for word in words)
        if name in self._dead or not self.is_chosen(name):
            return
        with self._seen.open("a", encoding="utf-8") as file:
            file.write(f"{name}\n")
            file.flush()
            os.fsync(file.fileno())
        os.kill(os.getpid(), signal.SIGKILL)


def mortal_host(points: Points) -> type[local.LocalHost]:
    """Return this machine's host, which dies before, inside and after each operation."""

    class MortalHost(local.LocalHost):
        _order = ""
        _number = 0

        def change(self, operations: Sequence[Operation], fence: Fence) -> tuple[Ran, ...]:
            self._order = fence.order.partition(" ")[2]
            return super().change(operations, fence)

        def release(self, fence: Fence) -> None:
            self._order = "release"
            points.pass_by("host", self.name, "release", BEFORE)
            super().release(fence)
            points.pass_by("host", self.name, "release", AFTER)

        def _do(self, operation: Operation) -> Ran | None:
            where = self._named(operation)
            points.pass_by(*where, BEFORE)
            ran = super()._do(operation)
            points.pass_by(*where, AFTER)
            return ran

        def _named(self, operation: Operation) -> tuple[str, ...]:
            subject = " ".join(operation.argv[:2]) if isinstance(operation, Act) else operation.path
            return ("host", self.name, self._order, type(operation).__name__, subject)

        def _write_temporary(self, temporary: str, wanted: WriteFile) -> None:
            points.pass_by("host", self.name, self._order, "temporary", wanted.path, BEFORE)
            super()._write_temporary(temporary, wanted)

        def _move_into_place(self, temporary: str, path: str) -> None:
            points.pass_by("host", self.name, self._order, "rename", path, BEFORE)
            super()._move_into_place(temporary, path)
            points.pass_by("host", self.name, self._order, "rename", path, AFTER)

        def _make_folder(self, wanted: MakeFolder) -> None:
            super()._make_folder(wanted)
            points.pass_by("host", self.name, self._order, "folder", wanted.path, INSIDE)

        def _point_link(self, wanted: PointLink) -> None:
            points.pass_by("host", self.name, self._order, "link", wanted.path, INSIDE)
            super()._point_link(wanted)

        def _write_fence(self, fence: Fence, *, released: bool) -> None:
            points.pass_by("fence", self.name, self._order, released, BEFORE)
            super()._write_fence(fence, released=released)
            points.pass_by("fence", self.name, self._order, released, AFTER)

    return MortalHost


def mortal_journal(points: Points) -> type[sqlite.SqliteJournal]:
    """Return the journal, which dies before, inside and after each transaction."""

    class MortalJournal(sqlite.SqliteJournal):
        _what: tuple[object, ...] = ()

        def begin(self, rollout: str, plan: bytes, plan_digest: str, **about: Any) -> None:
            with self._mortal("begin"):
                super().begin(rollout, plan, plan_digest, **about)

        def lease(self, rollout: str, holder: str, *, now: datetime, length: timedelta) -> Lease:
            with self._mortal("lease"):
                return super().lease(rollout, holder, now=now, length=length)

        def write(
            self, lease: Lease, kind: str, step: str, data: Mapping[str, object], *, now: datetime
        ) -> Row:
            wave = data.get("wave", "")
            with self._mortal("write", kind, step, wave):
                return super().write(lease, kind, step, data, now=now)

        def remark(
            self, rollout: str, kind: str, step: str, data: Mapping[str, object], *, now: datetime
        ) -> Row:
            with self._mortal("remark", kind, step):
                return super().remark(rollout, kind, step, data, now=now)

        def end(self, lease: Lease, state: str, *, now: datetime, last: Noted | None = None) -> None:
            with self._mortal("end", state):
                super().end(lease, state, now=now, last=last)

        @contextmanager
        def _mortal(self, *what: object) -> Iterator[None]:
            before, self._what = self._what, what
            points.pass_by("journal", *what, BEFORE)
            yield
            points.pass_by("journal", *what, AFTER)
            self._what = before

        @contextmanager
        def _change(self) -> Iterator[Any]:
            with super()._change() as db:
                yield db
                points.pass_by("journal", *self._what, INSIDE)

    return MortalJournal


def main(arguments: Sequence[str]) -> int:
    """Run a command of Warifu that may die."""
    seen, chance, seed, dashes, *command = arguments
    assert dashes == "--"
    points = Points(Path(seen), int(chance), seed)
    patch: Callable[..., None] = setattr
    assert "warifu.wiring.nodes" not in sys.modules
    patch(local, "LocalHost", mortal_host(points))  # wiring looks both up when a room is made
    patch(sqlite, "SqliteJournal", mortal_journal(points))
    return run(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
