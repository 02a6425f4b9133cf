"""For every finding about an estate or a plan for it, a case in which the program reports it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from support.agreeing import agreed
from support.built_estates import EstateBuilder, trusted, value_of
from support.estate_texts import SMALL, estate_of
from support.fakes import FakeClock
from support.pki import DAY, NOW, Entity, make_ca, make_key
from support.small_estate import SmallWorld
from warifu.domain.estate import IssuerSpec, Loading, SlotState
from warifu.domain.estate.inventory import find_drift, find_expiring
from warifu.domain.findings import Code, Finding
from warifu.domain.rotation.change import AddAnchor, Change, PutBack, ReplaceCa, ReplaceIdentity, RetireAnchor
from warifu.domain.rotation.outcome import Answer, Planned, Refused
from warifu.domain.rotation.plan import Plan
from warifu.domain.rotation.planning import Request
from warifu.domain.rotation.progress import Progress
from warifu.domain.rotation.uncovered import find_uncovered
from warifu.workflows.proof_again import ProofAgain
from warifu.workflows.verdicts import judge_connections

_OLD, _NEW, _OTHER = make_ca("Old Root"), make_ca("New Root"), make_ca("Other Root")
_SIGNING, _OTHER_SIGNING = _NEW.intermediate("New Signing"), _OTHER.intermediate("Other Signing")
_WEB = _OLD.leaf("web.example")
_DATABASE = """
[services.db]
node = "n"
target = "files"
[services.db.identities.tls]
identity = "{identity}"
certificate = "/db.crt"
key = "/db.key"
"""


def _judged(world: SmallWorld) -> Iterable[Finding]:
    return [
        finding
        for verdict in judge_connections(world.estate, world.look(), {})
        for finding in verdict.all_findings
    ]


def _world(old: str = "", new: str = "", more: str = "") -> SmallWorld:
    """The small estate, written a little differently."""
    world = SmallWorld()
    world.estate = estate_of(SMALL.replace(old, new) + more)
    return world


def _stranger_shown() -> Iterable[Finding]:
    world = SmallWorld()
    world.put("/web", make_ca("Stranger").leaf("web.example"))
    world.service.load()
    return _judged(world)


def _live_refused() -> Iterable[Finding]:
    world = SmallWorld()
    world.put("/app", make_ca("Stranger").leaf("app.example"))
    return world.look().findings


def _live_differs() -> Iterable[Finding]:
    """The files say no, and the service has loaded none of them."""
    world = SmallWorld()
    seen = replace(world.look(), held={"app-to-web": True})
    expired = replace(seen, at=world.web.value.not_after + DAY)
    return [f for verdict in judge_connections(world.estate, expired, {}) for f in verdict.all_findings]


def _unseen() -> Iterable[Finding]:
    world = SmallWorld()
    world.host.unreadable.add("/app.key")
    return [found for state in world.look().slots.values() for found in state.findings]


def _shared(identity: str, *, differing: bool = False) -> Iterable[Finding]:
    world = _world(more=_DATABASE.format(identity=identity))
    world.put("/db", world.root.leaf("web.example") if differing else world.web)
    return find_drift(world.estate, world.look())


def _one_key_twice() -> Iterable[Finding]:
    """Two certificates for one key, on two machines."""
    world, key = _world(more=_DATABASE.format(identity="app")), make_key()
    services = {**world.estate.services, "db": replace(world.estate.services["db"], node="m")}
    nodes = {**world.estate.nodes, "m": replace(world.estate.nodes["n"], name="m")}
    world.estate = replace(world.estate, services=services, nodes=nodes)
    world.put("/web", world.root.leaf("web.example", key=key))
    world.put("/db", world.root.leaf("db.example", key=key))
    return find_drift(world.estate, world.look(hosts={"n": world.host, "m": world.host}))


def _moved() -> Iterable[Finding]:
    world = SmallWorld()
    proven = {"web/tls": world.look().slots["web/tls"].values[0]}
    world.put("/web", world.root.leaf("web.example"))
    world.service.load()
    return find_drift(world.estate, world.look(), proven=proven)


def _one_store_twice() -> Iterable[Finding]:
    world = _world('store = "clients"', 'store = "up"')
    return find_drift(world.estate, world.look())


def _name(entity: Entity) -> str:
    return value_of(entity).fingerprint.hex


_CHANGE = ReplaceCa(_name(_OLD), _name(_NEW), "new")


def _shop(**options: object) -> EstateBuilder:
    """A client that trusts the old root, and a server beneath it."""
    place = EstateBuilder()
    place.presents("web", _WEB, **options)  # type: ignore[arg-type]  # as the builder has them
    place.trusts("app", _OLD)
    place.connect("app", "web")
    return place


def _answer(place: EstateBuilder, *changes: Change) -> Answer:
    """What planning answers, every engine agreeing with our rules."""
    place.know(_OLD, _NEW, _OTHER, _SIGNING, _OTHER_SIGNING)
    chains = {
        "new": (value_of(_SIGNING), value_of(_NEW)),
        "other": (value_of(_OTHER_SIGNING), value_of(_OTHER)),
    }
    return agreed(
        Request(
            estate=place.estate,
            observed=place.observed,
            changes=changes or (_CHANGE,),
            now=NOW,
            issuer_chains=chains,
            engines=frozenset({"openssl"}),
        )
    )


def _plan(place: EstateBuilder, *changes: Change) -> Plan:
    answer = _answer(place, *changes)
    assert isinstance(answer, Planned), answer
    return answer.plan


def _refused(place: EstateBuilder, *changes: Change) -> Iterable[Finding]:
    answer = _answer(place, *changes)
    assert isinstance(answer, Refused), answer
    return answer.findings


def _split() -> Iterable[Finding]:
    place = _shop(issuer="new")
    place.presents("db", _WEB, identity="web", issuer="new")
    return _plan(place, AddAnchor(_name(_NEW)), ReplaceIdentity("web", slots=("web/tls",))).findings


def _with_issuer(named: str) -> Iterable[Finding]:
    place = _shop()
    place.issuers["corp"] = IssuerSpec("corp", "by-hand", "corp")
    return _refused(place, ReplaceIdentity("web", issuer=named))


def _broken_now() -> Iterable[Finding]:
    place = _shop()
    place.presents("db", _OTHER.leaf("db.example"))
    place.connect("app", "db")
    place.held["app-to-db"] = False
    return _plan(place, AddAnchor(_name(_OTHER))).findings


def _would_break() -> Iterable[Finding]:
    """After the plan was made somebody took the old root from the client's trust store."""
    place = _shop()
    place.held["app-to-web"] = True
    plan = _plan(place)
    before, other = trusted(_OLD), trusted(_OTHER)
    states = {**place.states, "app/trust": SlotState("app/trust", other, (before,))}
    seen = replace(place.observed, slots=states)
    return ProofAgain(place.estate, {}, FakeClock()).prove(Progress(plan), seen)


