"""What holds for every test: which requirement rows it shows, and where the answers are kept."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from support.requirements import find_claim_faults, read_rows

_ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--rows-to FILE`: keep which tests showed which rows."""
    parser.addoption("--rows-to", default="", help="write the outcome of tests with requirement rows to FILE")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a mark that names a row nobody wrote down, or too many rows for one test."""
    known = {row.id for row in read_rows(_ROOT / "docs" / "requirements.md")}
    for item in items:
        for fault in find_claim_faults(_rows_of(item), known):
            msg = f"{item.nodeid} {fault}"
            raise pytest.UsageError(msg)


_OUTCOMES = pytest.StashKey[dict[str, dict[str, object]]]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin an empty account."""
    config.stash[_OUTCOMES] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note how a test with rows ended: its worst phase counts."""
    report = yield
    rows = _rows_of(item)
    if rows:
        account = item.config.stash[_OUTCOMES]
        before = account.get(item.nodeid, {}).get("outcome", "passed")
        outcome = report.outcome if before == "passed" else before
        account[item.nodeid] = {"rows": sorted(rows), "outcome": outcome}
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the account where `--rows-to` says."""
    target = session.config.getoption("--rows-to")
    if target:
        path = Path(str(target))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(session.config.stash[_OUTCOMES], indent=1, sort_keys=True), "utf-8")


def _rows_of(item: pytest.Item) -> set[str]:
    return {str(row) for mark in item.iter_markers("req") for row in mark.args}
