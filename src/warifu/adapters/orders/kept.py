"""A node's line to its server, kept between looks: a handshake costs the server more than all that a look asks of it.

Signed files come over the same line while it works. Where it does not (nobody vouches for the server any more, the node's
identity is over), they come from whoever answers at the address, as they are believed for their signatures alone.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from warifu.adapters.orders.agent import HttpAgentLine, HttpTrustSource
from warifu.domain.x509 import Certificate
from warifu.errors import CouldNotLookError, RefusedError, UsageError
from warifu.ports.orders import AgentIdentity, AgentLine, TrustSource
from warifu.wire.trust_files import TrustAsk

_Key = tuple[tuple[str, ...], tuple[Certificate, ...], Certificate]


class KeptLines:
    """The lines of one node; threads may share them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: _Key | None = None
        self._line: HttpAgentLine | None = None

    def line(
        self, addresses: Sequence[str], anchors: Sequence[Certificate], identity: AgentIdentity
    ) -> AgentLine:
        """Return the line to a server, the one that is kept unless servers, CAs or identity are others.

        Raises:
            CouldNotLookError: `orders.not-believed`, `orders.identity-unfit`.
        """
        key = (tuple(addresses), tuple(anchors), identity.certificate)
        with self._lock:
            if self._line is None or key != self._key:
                made = HttpAgentLine(addresses, anchors, identity)
                if self._line is not None:
                    self._line.close()  # what is in use now goes on to its end
                self._key, self._line = key, made
            return self._line

    def source(self, addresses: Sequence[str]) -> TrustSource:
        """Return where one look fetches signed files."""
        with self._lock:
            is_theirs = self._key is not None and self._key[0] == tuple(addresses)
            line = self._line if is_theirs else None
        open_source = HttpTrustSource(addresses)
        return open_source if line is None else _Preferred(line, open_source)


class _Preferred(TrustSource):
    """A node's own line for as long as it answers, then whoever answers at the address.

    What is newer comes in one answer over the line; what is asked for beside it is fetched.
    """

    def __init__(self, line: HttpAgentLine, then: TrustSource) -> None:
        self._line: HttpAgentLine | None = line
        self._then = then
        self._expected: dict[str, bytes | None] = {}

    def expect(self, asked: TrustAsk) -> None:
        """Have everything that is newer come in one answer; see the port."""
        if self._line is None:
            return
        try:
            self._expected = self._line.newer(asked)
        except CouldNotLookError:
            self._line = None
        except (RefusedError, UsageError):  # a server that does not know the question: file by file, then
            self._expected = {}

    def fetch(self, name: str, most: int) -> bytes | None:
        """Return a signed file; see the port."""
        if name in self._expected:
            data = self._expected.pop(name)
            if data is None or len(data) <= most:
                return data
        if self._line is not None:
            try:
                return self._line.trust.fetch(name, most)
            except CouldNotLookError:
                self._line = None
        return self._then.fetch(name, most)
