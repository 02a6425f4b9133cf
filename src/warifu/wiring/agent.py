"""Joins what the agent is made of; the only file that does.

STATE/agent.sqlite   who the node is, what it believes, what it obeyed
STATE/seal.key       what its keys are sealed with, unless systemd's credentials hold it
STATE/endpoint/      the endpoint store
STATE/keys/          keys that rollouts made and did not install yet (0700)
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NoReturn

from warifu import __version__
from warifu.adapters.bundles.tuf_reader import TufReader
from warifu.adapters.clock.system import SystemClock
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.files.passwords import password_from
from warifu.adapters.files.sealed import Sealed
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.journals.agent import SqliteAgentState
from warifu.adapters.keys.node import make_node_key, request_of
from warifu.adapters.keys.openssl import OpensslKeys
from warifu.adapters.orders.agent import HttpDoor
from warifu.adapters.orders.kept import KeptLines
from warifu.adapters.probes.tls import TlsProber
from warifu.domain.directory.output_settings import parse_outputs
from warifu.domain.directory.outputs import OutputSettings
from warifu.domain.directory.tokens import read_token
from warifu.domain.estate import Estate, Observed
from warifu.domain.estate.table_reader import Source
from warifu.domain.findings import Finding, Lang
from warifu.domain.rotation.progress import Progress
from warifu.domain.x509 import PrivateKey
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.changes import Fence
from warifu.ports.endpoint import EndpointListener, EndpointStores
from warifu.ports.orders import AgentIdentity
from warifu.wire.bundle import read_documents
from warifu.wiring.endpoint import DEFAULT_SOCKET, listener, open_stores
from warifu.wiring.engines import engines_of
from warifu.wiring.outputs import output_writer
from warifu.wiring.products import products
from warifu.workflows.agent_door import Doorway, Invitation, Lines
from warifu.workflows.agent_sync import Syncing
from warifu.workflows.apply import Hands
from warifu.workflows.carry import CarryingHands, Crew
from warifu.workflows.install import Installer
from warifu.workflows.look_into import Looking
from warifu.workflows.obey import Means, Obedience
from warifu.workflows.obey_trust import TrustMeans
from warifu.workflows.observe import observe
from warifu.workflows.outputs import OutputWriter
from warifu.workflows.take_up import Follower, control_anchors

CREDENTIAL = "warifu-agent"
_CLOCK = SystemClock()
_OUTPUTS = "outputs"


@dataclass(frozen=True, slots=True)
class DomainSeen:
    """A trust domain that a node follows."""

    domain: str
    version: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class AgentSeen:
    """How an agent stands."""

    node: str
    servers: tuple[str, ...]
    identity_until: datetime
    domains: tuple[DomainSeen, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class AgentRoom:
    """An agent's folder, opened.

    Args:
        settings: TOML file with what is written out for programs; empty for none.
    """

    folder: str
    settings: str = ""

    @cached_property
    def state(self) -> SqliteAgentState:
        """What it remembers."""
        sealed = Sealed(f"{self.folder}/seal.key", CREDENTIAL)
        return SqliteAgentState(f"{self.folder}/agent.sqlite", sealed)

    @cached_property
    def stores(self) -> EndpointStores:
        """Its endpoint store."""
        return open_stores(f"{self.folder}/endpoint")

    @cached_property
    def lines(self) -> Lines:
        """How it reaches its server; the line is kept between looks."""
        kept = KeptLines()
        return Lines(kept.source, HttpDoor, kept.line)

    @cached_property
    def door(self) -> Doorway:
        """Its way in."""
        return Doorway(
            self.state, TufReader(), self.lines, _CLOCK, make_node_key, request_of, control_anchors, boot()[0]
        )

    @cached_property
    def syncing(self) -> Syncing:
        """Its looks."""
        looking = Looking(self._settings, LocalHost(), TlsProber())
        follower = Follower(self.state, self.stores, self.outputs, looking.look)
        return Syncing(
            self.state, TufReader(), self.door, self.lines, _CLOCK, follower.take_up, boot, __version__
        )

    @cached_property
    def obedience(self) -> Obedience:
        """How it carries out orders.

        Raises:
            RefusedError: `agent.not-joined`.
        """
        member = self.state.membership()
        if member is None:
            raise RefusedError("agent.not-joined")
        host = LocalHost(member.node)
        keys = f"{self.folder}/keys"
        trust = TrustMeans(self.stores, self._settings, host, TlsProber(), _CLOCK)
        fence = f"{self.folder}/fence.json"
        means = Means(host, self._look, self._hands, OpensslKeys(), keys, fence, trust)
        return Obedience(
            member.node, self.state, means, _CLOCK, self._identity, lambda: self.syncing.offset, boot
        )

    def seen(self) -> AgentSeen:
        """Return how it stands, by what it remembers alone.

        Raises:
            RefusedError: `agent.not-joined`.
        """
        member = self.state.membership()
        if member is None or member.current is None:
            raise RefusedError("agent.not-joined")
        held = self.state.held()
        findings = () if held is None else TufReader().judge(held, now=_CLOCK.now()).findings
        documents = self.state.followed()
        names = sorted({name.partition("/")[0] for name in documents})
        domains = tuple(read_documents(documents, name).published for name in names)
        until = member.current.certificate.not_after
        followed = tuple(DomainSeen(one.domain, one.version, one.at) for one in domains)
        return AgentSeen(member.node, member.servers, until, followed, findings)

    def outputs(self) -> tuple[OutputWriter, OutputSettings] | None:
        """Return what writes trust out for programs, by the settings as they are now.

        Raises:
            EstateError: every fault of the settings.
            CouldNotLookError: `io.cannot-read`.
        """
        found = self._settings()
        if found is None:
            return None
        fence = Fence(f"{self.folder}/outputs-fence.json", _OUTPUTS, 1)
        return output_writer(fence, f"{self.folder}/outputs"), found

    def _settings(self) -> OutputSettings | None:
        if not self.settings:
            return None
        text = LocalFiles().read(self.settings).decode("utf-8", "replace")
        return parse_outputs(Source(self.settings, text, self.folder))

    def invitation(self, text: str) -> Invitation:
        """Return what a token says.

        Raises:
            UsageError: `directory.token-malformed`, `directory.token-mangled`.
        """
        token = read_token(text)
        return Invitation(token.node, token.servers, token.root.hex, text.strip())

    def _identity(self) -> AgentIdentity:
        member = self.state.membership()
        if member is None or member.current is None:
            raise RefusedError("agent.not-joined")
        return member.current

    def _look(self, estate: Estate, slots: frozenset[str]) -> Observed:
        node = next(iter(estate.nodes))
        return observe(
            estate,
            hosts={node: LocalHost(node)},
            targets=products(),
            prober=TlsProber(),
            clock=_CLOCK,
            slots=slots,
            verifiers=engines_of(estate),
        )

    def _hands(self, estate: Estate, rollout: str) -> Hands:
        node = next(iter(estate.nodes))
        crew = Crew(
            hosts={node: LocalHost(node)},
            targets=products(),
            installer=Installer(TlsProber(), _CLOCK),
            state=lambda _node: self.folder,
            keys_at=self._key_at,
            tidy=lambda _progress, _fence: None,
            issue=_never,
            by_hand=_never,
        )
        return CarryingHands(estate, rollout, crew)

    def _key_at(self, template: str, progress: Progress) -> PrivateKey | None:
        """Return the new key of a template where this node made it; None when no certificate came for it.

        Raises:
            CouldNotLookError: `rollout.key-gone`.
        """
        event = progress.arrived.get(template)
        if event is None:
            return None
        path = event.values["key_path"]
        seen = LocalHost().read(path)
        if seen.kind != "file":
            raise CouldNotLookError("rollout.key-gone", path=path, node=self.obedience.node)
        return PrivateKey.load_pem(seen.data)


def _never(*_given: object) -> NoReturn:
    raise RefusedError("agent.order-not-ours", order="-", node="-", own="-")


def boot() -> tuple[str, float]:
    """Return the id of this boot, and seconds since it."""
    clock, _ = LocalHost().look()
    return clock.boot_id, clock.since_boot


def clock() -> SystemClock:
    """Return this machine's clock."""
    return _CLOCK


def draw() -> float:
    """Return a number from 0 up to 1."""
    return random.SystemRandom().random()


def read_secret_line(place: str, lang: Lang) -> str:
    """Return a token from a private file; `-` asks at the terminal, or reads a line of standard input.

    Raises:
        RefusedError: `io.password-file-open`.
        UsageError: `io.password-empty`.
        CouldNotLookError: `io.cannot-read`.
    """
    return password_from(place, lang).decode("utf-8", "replace")


def socket_of(given: str, folder: str, *, usual: bool) -> str:
    """Return where the endpoint store is served: as told, else at the usual place; empty for nowhere.

    Args:
        usual: the folder is the usual one: an agent in another folder leaves this machine's own socket alone.
    """
    if given == "none":
        return ""
    return given or (DEFAULT_SOCKET if usual and os.geteuid() == 0 else f"{folder}/endpoint.sock")


def not_joined() -> RefusedError:
    """Return what is said where a node never joined."""
    return RefusedError("agent.not-joined")


def endpoint_listener(path: str) -> EndpointListener:
    """Return what listens at the socket of the endpoint store."""
    return listener(path)
