"""Which CRLs a trust domain publishes.

A CRL comes in when the key of an anchor that the domain trusts signed it and that anchor may sign CRLs. The CRL of a CA
beneath an anchor comes in once that CA is published as an anchor, too: without its certificate nobody could tell whose
CRL it is. Of one issuer's key there is one CRL a scope, and neither its number nor its date ever goes back. Delta and
indirect CRLs are refused: what they say cannot be told without others.

Spec: RFC 5280 §5.1.2, §5.2.3 to §5.2.5, §6.3.3 (f).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from warifu.domain.directory.decision import Outcome, refuses
from warifu.domain.directory.model import Anchor, Published
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust import Signatures
from warifu.domain.x509 import RevocationList, Sha256, Usage

NEARS_ITS_END = 4
"""A CRL is told as ending in the last quarter of its time: its next one should have come by then."""


@dataclass(frozen=True, slots=True)
class CrlAnswer:
    """What became of a CRL, every reason, and the older one whose place it takes."""

    outcome: Outcome
    findings: tuple[Finding, ...]
    older: RevocationList | None = None


def judge_crl(
    new: RevocationList, present: Published, *, now: datetime, signatures: Signatures | None = None
) -> CrlAnswer:
    """Return whether a trust domain takes a CRL, with every reason why not.

    Args:
        present: the domain, together with the anchors that come in with the CRL.
        signatures: the checks done so far, so that none is done twice.
    """
    if new in present.crls:
        return CrlAnswer(Outcome.UNCHANGED, tuple(find_ending(new, now)))
    checks = signatures or Signatures()
    named = tuple(one for one in present.trusted if one.certificate.subject.folded == new.issuer_folded)
    signers = tuple(one for one in named if checks.holds(new, one.certificate))
    older = find_same_scope(new, present, checks)
    findings = [*_form(new, now)]
    if not signers:
        evidence = {"issuer": new.issuer_text, "seen": tuple(str(one.key.short) for one in named) or "-"}
        findings.append(Finding(Code.CRL_SIGNER_UNKNOWN, present.domain, evidence))
    elif not any(may_sign_crls(one) for one in signers):
        evidence = {"who": "-", "issuer": new.issuer_text, "reason": "no-crl-sign"}
        findings.append(Finding(Code.CRL_SIGN_MISSING, new.fingerprint.hex, evidence))
    if older is not None:
        findings += _going_back(new, older)
    if refuses(findings):
        return CrlAnswer(Outcome.REFUSED, tuple(findings), older)
    findings += find_ending(new, now)
    return CrlAnswer(Outcome.CREATED if older is None else Outcome.REPLACED, tuple(findings), older)


def signs(anchor: Anchor, crl: RevocationList, signatures: Signatures) -> bool:
    """Tell whether an anchor is the issuer of a CRL, by name and key."""
    return anchor.certificate.subject.folded == crl.issuer_folded and signatures.holds(
        crl, anchor.certificate
    )


def may_sign_crls(anchor: Anchor) -> bool:
    """Tell whether the anchor's key usage lets it sign CRLs; where none is stated, nothing forbids it."""
    usage = anchor.certificate.key_usage
    return usage is None or Usage.CRL_SIGN in usage


def find_same_scope(new: RevocationList, present: Published, signatures: Signatures) -> RevocationList | None:
    """Return the CRL of the same issuer, key and scope that the domain has."""
    key = _keys(new, present, signatures)
    for crl in present.crls:
        alike = crl.issuer_folded == new.issuer_folded and crl.scope == new.scope
        if alike and key & _keys(crl, present, signatures):
            return crl
    return None


def find_ending(crl: RevocationList, now: datetime) -> Iterator[Finding]:
    """Yield a warning when a CRL's next one is due soon, an error when it should have come."""
    if crl.next_update is None:
        return
    period = crl.next_update - crl.this_update
    if now >= crl.next_update - period / NEARS_ITS_END:
        evidence = {"issuer": crl.issuer_text, "next_update": crl.next_update, "now": now}
        found = Finding(Code.CRL_ENDING, crl.fingerprint.hex, evidence, Severity.WARNING)
        yield replace(found, severity=Severity.ERROR) if now >= crl.next_update else found


def _keys(crl: RevocationList, present: Published, signatures: Signatures) -> frozenset[Sha256]:
    """Return the keys that signed a CRL, of those that the domain has in any standing."""
    found = (one.certificate.public_key for one in present.anchors if signs(one, crl, signatures))
    return frozenset(key.sha256 for key in found if key is not None)


def _form(crl: RevocationList, now: datetime) -> Iterator[Finding]:
    """Say what keeps a CRL from being used, and what is merely not written as it should be."""
    about, evidence = crl.fingerprint.hex, {"who": "-", "issuer": crl.issuer_text}
    reasons = {
        crl.unreadable: bool(crl.unreadable),
        "delta": crl.is_delta,
        "indirect": crl.scope.is_indirect,
        "unknown-critical": bool(crl.unknown_critical),
    }
    for reason, holds in reasons.items():
        if holds:
            yield Finding(Code.CRL_UNJUDGED, about, {**evidence, "reason": reason})
    is_over = crl.next_update is not None and now >= crl.next_update
    if now < crl.this_update or is_over:
        dates = {"this_update": crl.this_update, "next_update": crl.next_update or "-", "now": now}
        yield Finding(Code.CRL_EXPIRED, about, {**evidence, **dates})
    lacking = {"no-next-update": crl.next_update is None, "no-number": crl.number is None}
    for reason, holds in lacking.items():
        if holds:
            yield Finding(Code.CRL_UNFIT, about, {**evidence, "reason": reason}, Severity.WARNING)


def _going_back(new: RevocationList, older: RevocationList) -> Iterator[Finding]:
    """Refuse what is not newer: by number where the older one has one, and by date; the same in both is another list."""
    numbers = (-1 if new.number is None else new.number, -1 if older.number is None else older.number)
    back = numbers[0] < numbers[1] or new.this_update < older.this_update
    if back or (numbers[0] == numbers[1] and new.this_update == older.this_update):
        evidence = {
            "issuer": new.issuer_text,
            "got": "-" if new.number is None else new.number,
            "expected": "-" if older.number is None else older.number,
            "this_update": new.this_update,
            "last": older.this_update,
        }
        yield Finding(Code.CRL_GOES_BACK, new.fingerprint.hex, evidence)
