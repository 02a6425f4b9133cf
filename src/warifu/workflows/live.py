"""What services present now: full handshakes at every address, with every name and without one."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from warifu.domain.estate import (
    Estate,
    IdentitySlot,
    IdentityValue,
    Service,
    Slot,
    TrustSlot,
    TrustValue,
    Value,
)
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust.address import Address
from warifu.domain.x509 import Certificate
from warifu.errors import CouldNotLookError
from warifu.ports.hosts import HostReader
from warifu.ports.probes import Answered, Ask, Prober

HANDSHAKES = 3
"""How many handshakes at one address with one name: a service has several workers."""

BY_HAND = "by hand"


class Each(Protocol):
    """Runs jobs beside each other and returns their results in order."""

    def __call__(self, work: Callable[[Any], Any], jobs: Iterable[Any]) -> list[Any]:
        """Run them."""
        ...


@dataclass(slots=True)
class Live:
    """What handshakes told.

    Args:
        identities: values that each identity slot presents, each once.
        trusts: what CA names tell that a trust slot has loaded; a slot they do not tell of is absent.
        silent: identity slots of which some address did not answer.
    """

    identities: dict[str, tuple[IdentityValue, ...]] = field(default_factory=dict)
    trusts: dict[str, TrustValue] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    certificates: list[Certificate] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Job:
    service: Service
    via: HostReader
    address: Address
    sni: str
    key: str = ""


@dataclass(slots=True)
class _Subjects:
    certificates: Mapping[str, Certificate]

    def of(self, value: Value | None) -> frozenset[bytes] | None:
        if not isinstance(value, TrustValue):
            return None
        found = [self.certificates.get(anchor) for anchor in value.anchors]
        return frozenset(one.subject.der for one in found if one is not None)

    def value(self, names: frozenset[bytes]) -> TrustValue | None:
        """Return the trust store that has these names, when each name is one known certificate."""
        found = []
        for name in sorted(names):
            fitting = [one for one in self.certificates.values() if one.subject.der == name]
            if len(fitting) != 1:
                return None
            found.append(fitting[0].fingerprint.hex)
        return TrustValue(tuple(found))


def ask_services(  # each is one thing a look needs
    estate: Estate,
    slots: Sequence[Slot],
    on_disk: Mapping[str, Value | None],
    certificates: Mapping[str, Certificate],
    hosts: Mapping[str, HostReader],
    prober: Prober,
    each: Each,
) -> Live:
    """Ask every address of every service that one of the slots belongs to.

    Args:
        on_disk: tells slots apart that answer the same name (an RSA and an EC certificate).
        certificates: every certificate met on disk, by SHA-256 hex.
    """
    live = Live()
    by_service: dict[str, list[Slot]] = {}
    for slot in slots:
        by_service.setdefault(slot.service, []).append(slot)
    wanted = _names_by_slot(estate, slots)
    kinds = {name: _kind_of(value, certificates) for name, value in on_disk.items()}
    jobs: list[_Job] = []
    for name, own in by_service.items():
        for job in _jobs(estate.services[name], own, wanted, hosts, prober, live):
            jobs += [replace(job, key=key) for key in _keys(job, own, wanted, kinds)]
    answers = each(lambda job: _ask(job, prober), jobs)
    for job, heard in zip(jobs, answers, strict=True):
        for answer in heard:
            own = [s for s in by_service[job.service.name] if job.key in {"", kinds.get(s.name, "")}]
            _take(live, job, answer, own, wanted, on_disk)
    offers = _offers(jobs, answers)
    _take_ca_names(live, offers, by_service, on_disk, _Subjects(certificates))
    return live


def _names_by_slot(estate: Estate, slots: Sequence[Slot]) -> dict[str, tuple[str, ...]]:
    """Return the server names that lead to each identity slot: its own, and those of its connections.

    A slot that only clients use is met by nobody who dials: what is served there is never its value.
    """
    clients = {name for connection in estate.connections.values() for name in connection.client_identities}
    servers = {name for connection in estate.connections.values() for name in connection.server_identities}
    names: dict[str, list[str]] = {
        slot.name: list(slot.asked_names) or [""]
        for slot in slots
        if isinstance(slot, IdentitySlot) and slot.name not in clients - servers
    }
    for connection in estate.connections.values():
        asked = connection.asked_name
        for slot_name in connection.server_identities:
            if asked and slot_name in names and not is_number(asked):
                names[slot_name].append(asked)
    return {name: tuple(dict.fromkeys(found)) for name, found in names.items()}


def _jobs(  # see ask_services
    service: Service,
    slots: list[Slot],
    wanted: Mapping[str, tuple[str, ...]],
    hosts: Mapping[str, HostReader],
    prober: Prober,
    live: Live,
) -> list[_Job]:
    if not service.addresses:
        return []
    via = hosts.get(service.node)
    if via is None:
        live.findings.append(unseen(service.name, BY_HAND))
        live.silent.update(slot.name for slot in slots)
        return []
    names = dict.fromkeys(["", *(name for slot in slots for name in wanted.get(slot.name, ()))])
    jobs: list[_Job] = []
    for declared in service.addresses:
        try:
            addresses = resolve(prober, declared)
        except CouldNotLookError as error:
            reason = str(error.values.get("reason") or error.code)
            live.findings.append(unseen(str(declared), reason, kind="address"))
            live.silent.update(slot.name for slot in slots)
            continue
        jobs += [_Job(service, via, address, name) for address in addresses for name in names]
    return jobs


def _keys(
    job: _Job, slots: list[Slot], wanted: Mapping[str, tuple[str, ...]], kinds: Mapping[str, str]
) -> tuple[str, ...]:
    """Return which kinds of key to ask for: each that slots of this name hold, where they hold several."""
    found = {kinds.get(slot.name, "") for slot in slots if job.sni in wanted.get(slot.name, ())}
    return tuple(sorted(found)) if len(found) > 1 else ("",)


def _kind_of(value: Value | None, certificates: Mapping[str, Certificate]) -> str:
    leaf = certificates.get(_leaf(value))
    return leaf.public_key.algorithm if leaf is not None and leaf.public_key is not None else ""


def _ask(job: _Job, prober: Prober) -> list[Answered]:
    answers: list[Answered] = []
    for _ in range(HANDSHAKES):
        ask = Ask(job.address, job.service.dialect, job.sni, key=job.key)
        answers.append(prober.ask(ask, via=job.via))
        if not answers[-1].chain:
            break
    return answers


def _take(  # see ask_services
    live: Live,
    job: _Job,
    answer: Answered,
    slots: list[Slot],
    wanted: Mapping[str, tuple[str, ...]],
    on_disk: Mapping[str, Value | None],
) -> None:
    asked = [slot for slot in slots if job.sni in wanted.get(slot.name, ())]
    if not answer.chain:
        live.silent.update(slot.name for slot in asked)
        evidence = {"reason": answer.refused or "-"}
        finding = Finding(Code.NOT_ANSWERING, str(job.address), evidence, Severity.ERROR)
        if (asked or not job.sni) and finding not in live.findings:
            live.findings.append(finding)
        return
    live.certificates += answer.chain
    live.findings += [one for one in answer.findings if one not in live.findings]
    fitting = [slot for slot in asked if _leaf(on_disk.get(slot.name)) == answer.chain[0].fingerprint.hex]
    for slot in fitting or asked:
        value = served_value(answer.chain, on_disk.get(slot.name))
        known = live.identities.get(slot.name, ())
        if value not in known:
            live.identities[slot.name] = (*known, value)


def served_value(chain: Sequence[Certificate], on_disk: Value | None) -> IdentityValue:
    """Return what was served as a value; a chain that a library completed counts as the one on disk."""
    leaf, *rest = (certificate.fingerprint.hex for certificate in chain)
    if isinstance(on_disk, IdentityValue) and on_disk.leaf == leaf:
        own = on_disk.chain
        if tuple(rest[: len(own)]) == own or set(rest) == set(own):
            return on_disk
    return IdentityValue(leaf, tuple(rest))


def _leaf(value: Value | None) -> str:
    return value.leaf if isinstance(value, IdentityValue) else ""


def _offers(jobs: Sequence[_Job], answers: Sequence[list[Answered]]) -> dict[str, set[frozenset[bytes]]]:
    """Return the different sets of CA names that each service sent."""
    offers: dict[str, set[frozenset[bytes]]] = {}
    for job, heard in zip(jobs, answers, strict=True):
        found = {frozenset(answer.ca_names) for answer in heard if answer.ca_names}
        offers.setdefault(job.service.name, set()).update(found)
    return offers


def _take_ca_names(
    live: Live,
    offers: Mapping[str, set[frozenset[bytes]]],
    by_service: Mapping[str, list[Slot]],
    on_disk: Mapping[str, Value | None],
    by_subject: _Subjects,
) -> None:
    """CA names of a CertificateRequest tell what a service's trust slot has loaded: names, not keys."""
    for service, sets in offers.items():
        trusts = [slot for slot in by_service[service] if isinstance(slot, TrustSlot)]
        if len(trusts) != 1 or len(sets) != 1:
            continue  # several stores, or several answers: names do not tell which is whose
        (names,) = sets
        value = on_disk.get(trusts[0].name)
        own = by_subject.of(value)
        if own is not None and own == names:
            assert isinstance(value, TrustValue)  # noqa: S101  # `of` answers for trust values only
            live.trusts[trusts[0].name] = value
        else:
            known = by_subject.value(names)
            if known is not None:
                live.trusts[trusts[0].name] = known
            evidence = {"expected": len(own or ()), "seen": len(names)}
            live.findings.append(Finding(Code.CA_NAMES_DIFFER, trusts[0].name, evidence, Severity.WARNING))


def resolve(prober: Prober, declared: Address) -> tuple[Address, ...]:
    """Return every address behind a declared one; one that means "all of mine" is asked on the loopback.

    Raises:
        CouldNotLookError: `io.name-unknown`.
    """
    loopback = {"0.0.0.0": "127.0.0.1", "::": "::1", "*": "127.0.0.1"}.get(declared.host)  # noqa: S104
    if loopback is not None:
        return (Address(loopback, declared.port),)
    return prober.resolve(declared.host, declared.port)


def is_number(host: str) -> bool:
    """Tell whether a host is an address: such are never sent as server name (RFC 6066 §3)."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def unseen(subject: str, reason: str, **more: str) -> Finding:
    """Return the finding that says what could not be looked at, and why.

    That people look after a node by hand is known and declared: a note.
    """
    severity = Severity.NOTE if reason == BY_HAND else Severity.WARNING
    return Finding(Code.NOT_SEEN, subject, {"reason": reason, **more}, severity)
