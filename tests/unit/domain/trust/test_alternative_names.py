"""Names with their kinds: read in every form people copy them in, written in one."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from support.pki import make_ca, make_key
from warifu.domain.findings import Lang, say_error
from warifu.domain.trust.alternative_names import (
    AlternativeName,
    NameKind,
    host_of,
    list_bare,
    list_typed,
    names_of,
    names_of_request,
    rarer_names_of,
    read_names,
    without_repeats,
)
from warifu.domain.x509 import Request
from warifu.errors import UsageError

ROOT = make_ca("Root")


def typed(text: str) -> str:
    return list_typed(read_names(text))


@pytest.mark.req("S3-10")
def test_openssl_text_becomes_what_a_form_wants_and_back() -> None:
    """`DNS:a.x, DNS:b.x` is `a.x,b.x` without its marks; either text gives the same names again."""
    names = read_names("DNS:a.x, DNS:b.x")
    assert "a.x,b.x" == list_bare(names)
    assert names == read_names(list_bare(names))
    assert "DNS:a.x, DNS:b.x" == list_typed(names)
    assert names == read_names(list_typed(names))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "DNS Name=a.example\r\nDNS Name=b.example\r\nIP Address=192.0.2.1",
            "DNS:a.example, DNS:b.example, IP:192.0.2.1",
        ),
        ("IP Address:2001:DB8:0::1", "IP:2001:db8::1"),
        ("[2001:db8::1]", "IP:2001:db8::1"),
        ("a.example; *.b.example.", "DNS:a.example, DNS:*.b.example"),
        ("dns : A.example", "DNS:A.example"),
        ("DNS:192.0.2.1", "IP:192.0.2.1"),
        ("email:ops@a.example, RFC822 Name=x@b.example", "email:ops@a.example, email:x@b.example"),
        ("URI:https://a.example/x, URL=spiffe://b", "URI:https://a.example/x, URI:spiffe://b"),
        ("https://a.example", "URI:https://a.example"),
        ("例え.jp", "DNS:xn--r8jz45g.jp"),
        (" , ;\n", ""),
    ],
)
def test_each_form_is_read(text: str, expected: str) -> None:
    """Kinds, case and separators as tools print them; an address is an address whatever stands before it."""
    assert expected == typed(text)


@pytest.mark.parametrize(
    "text",
    [
        "a b",
        "IP:a.example",
        "email:a.example",
        "URI:a.example",
        "x..y",
        "a" * 64,
        "*",
        "例" * 80,
        "OID:1.2",
        ".".join(["a" * 60] * 5),
    ],
)
def test_what_can_stand_in_no_certificate_is_refused_by_name(text: str) -> None:
    """The name and where it was said are told, in both languages."""
    with pytest.raises(UsageError) as wrong:
        read_names(f"good.example,{text}", "--names")
    (part,) = wrong.value.parts
    assert ("renewal.name-unfit", "--names") == (part.code, part.values["where"])
    assert text in say_error(wrong.value, Lang.JA)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("300.1.1.1", "renewal.name-numeric"),
        ("192.0.2.1.5", "renewal.name-numeric"),
        ("DNS:192.0.2", "renewal.name-numeric"),
        ("*.7", "renewal.name-numeric"),
        ("-a.example", "renewal.name-hyphen"),
        ("a-.example", "renewal.name-hyphen"),
        ("a.-b.example", "renewal.name-hyphen"),
        ("*.a.example-", "renewal.name-hyphen"),
        ("-", "renewal.name-hyphen"),
    ],
)
def test_what_is_no_host_name_is_refused_with_the_reason(text: str, code: str) -> None:
    """A mistyped address is no DNS name, and no label begins or ends with a hyphen (RFC 1034 §3.5, RFC 1123 §2.1)."""
    with pytest.raises(UsageError) as wrong:
        read_names(text, "--names")
    (part,) = wrong.value.parts
    assert code == part.code
    assert all(text.removeprefix("DNS:") in say_error(wrong.value, lang) for lang in Lang)


@pytest.mark.parametrize(
    "text", ["_a.b_.example", "1.example", "7.a", "a--b.example", "*.shop.example", "x1"]
)
def test_what_servers_are_called_stays_a_name(text: str) -> None:
    """Underscores, wildcards, and numbers before the last label."""
    assert f"DNS:{text}" == typed(text)


def test_every_unfit_name_is_told_at_once() -> None:
    """Not only the first."""
    with pytest.raises(UsageError) as wrong:
        read_names("a b, c d")
    assert ["a b", "c d"] == [part.values["name"] for part in wrong.value.parts]


@pytest.mark.req("S1-51")
def test_a_repeated_name_is_kept_once_whatever_its_case() -> None:
    """The first spelling stays; what was said again is returned to be told."""
    kept, again = without_repeats(read_names("server.example, SERVER.example, server.example., 192.0.2.1"))
    assert "DNS:server.example, IP:192.0.2.1" == list_typed(kept)
    assert "DNS:SERVER.example, DNS:server.example" == list_typed(again)


def test_a_name_of_another_kind_is_another_name() -> None:
    """An e-mail address and a URI fold by case, too, and never meet a DNS name."""
    kept, again = without_repeats(read_names("email:A@b.example, email:a@B.example, URI:http://b.example"))
    assert (2, 1) == (len(kept), len(again))


def test_a_url_gives_its_host() -> None:
    """Forms of meeting products show join URLs; the certificate needs the host alone."""
    urls = ["https://join.example.com:8443/x?y", "https://[2001:db8::1]/", " plain.example "]
    assert ["join.example.com", "2001:db8::1", "plain.example"] == [host_of(one) for one in urls]


def test_names_of_a_certificate_are_those_clients_look_for() -> None:
    """Its subjectAltName in every kind; without one its common name, if that is a host's."""
    names = x509.SubjectAlternativeName(
        [x509.RFC822Name("a@b.example"), x509.DNSName("c.example"), x509.UniformResourceIdentifier("urn:x")]
    )
    every = ROOT.leaf(extra=[(names, False)]).value
    assert "DNS:c.example, email:a@b.example, URI:urn:x" == list_typed(names_of(every))
    common = ["host.example", "192.0.2.1", "Somebody Somewhere", "word", "a@b.example"]
    found = [list_typed(names_of(ROOT.leaf(name, san=False).value)) for name in common]
    assert ["DNS:host.example", "IP:192.0.2.1", "", "", ""] == found


