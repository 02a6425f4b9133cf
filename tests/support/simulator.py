"""Carries a plan out in a small world of its own, and verifies every handshake with the openssl binary.

Shares nothing with the planner's check: no proof, no search, no trust core. A world has
files and processes; a process serves or verifies with what it loaded last. Steps write and
load, one process after the other; in between anything may restart and load what is on disk.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from support.pki import NOW
from warifu.domain.estate import Estate, IdentitySlot, IdentityValue, Observed, TrustValue, Value
from warifu.domain.rotation.plan import Wave
from warifu.domain.rotation.steps import Load, Switch
from warifu.domain.x509 import Certificate, to_pem


class Openssl:
    """`openssl verify`, each question asked once."""

    def __init__(self, certificates: Mapping[str, Certificate]) -> None:
        self.certificates = dict(certificates)
        self.known: dict[tuple[object, ...], bool] = {}
        self.asked = 0
        self._folder = tempfile.TemporaryDirectory()

    def accepts(self, shown: IdentityValue, trusted: TrustValue, purpose: str, name: str) -> bool:
        key = (shown, trusted, purpose, name)
        if key not in self.known:
            self.known[key] = self._ask(shown, trusted, purpose, name)
        return self.known[key]

    def _ask(self, shown: IdentityValue, trusted: TrustValue, purpose: str, name: str) -> bool:
        self.asked += 1
        argv = ["openssl", "verify", "-no-CApath", "-no-CAstore", "-attime", str(int(NOW.timestamp()))]
        argv += ["-purpose", "sslserver" if purpose == "serverAuth" else "sslclient"]
        argv += ["-verify_hostname", name] if name else []
        argv += ["-CAfile", self._file(trusted.anchors)]
        argv += ["-untrusted", self._file(shown.chain)] if shown.chain else []
        ran = subprocess.run([*argv, self._file((shown.leaf,))], capture_output=True, check=False)
        return ran.returncode == 0

    def _file(self, fingerprints: tuple[str, ...]) -> str:
        path = Path(self._folder.name) / f"{abs(hash(fingerprints)):x}.pem"
        if not path.exists():
            path.write_bytes(to_pem([self.certificates[item] for item in fingerprints]))
        return str(path)

    def close(self) -> None:
        self._folder.cleanup()


@dataclass(frozen=True)
class Meeting:
    """A presenter slot that faces an acceptor slot on a connection."""

    connection: str
    presenter: str
    acceptor: str
    purpose: str
    name: str


def meetings(estate: Estate) -> tuple[Meeting, ...]:
    """Every meeting of the estate, read from its connections."""
    found = []
    for connection in estate.connections.values():
        for acceptor in connection.client_trusts:
            found += [
                Meeting(connection.name, presenter, acceptor, "serverAuth", connection.server_name)
                for presenter in connection.server_identities
            ]
        if connection.client_certificate.value != "none":
            for acceptor in connection.server_trusts:
                found += [
                    Meeting(connection.name, presenter, acceptor, "clientAuth", "")
                    for presenter in connection.client_identities
                ]
    return tuple(found)


@dataclass
class World:
    """Files and processes; every process holds one value for each of its service's slots."""

    estate: Estate
    openssl: Openssl
    disk: dict[tuple[str, str], Value]
    loaded: dict[str, list[Value]]
    meetings: tuple[Meeting, ...]
    of_slot: dict[str, list[Meeting]] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, estate: Estate, observed: Observed, openssl: Openssl, chance: random.Random) -> World:
        disk: dict[tuple[str, str], Value] = {}
        loaded: dict[str, list[Value]] = {}
        for name in estate.slots:
            state = observed.slots[name]
            assert state.on_disk is not None
            disk[cls.file_of(estate, name)] = state.on_disk
            choices = state.loaded or (state.on_disk,)
            loaded[name] = (
                [chance.choice(choices) for _ in range(2)] if len(choices) > 1 else [choices[0]] * 2
            )
        world = cls(estate, openssl, disk, loaded, meetings(estate))
        for meeting in world.meetings:
            world.of_slot.setdefault(meeting.presenter, []).append(meeting)
            world.of_slot.setdefault(meeting.acceptor, []).append(meeting)
        return world

    @staticmethod
    def file_of(estate: Estate, slot: str) -> tuple[str, str]:
        one = estate.slots[slot]
        path = one.certificate if isinstance(one, IdentitySlot) else one.anchors
        return estate.services[one.service].node, path

    def write(self, slot: str, value: Value) -> None:
        self.disk[self.file_of(self.estate, slot)] = value
        self.events.append(f"write {slot}")

    def load(self, slot: str, process: int) -> None:
        self.loaded[slot][process] = self.disk[self.file_of(self.estate, slot)]
        self.events.append(f"load {slot}[{process}]")

    def failing(self, slots: Iterable[str] | None = None) -> set[str]:
        """Connections of which some attempt fails now."""
        chosen = self.meetings if slots is None else [m for slot in slots for m in self.of_slot.get(slot, ())]
        return {meeting.connection for meeting in chosen if not self._holds(meeting)}

    def _holds(self, meeting: Meeting) -> bool:
        for shown in set(self.loaded[meeting.presenter]):
            for trusted in set(self.loaded[meeting.acceptor]):
                assert isinstance(shown, IdentityValue)
                assert isinstance(trusted, TrustValue)
                if not self.openssl.accepts(shown, trusted, meeting.purpose, meeting.name):
                    return False
        return True


