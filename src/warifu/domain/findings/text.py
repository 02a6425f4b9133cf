"""A sentence in every language we speak."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Lang(StrEnum):
    """A language of the tables."""

    EN = "en"
    JA = "ja"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence, with `{placeholders}`, in each language.

    In English a count may name its noun in the singular and the plural: `{count:row|rows}`.
    """

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
        if lang is Lang.JA:
            return _fill_japanese(self.ja, _Values(values, lang))
        return _ENGLISH.vformat(self.en, (), _Values(values, lang))


class _English(string.Formatter):
    """Fills placeholders; one that names two nouns takes the first behind the number one."""

    def format_field(self, value: object, format_spec: str) -> str:
        """Return a value, with its noun where there is one."""
        one, bar, many = format_spec.partition("|")
        return (
            f"{value} {one if value == '1' else many}"
            if bar
            else str(super().format_field(value, format_spec))
        )


_ENGLISH = _English()


class _Values(dict[str, object]):
    def __init__(self, values: Mapping[str, object], lang: Lang) -> None:
        super().__init__({name: show(value, lang) for name, value in values.items()})

    def __missing__(self, key: str) -> str:
        return "?"


_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    r"""Return a text in which nothing moves the cursor, ends the line or turns the order of reading.

    Control characters (C0, C1, DEL), ends of lines and paragraphs, bidirectional controls and lone surrogates
    stand as `\xNN` or `\uNNNN`; names of certificates, files and hosts are others' to choose.

    Spec: ISO/IEC 6429 (C0, C1), UAX #9 (controls of direction), PEP 383 (surrogates of names that are not UTF-8).
    """
    if text.isprintable():  # nearly every one
        return text
    return _UNSEEN.sub(_spelt, text)


def _spelt(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _fill_japanese(template: str, values: _Values) -> str:
    """Fill a sentence, without the blanks that stand around a value for Latin letters where the value is Japanese.

    A blank between two nouns stays: it keeps a name apart from what it is the name of.
    """
    filled = ""
    after_wide = False
    for literal, name, _, _ in string.Formatter().parse(template):
        filled += literal[1:] if after_wide and re.match(r" [ぁ-ん一-龠]", literal) else literal
        if name is None:
            continue
        value = str(values[name])
        if value and columns(value[0]) == 2 and re.search(r"[ぁ-ん、。] $", filled):
            filled = filled[:-1]
        filled += value
        after_wide = bool(value) and columns(value[-1]) == 2
    return filled


def show(value: object, lang: Lang = Lang.EN) -> str:
    """Return how a value is written for people: UTC with its offset, lists with commas, days in words.

    What would not be seen, or would not stay on its line, is spelt (`visible`).
    """
    if isinstance(value, Text):
        return value.fill(lang, {})
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, timedelta):
        return _duration(value, lang)
    if isinstance(value, (list, tuple, frozenset, set)):
        items = value if isinstance(value, (list, tuple)) else sorted(value, key=str)
        return ("、" if lang is Lang.JA else ", ").join(show(item, lang) for item in items)
    return visible(str(value))


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


def beside(parts: Iterable[str], lang: Lang) -> str:
    """Return what stands beside each other in one line; a part may itself be a list (`show`)."""
    return ("；" if lang is Lang.JA else "; ").join(parts)


_TWO_DAYS = timedelta(days=2)


def rough(length: timedelta, lang: Lang) -> str:
    """Return how long something still lasts, rounded down: days, and hours below two of them."""
    hours = length // timedelta(hours=1)
    if length >= _TWO_DAYS:
        return show(timedelta(days=length.days), lang)
    if hours < 1:
        return "1 時間未満" if lang is Lang.JA else "less than an hour"
    if lang is Lang.JA:
        return f"{hours} 時間"
    return f"{hours} hour" if hours == 1 else f"{hours} hours"


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
