"""`./run check` fails when the tests of a room leave a branch of it out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools import rooms

SIGN = "def sign(number: int) -> str:\n    if number < 0:\n        return 'minus'\n    return 'plus'\n"
TEST = (
    "import runpy\n\ndef test_it():\n    sign = runpy.run_path('src/warifu/domain/{room}/sign.py')['sign']\n"
)
PLUS, MINUS = "    assert 'plus' == sign(1)\n", "    assert 'minus' == sign(-1)\n"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house of one room, whose tests are given by each test; both branches are wanted."""
    folder = tmp_path / "src/warifu/domain/one"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "sign.py").write_text(SIGN, "utf-8")
    (tmp_path / "tests/unit/domain/one").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.warifu.branch-coverage]\none = 100\n", "utf-8")
    monkeypatch.setattr(rooms, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["rooms"])
    return tmp_path


def give(house: Path, *lines: str, room: str = "one") -> None:
    folder = house / "tests/unit/domain" / room
    folder.mkdir(exist_ok=True)
    (folder / f"test_{room}.py").write_text(TEST.format(room="one") + "".join(lines), "utf-8")


def test_a_room_whose_every_branch_is_tested_passes(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0, and the figure is told."""
    give(house, PLUS, MINUS)
    assert 0 == rooms.main()
    assert "rooms: one 100.00% (floor 100)\n" == capsys.readouterr().out


def test_a_branch_left_out_is_named_by_its_line(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Below the floor it fails and says where; a floor that was reached so far holds."""
    give(house, PLUS)
    assert 1 == rooms.main()
    told = capsys.readouterr().out
    assert "one is below its floor of 100" in told
    assert "sign.py" in told
    (house / "pyproject.toml").write_text("[tool.warifu.branch-coverage]\none = 60\n", "utf-8")
    assert 0 == rooms.main()


def test_another_rooms_tests_do_not_count(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a neighbour happens to run is no test of this room."""
    give(house, PLUS)
    give(house, PLUS, MINUS, room="two")
    assert 1 == rooms.main()
    assert "one is below its floor" in capsys.readouterr().out


def test_a_test_that_fails_fails_the_room(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Branches that were only run on the way to a failure prove nothing."""
    give(house, PLUS, MINUS, "    assert sign(0) == 'zero'\n")
    assert 1 == rooms.main()
    assert "the tests of one fail" in capsys.readouterr().out


def test_a_room_without_a_floor_fails(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A new room is given a floor before it comes in."""
    give(house, PLUS, MINUS)
    (house / "src/warifu/domain/two").mkdir()
    (house / "src/warifu/domain/two/__init__.py").touch()
    assert 1 == rooms.main()
    assert "rooms: two is a folder" in capsys.readouterr().out
