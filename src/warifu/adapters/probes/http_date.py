"""A target's clock as its web console tells it: the Date header of an answer.

Spec: RFC 9110 §6.6.1 (an origin server with a clock sends it), §5.6.7 (its form). Nothing is verified: the
certificate may be the very one that is out of date, and a wrong clock only makes a finding.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from warifu.adapters.clock.dialled import dial, timed, timed_context
from warifu.adapters.probes.timed_stream import transport_word
from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError
from warifu.ports.target_clock import TargetClock

_PATIENCE = 10.0  # seconds, for the whole exchange


class HttpDate(TargetClock):
    """Asks with one HEAD request over TLS.

    Args:
        patience: seconds, for the whole exchange.
    """

    def __init__(self, *, patience: float = _PATIENCE) -> None:
        self._patience = patience

    def ask(self, address: Address) -> datetime:
        """Return what the Date header says.

        Raises:
            CouldNotLookError: `io.no-clock`.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        until = time.monotonic() + self._patience
        asked = http.client.HTTPSConnection(address.host, address.port)
        try:
            stream = timed(dial(address.host, address.port, until=until), until=until)
            asked.sock = timed_context(context, until=until).wrap_socket(stream, server_hostname=address.host)
            asked.request("HEAD", "/")
            with asked.getresponse() as answer:
                told = answer.getheader("Date")
        except (OSError, http.client.HTTPException) as error:
            raise CouldNotLookError("io.no-clock", address=address, reason=_reason(error)) from error
        finally:
            asked.close()
        try:
            found = parsedate_to_datetime(told or "")
        except (TypeError, ValueError, OverflowError) as error:
            raise CouldNotLookError(
                "io.no-clock", address=address, reason=f"Date: {told}" if told else "no-date"
            ) from error
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _reason(error: OSError | http.client.HTTPException) -> str:
    """Return why no time came, as a word that `findings.causes` knows, or as the system said it."""
    if isinstance(error, ssl.SSLError):
        return "not-tls"
    if isinstance(error, socket.gaierror):
        return error.strerror or "Name or service not known"
    if isinstance(error, OSError):
        return transport_word(error)
    return "not-http"
