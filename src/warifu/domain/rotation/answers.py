"""Certificates that came back, in any order and form: which request each answers, and its chain.

A pile may hold leaves, intermediates, roots, duplicates and certificates of other people.
Public keys decide, never names. Signature checks are counted: a hostile pile ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.rotation.requests import PendingRequest, RequestState
from warifu.domain.trust import Signatures
from warifu.domain.x509 import Certificate, Sha256

MAX_DEPTH = 8  # certificates above a leaf; OpenSSL stops at 100, real chains have one to three
MAX_CHECKS = 64  # signatures tried for one leaf


@dataclass(frozen=True, slots=True)
class Offered:
    """A certificate that came back, and where it lay."""

    certificate: Certificate
    source: str


@dataclass(frozen=True, slots=True)
class Sought:
    """A request as far as matching needs it: its name, its public key, and when it was discarded."""

    id: str
    key: Sha256
    voided: datetime | None = None

    @classmethod
    def of(cls, request: PendingRequest) -> Self:
        """Return what is sought for a request on record."""
        void = request.state is RequestState.VOID
        return cls(request.id, request.request.public_key.sha256, request.voided if void else None)


@dataclass(frozen=True, slots=True)
class Match:
    """A certificate that answers the request `id`, with its chain, issuer first, without the root."""

    id: str
    leaf: Certificate
    chain: tuple[Certificate, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Matching:
    """What answers what, and what answers nothing."""

    matches: tuple[Match, ...]
    findings: tuple[Finding, ...]


def match(
    offered: Sequence[Offered],
    sought: Iterable[Sought],
    *,
    known: Sequence[Certificate] = (),
) -> Matching:
    """Match certificates to requests by public key.

    Args:
        offered: everything that came back.
        sought: every request, discarded ones too: they explain a refusal.
        known: the issuer's own chain, issuing certificate first, root last.

    Returns:
        One match a request: of several certificates the one that begins last. Findings name each
        leaf that answers nothing (`REQUEST_UNMATCHED`) or a discarded request (`REQUEST_VOID`).
    """
    unique = {offer.certificate.fingerprint: offer for offer in reversed(offered)}
    pile = sorted(unique.values(), key=lambda offer: offer.certificate.fingerprint)
    above = (*known, *(offer.certificate for offer in pile if offer.certificate.is_ca))
    by_key: dict[Sha256, list[Sought]] = {}
    for one in sought:
        by_key.setdefault(one.key, []).append(one)
    best: dict[str, Offered] = {}
    findings: list[Finding] = []
    for offer in pile:
        key = offer.certificate.public_key
        holders = by_key.get(key.sha256, []) if key is not None else []
        alive = [one for one in holders if one.voided is None]
        for one in alive:
            best[one.id] = _later(best.get(one.id), offer)
        if holders and not alive:
            findings.append(_void(offer, holders[0]))
        elif not holders and not offer.certificate.is_ca:
            findings.append(_unmatched(offer))
    matches = tuple(
        Match(name, offer.certificate, build_chain(offer.certificate, above), offer.source)
        for name, offer in sorted(best.items())
    )
    return Matching(matches, tuple(findings))


def build_chain(leaf: Certificate, candidates: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """Return what is sent with a leaf: each issuer found among the candidates, without the root.

    The first candidate that verifies wins, so the issuer's own chain goes first. A chain that
    cannot be completed ends early; comparing it with the template says so.
    """
    chain: list[Certificate] = []
    current, checks = leaf, 0
    while len(chain) < MAX_DEPTH:
        found = None
        for candidate in candidates:
            if candidate.subject != current.issuer or candidate in chain or candidate == leaf:
                continue
            checks += 1
            if checks > MAX_CHECKS:
                return tuple(chain)
            if is_issued_by(current, candidate):
                found = candidate
                break
        if found is None or found.is_self_issued:
            return tuple(chain)
        chain.append(found)
        current = found
    return tuple(chain)


def is_issued_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Tell whether the issuer's name and key are those that signed the certificate. RFC 5280 §6.1.3 (a)(1), (4)."""
    if certificate.library_fault or issuer.library_fault:
        return certificate.issuer == issuer.subject and Signatures().holds(certificate, issuer)
    try:
        certificate.parsed.verify_directly_issued_by(issuer.parsed)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _later(present: Offered | None, offer: Offered) -> Offered:
    if present is None or offer.certificate.not_before > present.certificate.not_before:
        return offer
    return present


def _unmatched(offer: Offered) -> Finding:
    return Finding(Code.REQUEST_UNMATCHED, offer.certificate.fingerprint.hex, _facts(offer), Severity.WARNING)


def _void(offer: Offered, request: Sought) -> Finding:
    evidence = _facts(offer) | {"request": request.id, "voided": request.voided}
    return Finding(Code.REQUEST_VOID, offer.certificate.fingerprint.hex, evidence, Severity.ERROR)


def _facts(offer: Offered) -> dict[str, object]:
    key = offer.certificate.public_key
    return {
        "source": offer.source,
        "about": str(offer.certificate.subject),
        "key": key.sha256.hex if key else "?",
    }
