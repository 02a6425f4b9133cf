"""Feeds damaged objects to every parser of the domain, and judges whatever still parses.

    ./run fuzz [SECONDS] [--seed N] [--only NAME]     an hour as a rule
    ./run fuzz --again FILE                           one input again, through every parser

Whatever bytes come in, only values, findings and our own errors may come out, each within five seconds, and no
warning of a library. An input that
brings anything else is kept in `.run/fuzz/` with its traceback, and the exit code is 1. Inputs are good objects with
bytes turned, cut, doubled and exchanged with those of others, with lengths and tags of their DER changed; of
certificates and CRLs some are signed again after that, so that they pass as genuine and meet every rule.

A parser is a line in `PARSERS`.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import FrameType

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12

from support.java_stores import Made, write
from support.pki import BOTH, NOW, Entity, make_ca, make_key
from support.revoking import OCSP_SIGNER, REVOKED, crl_of, element, ocsp_of, point, scope
from support.roots import Holders
from support.shipped import PUBLIC
from warifu.adapters.bundles.root_ceremony import Given, look_at
from warifu.adapters.bundles.tuf_signer import TufSigner
from warifu.domain.directory import Anchor, AnchorKind, Published, Standing
from warifu.domain.findings import Finding, Lang, remedy, title
from warifu.domain.trust import Context, Verdict, in_order, judge, judge_anchors, profile_named
from warifu.domain.x509 import Certificate, OcspResponse, Reading, Request, RevocationList, read
from warifu.domain.x509.damaged import value_at
from warifu.domain.x509.java_stores import read_java_store
from warifu.domain.x509.pkcs7 import certificates_in_pkcs7
from warifu.domain.x509.pkcs12 import read_pkcs12
from warifu.domain.x509.unlocking import Effort
from warifu.errors import WarifuError
from warifu.wire.agent import EntryTold, Report
from warifu.wire.bundle import encode, read_bundle
from warifu.wire.parcel import pack, unpack
from warifu.wire.signed import canonical, parse

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 5.0
"""Seconds that one input may take."""

LIMITS = x509.NameConstraints(
    [x509.DNSName("example"), x509.RFC822Name("example"), x509.UniformResourceIdentifier(".example")],
    [x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")]))],
)
CA = make_ca("Root", extra=[(LIMITS, True)])
MID = CA.intermediate("Mid", path_length=1)
NAMES = [
    x509.DNSName("a.example"),
    x509.DNSName("*.b.example"),
    x509.RFC822Name("a@example"),
    x509.UniformResourceIdentifier("spiffe://a.example/b"),
    x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\x05\x00"),
    x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "y")])),
]
RICH = [
    (x509.SubjectAlternativeName(NAMES), False),
    (point("http://crl.example/1"), False),
    (x509.PolicyConstraints(1, None), False),
    (x509.TLSFeature([x509.TLSFeatureType.status_request]), False),
]
LEAF = MID.leaf("a.example", san=False, purposes=BOTH, extra=RICH)
RSA = make_ca("RSA", key=make_key("rsa")).leaf("a.example", "192.0.2.1", "2001:db8::1")


@dataclass(frozen=True)
class Parser:
    """What takes bytes, and good bytes to damage."""

    name: str
    parse: Callable[[bytes], object]
    seeds: Callable[[], Sequence[bytes]]


@dataclass
class Tally:
    """What came of the inputs of one parser."""

    inputs: int = 0
    parsed: int = 0
    failures: list[tuple[bytes, str]] = field(default_factory=list)


@cache
def certificates() -> tuple[bytes, ...]:
    """Certificates of ours, and those of the suite at hand."""
    own = [one.value.der for one in (LEAF, MID, CA, RSA)]
    return (*own, *_suite())


@cache
def _suite() -> tuple[bytes, ...]:
    folder = Path(os.environ.get("WARIFU_VECTORS") or ROOT.parent / "shared" / "vectors")
    path = folder / "limbo-dev.json.gz"
    if not path.exists():
        return ()
    cases = json.loads(gzip.decompress(path.read_bytes()))["testcases"]
    texts = {text for one in cases for text in (one["peer_certificate"], *one["trusted_certs"])}
    bodies = ("".join(text.split("-----")[2].split()) for text in sorted(texts) if len(text) < 10_000)
    return tuple(base64.b64decode(body) for body in bodies)


def _crls() -> tuple[bytes, ...]:
    made = (
        crl_of(MID, [LEAF], reason=x509.ReasonFlags.superseded),
        crl_of(MID, extra=[(scope("http://crl.example/1", user=True), True)]),
        crl_of(MID, extra=[(x509.DeltaCRLIndicator(1), True)]),
    )
    return tuple(one.der for one in made)


def _responses() -> tuple[bytes, ...]:
    signer = MID.leaf("responder", purposes=OCSP_SIGNER)
    return tuple(one.der for one in (ocsp_of(LEAF, REVOKED), ocsp_of(LEAF, signer=signer)))


def _requests() -> tuple[bytes, ...]:
    key = make_key()
    builder = x509.CertificateSigningRequestBuilder().subject_name(LEAF.cert.subject)
    builder = builder.add_extension(x509.SubjectAlternativeName(NAMES), critical=False)
    return (builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER),)


def _files() -> tuple[bytes, ...]:
    """Files as people have them: PEM of several kinds, keys, PKCS#7, UTF-16."""
    texts = [
        LEAF.fullchain_pem,
        LEAF.fullchain_pem + LEAF.key_pem,
        RSA.key_pem,
        _pem(b"X509 CRL", _crls()[0]),
    ]
    binary = [*_messages(), LEAF.value.der, _key_stores()[0]]
    return (
        *texts,
        *binary,
        LEAF.fullchain_pem.decode().encode("utf-16"),
        _pem(b"CERTIFICATE REQUEST", _requests()[0]),
    )


