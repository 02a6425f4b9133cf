"""Looks for watching: an estate as it is observed and judged, or a list of files and addresses."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from warifu.domain.estate import Estate, Observed, Value
from warifu.domain.findings import Code, Lang
from warifu.domain.findings.text import visible
from warifu.domain.sweep.listing import Spot, Subject
from warifu.domain.trust import Outcome
from warifu.domain.trust.address import Address
from warifu.domain.watching import Sight
from warifu.domain.watching.cause import Judged
from warifu.domain.watching.of_estate import sight_of_estate
from warifu.domain.watching.of_list import Listed, sight_of_list
from warifu.errors import UsageError, WarifuError
from warifu.ports.files import Files
from warifu.ports.probes import SCHEMES, Endpoint, dialect_at
from warifu.workflows.check import Checked, Checker, TrustFile
from warifu.workflows.engines import Engines
from warifu.workflows.lists import decode_list, refuse_faults, understood
from warifu.workflows.verdicts import ConnectionVerdict, judge_connections

_REASONS: Mapping[str, str] = {
    "trust.nothing-there": "absent",
    "trust.not-a-file": "other",
    "trust.too-much": "File too large",
}


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


def read_list(path: str, files: Files, lang: Lang) -> tuple[str | Endpoint, ...]:
    """Return what a list names, each once, in the form of `check --list`; paths are seen from the list's folder.

    Raises:
        UsageError: `io.no-such-file`, `sweep.list-not-text`, `sweep.bad-list`, `watch.empty-list`.
        CouldNotLookError: `io.cannot-read`.
    """
    if not files.exists(path):
        raise UsageError("io.no-such-file", path=path)
    usual = {name: port for name, (_, port) in SCHEMES.items()}
    listing, faults = understood(decode_list(files.read(path), path), path, usual)
    refuse_faults(faults, lang)
    subjects = tuple(dict.fromkeys(_subject(one, posixpath.dirname(path)) for one in listing))
    if not subjects:
        raise UsageError("watch.empty-list", path=path)
    return subjects


def _subject(one: Subject, folder: str) -> str | Endpoint:
    if isinstance(one, Spot):
        return Endpoint(
            Address(one.host, one.port), SCHEMES[one.scheme][0] if one.scheme else dialect_at(one.port)
        )
    return posixpath.join(folder, one)


def look_at_list(subjects: Sequence[str | Endpoint], checker: Checker, store: TrustFile) -> Sight:
    """Look at each subject of a list once; an address is judged as a client with that trust store would."""
    return sight_of_list([_listed(one) for one in checker.check(subjects, store)], checker.at)


def _listed(checked: Checked) -> Listed:
    served = checked.kind == "address"
    refused = checked.verdict is not None and checked.verdict.outcome is Outcome.REFUSED
    return Listed(
        visible(checked.subject),  # a name that is no text can be kept, compared and told all the same
        checked.certificates,
        served,
        served or checked.kind in {"chain", "leaf"},
        served and refused,
        tuple(replace(one, subject=visible(one.subject)) for one in checked.findings),
        "" if checked.problem is None else _reason(checked.problem),
    )


def _reason(problem: WarifuError) -> str:
    """Return why nothing was seen, as a word that `findings.causes` knows or as the system said it."""
    return str(problem.values.get("reason") or _REASONS.get(problem.code, "no look at it succeeded"))
