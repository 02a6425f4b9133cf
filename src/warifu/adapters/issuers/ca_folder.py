"""A local CA's folder: certificates, encrypted keys, and the chain that an estate file names.

    root.crt  root.key                the anchor
    issuing.crt  issuing.key          the intermediate that signs leaves, where there is one
    issuing-chain.pem                 the issuing certificate first, the root last
    issued.sqlite                     what was signed, made at the first signature

The folder is written whole under another name and renamed: a CA is there or it is not.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from warifu.adapters.issuers.certificate_profile import Signer, make_private_key, sign_ca
from warifu.domain.x509 import Certificate, PrivateKey, read, to_pem
from warifu.errors import CouldNotLookError, RefusedError, UsageError

CHAIN = "issuing-chain.pem"


@dataclass(frozen=True, slots=True)
class CaOrder:
    """The CA to make.

    Args:
        intermediate: common name of an intermediate beneath the root; empty makes none.
        lifetime: of the root; the intermediate lives half as long.
    """

    folder: str
    common_name: str
    intermediate: str = ""
    key: str = "ec-p256"
    lifetime: timedelta = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class CaCertificates:
    """A CA's certificates: the issuing one first, the root last; both are one where there is no intermediate."""

    issuing: Certificate
    root: Certificate

    @property
    def above_leaf(self) -> tuple[Certificate, ...]:
        """What is sent with a leaf: the chain without the root."""
        return () if self.issuing == self.root else (self.issuing,)


def create_ca(order: CaOrder, passphrase: bytes, *, now: datetime) -> CaCertificates:
    """Make a CA's folder.

    Raises:
        RefusedError: `issue.ca-exists`.
        UsageError: `issue.bad-key-kind`, `issue.bad-subject`, `issue.passphrase-empty`.
        CouldNotLookError: `issue.ca-write-failed`.
    """
    if not passphrase:
        raise UsageError("issue.passphrase-empty", issuer=order.common_name)
    folder = Path(order.folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RefusedError("issue.ca-exists", folder=order.folder)
    files, certificates = _material(order, passphrase, now.replace(microsecond=0))
    beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside.mkdir(mode=0o700)
        for name, (data, mode) in files.items():
            _write(beside / name, data, mode)
        _sync(beside)
        beside.rename(folder)
        _sync(folder.parent)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise CouldNotLookError(
            "issue.ca-write-failed", folder=order.folder, reason=str(error.strerror)
        ) from error
    return certificates


def read_ca(folder: str) -> CaCertificates:
    """Read a CA's certificates; its keys stay shut.

    Raises:
        CouldNotLookError: `issue.ca-missing`.
    """
    root = _certificate(folder, "root.crt")
    has_intermediate = (Path(folder) / "issuing.crt").exists()
    return CaCertificates(_certificate(folder, "issuing.crt") if has_intermediate else root, root)


def open_key(folder: str, certificate: Certificate, passphrase: bytes) -> Signer:
    """Open the key of one of the folder's certificates.

    Raises:
        RefusedError: `issue.ca-locked`: the passphrase is wrong.
        CouldNotLookError: `issue.ca-missing`.
    """
    name = "root.key" if certificate == _certificate(folder, "root.crt") else "issuing.key"
    path = Path(folder) / name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CouldNotLookError("issue.ca-missing", folder=folder, file=name) from error
    try:
        key = PrivateKey.load_pem(data, passphrase)
    except UsageError:
        raise RefusedError("issue.ca-locked", path=str(path)) from None
    if certificate.public_key is None or key.public_key.sha256 != certificate.public_key.sha256:
        raise CouldNotLookError("issue.ca-missing", folder=folder, file=name)
    return Signer(certificate, key)


def _material(
    order: CaOrder, passphrase: bytes, now: datetime
) -> tuple[Mapping[str, tuple[bytes, int]], CaCertificates]:
    key = make_private_key(order.key)
    root = sign_ca(_name(order.common_name), key, by=None, not_before=now, not_after=now + order.lifetime)
    files = {
        "root.crt": (to_pem([root]), 0o644),
        "root.key": (key.to_encrypted_pkcs8(passphrase), 0o600),
    }
    issuing = root
    if order.intermediate:
        below = make_private_key(order.key)
        issuing = sign_ca(
            _name(order.intermediate),
            below,
            by=Signer(root, key),
            not_before=now,
            not_after=now + order.lifetime / 2,
        )
        files["issuing.crt"] = (to_pem([issuing]), 0o644)
        files["issuing.key"] = (below.to_encrypted_pkcs8(passphrase), 0o600)
    chain = CaCertificates(issuing, root)
    files[CHAIN] = (to_pem([*chain.above_leaf, root]), 0o644)
    return files, chain


def _name(common_name: str) -> x509.Name:
    try:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    except ValueError:
        raise UsageError("issue.bad-subject", subject=common_name) from None


def _certificate(folder: str, name: str) -> Certificate:
    try:
        found = read((Path(folder) / name).read_bytes(), name).certificates
    except OSError as error:
        raise CouldNotLookError("issue.ca-missing", folder=folder, file=name) from error
    if not found:
        raise CouldNotLookError("issue.ca-missing", folder=folder, file=name)
    return found[0]


def _write(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
