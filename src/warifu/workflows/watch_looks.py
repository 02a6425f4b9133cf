"""Looks for watching: an estate as it is observed and judged, or a list of files and addresses."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from warifu.domain.estate import Estate, Observed, Value
from warifu.domain.estate.table_reader import read_address
from warifu.domain.findings import Code
from warifu.domain.sweep.row import clean
from warifu.domain.trust import Outcome
from warifu.domain.trust.address import Address
from warifu.domain.watching import Sight
from warifu.domain.watching.cause import Judged
from warifu.domain.watching.of_estate import sight_of_estate
from warifu.domain.watching.of_list import Listed, sight_of_list
from warifu.errors import UsageError
from warifu.ports.files import Files
from warifu.workflows.check import Checked, Checker, TrustFile
from warifu.workflows.engines import Engines
from warifu.workflows.verdicts import ConnectionVerdict, judge_connections


def look_at_estate(
    estate: Estate,
    observe: Callable[[], Observed],
    engines: Engines,
    *,
    proven: Mapping[str, Value],
    touched: Iterable[str],
) -> Sight:
    """Look at an estate once; see `sight_of_estate`."""
    observed = observe()
    verdicts = judge_connections(estate, observed, engines)
    judged = {one.connection: _judged(one, observed) for one in verdicts}
    return sight_of_estate(estate, observed, judged, proven=proven, touched=touched)


def _judged(verdict: ConnectionVerdict, observed: Observed) -> Judged:
    """A connection that holds now is not broken, whatever a stricter rule says of it."""
    refused = verdict.live is None and verdict.outcome is Outcome.REFUSED
    live = [
        one
        for one in observed.findings
        if one.code is Code.LIVE_REFUSED and one.subject == verdict.connection
    ]
    return Judged(verdict.live is False or refused, (*live, *verdict.all_findings))


def read_list(path: str, files: Files) -> tuple[str | Address, ...]:
    """Return what a list names, one a line: a file or folder (seen from the list's folder) or `HOST:PORT`.

    Empty lines and what follows `#` do not count. What lies there as a file is one; else an address where it reads so.

    Raises:
        UsageError: `io.no-such-file`, `estate.not-utf8`, `watch.empty-list`.
        CouldNotLookError: `io.cannot-read`.
    """
    if not files.exists(path):
        raise UsageError("io.no-such-file", path=path)
    try:
        text = files.read(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("estate.not-utf8", where=path) from error
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    subjects = tuple(_subject(line, posixpath.dirname(path), files) for line in lines if line)
    if not subjects:
        raise UsageError("watch.empty-list", path=path)
    return tuple(dict.fromkeys(subjects))


def _subject(line: str, folder: str, files: Files) -> str | Address:
    here = posixpath.join(folder, line)
    if files.exists(here):
        return here
    return read_address(line) or here


def look_at_list(subjects: Sequence[str | Address], checker: Checker, store: TrustFile) -> Sight:
    """Look at each subject of a list once; an address is judged as a client with that trust store would."""
    return sight_of_list([_listed(one) for one in checker.check(subjects, store)], checker.at)


def _listed(checked: Checked) -> Listed:
    served = checked.kind == "address"
    refused = checked.verdict is not None and checked.verdict.outcome is Outcome.REFUSED
    problem = checked.problem
    return Listed(
        clean(checked.subject),
        checked.certificates,
        served,
        served or checked.kind == "chain",
        served and refused,
        tuple(replace(one, subject=clean(one.subject)) for one in checked.findings),
        "" if problem is None else str(problem.values.get("reason") or problem.code),
    )
