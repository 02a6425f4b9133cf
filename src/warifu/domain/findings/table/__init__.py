"""Title, clause and remedy of every finding code, one file a room."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import timedelta

from warifu.domain.findings.codes import Code
from warifu.domain.findings.evidence import spoken
from warifu.domain.findings.finding import Finding
from warifu.domain.findings.table import (
    bundle,
    directory,
    endpoint,
    estate,
    install,
    issue,
    renewal,
    rotation,
    trust,
    trust_target,
    x509,
)
from warifu.domain.findings.table.entry import Entry
from warifu.domain.findings.text import Lang, rough, show

ENTRIES: Mapping[Code, Entry] = {
    **x509.ENTRIES,
    **trust.ENTRIES,
    **trust_target.ENTRIES,
    **estate.ENTRIES,
    **rotation.ENTRIES,
    **install.ENTRIES,
    **issue.ENTRIES,
    **renewal.ENTRIES,
    **bundle.ENTRIES,
    **directory.ENTRIES,
    **endpoint.ENTRIES,
}


def title(finding: Finding, lang: Lang) -> str:
    """Return what was found, as a sentence filled from the evidence."""
    return ENTRIES[finding.code].title_for(finding.evidence).fill(lang, _values(finding, lang))


def outline(code: str, subject: str, lang: Lang) -> str:
    """Return the title of a finding of which the code alone was kept, and the code; holes show as an ellipsis."""
    known = Code.__members__.get(code.upper().replace("-", "_"))
    if known is None:
        return code
    text = ENTRIES[known].title
    holes = {name: "…" for _, name, _, _ in string.Formatter().parse(text.en) if name}
    return f"{text.fill(lang, {**holes, 'subject': subject}).rstrip('.。')} ({code})"


def remedy(finding: Finding, lang: Lang) -> str:
    """Return what to do about it, as a sentence filled from the evidence."""
    entry, values = ENTRIES[finding.code], _values(finding, lang)
    more = (text for name, text in entry.where_known.items() if name in values)
    return (" " if lang is Lang.EN else "").join(
        text.fill(lang, values) for text in (entry.remedy_for(finding.evidence), *more)
    )


def remedy_of(code: Code, lang: Lang) -> str:
    """Return what to do about a code wherever it was met; what differs from place to place shows as an ellipsis."""
    text = ENTRIES[code].remedy
    return text.fill(lang, {name: "…" for _, name, _, _ in string.Formatter().parse(text.en) if name})


def _values(finding: Finding, lang: Lang) -> dict[str, object]:
    return {"subject": finding.subject, **_left(finding, lang), **spoken(finding.evidence, lang)}


def _left(finding: Finding, lang: Lang) -> dict[str, str]:
    """Return how long it still lasts, in days or hours; a notice that an earlier release kept knows days alone."""
    kept = finding.evidence
    days, hours = kept.get("days"), kept.get("hours")
    if isinstance(hours, int):
        return {"time_left": rough(timedelta(hours=hours), lang)}
    return {"time_left": show(timedelta(days=days), lang)} if isinstance(days, int) else {}


def describe(code: Code) -> Entry:
    """Return the table's entry of a code."""
    return ENTRIES[code]
