"""How an estate is drawn: a tree of nodes, services and slots; tables of certificates and connections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from warifu.apps.cli.render import Branch, Output, to_json
from warifu.domain.estate import (
    Estate,
    IdentitySlot,
    IdentityValue,
    Node,
    Observed,
    Service,
    Slot,
    SlotState,
    TrustValue,
    Value,
)
from warifu.domain.estate.inventory import find_units
from warifu.domain.estate.merge import Difference
from warifu.domain.estate.model import say_reach
from warifu.domain.estate.tables import slots_by_service
from warifu.domain.findings import Code, Lang, Severity, say, say_error, word
from warifu.domain.findings.text import rough
from warifu.domain.trust import Basis
from warifu.domain.x509 import Certificate
from warifu.workflows.verdicts import ConnectionVerdict

FORMAT = 1
_OUTCOMES = {
    "accepted": "trust.outcome-accepted",
    "refused": "trust.outcome-refused",
    "unknown": "trust.outcome-unknown",
}
_SOON = 30


def show_tree(out: Output, estate: Estate, observed: Observed) -> None:
    """Draw nodes, services and slots with what each holds."""
    slots = slots_by_service(estate)
    nodes = [
        Branch(
            f"{name} ({_reach_shown(node, out.lang)})",
            tuple(
                Branch(
                    _service(service),
                    tuple(_slot(slot, observed, out.lang) for slot in slots.get(service.name, ())),
                    "bold",
                )
                for service in estate.services.values()
                if service.node == name
            ),
            "bold",
        )
        for name, node in estate.nodes.items()
    ]
    out.tree(Branch(estate.name, tuple(nodes), "bold"))


def show_certificates(out: Output, estate: Estate, observed: Observed) -> None:
    """Show each leaf once, with every slot that holds it and the days it has left."""
    rows = []
    for unit in find_units(estate, observed):
        leaf = observed.certificates[unit.leaf]
        rows.append(
            (
                unit.identities,
                leaf.fingerprint.short,
                leaf.subject_key_id or "-",
                leaf.not_after,
                _days(leaf, observed, out.lang),
                unit.slots,
            )
        )
    headings = (
        "estate.head-identity",
        "estate.head-fingerprint",
        "estate.head-key-id",
        "estate.head-until",
        "estate.head-days",
        "estate.head-slots",
    )
    out.table(headings, rows)


def show_connections(out: Output, estate: Estate, verdicts: Sequence[ConnectionVerdict]) -> None:
    """Show each connection with its verdict and whether it holds now."""
    rows = []
    for verdict in verdicts:
        connection = estate.connections[verdict.connection]
        rows.append(
            (
                connection.name,
                f"{', '.join(connection.clients)} → {', '.join(connection.servers)}",
                word("client", connection.client_certificate.value, out.lang),
                connection.relation or "-",
                word("provenance", connection.provenance.value, out.lang),
                _outcome(verdict, out.lang),
                _live(verdict, out.lang),
            )
        )
    headings = (
        "estate.head-connection",
        "estate.head-ends",
        "estate.head-client-certificate",
        "estate.head-relation",
        "estate.head-provenance",
        "estate.head-verdict",
        "estate.head-live",
    )
    out.table(headings, rows)


def show_difference(out: Output, difference: Difference) -> None:
    """Say what a scan or ledger has beyond, against and short of the file."""
    if difference.is_empty:
        out.line("estate.diff-none")
    for key in difference.added:
        out.line("estate.diff-added", key=key)
    for one in difference.changed:
        where = f"{one.place.file}:{one.place.line}"
        out.line(
            "estate.diff-changed",
            where=where,
            key=one.key,
            in_file=_plain(one.in_file),
            seen=_plain(one.seen),
        )
    for gone in difference.vanished:
        out.line("estate.diff-vanished", where=f"{gone.place.file}:{gone.place.line}", key=gone.key)
    for held in difference.held_back:
        out.line("estate.diff-held-back", key=held.key)
        for fault in held.faults:
            out.text("    " + say_error(fault, out.lang))
        out.text("".join(f"    {line}\n" for line in held.text.splitlines()))


def document_of(
    estate: Estate, observed: Observed, verdicts: Sequence[ConnectionVerdict], lang: Lang
) -> dict[str, object]:
    """Return an estate as JSON shows it."""
    return {
        "format": FORMAT,
        "estate": estate.name,
        "at": observed.at,
        "nodes": [
            {
                "name": node.name,
                "reach": say_reach(node.reach),
                "services": [one.name for one in estate.services.values() if one.node == node.name],
            }
            for node in estate.nodes.values()
        ],
        "slots": [_slot_json(slot, observed.slots.get(name)) for name, slot in estate.slots.items()],
        "identities": [
            {
                "leaf": unit.leaf,
                "subject": str(observed.certificates[unit.leaf].subject),
                "not_after": observed.certificates[unit.leaf].not_after,
                "days_left": days_left(observed.certificates[unit.leaf], observed),
                "identities": unit.identities,
                "slots": unit.slots,
            }
            for unit in find_units(estate, observed)
        ],
        "connections": [_connection_json(estate, verdict, lang) for verdict in verdicts],
    }


def days_left(certificate: Certificate, observed: Observed) -> int:
    """Return the whole days until a certificate ends; negative when it has."""
    return (certificate.not_after - observed.at).days


def _slot_json(slot: Slot, state: SlotState | None) -> dict[str, object]:
    return {
        "slot": slot.name,
        "kind": "identity" if isinstance(slot, IdentitySlot) else "trust",
        "holds": slot.identity if isinstance(slot, IdentitySlot) else slot.store,
        "files": slot.files,
        "on_disk": _value_json(state.on_disk) if state and state.on_disk else None,
        "loaded": [_value_json(value) for value in state.loaded] if state else [],
        "proven": bool(state and state.proven),
        "live": _standing(state),
    }


def _standing(state: SlotState | None) -> str:
    """Return `live`, `deployed-not-live`, `not-seen` (loaded is unknown) or `absent`."""
    if state is None or state.on_disk is None:
        return "absent"
    if not state.loaded:
        return "not-seen"
    return "live" if all(value == state.on_disk for value in state.loaded) else Code.DEPLOYED_NOT_LIVE.value


def _value_json(value: Value) -> dict[str, object]:
    if isinstance(value, IdentityValue):
        return {"leaf": value.leaf, "chain": value.chain}
    return {"anchors": value.anchors, "crls": value.crls}


def _connection_json(estate: Estate, verdict: ConnectionVerdict, lang: Lang) -> dict[str, object]:
    connection = estate.connections[verdict.connection]
    return {
        "name": connection.name,
        "clients": connection.clients,
        "servers": connection.servers,
        "client_certificate": connection.client_certificate.value,
        "relation": connection.relation,
        "provenance": connection.provenance.value,
        "seen": connection.seen,
        "verdict": verdict.outcome.value,
        "basis": verdict.basis.value,
        "live": verdict.live,
        "pairs": [
            {
                "presenter": pair.presenter,
                "acceptor": pair.acceptor,
                "purpose": pair.purpose,
                "where": pair.where,
                "verdict": pair.verdict.outcome.value,
                "basis": pair.verdict.basis.value,
            }
            for pair in verdict.pairs
        ],
        "findings": [to_json(finding, lang) for finding in verdict.all_findings],
    }


def _reach_shown(node: Node, lang: Lang) -> str:
    kind, _, rest = say_reach(node.reach).partition(" ")
    return f"{word('reach', kind, lang)} {word('platform', rest, lang)}".rstrip()


def _service(service: Service) -> str:
    where = ", ".join(str(address) for address in service.addresses)
    return f"{service.name}: {service.target}" + (f" {where}" if where else "")


def _slot(slot: Slot, observed: Observed, lang: Lang) -> Branch:
    label = slot.name.partition("/")[2]
    holds = slot.identity if isinstance(slot, IdentitySlot) else slot.store
    state = observed.slots.get(slot.name)
    below = tuple(_value_lines(state, observed, lang)) if state else ()
    standing = say(_STANDINGS[_standing(state)], lang)
    style = {"live": "", "not-seen": "dim"}.get(_standing(state), "yellow")
    return Branch(f"{label} = {holds} ({standing})", below, style)


_STANDINGS: Mapping[str, str] = {
    "live": "estate.standing-live",
    "deployed-not-live": "estate.standing-deployed",
    "not-seen": "estate.standing-not-seen",
    "absent": "estate.standing-absent",
}


def _value_lines(state: SlotState, observed: Observed, lang: Lang) -> list[Branch]:
    lines = []
    for value in state.values:
        shown = (value.leaf,) if isinstance(value, IdentityValue) else value.anchors
        live = "" if value == state.on_disk else say("estate.only-live", lang)
        for fingerprint in shown:
            found = observed.certificates.get(fingerprint)
            if found is None:
                continue
            text = f"{found.subject} [{found.fingerprint.short}] {_days(found, observed, lang)} {live}"
            style = "red" if days_left(found, observed) < 0 else ""
            lines.append(Branch(text.rstrip(), (), style))
        if isinstance(value, TrustValue) and not shown:
            lines.append(Branch(say("estate.no-anchors", lang)))
    return lines


def _days(certificate: Certificate, observed: Observed, lang: Lang) -> str:
    left = certificate.not_after - observed.at
    if observed.at > certificate.not_after:
        return say("estate.ended-since", lang, length=rough(-left, lang))
    length = rough(left, lang)
    return say("estate.ends-soon", lang, length=length) if left.days < _SOON else length


def _outcome(verdict: ConnectionVerdict, lang: Lang) -> str:
    word = say(_OUTCOMES[verdict.outcome.value], lang)
    if verdict.basis is Basis.MODELLED:
        word = say("estate.modelled", lang, verdict=word)
    worst = any(one.severity is Severity.WARNING for one in verdict.all_findings)
    return f"{word} *" if worst and verdict.outcome.value == "accepted" else word


def _live(verdict: ConnectionVerdict, lang: Lang) -> str:
    if verdict.live is None:
        return say("estate.live-unseen", lang)
    return say("estate.live-holds" if verdict.live else "estate.live-refused", lang)


def _plain(value: object) -> str:
    return "-" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
