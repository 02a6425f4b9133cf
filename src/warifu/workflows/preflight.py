"""What is judged of a content and of a slot's files before anything is touched.

Values in, findings out; every fault is listed, never only the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from cryptography.exceptions import InvalidSignature

from warifu.domain.estate import Slot
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.x509 import Certificate, PrivateKey
from warifu.ports.hosts import FileSeen
from warifu.ports.targets import Content, FileWanted, IdentityContent

KEY_MODE = 0o640


def find_content_faults(
    slot: Slot, content: Content, present_key: PrivateKey | None, *, now: datetime
) -> Iterator[Finding]:
    """Yield every fault of what a slot shall hold.

    Args:
        present_key: the key that lies in the slot's file now; it stays when the content brings none.
    """
    if not isinstance(content, IdentityContent):
        yield from _trust_faults(slot, content.anchors, now)
        return
    key = content.key or present_key
    leaf = content.leaf
    if key is None:
        yield Finding(Code.KEY_MISSING, slot.name, {"leaf": leaf.fingerprint})
    elif leaf.public_key is None or leaf.public_key.spki != key.public_key.spki:
        yield Finding(Code.KEY_MISMATCH, slot.name, {"leaf": leaf.fingerprint, "key": key.public_key.sha256})
    yield from _dates((leaf, *content.chain), now)
    yield from _order(slot, (leaf, *content.chain))


def find_file_faults(present: FileSeen, wanted: FileWanted) -> Iterator[Finding]:
    """Yield what is wrong with a file as it lies there: a private key that everyone can read."""
    if is_private(wanted) and present.kind == "file" and present.mode & 0o007:
        yield Finding(
            Code.PRIVATE_KEY_READABLE, present.path, {"mode": f"{present.mode:04o}", "user": present.user}
        )


def is_private(wanted: FileWanted) -> bool:
    """Tell whether a file holds a private key: its target wants it closed to others."""
    return wanted.mode & 0o077 == 0


def keep_rights(wanted: FileWanted, present: FileSeen) -> FileWanted:
    """Return the file with the rights it has now, never wider for a key than owner and reading group."""
    if present.kind != "file":
        return wanted
    mode = (present.mode & KEY_MODE) | 0o400 if is_private(wanted) else present.mode
    return FileWanted(wanted.path, wanted.data, mode, wanted.owner or f"{present.user}:{present.group}")


def _trust_faults(slot: Slot, anchors: tuple[Certificate, ...], now: datetime) -> Iterator[Finding]:
    if not anchors:
        yield Finding(Code.NO_ANCHORS, slot.name)
    for anchor in anchors:
        if not anchor.is_ca:
            yield Finding(Code.LEAF_AS_ANCHOR, anchor.fingerprint.hex, {"subject_name": anchor.subject})
        if anchor.not_after < now:
            evidence = {"now": now, "not_after": anchor.not_after}
            yield Finding(Code.EXPIRED, anchor.fingerprint.hex, evidence, Severity.WARNING)


def _dates(chain: tuple[Certificate, ...], now: datetime) -> Iterator[Finding]:
    for certificate in chain:
        name = certificate.fingerprint.hex
        if now < certificate.not_before:
            yield Finding(Code.NOT_YET_VALID, name, {"now": now, "not_before": certificate.not_before})
        elif now > certificate.not_after:
            yield Finding(Code.EXPIRED, name, {"now": now, "not_after": certificate.not_after})


def _order(slot: Slot, chain: tuple[Certificate, ...]) -> Iterator[Finding]:
    for place, (below, above) in enumerate(pairwise(chain), 1):
        if not _issued(below, above):
            evidence = {"place": place + 1, "found": above.subject, "wanted": below.issuer}
            yield Finding(Code.CHAIN_UNORDERED, slot.name, evidence)
    leaf, rest = chain[0], chain[1:]
    if not leaf.is_self_issued and not rest and leaf.is_ca:
        yield Finding(
            Code.CHAIN_UNORDERED, slot.name, {"place": 1, "found": leaf.subject, "wanted": "a leaf"}
        )


def _issued(below: Certificate, above: Certificate) -> bool:
    try:
        below.parsed.verify_directly_issued_by(above.parsed)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
