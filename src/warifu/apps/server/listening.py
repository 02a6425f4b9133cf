"""The sockets a server listens on: TCP over IPv4 and IPv6, and Unix sockets."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from warifu.errors import CouldNotLookError

_BACKLOG = 2048


@dataclass(frozen=True, slots=True)
class Listen:
    """Where a server can be reached.

    Args:
        hosts: addresses or names; each of their addresses is listened on. Empty: no TCP.
        port: 0 takes a free one, the same for all hosts.
        unix: the path of a Unix socket, without TLS, for its owner alone; empty for none.
    """

    hosts: tuple[str, ...] = ("127.0.0.1",)
    port: int = 0
    unix: str = ""


def open_sockets(listen: Listen) -> tuple[socket.socket, ...]:
    """Return the sockets of an address, bound and listening.

    Raises:
        CouldNotLookError: `server.cannot-listen`.
    """
    with contextlib.ExitStack() as opened:
        made = []
        port = listen.port
        for host in listen.hosts:
            for family, address in _addresses(host, port):
                one = opened.enter_context(_open_tcp(family, address, host))
                port = port or one.getsockname()[1]
                made.append(one)
        if listen.unix:
            made.append(opened.enter_context(_open_unix(listen.unix)))
        opened.pop_all()
    return tuple(made)


def _addresses(host: str, port: int) -> Iterator[tuple[socket.AddressFamily, tuple[str, int]]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise _cannot(_shown(host, port), error) from error
    for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
        yield family, (str(address[0]), int(address[1]) or port)


def _open_tcp(family: socket.AddressFamily, address: tuple[str, int], host: str) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind(address)
        opened.listen(_BACKLOG)
        opened.settimeout(0)
    except OSError as error:
        opened.close()
        raise _cannot(_shown(host, address[1]), error) from error
    return opened


def _open_unix(path: str) -> socket.socket:
    """Listen on a path; a socket that a dead server left there gives way, anything else stays."""
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if _is_left_over(path):
            Path(path).unlink()
        before = os.umask(0o177)
        try:
            opened.bind(path)
        finally:
            os.umask(before)
        opened.listen(_BACKLOG)
        opened.settimeout(0)
    except OSError as error:
        opened.close()
        raise _cannot(path, error) from error
    return opened


def _is_left_over(path: str) -> bool:
    try:
        if not stat.S_ISSOCK(Path(path).lstat().st_mode):
            return False
    except FileNotFoundError:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
        asked.settimeout(1)
        try:
            asked.connect(path)
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
    return False


def _shown(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _cannot(address: str, error: OSError) -> CouldNotLookError:
    reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
    return CouldNotLookError("server.cannot-listen", address=address, reason=reason)
