"""Where a rollout on a server stands: waves, steps, who keeps it from going on and why, and what was seen by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from warifu.domain.estate import Estate
from warifu.domain.findings import Finding
from warifu.domain.rotation.plan import Plan, Waiver
from warifu.domain.rotation.progress import Happened, Progress, replay
from warifu.domain.rotation.steps import Issue
from warifu.errors import WarifuError
from warifu.ports.journals import RolloutHead, Row
from warifu.ports.registry import Books
from warifu.wire.document import from_plain
from warifu.wire.evidence import Evidence, decode
from warifu.wire.journal import to_events
from warifu.workflows.far import called
from warifu.workflows.node_evidence import signer_of
from warifu.workflows.rollout_waivers import waivers_in, without
from warifu.workflows.rollouts import owner_of_step
from warifu.workflows.server_rollouts import BLOCKED, HALTED, is_halted

_FOR_OWNERS = frozenset(
    {"rollout.waiting-for-owner", "rollout.waiting-for-leaf", "rollout.waiting-for-witness"}
)
_ONWARD = frozenset({Happened.WAVE_OPENED, Happened.INTENDED, Happened.DONE, Happened.ENDED})


@dataclass(frozen=True, slots=True)
class Blocker:
    """Who keeps a rollout from going on, and why.

    Args:
        who: a node, an owner, or what else has a name.
        why: code of an error or a finding, filled from `values`.
        step: which step it is about; empty when it is about the wave.
    """

    who: str
    why: str
    values: Mapping[str, str] = field(default_factory=dict)
    step: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """Evidence with who is known to have signed it.

    Args:
        node: the node that it is about, as the server knows it; empty where no agent looks after it.
        signed_by: SHA-256 (hex) of the identity whose signature verifies; empty where none does.
    """

    step: str
    evidence: Evidence
    node: str = ""
    signed_by: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a rollout stands."""

    head: RolloutHead
    plan: Plan
    progress: Progress
    blockers: tuple[Blocker, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    seen: tuple[Sight, ...] = ()
    halted: bool = False


def standing_of(books: Books, rollout: str, plan: Plan, estate: Estate, now: datetime) -> Standing:
    """Return where a rollout stands, its evidence verified anew."""
    head, rows = books.rollouts.head(rollout), books.rows.rows(rollout)
    events = to_events((row.at, row.kind, row.step, row.data) for row in rows)
    progress = replay(plan, events)
    waivers = waivers_in(rows)
    left = without(plan, estate, waivers, now)
    blockers = () if progress.ended else tuple(_blockers(rows, replay(left, events), estate))
    return Standing(
        head,
        plan,
        progress,
        blockers,
        waivers,
        tuple(_sights(books, rows, plan, estate)),
        is_halted(rows) and not progress.ended,
    )


def _sights(books: Books, rows: Sequence[Row], plan: Plan, estate: Estate) -> Iterator[Sight]:
    nodes = {step.id: called(estate, step.node) for step in plan.steps}
    for row in rows:
        if row.kind != Happened.EVIDENCE:
            continue
        values = row.data.get("values")
        text = values.get("evidence", "[]") if isinstance(values, Mapping) else "[]"
        for one in _decoded(str(text)):
            node = nodes.get(row.step, "")
            signer = signer_of(books, one, node) if node and one.signature else None
            signed_by = "" if signer is None else signer.certificate.fingerprint.hex
            yield Sight(row.step, one, node, signed_by)


def _decoded(text: str) -> tuple[Evidence, ...]:
    try:
        return decode(text)
    except WarifuError:
        return ()


def _blockers(rows: Sequence[Row], progress: Progress, estate: Estate) -> Iterator[Blocker]:
    steps = {step.id: step for step in progress.plan.steps}
    named: set[tuple[str, str]] = set()
    for block in progress.blocked():
        step = steps[block.step]
        who = block.values.get("owner") or block.values.get("node")
        if not who and block.why in _FOR_OWNERS:
            who = owner_of_step(estate, step)
        node = "" if isinstance(step, Issue) else step.node
        yield Blocker(who or node or step.node, block.why, block.values, block.step)
        named.add((block.why, block.step))
    for one in _noted(rows, estate):
        if (one.why, one.values.get("step", "")) not in named:
            yield one


def _noted(rows: Sequence[Row], estate: Estate) -> Iterator[Blocker]:
    """Tell what the last try met, unless something went on since."""
    for row in reversed(rows):
        if row.kind in _ONWARD:
            return
        if row.kind in (BLOCKED, HALTED):
            break
    else:
        return
    findings = tuple(_findings(row.data.get("findings")))
    for finding in findings:
        evidence = {name: str(value) for name, value in finding.evidence.items()}
        for who in _who(finding.subject, estate):
            yield Blocker(who, finding.code.value, {**evidence, "subject": finding.subject})
    why, values = str(row.data.get("why", "")), row.data.get("values")
    if not findings and why != "rollout.waiting" and isinstance(values, Mapping):
        told = {str(name): str(value) for name, value in values.items()}
        yield Blocker(told.get("node", ""), why, told)


def _findings(plain: object) -> Iterable[Finding]:
    for one in plain if isinstance(plain, list) else ():
        try:
            finding: Finding = from_plain(Finding, one)
        except WarifuError:
            continue
        yield finding


def _who(subject: str, estate: Estate) -> tuple[str, ...]:
    """Return the nodes that a finding is about: of a slot, a connection, or the node itself."""
    if subject in estate.slots:
        return (estate.node_of(subject).name,)
    connection = estate.connections.get(subject)
    if connection is not None:
        services = [name for name in connection.servers if name in estate.services]
        return tuple(dict.fromkeys(estate.services[name].node for name in services)) or (subject,)
    return (subject,)
