"""What leaves a trust domain and what comes back: by exact bytes, all of it or nothing.

A certificate that shares key or name with another never goes with it. The CRLs of an anchor leave with it, unless an
anchor that stays signs them by the same name and key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from warifu.domain.directory.crls import find_ending, find_same_scope, signs
from warifu.domain.directory.decision import Decision, Item, ItemKind, Outcome, next_version
from warifu.domain.directory.model import Anchor, Published, Standing
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust import Signatures
from warifu.domain.x509 import RevocationList, Sha256


def decide_unpublication(
    present: Published, keys: Collection[Sha256], *, now: datetime, plan: str = ""
) -> Decision:
    """Return the domain without these anchors and without the CRLs that only they signed.

    Args:
        plan: digest of the approved plan that this carries out.
    """
    refused = _unknown(present, keys)
    if refused is not None:
        return refused
    left = tuple(anchor for anchor in present.anchors if anchor.key not in keys)
    kept = _still_signed(present.crls, left)
    items = [Item(key, ItemKind.ANCHOR, Outcome.REMOVED) for key in dict.fromkeys(keys)]
    orphans = (crl for crl in present.crls if crl not in kept)
    items += [Item(crl.fingerprint, ItemKind.CRL, Outcome.REMOVED) for crl in orphans]
    return Decision(tuple(items), next_version(present, left, kept, now=now, plan=plan))


def decide_quarantine(
    present: Published, keys: Collection[Sha256], *, now: datetime, plan: str = ""
) -> Decision:
    """Return the domain with these anchors distrusted everywhere, though kept: their CRLs stay until they go."""
    refused = _unknown(present, keys)
    if refused is not None:
        return refused
    anchors, items = [], []
    for anchor in present.anchors:
        chosen = anchor.key in keys
        anchors.append(replace(anchor, standing=Standing.QUARANTINED) if chosen else anchor)
        if chosen:
            is_new = anchor.standing is Standing.PUBLISHED
            outcome = Outcome.QUARANTINED if is_new else Outcome.UNCHANGED
            items.append(Item(anchor.key, ItemKind.ANCHOR, outcome))
    return Decision(tuple(items), next_version(present, anchors, present.crls, now=now, plan=plan))


def decide_restore(present: Published, earlier: Published, *, now: datetime, plan: str = "") -> Decision:
    """Return the domain with everything that an earlier version trusted or held, as it was then: all or nothing.

    What was published since stays: coming back takes no trust away. A CRL comes back where none newer of its issuer is
    there: what was revoked since stays revoked. An anchor that has expired meanwhile comes back with a warning.
    """
    if earlier.domain != present.domain or earlier.version > present.version:
        evidence = {"name": earlier.domain, "version": earlier.version, "found": present.version}
        return Decision((), None, (Finding(Code.RESTORE_UNFIT, present.domain, evidence),))
    anchors = {anchor.key: anchor for anchor in present.anchors}
    items = []
    for old in earlier.anchors:
        held = anchors.get(old.key)
        back = _put_back(old, held)
        outcome = Outcome.UNCHANGED if back == held else Outcome.RESTORED
        anchors[old.key] = back
        items.append(Item(old.key, ItemKind.ANCHOR, outcome, _dates(old, now)))
    items = _with_shared_names(items, anchors.values())
    coming = replace(present, anchors=tuple(anchors.values()))
    signatures = Signatures()
    for crl in earlier.crls:
        stays_away = crl in coming.crls or find_same_scope(crl, coming, signatures) is not None
        outcome = Outcome.UNCHANGED if stays_away else Outcome.RESTORED
        items.append(Item(crl.fingerprint, ItemKind.CRL, outcome, tuple(find_ending(crl, now))))
        if not stays_away:
            coming = replace(coming, crls=(*coming.crls, crl))
    if any(item.outcome is Outcome.REFUSED for item in items):
        return Decision(tuple(items), None)
    return Decision(tuple(items), next_version(present, coming.anchors, coming.crls, now=now, plan=plan))


def _unknown(present: Published, keys: Collection[Sha256]) -> Decision | None:
    """Return the refusal of what names nothing, or something that is not published by these very bytes."""
    known = {anchor.key for anchor in present.anchors}
    lacking = [key for key in dict.fromkeys(keys) if key not in known]
    if keys and not lacking:
        return None
    if not keys:
        return Decision((), None, (Finding(Code.PUBLICATION_EMPTY, present.domain),))
    items = tuple(
        Item(
            key,
            ItemKind.ANCHOR,
            Outcome.REFUSED,
            (Finding(Code.ANCHOR_NOT_PUBLISHED, key.hex, {"name": present.domain}),),
        )
        for key in lacking
    )
    return Decision(items, None)


def _still_signed(crls: Iterable[RevocationList], anchors: Collection[Anchor]) -> tuple[RevocationList, ...]:
    signatures = Signatures()
    return tuple(crl for crl in crls if any(signs(anchor, crl, signatures) for anchor in anchors))


def _put_back(old: Anchor, held: Anchor | None) -> Anchor:
    """Return an anchor as it was; one that is trusted now stays so, and keeps the alias it has now."""
    if held is None or (held.standing is Standing.QUARANTINED and old.standing is Standing.PUBLISHED):
        return old
    return held


def _dates(anchor: Anchor, now: datetime) -> tuple[Finding, ...]:
    one = anchor.certificate
    if now <= one.not_after:
        return ()
    evidence = {"who": one.label, "now": now, "not_after": one.not_after}
    return (Finding(Code.EXPIRED, anchor.key.hex, evidence, Severity.WARNING),)


def _with_shared_names(items: list[Item], anchors: Iterable[Anchor]) -> list[Item]:
    """Refuse each item whose alias another anchor took meanwhile."""
    called: dict[str, list[Sha256]] = {}
    names: dict[Sha256, str] = {}
    for anchor in anchors:
        names[anchor.key] = anchor.name
        called.setdefault(anchor.name.casefold(), []).append(anchor.key)
    found = []
    for item in items:
        others = [key.hex for key in called[names[item.key].casefold()] if key != item.key]
        evidence = {"name": names[item.key], "also": others}
        taken = (Finding(Code.ALIAS_TAKEN, item.key.hex, evidence),) if others else ()
        outcome = Outcome.REFUSED if others else item.outcome
        found.append(replace(item, outcome=outcome, findings=(*item.findings, *taken)))
    return found
