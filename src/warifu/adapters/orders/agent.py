"""What a node and its server say to each other over HTTPS."""

from __future__ import annotations

import gzip
import time
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from warifu.adapters.orders.https import Heard, Https, Stream, refuse
from warifu.adapters.orders.pushed import Pushed
from warifu.adapters.orders.tls import trusting, unverified
from warifu.domain.x509 import Certificate
from warifu.errors import CouldNotLookError, WarifuError
from warifu.ports.orders import AgentIdentity, AgentLine, Door, TrustSource, Wait, Woken
from warifu.wire.agent import (
    ExpiredRequest,
    IdentityAnswer,
    JoinRequest,
    Listening,
    Order,
    RenewRequest,
    ReportAnswer,
)
from warifu.wire.parcel import unpack
from warifu.wire.signed import Signed, canonical, parse
from warifu.wire.trust_files import TrustAsk

_GZIP = {"Content-Encoding": "gzip"}
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
        self._came: tuple[TrustAsk, dict[str, bytes | None]] | None = None
        """What was newer, and came along with what was pushed last."""
        self._opened: _Opened | None = None
        """What was begun with a report, for whoever listens next."""

    def close(self) -> None:
        """Close its connections."""
        if self._opened is not None:
            self._opened.stream.close()
        self._https.close()

    def renew(self, asked: RenewRequest) -> IdentityAnswer:
        """Ask for the next identity; see the port."""
        answer: IdentityAnswer = parse(
            IdentityAnswer, _good(_post(self._https, "/agent/v1/renew", asked)).body
        )
        return answer

    def report(self, report: Signed, then: Wait | None = None) -> ReportAnswer:
        """Hand in a report; see the port. While a stream is open that nobody listened to, no other is opened."""
        if then is not None and self._opened is None:
            return self._report_and_listen(report, then)
        heard = self._https.ask("POST", "/agent/v1/report", _packed(report), headers=_GZIP)
        answer: ReportAnswer = parse(ReportAnswer, _good(heard).body)
        return answer

    def _report_and_listen(self, report: Signed, then: Wait) -> ReportAnswer:
        opened = self._open(Listening(then.asked, report), then)
        answer = opened.read_on(lambda: opened.pushed.answer is not None).answer
        if answer is None:
            opened.stream.close()
            raise CouldNotLookError("orders.unreachable", server=opened.stream.address, reason="closed")
        if answer.wants_entries or answer.fenced:
            opened.read_on(lambda: False)  # there is no more of it, and the connection is used again
        else:
            self._opened = opened
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
        came, self._came = self._came, None  # for one look: the next asks for what is newer by then
        if came is not None and came[0] == asked:
            return came[1]
        return unpack(_good(_post(self._https, "/agent/v1/trust", asked)).body)

    def listen(self, wait: Wait) -> Woken:
        """Wait for what the server pushes; see the port."""
        opened, self._opened = self._opened, None
        if opened is None:
            opened = self._open(Listening(wait.asked), wait)
        self._came = None
        pushed = opened.read_on(lambda: False)
        self._last_event = pushed.last  # not before: what was cut is heard again
        if pushed.files is not None:
            self._came = opened.asked, pushed.files
        return Woken(tuple(pushed.wakes), pushed.again)

    def _open(self, told: Listening, wait: Wait) -> _Opened:
        headers = {"Prefer": f"wait={max(int(wait.seconds), 1)}", **_GZIP}
        if self._last_event:
            headers["Last-Event-ID"] = self._last_event
        stream = self._https.stream("/agent/v1/events", _packed(told), headers)
        return _Opened(stream, wait.asked, Pushed(self._last_event), time.monotonic() + wait.seconds + _LATE)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A stream that is open.

    Args:
        asked: how what is newer was asked for.
        pushed: what came by it.
        until: when it is left, by the monotonic clock.
    """

    stream: Stream
    asked: TrustAsk
    pushed: Pushed
    until: float

    def read_on(self, is_enough: Callable[[], bool]) -> Pushed:
        """Read until that is enough, or to the end; return what came.

        Raises:
            CouldNotLookError: `orders.unreachable`: it was cut off.
            UsageError: `rotation.document-malformed`: an event is no event of ours.
        """
        try:
            while not is_enough():
                chunk = self.stream.read()
                if not chunk or not self.pushed.take(chunk) or time.monotonic() >= self.until:
                    self.stream.close()
                    break
        except WarifuError:
            self.stream.close()
            raise
        return self.pushed


def _post(https: Https, path: str, message: object) -> Heard:
    return https.ask("POST", path, canonical(message).encode(), headers={"Accept-Encoding": "gzip"})


def _packed(message: object) -> bytes:
    return gzip.compress(canonical(message).encode(), mtime=0)


def _good(heard: Heard) -> Heard:
    if heard.status not in (200, 201, 204):
        refuse(heard)
    return heard
