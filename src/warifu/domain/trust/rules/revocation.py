"""Revocation by CRL and by OCSP responses at hand, for the leaf or for every certificate beneath the anchor.

Spec: RFC 5280 §5.2, §6.3; RFC 6960 §3.2, §4.2.2. A CRL counts when the issuer's own key signed it, and it
speaks about the certificate; of those of one scope the newest in date decides. Delta CRLs, indirect CRLs and CRLs with critical extensions that are not known
here are not judged, and said to be: none of them ever makes a certificate good. An entry `removeFromCRL` belongs into
delta CRLs alone (§5.3.1); in a complete one it revokes nothing, and the CRL is unfit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from warifu.domain.findings import Code, Finding
from warifu.domain.trust.budget import Budget
from warifu.domain.trust.consumers import crl_period
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.responses import fault_of, speaks_of
from warifu.domain.trust.rules.rule import judges
from warifu.domain.trust.signatures import can_be_checked
from warifu.domain.x509 import Answer, Certificate, OcspResponse, RevocationList, Scope, Usage


@dataclass(frozen=True, slots=True)
class _Target:
    """One certificate whose standing is asked for.

    Args:
        subject: what findings are about; `who` for people.
        name: the name (folded) that its CRL is issued by: its issuer's.
        points: where its issuer publishes CRLs for it.
        kind: `user` or `ca`.
    """

    subject: str
    who: str
    serial: int | None
    issuer: Certificate
    name: str
    points: tuple[str, ...]
    kind: str

    def evidence(self, **more: object) -> dict[str, object]:
        return {"who": self.who, "issuer": str(self.issuer.subject), **more}


@judges(
    Code.REVOKED,
    Code.CRL_MISSING,
    Code.CRL_EXPIRED,
    Code.CRL_SIGN_MISSING,
    Code.CRL_OUT_OF_SCOPE,
    Code.CRL_UNJUDGED,
    Code.CRL_UNFIT,
    Code.SEARCH_EXHAUSTED,
)
def revocation(chain: Chain, context: Context) -> Iterator[Finding]:
    """Nothing that must be covered by a CRL is revoked or uncovered, and nothing is revoked by one at hand."""
    yield from _beneath_nobody(chain, context)
    if not chain.above:
        return
    if context.crls_at_hand:
        at_hand = replace(context, crls=context.crls_at_hand)
        told = (one for target in _targets(chain) for one in _judge(target, chain.budget, at_hand))
        yield from (one for one in told if one.code in {Code.REVOKED, Code.SEARCH_EXHAUSTED})
    if context.crl_mode == "off":
        return
    targets = _targets(chain) if context.crl_mode == "chain" else (_leaf(chain),)
    for target in targets:
        yield from _judge(target, chain.budget, context)
    anchor = chain.anchor
    if context.crl_mode == "chain" and anchor is not None and context.habits.revokes_anchors:
        # Some libraries want a CRL for the anchor too, signed by its own key: an intermediate seldom has one.
        yield from _judge(_target(anchor, anchor, anchor.issuer.folded), chain.budget, context)


@judges(
    Code.REVOKED,
    Code.OCSP_UNKNOWN,
    Code.OCSP_EXPIRED,
    Code.OCSP_UNFIT,
    Code.OCSP_UNRELATED,
    Code.SEARCH_EXHAUSTED,
)
def responses(chain: Chain, context: Context) -> Iterator[Finding]:
    """No responder says that something of the chain is revoked; each says what it says by right, and in time."""
    if not context.ocsp or not chain.above:
        return
    targets = tuple(_targets(chain))
    for response in context.ocsp:
        about = response.fingerprint.hex
        if response.status != "successful":
            said = targets[0].evidence(reason=f"responder-{response.status}")
            yield Finding(Code.OCSP_UNFIT, about, said)
            continue
        pairs = [(one, answer) for one in targets for answer in speaks_of(response, one.serial, one.issuer)]
        if not pairs:
            yield Finding(Code.OCSP_UNRELATED, about, _unrelated(response, targets))
        for target, answer in pairs:
            before = chain.budget.unchecked
            fault = fault_of(response, target.issuer, context, chain.budget)
            if chain.budget.unchecked > before:
                yield Finding(Code.SEARCH_EXHAUSTED, target.subject, {"limit": Budget().signatures})
                return
            if fault:
                yield Finding(Code.OCSP_UNFIT, target.subject, target.evidence(reason=fault))
            elif not _is_answered_anew(target, answer, context, chain.budget):
                yield from _answered(target, answer, context)


def _is_answered_anew(target: _Target, older: Answer, context: Context, budget: Budget) -> bool:
    """Tell whether another answer of the issuer, in date and later, says anew what this one said, as with CRLs."""
    return any(newer.this_update > older.this_update for newer in _current_answers(target, budget, context))


def _unrelated(response: OcspResponse, targets: tuple[_Target, ...]) -> dict[str, object]:
    """Return what a response is about, and whether it is the serial number or its issuer that is another's."""
    own = {one.serial for one in targets}
    is_of_other_issuer = any(answer.serial in own for answer in response.answers)
    serials = tuple(f"{answer.serial:X}" for answer in response.answers)
    return {"serial": serials, "reason": "other-issuer" if is_of_other_issuer else "other-serial"}


