"""Where the command line's adapters meet its workflows: small functions, one a need.

Adapters that cost start-up time are imported inside the function that needs them.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from warifu.adapters.clock.system import SystemClock
from warifu.adapters.files.local import LocalFiles
from warifu.domain.estate import Estate, Local, Node, Ssh
from warifu.ports.clock import Clock
from warifu.ports.files import Files

if TYPE_CHECKING:
    from warifu.domain.estate import Observed
    from warifu.domain.rotation.plan import Plan
    from warifu.domain.x509 import Certificate
    from warifu.ports.hosts import Host
    from warifu.ports.issuers import Issuer
    from warifu.ports.probes import Prober
    from warifu.ports.targets import Target
    from warifu.ports.verifiers import Verifier
    from warifu.workflows.apply import Gate, Hands
    from warifu.workflows.check import Checker
    from warifu.workflows.install import Installer
    from warifu.workflows.issue import IssueDesk
    from warifu.workflows.plan import PlanRoom
    from warifu.workflows.rollouts import RolloutRoom


def clock() -> Clock:
    """Return this machine's clock."""
    return SystemClock()


def files() -> Files:
    """Return this machine's files."""
    return LocalFiles()


def checker(profile: str, *, name: str = "", at: datetime | None = None) -> Checker:
    """Return what judges certificates on this machine: its files, its network, every engine at hand.

    Raises:
        UsageError: `trust.profile-unknown`.
    """
    from warifu.adapters.hosts.local import LocalHost
    from warifu.adapters.probes.tls import TlsProber
    from warifu.adapters.verifiers.cryptography import CryptographyVerifier
    from warifu.adapters.verifiers.openssl import OpensslVerifier
    from warifu.domain.trust import profile_named
    from warifu.workflows.check import Checker

    engines = (OpensslVerifier(), CryptographyVerifier())
    return Checker(LocalHost(), TlsProber(), engines, profile_named(profile), at or clock().now(), name)


def prober() -> Prober:
    """Return what makes handshakes."""
    from warifu.adapters.probes.tls import TlsProber

    return TlsProber()


def engines() -> Mapping[str, Verifier]:
    """Return the engines at hand on this machine, by consumer."""
    from warifu.adapters.verifiers.cryptography import CryptographyVerifier
    from warifu.adapters.verifiers.openssl import OpensslVerifier

    return {"openssl": OpensslVerifier(), "cryptography": CryptographyVerifier()}


def hosts_for(estate: Estate) -> Mapping[str, Host]:
    """Return how each node is reached; nodes that people serve by hand have no host."""
    from warifu.adapters.hosts.local import LocalHost
    from warifu.adapters.hosts.ssh import SshHost

    found: dict[str, Host] = {}
    for node in estate.nodes.values():
        if isinstance(node.reach, Local):
            found[node.name] = LocalHost(node.name)
        elif isinstance(node.reach, Ssh):
            found[node.name] = SshHost(node.name, node.reach)
    return found


def state_of(node: Node | None) -> str:
    """Return the folder on a node for fence, new keys and backups; None is this machine."""
    if node is not None and node.state:
        return node.state
    if node is not None and isinstance(node.reach, Ssh):
        return "/var/lib/warifu"
    return "/var/lib/warifu" if os.geteuid() == 0 else str(Path.home() / ".local" / "state" / "warifu")


def targets() -> Mapping[str, Target]:
    """Return the driver of each kind of target, by the name that estate files use."""
    from warifu.adapters.targets.by_hand import ByHandTarget
    from warifu.adapters.targets.demo import DemoTarget
    from warifu.adapters.targets.files import FilesTarget
    from warifu.adapters.targets.haproxy import HaproxyTarget
    from warifu.adapters.targets.nginx import NginxTarget
    from warifu.adapters.targets.postgresql import PostgresqlTarget

    return {
        "by-hand": ByHandTarget(),
        "demo": DemoTarget(),
        "files": FilesTarget(),
        "haproxy": HaproxyTarget(),
        "nginx": NginxTarget(),
        "postgresql": PostgresqlTarget(),
    }


def installer(prober: Prober) -> Installer:
    """Return the one install engine."""
    from warifu.workflows.install import Installer

    return Installer(prober, clock())


def load_estate(path: str) -> tuple[Estate, str]:
    """Return the estate of a file or folder, and the folder its own state is kept beside."""
    from warifu.domain.estate.parse import parse_estate
    from warifu.domain.estate.table_reader import Source

    known = files()
    folder = Path(path) if known.is_folder(path) else Path(path).parent
    names = (
        [name for name in known.names(path) if name.endswith(".toml")] if known.is_folder(path) else [path]
    )
    sources = [Source(name, known.read(name).decode("utf-8"), str(folder.resolve())) for name in names]
    return parse_estate(sources), str(folder.resolve())


