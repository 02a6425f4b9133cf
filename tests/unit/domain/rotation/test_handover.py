"""What people are handed, word for word: golden files beside this test.

They are what a person in a hurry follows: a change of a word is a change to review.
`WARIFU_GOLDEN=write` writes them anew.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes

from support.pki import DAY, NOW
from warifu.domain.estate.parse_services import DIALECTS
from warifu.domain.findings import Lang, say
from warifu.domain.rotation.handover import Handed, Handover, colons, render_page
from warifu.domain.rotation.windows_script import render_windows_script
from warifu.domain.trust.address import Address
from warifu.domain.x509 import Certificate, read
from warifu.ports import probes

GOLDEN = Path(__file__).parent / "handover"


def certificate(name: str) -> Certificate:
    return read((GOLDEN / name).read_bytes()).certificates[0]


IDENTITY = Handover(
    step="switch:mail/web",
    service="mail gateway",
    slot="mail/web",
    node="mail-1",
    platform="appliance",
    owner="messaging team",
    files=(
        Handed("certificate.pem", "certificate"),
        Handed("chain.pem", "chain"),
        Handed("key.pem", "key", "/tls/key.pem"),
    ),
    addresses=(Address("192.0.2.7", 443), Address("2001:db8::7", 8443)),
    server_name="mail.example",
    leaf=certificate("leaf.pem"),
    interrupts=True,
    answer_by=NOW + (7 * DAY),
)
TRUST = replace(
    IDENTITY,
    step="remove-anchor:mail/trust",
    slot="mail/trust",
    leaf=None,
    anchors=(certificate("root.pem"),),
    removed=("ab" * 32,),
    files=(Handed("anchors.pem", "anchors", "/tls/ca.pem"), Handed("anchor-1.cer", "anchor")),
    interrupts=False,
)
WINDOWS = replace(
    IDENTITY,
    platform="windows",
    windows_service="MSExchange'IMAP",
    account="NT SERVICE\\IMAP",
    files=(
        Handed("identity.pfx", "pfx"),
        Handed("passphrase.txt", "passphrase"),
        Handed("intermediate-1.cer", "intermediate"),
        Handed("install.ps1", "script"),
    ),
)
WINDOWS_REQUEST = replace(WINDOWS, files=(Handed("certificate.cer", "leaf"),), account="", windows_service="")
WINDOWS_TRUST = replace(TRUST, platform="windows", windows_service="SepMaster")
PAGES = {"identity": IDENTITY, "trust": TRUST, "windows": WINDOWS, "windows-trust": WINDOWS_TRUST}
SCRIPTS = {"windows": WINDOWS, "windows-request": WINDOWS_REQUEST, "windows-trust": WINDOWS_TRUST}


def golden(name: str, made: str) -> str:
    path = GOLDEN / name
    if os.environ.get("WARIFU_GOLDEN") == "write":
        path.write_bytes(made.encode())
    return path.read_bytes().decode()


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_is_as_reviewed(name: str, lang: Lang) -> None:
    """Files, steps, commands and expected result, in both languages."""
    made = render_page(PAGES[name], lang)
    assert golden(f"{name}.{lang}.md", made) == made


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_windows_script_is_as_reviewed(name: str, lang: Lang) -> None:
    """Import, rights to the key, restart; every line ends as Windows ends lines."""
    made = render_windows_script(SCRIPTS[name], lang)
    assert golden(f"{name}.{lang}.ps1", made) == made
    assert made.count("\n") == made.count("\r\n")


def test_expected_result_is_what_openssl_prints() -> None:
    """The page's fingerprint is the leaf's, written as the page's own command prints it."""
    leaf = certificate("leaf.pem")
    assert f"sha256 Fingerprint={leaf.parsed.fingerprint(hashes.SHA256()).hex(':').upper()}" in render_page(
        IDENTITY, Lang.EN
    )
    assert "AB:01" == colons("ab01")


def test_names_cannot_break_out_of_the_script() -> None:
    """Quotes, typographic ones included, and dollar signs in names stay text."""
    evil = replace(WINDOWS, windows_service="a'; Remove-Item C:\\ #", account="x\u2019; $(calc)")
    script = render_windows_script(evil, Lang.EN)
    assert "$ServiceName = 'a''; Remove-Item C:\\ #'," in script
    assert "$Account = 'x\u2019\u2019; $(calc)'" in script


def test_passphrase_never_stands_in_a_command() -> None:
    """The script asks for it as a SecureString and names no password of its own."""
    script = render_windows_script(WINDOWS, Lang.EN)
    assert "Read-Host -AsSecureString" in script
    assert "ConvertTo-SecureString" not in script
    assert "passphrase.txt" not in script


def test_a_key_that_is_not_handed_over_stays_where_it_is() -> None:
    """Where only the certificate comes, the page says that the key there goes on serving; with a key it does not."""
    alone = replace(IDENTITY, files=(Handed("certificate.pem", "certificate"),))
    for lang in Lang:
        assert say("handover.key-stays", lang) in render_page(alone, lang)
        assert say("handover.key-stays", lang) not in render_page(IDENTITY, lang)


def test_without_a_deadline_none_is_named() -> None:
    """A step that nobody times has no line for it."""
    for lang in Lang:
        assert say("handover.answer-by", lang) in render_page(IDENTITY, lang)
        assert say("handover.answer-by", lang) not in render_page(replace(IDENTITY, answer_by=None), lang)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_page_says_how_to_look_in_every_dialect(dialect: str) -> None:
    """By openssl where it can begin it, as this openssl knows, else by ours; the value stands as that program prints it."""
    page = render_page(replace(IDENTITY, dialect=dialect), Lang.EN)
    fingerprint = certificate("leaf.pem").fingerprint.hex
    if dialect in {"nats", "tds"}:
        assert f"warifu check --name mail.example {dialect}://192.0.2.7:443\n" in page
        assert f"\nSHA-256 {fingerprint}\n" in page
        assert "s_client" not in page
    else:
        assert f"sha256 Fingerprint={colons(fingerprint)}" in page
        begins = re.findall(r" -servername mail\.example(.*) </dev/null", page)
        assert {_BEGINS.get(dialect, f" -starttls {dialect}")} == set(begins)


_BEGINS = {"tls": "", "tds8": " -alpn tds/8.0", "postgresql": " -starttls postgres"}


def test_every_dialect_of_an_estate_is_one_of_the_probes() -> None:
    """What may be written can be looked at."""
    assert set(probes.DIALECTS) == set(DIALECTS)
