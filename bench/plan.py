"""`bench plan`: a plan for 1,000, 10,000 and 100,000 nodes with 10 connections each, made and proven.

One distinct leaf a node, old and new issued beforehand and kept in the user's cache folder;
RSA and P-256 mixed; 50 trust stores, 5 CAs of which 4 are replaced, 10% of the nodes with a
store for one anchor (of the CA that stays), half of the connections mutual, 20 broken.

How cost grows: with slots and steps (a few microseconds each in Python), with pairs (columns of
numbers) and with the leaves (facts, one signature each, on every core); path verdicts do not grow
with the estate.

`WARIFU_BENCH_NODES=1000,10000` measures fewer.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import ParamSpec, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from warifu.adapters.verifiers.openssl import OpensslVerifier
from warifu.domain.estate import (
    ClientCertificate,
    Connection,
    Estate,
    Identity,
    IdentitySlot,
    IdentityValue,
    Local,
    Node,
    Observed,
    Service,
    Slot,
    SlotState,
    TrustSlot,
    TrustStore,
    TrustValue,
)
from warifu.domain.rotation.certificates import Certificates, Memory
from warifu.domain.rotation.change import Change, ReplaceCa, ReplaceIdentity
from warifu.domain.rotation.outcome import Answer, Needs, Planned
from warifu.domain.rotation.planning import Request, make_plan
from warifu.domain.rotation.trusting import digest_of
from warifu.domain.x509 import Certificate
from warifu.workflows.plan import collector_at_rest
from warifu.workflows.signatures import read_on_every_core

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SIZES = (1_000, 10_000, 100_000)
PER_NODE = 10
BROKEN = 20
SAMPLE = 1_000
FORMAT = 1  # of the cache; another number issues everything again
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def run() -> Iterator[dict[str, object]]:
    """Yield one row a figure."""
    wanted = os.environ.get("WARIFU_BENCH_NODES", "")
    before: tuple[int, float] | None = None
    for nodes in [int(word) for word in wanted.split(",")] if wanted else SIZES:
        size = f"{nodes} nodes, {nodes * PER_NODE} connections"
        issue(nodes)
        cold, warm = (_apart(_plan_once, nodes, is_cold=is_cold) for is_cold in (True, False))
        rival = _apart(_rival, nodes) * nodes * PER_NODE
        row = {"unit": "s", "size": size}
        yield {
            "name": "plan",
            "value": round(warm.clock, 2),
            "rival": round(rival, 1),
            "ratio": round(rival / warm.clock, 1),
            **row,
        }
        yield _count("plan-cpu", round(warm.cpu, 2), "s of CPU", size)
        yield {"name": "plan-cold", "value": round(cold.clock, 2), "rival": None, "ratio": None, **row}
        yield _count("plan-cold-cpu", round(cold.cpu, 2), "s of CPU", size)
        yield _count("plan-waves", warm.waves, "waves", size)
        yield _count("plan-mixtures", warm.mixtures, "mixtures", size)
        yield _count("plan-broken-found", min(cold.found, warm.found), f"of {BROKEN}", size)
        yield _count("plan-broken-false", max(cold.false, warm.false), "connections", size)
        yield _count("plan-memory", round(max(cold.memory, warm.memory), 2), "GiB", size)
        if before is not None:
            times = f"times for {nodes / before[0]:g} times the nodes (CPU)"
            yield _count("plan-growth", round(warm.cpu / before[1], 1), times, size)
        before = nodes, warm.cpu


def _count(name: str, value: float, unit: str, size: str) -> dict[str, object]:
    return {"name": name, "value": value, "unit": unit, "rival": None, "ratio": None, "size": size}


@dataclass(frozen=True)
class Authority:
    """A root and its signing CA."""

    root: x509.Certificate
    middle: x509.Certificate
    key: Key


@dataclass(frozen=True)
class Ground:
    """What was issued: DER, by node; `old[n]` and `new[n]` are of one node."""

    roots: tuple[bytes, ...]
    middles: tuple[bytes, ...]
    new_roots: tuple[bytes, ...]
    new_middles: tuple[bytes, ...]
    old: Sequence[bytes]
    new: Sequence[bytes]


def issue(nodes: int) -> Ground:
    """Return the certificates of an estate, from the cache or issued now."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "warifu-bench"
    path = base / f"leaves-{FORMAT}-{nodes}.bin"
    if not path.exists():
        base.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as out:
            for der in _issue_all(nodes):
                out.write(len(der).to_bytes(4, "big") + der)
        unfinished.replace(path)
    data = path.read_bytes()
    blobs: list[bytes] = []
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        blobs.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    heads, leaves = blobs[:20], blobs[20:]
    return Ground(
        tuple(heads[0:5]),
        tuple(heads[5:10]),
        tuple(heads[10:15]),
        tuple(heads[15:20]),
        leaves[0::2],
        leaves[1::2],
    )


