"""How TLS begins with PostgreSQL and MySQL, and whether PostgreSQL lets a client in without it.

Spec: PostgreSQL manual, "Message Flow: SSL Session Encryption" and "Message Formats"; MySQL internals,
"Connection Phase", Protocol::HandshakeV10 and Protocol::SSLRequest.
"""

from __future__ import annotations

from warifu.adapters.probes.talk import Clear, Say, Take, Talk, TalkError

_SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")
_PROTOCOL_3 = (196608).to_bytes(4, "big")
_TERMINATE = b"X" + (4).to_bytes(4, "big")
_LONGEST_ERROR = 1 << 16
_GREETINGS = {10}  # protocol versions of a greeting that can go on with TLS
_LONGEST_GREETING = 1 << 12
_MYSQL_TLS = 0x0800  # CLIENT_SSL
_MYSQL_CAPABILITIES = 0x0200 | 0x8000 | _MYSQL_TLS  # PROTOCOL_41, SECURE_CONNECTION
_LARGEST_PACKET = 1 << 24
_UTF8 = 45


def postgresql() -> Talk:
    """SSLRequest, and one byte for an answer: no more, since what follows it must come from TLS."""
    yield Say(_SSL_REQUEST)
    answer = yield Take(1)
    if answer != b"S":
        words = {b"N": "postgresql-without-tls", b"E": "postgresql-error"}
        raise TalkError(words.get(answer, "not-postgresql"))
    return None


def postgresql_in_clear() -> Talk:
    """Begin a session without TLS, and go as soon as it is known whether pg_hba.conf lets it log in.

    A request for authentication, or a fault that comes after pg_hba.conf was consulted, is a yes.
    """
    parameters = b"user\0postgres\0database\0postgres\0\0"
    yield Say((8 + len(parameters)).to_bytes(4, "big") + _PROTOCOL_3 + parameters)
    head = yield Take(5)
    size = int.from_bytes(head[1:], "big") - 4
    if head[:1] == b"R":
        yield Say(_TERMINATE)
        return True
    if head[:1] != b"E" or not 0 < size <= _LONGEST_ERROR:
        raise TalkError("not-postgresql")
    body = yield Take(size)
    return _clear_despite(body)


def _clear_despite(body: bytes) -> Clear:
    """Tell by an ErrorResponse: `ClientAuthentication` is who refuses by pg_hba.conf, in every language."""
    told = {field[:1]: field[1:] for field in body.split(b"\0") if field}
    if told.get(b"C") in {b"28000", b"3D000"}:
        return told.get(b"R") != b"ClientAuthentication"
    return None


def mysql() -> Talk:
    """Read the greeting, and answer it with an SSLRequest."""
    head = yield Take(4)
    size = int.from_bytes(head[:3], "little")
    if head[3] != 0 or not 0 < size <= _LONGEST_GREETING:
        raise TalkError("not-mysql")
    body = yield Take(size)
    if body[0] == 0xFF:
        raise TalkError("mysql-error")
    if body[0] not in _GREETINGS:
        raise TalkError("not-mysql")
    if not _mysql_capabilities(body) & _MYSQL_TLS:
        raise TalkError("mysql-without-tls")
    request = _MYSQL_CAPABILITIES.to_bytes(4, "little") + _LARGEST_PACKET.to_bytes(4, "little")
    request += bytes([_UTF8]) + bytes(23)
    yield Say(len(request).to_bytes(3, "little") + b"\x01" + request)
    return None


def _mysql_capabilities(body: bytes) -> int:
    """Return the lower capability flags: behind version text, thread id, eight bytes of salt and a filler."""
    end = body.find(b"\0", 1)
    at = end + 1 + 4 + 8 + 1
    if end < 0 or len(body) < at + 2:
        raise TalkError("not-mysql")
    return int.from_bytes(body[at : at + 2], "little")
