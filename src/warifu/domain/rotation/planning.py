"""Makes a plan: wish, survey, search, waves, proof.

Nothing here runs an engine or reads a clock: what must be asked first is an answer too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from itertools import compress

import numpy as np

from warifu.domain.estate import (
    ByHand,
    Estate,
    IdentitySlot,
    Observed,
    Template,
    TrustSlot,
    TrustValue,
    Value,
)
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.rotation.board import Board, set_up_board
from warifu.domain.rotation.certificates import Certificates, Memory
from warifu.domain.rotation.change import Change
from warifu.domain.rotation.clash import Reasons, explain_conflict
from warifu.domain.rotation.columns import column, kept, mask, present
from warifu.domain.rotation.ends import list_facing
from warifu.domain.rotation.judge import Judge, Known
from warifu.domain.rotation.oracle import Acceptance, Oracle
from warifu.domain.rotation.order import Levels
from warifu.domain.rotation.outcome import Answer, Needs, NoneExists, Planned, Refused, Undecided
from warifu.domain.rotation.pairs import Pairs, is_waived, list_pairs
from warifu.domain.rotation.plan import Outage, Plan, Proof, Removal, Waiver, Wave
from warifu.domain.rotation.proof import Breaking, Ground, Safe, prove
from warifu.domain.rotation.search import Budget, Conflict, Exhausted, Found, Search
from warifu.domain.rotation.sessions import session_waits
from warifu.domain.rotation.steps import REMOVING, Adopt, Issue, Step, Switch
from warifu.domain.rotation.timing import place_late, repair_first
from warifu.domain.rotation.trusting import TrustOracle, anchors_among, digest_of, looks_at_serials
from warifu.domain.rotation.units import Position, Unit, build_units
from warifu.domain.rotation.waves import build_waves, find_outages
from warifu.domain.rotation.windows import next_opening, time_needed, windows_of
from warifu.domain.rotation.wish import Sources, Wish, read_wish
from warifu.domain.trust import PathQuestion
from warifu.domain.x509 import Certificate

ATTEMPTS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Everything that planning depends on.

    Args:
        answers: what engines said, by question digest.
        engines: consumers whose engines are at hand.
        issuer_chains: by issuer: its issuing certificate first, then those above it, root last.
        kept: values of backups, by digest.
        adopted: slots whose files are known to change in one instant already.
        outages: services whose owner allows an interruption.
        zones: by name, the time zones of the estate's windows.
        attempts: how many orders the search may try.
        memory: what earlier plannings with the same certificates worked out.
        oracle: answers instead of the trust core; tests and explanations use it.
    """

    estate: Estate
    observed: Observed
    changes: tuple[Change, ...]
    now: datetime
    answers: Mapping[str, bool] = field(default_factory=dict)
    engines: frozenset[str] = frozenset()
    waivers: tuple[Waiver, ...] = ()
    issuer_chains: Mapping[str, tuple[Certificate, ...]] = field(default_factory=dict)
    kept: Mapping[str, Value] = field(default_factory=dict)
    adopted: frozenset[str] = frozenset()
    outages: frozenset[str] = frozenset()
    attempts: int = ATTEMPTS
    zones: Mapping[str, tzinfo] = field(default_factory=dict)
    estate_digest: str = ""
    ticket: str = ""
    oracle: Oracle | None = None
    memory: Memory | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The pieces of one planning, for those who look deeper: explanations and proofs.

    Args:
        broken: pairs of connections that do not hold now.
        binding: pairs that demand something of the order under the usual courses.
    """

    board: Board
    wish: Wish
    reasons: Reasons | None
    certificates: Certificates
    broken: tuple[int, ...]
    binding: Sequence[int]
    questions: tuple[PathQuestion, ...]


def make_plan(request: Request) -> Answer:
    """Return a proven plan, or why there is none.

    Raises:
        UsageError: `trust.profile-unknown`.
    """
    table = lay_out(request)
    if table.wish.refusals:
        return Refused(tuple(table.wish.refusals))
    if table.questions:
        return Needs(table.questions)
    board, budget = table.board, Budget(request.attempts)
    search = Search(board, budget)
    found = search.run(table.binding)
    if isinstance(found, Conflict):
        found = Search(board, budget).run(range(len(board.pairs)))
    if isinstance(found, Exhausted):
        return Undecided("rotation.budget-spent", (str(found.tried),))
    asked = _open_questions(board)
    if asked:
        return Needs(asked)
    if isinstance(found, Conflict):
        return explain_conflict(board, found, request.estate, table.reasons, table.binding)
    return _finish(request, table, found)


def lay_out(request: Request) -> Table:
    """Return the board of a request, with everything looked at once."""
    memory = request.memory or Memory()
    certificates, wish, units, pairs, known = _ground(request, memory)
    oracle, reasons = request.oracle, None
    if oracle is None:
        oracle = reasons = TrustOracle(
            certificates,
            request.observed.crls,
            now=request.now,
            answers=request.answers,
            engines=request.engines,
            looks_at_serials=looks_at_serials(request.estate, request.observed),
            pinned=known.pinned,
            first=known.first,
        )
    judge = Judge(oracle, None if reasons is None else known)
    board = set_up_board(units, pairs, judge, request.observed)
    if wish.refusals:
        return Table(board, wish, reasons, certificates, (), (), ())
    broken, binding = survey(board, request.observed)
    return Table(board, wish, reasons, certificates, broken, binding, _open_questions(board))


_Ground = tuple[Certificates, Wish, tuple[Unit, ...], Pairs, Known]


def _ground(request: Request, memory: Memory) -> _Ground:
    """Return what does not depend on answers; a request that differs only in these finds it in its memory."""
    parts = (request.estate, request.observed, request.changes, request.issuer_chains, request.kept)
    kept = memory.ground
    same = kept is not None and all(
        one is other or not (one or other) for one, other in zip(kept[0], parts, strict=True)
    )
    if kept is not None and same and kept[1] == (request.now, request.waivers):
        return kept[2]  # type: ignore[return-value]  # put there below
    known = dict(request.observed.certificates)
    for chain in request.issuer_chains.values():
        known.update({certificate.fingerprint.hex: certificate for certificate in chain})
    certificates = Certificates(known, memory=memory)
    facing = list_facing(request.estate)
    sources = Sources(
        request.estate,
        request.observed,
        certificates,
        request.now,
        request.issuer_chains,
        request.kept,
        facing,
    )
    wish = read_wish(request.changes, sources)
    units = build_units(request.estate, request.observed, wish.goals)
    waived = {waiver.subject for waiver in request.waivers if waiver.expires > request.now}
    pairs = list_pairs(request.estate, leave_out=waived, facing=facing)
    pinned = anchors_among(request.observed, (goal.value for goal in wish.goals.values()))
    ground = (certificates, wish, units, pairs, Known(pinned=pinned))
    memory.ground = (parts, (request.now, request.waivers), ground)
    return ground


def survey(board: Board, observed: Observed) -> tuple[tuple[int, ...], Sequence[int]]:
    """Settle what is owed; return the pairs of broken connections, and those that demand something.

    A connection that was not seen live is owed when every verdict on what is there says that it holds.
    """
    pairs, owed = board.pairs, board.owed
    matrices, numbers = board.class_matrices(), column(board.classes.numbers)
    binds = np.array([not matrix.is_free for matrix in matrices], np.bool_)
    fails = np.array([not (matrix.is_free or matrix.initial_holds) for matrix in matrices], np.bool_)
    binding = kept(np.flatnonzero(binds[numbers]))
    owner = column(pairs.connection)
    for connection in present(owner[fails[numbers]], len(pairs.connections)).tolist():
        if pairs.connections[connection] not in observed.held:
            owed[connection] = 0
    if all(owed):
        return (), binding
    return tuple(np.flatnonzero(~mask(owed)[owner]).tolist()), binding


def _open_questions(board: Board) -> tuple[PathQuestion, ...]:
    return questions_of(board.judge.asked())


def questions_of(verdicts: Sequence[Acceptance]) -> tuple[PathQuestion, ...]:
    """Return the questions that verdicts wait for, each once."""
    found: dict[str, PathQuestion] = {}
    for verdict in verdicts:
        for question in verdict.questions:
            found.setdefault(digest_of(question), question)
    return tuple(found.values())


def _finish(request: Request, table: Table, found: Found) -> Answer:
    board = table.board
    prepare = prepare_wave(request, table)
    late = place_late(board, found)
    placements = [
        repair_first(board, found, late, table.broken) if table.broken else late,
        found.levels,
    ]
    ground = ground_of(board)
    verdict: Safe | Breaking | None = None
    waves: tuple[Wave, ...] = ()
    for levels in placements:
        waves = (*prepare, *_waves(request, table, found, levels, first=len(prepare) + 1))
        verdict = prove(waves, ground, board.pairs, board.judge)
        if isinstance(verdict, Safe):
            break
    if not isinstance(verdict, Safe):
        return Undecided("rotation.proof-disagrees", (verdict.connection,) if verdict else ())
    if verdict.pending:
        return Needs(questions_of(verdict.pending))
    outages = find_outages(waves, request.estate)
    asked_for = [outage for outage in outages if outage.service not in request.outages]
    if asked_for:
        return Refused(tuple(_outage(outage) for outage in asked_for))
    touched = board.touched(column(found.levels.counts) > 0)
    modelled = tuple(
        board.pairs.connections[number] for number in sorted(verdict.modelled) if touched[number]
    )
    if modelled and request.oracle is None:
        return Undecided("rotation.modelled", modelled)
    unknown = find_unknown_clients(request, table)
    if unknown:
        return Undecided("rotation.unknown-trust", unknown)
    return Planned(_plan(request, table, waves, verdict, outages))


def find_unknown_clients(request: Request, table: Table) -> tuple[str, ...]:
    """Return connections whose server's identity is to change while nobody knows what their client trusts."""
    waived = {waiver.subject for waiver in request.waivers if waiver.expires > request.now}
    unknown = [one for one in request.estate.connections.values() if one.unknown_trust]
    moved = {name for name, goal in table.wish.goals.items() if unknown and goal.identity is not None}
    return tuple(
        connection.name
        for connection in unknown
        if not moved.isdisjoint(connection.server_identities)
        and not is_waived(request.estate, connection, waived)
    )


