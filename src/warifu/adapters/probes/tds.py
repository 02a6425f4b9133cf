"""How TLS begins with SQL Server: PRELOGIN packets, which then carry the handshake too.

Spec: [MS-TDS] §2.2.3.1 (packet header), §2.2.6.5 (PRELOGIN), §3.2.5.1 (TLS negotiation). TDS 8 begins
with TLS itself, told by ALPN `tds/8.0`: no conversation in clear.
"""

from __future__ import annotations

from collections.abc import Generator

from warifu.adapters.probes.talk import Line, Say, Take, Talk, TalkError

ALPN_OF_8 = b"tds/8.0"
HEADER = 8
PRELOGIN, RESPONSE = 0x12, 0x04
END_OF_MESSAGE = 0x01
LARGEST = 4096  # bytes of a packet before a login has agreed on another size
_MOST = 1 << 16
_VERSION, _ENCRYPTION, _INSTANCE, _THREAD, _MARS, _END = 0x00, 0x01, 0x02, 0x03, 0x04, 0xFF
OFF, ON, NOT_SUPPORTED, REQUIRED = range(4)


def tds() -> Talk:
    """Ask for encryption of everything."""
    answer = yield from _prelogin(ON)
    if answer == NOT_SUPPORTED:
        raise TalkError("tds-without-tls")
    return None


def tds_in_clear() -> Talk:
    """Say that encryption is not supported here: a server that agrees lets logins in without TLS."""
    return (yield from _prelogin(NOT_SUPPORTED)) in {NOT_SUPPORTED, OFF}


def _prelogin(encryption: int) -> Generator[Say | Take | Line, bytes, int]:
    yield Say(packets(prelogin(encryption)))
    said = b""
    while True:
        head = yield Take(HEADER)
        size = int.from_bytes(head[2:4], "big") - HEADER
        if head[0] not in {RESPONSE, PRELOGIN} or size < 0 or len(said) + size > _MOST:
            raise TalkError("not-tds")
        said += yield Take(size)
        if head[1] & END_OF_MESSAGE:
            return encryption_of(said)


def prelogin(encryption: int) -> bytes:
    """Return a PRELOGIN message as drivers send it."""
    options = (
        (_VERSION, bytes(6)),
        (_ENCRYPTION, bytes([encryption])),
        (_INSTANCE, b"\0"),
        (_THREAD, bytes(4)),
        (_MARS, b"\0"),
    )
    at = 5 * len(options) + 1
    table, values = b"", b""
    for token, value in options:
        table += bytes([token]) + (at + len(values)).to_bytes(2, "big") + len(value).to_bytes(2, "big")
        values += value
    return table + bytes([_END]) + values


def encryption_of(message: bytes) -> int:
    """Return the ENCRYPTION option of a PRELOGIN message; its upper bits are about client certificates."""
    for at in range(0, len(message), 5):
        entry = message[at : at + 5]
        if entry[0] == _END or len(entry) < 5:
            break
        offset, size = int.from_bytes(entry[1:3], "big"), int.from_bytes(entry[3:5], "big")
        if entry[0] == _ENCRYPTION and size == 1 and offset < len(message):
            value = message[offset] & 0x1F
            if value <= REQUIRED:
                return value
            break
    raise TalkError("not-tds")


def packets(message: bytes) -> bytes:
    """Return a message in PRELOGIN packets, the last of them marked."""
    room = LARGEST - HEADER
    pieces = [message[at : at + room] for at in range(0, len(message), room)] or [b""]
    written = b""
    for number, piece in enumerate(pieces, 1):
        status = END_OF_MESSAGE if number == len(pieces) else 0
        size = (HEADER + len(piece)).to_bytes(2, "big")
        written += bytes([PRELOGIN, status]) + size + bytes([0, 0, number & 0xFF, 0]) + piece
    return written


class Unwrapper:
    """Takes the packets off what a server sends during the handshake, however it is cut."""

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, data: bytes) -> bytes:
        """Return what the packets that are whole by now carried.

        Raises:
            TalkError: `not-tds`.
        """
        self._kept += data
        carried = b""
        while len(self._kept) >= HEADER:
            size = int.from_bytes(self._kept[2:4], "big")
            if self._kept[0] not in {PRELOGIN, RESPONSE} or size < HEADER:
                raise TalkError("not-tds")
            if len(self._kept) < size:
                break
            carried += self._kept[HEADER:size]
            self._kept = self._kept[size:]
        return carried