@cache
def _messages() -> tuple[bytes, ...]:
    chain = [LEAF.cert, MID.cert, CA.cert]
    kinds = (serialization.Encoding.DER, serialization.Encoding.PEM)
    return tuple(pkcs7.serialize_certificates(chain, kind) for kind in kinds)


@cache
def _packed() -> tuple[bytes, ...]:
    password = serialization.BestAvailableEncryption(b"secret")
    rest = [MID.cert, CA.cert]
    made = [
        pkcs12.serialize_key_and_certificates(b"a", LEAF.key, LEAF.cert, rest, locked)
        for locked in (password, serialization.NoEncryption())
    ]
    return tuple(made)


@cache
def _key_stores() -> tuple[bytes, ...]:
    entries = [Made("ca", (CA.value.der,)), Made("web", (LEAF.value.der, MID.value.der), b"\x30\x00")]
    return tuple(write(kind, entries, "changeit") for kind in ("JKS", "JCEKS"))


@cache
def _bundles() -> tuple[bytes, ...]:
    anchors = (Anchor(CA.value), Anchor(LEAF.value, "pin", AnchorKind.LEAF, Standing.QUARANTINED))
    return (encode(Published("shop", 3, NOW, anchors, (CA.crl(),), "ab" * 32)),)


@cache
def _roots() -> tuple[bytes, ...]:
    with tempfile.TemporaryDirectory() as folder:
        first = TufSigner(f"{folder}/keys").begin(now=NOW)["1.root.json"]
    holders = Holders.made("Ito", "Sato", "Abe")
    return (first, holders.sign(holders.root(first), "Ito", "Sato"))


def _reports() -> tuple[bytes, ...]:
    entry = EntryTold(
        "trusted-roots", "root", "trusted-certificate", "ab" * 32, not_after=NOW, chain=("MII=",)
    )
    report = Report("web-1", 7, NOW, "boot", 12.5, versions={"shop": 3}, entries=(entry,), orders=("r1",))
    return (canonical(report).encode(), canonical(Report("web-1", 7, NOW, "boot", 12.5)).encode())


def _parcels() -> tuple[bytes, ...]:
    return (pack({"timestamp.json": b"{}", "2.root.json": None, "targets/a.json": b"x" * 100}),)


def _pem(label: bytes, der: bytes) -> bytes:
    body = base64.encodebytes(der)
    return b"-----BEGIN " + label + b"-----\n" + body + b"-----END " + label + b"-----\n"


