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
    match error:
        case ssl.SSLCertVerificationError():
            return _VERIFY.get(error.verify_code, "server-refused")
        case ssl.SSLError():
            return "protocol-error"
        case smtplib.SMTPNotSupportedError():
            return "no-starttls"
        case smtplib.SMTPResponseException():
            return f"SMTP {error.smtp_code}"
        case smtplib.SMTPServerDisconnected() | http.client.RemoteDisconnected() | ConnectionResetError():
            return "closed"
        case smtplib.SMTPException() | http.client.HTTPException() | ValueError():
            return "not-the-protocol"
        case ConnectionRefusedError():
            return "connection-refused"
        case TimeoutError():
            return "timed-out"
        case OSError() if error.strerror:
            return error.strerror
        case _:
            return "transport-error"
