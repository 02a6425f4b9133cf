"""What is wrong with a file beside the chain it holds: its keys, its CRLs, its order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust import in_order
from warifu.domain.x509 import Certificate, Reading
from warifu.ports.hosts import FileSeen

_TOO_OPEN = 0o027  # a key's mode may be 0640 at most


def aliases_of(reading: Reading) -> Mapping[Certificate, str]:
    """Return the names that entries of a key store have, by their certificate."""
    named = ((one.certificates[0], one.alias) for one in reading.entries if one.alias and one.certificates)
    return dict(reversed(list(named)))


def key_file_faults(seen: FileSeen, reading: Reading) -> Iterator[Finding]:
    """Yield what is wrong with a file that holds a private key: who may read it, and that it is locked."""
    if reading.keys and seen.mode & _TOO_OPEN:
        evidence = {"mode": f"{seen.mode:04o}", "owner": seen.user or "-"}
        yield Finding(Code.PRIVATE_KEY_READABLE, seen.path, evidence)
    if reading.encrypted_keys:
        yield Finding(Code.PRIVATE_KEY_ENCRYPTED, seen.path, {"keys": reading.encrypted_keys}, Severity.NOTE)


def misplaced_keys(reading: Reading, path: str) -> Iterator[Finding]:
    """No private key belongs into a trust store or a bundle of CAs."""
    if reading.keys or reading.encrypted_keys:
        weight = Severity.ERROR if reading.keys else Severity.WARNING
        yield Finding(Code.PRIVATE_KEY_EXPOSED, path, {}, weight)


def crl_faults(reading: Reading, at: datetime) -> Iterator[Finding]:
    """Yield what is wrong with the CRLs of a file by themselves: they are out of date."""
    for crl in reading.crls:
        if at < crl.this_update or (crl.next_update is not None and at > crl.next_update):
            evidence = {
                "who": "-",
                "issuer": crl.issuer_text,
                "this_update": crl.this_update,
                "next_update": crl.next_update or "-",
                "now": at,
            }
            yield Finding(Code.CRL_EXPIRED, crl.fingerprint.hex, evidence)


def leaf_place_faults(leaf: Certificate, certificates: Sequence[Certificate]) -> Iterator[Finding]:
    """Servers take the first certificate of a file for their own."""
    position = certificates.index(leaf)
    if position:
        evidence = {
            "who": leaf.label,
            "position": position + 1,
            "follows": str(certificates[position - 1].subject),
            "order": tuple(str(one.subject) for one in in_order(certificates)),
        }
        yield Finding(Code.CHAIN_UNORDERED, leaf.fingerprint.hex, evidence)


def looks_like_ours(data: bytes) -> bool:
    """PEM, or the first octet of a DER sequence: what cannot be read of it is a fault, not another kind of file."""
    return b"-----BEGIN " in data or data.startswith(b"\x30")
