"""Which TPM an endorsement key certificate is for: its maker, model and version.

They stand in a directoryName of the subjectAltName, for the subject may be empty.

Spec: TCG EK Credential Profile for TPM Family 2.0, §3.1.2 (attributes 2.23.133.2.1 to .3), §3.2.9 (subjectAltName);
TCG TPM Vendor ID Registry Family 1.2 and 2.0 (a maker is `id:` and four octets in hexadecimal).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from warifu.domain.x509.certificate import Certificate
from warifu.domain.x509.damaged import value_at

_SET_OF = bytes.fromhex("67810502")  # 2.23.133.2
_MAKER, _MODEL, _VERSION = (_SET_OF + bytes([number]) for number in (1, 2, 3))
_ID = re.compile(r"id:([0-9A-Fa-f]{8})")
_BMP_STRING = 0x1E


@dataclass(frozen=True, slots=True)
class Tpm:
    """A TPM as its maker's certificate names it; what is not named is empty.

    Args:
        maker: `id:` and eight digits.
        version: of its firmware, `id:` and eight digits.
    """

    maker: str
    model: str
    version: str

    @property
    def maker_name(self) -> str:
        """The letters that the maker's id stands for, such as `IFX`; empty where they are none."""
        found = _ID.fullmatch(self.maker)
        letters = bytes.fromhex(found[1]).rstrip(b"\x00 ") if found else b""
        return letters.decode("ascii") if letters.isalnum() and letters.isascii() else ""

    def __str__(self) -> str:
        maker = f"{self.maker} ({self.maker_name})" if self.maker_name else self.maker
        return " ".join(part or "-" for part in (maker, self.model, self.version))


def tpm_of(certificate: Certificate) -> Tpm | None:
    """Return the TPM that a certificate names; None where it names none."""
    names = certificate.names
    found: dict[bytes, str] = {}
    for name in names.directory if names is not None else ():
        for oid, text in _attributes(name.der):
            found.setdefault(oid, text)
    if found.keys().isdisjoint((_MAKER, _MODEL, _VERSION)):
        return None
    return Tpm(found.get(_MAKER, ""), found.get(_MODEL, ""), found.get(_VERSION, ""))


def _attributes(der: bytes) -> Iterator[tuple[bytes, str]]:
    """Yield each attribute of an encoded Name: its object identifier and its text."""
    for part in _elements(der, 0):
        for attribute in _elements(der, part):
            oid, value = _elements(der, attribute)
            kind = der[value]
            oid_at, oid_end = value_at(der, oid)
            start, end = value_at(der, value)
            encoding = "utf-16-be" if kind == _BMP_STRING else "utf-8"
            yield der[oid_at:oid_end], der[start:end].decode(encoding, "replace")


def _elements(der: bytes, start: int) -> Iterator[int]:
    """Yield where each element inside another one begins."""
    at, end = value_at(der, start)
    while at < end:
        yield at
        at = value_at(der, at)[1]
