"""Candidate paths from a leaf to an anchor, under a budget: hostile bags end, they never hang.

Edges follow names (RFC 5280 §7.1); key ids only order the search, because a wrong key id
refuses a path in some libraries and not in others. Same-name and cross-signed issuers are
all tried; twins that share name and key are each a path of their own. A path that ends
without an anchor, or at a signature that does not verify, is yielded too: it explains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from warifu.domain.trust.budget import Budget
from warifu.domain.trust.consumers import Consumer, is_current
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.facts import Origin
from warifu.domain.x509 import Certificate, Usage


@dataclass(slots=True)
class _Pool:
    """Certificates by folded subject: anchors first, each in its order, no bytes twice.

    `intermediates` are those sent, anchors or not.
    """

    anchors: dict[str, list[Certificate]] = field(default_factory=dict)
    sent: dict[str, list[Certificate]] = field(default_factory=dict)
    intermediates: dict[str, list[Certificate]] = field(default_factory=dict)


def find_paths(
    origin: Origin,
    chain: Sequence[Certificate],
    anchors: Sequence[Certificate],
    context: Context,
    budget: Budget,
) -> Iterator[Chain]:
    """Yield every candidate path, the likeliest first.

    Args:
        origin: the leaf's side.
        chain: what was sent with the leaf, in any order.
        anchors: the trust store.
    """
    pool = _Pool()
    trusted = {certificate.fingerprint for certificate in anchors}
    for anchor in dict.fromkeys(anchors):
        pool.anchors.setdefault(anchor.subject.folded, []).append(anchor)
    for certificate in dict.fromkeys(chain):
        if not certificate.looks_self_signed:
            pool.intermediates.setdefault(certificate.subject.folded, []).append(certificate)
        if certificate.fingerprint not in trusted:
            pool.sent.setdefault(certificate.subject.folded, []).append(certificate)
    walk = _Walk(origin, pool, context, budget)
    yield from walk.above((), origin.issuer, origin.authority_key_id)


@dataclass(slots=True)
class _Walk:
    origin: Origin
    pool: _Pool
    context: Context
    budget: Budget

    def above(self, path: tuple[Certificate, ...], name: str, key_id: object) -> Iterator[Chain]:
        """Yield the ways on from the top of a path."""
        found = False
        wrong: list[Certificate] = []
        for candidate, is_anchor in self._candidates(name, key_id):
            if len(path) >= self.budget.depth or not self.budget.step():
                self.budget.exhausted = True
                return
            if any(_is_twin(candidate, below) for below in path):
                continue
            if not self._signed(path, candidate):
                wrong.append(candidate)
                continue
            found = True
            yield from self._through((*path, candidate), candidate, is_anchor=is_anchor)
        if not found:
            is_root = bool(path) and path[-1].looks_self_signed and self._signed(path, path[-1])
            are_others = is_root or all(_is_another(candidate, key_id) for candidate in wrong)
            if are_others:
                yield Chain(self.origin, path, anchored=False, namesakes=tuple(wrong))
            if is_root:
                return  # nobody but itself signed it: who has its name has nothing to do with it
            for candidate in wrong:
                yield from self._past(path, name, candidate, climbs=len(wrong) == 1 and not are_others)

    def _past(
        self, path: tuple[Certificate, ...], name: str, candidate: Certificate, *, climbs: bool
    ) -> Iterator[Chain]:
        """Yield the way over a certificate that did not sign; beyond it where there is no other to choose from."""
        broken = frozenset({len(path)})
        anchored = candidate in self.pool.anchors.get(name, [])
        if anchored or candidate.looks_self_signed or not climbs:
            yield Chain(self.origin, (*path, candidate), anchored, broken)
            return
        for found in self.above((*path, candidate), candidate.issuer.folded, candidate.authority_key_id):
            yield replace(found, broken=found.broken | broken)

    def _through(
        self, path: tuple[Certificate, ...], top: Certificate, *, is_anchor: bool
    ) -> Iterator[Chain]:
        if is_anchor and self._ends(top):
            yield Chain(self.origin, path, anchored=True)
        if not top.looks_self_signed or not is_anchor:
            yield from self.above(path, top.issuer.folded, top.authority_key_id)

    def _ends(self, top: Certificate) -> bool:
        """Tell whether this library stops at an anchor."""
        if top.looks_self_signed:
            return True
        climbs = self.context.habits.climbs_first and self._is_followed(top)
        return self.context.any_anchor and not climbs

    def _is_followed(self, top: Certificate) -> bool:
        """Tell whether an anchor was sent, and its issuer with it; where a name has several, none is relied on."""
        own = self.pool.intermediates.get(top.subject.folded, [])
        above = self.pool.intermediates.get(top.issuer.folded, [])
        return own == [top] and len(above) == 1 and _fits(above[0], top.issuer.folded, top.authority_key_id)

    def _candidates(self, name: str, key_id: object) -> list[tuple[Certificate, bool]]:
        listed = [(anchor, True) for anchor in self.pool.anchors.get(name, ())]
        listed += [(sent, False) for sent in self.pool.sent.get(name, ())]
        if key_id is None or len(listed) == 1:
            return listed
        return sorted(listed, key=lambda item: item[0].subject_key_id != key_id)

    def _signed(self, path: tuple[Certificate, ...], candidate: Certificate) -> bool:
        if not path:
            key = candidate.public_key
            return key is not None and self.origin.signer == key.sha256.hex
        return self.budget.sign(self.context.signatures, path[-1], candidate)


def _is_another(candidate: Certificate, key_id: object) -> bool:
    """Only the name is the issuer's: key ids say that it is a CA of its own."""
    own = candidate.subject_key_id
    return own is not None and key_id is not None and own != key_id


