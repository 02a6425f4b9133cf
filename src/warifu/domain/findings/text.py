"""A sentence in every language we speak."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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

    def fill(self, lang: Lang, values: Mapping[str, object]) -> str:
        """Return the sentence with its placeholders filled.

        A value that was not given shows as `?`: a report with a hole is better than none.
        """
        template = self.ja if lang is Lang.JA else self.en
        return string.Formatter().vformat(template, (), _Values(values))


class _Values(dict[str, object]):
    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__({name: show(value) for name, value in values.items()})

    def __missing__(self, key: str) -> str:
        return "?"


def show(value: object) -> str:
    """Return how a value is written for people: UTC with its offset, lists with commas."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (list, tuple, frozenset, set)):
        items = value if isinstance(value, (list, tuple)) else sorted(value, key=str)
        return ", ".join(show(item) for item in items)
    return str(value)
