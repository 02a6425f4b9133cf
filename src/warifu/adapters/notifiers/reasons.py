"""Why a channel failed, in words of ours: nothing that a server sent is repeated, it may echo what it got."""

from __future__ import annotations

import http.client
import smtplib
import ssl

_VERIFY = {  # X509_V_ERR_*, openssl's x509_vfy.h
    10: "server-expired",
    18: "server-not-trusted",
    19: "server-not-trusted",
    20: "server-not-trusted",
    21: "server-not-trusted",
    62: "server-name",
    64: "server-name",
}


def reason_of(error: Exception) -> str:  # noqa: PLR0911  # one line a kind of failure
    """Return a reason that `findings.causes` knows, or a protocol's own code: `SMTP 550`, `HTTP 500`."""
    match _below(error):
        case ssl.SSLCertVerificationError(verify_code=number):
            return _VERIFY.get(number, "server-refused")
        case ssl.SSLError():
            return "protocol-error"
        case smtplib.SMTPNotSupportedError():
            return "no-starttls"
        case smtplib.SMTPResponseException(smtp_code=code):
            return f"SMTP {code}"
        case smtplib.SMTPServerDisconnected() | http.client.RemoteDisconnected() | ConnectionResetError():
            return "closed"
        case smtplib.SMTPException() | http.client.HTTPException() | ValueError():
            return "not-the-protocol"
        case ConnectionRefusedError():
            return "connection-refused"
        case TimeoutError():
            return "timed-out"
        case OSError(strerror=said) if said:
            return said
        case _:
            return "transport-error"


def _below(error: Exception) -> Exception:
    """Return what ended a stream, where smtplib calls any end of it the server's."""
    below = error.__context__
    return (
        below if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(below, OSError) else error
    )
