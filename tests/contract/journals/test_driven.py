"""What every driven journal keeps to, shown on each: a file of its own, and the server's database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from support.pki import NOW
from warifu.adapters.database.registry import DatabaseRegistry
from warifu.adapters.journals.sqlite import SqliteJournal, is_dead, this_process
from warifu.errors import CouldNotLookError, RefusedError, UsageError
from warifu.ports.journals import DrivenJournal
from warifu.workflows.registry_journal import RegistryJournal

MINUTE = timedelta(minutes=1)


def in_a_file(folder: Path) -> DrivenJournal:
    return SqliteJournal(str(folder / "state" / "journal.sqlite"))


def in_the_database(folder: Path) -> DrivenJournal:
    registry = DatabaseRegistry.open(str(folder / "data" / "warifu.sqlite"))
    return RegistryJournal(registry, lambda: "0" * 16, is_gone=is_dead)


@dataclass
class Kind:
    """A journal, and how another process would open the same."""

    open: Callable[[], DrivenJournal]


@pytest.fixture(params=[in_a_file, in_the_database])
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kind]:
    opened: list[DrivenJournal] = []

    def again() -> DrivenJournal:
        opened.append(request.param(tmp_path))
        return opened[-1]

    yield Kind(again)
    for one in opened:
        if isinstance(one, RegistryJournal):
            one.registry.close()  # type: ignore[attr-defined]


@pytest.fixture
def journal(kind: Kind) -> DrivenJournal:
    found = kind.open()
    found.begin("r1", b"{}", "d" * 64, footprint=["slot:web/tls"], now=NOW)
    return found


def test_rows_come_back_as_they_were_written(kind: Kind, journal: DrivenJournal) -> None:
    """What was noted is read again in order, also by another process's journal."""
    lease = journal.lease("r1", "me", now=NOW, length=MINUTE)
    journal.write(lease, "intended", "1.1", {"values": {"名前": "値"}}, now=NOW)
    journal.write(lease, "done", "1.1", {}, now=NOW + MINUTE / 2)
    again = kind.open()
    assert [(1, "intended", "1.1"), (2, "done", "1.1")] == [
        (r.number, r.kind, r.step) for r in again.rows("r1")
    ]
    assert {"values": {"名前": "値"}} == again.rows("r1")[0].data
    assert journal.id == again.id


def test_a_second_driver_is_refused_while_the_lease_lives(journal: DrivenJournal) -> None:
    """Only one driver at a time, until the lease has run out."""
    journal.lease("r1", this_process(), now=NOW, length=MINUTE)
    with pytest.raises(RefusedError, match=r"rollout\.lease-held"):
        journal.lease("r1", "other", now=NOW + MINUTE - timedelta(seconds=1), length=MINUTE)
    assert 2 == journal.lease("r1", "other", now=NOW + MINUTE, length=MINUTE).epoch


def test_an_old_lease_writes_nothing(journal: DrivenJournal) -> None:
    """A driver that lost its lease is refused with both epochs."""
    old = journal.lease("r1", "one", now=NOW, length=MINUTE)
    new = journal.lease("r1", "two", now=NOW + 2 * MINUTE, length=MINUTE)
    with pytest.raises(RefusedError, match=r"rollout\.lease-lost"):
        journal.write(old, "done", "1.1", {}, now=NOW)
    assert () == journal.rows("r1")
    journal.write(new, "done", "1.1", {}, now=NOW)


def test_a_killed_drivers_lease_is_free_at_once(journal: DrivenJournal) -> None:
    """A process of this machine that is gone, even as a zombie, holds nothing."""
    code = (
        "from warifu.adapters.journals.sqlite import this_process; print(this_process(), flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        holder = child.stdout.readline().strip()
        journal.lease("r1", holder, now=NOW, length=MINUTE)
        with pytest.raises(RefusedError):
            journal.lease("r1", this_process(), now=NOW, length=MINUTE)
        os.kill(child.pid, signal.SIGKILL)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert 2 == journal.lease("r1", this_process(), now=NOW, length=MINUTE).epoch


def test_crossing_rollouts_are_refused_by_name(journal: DrivenJournal) -> None:
    """Two open rollouts may not touch the same slot; after the end the slot is free."""
    with pytest.raises(RefusedError, match=r"rollout\.open.*r1"):
        journal.begin("r2", b"{}", "e" * 64, footprint=["slot:api/tls", "slot:web/tls"], now=NOW)
    journal.begin("r3", b"{}", "e" * 64, footprint=["slot:api/tls"], now=NOW)
    journal.end(journal.lease("r1", "me", now=NOW, length=MINUTE), "done", now=NOW)
    journal.begin("r2", b"{}", "e" * 64, footprint=["slot:web/tls"], now=NOW)
    assert ["r2", "r3", "r1"] == [head.id for head in journal.rollouts()]


def test_an_unknown_rollout_is_named(journal: DrivenJournal) -> None:
    """Asking for a rollout that is not there says which."""
    with pytest.raises(UsageError, match="r9"):
        journal.plan("r9")


def test_no_rollout_is_there_without_its_first_rows(journal: DrivenJournal) -> None:
    """Who approved it is written with the rollout or not at all: a kill between them leaves neither."""
    first = [("started", "", {}), ("approved", "", {"values": {"by": "Ito"}})]
    journal.begin("r2", b"{}", "e" * 64, footprint=["slot:db/tls"], now=NOW, first=first)
    assert ["started", "approved"] == [row.kind for row in journal.rows("r2")]
    unwritable: dict[str, object] = {"values": object()}
    with pytest.raises((TypeError, CouldNotLookError)):
        journal.begin("r3", b"{}", "f" * 64, footprint=[], now=NOW, first=[("approved", "", unwritable)])
    assert {"r1", "r2"} == {head.id for head in journal.rollouts()}


def test_a_rollout_closes_with_its_last_row(journal: DrivenJournal) -> None:
    """It is over in its rows and in the list at once: a kill between them leaves it open in both."""
    lease = journal.lease("r1", "me", now=NOW, length=MINUTE)
    unwritable: dict[str, object] = {"values": object()}
    with pytest.raises((TypeError, CouldNotLookError)):
        journal.end(lease, "done", now=NOW, last=("ended", "", unwritable))
    assert ("open", []) == (journal.rollouts()[0].state, list(journal.rows("r1")))
    journal.end(lease, "done", now=NOW, last=("ended", "", {}))
    assert ("done", ["ended"]) == (journal.rollouts()[0].state, [row.kind for row in journal.rows("r1")])
