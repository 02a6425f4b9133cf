"""What every file of rows promises, whatever its kind."""

from __future__ import annotations

import csv
import errno
import json
import os
import signal
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from warifu.adapters.results.csv_file import CsvFile
from warifu.adapters.results.json_lines import JsonLines
from warifu.adapters.results.sqlite import SqliteFile
from warifu.adapters.results.unfinished import Unfinished
from warifu.domain.sweep.row import PLACES, Row
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.results import Mark, Results

KINDS = {".jsonl": JsonLines, ".csv": CsvFile, ".sqlite": SqliteFile}
ASKED = {"profile": "tls-server", "at?": "2026"}
FINDINGS = '[{"code":"expired","severity":"error","subject":"x","evidence":{"who":"CN=a"}}]'
ROWS = [
    Row(
        "/a",
        7,
        "leaf",
        "refused",
        "modelled",
        "aa",
        "CN=a",
        "CN=m",
        "1f",
        "2026",
        "2027",
        "a b",
        "EC",
        FINDINGS,
        "",
        "leaf aa",
    ),
    Row("/b", -1, "file", "unseen", problem='{"code":"io.cannot-read","path":"/b","reason":"gone"}'),
    Row("/c", 9, "leaf", "accepted", sha256="cc", subject="=1+1", alike="leaf cc"),
]
Open = Callable[[], Results]


@pytest.fixture(params=list(KINDS))
def suffix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def path(tmp_path: Path, suffix: str) -> Path:
    return tmp_path / f"out{suffix}"


@pytest.fixture
def opened(path: Path, suffix: str) -> Open:
    return lambda: KINDS[suffix](str(path))


def answer(path: Path) -> list[dict[str, object]]:
    """Read a finished file with a reader of its own."""
    match path.suffix:
        case ".jsonl":
            return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        case ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))
        case _:
            with sqlite3.connect(path) as db:
                db.row_factory = sqlite3.Row
                return [dict(one) for one in db.execute("SELECT * FROM row ORDER BY number")]


def test_rows_come_out_as_they_went_in(opened: Open, path: Path) -> None:
    """In order, whole, and readable by other programs; nothing else is left beside the file."""
    results = opened()
    assert Mark() == results.begin(ASKED, replace=False).mark
    results.keep(ROWS[:2], Mark(1, "x"), durable=False)
    results.keep(ROWS[2:], Mark(2, "y", whole=True), durable=True)
    assert ROWS == list(results.rows())
    assert not path.exists()
    results.finish(lambda _: None)
    assert ["/a", "/b", "/c"] == [one["place"] for one in answer(path)]
    assert [path.name] == [one.name for one in path.parent.iterdir()]


def test_what_is_alike_is_one_row_that_counts(opened: Open, path: Path) -> None:
    """Met again in the same call, or in a later one: the first row stays and counts."""
    results = opened()
    results.begin(ASKED, replace=False)
    results.keep(
        [ROWS[0], ROWS[0]._replace(place="/elsewhere"), ROWS[1], ROWS[1]], Mark(1, "x"), durable=True
    )
    results.keep([ROWS[0]], Mark(2, "y", whole=True), durable=True)
    assert [("/a", 2), ("/b", 0), ("/b", 0)] == [(row.place, row.also) for row in results.rows()]
    results.finish(lambda _: None)
    assert [2, 0, 0] == [int(str(one["also"])) for one in answer(path)]


def listed(one: dict[str, object]) -> list[str]:
    """Return the further places of a row in a finished file, each as `place@offset`."""
    said = one["elsewhere"]
    if isinstance(said, str):
        said = json.loads(said or "[]")
    assert isinstance(said, list)
    spots = []
    for spot in said:
        place, offset = (
            spot.values() if isinstance(spot, dict) else (spot, -1) if isinstance(spot, str) else spot
        )
        spots.append(place if offset in (None, -1) else f"{place}@{offset}")
    return spots


