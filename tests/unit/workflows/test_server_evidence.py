"""A step is done when its node's signed, recent evidence carries it; everything else is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from support.far_desk import Far
from support.pki import NOW
from support.server_rig import OPERATOR, Rig
from warifu.wire.agent import Order, OrderAnswer, OrderKind
from warifu.wire.evidence import Evidence, Outcome
from warifu.wire.signed import Signed, open_signed, sign, vouch
from warifu.workflows.server_rollouts import Turn

Change = Callable[[tuple[Evidence, ...], Far], tuple[Evidence, ...]]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def rewriting(rig: Rig, change: Change) -> Callable[[Order, Signed], Signed]:
    """Have node `a` say something else of its steps than it saw, rightly signed by its own key."""

    def forge(order: Order, signed: Signed) -> Signed:
        if order.node != "a" or order.kind is not OrderKind.CARRY:
            return signed
        own = rig.nodes["a"].entity
        answer: OrderAnswer = open_signed(OrderAnswer, signed, own.value)
        changed = replace(answer, evidence=change(answer.evidence, rig.nodes["a"]))
        return sign(changed, own.value, own.private_key)

    return forge


def by(entity_of: Callable[[Far], Far], **fields: object) -> Change:
    """Change fields of each piece of evidence, and have somebody vouch for it."""

    def change(found: tuple[Evidence, ...], far: Far) -> tuple[Evidence, ...]:
        signer = entity_of(far).entity
        return tuple(
            vouch(replace(one, **fields), signer.value, signer.private_key)  # type: ignore[arg-type]
            for one in found
        )

    return change


def itself(far: Far) -> Far:
    return far


def unsigned(found: tuple[Evidence, ...], _far: Far) -> tuple[Evidence, ...]:
    return tuple(replace(one, signature="") for one in found)


def nothing(_found: tuple[Evidence, ...], _far: Far) -> tuple[Evidence, ...]:
    return ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (by(itself, at=NOW - timedelta(hours=1)), "rollouts.evidence-old"),
        (by(itself, at=NOW + timedelta(hours=1)), "rollouts.evidence-old"),
        (nothing, "rollouts.evidence-lacking"),
        (by(itself, value_digest="0" * 64), "rollouts.evidence-lacking"),
        (by(itself, slot="b/up"), "rollouts.evidence-lacking"),
        (by(itself, outcome=Outcome.NO), "rollouts.evidence-lacking"),
        (by(itself, outcome=Outcome.COULD_NOT_LOOK), "rollouts.evidence-lacking"),
    ],
)
def test_what_a_node_says_without_evidence_is_not_done(rig: Rig, change: Change, code: str) -> None:
    """The step stops, by name, until a person has looked and says go on; then it is proven anew."""
    rollout = rig.begin(rig.plan("a"))
    rig.forge = rewriting(rig, change)
    assert [Turn.HALTED, Turn.HALTED] == [rig.drive(rollout), rig.drive(rollout)]
    stands = rig.show(rollout)
    assert (True, "stopped", code) == (stands.halted, stands.progress.state("a/up#1"), stands.blockers[0].why)
    assert "a" == stands.blockers[0].who
    rig.forge = lambda _order, signed: signed
    rig.desk.resume(OPERATOR, rollout, now=rig.clock.now())
    assert Turn.DONE is rig.drive(rollout)


@pytest.mark.parametrize("change", [unsigned, "another node", "another key"])
def test_evidence_that_the_node_did_not_sign_is_not_even_taken(rig: Rig, change: object) -> None:
    """Neither unsigned nor signed by another node: its order stays open, and the step waits."""
    rollout = rig.begin(rig.plan("a"))
    other = rig.nodes["b"]
    forged = change if callable(change) else by(lambda _far: other)
    rig.forge = rewriting(rig, forged)
    if change == "another key":
        rig.forge = lambda order, signed: (
            replace(signed, signature=sign(order, other.entity.value, other.entity.private_key).signature)
            if order.kind is OrderKind.CARRY
            else signed
        )
    assert Turn.WAITS is rig.drive(rollout)
    assert {"agent.signature-wrong"} == {one.code for one in rig.refused}
    assert "waiting" == rig.show(rollout).progress.state("a/up#1")
    assert () == rig.show(rollout).seen


def test_another_node_s_answer_to_an_order_is_refused(rig: Rig) -> None:
    """Also when that node signs it as itself."""
    rollout = rig.begin(rig.plan("a"))
    other = rig.nodes["b"].entity

    def forge(order: Order, signed: Signed) -> Signed:
        answer: OrderAnswer = open_signed(OrderAnswer, signed, rig.nodes["a"].entity.value)
        del order
        return sign(replace(answer, evidence=()), other.value, other.private_key)

    rig.forge = forge
    assert Turn.WAITS is rig.drive(rollout)
    assert {"orders.not-yours"} == {one.code for one in rig.refused}


def test_what_is_shown_is_verified_anew(rig: Rig) -> None:
    """Evidence in the journal that somebody changed in the database shows as nobody's."""
    rollout = rig.begin(rig.plan("a"))
    rig.drive(rollout)
    signer = rig.nodes["a"].entity.value.fingerprint.hex
    assert {signer} == {one.signed_by for one in rig.show(rollout).seen}
    row = next(one for one in rig.journal.rows(rollout) if one.kind == "evidence")
    text = str(row.data["values"]["evidence"]).replace("each-use", "handshake")  # type: ignore[index]
    rig.journal.remark(rollout, "evidence", row.step, {"values": {"evidence": text}}, now=NOW)
    assert {signer, ""} == {one.signed_by for one in rig.show(rollout).seen}
