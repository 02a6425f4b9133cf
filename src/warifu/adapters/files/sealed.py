"""Bytes that are encrypted where they lie: AES-256-GCM under a key in a file of its own.

The key comes from systemd's credentials where it was given there (`LoadCredentialEncrypted=`), else from a file of mode
0600 that is made when it is first needed. What the bytes are for is authenticated with them, so that one sealed thing is
never taken for another.

Spec: NIST SP 800-38D; systemd.exec(5), Credentials.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from warifu.adapters.files.local import LocalFiles
from warifu.errors import CouldNotLookError

_KEY, _NONCE = 32, 12  # octets, NIST SP 800-38D §8.2


def encrypted(key: bytes, data: bytes, context: bytes) -> bytes:
    """Return data encrypted for a place: nonce, ciphertext, tag.

    Args:
        context: names the place; authenticated with the data.
    """
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, context)


def decrypted(key: bytes, data: bytes, context: bytes) -> bytes:
    """Return what was encrypted for a place.

    Raises:
        InvalidTag: another key, another place, or damaged.
    """
    if len(data) <= _NONCE:
        raise InvalidTag
    return AESGCM(key).decrypt(data[:_NONCE], data[_NONCE:], context)


class Sealed:
    """Seals and opens bytes.

    Args:
        path: of the key file.
        credential: name of systemd's credential that counts before the file.
    """

    def __init__(self, path: str, credential: str = "") -> None:
        self._path = path
        self._credential = credential
        self._held = b""

    def seal(self, data: bytes, what: str) -> bytes:
        """Return bytes encrypted.

        Args:
            what: names what they are for; opening takes the same.

        Raises:
            CouldNotLookError: `io.cannot-read`, `io.cannot-write`, `io.sealing-key-unfit`.
        """
        return encrypted(self._key(), data, what.encode())

    def open(self, sealed: bytes, what: str) -> bytes:
        """Return bytes as they were.

        Raises:
            CouldNotLookError: `io.not-sealed-by-us`: another key, another purpose, or changed; and as `seal`.
        """
        try:
            return decrypted(self._key(), sealed, what.encode())
        except InvalidTag as error:
            raise CouldNotLookError("io.not-sealed-by-us", what=what, path=self._place()) from error

    def _place(self) -> str:
        folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
        given = str(Path(folder, self._credential)) if folder and self._credential else ""
        return given if given and Path(given).is_file() else self._path

    def _key(self) -> bytes:
        if not self._held:
            files, place = LocalFiles(), self._place()
            if place == self._path and not files.exists(place):
                self._make(place)
            key = files.read(place)
            if len(key) != _KEY:
                raise CouldNotLookError("io.sealing-key-unfit", path=place, size=len(key), wanted=_KEY)
            self._held = key
        return self._held

    def _make(self, place: str) -> None:
        """Make the key, once: of those that start at the same time one makes it, and all use it."""
        made = Path(f"{place}.{secrets.token_hex(6)}")
        LocalFiles().write(str(made), secrets.token_bytes(_KEY))
        try:
            os.link(made, place)
        except FileExistsError:
            pass
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise CouldNotLookError("io.cannot-write", path=place, reason=reason) from error
        finally:
            made.unlink()
