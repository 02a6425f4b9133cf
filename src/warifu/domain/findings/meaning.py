"""What a code means, apart from any finding: its room, its sentences with the holes named, codes that look like it."""

from __future__ import annotations

import difflib
import string
from collections.abc import Mapping

from warifu.domain.findings.codes import Code
from warifu.domain.findings.evidence import name_of
from warifu.domain.findings.messages import say
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
from warifu.domain.findings.text import Lang, Text

ROOMS: Mapping[str, Mapping[Code, Entry]] = {
    "x509": x509.ENTRIES,
    "trust": trust.ENTRIES,
    "target": trust_target.ENTRIES,
    "estate": estate.ENTRIES,
    "rotation": rotation.ENTRIES,
    "issue": issue.ENTRIES,
    "install": install.ENTRIES,
    "renewal": renewal.ENTRIES,
    "bundle": bundle.ENTRIES,
    "directory": directory.ENTRIES,
    "endpoint": endpoint.ENTRIES,
}
"""Every code stands in one of these; `explain.room-NAME` says what a room is about."""

_JUDGED = frozenset({"trust", "target"})  # rooms whose findings are about chains and targets
_OUTSIDE = frozenset(
    {
        Code.KEY_MISMATCH,
        Code.ENGINE_REFUSED,
        Code.OTHER_ENGINE_REFUSED,
        Code.ENGINE_NOT_RUN,
        Code.SEARCH_EXHAUSTED,
        Code.CLOCK_SKEWED,
        Code.ISSUERS_DIFFER,
        Code.ISSUERS_ALIKE,
    }
)  # reported beside the rules, each with a weight of its own

_NEAR = 3


def room_of(code: Code) -> str:
    """Return the room that a code belongs to."""
    return next(room for room, entries in ROOMS.items() if code in entries)


def is_weighed(code: Code) -> bool:
    """Tell whether profiles say how much a finding weighs."""
    return room_of(code) in _JUDGED and code not in _OUTSIDE


def codes_of(room: str) -> tuple[Code, ...]:
    """Return the codes of a room, in the order of the table of codes."""
    return tuple(code for code in Code if code in ROOMS[room])


def name_holes(text: Text, lang: Lang, code: Code | None = None) -> str:
    """Return a sentence in which each placeholder is named in words: `<certificate> expired at <valid until>`.

    Args:
        code: whose sentence it is; some names mean something else in one finding.
    """
    holes = {name for _, name, _, _ in string.Formatter().parse(text.en) if name}
    return text.fill(lang, {name: f"<{_word(name, lang, code)}>" for name in holes})


def _word(name: str, lang: Lang, code: Code | None) -> str:
    named = name_of(name, code)
    return say("explain.subject", lang) if named is None else named.fill(lang, {})


def find_code(text: str) -> Code | None:
    """Return the code that a text names, however it is capitalised; None where there is none."""
    plain = text.strip().casefold().replace("_", "-")
    return Code(plain) if plain in set(Code) else None


def near(text: str) -> tuple[str, ...]:
    """Return codes that are spelt much like a text, or hold it, the nearest first."""
    plain = text.strip().casefold().replace("_", "-")
    alike = difflib.get_close_matches(plain, [code.value for code in Code], n=_NEAR)
    holding = [code.value for code in Code if plain and plain in code.value]
    return tuple(dict.fromkeys([*alike, *holding]))[:_NEAR]