def _issue_all(nodes: int) -> Iterator[bytes]:
    old = [_authority(f"Old CA {n}", rsa_key=n % 2 == 0) for n in range(5)]
    new = [_authority(f"New CA {n}", rsa_key=n % 2 == 0) for n in range(4)] + [old[4]]
    for group in (old, new):
        yield from (authority.root.public_bytes(Encoding.DER) for authority in group)
        yield from (authority.middle.public_bytes(Encoding.DER) for authority in group)
    keys: list[Key] = [_key(rsa_key=n % 2 == 0) for n in range(40)]  # leaves differ; keys are made once
    for node in range(nodes):
        for number, group in enumerate((old, new)):
            names = [f"n{node}.example"] + ([f"n{node}.new.example"] if number else [])
            yield _leaf(group[node % 5], names, keys[(node * 2 + number) % len(keys)])


def _key(*, rsa_key: bool) -> Key:
    return rsa.generate_private_key(65537, 2048) if rsa_key else ec.generate_private_key(ec.SECP256R1())


def _authority(name: str, *, rsa_key: bool) -> Authority:
    top, key = _key(rsa_key=rsa_key), _key(rsa_key=rsa_key)
    root = _ca(name, top, None, top)
    return Authority(root, _ca(f"{name} Signing", key, root, top), key)


def _ca(name: str, key: Key, issuer: x509.Certificate | None, signer: Key) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = _start(subject, issuer.subject if issuer else subject, key, timedelta(days=3650))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    )
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return builder.add_extension(above, critical=False).sign(signer, hashes.SHA256())


def _leaf(authority: Authority, names: Sequence[str], key: Key) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    builder = _start(subject, authority.middle.subject, key, timedelta(days=90))
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), critical=False
    )
    both = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    builder = builder.add_extension(both, critical=False)
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = builder.add_extension(above, critical=False)
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _start(subject: x509.Name, issuer: x509.Name, key: Key, length: timedelta) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + length)
    )


@dataclass
class Case:
    """An estate, the DER of its certificates, and which connections were broken on purpose."""

    estate: Estate
    slots: dict[str, SlotState]
    ground: Ground
    changes: tuple[Change, ...]
    broken: set[str]

    def observed(self) -> Observed:
        """Read every certificate anew: nothing is known of any."""
        found = {}
        ground = self.ground
        for group in (
            ground.roots,
            ground.middles,
            ground.new_roots,
            ground.new_middles,
            ground.old,
            ground.new,
        ):
            for der in group:
                certificate = Certificate(der)
                found[certificate.fingerprint.hex] = certificate
        return Observed(NOW, self.slots, found)


