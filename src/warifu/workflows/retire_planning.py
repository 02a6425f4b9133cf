"""What the retirement of anchors would come to: every place that uses them, and the plan where nothing forbids it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from warifu.domain.directory import Anchor, BlastRadius, Published, Reason, Reports, blast_radius, find_anchor
from warifu.domain.directory.crls import signs
from warifu.domain.trust import Signatures
from warifu.errors import RefusedError
from warifu.ports.registry import Books
from warifu.wire.retirement import AnchorItem, RetirePlan, RetireRecord, UseTold, digest_of, encode_plan
from warifu.workflows.control_ca import check_kept
from warifu.workflows.published import version_of
from warifu.workflows.retire_facts import key_id_of, open_waivers
from warifu.workflows.sightings import reports_of


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants retired.

    Args:
        anchors: by any of their names.
        waived: nodes that are left out by name; whoever approves sees them.
        restarts: `NODE/SERVICE`, in order.
    """

    domain: str
    anchors: tuple[str, ...]
    reason: Reason | None = None
    waived: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """What planning came to: a plan that waits for approval, or why there is none."""

    radii: tuple[BlastRadius, ...]
    plan: RetirePlan | None = None
    digest: str = ""

    @property
    def is_allowed(self) -> bool:
        """Nothing speaks against it."""
        return all(one.is_allowed for one in self.radii)


def preview(books: Books, wish: Wish, estates: Reports, now: datetime) -> Planned:
    """Return what retiring anchors would hit, each with its own checks, and the plan where nothing forbids it.

    Args:
        estates: what the server saw in its estates just now.
    """
    published = version_of(books, wish.domain)
    anchors = tuple(dict.fromkeys(find_anchor(name, published) for name in wish.anchors))
    check_kept(books, published, [one.key for one in anchors], now=now)
    reports = reports_of(books, wish.domain, now=now, waived=wish.waived, estates=estates)
    radii = tuple(radius_of(one, anchors, reports, published, now, wish.reason) for one in anchors)
    if not all(one.is_allowed for one in radii):
        return Planned(radii)
    items = tuple(sorted((item_of(one, published) for one in radii), key=lambda item: item.sha256))
    reason = wish.reason.value if wish.reason is not None else ""
    plan = RetirePlan(
        wish.domain,
        published.version,
        now,
        reason,
        items,
        tuple(sorted(one.node for one in reports.nodes if "(" not in one.node)),
        tuple(sorted(wish.waived)),
        wish.restarts,
    )
    return Planned(radii, plan, digest_of(encode_plan(plan)))


def check_unneeded(
    books: Books,
    plan: RetirePlan,
    present: RetireRecord,
    published: Published,
    estates: Reports,
    now: datetime,
) -> None:
    """Return when nothing needs an anchor of the plan by now.

    Raises:
        RefusedError: `retire.blocked`, with each finding's code.
    """
    waived = {*plan.waived, *(one.node for one in open_waivers(present, now))}
    reports = reports_of(books, plan.domain, now=now, waived=waived, estates=estates)
    anchors = tuple(one for one in published.anchors if one.key.hex in plan.keys)
    reason = Reason(plan.reason) if plan.reason else None
    found = [
        blocker
        for one in anchors
        for blocker in radius_of(one, anchors, reports, published, now, reason).blockers
    ]
    if found:
        codes = sorted({one.code.value for one in found})
        places = sorted({str(one.evidence.get("where", "-")) for one in found})
        raise RefusedError("retire.blocked", reasons=codes, where=places)


def radius_of(
    anchor: Anchor,
    together: Collection[Anchor],
    reports: Reports,
    published: Published,
    now: datetime,
    reason: Reason | None,
) -> BlastRadius:
    """Return the blast radius of an anchor that goes together with others: none of them is another's successor."""
    others = {one.key for one in together} - {anchor.key}
    left = replace(published, anchors=tuple(one for one in published.anchors if one.key not in others))
    return blast_radius(anchor, reports, left, now=now, reason=reason)


def item_of(radius: BlastRadius, published: Published) -> AnchorItem:
    """Return an anchor as a plan pins it."""
    anchor, checks = radius.anchor, Signatures()
    uses = tuple(
        UseTold(one.node, one.store, one.alias, one.not_after, one.seen, one.code.value, one.blocks)
        for one in radius.uses
    )
    crls = tuple(one.fingerprint.hex for one in published.crls if signs(anchor, one, checks))
    return AnchorItem(
        anchor.key.hex,
        anchor.name,
        key_id_of(published, anchor.key),
        str(anchor.certificate.subject),
        anchor.certificate.not_after,
        crls,
        uses,
    )
