"""Finds certificates by key id, and never takes a fingerprint for one.

A key id names a key; a fingerprint names bytes. A directory lists anchors under the key id, which
articles call "CN" and "thumbprint" though it is a hash of neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from warifu.domain.x509.certificate import Certificate
from warifu.domain.x509.identifiers import KeyId
from warifu.errors import RefusedError, UsageError


def by_key_id(text: str, certificates: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """Return every certificate that holds the key of this id (SKI, or the legacy id where there is none).

    Args:
        text: the key id with or without colons, in either case.

    Raises:
        UsageError: `trust.not-a-key-id`; `trust.fingerprint-not-key-id` when it is the SHA-1 or SHA-256
            of one of the certificates' bytes.
        RefusedError: `trust.key-id-unknown` when no certificate has it.
    """
    wanted = KeyId.parse(text)
    listed = tuple(certificates)
    found = tuple(one for one in listed if one.legacy_key_id == wanted)
    if found:
        return found
    for one in listed:
        for algorithm in ("sha1", "sha256"):
            if hashlib.new(algorithm, one.der).hexdigest().upper() == wanted.hex:
                raise UsageError(
                    "trust.fingerprint-not-key-id",
                    text=text,
                    algorithm=algorithm.upper(),
                    subject=one.subject,
                    key_id=one.legacy_key_id,
                )
    raise RefusedError("trust.key-id-unknown", text=text, known=tuple(one.legacy_key_id for one in listed))
