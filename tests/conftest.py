"""What holds for every test: which requirement rows it shows, and where the answers are kept."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
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


_ROWS = "rows"
_ACCOUNT: dict[str, dict[str, object]] = {}
_TEMPROOT = "PYTEST_DEBUG_TEMPROOT"
_OWN_ROOT = pytest.StashKey[Path]()
_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Work in a temporary folder that no other run closes.

    Each start of pytest shuts the folder that all runs of one user share to everybody else; run as root, that
    would take their own files from services that run as other users in the tests of another run. Its name is
    short, because HAProxy's socket has a path of 97 characters at most.
    """
    if hasattr(config, "workerinput"):  # one of several processes: a folder of its own, as short
        config.option.basetemp = None
        os.environ.pop(_TEMPROOT, None)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # a shell put this run into the background: what tests start would inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if os.geteuid() == 0 and _TEMPROOT not in os.environ and not config.getoption("basetemp"):
        config.stash[_OWN_ROOT] = Path(tempfile.mkdtemp(prefix="w-"))
        os.environ[_TEMPROOT] = str(config.stash[_OWN_ROOT])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind but what a failed test may be looked at by."""
    own = config.stash.get(_OWN_ROOT, None)
    if own is not None:
        del os.environ[_TEMPROOT]
        if not config.stash.get(_FAILED, False):
            shutil.rmtree(own, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Have the report say which rows the test shows: it may come from another process."""
    report = yield
    report.user_properties.append((_ROWS, sorted(_rows_of(item))))
    return report


@pytest.hookimpl
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how a test with rows ended: its worst phase counts."""
    rows = dict(report.user_properties).get(_ROWS)
    if rows:
        before = _ACCOUNT.get(report.nodeid, {}).get("outcome", "passed")
        outcome = report.outcome if before == "passed" else before
        _ACCOUNT[report.nodeid] = {"rows": rows, "outcome": outcome}


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the account where `--rows-to` says."""
    session.config.stash[_FAILED] = bool(session.testsfailed)
    target = session.config.getoption("--rows-to")
    if target and not hasattr(session.config, "workerinput"):
        path = Path(str(target))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(_ACCOUNT, indent=1, sort_keys=True), "utf-8")


def _rows_of(item: pytest.Item) -> set[str]:
    return {str(row) for mark in item.iter_markers("req") for row in mark.args}
