"""Acceptance in factors, so that a million connections stay cheap.

One signature check per leaf (`leaf_facts`), one path verdict per class of leaves, trust store and
consumer (`path_verdict`), one look at the leaf's own form and dates (`leaf_verdict`), one name
check per connection (`name_verdict`). `accepts` composes them. These are our rules: a
*modelled* answer, which the consumer's own engine confirms or refuses (`verdict.combine`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from warifu.domain.findings import Finding, Severity, rank
from warifu.domain.trust.budget import Budget
from warifu.domain.trust.consumers import crl_period, end_of, habits, start_of
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.facts import LeafFacts, LeafTemplate, Origin, template_facts
from warifu.domain.trust.profile import Profile, profile_named
from warifu.domain.trust.rules import LEAF, NAME, run
from warifu.domain.trust.rules.constraints import constrains_names
from warifu.domain.trust.search import Bag, is_anchor_itself, make_bag, search
from warifu.domain.trust.signatures import Signatures
from warifu.domain.x509 import Certificate, RevocationList

BEGINNING = datetime.min.replace(tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)
Interval = tuple[datetime, datetime]
_SEARCHES = 4
"""What the searches at all edges of a verdict may cost together, counted in whole ones; where it is spent, nothing holds."""


@dataclass(frozen=True, slots=True)
class PathVerdict:
    """Whether some path above a class of leaves holds.

    Args:
        accepted: it holds at the instant asked for.
        intervals: when it holds, as (first instant, first instant at which it no longer does);
            `BEGINNING` and `END` stand for "always was" and "has no end".
        findings: at the instant asked for, not ranked.
        exhausted: the search stopped at its budget; "refused" is then undecided.
    """

    accepted: bool
    intervals: tuple[Interval, ...]
    findings: tuple[Finding, ...] = ()
    path: tuple[Certificate, ...] = ()
    exhausted: bool = False

    def until(self, at: datetime) -> datetime | None:
        """Return when it stops holding, if it holds at this instant; None if it does not."""
        return next((end for start, end in self.intervals if start <= at < end), None)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Whether one side accepts one leaf.

    Args:
        until: first instant at which it no longer does; None when it does not, `END` when nothing ends it.
    """

    accepted: bool
    until: datetime | None
    findings: tuple[Finding, ...]


def origin_class(leaf: LeafFacts, certificates: Iterable[Certificate], crl_mode: str = "off") -> Origin:
    """Return what path verdicts depend on of a leaf, given the certificates that may stand above it."""
    return leaf.origin.reduced(names=constrains_names(certificates), serial=crl_mode != "off")


def path_verdict(
    origin: Origin, chain: Sequence[Certificate], anchors: Sequence[Certificate], context: Context
) -> PathVerdict:
    """Judge the path above a class of leaves.

    Args:
        origin: of `origin_class`.
        chain: what is sent with the leaf, in order.
        anchors: the trust store, in order.
        context: its `name` plays no part; its `now` decides only `accepted` and `findings`.
    """
    bag = make_bag(origin, chain, anchors)
    found = search(bag, context)
    return PathVerdict(
        found.holds, tuple(_intervals(bag, context)), found.findings, found.chain.above, found.exhausted
    )


def _intervals(bag: Bag, context: Context) -> Iterator[Interval]:
    edges = _edges(bag, context)
    start: datetime | None = None
    one = Budget()
    all_together = Budget(steps=_SEARCHES * one.steps, paths=_SEARCHES * one.paths)
    for edge in (BEGINNING, *edges):
        left = all_together.portion()
        holds = search(bag, context.moved_to(edge), left).holds
        all_together.pay(all_together.portion(), left)
        if holds and start is None:
            start = edge
        elif not holds and start is not None:
            yield start, edge
            start = None
    if start is not None:
        yield start, END


def _edges(bag: Bag, context: Context) -> list[datetime]:
    """Every instant at which an answer may change; between two of them nothing does."""
    habits = context.habits
    found: set[datetime] = set()
    for certificate in (*bag.sent, *bag.anchors):
        found |= {start_of(certificate.not_before, habits), end_of(certificate.not_after, habits)}
    if context.crl_mode != "off":
        for crl in context.crls:
            found |= set(crl_period(crl.this_update, crl.next_update or END, habits)) - {END}
    for response in context.ocsp:
        for said in response.answers:
            found |= set(crl_period(said.this_update, said.next_update or END, habits)) - {END}
        for delegate in response.certificates:
            found |= {start_of(delegate.not_before, habits), end_of(delegate.not_after, habits)}
    return sorted(found)


def leaf_interval(leaf: LeafFacts, consumer: str) -> Interval:
    """Return the leaf's own dates as this consumer counts them, half open."""
    return start_of(leaf.not_before, habits(consumer)), end_of(leaf.not_after, habits(consumer))


def leaf_verdict(leaf: LeafFacts, context: Context) -> tuple[Finding, ...]:
    """Judge the leaf alone: dates, purposes, key, form; no name, no path."""
    return tuple(run(LEAF, _alone(leaf), context))


def name_verdict(leaf: LeafFacts, context: Context) -> tuple[Finding, ...]:
    """Judge whether the leaf carries `context.name`."""
    return tuple(run(NAME, _alone(leaf), context)) if context.name else ()


def accepts(  # noqa: PLR0913  # the question whole, for callers that keep no context
    leaf: LeafFacts | LeafTemplate,
    chain: Sequence[Certificate],
    anchors: Sequence[Certificate],
    *,
    at: datetime,
    consumer: str = "unknown",
    purpose: str = "",
    name: str = "",
    crls: tuple[RevocationList, ...] = (),
    crl_mode: str = "off",
    partial_chain: bool = False,
    profile: Profile | str = "tls-server",
    signatures: Signatures | None = None,
) -> Acceptance:
    """Tell whether one side accepts a leaf, by our rules, and until when.

    Raises:
        UsageError: `trust.profile-unknown`.
    """
    facts = template_facts(leaf) if isinstance(leaf, LeafTemplate) else leaf
    context = Context(
        profile_named(profile) if isinstance(profile, str) else profile,
        at,
        purpose,
        name,
        crls,
        crl_mode,
        partial_chain,
        consumer,
        signatures or Signatures(),
    )
    findings = [*leaf_verdict(facts, context), *name_verdict(facts, context)]
    intervals: tuple[Interval, ...]
    if is_anchor_itself(facts, anchors, context):
        intervals = ((BEGINNING, END),)
    else:
        verdict = path_verdict(origin_class(facts, (*chain, *anchors), crl_mode), chain, anchors, context)
        findings += verdict.findings
        intervals = verdict.intervals
    accepted = not any(finding.severity is Severity.ERROR for finding in findings)
    end = next((end for start, end in intervals if start <= context.instant < end), None)
    until = None if end is None or not accepted else min(end, end_of(facts.not_after, context.habits))
    return Acceptance(accepted, until, rank(findings))


def _alone(leaf: LeafFacts) -> Chain:
    return Chain(leaf.origin, (), anchored=False, leaf=leaf)
