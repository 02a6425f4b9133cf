"""Where the command line's adapters meet its workflows: small functions, one a need.

Adapters that cost start-up time are imported inside the function that needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from warifu.adapters.clock.system import SystemClock
from warifu.adapters.files.local import LocalFiles
from warifu.domain.findings import Lang
from warifu.domain.trust.address import Address
from warifu.ports.clock import Clock
from warifu.ports.files import Files

if TYPE_CHECKING:
    from warifu.domain.estate import Estate, Node, Observed
    from warifu.domain.rotation.plan import Plan
    from warifu.domain.trust import Profile
    from warifu.domain.x509 import Certificate
    from warifu.ports.changes import Host
    from warifu.ports.issuers import Issuer
    from warifu.ports.probes import ClientIdentity, Prober
    from warifu.ports.targets import Target, TrustContent
    from warifu.ports.verifiers import Verifier
    from warifu.wire.evidence import Evidence
    from warifu.workflows.apply import Gate, Hands
    from warifu.workflows.check import Checker
    from warifu.workflows.estate import EstateFiles
    from warifu.workflows.install import Installer
    from warifu.workflows.issue import IssueDesk
    from warifu.workflows.pair import PairRoom
    from warifu.workflows.plan import PlanRoom
    from warifu.workflows.rollouts import RolloutRoom
    from warifu.workflows.scan import Scanned


def clock(at: datetime | None = None) -> Clock:
    """Return this machine's clock, or for a rehearsal one that stands."""
    if at is None:
        return SystemClock()
    from warifu.adapters.clock.standing import StandingClock

    return StandingClock(at)


def files() -> Files:
    """Return this machine's files."""
    return LocalFiles()


def checker(
    profile: str,
    *,
    name: str = "",
    at: datetime | None = None,
    covers: tuple[str, ...] = (),
    csr: str = "",
    clock: datetime | Address | None = None,
    passwords: Sequence[bytes] = (),
    consumer: str = "",
) -> Checker:
    """Return what judges certificates on this machine: its files, its network, every engine at hand.

    Args:
        covers: names that a leaf must carry, all of them.
        csr: file of the requests of which a leaf must answer one; empty asks for none.
        clock: the target's time, or where it is asked for it; it decides in place of `at`.
        passwords: tried on everything that is locked.
        consumer: whose engine decides, beside what every engine at hand says; empty asks the usual ones alone.

    Raises:
        UsageError: no such profile; `trust.no-requests`.
        CouldNotLookError: `io.no-clock`.
    """
    from warifu.adapters.archives.local import LocalArchives
    from warifu.adapters.files.pipes import LocalPipes
    from warifu.adapters.hosts.local_reader import LocalReader
    from warifu.domain.trust import find_skew
    from warifu.wiring.engines import every_engine, usual_engines
    from warifu.workflows.check import Checker

    ours = SystemClock().now()
    theirs = _time_of(clock) if isinstance(clock, Address) else clock
    told = "" if isinstance(clock, Address) else "--target-clock"
    skew = () if clock is None or theirs is None else tuple(find_skew(str(clock), theirs, ours, told=told))
    checker = Checker(
        LocalReader(),
        LocalPipes(),
        prober,
        tuple(every_engine() if consumer else usual_engines()),
        chosen_profile(profile),
        theirs or at or ours,
        name,
        covers,
        skew=skew,
        passwords=passwords,
        consumer=consumer,
        archives=LocalArchives(),
    )
    return replace(checker, requests=checker.read_requests(csr)) if csr else checker


def pair_room(profile: str, *, at: datetime | None = None, passwords: Sequence[bytes] = ()) -> PairRoom:
    """Return what judges two ends of a connection.

    Args:
        passwords: tried on everything that is locked.

    Raises:
        UsageError: no such profile.
    """
    from warifu.adapters.hosts.local import LocalHost
    from warifu.workflows.pair import PairRoom

    judged_by = chosen_profile(profile) if profile else None
    return PairRoom(
        LocalHost(), prober(), tuple(engines().values()), judged_by, at or clock().now(), passwords
    )


