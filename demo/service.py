"""The demo's own TLS service: several services in one process, from one configuration file.

    python -m demo.service services.json

Each service has identities and trust stores in plain PEM files, a listening socket (handed
over by its file descriptor), and perhaps connections of its own to other services. SIGHUP
loads every file again; what cannot be loaded changes nothing and is told in the status file.
A client that got in reads `+`. Standard library only; no code of Warifu.
"""

from __future__ import annotations

import json
import socket
import ssl
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from demo.client import Link, Log, Traffic, identity_files
from demo.loading import Loader, Material, end_with, hold_signals, obey, server_context

HANDSHAKE_SECONDS = 5.0
THREADS = 4
LISTEN = "listen"


class Service:
    """One listening service, and the connections it makes itself."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.name = str(config["name"])
        self._listen = config["listen"]
        links = [Link(**each) for each in config.get("connections", ())]
        self._traffic = Traffic(links, log=Log(Path(config["log"])), rate=config["rate"]) if links else None
        self.loader = Loader(
            identity_files(config),
            config.get("trusts", {}),
            status=Path(config["status"]),
            build=self._contexts,
            fault=config.get("fault", ""),
        )

    def _contexts(self, material: Material) -> dict[str, ssl.SSLContext]:
        own = server_context(material, identity=self._listen["identity"], trust=self._listen.get("trust", ""))
        links = self._traffic.contexts(material) if self._traffic else {}
        return {LISTEN: own, **links}

    def start(self) -> None:
        """Serve, in threads that end with the program."""
        listener = socket.socket(fileno=int(self._listen["fd"]))
        listener.setblocking(True)  # noqa: FBT003  (the library's own signature)
        listener.listen(256)
        for _ in range(THREADS):
            threading.Thread(target=self._serve, args=(listener,), daemon=True).start()
        if self._traffic:
            self._traffic.start(self.loader)

    def _serve(self, listener: socket.socket) -> None:
        while True:
            with suppress(OSError):  # a client that fails is the client's to report
                raw, _ = listener.accept()
                with raw:
                    self._answer(raw)

    def _answer(self, raw: socket.socket) -> None:
        raw.settimeout(HANDSHAKE_SECONDS)
        with self.loader.context(LISTEN) as context:
            secure = context.wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
            refused = _refuses(secure)
        with secure:
            if refused:
                _close_after_reading(secure)
            else:
                secure.sendall(b"+")
                secure.recv(1)


def _refuses(secure: ssl.SSLSocket) -> bool:
    try:
        secure.do_handshake()
    except OSError:
        return True
    return False


def _close_after_reading(secure: ssl.SSLSocket) -> None:
    """Let the peer read our alert: closing over unread bytes would reset the connection before it can."""
    socket.socket.shutdown(secure, socket.SHUT_WR)
    while socket.socket.recv(secure, 4096):
        pass


def main(path: str) -> int:
    """Run the services of one configuration file until told to end."""
    hold_signals()
    config = json.loads(Path(path).read_text(encoding="utf-8"))
    end_with(int(config.get("parent", 0)))
    services = [Service(each) for each in config["services"]]
    for service in services:
        wrong = service.loader.load()
        if wrong:
            sys.stderr.write(f"{service.name}: {wrong}\n")
            return 1
    for service in services:
        service.start()
    obey([service.loader for service in services], folder=Path(path).parent)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
