"""What a certificate of the local CA looks like: the extensions of RFC 5280 §4.2, each with its right criticality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import (
    CertificateIssuerPrivateKeyTypes,
    CertificatePublicKeyTypes,
)

from warifu.domain.x509 import Certificate, PrivateKey
from warifu.errors import UsageError

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Signer:
    """A CA certificate with its key."""

    certificate: Certificate
    key: PrivateKey


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a leaf is to hold."""

    public_key: CertificatePublicKeyTypes
    subject: x509.Name
    names: tuple[x509.GeneralName, ...]
    purposes: tuple[x509.ObjectIdentifier, ...]
    not_before: datetime
    not_after: datetime


def make_private_key(kind: str) -> PrivateKey:
    """Make a key: `rsa-2048`, `rsa-3072`, `rsa-4096`, `ec-p256`, `ec-p384` or `ed25519`.

    Raises:
        UsageError: `issue.bad-key-kind`.
    """
    if kind in {"rsa-2048", "rsa-3072", "rsa-4096"}:
        return PrivateKey(rsa.generate_private_key(65537, int(kind[4:])))
    if kind == "ec-p256":
        return PrivateKey(ec.generate_private_key(ec.SECP256R1()))
    if kind == "ec-p384":
        return PrivateKey(ec.generate_private_key(ec.SECP384R1()))
    if kind == "ed25519":
        return PrivateKey(ed25519.Ed25519PrivateKey.generate())
    raise UsageError("issue.bad-key-kind", key=kind)


def sign_ca(
    subject: x509.Name,
    key: PrivateKey,
    *,
    by: Signer | None,
    not_before: datetime,
    not_after: datetime,
) -> Certificate:
    """Sign a CA certificate: a root when `by` is None, else an intermediate that signs leaves alone (pathlen 0)."""
    signer = key if by is None else by.key
    issuer = subject if by is None else by.certificate.parsed.subject
    public = key.raw.public_key()
    builder = (
        _begin(issuer, subject, public, not_before, not_after)  # type: ignore[arg-type]  # CA keys all sign
        .add_extension(x509.BasicConstraints(ca=True, path_length=None if by is None else 0), critical=True)
        .add_extension(_usage(cert_sign=True), critical=True)
        .add_extension(_authority(signer, by), critical=False)
    )
    return _sign(builder, signer)


def sign_leaf(leaf: Leaf, by: Signer) -> Certificate:
    """Sign a leaf: digitalSignature, and keyEncipherment for RSA; subjectAltName critical when there is no subject."""
    issuer = by.certificate.parsed.subject
    encipher = isinstance(leaf.public_key, rsa.RSAPublicKey)
    builder = (
        _begin(issuer, leaf.subject, leaf.public_key, leaf.not_before, leaf.not_after)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signature=True, encipherment=encipher), critical=True)
        .add_extension(_authority(by.key, by), critical=False)
    )
    if leaf.purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(leaf.purposes), critical=False)
    if leaf.names:
        critical = not list(leaf.subject)  # RFC 5280 §4.2.1.6
        builder = builder.add_extension(x509.SubjectAlternativeName(leaf.names), critical=critical)
    return _sign(builder, by.key)


def make_request(key: PrivateKey, subject: x509.Name, names: Sequence[x509.GeneralName]) -> bytes:
    """Return a request for a key of this process, DER."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    builder = builder.add_extension(x509.SubjectAlternativeName(list(names)), critical=False)
    signed = builder.sign(_signing(key), _digest(key))
    return signed.public_bytes(serialization.Encoding.DER)


def authority_of(signer: Signer) -> x509.AuthorityKeyIdentifier:
    """Return the key id by which what a CA signs names it."""
    return _authority(signer.key, signer)


def sign_with(
    builder: x509.CertificateRevocationListBuilder, key: PrivateKey
) -> x509.CertificateRevocationList:
    """Sign a CRL with the digest that fits the key."""
    return builder.sign(_signing(key), _digest(key))


def _begin(
    issuer: x509.Name,
    subject: x509.Name,
    public: CertificatePublicKeyTypes,
    not_before: datetime,
    not_after: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())  # 159 random bits, positive: RFC 5280 §4.1.2.2
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _authority(key: PrivateKey, by: Signer | None) -> x509.AuthorityKeyIdentifier:
    ski = by.certificate.subject_key_id if by else None
    if ski is not None:
        return x509.AuthorityKeyIdentifier(bytes.fromhex(ski.hex), None, None)
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(_signing(key).public_key())


def _usage(*, signature: bool = False, encipherment: bool = False, cert_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signature,
        content_commitment=False,
        key_encipherment=encipherment,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=cert_sign,
        crl_sign=cert_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _sign(builder: x509.CertificateBuilder, key: PrivateKey) -> Certificate:
    signed = builder.sign(_signing(key), _digest(key))
    return Certificate(signed.public_bytes(serialization.Encoding.DER))


def _signing(key: PrivateKey) -> CertificateIssuerPrivateKeyTypes:
    raw = key.raw
    if isinstance(raw, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey)):
        return raw
    raise UsageError("issue.bad-key-kind", key=key.public_key.algorithm)


def _digest(key: PrivateKey) -> hashes.SHA256 | hashes.SHA384 | None:
    facts = key.public_key
    if facts.algorithm == "Ed25519":
        return None
    return hashes.SHA384() if facts.curve == "secp384r1" else hashes.SHA256()
