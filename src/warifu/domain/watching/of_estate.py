"""An estate, as it was observed and judged, as one `Sight`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from warifu.domain.estate import (
    Estate,
    IdentitySlot,
    IdentityValue,
    Observed,
    Slot,
    SlotState,
    TrustSlot,
    TrustValue,
    Value,
)
from warifu.domain.estate.inventory import find_drift
from warifu.domain.findings import Code, Severity
from warifu.domain.trust import Signatures
from warifu.domain.watching.cause import Entry, Held, Judged, Met, Sight, Standing
from warifu.domain.watching.needed import find_needed, standing_of_anchor
from warifu.domain.x509 import Certificate

_UNSEEN = frozenset({Code.NOT_SEEN, Code.NOT_ANSWERING, Code.FILE_ABSENT, Code.FILE_UNREADABLE})


def sight_of_estate(
    estate: Estate,
    observed: Observed,
    judged: Mapping[str, Judged],
    *,
    proven: Mapping[str, Value] | None = None,
    touched: Iterable[str] = (),
) -> Sight:
    """Return what was seen, as watching needs it.

    Args:
        judged: each connection by name; one that holds was seen to do so.
        proven: the value of each slot that a rollout proved last.
        touched: slots that open rollouts work at.
    """
    values = {name: _held(state.values[0]) for name, state in observed.slots.items() if state.values}
    drift = find_drift(estate, observed)
    not_live = {one.subject: one for one in drift if one.code is Code.DEPLOYED_NOT_LIVE}
    slots = {name for name in estate.slots if _is_seen(estate, observed, name)}
    connections = {
        name for name in estate.connections if _is_connection_seen(estate, observed, judged, name, slots)
    }
    findings = [*observed.findings, *(one for state in observed.slots.values() for one in state.findings)]
    unseen = [one for one in findings if one.code in _UNSEEN and one.severity is not Severity.NOTE]
    unmet = [
        name for name, slot in estate.slots.items() if isinstance(slot, IdentitySlot) and name not in slots
    ]
    return Sight(
        observed.at,
        tuple(_met(estate, observed, saw_all=not unmet)),
        values,
        frozenset(slots | connections),
        frozenset({*estate.slots, *estate.connections}),
        frozenset(
            name for name, value in (proven or {}).items() if _is_ours(observed.slots.get(name), value)
        ),
        frozenset(touched),
        not_live,
        {name: _owned(estate, name, one) for name, one in judged.items()},
        tuple({(one.code, one.subject): one for one in unseen}.values()),
        {name: owner_of(estate, slot) for name, slot in estate.slots.items()},
        unmet=tuple(sorted(unmet)),
    )


def owner_of(estate: Estate, slot: Slot) -> str:
    """Return who owns what a slot holds: of the identity or trust store, else of its service, else of its node."""
    holds = (
        estate.identities.get(slot.identity)
        if isinstance(slot, IdentitySlot)
        else estate.trust_stores.get(slot.store)
    )
    service = estate.services[slot.service]
    return (holds.owner if holds else "") or service.owner or estate.nodes[service.node].owner


def _owned(estate: Estate, name: str, judged: Judged) -> Judged:
    connection = estate.connections[name]
    ends = [estate.services[one] for one in (*connection.servers, *connection.clients)]
    owners = (connection.owner, *(end.owner or estate.nodes[end.node].owner for end in ends))
    return Judged(judged.broken, judged.findings, next((one for one in owners if one), ""))


def _met(estate: Estate, observed: Observed, *, saw_all: bool) -> Iterator[Met]:
    """Yield each certificate at each place."""
    presented = [
        observed.certificates[fingerprint]
        for name, slot in estate.slots.items()
        if isinstance(slot, IdentitySlot) and name in observed.slots
        for value in observed.slots[name].values
        if isinstance(value, IdentityValue)
        for fingerprint in (value.leaf, *value.chain)
    ]
    stores = [
        tuple(observed.certificates[one] for one in value.anchors)
        for state in observed.slots.values()
        for value in state.values
        if isinstance(value, TrustValue)
    ]
    anchors = {one.fingerprint.hex: one for store in stores for one in store}
    needed = find_needed(tuple(anchors.values()), presented, Signatures())
    for name in sorted(observed.slots):
        slot, state = estate.slots[name], observed.slots[name]
        owner = owner_of(estate, slot)
        for certificate, standing in _certificates(observed, state, needed, saw_all=saw_all):
            yield Met(_entry(estate, slot, certificate, standing), certificate, owner)


def _certificates(
    observed: Observed, state: SlotState, needed: frozenset[str], *, saw_all: bool
) -> Iterator[tuple[Certificate, Standing]]:
    """Yield each certificate of a slot once, with how it stands: in use for whatever one of its values is used by."""
    standings: dict[str, Standing] = {}
    for value in state.values:
        for fingerprint in value.anchors if isinstance(value, TrustValue) else (value.leaf, *value.chain):
            one = observed.certificates[fingerprint]
            if isinstance(value, TrustValue):
                store = [observed.certificates[other] for other in value.anchors]
                standing = standing_of_anchor(one, store, needed, observed.at, saw_all=saw_all)
            else:
                standing = _presented(state, value, one)
            if standings.get(fingerprint, Standing.UNUSED) in (Standing.UNUSED, Standing.UNDECIDED):
                standings[fingerprint] = standing
    for fingerprint, found in standings.items():
        yield observed.certificates[fingerprint], found


def _presented(state: SlotState, value: Value, certificate: Certificate) -> Standing:
    if state.loaded and value not in state.loaded:
        return Standing.UNUSED
    if state.on_disk is None or value == state.on_disk or _on_disk(state, certificate):
        return Standing.IN_USE
    return Standing.RENEWED_NOT_LIVE


def _on_disk(state: SlotState, certificate: Certificate) -> bool:
    value = state.on_disk
    return isinstance(value, IdentityValue) and certificate.fingerprint.hex in (value.leaf, *value.chain)


def _entry(estate: Estate, slot: Slot, certificate: Certificate, standing: Standing) -> Entry:
    key_id = str(certificate.subject_key_id or certificate.fingerprint.short)
    return Entry(
        slot.name,
        estate.node_of(slot.name).name,
        slot.identity if isinstance(slot, IdentitySlot) else slot.store,
        slot.name.partition("/")[2] if isinstance(slot, IdentitySlot) else key_id,
        standing,
        certificate.label,
        certificate.fingerprint.hex,
        certificate.not_after,
    )


def _held(value: Value) -> Held:
    """Return what a value is compared by; CRLs are refreshed all the time and do not count."""
    parts = value.anchors if isinstance(value, TrustValue) else (value.leaf, *value.chain)
    return Held("+".join(parts), " + ".join(part[:16] for part in parts) or "-")


def _is_ours(state: SlotState | None, value: Value) -> bool:
    return state is not None and state.on_disk is not None and _held(state.on_disk) == _held(value)


def _is_seen(estate: Estate, observed: Observed, name: str) -> bool:
    """Tell whether a slot's present state was proven: by handshakes at every address, where it is served at one."""
    slot, state = estate.slots[name], observed.slots.get(name)
    if state is None or state.on_disk is None:
        return False
    if isinstance(slot, TrustSlot):
        differs = any(one.code is Code.CA_NAMES_DIFFER and one.subject == name for one in observed.findings)
        return not differs and all(value == state.on_disk for value in state.loaded)
    if estate.services[slot.service].addresses and not _is_client_only(estate, name):
        return state.on_wire and state.proven
    return all(value == state.on_disk for value in state.loaded)


def _is_client_only(estate: Estate, slot: str) -> bool:
    """A slot that only clients use is met by nobody who dials."""
    connections = estate.connections.values()
    return any(slot in one.client_identities for one in connections) and not any(
        slot in one.server_identities for one in connections
    )


def _is_connection_seen(
    estate: Estate, observed: Observed, judged: Mapping[str, Judged], name: str, slots: set[str]
) -> bool:
    """Tell whether a connection was seen to hold; where nobody can call, whether both ends were proven to fit."""
    if name in observed.held:
        return observed.held[name]
    connection = estate.connections[name]
    ends = (
        *connection.server_identities,
        *connection.client_trusts,
        *connection.client_identities,
        *connection.server_trusts,
    )
    one = judged.get(name)
    return one is not None and not one.broken and all(end in slots for end in ends)
