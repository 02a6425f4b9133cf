"""Requests to a Warifu server: several addresses, one of which answers; faults in words of ours.

Spec: RFC 9110 (HTTP), RFC 9457 (problem documents).
"""

from __future__ import annotations

import http.client
import json
import ssl
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import urllib3
from urllib3.exceptions import HTTPError

from warifu import __version__
from warifu.errors import CouldNotLookError, RefusedError

MOST = 64 << 20
"""Bytes: no answer of a server is longer."""
PATIENCE = urllib3.Timeout(connect=10, read=60)
_CHUNK = 1 << 16  # bytes
_SILENCE = 45.0  # seconds: a server that is alive says something each 15 s on a stream
_BELIEF = {  # X509_V_ERR_*, openssl's x509_vfy.h
    9: "server-not-yet-valid",
    10: "server-expired",
    62: "server-name",
    64: "server-name",
}
_REFUSALS = (
    "CERTIFICATE",
    "UNKNOWN_CA",
    "ACCESS_DENIED",
    "HANDSHAKE_FAILURE",
)  # alerts about ours, RFC 8446 §6.2
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a server answered."""

    status: int
    body: bytes = field(repr=False)
    etag: str = ""


class Https:
    """One server, at one of several addresses; connections are kept and used again.

    Args:
        addresses: `https://HOST:PORT` each; tried in order, the one that answered last comes first.
        headers: sent with each request.
    """

    def __init__(
        self, addresses: Sequence[str], context: ssl.SSLContext, headers: Mapping[str, str] | None = None
    ) -> None:
        self._addresses = list(addresses)
        self._headers = {"User-Agent": f"warifu/{__version__}", **(headers or {})}
        if (
            context.verify_mode is ssl.CERT_NONE
        ):  # on purpose: what is fetched so is believed for its signatures alone
            warnings.filterwarnings("ignore", category=urllib3.exceptions.InsecureRequestWarning)
        self._pool = urllib3.PoolManager(
            num_pools=8,
            maxsize=2,
            retries=False,
            timeout=PATIENCE,
            ssl_context=context,
            headers=self._headers,
        )

    def close(self) -> None:
        """Close what is kept open."""
        self._pool.clear()

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        most: int = MOST,
        headers: Mapping[str, str] | None = None,
        patience: float | None = None,
    ) -> Heard:
        """Ask, at the first address that answers.

        Args:
            patience: seconds until something of the answer comes; a minute unless told.

        Raises:
            CouldNotLookError: `orders.unreachable`: none answered; `orders.not-believed`: one did, and no CA that
                we trust vouches for it.
        """
        timeout = PATIENCE if patience is None else urllib3.Timeout(connect=10, read=patience)
        sent = {**self._headers, **({"Content-Type": "application/json"} if body else {}), **(headers or {})}

        def asking(address: str) -> Heard:
            answer = self._pool.request(
                method,
                address + path,
                body=body,
                headers=sent,
                redirect=False,
                preload_content=False,
                timeout=timeout,
            )
            try:
                return Heard(answer.status, _read(answer, most, address), answer.headers.get("ETag", ""))
            finally:
                answer.release_conn()

        return self._somewhere(asking)

    def stream(self, path: str, body: bytes, headers: Mapping[str, str]) -> Stream:
        """Ask for a stream.

        Raises:
            CouldNotLookError: as `ask`.
            RefusedError: `orders.refused`.
        """
        sent = {
            **self._headers,
            "Accept": "text/event-stream",
            "Content-Type": "application/json",
            **headers,
        }

        def opening(address: str) -> Stream:
            answer = self._pool.request(
                "POST",
                address + path,
                body=body,
                headers=sent,
                redirect=False,
                preload_content=False,
                timeout=urllib3.Timeout(connect=10, read=_SILENCE),
            )
            if answer.status != 200:
                try:
                    refuse(Heard(answer.status, _read(answer, MOST, address)))
                finally:
                    answer.close()  # what was read to its end gave its connection back before
            return Stream(address, answer)

        return self._somewhere(opening)

    def _somewhere(self, work: Callable[[str], _Answer]) -> _Answer:
        failed: CouldNotLookError | None = None
        for address in tuple(self._addresses):
            try:
                found = work(address)
            except (HTTPError, OSError) as error:
                failed = _fault(address, error)
                if failed.code != "orders.unreachable":
                    break  # it is there; another address does not make it more trustworthy
            else:
                self._prefer(address)
                return found
        raise failed or CouldNotLookError("orders.unreachable", server="-", reason="no-address")

    def _prefer(self, address: str) -> None:
        if self._addresses[0] != address:  # put in place as a whole: threads share a line
            self._addresses = [address, *(one for one in self._addresses if one != address)]


class Stream:
    """A stream that is open; its connection is used again once it was read to its end."""

    def __init__(self, address: str, answer: urllib3.BaseHTTPResponse) -> None:
        self.address = address
        self._answer = answer

    def read(self) -> bytes:
        """Return what came; nothing at the end.

        Raises:
            CouldNotLookError: `orders.unreachable`: it was cut off.
        """
        try:
            return self._answer.read1(_CHUNK)
        except (HTTPError, OSError) as error:
            self.close()
            raise _fault(self.address, error) from error

    def close(self) -> None:
        """Leave it; its connection ends where it was not read to its end."""
        self._answer.close()


def _read(answer: urllib3.BaseHTTPResponse, most: int, server: str) -> bytes:
    body = bytearray()
    while chunk := answer.read(min(1 << 16, most + 1 - len(body))):
        body += chunk
        if len(body) > most:
            answer.close()
            raise CouldNotLookError("orders.unreachable", server=server, reason="answer-too-long")
    return bytes(body)


def _fault(server: str, error: Exception) -> CouldNotLookError:
    inner = _innermost(error)
    if isinstance(inner, ssl.SSLCertVerificationError):
        word = _BELIEF.get(inner.verify_code, "server-not-trusted")
        return CouldNotLookError("orders.not-believed", server=server, reason=word)
    if isinstance(inner, ssl.SSLError) and "ALERT" in (inner.reason or ""):
        alert = inner.reason or ""
        if any(word in alert for word in _REFUSALS):
            return CouldNotLookError("orders.identity-refused", server=server, alert=alert.lower())
    return CouldNotLookError("orders.unreachable", server=server, reason=_reason(inner))


def _reason(error: BaseException) -> str:  # one line a kind of failure
    """Return a reason that `findings.causes` knows."""
    match error:
        case ssl.SSLError():
            return "protocol-error"
        case ConnectionRefusedError():
            return "connection-refused"
        case ConnectionResetError() | BrokenPipeError() | http.client.RemoteDisconnected():
            return "closed"
        case TimeoutError() | urllib3.exceptions.TimeoutError():
            return "timed-out"
        case OSError(strerror=said) if said:
            return said
        case _:
            return "transport-error"


def _innermost(error: BaseException) -> BaseException:
    """Return what lies at the bottom of what urllib3 wrapped, TLS faults before all."""
    met: list[BaseException] = [error]
    for one in met:
        below = (getattr(one, "reason", None), one.__cause__, one.__context__, *one.args)
        met += [other for other in below if isinstance(other, BaseException) and other not in met]
    told = [one for one in met if isinstance(one, ssl.SSLError)]
    return told[0] if told else met[-1]


def refuse(heard: Heard) -> None:
    """Raise what a server refused.

    Raises:
        RefusedError: `orders.refused`.
        CouldNotLookError: `orders.unreachable`: it is in trouble, and may answer later.
    """
    try:
        problem = json.loads(heard.body)
        told = problem if isinstance(problem, dict) else {}
    except (ValueError, RecursionError):
        told = {}
    code, detail = str(told.get("code", ""))[:100], str(told.get("detail") or told.get("title") or "")[:2000]
    if heard.status >= 500 or heard.status == 429:
        raise CouldNotLookError("orders.unreachable", server=str(heard.status), reason=code or "server-error")
    raise RefusedError("orders.refused", status=heard.status, reason=code or "-", told=detail or "-")
