"""`warifu profile` and `warifu check --profile` as a person runs them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from support.command import Ran, run_warifu
from support.malformed import request_signed_with
from support.pki import BOTH, DAY, SERVER, make_ca, make_key
from support.target_cases import request_of
from support.usages import key_usage
from warifu.domain.x509 import to_pem

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = make_ca("Root-CA", now=NOW)
MID = ROOT.intermediate("Inter-CA1", now=NOW)
KEY = make_key()
WEB = MID.leaf(
    "ome310.example",
    now=NOW,
    purposes=BOTH,
    usage=key_usage("digital_signature", "key_encipherment"),
    key=KEY,
)
CHAIN = to_pem([WEB.value, MID.value, ROOT.value])


def warifu(folder: Path, *arguments: str) -> Ran:
    return run_warifu(*arguments, folder=folder, seconds=60)


def found(ran: Ran) -> set[str]:
    (subject,) = json.loads(ran.out)["subjects"]
    return {one["code"] for one in subject["findings"] if one["severity"] == "error"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "chain.pem").write_bytes(CHAIN)
    (tmp_path / "leaf.cer").write_bytes(WEB.value.der)
    (tmp_path / "own.csr").write_bytes(request_of(KEY).to_pem())
    (tmp_path / "other.csr").write_bytes(request_of(make_key()).to_pem())
    (tmp_path / "trusted.pem").write_bytes(to_pem([MID.value, ROOT.value]))
    return tmp_path


def test_every_profile_is_listed_and_shown_in_both_languages(folder: Path) -> None:
    """The list names all; each can be shown, as a table and as JSON."""
    listed = json.loads(warifu(folder, "profile", "list", "--json").out)["profiles"]
    names = [one["name"] for one in listed]
    wanted = {
        "tls-server",
        "tls-client",
        "mutual",
        "webpki-public",
        "rfc5280",
        "dell-ome-migration",
        "tpm-ek",
    }
    assert set() == wanted - set(names)
    for lang in ("en", "ja"):
        told = warifu(folder, "profile", "list", "--lang", lang)
        assert all(name in told.out for name in names)
    shown = json.loads(warifu(folder, "profile", "show", "cisco-vcs@X14.2:E+mra", "--json").out)
    assert ("cisco-expressway@X14:E+mra", ["node", "mra-domains"]) == (
        shown["chosen"],
        shown["settings"]["topology"],
    )
    assert "FN74362" in shown["source"]


def test_a_family_without_its_role_shows_what_all_have_in_common(folder: Path) -> None:
    """Nobody has to know the roles beforehand; judging by it wants one."""
    shown = json.loads(warifu(folder, "profile", "show", "cisco-expressway", "--json").out)
    assert shown["complete"] is False
    refused = warifu(folder, "check", "--profile", "cisco-expressway", "chain.pem")
    assert 2 == refused.code
    assert "C, E" in refused.err
    assert 2 == warifu(folder, "profile", "show", "cisco-expressway:X").code


@pytest.mark.req("S4-13", "S4-14")
def test_a_certificate_of_another_request_is_refused_beforehand(folder: Path) -> None:
    """For the chain and for the single certificate alike: the key of this target is not matched."""
    anchors = ("--anchors", "trusted.pem")
    (folder / "leaf.pem").write_bytes(WEB.pem)
    for profile, file in (("dell-ome-migration", "chain.pem"), ("dell-ome-server", "leaf.pem")):
        own = warifu(folder, "check", "--profile", profile, *anchors, "--csr", "own.csr", file, "--json")
        assert (0, set()) == (own.code, found(own)), own.out
        other = warifu(folder, "check", "--profile", profile, *anchors, "--csr", "other.csr", file, "--json")
        assert (1, {"request-key-differs"}) == (other.code, found(other))
    missing = warifu(folder, "check", "--csr", "chain.pem", "chain.pem")
    assert 2 == missing.code


@pytest.mark.req("S3-36", "S4-15", "S4-16")
def test_a_binary_file_is_told_as_such(folder: Path) -> None:
    """DER where Base64 is wanted is refused with that reason and the way to write it; garbage is refused as garbage."""
    der = warifu(
        folder, "check", "--profile", "dell-ome-server", "--anchors", "trusted.pem", "leaf.cer", "--json"
    )
    (subject,) = json.loads(der.out)["subjects"]
    told = next(one for one in subject["findings"] if one["code"] == "not-base64")
    assert "is binary (DER)" in told["title"]
    assert "warifu pack" in told["remedy"]
    assert "Base-64" in told["remedy"]
    edge = ("check", "--profile", "cisco-expressway@X14:E", "--anchors", "trusted.pem")
    assert {"not-base64"} == found(warifu(folder, *edge, "leaf.cer", "--json"))
    (folder / "leaf.pem").write_bytes(WEB.pem)
    assert set() == found(warifu(folder, *edge, "leaf.pem", "--json"))
    (folder / "garbage.cer").write_bytes(b"\x30\x82\x01" + bytes(range(200)))
    garbage = warifu(folder, "check", "--profile", "dell-ome-server", "garbage.cer", "--json")
    assert 1 == garbage.code
    assert "not-base64" not in garbage.out
    assert "truncated" in garbage.out


@pytest.mark.req("S4-59")
def test_a_target_s_clock_decides(folder: Path) -> None:
    """Its time stands in place of ours, and the difference is told; two instants at once are refused."""
    later = (NOW + 730 * DAY).isoformat()
    ran = warifu(
        folder, "check", "--profile", "dell-ome-migration", "--target-clock", later, "chain.pem", "--json"
    )
    assert "expired" in found(ran)
    told = [one for one in json.loads(ran.out)["anchors"]["findings"] if one["code"] == "clock-skewed"]
    assert [later] == [one["subject"].replace(" ", "T") for one in told]
    own = ("--anchors", "trusted.pem", "chain.pem", "--profile", "dell-ome-migration", "--json")
    near = warifu(folder, "check", *own, "--target-clock", datetime.now(UTC).isoformat())
    assert (0, False) == (near.code, "clock-skewed" in near.out)
    assert 2 == warifu(folder, "check", "--at", later, "--target-clock", later, "chain.pem").code


def test_a_user_s_own_profile_is_a_file_in_the_same_form(folder: Path) -> None:
    """It may extend a shipped one, have releases of its own, and its faults are told with their places."""
    own = folder / "house.toml"
    own.write_text(
        'format = 1\nname = "house"\nextends = "tls-server"\nrevision = "1"\nsource = "security handbook"\n'
        'title = { en = "house", ja = "社内" }\nreleases = ["1", "2"]\n'
        '[[when]]\nrelease = ["2"]\nsettings = { key-algorithms = ["RSA"] }\n'
    )
    anchors = ("--anchors", "trusted.pem", "chain.pem", "--json")
    assert set() == found(warifu(folder, "check", "--profile", "house.toml@1", *anchors))
    assert {"key-kind-unfit"} == found(warifu(folder, "check", "--profile", "./house.toml", *anchors))
    own.write_text(own.read_text() + 'colour = "red"\n')
    refused = warifu(folder, "profile", "show", "house.toml")
    assert 2 == refused.code
    assert "settings" in refused.err or "colour" in refused.err
    absent = warifu(folder, "check", "--profile", "absent.toml", "chain.pem")
    assert (2, True) == (absent.code, "There is no file absent.toml" in absent.err)


def test_a_profile_of_ones_own_is_read_as_editors_write_it_and_told_where_it_is_wrong(folder: Path) -> None:
    """A byte order mark is no fault; what is no UTF-8 is told with its line, as is a value that cannot be."""
    own = folder / "house.toml"
    text = (
        'format = 1\nname = "house"\nextends = "tls-server"\nrevision = "1"\nsource = "handbook"\n'
        'title = { en = "house", ja = "社内" }\n[settings]\nweak-hashes = ["SHA-1", "MD5"]\n'
    )
    own.write_bytes(b"\xef\xbb\xbf" + text.encode())
    shown = json.loads(warifu(folder, "profile", "show", "house.toml", "--json").out)
    assert ["md5", "sha1"] == sorted(shown["settings"]["weak-hashes"])
    own.write_bytes(text.encode().replace(b"handbook", b"hand\xffbook"))
    broken = warifu(folder, "profile", "show", "house.toml")
    assert (2, True) == (broken.code, "house.toml: line 5 is not TOML: it is not text" in broken.err)
    own.write_text(text.replace("SHA-1", "SHA-0"))
    wrong = warifu(folder, "check", "--profile", "house.toml", "chain.pem")
    assert (2, True) == (wrong.code, "house.toml:8: settings.weak-hashes cannot be SHA-0" in wrong.err)


def test_a_request_is_judged_before_a_ca_signs_it(folder: Path) -> None:
    """By the profile's own rules for names and keys; a weak signature of its own is a warning, and no wrong one."""
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "*.x.example")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(named)
    small = builder.sign(make_key("rsa1024"), hashes.SHA256())
    (folder / "small.csr").write_bytes(small.public_bytes(serialization.Encoding.PEM))
    ran = warifu(folder, "check", "--profile", "dell-ome-migration", "small.csr", "--json")
    assert (1, {"weak-key", "wildcard-refused"}) == (ran.code, found(ran))
    key = make_key("rsa")
    old = request_signed_with(request_of(key), key, hashes.SHA1())  # noqa: S303
    (folder / "old.csr").write_bytes(old)
    ran = warifu(folder, "check", "old.csr", "--json")
    (subject,) = json.loads(ran.out)["subjects"]
    assert [("request-signature-weak", "warning")] == [
        (one["code"], one["severity"]) for one in subject["findings"]
    ]
    assert 0 == warifu(folder, "check", "own.csr").code


