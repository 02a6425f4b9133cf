"""Who has signed a root, and whether that is enough."""

from __future__ import annotations

from support.pki import NOW
from warifu.domain.directory.ceremony import RootKey, RootSeen, Signers


def signers(threshold: int, *signed: bool) -> Signers:
    return Signers(threshold, tuple(RootKey(str(n), "", one) for n, one in enumerate(signed)))


def seen(own: Signers, before: Signers | None) -> RootSeen:
    return RootSeen(2, NOW, "0" * 64, own, before, (), is_trial=False)


def test_what_is_missing_is_counted() -> None:
    """Never below nothing."""
    assert 2 == signers(2, False, False).lacking
    assert 0 == signers(2, True, True, True).lacking


def test_whole_means_both_sides() -> None:
    """As far as the root before is known."""
    assert seen(signers(1, True), None).is_whole
    assert seen(signers(1, True), signers(1, True)).is_whole
    assert not seen(signers(1, True), signers(1, False)).is_whole
    assert not seen(signers(2, True), None).is_whole
