"""`bench check`: many distinct leaves judged by the command line on every core, and pkilint and openssl beside it.

One file of leaves, one behind the other in DER: RSA-2048 and P-256 half and half, ten extensions each, issued
beforehand by two CAs and kept in the user's cache folder. `warifu check --out` reads it, applies all rules of
`tls-server` to each leaf, checks one signature each and writes a row for each.

The figure is certificates per CPU-second: user and system time of all processes, from the start of the program to its
end. Rivals are measured in the same run, before and after each of ours, on some of the same leaves: pkilint's PKIX
validators (it checks no signature and no path), in a process a core as ours are, each with everything loaded; and
`openssl verify` on a file a leaf. A single process on a machine whose other core idles may be a third faster or slower
from one second to the next: rates are medians of all these.

How cost grows: `check-growth` compares a leaf here with a leaf of a tenth of the pile.

`WARIFU_BENCH_LEAVES=1000000` measures a million. pkilint is put into `.run/bench-venv` when it is first needed.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

NOW = datetime(2026, 11, 21, tzinfo=UTC)
LEAVES = 100_000
SAMPLE = 400  # leaves that each process of pkilint judges at a time
FILES = 1_000  # leaves that openssl verifies at a time
ROUNDS = 3
KEYS = 40  # leaves differ; keys are made once
BATCH = 2_000
FORMAT = 1  # of the cache; another number issues everything again
PKILINT = "pkilint==0.13.3"
ROOT = Path(__file__).resolve().parent.parent
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Pile:
    """What was issued."""

    leaves: Path
    anchors: Path
    pool: Path
    count: int


@dataclass(frozen=True)
class Cost:
    """What one run took: CPU and wall time in seconds, memory of all processes together in bytes."""

    cpu: float
    wall: float
    memory: int


def run() -> Iterator[dict[str, object]]:
    """Yield one row a figure."""
    count = int(os.environ.get("WARIFU_BENCH_LEAVES", "") or LEAVES)
    large, small = issue(count), issue(max(count // 10, 1_000))
    size = f"{count} leaves, RSA-2048 and P-256, ten extensions, {os.cpu_count()} cores"
    with tempfile.TemporaryDirectory(prefix="warifu-") as name:
        folder = Path(name)
        files = _apart(large, folder)
        costs: list[Cost] = []
        rivals: dict[str, list[float]] = {"pkilint": [], "openssl": []}
        lesser: list[float] = []
        for _ in range(ROUNDS if count <= LEAVES else 1):
            lesser.append(_check(small, folder).cpu / small.count)
            rivals["pkilint"] += _pkilint(large)
            rivals["openssl"].append(_openssl(large, files))
            costs.append(_check(large, folder))
            rivals["pkilint"] += _pkilint(large)
            rivals["openssl"].append(_openssl(large, files))
        alone = median(_one(large, files[0]) for _ in range(ROUNDS))
    value = count / median(cost.cpu for cost in costs)
    for rival, rates in rivals.items():
        rate = median(rates)
        yield {
            "name": "check",
            "value": round(value, 1),
            "unit": "certificates/CPU-s",
            "rival": f"{rival}: {rate:.1f}",
            "ratio": round(value / rate, 2),
            "size": size,
        }
    yield _figure("check-wall", round(median(cost.wall for cost in costs), 2), "s", size)
    yield _figure("check-memory", round(max(cost.memory for cost in costs) / 2**30, 3), "GiB", size)
    growth = median(cost.cpu for cost in costs) / count / median(lesser)
    yield _figure("check-growth", round(growth, 2), f"times the CPU a leaf at {small.count}", size)
    yield _figure("check-one-file", round(alone, 3), "s", "one file, from start to end")


def _figure(name: str, value: float, unit: str, size: str) -> dict[str, object]:
    return {"name": name, "value": value, "unit": unit, "rival": None, "ratio": None, "size": size}


def _check(pile: Pile, folder: Path) -> Cost:
    """Check a whole pile, and see that every leaf got its row."""
    out = folder / "out.jsonl"
    where = ["--anchors", str(pile.anchors), "--pool", str(pile.pool), "--at", NOW.isoformat()]
    argv = ["check", *where, "--out", str(out), "--replace", str(pile.leaves)]
    cost = _measured([sys.executable, "-m", "warifu", *argv], (0,))
    with out.open("rb") as file:
        accepted = sum(b'"verdict":"accepted"' in line for line in file)
    assert accepted == pile.count, f"{accepted} of {pile.count} accepted"
    return cost


def _one(pile: Pile, path: str) -> float:
    where = ["--anchors", str(pile.anchors), "--at", NOW.isoformat()]
    return _measured([sys.executable, "-m", "warifu", "check", *where, path], (0, 1)).wall


def _measured(command: Sequence[str], codes: Sequence[int]) -> Cost:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment) as running:
        memory = _Watch(running.pid)
        memory.start()
        code = running.wait()
        memory.ended.set()
    memory.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert code in codes, f"{command} ended with {code}"
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, time.monotonic() - began, memory.most)


class _Watch(threading.Thread):
    """The memory of a process and of all below it, looked at again and again: the most of the sum."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.most = 0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.25):
            self.most = max(self.most, _resident(self.pid))


