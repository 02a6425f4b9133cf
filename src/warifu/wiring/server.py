"""Joins what a server is made of; the only file that does.

DATA/warifu.sqlite   the database
DATA/keys/online     the keys that sign bundles
DATA/keys/control    the server's CAs and its own pair
"""

from __future__ import annotations

import os
import random
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from warifu.adapters.bundles.tuf_signer import TufSigner
from warifu.adapters.clock.system import SystemClock
from warifu.adapters.database.backup import DatabaseBackups
from warifu.adapters.database.registry import DatabaseRegistry
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.issuers.control_ca import ControlCa
from warifu.adapters.passwords.argon2 import Argon2Passwords, Cost, calibrate
from warifu.domain import x509
from warifu.domain.directory.model import CONTROL
from warifu.errors import CouldNotLookError, UsageError
from warifu.ports.node_books import NodeState
from warifu.ports.registry import BackupFacts, Backups
from warifu.ports.replies import Replies
from warifu.wiring.domain_keys import ONLINE_KEYS
from warifu.wiring.retirement import Hints, retire_desk
from warifu.wiring.rollouts import RolloutsRoom, Timing
from warifu.workflows.backup_desk import resume_generation
from warifu.workflows.control_ca import ControlDesk, agents_cas
from warifu.workflows.join_desk import JoinDesk, JoinRules
from warifu.workflows.people_desk import PeopleDesk
from warifu.workflows.plan_desk import PlanDesk
from warifu.workflows.published import newest_root, version_of
from warifu.workflows.replies import KeptReplies
from warifu.workflows.report_desk import ReportDesk
from warifu.workflows.rollout_desk import RolloutDesk
from warifu.workflows.server_desks import Desks, Shown
from warifu.workflows.server_setup import Fresh, Makers, is_set_up, set_up
from warifu.workflows.trust_desk import TrustDesk

