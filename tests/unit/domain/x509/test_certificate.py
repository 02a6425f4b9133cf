"""A certificate as a value."""

from __future__ import annotations

import hashlib
import pickle
import warnings

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ed448, ed25519, x25519
from cryptography.x509.oid import NameOID

from support.malformed import with_explicit_curve, with_key_of_no_kind, with_pss_key
from support.pki import BOTH, DAY, NOW, make_ca, make_key
from warifu.domain.x509 import Certificate, Purpose, Quietly, RevocationList, Usage
from warifu.errors import UsageError

ROOT = make_ca("Root")
WEB = ROOT.leaf("web.example", "192.0.2.1", purposes=BOTH)


def test_it_is_its_bytes() -> None:
    """Equal bytes are one certificate; a renewed one is another."""
    again = Certificate(WEB.value.der)
    assert WEB.value == again
    assert 1 == len({WEB.value, again})
    assert WEB.value != ROOT.leaf("web.example").value
    assert WEB.value.fingerprint.short in repr(again)


def test_it_is_current_from_its_first_second_to_its_last() -> None:
    """Both dates come out as the builder put them in; the fingerprint reads as the hex of the whole."""
    dated = ROOT.leaf("web.example", start=NOW, end=NOW + DAY).value
    assert (NOW, NOW + DAY) == (dated.not_before, dated.not_after)
    assert hashlib.sha256(dated.der).hexdigest() == str(dated.fingerprint)


def test_a_top_of_a_chain_names_no_other_key() -> None:
    """Self-issued by another key of the same name is no top, and a name of several attributes folds all of them."""
    renewed = ROOT.intermediate("Root").value
    assert (True, True) == (ROOT.value.is_self_issued, ROOT.value.looks_self_signed)
    assert (True, False) == (renewed.is_self_issued, renewed.looks_self_signed)


def test_every_attribute_of_a_name_counts() -> None:
    """Names of one common name in two organizations are two; the common names are told apart from the rest."""
    one, other = (x509.Name([attribute("Shop"), attribute(unit, "O")]) for unit in ("East", "West"))
    limits = x509.NameConstraints(None, [x509.DirectoryName(one), x509.DirectoryName(other)])
    found = ROOT.intermediate("Narrow", extra=[(limits, True)]).value.name_constraints
    assert found is not None
    east, west = found.excluded.directory
    assert east.folded != west.folded
    assert ("Shop",) == east.common_names


def attribute(value: str, kind: str = "CN") -> x509.NameAttribute[str]:
    oid = NameOID.COMMON_NAME if kind == "CN" else NameOID.ORGANIZATION_NAME
    return x509.NameAttribute(oid, value)


def test_its_facts_are_read() -> None:
    """Names, purposes, usages and key come out as the builder put them in."""
    cert = WEB.value
    assert ("web.example", "192.0.2.1") == (cert.names.texts if cert.names else ())
    assert (Purpose.SERVER_AUTH, Purpose.CLIENT_AUTH) == cert.extended_key_usage
    assert frozenset({Usage.DIGITAL_SIGNATURE}) == cert.key_usage
    assert (False, None) == cert.basic_constraints
    assert "sha256" == cert.signature_hash
    assert (3, False, False) == (cert.version, cert.is_ca, cert.is_self_issued)
    assert ROOT.value.subject_key_id == cert.authority_key_id
    assert ROOT.value.subject == cert.issuer
    assert () == cert.unreadable
    assert () == cert.unknown_critical
    assert {"2.5.29.15", "2.5.29.19"} == cert.critical


def test_absent_extensions_are_none() -> None:
    """Absence is told apart from emptiness."""
    bare = make_ca("bare", ca=False, basic=False, no_usage=True, ski=False, purposes=None).value
    assert (None,) * 6 == (
        bare.names,
        bare.key_usage,
        bare.extended_key_usage,
        bare.basic_constraints,
        bare.name_constraints,
        bare.subject_key_id,
    )
    assert not bare.is_ca


