"""What differs between two versions of a trust domain."""

from __future__ import annotations

from dataclasses import replace

from support.pki import NOW, make_ca
from warifu.domain.directory import Anchor, Published, Standing
from warifu.domain.directory.versions import AnchorChange, VersionDiff, compare_versions

OLD, NEW, KEPT = (Anchor(make_ca(name).value) for name in ("Old", "New", "Kept"))
CRL, NEXT = make_ca("Old").crl(), make_ca("New").crl()


def test_equal_versions_differ_in_nothing() -> None:
    """But for their numbers."""
    one = Published("shop", 1, NOW, (OLD,), (CRL,))
    assert VersionDiff(1, 2) == compare_versions(one, replace(one, version=2))


def test_what_came_and_went_is_told() -> None:
    """Anchors and CRLs, by exact bytes."""
    diff = compare_versions(
        Published("shop", 1, NOW, (OLD, KEPT), (CRL,)), Published("shop", 2, NOW, (NEW, KEPT), (NEXT,))
    )
    assert VersionDiff(1, 2, (NEW,), (OLD,), (), (NEXT,), (CRL,)) == diff


def test_another_standing_is_a_change() -> None:
    """The anchor is in both; what is said of it is not."""
    quarantined = replace(KEPT, standing=Standing.QUARANTINED)
    diff = compare_versions(Published("shop", 1, NOW, (KEPT,)), Published("shop", 2, NOW, (quarantined,)))
    assert VersionDiff(1, 2, changed=(AnchorChange(KEPT, quarantined),)) == diff
