"""Keeps the messages of a handshake as they come in, before the library judges them.

This is the one file that uses pyOpenSSL's inner binding (`_lib`): the public interface shows
a chain only when every certificate of it parses, and cannot tell "asked for a client certificate
without naming CAs" from "did not ask". OpenSSL's message callback shows both, in every version
of TLS. Spec: SSL_CTX_set_msg_callback(3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from OpenSSL import SSL

_ffi: Any = SSL._ffi  # type: ignore[attr-defined]  # noqa: SLF001
_lib: Any = SSL._lib  # type: ignore[attr-defined]  # noqa: SLF001
_ALERT = 21
_HANDSHAKE = 22


@dataclass(slots=True)
class Transcript:
    """What came in on one connection.

    Args:
        messages: the last handshake message of each type, its header included.
        alerts: (level, number) in order of arrival.
        version: protocol version of the last message, as on the wire (0x0304 is TLS 1.3).
    """

    messages: dict[int, bytes] = field(default_factory=dict)
    alerts: list[tuple[int, int]] = field(default_factory=list)
    version: int = 0


_listening: dict[int, Transcript] = {}


def _hear(write: int, version: int, kind: int, data: Any, size: int, ssl: Any, _arg: Any) -> None:
    transcript = _listening.get(int(_ffi.cast("uintptr_t", ssl)))
    if transcript is None or write:
        return
    if kind == _HANDSHAKE and size >= 4:
        message = bytes(_ffi.buffer(data, size))
        transcript.messages[message[0]] = message
        transcript.version = version
    elif kind == _ALERT and size == 2:
        level, number = bytes(_ffi.buffer(data, size))
        transcript.alerts.append((level, number))


_callback = _ffi.callback("void(int, int, int, void *, size_t, SSL *, void *)", _hear)


def prepare(context: SSL.Context) -> None:
    """Make every connection of a context heard, if `hear` asks for it."""
    _lib.SSL_CTX_set_msg_callback(context._context, _callback)  # noqa: SLF001


def hear(connection: SSL.Connection) -> tuple[Transcript, Callable[[], None]]:
    """Begin to keep a connection's messages; return where they go, and how to stop."""
    number = int(_ffi.cast("uintptr_t", connection._ssl))  # noqa: SLF001
    transcript = Transcript()
    _listening[number] = transcript

    def stop() -> None:
        _listening.pop(number, None)

    return transcript, stop


def accept_signatures(context: SSL.Context, listed: bytes) -> None:
    """Accept these signature algorithms alone. Spec: SSL_CTX_set1_sigalgs_list(3)."""
    _lib.SSL_CTX_set1_sigalgs_list(context._context, listed)  # noqa: SLF001


def was_resumed(connection: SSL.Connection) -> bool:
    """Tell whether the handshake went on with an old session instead of being a full one."""
    return bool(_lib.SSL_session_reused(connection._ssl))  # noqa: SLF001