def _answered(target: _Target, answer: Answer, context: Context) -> Iterator[Finding]:
    if not _is_current(answer, context):
        seen = {"this_update": answer.this_update, "next_update": answer.next_update or "-"}
        yield Finding(Code.OCSP_EXPIRED, target.subject, target.evidence(**seen, now=context.instant))
    if answer.status == "revoked":
        why = {"revoked": answer.revoked or "-", "cause": answer.reason or "-", "through": "OCSP"}
        yield Finding(Code.REVOKED, target.subject, target.evidence(**why, serial=f"{target.serial:X}"))
    elif answer.status == "unknown":
        yield Finding(Code.OCSP_UNKNOWN, target.subject, target.evidence(serial=f"{target.serial:X}"))


def _leaf(chain: Chain) -> _Target:
    origin, leaf, issuer = chain.origin, chain.leaf, chain.above[0]
    return _Target(
        leaf.id if leaf else origin.issuer_text,
        leaf.subject if leaf else "leaf",
        origin.serial,
        issuer,
        issuer.subject.folded,
        origin.points,
        "ca" if origin.is_ca else "user",
    )


def _targets(chain: Chain) -> Iterator[_Target]:
    yield _leaf(chain)
    for below, issuer in zip(chain.above, chain.above[1:], strict=False):
        yield _target(below, issuer, issuer.subject.folded)


def _target(below: Certificate, issuer: Certificate, name: str) -> _Target:
    kind = "ca" if below.is_ca else "user"
    return _Target(
        below.fingerprint.hex, below.label, below.serial, issuer, name, below.distribution_points, kind
    )


def _judge(target: _Target, budget: Budget, context: Context) -> Iterator[Finding]:
    before = budget.unchecked
    own = [crl for crl in context.crls if _covers(crl, target, budget, context)]
    if budget.unchecked > before:
        yield Finding(Code.SEARCH_EXHAUSTED, target.subject, {"limit": Budget().signatures})
        return
    usable = [crl for crl in own if _misfit(crl, target) is None]
    if not any(_is_current(crl, context) for crl in usable) and not _is_good(target, budget, context):
        yield from _uncovered(target, own, usable, context)
    for crl in usable:
        for fault in _form(crl):
            yield Finding(Code.CRL_UNFIT, target.subject, target.evidence(reason=fault))
    yield from _entered(target, own, usable, context)


def _entered(
    target: _Target, own: list[RevocationList], usable: list[RevocationList], context: Context
) -> Iterator[Finding]:
    """Say what the entries of the newest CRLs make of the certificate."""
    for crl in own:
        misfit = _misfit(crl, target)
        if misfit is None and any(_supersedes(newer, crl, context) for newer in usable):
            continue
        entry = crl.entry(target.serial) if target.serial is not None else None
        if entry is None or not (misfit is None or misfit[1] == "some-reasons"):
            continue
        if entry.is_lifted:
            yield Finding(Code.CRL_UNFIT, target.subject, target.evidence(reason="lifts-revocation"))
        else:
            why = {"revoked": entry.at, "cause": entry.reason or "-", "through": "CRL"}
            yield Finding(Code.REVOKED, target.subject, target.evidence(**why, serial=f"{target.serial:X}"))
            return


def _supersedes(newer: RevocationList, older: RevocationList, context: Context) -> bool:
    """Tell whether a CRL in date says anew what the other said: what was on hold may be so no more (§5.3.1)."""
    if newer.this_update <= older.this_update or newer.scope != older.scope:
        return False
    numbers = (newer.number, older.number)
    counts_down = numbers[0] is not None and numbers[1] is not None and numbers[0] < numbers[1]
    return not counts_down and _is_current(newer, context)


def _uncovered(
    target: _Target, own: list[RevocationList], usable: list[RevocationList], context: Context
) -> Iterator[Finding]:
    """Say why no CRL at hand answers: there is none, none may be used, or none is in date."""
    if usable:
        latest = max(usable, key=lambda crl: crl.this_update)
        seen = {"this_update": latest.this_update, "next_update": latest.next_update or "-"}
        yield Finding(Code.CRL_EXPIRED, target.subject, target.evidence(**seen, now=context.instant))
        return
    if not own:
        named = [crl for crl in context.crls if _names(crl, target)]
        if not all(map(can_be_checked, named)):
            yield Finding(Code.CRL_UNJUDGED, target.subject, target.evidence(reason="unsupported"))
            return
        why = {"reason": "crl-signature"} if named else {}
        yield Finding(Code.CRL_MISSING, target.subject, target.evidence(mode=context.crl_mode, **why))
    for code, reason in dict.fromkeys(filter(None, (_misfit(crl, target) for crl in own))):
        yield Finding(code, target.subject, target.evidence(reason=reason))


