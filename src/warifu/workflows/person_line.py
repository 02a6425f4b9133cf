"""A person's line to a server that goes on when the server's CAs change.

Which CAs vouch for a server is learnt from its signed bundle, whose root the person was told. When they do not vouch any
more, the bundle is read again, over whatever answers: it is believed for its signatures. What it says is what TLS is
judged by from then on; nothing is ever asked over TLS that does not verify.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from warifu.domain.x509 import Certificate, to_pem
from warifu.errors import CouldNotLookError
from warifu.ports.bundles import BundleReader, Held
from warifu.ports.clock import Clock
from warifu.ports.orders import TrustSource
from warifu.ports.person_line import Beliefs, PersonLine, SavedServer, SavedServers
from warifu.workflows.agent_door import root_of

NOT_BELIEVED = "orders.not-believed"


@dataclass(frozen=True, slots=True)
class Learning:
    """How the CAs of a server are learnt.

    Args:
        source: where the signed files of a server are fetched.
        controls: the CAs that a control domain's bundle publishes, from what is held.
    """

    reader: BundleReader
    beliefs: Beliefs
    source: Callable[[str], TrustSource]
    controls: Callable[[Held], tuple[Certificate, ...]]
    clock: Clock

    def learn(self, url: str, root: str) -> str:
        """Return the CAs that a server publishes for itself, as PEM, believed from its root on.

        Raises:
            RefusedError: `bundle.other-root`: the server has no such root.
            CouldNotLookError: `orders.unreachable`; `agent.no-control`: it publishes no CA of its own that verifies.
        """
        source = self.source(url)
        held = self.beliefs.find(root) or self.reader.begin(root_of(source, root), root)
        held = self.reader.read(held, source.fetch, (), now=self.clock.now())
        found = self.controls(held)
        if not found:
            raise CouldNotLookError("agent.no-control", reason="nothing-published")
        self.beliefs.keep(root, held)
        return to_pem(found).decode("ascii")


class LastingLine(PersonLine):
    """Asks a saved server, and learns its CAs again where they do not vouch for it any more.

    Args:
        connect: opens a line to a server as it is saved.
    """

    def __init__(
        self,
        server: SavedServer,
        connect: Callable[[SavedServer], PersonLine],
        learning: Learning,
        servers: SavedServers,
    ) -> None:
        self._server = server
        self._connect = connect
        self._learning = learning
        self._servers = servers
        self._line = connect(server)

    def ask(
        self,
        kind: Any,
        method: str,
        path: str,
        wish: object = None,
        *,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        """Ask; see the port."""
        try:
            return self._line.ask(kind, method, path, wish, query=query)
        except CouldNotLookError as error:
            if error.code != NOT_BELIEVED or not self._server.root:
                raise
            anchors = self._learning.learn(self._server.url, self._server.root)
            if anchors == self._server.anchors:
                raise
        self._server = replace(self._server, anchors=anchors)
        self._servers.keep(self._server)
        self._line = self._connect(self._server)
        return self._line.ask(kind, method, path, wish, query=query)
