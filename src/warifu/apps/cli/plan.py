"""`warifu plan`: what is wanted becomes waves of steps, proven before anything is touched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import click

from warifu.apps.cli.options import TIME, check_folder, estate_option, estate_place, out_option
from warifu.apps.cli.render import Output, to_json
from warifu.apps.cli.telling import PURPOSES, place_of, what_of
from warifu.apps.cli.there import or_of_domain, or_there
from warifu.apps.cli.verb import VerbGroup, verb
from warifu.domain.findings import Lang, say
from warifu.domain.rotation.change import AddAnchor, Change, ReplaceCa, ReplaceIdentity, RetireAnchor
from warifu.domain.rotation.explain import Mixture
from warifu.domain.rotation.outcome import Answer, NoneExists, Planned, Refused, Undecided
from warifu.domain.rotation.papers import change_request
from warifu.domain.rotation.plan import Plan, Waiver
from warifu.domain.rotation.waits import is_remark, length, say_wait
from warifu.errors import UsageError
from warifu.wire import plan as plans
from warifu.wiring import cli as wiring
from warifu.workflows.plan import Scene, Wishes

_NO, _UNSURE = 3, 5
_Decorator = Callable[[Any], Any]


_OFFERS = {
    "cross-sign": "rotation.offer-cross-sign",
    "second-anchor": "rotation.offer-second-anchor",
    "settle": "rotation.offer-settle",
    "waive": "rotation.offer-waive",
    "weaken": "rotation.offer-weaken",
    "window": "rotation.offer-window",
}
_MIXTURE_HEADINGS = (
    "plan.head-wave",
    "plan.head-presenter",
    "plan.head-shown",
    "plan.head-acceptor",
    "plan.head-trusted",
    "plan.head-holds",
    "plan.head-until",
)


def build(lang: Lang) -> click.Command:
    """Return the command in a language."""
    verbs = [
        _replace_ca(lang),
        _replace_identity(lang),
        _add_anchor(lang),
        _retire_anchor(lang),
        _rollback(lang),
        _procedure(lang),
        *_kept(lang),
    ]
    return VerbGroup("plan", lang, say("plan.help-plan", lang), verbs)


def _procedure(lang: Lang) -> click.Command:
    from warifu.apps.cli.procedure import plan_procedure  # noqa: PLC0415 - diagnosis is nothing that planning needs

    return plan_procedure(lang)


def _kept(lang: Lang) -> Sequence[click.Command]:
    from warifu.apps.cli import plan_directory, plans_view  # noqa: PLC0415 - nothing that planning an estate needs

    return [*plan_directory.verbs(lang), *plans_view.verbs(lang)]


def _shared(lang: Lang) -> _Decorator:
    """The options every kind of plan takes."""
    options = [
        estate_option(lang),
        out_option(lang),
        click.option("--explain", metavar="CONNECTION", default="", help=say("plan.option-explain", lang)),
        click.option("--waive", metavar="SUBJECT", multiple=True, help=say("plan.option-waive", lang)),
        click.option("--by", metavar="NAME", default="", help=say("plan.option-by", lang)),
        click.option("--reason", metavar="TEXT", default="", help=say("plan.option-reason", lang)),
        click.option("--until", type=TIME, default=None, help=say("plan.option-until", lang)),
        click.option(
            "--allow-outage", metavar="SERVICE", multiple=True, help=say("plan.option-outage", lang)
        ),
        click.option("--ticket", metavar="ID", default="", help=say("plan.option-ticket", lang)),
        click.option("--document", metavar="FILE", default="", help=say("plan.option-document", lang)),
    ]

    def wrap(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function

    return wrap


def _replace_ca(lang: Lang) -> click.Command:
    @verb("replace-ca", lang, say("plan.help-replace-ca", lang))
    @click.argument("old")
    @click.argument("new")
    @click.option("--issuer", metavar="NAME", default="", help=say("plan.option-issuer", lang))
    @_shared(lang)
    @or_there(lang, "plan", change="replace-ca")
    def replace_ca(out: Output, old: str, new: str, issuer: str, **options: Any) -> int:
        scene = _look(out, options)
        change = ReplaceCa(scene.anchor(old), scene.anchor(new), issuer)
        return _answer(out, scene, [change], options)

    return replace_ca


def _replace_identity(lang: Lang) -> click.Command:
    @verb("replace-identity", lang, say("plan.help-replace-identity", lang))
    @click.argument("names", nargs=-1, required=True, metavar="IDENTITY...")
    @click.option("--issuer", metavar="NAME", default="", help=say("plan.option-issuer", lang))
    @click.option("--slot", metavar="SLOT", multiple=True, help=say("plan.option-slot", lang))
    @_shared(lang)
    @or_there(lang, "plan", change="replace-identity")
    def replace_identity(
        out: Output, names: tuple[str, ...], issuer: str, slot: tuple[str, ...], **options: Any
    ) -> int:
        scene = _look(out, options)
        changes = [ReplaceIdentity(scene.identity(name), issuer, slots=slot) for name in names]
        return _answer(out, scene, changes, options)

    return replace_identity


def _add_anchor(lang: Lang) -> click.Command:
    @verb("add-anchor", lang, say("plan.help-add-anchor", lang))
    @click.argument("names", nargs=-1, required=True, metavar="ANCHOR...")
    @click.option("--store", metavar="STORE", multiple=True, help=say("plan.option-store", lang))
    @_shared(lang)
    @or_there(lang, "plan", change="add-anchor")
    def add_anchor(out: Output, names: tuple[str, ...], store: tuple[str, ...], **options: Any) -> int:
        scene = _look(out, options)
        return _answer(out, scene, [AddAnchor(scene.anchor(name), store) for name in names], options)

    return add_anchor


def _retire_anchor(lang: Lang) -> click.Command:
    @verb("retire-anchor", lang, say("plan.help-retire-anchor", lang))
    @click.argument("names", nargs=-1, required=True, metavar="ANCHOR...")
    @click.option("--store", metavar="STORE", multiple=True, help=say("plan.option-store", lang))
    @_shared(lang)
    @or_of_domain(lang)
    @or_there(lang, "plan", change="retire-anchor")
    def retire_anchor(out: Output, names: tuple[str, ...], store: tuple[str, ...], **options: Any) -> int:
        scene = _look(out, options)
        return _answer(out, scene, [RetireAnchor(scene.anchor(name), store) for name in names], options)

    return retire_anchor


def _rollback(lang: Lang) -> click.Command:
    @verb("rollback", lang, say("plan.help-rollback", lang))
    @click.argument("rollout", required=False, default="")
    @click.option("--past-return", is_flag=True, help=say("plan.option-past-return", lang))
    @_shared(lang)
    @or_there(lang, "way_back")
    def rollback(out: Output, rollout: str, *, past_return: bool, **options: Any) -> int:
        way = wiring.rollout_room(options["estate"], out.lang).way_back(rollout, past_return=past_return)
        scene = _look(out, options)
        return _answer(out, scene, way.changes, options, kept=way)

    return rollback


def _look(out: Output, options: dict[str, Any]) -> Scene:
    check_folder(wiring.files(), options["file"], options["document"])
    out.line("plan.looking", estate=options["estate"])
    return wiring.plan_room(options["estate"]).look_around()


def _answer(
    out: Output, scene: Scene, changes: Sequence[Change], options: dict[str, Any], *, kept: Any = None
) -> int:
    wishes = Wishes(
        outages=frozenset(options["allow_outage"]),
        waivers=_waivers(scene, options),
        ticket=options["ticket"],
        kept=kept.kept if kept else {},
        certificates=kept.certificates if kept else {},
    )
    answer, request = scene.plan(changes, wishes)
    if not isinstance(answer, Planned):
        return _no_plan(out, answer)
    plan = answer.plan
    file = options["file"] or "plan.json"
    estate = estate_place(options["estate"])
    mixtures = scene.explain(request, plan, options["explain"]) if options["explain"] else ()
    scene.room.files.write(file, plans.encode(plan), mode=0o644)
    if options["document"]:
        paper = change_request(
            plan,
            scene.room.estate,
            out.lang,
            options["ticket"],
            digest=plans.digest(plan),
            file=file,
            place=estate,
        )
        scene.room.files.write(options["document"], paper.encode(), mode=0o644)
    if out.as_json:
        document = {
            "answer": "plan",
            "digest": plans.digest(plan),
            "file": file,
            "plan": plans.to_document(plan),
        }
        out.json({**document, "mixtures": [_mixture_json(m, out.lang) for m in mixtures]})
        return 0
    show_plan(out, plan)
    _show_mixtures(out, mixtures)
    out.line("plan.written", file=file, digest=plans.digest(plan))
    if options["document"]:
        out.line("plan.document-written", file=options["document"])
    if not plan.steps:
        return 0
    out.line("plan.next", file=file, estate=estate)
    return 0


def _waivers(scene: Scene, options: dict[str, Any]) -> tuple[Waiver, ...]:
    """Return the waivers of the command line and of the estate that have not run out.

    Raises:
        UsageError: `plan.waiver-incomplete`, `plan.waiver-unknown`.
    """
    estate = scene.room.estate
    own = tuple(waiver for waiver in estate.waivers if waiver.expires > scene.now)
    until: datetime | None = options["until"]
    given = []
    for subject in options["waive"]:
        if not options["by"] or not options["reason"] or until is None:
            raise UsageError("plan.waiver-incomplete", subject=subject)
        if subject not in estate.connections and subject not in estate.nodes:
            raise UsageError("plan.waiver-unknown", subject=subject)
        given.append(Waiver(subject, options["by"], options["reason"], until))
    return (*own, *given)


def show_plan(out: Output, plan: Plan) -> None:
    """Show waves, steps with reasons, what was proven, until when it is good; of an empty plan, that it is one."""
    if not plan.steps:
        out.findings(plan.findings)
        out.line("plan.nothing-to-do")
        return
    for wave in plan.waves:
        out.line(
            "plan.wave",
            number=wave.number,
            purpose=say(PURPOSES[wave.purpose], out.lang),
            until=wave.good_until or say("papers.no-limit", out.lang),
        )
        for step in wave.steps:
            why = say(step.why, out.lang)
            out.line(
                "plan.step",
                step=step.id,
                what=what_of(step, out.lang),
                where=place_of(step),
                node=step.node,
                why=why,
            )
        for wait in wave.waits:
            text = say_wait(wait, out.lang)
            out.line("plan.remark" if is_remark(wait) else "plan.waits", text=text)
        if wave.no_return:
            out.line("plan.no-return")
    proof = plan.proof
    engines = [
        say("plan.engine", out.lang, engine=name, count=count)
        for name, count in sorted(proof.engines.items())
    ]
    asked = engines or say("papers.none", out.lang)
    out.line("plan.proof", owed=len(proof.owed), mixtures=proof.mixtures, engines=asked)
    if proof.broken:
        out.line("plan.broken", names=proof.broken)
    if proof.modelled:
        out.line("plan.modelled", names=proof.modelled)
    for waiver in plan.waivers:
        out.line(
            "plan.waived", subject=waiver.subject, by=waiver.by, reason=waiver.reason, until=waiver.expires
        )
    for outage in plan.outages:
        out.line("plan.outage", service=outage.service, length=length(outage.length, out.lang))
    out.findings(plan.findings)
    out.line("plan.good-until", until=plan.good_until or say("papers.no-limit", out.lang))


def _show_mixtures(out: Output, mixtures: Sequence[Mixture]) -> None:
    if not mixtures:
        return
    rows = [
        (
            m.wave,
            m.presenter,
            m.shown.leaf[:16],
            m.acceptor,
            " ".join(anchor[:8] for anchor in m.trusted.anchors),
            say("plan.yes" if m.accepted else "plan.no", out.lang),
            m.until or "-",
        )
        for m in mixtures
    ]
    out.table(_MIXTURE_HEADINGS, rows)
    out.findings([finding for m in mixtures for finding in m.findings])


def _mixture_json(mixture: Mixture, lang: Lang) -> dict[str, object]:
    return {
        "wave": mixture.wave,
        "presenter": mixture.presenter,
        "shown": mixture.shown.leaf,
        "acceptor": mixture.acceptor,
        "trusted": list(mixture.trusted.anchors),
        "accepted": mixture.accepted,
        "until": mixture.until.isoformat() if mixture.until else None,
        "findings": [to_json(finding, lang) for finding in mixture.findings],
    }


def _no_plan(out: Output, answer: Answer) -> int:
    if isinstance(answer, Refused):
        if out.as_json:
            out.json({"answer": "refused", "findings": [to_json(f, out.lang) for f in answer.findings]})
        out.line("plan.refused", count=len(answer.findings))
        out.findings(answer.findings)
        return _NO
    if isinstance(answer, NoneExists):
        _none_exists(out, answer)
        return _NO
    assert isinstance(answer, Undecided)  # noqa: S101  # questions were answered before
    if out.as_json:
        out.json({"answer": "undecided", "why": answer.why, "subjects": list(answer.subjects)})
    out.line("plan.undecided", why=say(answer.why, out.lang, subjects=answer.subjects))
    return _UNSURE


def _none_exists(out: Output, answer: NoneExists) -> None:
    if out.as_json:
        out.json(
            {
                "answer": "none exists",
                "broken": answer.broken,
                "schedule": [{"slot": event.slot, "value": event.value} for event in answer.schedule],
                "clashes": [
                    {
                        "connection": c.connection,
                        "why": say(c.why, out.lang),
                        "findings": [to_json(f, out.lang) for f in c.findings],
                    }
                    for c in answer.clashes
                ],
                "offers": [{"kind": o.kind, "subject": o.subject, "detail": o.detail} for o in answer.offers],
            }
        )
        return
    out.line("plan.none-exists", count=len(answer.clashes))
    for clash in answer.clashes:
        out.line("plan.clash", connection=clash.connection, why=say(clash.why, out.lang))
        sides = {"presenter": clash.presenter, "shown": clash.shown, "acceptor": clash.acceptor}
        out.line("plan.clash-sides", **sides, trusted=clash.trusted)
        out.findings(clash.findings)
    if answer.schedule:
        out.line("plan.schedule", count=len(answer.schedule), broken=answer.broken)
        for number, event in enumerate(answer.schedule, 1):
            out.line("plan.schedule-event", number=number, slot=event.slot, value=event.value)
    for offer in answer.offers:
        text = say(_OFFERS[offer.kind], out.lang, subject=offer.subject, detail=offer.detail)
        out.line("plan.offer", text=text)
