"""Whether a private key belongs to a certificate.

Spec: RFC 8446 §4.4.3: a pair that does not fit makes every handshake fail, while many programs
still report a good configuration.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.rules.rule import on
from warifu.domain.x509 import Certificate, PrivateKey


def find_key_faults(leaf: Certificate, keys: Sequence[PrivateKey]) -> Iterator[Finding]:
    """Yield a finding when none of the keys belongs to the certificate; without keys there is none."""
    if not keys or leaf.public_key is None:
        return
    if all(key.public_key.sha256 != leaf.public_key.sha256 for key in keys):
        kinds = tuple(str(key.public_key) for key in keys)
        yield on(leaf, Code.KEY_MISMATCH, key=kinds, certificate_key=str(leaf.public_key))
