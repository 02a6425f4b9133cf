"""Which template of a Microsoft CA a certificate was issued from.

Spec: MS-WCCE §2.2.2.7.7.1 (szOID_ENROLL_CERTTYPE_EXTENSION, the name as a BMPString) and §2.2.2.7.7.2
(szOID_CERTIFICATE_TEMPLATE: object identifier, major and minor version).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509

NAMED = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2")
_TEXTS = {0x1E: "utf-16-be", 0x0C: "utf-8", 0x13: "ascii", 0x16: "ascii"}  # BMP, UTF8, Printable, IA5String
_ONE_BYTE_MORE = b"\x81"  # the length stands in the byte that follows: X.690 §8.1.3.5


@dataclass(frozen=True, slots=True)
class MsTemplate:
    """A certificate template.

    Args:
        name: as the CA knows it; empty where only its object identifier is told.
        oid: dotted; empty where only its name is told.
        version: major and minor, as far as they are told.
    """

    name: str = ""
    oid: str = ""
    version: tuple[int, ...] = ()

    def __str__(self) -> str:
        version = " ".join(("", ".".join(map(str, self.version)))) if self.version else ""
        if self.name and self.oid:
            return f"{self.name} ({self.oid}{version})"
        return self.name or f"{self.oid}{version}"


def ms_template(listed: Iterable[x509.Extension[x509.ExtensionType]]) -> MsTemplate | None:
    """Return the template that extensions name; None where none does, or none that can be read."""
    name, oid = "", ""
    version: tuple[int, ...] = ()
    for one in listed:
        value = one.value
        if isinstance(value, x509.MSCertificateTemplate):
            told = (value.major_version, value.minor_version)
            oid, version = value.template_id.dotted_string, tuple(part for part in told if part is not None)
        elif isinstance(value, x509.UnrecognizedExtension) and value.oid == NAMED:
            name = _text(value.value)
    return MsTemplate(name, oid, version) if name or oid else None


def _text(der: bytes) -> str:
    """Return the one string that DER holds; empty where it is something else."""
    start = 3 if der[1:2] == _ONE_BYTE_MORE else 2  # a name of a template has at most 255 bytes
    if len(der) < start or der[0] not in _TEXTS or der[start - 1] != len(der) - start:
        return ""
    try:
        return der[start:].decode(_TEXTS[der[0]])
    except UnicodeDecodeError:
        return ""
