"""A server that speaks TDS as far as the end of its TLS handshake; no SQL Server can be installed for tests.

Written from [MS-TDS] §2.2.3.1, §2.2.6.5 and §3.3.5 with Python's `ssl` (memory BIO), and from nothing of
Warifu: what both sides do wrongly in the same way is all that such a server cannot show.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from support.pki import Entity
from support.tls_server import run_raw_server

PRELOGIN, TABULAR_RESULT = 0x12, 0x04
END_OF_MESSAGE = 0x01
ENCRYPT_OFF, ENCRYPT_ON, ENCRYPT_NOT_SUP, ENCRYPT_REQ = 0, 1, 2, 3
# §2.2.6.5: what a server answers, by its own setting and by what the client asked for.
ANSWERS = {
    "optional": {ENCRYPT_OFF: ENCRYPT_OFF, ENCRYPT_ON: ENCRYPT_ON, ENCRYPT_NOT_SUP: ENCRYPT_NOT_SUP},
    "forced": {ENCRYPT_OFF: ENCRYPT_REQ, ENCRYPT_ON: ENCRYPT_ON, ENCRYPT_NOT_SUP: ENCRYPT_REQ},
    "absent": {
        ENCRYPT_OFF: ENCRYPT_NOT_SUP,
        ENCRYPT_ON: ENCRYPT_NOT_SUP,
        ENCRYPT_NOT_SUP: ENCRYPT_NOT_SUP,
    },
}


@dataclass
class TdsServer:
    """One server's setting, and what its clients did.

    Args:
        encryption: `optional`, `forced` or `absent`.
        room: payload bytes of each packet that it sends during the handshake.
        dribble: bytes of each TCP segment that it sends.
        logins: clients that went on in clear, or came through their handshake.
    """

    context: ssl.SSLContext | None
    encryption: str = "optional"
    room: int = 4088
    dribble: int = 0
    asked: list[int] = field(default_factory=list)
    handshakes: list[str] = field(default_factory=list)

    def serve(self, stream: socket.socket) -> None:
        """Serve one client until it goes."""
        kind, request = self._message(stream)
        if kind != PRELOGIN:
            return
        wanted = _options(request)[1][0]
        self.asked.append(wanted)
        answer = ANSWERS[self.encryption][wanted]
        self._send(stream, TABULAR_RESULT, _written({0: bytes((16, 0, 4, 0x53, 0, 0)), 1: bytes([answer])}))
        if self.context is None or answer not in {ENCRYPT_ON, ENCRYPT_OFF}:
            return
        self._shake_hands(stream, self.context)

    def _shake_hands(self, stream: socket.socket, context: ssl.SSLContext) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_side=True)
        while True:
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                self._send(stream, PRELOGIN, outgoing.read())
                kind, carried = self._message(stream)
                if kind != PRELOGIN:
                    return
                incoming.write(carried)
            except ssl.SSLError as error:
                self._send(stream, PRELOGIN, outgoing.read())
                self.handshakes.append(str(error.reason))
                return
            else:
                break
        if tls.version() == "TLSv1.2":
            self._send(stream, PRELOGIN, outgoing.read())  # our Finished, which ends the handshake
        self.handshakes.append("")
        self._until_gone(stream, tls, incoming, outgoing)

    def _until_gone(
        self, stream: socket.socket, tls: ssl.SSLObject, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO
    ) -> None:
        """From here on records travel without packets around them."""
        with contextlib.suppress(ssl.SSLError):
            while True:
                stream.sendall(outgoing.read())
                data = stream.recv(4096)
                if not data:
                    return
                incoming.write(data)
                with contextlib.suppress(ssl.SSLWantReadError):
                    tls.read(4096)

    def _message(self, stream: socket.socket) -> tuple[int, bytes]:
        carried = b""
        while True:
            kind, status, size = struct.unpack(">BBH", _exactly(stream, 4))
            _exactly(stream, 4)
            carried += _exactly(stream, size - 8)
            if status & END_OF_MESSAGE:
                return kind, carried

    def _send(self, stream: socket.socket, kind: int, message: bytes) -> None:
        pieces = [message[at : at + self.room] for at in range(0, len(message), self.room)]
        written = b""
        for number, piece in enumerate(pieces):
            status = END_OF_MESSAGE if piece is pieces[-1] else 0
            written += struct.pack(">BBHHBB", kind, status, len(piece) + 8, 0, number % 256, 0) + piece
        step = self.dribble or len(written) or 1
        for at in range(0, len(written), step):
            stream.sendall(written[at : at + step])


def _exactly(stream: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        data = stream.recv(count - len(found))
        if not data:
            raise ConnectionResetError
        found += data
    return found


def _options(message: bytes) -> dict[int, bytes]:
    found = {}
    at = 0
    while message[at] != 0xFF:
        token, offset, size = struct.unpack(">BHH", message[at : at + 5])
        found[token] = message[offset : offset + size]
        at += 5
    return found


def _written(options: dict[int, bytes]) -> bytes:
    at = 5 * len(options) + 1
    table, values = b"", b""
    for token, value in options.items():
        table += struct.pack(">BHH", token, at + len(values), len(value))
        values += value
    return table + b"\xff" + values


@contextlib.contextmanager
def run_tds(
    folder: Path,
    identity: Entity | None,
    *,
    client_anchors: Sequence[Entity] = (),
    newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    **setting: object,
) -> Iterator[tuple[int, TdsServer]]:
    """Run one; gives its port and what it saw. TDS 7 knows TLS 1.2 at most, [MS-TDS] §1.7."""
    context = None
    if identity is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "both.pem").write_bytes(identity.key_pem + identity.fullchain_pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = newest
        context.load_cert_chain(folder / "both.pem")
        if client_anchors:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(cadata="".join(one.pem.decode() for one in client_anchors))
    server = TdsServer(context, **setting)  # type: ignore[arg-type]
    with run_raw_server(server.serve) as port:
        yield port, server
