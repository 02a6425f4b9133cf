"""Whether an anchor may go: who still needs it, who would bring it back, and why it should go at all.

Each reason blocks by itself and has a code of its own. A use blocks no more once it has another valid way to an anchor
that stays; it is listed all the same.

Source: KB 326288 warns to be sure that the CA and everything beneath it was renewed before it is unpublished; nothing in
the product tells. Spec: RFC 5280 §6.1.1 (d).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from warifu.domain.directory.beneath import Beneath
from warifu.domain.directory.crls import signs
from warifu.domain.directory.model import Anchor, Published
from warifu.domain.directory.sightings import NodeEntries, Reports, Sighting
from warifu.domain.endpoint import Entry, EntryKind, Provenance
from warifu.domain.findings import Code, Finding
from warifu.domain.trust import Signatures
from warifu.domain.x509 import Certificate, RevocationList

REMEMBERED = timedelta(days=100)
"""Who was seen within it is expected to come back: a nightly job, a quarterly report. Longer ago is only listed."""
_FEW = 5
_HELD_KEYS = frozenset({EntryKind.PRIVATE_KEY, EntryKind.ENCRYPTED_KEY})
_OF_SIGHTING = {
    Sighting.LIVE: Code.STILL_PRESENTED,
    Sighting.EMBEDDED: Code.STILL_EMBEDDED,
    Sighting.CALLER: Code.CALLER_BENEATH,
}


class Reason(StrEnum):
    """Why an anchor is retired: two are seen by anybody, two are somebody's word."""

    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    DISTRUSTED = "distrusted"


@dataclass(frozen=True, slots=True)
class Use:
    """One place that uses an anchor.

    Args:
        not_after: of what is used there: the leaf beneath it, or the anchor; None for a pin and a node that is silent.
        seen: when it was last confirmed; None where nobody ever looked.
        code: what kind of use it is.
        blocks: it has no other way.
    """

    node: str
    store: str
    alias: str
    not_after: datetime | None
    seen: datetime | None
    code: Code
    blocks: bool = True

    @property
    def place(self) -> str:
        """Node, store and alias in one."""
        return "/".join(part for part in (self.node, self.store, self.alias) if part)


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """What the retirement of an anchor would hit.

    Args:
        blockers: why it is refused, one finding a reason; nothing where it may go.
        uses: every place, those that block first.
    """

    anchor: Anchor
    blockers: tuple[Finding, ...]
    uses: tuple[Use, ...]

    @property
    def is_allowed(self) -> bool:
        """Nothing speaks against it."""
        return not self.blockers


def blast_radius(
    anchor: Anchor, reports: Reports, published: Published, *, now: datetime, reason: Reason | None = None
) -> BlastRadius:
    """Return what the retirement of an anchor would hit, and every reason that forbids it.

    Args:
        reason: why it is to go; an expired or revoked one needs none.
    """
    remaining = [one.certificate for one in published.trusted if one.key != anchor.key]
    seen = _Seen(anchor, reports, remaining, now)
    uses = sorted(seen.uses(), key=lambda use: (not use.blocks, use.code.value, use.place))
    blockers = [*_why_at_all(anchor, reports, published, now, reason), *_no_successor(anchor, published, now)]
    for code in dict.fromkeys(use.code for use in uses if use.blocks):
        places = [use.place for use in uses if use.blocks and use.code is code]
        evidence = {"certificate": anchor.certificate.label, "count": len(places), "where": _few(places)}
        if code is Code.CALLER_BENEATH:
            evidence["last"] = max(use.seen for use in uses if use.code is code and use.seen is not None)
        blockers.append(Finding(code, anchor.key.hex, evidence))
    return BlastRadius(anchor, tuple(blockers), tuple(uses))


def chains_of(node: NodeEntries) -> Iterator[tuple[Entry, tuple[Certificate, ...]]]:
    """Yield the chain of each key that a node's endpoint store holds."""
    for entry in node.entries:
        if entry.kind in _HELD_KEYS and entry.certificates:
            yield entry, entry.certificates


