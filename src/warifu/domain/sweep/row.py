"""What is kept of one look: flat, and as light as it can be sent from process to process."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from warifu.domain.findings import Finding, Severity
from warifu.domain.findings.text import show
from warifu.errors import WarifuError

NO_FINDINGS = "[]"
NOWHERE = "[]"
PLACES = 100
"""So many further places of the same thing are kept with the first."""
_LONGEST = 2_000  # characters of one value: what hostile certificates say is not kept without end


class Row(NamedTuple):
    """One line of the answer; every field is text or a number, as it stands in a file.

    Args:
        place: path, `archive!member`, or address.
        offset: where in the file its first byte stands; -1 where the whole of it was judged.
        kind: `leaf` (of a pile), `authority` (a CA of one), or as in `workflows.check`: `chain`, `address`, ...
        verdict: `accepted`, `refused` or `unknown`; `fine` or `findings` where there is no chain to judge;
            `unseen` where it could not be looked at.
        basis: `run` or `modelled`; empty where nothing was judged.
        not_before: UTC, ISO 8601; empty where there is no certificate.
        names: of the leaf, one behind the other with spaces between.
        findings: JSON: a list of objects with code, severity, subject and evidence, the most telling first.
        problem: JSON: code and values of why it could not be looked at; empty otherwise.
        alike: places that have the same value are the same thing met again; empty: each is one of its own.
        also: how many further places held the same.
        elsewhere: JSON: the first of those places, `PLACES` at most, each as place and offset.
    """

    place: str
    offset: int
    kind: str
    verdict: str
    basis: str = ""
    sha256: str = ""
    subject: str = ""
    issuer: str = ""
    serial: str = ""
    not_before: str = ""
    not_after: str = ""
    names: str = ""
    key: str = ""
    findings: str = NO_FINDINGS
    problem: str = ""
    alike: str = ""
    also: int = 0
    elsewhere: str = NOWHERE

    @property
    def places(self) -> Sequence[tuple[str, int]]:
        """The further places that are kept, each with its offset, -1 where the whole of it was judged."""
        listed: list[list[Any]] = [] if self.elsewhere == NOWHERE else json.loads(self.elsewhere)
        return [(place, offset) for place, offset in listed]

    @property
    def found(self) -> Sequence[Mapping[str, Any]]:
        """The findings as values."""
        listed: list[Mapping[str, Any]] = [] if self.findings == NO_FINDINGS else json.loads(self.findings)
        return listed

    @property
    def error(self) -> WarifuError | None:
        """Why it could not be looked at."""
        if not self.problem:
            return None
        said = json.loads(self.problem)
        return WarifuError(said.pop("code"), **said)


def spot_text(place: str, offset: int) -> str:
    """Return a place as people are shown it."""
    return place if offset < 0 else f"{place}@{offset}"


def time_text(instant: datetime) -> str:
    """Return an instant as rows hold it; texts are in the order of what they stand for."""
    utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return f"{utc.isoformat()[:19]}Z"


def findings_text(findings: Iterable[Finding]) -> str:
    """Return findings as rows hold them."""
    listed = [
        {
            "code": str(one.code),
            "severity": str(one.severity),
            "subject": clean(one.subject),
            "evidence": {name: _plain(value) for name, value in one.evidence.items()},
        }
        for one in findings
    ]
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":")) if listed else NO_FINDINGS


def problem_text(problem: WarifuError) -> str:
    """Return an error as rows hold it."""
    values = {name: _plain(value) for name, value in problem.values.items()}
    return json.dumps({"code": problem.code, **values}, ensure_ascii=False, separators=(",", ":"))


def state_of(findings: Iterable[Finding]) -> str:
    """Return the verdict of something that holds no chain."""
    return "fine" if all(one.severity is Severity.NOTE for one in findings) else "findings"


def clean(text: str) -> str:
    """Return a path, or text of a certificate, as every file can hold it: no half characters, and not without end."""
    if len(text) <= _LONGEST and text.isascii():
        return text
    return text[:_LONGEST].encode("utf-8", "backslashreplace").decode()


def _plain(value: object) -> object:
    """Return a value as JSON holds it; a list stays one."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [clean(show(one)) for one in value[:100]]
    return clean(show(value))
