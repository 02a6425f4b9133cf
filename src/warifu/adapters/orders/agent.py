"""What a node and its server say to each other over HTTPS."""

from __future__ import annotations

import gzip
import time
import urllib.parse
from collections.abc import Sequence

from warifu.adapters.orders.https import Heard, Https, refuse
from warifu.adapters.orders.tls import trusting, unverified
from warifu.domain.x509 import Certificate
from warifu.ports.orders import AgentIdentity, AgentLine, Door, TrustSource, Woken
from warifu.wire.agent import (
    ExpiredRequest,
    IdentityAnswer,
    JoinRequest,
    Order,
    RenewRequest,
    ReportAnswer,
    Wake,
)
from warifu.wire.parcel import unpack
from warifu.wire.signed import Signed, canonical, parse
from warifu.wire.trust_files import TrustAsk

_MOST_OF_A_LINE = 1 << 16  # bytes: what is pushed is a hint
_MOST_WAKES = 10_000
_LONGEST_ID = 100  # characters
_LATE = 10.0  # seconds that a server may end a stream late; one that never does is cut
_FILE = 20.0  # seconds for a signed file: on a line that died unnoticed nothing else is tried sooner


class HttpTrustSource(TrustSource):
    """Signed files below `/trust/`, from whoever answers at the address.

    Args:
        over: a line to the server that is there already.
    """

    def __init__(self, addresses: Sequence[str], over: Https | None = None) -> None:
        self._https = over or Https(addresses, unverified())

    def expect(self, asked: TrustAsk) -> None:
        """Do nothing: files are asked for one by one."""

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
        self._last_event = ""

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
        answer: ReportAnswer = parse(
            ReportAnswer, _good(_post(self._https, "/agent/v1/report", report, packed=True)).body
        )
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

    def newer(self, asked: TrustAsk) -> dict[str, bytes | None]:
        """Return every signed file that is newer than what is told, not verified in any way.

        Raises:
            CouldNotLookError, RefusedError: as `report`.
            UsageError: `rotation.document-malformed`.
        """
        return unpack(_good(_post(self._https, "/agent/v1/trust", asked)).body)

    def listen(self, seconds: float) -> Woken:
        """Wait for what the server pushes; see the port.

        Spec: WHATWG HTML, server-sent events: fields up to an empty line; lines with `:` first are signs of life.
            RFC 7240 §4.3 (`wait`).
        """
        headers = {"Prefer": f"wait={max(int(seconds), 1)}"}
        if self._last_event:
            headers["Last-Event-ID"] = self._last_event
        until = time.monotonic() + seconds + _LATE
        wakes: list[Wake] = []
        again, last = 0.0, self._last_event
        with self._https.stream("/agent/v1/events", headers) as stream:
            held = b""
            while (chunk := stream.read1(_MOST_OF_A_LINE)) and time.monotonic() < until:
                *lines, held = (held + chunk).split(b"\n")
                for line in lines:
                    name, _, value = line.partition(b":")
                    value = value.removeprefix(b" ").rstrip(b"\r")
                    if name == b"data":
                        wakes.append(parse(Wake, value))
                    elif name == b"id":
                        last = value.decode("ascii", "replace")[:_LONGEST_ID]
                    elif name == b"retry" and value.isdigit():
                        again = int(value[:7]) / 1000
                if len(held) > _MOST_OF_A_LINE or len(wakes) > _MOST_WAKES:
                    break
        self._last_event = last  # not before: what was cut is heard again
        return Woken(tuple(wakes), again)


def _post(https: Https, path: str, message: object, *, packed: bool = False) -> Heard:
    body = canonical(message).encode()
    if packed:
        return https.ask("POST", path, gzip.compress(body, mtime=0), headers={"Content-Encoding": "gzip"})
    return https.ask("POST", path, body, headers={"Accept-Encoding": "gzip"})


def _good(heard: Heard) -> Heard:
    if heard.status not in (200, 201, 204):
        refuse(heard)
    return heard
