"""A stream that ssh carries on from the node, and that says why it ended."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from warifu.adapters.hosts.answers import reason_of

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class SshStream(socket.socket):
    """A socket of this machine whose other end is dialled by the node.

    SSH tells a refused connection only by ending the stream, so the reason is asked for when nothing
    has come by then.

    Args:
        carried: the open stream.
        why_not: what ssh says of the address.
    """

    def __init__(self, carried: socket.socket, why_not: Callable[[], bytes]) -> None:
        timeout = carried.gettimeout()
        super().__init__(carried.family, carried.type, carried.proto, fileno=carried.detach())
        self.settimeout(timeout)
        self._why_not = why_not
        self._received = False

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Receive; where the node could not connect, raise what it was told.

        Raises:
            OSError: the node's reason.
        """
        try:
            data = super().recv(bufsize, flags)
        except ConnectionResetError:
            self._raise_reason()
            raise
        if not data:
            self._raise_reason()
        self._received = True
        return data

    def send(self, data: ReadableBuffer, flags: int = 0, /) -> int:
        """Send; raises like `recv`."""
        try:
            return super().send(data, flags)
        except (BrokenPipeError, ConnectionResetError):
            self._raise_reason()
            raise

    def _raise_reason(self) -> None:
        if self._received:
            return
        said = self._why_not()
        if b"prohibited" in said:
            raise PermissionError(errno.EPERM, "forwarding prohibited by sshd")
        if b"connect failed" in said:
            reason = reason_of(said.partition(b"connect failed: ")[2].partition(b"\n")[0])
            if reason != "Connection refused":
                raise OSError(errno.EHOSTUNREACH, reason)
        if b"refused" in said:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
