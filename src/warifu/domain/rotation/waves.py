"""From an order of steps to waves: what repairs comes first, what removes comes last, what interrupts in batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from warifu.domain.estate import Estate, Loading, Service, SlotState
from warifu.domain.rotation.plan import Outage, Wave
from warifu.domain.rotation.step_chains import Placed, make_chains
from warifu.domain.rotation.steps import REMOVING, Load, Step, Switch


def build_waves(
    placed: Iterable[Placed],
    estate: Estate,
    seen: Mapping[str, SlotState],
    why: Mapping[str, str],
    *,
    first: int,
) -> tuple[Wave, ...]:
    """Return the waves, numbered from `first`, each unit's steps of a wave as one chain."""
    chains = make_chains(placed, estate, seen, why)
    interrupting = any(service.loading is Loading.RESTART for service in estate.services.values())
    waves: list[Wave] = []
    returns = True
    for level in sorted(chains):
        for batch in _batches(chains[level], estate) if interrupting else [tuple(chains[level])]:
            kinds = _kinds(batch)
            no_return = returns and not kinds.isdisjoint(REMOVING)  # it takes the first anchor away for good
            returns = returns and not no_return
            waves.append(Wave(first + len(waves), _purpose(kinds), batch, no_return=no_return))
    return tuple(waves)


def purpose_of(chains: Sequence[tuple[Step, ...]]) -> str:
    """Return what a wave is for, by the weightiest of its steps."""
    return _purpose(_kinds(chains))


def _kinds(chains: Sequence[tuple[Step, ...]]) -> set[str]:
    return {step.kind if isinstance(step, Switch) else "load" for chain in chains for step in chain}


def _purpose(kinds: set[str]) -> str:
    if kinds & REMOVING:
        return "switch" if kinds & {"switch-identity", "put-back"} else "retire"
    if kinds & {"switch-identity", "put-back"}:
        return "switch"
    return "trust" if "add-anchor" in kinds else "settle"


def _batches(chains: Sequence[tuple[Step, ...]], estate: Estate) -> list[tuple[tuple[Step, ...], ...]]:
    """Split what interrupts a group: one canary with all that interrupts nobody, then lanes of the rest.

    In a lane one service follows another; a group has as many lanes as it allows to be
    unavailable at once. Chains that interrupt several groups share their lanes.
    """
    if not any(_interrupts(step) for chain in chains for step in chain):
        return [tuple(chains)]
    calm = [chain for chain in chains if not any(_interrupts(step) for step in chain)]
    loud = [chain for chain in chains if any(_interrupts(step) for step in chain)]
    home = groups_of(estate)
    bundles: dict[str, list[tuple[Step, ...]]] = {}
    leader: dict[str, str] = {}

    def find(name: str) -> str:
        while name in leader:
            name = leader[name]
        return name

    for chain in loud:
        names = [find(name) for name in _homes(chain, estate, home)]
        for name in names[1:]:
            if find(name) != find(names[0]):
                leader[find(name)] = find(names[0])
    for chain in loud:
        bundles.setdefault(find(_homes(chain, estate, home)[0]), []).append(chain)
    canaries: list[tuple[Step, ...]] = []
    rest: list[tuple[Step, ...]] = []
    for name, members in bundles.items():
        canaries.append(members[0])
        group = estate.groups.get(name)
        width = max(1, group.max_unavailable) if group and name not in leader.values() else 1
        lanes: list[list[Step]] = [[] for _ in range(min(width, len(members) - 1))]
        for number, chain in enumerate(members[1:]):
            lanes[number % len(lanes)] += chain
        rest += [tuple(lane) for lane in lanes]
    batches = [(*calm, *canaries)]
    return [*batches, tuple(rest)] if rest else batches


def groups_of(estate: Estate) -> dict[str, tuple[str, ...]]:
    """Return the groups of each service."""
    found: dict[str, tuple[str, ...]] = {}
    for group in estate.groups.values():
        for service in group.services:
            found[service] = (*found.get(service, ()), group.name)
    return found


def _homes(chain: tuple[Step, ...], estate: Estate, home: Mapping[str, tuple[str, ...]]) -> list[str]:
    found: list[str] = []
    for step in chain:
        if _interrupts(step) and isinstance(step, (Switch, Load)):
            service = estate.slots[step.slot].service
            found += home.get(service) or (f"service {service}",)
    return list(dict.fromkeys(found))


def _interrupts(step: Step) -> bool:
    return isinstance(step, (Switch, Load)) and step.interrupts


def find_outages(waves: Iterable[Wave], estate: Estate) -> tuple[Outage, ...]:
    """Return the services that are interrupted with nobody to stand in for them."""
    home = groups_of(estate)
    steps: dict[str, list[Switch | Load]] = {}
    for wave in waves:
        for step in wave.steps:
            if isinstance(step, (Switch, Load)) and step.interrupts:
                steps.setdefault(estate.slots[step.slot].service, []).append(step)
    outages = []
    for name, mine in steps.items():
        groups = [estate.groups[group] for group in home.get(name, ())]
        if groups and all(group.max_unavailable < len(group.services) for group in groups):
            continue
        length = sum((step.takes for step in mine), timedelta())
        outages.append(
            Outage(name, tuple(step.id for step in mine), length, groups[0].name if groups else "")
        )
    return tuple(outages)


def interrupted(wave: Wave, estate: Estate) -> tuple[Service, ...]:
    """Return the services that a wave interrupts."""
    names = {
        estate.slots[step.slot].service: None
        for step in wave.steps
        if isinstance(step, (Switch, Load)) and step.interrupts
    }
    return tuple(estate.services[name] for name in names)
