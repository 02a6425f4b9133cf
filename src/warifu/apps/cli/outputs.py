"""`warifu outputs`: trust stores written where programs read them, on a machine without an agent."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from warifu.apps.cli.render import Output as Answer
from warifu.apps.cli.render import to_json
from warifu.apps.cli.verb import Verb, VerbGroup, verb
from warifu.domain.findings import Lang, say, say_error, word
from warifu.errors import UsageError, WarifuError
from warifu.wiring import cli as wiring

if TYPE_CHECKING:
    from warifu.domain.directory.outputs import OutputSettings, Stock
    from warifu.workflows.outputs import OutputSeen, OutputWritten

_DIFFER, _PARTLY, _UNSEEN = 1, 4, 5
_MOST_NAMED = 3  # in a cell of a table; `--json` has them all


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""
    return VerbGroup("outputs", lang, say("outputs.help", lang), [_show(lang), _check(lang), _write(lang)])


def _show(lang: Lang) -> Verb:
    @verb("show", lang, say("outputs.help-show", lang))
    @click.argument("file", metavar="FILE")
    def show(out: Answer, *, file: str) -> int:
        settings = _settings(file)
        headings = (
            "outputs.heading-name",
            "outputs.heading-kind",
            "outputs.heading-path",
            "outputs.heading-domains",
            "outputs.heading-service",
        )
        rows = [
            (
                one.name,
                one.kind.value,
                " ".join(one.paths) or "-",
                " ".join(one.domains) or "-",
                one.service or "-",
            )
            for one in settings.outputs
        ]
        out.table(headings, rows)
        keys = [heading.partition("-")[2] for heading in headings]
        out.json({"outputs": [dict(zip(keys, row, strict=True)) for row in rows]})
        return 0

    return show


def _check(lang: Lang) -> Verb:
    @verb("check", lang, say("outputs.help-check", lang))
    @_taken(lang)
    def check(out: Answer, *, file: str, sources: tuple[str, ...], domain: str, state: str) -> int:
        from warifu.wiring.outputs import looker  # noqa: PLC0415 - only here

        settings, stock = _settings(file), _stock(sources, domain)
        seen = looker(state).look(settings, stock)
        rows = [
            (one.output.name, word("output", one.state.value, out.lang), _said(one, out.lang)) for one in seen
        ]
        out.table(("outputs.heading-name", "outputs.heading-state", "outputs.heading-seen"), rows)
        out.json({"outputs": [_seen_document(one, out.lang) for one in seen]})
        states = {one.state.value for one in seen}
        return _UNSEEN if "unreadable" in states else _DIFFER if states - {"as-published"} else 0

    return check


def _write(lang: Lang) -> Verb:
    @verb("write", lang, say("outputs.help-write", lang))
    @_taken(lang)
    def write(out: Answer, *, file: str, sources: tuple[str, ...], domain: str, state: str) -> int:
        from warifu.wiring.outputs import stand_alone  # noqa: PLC0415 - only here
        from warifu.workflows.outputs import GOOD  # noqa: PLC0415

        settings, stock = _settings(file), _stock(sources, domain)
        with stand_alone(state) as writer:
            written = writer.write(settings, stock)
        rows = [
            (one.output.name, word("output", one.ending.value, out.lang), _problem(one.problem, out.lang))
            for one in written
        ]
        out.table(("outputs.heading-name", "outputs.heading-state", "outputs.heading-seen"), rows)
        out.findings([finding for one in written for finding in one.findings])
        out.json({"outputs": [_written_document(one, out.lang) for one in written]})
        return 0 if all(one.ending in GOOD for one in written) else _PARTLY

    return write


def _taken(lang: Lang) -> Callable[[Callable[..., int]], Any]:
    """`FILE --from FILE... --domain NAME --state FOLDER`."""

    def decorate(callback: Callable[..., int]) -> Any:
        options = (
            click.argument("file", metavar="FILE"),
            click.option(
                "--from",
                "sources",
                multiple=True,
                required=True,
                metavar="FILE",
                help=say("outputs.option-from", lang),
            ),
            click.option(
                "--domain", default="default", metavar="NAME", help=say("outputs.option-domain", lang)
            ),
            click.option("--state", default="", metavar="FOLDER", help=say("outputs.option-state", lang)),
        )
        for option in reversed(options):
            callback = option(callback)
        return callback

    return decorate


def _settings(file: str) -> OutputSettings:
    from warifu.domain.directory.output_settings import parse_outputs  # noqa: PLC0415 - costs what reading TOML does
    from warifu.domain.estate.table_reader import Source  # noqa: PLC0415

    try:
        text = wiring.files().read(file).decode()
    except UnicodeDecodeError:
        raise UsageError("outputs.not-utf8", path=file) from None
    folder = posixpath.dirname(posixpath.join(wiring.here(), file))
    return parse_outputs(Source(file, text, folder))


def _stock(sources: Sequence[str], domain: str) -> Stock:
    """Return what files hold, as anchors and CRLs of one trust domain."""
    from warifu.domain.directory.outputs import ListedHere, Stock, TrustedHere  # noqa: PLC0415 - loads cryptography
    from warifu.domain.x509 import load  # noqa: PLC0415

    readings = [load(wiring.files().read(path), path) for path in sources]
    anchors = tuple(
        TrustedHere(str(one.subject), one, domain) for reading in readings for one in reading.certificates
    )
    crls = tuple(ListedHere(crl, domain) for reading in readings for crl in reading.crls)
    if not anchors and not crls:
        raise UsageError("outputs.no-anchors-given", paths=tuple(sources))
    return Stock(anchors, crls)


def _said(seen: OutputSeen, lang: Lang) -> str:
    if seen.problem is not None:
        return say_error(seen.problem, lang)
    said = []
    if seen.missing:
        said.append(say("outputs.missing", lang, count=len(seen.missing), names=_first(seen.missing)))
    if seen.more:
        said.append(say("outputs.more", lang, count=len(seen.more), names=_first(seen.more)))
    if not seen.rights:
        said.append(say("outputs.rights", lang))
    if not seen.adopted:
        said.append(say("outputs.unadopted", lang))
    return "; ".join(said) or "-"


def _first(names: tuple[str, ...]) -> tuple[str, ...]:
    return names if len(names) <= _MOST_NAMED else (*names[:_MOST_NAMED], "...")


def _problem(problem: WarifuError | None, lang: Lang) -> str:
    return "-" if problem is None else say_error(problem, lang)


def _seen_document(seen: OutputSeen, lang: Lang) -> dict[str, object]:
    return {
        "name": seen.output.name,
        "state": seen.state.value,
        "missing": list(seen.missing),
        "more": list(seen.more),
        "rights": seen.rights,
        "adopted": seen.adopted,
        "problem": _problem(seen.problem, lang),
    }


def _written_document(written: OutputWritten, lang: Lang) -> dict[str, object]:
    return {
        "name": written.output.name,
        "ending": written.ending.value,
        "evidence": [
            {"stage": one.stage.value, "outcome": one.outcome.value, "witness": one.witness.value}
            for one in written.evidence
        ],
        "findings": [to_json(finding, lang) for finding in written.findings],
        "problem": _problem(written.problem, lang),
    }
