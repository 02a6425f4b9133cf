"""The demo's certificates: an old root that has to go, its intermediate, and a root of somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVER = "server"
CLIENT = "client"
PURPOSES = {SERVER: ExtendedKeyUsageOID.SERVER_AUTH, CLIENT: ExtendedKeyUsageOID.CLIENT_AUTH}
CA_DAYS = 3650
LEAF_DAYS = 90


@dataclass(frozen=True, slots=True)
class Leaf:
    """A certificate with its chain and key, as PEM."""

    fullchain: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class Authority:
    """A CA of the demo.

    Args:
        above: the CAs between it and the root, itself included, as sent with a leaf.
    """

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    above: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> bytes:
        """Return its certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def intermediate(self, name: str) -> Authority:
        """Return a CA beneath this one."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _sign(_Wanted(name, key.public_key(), days=CA_DAYS), self, self.key)
        return Authority(certificate, key, (certificate, *self.above))

    def leaf(self, name: str, purposes: Sequence[str]) -> Leaf:
        """Return a new key with a certificate for a host name."""
        key = ec.generate_private_key(ec.SECP256R1())
        wanted = _Wanted(name, key.public_key(), days=LEAF_DAYS, purposes=tuple(purposes))
        certificate = _sign(wanted, self, self.key)
        chain = (certificate, *self.above)
        return Leaf(
            b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain),
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        )


def new_root(name: str) -> Authority:
    """Return a self-signed CA."""
    key = ec.generate_private_key(ec.SECP256R1())
    return Authority(_sign(_Wanted(name, key.public_key(), days=CA_DAYS), None, key), key)


@dataclass(frozen=True, slots=True)
class _Wanted:
    name: str
    public: ec.EllipticCurvePublicKey
    days: int
    purposes: tuple[str, ...] = ()


def _sign(wanted: _Wanted, issuer: Authority | None, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    now = datetime.now(UTC).replace(microsecond=0)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wanted.name)])
    ca = not wanted.purposes
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(wanted.public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=wanted.days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(_usage(ca=ca), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(wanted.public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    if wanted.purposes:
        names = x509.SubjectAlternativeName([x509.DNSName(wanted.name)])
        usages = x509.ExtendedKeyUsage([PURPOSES[purpose] for purpose in wanted.purposes])
        builder = builder.add_extension(names, critical=False).add_extension(usages, critical=False)
    return builder.sign(key, hashes.SHA256())


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
