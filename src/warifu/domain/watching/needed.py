"""Which anchors something that is presented chains to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from warifu.domain.trust import Signatures
from warifu.domain.watching.cause import Standing
from warifu.domain.x509 import Certificate


def find_needed(
    anchors: Sequence[Certificate], presented: Iterable[Certificate], signatures: Signatures
) -> frozenset[str]:
    """Return the fingerprints of those anchors that signed what is presented, directly or through each other.

    An anchor that is itself presented is needed: somebody pins it.
    """
    by_subject: dict[bytes, list[Certificate]] = {}
    for anchor in anchors:
        by_subject.setdefault(anchor.subject.der, []).append(anchor)
    known = {anchor.fingerprint.hex for anchor in anchors}
    waiting = list({one.fingerprint.hex: one for one in presented}.values())
    needed = {one.fingerprint.hex for one in waiting if one.fingerprint.hex in known}
    done: set[str] = set()
    while waiting:
        child = waiting.pop()
        if child.fingerprint.hex in done:
            continue
        done.add(child.fingerprint.hex)
        for anchor in by_subject.get(child.issuer.der, ()):
            if signatures.holds(child, anchor):
                needed.add(anchor.fingerprint.hex)
                waiting.append(anchor)
    return frozenset(needed)


def standing_of_anchor(
    anchor: Certificate, store: Iterable[Certificate], needed: frozenset[str], at: datetime, *, saw_all: bool
) -> Standing:
    """Return how an anchor stands in its store.

    Args:
        needed: as `find_needed` returns them.
        saw_all: everything that may present something was seen; else what nothing chains to may be needed all the same,
            and nobody can say.
    """
    if has_valid_twin(anchor, store, at):
        return Standing.UNUSED
    if anchor.fingerprint.hex in needed:
        return Standing.IN_USE
    return Standing.UNUSED if saw_all else Standing.UNDECIDED


def has_valid_twin(anchor: Certificate, store: Iterable[Certificate], at: datetime) -> bool:
    """Tell whether a store also holds the same CA, by name and key, in a certificate that is valid."""
    spki = anchor.public_key.spki if anchor.public_key is not None else None
    return any(
        other != anchor
        and other.subject == anchor.subject
        and other.public_key is not None
        and other.public_key.spki == spki
        and other.not_before <= at <= other.not_after
        for other in store
    )
