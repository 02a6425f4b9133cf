"""What a node and its server say to each other over HTTPS."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Sequence

from warifu.adapters.orders.https import Heard, Https, refuse
from warifu.adapters.orders.tls import trusting, unverified
from warifu.domain.x509 import Certificate
from warifu.ports.orders import AgentIdentity, AgentLine, Door, TrustSource
from warifu.wire.agent import (
    ExpiredRequest,
    IdentityAnswer,
    JoinRequest,
    Order,
    RenewRequest,
    ReportAnswer,
    Wake,
)
from warifu.wire.signed import Signed, canonical, parse

_MOST_OF_A_LINE = 1 << 16  # bytes: what is pushed is a hint
_FILE = 20.0  # seconds for a signed file: on a line that died unnoticed nothing else is tried sooner


class HttpTrustSource(TrustSource):
    """Signed files below `/trust/`, from whoever answers at the address.

    Args:
        over: a line to the server that is there already.
    """

    def __init__(self, addresses: Sequence[str], over: Https | None = None) -> None:
        self._https = over or Https(addresses, unverified())

    def fetch(self, name: str, most: int) -> bytes | None:
        """Return a signed file; see the port."""
        heard = self._https.ask("GET", f"/trust/{urllib.parse.quote(name)}", most=most, patience=_FILE)
        if heard.status == 404:
            return None
        return _good(heard).body


class HttpDoor(Door):
    """The server's door: verified by the published CAs, nobody signed in."""

    def __init__(self, addresses: Sequence[str], anchors: Sequence[Certificate]) -> None:
        self._https = Https(addresses, trusting(anchors))

    def join(self, asked: JoinRequest) -> IdentityAnswer:
        """Ask to be let in; see the port."""
        return self._ask("/agent/v1/join", asked)

    def renew_expired(self, asked: ExpiredRequest) -> IdentityAnswer:
        """Ask by the key of an expired identity; see the port."""
        return self._ask("/agent/v1/renew-expired", asked)

    def _ask(self, path: str, asked: object) -> IdentityAnswer:
        answer: IdentityAnswer = parse(IdentityAnswer, _good(_post(self._https, path, asked)).body)
        return answer


class HttpAgentLine(AgentLine):
    """A node's line, by mutual TLS."""

    def __init__(
        self, addresses: Sequence[str], anchors: Sequence[Certificate], identity: AgentIdentity
    ) -> None:
        self._https = Https(addresses, trusting(anchors, identity))
        self.trust: TrustSource = HttpTrustSource(addresses, self._https)

    def close(self) -> None:
        """Close its connections."""
        self._https.close()

    def renew(self, asked: RenewRequest) -> IdentityAnswer:
        """Ask for the next identity; see the port."""
        answer: IdentityAnswer = parse(
            IdentityAnswer, _good(_post(self._https, "/agent/v1/renew", asked)).body
        )
        return answer

    def report(self, report: Signed) -> ReportAnswer:
        """Hand in a report; see the port."""
        answer: ReportAnswer = parse(ReportAnswer, _good(_post(self._https, "/agent/v1/report", report)).body)
        return answer

    def orders(self) -> tuple[Order, ...]:
        """Return the orders that wait; see the port."""
        found: tuple[Order, ...] = parse(
            tuple[Order, ...], _good(self._https.ask("GET", "/agent/v1/orders")).body
        )
        return found

    def answer(self, order: str, answer: Signed) -> None:
        """Hand in what became of an order; see the port."""
        path = f"/agent/v1/orders/{urllib.parse.quote(order, safe='')}/answer"
        _good(_post(self._https, path, answer))

    def listen(self, woken: Callable[[Wake], None], stopped: Callable[[], bool]) -> None:
        """Hear what the server pushes; see the port.

        Spec: WHATWG HTML, server-sent events: `data:` lines up to an empty one; lines with `:` first are heartbeats.
        """
        with self._https.stream("/agent/v1/events") as stream:
            held = b""
            while not stopped():
                chunk = stream.read1(_MOST_OF_A_LINE)
                if not chunk:
                    return
                *lines, held = (held + chunk).split(b"\n")
                for line in lines:
                    if line.startswith(b"data:"):
                        woken(parse(Wake, line[5:].strip()))
                if len(held) > _MOST_OF_A_LINE:
                    return


def _post(https: Https, path: str, message: object) -> Heard:
    return https.ask("POST", path, canonical(message).encode())


def _good(heard: Heard) -> Heard:
    if heard.status not in (200, 201, 204):
        refuse(heard)
    return heard
