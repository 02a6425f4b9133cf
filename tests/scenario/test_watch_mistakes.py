"""What `warifu watch` says to mistakes: to people, and to a monitoring system, which knows exit codes of its own."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from support.command import Ran, run_warifu
from support.pki import DAY, NOW, make_ca

SECONDS = 120
EVIL = "x\n\x1b[31mOK|all=0\u202e"


def watch(folder: Path, *words: str) -> Ran:
    return run_warifu("watch", *words, folder=folder, seconds=SECONDS)


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """A folder with a list of one file."""
    (tmp_path / "hosts.txt").write_text("ca.pem\n")
    (tmp_path / "ca.pem").write_bytes(make_ca("Root").pem)
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ["--format", "nagios", "--foo"],
        ["--format=nagios", "--list", "none.txt"],
        ["--format", "nagios", "--at", "2027-01-01", "--list", "hosts.txt"],
        ["--format", "nagios", "--every", "1h", "--list", "hosts.txt"],
        ["--format", "nagios", "--json", "--list", "hosts.txt"],
        ["once", "--format", "nagios", "--list", "hosts.txt", "--list", "hosts.txt"],
    ],
)
def test_a_mistake_is_unknown_to_nagios(lists: Path, words: list[str]) -> None:
    """Exit code 2 would be CRITICAL, and 1 a warning; one line says what is wrong."""
    ran = watch(lists, *words)
    assert (3, "", 1) == (ran.code, ran.err, ran.out.count("\n"))
    assert ran.out.startswith("WARIFU UNKNOWN - ")


def test_what_a_stranger_named_stays_in_the_line_of_nagios(lists: Path) -> None:
    """No line, colour, direction or performance data of its own."""
    root = make_ca(EVIL, expired=True)
    (lists / "ca.pem").write_bytes(root.pem)
    (lists / "leaf.pem").write_bytes(root.leaf("web.example", end=NOW + 20_000 * DAY).pem)
    (lists / "hosts.txt").write_text("ca.pem\nleaf.pem\n")
    ran = watch(lists, "--list", "hosts.txt", "--format", "nagios")
    assert (2, 1, 1) == (ran.code, ran.out.count("\n"), ran.out.count("|"))
    assert r"x\x0a\x1b[31mOK/all=0\u202e" in ran.out


def test_nagios_tells_the_time_of_the_settings(lists: Path) -> None:
    """As the table of the same look does."""
    leaf = make_ca("Root").leaf("web.example", expired=True)
    (lists / "ca.pem").write_bytes(leaf.pem)
    (lists / "watch.toml").write_text('[watch]\nzone = "Asia/Tokyo"\n')
    words = ("once", "--list", "hosts.txt", "--config", "watch.toml")
    end = leaf.value.not_after.astimezone(ZoneInfo("Asia/Tokyo")).isoformat(sep=" ")
    told = [watch(lists, *words, *more).out for more in ((), ("--format", "nagios"))]
    assert [True, True] == [end in one for one in told]


def test_two_lists_are_refused(lists: Path) -> None:
    """The first must not be dropped in silence."""
    ran = watch(lists, "--list", "hosts.txt", "--list", "more.txt")
    assert (2, True) == (ran.code, "hosts.txt, more.txt" in ran.err)


def test_no_folder_is_made_for_a_file_that_was_named(lists: Path) -> None:
    """A name that was mistyped makes nothing."""
    ran = watch(lists, "--list", "hosts.txt", "--state", "none/x.sqlite3")
    assert (2, True, False) == (ran.code, "mkdir -p none" in ran.err, (lists / "none").exists())


def test_the_language_may_stand_before_the_verb(lists: Path) -> None:
    """In either form."""
    for words in (["--lang=ja", "list"], ["--lang", "ja", "list"], ["--lang=ja", "--lang", "ja", "list"]):
        ran = watch(lists, *words, "--list", "hosts.txt")
        assert (0, "未解決の通知はありません。\n") == (ran.code, ran.out)


def test_silent_for_ever(lists: Path) -> None:
    """To the last day there is, in a zone that is ahead of it; and what is no date names its option."""
    (lists / "ca.pem").write_bytes(make_ca("Root", expired=True).pem)
    (lists / "w.toml").write_text('[watch]\nzone = "Asia/Tokyo"\n')
    where = ["--list", "hosts.txt", "--config", "w.toml"]
    (notice,) = json.loads(watch(lists, *where, "--json").out)["notices"]
    ran = watch(lists, "ack", notice["notice"], "--until", "9999-12-31", "--by", "Ito", *where)
    assert (0, True) == (ran.code, "9999-12-31" in ran.out)
    assert 0 == watch(lists, *where).code
    wrong = watch(lists, "ack", notice["notice"], "--until", "soon", "--by", "Ito", *where)
    assert (2, True) == (wrong.code, "--until" in wrong.err)
    far = watch(lists, "ack", notice["notice"], "--until", "9999-12-31T23:59:59-05:00", "--by", "Ito", *where)
    assert (2, True) == (far.code, "--until" in far.err)
