"""Why bytes could not be read, as a word of ours: what a library says of it is nobody's remedy."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

PATH_LENGTH = "path-length-without-ca"
"""A path length stands where no CA is: the library does not read such basicConstraints. RFC 5280 §4.2.1.9."""
_SAID: Mapping[str, str] = MappingProxyType(
    {
        "Invalid netmask": "no-netmask",
        "does not appear to be an IPv4 or IPv6": "no-address",
        "At least one of permitted_subtrees": "constraints-empty",
        "path_length must be None": PATH_LENGTH,
        "IPAddress name constraints must be": "netmask-missing",
        "EncodedDefault": "default-encoded",
        "e must be": "exponent-unfit",
        "TbsCertificate::serial": "serial-not-der",
        "TbsCertificate::validity": "time-not-der",
    }
)
"""Parts of what the library says, and our word; it has no other sign of these. All else is malformed."""


def reason_of(error: Exception) -> str:
    """Return the word for a library's error; `domain.findings.causes` says it in both languages."""
    match error:
        case UnsupportedAlgorithm():
            return "unsupported"
        case x509.DuplicateExtension():
            return "duplicate-extension"
        case x509.UnsupportedGeneralNameType():
            return "unsupported-name"
        case OverflowError():
            return "out-of-range"
        case x509.InvalidVersion():
            return "no-such-version"
        case _:
            said = str(error)
            return next((word for part, word in _SAID.items() if part in said), "malformed")
