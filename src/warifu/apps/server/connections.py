"""Every connection that is open, by who is at its other end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from warifu.apps.server.admission import Peer

_Key = TypeVar("_Key")


class Connection(Protocol):
    """One open connection."""

    peer: Peer | None

    def cut(self) -> None:
        """End it at once, whatever it is in the middle of."""
        ...


class Connections:
    """The open connections, found by issuer and serial number, or by node. For the event loop's thread alone."""

    def __init__(self) -> None:
        self._all: set[Connection] = set()
        self._by_certificate: defaultdict[tuple[bytes, int], set[Connection]] = defaultdict(set)
        self._by_node: defaultdict[str, set[Connection]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Connection]:
        return iter(tuple(self._all))

    def add(self, connection: Connection) -> None:
        """Take up a connection whose handshake is done."""
        self._all.add(connection)
        if connection.peer:
            self._by_certificate[connection.peer.serials[0]].add(connection)
            if connection.peer.node:
                self._by_node[connection.peer.node].add(connection)

    def remove(self, connection: Connection) -> None:
        """Forget a connection that has ended."""
        self._all.discard(connection)
        if connection.peer:
            _drop(self._by_certificate, connection.peer.serials[0], connection)
            _drop(self._by_node, connection.peer.node, connection)

    def nodes(self) -> frozenset[str]:
        """Return the nodes that hold a connection now."""
        return frozenset(self._by_node)

    def cut_node(self, node: str) -> int:
        """End every connection of a node; return how many."""
        return _cut(self._by_node.get(node, set()))

    def cut_certificate(self, issuer: bytes, serial: int) -> int:
        """End every connection of a certificate, named by its issuer's name (DER) and its serial; return how many."""
        return _cut(self._by_certificate.get((issuer, serial), set()))

    def cut_refused(self, refusal: Callable[[Peer], str]) -> int:
        """End the connections of everybody who is let in no more; return how many."""
        refused = {peer for peer in self._peers() if refusal(peer)}
        return _cut({one for one in self._all if one.peer in refused})

    def judge(self, refusal: Callable[[Peer], str]) -> None:
        """Ask once about everybody who is here, so that who judges has seen them all. From any thread."""
        for peer in self._peers():
            refusal(peer)

    def _peers(self) -> frozenset[Peer]:
        return frozenset(connection.peer for connection in tuple(self._all) if connection.peer)


def _cut(held: set[Connection]) -> int:
    ending = tuple(held)
    for connection in ending:
        connection.cut()
    return len(ending)


def _drop(index: dict[_Key, set[Connection]], key: _Key, connection: Connection) -> None:
    held = index.get(key)
    if held is not None:
        held.discard(connection)
        if not held:
            del index[key]
