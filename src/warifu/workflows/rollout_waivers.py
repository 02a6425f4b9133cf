"""Nodes that a rollout goes on without, by somebody's word, for a while: they never vanish from what is told.

While a waiver lasts the node's own steps are left where they stand and its connections are out of the proof; once it
has ended they are back, and block their wave again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from warifu.domain.estate import Estate
from warifu.domain.rotation.pairs import is_waived
from warifu.domain.rotation.plan import Plan, Waiver, Wave
from warifu.domain.rotation.steps import Issue, Step
from warifu.errors import WarifuError
from warifu.ports.journals import Row
from warifu.wire.document import from_plain, to_plain

WAIVED: Final = "waived"
"""The kind of a journal's row that waives a node."""


def waiver_row(waiver: Waiver) -> tuple[str, str, Mapping[str, object]]:
    """Return kind, step and data of a row that waives a node."""
    return WAIVED, "", {"waiver": to_plain(waiver)}


def waivers_in(rows: Iterable[Row]) -> tuple[Waiver, ...]:
    """Return every waiver that a journal tells of, the last of each node."""
    found: dict[str, Waiver] = {}
    for row in rows:
        if row.kind == WAIVED:
            try:
                waiver: Waiver = from_plain(Waiver, row.data.get("waiver"))
            except WarifuError:
                continue
            found[waiver.subject] = waiver
    return tuple(found.values())


def without(plan: Plan, estate: Estate, waivers: Iterable[Waiver], now: datetime) -> Plan:
    """Return what is left of a plan while these waivers last."""
    lasting = tuple(one for one in waivers if one.expires > now and one.subject in estate.nodes)
    if not lasting:
        return plan
    nodes = {one.subject for one in lasting}
    gone = {name for name, connection in estate.connections.items() if is_waived(estate, connection, nodes)}
    basis = {slot: values for slot, values in plan.basis.items() if estate.node_of(slot).name not in nodes}
    owed = tuple(name for name in plan.proof.owed if name not in gone)
    return replace(
        plan,
        waves=tuple(_wave(wave, estate, nodes) for wave in plan.waves),
        basis=basis,
        proof=replace(plan.proof, owed=owed),
        waivers=(*plan.waivers, *lasting),
    )


def _wave(wave: Wave, estate: Estate, nodes: set[str]) -> Wave:
    chains = (tuple(step for step in chain if not _is_left(step, estate, nodes)) for chain in wave.chains)
    return replace(wave, chains=tuple(chain for chain in chains if chain))


def _is_left(step: Step, estate: Estate, nodes: set[str]) -> bool:
    if not isinstance(step, Issue):
        return step.node in nodes
    users = {estate.node_of(slot).name for slot in step.slots} or {step.node}
    return users <= nodes