def test_further_places_are_kept_with_the_first(opened: Open, path: Path) -> None:
    """Whoever finds an expired certificate learns where else it lies: the first hundred places, and how many there are."""
    results = opened()
    results.begin(ASKED, replace=False)
    odd = ["/b\n", '/c"d', "=e", "/f, g", "/日本"]
    results.keep([ROWS[0], *(ROWS[0]._replace(place=one) for one in odd)], Mark(1, "x"), durable=True)
    many = [ROWS[2]._replace(place=f"/{n}", offset=-1) for n in range(PLACES + 7)]
    results.keep([*many[:50], ROWS[1]], Mark(2, "y"), durable=True)
    results.close()
    results = opened()
    results.begin(ASKED, replace=False)
    results.keep(many[50:], Mark(3, "z", whole=True), durable=True)
    first, second, third = results.rows()
    assert [(one, 7) for one in odd] == list(first.places)
    assert (PLACES + 6, [f"/{n}" for n in range(1, PLACES + 1)]) == (
        second.also,
        [one for one, _ in second.places],
    )
    assert [] == list(third.places)
    results.finish(lambda _: None)
    shown = [one.replace("\n", "\\x0a") if path.suffix == ".csv" else one for one in odd]
    answered = answer(path)
    assert [f"{one}@7" for one in shown] == listed(answered[0])
    assert [f"/{n}" for n in range(1, PLACES + 1)] == listed(answered[1])
    assert [] == listed(answered[2])
    if path.suffix == ".sqlite":
        with sqlite3.connect(path) as db:
            places = db.execute("SELECT place FROM place WHERE sha256 = 'aa'").fetchall()
        assert ["/a", *odd] == [one for (one,) in places]


def test_only_what_was_made_to_last_is_taken_up_again(opened: Open) -> None:
    """Rows and mark belong together: of what came after the last mark nothing stays."""
    first = opened()
    first.begin(ASKED, replace=False)
    first.keep(ROWS[:1], Mark(1, "x"), durable=True)
    first.keep(ROWS[1:], Mark(2, "y"), durable=False)
    first.close()
    again = opened()
    begun = again.begin({**ASKED, "at?": "2030"}, replace=False)
    assert (Mark(1, "x"), "2026") == (begun.mark, begun.asked["at"])
    assert ROWS[:1] == list(again.rows())
    again.close()


def test_another_question_is_refused(opened: Open) -> None:
    """What differs is named; nothing is lost, and --replace begins anew."""
    first = opened()
    first.begin(ASKED, replace=False)
    first.keep(ROWS, Mark(3, "x"), durable=True)
    first.close()
    with pytest.raises(RefusedError) as caught:
        opened().begin({**ASKED, "profile": "mutual"}, replace=False)
    assert ("sweep.other-question", ("profile",)) == (caught.value.code, caught.value.values["differs"])
    anew = opened()
    assert Mark() == anew.begin({**ASKED, "profile": "mutual"}, replace=True).mark
    assert [] == list(anew.rows())
    anew.close()


def test_what_is_finished_is_left_alone(opened: Open, path: Path) -> None:
    """A file that lies there is replaced only where somebody says so, and then whole."""
    path.write_bytes(b"kept")
    with pytest.raises(RefusedError, match=r"sweep\.already-there"):
        opened().begin(ASKED, replace=False)
    results = opened()
    results.begin(ASKED, replace=True)
    results.keep(ROWS, Mark(1, "x", whole=True), durable=True)
    assert b"kept" == path.read_bytes()
    results.finish(lambda _: None)
    assert 3 == len(answer(path))


