"""Proves what remains of a plan from what is seen now, and puts issued certificates in place of templates."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime

from warifu.domain.estate import Estate, IdentityValue, Observed, Value
from warifu.domain.rotation.board import Board, set_up_board
from warifu.domain.rotation.certificates import Certificates, Memory
from warifu.domain.rotation.judge import Judge
from warifu.domain.rotation.outcome import Needs
from warifu.domain.rotation.pairs import list_pairs
from warifu.domain.rotation.plan import Plan, Wave
from warifu.domain.rotation.planning import ground_of, questions_of, survey
from warifu.domain.rotation.proof import Breaking, Safe, prove
from warifu.domain.rotation.steps import Load, Step, Switch
from warifu.domain.rotation.trusting import TrustOracle, anchors_among, looks_at_serials
from warifu.domain.rotation.units import build_units


def with_bytes(plan: Plan, issued: Mapping[str, IdentityValue]) -> Plan:
    """Return the plan with what came in place of its templates.

    Args:
        issued: by `template:` id, the leaf (SHA-256 hex) and the chain to send with it.
    """
    if not issued:
        return plan

    def arrived(value: Value) -> Value:
        return issued.get(value.leaf, value) if isinstance(value, IdentityValue) else value

    def settled(step: Step) -> Step:
        if isinstance(step, (Switch, Load)):
            before = tuple(arrived(value) for value in step.before)
            return step._replace(before=before, after=arrived(step.after))
        return step

    waves = tuple(
        replace(wave, chains=tuple(tuple(settled(step) for step in chain) for chain in wave.chains))
        for wave in plan.waves
    )
    return replace(plan, waves=waves)


def left_of(plan: Plan, done: AbstractSet[str]) -> tuple[Wave, ...]:
    """Return the waves without the steps that are done; a wave with none left stays, empty, so numbers hold."""
    return tuple(
        replace(
            wave, chains=tuple(tuple(step for step in chain if step.id not in done) for chain in wave.chains)
        )
        for wave in plan.waves
    )


def prove_remaining(  # noqa: PLR0913  # everything a proof stands on, by name
    plan: Plan,
    estate: Estate,
    observed: Observed,
    done: AbstractSet[str],
    now: datetime,
    *,
    answers: Mapping[str, bool] | None = None,
    engines: frozenset[str] = frozenset(),
    issued: Mapping[str, IdentityValue] | None = None,
    memory: Memory | None = None,
) -> Safe | Breaking | Needs:
    """Prove the waves that remain from the sets that slots may hold now.

    What was owed when the plan was made stays owed, also while it fails; what was broken then
    need only hold in the end; a connection that is new is owed when it holds.

    Args:
        done: ids of steps that are proven.
        issued: by `template:` id, what came.
    """
    current = with_bytes(plan, issued or {})
    waived = {waiver.subject for waiver in plan.waivers if waiver.expires > now}
    pairs = list_pairs(estate, leave_out=waived)
    units = build_units(estate, observed, {})
    oracle = TrustOracle(
        Certificates(observed.certificates, plan.templates, memory),
        observed.crls,
        now=now,
        answers={**plan.answers, **(answers or {})},
        engines=engines,
        looks_at_serials=looks_at_serials(estate, observed),
        pinned=anchors_among(
            observed, (step.after for step in current.steps if isinstance(step, (Switch, Load)))
        ),
    )
    board = set_up_board(units, pairs, Judge(oracle), observed)
    survey(board, observed)
    _keep_owed(board, plan)
    ground = ground_of(board)
    verdict = prove(left_of(current, done), replace(ground, goal=_goals(board, plan)), pairs, board.judge)
    open_questions = questions_of(board.judge.asked())
    return Needs(open_questions) if open_questions else verdict


def _keep_owed(board: Board, plan: Plan) -> None:
    owed, broken = set(plan.proof.owed), set(plan.proof.broken)
    for number, name in enumerate(board.pairs.connections):
        if name in owed:
            board.owed[number] = 1
        elif name in broken:
            board.owed[number] = 0


def _goals(board: Board, plan: Plan) -> bytearray:
    """What is owed must hold in the end, and so must what the plan touches."""
    touched = {step.slot for step in plan.steps if isinstance(step, (Switch, Load))}
    slots = {number for name, number in board.pairs.slots.items() if name in touched}
    wanted = bytearray(board.owed)
    pairs = board.pairs
    for one, two, connection in zip(pairs.presenter, pairs.acceptor, pairs.connection, strict=True):
        if one in slots or two in slots:
            wanted[connection] = 1
    return wanted
