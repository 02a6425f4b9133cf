"""What stands beneath an anchor, and what would stand without it.

Whether a chain needs an anchor is asked with every CA certificate that is known, for whoever verifies may have it; whether
it holds without the anchor, with what is sent alone. So a doubt keeps an anchor rather than letting it go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from warifu.domain.trust import Context, Signatures, leaf_facts, profile_named
from warifu.domain.trust.search import Found, make_bag, search
from warifu.domain.x509 import Certificate

_PROFILE = replace(profile_named("rfc5280"), name="trust-directory-paths", anchor_is_checked=True)


class Beneath:
    """The chains beneath one anchor.

    Args:
        known: CA certificates that were met anywhere, or that may be.
        remaining: the anchors that stay trusted.
    """

    def __init__(
        self,
        anchor: Certificate,
        known: Iterable[Certificate],
        remaining: Sequence[Certificate],
        now: datetime,
    ) -> None:
        self._anchor = anchor
        self._remaining = tuple(remaining)
        self._context = Context(_PROFILE, now, partial_chain=True, signatures=Signatures())
        issued: dict[str, list[Certificate]] = {}
        for one in dict.fromkeys(known):
            if one.is_ca and not one.looks_self_signed:
                issued.setdefault(one.issuer.folded, []).append(one)
        self._names, self._between = _downwards(anchor, issued)
        self._needs: dict[tuple[Certificate, ...], bool] = {}

    def needs(self, chain: Sequence[Certificate]) -> bool:
        """Tell whether a chain, leaf first, leads to the anchor; where that cannot be told it does.

        Dates play no part: what has ended is still beneath.
        """
        key = tuple(chain)
        if key not in self._needs:
            self._needs[key] = self._leads(key)
        return self._needs[key]

    def holds_without(
        self, chain: Sequence[Certificate], anchors: Sequence[Certificate] | None = None
    ) -> bool:
        """Tell whether a chain, as it is sent, leads to an anchor that stays and is valid.

        Args:
            anchors: those of one trust store; else those that the trust domain goes on trusting.
        """
        left = self._remaining if anchors is None else tuple(one for one in anchors if one != self._anchor)
        return bool(left) and self._search(chain, chain[1:], left).holds

    def _leads(self, chain: tuple[Certificate, ...]) -> bool:
        if chain[0] == self._anchor:
            return True
        if all(one.issuer.folded not in self._names for one in chain):
            return False
        found = self._search(chain, (*chain[1:], *self._between), (self._anchor,))
        return found.exhausted or (found.chain.anchored and not found.chain.broken)

    def _search(
        self, chain: Sequence[Certificate], sent: Sequence[Certificate], anchors: tuple[Certificate, ...]
    ) -> Found:
        facts = leaf_facts(chain[0], (*sent, *anchors), self._context.signatures)
        return search(make_bag(facts.origin, sent, anchors, facts), self._context)


def _downwards(
    anchor: Certificate, issued: dict[str, list[Certificate]]
) -> tuple[frozenset[str], tuple[Certificate, ...]]:
    """Return the names that an anchor stands above, its own included, and the CA certificates between."""
    names, found, waiting = {anchor.subject.folded}, list[Certificate](), [anchor.subject.folded]
    while waiting:
        for one in issued.pop(waiting.pop(), ()):
            found.append(one)
            if one.subject.folded not in names:
                names.add(one.subject.folded)
                waiting.append(one.subject.folded)
    return frozenset(names), tuple(found)
