"""Fingerprints and key ids: two notions that are never mixed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Self

from warifu.domain.x509.sending import lightly_sent
from warifu.errors import UsageError

_SEPARATORS = re.compile(r"[\s:]")
_HEX = re.compile(r"[0-9a-fA-F]+")


@dataclass(frozen=True, slots=True, order=True)
class Sha256:
    """The SHA-256 of an object's DER bytes: its identity. Lower-case hex, 64 digits."""

    hex: str

    @classmethod
    def of(cls, der: bytes) -> Self:
        """Return the fingerprint of DER bytes."""
        return cls(hashlib.sha256(der).hexdigest())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a fingerprint with or without colons, in either case.

        Raises:
            UsageError: `trust.not-a-fingerprint`.
        """
        plain = _SEPARATORS.sub("", text.removeprefix("sha256:"))
        if len(plain) != 64 or not _HEX.fullmatch(plain):
            raise UsageError("trust.not-a-fingerprint", text=text)
        return cls(plain.lower())

    @property
    def short(self) -> str:
        """The first eight bytes, for tables."""
        return self.hex[:16]

    def __str__(self) -> str:
        return self.hex


@lightly_sent
@dataclass(frozen=True, slots=True, order=True)
class KeyId:
    """A key identifier (SKI or AKI): octets as upper-case hex without colons."""

    hex: str

    @classmethod
    def of(cls, octets: bytes) -> Self:
        """Return the key id of raw octets."""
        return cls(octets.hex().upper())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key id with or without colons, in either case.

        Raises:
            UsageError: `trust.not-a-key-id`.
        """
        plain = _SEPARATORS.sub("", text)
        if not plain or len(plain) % 2 or not _HEX.fullmatch(plain):
            raise UsageError("trust.not-a-key-id", text=text)
        return cls(plain.upper())

    def __str__(self) -> str:
        return self.hex