def test_names_of_a_request_are_those_of_its_extension() -> None:
    """A request without the extension asks for none."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    key = make_key()
    bare = builder.sign(key, hashes.SHA256())
    san = x509.SubjectAlternativeName([x509.DNSName("a.example"), x509.RFC822Name("a@b.example")])
    full = builder.add_extension(san, critical=False).sign(key, hashes.SHA256())
    requests = [Request(one.public_bytes(serialization.Encoding.DER)) for one in (bare, full)]
    assert ["", "DNS:a.example, email:a@b.example"] == [list_typed(names_of_request(one)) for one in requests]


@examples(100)
@given(st.text(max_size=80))
def test_only_our_error_comes_out_and_what_is_read_is_written_to_be_read_again(text: str) -> None:
    """Any text: names, or our refusal; names survive being written in either form."""
    try:
        names = read_names(text)
    except UsageError:
        return
    assert names == read_names(list_typed(names))


def test_kinds_are_spelt_as_openssl_does() -> None:
    """A name shows its kind first."""
    assert "IP:192.0.2.1" == str(AlternativeName(NameKind.IP, "192.0.2.1"))


def test_a_request_for_a_name_of_a_kind_that_nobody_reads_asks_for_no_names() -> None:
    """One of X.400 is what the library refuses by an error of its own."""
    strange = x509.UnrecognizedExtension(x509.SubjectAlternativeName.oid, bytes.fromhex("3002a300"))
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    made = builder.add_extension(strange, critical=False).sign(make_key(), hashes.SHA256())
    assert () == names_of_request(Request(made.public_bytes(serialization.Encoding.DER)))


def test_names_of_rarer_kinds_are_told_by_kind_and_value() -> None:
    """Texts as texts, anything else as its bytes; a certificate without any has none."""
    kind = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
    listed = [
        x509.DNSName("a.example"),
        x509.OtherName(kind, b"\x0c\x03a@b"),
        x509.OtherName(kind, b"\x05\x00"),
        x509.OtherName(kind, b"\x0c\x01\x07"),
        x509.DirectoryName(ROOT.cert.subject),
        x509.RegisteredID(x509.ObjectIdentifier("1.2.3")),
    ]
    leaf = ROOT.leaf("a", extra=[(x509.SubjectAlternativeName(listed), False)], san=False)
    other = "otherName:1.3.6.1.4.1.311.20.2.3;"
    wanted = (f"{other}a@b", f"{other}0500", f"{other}0c0107", "dirName:CN=Root", "RID:1.2.3")
    assert wanted == rarer_names_of(leaf.value)
    assert ((), ()) == (rarer_names_of(ROOT.leaf("a.example").value), rarer_names_of(ROOT.value))


def test_beside_an_extension_that_cannot_be_read_directory_names_are_told_all_the_same() -> None:
    """They were read one by one."""
    names = x509.SubjectAlternativeName([x509.DirectoryName(ROOT.cert.subject)])
    broken = x509.UnrecognizedExtension(x509.BasicConstraints.oid, b"\x30\x05\x01")
    leaf = ROOT.leaf("a", san=False, basic=False, extra=[(names, False), (broken, False)])
    assert ("dirName:CN=Root",) == rarer_names_of(leaf.value)


def test_a_text_of_blanks_ends() -> None:
    """What takes a step for each pair of blanks would take hours."""
    with pytest.raises(UsageError):
        read_names("a" + " " * 100_000 + "x")
