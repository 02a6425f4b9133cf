"""From what a person wants to a goal for each slot, with everything that speaks against it.

Each change is checked on its own; all refusals are collected, so that one item's fault
hides nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, repeat
from typing import assert_never

import numpy as np

from warifu.domain.estate import (
    Estate,
    IdentitySlot,
    IdentityValue,
    Observed,
    Template,
    TrustSlot,
    TrustValue,
    Value,
)
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.rotation.alike import Alike, only
from warifu.domain.rotation.certificates import Certificates
from warifu.domain.rotation.change import AddAnchor, Change, PutBack, ReplaceCa, ReplaceIdentity, RetireAnchor
from warifu.domain.rotation.columns import Column, Numbers, numbered, present
from warifu.domain.rotation.ends import Facing, list_facing
from warifu.domain.rotation.templates import make_template
from warifu.domain.rotation.units import STAY, Goal
from warifu.domain.x509 import Certificate


@dataclass(slots=True)
class Wish:
    """What the changes come to.

    Args:
        why: for each slot, the message key of the reason for its steps.
        issues: identities that get a new certificate, with the slots that take it up and who signs.
        refusals: what forbids the plan; empty means nothing does.
    """

    goals: dict[str, Goal] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    issues: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    refusals: list[Finding] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)
    _joined: dict[tuple[int, int], tuple[Goal, Goal, Goal]] = field(default_factory=dict)

    def want(self, slot: str, goal: Goal, why: str) -> None:
        """Add a goal to a slot; slots that had the very same goal get the very same one again."""
        held = self.goals.get(slot, STAY)
        self.goals[slot] = goal if held is STAY and not goal.removes else self.both(held, goal)
        self.why.setdefault(slot, why)

    def both(self, held: Goal, goal: Goal) -> Goal:
        """Return two goals as one, the very same one for the very same two."""
        known = self._joined.get((id(held), id(goal)))
        if known is None:  # both are kept, so that no other object gets their ids
            known = self._joined[id(held), id(goal)] = (held, goal, held.joined(goal))
        return known[2]


@dataclass(frozen=True, slots=True)
class Sources:
    """What goals are read from.

    Args:
        issuer_chains: by issuer: its issuing certificate first, then those above it, root last.
        kept: values of backups, by digest, for `PutBack`.
        facing: who faces whom, where that is known already.
    """

    estate: Estate
    observed: Observed
    certificates: Certificates
    now: datetime
    issuer_chains: Mapping[str, tuple[Certificate, ...]] = field(default_factory=dict)
    kept: Mapping[str, Value] = field(default_factory=dict)
    facing: Facing | None = None


def read_wish(changes: Iterable[Change], sources: Sources) -> Wish:
    """Return the goals of all changes together."""
    wish = Wish()
    reader = _Reader(sources, wish)
    changes = tuple(changes)
    for change in changes:
        if isinstance(change, ReplaceIdentity):
            reader.replace_identity(change)
    for change in changes:
        if not isinstance(change, ReplaceIdentity):
            reader.read(change)
    reader.settle()
    reader.spread()
    reader.look_for_needed(changes)
    reader.look_for_splits()
    return wish


class _Reader:
    def __init__(self, sources: Sources, wish: Wish) -> None:
        self.estate = sources.estate
        self.observed = sources.observed
        self.certificates = sources.certificates
        self.sources = sources
        self.wish = wish
        self.coming: list[str] = []
        self.not_issued: set[str] = set()
        self.presented: dict[str, tuple[IdentityValue, ...]] = {}
        self.trusted: dict[str, tuple[TrustValue, ...]] = {}
        self.by_identity: dict[str, list[str]] = {}
        self.spreading: dict[str, Goal] = {}
        self.led: dict[tuple[int, str], bool] = {}
        self.waiting: dict[int, Goal] = {}
        self.arriving: dict[str, tuple[frozenset[str], str]] = {}
        self.alike = Alike()
        seen = sources.observed.slots
        for name, slot in sources.estate.slots.items():
            state = seen.get(name)
            values = state.values if state else ()
            if isinstance(slot, IdentitySlot):
                self.presented[name] = only(IdentityValue, values)
                self.by_identity.setdefault(slot.identity, []).append(name)
            else:
                self.trusted[name] = self.alike.stores(values)

    def read(self, change: ReplaceCa | AddAnchor | RetireAnchor | PutBack) -> None:
        """Add the goals of a change that concerns trust, or whole values."""
        if not isinstance(change, ReplaceCa):
            self.settle()
        match change:
            case ReplaceCa():
                self._replace_ca(change)
            case AddAnchor():
                self._add_anchor(change)
            case RetireAnchor():
                self._retire_anchor(change)
            case PutBack():
                self._put_back(change)
            case _:
                assert_never(change)

    def _replace_ca(self, change: ReplaceCa) -> None:
        if not self._is_fit_anchor(change.new):
            return
        moving: dict[str, list[str]] = {}
        free = self.presented.keys() - self.wish.goals.keys()
        for name in [name for name in self.presented if name in free] if free else ():
            if any(self._only_beneath(value, change.old, change.new) for value in self.presented[name]):
                slot = self.estate.slots[name]
                assert isinstance(slot, IdentitySlot)  # noqa: S101  # only those are presented
                moving.setdefault(slot.identity, []).append(name)
        for identity in moving:
            self._issue(identity, change.issuer, tuple(self.by_identity[identity]), change.new)
        goal = Goal(adds=(change.new,), removes=(change.old,))
        for stores in self.alike.several():
            if any(change.old in value.anchors for value in stores):
                self.waiting[id(stores)] = self.wish.both(self.waiting.get(id(stores), STAY), goal)
        self.coming.append(change.new)

    def settle(self) -> None:
        """Give every trust slot what replaced CAs bring to its set of values: one look for all of them."""
        if self.waiting:
            for name, stores in self.trusted.items():
                goal = self.waiting.get(id(stores))
                if goal is not None:
                    self.wish.want(name, goal, "rotation.why-replace-ca")
            self.waiting = {}

    def spread(self) -> None:
        """Let every acceptor of an identity that moves beneath a new anchor trust it, whatever it trusts now."""
        if not self.coming:
            return
        slots, several, brings = self._brought()
        if not several:
            return
        facing = self.sources.facing or list_facing(self.estate)
        number = brings[facing.presenter]
        is_new = number >= 0
        acceptor, number = facing.acceptor[is_new], number[is_new]
        kind_of, kinds = self._acceptors(slots, present(acceptor, len(slots)))
        missing = [bool(self._lacks(slots[one], news)) for one in kinds for news in several]
        lacks = np.array(missing, np.bool_)[kind_of[acceptor] * len(several) + number]
        keys = acceptor[lacks] * len(several) + number[lacks]
        for key in keys[numbered(keys, len(slots) * len(several))[1]].tolist():
            name, news = slots[key // len(several)], several[key % len(several)]
            for new in self._lacks(name, news):
                goal = self.spreading.setdefault(new, Goal(adds=(new,)))
                self.wish.want(name, goal, "rotation.why-spread")

    def _brought(self) -> tuple[list[str], list[tuple[str, ...]], Column]:
        """Return all slots, what sets of new anchors arriving identities bring, and by slot the number of its set or -1."""
        brought: dict[tuple[str, ...], int] = {}
        moving: dict[str, int] = {}
        known: dict[tuple[frozenset[str], str], tuple[str, ...]] = {}
        coming = dict.fromkeys(self.coming)
        for name, (above, leaf) in self.arriving.items():
            mark = above, leaf if leaf in coming else ""
            news = known.get(mark)
            if news is None:
                news = known[mark] = tuple([new for new in coming if new in above or new == mark[1]])
            if news:
                moving[name] = brought.setdefault(news, len(brought))
        slots = list(self.estate.slots)
        return slots, list(brought), np.fromiter(map(moving.get, slots, repeat(-1)), np.int64, len(slots))

    def _acceptors(self, slots: Sequence[str], chosen: Column) -> tuple[Column, list[int]]:
        """Number the acceptors that hold and want the very same: by slot its number; by number one slot of it."""
        goals, trusted, kinds = self.wish.goals, self.trusted, Numbers()
        found = np.zeros(len(slots), np.int64)
        found[chosen] = [
            kinds[id(goals.get(name, STAY)), id(trusted.get(name, ()))]
            for name in map(slots.__getitem__, chosen.tolist())
        ]
        return found, chosen[numbered(found[chosen], max(len(kinds), 1))[1]].tolist()

    def _lacks(self, name: str, news: tuple[str, ...]) -> list[str]:
        """Return the new anchors that an acceptor would neither have nor get, nor trust through another one."""
        adds = self.wish.goals.get(name, STAY).adds
        return [new for new in news if new not in adds and not self._trusts_way_to(name, new)]

    def _holding(self, anchor: str, names: Iterable[str]) -> Iterator[str]:
        """Yield the trust slots that may hold an anchor; equal sets are looked at once."""
        known: dict[int, bool] = {}
        for name in names:
            stores = self.trusted[name]
            holds = known.get(id(stores))
            if holds is None:
                holds = known[id(stores)] = any(anchor in value.anchors for value in stores)
            if holds:
                yield name

    def _trusts_way_to(self, acceptor: str, new: str) -> bool:
        values = self.trusted.get(acceptor, ())
        known = self.led.get((id(values), new))
        if known is None:
            above = self.certificates.known.get(new)
            higher = self.certificates.above(above) if above is not None else frozenset()
            known = self.led[id(values), new] = all(higher & set(value.anchors) for value in values)
        return known

    def replace_identity(self, change: ReplaceIdentity) -> None:
        """Add the goals of an identity that gets a new leaf."""
        slots = change.slots or tuple(self.by_identity.get(change.identity, ()))
        if not change.leaf:
            self._issue(change.identity, change.issuer, slots, "")
            return
        leaf = self.certificates.known.get(change.leaf)
        if leaf is None or not leaf.not_before <= self.sources.now <= leaf.not_after:
            self._refuse(Code.SUCCESSOR_NOT_VALID, change.leaf, leaf)
            return
        value = IdentityValue(change.leaf, self.certificates.chain_for(change.leaf))
        self._let_arrive(value, slots, "rotation.why-replace-identity")

    def _let_arrive(self, value: IdentityValue, slots: Iterable[str], why: str) -> None:
        goal = Goal(identity=value)
        arriving = self.certificates.roots_of(value), value.leaf
        for name in slots:
            self.wish.want(name, goal, why)
            self.arriving[name] = arriving

    def _issue(self, identity: str, issuer: str, slots: tuple[str, ...], root: str) -> None:
        declared = self.estate.identities.get(identity)
        name = issuer or (declared.issuer if declared else "")
        chain = self.sources.issuer_chains.get(name, ())
        if not chain:
            self.not_issued.add(identity)
            self.wish.refusals.append(self._nobody_signs(identity, name, slots))
            return
        above = self.certificates.above(chain[0]) | {c.fingerprint.hex for c in chain}
        if root and root not in above:
            evidence = {"issuer": name, "root": root, "ends_in": chain[-1].fingerprint.hex}
            self.not_issued.add(identity)
            self.wish.refusals.append(Finding(Code.ISSUER_NOT_BENEATH, identity, evidence))
            return
        late = [c for c in chain if not c.not_before <= self.sources.now <= c.not_after]
        if late:
            self._refuse(Code.SUCCESSOR_NOT_VALID, late[0].fingerprint.hex, late[0])
            return
        present = next((self.presented[slot][0] for slot in slots if self.presented.get(slot)), None)
        facts = None if present is None else self.certificates.facts(present.leaf)
        template = make_template(identity, declared, facts, chain, root=root, now=self.sources.now)
        self.certificates.templates[template.id] = template
        self.wish.templates[template.id] = template
        self.wish.issues[identity] = (name, slots)
        value = IdentityValue(template.id, tuple(item.hex for item in template.issuer_chain))
        why = "rotation.why-renew" if root else "rotation.why-replace-identity"
        self._let_arrive(value, slots, why)

    def _nobody_signs(self, identity: str, issuer: str, slots: tuple[str, ...]) -> Finding:
        if not issuer:
            return Finding(Code.NO_ISSUER, identity, {"slots": slots})
        evidence = {"issuer": issuer, "slots": slots}
        if issuer not in self.estate.issuers:
            return Finding(Code.ISSUER_UNKNOWN, identity, evidence)
        return Finding(Code.ISSUER_CHAIN_MISSING, identity, evidence)

    def _add_anchor(self, change: AddAnchor) -> None:
        if not self._is_fit_anchor(change.anchor):
            return
        goal = Goal(adds=(change.anchor,))
        for name in self._in_stores(change.stores):
            self.wish.want(name, goal, "rotation.why-add-anchor")

    def _retire_anchor(self, change: RetireAnchor) -> None:
        goal = Goal(removes=(change.anchor,))
        for name in self._holding(change.anchor, self._in_stores(change.stores)):
            self.wish.want(name, goal, "rotation.why-retire-anchor")

    def _put_back(self, change: PutBack) -> None:
        value = self.sources.kept.get(change.value_digest)
        if value is None or change.slot not in self.estate.slots:
            self.wish.refusals.append(Finding(Code.NO_BACKUP, change.slot, {"digest": change.value_digest}))
            return
        why = "rotation.why-put-back"
        if isinstance(value, IdentityValue):
            self._let_arrive(value, (change.slot,), why)
        else:
            self.wish.want(change.slot, Goal(value=value), why)

    def look_for_needed(self, changes: Iterable[Change]) -> None:
        """Refuse to let an anchor go while a live identity that stays still needs it."""
        gone: list[tuple[str, tuple[str, ...]]] = []
        for change in changes:
            if isinstance(change, RetireAnchor):
                gone.append((change.anchor, change.stores))
            elif isinstance(change, ReplaceCa):
                gone.append((change.old, ()))
        if gone:
            beneath = self._by_roots()
            for anchor, stores in gone:
                self._look_for_needed(anchor, stores, beneath)
        safe: set[tuple[int, int]] = set()
        trusted = self.trusted
        for name, goal in self.wish.goals.items():
            if not goal.removes or name not in trusted:
                continue
            case = id(goal), id(trusted[name])
            if case not in safe and self._keeps_one(goal, trusted[name]):
                safe.add(case)
            elif case not in safe:
                self._look_for_successor(name, goal)

    def _stays(self, name: str) -> tuple[IdentityValue, ...]:
        """Return what an identity slot may hold in the end."""
        goal = self.wish.goals.get(name, STAY)
        return self.presented[name] if goal.identity is None else (goal.identity,)

    def _by_roots(self) -> dict[tuple[frozenset[str], ...], list[tuple[int, str]]]:
        """Return the identity slots, with their places, by what stands above all they hold in the end."""
        found: dict[tuple[frozenset[str], ...], list[tuple[int, str]]] = {}
        roots_of = self.certificates.roots_of
        arriving = self.arriving
        for place, (name, values) in enumerate(self.presented.items()):
            comes = arriving.get(name)
            roots = (comes[0],) if comes else tuple([roots_of(value) for value in values])
            found.setdefault(roots, []).append((place, name))
        return found

    def _look_for_needed(
        self,
        anchor: str,
        stores: tuple[str, ...],
        beneath: Mapping[tuple[frozenset[str], ...], list[tuple[int, str]]],
    ) -> None:
        needing = [names for roots, names in beneath.items() if any(anchor in above for above in roots)]
        concerned = self._facing(stores) if stores and needing else None
        for _, name in sorted(chain.from_iterable(needing)):
            slot = self.estate.slots[name]
            refused = isinstance(slot, IdentitySlot) and slot.identity in self.not_issued
            if refused or (concerned is not None and name not in concerned):
                continue  # why it cannot be renewed is told already, and is the cause
            for value in self._stays(name):
                above = self.certificates.roots_of(value)
                if anchor in above and not self._has_other_root(value, anchor):
                    evidence = {
                        "anchor": anchor,
                        "service": self.estate.slots[name].service,
                        "identity": value.leaf,
                        "through": [str(c.subject) for c in self.certificates.all_of(value.chain)],
                    }
                    self.wish.refusals.append(Finding(Code.STILL_NEEDED, name, evidence))
                    break

    def _facing(self, stores: tuple[str, ...]) -> set[str]:
        slots = set(self._in_stores(stores))
        found: set[str] = set()
        for connection in self.estate.connections.values():
            if not slots.isdisjoint(connection.client_trusts):
                found.update(connection.server_identities)
            if not slots.isdisjoint(connection.server_trusts):
                found.update(connection.client_identities)
        return found

    def _look_for_successor(self, name: str, goal: Goal) -> None:
        """Refuse to leave a store without an anchor.

        What lies on disk counts: it is loaded before anything else may be removed from it.
        """
        values = self.trusted[name]
        for value in values[:1] if self._lies_on_disk(name) else values:
            if not self._keeps_one(goal, (value,)):
                evidence = {"removed": goal.removes, "left": len(_left(goal, value))}
                self.wish.refusals.append(Finding(Code.NO_SUCCESSOR, name, evidence))
                return

    def _keeps_one(self, goal: Goal, values: Iterable[TrustValue]) -> bool:
        """Tell whether every one of some values is left with an anchor that is valid now."""
        now = self.sources.now
        return all(
            any(
                one.not_before <= now <= one.not_after for one in self.certificates.all_of(_left(goal, value))
            )
            for value in values
        )

    def _lies_on_disk(self, name: str) -> bool:
        """Tell whether the first value of a trust slot is what its files hold."""
        state = self.observed.slots.get(name)
        return state is not None and state.on_disk is not None

    def look_for_splits(self) -> None:
        """Warn where one certificate sits in several slots and only some of them move."""
        goals, resting = self.wish.goals, self.presented.keys() - self.arriving.keys()
        if not resting:
            return
        still = [name for name in self.presented if name in resting]
        moving: dict[str, set[str]] = {}
        for name, goal in goals.items():
            if goal.identity is not None:
                for value in self.presented.get(name, ()):
                    moving.setdefault(value.leaf, set()).add(name)
        staying: dict[str, list[str]] = {}
        for name in still if moving else ():
            for value in self.presented[name]:
                if value.leaf in moving:
                    staying.setdefault(value.leaf, []).append(name)
        for leaf, names in staying.items():
            evidence = {"moves": sorted(moving[leaf]), "stays": names}
            self.wish.remarks.append(Finding(Code.SPLIT_IDENTITY, leaf, evidence, Severity.WARNING))

    def _in_stores(self, stores: tuple[str, ...]) -> list[str]:
        found = []
        for name in self.trusted:
            slot = self.estate.slots[name]
            assert isinstance(slot, TrustSlot)  # noqa: S101  # only those are in `trusted`
            if not stores or slot.store in stores or name in stores:
                found.append(name)
        return found

    def _only_beneath(self, value: IdentityValue, old: str, new: str) -> bool:
        above = self.certificates.roots_of(value)
        return old in above and new not in above

    def _has_other_root(self, value: IdentityValue, anchor: str) -> bool:
        roots = (self.certificates.get(name) for name in self.certificates.roots_of(value) if name != anchor)
        return any(root is not None and root.is_self_issued for root in roots)

    def _is_fit_anchor(self, name: str) -> bool:
        certificate = self.certificates.get(name)
        if certificate is None or not certificate.not_before <= self.sources.now <= certificate.not_after:
            self._refuse(Code.SUCCESSOR_NOT_VALID, name, certificate)
            return False
        if not certificate.is_ca:
            self.wish.refusals.append(Finding(Code.NOT_AN_ANCHOR, name, {"certificate": certificate.subject}))
            return False
        return True

    def _refuse(self, code: Code, subject: str, certificate: Certificate | None) -> None:
        evidence: dict[str, object] = {"now": self.sources.now}
        if certificate is not None:
            evidence |= {"not_before": certificate.not_before, "not_after": certificate.not_after}
        self.wish.refusals.append(Finding(code, subject, evidence))


def _left(goal: Goal, value: TrustValue) -> tuple[str, ...]:
    """Return the anchors that a value has when the goal is reached."""
    return tuple([anchor for anchor in (*value.anchors, *goal.adds) if anchor not in goal.removes])