def _is_twin(one: Certificate, other: Certificate) -> bool:
    """Same name and key: a path that holds both goes in a circle (RFC 4158 §5.2)."""
    return one == other or (
        one.subject.folded == other.subject.folded
        and one.public_key is not None
        and one.public_key == other.public_key
    )


_OPENSSL_DEPTH = 100  # intermediates; the anchor stands above them (measured with openssl 3.0.19)


def first_path(
    origin: Origin, chain: Sequence[Certificate], anchors: Sequence[Certificate], context: Context
) -> Chain:
    """Return the one path that a library takes which never comes back to another issuer.

    Modelled on openssl 3.0 (`build_chain`, `X509_STORE_CTX_get1_issuer`, `find_issuer`): the trust
    store is asked first; what fits by name, key id, key usage and date is taken, in file order; of
    those out of date, the one that ends last. Once a certificate came from the trust store, what was
    sent is not looked at again.
    """
    path: list[Certificate] = []
    broken: set[int] = set()
    name, key_id = origin.issuer, origin.authority_key_id
    may_use_sent = True
    anchored = False
    while len(path) <= _OPENSSL_DEPTH:
        taken = _take(anchors, name, key_id, context)
        trusted = taken is not None
        if taken is None and may_use_sent:
            taken = _take(chain, name, key_id, context)
        if taken is None or taken in path:
            break
        if not _holds(origin, path, taken, context):
            broken.add(len(path))
        path.append(taken)
        may_use_sent = may_use_sent and not trusted
        anchored = trusted and (context.any_anchor or taken.looks_self_signed)
        if anchored or taken.looks_self_signed:
            break
        name, key_id = taken.issuer.folded, taken.authority_key_id
    return Chain(origin, tuple(path), anchored, frozenset(broken))


def _holds(origin: Origin, path: list[Certificate], taken: Certificate, context: Context) -> bool:
    if path:
        return context.signatures.holds(path[-1], taken)
    return taken.public_key is not None and origin.signer == taken.public_key.sha256.hex


def _take(bag: Sequence[Certificate], name: str, key_id: object, context: Context) -> Certificate | None:
    consumer: Consumer = context.habits
    best: Certificate | None = None
    for candidate in bag:
        if not _fits(candidate, name, key_id):
            continue
        if is_current(candidate, context.instant, consumer):
            return candidate
        if best is None or candidate.not_after > best.not_after:
            best = candidate
    return best


def _fits(candidate: Certificate, name: str, key_id: object) -> bool:
    if candidate.subject.folded != name:
        return False
    own = candidate.subject_key_id
    if key_id is not None and own is not None and own != key_id:
        return False
    return candidate.key_usage is None or Usage.KEY_CERT_SIGN in candidate.key_usage
