"""Why an engine refused what our rules pass: its habits, or an anchor that the profile does not look at.

Our rules judge for nobody in particular where nobody is named; each library has habits besides (`consumers`). Where
one that decides refuses, the same chain is judged with its habits, and what is found is the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from warifu.domain.findings import Finding, Severity, distinct
from warifu.domain.trust.context import Context
from warifu.domain.trust.questions import PathAnswer
from warifu.domain.trust.verdict import Outcome, Verdict, combine, judge
from warifu.domain.x509 import Certificate


def join_answers(
    ours: Verdict,
    answers: Mapping[str, PathAnswer],
    presented: Sequence[Certificate],
    anchors: Sequence[Certificate],
    context: Context,
) -> Verdict:
    """Return our verdict with what engines answered, and with the reasons of those that refused.

    An engine that no consumer is named for does not decide over an anchor that the profile leaves unjudged: its
    refusal for that alone is a warning. Each such reason names in its evidence the library that it is true of.

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
        own = replace(context, consumer=name)
        found = _errors(presented, anchors, own)
        if not found and not context.profile.anchor_is_checked:
            checked = replace(own, profile=replace(own.profile, anchor_is_checked=True))
            found = _errors(presented, anchors, checked)
            if found and context.consumer == "unknown":
                overruled.add(name)
                found = [replace(one, severity=Severity.WARNING) for one in found]
        reasons += [replace(one, evidence={**one.evidence, "consumer": name}) for one in found]
    known = {(one.code, one.subject) for one in ours.findings}
    new = [one for one in distinct(reasons) if (one.code, one.subject) not in known]
    return combine(
        replace(ours, findings=(*ours.findings, *new)), answers, context.consumer, frozenset(overruled)
    )


def _errors(
    presented: Sequence[Certificate], anchors: Sequence[Certificate], context: Context
) -> list[Finding]:
    return [one for one in judge(presented, anchors, context).findings if one.severity is Severity.ERROR]
