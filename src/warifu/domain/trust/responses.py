"""Whether an OCSP response speaks of a certificate, and whether its signer may.

Spec: RFC 6960 §3.2, §4.2.2.2. The issuer answers itself, or a certificate that the issuer signed for this purpose
does; nobody else, whatever certificate the response carries.
"""

from __future__ import annotations

from collections.abc import Iterator

from warifu.domain.trust.budget import Budget
from warifu.domain.trust.consumers import is_current
from warifu.domain.trust.context import Context
from warifu.domain.x509 import Answer, Certificate, OcspResponse, Usage

_OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"


def speaks_of(response: OcspResponse, serial: int | None, issuer: Certificate) -> Iterator[Answer]:
    """Yield what it says of the certificate of this serial beneath this issuer."""
    if serial is not None:
        yield from (answer for answer in response.answers if answer.is_about(serial, issuer))


def fault_of(response: OcspResponse, issuer: Certificate, context: Context, budget: Budget) -> str:
    """Return why a response does not count, as a word of ours; empty when it does."""
    if response.unknown_critical:
        return "unknown-critical"
    if not response.knows_algorithm:
        return "unsupported"
    if _is_named(response, issuer) and budget.sign(context.signatures, response, issuer):
        return ""
    fault = "not-by-issuer"
    for delegate in response.certificates:
        if not _is_named(response, delegate) or delegate.issuer.folded != issuer.subject.folded:
            continue
        if not budget.sign(context.signatures, delegate, issuer):
            continue
        if not budget.sign(context.signatures, response, delegate):
            continue
        fault = _delegate_fault(delegate, context)
        if not fault:
            return ""
    return fault


def _is_named(response: OcspResponse, signer: Certificate) -> bool:
    """Tell whether the responder that the response names is this one."""
    if response.responder_name:
        return signer.subject.folded == response.responder_name
    return signer.public_key is not None and signer.public_key.key_hash("sha1") == response.responder_key


def _delegate_fault(delegate: Certificate, context: Context) -> str:
    if _OCSP_SIGNING not in (delegate.extended_key_usage or ()):
        return "no-ocsp-signing"
    usage = delegate.key_usage
    if usage is not None and usage.isdisjoint({Usage.DIGITAL_SIGNATURE, Usage.CONTENT_COMMITMENT}):
        return "no-digital-signature"
    if not is_current(delegate, context.instant, context.habits):
        return "signer-out-of-date"
    return "unknown-critical" if delegate.unknown_critical else ""