@dataclass(frozen=True)
class Failure:
    """An owed connection that failed, and everything that happened before."""

    connection: str
    events: tuple[str, ...]


def carry_out(
    world: World, waves: Iterable[Wave], owed: frozenset[str], chance: random.Random, *, restarts: float = 0.3
) -> Failure | None:
    """Carry waves out in some order, with restarts at any moment; return the first owed connection that fails.

    A wave ends with every process of its slots having loaded what is on disk: it is proven.
    """
    failed = world.failing() & owed
    if failed:
        return Failure(min(failed), tuple(world.events))
    for wave in waves:
        lanes = [[step for step in chain if isinstance(step, (Switch, Load))] for chain in wave.chains]
        works = [_work(lane, chance) for lane in lanes if lane]
        while works:
            work = chance.choice(works)
            kind, slot, value, process = work.pop(0)
            if kind == "write":
                assert value is not None
                world.write(slot, value)
            else:
                world.load(slot, process)
            touched = [slot]
            if chance.random() < restarts:
                touched += _restart(world, chance)
            failed = world.failing(touched) & owed
            if failed:
                return Failure(min(failed), tuple(world.events))
            works = [work for work in works if work]
    return None


_Work = tuple[str, str, Value | None, int]


def _work(lane: list[Switch | Load], chance: random.Random) -> list[_Work]:
    work: list[_Work] = []
    for step in lane:
        if isinstance(step, Switch):
            work.append(("write", step.slot, step.after, 0))
        order = [0, 1]
        chance.shuffle(order)
        work += [("load", step.slot, None, process) for process in order]
    return work


def _restart(world: World, chance: random.Random) -> list[str]:
    """A process somewhere crashes and comes back with what is on disk."""
    service = chance.choice(sorted(world.estate.services))
    process = chance.randrange(2)
    slots = [name for name, slot in world.estate.slots.items() if slot.service == service]
    for slot in slots:
        world.load(slot, process)
    return slots


def exhaust(  # noqa: C901  # one loop, kept apart from the planner on purpose
    world: World, waves: Iterable[Wave], owed: frozenset[str]
) -> str:
    """Return an owed connection that some mixture of some wave breaks, or nothing: every combination is tried.

    What a slot may hold in a wave is followed write by write, not read from the plan's `before`.
    """
    may: dict[str, list[Value]] = {}
    for slot, values in world.loaded.items():
        may[slot] = list(dict.fromkeys([*values, world.disk[world.file_of(world.estate, slot)]]))
    readers: dict[tuple[str, str], list[str]] = {}
    for slot in may:
        readers.setdefault(world.file_of(world.estate, slot), []).append(slot)
    broken = _first_broken(world, may, owed)
    for wave in waves:
        if broken:
            return broken
        proven: dict[str, Value] = {}
        for chain in wave.chains:
            for step in chain:
                if isinstance(step, Switch):
                    for slot in readers[world.file_of(world.estate, step.slot)]:
                        may[slot] = [*may[slot], step.after]
                        if proven.get(slot) != step.after:
                            proven.pop(slot, None)
                if isinstance(step, (Switch, Load)):
                    may[step.slot] = [*may[step.slot], step.after]
                    proven[step.slot] = step.after
        broken = _first_broken(world, may, owed)
        for slot, value in proven.items():
            may[slot] = [value]
    return broken or _first_broken(world, may, owed)


def _first_broken(world: World, may: Mapping[str, list[Value]], owed: frozenset[str]) -> str:
    for meeting in world.meetings:
        if meeting.connection not in owed:
            continue
        for shown in may[meeting.presenter]:
            for trusted in may[meeting.acceptor]:
                assert isinstance(shown, IdentityValue)
                assert isinstance(trusted, TrustValue)
                if not world.openssl.accepts(shown, trusted, meeting.purpose, meeting.name):
                    return meeting.connection
    return ""
