"""A certificate authority for tests: builders, not fixtures.

    root = make_ca("Old Root")
    mid = root.intermediate("Mid")
    web = mid.leaf("web.example", expired=True)

Every time is explicit: `NOW` unless told otherwise.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from warifu.domain.x509 import Certificate, PrivateKey, Request, RevocationList, to_pem

NOW = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey
SERVER = (ExtendedKeyUsageOID.SERVER_AUTH,)
CLIENT = (ExtendedKeyUsageOID.CLIENT_AUTH,)
BOTH = (*SERVER, *CLIENT)


def make_key(kind: str = "ec") -> Key:
    """A private key: `ec` (P-256), `rsa` (2048) or `rsa1024`."""
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 1024 if kind == "rsa1024" else 2048)


@dataclass(frozen=True)
class Entity:
    """A certificate with its key and the certificates above it (issuer first, root last)."""

    cert: x509.Certificate
    key: Key
    above: tuple[Entity, ...] = ()

    @property
    def value(self) -> Certificate:
        return Certificate(self.cert.public_bytes(serialization.Encoding.DER))

    @property
    def private_key(self) -> PrivateKey:
        return PrivateKey(self.key)

    @property
    def chain(self) -> tuple[Certificate, ...]:
        """What is sent with a leaf: the intermediates, without the root."""
        return tuple(entity.value for entity in self.above if entity.above)

    @property
    def root(self) -> Entity:
        return self.above[-1] if self.above else self

    @property
    def pem(self) -> bytes:
        return to_pem([self.value])

    @property
    def fullchain_pem(self) -> bytes:
        return to_pem([self.value, *self.chain])

    @property
    def key_pem(self) -> bytes:
        return self.private_key.to_pkcs8()

    def intermediate(self, name: str, *, path_length: int | None = None, **options: object) -> Entity:
        return _issue(self, name, ca=True, path_length=path_length, **options)  # type: ignore[arg-type]

    def leaf(self, *names: str, **options: object) -> Entity:
        return _issue(self, names[0] if names else "", names=names, **options)  # type: ignore[arg-type]

    def crl(
        self,
        revoked: Sequence[Entity] = (),
        *,
        start: datetime = NOW - DAY,
        end: datetime = NOW + 7 * DAY,
        aki: bool = False,
        number: int = 1,
    ) -> RevocationList:
        """A CRL of this CA."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.cert.subject)
            .last_update(start)
            .next_update(end)
            .add_extension(x509.CRLNumber(number), critical=False)
        )
        if aki:
            named = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
            builder = builder.add_extension(named, critical=False)
        for entity in revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(entity.cert.serial_number)
                .revocation_date(NOW - DAY)
                .build()
            )
        signed = builder.sign(self.key, hashes.SHA256())
        return RevocationList(signed.public_bytes(serialization.Encoding.DER))

    def sign(self, request: Request, *, names: Sequence[str] = (), now: datetime = NOW) -> Certificate:
        """Sign a request with this CA."""
        return _issue(
            self, names[0] if names else "x", names=names, public=request.parsed.public_key(), now=now
        ).value


def make_ca(name: str, **options: object) -> Entity:
    """A self-signed root."""
    return _issue(None, name, **{"ca": True, **options})  # type: ignore[arg-type]


def _issue(
    issuer: Entity | None,
    name: str,
    *,
    names: Sequence[str] = (),
    ca: bool = False,
    path_length: int | None = None,
    key: Key | None = None,
    public: object = None,
    now: datetime = NOW,
    start: datetime | None = None,
    end: datetime | None = None,
    expired: bool = False,
    purposes: Sequence[x509.ObjectIdentifier] | None = SERVER,
    ski: bool = True,
    aki: bool = True,
    san: bool = True,
    basic: bool = True,
    usage: x509.KeyUsage | None = None,
    no_usage: bool = False,
    digest: hashes.HashAlgorithm | None = None,
    pss: bool = False,
    serial: int | None = None,
    subject: x509.Name | None = None,
    extra: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> Entity:
    own = key or make_key()
    public_key = public if public is not None else own.public_key()
    begin = start or now - (10 * DAY)
    finish = end or (now - DAY if expired else now + (3650 * DAY if ca else 90 * DAY))
    own_name = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)] if name else [])
        if subject is None
        else subject
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(own_name)
        .issuer_name(issuer.cert.subject if issuer else own_name)
        .public_key(public_key)  # type: ignore[arg-type]
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(finish)
    )
    if basic:
        builder = builder.add_extension(x509.BasicConstraints(ca, path_length if ca else None), critical=True)
    if not no_usage:
        builder = builder.add_extension(usage or _usage(ca=ca), critical=True)
    if names and san:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([_general(n) for n in names]), critical=False
        )
    if not ca and purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(purposes)), critical=False)
    if ski:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)  # type: ignore[arg-type]
    if aki and issuer is not None:
        issuer_key = issuer.cert.public_key()
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key),  # type: ignore[arg-type]
            critical=False,
        )
    for extension, critical in extra:
        builder = builder.add_extension(extension, critical=critical)
    signer = issuer.key if issuer else own
    names_no_hash = isinstance(signer, (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey))
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32) if pss else None
    cert = builder.sign(signer, None if names_no_hash else digest or hashes.SHA256(), rsa_padding=scheme)  # type: ignore[arg-type]
    above = (issuer, *issuer.above) if issuer else ()
    return Entity(cert, own, above)


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
