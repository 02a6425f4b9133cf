"""Whether a new certificate hangs from the same issuer as the old one, and what peers must trust first.

Identity is the key, never the name: two CAs of one name with different keys are two. A verified
signature decides; key ids decide where no issuer is at hand to verify with, because they may be
missing, or made in two ways from one key (RFC 5280 §4.2.1.2). A CA whose certificate was issued again
with the same key and name is the same issuer. Whether peers trust it is another question: issued again by
another root, it is refused by whoever holds the old root alone. So what is sent is verified under the old root.

Spec: RFC 5280 §4.2.1.1, §6.1; RFC 4158 §1.4 (cross-certificates), §3.5.12.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust.budget import Budget
from warifu.domain.trust.context import Chain, Context
from warifu.domain.trust.facts import leaf_facts
from warifu.domain.trust.paths import find_paths
from warifu.domain.trust.profile import profile_named
from warifu.domain.trust.signatures import Signatures
from warifu.domain.x509 import Certificate


class Standing(StrEnum):
    """What became of the issuer."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    ROOT_CHANGED = "root-changed"  # the same issuer; what is sent does not verify under the old root
    UNKNOWN = "unknown"


class Basis(StrEnum):
    """What that rests on."""

    SIGNATURE = "signature"
    KEY_ID = "key-id"
    NAME = "name"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class FoundChain:
    """What stands above a certificate, as far as it is at hand.

    Args:
        above: its issuer first; every signature verified.
        complete: the last of them, or the certificate itself, signed itself.
        ends: the last certificate whose issuer is not at hand; None when complete.
    """

    above: tuple[Certificate, ...]
    complete: bool
    ends: Certificate | None


@dataclass(frozen=True, slots=True)
class IssuerChange:
    """The answer to: must peers receive a CA first, and which.

    Args:
        first: what peers must trust before the new certificate is used, its issuer first.
        old: what stands above the old certificate.
        new: what stands above the new one.
    """

    standing: Standing
    basis: Basis
    first: tuple[Certificate, ...]
    old: FoundChain
    new: FoundChain
    findings: tuple[Finding, ...]

    @property
    def skips_trust(self) -> bool:
        """Peers trust the issuer already: steps that spread trust have nothing to do."""
        return self.standing is Standing.UNCHANGED


def find_chain(
    leaf: Certificate, pool: Sequence[Certificate], *, now: datetime, signatures: Signatures | None = None
) -> FoundChain:
    """Return the chain above a certificate out of a pile of certificates.

    The likeliest way up to a self-signed certificate is taken, of twins the one that ends last; without
    one, the longest. Signature checks are counted: a hostile pile ends.
    """
    checks = signatures or Signatures()
    if leaf.is_self_issued and checks.holds(leaf, leaf):
        return FoundChain((), complete=True, ends=None)
    usable = [one for one in dict.fromkeys(pool) if one != leaf]
    usable.sort(key=lambda one: (one.not_before <= now <= one.not_after, one.not_after), reverse=True)
    roots = [one for one in usable if one.looks_self_signed]
    origin = leaf_facts(leaf, usable, checks).origin
    best: Chain = Chain(origin, (), anchored=False)
    context = Context(profile_named("rfc5280"), now, signatures=checks)
    for chain in find_paths(origin, usable, roots, context, Budget()):
        if chain.broken:
            continue
        if chain.anchored:
            return FoundChain(chain.above, complete=True, ends=None)
        if len(chain.above) > len(best.above):
            best = chain
    return FoundChain(best.above, complete=False, ends=(leaf, *best.above)[-1])


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes over the wire with each of the two, the leaves apart; empty where it is not known."""

    old: tuple[Certificate, ...] = ()
    new: tuple[Certificate, ...] = ()


def compare_issuers(
    old: Certificate,
    new: Certificate,
    pool: Sequence[Certificate],
    *,
    now: datetime,
    sent: Sent | None = None,
) -> IssuerChange:
    """Tell whether the issuer is the same, and what peers must trust first where it is not.

    Args:
        pool: CA certificates at hand: libraries, and what came with either certificate.
        sent: what came with each; of several certificates of one CA, each chain goes through its own.
    """
    checks, sent = Signatures(), sent or Sent()
    carried = _without_twins(sent.new, sent.old, pool)
    before = find_chain(old, _without_twins(sent.old, pool, sent.new), now=now, signatures=checks)
    after = find_chain(new, carried, now=now, signatures=checks)
    signers = _signer(old, pool, checks), _signer(new, pool, checks)
    standing, basis = _decide(old, new, signers)
    if standing is Standing.UNCHANGED and not _verifies(new, sent.new, before, now, checks):
        standing = _decide_above(old, new, (before, after), pool, checks)
    first: tuple[Certificate, ...] = ()
    if standing is not Standing.UNCHANGED:
        known = {_identity(one) for one in before.above}
        first = tuple(one for one in after.above or _itself(new, after) if _identity(one) not in known)
    told = (
        *_tell(old, new, standing, basis, first, before),
        *_tell_names(old, new, signers),
        *_tell_reissue(after, pool, standing),
        *_tell_end(after),
    )
    return IssuerChange(standing, basis, first, before, after, told)


def _without_twins(*layers: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """Return certificates of several sources: where an earlier one knows a CA, the later ones' twins are left out."""
    kept: dict[Certificate, None] = {}
    for layer in layers:
        known = {_identity(one) for one in kept}
        kept.update(dict.fromkeys(one for one in layer if _identity(one) not in known))
    return tuple(kept)


