"""`warifu procedure`: vendors' procedures; `warifu plan procedure` writes one out for an environment."""

from __future__ import annotations

import click

from warifu.apps.cli.options import check_folder, estate_option, out_option
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, VerbGroup, verb
from warifu.domain.diagnosis import Filled, Procedure, UsedProcedure, say_stale, shown, worded, written
from warifu.domain.findings import Lang, say
from warifu.errors import UsageError
from warifu.wiring import diagnosis as wiring

FORMAT = 1
_HEADINGS = (
    "diagnosis.head-procedure",
    "diagnosis.head-title",
    "diagnosis.head-product",
    "diagnosis.head-releases",
    "diagnosis.head-reviewed",
    "diagnosis.head-disputes",
)

_USED_HEADINGS = (
    "diagnosis.head-when",
    "diagnosis.head-procedure",
    "diagnosis.head-source",
    "diagnosis.head-revision",
    "diagnosis.head-stale",
    "diagnosis.head-page",
)


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""

    @verb("list", lang, say("diagnosis.help-procedure-list", lang))
    def list_(out: Output) -> int:
        listed = wiring.procedures()
        out.table(_HEADINGS, [_row(one, out.lang) for one in listed])
        out.json({"format": FORMAT, "procedures": [_document(one, out.lang) for one in listed]})
        return 0

    @verb("show", lang, say("diagnosis.help-procedure-show", lang))
    @click.argument("id_", metavar="ID")
    def show(out: Output, id_: str) -> int:
        procedure = wiring.procedure(id_)
        out.text(shown(procedure, out.lang).rstrip())
        out.json({"format": FORMAT, **_document(procedure, out.lang)})
        return 0

    @verb("used", lang, say("diagnosis.help-procedure-used", lang))
    @estate_option(lang)
    def used(out: Output, estate: str) -> int:
        records = wiring.use_records(estate).all()
        if records:
            out.table(_USED_HEADINGS, [_used_row(one, out.lang) for one in records])
        else:
            out.line("diagnosis.none-used")
        out.json({"format": FORMAT, "used": [_used_document(one, out.lang) for one in records]})
        return 0

    return VerbGroup("procedure", lang, say("diagnosis.help-procedure", lang), [list_, show, used])


def plan_procedure(lang: Lang) -> Verb:
    """Return `warifu plan procedure`."""

    @verb("procedure", lang, say("diagnosis.help-plan-procedure", lang))
    @click.argument("id_", metavar="ID")
    @click.option(
        "--set", "settings", multiple=True, metavar="NAME=VALUE", help=say("diagnosis.option-set", lang)
    )
    @out_option(lang)
    @estate_option(lang)
    def procedure(out: Output, id_: str, settings: tuple[str, ...], file: str, estate: str) -> int:
        check_folder(wiring.files(), file)
        filled = wiring.plan_procedure(id_, _given(settings))
        page = written(filled, out.lang)
        if file:
            used = wiring.use_records(estate).write(filled, page.encode(), file, now=wiring.now())
            out.line("diagnosis.procedure-written", file=file)
            if used.stale:
                out.text(say_stale(filled.procedure, out.lang))
        else:
            out.text(page.rstrip())
        out.json(_filled_document(filled, out.lang))
        return 0

    return procedure


def _given(settings: tuple[str, ...]) -> dict[str, str]:
    given = {}
    for text in settings:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError("diagnosis.set-form", text=text)
        given[name.strip()] = value
    return given


def _row(procedure: Procedure, lang: Lang) -> tuple[object, ...]:
    return (
        procedure.id,
        procedure.title.text(lang),
        procedure.product,
        procedure.scope,
        procedure.reviewed,
        len(procedure.disputed) or "-",
    )


def _used_row(used: UsedProcedure, lang: Lang) -> tuple[object, ...]:
    stale = say("diagnosis.was-stale" if used.stale else "diagnosis.was-current", lang)
    return used.at, used.procedure, worded(used.source, lang), used.revision.text(lang), stale, used.page


def _used_document(used: UsedProcedure, lang: Lang) -> dict[str, object]:
    return {
        "at": used.at,
        "procedure": used.procedure,
        "product": used.product,
        "source": {
            "id": worded(used.source, lang),
            "title": worded(used.title, lang),
            "language": used.language,
            "revision": used.revision.text(lang),
            "newer": worded(used.newer, lang) or None,
        },
        "reviewed": used.reviewed,
        "stale": used.stale,
        "values": dict(used.values),
        "page": used.page,
        "sha256": used.digest,
    }


def _document(procedure: Procedure, lang: Lang) -> dict[str, object]:
    source = procedure.source
    return {
        "id": procedure.id,
        "title": procedure.title.text(lang),
        "product": procedure.product,
        "releases": procedure.scope.en,
        "source": {
            "id": worded(source.id, lang),
            "title": worded(source.title, lang),
            "language": source.language,
            "revision": source.revision.text(lang),
            "newer": worded(source.newer, lang) or None,
            "kind": source.kind or None,
            "samples": source.samples.text(lang) if source.samples else None,
        },
        "reviewed": procedure.reviewed.isoformat(),
        "parameters": [
            {"name": one.name, "kind": one.kind, "default": one.default, "choices": list(one.choices)}
            for one in procedure.parameters
        ],
        "steps": [one.id for one in procedure.steps],
        "disputed": [
            {
                "question": one.question.text(lang),
                "sources": [source.text(lang) for source in one.sources],
                "taken": one.taken.text(lang),
            }
            for one in procedure.disputed
        ],
    }


def _filled_document(filled: Filled, lang: Lang) -> dict[str, object]:
    return {
        "format": FORMAT,
        **_document(filled.procedure, lang),
        "stale": filled.stale,
        "values": dict(filled.values),
        "steps": [
            {
                "number": one.number,
                "id": one.step.id,
                "title": one.say(one.step.title, lang),
                "owner": one.say(one.step.owner, lang),
                "text": one.say(one.step.text, lang),
                "command": one.command or None,
                "powershell": one.powershell or None,
                "gate": one.say(one.step.gate, lang),
                "undo": one.say(one.step.undo, lang),
                "no_return": one.step.no_return,
            }
            for one in filled.steps
        ],
    }