def _misfit(crl: RevocationList, target: _Target) -> tuple[Code, str] | None:
    """Return why a CRL of the right issuer does not answer for this certificate."""
    usage = target.issuer.key_usage
    if usage is not None and Usage.CRL_SIGN not in usage:
        return Code.CRL_SIGN_MISSING, "no-crl-sign"
    if crl.unreadable:
        return Code.CRL_UNJUDGED, crl.unreadable
    if crl.is_delta:
        return Code.CRL_UNJUDGED, "delta"
    if crl.scope.is_indirect:
        return Code.CRL_UNJUDGED, "indirect"
    if crl.unknown_critical:
        return Code.CRL_UNJUDGED, "unknown-critical"
    elsewhere = _elsewhere(crl.scope, target)
    return (Code.CRL_OUT_OF_SCOPE, elsewhere) if elsewhere else None


def _elsewhere(scope: Scope, target: _Target) -> str:
    """Return why a CRL speaks about other certificates; empty when it speaks about this one. RFC 5280 §6.3.3 (b)."""
    if scope.kind and scope.kind != target.kind:
        return f"only-{scope.kind}"
    if scope.is_relative or (scope.points and set(scope.points).isdisjoint(target.points)):
        return "other-point"
    return "some-reasons" if scope.some_reasons else ""


def _form(crl: RevocationList) -> Iterator[str]:
    """What RFC 5280 §5.1.2.5, §5.2.3 and the BR ask of a CRL and many verifiers pass."""
    if crl.next_update is None:
        yield "no-next-update"
    if crl.number is None:
        yield "no-number"
    if crl.number_is_critical:
        yield "number-critical"
    if crl.lists_twice:
        yield "listed-twice"


def _covers(crl: RevocationList, target: _Target, budget: Budget, context: Context) -> bool:
    return crl.issuer_folded == target.name and budget.sign(context.signatures, crl, target.issuer)


def _names(crl: RevocationList, target: _Target) -> bool:
    """Tell whether a CRL says that it is of this issuer and key; a CA of that name may have had others before."""
    wanted = target.issuer.subject_key_id
    return crl.issuer_folded == target.name and crl.authority_key_id in (None, wanted)


def _beneath_nobody(chain: Chain, context: Context) -> Iterator[Finding]:
    """Say what CRLs list of the certificate whose issuer is missing: nothing shows that they are the issuer's."""
    top = chain.above[-1] if chain.above else None
    if chain.anchored or (
        top.looks_self_signed if top else chain.leaf is not None and chain.leaf.self_signed
    ):
        return
    name, serial = (top.issuer.folded, top.serial) if top else (chain.origin.issuer, chain.origin.serial)
    if top is not None:
        subject, who, issuer = top.fingerprint.hex, top.label, str(top.issuer)
    else:
        subject, who, issuer = _leaf_called(chain)
    listed = dict.fromkeys((*context.crls, *context.crls_at_hand))
    found = sorted((crl for crl in listed if crl.issuer_folded == name), key=lambda crl: crl.this_update)
    if serial is None:
        return
    for crl in found[-1:]:
        entry = crl.entry(serial)
        is_listed = entry is not None and not entry.is_lifted
        evidence = {"who": who, "issuer": issuer, "serial": f"{serial:X}", "this_update": crl.this_update}
        yield Finding(
            Code.CRL_UNJUDGED, subject, {**evidence, "reason": "listed" if is_listed else "not-listed"}
        )


def _leaf_called(chain: Chain) -> tuple[str, str, str]:
    """Return what the leaf is told by, and its issuer's name, for people."""
    origin, leaf = chain.origin, chain.leaf
    return (
        leaf.id if leaf else origin.issuer_text,
        leaf.subject if leaf else "leaf",
        origin.issuer_text,
    )


def _is_good(target: _Target, budget: Budget, context: Context) -> bool:
    """Tell whether a responder says, by right and in time, that the certificate is good."""
    return any(answer.status == "good" for answer in _current_answers(target, budget, context))


def _current_answers(target: _Target, budget: Budget, context: Context) -> Iterator[Answer]:
    """Yield what responders say of the certificate, by right and in time; that they do not know it is no answer."""
    for response in context.ocsp:
        for answer in speaks_of(response, target.serial, target.issuer):
            is_known = answer.status != "unknown" and _is_current(answer, context)
            if is_known and not fault_of(response, target.issuer, context, budget):
                yield answer


def _is_current(said: RevocationList | Answer, context: Context) -> bool:
    never = datetime.max.replace(tzinfo=UTC)
    begins, ends = crl_period(said.this_update, said.next_update or never, context.habits)
    return begins <= context.instant < ends
