"""Whole fakes of the ports: a node in memory, services on it, a target, a prober and a clock.

    host = FakeHost()
    host.put("/etc/web.crt", web.fullchain_pem)
    host.put("/etc/web.key", web.key_pem, mode=0o600)
    service = FakeService(host, Address("127.0.0.1", 8443), "/etc/web.crt", "/etc/web.key")
    host.commands[("reload", "web")] = service.load

They keep every promise of the ports they stand for: links are followed, writes go through the
fence, a service goes on with what it loaded until it is told to load again.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature

from support.pki import NOW
from warifu.domain.estate import IdentitySlot, Loading, Service, Slot, TrustSlot
from warifu.domain.findings import Finding
from warifu.domain.trust.address import Address
from warifu.domain.x509 import Certificate, read, to_pem
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.changes import (
    Act,
    Fence,
    Host,
    MakeFolder,
    Operation,
    PointLink,
    Remove,
    WriteFile,
)
from warifu.ports.clock import Clock
from warifu.ports.hosts import (
    FileSeen,
    HostClock,
    HostReader,
    ProcessSeen,
    Ran,
)
from warifu.ports.probes import Answered, Ask, ClientIdentity, Prober
from warifu.ports.targets import (
    Content,
    FileWanted,
    IdentityContent,
    SlotSeen,
    Target,
    TrustContent,
)
from warifu.wire.evidence import Evidence, Outcome, Stage, Witness

Command = Callable[[], int | None]


class FakeClock(Clock):
    """A clock that moves only when somebody waits."""

    def __init__(self, now: datetime = NOW) -> None:
        self.instant = now

    def now(self) -> datetime:
        return self.instant

    def wait(self, until: Callable[[], bool], *, at_most: timedelta, every: timedelta) -> bool:
        end = self.instant + at_most
        while not until():
            if self.instant >= end:
                return False
            self.instant += every
        return True


@dataclass(frozen=True)
class _Entry:
    kind: str  # file, folder or link
    data: bytes = b""
    mode: int = 0o644
    user: str = "root"
    group: str = "root"
    leads_to: str = ""


class FakeHost(Host):
    """A node whose files live in memory.

    `commands` maps an argv to what it does; an unknown one answers 127. Paths in `unreadable`
    and `unwritable` refuse as a permission would. `changes` holds every operation carried out.
    """

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {"/": _Entry("folder", mode=0o755)}
        self.commands: dict[tuple[str, ...], Command] = {}
        self.ran: list[tuple[str, ...]] = []
        self.changes: list[Operation] = []
        self.unreadable: set[str] = set()
        self.unwritable: set[str] = set()
        self.clock = HostClock(NOW.timestamp(), "boot-1", 1000.0)
        self.processes: tuple[ProcessSeen, ...] = ()
        self.unreachable = False

    def put(self, path: str, data: bytes, *, mode: int = 0o644, user: str = "root") -> None:
        """Set a file as an operator would: past every fence, following links."""
        real = self._real(path)
        self._make_parents(real)
        self._entries[real] = _Entry("file", data, mode, user, user)

    def read(self, path: str) -> FileSeen:
        self._reach()
        if path in self.unreadable:
            raise CouldNotLookError("io.host-cannot-read", path=path, reason="Permission denied")
        own = self._entries.get(self._real(path, follow_last=False))
        link = own.leads_to if own is not None and own.kind == "link" else ""
        found = self._entries.get(self._real(path))
        if found is None:
            return FileSeen(path, "absent", link=link)
        return FileSeen(path, found.kind, found.data, found.mode, found.user, found.group, link)

    def names(self, folder: str) -> tuple[str, ...]:
        self._reach()
        stem = self._real(folder).rstrip("/") + "/"
        inside = {path for path in self._entries if path.startswith(stem) and "/" not in path[len(stem) :]}
        return tuple(sorted(folder.rstrip("/") + "/" + path[len(stem) :] for path in inside if path != stem))

    def run(
        self, argv: Sequence[str], *, stdin: bytes = b"", timeout: timedelta = timedelta(seconds=30)
    ) -> Ran:
        self._reach()
        return self._run(tuple(argv))

    def dial(self, address: Address, *, timeout: timedelta) -> socket.socket:
        raise CouldNotLookError("io.host-cannot-dial", address=address, reason="a fake has no network")

    def look(self) -> tuple[HostClock, tuple[ProcessSeen, ...]]:
        self._reach()
        return self.clock, self.processes

    def change(self, operations: Sequence[Operation], fence: Fence) -> tuple[Ran, ...]:
        self._reach()
        held = self._fence(fence.path)
        if held is not None and (held.journal != fence.journal or held.epoch > fence.epoch):
            raise RefusedError("io.host-fenced", journal=held.journal, epoch=held.epoch)
        note = {"journal": fence.journal, "epoch": fence.epoch, "order": fence.order}
        self.put(fence.path, json.dumps(note).encode(), mode=0o600)
        answers = []
        for position, operation in enumerate(operations):
            if getattr(operation, "path", None) in self.unwritable:
                raise CouldNotLookError(
                    "io.host-cannot-change", operation=position, reason="No space left on device"
                )
            if isinstance(operation, Act):
                answers.append(self._run(operation.argv))
                self.changes.append(operation)
                if answers[-1].code:
                    break
                continue
            self._carry_out(operation)
            self.changes.append(operation)
        return tuple(answers)

    def release(self, fence: Fence) -> None:
        held = self._fence(fence.path)
        if held is not None and held.journal == fence.journal:
            del self._entries[self._real(fence.path)]

    def _reach(self) -> None:
        if self.unreachable:
            raise CouldNotLookError("io.host-cannot-read", path="", reason="No route to host")

    def _run(self, argv: tuple[str, ...]) -> Ran:
        self.ran.append(argv)
        if argv not in self.commands:
            return Ran(argv, 127, b"", b"command not found")
        return Ran(argv, self.commands[argv]() or 0)

    def _carry_out(self, operation: MakeFolder | WriteFile | PointLink | Remove) -> None:
        path = self._real(operation.path, follow_last=isinstance(operation, MakeFolder))
        named, _, shared = getattr(operation, "owner", "").partition(":")
        user, group = named or "root", shared or named or "root"
        if isinstance(operation, MakeFolder):
            self._make_parents(path)
            self._entries[path] = _Entry("folder", mode=operation.mode, user=user, group=group)
        elif isinstance(operation, WriteFile):
            self._make_parents(path)
            self._entries[path] = _Entry("file", operation.data, operation.mode, user, group)
        elif isinstance(operation, PointLink):
            self._make_parents(path)
            self._entries[path] = _Entry("link", leads_to=operation.leads_to)
        else:
            for inside in [p for p in self._entries if p == path or p.startswith(path + "/")]:
                del self._entries[inside]

    def _make_parents(self, path: str) -> None:
        parent = path.rpartition("/")[0]
        while parent:
            self._entries.setdefault(parent, _Entry("folder", mode=0o755))
            parent = parent.rpartition("/")[0]

    def _real(self, path: str, *, follow_last: bool = True, hops: int = 0) -> str:
        if hops > 40:
            raise CouldNotLookError("io.host-cannot-read", path=path, reason="too many links")
        parts = [part for part in path.split("/") if part and part != "."]
        real = ""
        for position, part in enumerate(parts):
            last = position == len(parts) - 1
            if part == "..":
                real = real.rpartition("/")[0]
                continue
            step = f"{real}/{part}"
            entry = self._entries.get(step)
            if entry is None or entry.kind != "link" or (last and not follow_last):
                real = step
                continue
            target = entry.leads_to if entry.leads_to.startswith("/") else f"{real}/{entry.leads_to}"
            real = self._real(target, hops=hops + 1)
        return real or "/"

    def _fence(self, path: str) -> Fence | None:
        seen = self._entries.get(self._real(path))
        return None if seen is None else Fence(path, **json.loads(seen.data))


@dataclass
class FakeService:
    """A TLS service on a fake host: it presents what it loaded, not what lies on disk.

    Args:
        anchors: file of the anchors that client certificates are judged by; empty asks for none.
        required: a client without certificate is refused.
        others: certificate files chosen by server name.
        lying: its reload answers 0 and loads nothing.
    """

    host: FakeHost
    address: Address
    certificate: str
    key: str = ""
    anchors: str = ""
    required: bool = True
    others: Mapping[str, str] = field(default_factory=dict)
    lying: bool = False
    down: bool = False
    chains: dict[str, tuple[Certificate, ...]] = field(default_factory=dict, init=False)
    trusted: tuple[Certificate, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        self._take_up()

    def load(self) -> int:
        """Reload: 0, or 1 and nothing changed when a file cannot be used."""
        return 0 if self.lying else self._take_up()

    def _take_up(self) -> int:
        chains = {name: self._read(path) for name, path in {"": self.certificate, **self.others}.items()}
        if not all(chains.values()):
            return 1
        self.chains = chains
        self.trusted = self._read(self.anchors) if self.anchors else ()
        return 0

    def _read(self, path: str) -> tuple[Certificate, ...]:
        return read(self.host.read(path).data, path).certificates

    def answer(self, ask: Ask) -> Answered:
        """One full handshake."""
        if self.down:
            return Answered(ask.address, refused="connection-refused", reached=False)
        chain = self.chains.get(ask.sni, self.chains.get("", ()))
        names = tuple(anchor.subject.der for anchor in self.trusted) if self.anchors else None
        served = tuple(certificate.der for certificate in chain)
        seen = Answered(ask.address, chain, names, "TLSv1.3", served=served, heard=ask.read)
        if not self.anchors or not ask.read:
            return seen
        if ask.client is None:
            return replace(seen, refused="certificate required", by_peer=True) if self.required else seen
        if not chains_up((ask.client.leaf, *ask.client.chain), self.trusted):
            return replace(seen, refused="unknown ca", by_peer=True)
        return seen


def chains_up(chain: Sequence[Certificate], anchors: Sequence[Certificate]) -> bool:
    """Follow signatures from the leaf through what was sent to an anchor; dates and names do not count."""
    at = chain[0]
    left = list(chain[1:])
    while True:
        if any(_signed(at, anchor) for anchor in anchors):
            return True
        above = next((one for one in left if _signed(at, one)), None)
        if above is None:
            return False
        left.remove(above)
        at = above


def _signed(child: Certificate, parent: Certificate) -> bool:
    try:
        child.parsed.verify_directly_issued_by(parent.parsed)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


class FakeProber(Prober):
    """Asks fake services; an address without one refuses the connection. `asked` keeps every ask."""

    def __init__(
        self, *services: FakeService, names: Mapping[str, tuple[Address, ...]] | None = None
    ) -> None:
        self.services = {service.address: service for service in services}
        self.known = dict(names or {})
        self.asked: list[Ask] = []

    def ask(self, ask: Ask, *, via: HostReader) -> Answered:
        self.asked.append(ask)
        service = self.services.get(ask.address)
        if service is None:
            return Answered(ask.address, refused="connection-refused", reached=False)
        return service.answer(ask)

    def resolve(self, host: str, port: int) -> tuple[Address, ...]:
        if host in self.known:
            return self.known[host]
        if host.replace(".", "").isdigit() or ":" in host or host == "localhost":
            return (Address(host, port),)
        raise CouldNotLookError("io.name-unknown", name=host)


class FakeTarget(Target):
    """Plain PEM files: leaf and chain in one file, key in another (or the same).

    `loaded` is what a self-reporting witness says of a slot; a slot that is not in it cannot be seen.
    """

    def __init__(self) -> None:
        self.extra_findings: dict[str, tuple[Finding, ...]] = {}
        self.loaded: dict[str, str] = {}
        self.at = NOW

    def read(self, host: HostReader, service: Service, slot: Slot) -> SlotSeen:
        findings = list(self.extra_findings.get(slot.name, ()))
        content: Content | None = None
        if isinstance(slot, IdentitySlot):
            whole = read(host.read(slot.certificate).data, slot.certificate)
            separate = read(host.read(slot.chain).data, slot.chain).certificates if slot.chain else ()
            keys = read(host.read(slot.key).data, slot.key).keys if slot.key else whole.keys
            if whole.certificates:
                leaf, *rest = whole.certificates
                content = IdentityContent(leaf, (*rest, *separate), keys[0] if keys else None)
            findings.extend(whole.findings)
        else:
            seen = host.read(slot.anchors)
            whole = read(seen.data, slot.anchors)
            crls = read(host.read(slot.crls).data, slot.crls).crls if slot.crls else ()
            if seen.kind == "file":
                content = TrustContent(whole.certificates, crls)
            findings.extend(whole.findings)
        return SlotSeen(slot.name, content, tuple(findings))

    def mark(self, host: HostReader, service: Service) -> Mapping[str, str]:
        clock, _ = host.look()
        return {"boot_id": clock.boot_id, "boot_clock": f"{clock.since_boot:.3f}", "processes": "", "log": ""}

    def said(self, host: HostReader, service: Service, since: Mapping[str, str]) -> str:
        return ""

    def witness(
        self, host: HostReader, service: Service, slot: Slot, *, value_digest: str, since: Mapping[str, str]
    ) -> tuple[Evidence, ...]:
        held = self.loaded.get(slot.name)
        if service.loading is Loading.EACH_USE:
            outcome, witness = Outcome.YES, Witness.EACH_USE
        elif held is None:
            outcome, witness = Outcome.COULD_NOT_LOOK, Witness.SELF_REPORT
        else:
            outcome = Outcome.YES if held == value_digest else Outcome.NO
            witness = Witness.SELF_REPORT
        return (Evidence(slot.name, Stage.LOADED, outcome, witness, self.at, value_digest),)

    def encode(self, service: Service, slot: Slot, content: Content) -> tuple[FileWanted, ...]:
        if isinstance(slot, IdentitySlot) and isinstance(content, IdentityContent):
            pem = to_pem((content.leaf, *content.chain))
            key = b"" if content.key is None else content.key.to_pkcs8()
            if slot.key == slot.certificate:
                return (FileWanted(slot.certificate, pem + key, 0o600, slot.user),)
            files = [FileWanted(slot.certificate, pem)]
            if slot.key and key:
                files.append(FileWanted(slot.key, key, 0o600, slot.user))
            return tuple(files)
        assert isinstance(slot, TrustSlot)
        assert isinstance(content, TrustContent)
        return (FileWanted(slot.anchors, to_pem(content.anchors)),)

    def check_command(self, service: Service) -> tuple[str, ...]:
        return service.check

    def load_command(self, host: HostReader, service: Service) -> tuple[str, ...]:
        return service.restart if service.loading is Loading.RESTART else service.reload

    def judge_load(self, service: Service, ran: Ran) -> tuple[Finding, ...]:
        return ()


def client_of(slot: str, content: Content | None) -> ClientIdentity | None:
    """What a probe presents for an identity slot whose key could be read."""
    if isinstance(content, IdentityContent) and content.key is not None:
        return ClientIdentity(content.leaf, content.chain, content.key)
    return None
