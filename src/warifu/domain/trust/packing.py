"""Puts together what a target wants out of whatever lies there: the leaf, its issuers in order, or anchors alone.

A chain is completed by signatures, never by names alone: of several issuers of one name that is taken whose key
made the signature. What is missing is named. Work is bounded.

Spec: RFC 8446 §4.4.2 (order), RFC 4158 §3 (which issuer to prefer).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from warifu.domain.trust.order import serves
from warifu.domain.trust.signatures import Signatures
from warifu.domain.x509 import Certificate, PrivateKey
from warifu.errors import RefusedError, UsageError

LEAF, CHAIN, CHAIN_WITH_ROOT, TRUST = "leaf", "chain", "chain-with-root", "trust"
FORMS = (LEAF, CHAIN, CHAIN_WITH_ROOT, TRUST)
_DEEPEST = 32  # certificates above the leaf
_MOST_CHECKS = 512
_MOST_STEPS = 4096


@dataclass(frozen=True, slots=True)
class Missing:
    """An issuer that is not there.

    Args:
        child: whose issuer it is.
        namesakes: certificates of that name whose key did not make the child's signature.
    """

    child: Certificate
    namesakes: tuple[Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class Assembly:
    """What a target wants.

    Args:
        certificates: in the order in which they are written.
        missing: the issuer at which the chain could not be completed.
    """

    certificates: tuple[Certificate, ...]
    missing: Missing | None = None


def choose_leaf(
    certificates: Sequence[Certificate], keys: Sequence[PrivateKey] = (), pick: str = ""
) -> Certificate:
    """Return the certificate that everything is put together for.

    Args:
        certificates: what people named, without the pools.
        keys: where several leaves are there, the one whose key is there too is meant.
        pick: a name or a SHA-256 fingerprint, or its beginning, that tells which is meant.

    A CA is meant only where it is picked, or stands alone and is made for a server, or has its key there: what
    opens no door is not written as what a server presents.

    Raises:
        UsageError: `pack.no-such-leaf`, `pack.several-leaves`.
        RefusedError: `pack.no-leaf`.
    """
    listed = tuple(dict.fromkeys(certificates))
    if pick:
        return _only([one for one in listed if _is_called(one, pick)], pick)
    own = {key.public_key.sha256 for key in keys}
    leaves = [one for one in listed if not one.is_ca]
    if not leaves and len(listed) == 1 and (serves(listed[0]) or _has_key(listed[0], own)):
        leaves = [listed[0]]
    if not leaves:
        raise RefusedError("pack.no-leaf", count=len(listed))
    with_key = [one for one in leaves if _has_key(one, own)]
    found = with_key if len(leaves) > 1 and len(with_key) == 1 else leaves
    if len(found) > 1:
        raise UsageError(
            "pack.several-leaves", leaves=tuple(f"{one.subject} ({one.fingerprint.short})" for one in found)
        )
    return found[0]


def _has_key(one: Certificate, own: Collection[object]) -> bool:
    return one.public_key is not None and one.public_key.sha256 in own


def _only(found: Sequence[Certificate], pick: str) -> Certificate:
    if not found:
        raise UsageError("pack.no-such-leaf", pick=pick)
    if len(found) > 1:
        raise UsageError(
            "pack.several-leaves", leaves=tuple(f"{one.subject} ({one.fingerprint.short})" for one in found)
        )
    return found[0]


def _is_called(one: Certificate, pick: str) -> bool:
    plain = pick.replace(":", "").lower()
    names = (*(one.names.texts if one.names else ()), *one.subject.common_names)
    by_hex = len(plain) >= 8 and one.fingerprint.hex.startswith(plain)
    return by_hex or pick.lower() in (name.lower() for name in names)


def assemble(leaf: Certificate, certificates: Iterable[Certificate], form: str, at: datetime) -> Assembly:
    """Return the leaf with as many of its issuers as the form asks for.

    Args:
        certificates: where issuers are taken from.
        form: `leaf`, `chain` (leaf and intermediates), or `chain-with-root`.
        at: issuers that are valid then are preferred.

    Raises:
        UsageError: `pack.too-many-issuers`: nothing was found, and not every certificate was tried.
    """
    if form == LEAF:
        return Assembly((leaf,))
    climb = _Climb(certificates, at)
    path, missing = climb.from_(leaf)
    if form == CHAIN and missing is None and len(path) > 1:
        path = path[:-1]
    return Assembly(path, missing)


def trust_of(certificates: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """Return the CAs, each once: what a trust store is made of.

    Raises:
        UsageError: `pack.no-authority`.
    """
    found = tuple(one for one in dict.fromkeys(certificates) if one.is_ca)
    if not found:
        raise UsageError("pack.no-authority")
    return found


def key_for(leaf: Certificate, keys: Sequence[PrivateKey], *, locked: int = 0) -> PrivateKey:
    """Return the key that belongs to the leaf.

    Args:
        locked: how many more there are that no password opened.

    Raises:
        UsageError: `pack.no-key`: none is there, or all are locked.
        RefusedError: `pack.key-differs`: there are keys, and none belongs to it.
    """
    for key in keys:
        if leaf.public_key is not None and key.public_key.sha256 == leaf.public_key.sha256:
            return key
    if not keys and locked:
        raise UsageError("pack.key-locked", leaf=leaf.subject)
    if not keys:
        raise UsageError("pack.no-key", leaf=leaf.subject)
    raise RefusedError(
        "pack.key-differs",
        leaf=leaf.subject,
        wanted=leaf.public_key,
        found=tuple(str(key.public_key) for key in keys),
    )


class _Climb:
    """One search for the way up."""

    def __init__(self, certificates: Iterable[Certificate], at: datetime) -> None:
        self._at = at.replace(microsecond=0)  # the period includes its last second, whole
        self._checks = Signatures(_MOST_CHECKS)
        self._steps = _MOST_STEPS
        self._named: dict[str, list[Certificate]] = {}
        for one in dict.fromkeys(certificates):
            self._named.setdefault(one.subject.folded, []).append(one)

    def from_(self, leaf: Certificate) -> tuple[tuple[Certificate, ...], Missing | None]:
        """Return the first way that ends in a root; else the longest one, and what is missing above it."""
        longest: tuple[Certificate, ...] = ()
        for path, is_whole in self._ways((leaf,)):
            if is_whole:
                return path, None
            longest = max(longest, path, key=len)
        top = longest[-1]
        if self._checks.exhausted:
            raise UsageError(
                "pack.too-many-issuers", issuer=top.issuer, child=top.subject, limit=_MOST_CHECKS
            )
        return longest, Missing(top, tuple(self._named.get(top.issuer.folded, ())))

    def _ways(self, path: tuple[Certificate, ...]) -> Iterator[tuple[tuple[Certificate, ...], bool]]:
        top = path[-1]
        is_whole = top.looks_self_signed and self._checks.holds(top, top)
        self._steps -= 1
        ends = True
        for issuer in () if is_whole or len(path) > _DEEPEST or self._steps < 0 else self._issuers(path):
            ends = False
            yield from self._ways((*path, issuer))
        if ends:
            yield path, is_whole

    def _issuers(self, path: tuple[Certificate, ...]) -> Iterator[Certificate]:
        """Yield those whose key signed, likely ones first, for only so many are tried."""
        top = path[-1]
        named = [one for one in self._named.get(top.issuer.folded, ()) if one not in path and one.is_ca]
        named.sort(key=lambda one: self._rank(one, top))
        return (one for one in named if self._checks.holds(top, one))

    def _rank(self, one: Certificate, child: Certificate) -> tuple[bool, bool, bool, float]:
        """Valid ones first, then those that the child names by key id, then roots, then those that last longest."""
        is_valid = one.not_before <= self._at <= one.not_after
        is_named = child.authority_key_id is None or one.subject_key_id == child.authority_key_id
        return not is_valid, not is_named, not one.looks_self_signed, -one.not_after.timestamp()


def differences(held: Sequence[Certificate], wanted: Sequence[Certificate]) -> Mapping[str, int]:
    """Return how a file's certificates differ from those a target wants: `more`, `fewer`, `order`; empty when equal."""
    if tuple(held) == tuple(wanted):
        return {}
    present, asked = set(held), set(wanted)
    more = len([one for one in held if one not in asked]) + len(held) - len(present)
    fewer = len([one for one in wanted if one not in present])
    return {name: count for name, count in (("more", more), ("fewer", fewer)) if count} or {
        "order": len(held)
    }
