"""Reads the handshake messages a probe keeps: the served chain, the CA names, the alerts.

Spec: RFC 8446 §4.3.2, §4.2.4, §4.4.2, §6; RFC 5246 §7.4.2, §7.4.4, §7.2. What breaks the
grammar raises `ValueError` here; the caller makes a finding of it.
"""

from __future__ import annotations

TLS_1_2 = 0x0303
TLS_1_3 = 0x0304
NEW_SESSION_TICKET = 4
CERTIFICATE = 11
CERTIFICATE_REQUEST = 13
_CERTIFICATE_AUTHORITIES = 47

ALERTS = {
    0: "close-notify",
    10: "unexpected-message",
    20: "bad-record-mac",
    21: "decryption-failed",
    22: "record-overflow",
    30: "decompression-failure",
    40: "handshake-failure",
    41: "no-certificate",
    42: "bad-certificate",
    43: "unsupported-certificate",
    44: "certificate-revoked",
    45: "certificate-expired",
    46: "certificate-unknown",
    47: "illegal-parameter",
    48: "unknown-ca",
    49: "access-denied",
    50: "decode-error",
    51: "decrypt-error",
    70: "protocol-version",
    71: "insufficient-security",
    80: "internal-error",
    86: "inappropriate-fallback",
    90: "user-canceled",
    100: "no-renegotiation",
    109: "missing-extension",
    110: "unsupported-extension",
    112: "unrecognized-name",
    113: "bad-certificate-status-response",
    115: "unknown-psk-identity",
    116: "certificate-required",
    120: "no-application-protocol",
}


def alert_word(number: int) -> str:
    """Return an alert's name as RFC 8446 §6 writes it, with hyphens."""
    return ALERTS.get(number, f"alert-{number}")


def served_certificates(message: bytes, version: int) -> tuple[bytes, ...]:
    """Return the certificates of a Certificate message, header included, in the order served."""
    reader = _Reader(message[4:])
    if version >= TLS_1_3:
        reader.vector(1)  # the request context: empty in a handshake
    entries = _Reader(reader.vector(3))
    found = []
    while entries:
        found.append(entries.vector(3))
        if version >= TLS_1_3:
            entries.vector(2)  # extensions of this entry
    return tuple(found)


def offered_ca_names(message: bytes, version: int) -> tuple[bytes, ...]:
    """Return the DER names of a CertificateRequest message, header included."""
    reader = _Reader(message[4:])
    reader.vector(1)  # certificate types, or in TLS 1.3 the request context
    if version >= TLS_1_3:
        return _ca_names_of_extensions(reader.vector(2))
    if version == TLS_1_2:
        reader.vector(2)  # signature algorithms
    return _names(reader.vector(2))


def _ca_names_of_extensions(block: bytes) -> tuple[bytes, ...]:
    extensions = _Reader(block)
    while extensions:
        kind = extensions.number(2)
        body = extensions.vector(2)
        if kind == _CERTIFICATE_AUTHORITIES:
            return _names(_Reader(body).vector(2))
    return ()


def _names(block: bytes) -> tuple[bytes, ...]:
    reader = _Reader(block)
    found = []
    while reader:
        found.append(reader.vector(2))
    return tuple(found)


class _Reader:
    """Bytes with a position; reading past the end is a `ValueError`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        piece = self._data[self._at : self._at + count]
        if len(piece) != count:
            reason = f"{count} bytes announced, {len(piece)} there"
            raise ValueError(reason)
        self._at += count
        return piece

    def number(self, size: int) -> int:
        """Return the next big-endian number of `size` bytes."""
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> bytes:
        """Return the next vector, whose length stands before it in `size` bytes."""
        return self.take(self.number(size))
