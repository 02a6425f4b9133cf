"""Rollouts that a server drives: nodes that are away, waivers, leases, people who are asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from support.pki import NOW
from support.server_rig import APPROVER, LEASE, NEW, OLD, OPERATOR, VOICE, Rig
from warifu.errors import RefusedError, UsageError
from warifu.ports.far import Wanted
from warifu.wire.agent import Order, OrderKind
from warifu.wire.signed import parse
from warifu.workflows.order_desk import RegistryOrders
from warifu.workflows.registry_journal import RegistryJournal
from warifu.workflows.server_rollouts import Turn

HOUR = timedelta(hours=1)
BOTH_ROOTS = OLD.pem + NEW.pem


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def orders(rig: Rig, rollout: str) -> list[Order]:
    with rig.registry.look() as books:
        return [parse(Order, one.document) for one in books.orders.of_rollout(rollout)]


def test_nodes_carry_a_plan_out(rig: Rig) -> None:
    """Both files change by the nodes' own hands; each order names epoch, digest and wave; each word is signed."""
    plan = rig.plan("a", "b", waves=2)
    rollout = rig.begin(plan)
    assert Turn.DONE is rig.drive(rollout)
    stands = rig.show(rollout)
    assert ("done", ()) == (stands.head.state, stands.blockers)
    assert [BOTH_ROOTS] * 2 == [rig.file(name) for name in ("a", "b")]
    assert {("a", True), ("b", True)} == {(one.node, bool(one.signed_by)) for one in stands.seen}
    given = orders(rig, rollout)
    assert {(1, stands.head.plan_digest)} == {(one.epoch, one.digest) for one in given}
    assert {("a", 1), ("b", 2)} == {(one.node, one.wave) for one in given if one.kind is OrderKind.CARRY}
    assert all(one.until <= NOW + LEASE + HOUR for one in given)


def test_a_node_that_is_away_blocks_its_wave_by_name(rig: Rig) -> None:
    """Nothing of the wave is done, and it goes on by itself once the node is back."""
    rollout = rig.begin(rig.plan("a", "b"))
    rig.nodes["b"].away = True
    assert [Turn.WAITS, Turn.WAITS] == [rig.drive(rollout), rig.drive(rollout)]
    stands = rig.show(rollout)
    assert {"b"} == {one.who for one in stands.blockers}
    assert OLD.pem == rig.file("a")
    blocked = [row for row in rig.journal.rows(rollout) if row.kind == "blocked"]
    assert 1 == len(blocked)  # told once for as long as it is the same
    rig.nodes["b"].away = False
    assert Turn.DONE is rig.drive(rollout)


def test_a_node_is_waived_by_name_and_for_a_while(rig: Rig) -> None:
    """The others go on; who may not waive is refused; a waiver that has ended counts no more."""
    rollout = rig.begin(rig.plan("a", "b"))
    rig.nodes["b"].away = True
    for actor, until, reason in ((OPERATOR, HOUR, "x"), (APPROVER, -HOUR, "x"), (APPROVER, HOUR, " ")):
        with pytest.raises((RefusedError, UsageError)):
            rig.desk.waive(actor, rollout, "b", reason=reason, until=NOW + until, now=NOW)
    with pytest.raises(UsageError, match=r"plan\.waiver-unknown"):
        rig.desk.waive(APPROVER, rollout, "nobody", reason="x", until=NOW + HOUR, now=NOW)
    rig.desk.waive(APPROVER, rollout, "b", reason="disk is gone", until=NOW + timedelta(minutes=1), now=NOW)
    rig.clock.instant += timedelta(minutes=2)
    assert Turn.WAITS is rig.drive(rollout)
    assert {"b"} == {one.who for one in rig.show(rollout).blockers}
    later = rig.clock.now()
    rig.desk.waive(APPROVER, rollout, "b", reason="disk is gone", until=later + HOUR, now=later)
    assert () == rig.show(rollout).blockers[1:]
    assert Turn.DONE is rig.drive(rollout)
    stands = rig.show(rollout)
    assert [("b", "ben", "disk is gone")] == [(w.subject, w.by, w.reason) for w in stands.waivers]
    assert ("done", "open") == (stands.progress.state("a/up#1"), stands.progress.state("b/up#1"))
    assert (BOTH_ROOTS, OLD.pem) == (rig.file("a"), rig.file("b"))
    with rig.registry.look() as books:
        ended = next(one for one in books.audit.newest() if one.act == "rollout-ended")
    assert ["b/up#1"] == list(ended.evidence["left-out"])  # type: ignore[call-overload]


def test_a_driver_that_was_frozen_past_its_lease_issues_nothing(rig: Rig) -> None:
    """Another server goes on under a higher epoch; what the thawed one tries is refused where it would be written."""
    rollout = rig.begin(rig.plan("a", "b", waves=2))
    other = rig.server("two", RegistryJournal(rig.registry, lambda: "0" * 16, LEASE))
    frozen: list[Turn] = []

    def freeze() -> None:
        """The first server stops while a step's order is out, and the second one takes over."""
        if not frozen and any(one.kind is OrderKind.CARRY for one in orders(rig, rollout)):
            rig.clock.instant += LEASE + timedelta(seconds=1)
            frozen.append(Turn.ELSEWHERE)
            rig.clock.beside = rig.obey
            frozen.append(other.drive(rollout))
            return
        rig.obey()

    rig.clock.beside = freeze
    assert Turn.ELSEWHERE is rig.drive(rollout)
    assert Turn.DONE is frozen[-1]
    epochs = [one.epoch for one in orders(rig, rollout)]
    assert epochs == sorted(epochs)
    assert {1, 2} == set(epochs)
    assert [BOTH_ROOTS] * 2 == [rig.file(name) for name in ("a", "b")]


