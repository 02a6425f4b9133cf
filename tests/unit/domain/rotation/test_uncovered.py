"""A slot that no connection uses is proven for nobody, and a plan that changes it says so."""

from __future__ import annotations

from dataclasses import replace

from support.estate_texts import SMALL, estate_of
from warifu.domain.estate import TrustValue
from warifu.domain.findings import Code, Severity
from warifu.domain.rotation.steps import Adopt, Step, Switch
from warifu.domain.rotation.uncovered import find_uncovered

OLD, NEW = TrustValue(("a" * 64,)), TrustValue(("b" * 64,))


def steps(*slots: str) -> list[Step]:
    return [
        Switch(id=f"{slot}#1", why="x", kind="add-anchor", slot=slot, node="n", before=(OLD,), after=NEW)
        for slot in slots
    ]


def test_every_changed_slot_outside_the_connections_is_named_once() -> None:
    """One warning names them all, in order; slots that only get ready are not meant."""
    estate = replace(estate_of(SMALL), connections={})
    adopting = Adopt(id="adopt:web/tls", why="x", slot="web/tls", node="n", value=OLD)
    (found,) = find_uncovered([*steps("web/clients", "app/up", "app/up"), adopting], estate)
    assert (Code.UNCOVERED_SLOT, Severity.WARNING) == (found.code, found.severity)
    assert {"slots": "app/up, web/clients"} == dict(found.evidence)


def test_a_slot_of_any_side_of_a_connection_is_covered() -> None:
    """Presenting and judging, on either side, are what a proof is made of."""
    estate = estate_of(SMALL)
    assert [] == list(find_uncovered(steps(*estate.slots), estate))
