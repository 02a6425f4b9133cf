"""What every journal keeps to, shown on the SQLite one."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from support.pki import NOW
from warifu.adapters.journals.sqlite import SqliteJournal, this_process
from warifu.errors import CouldNotLookError, RefusedError, UsageError

MINUTE = timedelta(minutes=1)


@pytest.fixture
def journal(tmp_path: Path) -> SqliteJournal:
    found = SqliteJournal(str(tmp_path / "state" / "journal.sqlite"))
    found.begin("r1", b"{}", "d" * 64, footprint=["slot:web/tls"], now=NOW)
    return found


def test_rows_come_back_as_they_were_written(journal: SqliteJournal) -> None:
    """What was noted is read again in order, also by another process's journal."""
    lease = journal.lease("r1", "me", now=NOW, length=MINUTE)
    journal.write(lease, "intended", "1.1", {"values": {"名前": "値"}}, now=NOW)
    journal.write(lease, "done", "1.1", {}, now=NOW + MINUTE / 2)
    again = SqliteJournal(journal._path)
    assert [(1, "intended", "1.1"), (2, "done", "1.1")] == [
        (r.number, r.kind, r.step) for r in again.rows("r1")
    ]
    assert {"values": {"名前": "値"}} == again.rows("r1")[0].data
    assert journal.id == again.id


def test_the_file_is_private(journal: SqliteJournal) -> None:
    """Journal and folder can be read by their owner only."""
    path = Path(journal._path)
    assert 0o600 == path.stat().st_mode & 0o777
    assert 0o700 == path.parent.stat().st_mode & 0o777


def test_a_second_driver_is_refused_while_the_lease_lives(journal: SqliteJournal) -> None:
    """Only one driver at a time, until the lease has run out."""
    journal.lease("r1", this_process(), now=NOW, length=MINUTE)
    with pytest.raises(RefusedError, match=r"rollout\.lease-held"):
        journal.lease("r1", "other", now=NOW + MINUTE - timedelta(seconds=1), length=MINUTE)
    assert 2 == journal.lease("r1", "other", now=NOW + MINUTE, length=MINUTE).epoch


def test_an_old_lease_writes_nothing(journal: SqliteJournal) -> None:
    """A driver that lost its lease is refused with both epochs."""
    old = journal.lease("r1", "one", now=NOW, length=MINUTE)
    new = journal.lease("r1", "two", now=NOW + 2 * MINUTE, length=MINUTE)
    with pytest.raises(RefusedError, match=r"rollout\.lease-lost"):
        journal.write(old, "done", "1.1", {}, now=NOW)
    assert () == journal.rows("r1")
    journal.write(new, "done", "1.1", {}, now=NOW)


def test_a_killed_drivers_lease_is_free_at_once(journal: SqliteJournal) -> None:
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


def test_crossing_rollouts_are_refused_by_name(journal: SqliteJournal) -> None:
    """Two open rollouts may not touch the same slot; after the end the slot is free."""
    with pytest.raises(RefusedError, match=r"rollout\.open.*r1"):
        journal.begin("r2", b"{}", "e" * 64, footprint=["slot:api/tls", "slot:web/tls"], now=NOW)
    journal.begin("r3", b"{}", "e" * 64, footprint=["slot:api/tls"], now=NOW)
    journal.end(journal.lease("r1", "me", now=NOW, length=MINUTE), "done", now=NOW)
    journal.begin("r2", b"{}", "e" * 64, footprint=["slot:web/tls"], now=NOW)
    assert ["r2", "r3", "r1"] == [head.id for head in journal.rollouts()]


def test_an_unknown_rollout_is_named(journal: SqliteJournal) -> None:
    """Asking for a rollout that is not there says which."""
    with pytest.raises(UsageError, match="r9"):
        journal.plan("r9")


def test_no_file_is_made_by_looking(tmp_path: Path) -> None:
    """Listing the rollouts of a journal that does not exist makes none."""
    assert () == SqliteJournal(str(tmp_path / "none.sqlite")).rollouts()
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("version", [0, 1])
def test_another_program_s_database_is_left_alone(version: int, tmp_path: Path) -> None:
    """Not a byte of it changes."""
    path = tmp_path / "precious.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE precious (x)")
        db.execute(f"PRAGMA user_version = {version}")
    before = path.read_bytes()
    with pytest.raises(CouldNotLookError, match=r"io\.journal") as caught:
        SqliteJournal(str(path)).begin("r1", b"{}", "d" * 64, footprint=["slot:web/tls"], now=NOW)
    assert "other-database" == caught.value.values["reason"]
    assert before == path.read_bytes()


def test_a_newer_format_is_refused(journal: SqliteJournal, tmp_path: Path) -> None:
    """A journal of a later release is not touched."""
    db = journal._db
    assert db is not None
    db.execute("PRAGMA user_version = 99")
    with pytest.raises(RefusedError, match=r"rollout\.journal-newer"):
        SqliteJournal(journal._path).rows("r1")


def test_no_rollout_is_there_without_its_first_rows(journal: SqliteJournal) -> None:
    """Who approved it is written with the rollout or not at all: a kill between them leaves neither."""
    first = [("started", "", {}), ("approved", "", {"values": {"by": "Ito"}})]
    journal.begin("r2", b"{}", "e" * 64, footprint=["slot:db/tls"], now=NOW, first=first)
    assert ["started", "approved"] == [row.kind for row in journal.rows("r2")]
    unwritable: dict[str, object] = {"values": object()}
    with pytest.raises(TypeError):
        journal.begin("r3", b"{}", "f" * 64, footprint=[], now=NOW, first=[("approved", "", unwritable)])
    assert {"r1", "r2"} == {head.id for head in journal.rollouts()}


def test_a_rollout_closes_with_its_last_row(journal: SqliteJournal) -> None:
    """It is over in its rows and in the list at once: a kill between them leaves it open in both."""
    lease = journal.lease("r1", "me", now=NOW, length=MINUTE)
    unwritable: dict[str, object] = {"values": object()}
    with pytest.raises(TypeError):
        journal.end(lease, "done", now=NOW, last=("ended", "", unwritable))
    assert ("open", []) == (journal.rollouts()[0].state, list(journal.rows("r1")))
    journal.end(lease, "done", now=NOW, last=("ended", "", {}))
    assert ("done", ["ended"]) == (journal.rollouts()[0].state, [row.kind for row in journal.rows("r1")])


def test_a_second_look_in_one_process_leaves_the_locks_of_the_first(journal: SqliteJournal) -> None:
    """Another process that closes the file does not take it for nobody's, so it leaves the log that is written to."""
    assert SqliteJournal(journal._path).id == journal.id
    read = f"import sqlite3; db = sqlite3.connect({journal._path!r}); db.execute('PRAGMA table_info(about)'); db.close()"
    subprocess.run([sys.executable, "-c", read], check=True)
    assert Path(f"{journal._path}-wal").exists()
    assert 1 == len(journal.rollouts())