def _time_of(target: Address) -> datetime:
    from warifu.adapters.probes.http_date import HttpDate  # costs 30 ms

    return HttpDate().ask(target)


def chosen_profile(text: str) -> Profile:
    """Return the profile that a text names, also one of a TOML file.

    Raises:
        UsageError: no such profile, release, role or feature, or the file has faults.
    """
    from warifu.domain.trust.profile import PROFILES

    if text in PROFILES:  # the most asked for are at hand without reading anything
        return PROFILES[text]

    from warifu.adapters.libraries.package import PackageLibrary
    from warifu.workflows.profiles import choose_profile

    return choose_profile(text, PackageLibrary(), files())


def passwords(places: Sequence[str], lang: Lang) -> tuple[bytes, ...]:
    """Return the passwords that files hold; `-` asks at the terminal, or reads a line of standard input.

    Raises:
        RefusedError: `io.password-file-open`.
        CouldNotLookError: `io.cannot-read`.
        UsageError: `io.password-empty`.
    """
    from warifu.adapters.files.passwords import password_from

    return tuple(password_from(place, lang) for place in places)


def prober() -> Prober:
    """Return what makes handshakes."""
    from warifu.adapters.probes.tls import TlsProber

    return TlsProber()


def engines(estate: Estate | None = None) -> Mapping[str, Verifier]:
    """Return the engines that judge for an estate, by consumer."""
    from warifu.wiring.engines import engines_of

    return engines_of(estate)


def hosts_for(estate: Estate, folder: str) -> Mapping[str, Host]:
    """Return how each node is reached.

    Args:
        folder: the estate's: listings of by-hand nodes lie there.
    """
    from warifu.wiring.nodes import host_for

    return {node.name: host_for(node, folder) for node in estate.nodes.values()}


def targets() -> Mapping[str, Target]:
    """Return the driver of each kind of target, by the name that estate files use."""
    from warifu.wiring.products import products

    return products()


def installer(prober: Prober) -> Installer:
    """Return the one install engine."""
    from warifu.workflows.install import Installer

    return Installer(prober, clock())


def estate_files(path: str) -> EstateFiles:
    """Return the estate of a file or folder with the files it was read from.

    Raises:
        EstateError: every fault of every file.
        UsageError: `estate.no-files`, `estate.not-utf8`.
    """
    from warifu.workflows.estate import load_estate as load

    return load(path, files=files(), base=here(), zone_exists=zone_exists)


def here() -> str:
    """Return the folder that relative paths start at."""
    return str(Path.cwd())


def scan_nodes(known: EstateFiles | None, names: tuple[str, ...]) -> Scanned:
    """Look at what runs on nodes: those named, else all of the estate, else this machine.

    A name that no node has is a destination of `ssh`.
    """
    import platform

    from warifu.adapters.targets.haproxy_configuration import HaproxyDiscoverer
    from warifu.adapters.targets.nginx_configuration import NginxDiscoverer
    from warifu.adapters.targets.postgresql_configuration import PostgresqlDiscoverer
    from warifu.domain.estate import ByHand, Estate, Local, Node
    from warifu.workflows.scan import scan

    estate = known.estate if known is not None else Estate()
    nodes = {name: estate.nodes.get(name) or _node_of(name) for name in names}
    nodes = nodes or dict(estate.nodes) or {platform.node(): Node(platform.node(), Local())}
    hosts = hosts_for(replace(estate, nodes=nodes), known.folder if known is not None else "")
    reached = {name: host for name, host in hosts.items() if not isinstance(nodes[name].reach, ByHand)}
    discoverers = [NginxDiscoverer(), HaproxyDiscoverer(), PostgresqlDiscoverer()]
    return scan(nodes, reached, discoverers, clock(), name=estate.name)


