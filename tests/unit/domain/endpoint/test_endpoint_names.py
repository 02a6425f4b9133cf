"""Names of stores, aliases and secrets."""

from __future__ import annotations

import hashlib
import pickle

import pytest

from support.pki import make_ca
from warifu.domain.endpoint import Secret, SystemStore
from warifu.domain.endpoint.names import (
    check_alias,
    check_deletable,
    check_store_name,
    default_alias,
    is_system,
    legacy_name,
    store_named,
)
from warifu.errors import RefusedError, UsageError


@pytest.mark.parametrize(
    ("typed", "own"),
    [
        ("MACHINE_SSL_CERT", "machine-identity"),
        ("trusted_roots", "trusted-roots"),
        ("TRUSTED_ROOT_CRLS", "crls"),
        ("Trusted-Roots", "trusted-roots"),
        ("vpxd-extension", "vpxd-extension"),
    ],
)
def test_system_stores_go_by_two_names(typed: str, own: str) -> None:
    """Scripts keep theirs, in any case."""
    assert own == store_named(typed)


def test_old_names_are_printed_of_system_stores_alone() -> None:
    """Every other store has one name."""
    assert ("MACHINE_SSL_CERT", "app") == (legacy_name("machine-identity"), legacy_name("app"))
    assert (True, False) == (is_system("TRUSTED_ROOTS"), is_system("app"))


@pytest.mark.parametrize("name", ["", "a\nb", " a", "a ", "x" * 129])
def test_a_store_needs_a_name_for_one_line(name: str) -> None:
    """Lists are read line by line."""
    with pytest.raises(UsageError, match=r"endpoint\.bad-store-name"):
        check_store_name(name)
    assert "x" * 128 == check_store_name("x" * 128)


@pytest.mark.parametrize("store", ["crls", "CRLS", "TRUSTED_ROOTS", *SystemStore])
def test_a_system_store_is_neither_made_nor_deleted(store: str) -> None:
    """By neither of its names."""
    with pytest.raises(RefusedError, match=r"endpoint\.system-store-there"):
        check_store_name(store)
    with pytest.raises(RefusedError, match=r"endpoint\.system-store\b"):
        check_deletable(store)
    check_deletable("app")


def test_an_alias_fits_on_a_line() -> None:
    """An alias with a line end would make two entries of one for whoever greps."""
    assert "_鍵 1" == check_alias("_鍵 1")
    with pytest.raises(UsageError, match=r"endpoint\.bad-alias"):
        check_alias("a\nAlias :\tb")


def test_the_usual_alias_is_the_sha_1() -> None:
    """In lower-case hexadecimal, of a certificate and of a CRL."""
    root = make_ca("Root")
    for value in (root.value, root.crl()):
        assert hashlib.sha1(value.der, usedforsecurity=False).hexdigest() == default_alias(value)


def test_a_secret_never_shows() -> None:
    """Neither printed nor pickled; it is compared by what it holds."""
    secret = Secret(b"open sesame")
    assert "sesame" not in f"{secret!r}{secret}{[secret]}"
    assert (True, False, False) == (secret == Secret(b"open sesame"), secret == Secret(b"x"), secret == "x")
    assert b"open sesame" == secret.reveal()
    assert 1 == len({secret, Secret(b"open sesame")})
    with pytest.raises(TypeError):
        pickle.dumps(secret)
