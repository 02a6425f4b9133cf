"""A fault or remark about one subject, with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from warifu.domain.findings.codes import Code


class Severity(StrEnum):
    """How much a finding weighs: an error refuses, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or remark.

    Args:
        code: what it is; title, clause and remedy come from the table.
        subject: what it is about: a fingerprint, slot, connection, path or address.
        evidence: what was seen, by name; fills the placeholders of the table's texts.
        severity: how much it weighs here; profiles differ.
    """

    code: Code
    subject: str
    evidence: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = Severity.ERROR


def distinct(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield each finding once, in order: two rules may see one fault. As many steps as findings."""
    seen: set[tuple[Code, str, str, Severity]] = set()
    for finding in findings:
        key = (finding.code, finding.subject, repr(sorted(finding.evidence.items())), finding.severity)
        if key not in seen:
            seen.add(key)
            yield finding


_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
_ORDER = {code: position for position, code in enumerate(Code)}


def rank(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings with the most telling first: by severity, then in the order of the code table."""
    return tuple(sorted(findings, key=lambda f: (_WEIGHT[f.severity], _ORDER[f.code], f.subject)))
