"""The server's CAs, as files in a private folder of the server.

    ca-SHA256.pem   a CA: its key, then its certificate; one file, so that no kill leaves half of it
    server.pem      the server's key, then its certificate

The keys are not locked with a passphrase: a server starts by itself. Folder 0700, files 0600, from the first byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from warifu.adapters.files.local import LocalFiles
from warifu.adapters.issuers.certificate_profile import (
    Leaf,
    Signer,
    authority_of,
    make_private_key,
    sign_ca,
    sign_leaf,
    sign_with,
)
from warifu.domain.rotation.comparison import general_names, purpose_oids
from warifu.domain.x509 import Certificate, PrivateKey, PublicKey, RevocationList, Sha256, read, to_pem
from warifu.errors import CouldNotLookError, UsageError
from warifu.ports.identities import ControlKeys, CrlOrder, IdentityIssuer, IdentityOrder

KEY = "ec-p256"


class ControlCa(IdentityIssuer, ControlKeys):
    """CAs and the server's pair in one folder; what a CA's key signs is named by the CA's fingerprint."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._files = LocalFiles()

    @property
    def server_path(self) -> str:
        """The file with the server's key and certificate."""
        return str(self._folder / "server.pem")

    def make_ca(self, common_name: str, *, begins: datetime, ends: datetime) -> Certificate:
        """Make a CA; see the port."""
        key = make_private_key(KEY)
        start, end = begins.replace(microsecond=0), ends.replace(microsecond=0)
        made = sign_ca(_named(common_name), key, by=None, not_before=start, not_after=end)
        self._write(self._path(made.fingerprint), key, made)
        return made

    def issue(self, ca: Sha256, order: IdentityOrder) -> Certificate:
        """Sign a node's identity; see the port."""
        signer = self._signer(ca)
        names = (x509.UniformResourceIdentifier(f"warifu:node:{order.node}"),)
        leaf = Leaf(
            _public(order.key),
            _named(order.node),
            names,
            purpose_oids(["clientAuth"]),
            *_within(signer.certificate, order.begins, order.ends),
        )
        return sign_leaf(leaf, signer)

    def list_withdrawn(self, ca: Sha256, order: CrlOrder) -> RevocationList:
        """Sign a CRL; see the port."""
        signer = self._signer(ca)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(signer.certificate.parsed.subject)
            .last_update(order.at.replace(microsecond=0))
            .next_update(order.next_update.replace(microsecond=0))
            .add_extension(x509.CRLNumber(order.number), critical=False)
            .add_extension(authority_of(signer), critical=False)
        )
        for one in order.withdrawn:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(one.serial)
                .revocation_date(one.at.replace(microsecond=0))
                .build()
            )
        return RevocationList(sign_with(builder, signer.key).public_bytes(Encoding.DER))

    def renew_server(
        self, ca: Sha256, names: Sequence[str], *, begins: datetime, ends: datetime
    ) -> Certificate:
        """Make a new pair for the server; see the port."""
        signer = self._signer(ca)
        key = make_private_key(KEY)
        leaf = Leaf(
            key.raw.public_key(),  # type: ignore[arg-type]  # an EC key signs
            _named(""),
            general_names(names),
            purpose_oids(["serverAuth"]),
            *_within(signer.certificate, begins, ends),
        )
        made = sign_leaf(leaf, signer)
        self._write(Path(self.server_path), key, made)
        return made

    def server(self) -> Certificate | None:
        """Return the certificate that the server shows, if there is one."""
        if not self._files.exists(self.server_path):
            return None
        found = read(self._files.read(self.server_path), self.server_path).certificates
        return found[0] if found else None

    def _path(self, ca: Sha256) -> Path:
        return self._folder / f"ca-{ca.hex}.pem"

    def _write(self, path: Path, key: PrivateKey, certificate: Certificate) -> None:
        self._files.write(str(path), key.to_pkcs8() + to_pem([certificate]))

    def _signer(self, ca: Sha256) -> Signer:
        path = str(self._path(ca))
        try:
            data = self._files.read(path)
            found = read(data, path).certificates
            key = PrivateKey.load_pem(data)
        except (CouldNotLookError, UsageError) as error:
            raise CouldNotLookError("registry.ca-key-missing", ca=ca.short, path=path) from error
        fits = len(found) == 1 and found[0].fingerprint == ca and found[0].public_key == key.public_key
        if not fits:
            raise CouldNotLookError("registry.ca-key-missing", ca=ca.short, path=path)
        return Signer(found[0], key)


def _named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else [])


def _within(ca: Certificate, begins: datetime, ends: datetime) -> tuple[datetime, datetime]:
    start, end = max(begins, ca.not_before), min(ends, ca.not_after)
    return start.replace(microsecond=0), end.replace(microsecond=0)


def _public(key: PublicKey) -> CertificatePublicKeyTypes:
    try:
        return serialization.load_der_public_key(key.spki)  # type: ignore[return-value]  # a request proved that it signs
    except ValueError as error:
        raise UsageError("registry.ca-key-unfit", key=str(key)) from error
