"""What may be published, decided as a whole: all of it becomes the next version, or nothing does.

Source: points 1 to 5 of what VMware's directory leaves out: it takes leaves and anything else, forgets the second
certificate of a key, and publishes half a chain. Spec: RFC 5280 §4.2.1.3, §4.2.1.9, §6.1.1 (d); RFC 9325 §4.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from warifu.domain.directory.crls import judge_crl
from warifu.domain.directory.decision import Decision, Item, ItemKind, Outcome, next_version, refuses
from warifu.domain.directory.model import Anchor, AnchorKind, Published, Standing
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.findings.text import visible
from warifu.domain.trust import Context, Origin, Profile, Signatures, in_order, judge_anchors
from warifu.domain.trust.context import Chain
from warifu.domain.trust.rules import run
from warifu.domain.trust.rules.authority import path_length
from warifu.domain.trust.rules.extensions import form_above
from warifu.domain.trust.rules.strength import keys_above
from warifu.domain.x509 import Certificate, RevocationList, Sha256

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
LONGEST_ALIAS = 128
MOST_CHECKS = 20_000
"""Signature checks of one wish: certificates of one name by the thousand end in a refusal, never in a hang."""

PROFILE = Profile(
    "trust-directory",
    revision="2026-11",
    source="RFC 5280 §6.1.1 (d), RFC 9325 §4.5; what VMware's upgrade checks refuse (KB 414687)",
    kind="trust-store",
    weights={
        Code.LEAF_AS_ANCHOR: ERROR,
        Code.CERT_SIGN_MISSING: ERROR,
        Code.EXPIRED: ERROR,
        Code.NOT_YET_VALID: ERROR,
        Code.VERSION_UNFIT: WARNING,
        Code.WEAK_ANCHOR_SIGNATURE: ERROR,
        Code.PATH_TOO_LONG: ERROR,
    },
)
"""The rules for anchors that are published; a signature that a root made on itself protects nothing, and only warns."""
_PINNED = replace(PROFILE, weights={**PROFILE.weights, Code.LEAF_AS_ANCHOR: NOTE})


@dataclass(frozen=True, slots=True)
class PublishWish:
    """What somebody wants published, together.

    Args:
        certificates: independent roots, or chains: each issuer behind what it signed.
        aliases: names in the stores of nodes, by the certificate's SHA-256.
        pinned: certificates that are no CA are meant as anchors.
    """

    certificates: tuple[Certificate, ...] = ()
    crls: tuple[RevocationList, ...] = ()
    aliases: Mapping[Sha256, str] = field(default_factory=dict)
    pinned: bool = False


def decide_publication(present: Published, wish: PublishWish, *, now: datetime, plan: str = "") -> Decision:
    """Return the domain with everything that is wished for, or every reason why nothing of it is taken.

    What is there already stays as it is and is not judged again, so that asking twice changes nothing.

    Args:
        plan: digest of the approved plan that this carries out; empty where none was made.
    """
    if not wish.certificates and not wish.crls:
        return Decision((), None, (Finding(Code.PUBLICATION_EMPTY, present.domain),))
    shelf = _Shelf(present, wish, now)
    items, anchors = [], {anchor.key: anchor for anchor in present.anchors}
    for certificate in dict.fromkeys(wish.certificates):
        item, anchor = shelf.judge(certificate)
        items.append(item)
        anchors[anchor.key] = anchor
    coming = replace(present, anchors=tuple(anchors.values()))
    for crl in dict.fromkeys(wish.crls):
        answer = judge_crl(crl, coming, now=now, signatures=shelf.signatures)
        items.append(Item(crl.fingerprint, ItemKind.CRL, answer.outcome, answer.findings))
        if answer.outcome in {Outcome.CREATED, Outcome.REPLACED}:
            kept = tuple(one for one in coming.crls if one != answer.older)
            coming = replace(coming, crls=(*kept, crl))
    if any(item.outcome is Outcome.REFUSED for item in items):
        return Decision(tuple(items), None)
    return Decision(tuple(items), next_version(present, coming.anchors, coming.crls, now=now, plan=plan))


class _Shelf:
    """Everything that is there or comes, by name, with the signature checks done so far."""

    def __init__(self, present: Published, wish: PublishWish, now: datetime) -> None:
        self._present = present
        self._wish = wish
        self._held = {anchor.key: anchor for anchor in present.anchors}
        self.signatures = Signatures(MOST_CHECKS)
        self._context = Context(_PINNED if wish.pinned else PROFILE, now, signatures=self.signatures)
        self._place = {one: place for place, one in enumerate(dict.fromkeys(wish.certificates))}
        self._named: dict[str, dict[Certificate, None]] = {}
        for one in (*self._place, *(anchor.certificate for anchor in present.anchors)):
            self._named.setdefault(one.subject.folded, {})[one] = None
        self._called: dict[str, set[Sha256]] = {}
        coming = self._held | {one.fingerprint: self._anchor(one) for one in self._place}
        for anchor in coming.values():
            self._called.setdefault(anchor.name.casefold(), set()).add(anchor.key)

    def judge(self, certificate: Certificate) -> tuple[Item, Anchor]:
        """Return what becomes of a certificate, and the anchor that it is then."""
        anchor, held = self._anchor(certificate), self._held.get(certificate.fingerprint)
        findings = [*self._alias_faults(anchor)]
        if held is not None and held.standing is Standing.QUARANTINED:
            evidence = {"certificate": certificate.label}
            findings.append(Finding(Code.ANCHOR_IN_QUARANTINE, anchor.key.hex, evidence))
        if held is None:
            findings += self._faults(certificate)
        outcome = Outcome.CREATED if held is None else Outcome.UNCHANGED
        if held is not None and held != anchor:
            outcome = Outcome.REPLACED
        if refuses(findings):
            outcome = Outcome.REFUSED
        return Item(anchor.key, ItemKind.ANCHOR, outcome, tuple(findings)), anchor

    def _anchor(self, certificate: Certificate) -> Anchor:
        held = self._held.get(certificate.fingerprint)
        alias = self._wish.aliases.get(certificate.fingerprint, held.alias if held else "")
        if held is not None:
            return replace(held, alias=alias)
        return Anchor(certificate, alias, AnchorKind.CA if certificate.is_ca else AnchorKind.LEAF)

    def _alias_faults(self, anchor: Anchor) -> Iterator[Finding]:
        alias = anchor.alias
        if alias != visible(alias) or alias != alias.strip() or len(alias) > LONGEST_ALIAS:
            evidence: dict[str, object] = {"name": alias[:LONGEST_ALIAS], "limit": LONGEST_ALIAS}
            yield Finding(Code.ALIAS_UNFIT, anchor.key.hex, evidence)
        others = self._called[anchor.name.casefold()] - {anchor.key}
        if others:
            evidence = {"name": alias, "also": sorted(other.hex for other in others)}
            yield Finding(Code.ALIAS_TAKEN, anchor.key.hex, evidence)

    def _faults(self, certificate: Certificate) -> Iterator[Finding]:
        context = self._context
        for finding in judge_anchors([certificate], context):
            self_made = finding.code is Code.WEAK_ANCHOR_SIGNATURE and certificate.looks_self_signed
            yield replace(finding, severity=WARNING) if self_made else finding
        alone = Chain(Origin("", "", None, ""), (certificate,), anchored=True)
        yield from run((keys_above, form_above), alone, context)
        if certificate.is_ca:
            yield from self._clashes(certificate)
            yield from self._chain_faults(certificate)
        if certificate.looks_self_signed and not self.signatures.holds(certificate, certificate):
            evidence = {
                "who": certificate.label,
                "issuer": str(certificate.issuer),
                "issuer_fingerprint": certificate.fingerprint.short,
            }
            yield Finding(Code.SIGNATURE_WRONG, certificate.fingerprint.hex, evidence)

    def _clashes(self, certificate: Certificate) -> Iterator[Finding]:
        """Another CA has the same name: a verifier tells them apart by key ids alone, where both have one."""
        for other in self._named[certificate.subject.folded]:
            if _key(other) == _key(certificate):
                continue
            ids = {certificate.subject_key_id, other.subject_key_id}
            told_apart = None not in ids and len(ids) > 1
            evidence = {"who": certificate.label, "also": other.fingerprint.hex}
            severity = WARNING if told_apart else ERROR
            yield Finding(Code.ANCHOR_NAME_CLASH, certificate.fingerprint.hex, evidence, severity)

    def _chain_faults(self, certificate: Certificate) -> Iterator[Finding]:
        """Everything above a CA that did not sign itself is there, behind it, and allows it."""
        if certificate.looks_self_signed:
            return
        above = (certificate, *self._climb(certificate))
        if len(above) == 1 and not self._has_own_root(certificate):
            evidence = {"who": certificate.label, "issuer": str(certificate.issuer)}
            yield Finding(Code.ANCHOR_ISSUER_ABSENT, certificate.fingerprint.hex, evidence)
        chain = Chain(Origin("", "", None, ""), above, anchored=True)
        yield from run((path_length,), chain, self._context)
        own, issuer = self._place[certificate], self._place.get(above[1]) if len(above) > 1 else None
        if issuer is not None and issuer < own:
            listed = tuple(self._place)
            told: dict[str, object] = {
                "who": certificate.label,
                "position": own + 1,
                "follows": listed[own - 1].label,
                "order": tuple(one.label for one in in_order(listed)),
            }
            yield Finding(Code.CHAIN_UNORDERED, certificate.fingerprint.hex, told)

    def _climb(self, certificate: Certificate) -> Iterator[Certificate]:
        """Yield the issuers above, each the first whose key signed the one beneath, up to the top or a ring's end."""
        met, current = {certificate}, certificate
        while not current.looks_self_signed:
            found = self._issuer_of(current, met)
            if found is None:
                return
            met.add(found)
            yield found
            current = found

    def _issuer_of(self, child: Certificate, met: set[Certificate]) -> Certificate | None:
        named: Iterable[Certificate] = self._named.get(child.issuer.folded, ())
        return next((one for one in named if one not in met and self.signatures.holds(child, one)), None)

    def _has_own_root(self, certificate: Certificate) -> bool:
        """Tell whether the same CA, by name and key, is there in a certificate that it signed itself."""
        twins = self._named[certificate.subject.folded]
        return any(one.looks_self_signed and _key(one) == _key(certificate) for one in twins)


def _key(certificate: Certificate) -> Sha256 | None:
    return certificate.public_key.sha256 if certificate.public_key else None