def _waves(request: Request, table: Table, found: Found, levels: Levels, *, first: int) -> tuple[Wave, ...]:
    units, courses = table.board.units, found.courses
    placed = ((units[unit], units[unit].courses[courses.get(unit, 0)], line) for unit, line in levels.lines())
    return build_waves(placed, request.estate, request.observed.slots, table.wish.why, first=first)


def prepare_wave(request: Request, table: Table) -> tuple[Wave, ...]:
    """Return the wave that issues and adopts, and loads nothing; none where there is nothing to prepare."""
    estate = request.estate
    chains: list[tuple[Step, ...]] = []
    for identity, (issuer, slots) in table.wish.issues.items():
        template = table.wish.templates[f"template:{identity}"]
        node = estate.node_of(slots[0]).name
        chains.append(
            (
                Issue(
                    id=f"issue:{identity}",
                    why="rotation.why-issue",
                    identity=identity,
                    node=node,
                    slots=slots,
                    issuer=issuer,
                    template=template,
                ),
            )
        )
    for name, goal in table.wish.goals.items():
        slot = estate.slots[name] if goal.identity is not None else None
        if not isinstance(slot, IdentitySlot) or len(slot.files) < 2:
            continue
        state = request.observed.slots.get(name)
        if state is None or state.on_disk is None or isinstance(estate.node_of(name).reach, ByHand):
            continue
        if name in request.adopted:
            continue
        chains.append(
            (
                Adopt(
                    id=f"adopt:{name}",
                    why="rotation.why-adopt",
                    slot=name,
                    node=estate.node_of(name).name,
                    value=state.on_disk,
                ),
            )
        )
    return (Wave(1, "prepare", tuple(chains)),) if chains else ()