def _verifies(
    new: Certificate, sent: Sequence[Certificate], before: FoundChain, now: datetime, checks: Signatures
) -> bool:
    """Tell whether what is sent leads to the root that peers hold: the one above the old certificate."""
    if not (before.complete and before.above and sent):
        return False
    origin = leaf_facts(new, sent, checks).origin
    context = Context(profile_named("rfc5280"), now, signatures=checks)
    return any(
        chain.anchored
        and not chain.broken
        and all(one.not_before <= now <= one.not_after for one in chain.above[:-1])
        for chain in find_paths(origin, sent, before.above[-1:], context, Budget())
    )


def _decide_above(
    old: Certificate,
    new: Certificate,
    chains: tuple[FoundChain, FoundChain],
    pool: Sequence[Certificate],
    checks: Signatures,
) -> Standing:
    """Tell whether the same root stands above an issuer that is the same, as far as both chains are at hand.

    A file may leave out what peers hold or what the target adds, so the whole chain is looked at. Where the old
    root is not at hand, the new chain must hang from the same signer as the old one's end does.
    """
    before, after = chains
    end = _end(old, before)
    if before.complete:
        same = _identity(end) in set(map(_identity, after.above))
        return Standing.UNCHANGED if same else Standing.ROOT_CHANGED
    signer = _signer(end, pool, checks)
    found = {
        Standing.UNCHANGED if one == end else _decide(end, one, (signer, _signer(one, pool, checks)))[0]
        for one in (new, *after.above)
    }
    if Standing.UNCHANGED in found:
        return Standing.UNCHANGED
    return Standing.UNKNOWN if Standing.UNKNOWN in found else Standing.ROOT_CHANGED


def _end(leaf: Certificate, chain: FoundChain) -> Certificate:
    """Return the last certificate of a chain, which may be the leaf."""
    return (leaf, *chain.above)[-1]


def _itself(new: Certificate, after: FoundChain) -> tuple[Certificate, ...]:
    """Return a self-signed certificate: it is what peers must trust."""
    return (new,) if after.complete else ()


def _signer(leaf: Certificate, pool: Iterable[Certificate], checks: Signatures) -> str:
    """Return the key (SHA-256 hex) that signed a certificate, where a certificate of that key is at hand.

    The name does not matter here: a renamed CA still has its key.
    """
    tried: set[str] = set()
    own = (leaf, *pool) if leaf.is_self_issued else tuple(pool)
    by_name = sorted(own, key=lambda one: one.subject.folded != leaf.issuer.folded)
    for candidate in by_name[:_MOST_SIGNERS]:
        key = candidate.public_key
        if key is None or key.sha256.hex in tried:
            continue
        tried.add(key.sha256.hex)
        if checks.holds(leaf, candidate):
            return key.sha256.hex
    return ""


_MOST_SIGNERS = 128  # candidates for one signature