def authorities(reports: Reports) -> Iterator[Certificate]:
    """Yield every CA certificate that was met anywhere."""
    for presented in reports.presented:
        yield from presented.chain
    for node in reports.nodes:
        for entry in node.entries:
            yield from entry.certificates
    for store in reports.stores:
        yield from store.anchors.values()
        for peer in store.peers:
            yield from peer


class _Seen:
    """One anchor, and everything that was reported."""

    def __init__(
        self, anchor: Anchor, reports: Reports, remaining: Sequence[Certificate], now: datetime
    ) -> None:
        self._anchor = anchor
        self._reports = reports
        self._remaining = remaining
        self._now = now
        self._signatures = Signatures()
        known = (*authorities(reports), *remaining)
        self._beneath = Beneath(anchor.certificate, known, remaining, now)

    def uses(self) -> Iterator[Use]:
        """Yield every place that uses the anchor."""
        yield from self._chains()
        yield from self._stores()
        yield from self._pins()
        yield from self._crls()
        yield from self._publishers()
        for node in self._reports.nodes:
            yield from self._node(node)

    def _chains(self) -> Iterator[Use]:
        for one in self._reports.presented:
            if one.chain and self._beneath.needs(one.chain):
                lasts = one.how is Sighting.EMBEDDED or self._now - one.seen <= REMEMBERED
                blocks = lasts and not self._beneath.holds_without(one.chain)
                end, code = one.chain[0].not_after, _OF_SIGHTING[one.how]
                yield Use(one.node, one.store, one.alias, end, one.seen, code, blocks)

    def _stores(self) -> Iterator[Use]:
        for store in self._reports.stores:
            aliases = [alias for alias, one in store.anchors.items() if one == self._anchor.certificate]
            if not aliases:
                continue
            others = tuple(store.anchors.values())
            covered = bool(store.peers) and all(
                not self._beneath.needs(peer) or self._beneath.holds_without(peer, others)
                for peer in store.peers
                if peer
            )
            for alias in aliases:
                yield self._use(
                    store.node, store.store, alias, store.seen, Code.STORE_NEEDS_ANCHOR, not covered
                )

    def _pins(self) -> Iterator[Use]:
        own = _digests(self._anchor.certificate)
        others = {digest for one in self._remaining for digest in _digests(one)}
        for pin in self._reports.pins:
            value = pin.value.replace(":", "").strip().lower()
            if value in own:
                blocks = value not in others
                yield Use(pin.node, pin.store, "", None, pin.seen, Code.ANCHOR_PINNED, blocks)

    def _crls(self) -> Iterator[Use]:
        for use in self._reports.crls:
            yield from self._crl(use.node, use.store, "", use.crl, use.seen)

    def _crl(
        self, node: str, store: str, alias: str, crl: RevocationList, seen: datetime | None
    ) -> Iterator[Use]:
        if signs(self._anchor, crl, self._signatures):
            stays = any(signs(Anchor(one), crl, self._signatures) for one in self._remaining)
            yield Use(node, store, alias, crl.next_update, seen, Code.CRL_SIGNER_NEEDED, not stays)

    def _publishers(self) -> Iterator[Use]:
        for one in self._reports.publishers:
            if self._anchor.key in one.anchors:
                end, code = self._anchor.certificate.not_after, Code.WOULD_BE_PUBLISHED_AGAIN
                yield Use(one.node, one.store, "", end, one.seen, code)

    def _node(self, node: NodeEntries) -> Iterator[Use]:
        if not node.heard:
            blocks = node.node not in self._reports.waived
            yield Use(node.node, "", "", None, node.seen, Code.NODE_NOT_HEARD, blocks)
        for entry, chain in chains_of(node):
            if self._beneath.needs(chain):
                blocks = not self._beneath.holds_without(chain)
                end = chain[0].not_after
                yield Use(node.node, entry.store, entry.alias, end, node.seen, Code.STILL_EMBEDDED, blocks)
        for entry in node.entries:
            if entry.provenance is Provenance.DIRECTORY and entry.exception is None:
                continue  # it leaves by itself
            if entry.kind is EntryKind.TRUSTED and entry.fingerprint == self._anchor.key:
                blocks = not entry.distrusted
                yield self._use(node.node, entry.store, entry.alias, node.seen, Code.LOCAL_COPY_HELD, blocks)
            elif entry.crl is not None:
                yield from self._crl(node.node, entry.store, entry.alias, entry.crl, node.seen)

    def _use(  # the row's columns
        self,
        node: str,
        store: str,
        alias: str,
        seen: datetime | None,
        code: Code,
        blocks: bool,  # noqa: FBT001
    ) -> Use:
        return Use(node, store, alias, self._anchor.certificate.not_after, seen, code, blocks)