def _not_valid_yet() -> Iterable[Finding]:
    future, place = make_ca("Future", start=NOW + DAY), _shop()
    place.know(future)
    return _refused(place, AddAnchor(_name(future)))


def _uncovered() -> Iterable[Finding]:
    place = _shop()
    place.trusts("batch", _OLD)
    return find_uncovered(_plan(place, AddAnchor(_name(_NEW))).steps, place.estate)


def _alone() -> EstateBuilder:
    place = EstateBuilder()
    place.trusts("app", _OLD)
    return place


CASES: Mapping[Code, Callable[[], Iterable[Finding]]] = {
    Code.NOT_SEEN: _unseen,
    Code.PAIR_REFUSED: _stranger_shown,
    Code.LIVE_REFUSED: _live_refused,
    Code.LIVE_DIFFERS: _live_differs,
    Code.PRESENTS_NOTHING: lambda: _judged(
        _world('client-certificate = "required"', 'client-certificate = "required"\nclient-identities = []')
    ),
    Code.SUBJECT_NOT_ACCEPTED: lambda: _judged(_world(more='accepted-subjects = ["batch.example"]\n')),
    Code.VERIFIES_NOTHING: lambda: _judged(_world(more="client-trusts = []\n")),
    Code.TRUST_UNKNOWN: lambda: _judged(
        _world('clients = ["app"]', 'clients = ["app"]\nunknown-trust = true')
    ),
    Code.LEAVES_DIFFER: lambda: _shared("web", differing=True),
    Code.STORES_DIFFER: _one_store_twice,
    Code.NOT_AS_PROVEN: _moved,
    Code.EXPIRING: lambda: find_expiring([_WEB.value], now=NOW + 80 * DAY, within=timedelta(days=30)),
    Code.SHARED_LEAF: lambda: _shared("app"),
    Code.SHARED_KEY: _one_key_twice,
    Code.WOULD_BREAK: _would_break,
    Code.SUCCESSOR_NOT_VALID: _not_valid_yet,
    Code.NO_SUCCESSOR: lambda: _refused(_alone(), RetireAnchor(_name(_OLD))),
    Code.NOT_AN_ANCHOR: lambda: _refused(_shop(), AddAnchor(_name(_WEB))),
    Code.STILL_NEEDED: lambda: _refused(_shop(), RetireAnchor(_name(_OLD))),
    Code.NO_ISSUER: lambda: _with_issuer(""),
    Code.ISSUER_UNKNOWN: lambda: _with_issuer("stranger"),
    Code.ISSUER_CHAIN_MISSING: lambda: _with_issuer("corp"),
    Code.ISSUER_NOT_BENEATH: lambda: _refused(_shop(), replace(_CHANGE, issuer="other")),
    Code.NO_BACKUP: lambda: _refused(_shop(), PutBack("web/tls", "5e884898da280471")),
    Code.OUTAGE_NOT_ALLOWED: lambda: _refused(_shop(loading=Loading.RESTART)),
    Code.SPLIT_IDENTITY: _split,
    Code.UNCOVERED_SLOT: _uncovered,
    Code.BROKEN_NOW: _broken_now,
}