def plan_room(path: str) -> PlanRoom:
    """Return everything planning for an estate needs."""
    from warifu.workflows.plan import PlanRoom, digest_of_estate

    estate, folder = load_estate(path)
    known = files()
    names = sorted(known.names(path)) if known.is_folder(path) else [path]
    texts = [known.read(name) for name in names if name.endswith(".toml")]
    return PlanRoom(
        estate=estate,
        look=lambda: observing(estate, hosts_for(estate))(frozenset(estate.slots)),
        files=known,
        engines=engines(),
        issuer_chains=issuer_chains(estate, folder),
        estate_digest=digest_of_estate(texts),
    )


def observing(estate: Estate, hosts: Mapping[str, Host]) -> Callable[[frozenset[str]], Observed]:
    """Return what looks at slots of an estate."""
    from warifu.workflows.observe import observe

    def look(slots: frozenset[str]) -> Observed:
        return observe(
            estate,
            hosts=hosts,
            targets=targets(),
            prober=prober(),
            clock=clock(),
            slots=slots,
            verifiers=engines(),
        )

    return look


def issuer_chains(estate: Estate, folder: str) -> Mapping[str, tuple[Certificate, ...]]:
    """Return each issuer's own certificates: the issuing one first, root last."""
    from warifu.domain.x509 import read

    return {
        spec.name: read(files().read(str(Path(folder) / spec.chain)), spec.chain).certificates
        for spec in estate.issuers.values()
        if spec.chain
    }


def issuers(estate: Estate, folder: str) -> Mapping[str, Issuer]:
    """Return the estate's issuers by name; a local CA's passphrase is asked for at its first signature."""
    from warifu.adapters.issuers.by_hand import ByHandIssuer
    from warifu.adapters.issuers.local_ca import LocalCa
    from warifu.adapters.issuers.passphrase import passphrase_from_file, passphrase_from_terminal
    from warifu.domain.findings import Lang
    from warifu.domain.x509 import read

    found: dict[str, Issuer] = {}
    for spec in estate.issuers.values():
        place = str(Path(folder) / spec.folder)
        if spec.kind == "by-hand":
            chain = read(files().read(str(Path(folder) / spec.chain))).certificates if spec.chain else ()
            found[spec.name] = ByHandIssuer(spec.name, place, files(), chain)
            continue

        def passphrase(name: str = spec.name, path: str = spec.passphrase_file) -> bytes:
            if path:
                return passphrase_from_file(str(Path(folder) / path), issuer=name)
            return passphrase_from_terminal(issuer=name, lang=Lang.EN)

        found[spec.name] = LocalCa(spec.name, place, passphrase)
    return found


def issue_desk(estate: Estate, folder: str, hosts: Mapping[str, Host]) -> IssueDesk:
    """Return what issuing needs."""
    from warifu.adapters.hosts.local import LocalHost
    from warifu.adapters.keys.openssl import OpensslKeys
    from warifu.workflows.issue import HERE, IssueDesk
    from warifu.workflows.requests import RequestStore

    here = LocalHost()
    return IssueDesk(
        store=RequestStore(files(), f"{folder}/.warifu/requests"),
        issuers=issuers(estate, folder),
        chains=issuer_chains(estate, folder),
        keys=OpensslKeys(),
        host=lambda node: here if node == HERE else hosts[node],
        key_folder=lambda node: (
            f"{folder}/.warifu/keys" if node == HERE else f"{state_of(estate.nodes[node])}/keys"
        ),
    )


def rollout_room(path: str) -> RolloutRoom:
    """Return everything rollouts of an estate need."""
    from warifu.adapters.journals.sqlite import SqliteJournal, this_process
    from warifu.workflows.apply import Waits
    from warifu.workflows.carry import CarryingHands, Crew
    from warifu.workflows.carry_issue import Issuing
    from warifu.workflows.gate import EvidenceGate, WindowGate
    from warifu.workflows.proof_again import ProofAgain
    from warifu.workflows.rollouts import RolloutRoom

    estate, folder = load_estate(path)
    hosts = hosts_for(estate)
    issuing = Issuing(estate, issue_desk(estate, folder, hosts), clock())

    def state(node: str) -> str:
        return state_of(estate.nodes.get(node))

    def crew(plan: Plan, rollout: str) -> tuple[Hands, Gate]:
        del plan
        hands = CarryingHands(
            estate,
            rollout,
            Crew(
                hosts=hosts,
                targets=targets(),
                installer=installer(prober()),
                state=state,
                keys_at=issuing.key_at,
                tidy=issuing.tidy,
                issue=issuing.issue,
                by_hand=lambda step, content, progress: Waits("rollout.waiting-for-owner", {}),
            ),
        )
        windows = WindowGate(estate, ZoneInfo, clock())
        again = ProofAgain(estate, engines(), clock())
        return hands, EvidenceGate(observing(estate, hosts), again.prove, windows.may_start)

    return RolloutRoom(
        estate=estate,
        journal=SqliteJournal(f"{folder}/.warifu/journal.sqlite"),
        files=files(),
        clock=clock(),
        holder=this_process(),
        person=getpass.getuser(),
        crew=crew,
        fence_path=lambda node: f"{state(node)}/fence.json",
    )
