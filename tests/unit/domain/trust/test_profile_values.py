"""What somebody writes into a profile of their own is read strictly: no value that only looks right."""

from __future__ import annotations

import pytest

from warifu.domain.findings import Lang, say_error
from warifu.domain.trust.document import line_of
from warifu.domain.trust.profile import PROFILES
from warifu.domain.trust.profile_data import ProfileFamily, parse_family
from warifu.errors import UsageError

HEAD = """format = 1
name = "house"
revision = "1"
source = "our own rules"
title = { en = "house", ja = "社内" }
"""


def parse(text: str) -> ProfileFamily:
    return parse_family(text, "house.toml", PROFILES)


@pytest.mark.parametrize("written", ["SHA-1", "sha-1", "SHA1", "sha1", "SHA_1"])
def test_a_hash_is_taken_however_it_is_written(written: str) -> None:
    """A name that only looks right would switch the rule off in silence."""
    family = parse(HEAD + f'[settings]\nweak-hashes = ["{written}", "SHA3-256"]')
    assert frozenset({"sha1", "sha3-256"}) == family.base.weak_hashes


def test_a_purpose_may_be_given_by_its_number() -> None:
    """It is the same purpose then; one without a name here stays a number."""
    family = parse(HEAD + '[settings]\npurposes = ["1.3.6.1.5.5.7.3.1", "clientAuth", "2.23.133.8.1"]')
    assert ("serverAuth", "clientAuth", "2.23.133.8.1") == family.base.purposes


@pytest.mark.parametrize(
    ("setting", "code", "known"),
    [
        ('weak-hashes = ["MD5", "SHA-0"]', "wants-one-of", "sha256"),
        ('purposes = ["serverauth"]', "wants-one-of", "serverAuth"),
        ('purposes = ["1.3.06"]', "wants-one-of", "1.2.3.4 (OID)"),
        ('directory-attributes = ["not.an.oid"]', "wants-one-of", "1.2.3.4 (OID)"),
        ('marks-free = ["what"]', "wants-one-of", "nameConstraints"),
        ('signature-schemes = ["PSS"]', "wants-one-of", "RSA-PSS"),
        ("rsa-bits = 20480", "wants-number", "16384"),
        ("ec-bits = 2048", "wants-number", "521"),
        ("request-label-least = 64", "wants-number", "63"),
        ("rsa-bits = 4096\nrsa-most = 2048", "numbers-crossed", "2048"),
    ],
)
def test_a_value_that_cannot_be_is_told_with_line_and_what_can(setting: str, code: str, known: str) -> None:
    """Line, what was found, and what is known, in both languages."""
    with pytest.raises(UsageError) as caught:
        parse(HEAD + f"\n[settings]\n{setting}")
    (fault,) = caught.value.parts
    assert f"trust.profile-{code}" == fault.code
    for lang in Lang:
        said = say_error(fault, lang)
        assert known in said
        assert "?" not in said
    assert str(fault.values["path"]) in {"house.toml:7", "house.toml:8"}


def test_sizes_that_cross_in_one_case_alone_are_told_at_that_case() -> None:
    """What a case says is read with what holds in every case."""
    text = (
        HEAD
        + 'releases = ["1"]\n[settings]\nrsa-most = 2048\n[[when]]\nrelease = ["1"]\n[when.settings]\nrsa-bits = 3072'
    )
    with pytest.raises(UsageError) as caught:
        parse(text)
    (fault,) = caught.value.parts
    assert ("trust.profile-numbers-crossed", "house.toml:11", 2048) == (
        fault.code,
        fault.values["path"],
        fault.values["most"],
    )


def test_each_fault_stands_at_its_line_and_the_first_case_keeps_its_own() -> None:
    """Of a key that is missing the line of its table, or none at all."""
    text = HEAD.replace(', ja = "社内"', "").replace('revision = "1"\n', "")
    text += '[[when]]\ncolour = 1\n[[when]]\nsettings = { longest = "x" }\n[[validity]]\nfrom = 2026-01-01\ndays = 0\nsource = "s"'
    with pytest.raises(UsageError) as caught:
        parse(text)
    told = {str(one.values["key"]): str(one.values["path"]) for one in caught.value.parts}
    assert {
        "title.ja": "house.toml:4",
        "revision": "house.toml",
        "when[1].colour": "house.toml:6",
        "when[2].settings.longest": "house.toml:8",
        "validity[1].days": "house.toml:11",
    } == told


def test_what_is_known_comes_in_one_order() -> None:
    """Also where the program keeps it in a set."""
    with pytest.raises(UsageError) as caught:
        parse(HEAD + "[settings]\ncolour = 1")
    known = caught.value.parts[0].values["known"]
    assert isinstance(known, tuple)
    assert sorted(known) == list(known)


def test_a_byte_order_mark_is_no_fault() -> None:
    """Some editors put one before UTF-8."""
    assert "house" == parse("\ufeff" + HEAD).name


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (HEAD + "[[validity]]\nfrom = 2026-02-30\n", 7, "Invalid date or datetime"),
        ("a = 1\nb = " + "1" * 5000 + "\nc = 2\n", 2, "number-too-long"),
        ("a = 1\n\nb = " + "[" * 20000, 3, "RecursionError"),
    ],
)
def test_why_it_is_no_toml_is_told(text: str, line: int, reason: str) -> None:
    """In words of ours where there are any."""
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert (line, reason) == (caught.value.values["line"], caught.value.values["reason"])
    assert "ありません (" in say_error(caught.value, Lang.JA)
    assert reason not in say_error(caught.value, Lang.JA)


def test_the_line_at_which_bytes_are_no_text_is_found() -> None:
    """The first line counts as 1."""
    for data, line in ((b"\xff", 1), (b"a\nb\n\xff\n\xff", 3)):
        with pytest.raises(UnicodeDecodeError) as broken:
            data.decode("utf-8")
        assert line == line_of(broken.value)
