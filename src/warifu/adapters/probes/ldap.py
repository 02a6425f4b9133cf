"""StartTLS of LDAP.

Spec: RFC 4511 §4.12, §4.14; the encodings are those of ITU-T X.690 §8.1.
"""

from __future__ import annotations

from warifu.adapters.probes.talk import Say, Take, Talk, TalkError

_START_TLS = b"1.3.6.1.4.1.1466.20037"
_LONGEST = 1 << 16
_SEQUENCE, _INTEGER, _ENUMERATED = 0x30, 0x02, 0x0A
_EXTENDED_RESPONSE = 0x78  # [APPLICATION 24], constructed
_SUCCESS = 0


def ldap() -> Talk:
    """The extended operation, and its result. LDAP does not tell before a bind whether it needs TLS."""
    named = bytes([0x80, len(_START_TLS)]) + _START_TLS
    operation = bytes([0x77, len(named)]) + named
    message = b"\x02\x01\x01" + operation
    yield Say(bytes([_SEQUENCE, len(message)]) + message)
    head = yield Take(2)
    size = head[1]
    if size & 0x80:
        count = size & 0x7F
        if not 0 < count <= 4:
            raise TalkError("not-ldap")
        size = int.from_bytes((yield Take(count)), "big")
    if head[0] != _SEQUENCE or not 0 < size <= _LONGEST:
        raise TalkError("not-ldap")
    body = yield Take(size)
    if _result(body) != _SUCCESS:
        raise TalkError("ldap-without-tls")
    return None


def _result(body: bytes) -> int:
    """Return the result code of the ExtendedResponse to message 1, or of a notice of disconnection."""
    tag, _, rest = _element(body)
    if tag != _INTEGER:
        raise TalkError("not-ldap")
    tag, response, _ = _element(rest)
    if tag != _EXTENDED_RESPONSE:
        raise TalkError("not-ldap")
    tag, code, _ = _element(response)
    if tag != _ENUMERATED or not code:
        raise TalkError("not-ldap")
    return int.from_bytes(code, "big")


def _element(data: bytes) -> tuple[int, bytes, bytes]:
    """Return tag and content of the first element, and what follows it."""
    if len(data) < 2:
        raise TalkError("not-ldap")
    size, at = data[1], 2
    if size & 0x80:
        at += size & 0x7F
        size = int.from_bytes(data[2:at], "big")
    if len(data) < at + size:
        raise TalkError("not-ldap")
    return data[0], data[at : at + size], data[at + size :]
