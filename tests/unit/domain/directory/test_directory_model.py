"""A trust domain at one version."""

from __future__ import annotations

import hashlib

from support.pki import make_ca
from warifu.domain.directory import Anchor, Published, Standing


def test_an_anchor_without_an_alias_is_named_by_its_sha_1() -> None:
    """That is what a VECS calls it."""
    root = make_ca("Old Root").value
    assert hashlib.sha1(root.der, usedforsecurity=False).hexdigest() == Anchor(root).name
    assert "old" == Anchor(root, alias="old").name


def test_what_lies_in_quarantine_is_there_and_not_trusted() -> None:
    """It is found by its fingerprint, and no node trusts it."""
    kept, gone = Anchor(make_ca("A").value), make_ca("B").value
    published = Published("shop", 1, anchors=(kept, Anchor(gone, standing=Standing.QUARANTINED)))
    assert (kept,) == published.trusted
    found = published.find(gone.fingerprint)
    assert found is not None
    assert Standing.QUARANTINED is found.standing
    assert published.find(make_ca("C").value.fingerprint) is None
