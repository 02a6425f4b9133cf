"""A message that says who wrote it: canonical bytes, signed by the key of a certificate.

The signature is over a prefix that names the kind of message and over the bytes as they were sent; they are read only
after it was verified. ECDSA with SHA-256, Ed25519, or RSASSA-PSS with SHA-256 (RFC 8017 §8.1): what the key is for.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from warifu.domain.x509 import Certificate, PrivateKey, Sha256
from warifu.errors import RefusedError, UsageError
from warifu.wire.document import from_plain, to_plain
from warifu.wire.evidence import Evidence
from warifu.wire.proofs import is_signed_by, sign_text


@dataclass(frozen=True, slots=True)
class Signed:
    """Bytes and who signed them.

    Args:
        payload: canonical JSON of the message.
        by: SHA-256 of the certificate whose key signed.
        signature: in base64.
    """

    payload: str
    by: Sha256
    signature: str


def sign(message: object, certificate: Certificate, key: PrivateKey) -> Signed:
    """Return a message signed by the key of a certificate.

    Raises:
        UsageError: `registry.ca-key-unfit`: the key is of a kind that does not sign.
    """
    payload = canonical(message)
    made = sign_text(key, _signed_bytes(type(message).__name__, payload))
    return Signed(payload, certificate.fingerprint, base64.b64encode(made).decode("ascii"))


def open_signed(kind: type[Any], signed: Signed, certificate: Certificate) -> Any:
    """Return the message of this kind that a certificate's key signed.

    Raises:
        RefusedError: `agent.signature-wrong`: another certificate, another key, or other bytes.
        UsageError: `rotation.document-malformed`: rightly signed, and no such message.
    """
    if signed.by != certificate.fingerprint:
        raise RefusedError(
            "agent.signature-wrong", by=signed.by.short, expected=certificate.fingerprint.short
        )
    key, text = certificate.public_key, _signed_bytes(kind.__name__, signed.payload)
    if key is None or not is_signed_by(key, _bytes(signed.signature), text):
        raise RefusedError(
            "agent.signature-wrong", by=signed.by.short, expected=certificate.fingerprint.short
        )
    return parse(kind, signed.payload)


def vouch(evidence: Evidence, certificate: Certificate, key: PrivateKey) -> Evidence:
    """Return evidence signed by the node that saw it: `SHA256-OF-CERTIFICATE:SIGNATURE`."""
    signed = sign(replace(evidence, signature=""), certificate, key)
    return replace(evidence, signature=f"{signed.by.hex}:{signed.signature}")


def check_vouched(evidence: Evidence, certificate: Certificate) -> None:
    """Return when the certificate's key signed this evidence.

    Raises:
        RefusedError: `agent.signature-wrong`.
    """
    by, _, signature = evidence.signature.partition(":")
    if by != certificate.fingerprint.hex:
        raise RefusedError("agent.signature-wrong", by=by[:16], expected=certificate.fingerprint.short)
    payload = canonical(replace(evidence, signature=""))
    open_signed(Evidence, Signed(payload, certificate.fingerprint, signature), certificate)


def canonical(message: object) -> str:
    """Return a message as canonical JSON: keys sorted, no spaces, times in UTC."""
    return msgspec.json.encode(to_plain(message), order="sorted").decode()


def parse(kind: type[Any], text: str | bytes) -> Any:
    """Read a message of a kind.

    Raises:
        UsageError: `rotation.document-malformed`.
    """
    try:
        plain = msgspec.json.decode(text)
    except (ValueError, RecursionError) as error:  # msgspec.DecodeError is a ValueError
        raise UsageError("rotation.document-malformed", path="/", found=type(error).__name__) from None
    return from_plain(kind, plain)


def _signed_bytes(kind: str, payload: str) -> bytes:
    return f"warifu {kind}\n".encode() + payload.encode()


def _bytes(text: str) -> bytes:
    """Return what base64 stands for; nothing, which proves nothing, where it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""
