"""Finds the path that decides: the first without a fault, else the one that explains best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust.budget import Budget
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.facts import LeafFacts, Origin
from warifu.domain.trust.order import reachable
from warifu.domain.trust.paths import find_paths, first_path
from warifu.domain.trust.rules import PATH, run
from warifu.domain.x509 import Certificate


@dataclass(frozen=True, slots=True)
class Found:
    """The path that decides, its findings, and whether the search had to stop before its end."""

    chain: Chain
    findings: tuple[Finding, ...]
    exhausted: bool = False

    @property
    def holds(self) -> bool:
        """Nothing on this path refuses."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Bag:
    """The certificates that can stand above a leaf: what was sent, and the trust store, each in order."""

    origin: Origin
    sent: tuple[Certificate, ...]
    anchors: tuple[Certificate, ...]
    leaf: LeafFacts | None = None


def make_bag(
    origin: Origin,
    sent: Sequence[Certificate],
    anchors: Sequence[Certificate],
    leaf: LeafFacts | None = None,
) -> Bag:
    """Return the bag without certificates that no name leads to; a trusted leaf needs none to lead to it."""
    near = frozenset(reachable(origin.issuer, (*sent, *anchors)))
    own = "" if leaf is None else leaf.id
    return Bag(
        origin,
        tuple(one for one in sent if one in near),
        tuple(one for one in anchors if one in near or one.fingerprint.hex == own),
        leaf,
    )


def search(bag: Bag, context: Context, budget: Budget | None = None) -> Found:
    """Return the path that decides at `context.now`, as the consumer goes about it.

    Args:
        budget: what the search may cost; that of one search where none is given.
    """
    budget = budget or Budget()
    own_anchor = _leaf_is_anchor(bag, context)
    if own_anchor is not None:
        return own_anchor
    if context.habits.takes_first_issuer:
        return _first(bag, context, budget)
    return _any(bag, context, budget)


def _leaf_is_anchor(bag: Bag, context: Context) -> Found | None:
    if bag.leaf is None or not is_anchor_itself(bag.leaf, bag.anchors, context):
        return None
    return Found(Chain(bag.origin, (), anchored=True, leaf=bag.leaf, anchors=bag.anchors), ())


def is_anchor_itself(leaf: LeafFacts, anchors: Sequence[Certificate], context: Context) -> bool:
    """Tell whether the leaf needs no path: it is trusted, and signed itself or any trusted certificate does."""
    trusted = any(anchor.fingerprint.hex == leaf.id for anchor in anchors)
    return trusted and (leaf.self_signed or context.partial_chain)


def _any(bag: Bag, context: Context, budget: Budget) -> Found:
    best: Found | None = None
    for bare in find_paths(bag.origin, bag.sent, bag.anchors, context, budget):
        if not budget.judge():
            break
        found = _judged(bare, bag, context, budget)
        if found.holds:
            return found
        if best is None or _telling(found) < _telling(best):
            best = found
    if best is None or budget.exhausted:  # a search that was not stopped has at least one path
        return _stopped(best or Found(Chain(bag.origin, (), anchored=False, leaf=bag.leaf), ()), bag)
    return best


def _stopped(best: Found, bag: Bag) -> Found:
    """What the search found before it had to stop refuses nothing for sure: that is said with it."""
    about = bag.leaf.id if bag.leaf else bag.origin.issuer_text
    finding = Finding(Code.SEARCH_EXHAUSTED, about, {"limit": Budget().signatures}, Severity.ERROR)
    return replace(best, findings=(*best.findings, finding), exhausted=True)


def _first(bag: Bag, context: Context, budget: Budget) -> Found:
    taken = _judged(first_path(bag.origin, bag.sent, bag.anchors, context), bag, context, budget)
    if budget.exhausted:
        return _stopped(taken, bag)
    if taken.holds or not taken.chain.above:
        return taken
    other = _any(bag, context, budget)
    if not other.holds:
        return other if taken.chain.broken and not other.chain.broken else taken
    at = next(
        (
            position
            for position, pair in enumerate(zip(taken.chain.above, other.chain.above, strict=False))
            if pair[0] != pair[1]
        ),
        len(taken.chain.above) - 1,
    )
    blocking = taken.chain.above[at]
    evidence = {
        "who": blocking.label,
        "consumer": context.consumer,
        "good": other.chain.above[min(at, len(other.chain.above) - 1)].fingerprint.hex,
    }
    finding = Finding(Code.FIRST_ISSUER_TAKEN, blocking.fingerprint.hex, evidence, Severity.ERROR)
    return replace(taken, findings=(finding, *taken.findings))


def _judged(bare: Chain, bag: Bag, context: Context, budget: Budget) -> Found:
    chain = replace(bare, leaf=bag.leaf, anchors=bag.anchors, budget=budget)
    return Found(chain, tuple(run(PATH, chain, context)))


def _telling(found: Found) -> tuple[bool, bool, int, int]:
    errors = sum(finding.severity is Severity.ERROR for finding in found.findings)
    return (not found.chain.anchored, bool(found.chain.broken), errors, -len(found.chain.above))
