"""A vendor's procedure as data: where it comes from, whom it is for, its parameters and its steps.

A document is TOML of format 1. Every text is there in English and Japanese; commands are for one platform or for all,
with `{parameters}`. A command that would carry a password in its arguments is refused when the document is read.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Literal

import msgspec

from warifu.domain.findings import Lang, Text
from warifu.errors import UsageError

FORMAT = 1
ONLY = re.compile(r"(\w+)(>=|<|=)(\S+)")
"""One case that a step is for."""
TYPED = "-typed"
"""What follows the name of a list of names where each stands with its kind: `{names-typed}` is `DNS:a.x,IP:192.0.2.1`."""
REVIEWED_WITHIN = timedelta(days=365)
"""After a year a vendor's page has usually changed."""
_UPDATE = re.compile(r"(?i)(?<![A-Z])RU[\s._-]*(\d{1,4})")
_BUILD = re.compile(r"[A-Za-z]?\s?\d+(?:\.\d+){2,}")
_IN_SHELL = re.compile(
    r"(?i)--?pass(?:word|wd|phrase)?\b(?!-file\b)|-(?:store|key)pass\b|\bpass:\S|\bpassword="
)
_IN_POWERSHELL = re.compile(r"(?i)-password\s+(?![$(])|\bconvertto-securestring\b")


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Unknown keys are faults."""


class Said(_Strict, frozen=True):
    """A sentence in both languages."""

    en: str
    ja: str

    def text(self, lang: Lang) -> str:
        """Return it in a language."""
        return self.ja if lang is Lang.JA else self.en


def worded(said: Said | str, lang: Lang) -> str:
    """Return what is one name in every language, or has one in each."""
    return said if isinstance(said, str) else said.text(lang)


class Source(_Strict, frozen=True):
    """Where the steps come from.

    `revision` is what these steps were written from; `newer` is a later one that is known upstream and not yet worked in.
    `kind` is what the vendor calls the document; `samples` tells from when its samples are.
    """

    id: Said | str
    title: Said | str
    language: Literal["en", "ja"]
    revision: Said
    newer: Said | str = ""
    kind: str = ""
    samples: Said | None = None


class Parameter(_Strict, frozen=True):
    """A value of the environment at hand; a default may name parameters that stand before it."""

    name: str
    kind: Literal[
        "key-id",
        "host",
        "hosts",
        "login",
        "path",
        "name",
        "names",
        "aliases",
        "version",
        "choice",
        "days",
        "port",
    ]
    title: Said
    default: str | None = None
    choices: tuple[str, ...] = ()


class Disputed(_Strict, frozen=True):
    """A point on which the sources contradict each other, or themselves."""

    question: Said
    sources: tuple[Said, ...]
    taken: Said


class Step(_Strict, frozen=True):
    """One step.

    `gate` is what must be seen before the next step; `undo` is the way back; after a step with `no-return` there is
    none but what `undo` says. `only` names the cases that a step is for, all of them: `platform=windows`,
    `class=known|both`, `version>=X15.5`, `version<X15.5`. `each` names a list: the command is written for every item.
    """

    id: str
    title: Said
    owner: Said
    text: Said
    gate: Said
    undo: Said
    command: str = ""
    powershell: str = ""
    no_return: bool = False
    only: str = ""
    each: str = ""


class Procedure(_Strict, frozen=True):
    """One procedure.

    `values` gives what follows from a choice, such as `platform=windows`; `releases_of` the releases of a choice that has
    fewer of them than the rest. `since_because` tells what releases before `since` lack.
    """

    format: int
    id: str
    title: Said
    product: str
    source: Source
    reviewed: date
    parameters: tuple[Parameter, ...]
    steps: tuple[Step, ...]
    before: tuple[Said, ...] = ()
    releases: tuple[str, ...] = ()
    since: str = ""
    since_because: Said | None = None
    disputed: tuple[Disputed, ...] = ()
    values: dict[str, dict[str, str]] = {}
    releases_of: dict[str, tuple[str, ...]] = {}

    def is_stale(self, today: date) -> bool:
        """A newer text is known upstream, or nobody has looked for a year."""
        return bool(self.source.newer) or today - self.reviewed > REVIEWED_WITHIN

    def applies_to(self, version: str) -> bool:
        """The release is one that the procedure is for."""
        numbers = numbers_of(version)
        if not numbers:
            return False
        if self.is_too_old(version):
            return False
        return is_among(version, self.releases)

    def is_too_old(self, version: str) -> bool:
        """The release is before the first that the procedure is for."""
        return bool(self.since and numbers_of(version)) and _is_before(version, self.since)

    def is_unknown_build(self, version: str) -> bool:
        """It is the number of a build, which does not tell the release update that the procedure is for."""
        numbers = numbers_of(version)
        counts = bool(_UPDATE.search(self.since)) and numbers[:2] == numbers_of(self.since)[:2]
        return counts and _BUILD.fullmatch(version.strip()) is not None

    @property
    def scope(self) -> Text:
        """The releases, as people write them."""
        listed = ", ".join(self.releases)
        since = Text(f"{self.since} +", f"{self.since} 以降") if self.since else Text("*", "すべて")
        return Text(listed, listed) if listed else since


def read_procedure(name: str, text: str) -> Procedure:
    """Return the procedure of a document.

    Raises:
        UsageError: `diagnosis.procedure-faulty`: it is no such document, or its parts do not fit together.
    """
    try:
        found = msgspec.convert(tomllib.loads(text), Procedure)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise UsageError("diagnosis.procedure-faulty", name=name, fault=str(error)) from None
    fault = next(_faults(found, name), "")
    if fault:
        raise UsageError("diagnosis.procedure-faulty", name=name, fault=fault)
    return found


def every_said(procedure: Procedure) -> Iterator[Said]:
    """Yield every sentence of a procedure."""
    yield procedure.title
    yield from procedure.before
    source = procedure.source
    told = (procedure.since_because, source.samples, source.id, source.title, source.newer)
    yield from (one for one in told if isinstance(one, Said))
    for parameter in procedure.parameters:
        yield parameter.title
    for step in procedure.steps:
        yield from (step.title, step.owner, step.text, step.gate, step.undo)
    for one in procedure.disputed:
        yield from (one.question, one.taken)


def placeholders(text: str) -> frozenset[str]:
    """Return the parameters that a text names."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def _faults(procedure: Procedure, name: str) -> Iterator[str]:
    if procedure.format != FORMAT:
        yield f"format {procedure.format}"
    if procedure.id != name:
        yield f"id {procedure.id}"
    ids = [step.id for step in procedure.steps]
    if not ids or len(set(ids)) != len(ids):
        yield "steps: none, or two of one id"
    parameters = {one.name for one in procedure.parameters}
    known = parameters | {key for values in procedure.values.values() for key in values}
    known |= {one.name + TYPED for one in procedure.parameters if one.kind == "names"}
    for step in procedure.steps:
        cases = [ONLY.fullmatch(case) for case in step.only.split()]
        asked = {case[1] if case else "" for case in cases} | ({step.each} if step.each else set())
        if asked - parameters:
            yield f"{step.id}: {step.only} {step.each}"
        if _IN_SHELL.search(step.command) or _IN_POWERSHELL.search(step.powershell):
            yield f"{step.id}: a password in the arguments"
        texts = (step.command, step.powershell, *(s for one in _of(step) for s in (one.en, one.ja)))
        try:
            named = {one for text in texts for one in placeholders(text)}
        except ValueError:
            yield f"{step.id}: braces"
        else:
            if named - known:
                yield f"{step.id}: {sorted(named - known)}"


def _of(step: Step) -> tuple[Said, ...]:
    return step.title, step.owner, step.text, step.gate, step.undo


def is_among(version: str, releases: Collection[str]) -> bool:
    """Tell whether a release is one of these, or a later maintenance release of one; no releases are all of them."""
    numbers = numbers_of(version)
    return not releases or any(numbers[: len(numbers_of(one))] == numbers_of(one) for one in releases)


def numbers_of(version: str) -> tuple[int, ...]:
    """Return a release as numbers: `3.10.1` is (3, 10, 1), `X15.5` is (15, 5)."""
    return tuple(int(one) for one in re.findall(r"\d{1,9}", version))


def _is_before(version: str, since: str) -> bool:
    if _UPDATE.search(since) is None:
        return numbers_of(version) < numbers_of(since)
    return _updates(version) < _updates(since)


def _updates(version: str) -> tuple[int, ...]:
    """Return a release as its release update (RU) counts it, whatever its patch (MP) or build.

    `14.3 RU1` is (14, 3, 1); `14.3 MP1` and a build such as 14.3.1169 are (14, 3, 0): a build does not tell its update.
    """
    update = _UPDATE.search(version)
    return (*numbers_of(version)[:2], int(update[1]) if update else 0)
