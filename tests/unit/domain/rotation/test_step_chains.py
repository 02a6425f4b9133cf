"""Steps of units: those that go the same way are made column by column, the others one by one, and nobody can tell."""

from __future__ import annotations

from typing import get_args

from support.built_estates import EstateBuilder
from support.pki import make_ca
from warifu.domain.estate import IdentityValue, Loading, SlotState, TrustValue
from warifu.domain.rotation.step_chains import RELOAD, RESTART, Placed, make_chains
from warifu.domain.rotation.steps import Load, Step, Switch
from warifu.domain.rotation.units import Track, Unit

ROOT = make_ca("Root")


def store(anchors: str) -> TrustValue:
    return TrustValue(tuple(anchors))


def identity(*leaves: str) -> Track:
    return tuple((IdentityValue(leaf),) for leaf in leaves)


def trust(*anchors: str) -> Track:
    return tuple((store(one),) for one in anchors)


def alone(slot: str, track: Track, *levels: int) -> Placed:
    return Unit((slot,), ((track,),)), (track,), levels


def estate() -> EstateBuilder:
    place = EstateBuilder()
    for number in range(4):
        loading = Loading.RESTART if number == 3 else Loading.RELOAD
        place.presents(f"web-{number}", ROOT.leaf(f"web-{number}.example"), loading=loading)
        place.trusts(f"app-{number}", ROOT)
    return place


def told(placed: list[Placed], **why: str) -> dict[int, list[list[tuple[str, str, str]]]]:
    """Return id, kind and reason of each step, by wave and chain."""
    reasons = {name.replace("_", "-") + "/tls": reason for name, reason in why.items()}
    made = make_chains(placed, estate().estate, {}, reasons)
    return {
        level: [
            [(step.id, step.kind if isinstance(step, Switch) else "load", step.why) for step in chain]
            for chain in made[level]
        ]
        for level in made
    }


def test_kinds_of_steps_are_never_equal() -> None:
    """As tuples of different lengths they cannot be."""
    kinds = get_args(Step)
    assert len(kinds) == len({len(kind._fields) for kind in kinds})


def test_chains_stand_in_the_order_of_units_whichever_way_they_were_made() -> None:
    """Two ways of trust, an identity, and a pair that shares its file, in turns: two waves keep their order."""
    one, two = trust("a", "ab", "b"), trust("c", "cd", "d")
    pair = (trust("a", "ab"), trust("b", "bc"))
    placed = [
        alone("app-0/trust", one, 1, 3),
        alone("app-1/trust", two, 1, 3),
        (Unit(("app-2/trust", "app-3/trust"), (pair,)), pair, (1,)),
        alone("app-0/trust", one, 1, 3),
        alone("web-0/tls", identity("x", "y"), 3),
        alone("app-1/trust", two, 1, 3),
    ]
    made = {
        level: [[step[0] for step in chain] for chain in chains] for level, chains in told(placed).items()
    }
    first = [["app-0/trust#1"], ["app-1/trust#1"]]
    last = [["app-0/trust#2"], ["app-1/trust#2"]]
    assert [*first, ["app-2/trust#1", "app-3/trust#1"], *first] == made[1]
    assert [last[0], last[1], last[0], ["web-0/tls#1"], last[1]] == made[3]


def test_steps_of_one_wave_are_one_chain() -> None:
    """Both steps of a slot in the same wave follow each other."""
    made = told([alone("app-0/trust", trust("a", "ab", "b"), 2, 2)])
    settle = "rotation.why-settle"
    chain = [("app-0/trust#1", "add-anchor", settle), ("app-0/trust#2", "remove-anchor", settle)]
    assert {2: [chain]} == made


def test_each_identity_keeps_its_own_values_node_and_reason() -> None:
    """Four identities on one way: values are their own; what is put back is called so; one of them restarts."""
    placed = [alone(f"web-{n}/tls", identity(f"old-{n}", f"new-{n}"), 1) for n in range(4)]
    put_back = {"web-1/tls": "rotation.why-put-back"}
    steps = [step for (step,) in make_chains(placed, estate().estate, {}, put_back)[1]]
    assert all(isinstance(step, Switch) for step in steps)
    told_steps = [
        (step.slot, step.node, step.kind, step.before, step.after, step.interrupts, step.takes, step.undo)
        for step in steps
        if isinstance(step, Switch)
    ]
    assert [
        (
            f"web-{n}/tls",
            estate().estate.node_of(f"web-{n}/tls").name,
            "put-back" if n == 1 else "switch-identity",
            (IdentityValue(f"old-{n}"),),
            IdentityValue(f"new-{n}"),
            n == 3,
            RESTART if n == 3 else RELOAD,
            True,
        )
        for n in range(4)
    ] == told_steps


def test_what_lies_on_disk_is_loaded_where_it_lies_there() -> None:
    """Of two slots on one track, that whose file holds the first value already loads it; the other one is written."""
    track: Track = ((store("a"), store("b")), (store("b"),))
    placed = [alone("app-0/trust", track, 1), alone("app-1/trust", track, 1)]
    seen = {"app-0/trust": SlotState("app-0/trust", store("b"), (store("a"),))}
    chains = make_chains(placed, estate().estate, seen, {})[1]
    assert [Load, Switch] == [type(step) for (step,) in chains]


def test_an_identity_that_is_loaded_elsewhere_already_is_looked_at_by_itself() -> None:
    """What comes is among what may be there: on disk it is loaded, otherwise written."""
    track: Track = ((IdentityValue("x"), IdentityValue("y")), (IdentityValue("y"),))
    seen = {"web-0/tls": SlotState("web-0/tls", IdentityValue("y"), (IdentityValue("x"),))}
    placed = [alone("web-1/tls", identity("a", "b"), 1), alone("web-0/tls", track, 1)]
    chains = make_chains(placed, estate().estate, seen, {})[1]
    assert [[Switch], [Load]] == [[type(step) for step in chain] for chain in chains]