def test_an_order_is_not_even_written_without_the_lease(rig: Rig) -> None:
    """Neither by whom another has overtaken, nor after its own lease has run out."""
    rollout = rig.begin(rig.plan("a"))
    lease = rig.journal.lease(rollout, "one", now=NOW, length=LEASE)
    held = rig.journal.held(rollout, "one")
    desk = RegistryOrders(rig.registry, rig.clock, rig.journal.id, lambda _nodes: None, lambda: held)
    rig.clock.instant = NOW + LEASE
    with pytest.raises(RefusedError, match=r"orders\.lease-over"):
        desk.ask((Wanted("a", OrderKind.LOOK, rollout),))
    RegistryJournal(rig.registry, lambda: "0" * 16, LEASE).lease(
        rollout, "two", now=NOW + LEASE, length=LEASE
    )
    rig.clock.instant = NOW
    with pytest.raises(RefusedError, match=r"registry\.lease-lost"):
        desk.ask((Wanted("a", OrderKind.LOOK, rollout),))
    assert [] == orders(rig, rollout)
    with pytest.raises(RefusedError, match=r"rollout\.lease-lost"):
        rig.journal.write(lease, "done", "a/up#1", {}, now=NOW)


def test_a_driver_begins_anew_after_its_own_lease_ran_out(rig: Rig) -> None:
    """What it knew may be old, even if nobody took over; beside a long step the lease is renewed."""
    rollout = rig.begin(rig.plan("a"))
    rig.journal.lease(rollout, "one", now=NOW, length=LEASE)
    rig.journal.renew(now=NOW + LEASE / 2)
    held = rig.journal.held(rollout, "one")
    assert held is not None
    assert NOW + LEASE * 1.5 == held.until
    with pytest.raises(RefusedError, match=r"rollout\.lease-lost"):
        rig.journal.lease(rollout, "one", now=held.until, length=LEASE)
    rig.clock.instant = held.until
    assert Turn.DONE is rig.drive(rollout)


@pytest.mark.req("S3-47")
def test_a_step_of_another_team_waits_for_its_owner(tmp_path: Path) -> None:
    """Nobody else's word counts, the driver's least of all; then it goes on."""
    rig = Rig(tmp_path, by_hand=True)
    rollout = rig.begin(rig.plan("a", "p"))
    assert Turn.WAITS is rig.drive(rollout)
    (block,) = rig.show(rollout).blockers
    assert ("voice", "rollout.waiting-for-owner", "p/up#1") == (block.who, block.why, block.step)
    step, word = "p/up#1", "loaded at noon"
    with pytest.raises(RefusedError, match=r"rollouts\.not-your-word"):
        rig.desk.confirm(OPERATOR, rollout, step, owner="voice", statement=word)
    with pytest.raises(RefusedError, match=r"rollout\.not-the-owner"):
        rig.desk.confirm(VOICE, rollout, step, owner="victor", statement=word)
    with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
        rig.desk.confirm(APPROVER, rollout, step, owner="voice", statement=word)
    assert Turn.WAITS is rig.drive(rollout)
    rig.desk.confirm(VOICE, rollout, step, owner="voice", statement=word)
    assert Turn.DONE is rig.drive(rollout)
    stands = rig.show(rollout)
    assert (word, "victor") == (
        stands.progress.last[step].values["statement"],
        stands.progress.statements[step].values["recorded-by"],
    )


def test_a_rollout_is_given_up(rig: Rig) -> None:
    """It ends where it stands, and its nodes are free for another."""
    rollout = rig.begin(rig.plan("a", "b", waves=2))
    rig.nodes["b"].away = True
    rig.drive(rollout)
    with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
        rig.desk.abandon(APPROVER, rollout, now=NOW)
    rig.desk.abandon(OPERATOR, rollout, now=NOW)
    assert Turn.DONE is rig.drive(rollout)
    assert "abandoned" == rig.show(rollout).head.state
    with pytest.raises(RefusedError, match=r"rollout\.ended"):
        rig.desk.abandon(OPERATOR, rollout, now=NOW)
    rig.nodes["b"].away = False
    again = rig.begin(replace(rig.plan("a", "b", waves=2), ticket="again"))
    assert Turn.DONE is rig.drive(again)


def test_a_rollout_ends_between_two_steps_when_it_is_told_to(rig: Rig) -> None:
    """Also while it is driven: the step under way is finished, the next is not begun."""
    rollout = rig.begin(rig.plan("a", "b", waves=2))

    def give_up() -> None:
        if any(one.kind is OrderKind.CARRY for one in orders(rig, rollout)):
            rig.clock.beside = rig.obey
            rig.desk.abandon(OPERATOR, rollout, now=rig.clock.now())
        rig.obey()

    rig.clock.beside = give_up
    assert Turn.DONE is rig.drive(rollout)
    assert "abandoned" == rig.show(rollout).head.state
    assert (BOTH_ROOTS, OLD.pem) == (rig.file("a"), rig.file("b"))
