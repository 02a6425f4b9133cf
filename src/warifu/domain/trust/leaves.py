"""Judges leaves by the hundred thousand: the same verdict as on each alone, in factors.

One signature is checked for each leaf; a path is searched once for each class of leaves (`origin_class`), among the
certificates that its issuer's name leads to. Nothing was presented with such a leaf, so the rules of what is sent
beside it find nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from warifu.domain.findings import Code, Finding, Severity, distinct, rank
from warifu.domain.trust.budget import Budget
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.demands import Demands
from warifu.domain.trust.facts import LeafFacts, Origin, leaf_facts
from warifu.domain.trust.order import reachable
from warifu.domain.trust.rules import LEAF, NAME, PATH, TARGET, anchoring, run, validity
from warifu.domain.trust.rules.constraints import constrains_names
from warifu.domain.trust.search import Bag, Found, search
from warifu.domain.trust.signatures import Signatures
from warifu.domain.trust.verdict import Basis, Outcome, Verdict
from warifu.domain.x509 import Certificate, Quietly

_CLASSES = 4096  # kept at most: hostile leaves may each be a class of their own


@dataclass(frozen=True, slots=True)
class _Near:
    """The certificates that can stand above the leaves of one issuer's name, and those of that name itself.

    Args:
        constrain: one of them constrains names.
    """

    issuers: tuple[Certificate, ...]
    sent: tuple[Certificate, ...]
    anchors: tuple[Certificate, ...]
    constrain: bool = False


_ALONE = (anchoring.leaf_as_anchor, validity.outlives_issuer)
"""Of the rules about what was presented, those that look at the leaf and the path above it."""
_NOBODY = _Near((), (), ())


class LeafJudge:
    """Judges many leaves against the same certificates.

    Args:
        pool: CAs that may stand between a leaf and the trust store.
        anchors: the trust store, in order.
        context: the question; signatures checked for it are kept for paths alone.
    """

    def __init__(self, pool: Iterable[Certificate], anchors: Sequence[Certificate], context: Context) -> None:
        self._pool = tuple(dict.fromkeys(pool))
        self._anchors = tuple(anchors)
        self._context = context
        self._demands = bool(context.covers or context.requests or context.profile.demands != Demands())
        self._trusted = frozenset(one.fingerprint.hex for one in anchors)
        self._names = frozenset(one.subject.folded for one in (*self._pool, *self._anchors))
        self._near: dict[str, _Near] = {}
        self._found: dict[Origin, Found] = {}

    def judge(self, leaves: Sequence[Certificate]) -> tuple[Verdict, ...]:
        """Return the verdict on each leaf.

        One thing is done with all of them, then the next, as in `LeafReader`.
        """
        checks = Signatures()
        with Quietly():
            read = [leaf.read() for leaf in leaves]
            near = [self._near_to(leaf.issuer.folded) for leaf in read]
            facts = [leaf_facts(leaf, one.issuers, checks) for leaf, one in zip(read, near, strict=True)]
            return tuple(map(self._verdict, read, facts, near))

    def above(self, leaf: Certificate) -> tuple[Certificate, ...]:
        """Return the CAs of the pool that may stand above a leaf."""
        return self._near_to(leaf.issuer.folded).sent

    def _near_to(self, name: str) -> _Near:
        known = self._near.get(name)
        if known is None:
            if name not in self._names:
                return _NOBODY
            around = frozenset(reachable(name, (*self._pool, *self._anchors)))
            sent = tuple(one for one in self._pool if one in around)
            anchors = tuple(one for one in self._anchors if one in around)
            issuers = tuple(one for one in (*sent, *anchors) if one.subject.folded == name)
            known = _Near(issuers, sent, anchors, constrains_names((*sent, *anchors)))
            self._near[name] = known  # no more than there are names of CAs
        return known

    def _verdict(self, certificate: Certificate, leaf: LeafFacts, near: _Near) -> Verdict:
        context = self._context
        found = self._path(leaf, near)
        chain = found.chain.with_leaf(leaf)
        findings = [
            *run(LEAF, chain, context),
            *(run(NAME, chain, context) if context.name else ()),
            *found.findings,
            *run(_ALONE, chain, context),
            *(run(TARGET, chain, context) if self._demands else ()),
        ]
        outcome = Outcome.ACCEPTED
        if findings and any(one.severity is Severity.ERROR for one in findings):
            outcome = Outcome.REFUSED
        if leaf.is_undecided and not found.holds:
            findings.append(Finding(Code.SEARCH_EXHAUSTED, leaf.id, {"limit": Budget().signatures}))
        if findings and any(one.code is Code.SEARCH_EXHAUSTED for one in findings):
            outcome = Outcome.UNKNOWN
        ranked = rank(distinct(findings)) if findings else ()
        return Verdict(outcome, Basis.MODELLED, ranked, (certificate, *chain.above), chain.anchored)

    def _path(self, leaf: LeafFacts, near: _Near) -> Found:
        """Return the path that decides, as `search` finds it for this leaf alone."""
        if leaf.id in self._trusted:
            own = tuple(one for one in self._anchors if one in near.anchors or one.fingerprint.hex == leaf.id)
            return search(Bag(leaf.origin, near.sent, own, leaf), self._context)
        context = self._context
        kind = leaf.origin.reduced(names=near.constrain, serial=context.looks_up)
        found = self._found.get(kind)
        if found is None:
            found = search(Bag(kind, near.sent, near.anchors), self._context)
            if len(self._found) >= _CLASSES:
                self._found.clear()
            self._found[kind] = found
        if not found.findings:
            return found
        if found.exhausted or self._context.habits.takes_first_issuer:
            return search(Bag(leaf.origin, near.sent, near.anchors, leaf), self._context)
        chain: Chain = replace(found.chain, leaf=leaf, origin=leaf.origin, budget=Budget())
        return replace(found, chain=chain, findings=tuple(run(PATH, chain, self._context)))
