"""One root, three nodes: from the plan to nobody trusting it, and back."""

from __future__ import annotations

import pytest

from support.directory_cases import NEW, OLD, SHOP, presented, published
from support.pki import DAY, NOW
from warifu.domain.directory import (
    Anchor,
    Convergence,
    Decision,
    ItemKind,
    NodeEntries,
    Outcome,
    Published,
    Reason,
    Reports,
    blast_radius,
    decide_quarantine,
    decide_restore,
    decide_unpublication,
    find_mass_removal,
    reconcile,
    who_trusts,
)
from warifu.domain.endpoint import Entry, EntryKind

PLAN = "4be1c02de68f" * 5
ROOT = Anchor(OLD.value)


class Nodes:
    """What three nodes hold; each follows what is published."""

    def __init__(self) -> None:
        self.held: dict[str, list[Entry]] = {f"psc-{number}": [] for number in (1, 2, 3)}
        self.version = 0

    def follow(self, present: Published) -> list[Convergence]:
        done = []
        for node, held in self.held.items():
            one = reconcile(held, present, now=NOW, version=self.version)
            after = {id(change.before): change.after for change in one.changes}
            left = [after.get(id(entry), entry) for entry in held if entry not in one.removes]
            self.held[node] = [*left, *one.adds]
            done.append(one)
        self.version = present.version
        return done

    @property
    def reports(self) -> tuple[NodeEntries, ...]:
        return tuple(NodeEntries(node, tuple(held), NOW) for node, held in self.held.items())


def after(decision: Decision) -> Published:
    assert decision.after is not None
    return decision.after


@pytest.mark.req("S0-53")
def test_a_root_leaves_with_its_crl_and_comes_back_whole() -> None:
    """Refused while it is used; then distrusted, unpublished and gone everywhere, its CRL too; restored everywhere."""
    first = published(OLD, NEW, crls=(OLD.crl(), NEW.crl()))
    nodes = Nodes()
    nodes.follow(first)
    used = Reports(nodes.reports, presented=(presented(SHOP),))
    assert not blast_radius(ROOT, used, first, now=NOW, reason=Reason.SUPERSEDED).is_allowed
    free = Reports(nodes.reports, presented=(presented(NEW.leaf("shop.example")),))
    assert blast_radius(ROOT, free, first, now=NOW, reason=Reason.SUPERSEDED).is_allowed
    assert 3 == len(who_trusts(ROOT, free))

    second = after(decide_quarantine(first, [ROOT.key], now=NOW, plan=PLAN))
    assert find_mass_removal(first, second)
    assert not find_mass_removal(first, second, plans={PLAN})
    assert [1, 1, 1] == [len(one.quarantined) for one in nodes.follow(second)]
    assert () == who_trusts(ROOT, Reports(nodes.reports))
    assert [4, 4, 4] == [len(held) for held in nodes.held.values()]

    gone = decide_unpublication(second, [ROOT.key], now=NOW + DAY, plan=PLAN)
    assert [(ItemKind.ANCHOR, Outcome.REMOVED), (ItemKind.CRL, Outcome.REMOVED)] == [
        (item.kind, item.outcome) for item in gone.items
    ]
    third = after(gone)
    assert not find_mass_removal(second, third)
    nodes.follow(third)
    for held in nodes.held.values():
        assert [NEW.value] == [entry.certificates[0] for entry in held if entry.kind is EntryKind.TRUSTED]
        assert [third.crls[0]] == [entry.crl for entry in held if entry.kind is EntryKind.CRL]

    fourth = after(decide_restore(third, first, now=NOW + DAY))
    assert (4, first.anchors, first.crls) == (fourth.version, fourth.anchors, fourth.crls)
    nodes.follow(fourth)
    assert 3 == len(who_trusts(ROOT, Reports(nodes.reports)))
    assert all(one.is_settled for one in nodes.follow(fourth))
