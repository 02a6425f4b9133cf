"""Desired against observed: one certificate in several slots, drift, what is not live, and splits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from warifu.domain.estate.model import Estate, IdentitySlot, TrustSlot
from warifu.domain.estate.state import IdentityValue, Observed, SlotState, TrustValue, Value
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.x509 import Certificate


@dataclass(frozen=True, slots=True)
class Unit:
    """One certificate and every slot that may present it: what is renewed together.

    Args:
        leaf: SHA-256 hex.
        identities: the names that the estate gives it.
    """

    leaf: str
    slots: tuple[str, ...]
    identities: tuple[str, ...]


def find_units(estate: Estate, observed: Observed) -> tuple[Unit, ...]:
    """Group identity slots by leaf: equal bytes are one identity, wherever they lie, and shown once."""
    slots: dict[str, list[IdentitySlot]] = {}
    for slot in _identity_slots(estate):
        for value in _values(observed, slot.name):
            if isinstance(value, IdentityValue) and slot not in slots.setdefault(value.leaf, []):
                slots[value.leaf].append(slot)
    return tuple(
        Unit(
            leaf,
            tuple(sorted(slot.name for slot in found)),
            tuple(sorted({slot.identity for slot in found})),
        )
        for leaf, found in slots.items()
    )


def find_splits(estate: Estate, observed: Observed, touched_slots: Collection[str]) -> tuple[Finding, ...]:
    """Warn of each certificate that a change would renew in some of its slots and leave in others.

    Args:
        touched_slots: the slots that the change gives a new leaf.
    """
    found = []
    for unit in find_units(estate, observed):
        moves = [slot for slot in unit.slots if slot in touched_slots]
        stays = [slot for slot in unit.slots if slot not in touched_slots]
        if moves and stays:
            evidence = {"moves": moves, "stays": stays}
            found.append(Finding(Code.SPLIT_IDENTITY, unit.leaf, evidence, Severity.WARNING))
    return tuple(found)


def find_drift(
    estate: Estate, observed: Observed, *, proven: Mapping[str, Value] | None = None
) -> tuple[Finding, ...]:
    """Return where the world is not what the estate says, and where it is not one thing.

    Args:
        proven: the value of each slot that a rollout proved last; a slot that is absent has none.
    """
    return (
        *_find_not_live(estate, observed),
        *_find_different_leaves(estate, observed),
        *_find_same_leaves(estate, observed),
        *_find_shared_keys(estate, observed),
        *_find_different_stores(estate, observed),
        *_find_moved(observed, proven or {}),
    )


def find_expiring(
    certificates: Iterable[Certificate], *, now: datetime, within: timedelta
) -> tuple[Finding, ...]:
    """Return a finding for each certificate that is expired, or will be before `within` has passed.

    All are warnings: whether an expired one breaks anything is what the verdicts on connections say.
    """
    found = []
    for one in sorted(certificates, key=lambda each: (each.not_after, each.fingerprint)):
        subject = f"{one.subject} ({one.fingerprint.short})"
        if now > one.not_after:  # the period includes its last second
            evidence: dict[str, object] = {"now": now, "not_after": one.not_after}
            found.append(Finding(Code.EXPIRED, subject, evidence, Severity.WARNING))
        elif now + within > one.not_after:
            left = one.not_after - now
            evidence = {
                "now": now,
                "not_after": one.not_after,
                "days": left.days,
                "hours": left // timedelta(hours=1),
            }
            found.append(Finding(Code.EXPIRING, subject, evidence, Severity.WARNING))
    return tuple(found)


def _find_not_live(estate: Estate, observed: Observed) -> Iterator[Finding]:
    """A file was replaced and the service goes on with the old one: deployed, not live."""
    for name in sorted(estate.slots):
        state = observed.slots.get(name)
        if state is None or state.on_disk is None:
            continue
        others = [value for value in state.loaded if not _same(value, state.on_disk)]
        if others:
            evidence = {"expected": _said(state.on_disk), "seen": [_said(value) for value in others]}
            yield Finding(Code.DEPLOYED_NOT_LIVE, name, evidence, Severity.WARNING)


def _find_different_leaves(estate: Estate, observed: Observed) -> Iterator[Finding]:
    """Slots of one identity hold different leaves."""
    leaves: dict[str, dict[str, str]] = {}
    for slot in _identity_slots(estate):
        state = observed.slots.get(slot.name)
        if state is not None and isinstance(state.on_disk, IdentityValue):
            leaves.setdefault(slot.identity, {})[slot.name] = state.on_disk.leaf
    for identity, held in sorted(leaves.items()):
        if len(set(held.values())) > 1:
            listed = [f"{slot}: {leaf[:16]}" for slot, leaf in sorted(held.items())]
            yield Finding(Code.LEAVES_DIFFER, identity, {"slots": listed}, Severity.WARNING)


def _find_same_leaves(estate: Estate, observed: Observed) -> Iterator[Finding]:
    """One leaf is declared as several identities."""
    for unit in find_units(estate, observed):
        if len(unit.identities) > 1:
            evidence = {"identities": unit.identities, "slots": unit.slots}
            yield Finding(Code.SHARED_LEAF, unit.leaf, evidence, Severity.NOTE)


def _find_shared_keys(estate: Estate, observed: Observed) -> Iterator[Finding]:
    """One key lies on several nodes, in certificates that the estate does not declare as one identity."""
    holders: dict[str, list[Unit]] = {}
    for unit in find_units(estate, observed):
        certificate = observed.certificates.get(unit.leaf)
        if certificate is not None and certificate.public_key is not None:
            holders.setdefault(certificate.public_key.sha256.hex, []).append(unit)
    for key, units in holders.items():
        nodes = sorted({estate.node_of(slot).name for unit in units for slot in unit.slots})
        identities = sorted({identity for unit in units for identity in unit.identities})
        if len(nodes) > 1 and len(identities) > 1:
            evidence = {"nodes": nodes, "identities": identities}
            yield Finding(Code.SHARED_KEY, key, evidence, Severity.WARNING)


def _find_different_stores(estate: Estate, observed: Observed) -> Iterator[Finding]:
    """Slots of one trust store hold different anchors, or the same in another order."""
    held: dict[str, dict[str, TrustValue]] = {}
    for slot in estate.slots.values():
        state = observed.slots.get(slot.name)
        if isinstance(slot, TrustSlot) and state is not None and isinstance(state.on_disk, TrustValue):
            held.setdefault(slot.store, {})[slot.name] = state.on_disk
    for store, values in sorted(held.items()):
        if len({value.anchors for value in values.values()}) > 1:
            listed = [f"{slot}: {_said(value)}" for slot, value in sorted(values.items())]
            yield Finding(Code.STORES_DIFFER, store, {"slots": listed}, Severity.WARNING)


def _find_moved(observed: Observed, proven: Mapping[str, Value]) -> Iterator[Finding]:
    """Something else than what a rollout proved last lies there now."""
    for name in sorted(proven):
        state = observed.slots.get(name)
        if state is not None and state.on_disk is not None and not _same(*_without_crls(state, proven[name])):
            evidence = {"proven": _said(proven[name]), "on_disk": _said(state.on_disk)}
            yield Finding(Code.NOT_AS_PROVEN, name, evidence, Severity.WARNING)


def _without_crls(state: SlotState, proven: Value) -> tuple[Value, Value]:
    """Return what lies there and what was proven, without CRLs: those are refreshed all the time."""
    found = state.on_disk or proven
    one, other = (TrustValue(v.anchors) if isinstance(v, TrustValue) else v for v in (found, proven))
    return one, other


def _same(one: Value, other: Value) -> bool:
    """Compare by what decides: the leaf and the set of intermediates, or the anchors in order."""
    if isinstance(one, IdentityValue) and isinstance(other, IdentityValue):
        return one.leaf == other.leaf and set(one.chain) == set(other.chain)
    return one == other


def _said(value: Value) -> str:
    if isinstance(value, IdentityValue):
        return " + ".join(one[:16] for one in (value.leaf, *value.chain))
    return " + ".join(one[:16] for one in value.anchors) or "-"


def _identity_slots(estate: Estate) -> Iterator[IdentitySlot]:
    for name in sorted(estate.slots):
        slot = estate.slots[name]
        if isinstance(slot, IdentitySlot):
            yield slot


def _values(observed: Observed, slot: str) -> tuple[Value, ...]:
    state: SlotState | None = observed.slots.get(slot)
    return state.values if state else ()
