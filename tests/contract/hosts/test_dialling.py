"""How long a name with several addresses is tried."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta

import pytest

from warifu.adapters.hosts.local_reader import LocalReader
from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError


@contextmanager
def silent(host: str) -> Iterator[tuple[str, int]]:
    """An address that answers no knock: its queue is full, and the system drops what comes (listen(2))."""
    with ExitStack() as stack:
        listener = stack.enter_context(closing(socket.socket()))
        listener.bind((host, 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(closing(socket.socket()))
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()


def found_at(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int]) -> None:
    """Let the resolver give these addresses for any name."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


def test_all_addresses_of_a_name_share_one_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four that say nothing take as long as one."""
    with ExitStack() as stack:
        found_at(monkeypatch, *(stack.enter_context(silent(f"127.0.0.{n}")) for n in range(1, 5)))
        begun = time.monotonic()
        with pytest.raises(CouldNotLookError, match=r"io\.host-cannot-dial"):
            LocalReader().dial(Address("name.example", 443), timeout=timedelta(seconds=1))
    assert 1.0 <= time.monotonic() - begun < 2.5


def test_one_that_says_nothing_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name of which one address is dead is reached all the same."""
    with silent("127.0.0.1") as dead, closing(socket.socket()) as alive:
        alive.bind(("127.0.0.1", 0))
        alive.listen()
        found_at(monkeypatch, dead, alive.getsockname())
        with LocalReader().dial(Address("name.example", 443), timeout=timedelta(seconds=1)) as stream:
            assert alive.getsockname() == stream.getpeername()
