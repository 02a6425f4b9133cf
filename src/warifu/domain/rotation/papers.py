"""What a change board asks for before the work: scope, procedure, latest time to turn back, way back.

The paper is Markdown in either language, made of the plan and the estate alone, so the same
plan gives the same paper. What happened afterwards is told by `result`.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import assert_never

from warifu.domain.estate import ByHand, Estate, IdentityValue, Service, Value
from warifu.domain.findings import Lang, remedy, say, title
from warifu.domain.findings.text import show
from warifu.domain.rotation.change import AddAnchor, Change, PutBack, ReplaceCa, ReplaceIdentity, RetireAnchor
from warifu.domain.rotation.markdown import commands, heading, table
from warifu.domain.rotation.plan import Plan, Wave
from warifu.domain.rotation.steps import Adopt, Issue, Step
from warifu.domain.rotation.waits import is_remark, length, say_wait

_UNSTATED = timedelta(seconds=10)  # for steps that load nothing and state no time of their own

_PURPOSES = {
    "prepare": "papers.purpose-prepare",
    "settle": "papers.purpose-settle",
    "trust": "papers.purpose-trust",
    "switch": "papers.purpose-switch",
    "retire": "papers.purpose-retire",
}
_WEEKDAYS = (
    "papers.monday",
    "papers.tuesday",
    "papers.wednesday",
    "papers.thursday",
    "papers.friday",
    "papers.saturday",
    "papers.sunday",
)
_KINDS = {
    "switch-identity": "papers.do-switch-identity",
    "add-anchor": "papers.do-add-anchor",
    "remove-anchor": "papers.do-remove-anchor",
    "replace-anchor": "papers.do-replace-anchor",
    "replace-crl": "papers.do-replace-crl",
    "put-back": "papers.do-put-back",
}


def change_request(  # what a paper names, each by its word
    plan: Plan,
    estate: Estate,
    lang: Lang,
    ticket: str = "",
    *,
    digest: str = "",
    file: str = "plan.json",
    place: str = "",
) -> str:
    """Return the paper that is approved before a plan is carried out (変更申請書・作業手順書).

    Args:
        ticket: number of the change in the organisation's own system.
        digest: of the plan's canonical bytes; what the approvers approve.
        file: where the plan lies.
        place: the `--estate` option of every command, or nothing where the default serves.
    """
    return "".join(
        [
            heading(1, say("papers.request-title", lang) + (f" {ticket}" if ticket else "")),
            head(plan, lang, ticket or plan.ticket, digest),
            heading(2, say("papers.what", lang)),
            "".join(f"- {_wish(change, lang)}\n" for change in plan.changes) + "\n",
            _scope(plan, estate, lang),
            _procedure(plan, estate, lang, f"{file}{_approving(digest)}", place),
            _turn_back(plan, lang),
            _way_back(plan, lang, place),
            waivers(plan, lang),
            _remarks(plan, lang),
            _approvers(plan, estate, lang),
        ]
    )


def head(plan: Plan, lang: Lang, ticket: str, digest: str) -> str:
    """Return the table that says which plan a paper is about."""
    rows = [
        (say("papers.ticket", lang), ticket or say("papers.none", lang)),
        (say("papers.plan", lang), plan.id),
        (say("papers.digest", lang), digest or say("papers.none", lang)),
        (say("papers.estate", lang), plan.estate),
        (say("papers.made", lang), plan.made),
        (say("papers.good-until", lang), plan.good_until or say("papers.no-limit", lang)),
    ]
    return table((say("papers.item", lang), say("papers.value", lang)), rows)


def waivers(plan: Plan, lang: Lang) -> str:
    """Return who left what out of the proof, why, and until when."""
    text = heading(2, say("papers.waivers", lang))
    if not plan.waivers:
        return text + say("papers.none", lang) + "\n\n"
    keys = (
        say("papers.subject", lang),
        say("papers.by", lang),
        say("papers.reason", lang),
        say("papers.expires", lang),
    )
    return text + table(keys, [(w.subject, w.by, w.reason, w.expires) for w in plan.waivers])


def takes(step: Step) -> timedelta:
    """Return how long a step is expected to take."""
    return _UNSTATED if isinstance(step, (Issue, Adopt)) else step.takes


def slots_of(step: Step) -> tuple[str, ...]:
    """Return the slots a step is about."""
    return step.slots if isinstance(step, Issue) else (step.slot,)


def deed(step: Step, lang: Lang) -> str:
    """Return what a step does, in words."""
    match step:
        case Issue():
            return say("papers.do-issue", lang)
        case Adopt():
            return say("papers.do-adopt", lang)
        case _:
            kind = getattr(step, "kind", "")
            return say(_KINDS.get(kind, "papers.do-load"), lang)


def find_turn_back_times(plan: Plan) -> tuple[tuple[Wave, datetime | None, timedelta], ...]:
    """Return for each wave the instant by which the way back must begin, and how long it takes.

    After a wave the way back undoes it and all before it; it must end before the earliest
    `good_until` on that way. None means that no validity bounds it.
    """
    found: list[tuple[Wave, datetime | None, timedelta]] = []
    back = timedelta()
    ends: list[datetime] = []
    for wave in plan.waves:
        back += sum((takes(step) for step in wave.steps if not isinstance(step, Issue)), timedelta())
        ends += [wave.good_until] if wave.good_until else []
        found.append((wave, min(ends) - back if ends else None, back))
    return tuple(found)


def _wish(change: Change, lang: Lang) -> str:
    every = say("papers.all-stores", lang)
    match change:
        case ReplaceCa(old=old, new=new):
            return say("papers.change-replace-ca", lang, old=old, new=new)
        case ReplaceIdentity(identity=identity):
            return say("papers.change-replace-identity", lang, identity=identity)
        case AddAnchor(anchor=anchor, stores=stores):
            return say("papers.change-add-anchor", lang, anchor=anchor, stores=stores or every)
        case RetireAnchor(anchor=anchor, stores=stores):
            return say("papers.change-retire-anchor", lang, anchor=anchor, stores=stores or every)
        case PutBack(slot=slot, value_digest=value):
            return say("papers.change-put-back", lang, slot=slot, value=value)
        case _:
            assert_never(change)


def _touched(plan: Plan) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slot for step in plan.steps for slot in slots_of(step)))


def _scope(plan: Plan, estate: Estate, lang: Lang) -> str:
    touched = [slot for slot in _touched(plan) if slot in estate.slots]
    services = dict.fromkeys(estate.slots[slot].service for slot in touched)
    nodes = dict.fromkeys(estate.services[service].node for service in services)
    numbers = say("papers.scope-numbers", lang, nodes=len(nodes), services=len(services), slots=len(touched))
    headings = (say("papers.node", lang), say("papers.service", lang), say("papers.slot", lang))
    rows = [(estate.node_of(slot).name, estate.service_of(slot).name, slot) for slot in touched]
    proof = say("papers.proof-numbers", lang, mixtures=plan.proof.mixtures, owed=len(plan.proof.owed))
    return "".join(
        [
            heading(2, say("papers.scope", lang)),
            f"{numbers}{'' if lang is Lang.JA else ' '}{proof}\n\n",
            heading(3, say("papers.touched", lang)),
            table(headings, rows),
            heading(3, say("papers.connections", lang)),
            _connections(plan, estate, lang, set(touched)),
            heading(3, say("papers.outages", lang)),
            _outages(plan, estate, lang),
        ]
    )


def _connections(plan: Plan, estate: Estate, lang: Lang, touched: set[str]) -> str:
    rows = []
    for name, connection in sorted(estate.connections.items()):
        used = {
            *connection.server_identities,
            *connection.client_trusts,
            *connection.client_identities,
            *connection.server_trusts,
        }
        if used & touched:
            rows.append((name, connection.clients, connection.servers, _promise(plan, name, lang)))
    keys = (
        say("papers.connection", lang),
        say("papers.clients", lang),
        say("papers.servers", lang),
        say("papers.promise", lang),
    )
    return table(keys, rows)


def _promise(plan: Plan, connection: str, lang: Lang) -> str:
    """Say what the proof promises of a connection; a waiver is said before everything else."""
    if connection in plan.proof.waived:
        return say("papers.waived", lang)
    if connection in plan.proof.broken:
        return say("papers.broken", lang)
    if connection in plan.proof.modelled:
        return say("papers.modelled", lang)
    return say("papers.owed" if connection in plan.proof.owed else "papers.unproven", lang)


def _outages(plan: Plan, estate: Estate, lang: Lang) -> str:
    if not plan.outages:
        return say("papers.no-outage", lang) + "\n\n"
    keys = (say("papers.service", lang), say("papers.length", lang), say("papers.window", lang))
    rows = []
    for outage in plan.outages:
        group = estate.groups.get(outage.group)
        windows = [
            estate.windows[name] for name in (group.windows if group else ()) if name in estate.windows
        ]
        when = [
            say(
                "papers.window-at",
                lang,
                name=window.name,
                start=window.start.isoformat("minutes"),
                length=length(window.length, lang),
                zone=window.zone,
                weekdays=[say(_WEEKDAYS[day], lang) for day in window.weekdays],
            )
            for window in windows
        ]
        rows.append((outage.service, length(outage.length, lang), when or say("papers.none", lang)))
    return table(keys, rows)


def _approving(digest: str) -> str:
    return f" --approve {digest[:8]}" if digest else ""


def _procedure(plan: Plan, estate: Estate, lang: Lang, what: str, place: str) -> str:
    total = sum((takes(step) for step in plan.steps), timedelta())
    return "".join(
        [
            heading(2, say("papers.procedure", lang)),
            say("papers.procedure-start", lang) + "\n\n",
            commands(f"warifu apply {what} --follow{place}"),
            say("papers.procedure-watch", lang) + "\n\n",
            commands(f"warifu rollout show{place}", f"warifu rollout resume{place}"),
            say("papers.total", lang, takes=length(total, lang)) + "\n\n",
            *(_wave(wave, estate, lang) for wave in plan.waves),
        ]
    )


def _wave(wave: Wave, estate: Estate, lang: Lang) -> str:
    span = sum((takes(step) for step in wave.steps), timedelta())
    purpose = say(_PURPOSES[wave.purpose], lang) if wave.purpose in _PURPOSES else wave.purpose
    until = show(wave.good_until) if wave.good_until else say("papers.no-limit", lang)
    text = heading(3, say("papers.wave-heading", lang, number=wave.number, purpose=purpose))
    text += say("papers.wave-times", lang, takes=length(span, lang), until=until) + "\n\n"
    waits = [say_wait(one, lang) for one in wave.waits if not is_remark(one)]
    remarks = [say_wait(one, lang) for one in wave.waits if is_remark(one)]
    if waits:
        text += say("papers.wave-waits", lang, waits=waits) + "\n\n"
    if remarks:
        text += say("papers.wave-remarks", lang, remarks=remarks) + "\n\n"
    if wave.no_return:
        text += say("papers.wave-no-return", lang) + "\n\n"
    keys = (
        say("papers.step", lang),
        say("papers.node", lang),
        say("papers.item", lang),
        say("papers.command", lang),
        say("papers.result-expected", lang),
        say("papers.takes", lang),
    )
    return text + table(keys, (_step_row(step, estate, lang) for step in wave.steps))


def _step_row(step: Step, estate: Estate, lang: Lang) -> tuple[object, ...]:
    what = f"{deed(step, lang)}: {show(slots_of(step))}"
    if getattr(step, "interrupts", False):
        what += " " + say("papers.interrupts", lang)
    expected = _expected(step, estate, lang)
    return (step.id, step.node, what, _command(step, estate, lang), expected, length(takes(step), lang))


def _service(step: Step, estate: Estate) -> Service | None:
    slots = [slot for slot in slots_of(step) if slot in estate.slots]
    return estate.service_of(slots[0]) if slots else None


def _command(step: Step, estate: Estate, lang: Lang) -> str:
    node = estate.nodes.get(step.node)
    service = _service(step, estate)
    if node is not None and isinstance(node.reach, ByHand):
        owner = (service.owner if service else "") or node.owner
        return say("papers.by-hand", lang, owner=owner or say("papers.none", lang))
    if service is None or isinstance(step, (Issue, Adopt)):
        return ""
    command = service.restart if step.interrupts else service.reload
    return f"`{shlex.join(command)}`" if command else say("papers.target-own", lang)


def _expected(step: Step, estate: Estate, lang: Lang) -> str:
    if isinstance(step, Issue):
        return say("papers.expect-issue", lang)
    if isinstance(step, Adopt):
        return say("papers.expect-adopt", lang)
    service = _service(step, estate)
    name = service.name if service else step.node
    if not isinstance(step.after, IdentityValue):
        return say("papers.expect-trust", lang, service=name)
    if service is None or not service.addresses:
        return say("papers.expect-leaf-client", lang, service=name)
    return say("papers.expect-leaf", lang, addresses=service.addresses)


def _turn_back(plan: Plan, lang: Lang) -> str:
    keys = (say("papers.wave", lang), say("papers.turn-back-by", lang), say("papers.way-back-takes", lang))
    rows = [
        (wave.number, by or say("papers.no-limit", lang), length(back, lang))
        for wave, by, back in find_turn_back_times(plan)
    ]
    return heading(2, say("papers.turn-back", lang)) + table(keys, rows)


def _way_back(plan: Plan, lang: Lang, place: str) -> str:
    keys = (
        say("papers.wave", lang),
        say("papers.step", lang),
        say("papers.slot", lang),
        say("papers.undo", lang),
    )
    rows = [
        (wave.number, step.id, slots_of(step), _undo(step, lang))
        for wave in reversed(plan.waves)
        for step in reversed(wave.steps)
    ]
    return "".join(
        [
            heading(2, say("papers.way-back", lang)),
            say("papers.way-back-start", lang) + "\n\n",
            commands(
                f"warifu plan rollback --out back.json{place}", f"warifu apply back.json --follow{place}"
            ),
            say("papers.way-back-order", lang) + "\n\n",
            table(keys, rows),
        ]
    )


def _undo(step: Step, lang: Lang) -> str:
    if isinstance(step, (Issue, Adopt)):
        return say("papers.undo-nothing", lang)
    if not step.undo:
        return say("papers.undo-none", lang)
    return say("papers.undo-put-back", lang, value=[name_of(value) for value in step.before])


def name_of(value: Value) -> str:
    """Return the fingerprint of what a value presents, or the fingerprints of what it trusts, in order."""
    return value.leaf if isinstance(value, IdentityValue) else show(value.anchors)


def _remarks(plan: Plan, lang: Lang) -> str:
    if not plan.findings:
        return ""
    lines = (f"- {title(found, lang)} {remedy(found, lang)}\n" for found in plan.findings)
    return heading(2, say("papers.findings", lang)) + "".join(lines) + "\n"


def _approvers(plan: Plan, estate: Estate, lang: Lang) -> str:
    keys = (
        say("papers.role", lang),
        say("papers.name", lang),
        say("papers.contact", lang),
        say("papers.date", lang),
        say("papers.signature", lang),
    )
    rows: list[tuple[object, ...]] = [
        (say("papers.role-applicant", lang), "", "", "", ""),
        (say("papers.role-approver", lang), "", "", "", ""),
        (say("papers.role-operator", lang), "", "", "", ""),
        (say("papers.role-checker", lang), "", "", "", ""),
    ]
    for owner, what in _owners(plan, estate):
        contact = estate.owners[owner].contact if owner in estate.owners else ""
        rows.append((say("papers.role-owner", lang, what=what), owner, contact, "", ""))
    note = say("papers.approve-note", lang) + "\n"
    return heading(2, say("papers.approvers", lang)) + table(keys, rows) + note


def _owners(plan: Plan, estate: Estate) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each owner of something touched, with what they own of it."""
    owned: dict[str, list[str]] = {}
    for slot in _touched(plan):
        if slot in estate.slots:
            for thing in (estate.service_of(slot), estate.node_of(slot)):
                if thing.owner and thing.name not in owned.setdefault(thing.owner, []):
                    owned[thing.owner].append(thing.name)
    yield from ((owner, tuple(names)) for owner, names in sorted(owned.items()))
