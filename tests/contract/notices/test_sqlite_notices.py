"""What every book of notices keeps to, shown on the SQLite one."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from support.command import environment
from support.notices import HOUR, met, only, sight, step
from support.pki import DAY, NOW, make_ca
from warifu.adapters.notices.sqlite import SqliteNotices
from warifu.domain.watching import Book, Held
from warifu.domain.watching.message import Message, Sent
from warifu.domain.watching.notices import acknowledge
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.notices import Change

OLD = make_ca("Root").leaf("web.example", end=NOW + 5 * DAY)
MAIL = Message("n/7d/smtp/a@b", "n", "7d", "smtp", "a@b", "n.7d@b", "題", "本文\n", "{}", NOW)


@pytest.fixture
def kept(tmp_path: Path) -> SqliteNotices:
    return SqliteNotices(str(tmp_path / "state" / "watch.sqlite3"))


def path_of(kept: SqliteNotices) -> Path:
    return Path(kept._path)


def test_what_was_written_is_read_again(kept: SqliteNotices) -> None:
    """Notices with findings, entries and acknowledgements; baselines; messages; by another process's book, too."""

    def on(book: Book) -> Change:
        made = step(book, sight(met(OLD), at=NOW, values={"web/tls": Held("a", "値")})).book
        quiet = acknowledge(only(made), "伊藤", NOW + DAY, NOW, "休暇")
        return Change(replace(made, notices={quiet.id: quiet}), (MAIL,))

    written = kept.change(on).book
    again = SqliteNotices(str(path_of(kept)))
    assert written == again.book()
    assert (MAIL,) == again.messages()


def test_a_book_has_an_id_and_a_phase_of_its_own(kept: SqliteNotices, tmp_path: Path) -> None:
    """Drawn when it is made, and kept."""
    first, other = (one.change(Change).book for one in (kept, SqliteNotices(str(tmp_path / "other.sqlite3"))))
    assert first == kept.book()
    assert (first.id, first.phase) != (other.id, other.phase)
    assert 0 <= first.phase < 1


def test_the_file_is_private(kept: SqliteNotices) -> None:
    """Book, lock and folder can be read by their owner only."""
    kept.change(Change)
    with kept.sending():
        lock = Path(f"{path_of(kept)}.lock")
        assert [0o600, 0o600] == [one.stat().st_mode & 0o777 for one in (path_of(kept), lock)]
    assert 0o700 == path_of(kept).parent.stat().st_mode & 0o777


def test_a_change_that_fails_changes_nothing(kept: SqliteNotices) -> None:
    """All of it, or nothing."""
    before = kept.change(Change).book

    def on(book: Book) -> Change:
        made = step(book, sight(met(OLD), at=NOW)).book
        return Change(made, (MAIL, replace(MAIL, key="other", made="no time")))  # type: ignore[arg-type]

    def broken(book: Book) -> Change:
        on(book)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        kept.change(broken)
    assert (before, ()) == (kept.book(), kept.messages())


def test_a_message_is_intended_once(kept: SqliteNotices) -> None:
    """The same key again, after a crash or by another process, leaves the first as it is."""
    for text in ("first", "second"):
        kept.change(lambda book, text=text: Change(book, (replace(MAIL, text=text),)))  # type: ignore[misc]
    assert ["first"] == [one.text for one in kept.messages()]


def test_how_far_a_message_is_stays_noted(kept: SqliteNotices) -> None:
    """And only of that one."""
    other = replace(MAIL, key="other")
    kept.change(lambda book: Change(book, (MAIL, other)))
    kept.note(replace(MAIL, sent=Sent.GOING))
    assert [Sent.GOING, Sent.PENDING] == [one.sent for one in kept.messages()]


def test_what_is_overtaken_does_not_go(kept: SqliteNotices) -> None:
    """Messages of a notice that have not gone are dropped; new ones, sent ones and others' are not."""
    sent, other = replace(MAIL, key="sent", sent=Sent.SENT), replace(MAIL, key="other", notice="m")
    kept.change(lambda book: Change(book, (MAIL, sent, other)))
    kept.change(lambda book: Change(book, (replace(MAIL, key="new"),), ("n",)))
    assert {MAIL.key: "dropped", "sent": "sent", "other": "pending", "new": "pending"} == {
        one.key: one.sent.value for one in kept.messages()
    }


def test_what_is_forgotten_takes_its_messages_along(kept: SqliteNotices) -> None:
    """Nothing grows for ever."""
    kept.change(lambda book: Change(step(book, sight(met(OLD), at=NOW)).book))
    name = only(kept.book()).id
    kept.change(lambda book: Change(book, (replace(MAIL, notice=name),)))
    kept.change(lambda book: Change(replace(book, notices={}, baseline={})))
    assert ({}, ()) == (kept.book().notices, kept.messages())