def ground_of(board: Board) -> Ground:
    """Return what a proof stands on: the sets as observed, and what is owed."""
    siblings = {
        name: tuple(other for other in unit.slots if other != name)
        for unit in board.units
        if len(unit.slots) > 1
        for name in unit.slots
    }
    return Ground(board.values, siblings, board.owed, board.seen, board.goals())


def _outage(outage: Outage) -> Finding:
    evidence = {"steps": outage.steps, "seconds": int(outage.length.total_seconds())}
    return Finding(Code.OUTAGE_NOT_ALLOWED, outage.service, evidence)


def _plan(
    request: Request, table: Table, waves: Sequence[Wave], verdict: Safe, outages: tuple[Outage, ...]
) -> Plan:
    board = table.board
    timed = tuple(
        replace(
            wave,
            good_until=until,
            waits=(*session_waits(wave, request.estate), *_window_waits(wave, request)),
        )
        for wave, until in zip(waves, verdict.good_until, strict=True)
    )
    names = board.pairs.connections
    broken = tuple(names[number] for number in np.flatnonzero(~mask(board.owed)).tolist())
    waivers = tuple(waiver for waiver in request.waivers if waiver.expires > request.now)
    proof = Proof(
        mixtures=verdict.mixtures,
        owed=tuple(compress(names, board.owed)),
        broken=broken,
        waived=_left_out(request.estate, names),
        engines=Counter(engine for verdict in board.judge.verdicts() for engine in verdict.engines),
    )
    remarks = [Finding(Code.BROKEN_NOW, name, {}, Severity.WARNING) for name in broken]
    made = Plan(
        id="",
        estate=request.estate.name,
        estate_digest=request.estate_digest,
        made=request.now,
        changes=request.changes,
        waves=timed,
        basis=basis_of(board, request.observed),
        proof=proof,
        good_until=min((wave.good_until for wave in timed if wave.good_until), default=None),
        templates=_templates(table),
        answers=dict(request.answers),
        waivers=waivers,
        outages=outages,
        findings=(*table.wish.remarks, *remarks),
        removals=tuple(_removals(request.estate, table.certificates, timed)),
        ticket=request.ticket,
    )
    return replace(made, id=f"plan-{request.now:%Y%m%dT%H%M%SZ}")


