"""Title, clause and remedy of every finding code, one file a room."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.causes import explained
from warifu.domain.findings.codes import Code
from warifu.domain.findings.finding import Finding
from warifu.domain.findings.table import estate, install, issue, rotation, trust, x509
from warifu.domain.findings.table.entry import Entry
from warifu.domain.findings.text import Lang

ENTRIES: Mapping[Code, Entry] = {
    **x509.ENTRIES,
    **trust.ENTRIES,
    **estate.ENTRIES,
    **rotation.ENTRIES,
    **install.ENTRIES,
    **issue.ENTRIES,
}


def title(finding: Finding, lang: Lang) -> str:
    """Return what was found, as a sentence filled from the evidence."""
    return ENTRIES[finding.code].title.fill(lang, _values(finding, lang))


def remedy(finding: Finding, lang: Lang) -> str:
    """Return what to do about it, as a sentence filled from the evidence."""
    return ENTRIES[finding.code].remedy.fill(lang, _values(finding, lang))


def _values(finding: Finding, lang: Lang) -> dict[str, object]:
    return {"subject": finding.subject, **explained(finding.evidence, lang)}


def describe(code: Code) -> Entry:
    """Return the table's entry of a code."""
    return ENTRIES[code]