def test_one_sends_at_a_time(kept: SqliteNotices) -> None:
    """A second one is refused until the first is done; a process that was killed holds nothing."""
    kept.change(Change)
    code = (
        "import sys, time; from warifu.adapters.notices.sqlite import SqliteNotices\n"
        "with SqliteNotices(sys.argv[1]).sending():\n    print('in', flush=True); time.sleep(600)"
    )
    argv = [sys.executable, "-c", code, str(path_of(kept))]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env=environment()) as holder:
        try:
            assert holder.stdout is not None
            assert b"in\n" == holder.stdout.readline()
            with pytest.raises(RefusedError, match=r"watch\.busy"), kept.sending():
                pass
        finally:
            holder.kill()
    with kept.sending():
        pass


def test_a_newer_book_is_left_alone(kept: SqliteNotices) -> None:
    """An older program does not write into it, nor reads what it may not understand."""
    kept.change(Change)
    with sqlite3.connect(path_of(kept)) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    for use in (kept.book, lambda: kept.change(Change)):
        with pytest.raises(RefusedError, match=r"watch\.state-newer"):
            use()


@pytest.mark.parametrize("version", [0, 1, 99])
def test_another_program_s_database_is_left_alone(version: int, tmp_path: Path) -> None:
    """Whatever number it gave itself: not a table is added."""
    path = tmp_path / "precious.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE precious (x)")
        db.execute(f"PRAGMA user_version = {version}")
    before = path.read_bytes()
    book = SqliteNotices(str(path))
    for use in (book.book, book.messages, lambda: book.change(Change)):
        with pytest.raises(CouldNotLookError, match=r"watch\.state") as caught:
            use()
        assert "other-database" == caught.value.values["reason"]
    assert before == path.read_bytes()


def test_reading_makes_nothing(kept: SqliteNotices) -> None:
    """No folder, no file; and what holds nothing is a book without notices."""
    assert ({}, ()) == (kept.book().notices, kept.messages())
    assert not path_of(kept).parent.exists()
    path_of(kept).parent.mkdir()
    path_of(kept).touch()
    assert ({}, ()) == (kept.book().notices, kept.messages())
    assert 0 == path_of(kept).stat().st_size


def test_two_who_decide_at_once_do_so_one_after_the_other(kept: SqliteNotices) -> None:
    """The second sees what the first wrote: each reads only once the other is done."""
    kept.change(Change)

    def later(book: Book) -> Change:
        return Change(replace(book, looked=(book.looked or NOW) + DAY))

    waiting = threading.Thread(target=lambda: kept.change(later))

    def slow(book: Book) -> Change:
        waiting.start()
        waiting.join(0.5)
        return later(book)

    kept.change(slow)
    waiting.join(30)
    assert NOW + 2 * DAY == kept.book().looked


def test_a_fault_of_the_database_takes_everything_back(kept: SqliteNotices) -> None:
    """Half of a change is none: the notices go with the message that could not be written."""
    before = kept.change(Change).book

    def half(book: Book) -> Change:
        made = step(book, sight(met(OLD), at=NOW)).book
        return Change(made, (MAIL,))

    with closing(sqlite3.connect(path_of(kept))) as db:
        db.execute(
            "CREATE TRIGGER fault BEFORE INSERT ON message BEGIN SELECT raise(FAIL, 'disk I/O error'); END"
        )
    with pytest.raises(CouldNotLookError, match=r"watch\.state"):
        kept.change(half)
    assert (before, ()) == (kept.book(), kept.messages())


def test_what_is_written_waits_for_the_disk(kept: SqliteNotices) -> None:
    """A message that is marked as going stays marked when the power fails (sqlite.org/pragma.html: FULL is 2)."""
    with kept._open() as db:
        assert 2 == db.execute("PRAGMA synchronous").fetchone()[0]


@pytest.mark.parametrize("what", ["folder", "garbage"])
def test_what_is_no_book_is_an_error_of_ours(what: str, tmp_path: Path) -> None:
    """It names the file."""
    path = tmp_path / "watch.sqlite3"
    if what == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"no database" * 100)
    with pytest.raises(CouldNotLookError, match=r"watch\.state"):
        SqliteNotices(str(path)).book()


def test_moments_of_findings_come_back_as_moments(kept: SqliteNotices) -> None:
    """So that they are shown by the same clock as before."""
    kept.change(lambda book: Change(step(book, sight(met(OLD), at=NOW + HOUR)).book))
    assert OLD.value.not_after == only(kept.book()).cause.findings[0].evidence["not_after"]
