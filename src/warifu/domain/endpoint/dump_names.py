"""Names and octets as OpenSSL prints them in its oldest form.

Source: OpenSSL 3.0, crypto/x509/x509_obj.c (X509_NAME_oneline) and t_x509.c (X509_NAME_print), by their output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from warifu.domain.x509 import DistinguishedName
from warifu.domain.x509.ber import element
from warifu.domain.x509.odd_names import dotted

SIGNATURES: Mapping[str, str] = MappingProxyType(
    {
        "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
        "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
        "1.2.840.113549.1.1.10": "rsassaPss",
        "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
        "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
        "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
        "1.2.840.113549.1.1.14": "sha224WithRSAEncryption",
        "1.2.840.10045.4.1": "ecdsa-with-SHA1",
        "1.2.840.10045.4.3.1": "ecdsa-with-SHA224",
        "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
        "1.3.101.112": "ED25519",
        "1.3.101.113": "ED448",
    }
)
_ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {
        "2.5.4.3": "CN",
        "2.5.4.4": "SN",
        "2.5.4.5": "serialNumber",
        "2.5.4.6": "C",
        "2.5.4.7": "L",
        "2.5.4.8": "ST",
        "2.5.4.9": "street",
        "2.5.4.10": "O",
        "2.5.4.11": "OU",
        "2.5.4.12": "title",
        "2.5.4.13": "description",
        "2.5.4.15": "businessCategory",
        "2.5.4.17": "postalCode",
        "2.5.4.41": "name",
        "2.5.4.42": "GN",
        "2.5.4.43": "initials",
        "2.5.4.44": "generationQualifier",
        "2.5.4.45": "x500UniqueIdentifier",
        "2.5.4.46": "dnQualifier",
        "2.5.4.65": "pseudonym",
        "2.5.4.97": "organizationIdentifier",
        "0.9.2342.19200300.100.1.1": "UID",
        "0.9.2342.19200300.100.1.25": "DC",
        "1.2.840.113549.1.9.1": "emailAddress",
        "1.2.840.113549.1.9.2": "unstructuredName",
        "1.3.6.1.4.1.311.60.2.1.1": "jurisdictionL",
        "1.3.6.1.4.1.311.60.2.1.2": "jurisdictionST",
        "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionC",
    }
)
_BETWEEN = re.compile(r"/(?=[A-Z][A-Z]?=)")


def _rdns(name: DistinguishedName) -> Iterator[tuple[tuple[str, bytes], ...]]:
    """Yield the parts of each RDN, short name and value, in the order in which they are encoded."""
    for rdn in element(name.der).children if name.der else ():
        parts = ((dotted(part.children[0].content), part.children[1].content) for part in rdn.children)
        yield tuple((_ATTRIBUTES.get(oid, oid), value) for oid, value in parts)


def slashed(name: DistinguishedName) -> str:
    r"""Return `/C=JP/O=Example/CN=x`: octets that are not printable ASCII as `\xC3`."""
    return "".join(
        "/" + "+".join(f"{key}={_printable(value)}" for key, value in parts) for parts in _rdns(name)
    )


def legacy_text(name: DistinguishedName) -> str:
    """Return `C=JP, O=Example/emailAddress=a@b`: a comma stands before keys of one or two capitals alone."""
    return _BETWEEN.sub(", ", slashed(name)[1:])


def spaced(name: DistinguishedName) -> str:
    """Return `C = JP, CN = x`, as extensions name a directory entry."""
    return ", ".join(" + ".join(f"{key} = {_quoted(value)}" for key, value in parts) for parts in _rdns(name))


def octets(data: bytes, pad: str, width: int = 15) -> Iterator[str]:
    """Yield lines of octets with colons; each line but the last ends in one."""
    for at in range(0, len(data), width):
        colon = ":" if at + width < len(data) else ""
        yield f"{pad}{data[at : at + width].hex(':')}{colon}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def shown_time(moment: datetime) -> str:
    """Return `Jun  1 12:00:00 2026 GMT`, whatever the locale."""
    clock = f"{moment.hour:02}:{moment.minute:02}:{moment.second:02}"
    return f"{_MONTHS[moment.month - 1]} {moment.day:2} {clock} {moment.year} GMT"


def _printable(value: bytes) -> str:
    shown = (chr(one) if 32 <= one <= 126 else f"\\x{one:02X}" for one in value)
    return "".join(f"\\{one}" if one in "/+" else one for one in shown)


def _quoted(value: bytes) -> str:
    plain = "".join(chr(one) if 32 <= one <= 126 else f"\\{one:02X}" for one in value)
    return f'"{plain}"' if re.search(r"[,+<>;]|^[ #]| $", plain) else plain
