"""What a removal says that it waits for."""

from __future__ import annotations

from datetime import timedelta

from support.estate_texts import SMALL, estate_of
from warifu.domain.estate import TrustValue
from warifu.domain.estate.write import write_estate
from warifu.domain.rotation.plan import Wave
from warifu.domain.rotation.sessions import session_waits
from warifu.domain.rotation.steps import Switch

BOTH, LEFT = TrustValue(("a" * 64, "b" * 64)), TrustValue(("b" * 64,))
LASTING = SMALL.replace('reload = ["reload", "web"]', 'session-lifetime = "90m"')


def wave(slot: str, kind: str = "remove-anchor") -> Wave:
    step = Switch(id="1", why="x", kind=kind, slot=slot, node="n", before=(BOTH,), after=LEFT)
    return Wave(1, "retire", ((step,),))


def test_a_removal_on_either_side_waits_for_the_servers_sessions() -> None:
    """The server hands sessions out, so its lifetime counts for the client's trust store and for its own."""
    estate = estate_of(LASTING)
    for slot in ("app/up", "web/clients"):
        assert ("rotation.wait-sessions-for 90m",) == session_waits(wave(slot), estate)
    assert () == session_waits(wave("app/up", "add-anchor"), estate)


def test_a_lifetime_that_nobody_declares_is_said_to_be_unknown() -> None:
    """Nothing is waited for in silence: the plan says that sessions go on."""
    assert ("rotation.wait-sessions",) == session_waits(wave("app/up"), estate_of(SMALL))


def test_the_lifetime_is_kept_in_the_file() -> None:
    """It is read and written again."""
    assert timedelta(minutes=90) == estate_of(LASTING).services["web"].session_lifetime
    assert 'session-lifetime = "90m"' in write_estate(estate_of(LASTING))
