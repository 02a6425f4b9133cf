"""A sentence in every language we speak."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Lang(StrEnum):
    """A language of the tables."""

    EN = "en"
    JA = "ja"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence, with `{placeholders}`, in each language."""

    en: str
    ja: str

    def fill(self, lang: Lang, values: Mapping[str, object]) -> str:
        """Return the sentence with its placeholders filled.

        A value that was not given shows as `?`: a report with a hole is better than none.
        """
        template = self.ja if lang is Lang.JA else self.en
        return string.Formatter().vformat(template, (), _Values(values, lang))


class _Values(dict[str, object]):
    def __init__(self, values: Mapping[str, object], lang: Lang) -> None:
        super().__init__({name: show(value, lang) for name, value in values.items()})

    def __missing__(self, key: str) -> str:
        return "?"


def show(value: object, lang: Lang = Lang.EN) -> str:
    """Return how a value is written for people: UTC with its offset, lists with commas, days in words."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, timedelta):
        return _duration(value, lang)
    if isinstance(value, (list, tuple, frozenset, set)):
        items = value if isinstance(value, (list, tuple)) else sorted(value, key=str)
        return ", ".join(show(item, lang) for item in items)
    return str(value)


def _duration(length: timedelta, lang: Lang) -> str:
    """Return `2 days, 1:30:00`; nothing after the days where there is nothing."""
    rest = length - timedelta(days=length.days)
    parts = []
    if length.days:
        plural = "" if length.days == 1 else "s"
        parts.append(f"{length.days} 日" if lang is Lang.JA else f"{length.days} day{plural}")
    if rest or not length.days:
        parts.append(str(rest))
    return (" " if lang is Lang.JA else ", ").join(parts)


def visible(text: str) -> str:
    r"""Return foreign text as it may stand in a line of ours: what could move or rewrite the line shows as an escape.

    Controls and DEL become `\xNN`; separators of lines and paragraphs, controls of direction and lone surrogates
    `\uNNNN`. Everything else stays, a backslash too.

    Spec: ISO/IEC 6429 (C0, C1), UAX #9 (controls of direction), PEP 383 (surrogates of names that are not UTF-8).
    """
    return _UNSHOWN.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    Wide and full-width characters take two, marks that join the character before them none; ambiguous ones one.

    Spec: UAX #11.
    """
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