def _why_at_all(
    anchor: Anchor, reports: Reports, published: Published, now: datetime, reason: Reason | None
) -> Iterator[Finding]:
    """Refuse to retire a good root for no reason, or for one that is not so."""
    one = anchor.certificate
    facts = {Reason.EXPIRED: now > one.not_after, Reason.REVOKED: _is_revoked(anchor, reports, published)}
    if reason in facts and not facts[reason]:
        why = "not-expired" if reason is Reason.EXPIRED else "not-revoked"
        evidence = {"certificate": one.label, "reason": why, "not_after": one.not_after}
        yield Finding(Code.RETIRE_REASON_UNTRUE, anchor.key.hex, evidence)
    elif reason is None and not any(facts.values()):
        evidence = {"certificate": one.label, "not_after": one.not_after}
        yield Finding(Code.RETIRE_REASON_MISSING, anchor.key.hex, evidence)


def _is_revoked(anchor: Anchor, reports: Reports, published: Published) -> bool:
    """Tell whether a CRL of the anchor's issuer lists it, by a key that is known: its own, or a published one's."""
    signatures, signers = Signatures(), (anchor, *published.anchors)
    own = (entry.crl for node in reports.nodes for entry in node.entries if entry.crl is not None)
    for crl in dict.fromkeys((*published.crls, *(use.crl for use in reports.crls), *own)):
        entry = (
            crl.entry(anchor.certificate.serial)
            if crl.issuer_folded == anchor.certificate.issuer.folded
            else None
        )
        if entry is not None and not entry.is_lifted and any(signs(one, crl, signatures) for one in signers):
            return True
    return False


def _no_successor(anchor: Anchor, published: Published, now: datetime) -> Iterator[Finding]:
    """Refuse to leave a trust domain without an anchor that is valid now."""
    others = [one.certificate for one in published.trusted if one.key != anchor.key]
    if any(one.not_before <= now <= one.not_after for one in others):
        return
    reason = "successor-early" if any(now < one.not_before for one in others) else "successor-expired"
    evidence = {
        "name": published.domain,
        "certificate": anchor.certificate.label,
        "reason": reason if others else "no-other-anchor",
        "good": tuple(one.label for one in others) or "-",
    }
    yield Finding(Code.SUCCESSOR_LACKING, anchor.key.hex, evidence)


def _digests(certificate: Certificate) -> frozenset[str]:
    """Return what a certificate may be pinned by."""
    sha1 = hashlib.sha1(certificate.der, usedforsecurity=False).hexdigest()
    key = certificate.public_key
    return frozenset({certificate.fingerprint.hex, sha1} | (set() if key is None else {key.sha256.hex}))


def _few(places: Iterable[str]) -> tuple[str, ...]:
    listed = sorted(places)
    rest = len(listed) - _FEW
    return (*listed[:_FEW], f"+{rest}") if rest > 0 else tuple(listed)
