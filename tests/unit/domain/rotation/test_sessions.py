"""What a removal says that it waits for."""

from __future__ import annotations

from datetime import timedelta

from support.estate_texts import SMALL, estate_of
from support.pki import NOW
from warifu.domain.estate import IdentityValue, TrustValue
from warifu.domain.estate.write import write_estate
from warifu.domain.rotation.plan import Plan, Proof, Wave
from warifu.domain.rotation.progress import Event, Happened, Progress, replay
from warifu.domain.rotation.sessions import session_waits, sessions_end
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


def switched(*events: Event) -> Progress:
    """A rollout that switches the server's identity, adds an anchor and takes the old one away."""
    one, two = IdentityValue("1" * 64), IdentityValue("2" * 64)
    switch = Switch(
        id="web", why="x", kind="switch-identity", slot="web/tls", node="n", before=(one,), after=two
    )
    gone = wave("app/up")
    plan = Plan(
        id="p",
        estate="e",
        estate_digest="d",
        made=NOW,
        changes=(),
        waves=(Wave(1, "switch", ((switch,),)), gone),
        basis={},
        proof=Proof(0, ()),
    )
    return replay(plan, events)


STARTED = Event(NOW, Happened.STARTED)
LATER = NOW + timedelta(hours=2)


def test_sessions_are_counted_from_the_last_switch_that_faced_the_anchor() -> None:
    """Until the identity was switched nothing counts but the beginning; before that nothing is known."""
    estate, gone = estate_of(LASTING), wave("app/up")
    lifetime = timedelta(minutes=90)
    assert None is sessions_end(gone, estate, switched())
    assert NOW + lifetime == sessions_end(gone, estate, switched(STARTED))
    intended = Event(LATER, Happened.INTENDED, "web")
    assert NOW + lifetime == sessions_end(gone, estate, switched(STARTED, intended))
    done = Event(LATER, Happened.DONE, "web")
    assert LATER + lifetime == sessions_end(gone, estate, switched(STARTED, done))


def test_nothing_is_waited_for_where_no_anchor_goes_or_no_session_is_declared() -> None:
    """A wave that adds, servers without a lifetime, and connections that do not rely on the store."""
    going = switched(STARTED)
    assert None is sessions_end(wave("app/up", "add-anchor"), estate_of(LASTING), going)
    assert None is sessions_end(wave("app/up"), estate_of(SMALL), going)
    aside = """
    [services.aside]
    node = "n"
    target = "files"
    [services.aside.trusts.up]
    store = "up"
    anchors = "/aside.pem"
    """
    assert None is sessions_end(wave("aside/up"), estate_of(LASTING, aside), going)
    other = """
    [services.db]
    node = "n"
    target = "files"
    [services.db.identities.tls]
    identity = "web"
    certificate = "/db.crt"
    [connections.app-to-db]
    clients = ["app"]
    servers = ["db"]
    """
    both = estate_of(LASTING, other)
    assert NOW + timedelta(minutes=90) == sessions_end(wave("app/up"), both, going)


def test_the_lifetime_is_kept_in_the_file() -> None:
    """It is read and written again."""
    assert timedelta(minutes=90) == estate_of(LASTING).services["web"].session_lifetime
    assert 'session-lifetime = "90m"' in write_estate(estate_of(LASTING))