def _decide(old: Certificate, new: Certificate, signers: tuple[str, str]) -> tuple[Standing, Basis]:
    named_alike = old.issuer.folded == new.issuer.folded
    if all(signers):
        same = signers[0] == signers[1] and named_alike and not (old.is_self_issued and new.is_self_issued)
        return (Standing.UNCHANGED if same else Standing.CHANGED), Basis.SIGNATURE
    if any(signers):  # the one issuer that is at hand did not sign the other certificate
        return Standing.CHANGED, Basis.SIGNATURE
    if not named_alike:
        return Standing.CHANGED, Basis.NAME
    if old.authority_key_id is None or new.authority_key_id is None:
        return Standing.UNKNOWN, Basis.NOTHING
    same = old.authority_key_id == new.authority_key_id
    return (Standing.UNCHANGED if same else Standing.CHANGED), Basis.KEY_ID


def _identity(one: Certificate) -> tuple[str, str]:
    """Return what peers trust in a CA: its name and its key; without a readable key, its bytes."""
    key = one.public_key
    return one.subject.folded, key.sha256.hex if key is not None else one.fingerprint.hex


def _tell(
    old: Certificate,
    new: Certificate,
    standing: Standing,
    basis: Basis,
    first: Sequence[Certificate],
    held: FoundChain,
) -> Iterator[Finding]:
    who, subject = new.label, new.fingerprint.hex
    issuer, before = str(new.issuer), str(old.issuer)
    if standing is Standing.UNCHANGED:
        evidence: dict[str, object] = {"who": who, "issuer": issuer, "basis": basis}
        yield Finding(Code.ISSUER_UNCHANGED, subject, evidence, Severity.NOTE)
        return
    wanted = tuple(f"{one.subject} ({one.fingerprint.hex})" for one in first) or "-"
    if standing is Standing.CHANGED:
        evidence = {"who": who, "issuer": issuer, "before": before, "basis": basis, "wanted": wanted}
        yield Finding(Code.ISSUER_CHANGED, subject, evidence, Severity.WARNING)
    elif standing is Standing.ROOT_CHANGED:
        root = str(_end(old, held).issuer)
        evidence = {"who": who, "issuer": issuer, "before": root, "wanted": wanted}
        yield Finding(Code.ISSUER_ROOT_CHANGED, subject, evidence, Severity.WARNING)
    else:
        evidence = {"who": who, "issuer": issuer}
        yield Finding(Code.ISSUER_CHANGE_UNKNOWN, subject, evidence, Severity.WARNING)


def _tell_names(old: Certificate, new: Certificate, signers: tuple[str, str]) -> Iterator[Finding]:
    """Say that names are equal and keys are not: what compares names sees no difference."""
    if old.issuer.folded != new.issuer.folded:
        return
    if all(signers) and signers[0] == signers[1]:
        return
    ids = old.authority_key_id, new.authority_key_id
    if any(signers) or (None not in ids and ids[0] != ids[1]):
        evidence = {"issuer": str(new.issuer), "who": new.label}
        yield Finding(Code.ISSUER_NAME_REUSED, new.fingerprint.hex, evidence, Severity.WARNING)


def _tell_reissue(after: FoundChain, pool: Sequence[Certificate], standing: Standing) -> Iterator[Finding]:
    """Say that the issuer's key has several certificates: peers may hold the one that ends first."""
    if standing is not Standing.UNCHANGED or not after.above:
        return
    issuer = after.above[0]
    others = [one for one in dict.fromkeys(pool) if one != issuer and _identity(one) == _identity(issuer)]
    if others:
        last = max((issuer, *others), key=lambda one: one.not_after)
        evidence = {"issuer": str(issuer.subject), "times": len(others) + 1, "good": last.fingerprint.hex}
        yield Finding(Code.ISSUER_REISSUED, issuer.fingerprint.hex, evidence, Severity.NOTE)


def _tell_end(after: FoundChain) -> Iterator[Finding]:
    if after.ends is not None:
        top = after.ends
        key_id = top.authority_key_id.hex if top.authority_key_id else "-"
        evidence = {"who": top.label, "issuer": str(top.issuer), "key_id": key_id}
        yield Finding(Code.ISSUER_NOT_AT_HAND, top.fingerprint.hex, evidence, Severity.WARNING)
