"""The conversations before TLS, without a socket: what is said, and that no answer breaks them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.examples import examples
from warifu.adapters.probes.databases import mysql, postgresql, postgresql_in_clear
from warifu.adapters.probes.dialects import BEGINNINGS, IN_CLEAR
from warifu.adapters.probes.ldap import ldap
from warifu.adapters.probes.mail import imap, pop3, smtp
from warifu.adapters.probes.nats import nats
from warifu.adapters.probes.talk import Clear, Line, Say, Take, Talk, TalkError
from warifu.adapters.probes.tds import Unwrapper, encryption_of, packets, prelogin, tds, tds_in_clear


class _DryError(Exception):
    """The server had nothing more to say."""


def converse(talk: Talk, said: bytes) -> tuple[bytes, Clear, bytes]:
    """Hold a conversation with a server that says all this; what we said, what came of it, what was left."""
    ours, left, came = b"", said, b""
    try:
        wanted = next(talk)
        while True:
            match wanted:
                case Say(data):
                    ours, came = ours + data, b""
                case Take(count):
                    if len(left) < count:
                        raise _DryError
                    came, left = left[:count], left[count:]
                case Line(longest):
                    end = left.find(b"\n") + 1
                    if not end and len(left) < longest:
                        raise _DryError
                    cut = min(end or longest, longest)
                    came, left = left[:cut], left[cut:]
            wanted = talk.send(came)
    except StopIteration as stop:
        return ours, stop.value, left


def outcome(talk: Talk, said: bytes) -> str:
    """Where a conversation ends: at TLS, at a word of ours, or waiting for more."""
    try:
        converse(talk, said)
    except TalkError as error:
        return error.word
    except _DryError:
        return "waits"
    return "tls"


def refusal(talk: Talk, said: bytes) -> str:
    with pytest.raises(TalkError) as caught:
        converse(talk, said)
    return caught.value.word


def mysql_greeting(capabilities: int, version: bytes = b"8.0.36") -> bytes:
    body = (
        b"\x0a" + version + b"\0" + bytes(4) + b"saltsalt\0" + capabilities.to_bytes(2, "little") + bytes(20)
    )
    return len(body).to_bytes(3, "little") + b"\0" + body


def ldap_response(code: int, message: int = 1) -> bytes:
    inner = bytes([0x0A, 1, code]) + b"\x04\0\x04\0"
    body = bytes([2, 1, message, 0x78, len(inner)]) + inner
    return bytes([0x30, len(body)]) + body


def fault(*fields: bytes) -> bytes:
    """An ErrorResponse of PostgreSQL."""
    body = b"".join(field + b"\0" for field in (b"SFATAL", *fields)) + b"\0"
    return b"E" + (len(body) + 4).to_bytes(4, "big") + body


def tds_answer(encryption: int, *, cut: int = 4088) -> bytes:
    message = prelogin(encryption)
    pieces = [message[at : at + cut] for at in range(0, len(message), cut)]
    return b"".join(
        bytes([4, int(piece is pieces[-1])]) + (len(piece) + 8).to_bytes(2, "big") + bytes(4) + piece
        for piece in pieces
    )


SMTP = b"220-hello\r\n220 mail\r\n250-mail\r\n250-%s250 STARTTLS\r\n220 go\r\n"
IMAP = b"* OK hi\r\n* CAPABILITY IMAP4rev1 STARTTLS%s\r\na1 OK done\r\na2 OK go\r\n"
POP3 = b"+OK hi\r\n+OK\r\nSTLS\r\n%s.\r\n+OK go\r\n"
SAID: dict[str, tuple[Callable[[], Talk], bytes, Clear]] = {
    "smtp with a login": (smtp, SMTP % b"AUTH PLAIN LOGIN\r\n", True),
    "smtp of old with a login": (smtp, SMTP % b"AUTH=PLAIN\r\n", True),
    "smtp without": (smtp, SMTP % b"PIPELINING\r\n", False),
    "imap with a login": (imap, IMAP % b"", True),
    "imap without": (imap, IMAP % b" LOGINDISABLED", False),
    "pop3 with a password": (pop3, POP3 % b"USER\r\n", True),
    "pop3 with a mechanism": (pop3, POP3 % b"SASL PLAIN\r\n", True),
    "pop3 with no mechanism": (pop3, POP3 % b"SASL\r\n", False),
    "pop3 that knows no CAPA": (pop3, b"+OK\r\n-ERR what\r\n+OK\r\n", None),
    "pop3 without": (pop3, POP3 % b"TOP\r\n", False),
    "ldap": (ldap, ldap_response(0), None),
    "ldap with a long length": (ldap, b"\x30\x84\0\0\0\x0c" + ldap_response(0)[2:], None),
    "postgresql": (postgresql, b"S", None),
    "mysql": (mysql, mysql_greeting(0x0800), None),
    "nats required": (nats, b'INFO {"tls_required":true}\r\n', False),
    "nats on offer": (nats, b'INFO {"tls_available":true}\r\n', True),
    "tds": (tds, tds_answer(1), None),
    "tds in two packets": (tds, tds_answer(3, cut=9), None),
    "tds in clear": (tds_in_clear, tds_answer(2), True),
    "tds not in clear": (tds_in_clear, tds_answer(3), False),
    "postgresql wants a password": (postgresql_in_clear, b"R\0\0\0\x08", True),
    "postgresql has no such database": (postgresql_in_clear, fault(b"C3D000", b"RInitPostgres"), True),
    "postgresql bars it": (postgresql_in_clear, fault(b"C28000", b"RClientAuthentication"), False),
    "postgresql has no room": (postgresql_in_clear, fault(b"C53300", b"RProcArrayAdd"), None),
}


@pytest.mark.parametrize("case", SAID)
def test_it_comes_to_tls(case: str) -> None:
    """And what the server says of logins in clear is told."""
    begin, said, clear = SAID[case]
    assert clear is converse(begin(), said)[1]


@pytest.mark.parametrize("case", SAID)
def test_not_a_byte_beyond_is_taken(case: str) -> None:
    """What somebody puts behind the answer in clear is left to TLS, which will refuse it."""
    begin, said, _ = SAID[case]
    assert b"250 injected\r\n" == converse(begin(), said + b"250 injected\r\n")[2]


REFUSED = {
    "an SMTP server that is full": (smtp, b"421 later\r\n", "smtp-error"),
    "one that takes no EHLO": (smtp, b"220 x\r\n502 no\r\n", "smtp-error"),
    "one without STARTTLS": (smtp, b"220 x\r\n250 x\r\n", "smtp-without-tls"),
    "one that cannot now": (smtp, b"220 x\r\n250-x\r\n250 STARTTLS\r\n454 later\r\n", "smtp-error"),
    "a greeting that never ends": (smtp, b"220-x\r\n" * 400, "not-smtp"),
    "a line that never ends": (smtp, b"220" + b"x" * 9000, "not-smtp"),
    "SSH for SMTP": (smtp, b"SSH-2.0-OpenSSH_9.2\r\n", "not-smtp"),
    "an IMAP server that says goodbye": (imap, b"* BYE later\r\n", "imap-error"),
    "SMTP for IMAP": (imap, b"220 x\r\n", "not-imap"),
    "IMAP without STARTTLS": (imap, b"* OK x\r\n* CAPABILITY IMAP4\r\na1 OK\r\n", "imap-without-tls"),
    "IMAP that says no": (imap, b"* OK x\r\na1 NO\r\n", "imap-error"),
    "IMAP of another tag": (imap, b"* OK x\r\nb7 OK\r\n", "not-imap"),
    "IMAP without end": (imap, b"* OK x\r\n" + b"* x\r\n" * 400, "not-imap"),
    "POP3 that says no": (pop3, b"-ERR later\r\n", "pop3-error"),
    "POP3 without CAPA and STLS": (pop3, b"+OK\r\n-ERR what\r\n-ERR what\r\n", "pop3-without-tls"),
    "POP3 that refuses STLS": (pop3, b"+OK\r\n+OK\r\nSTLS\r\n.\r\n-ERR later\r\n", "pop3-error"),
    "SMTP for POP3": (pop3, b"220 x\r\n", "not-pop3"),
    "POP3 without end": (pop3, b"+OK\r\n+OK\r\n" + b"X\r\n" * 400, "not-pop3"),
    "POP3 without STLS": (pop3, b"+OK\r\n+OK\r\nTOP\r\n.\r\n", "pop3-without-tls"),
    "LDAP that knows no StartTLS": (ldap, ldap_response(2), "ldap-without-tls"),
    "LDAP of 4 GiB": (ldap, b"\x30\x84\xff\xff\xff\xff", "not-ldap"),
    "LDAP of indefinite length": (ldap, b"\x30\x80\0\0", "not-ldap"),
    "LDAP without a result": (ldap, b"\x30\x05\x02\x01\x01\x78\0", "not-ldap"),
    "HTTP for LDAP": (ldap, b"HTTP/1.1 400 x\r\n" + b"x" * 200, "not-ldap"),
    "PostgreSQL without TLS": (postgresql, b"N", "postgresql-without-tls"),
    "an error of PostgreSQL": (postgresql, b"E", "postgresql-error"),
    "HTTP for PostgreSQL": (postgresql, b"H", "not-postgresql"),
    "MySQL without TLS": (mysql, mysql_greeting(0xF7FF), "mysql-without-tls"),
    "MySQL that is full": (mysql, b"\x03\0\0\0\xff\x10\x04", "mysql-error"),
    "MySQL of another age": (mysql, b"\x03\0\0\0\x09\x10\0", "not-mysql"),
    "MySQL cut short": (mysql, b"\x03\0\0\0\x0a\x10\0", "not-mysql"),
    "MySQL of 16 MiB": (mysql, b"\xff\xff\xff\0", "not-mysql"),
    "NATS without TLS": (nats, b"INFO {}\r\n", "nats-without-tls"),
    "NATS that says no": (nats, b"-ERR 'x'\r\n", "nats-error"),
    "NATS that is a list": (nats, b"INFO []\r\n", "not-nats"),
    "NATS nested deep": (nats, b"INFO " + b"[" * 50000 + b"\r\n", "not-nats"),
    "SMTP for NATS": (nats, b"220 x\r\n", "not-nats"),
    "TDS without TLS": (tds, tds_answer(2), "tds-without-tls"),
    "TDS that says nothing of it": (tds, b"\x04\x01\0\x09\0\0\0\0\xff", "not-tds"),
    "TDS of another kind": (tds, b"HTTP/1.1", "not-tds"),
    "TDS without end": (tds, (b"\x04\x00\xff\xff\0\0\0\0" + bytes(0xFFF7)) * 3, "not-tds"),
    "TDS shorter than its head": (tds, b"\x04\x01\0\x07\0\0\0\0", "not-tds"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_come_to_tls_is_named(case: str) -> None:
    """Each by our word for it."""
    begin, said, word = REFUSED[case]
    assert word == refusal(begin(), said)


@given(st.sampled_from(sorted({**BEGINNINGS, **IN_CLEAR})), st.binary(max_size=300))
@examples(600)
def test_bytes_break_nothing(dialect: str, said: bytes) -> None:
    """Whatever comes, it comes to TLS, to our word, or to waiting."""
    for begin in (BEGINNINGS[dialect], IN_CLEAR.get(dialect, BEGINNINGS[dialect])):
        assert outcome(begin(), said).removeprefix("not-").startswith((dialect, "tls", "waits"))


@given(st.sampled_from(sorted(SAID)), st.data())
@examples(600)
def test_spoilt_answers_break_nothing(case: str, data: st.DataObject) -> None:
    """Good answers with a byte changed, a piece lost or a piece said twice."""
    begin, said, _ = SAID[case]
    at = data.draw(st.integers(0, len(said) - 1))
    until = data.draw(st.integers(at, len(said)))
    spoilt = data.draw(
        st.sampled_from(
            [
                said[:at] + data.draw(st.binary(min_size=1, max_size=3)) + said[at + 1 :],
                said[:at] + said[until:],
                said[:until] + said[at:],
            ]
        )
    )
    assert outcome(begin(), spoilt)


@given(st.binary(max_size=9000), st.integers(1, 5000))
@example(b"", 1)
@examples(200)
def test_packets_are_taken_off_as_they_were_put_on(message: bytes, step: int) -> None:
    """However the stream is cut."""
    written = packets(message)
    unwrapper = Unwrapper()
    carried = b"".join(unwrapper.feed(written[at : at + step]) for at in range(0, len(written), step))
    assert message == carried


@given(st.binary(max_size=60))
@examples(300)
def test_unwrapping_garbage_ends(data: bytes) -> None:
    """No bytes make it say more than came, or anything but our word."""
    with suppress(TalkError):
        assert len(Unwrapper().feed(data)) <= len(data)


@given(st.binary(max_size=60))
@examples(300)
def test_reading_a_prelogin_ends(data: bytes) -> None:
    """It holds one of four values, or is none."""
    with suppress(TalkError):
        assert encryption_of(data) in range(4)
