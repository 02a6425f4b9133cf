"""The data keys that secrets lie under: in a private file, themselves under a systemd credential where there is one.

`systemd-creds` hands a service its credential in `$CREDENTIALS_DIRECTORY`; with it the file alone opens nothing.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from warifu.adapters.files.local import LocalFiles
from warifu.adapters.files.sealed import decrypted, encrypted
from warifu.domain.endpoint import Secret
from warifu.errors import CouldNotLookError, RefusedError

CREDENTIAL = "warifu-endpoint"
_FORMAT = 1
_KEY = 32  # octets: AES-256
_LEAST = 16  # octets of a credential
_OTHERS = 0o077


class _File(msgspec.Struct):
    format: int
    sealed: bool
    keys: dict[str, str]


class DataKeys:
    """Data keys by number; the highest is the one to write under.

    Args:
        path: the file.
        credential: what the service manager gave us; None where it gave nothing.
    """

    def __init__(self, path: str, credential: Secret | None = None) -> None:
        self._path = path
        self._wrapping = None if credential is None else _derived(credential)

    def is_there(self) -> bool:
        """Tell whether the file is there."""
        return os.path.lexists(self._path)

    def load(self) -> Mapping[int, Secret]:
        """Return the keys by number.

        Raises:
            RefusedError: `endpoint.key-file-open`: others may read the file.
            CouldNotLookError: `endpoint.key-file`.
        """
        try:
            mode = stat.S_IMODE(Path(self._path).stat().st_mode)
            data = LocalFiles().read(self._path)
        except (OSError, CouldNotLookError) as error:
            raise self._fault("file-missing") from error
        if mode & _OTHERS:
            raise RefusedError("endpoint.key-file-open", path=self._path, mode=f"{mode:04o}")
        try:
            read = msgspec.json.decode(data, type=_File)
            found = {int(number): base64.b64decode(text, validate=True) for number, text in read.keys.items()}
        except (ValueError, binascii.Error) as error:
            raise self._fault("file-damaged") from error
        if read.sealed:
            found = {number: self._unwrapped(number, sealed) for number, sealed in found.items()}
        if not found or any(len(key) != _KEY for key in found.values()):
            raise self._fault("file-damaged")
        return {number: Secret(key) for number, key in found.items()}

    def save(self, keys: Mapping[int, Secret]) -> None:
        """Write the keys, under the credential where there is one.

        Raises:
            CouldNotLookError: `io.cannot-write`.
        """
        plain = {number: key.reveal() for number, key in keys.items()}
        kept = {number: self._wrapped(number, key) for number, key in plain.items()}
        told = {str(number): base64.b64encode(key).decode() for number, key in sorted(kept.items())}
        document = _File(_FORMAT, self._wrapping is not None, told)
        LocalFiles().write(self._path, msgspec.json.encode(document), mode=0o600)

    def _wrapped(self, number: int, key: bytes) -> bytes:
        if self._wrapping is None:
            return key
        return sealed(Secret(self._wrapping), key, _context(number))

    def _unwrapped(self, number: int, data: bytes) -> bytes:
        if self._wrapping is None:
            raise self._fault("credential-missing")
        try:
            return opened(Secret(self._wrapping), data, _context(number))
        except InvalidTag as error:
            raise self._fault("credential-wrong") from error

    def _fault(self, reason: str) -> CouldNotLookError:
        return CouldNotLookError("endpoint.key-file", path=self._path, reason=reason)


def fresh_key() -> Secret:
    """Return a new data key."""
    return Secret(secrets.token_bytes(_KEY))


def sealed(key: Secret, data: bytes, context: bytes) -> bytes:
    """Return data encrypted for a place."""
    return encrypted(key.reveal(), data, context)


def opened(key: Secret, data: bytes, context: bytes) -> bytes:
    """Return what was encrypted for a place.

    Raises:
        InvalidTag: another key, another place, or damaged.
    """
    return decrypted(key.reveal(), data, context)


def credential_in(folder: str) -> Secret | None:
    """Return the credential that a service manager put into a folder; None where there is none.

    Raises:
        CouldNotLookError: `endpoint.key-file`: it is too short to be a key.
    """
    path = Path(folder, CREDENTIAL)
    if not folder or not path.exists():
        return None
    data = LocalFiles().read(str(path))
    if len(data) < _LEAST:
        raise CouldNotLookError("endpoint.key-file", path=str(path), reason="credential-short")
    return Secret(data)


def _derived(credential: Secret) -> bytes:
    return HKDF(SHA256(), _KEY, salt=None, info=b"warifu endpoint data keys").derive(credential.reveal())


def _context(number: int) -> bytes:
    return b"warifu endpoint data key %d" % number
