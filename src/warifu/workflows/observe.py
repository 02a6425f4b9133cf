"""One look at an estate: what lies on disk, what is live, what is proven, and which connections hold.

Whatever could not be looked at is a finding, never an empty list. Nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import timedelta
from socket import socket
from threading import Lock
from typing import TypeVar

from warifu.domain.estate import (
    ByHand,
    Estate,
    IdentitySlot,
    Loading,
    Local,
    Observed,
    Slot,
    SlotState,
    Value,
)
from warifu.domain.trust.address import Address
from warifu.domain.x509 import Certificate, RevocationList
from warifu.errors import CouldNotLookError, WarifuError
from warifu.ports.clock import Clock
from warifu.ports.hosts import (
    FileSeen,
    HostClock,
    HostReader,
    ProcessSeen,
    Ran,
)
from warifu.ports.probes import Prober
from warifu.ports.targets import Content, IdentityContent, SlotSeen, TargetReader, TrustContent, value_of
from warifu.wire.evidence import Evidence, Outcome, Stage, Witness
from warifu.wire.values import value_digest
from warifu.workflows.engines import Engines
from warifu.workflows.held import find_held
from warifu.workflows.live import BY_HAND, Live, ask_services, unseen

Told = Callable[[int, int], None]
"""Progress: how much is done, of how much."""

_Job = TypeVar("_Job")
_Result = TypeVar("_Result")


@dataclass(slots=True)
class Pool:
    """A few threads for looks that mostly wait, and the count of those that ended."""

    workers: int
    told: Told
    done: int = 0
    planned: int = 0

    def each(self, work: Callable[[_Job], _Result], jobs: Iterable[_Job]) -> list[_Result]:
        """Return the result of each job, in their order."""
        listed = list(jobs)
        self.planned += len(listed)
        if not listed:
            return []
        with ThreadPoolExecutor(min(self.workers, len(listed))) as threads:
            waiting = {threads.submit(work, job): position for position, job in enumerate(listed)}
            for _ in as_completed(waiting):
                self.done += 1
                self.told(self.done, self.planned)
        results = {position: future.result() for future, position in waiting.items()}
        return [results[position] for position in range(len(listed))]


@dataclass(slots=True)
class Machine:
    """What runs on one machine, looked at once; every node that is this machine shares it."""

    seen: list[tuple[HostClock, tuple[ProcessSeen, ...]]] = field(default_factory=list)
    _looking: Lock = field(default_factory=Lock, repr=False)

    def look(self, host: HostReader) -> tuple[HostClock, tuple[ProcessSeen, ...]]:
        """Return clocks and processes, as they were at the first look."""
        with self._looking:  # threads that want it at the same time wait for the one look
            if not self.seen:
                self.seen.append(host.look())
            return self.seen[0]


@dataclass(slots=True)
class ReadOnce(HostReader):
    """A host whose files and processes are read once for one look: one file may belong to many slots."""

    host: HostReader
    machine: Machine = field(default_factory=Machine)
    files: dict[str, FileSeen | CouldNotLookError] = field(default_factory=dict)

    def read(self, path: str) -> FileSeen:
        """Look at a path, from memory when it was looked at before."""
        (seen,) = self.read_all((path,))
        if isinstance(seen, CouldNotLookError):
            raise seen
        return seen

    def read_all(self, paths: Sequence[str]) -> tuple[FileSeen | CouldNotLookError, ...]:
        """Look at paths, in one trip at those that were not looked at before."""
        new = tuple(dict.fromkeys(path for path in paths if path not in self.files))
        try:
            self.files.update(zip(new, self.host.read_all(new), strict=True))
        except CouldNotLookError as error:
            self.files.update(dict.fromkeys(new, error))
        return tuple(self.files[path] for path in paths)

    def names(self, folder: str) -> tuple[str, ...]:
        """Return a folder's entries."""
        return self.host.names(folder)

    def run(
        self, argv: Sequence[str], *, stdin: bytes = b"", timeout: timedelta = timedelta(seconds=30)
    ) -> Ran:
        """Run a command that changes nothing."""
        return self.host.run(argv, stdin=stdin, timeout=timeout)

    def dial(self, address: Address, *, timeout: timedelta) -> socket:
        """Open a stream."""
        return self.host.dial(address, timeout=timeout)

    def look(self) -> tuple[HostClock, tuple[ProcessSeen, ...]]:
        """Return clocks and processes, as they were at the first look."""
        return self.machine.look(self.host)


