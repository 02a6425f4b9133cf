"""Why bytes could not be read, as a word of ours: what a library says of it is nobody's remedy."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm


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
        case _:
            return "malformed"
