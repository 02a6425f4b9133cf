"""PKCS#12 files (`.p12`, `.pfx`, Java trust stores): certificates with their names, and a key.

Spec: RFC 7292.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from warifu.domain.x509.certificate import Certificate
from warifu.domain.x509.private_key import PrivateKey
from warifu.domain.x509.reasons import reason_of
from warifu.errors import UsageError

_HEAD = re.compile(
    rb"\x30(?:[\x00-\x7f]|\x80|\x81.|\x82..|\x83...|\x84....)"  # PFX, of definite or indefinite length
    rb"\x02\x01\x03"  # version 3
    rb"\x30(?:[\x00-\x7f]|\x80|\x81.|\x82..|\x83...|\x84....)"  # authSafe
    rb"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x01\x02]",  # data, or signedData
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Named:
    """A certificate and what the file calls it; empty where it says nothing."""

    certificate: Certificate
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Pkcs12:
    """What an opened file holds.

    Args:
        certificates: that of the key first, then the others in the file's order.
        key: the first private key; a file may have several, of which only this one is read.
    """

    certificates: tuple[Named, ...]
    key: PrivateKey | None = None


def looks_like_pkcs12(data: bytes) -> bool:
    """Tell whether the bytes begin as a PKCS#12 file of version 3 does."""
    return _HEAD.match(data) is not None


def read_pkcs12(data: bytes, passwords: Iterable[str] = ()) -> Pkcs12:
    """Return what a file holds, opened by no password, an empty one, or the first of these that does.

    Raises:
        UsageError: `trust.container-locked`: none of them opens it, or it is damaged: nobody can tell which.
            `trust.container-unreadable`: it opens, and what is in it cannot be read.
    """
    reason = ""
    for password in (None, b"", *(one.encode() for one in passwords)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # BER and old ciphers are common, and read all the same
                opened = pkcs12.load_pkcs12(data, password)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            reason = reason_of(error)
            continue
        return Pkcs12(tuple(_named(opened)), PrivateKey(opened.key) if opened.key is not None else None)
    raise UsageError("trust.container-locked", reason=reason)


def _named(opened: pkcs12.PKCS12KeyAndCertificates) -> Iterator[Named]:
    for one in (opened.cert, *opened.additional_certs):
        if one is not None:
            der = one.certificate.public_bytes(Encoding.DER)
            yield Named(Certificate(der), (one.friendly_name or b"").decode("utf-8", "replace"))
