"""A target's clock as its web console tells it: the Date header of an answer.

Spec: RFC 9110 §6.6.1 (an origin server with a clock sends it), §5.6.7 (its form). Nothing is verified: the
certificate may be the very one that is out of date, and a wrong clock only makes a finding.
"""

from __future__ import annotations

import http.client
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError
from warifu.ports.target_clock import TargetClock

_PATIENCE = 5.0  # seconds, for each step of the exchange


class HttpDate(TargetClock):
    """Asks with one HEAD request over TLS."""

    def ask(self, address: Address) -> datetime:
        """Return what the Date header says.

        Raises:
            CouldNotLookError: `io.no-clock`.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        asked = http.client.HTTPSConnection(address.host, address.port, timeout=_PATIENCE, context=context)
        try:
            asked.request("HEAD", "/")
            told = asked.getresponse().getheader("Date")
        except (OSError, http.client.HTTPException) as error:
            raise CouldNotLookError("io.no-clock", address=address, reason=type(error).__name__) from error
        finally:
            asked.close()
        try:
            found = parsedate_to_datetime(told or "")
        except (TypeError, ValueError, OverflowError) as error:
            raise CouldNotLookError("io.no-clock", address=address, reason=f"Date: {told}") from error
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