def build(nodes: int, ground: Ground) -> Case:
    """Put the estate together."""
    chance = random.Random(nodes)
    roots = [Certificate(der).fingerprint.hex for der in ground.roots]
    orders = list(permutations(roots))[:45]
    stores = [TrustValue(order) for order in orders] + [TrustValue((roots[4],))] * 5
    middles = [(Certificate(der).fingerprint.hex,) for der in ground.middles]
    estate_slots: dict[str, Slot] = {}
    states: dict[str, SlotState] = {}
    services: dict[str, Service] = {}
    trust_stores = {f"store-{n}": TrustStore(f"store-{n}", single=n >= 45) for n in range(50)}
    changes: list[Change] = [
        ReplaceCa(roots[n], Certificate(ground.new_roots[n]).fingerprint.hex) for n in range(4)
    ]
    single = bytearray(nodes)
    for node in range(nodes):
        name = f"n{node}"
        services[name] = Service(name, name, "files", "openssl")
        leaf = Certificate(ground.old[node]).fingerprint.hex
        value = IdentityValue(leaf, middles[node % 5])
        single[node] = node % 10 == 4
        number = 45 + node // 10 % 5 if single[node] else node % 45
        estate_slots[f"{name}/tls"] = IdentitySlot(f"{name}/tls", name, name, f"/{name}.pem")
        estate_slots[f"{name}/ca"] = TrustSlot(f"{name}/ca", name, f"store-{number}", f"/{name}-ca.pem")
        states[f"{name}/tls"] = SlotState(f"{name}/tls", value, (value,), proven=True)
        states[f"{name}/ca"] = SlotState(f"{name}/ca", stores[number], (stores[number],), proven=True)
        changes.append(ReplaceIdentity(name, leaf=Certificate(ground.new[node]).fingerprint.hex))
    connections = dict(_connections(nodes, single, chance))
    broken = _break(connections, chance)
    estate = Estate(
        nodes={f"n{n}": Node(f"n{n}", Local()) for n in range(nodes)},
        services=services,
        slots=estate_slots,
        identities={f"n{n}": Identity(f"n{n}") for n in range(nodes)},
        trust_stores=trust_stores,
        connections=connections,
    )
    return Case(estate, states, ground, tuple(changes), broken)


def _connections(nodes: int, single: bytearray, chance: random.Random) -> Iterator[tuple[str, Connection]]:
    names = [(f"n{n}",) for n in range(nodes)]
    identities = [(f"n{n}/tls",) for n in range(nodes)]
    trusts = [(f"n{n}/ca",) for n in range(nodes)]
    hosts = [f"n{n}.example" for n in range(nodes)]
    for client in range(nodes):
        for number in range(PER_NODE):
            server = chance.randrange(nodes)
            if single[client]:
                server = server // 5 * 5 + 4  # a store for one anchor faces the CA that stays
            mutual = number % 2 == 0 and not (single[server] and client % 5 != 4)
            name = f"c{client}-{number}"
            yield (
                name,
                Connection(
                    name,
                    names[client],
                    names[server],
                    identities[server],
                    trusts[client],
                    ClientCertificate.REQUIRED if mutual else ClientCertificate.NONE,
                    identities[client] if mutual else (),
                    trusts[server] if mutual else (),
                    hosts[server],
                ),
            )


def _break(connections: dict[str, Connection], chance: random.Random) -> set[str]:
    """Have some clients expect a name that only the next leaf of their server carries."""
    chosen = set(chance.sample(sorted(connections), BROKEN))
    for name in chosen:
        connection = connections[name]
        host = connection.server_name.replace(".example", ".new.example")
        connections[name] = replace(connection, server_name=host)
    return chosen


@dataclass(frozen=True)
class Outcome:
    """What one planning took, and what came of it.

    Args:
        clock: seconds.
        cpu: seconds of work in all our processes (a shared machine takes the rest).
        memory: the most it had in use, in GiB.
        found: how many of the broken connections it found; `false`: how many it took for broken.
    """

    clock: float
    cpu: float
    memory: float
    waves: int
    mixtures: int
    found: int
    false: int


_Told = TypeVar("_Told")
_Asked = ParamSpec("_Asked")