def _node_of(destination: str) -> Node:
    """Return a node that `ssh` reaches, named after its host."""
    from warifu.domain.estate import Node, Ssh

    return Node(destination.rpartition("@")[2], Ssh(destination))


def look_at(found: EstateFiles, told: Callable[[int, int], None]) -> Observed:
    """Look at a whole estate once."""
    from warifu.workflows.observe import observe

    estate = found.estate
    return observe(
        estate,
        hosts=hosts_for(estate, found.folder),
        targets=targets(),
        prober=prober(),
        clock=clock(),
        verifiers=engines(estate),
        told=told,
    )


def zone_exists(zone: str) -> bool:
    """Tell whether this machine knows a time zone."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def load_estate(path: str) -> tuple[Estate, str]:
    """Return the estate of a file or folder, and the folder its own state is kept beside."""
    found = estate_files(path)
    return found.estate, found.folder


def plan_room(path: str) -> PlanRoom:
    """Return everything planning for an estate needs."""
    from warifu.workflows.generations import is_adopted
    from warifu.workflows.plan import PlanRoom, digest_of_estate

    found = estate_files(path)
    estate, folder = found.estate, found.folder
    hosts = hosts_for(estate, folder)
    return PlanRoom(
        estate=estate,
        look=lambda: observing(estate, hosts)(frozenset(estate.slots)),
        files=files(),
        engines=engines(estate),
        issuer_chains=issuer_chains(estate, folder),
        estate_digest=digest_of_estate(source.text.encode() for source in found.sources),
        is_adopted=lambda name: is_adopted(estate.slots[name], hosts[estate.node_of(name).name]),
    )


def observing(
    estate: Estate, hosts: Mapping[str, Host], at: datetime | None = None
) -> Callable[[frozenset[str]], Observed]:
    """Return what looks at slots of an estate.

    Args:
        at: the instant to take for now, in a rehearsal.
    """
    from warifu.workflows.observe import observe

    def look(slots: frozenset[str]) -> Observed:
        return observe(
            estate,
            hosts=hosts,
            targets=targets(),
            prober=prober(),
            clock=clock(at),
            slots=slots,
            verifiers=engines(estate),
        )

    return look


def issuer_chains(estate: Estate, folder: str) -> Mapping[str, tuple[Certificate, ...]]:
    """Return each issuer's own certificates: the issuing one first, root last."""
    from warifu.wiring.issuers import chain

    return {spec.name: chain(spec, folder) for spec in estate.issuers.values() if spec.chain}


def issuers(estate: Estate, folder: str, lang: Lang) -> Mapping[str, Issuer]:
    """Return the estate's issuers by name; a local CA's passphrase is asked for at its first signature."""
    from warifu.adapters.issuers.by_hand import ByHandIssuer
    from warifu.adapters.issuers.local_ca import LocalCa
    from warifu.adapters.issuers.passphrase import passphrase_from_file, passphrase_from_terminal
    from warifu.wiring.issuers import chain

    found: dict[str, Issuer] = {}
    for spec in estate.issuers.values():
        place = str(Path(folder) / spec.folder)
        if spec.kind == "by-hand":
            found[spec.name] = ByHandIssuer(spec.name, place, files(), chain(spec, folder))
            continue

        def passphrase(name: str = spec.name, path: str = spec.passphrase_file) -> bytes:
            if path:
                return passphrase_from_file(str(Path(folder) / path), issuer=name)
            return passphrase_from_terminal(issuer=name, lang=lang)

        found[spec.name] = LocalCa(spec.name, place, passphrase)
    return found


def issue_desk(
    estate: Estate, folder: str, hosts: Mapping[str, Host], signers: Mapping[str, Issuer]
) -> IssueDesk:
    """Return what issuing needs."""
    from warifu.adapters.hosts.local import LocalHost
    from warifu.adapters.keys.openssl import OpensslKeys
    from warifu.wiring.nodes import states_for
    from warifu.workflows.issue import HERE, IssueDesk
    from warifu.workflows.requests import RequestStore

    here = LocalHost()
    state = states_for(estate, hosts)
    return IssueDesk(
        store=RequestStore(files(), f"{folder}/.warifu/requests"),
        issuers=signers,
        chains=issuer_chains(estate, folder),
        keys=OpensslKeys(),
        host=lambda node: here if node == HERE else hosts[node],
        key_folder=lambda node: f"{folder}/.warifu/keys" if node == HERE else f"{state(node)}/keys",
    )