def test_two_cannot_write_the_same_file(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is told who is in its way, also where it would begin anew."""
    monkeypatch.setattr("warifu.adapters.results.unfinished._BUSY", 0.05)
    first = opened()
    first.begin(ASKED, replace=False)
    for anew in (False, True):
        with pytest.raises(RefusedError, match=r"sweep\.in-use"):
            opened().begin(ASKED, replace=anew)
    first.close()


def test_what_is_no_file_of_ours_is_an_error(opened: Open, path: Path) -> None:
    """Rubbish where rows should be is told and kept, unless one begins anew."""
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_bytes(b"rubbish" * 500)
    with pytest.raises(CouldNotLookError, match=r"sweep\.cannot-keep"):
        opened().begin(ASKED, replace=False)
    assert unfinished.read_bytes().startswith(b"rubbish")
    results = opened()
    assert Mark() == results.begin(ASKED, replace=True).mark
    results.close()


def test_a_folder_that_is_not_there_is_an_error(suffix: str, tmp_path: Path) -> None:
    """Told before anything is looked at."""
    with pytest.raises(CouldNotLookError, match=r"sweep\.cannot-keep"):
        KINDS[suffix](str(tmp_path / "none" / f"out{suffix}")).begin(ASKED, replace=False)


def test_without_a_path_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows live as long as the process."""
    monkeypatch.chdir(tmp_path)
    results = Unfinished("")
    results.begin(ASKED, replace=False)
    results.keep([*ROWS, ROWS[0]], Mark(1, "x"), durable=True)
    assert [1, 0, 0] == [row.also for row in results.rows()]
    results.finish(lambda _: None)
    assert [] == list(tmp_path.iterdir())


def test_a_spreadsheet_never_calculates_what_a_certificate_says(tmp_path: Path) -> None:
    """A subject that begins like a formula is marked as text; our own numbers are not."""
    path = tmp_path / "out.csv"
    results = CsvFile(str(path))
    results.begin(ASKED, replace=False)
    results.keep(ROWS, Mark(1, "x", whole=True), durable=True)
    results.finish(lambda _: None)
    rows = answer(path)
    assert ("'=1+1", "expired:error", "7") == (rows[2]["subject"], rows[0]["findings"], rows[0]["offset"])


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r"])
def test_every_beginning_of_a_formula_is_marked(first: str, tmp_path: Path) -> None:
    """The list of OWASP (CSV injection), also in full width; tab and carriage return are spelt, which begins nothing."""
    path = tmp_path / "out.csv"
    results = CsvFile(str(path))
    results.begin(ASKED, replace=False)
    results.keep([ROWS[2]._replace(subject=f"{first}1+1")], Mark(1, "x", whole=True), durable=True)
    results.finish(lambda _: None)
    expected = {"\t": r"\x091+1", "\r": r"\x0d1+1"}.get(first, f"'{first}1+1")
    assert expected == answer(path)[0]["subject"]


def test_the_answer_is_on_the_disk_before_it_has_its_name(
    opened: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut leaves the old answer or the new one: the file is synced, then renamed, then its folder is synced."""
    steps: list[str] = []
    sync, replaced = os.fsync, Path.replace

    def fsync(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        sync(handle)

    def rename(self: Path, target: Path) -> Path:
        steps.append("rename")
        return replaced(self, target)

    results = opened()
    results.begin(ASKED, replace=False)
    results.keep(ROWS, Mark(1, "x", whole=True), durable=True)
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", rename)
    results.finish(lambda _: None)
    own = [] if path.suffix == ".sqlite" else ["file"]  # SQLite has synced the file that gets the name
    assert [*own, "rename", "folder"] == steps


def test_an_answer_that_cannot_be_written_leaves_nothing_beside(opened: Open, path: Path) -> None:
    """Only what was on its way stays, to go on with."""

    def full(_: Row) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    results = opened()
    results.begin(ASKED, replace=False)
    results.keep(ROWS, Mark(1, "x", whole=True), durable=True)
    with pytest.raises(CouldNotLookError, match=r"sweep\.cannot-keep"):
        results.finish(full)
    results.close()
    assert [f"{path.name}.unfinished"] == [one.name for one in path.parent.iterdir()]


def test_sqlite_lists_each_finding(tmp_path: Path) -> None:
    """The view `finding` can be asked by code, and the question stands beside the answers."""
    path = tmp_path / "out.sqlite"
    results = SqliteFile(str(path))
    results.begin(ASKED, replace=False)
    results.keep(ROWS, Mark(1, "x", whole=True), durable=True)
    results.finish(lambda _: None)
    with sqlite3.connect(path) as db:
        assert [("/a", "expired", "error")] == db.execute(
            "SELECT place, code, severity FROM finding"
        ).fetchall()
        assert ("tls-server",) == db.execute(
            "SELECT value FROM about WHERE name = 'asked.profile'"
        ).fetchone()


def test_what_the_killed_left_is_cleared_away(opened: Open, path: Path) -> None:
    """The journal of one killed between two marks, and the half answer of one killed while it was written."""
    child = os.fork()
    if child == 0:
        try:
            results = opened()
            results.begin(ASKED, replace=False)
            results.keep(ROWS, Mark(1, "x"), durable=True)
            results.keep(ROWS, Mark(2, "y"), durable=False)
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)  # this one, not whichever an earlier test left
    if path.suffix != ".sqlite":  # which is not written anew
        (path.parent / f".{path.name}.new").write_bytes(b"half")
    results = opened()
    assert results.owns(f"{path.parent}/.{path.name}.new")
    results.begin(ASKED, replace=False)
    results.finish(lambda _: None)
    assert [path] == list(path.parent.iterdir())
