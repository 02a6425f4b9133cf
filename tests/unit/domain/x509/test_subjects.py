"""Subjects as people write them: every form that we or openssl print, and which part is wrong where one is."""

from __future__ import annotations

import pytest

from warifu.domain.x509.subjects import parse_subject, say_subject
from warifu.errors import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain", "CN=plain"),
        (
            "CN=a.example,O=Exam,emailAddress=ops@a.example",
            "CN=a.example,O=Exam,1.2.840.113549.1.9.1=ops@a.example",
        ),
        ("CN=a,1.2.840.113549.1.9.1=ops@a.example", "CN=a,1.2.840.113549.1.9.1=ops@a.example"),
        ("cn = a, o=b , E=ops@a.example", "CN=a,O=b,1.2.840.113549.1.9.1=ops@a.example"),
        ("CN=a,S=Tokyo,serialNumber=7", "CN=a,ST=Tokyo,2.5.4.5=7"),
        ("CN=a+OU=b,C=JP", "CN=a+OU=b,C=JP"),
        ("CN=a\\,b,O=c\\+d\\ ", "CN=a\\,b,O=c\\+d\\ "),
    ],
)
def test_what_is_printed_can_be_written(text: str, expected: str) -> None:
    """By us (RFC 4514), by openssl and by Windows; letters' case and blanks between parts do not count."""
    assert expected == parse_subject(text).rfc4514_string()
    assert expected == parse_subject(expected).rfc4514_string()


def test_an_address_is_shown_by_its_name_and_read_again() -> None:
    """Nobody knows the number of emailAddress by heart."""
    shown = "CN=a.example,emailAddress=ops@a.example"
    assert shown == say_subject(parse_subject("CN=a.example,E=ops@a.example"))
    assert shown == say_subject(parse_subject(shown))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("CN=a,C=JPN,O=b", [("subject-country", "C=JPN")]),
        ("CN=a,X=1,O=", [("subject-type", "X=1"), ("subject-empty", "O=")]),
        ("CN=a,,O=b", [("subject-part", ",")]),
        ("CN=a,", [("subject-part", ",")]),
        ("CN=a,O", [("subject-part", "O")]),
        ("CN=a\\", [("subject-part", "CN=a")]),
        ("9.9=1", [("subject-part", "9.9=1")]),
        ("x" * 65, [("subject-long", "x" * 65)]),
        ("CN=" + "x" * 65, [("subject-long", "CN=" + "x" * 65)]),
    ],
)
def test_the_part_that_is_wrong_is_named(text: str, parts: list[tuple[str, str]]) -> None:
    """Each of them, and why."""
    with pytest.raises(UsageError) as wrong:
        parse_subject(text)
    assert "issue.bad-subject" == wrong.value.code
    assert [(f"issue.{code}", part) for code, part in parts] == [
        (one.code, one.values["part"]) for one in wrong.value.parts
    ]
