"""Estates, plans and rollouts as the API tells them."""

from __future__ import annotations

from warifu.apps.server.told import findings
from warifu.domain.directory.roles import confirmation_of
from warifu.domain.estate import Estate
from warifu.domain.findings import Code, Finding, Lang, say_error, title
from warifu.domain.rotation.outcome import NoneExists, Planned, Refused, Undecided
from warifu.domain.rotation.plan import Waiver
from warifu.domain.rotation.steps import Issue, Step
from warifu.errors import WarifuError
from warifu.ports.journals import RolloutHead
from warifu.ports.rollout_books import KeptEstate
from warifu.wire import api_rollouts as api
from warifu.wire import plan as plans
from warifu.workflows.rollout_desk import Asked, removed_names
from warifu.workflows.rollout_show import Blocker, Sight, Standing
from warifu.workflows.rollouts import owner_of_step


def estate(kept: KeptEstate, *, whole: bool) -> api.EstateTold:
    """Return an estate; with its text where it is asked for alone."""
    files = kept.files if whole else {}
    return api.EstateTold(kept.name, kept.version, kept.digest, kept.by, kept.at, files)


def planned(asked: Asked, lang: Lang) -> api.RolloutPlanTold:
    """Return what planning came to."""
    answer = asked.answer
    match answer:
        case Planned() if asked.kept is None:
            return api.RolloutPlanTold("nothing-to-do", findings=findings(answer.plan.findings, lang))
        case Planned():
            assert asked.kept is not None  # noqa: S101 - the case before
            removed, digest = removed_names(answer.plan), asked.kept.digest
            typed = confirmation_of(digest, removed) if removed else ""
            document = plans.to_document(answer.plan)
            return api.RolloutPlanTold("plan", digest, typed, document, findings(answer.plan.findings, lang))
        case Refused():
            return api.RolloutPlanTold("refused", findings=findings(answer.findings, lang))
        case NoneExists():
            met = [finding for clash in answer.clashes for finding in clash.findings]
            offers = tuple(api.OfferTold(one.kind, one.subject, one.detail) for one in answer.offers)
            clashing = tuple(dict.fromkeys(clash.connection for clash in answer.clashes))
            told = findings(met, lang)
            return api.RolloutPlanTold("none-exists", findings=told, subjects=clashing, offers=offers)
        case _:
            assert isinstance(answer, Undecided)  # noqa: S101 - questions were answered before
            return api.RolloutPlanTold("undecided", why=answer.why, subjects=tuple(answer.subjects))


def head(one: RolloutHead) -> api.RolloutTold:
    """Return a rollout as a list shows it."""
    return api.RolloutTold(one.id, one.plan_digest, one.state, one.started, one.ended)


def standing(stands: Standing, where: Estate, lang: Lang) -> api.StandingTold:
    """Return where a rollout stands."""
    wave = stands.progress.wave
    return api.StandingTold(
        head(stands.head),
        stands.plan.estate,
        wave.number if wave is not None and stands.head.state == "open" else 0,
        len(stands.plan.waves),
        stands.halted,
        tuple(_step(step, one.number, stands, where) for one in stands.plan.waves for step in one.steps),
        tuple(blocker(one, lang) for one in stands.blockers),
        tuple(waiver(one) for one in stands.waivers),
        tuple(_sight(one) for one in stands.seen),
    )


def waiver(one: Waiver) -> api.WaiverTold:
    """Return what is left out."""
    return api.WaiverTold(one.subject, one.by, one.reason, one.expires)


def blocker(one: Blocker, lang: Lang) -> api.BlockerTold:
    """Return who keeps a rollout from going on, with a sentence."""
    if one.why in set(Code):
        evidence: dict[str, object] = {name: value for name, value in one.values.items() if name != "subject"}
        sentence = title(Finding(Code(one.why), one.values.get("subject", one.who), evidence), lang)
    else:
        sentence = say_error(WarifuError(one.why, **one.values), lang)
    return api.BlockerTold(one.who, one.why, sentence, one.step, one.values)


def _step(step: Step, wave: int, stands: Standing, where: Estate) -> api.RolloutStepTold:
    place = step.identity if isinstance(step, Issue) else step.slot
    kind = getattr(step, "kind", type(step).__name__.lower())
    owner, state = owner_of_step(where, step), stands.progress.state(step.id).value
    return api.RolloutStepTold(step.id, wave, kind, place, step.node, owner, state)


def _sight(one: Sight) -> api.SightTold:
    seen = one.evidence
    return api.SightTold(
        one.step,
        seen.slot,
        seen.stage.value,
        seen.outcome.value,
        seen.witness.value,
        seen.at,
        one.node if seen.signature else "",
        one.signed_by,
    )
