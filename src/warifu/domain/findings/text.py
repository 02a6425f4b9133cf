"""A sentence in every language we speak."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Lang(StrEnum):
    """A language of the tables."""

    EN = "en"
    JA = "ja"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence, with `{placeholders}`, in each language."""

    en: str
    ja: str

    @classmethod
    def quoted(cls, en: str, ja: str) -> Text:
        """Return a sentence that others wrote: its braces are no placeholders."""
        return cls(*(text.replace("{", "{{").replace("}", "}}") for text in (en, ja)))

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
