"""What looks like a secret is never shown again; what vendors say is."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from support.pki import make_key
from support.vendor_faults import every_case
from warifu.domain.diagnosis import Message, every_sentence, is_log, weight_of_keys, without_secrets
from warifu.domain.diagnosis.redaction import redacted
from warifu.domain.findings import Severity

KEY = make_key("ec")
PLAIN = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
SEALED = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode()
LEGACY = KEY.private_bytes(
    Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"x")
).decode()
BODY = PLAIN.split("\n")[1]


@pytest.mark.parametrize(
    "text",
    [
        "keystore password=hunter2",
        "Password: hunter2",
        "-Djavax.net.ssl.keyStorePassword=hunter2 -Dx",
        '{"password":"hunter2 and hunter2"}',
        '{"password" : "a\\"hunter2"}',
        '{\\"passphrase\\": \\"hunter2 x\\"}',
        "passphrase 'hunter2'",
        "pwd='hunter2",
        'password="hunter2 was cut',
        "<password>hunter2</password>",
        "Server=db;Pwd=hunter2;Database=sem5",
        "sqlcmd --password hunter2 -C",
        "keytool -storepass hunter2 -list",
        "openssl -passin pass:hunter2",
        "https://admin:hunter2@host.example/x",
        "GET /x?access_token=hunter2&y=1",
        "Authorization: Basic aHVudGVyMg==hunter2",
        '"Authorization": "Digest username=x, response=hunter2"',
        "Set-Cookie: JSESSIONID=hunter2; Secure",
        "curl sent Bearer hunter2hunter2",
        "sent Basic hunter2hunter2=",
        "jwt eyJhbGciOiJIUzI1NiJ9.hunter2.c2ln",
        "パスワード: hunter2",
        "パスワードは「hunter2」です",
        "トークン=hunter2",
        "client_secret => hunter2",
        "X-API-Key: hunter2",
        "sessionId=hunter2",
    ],
)
def test_a_secret_is_behind_stars(text: str) -> None:
    """Forms in which programs log a password or a token, in quotes, escaped, cut, in Japanese."""
    assert "hunter2" not in redacted(f"CGEN1008 {text}")
    assert "***" in redacted(f"CGEN1008 {text}")
    assert redacted(f"CGEN1008 {text}").startswith("CGEN1008 ")


@pytest.mark.parametrize(
    "token", ["AKIA" + "A1" * 8, "ghp_" + "a1" * 18, "xoxb-" + "1" * 12, "hvs." + "a" * 24]
)
def test_tokens_are_known_by_how_they_begin(token: str) -> None:
    """Of clouds, of forges, of chats and of vaults."""
    assert "used *** there" == redacted(f"used {token} there")


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        LEGACY,
        SEALED,
        PLAIN.replace("\n", "\\n"),
        PLAIN.partition("-----END")[0],
        PLAIN.partition("-----\n")[2],
    ],
)
def test_a_private_key_is_behind_stars(text: str) -> None:
    """Whole, escaped, or one end of it cut."""
    body = [line for line in text.replace("\\n", "\n").split("\n") if len(line) > 20 and "-" not in line]
    assert body
    shown = redacted(f"before, {text}")
    assert shown.startswith("before,")
    assert "***" in shown
    assert not [line for line in body if line in shown]


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", None),
        ("-----BEGIN PRIVATE KEY----- is missing in what was given", None),
        (f"2026-11-20 ERROR {PLAIN}", Severity.ERROR),
        (PLAIN.replace("\n", "\\n"), Severity.ERROR),
        (PLAIN.partition("-----END")[0], Severity.ERROR),
        (SEALED, Severity.WARNING),
        (LEGACY, Severity.WARNING),
        (SEALED + PLAIN, Severity.ERROR),
    ],
)
def test_a_private_key_in_a_log_is_told(text: str, weight: Severity | None) -> None:
    """By its weight; the line alone, of which people write, is none."""
    assert weight is weight_of_keys(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"2026-11-20 10:00:01 INFO started\n{PLAIN}", True),
        (f"Nov 20 10:00:01 host app: x\n{PLAIN}Nov 20 10:00:02 host app: x\n", True),
        (f"{PLAIN}ERROR it failed\nWARN again", True),
        (f"# made 2026-11-20 10:00:01\n{PLAIN}", False),
        (f"Bag Attributes\n    friendlyName: web\nKey Attributes: <No Attributes>\n{PLAIN}", False),
        (PLAIN, False),
    ],
)
def test_a_log_is_known_by_its_lines(text: str, expected: bool) -> None:
    """A time in a comment above a key, and what openssl writes there, are no log."""
    assert expected is is_log(text)


def test_what_vendors_say_stays_as_it_stands() -> None:
    """No sentence of the tables, and no line of a case, is taken for a secret."""
    said = [text for _, one in every_sentence() for text in (one.en, one.ja)]
    said += [case.log for case in every_case()]
    said += [
        "Invalid CSR key",
        "wrong password",
        "The token has expired",
        "Basic constraints: CA:TRUE",
        f"key id {BODY}",
    ]
    assert said == [redacted(text) for text in said]


def test_everything_that_came_with_a_message_is_looked_at() -> None:
    """Its text, arguments, properties, resolution, severity and thread; nothing else changes."""
    secret = "password=hunter2"
    message = Message(
        "v", "s", "c", secret, (secret,), secret, secret, (secret,), thread=secret, source="a", line=3
    )
    (shown,) = without_secrets([message])
    assert "hunter2" not in repr(shown)
    assert ("v", "s", "c", "a", 3) == (shown.vendor, shown.symptom, shown.code, shown.source, shown.line)


@examples(200)
@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    """Whatever stands there; what is behind stars stays there."""
    assert redacted(redacted(text)).count("***") >= 0
    assert weight_of_keys(text) in (None, Severity.ERROR, Severity.WARNING)


@pytest.mark.parametrize(
    "text",
    [
        "password=" * 20_000,
        "-----BEGIN PRIVATE KEY-----" * 5_000,
        "A" * 200_000 + "://:",
        "\\" * 99_999 + "token",
    ],
)
def test_a_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    """Nothing is tried again from every place."""
    assert redacted(text)
    assert weight_of_keys(text) is None