def test_a_broken_extension_is_told_and_no_crash() -> None:
    """Where one extension cannot be read, it is named, and the others say what they say."""
    oid = x509.SubjectKeyIdentifier.oid
    broken = ROOT.leaf(
        "a.example", ski=False, extra=[(x509.UnrecognizedExtension(oid, b"\x30\x05\x01"), False)]
    )
    assert (("subjectKeyIdentifier", "malformed"),) == broken.value.unreadable
    assert broken.value.names is not None
    assert ("a.example",) == broken.value.names.texts
    assert (True, False) == (broken.value.lacks("keyUsage"), broken.value.lacks("subjectKeyIdentifier"))


def test_its_issuer_is_told_before_anything_else_is_read() -> None:
    """Alone or with every other part it is the same; a name that cannot be read is told as such, and no crash."""
    leaf = Certificate(WEB.value.der)
    alone = leaf.issuer
    assert leaf is leaf.read() is leaf.read()
    assert () == leaf.unreadable
    assert ROOT.value.subject == alone == leaf.issuer
    strange = Certificate(WEB.value.der.replace(b"\x0c\x04Root", b"\x0c\x04\xff\xfe\xfd\xfc"))
    assert "" == strange.issuer.folded
    assert ["issuer"] == [part for part, _ in strange.unreadable]


def test_the_library_stays_quiet_inside_and_speaks_afterwards() -> None:
    """One inside another changes nothing; behind the outer one warnings are heard again."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        with Quietly():
            with Quietly():
                warnings.warn("inner", stacklevel=1)
            warnings.warn("outer", stacklevel=1)
        warnings.warn("after", stacklevel=1)
    assert ["after"] == [str(one.message) for one in heard]


def test_its_parts_say_what_it_says() -> None:
    """Read at once, for those who ask for much of it."""
    anew = Certificate(WEB.value.der)
    assert (anew.parts.subject, anew.parts.names) == (WEB.value.subject, WEB.value.names)
    assert anew.parts is anew.parts


def test_what_another_process_sends_is_what_was_read() -> None:
    """Names, key and key id come back equal, whether they have one field or several."""
    cert = WEB.value
    values = [cert.subject, cert.names, cert.public_key, cert.subject_key_id, cert.authority_key_id]
    assert values == pickle.loads(pickle.dumps(values))  # noqa: S301  # our own, as a process sends it


def test_names_fold_case_and_spaces() -> None:
    """Names that RFC 5280 §7.1 calls equal have one folded form, though their bytes differ."""
    one, other = make_ca("Corp  Root"), make_ca("corp root")
    assert one.value.subject != other.value.subject
    assert one.value.subject.folded == other.value.subject.folded
    assert one.value.subject.folded != make_ca("corp  roots").value.subject.folded
    assert "(empty name)" == str(make_ca("").value.subject)


def test_one_without_a_subject_goes_by_a_name_beside_it() -> None:
    """The common name first, then a host name, then an address of mail, then its fingerprint."""
    nameless = x509.Name([])
    named = ROOT.leaf("web.example", subject=nameless).value
    mail = x509.SubjectAlternativeName([x509.RFC822Name("it@corp.example")])
    mailed = ROOT.leaf(subject=nameless, extra=[(mail, True)]).value
    bare = ROOT.leaf(subject=nameless).value
    assert ["CN=web.example", "web.example", "it@corp.example", f"SHA-256 {bare.fingerprint.short}"] == [
        one.label for one in (WEB.value, named, mailed, bare)
    ]


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"rubbish", WEB.value.der[:-1], WEB.value.der + b"\x00"])
def test_what_is_no_certificate_is_refused(data: bytes) -> None:
    """Only our error comes out."""
    with pytest.raises(UsageError, match=r"trust\.certificate-unreadable"):
        Certificate(data)


def test_what_is_no_crl_is_refused() -> None:
    """Only our error comes out."""
    with pytest.raises(UsageError, match=r"trust\.crl-unreadable"):
        RevocationList(b"rubbish")


def test_a_crl_tells_whom_it_revokes() -> None:
    """By serial number, with the date."""
    crl = ROOT.crl([WEB])
    assert None is not crl.entry(WEB.value.serial)
    assert None is crl.entry(WEB.value.serial + 1)
    assert None is crl.authority_key_id
    assert ROOT.value.subject.der == crl.issuer_der
    assert 1 == len({crl, RevocationList(crl.der)})


def test_a_crl_names_the_key_that_signed_it() -> None:
    """Where it carries an authority key id, that is its CA's subject key id."""
    assert ROOT.value.subject_key_id == ROOT.crl(aki=True).authority_key_id


