"""Entries of a node's endpoint store."""

from __future__ import annotations

from support.pki import make_ca
from warifu.domain.endpoint import Entry, EntryKind


def test_an_entry_is_about_its_certificate_and_a_secret_about_none() -> None:
    """What identifies an entry beside its alias is the SHA-256 of what it holds."""
    root = make_ca("Root").value
    assert root.fingerprint == Entry("trusted-roots", "r", EntryKind.TRUSTED, (root,)).fingerprint
    assert Entry("app", "password", EntryKind.SECRET).fingerprint is None
