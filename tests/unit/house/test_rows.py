"""`./run rows` counts what passed, and nothing else."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from support.requirements import read_wanted
from tools import rows


@pytest.fixture
def last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(rows, "LAST", tmp_path / "rows.json")
    return tmp_path / "rows.json"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["rows", "--last", *arguments])
    return rows.main()


def test_only_passing_tests_show_a_row(
    last: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A skipped or failed test is named beside its row, which stays unshown; a missing row is exit code 1."""
    account = {
        "t.py::good": {"rows": ["S0-46"], "outcome": "passed"},
        "t.py::bad": {"rows": ["S0-44"], "outcome": "failed"},
        "t.py::absent": {"rows": ["X-06"], "outcome": "skipped"},
    }
    last.write_text(json.dumps(account), "utf-8")
    assert 1 == run(monkeypatch, "--json")
    document = json.loads(capsys.readouterr().out)
    assert ["S0-46"] == [entry["row"] for entry in document["shown"]]
    assert {"S0-44", "X-06"} <= set(document["missing"])
    assert ["failed", "skipped"] == sorted(entry["outcome"] for entry in document["not_passed"])


def test_all_wanted_rows_shown_is_exit_code_0(
    last: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """For people each row comes with its sentence, what is expected, and the test."""
    wanted = read_wanted(rows.ROOT / "docs" / "requirements.md")["2"]
    last.write_text(json.dumps({"t.py::all": {"rows": list(wanted), "outcome": "passed"}}), "utf-8")
    assert 0 == run(monkeypatch, "--issue", "2")
    shown = capsys.readouterr().out
    assert f"rows: {len(wanted)} shown, 0 wanted and not shown" in shown
    assert "shown by: t.py::all" in shown


def test_without_a_run_there_is_nothing_to_say(last: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--last` without a kept run is wrong usage, not success."""
    assert not last.exists()
    assert 2 == run(monkeypatch)
