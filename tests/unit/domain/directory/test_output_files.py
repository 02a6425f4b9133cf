"""Bundles, Java's stores and the files of the system's own store."""

from __future__ import annotations

import pytest

from support.pkcs12_files import certificate_bag, contents, file
from support.pki import make_ca
from warifu.domain.directory.output_files import aliases, bundle, crl_bundle, holds, locked_store, own_files
from warifu.domain.directory.outputs import Contents, OutputKind
from warifu.domain.x509 import load, to_pem
from warifu.domain.x509.java_writer import JavaItem, write_java_store
from warifu.domain.x509.pkcs12_writer import write_identity
from warifu.errors import RefusedError

_ONE, _TWO = make_ca("One"), make_ca("Two")
_CONTENTS = Contents((_ONE.value, _TWO.value), ("One", "Two"), (_ONE.crl(),))
_LOCKED = [OutputKind.PKCS12, OutputKind.JKS]


def test_a_bundle_tells_what_stands_in_it() -> None:
    """Label and SHA-256 before each certificate, or nothing."""
    text = bundle(_CONTENTS, comments=True).decode()
    assert text.startswith(f"# One\n# SHA-256 {_ONE.value.fingerprint.hex}\n-----BEGIN CERTIFICATE-----\n")
    assert (_ONE.value, _TWO.value) == load(text.encode()).certificates
    assert to_pem(_CONTENTS.anchors) == bundle(_CONTENTS, comments=False)
    assert (_ONE.crl().issuer_text,) == tuple(crl.issuer_text for crl in load(crl_bundle(_CONTENTS)).crls)


def test_a_label_cannot_bring_a_certificate_in() -> None:
    """What a reader might take for PEM stands on one line of ASCII, behind the mark of a comment."""
    evil = "x\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n ルート"
    text = bundle(Contents((_ONE.value,), (evil,)), comments=True)
    assert 1 == text.count(b"-----BEGIN")
    assert b"\n-----BEGIN CERTIFICATE-----\nM" in text
    assert text.isascii()
    assert (_ONE.value,) == load(text).certificates


@pytest.mark.parametrize("kind", _LOCKED)
def test_a_locked_store_is_known_by_what_it_holds(kind: OutputKind) -> None:
    """Written twice its bytes differ, and it is the same store; another password, alias or certificate is not."""
    data = locked_store(kind, _CONTENTS, b"secret", at=1)
    assert holds(kind, data, _CONTENTS, b"secret")
    assert holds(kind, locked_store(kind, _CONTENTS, b"secret", at=2), _CONTENTS, b"secret")
    assert not holds(kind, data, _CONTENTS, b"other")
    assert not holds(kind, data, Contents((_ONE.value, _TWO.value), ("Eins", "Two")), b"secret")
    assert not holds(kind, data, Contents((_ONE.value,), ("One",)), b"secret")
    assert not holds(kind, b"no store", _CONTENTS, b"secret")


def test_a_store_with_a_key_or_of_another_kind_is_none_of_ours() -> None:
    """Neither is one whose certificates Java would not trust."""
    leaf = _ONE.leaf("leaf.example")
    item = JavaItem("one", (leaf.value,), leaf.private_key)
    jks = write_java_store([item], "secret", at=1, salt=bytes(20))
    p12 = write_identity("one", leaf.private_key, leaf.value, [], b"secret")
    wanted = Contents((leaf.value,), ("one",))
    assert not holds(OutputKind.JKS, jks, wanted, b"secret")
    assert not holds(OutputKind.PKCS12, p12, wanted, b"secret")
    assert not holds(OutputKind.JKS, b"\xce\xce\xce\xce" + jks[4:], wanted, b"secret")


def test_a_pkcs12_file_whose_password_nothing_proves_is_none_of_ours() -> None:
    """Java takes it, and anybody could have changed it."""
    open_file = file(contents(certificate_bag(_ONE.value.der, alias="one")))
    assert not holds(OutputKind.PKCS12, open_file, Contents((_ONE.value,), ("one",)), b"secret")


def test_java_wants_an_entry_in_a_pkcs12_file() -> None:
    """An empty JKS is one; an empty PKCS#12 file is refused."""
    assert holds(OutputKind.JKS, locked_store(OutputKind.JKS, Contents(), b"x", at=0), Contents(), b"x")
    with pytest.raises(RefusedError, match=r"outputs\.empty-store"):
        locked_store(OutputKind.PKCS12, Contents(), b"x", at=0)


def test_aliases_are_lower_case_and_each_its_own() -> None:
    """Equal labels get a part of the SHA-256; none at all gets all of it."""
    three = tuple(make_ca(f"Three {number}").value for number in range(3))
    first, second, third = (one.fingerprint for one in three)
    named = aliases(Contents(three, ("Root", "ROOT", f"root-{second.short}")))
    assert ["root", f"root-{second.short}", f"root-{second.short}-{third.short}"] == list(named)
    clash = (*three[:2], three[1])
    assert second.hex in aliases(Contents(clash, ("root", "root", "root")))
    assert [first.hex] == list(aliases(Contents(three[:1], (" \n",))))


def test_files_in_the_systems_store_are_named_by_what_they_hold() -> None:
    """So that a change is one of names, which the system's command counts."""
    named = own_files("all", _CONTENTS)
    assert to_pem([_ONE.value]) == named[f"warifu-all-{_ONE.value.fingerprint.hex}.crt"]
    assert 2 == len(named)