def observe(  # noqa: PLR0913  # everything a look reaches, by name
    estate: Estate,
    *,
    hosts: Mapping[str, HostReader],
    targets: Mapping[str, TargetReader],
    prober: Prober,
    clock: Clock,
    slots: Collection[str] | None = None,
    verifiers: Engines | None = None,
    told: Told = lambda _done, _planned: None,
    workers: int = 8,
) -> Observed:
    """Look at an estate once.

    Args:
        hosts: how each node is reached; a node without host cannot be looked at (by hand).
        targets: by kind.
        slots: look at these only; None means all. A connection is looked at when all its slots are.
        verifiers: engines by consumer: they decide whether a client accepts what a server serves.
        told: hears of progress.
        workers: how many looks go on at the same time.
    """
    at = clock.now()
    chosen = [slot for name, slot in estate.slots.items() if slots is None or name in slots]
    readers = _read_once(estate, hosts)
    pool = Pool(workers, told)
    files = _files_by_node(estate, chosen)
    pool.each(lambda node: readers[node].read_all(files.get(node, ())), readers)
    looks = pool.each(lambda slot: _read(estate, slot, readers, targets), chosen)
    seen = {slot.name: look for slot, look in zip(chosen, looks, strict=True)}
    contents = {name: one.content for name, one in seen.items()}
    certificates, crls = _met(contents)
    on_disk = {name: _disk(one) for name, one in seen.items()}
    live = ask_services(estate, chosen, on_disk, certificates, readers, prober, pool.each)
    told_by = pool.each(lambda slot: _witness(estate, slot, contents[slot.name], readers, targets), chosen)
    states = {
        slot.name: _state(estate, slot, seen[slot.name], live, evidence)
        for slot, evidence in zip(chosen, told_by, strict=True)
    }
    held = find_held(estate, contents, readers, prober, verifiers or {}, at, pool.each)
    for one in (*live.certificates, *held.certificates):
        certificates[one.fingerprint.hex] = one
    return Observed(at, states, certificates, crls, held.held, (*live.findings, *held.findings))


def _read_once(estate: Estate, hosts: Mapping[str, HostReader]) -> dict[str, ReadOnce]:
    here = Machine()
    local = {node.name for node in estate.nodes.values() if isinstance(node.reach, Local)}
    return {name: ReadOnce(host, here if name in local else Machine()) for name, host in hosts.items()}


def _files_by_node(estate: Estate, slots: Iterable[Slot]) -> dict[str, list[str]]:
    """Return the files of slots by node: those of one node are looked at in one trip."""
    files: dict[str, list[str]] = {}
    for slot in slots:
        files.setdefault(estate.node_of(slot.name).name, []).extend(slot.files)
    return files


def _read(
    estate: Estate, slot: Slot, readers: Mapping[str, ReadOnce], targets: Mapping[str, TargetReader]
) -> SlotSeen:
    service = estate.services[slot.service]
    host, target = readers.get(service.node), targets.get(service.target)
    if host is None or target is None:
        return SlotSeen(slot.name, None, (unseen(slot.name, BY_HAND),))
    try:
        return target.read(host, service, slot)
    except CouldNotLookError as error:
        by_hand = isinstance(estate.nodes[service.node].reach, ByHand)
        return SlotSeen(slot.name, None, (unseen(slot.name, BY_HAND if by_hand else reason_of(error)),))


def _witness(
    estate: Estate,
    slot: Slot,
    content: Content | None,
    readers: Mapping[str, ReadOnce],
    targets: Mapping[str, TargetReader],
) -> tuple[Evidence, ...]:
    service = estate.services[slot.service]
    host, target = readers.get(service.node), targets.get(service.target)
    if content is None or host is None or target is None:
        return ()
    try:
        return target.witness(host, service, slot, value_digest=value_digest(value_of(content)), since={})
    except CouldNotLookError:
        return ()  # no witness: the slot counts as not seen, which is what `proven` says


def _disk(seen: SlotSeen) -> Value | None:
    return None if seen.content is None else value_of(seen.content)


def _state(
    estate: Estate, slot: Slot, seen: SlotSeen, live: Live, told_by: tuple[Evidence, ...]
) -> SlotState:
    """Put together what files, handshakes and the product's own witness say of one slot."""
    on_disk = _disk(seen)
    if isinstance(slot, IdentitySlot):
        values = live.identities.get(slot.name, ())
        if values:
            proven = len(values) == 1 and slot.name not in live.silent
            return SlotState(slot.name, on_disk, values, proven, seen.findings, on_wire=True)
    elif slot.name in live.trusts and live.trusts[slot.name] != on_disk:
        return SlotState(slot.name, on_disk, (live.trusts[slot.name],), findings=seen.findings)
    if on_disk is None:
        return SlotState(slot.name, None, findings=seen.findings)
    loaded, proven = _by_witness(estate, slot, told_by)
    loaded = loaded or slot.name in live.trusts
    return SlotState(slot.name, on_disk, (on_disk,) if loaded else (), proven, seen.findings)


def _by_witness(estate: Estate, slot: Slot, told_by: tuple[Evidence, ...]) -> tuple[bool, bool]:
    """Return whether the value on disk is loaded, and whether nothing else is."""
    if estate.services[slot.service].loading is Loading.EACH_USE:
        return True, True
    yes = [one for one in told_by if one.outcome is Outcome.YES]
    if any(one.outcome is Outcome.NO for one in told_by):
        return False, False
    proven = any(one.stage is Stage.PROVEN or one.witness is Witness.SELF_REPORT for one in yes)
    return any(one.stage in (Stage.LOADED, Stage.PROVEN) for one in yes), proven


def _met(
    contents: Mapping[str, Content | None],
) -> tuple[dict[str, Certificate], dict[str, RevocationList]]:
    """Return every certificate and CRL that lies in a slot's files."""
    certificates: dict[str, Certificate] = {}
    crls: dict[str, RevocationList] = {}
    for content in contents.values():
        if isinstance(content, IdentityContent):
            certificates.update({one.fingerprint.hex: one for one in (content.leaf, *content.chain)})
        elif isinstance(content, TrustContent):
            certificates.update({one.fingerprint.hex: one for one in content.anchors})
            crls.update({one.fingerprint.hex: one for one in content.crls})
    return certificates, crls


def reason_of(error: WarifuError) -> str:
    """Return an error's own reason in a few words."""
    return str(error.values.get("reason") or error.code)
