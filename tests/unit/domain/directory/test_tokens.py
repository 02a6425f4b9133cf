"""The token by which a node joins once."""

from __future__ import annotations

import base64
import contextlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.pki import NOW
from warifu.domain.directory import JoinToken, TokenRecord, hash_of, judge_token, read_token, write_token
from warifu.domain.directory.tokens import MOST_SERVERS, PREFIX, _check
from warifu.domain.x509 import Sha256
from warifu.errors import RefusedError, UsageError

SECRET = bytes(range(32))
HOUR = timedelta(hours=1)
TOKEN = JoinToken(SECRET, "web-1.shop", Sha256("ab" * 32), ("https://warifu.shop.example:8443",), NOW + HOUR)
RECORD = TokenRecord(hash_of(TOKEN), "web-1.shop", NOW + HOUR, "anna")


def written(**changed: object) -> str:
    """A token's text with fields of its payload changed, and a check that fits."""
    payload = write_token(TOKEN).split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    text = json.dumps({**said, **changed}, sort_keys=True, separators=(",", ":"))
    made = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    return f"{PREFIX}.{made}.{_check(made)}"


def test_what_was_written_is_read() -> None:
    """With blanks around it, as it is pasted."""
    text = write_token(TOKEN)
    assert text.startswith("warifu-join-1.")
    assert TOKEN == read_token(f"  {text}\n")
    assert text == written()


def test_its_secret_is_shown_nowhere() -> None:
    """Neither where a token is printed nor in what a server keeps."""
    shown = repr(TOKEN) + repr(RECORD)
    assert "secret" not in shown
    assert not any(form in shown for form in (repr(SECRET), SECRET.hex(), base64.b64encode(SECRET).decode()))
    assert 64 == len(hash_of(TOKEN))
    assert hash_of(TOKEN) != hash_of(replace(TOKEN, secret=bytes(32)))


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "warifu-join-1",
        "warifu-join-2." + write_token(TOKEN).partition(".")[2],
        write_token(TOKEN) + ".x",
        "warifu-join-1." + "a" * 20_000 + ".00000000",
        written(n="Web_1"),
        written(n=""),
        written(t="AAAA"),
        written(t="A"),
        written(t="\u00e9"),
        written(r="ab"),
        written(r="AB" * 32),
        written(s=[]),
        written(s=["http://warifu.shop.example"]),
        written(s=["https://a b"]),
        written(s=[7]),
        written(s=["https://a"] * (MOST_SERVERS + 1)),
        written(e=10**18),
        written(e=True),
        written(e="1"),
        written(x=1),
        f"{PREFIX}.AAAA.{_check('AAAA')}",
        f"{PREFIX}.W10.{_check('W10')}",
        f"{PREFIX}.A.{_check('A')}",
        f"{PREFIX}.\u00e9.{_check(chr(0xE9))}",
    ],
)
def test_what_says_it_in_another_form_is_no_token(bad: str) -> None:
    """And nothing of it is shown."""
    with pytest.raises(UsageError) as met:
        read_token(bad)
    assert ("directory.token-malformed", {}) == (met.value.code, met.value.values)


def test_a_token_that_was_cut_is_told_apart() -> None:
    """It was a good one before somebody copied it."""
    text = write_token(TOKEN)
    for bad in (text[:-1], text.replace("a", "b", 9), text[:40] + text[41:]):
        with pytest.raises(UsageError, match=r"directory\.token-mang"):
            read_token("warifu-join-1." + bad.partition(".")[2].replace("wbrifu", "warifu"))


def test_a_secret_is_32_bytes_and_an_end_is_a_second() -> None:
    """Nothing else is made in the first place."""
    for more in ({"secret": b"short"}, {"expires": NOW + timedelta(microseconds=1)}):
        with pytest.raises(UsageError):
            replace(TOKEN, **more)


def test_it_lets_its_node_in_until_its_end() -> None:
    """To the last instant before it."""
    judge_token(RECORD, TOKEN, "web-1.shop", now=NOW)
    judge_token(RECORD, TOKEN, "web-1.shop", now=NOW + HOUR - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("record", "node", "after", "code"),
    [
        (None, "web-1.shop", timedelta(), "directory.token-unknown"),
        (replace(RECORD, hash="0" * 64), "web-1.shop", timedelta(), "directory.token-unknown"),
        (RECORD, "web-2.shop", timedelta(), "directory.token-other-node"),
        (replace(RECORD, used=NOW), "web-1.shop", timedelta(), "directory.token-used"),
        (RECORD, "web-1.shop", HOUR, "directory.token-expired"),
    ],
)
def test_it_lets_nobody_else_in(record: TokenRecord | None, node: str, after: timedelta, code: str) -> None:
    """Unknown, another node's, used, too old: each is said."""
    with pytest.raises(RefusedError) as met:
        judge_token(record, TOKEN, node, now=NOW + after)
    assert code == met.value.code


@given(
    st.text(max_size=200) | st.builds(lambda text: f"{PREFIX}.{text}.{_check(text)}", st.text(max_size=200))
)
def test_whatever_is_pasted_only_our_errors_come_out(text: str) -> None:
    """A token is outside bytes."""
    with contextlib.suppress(UsageError):
        read_token(text)


@given(st.binary(min_size=1, max_size=80))
def test_whatever_a_payload_holds_only_our_errors_come_out(octets: bytes) -> None:
    """With a check that fits."""
    payload = base64.urlsafe_b64encode(octets).decode().rstrip("=")
    with contextlib.suppress(UsageError):
        read_token(f"{PREFIX}.{payload}.{_check(payload)}")