DATABASE = "warifu.sqlite"
_COST = "argon2.cost"
_CLOCK = SystemClock()
_CHANCE = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class ServerRoom:
    """A server's data folder, opened.

    Args:
        people_ca: file of the CAs of people's client certificates; empty for none.
        rules: how long tokens and identities live.
        cut: what ends a node's connections.
        hints: who is told that nodes are to look, or that orders wait.
        timing: how long rollouts wait for nodes.
    """

    folder: str
    registry: DatabaseRegistry
    makers: Makers
    people_ca: str = ""
    rules: JoinRules = field(default_factory=JoinRules)
    cut: list[Callable[[str], None]] = field(default_factory=list)
    hints: Hints = field(default_factory=Hints)
    timing: Timing = field(default_factory=Timing)

    def desks(self, addresses: Sequence[str]) -> Desks:
        """Return the use cases.

        Args:
            addresses: `https://HOST:PORT` by which this server is reached.
        """
        signer, issuer = self.makers.signer, self.makers.issuer
        join = JoinDesk(self.registry, signer, issuer, secrets.token_bytes, self.rules)
        reports = ReportDesk(self.registry, join, self._fenced)
        rolling = RolloutsRoom(self.registry, self.folder, self.hints.push, reports.skew, self.timing)
        estates = rolling.estates()
        return Desks(
            registry=self.registry,
            trust=TrustDesk(self.registry, signer),
            people=PeopleDesk(self.registry, self._passwords(), secrets.token_bytes),
            join=join,
            plans=PlanDesk(self.registry),
            control=ControlDesk(self.registry, signer, self.makers.keys, issuer),
            reports=reports,
            retire=retire_desk(self.folder, self.registry, signer, self.hints, rolling.sights()),
            estates=estates,
            rollouts=RolloutDesk(self.registry, estates, rolling.rollouts()),
            clock=_CLOCK.now,
            chance=_CHANCE.random,
            addresses=tuple(addresses),
        )

    def replies(self) -> Replies:
        """Return where answers to changes are kept."""
        return KeptReplies(self.registry)

    def backups(self) -> Backups:
        """Return what makes backups."""
        return DatabaseBackups(self.folder)

    def is_set_up(self) -> bool:
        """Tell whether the server was started before."""
        return is_set_up(self.registry)

    def set_up(self, names: Sequence[str], administrator: str) -> Fresh:
        """Make a fresh server's contents.

        Raises:
            UsageError: `registry.no-names`, ...
        """
        return set_up(
            self.registry,
            self.makers,
            names,
            administrator=administrator,
            chance=secrets.token_bytes,
            now=_CLOCK.now(),
        )

    def resume(self) -> None:
        """Sign everything anew where a backup was restored since it was last signed."""
        resume_generation(self.registry, self.makers.signer, now=_CLOCK.now())

    def _passwords(self) -> Argon2Passwords:
        """Return what seals passwords, as slowly as this machine was found to need when it was first asked."""
        with self.registry.look() as books:
            known = books.about.find(_COST)
        if not known:
            known = str(calibrate(time.monotonic))
            with self.registry.change() as books:
                books.about.put(_COST, known)
        return Argon2Passwords(Cost.parse(known))

    def shown(self) -> Shown:
        """Return what the server shows, and whom it lets in, as it is now.

        Raises:
            CouldNotLookError: `registry.server-pair`: its key or certificate is not there.
        """
        path = self.makers.keys.server_path
        pair = x509.load(LocalFiles().read(path), path)
        if len(pair.keys) != 1 or not pair.certificates:
            raise CouldNotLookError("registry.server-pair", path=path)
        with self.registry.look() as books:
            cas = agents_cas(books)
            crls = version_of(books, CONTROL).crls
            shut = (NodeState.FENCED, NodeState.REMOVED)
            barred = frozenset(node.name for node in books.nodes.nodes() if node.state in shut)
        return Shown(pair.certificates, pair.keys[0], cas, self._people(), crls, barred)

    def lacking(self) -> tuple[str, ...]:
        """Return what is not ready."""
        try:
            with self.registry.look() as books:
                books.nodes.count()
        except CouldNotLookError:
            return ("database",)
        return ()

    def first_root(self) -> str:
        """Return SHA-256 (hex) of the first root: what tokens and links name."""
        with self.registry.look() as books:
            found = newest_root(books)
        return found.sha256 if found is not None else ""

    def pair(self) -> str:
        """Return SHA-256 (hex) of the certificate that the server has now."""
        made = self.makers.keys.server()
        return made.fingerprint.hex if made is not None else ""

    def close(self) -> None:
        """Close the database."""
        self.registry.close()

    def _fenced(self, node: str) -> None:
        for cut in self.cut:
            cut(node)

    def _people(self) -> tuple[x509.Certificate, ...]:
        if not self.people_ca:
            return ()
        found = x509.load(LocalFiles().read(self.people_ca), self.people_ca).certificates
        if not found:
            raise UsageError("registry.no-people-ca", path=self.people_ca)
        return found


def open_room(
    folder: str, people_ca: str = "", rules: JoinRules | None = None, timing: Timing | None = None
) -> ServerRoom:
    """Open a server's data folder; it is made where it is missing.

    Args:
        people_ca: file of the CAs of people's client certificates; empty for none.
        timing: how long rollouts wait for nodes.

    Raises:
        RefusedError: `registry.newer`.
        CouldNotLookError: `registry.database`.
    """
    place = Path(folder).absolute()
    registry = DatabaseRegistry.open(str(place / DATABASE))
    control = ControlCa(str(place / "keys" / "control"))
    signer = TufSigner(str(place / ONLINE_KEYS))
    makers = Makers(signer, control, control)
    return ServerRoom(
        str(place), registry, makers, people_ca, rules or JoinRules(), timing=timing or Timing()
    )


def is_there(folder: str) -> bool:
    """Tell whether a server was ever started with this folder."""
    return (Path(folder) / DATABASE).is_file()


def restore(folder: str, path: str) -> BackupFacts:
    """Put a backup where a server's data lie.

    Raises:
        RefusedError: `registry.data-there`.
        CouldNotLookError: `registry.backup-damaged`, `io.cannot-read`, `io.cannot-write`.
    """
    place = Path(folder).absolute()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return DatabaseBackups(str(place)).unpack(path, now=_CLOCK.now())


def draw_retry() -> int:
    """Return after how many milliseconds a client comes back to a stream that ended."""
    return _CHANCE.randrange(500, 10_000)


def draw_hex(count: int) -> str:
    """Return so many random bytes as hex digits."""
    return os.urandom(count).hex()


def clock() -> SystemClock:
    """Return this machine's clock."""
    return _CLOCK
