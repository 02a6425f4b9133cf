"""A private key that never prints."""

from __future__ import annotations

from typing import Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from warifu.domain.x509.public_key import PublicKey, facts_of
from warifu.domain.x509.reasons import reason_of
from warifu.errors import UsageError

_LONG = 2500  # bytes: an RSA key of 4096 bits in PKCS#8 has less


class PrivateKey:
    """A private key. Its `repr` and `str` show the kind of key and nothing else; it does not pickle."""

    __slots__ = ("_key",)

    def __init__(self, key: PrivateKeyTypes) -> None:
        self._key = key

    @classmethod
    def load_pem(cls, pem: bytes, passphrase: bytes | None = None) -> Self:
        """Read one PEM private key (PKCS#1, PKCS#8, SEC1).

        Raises:
            UsageError: `trust.key-unreadable` (with no part of the key in it).
        """
        try:
            return cls(serialization.load_pem_private_key(pem, passphrase))
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise UsageError("trust.key-unreadable", reason=reason_of(error)) from None

    @classmethod
    def load_der(cls, der: bytes) -> Self:
        """Read one DER private key that is not encrypted (PKCS#1, PKCS#8, SEC1).

        Raises:
            UsageError: `trust.key-unreadable` (with no part of the key in it).
        """
        is_long = len(der) > _LONG  # to prove that hostile numbers are prime would take minutes
        try:
            return cls(serialization.load_der_private_key(der, None, unsafe_skip_rsa_key_validation=is_long))
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise UsageError("trust.key-unreadable", reason=reason_of(error)) from None

    @property
    def raw(self) -> PrivateKeyTypes:
        """The key for signing, inside this process."""
        return self._key

    @property
    def public_key(self) -> PublicKey:
        """The facts of its public half."""
        return facts_of(self._key.public_key())  # type: ignore[arg-type]  # X25519 never signs a certificate

    def to_pkcs8(self) -> bytes:
        """Return the key as unencrypted PKCS#8 PEM, for a file of mode 0600 alone."""
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def to_pkcs8_der(self) -> bytes:
        """Return the key as unencrypted PKCS#8 DER, to be locked before it is written."""
        return self._key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def to_encrypted_pkcs8(self, passphrase: bytes) -> bytes:
        """Return the key as PKCS#8 PEM encrypted with a passphrase."""
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase),
        )

    def __repr__(self) -> str:
        return "PrivateKey(***)"

    def __reduce__(self) -> str:
        raise TypeError("a private key is not copied or pickled")