def test_a_shipped_document_can_be_taken_as_a_beginning(folder: Path) -> None:
    """What --toml prints is a profile, once it has another name; a built-in one has no document."""
    text = warifu(folder, "profile", "show", "dell-ome-server", "--toml").out
    (folder / "mine.toml").write_text(text.replace('"dell-ome-server"', '"mine"'))
    shown = warifu(folder, "profile", "show", "mine.toml", "--json")
    assert (0, "mine@4.3") == (shown.code, json.loads(shown.out)["chosen"])
    assert 2 == warifu(folder, "profile", "show", "tls-server", "--toml").code
    assert 2 == warifu(folder, "profile", "show", "nobody", "--toml").code


def test_a_trust_store_is_judged_as_its_target_has_it(folder: Path) -> None:
    """A leaf among trusted roots is an error there, whatever else lies in the file."""
    (folder / "roots.pem").write_bytes(
        to_pem([ROOT.value, MID.leaf("a.example", now=NOW, purposes=SERVER).value])
    )
    ran = warifu(folder, "check", "--profile", "vcenter-trusted-root", "roots.pem", "--json")
    assert {"leaf-as-anchor"} == found(ran)


@pytest.mark.req("S4-10", "S4-11")
def test_a_certificate_alone_and_a_chain_are_told_apart(folder: Path) -> None:
    """The leaf by itself is called so; a chain shows leaf, intermediate and root in order."""
    (folder / "leaf.pem").write_bytes(WEB.pem)
    alone = warifu(folder, "check", "--anchors", "trusted.pem", "leaf.pem", "--json")
    whole = warifu(folder, "check", "--anchors", "trusted.pem", "chain.pem", "--json")
    kinds = [json.loads(ran.out)["subjects"][0]["kind"] for ran in (alone, whole)]
    assert ["leaf", "chain"] == kinds
    shown = [one["subject"] for one in json.loads(whole.out)["subjects"][0]["certificates"]]
    assert ["CN=ome310.example", "CN=Inter-CA1", "CN=Root-CA"] == shown
