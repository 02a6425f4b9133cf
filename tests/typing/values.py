"""What callers may rely on of the public types. Never run: mypy reads it in `./run check`, pyright in `./run typing`.

Each function states one promise; a change that breaks a caller's types breaks one of them. The closed unions end
in `assert_never`, so that a new member is met here before any caller meets it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import assert_never, assert_type

from warifu.domain.estate import (
    ByAgent,
    ByHand,
    Estate,
    IdentitySlot,
    IdentityValue,
    Local,
    Node,
    Observed,
    Slot,
    SlotState,
    Ssh,
    TrustSlot,
    TrustValue,
    Value,
)
from warifu.domain.findings import Code, Finding, Lang, rank, title
from warifu.domain.rotation.outcome import Answer, Needs, NoneExists, Planned, Refused, Undecided
from warifu.domain.rotation.plan import Plan
from warifu.domain.rotation.planning import Request, make_plan
from warifu.domain.rotation.steps import Adopt, Issue, Load, Step, Switch
from warifu.domain.trust import Context, Outcome, PathQuestion, Verdict, judge
from warifu.domain.x509 import Certificate, PrivateKey, Reading, Sha256, read


def reading_gives_values_and_what_was_lost(data: bytes) -> None:
    reading = read(data)
    assert_type(reading, Reading)
    assert_type(reading.certificates, tuple[Certificate, ...])
    assert_type(reading.findings, tuple[Finding, ...])


def a_fingerprint_is_parsed_once(text: str, certificate: Certificate) -> bool:
    wanted = Sha256.parse(text)
    assert_type(certificate.fingerprint, Sha256)
    assert_type(certificate.not_after, datetime)
    return wanted == certificate.fingerprint


def a_key_gives_bytes_only_by_name(key: PrivateKey, passphrase: bytes) -> None:
    assert_type(key.to_pkcs8(), bytes)
    assert_type(key.to_encrypted_pkcs8(passphrase), bytes)


def a_verdict_carries_every_finding(chain: tuple[Certificate, ...], context: Context) -> str:
    verdict = judge(chain, chain[-1:], context)
    assert_type(verdict, Verdict)
    assert_type(verdict.outcome, Outcome)
    assert_type(rank(verdict.findings), tuple[Finding, ...])
    return "\n".join(title(finding, Lang.EN) for finding in verdict.findings)


def a_finding_has_a_code(finding: Finding) -> Code:
    return finding.code


def planning_answers_in_one_of_five_ways(request: Request) -> str:
    answer: Answer = make_plan(request)
    match answer:
        case Planned(plan):
            assert_type(plan, Plan)
            return plan.id
        case Refused(findings):
            assert_type(findings, tuple[Finding, ...])
            return str(len(findings))
        case NoneExists():
            return answer.broken
        case Undecided(why):
            assert_type(why, str)
            return why
        case Needs(questions):
            assert_type(questions, tuple[PathQuestion, ...])
            return str(len(questions))
        case _:
            assert_never(answer)


def a_step_is_one_of_four(step: Step) -> str:
    match step:
        case Issue() | Adopt() | Switch() | Load():
            return step.id
        case _:
            assert_never(step)


def a_slot_holds_what_it_is_for(slot: Slot, state: SlotState) -> str:
    assert_type(state.values, tuple[Value, ...])
    match slot:
        case IdentitySlot():
            return slot.certificate
        case TrustSlot():
            return slot.anchors
        case _:
            assert_never(slot)


def a_value_is_an_identity_or_anchors(value: Value) -> str:
    match value:
        case IdentityValue():
            return value.leaf
        case TrustValue():
            return ",".join(value.anchors)
        case _:
            assert_never(value)


def a_node_is_reached_in_one_of_four_ways(node: Node) -> str:
    match node.reach:
        case Local():
            return "here"
        case Ssh():
            return node.reach.destination
        case ByHand():
            return node.reach.platform
        case ByAgent():
            return node.reach.name
        case _:
            assert_never(node.reach)


def what_was_observed_is_read_only(estate: Estate, observed: Observed) -> Callable[[str], SlotState | None]:
    assert_type(estate.nodes, Mapping[str, Node])
    assert_type(observed.held, Mapping[str, bool])
    return observed.slots.get