def _apart(task: Callable[_Asked, _Told], *args: _Asked.args, **kwargs: _Asked.kwargs) -> _Told:
    """Return what a task says in a process of its own, as `warifu plan` is: nothing is left of the one before."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(task, *args, **kwargs).result()


def _plan_once(nodes: int, *, is_cold: bool) -> Outcome:
    """Plan and prove; cold, every certificate is parsed, read and verified within the time taken."""
    case, memory = build(nodes, issue(nodes)), Memory()
    seen = None if is_cold else _read_facts(case, memory)
    began = time.perf_counter(), _work()
    with collector_at_rest():
        if seen is None:
            seen = case.observed()
            read_on_every_core(seen.certificates.values(), memory)
        answer = _ask(case, seen, memory)
    took = time.perf_counter() - began[0], _work() - began[1]
    assert isinstance(answer, Planned), answer
    proof = answer.plan.proof
    broken = set(proof.broken)
    found, false = len(broken & case.broken), len(broken - case.broken)
    return Outcome(*took, _most_memory(), len(answer.plan.waves), proof.mixtures, found, false)


def _work() -> float:
    """Return the seconds of work done so far, by this process and those that it ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def _most_memory() -> float:
    """Return the most memory this process had in use at any time, in GiB.

    Processes that check signatures end before planning needs the most, and hold one batch each.
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


def _ask(case: Case, observed: Observed, memory: Memory) -> Answer:
    engine = OpensslVerifier()
    answers: dict[str, bool] = {}
    while True:
        answer = make_plan(
            Request(
                estate=case.estate,
                observed=observed,
                changes=case.changes,
                now=NOW,
                answers=answers,
                engines=frozenset({"openssl"}),
                memory=memory,
            )
        )
        if not isinstance(answer, Needs):
            return answer
        said = engine.answer(answer.questions)
        for question, one in zip(answer.questions, said, strict=True):
            answers[digest_of(question)] = one.accepted


def _read_facts(case: Case, memory: Memory) -> Observed:
    """Read the facts of every leaf, its signature checked once; return what is seen."""
    observed = case.observed()
    read_on_every_core(observed.certificates.values(), memory)
    certificates = Certificates(observed.certificates, memory=memory)
    for name in certificates.known:
        certificates.facts(name)
    return observed


def _rival(nodes: int) -> float:
    """Return seconds a connection for the straightforward way: each connection verified on its own, wave by wave.

    For each mixture of a connection a store is made and the served chain verified by `cryptography`,
    on a sample of the same estate.
    """
    case = build(nodes, issue(nodes))
    names = random.Random(1).sample(sorted(case.estate.connections), SAMPLE)
    known = {n: c.parsed for n, c in case.observed().certificates.items()}
    new = {f"n{n}/tls": der for n, der in enumerate(case.ground.new)}
    new_middles = [Certificate(der).parsed for der in case.ground.new_middles]
    new_roots = [Certificate(der).parsed for der in case.ground.new_roots]
    began = time.perf_counter()
    for name in names:
        connection = case.estate.connections[name]
        pairs = [(connection.server_identities[0], connection.client_trusts[0], connection.server_name)]
        if connection.client_identities:
            pairs.append((connection.client_identities[0], connection.server_trusts[0], ""))
        for shown, trusted, host in pairs:
            old = case.slots[shown].on_disk
            store = case.slots[trusted].on_disk
            assert isinstance(old, IdentityValue)
            assert isinstance(store, TrustValue)
            node = int(shown.partition("/")[0][1:])
            leaves = [
                (known[old.leaf], [known[item] for item in old.chain]),
                (x509.load_der_x509_certificate(new[shown]), [new_middles[node % 5]]),
            ]
            before = [known[item] for item in store.anchors]
            for anchors in (before, [*before, *new_roots], new_roots):
                for leaf, chain in leaves:
                    builder = PolicyBuilder().store(Store(anchors)).time(NOW.replace(tzinfo=None))
                    try:
                        if host:
                            builder.build_server_verifier(x509.DNSName(host)).verify(leaf, chain)
                        else:
                            builder.build_client_verifier().verify(leaf, chain)
                    except VerificationError:
                        pass
    return (time.perf_counter() - began) / SAMPLE