def _resident(pid: int) -> int:
    """Return what a process and all below it hold, pages that they share counted for each."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
        below = [
            int(word)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for word in (task / "children").read_text("ascii").split()
        ]
    except OSError:
        return 0
    return pages * resource.getpagesize() + sum(map(_resident, below))


def _pkilint(pile: Pile) -> list[float]:
    """Return how many certificates a CPU-second each process of pkilint judges, one a core at once."""
    rival = [str(_rival_python()), str(ROOT / "bench/rivals/pkilint_rate.py"), str(pile.leaves), str(SAMPLE)]
    running = [
        subprocess.Popen(rival, stdout=subprocess.PIPE, text=True)  # all begin before the first is waited for
        for _ in range(os.cpu_count() or 1)
    ]
    said = [process.communicate()[0] for process in running]
    assert not any(process.returncode for process in running), said
    return [float(rate) for rate in said]


def _rival_python() -> Path:
    """Return a Python of its own that has pkilint, made when it is first needed."""
    place = ROOT / ".run/bench-venv"
    python = place / "bin/python"
    ready = place / f".{PKILINT}"
    if not ready.exists():
        venv.create(place, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", PKILINT], check=True)
        ready.touch()
    return python


def _openssl(pile: Pile, files: Sequence[str]) -> float:
    """Return how many leaves a CPU-second `openssl verify` verifies, in one process."""
    chain = ["-CAfile", str(pile.anchors), "-untrusted", str(pile.pool)]
    command = ["openssl", "verify", "-attime", str(int(NOW.timestamp())), "-purpose", "sslserver", *chain]
    return len(files) / _measured([*command, *files], (0,)).cpu


def _apart(pile: Pile, folder: Path) -> list[str]:
    """Write the first leaves as files of their own."""
    files = []
    with pile.leaves.open("rb") as data:
        for number in range(min(FILES, pile.count)):
            head = data.read(4)
            der = head + data.read(int.from_bytes(head[2:4], "big"))
            path = folder / f"{number}.pem"
            path.write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
            files.append(str(path))
    return files


def issue(count: int) -> Pile:
    """Return a pile of leaves, from the cache or issued now on every core."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "warifu-bench"
    folder = base / f"check-{FORMAT}-{count}"
    pile = Pile(folder / "leaves.der", folder / "root.pem", folder / "issuing.pem", count)
    if pile.leaves.exists():
        return pile
    folder.mkdir(parents=True, exist_ok=True)
    tops = [_key(rsa_key=True), _key(rsa_key=False)]
    signers = [_key(rsa_key=True), _key(rsa_key=False)]
    roots = [_ca(f"Bench Root {n}", key, None, key) for n, key in enumerate(tops)]
    middles = [_ca(f"Bench Issuing CA {n}", key, roots[n], tops[n]) for n, key in enumerate(signers)]
    pile.anchors.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in roots))
    pile.pool.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in middles))
    keys = [_key(rsa_key=n % 2 == 0) for n in range(KEYS)]
    given = [
        [_packed(key) for key in keys],
        [_packed(key) for key in signers],
        [_der(one) for one in middles],
    ]
    starts = range(0, count, BATCH)
    unfinished = pile.leaves.with_suffix(".part")
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool, unfinished.open("wb") as out:
        work = partial(_leaves, count, given)
        for data in pool.map(work, starts):
            out.write(data)
    unfinished.replace(pile.leaves)
    return pile


def _leaves(count: int, given: Sequence[Sequence[bytes]], start: int) -> bytes:
    """Return the leaves from one number on; the even ones are RSA.

    Args:
        given: keys of leaves, keys of their issuers, and those issuers.
    """
    keys, signers, middles = given
    own = [_unpacked(one) for one in keys]
    above = [_unpacked(one) for one in signers]
    issuers = [x509.load_der_x509_certificate(one) for one in middles]
    return b"".join(
        _leaf(number, own[number % KEYS], issuers[number % 2], above[number % 2])
        for number in range(start, min(start + BATCH, count))
    )


def _leaf(number: int, key: Key, issuer: x509.Certificate, signer: Key) -> bytes:
    name = f"host-{number}.bench.example"
    builder = _start(name, issuer.subject, key, timedelta(days=90 + number % 300))
    web = "http://pki.bench.example"
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{web}/ca.crl")], None, None, None)
    places = [
        x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(f"{web}/ocsp")
        ),
        x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(f"{web}/ca.cer")
        ),
    ]
    policy = x509.PolicyInformation(x509.ObjectIdentifier("2.23.140.1.2.1"), None)
    both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    above = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(ca=False, encipherment=isinstance(key, rsa.RSAPrivateKey)), True),
        (x509.ExtendedKeyUsage(both), False),
        (x509.SubjectAlternativeName([x509.DNSName(name), x509.DNSName(f"www.{name}")]), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above), False),
        (x509.CertificatePolicies([policy]), False),
        (x509.CRLDistributionPoints([point]), False),
        (x509.AuthorityInformationAccess(places), False),
        (x509.TLSFeature([x509.TLSFeatureType.status_request]), False),
    ]
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return _der(builder.sign(signer, hashes.SHA256()))


def _ca(name: str, key: Key, issuer: x509.Certificate | None, signer: Key) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = _start(name, issuer.subject if issuer else subject, key, timedelta(days=3650))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(_usage(ca=True, encipherment=False), critical=True)
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = builder.add_extension(own, critical=False)
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return builder.add_extension(above, critical=False).sign(signer, hashes.SHA256())


def _usage(*, ca: bool, encipherment: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca, content_commitment=False, key_encipherment=encipherment, data_encipherment=False,
        key_agreement=False, key_cert_sign=ca, crl_sign=ca, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _start(name: str, issuer: x509.Name, key: Key, length: timedelta) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + length)
    )


def _key(*, rsa_key: bool) -> Key:
    return rsa.generate_private_key(65537, 2048) if rsa_key else ec.generate_private_key(ec.SECP256R1())


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _packed(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _unpacked(pem: bytes) -> Key:
    key = load_pem_private_key(pem, None)
    assert isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey))
    return key
