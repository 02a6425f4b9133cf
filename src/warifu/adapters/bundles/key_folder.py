"""Keys that sign, a file each: `KEYID.pem`, PKCS#8, in a folder that its owner alone can enter.

Online keys lie there as they are, since the server signs by itself; root keys of people are files of their own, locked
with a passphrase.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner, SSlibKey

from warifu.adapters.bundles.metadata import FOREIGN, KEY_NAME
from warifu.adapters.files.local import LocalFiles
from warifu.domain.x509 import PrivateKey
from warifu.errors import CouldNotLookError, RefusedError, UsageError

_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """The online keys of a server."""

    folder: str

    def make(self) -> SSlibKey:
        """Make an Ed25519 key and return its public half.

        Raises:
            RefusedError: `bundle.keys-open`.
            CouldNotLookError: `io.cannot-write`.
        """
        if Path(self.folder).exists():
            _check_closed(Path(self.folder))
        key = new_key()
        public = public_of(key)
        LocalFiles().write(str(self._path(public.keyid)), key.to_pkcs8(), mode=0o600)
        return public

    def find(self, key_id: str) -> CryptoSigner | None:
        """Return what signs with a key; None where it is not here.

        Raises:
            RefusedError: `bundle.keys-open`: others can enter the folder or read the file.
            CouldNotLookError: `io.cannot-read`.
            UsageError: `bundle.not-a-key`.
        """
        path = self._path(key_id)
        if not path.exists():
            return None
        _check_closed(Path(self.folder))
        _check_closed(path)
        return signer_of(open_key(LocalFiles().read(str(path)), str(path), None))

    def _path(self, key_id: str) -> Path:
        return Path(self.folder, f"{key_id}.pem")


def new_key() -> PrivateKey:
    """Return a new Ed25519 key."""
    return PrivateKey(Ed25519PrivateKey.generate())


def public_of(key: PrivateKey, name: str = "") -> SSlibKey:
    """Return the public half as signed files list it.

    Raises:
        UsageError: `bundle.not-a-key`: not a kind that signs bundles.
    """
    try:
        public = SSlibKey.from_crypto(key.raw.public_key())
    except FOREIGN as error:
        raise UsageError("bundle.not-a-key", path=name or "-") from error
    if name:
        public.unrecognized_fields[KEY_NAME] = name
    return public


def signer_of(key: PrivateKey) -> CryptoSigner:
    """Return what signs with a key."""
    return CryptoSigner(key.raw, public_of(key))


def open_key(pem: bytes, path: str, passphrase: bytes | None) -> PrivateKey:
    """Return the key of a file.

    Args:
        path: whose bytes they are, for the message.

    Raises:
        RefusedError: `bundle.key-locked`: the passphrase is wrong or missing.
        UsageError: `bundle.not-a-key`.
    """
    is_locked = b"ENCRYPTED PRIVATE KEY" in pem
    try:
        key = PrivateKey.load_pem(pem, passphrase if is_locked else None)
    except UsageError as error:
        if is_locked:
            raise RefusedError("bundle.key-locked", path=path) from error
        raise UsageError("bundle.not-a-key", path=path) from error
    public_of(key, path)
    return key


def _check_closed(path: Path) -> None:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise CouldNotLookError("io.cannot-read", path=str(path), reason=str(error.strerror)) from error
    if mode & _OTHERS:
        raise RefusedError(
            "bundle.keys-open", path=str(path), mode=f"{mode:04o}", wanted="0700" if path.is_dir() else "0600"
        )
