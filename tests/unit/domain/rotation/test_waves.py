"""Steps become waves: kinds, purposes, batches of what interrupts, and outages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.built_estates import EstateBuilder, shown, trusted
from support.pki import make_ca
from warifu.domain.estate import Group, IdentityValue, Loading, TrustValue, Value
from warifu.domain.rotation.plan import Wave
from warifu.domain.rotation.step_chains import kind_of
from warifu.domain.rotation.steps import Load, Switch
from warifu.domain.rotation.units import Unit
from warifu.domain.rotation.waves import build_waves, find_outages, interrupted, purpose_of

ROOT = make_ca("Root")
WEB = ROOT.leaf("web.example")


def store(anchors: str, *crls: str) -> TrustValue:
    return TrustValue(tuple(anchors), crls)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ((store("a"),), store("ab"), "add-anchor"),
        ((store("ab"),), store("b"), "remove-anchor"),
        ((store("a"),), store("b"), "replace-anchor"),
        ((store("ab"), store("a")), store("ab"), "add-anchor"),
        ((store("ab"), store("ac")), store("ab"), "replace-anchor"),
        ((store("a", "old"),), store("a", "new"), "replace-crl"),
        ((store("ab"),), store("ba"), "add-anchor"),
        ((IdentityValue("one"),), IdentityValue("two"), "switch-identity"),
    ],
)
def test_a_step_is_told_by_what_comes_and_what_goes(
    before: tuple[Value, ...], after: Value, kind: str
) -> None:
    """From every value the slot may hold: what any of them has more goes, what any of them lacks comes."""
    assert kind == kind_of(before, after)


def step(slot: str, kind: str = "add-anchor", *, interrupts: bool = False) -> Switch:
    return Switch(
        id=f"{slot}-{kind}",
        why="x",
        kind=kind,
        slot=slot,
        node="here",
        before=(),
        after=trusted(ROOT),
        interrupts=interrupts,
    )


LOAD = Load(id="l", why="x", slot="s", node="here", before=(), after=trusted(ROOT))


@pytest.mark.parametrize(
    ("kinds", "purpose"),
    [
        ((), "settle"),
        (("add-anchor",), "trust"),
        (("add-anchor", "switch-identity"), "switch"),
        (("put-back",), "switch"),
        (("remove-anchor", "add-anchor"), "retire"),
        (("replace-anchor", "switch-identity"), "switch"),
        (("replace-crl",), "settle"),
    ],
)
def test_the_weightiest_step_says_what_a_wave_is_for(kinds: tuple[str, ...], purpose: str) -> None:
    """Loading what lies there settles; trust comes, identities switch, trust goes."""
    assert purpose == purpose_of(((LOAD,), *((step("s", kind),) for kind in kinds)))


def four(loading: Loading = Loading.RESTART) -> EstateBuilder:
    place = EstateBuilder()
    for number in range(4):
        place.presents(f"web-{number}", WEB, loading=loading)
    return place


def test_a_service_is_out_unless_every_group_of_it_has_others() -> None:
    """Alone, or in a group that may be unavailable as a whole, an interruption is an outage; otherwise none."""
    place = four()
    place.groups = {
        "pair": Group("pair", ("web-0", "web-1")),
        "whole": Group("whole", ("web-1", "web-2"), 2),
    }
    wave = Wave(1, "switch", tuple((step(f"web-{n}/tls", interrupts=True),) for n in range(4)))
    found = {outage.service: outage.group for outage in find_outages([wave], place.estate)}
    assert {"web-1": "pair", "web-2": "whole", "web-3": ""} == found
    assert ["web-0", "web-1", "web-2", "web-3"] == [one.name for one in interrupted(wave, place.estate)]
    calm = replace(wave, chains=((step("web-3/tls"),),))
    assert ((), ()) == (find_outages([calm], place.estate), interrupted(calm, place.estate))


def test_an_identity_of_a_service_is_known_by_what_is_shown() -> None:
    """The value a slot presents is no trust store, whatever it held before."""
    assert "switch-identity" == kind_of((trusted(ROOT),), shown(WEB))


def test_a_wave_in_which_nothing_changes_has_no_chain() -> None:
    """A slot that waits at a position while waves pass has steps only where its value changes."""
    place = EstateBuilder()
    place.trusts("app", ROOT)
    way = ((store("a"),), (store("a"),), (store("ab"),))
    unit = Unit(("app/trust",), ((way,),))
    waves = build_waves([(unit, (way,), (1, 2))], place.estate, {}, {}, first=1)
    assert [[("app/trust#2", store("ab"))]] == [[(s.id, s.after) for s in wave.steps] for wave in waves]  # type: ignore[union-attr]  # switches
