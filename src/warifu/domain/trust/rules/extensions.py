"""Extensions, versions and serial numbers that a verifier stumbles over.

Spec: RFC 5280 §4.1.1.2, §4.1.2.1, §4.1.2.2, §4.1.2.4 to §4.1.2.6, §4.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.rules.rule import judges, on, on_leaf
from warifu.domain.x509.alike import ALGORITHM, DATES
from warifu.domain.x509.odd_names import Misfit

LARGEST_SERIAL = 2**159 - 1  # 20 octets with the sign bit clear, RFC 5280 §4.1.2.2
_MOST_TOLD, _HEAD = 512, 24  # bits, and characters of what is longer
_FORM = (
    Code.CRITICAL_EXTENSION_UNKNOWN,
    Code.EXTENSION_UNREADABLE,
    Code.VERSION_UNFIT,
    Code.SERIAL_UNFIT,
    Code.SIGNATURE_ALGORITHM_DIFFERS,
    Code.NAME_EMPTY,
    Code.DATE_FORM_UNFIT,
    Code.NAME_CHARACTER_UNFIT,
)
_ODDITIES = {ALGORITHM: Code.SIGNATURE_ALGORITHM_DIFFERS, DATES: Code.DATE_FORM_UNFIT}


@judges(*_FORM)
def leaf_form(chain: Chain, _context: Context) -> Iterator[Finding]:
    """The leaf can be read whole, and says nothing critical that is not understood."""
    leaf = chain.leaf
    if leaf is None:
        return
    for oid in leaf.unknown_critical:
        yield on_leaf(leaf, Code.CRITICAL_EXTENSION_UNKNOWN, oid=oid)
    for part, reason in leaf.unreadable:
        yield on_leaf(leaf, Code.EXTENSION_UNREADABLE, part=part, reason=reason)
    if leaf.version < 3:
        yield on_leaf(leaf, Code.VERSION_UNFIT, version=leaf.version)
    if not 0 < leaf.serial <= LARGEST_SERIAL:
        yield on_leaf(leaf, Code.SERIAL_UNFIT, serial=_shown(leaf.serial))
    for oddity in leaf.oddities:
        for code, seen in _told(oddity):
            yield on_leaf(leaf, code, **seen)
    if not leaf.origin.issuer and leaf.lacks("issuer"):
        yield on_leaf(leaf, Code.NAME_EMPTY)


@judges(*_FORM)
def form_above(chain: Chain, context: Context) -> Iterator[Finding]:
    """What stands above can be read whole, and says nothing critical that is not understood."""
    for _, certificate in chain.judged(context):
        for oid in certificate.unknown_critical:
            yield on(certificate, Code.CRITICAL_EXTENSION_UNKNOWN, oid=oid)
        for part, reason in certificate.unreadable:
            yield on(certificate, Code.EXTENSION_UNREADABLE, part=part, reason=reason)
        if certificate.version < 3 and (certificate != chain.anchor or context.habits.wants_version_3):
            yield on(certificate, Code.VERSION_UNFIT, version=certificate.version)
        is_known = (
            certificate == chain.anchor
        )  # nobody revokes it by number, but some libraries refuse one below zero
        if certificate.serial < 0 or (not is_known and not 0 < certificate.serial <= LARGEST_SERIAL):
            yield on(certificate, Code.SERIAL_UNFIT, serial=_shown(certificate.serial))
        for oddity in certificate.oddities:
            for code, seen in _told(oddity):
                yield on(certificate, code, **seen)
        if not is_known and not certificate.issuer.folded and certificate.lacks("issuer"):
            yield on(certificate, Code.NAME_EMPTY)


def _told(oddity: str) -> Iterator[tuple[Code, Mapping[str, object]]]:
    """Yield the code and the evidence of what is odd about a form; nothing where another rule tells it."""
    if oddity in _ODDITIES:
        yield _ODDITIES[oddity], {}
    misfit = Misfit.parse(oddity)
    if misfit is not None:
        yield Code.NAME_CHARACTER_UNFIT, misfit._asdict()


def _shown(serial: int) -> int | str:
    """Return a serial number as it can be told: thousands of octets fit into a certificate, and nobody reads them."""
    if serial.bit_length() <= _MOST_TOLD:
        return serial
    return f"{serial:#x}"[:_HEAD] + f"... ({serial.bit_length() // 8 + 1})"