def test_a_directory_lists_it_under_its_key_id_or_the_digest_of_its_key() -> None:
    """With no subject key id the SHA-1 of the whole key stands for it; of a key nobody can read there is none."""
    assert WEB.value.subject_key_id == WEB.value.legacy_key_id
    bare = ROOT.leaf("web.example", ski=False).value
    assert bare.public_key is not None
    assert hashlib.sha1(bare.public_key.spki).hexdigest() == str(bare.legacy_key_id).replace(":", "").lower()  # noqa: S324
    strange = with_key_of_no_kind(make_ca("RSA", key=make_key("rsa")).leaf("web.example", ski=False)).value
    assert ["subjectPublicKeyInfo"] == [part for part, _ in strange.unreadable]
    assert None is strange.legacy_key_id


def test_constraints_are_read() -> None:
    """What a CA may sign for comes out by kind."""
    limits = x509.NameConstraints([x509.DNSName("example")], [x509.RFC822Name("b.example")])
    found = ROOT.intermediate("Narrow", extra=[(limits, True)]).value.name_constraints
    assert found is not None
    assert ("example",) == found.permitted.dns
    assert ("b.example",) == found.excluded.email
    assert found.permitted.uri == ()


def test_an_rsa_key_is_told_by_its_size() -> None:
    """Two certificates with one key share its digest."""
    key = make_key("rsa")
    one, other = make_ca("One", key=key).value, make_ca("Other", key=key).value
    assert one.public_key is not None
    assert other.public_key is not None
    assert "RSA 2048" == str(one.public_key)
    assert one.public_key.sha256 == other.public_key.sha256


@pytest.mark.parametrize(
    ("public", "expected"),
    [
        (ed25519.Ed25519PrivateKey.generate().public_key(), "Ed25519 256"),
        (ed448.Ed448PrivateKey.generate().public_key(), "Ed448 456"),
        (dsa.generate_private_key(2048).public_key(), "DSA 2048"),
        (x25519.X25519PrivateKey.generate().public_key(), "unknown 0"),
        (make_key("ec").public_key(), "EC secp256r1"),
    ],
    ids=["ed25519", "ed448", "dsa", "a key that cannot sign", "ec"],
)
def test_every_kind_of_key_is_told(public: object, expected: str) -> None:
    """Kind and size are told for each kind that a certificate may carry."""
    assert expected == str(ROOT.leaf("a.example", public=public, ski=False).value.public_key)


def test_whether_it_may_be_a_ca_is_told_without_reading_it() -> None:
    """A certificate without basicConstraints is none; where they stand, and once it was read, it is asked itself."""
    bare = ROOT.leaf("a.example", basic=False)
    assert (False, True, True) == (bare.value.may_be_ca, WEB.value.may_be_ca, ROOT.value.may_be_ca)
    read = bare.value
    assert not read.is_ca
    assert read.may_be_ca


def test_a_curve_that_is_spelt_out_is_told_from_one_that_is_named() -> None:
    """The key itself is the same."""
    named = make_ca("RSA", key=make_key("rsa")).leaf("a.example")
    spelt = with_explicit_curve(named).value.public_key
    assert spelt is not None
    assert "EC secp256r1 (explicit parameters)" == str(spelt)
    assert named.private_key.public_key.sha256 == spelt.sha256


def test_a_key_for_pss_alone_says_so_and_is_the_same_key() -> None:
    """RFC 4055 §1.2: what it may sign with is no part of which key it is."""
    plain = make_ca("RSA", key=make_key("rsa")).leaf("a.example", key=make_key("rsa"), ski=False)
    bound = with_pss_key(plain).value.public_key
    assert bound is not None
    assert (True, False) == (bound.only_pss, plain.private_key.public_key.only_pss)
    assert plain.private_key.public_key.sha256 == bound.sha256
