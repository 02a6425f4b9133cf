"""STARTTLS of SMTP, IMAP and POP3.

Spec: RFC 3207 (SMTP), RFC 9051 §6.2.1 and RFC 3501 (IMAP), RFC 2595 §4 and RFC 2449 (POP3).
"""

from __future__ import annotations

import re
from collections.abc import Generator

from warifu.adapters.probes.talk import MOST_LINES, Line, Say, Take, Talk, TalkError, line_within

_REPLY = re.compile(r"(\d{3})([ -])(.*)|(\d{3})$")
_ME = b"[127.0.0.1]"  # an address literal: who asks has no name there (RFC 5321 §4.1.3)


def smtp() -> Talk:
    """EHLO, and STARTTLS where it is offered; a login in clear is let in where AUTH is offered before TLS."""
    code, _ = yield from _reply()
    _expect(code, "220", "smtp")
    yield Say(b"EHLO " + _ME + b"\r\n")
    code, lines = yield from _reply()
    _expect(code, "250", "smtp")
    offered = {line.split(" ")[0].partition("=")[0].upper() for line in lines[1:]}
    if "STARTTLS" not in offered:
        raise TalkError("smtp-without-tls")
    yield Say(b"STARTTLS\r\n")
    code, _ = yield from _reply()
    _expect(code, "220", "smtp")
    return "AUTH" in offered


def _reply() -> Generator[Say | Take | Line, bytes, tuple[str, list[str]]]:
    """Return code and text lines of one reply. Spec: RFC 5321 §4.2."""
    lines: list[str] = []
    while True:
        line = yield from line_within(MOST_LINES - len(lines), "smtp")
        found = _REPLY.match(line)
        if found is None:
            raise TalkError("not-smtp")
        lines.append(found[3] or "")
        if found[2] != "-":
            return found[1] or found[4], lines


def _expect(code: str, wanted: str, protocol: str) -> None:
    if code != wanted:
        word = f"{protocol}-error"
        raise TalkError(word)


def imap() -> Talk:
    """CAPABILITY and STARTTLS; a login in clear is let in unless LOGINDISABLED says otherwise."""
    greeting = yield from line_within(MOST_LINES, "imap")
    if not re.match(r"\* (OK|PREAUTH)\b", greeting, re.IGNORECASE):
        raise TalkError("imap-error" if greeting.upper().startswith("* BYE") else "not-imap")
    told = yield from _tagged(b"a1", b"CAPABILITY")
    offered = {
        word.upper()
        for line in told
        if line.upper().startswith("* CAPABILITY ")
        for word in line.split(" ")[2:]
    }
    if "STARTTLS" not in offered:
        raise TalkError("imap-without-tls")
    yield from _tagged(b"a2", b"STARTTLS")
    return "LOGINDISABLED" not in offered


def _tagged(tag: bytes, command: bytes) -> Generator[Say | Take | Line, bytes, list[str]]:
    """Return the untagged lines that come before a command's OK."""
    yield Say(tag + b" " + command + b"\r\n")
    lines: list[str] = []
    while True:
        line = yield from line_within(MOST_LINES - len(lines), "imap")
        first, _, rest = line.partition(" ")
        if first != tag.decode():
            if first not in {"*", "+"}:
                raise TalkError("not-imap")
            lines.append(line)
            continue
        if not re.match(r"OK\b", rest, re.IGNORECASE):
            raise TalkError("imap-error")
        return lines


def pop3() -> Talk:
    """CAPA and STLS; a login in clear is let in where USER or a SASL mechanism is offered before TLS.

    A server need not know CAPA, which is younger than POP3 (RFC 2449 §2), and may know STLS all the same.
    """
    yield from _ok()
    yield Say(b"CAPA\r\n")
    if not (yield from _agrees()):
        yield Say(b"STLS\r\n")
        if not (yield from _agrees()):
            raise TalkError("pop3-without-tls")
        return None
    offered: dict[str, str] = {}
    for left in range(MOST_LINES, -1, -1):
        line = yield from line_within(left, "pop3")
        if line == ".":
            break
        name, _, rest = line.partition(" ")
        offered[name.upper()] = rest.strip()
    if "STLS" not in offered:
        raise TalkError("pop3-without-tls")
    yield Say(b"STLS\r\n")
    yield from _ok()
    return "USER" in offered or bool(offered.get("SASL"))


def _ok() -> Generator[Say | Take | Line, bytes, None]:
    if not (yield from _agrees()):
        raise TalkError("pop3-error")


def _agrees() -> Generator[Say | Take | Line, bytes, bool]:
    """Tell whether the answer is `+OK`; it may be `-ERR` besides."""
    line = yield from line_within(1, "pop3")
    if not line.startswith(("+OK", "-ERR")):
        raise TalkError("not-pop3")
    return line.startswith("+OK")