def _left_out(estate: Estate, names: Sequence[str]) -> tuple[str, ...]:
    """Return the connections that were waived."""
    if len(names) == len(estate.connections):
        return ()
    present = set(names)
    return tuple(name for name in estate.connections if name not in present)


def _window_waits(wave: Wave, request: Request) -> Iterator[str]:
    """Yield what a wave that interrupts waits for: the next opening of each group's windows."""
    for windows in windows_of(wave, request.estate):
        zones = request.zones
        opening = None
        if all(window.zone in zones for window in windows):
            opening = next_opening(windows, zones, request.now, time_needed(wave))
        names = ", ".join(window.name for window in windows)
        when = ""
        if opening is not None:
            zone = next(zones[window.zone] for window in windows if window.name == opening.window)
            opens, closes = opening.opens.astimezone(zone), opening.closes.astimezone(zone)
            when = f" ({opens.isoformat()} - {closes.isoformat()})"
        key = "rotation.wait-window"
        yield f"{key} {names}{when}"


def _removals(estate: Estate, certificates: Certificates, waves: Iterable[Wave]) -> Iterator[Removal]:
    """Yield every anchor that some step takes away; what goes is worked out once for steps that change alike."""
    gone: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for wave in waves:
        for step in wave.steps:
            if not isinstance(step, Switch) or step.kind not in REMOVING:
                continue
            slot = estate.slots[step.slot]
            assert isinstance(slot, TrustSlot)  # noqa: S101  # nothing else holds anchors
            known = gone.get((id(step.before), id(step.after)))
            if known is None:
                known = gone[id(step.before), id(step.after)] = list(_taken(step, certificates))
            yield from [Removal(step.slot, slot.store, key_id, name) for key_id, name in known]


def _taken(step: Switch, certificates: Certificates) -> Iterator[tuple[str, str]]:
    """Yield key id and fingerprint of each anchor that a step takes away."""
    held = dict.fromkeys(a for value in step.before if isinstance(value, TrustValue) for a in value.anchors)
    left = step.after.anchors if isinstance(step.after, TrustValue) else ()
    for name in held:
        if name not in left:
            certificate = certificates.get(name)
            key_id = certificate.subject_key_id if certificate else None
            yield key_id.hex if key_id else "", name


def _templates(table: Table) -> Mapping[str, Template]:
    return dict(table.wish.templates)


def basis_of(board: Board, observed: Observed) -> Mapping[str, Position]:
    """Return the sets that a proof starts from: of every slot in a pair, and every slot that moves."""
    pairs = board.pairs
    used = np.zeros(len(pairs.slots), np.bool_)
    used[column(pairs.presenter)] = True
    used[column(pairs.acceptor)] = True
    used |= board.moving()[column(board.unit_of)]
    chosen = used.tolist()
    held = zip(compress(pairs.slots, chosen), compress(board.values, chosen), strict=True)
    return {name: position for name, position in held if position or name in observed.slots}


__all__ = ["Answer", "NoneExists", "Request", "Table", "lay_out", "make_plan"]