def sentinels(
    estate: Estate, hosts: Mapping[str, Host], signers: Mapping[str, Issuer]
) -> Mapping[str, Callable[[TrustContent], tuple[Evidence, ...]]]:
    """Return, for each trust store that judges clients at an address, what shows it short-lived identities.

    Only a CA whose passphrase lies in a file signs them: nobody is asked for one in the middle of a rollout.
    """
    from warifu.adapters.issuers.local_ca import LocalCa
    from warifu.ports.targets import digest_of
    from warifu.workflows.sentinel import Acceptor, make_sentinels, witness_by_sentinels

    ready = [signers[spec.name] for spec in estate.issuers.values() if spec.passphrase_file]
    makers = [signer for signer in ready if isinstance(signer, LocalCa)]
    asking = {
        slot: connection.asked_name
        for connection in estate.connections.values()
        for slot in connection.server_trusts
    }

    def show(slot: str, content: TrustContent) -> tuple[Evidence, ...]:
        service = estate.service_of(slot)
        now = clock().now()
        made: dict[str, ClientIdentity] = {}
        for maker in makers:
            made |= make_sentinels(maker, [maker.certificates.root], now=now)
        acceptor = Acceptor(slot, service.addresses, service.dialect, asking[slot])
        return witness_by_sentinels(
            acceptor,
            made,
            [anchor.fingerprint.hex for anchor in content.anchors],
            prober=prober(),
            via=hosts[service.node],
            now=now,
            value_digest=digest_of(content),
        )

    return {slot: partial(show, slot) for slot in asking if estate.service_of(slot).addresses}


def rollout_room(path: str, lang: Lang = Lang.EN) -> RolloutRoom:
    """Return everything rollouts of an estate need."""
    import getpass
    from zoneinfo import ZoneInfo

    from warifu.adapters.journals.sqlite import SqliteJournal, this_process
    from warifu.wiring.nodes import states_for
    from warifu.workflows.carry import CarryingHands, Crew
    from warifu.workflows.carry_issue import Issuing
    from warifu.workflows.errands import Errands
    from warifu.workflows.gate import EvidenceGate, WaitingGate
    from warifu.workflows.proof_again import ProofAgain
    from warifu.workflows.rollouts import RolloutRoom

    estate, folder = load_estate(path)
    hosts = hosts_for(estate, folder)
    state = states_for(estate, hosts)
    signers = issuers(estate, folder, lang)
    issuing = Issuing(estate, issue_desk(estate, folder, hosts, signers), clock())
    shown = sentinels(estate, hosts, signers)

    def crew(plan: Plan, rollout: str) -> tuple[Hands, Gate]:
        del plan
        errands = Errands(
            estate,
            f"{folder}/.warifu/handover/{rollout}",
            folder,
            files(),
            prober(),
            hosts,
            clock(),
            lang,
            shown,
        )
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
                by_hand=errands.carry,
                sentinels=shown,
            ),
        )
        waiting = WaitingGate(estate, ZoneInfo, clock())
        again = ProofAgain(estate, engines(estate), clock())
        return hands, EvidenceGate(observing(estate, hosts), again.prove, waiting.may_start, clock())

    return RolloutRoom(
        estate=estate,
        journal=SqliteJournal(f"{folder}/.warifu/journal.sqlite"),
        files=files(),
        clock=clock(),
        holder=this_process(),
        person=getpass.getuser(),
        crew=crew,
        fence_path=lambda node: f"{folder}/.warifu/fence.json" if node == "" else f"{state(node)}/fence.json",
    )
