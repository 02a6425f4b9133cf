"""How entries come, change and go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from cryptography.hazmat.primitives.asymmetric import ed448, ed25519

from support.pki import DAY, NOW, make_ca, make_key
from warifu.domain.endpoint import Entry, EntryKind, LocalException, Offered, Outcome, Provenance
from warifu.domain.endpoint.entries import (
    check_deletable_entry,
    decide_addition,
    decide_end,
    decide_exception,
    decide_renaming,
    decide_replacement,
    make_entry,
)
from warifu.domain.endpoint.names import default_alias
from warifu.errors import RefusedError, UsageError

ROOT = make_ca("Root")
WEB = ROOT.leaf("web.example")
LOCAL = Entry("trusted-roots", "root", EntryKind.TRUSTED, (ROOT.value,), added=NOW)
PUBLISHED = replace(LOCAL, provenance=Provenance.DIRECTORY, domain="shop")
LATER = LocalException("alice", "supplier moves in May", NOW + DAY)


def offer(*, store: str = "app", alias: str = "a", **parts: object) -> Entry:
    return make_entry(store, alias, Offered(**parts), now=NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["ec", "rsa", "ed25519"])
def test_keys_of_three_kinds_are_kept(kind: str) -> None:
    """RSA, elliptic curves and Ed25519, each with a certificate that it fits."""
    own = ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else make_key(kind)
    leaf = ROOT.leaf("web.example", key=own)
    chain = (leaf.value, ROOT.value)
    assert EntryKind.PRIVATE_KEY is offer(certificates=chain, key=leaf.private_key).kind
    locked = offer(certificates=chain, key=leaf.private_key, under_password=True)
    assert (EntryKind.ENCRYPTED_KEY, NOW, chain) == (locked.kind, locked.added, locked.certificates)


def test_other_kinds_of_keys_are_refused() -> None:
    """By the name of their kind."""
    leaf = ROOT.leaf("web.example", key=ed448.Ed448PrivateKey.generate())
    with pytest.raises(RefusedError, match=r"endpoint\.key-kind"):
        offer(certificates=(leaf.value,), key=leaf.private_key)


def test_a_key_fits_its_certificate() -> None:
    """The first one, not some other of the chain."""
    with pytest.raises(RefusedError, match=r"endpoint\.key-mismatch"):
        offer(certificates=(ROOT.value, WEB.value), key=WEB.private_key)


def test_what_is_offered_says_what_it_becomes() -> None:
    """A certificate alone is trusted, a CRL is a CRL, bytes are a secret; without an alias it is the SHA-1."""
    crl = ROOT.crl()
    assert EntryKind.TRUSTED is offer(certificates=(ROOT.value,)).kind
    assert EntryKind.SECRET is offer(is_secret=True).kind
    assert (EntryKind.CRL, default_alias(crl)) == (
        offer(crl=crl, store="crls", alias="").kind,
        offer(crl=crl, store="crls", alias="").alias,
    )
    assert default_alias(ROOT.value) == offer(certificates=(ROOT.value,), alias="").alias


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({}, "nothing-offered"),
        ({"key": WEB.private_key}, "nothing-offered"),
        ({"is_secret": True, "certificates": (ROOT.value,)}, "nothing-offered"),
        ({"certificates": (WEB.value, ROOT.value)}, "one-certificate"),
        ({"is_secret": True, "alias": ""}, "alias-missing"),
        ({"certificates": (ROOT.value,), "alias": "a\nb"}, "bad-alias"),
        ({"certificates": (WEB.value,), "key": WEB.private_key, "store": "trusted-roots"}, "wrong-kind"),
        ({"certificates": (ROOT.value,), "store": "crls"}, "wrong-kind"),
    ],
)
def test_what_makes_no_entry_is_refused(parts: dict[str, object], code: str) -> None:
    """Two things at once, nothing at all, a private key among trusted roots, ..."""
    with pytest.raises((UsageError, RefusedError), match=rf"endpoint\.{code}"):
        offer(**parts)  # type: ignore[arg-type]


def test_adding_never_overwrites() -> None:
    """The same again changes nothing; anything else under the alias is refused and says how to replace it."""
    assert (Outcome.CREATED, LOCAL) == decide_addition(None, LOCAL)
    assert (Outcome.UNCHANGED, LOCAL) == decide_addition(LOCAL, replace(LOCAL, added=NOW + DAY))
    with pytest.raises(RefusedError, match=r"endpoint\.alias-taken"):
        decide_addition(LOCAL, replace(LOCAL, certificates=(WEB.value,)))
    secret = Entry("app", "a", EntryKind.SECRET)
    with pytest.raises(RefusedError, match=r"endpoint\.alias-taken"):
        decide_addition(secret, secret)


def test_what_is_published_and_added_too_is_both() -> None:
    """It stays here when it is published no longer."""
    outcome, entry = decide_addition(PUBLISHED, LOCAL)
    assert (Outcome.KEPT_HERE_TOO, Provenance.BOTH, "shop") == (outcome, entry.provenance, entry.domain)
    assert Outcome.UNCHANGED is decide_addition(entry, LOCAL)[0]


@pytest.mark.req("S0-31")
@pytest.mark.parametrize(
    "expected", [ROOT.value.fingerprint.hex.upper(), default_alias(ROOT.value)], ids=count()
)
def test_what_is_deleted_is_what_was_meant(expected: str) -> None:
    """By SHA-256, SHA-1 or key id, with colons or without; an alias that leads to another key is refused."""
    key_id = ROOT.value.subject_key_id
    assert key_id is not None
    spaced = ":".join(key_id.hex[at : at + 2] for at in range(0, 40, 2))
    assert LOCAL == check_deletable_entry(LOCAL, "trusted-roots", "root", (expected, spaced))
    other = replace(LOCAL, certificates=(make_ca("Root").value,))
    with pytest.raises(RefusedError, match=r"endpoint\.other-entry"):
        check_deletable_entry(other, "trusted-roots", "root", (spaced,))
    with pytest.raises(RefusedError, match=r"endpoint\.other-entry"):
        check_deletable_entry(Entry("app", "s", EntryKind.SECRET), "app", "s", (spaced,))


def test_a_crl_is_known_by_its_fingerprint() -> None:
    """It has no key id to be known by."""
    entry = Entry("crls", "c", EntryKind.CRL, crl=ROOT.crl())
    assert entry == check_deletable_entry(entry, "crls", "c", (str(entry.fingerprint),))
    with pytest.raises(RefusedError, match=r"endpoint\.other-entry"):
        check_deletable_entry(entry, "crls", "c", ("aa",))


def test_deleting_what_is_not_there_says_so() -> None:
    """It is no success."""
    with pytest.raises(RefusedError, match=r"endpoint\.no-such-entry"):
        check_deletable_entry(None, "app", "a", ())


@pytest.mark.parametrize("provenance", [Provenance.DIRECTORY, Provenance.BOTH])
def test_what_is_published_is_not_deleted_on_a_node(provenance: Provenance) -> None:
    """The refusal names the anchor by its fingerprint, for the command that does it right."""
    entry = replace(PUBLISHED, provenance=provenance)
    with pytest.raises(RefusedError, match=r"endpoint\.managed\b") as refused:
        check_deletable_entry(entry, "trusted-roots", "root", ())
    assert ("shop", ROOT.value.fingerprint) == (
        refused.value.values["domain"],
        refused.value.values["fingerprint"],
    )
    crl = Entry("crls", "c", EntryKind.CRL, crl=ROOT.crl(), provenance=provenance, domain="shop")
    with pytest.raises(RefusedError, match=r"endpoint\.managed-crl"):
        check_deletable_entry(crl, "crls", "c", ())


def test_replacing_keeps_the_alias() -> None:
    """As it was spelt; what is expected is checked first."""
    new = Entry("trusted-roots", "-", EntryKind.TRUSTED, (WEB.value,))
    assert replace(new, alias="root") == decide_replacement(LOCAL, new, (default_alias(ROOT.value),))
    with pytest.raises(RefusedError, match=r"endpoint\.managed"):
        decide_replacement(PUBLISHED, new, ())


def test_renaming_takes_no_others_alias() -> None:
    """Its own in other letters is free."""
    assert "ROOT" == decide_renaming(LOCAL, LOCAL, "trusted-roots", "root", "ROOT").alias
    assert "new" == decide_renaming(LOCAL, None, "trusted-roots", "root", "new").alias
    with pytest.raises(RefusedError, match=r"endpoint\.alias-taken"):
        decide_renaming(LOCAL, replace(LOCAL, alias="new"), "trusted-roots", "root", "new")


def test_an_exception_is_about_what_is_published() -> None:
    """It has an end in the future and a reason; ending it leaves the entry as it was."""
    excepted = decide_exception(PUBLISHED, LATER, now=NOW)
    assert (LATER, PUBLISHED) == (excepted.exception, decide_end(excepted))
    with pytest.raises(RefusedError, match=r"endpoint\.exception-local"):
        decide_exception(LOCAL, LATER, now=NOW)
    with pytest.raises(RefusedError, match=r"endpoint\.no-exception"):
        decide_end(PUBLISHED)


@pytest.mark.parametrize(
    ("exception", "code"),
    [
        (replace(LATER, until=NOW), "exception-past"),
        (replace(LATER, reason=" "), "exception-reason"),
        (replace(LATER, reason="x" * 1_001), "exception-reason"),
    ],
)
def test_an_exception_needs_an_end_and_a_reason(exception: LocalException, code: str) -> None:
    """One that is over already, or that nobody can judge, is refused."""
    with pytest.raises(UsageError, match=rf"endpoint\.{code}"):
        decide_exception(PUBLISHED, exception, now=NOW)


def test_an_exception_decides_until_its_last_second() -> None:
    """Then the quarantine counts again."""
    distrusted = replace(PUBLISHED, exception=replace(LATER, distrusts=True))
    kept = replace(PUBLISHED, distrusted=True, exception=LATER)
    over = LATER.until + timedelta(seconds=1)
    assert (False, True) == (distrusted.is_trusted(LATER.until), distrusted.is_trusted(over))
    assert (True, False) == (kept.is_trusted(LATER.until), kept.is_trusted(over))
    assert (True, False) == (LOCAL.is_trusted(NOW), LOCAL.is_managed)
