"""Telling systemd how far the server is.

Spec: sd_notify(3): datagrams of `NAME=value` lines to the socket that $NOTIFY_SOCKET names; `@` stands for the NUL of
an abstract name. A service of `Type=notify-reload` says RELOADING with the monotonic clock, then READY.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Mapping

_NAME = "NOTIFY_SOCKET"


class Notify:
    """Sends to whoever started this process, if anybody wants to know.

    Args:
        environment: where `NOTIFY_SOCKET` may stand.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        name = environment.get(_NAME, "")
        self._address = "\0" + name[1:] if name.startswith("@") else name

    def ready(self, status: str = "") -> None:
        """It serves from now on."""
        self._send("READY=1", *([f"STATUS={status}"] if status else []))

    def reloading(self) -> None:
        """It reads its material again; `ready` follows."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self) -> None:
        """It takes no more connections, and ends."""
        self._send("STOPPING=1")

    def _send(self, *lines: str) -> None:
        if not self._address:
            return
        # That nobody listens any more is no reason to serve no longer.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto("\n".join(lines).encode(), self._address)
