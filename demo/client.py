"""The demo's traffic program: full handshakes at a steady pace on every connection, each one logged.

    python -m demo.client client.json

One line a handshake goes to the log: time (UTC), connection, SHA-256 of the server's leaf,
error; tabs between, `-` for nothing. Each line is one appending write: a killed process
loses none. SIGHUP loads the files again. Standard library only; no code of Warifu.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from demo.loading import IdentityFiles, Loader, Material, client_context, end_with, hold_signals, obey

RATE = 21.0  # handshakes a second on each connection; at least 20 are promised
TIMEOUT = 5.0
DEBT_SECONDS = 10.0  # a late connection catches up, but never more than this
LOG_LIMIT = 64 * 1024 * 1024
STATUS = len(b"HTTP/1.1 200")
SSL_REQUEST = struct.pack("!II", 8, 80877103)  # PostgreSQL protocol, "SSLRequest"


@dataclass(frozen=True, slots=True)
class Link:
    """One connection of a client.

    Args:
        trust: label of the trust slot that verifies the server.
        identity: label of the identity to present; empty presents none.
        talk: what is said inside: `demo`, `http` or `postgresql`.
        user: PostgreSQL user (and database) of the startup message.
    """

    name: str
    host: str
    port: int
    server_name: str
    trust: str
    identity: str = ""
    talk: str = "demo"
    user: str = "postgres"

    def greeting(self) -> bytes:
        """Return what is sent once the handshake is done: the peer must answer it."""
        if self.talk == "http":
            return f"HEAD / HTTP/1.0\r\nHost: {self.server_name}\r\n\r\n".encode("ascii")
        if self.talk == "postgresql":
            name = self.user.encode("utf-8")
            body = struct.pack("!I", 196608) + b"user\0" + name + b"\0database\0" + name + b"\0\0"
            return struct.pack("!I", len(body) + 4) + body
        return b"."


class FailedError(Exception):
    """A handshake that did not do what it should."""


def shake(link: Link, context: ssl.SSLContext) -> str:
    """Make one full handshake, say something, read an answer; return the SHA-256 of the server's leaf.

    TLS 1.3 tells a refused client only when it reads, so only an answer counts.

    Raises:
        OSError: it was refused, or the server was not accepted (`ssl.SSLError` is one).
        FailedError: it was resumed, or nothing was answered.
    """
    with socket.create_connection((link.host, link.port), timeout=TIMEOUT) as raw:
        if link.talk == "postgresql":
            raw.sendall(SSL_REQUEST)
            if raw.recv(1) != b"S":
                raise FailedError("the server refuses TLS")
        with context.wrap_socket(raw, server_hostname=link.server_name) as secure:
            leaf = secure.getpeercert(binary_form=True) or b""
            if secure.session_reused:
                raise FailedError("the session was resumed")
            secure.sendall(link.greeting())
            _hear(link, secure)
    return hashlib.sha256(leaf).hexdigest()


def _hear(link: Link, secure: ssl.SSLSocket) -> None:
    """Read an answer that is none of an error: nginx refuses a client certificate by an HTTP status.

    Raises:
        FailedError: there is no answer, or it is an error.
    """
    answer = secure.recv(1)
    if not answer:
        raise FailedError("no answer")
    if link.talk == "postgresql" and answer == b"E":
        raise FailedError("the server answered with an error")
    while link.talk == "http" and len(answer) < STATUS:
        more = secure.recv(STATUS - len(answer))
        if not more:
            raise FailedError("the answer broke off")
        answer += more
    if link.talk == "http" and answer[-3:-2] not in (b"2", b"3"):
        status = answer[-3:].decode("ascii", "replace")
        raise FailedError("the server answered with status " + status)


class Log:
    """Appends lines, each by one write; beyond the limit it begins anew and keeps one old file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file = self._open()

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def add(self, link: str, leaf: str, error: str) -> None:
        """Write one handshake down."""
        when = datetime.now(UTC).isoformat(timespec="microseconds")
        clean = " ".join(error.split())
        with self._lock:
            os.write(self._file, f"{when}\t{link}\t{leaf or '-'}\t{clean or '-'}\n".encode())
            if os.lseek(self._file, 0, os.SEEK_CUR) > LOG_LIMIT:
                os.close(self._file)
                self._path.replace(self._path.with_name(self._path.name + ".1"))
                self._file = self._open()


class Traffic:
    """Keeps every connection busy, each in its own thread."""

    def __init__(self, links: Sequence[Link], *, log: Log, rate: float = RATE) -> None:
        self._links = links
        self._log = log
        self._period = 1.0 / rate

    def contexts(self, material: Material) -> dict[str, ssl.SSLContext]:
        """Return a new context for each connection."""
        return {
            link.name: client_context(material, trust=link.trust, identity=link.identity)
            for link in self._links
        }

    def start(self, loader: Loader) -> None:
        """Begin; the threads end with the program."""
        for number, link in enumerate(self._links):
            late = self._period * number / len(self._links)
            threading.Thread(target=self._keep_busy, args=(link, loader, late), daemon=True).start()

    def _keep_busy(self, link: Link, loader: Loader, late: float) -> None:
        due = time.monotonic() + late
        while True:
            now = time.monotonic()
            if now < due:
                time.sleep(due - now)
            due = max(due, now - DEBT_SECONDS) + self._period
            leaf, error = "", ""
            try:
                with loader.context(link.name) as context:
                    leaf = shake(link, context)
            except FailedError as failed:
                error = str(failed)
            except OSError as failed:
                error = f"{type(failed).__name__}: {failed}"
            self._log.add(link.name, leaf, error)


def make_part(config: Mapping[str, Any]) -> tuple[Traffic, Loader]:
    """Return the traffic that a configuration asks for, with the loader of its files."""
    links = [Link(**each) for each in config["connections"]]
    traffic = Traffic(links, log=Log(Path(config["log"])), rate=float(config.get("rate", RATE)))
    loader = Loader(
        identity_files(config),
        config.get("trusts", {}),
        status=Path(config["status"]),
        build=traffic.contexts,
        fault=config.get("fault", ""),
    )
    return traffic, loader


def identity_files(config: Mapping[str, Any]) -> dict[str, IdentityFiles]:
    """Return the identities of a configuration by label."""
    return {label: IdentityFiles(**files) for label, files in config.get("identities", {}).items()}


def main(path: str) -> int:
    """Run the traffic of one configuration file until told to end."""
    hold_signals()
    config = json.loads(Path(path).read_text(encoding="utf-8"))
    end_with(int(config.get("parent", 0)))
    traffic, loader = make_part(config)
    wrong = loader.load()
    if wrong:
        sys.stderr.write(f"{config['name']}: {wrong}\n")
        return 1
    traffic.start(loader)
    obey([loader], folder=Path(path).parent)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
