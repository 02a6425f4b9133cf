"""`warifu explain`: what findings mean, apart from any file or host. Nothing is looked at or changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.findings import Code, Lang, describe, say
from warifu.domain.findings.meaning import ROOMS, codes_of, find_code, is_weighed, name_holes, near, room_of
from warifu.domain.trust.profile_data import ProfileFamily
from warifu.errors import UsageError
from warifu.wiring.examples import examples
from warifu.wiring.profiles import profiles
from warifu.workflows.examples import Example

FORMAT = 1
_ROOM_KEYS = {
    "x509": "explain.room-x509",
    "trust": "explain.room-trust",
    "target": "explain.room-target",
    "estate": "explain.room-estate",
    "rotation": "explain.room-rotation",
    "issue": "explain.room-issue",
    "install": "explain.room-install",
    "endpoint": "explain.room-endpoint",
    "renewal": "explain.room-renewal",
    "bundle": "explain.room-bundle",
    "directory": "explain.room-directory",
}
_WEIGHT_KEYS = {
    "error": "cli.severity-error",
    "warning": "cli.severity-warning",
    "note": "cli.severity-note",
    "off": "trust.weight-off",
}


def build(lang: Lang) -> Verb:
    """Return the verb."""

    @verb("explain", lang, say("explain.help", lang))
    @click.argument("codes", nargs=-1, metavar="[CODE]...", shell_complete=_complete)
    def explain(out: Output, *, codes: tuple[str, ...]) -> int:
        if not codes:
            _list(out)
            return 0
        chosen = _chosen(codes)
        families, told = tuple(profiles()), examples()
        for position, code in enumerate(chosen):
            if position:
                out.text()
            _tell(out, code, families, told[code])
        documents = [_document(code, families, told[code], out.lang) for code in chosen]
        out.json({"format": FORMAT, "findings": documents})
        return 0

    return explain


def _complete(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the codes that a shell may complete a beginning to."""
    return [code.value for code in Code if code.value.startswith(incomplete)]


def _chosen(texts: Iterable[str]) -> tuple[Code, ...]:
    """Return the codes that are named, each once; every one that is unknown is told.

    Raises:
        UsageError: `explain.unknown`, `explain.unknown-near`.
    """
    found = {text: find_code(text) for text in texts}
    faults = [_unknown(text) for text, code in found.items() if code is None]
    if faults:
        faults[0].parts = tuple(faults[1:])
        raise faults[0]
    return tuple(dict.fromkeys(code for code in found.values() if code is not None))


def _unknown(text: str) -> UsageError:
    alike = near(text)
    if alike:
        return UsageError("explain.unknown-near", code=text, near=alike)
    return UsageError("explain.unknown", code=text)


def page_of(code: Code) -> str:
    """Return where the page of a code lies in the project."""
    return f"docs/findings/{code.value}.md"


def weights_of(code: Code, families: Iterable[ProfileFamily]) -> dict[str, tuple[str, ...]]:
    """Return how much a finding weighs, with the profiles that weigh it so: `error`, `warning`, `note`, `off`.

    A profile that weighs it differently by release or role stands under each weight. A code that no profile
    weighs has none.
    """
    found: dict[str, list[str]] = {weight: [] for weight in _WEIGHT_KEYS}
    if is_weighed(code):
        for family in families:
            cases = [
                family.base.weight(code),
                *(o.weights[code] for o in family.overlays if code in o.weights),
            ]
            for weight in dict.fromkeys(cases):
                found["off" if weight is None else weight.value].append(family.name)
    return {weight: tuple(names) for weight, names in found.items() if names}


def _list(out: Output) -> None:
    for room in ROOMS:
        out.line(_ROOM_KEYS[room])
        rows = [(code.value, name_holes(describe(code).title, out.lang, code)) for code in codes_of(room)]
        out.table(("explain.heading-code", "explain.heading-meaning"), rows)
        out.text()
    out.line("explain.how")
    documents = [
        {"code": code.value, "room": room, "title": name_holes(describe(code).title, out.lang, code)}
        for room in ROOMS
        for code in codes_of(room)
    ]
    out.json({"format": FORMAT, "findings": documents})


def _tell(out: Output, code: Code, families: Sequence[ProfileFamily], told: Example) -> None:
    entry, lang = describe(code), out.lang
    out.line("explain.head", code=code.value, title=name_holes(entry.title, lang, code))
    out.line("explain.room", room=say(_ROOM_KEYS[room_of(code)], lang))
    if entry.clause:
        out.line("cli.finding-clause", clause=entry.says_so(lang))
    out.line("cli.finding-remedy", remedy=name_holes(entry.remedy, lang, code))
    weights = weights_of(code, families)
    for weight, names in weights.items():
        out.line("explain.weight", weight=say(_WEIGHT_KEYS[weight], lang), profiles=names)
    if not weights:
        out.line("explain.not-weighed")
    out.line("explain.example", title=told.title[lang])
    out.line("explain.example-remedy", remedy=told.remedy[lang])
    out.line("explain.page", page=page_of(code))


def _document(code: Code, families: Sequence[ProfileFamily], told: Example, lang: Lang) -> dict[str, object]:
    entry = describe(code)
    return {
        "code": code.value,
        "room": room_of(code),
        "title": name_holes(entry.title, lang, code),
        "clause": entry.says_so(lang),
        "remedy": name_holes(entry.remedy, lang, code),
        "weights": weights_of(code, families),
        "example": {"title": told.title[lang], "remedy": told.remedy[lang]},
        "page": page_of(code),
    }
