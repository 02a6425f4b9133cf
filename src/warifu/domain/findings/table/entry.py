"""One row of the table of findings."""

from __future__ import annotations

from dataclasses import dataclass

from warifu.domain.findings.text import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """What a code means.

    Args:
        title: the fault, with placeholders for its evidence.
        clause: the standard or document that says so, for example `RFC 5280 §4.1.2.5`.
        remedy: what to do, with the exact command or place.
    """

    title: Text
    clause: str
    remedy: Text
