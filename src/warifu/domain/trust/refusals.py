"""Why an engine refused what our rules pass: its habits, or an anchor that the profile does not look at.

Our rules judge for nobody in particular where nobody is named; each library has habits besides (`consumers`). Where
one that decides refuses, the same chain is judged with its habits, and what is found is the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from warifu.domain.findings import Code, Finding, Severity, distinct
from warifu.domain.trust.context import Context
from warifu.domain.trust.questions import PathAnswer
from warifu.domain.trust.verdict import Outcome, Verdict, combine, judge
from warifu.domain.x509 import Certificate

_ENFORCED: Mapping[str, frozenset[Code]] = {
    "openssl": frozenset(
        {
            Code.KEY_ID_MISMATCH,
            Code.KEY_USAGE_UNFIT,
            Code.ISSUER_PURPOSE_MISSING,
            Code.NETSCAPE_TYPE_UNFIT,
        }
    ),
    "cryptography": frozenset({Code.NAMES_MISSING, Code.NAME_IN_COMMON_NAME_ONLY}),
}
"""Faults that a library refuses, whatever a profile makes of them: openssl's `X509_check_issued` and
`X509_check_purpose`; the subjectAltName that cryptography wants of every leaf ("Certificate Profile")."""


def join_answers(
    ours: Verdict,
    answers: Mapping[str, PathAnswer],
    presented: Sequence[Certificate],
    anchors: Sequence[Certificate],
    context: Context,
) -> Verdict:
    """Return our verdict with what engines answered, and with the reasons of those that refused.

    An engine that no consumer is named for does not decide over what the profile passes on purpose: an anchor that
    it leaves unjudged, a fault that it weighs less, or, where it takes RFC 5280 at its word, a habit of the engine's.
    Its refusal for that alone is a warning. Each such reason names in its evidence the library that it is true of.

    Args:
        ours: the verdict of our rules on what was presented, by this context.
        answers: by engine.
    """
    reasons: list[Finding] = []
    overruled: set[str] = set()
    for name, answer in answers.items():
        decides = context.consumer in {"unknown", name}
        if ours.outcome is Outcome.REFUSED or not decides or not answer.answered or answer.accepted:
            continue
        found, is_decisive = _reasons(presented, anchors, replace(context, consumer=name))
        if found and not is_decisive and context.consumer == "unknown":
            overruled.add(name)
            found = [replace(one, severity=Severity.WARNING) for one in found]
        reasons += [replace(one, evidence={**_seen(one), "consumer": name}) for one in found]
    known = {(one.code, one.subject) for one in ours.findings}
    new = [one for one in distinct(reasons) if (one.code, one.subject) not in known]
    return combine(
        replace(ours, findings=(*ours.findings, *new)), answers, context.consumer, frozenset(overruled)
    )


def _reasons(
    presented: Sequence[Certificate], anchors: Sequence[Certificate], own: Context
) -> tuple[list[Finding], bool]:
    """Return why the engine that `own` names refuses, and whether that is more than what the profile passes on purpose."""
    profile = own.profile
    found = _errors(presented, anchors, own)
    if found:
        return found, profile.anchor_is_checked  # else it is RFC 5280 to the letter, which no habit overrules
    if not profile.anchor_is_checked:
        found = _errors(presented, anchors, replace(own, profile=replace(profile, anchor_is_checked=True)))
        if found:
            return found, False
    enforced = _ENFORCED.get(own.consumer, frozenset())
    lowered = {code: weight for code, weight in profile.weights.items() if code not in enforced}
    return _errors(presented, anchors, replace(own, profile=replace(profile, weights=lowered))), False


def _seen(finding: Finding) -> dict[str, object]:
    """Return the evidence; a certificate in its last second is not expired to everybody (RFC 5280 §4.1.2.5)."""
    seen = finding.evidence
    is_last = finding.code is Code.EXPIRED and seen.get("now") == seen.get("not_after")
    return {**seen, "reason": "last-second"} if is_last else dict(seen)


def _errors(
    presented: Sequence[Certificate], anchors: Sequence[Certificate], context: Context
) -> list[Finding]:
    return [one for one in judge(presented, anchors, context).findings if one.severity is Severity.ERROR]
