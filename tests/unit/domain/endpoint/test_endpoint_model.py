"""Entries of a node's endpoint store."""

from __future__ import annotations

from support.pki import make_ca
from warifu.domain.endpoint import Entry, EntryKind


def test_an_entry_is_about_its_certificate_and_a_secret_about_none() -> None:
    """What identifies an entry beside its alias is the SHA-256 of what it holds."""
    root = make_ca("Root").value
    assert root.fingerprint == Entry("trusted-roots", "r", EntryKind.TRUSTED, (root,)).fingerprint
    assert Entry("app", "password", EntryKind.SECRET).fingerprint is None


def test_an_entry_ends_with_what_it_is_about() -> None:
    """A certificate by its last second, a CRL when the next is due, a secret never."""
    root = make_ca("Root")
    crl = root.crl()
    assert root.value.not_after == Entry("trusted-roots", "r", EntryKind.TRUSTED, (root.value,)).not_after
    held = Entry("crls", "c", EntryKind.CRL, crl=crl)
    assert (crl.next_update, crl.fingerprint) == (held.not_after, held.fingerprint)
    assert Entry("app", "password", EntryKind.SECRET).not_after is None
