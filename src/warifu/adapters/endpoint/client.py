"""The way to a node's agent through its Unix socket: one connection a question."""

from __future__ import annotations

import socket

from warifu.adapters.endpoint.framing import BrokenStreamError, receive, send
from warifu.adapters.files.databases import reason_of
from warifu.errors import CouldNotLookError
from warifu.ports.endpoint import EndpointDoor
from warifu.wire.endpoint import MOST_ANSWERED

_WAIT = 60.0  # seconds for an answer: a store of many thousands is read in less


class UnixDoor(EndpointDoor):
    """Asks at a path."""

    def __init__(self, path: str) -> None:
        self._path = path

    def ask(self, message: bytes) -> bytes:
        """Return the answer; see the port."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
            stream.settimeout(_WAIT)
            try:
                stream.connect(self._path)
            except OSError as error:
                raise CouldNotLookError(
                    "endpoint.not-running", path=self._path, reason=reason_of(error)
                ) from error
            try:
                send(stream, message, whole=_WAIT)
                found = receive(stream, most=MOST_ANSWERED, first=_WAIT, whole=_WAIT)
            except (BrokenStreamError, OSError) as error:
                raise CouldNotLookError("endpoint.not-answered", path=self._path) from error
        if found is None:
            raise CouldNotLookError("endpoint.not-answered", path=self._path)
        return found
