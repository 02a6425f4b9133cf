"""What differs between two versions of a trust domain."""

from __future__ import annotations

from dataclasses import dataclass

from warifu.domain.directory.model import Anchor, Published
from warifu.domain.x509 import RevocationList


@dataclass(frozen=True, slots=True)
class AnchorChange:
    """An anchor that is in both versions, with another alias, kind or standing."""

    old: Anchor
    new: Anchor


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """What came, what went, what is not as it was; each sorted by SHA-256."""

    old: int
    new: int
    added: tuple[Anchor, ...] = ()
    removed: tuple[Anchor, ...] = ()
    changed: tuple[AnchorChange, ...] = ()
    crls_added: tuple[RevocationList, ...] = ()
    crls_removed: tuple[RevocationList, ...] = ()


def compare_versions(old: Published, new: Published) -> VersionDiff:
    """Return what differs, by exact bytes: a renewed certificate is one that went and one that came."""
    before = {anchor.key: anchor for anchor in old.anchors}
    after = {anchor.key: anchor for anchor in new.anchors}
    both = sorted(before.keys() & after.keys())
    return VersionDiff(
        old.version,
        new.version,
        tuple(after[key] for key in sorted(after.keys() - before.keys())),
        tuple(before[key] for key in sorted(before.keys() - after.keys())),
        tuple(AnchorChange(before[key], after[key]) for key in both if before[key] != after[key]),
        tuple(crl for crl in new.crls if crl not in old.crls),
        tuple(crl for crl in old.crls if crl not in new.crls),
    )
