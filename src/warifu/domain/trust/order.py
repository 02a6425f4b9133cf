"""The order of a chain: the leaf, then each issuer of the one before.

Spec: RFC 8446 §4.4.2, RFC 5280 §3.2.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence

from warifu.domain.x509 import Certificate, KeyId, Usage

_TLS = frozenset({"serverAuth", "clientAuth"})


def in_order(certificates: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """Return the certificates leaf first, each followed by its issuer; what fits nowhere comes last.

    The leaf is the first that issued none of the others; a CA is taken for it only when all are CAs.
    """
    listed = tuple(dict.fromkeys(certificates))
    if not listed:
        return ()
    left = _Left(listed)
    current: Certificate | None = find_leaf(listed)
    ordered: dict[Certificate, None] = {}
    while current is not None:
        ordered[current] = None
        left.remove(current)
        current = left.issuer_of(current)
    return (*ordered, *(one for one in listed if one not in ordered))


def leaf_first(certificates: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """Return what stands in a file as its owner would send it: as it is, or in order where the leaf is not first.

    What is there twice stays there twice.
    """
    if certificates[0] == find_leaf(certificates):
        return tuple(certificates)
    ordered = in_order(certificates)
    left = Counter(certificates) - Counter(ordered)
    return (*ordered, *left.elements())


def find_leaf(certificates: Sequence[Certificate]) -> Certificate:
    """Return the certificate that the others are above of."""
    issuers = {one.issuer.folded for one in certificates if not one.is_self_issued}
    free = [one for one in certificates if one.subject.folded not in issuers] or list(certificates)
    return next((one for one in free if not one.is_ca), free[0])


def serves(marked: Certificate) -> bool:
    """Tell whether something marked as a CA is made for a server or client.

    No CA has a DNS name or an address; what may sign no certificate is none, whatever its mark (RFC 5280
    §4.2.1.3); intermediates may name TLS as a purpose (§4.2.1.12), roots have no need to.
    """
    if marked.names is not None and marked.names.texts:
        return True
    if marked.key_usage is not None and Usage.KEY_CERT_SIGN not in marked.key_usage:
        return True
    return marked.looks_self_signed and not _TLS.isdisjoint(marked.extended_key_usage or ())


def related(leaf: Certificate, certificates: Collection[Certificate]) -> frozenset[Certificate]:
    """Return those that can be reached from the leaf by following issuers' names."""
    named: dict[str, list[Certificate]] = {}
    for certificate in certificates:
        named.setdefault(certificate.subject.folded, []).append(certificate)
    return frozenset({leaf, *_above(leaf.issuer.folded, named)})


def reachable(issuer: str, certificates: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """Return those that can stand above a certificate of this issuer (a folded name), in their order."""
    listed = tuple(certificates)
    named: dict[str, list[Certificate]] = {}
    for certificate in listed:
        named.setdefault(certificate.subject.folded, []).append(certificate)
    found = _above(issuer, named)
    return tuple(certificate for certificate in listed if certificate in found)


def _above(issuer: str, named: Mapping[str, Sequence[Certificate]]) -> set[Certificate]:
    found: set[Certificate] = set()
    wanted = [issuer]
    seen: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        for certificate in named.get(name, ()):
            found.add(certificate)
            wanted.append(certificate.issuer.folded)
    return found


class _Left:
    """Certificates that have no place yet, by name, and by name and key id; each is taken out once.

    The first of a plain dict is found by passing all that were taken out before it.
    """

    def __init__(self, listed: Iterable[Certificate]) -> None:
        self._named: dict[tuple[str, KeyId | None], OrderedDict[Certificate, None]] = {}
        for one in listed:
            for key in self._keys(one):
                self._named.setdefault(key, OrderedDict())[one] = None

    def _keys(self, one: Certificate) -> tuple[tuple[str, KeyId | None], ...]:
        name = one.subject.folded
        return ((name, None),) if one.subject_key_id is None else ((name, None), (name, one.subject_key_id))

    def remove(self, one: Certificate) -> None:
        for key in self._keys(one):
            del self._named[key][one]

    def issuer_of(self, child: Certificate) -> Certificate | None:
        """Of certificates of the issuer's name, the one with the right key id, else the first."""
        name = child.issuer.folded
        found = self._named.get((name, child.authority_key_id)) or self._named.get((name, None))
        return next(iter(found), None) if found else None
