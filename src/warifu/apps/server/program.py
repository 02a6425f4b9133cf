"""A whole server: its routes, what wakes its nodes, and what it does by itself as time goes on.

What was published or who was fenced is found out by looking, not by being told: so it does not matter which process of
a server did it, and a hint that got lost costs two seconds.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from warifu.apps.notify import Notify
from warifu.apps.server.agent_routes import PREFIX as AGENTS
from warifu.apps.server.agent_routes import AgentRoutes, topic_of, waking
from warifu.apps.server.api import Api
from warifu.apps.server.base import App, Base
from warifu.apps.server.described import SIGNED_IN, describe_keys, holds_secret
from warifu.apps.server.file_routes import file_routes
from warifu.apps.server.found_anchors import found_anchors
from warifu.apps.server.gate import Gate, tell_unexpected
from warifu.apps.server.idempotency import Idempotency
from warifu.apps.server.listening import Listen
from warifu.apps.server.material import TlsMaterial
from warifu.apps.server.metrics import ENDS, MEMBERS, VERSION
from warifu.apps.server.people_routes import people_routes
from warifu.apps.server.probes import probes
from warifu.apps.server.rate import Rate, RateLimit
from warifu.apps.server.rollout_drivers import RolloutDrivers
from warifu.apps.server.serving import Server
from warifu.apps.server.sign_in import SignIn
from warifu.apps.server.streams import Streams
from warifu.apps.server.trust_files import PREFIX as TRUST
from warifu.apps.server.trust_files import TrustFiles
from warifu.apps.server.trust_parcels import TrustParcels
from warifu.domain.directory.model import CONTROL
from warifu.errors import WarifuError
from warifu.ports.replies import Replies
from warifu.wire.agent import Wake
from warifu.workflows.server_desks import Desks
from warifu.workflows.server_rollouts import PAUSE

_LOOK = 2.0  # seconds between two looks that nobody asked for
_TRIM = 5  # looks between two times that memory is given back
_UPKEEP = 30  # looks between two rounds of what time brings along
_EACH, _ALL = Rate(20, 3), Rate(400, 0.05)  # joins: of one network, and of everybody together


@dataclass(slots=True)
class Program:
    """One server.

    Args:
        material: what is shown and who is let in, as it is now.
        retry: milliseconds after which one client comes back to a stream that ended, drawn anew each time.
        lacking: what is not ready, as one word each.
        pair: SHA-256 of the server's own certificate as it lies in its folder now.
        pause: between two tries of a rollout that waits, at first.
        trim: gives memory back that nobody holds, each 10 s; only a process of its own may do that.
        tidy: gives back what only a search finds, each minute.
    """

    desks: Desks
    base: Base
    replies: Replies
    listen: Listen
    material: Callable[[], TlsMaterial]
    retry: Callable[[], int]
    lacking: Callable[[], tuple[str, ...]]
    notify: Notify
    pair: Callable[[], str]
    pause: timedelta = PAUSE
    trim: Callable[[], None] = lambda: None
    tidy: Callable[[], None] = lambda: None
    server: Server = field(init=False)
    drivers: RolloutDrivers = field(init=False)
    _changed: threading.Event = field(default_factory=threading.Event)
    _ending: threading.Event = field(default_factory=threading.Event)
    _versions: Mapping[str, int] = field(default_factory=dict)
    _barred: frozenset[str] = frozenset()
    _pair: str = ""
    _looking: threading.Lock = field(default_factory=threading.Lock)
    _trust: TrustFiles = field(init=False)

    def __post_init__(self) -> None:
        """Put the parts together."""
        streams = Streams(self.base, self.retry)
        self._trust = TrustFiles(self.base, self._file)
        joining = RateLimit(_EACH, _ALL, self.base.tick)
        parcels = TrustParcels(self._trust, self.desks.trust.newer)
        agents = AgentRoutes(self.desks, self.base, streams, joining, self._let_in, parcels)
        self.drivers = RolloutDrivers(self.desks.rollouts.rollouts, self.base, self.pause)
        routes = (
            *people_routes(self.desks, self.refresh, self.look),
            *found_anchors(self.desks),
            *file_routes(self.desks, self.look),
        )
        described = Api(routes, self.base, security=SIGNED_IN)
        describe_keys(described.litestar.openapi_schema)
        keyed = Idempotency(described, self.replies, self.base.clock, holds_secret)
        api = SignIn(self.desks, keyed, self.base)
        hot: dict[str, App] = {AGENTS: agents, TRUST: self._trust, **probes(self.base, self.lacking)}
        self.server = Server(
            Gate(self.base, api, hot),
            self.base,
            self.listen,
            material=self.material(),
            streams=streams,
            notify=self.notify,
            reread=self.material,
        )
        self._versions, self._barred = self._state()
        self._pair = self.pair()

    def run(self) -> None:
        """Serve until told to end."""
        follower = self.follow()
        try:
            self.server.run()
        finally:
            self.end_following(follower)

    def follow(self) -> threading.Thread:
        """Begin to look and to drive rollouts by itself, for who runs the server otherwise."""
        self.drivers.start()
        follower = threading.Thread(target=self._follow, name="follow", daemon=True)
        follower.start()
        return follower

    def end_following(self, follower: threading.Thread) -> None:
        """End what `follow` began."""
        self.drivers.stop()
        self._ending.set()
        self._changed.set()
        follower.join()

    def look(self) -> None:
        """Have it look now: something was changed."""
        self._changed.set()
        self.drivers.kick()

    def refresh(self, nodes: Sequence[str], request: str) -> None:
        """Wake nodes to look now; none named means all."""
        topics = tuple(topic_of(node) for node in nodes) or ("all",)
        self.server.push(waking(Wake("refresh", request)), *topics)

    def order(self, nodes: Sequence[str]) -> None:
        """Wake nodes for which an order waits."""
        self.server.push(waking(Wake("order")), *(topic_of(node) for node in nodes))

    def _let_in(self, node: str) -> None:
        """Let a node in that was shut out until now."""
        if node in self._barred:
            self._look()

    def _file(self, name: str) -> bytes | None:
        found = self.desks.trust.file(name)
        return None if found is None else found.data

    def _state(self) -> tuple[Mapping[str, int], frozenset[str]]:
        versions = {one.domain: one.version for one in self.desks.trust.domains()}
        counts, barred = self.desks.join.states()
        for state, number in counts.items():
            self.base.metrics.put(MEMBERS, state.value, to=number)
        for domain, version in versions.items():
            self.base.metrics.put(VERSION, domain, to=version)
        return versions, barred

    def _follow(self) -> None:
        rounds = 0
        while not self._ending.is_set():
            try:
                if rounds % _TRIM == 0:
                    self.trim()
                if rounds % _UPKEEP == 0:
                    self._upkeep()
                self._look()
            except WarifuError as error:
                self.base.log.warning("look-failed", code=error.code)
            except Exception as error:  # noqa: BLE001 - the outermost loop of this thread
                tell_unexpected(self.base, error)
            rounds += 1
            self._changed.wait(_LOOK)
            self._changed.clear()

    def _look(self) -> None:
        with self._looking:
            self._take_over()

    def _take_over(self) -> None:
        versions, barred = self._state()
        changed = {name: version for name, version in versions.items() if self._versions.get(name) != version}
        pair = self.pair()
        if changed.keys() & {CONTROL} or barred != self._barred or pair != self._pair:
            self.server.use(self.material())
            self._pair = pair
        for node in sorted(barred - self._barred):
            self.server.cut_node(node)
        self._versions, self._barred = versions, barred
        if changed:
            self.server.soon(self._trust.changed)
        for name, version in sorted(changed.items()):
            self.server.push(waking(Wake("bundle", name, version)), "all")
            self.base.log.info("published", domain=name, version=version)
            self._tell_ends(name)

    def _tell_ends(self, domain: str) -> None:
        published = self.desks.trust.version(domain)
        ends = {
            "anchor": [one.certificate.not_after for one in published.trusted],
            "crl": [one.next_update for one in published.crls if one.next_update is not None],
        }
        for kind, known in ends.items():
            self.base.metrics.put(ENDS, domain, kind, to=min(known).timestamp() if known else math.inf)

    def _upkeep(self) -> None:
        self.tidy()
        now = self.base.clock()
        done = self.desks.control.upkeep(now=now)
        files = self.desks.trust.renew(now=now)
        back = self.desks.retire.upkeep(now=now)
        if back:
            self.base.log.warning("retirement", told=list(back))
        if done or files:
            self.base.log.info("upkeep", done=list(done), signed=list(files))
