"""What the journal in a file of its own keeps to besides; `test_driven.py` has what every journal does."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from support.pki import NOW
from warifu.adapters.journals.sqlite import SqliteJournal
from warifu.errors import CouldNotLookError, RefusedError


@pytest.fixture
def journal(tmp_path: Path) -> SqliteJournal:
    found = SqliteJournal(str(tmp_path / "state" / "journal.sqlite"))
    found.begin("r1", b"{}", "d" * 64, footprint=["slot:web/tls"], now=NOW)
    return found


def test_the_file_is_private(journal: SqliteJournal) -> None:
    """Journal and folder can be read by their owner only."""
    path = Path(journal._path)
    assert 0o600 == path.stat().st_mode & 0o777
    assert 0o700 == path.parent.stat().st_mode & 0o777


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


def test_a_second_look_in_one_process_leaves_the_locks_of_the_first(journal: SqliteJournal) -> None:
    """Another process that closes the file does not take it for nobody's, so it leaves the log that is written to."""
    assert SqliteJournal(journal._path).id == journal.id
    read = f"import sqlite3; db = sqlite3.connect({journal._path!r}); db.execute('PRAGMA table_info(about)'); db.close()"
    subprocess.run([sys.executable, "-c", read], check=True)
    assert Path(f"{journal._path}-wal").exists()
    assert 1 == len(journal.rollouts())