PARSERS: tuple[Parser, ...] = (
    Parser("certificate", Certificate, certificates),
    Parser("crl", RevocationList, _crls),
    Parser("ocsp", OcspResponse, _responses),
    Parser("request", Request, _requests),
    Parser("pkcs7", certificates_in_pkcs7, _messages),
    Parser("pkcs12", lambda data: read_pkcs12(data, (b"secret",), Effort(100_000)), _packed),
    Parser("java", read_java_store, _key_stores),
    Parser("file", lambda data: read(data, "fuzz"), _files),
    Parser("bundle", lambda data: read_bundle(data, "shop"), _bundles),
    Parser("root", lambda data: look_at(Given("fuzz", data), None), _roots),
    Parser("report", lambda data: parse(Report, data), _reports),
    Parser("parcel", unpack, _parcels),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until the time is up; return the exit code."""
    parser = argparse.ArgumentParser(prog="./run fuzz", description="Feed damaged objects to every parser.")
    parser.add_argument("seconds", type=float, nargs="?", default=3600.0, help="how long (3600)")
    parser.add_argument("--seed", type=int, default=None, help="where chance begins (another each time)")
    parser.add_argument("--only", choices=[one.name for one in PARSERS], help="one parser alone")
    parser.add_argument("--again", type=Path, help="one input, through every parser")
    wanted = parser.parse_args(arguments)
    chosen = [one for one in PARSERS if wanted.only in (None, one.name)]
    if wanted.again is not None:
        data = wanted.again.read_bytes()
        tallies = {one.name: Tally() for one in chosen}
        for one in chosen:
            feed(one, data, tallies[one.name])
    else:
        seed = random.SystemRandom().randrange(2**32) if wanted.seed is None else wanted.seed
        sys.stdout.write(f"fuzz: {wanted.seconds:.0f} seconds, --seed {seed}\n")
        tallies = run(chosen, seed, until=time.monotonic() + wanted.seconds)
    return report(tallies, ROOT / ".run" / "fuzz")


def run(
    parsers: Sequence[Parser], seed: int, *, until: float = float("inf"), rounds: int | None = None
) -> dict[str, Tally]:
    """Feed every parser in turn, until an instant or for so many rounds.

    Args:
        seed: the same one brings the same changes (keys and signatures are made afresh: what fails is kept).
    """
    chance = random.Random(seed)  # noqa: S311  # nothing secret
    tallies = {one.name: Tally() for one in parsers}
    done = 0
    while time.monotonic() < until and (rounds is None or done < rounds):
        for parser in parsers:
            feed(parser, damaged(parser.seeds(), chance), tallies[parser.name])
        done += 1
    return tallies


def feed(parser: Parser, data: bytes, tally: Tally) -> None:
    """Give a parser one input, and use what it makes of it."""
    tally.inputs += 1
    try:
        with _Clock(), warnings.catch_warnings():
            warnings.simplefilter("error")
            value = parser.parse(data)
            tally.parsed += 1
            explore(value)
    except WarifuError:
        return
    except Exception:  # noqa: BLE001  # whatever it is: that is the question
        tally.failures.append((data, traceback.format_exc()))


def report(tallies: dict[str, Tally], folder: Path) -> int:
    """Print what came of it, keep the inputs that failed, and return the exit code."""
    for name, tally in tallies.items():
        sys.stdout.write(
            f"{name}: {tally.inputs} inputs, {tally.parsed} parsed, {len(tally.failures)} failed\n"
        )
        for data, text in tally.failures:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{name}-{hashlib.sha256(data).hexdigest()[:16]}"
            path.with_suffix(".bin").write_bytes(data)
            path.with_suffix(".txt").write_text(text, "utf-8")
            sys.stdout.write(f"  {path}.bin: {text.strip().splitlines()[-1]}\n")
    return 1 if any(tally.failures for tally in tallies.values()) else 0


class TooSlowError(Exception):
    """An input took longer than it may."""


class _Clock:
    """Ends what takes too long, in the main thread."""

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, LIMIT)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before)

    def _ring(self, _number: int, _frame: FrameType | None) -> None:
        msg = f"more than {LIMIT} seconds"
        raise TooSlowError(msg)


def explore(value: object) -> None:
    """Ask a value for all that it can tell, and judge it in every place of a chain."""
    if isinstance(value, Reading):
        for finding in value.findings:
            _said(finding)
        for one in value.certificates:
            explore(one)
        return
    for name in _properties(type(value)):
        getattr(value, name)
    if isinstance(value, Certificate):
        for verdict in _judged(value):
            for finding in verdict.findings:
                _said(finding)
    elif isinstance(value, RevocationList):
        _ask(Context(profile_named("tls-server"), NOW, crls=(value,), crl_mode="chain"))
    elif isinstance(value, OcspResponse):
        _ask(Context(PUBLIC, NOW, ocsp=(value,)))


def _properties(kind: type[object]) -> tuple[str, ...]:
    return tuple(name for name, found in vars(kind).items() if isinstance(found, (property, cached_property)))


def _ask(context: Context) -> None:
    for finding in judge((LEAF.value, MID.value), (CA.value,), context).findings:
        _said(finding)


def _judged(odd: Certificate) -> Iterator[Verdict]:
    for context in _CONTEXTS:
        yield judge((odd, MID.value), (CA.value,), context)
        yield judge((LEAF.value, odd, MID.value), (CA.value, odd), context)
        for finding in judge_anchors((odd,), context):
            _said(finding)
    in_order((MID.value, odd, LEAF.value))


_CONTEXTS = (
    Context(profile_named("tls-server"), NOW, name="a.example"),
    Context(PUBLIC, NOW, name="192.0.2.1", consumer="openssl"),
    Context(profile_named("rfc5280"), NOW, crls=(crl_of(MID),), crl_mode="chain", intermediates=1),
)


def _said(finding: Finding) -> None:
    for lang in Lang:
        title(finding, lang)
        remedy(finding, lang)


def damaged(seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """Return a good object with a few things wrong, perhaps signed again."""
    data = chance.choice(seeds)
    other = chance.choice(seeds)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        data = chance.choice(_CHANGES)(data, other, chance)
    return _signed_again(data, chance) if chance.random() < 0.5 else data


def _turn(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) or 1)
    return data[:at] + bytes([chance.choice((0, 0x7F, 0x80, 0xFF, chance.randrange(256)))]) + data[at + 1 :]


def _cut(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) or 1)
    return data[:at] + data[at + chance.randrange(1, 20) :]


def _double(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) or 1)
    piece = data[at : at + chance.randrange(1, 40)]
    return data[:at] + piece * chance.choice((2, 2, 30)) + data[at:]


def _exchange(data: bytes, other: bytes, chance: random.Random) -> bytes:
    at, there = chance.randrange(len(data) or 1), chance.randrange(len(other) or 1)
    size = chance.randrange(1, 60)
    return data[:at] + other[there : there + size] + data[at + size :]


def _change_element(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Give one DER element another content or tag, and all around it the right lengths."""
    path = _way_down(data, chance)
    if not path:
        return _turn(data, other, chance)
    start, begin, end = path[-1]
    content, tag = data[begin:end], data[start]
    match chance.randrange(6):
        case 0:
            content = b""
        case 1:
            content = content + content
        case 2:
            content = bytes(chance.randrange(256) for _ in range(chance.randrange(12)))
        case 3:
            tag = chance.choice(
                (0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x13, 0x16, 0x17, 0x18, 0x30, 0x31, 0x82)
            )
        case 4:
            content = _turn(content, content, chance) if content else b"\x00"
        case _:
            there = _way_down(other, chance)
            content = other[there[-1][1] : there[-1][2]] if there else b"\x05\x00"
    made = element(tag, content)
    for around, inner in zip(reversed(path[:-1]), reversed(path[1:]), strict=True):
        made = element(data[around[0]], data[around[1] : inner[0]] + made + data[inner[2] : around[2]])
    return made + data[path[0][2] :]


def _way_down(data: bytes, chance: random.Random) -> list[tuple[int, int, int]]:
    """Elements from the outermost to one within, each as (start, content, end); nothing where it is no DER."""
    path: list[tuple[int, int, int]] = []
    start, limit = 0, len(data)
    for _ in range(chance.randrange(1, 9)):
        try:
            begin, end = value_at(data, start)
        except IndexError:
            break
        if end > limit or begin > end:
            break
        path.append((start, begin, end))
        if not data[start] & 0x20 and data[start] not in {0x03, 0x04}:
            break
        inside = _children(data, begin, end)
        if not inside:
            break
        start, limit = chance.choice(inside), end
    return path


def _children(data: bytes, begin: int, end: int) -> list[int]:
    found: list[int] = []
    while begin + 1 < end and len(found) < 50:
        found.append(begin)
        try:
            after = value_at(data, begin)[1]
        except IndexError:
            return []
        if after > end or after <= begin:
            return []
        begin = after
    return found


_CHANGES = (_turn, _cut, _double, _exchange, *(_change_element,) * 6)
_ECDSA = element(0x30, bytes.fromhex("06082a8648ce3d040302"))


def _signed_again(data: bytes, chance: random.Random) -> bytes:
    """Sign what may be a TBSCertificate or TBSCertList anew, as the CA that the seeds name."""
    try:
        begin, end = value_at(data, 0)
        inner = value_at(data, begin)[1]
    except IndexError:
        return data
    signer: Entity = chance.choice((MID, CA))
    if inner > end or end > len(data) or not isinstance(signer.key, ec.EllipticCurvePrivateKey):
        return data
    tbs = data[begin:inner]
    signature = signer.key.sign(tbs, ec.ECDSA(hashes.SHA256()))
    return element(0x30, tbs + _ECDSA + element(0x03, b"\x00" + signature))


if __name__ == "__main__":
    raise SystemExit(main())
