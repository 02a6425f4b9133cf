"""Cases of what is decided about published trust, one a code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from support.pki import DAY, NOW, Entity, make_ca
from warifu.domain.directory import (
    Anchor,
    BlastRadius,
    ClientStore,
    CrlUse,
    NodeEntries,
    NodeReport,
    NodeSeen,
    Pin,
    Presented,
    Published,
    Publisher,
    PublishWish,
    Reason,
    Reports,
    Sighting,
    Standing,
    blast_radius,
    decide_publication,
    decide_restore,
    decide_unpublication,
    find_mass_removal,
    judge_crl,
    judge_report,
    reconcile,
)
from warifu.domain.directory.snapshots import Said, Statement, judge_snapshots
from warifu.domain.endpoint import Entry, EntryKind, LocalException, Provenance, SystemStore
from warifu.domain.findings import Code, Finding
from warifu.domain.x509 import Certificate, RevocationList

OLD, NEW = make_ca("Old Root"), make_ca("New Root")
SHOP = OLD.intermediate("Old Signing").leaf("shop.example")


def published(*anchors: Entity | Anchor, version: int = 1, crls: Sequence[RevocationList] = ()) -> Published:
    """A trust domain that publishes these, sorted as it keeps them; certificates as anchors without an alias."""
    listed = [one if isinstance(one, Anchor) else Anchor(one.value) for one in anchors]
    ordered = tuple(sorted(listed, key=lambda one: one.key))
    return Published("shop", version, NOW, ordered, tuple(sorted(crls, key=lambda crl: crl.fingerprint)))


def quarantined(one: Entity) -> Anchor:
    return Anchor(one.value, standing=Standing.QUARANTINED)


def _published(present: Published, *wanted: Entity, aliases: Sequence[str] = ()) -> Iterable[Finding]:
    values: tuple[Certificate, ...] = tuple(one.value for one in wanted)
    named = {one.fingerprint: alias for one, alias in zip(values, aliases, strict=False)}
    return decide_publication(present, PublishWish(values, aliases=named), now=NOW).all_findings


KNOWN = NodeSeen("web-1", counter=8, boots=("boot-a", "boot-b"), versions={"shop": 7}, at=NOW)
EXCEPTION = LocalException("anna", "one printer still needs it", NOW + 7 * DAY)


def entry(one: Entity, provenance: Provenance = Provenance.DIRECTORY, **more: object) -> Entry:
    """An entry of the trusted roots, under its usual alias."""
    domain = "" if provenance is Provenance.LOCAL else "shop"
    settings: dict[str, object] = {"alias": Anchor(one.value).name, "domain": domain, "added": NOW, **more}
    return Entry(
        store=SystemStore.TRUSTED_ROOTS,
        kind=EntryKind.TRUSTED,
        certificates=(one.value,),
        provenance=provenance,
        **settings,  # type: ignore[arg-type]
    )


def retiring(
    *, others: Sequence[Entity] = (NEW,), reason: Reason | None = Reason.SUPERSEDED, **seen: object
) -> BlastRadius:
    """What the retirement of the old root would hit, where this alone was reported."""
    reports = Reports(**seen)  # type: ignore[arg-type]
    return blast_radius(Anchor(OLD.value), reports, published(OLD, *others), now=NOW, reason=reason)


def presented(
    leaf: Entity, how: Sighting = Sighting.LIVE, *, ago: timedelta = timedelta(), **more: object
) -> Presented:
    """A chain as it is sent, without its root."""
    names: dict[str, object] = {"node": "web-1", "store": "nginx", "alias": "shop", **more}
    return Presented(chain=(leaf.value, *leaf.chain), seen=NOW - ago, how=how, **names)  # type: ignore[arg-type]


def _blocked(**settings: object) -> Callable[[], Iterable[Finding]]:
    return lambda: retiring(**settings).blockers  # type: ignore[arg-type]


def _heard(*reports: NodeReport) -> Iterable[Finding]:
    seen, found = KNOWN, list[Finding]()
    for report in reports:
        heard = judge_report(seen, report, now=NOW)
        seen = heard.seen
        found += heard.findings
    return found


CASES: Mapping[Code, Callable[[], Iterable[Finding]]] = {
    Code.PUBLICATION_EMPTY: lambda: _published(published(OLD)),
    Code.ANCHOR_IN_QUARANTINE: lambda: _published(published(quarantined(OLD)), OLD),
    Code.ANCHOR_NAME_CLASH: lambda: _published(published(OLD), make_ca("Old Root", ski=False)),
    Code.ANCHOR_ISSUER_ABSENT: lambda: _published(published(OLD), NEW.intermediate("New Signing")),
    Code.ALIAS_TAKEN: lambda: _published(
        published(Anchor(OLD.value, "shop-root")), NEW, aliases=["Shop-Root"]
    ),
    Code.ALIAS_UNFIT: lambda: _published(published(OLD), NEW, aliases=["new root "]),
    Code.ANCHOR_NOT_PUBLISHED: lambda: (
        decide_unpublication(published(OLD), [NEW.value.fingerprint], now=NOW).all_findings
    ),
    Code.RESTORE_UNFIT: lambda: (
        decide_restore(published(OLD, version=2), published(NEW, version=3), now=NOW).all_findings
    ),
    Code.CRL_SIGNER_UNKNOWN: lambda: judge_crl(NEW.crl(), published(OLD), now=NOW).findings,
    Code.CRL_GOES_BACK: lambda: (
        judge_crl(OLD.crl(start=NOW - 2 * DAY), published(OLD, crls=(OLD.crl(),)), now=NOW).findings
    ),
    Code.MASS_REMOVAL_HELD: lambda: find_mass_removal(published(OLD, NEW), published(NEW, version=2)),
    Code.RESURRECTED: lambda: (
        reconcile([], published(OLD), now=NOW, deleted={OLD.value.fingerprint}).findings
    ),
    Code.LOCAL_COPY_STAYS: lambda: reconcile([entry(OLD, Provenance.BOTH)], published(NEW), now=NOW).findings,
    Code.EXCEPTION_KEEPS: lambda: (
        reconcile([entry(OLD, exception=EXCEPTION)], published(quarantined(OLD)), now=NOW).findings
    ),
    Code.EXCEPTION_ENDED: lambda: (
        reconcile([entry(OLD, exception=EXCEPTION)], published(OLD), now=EXCEPTION.until).findings
    ),
    Code.NODE_CLONED: lambda: _heard(NodeReport("web-1", "boot-a", 9)),
    Code.REPORT_GOES_BACK: lambda: _heard(NodeReport("web-1", "boot-c", 4)),
    Code.VERSION_GOES_BACK: lambda: _heard(NodeReport("web-1", "boot-b", 9, {"shop": 6})),
    Code.NODE_FENCED: lambda: _heard(NodeReport("web-1", "boot-a", 9), NodeReport("web-1", "boot-b", 10)),
    Code.CRL_ENDING: lambda: (
        judge_crl(OLD.crl(end=NOW + timedelta(hours=6)), published(OLD), now=NOW).findings
    ),
    Code.STILL_PRESENTED: _blocked(presented=(presented(SHOP),)),
    Code.STILL_EMBEDDED: _blocked(
        presented=(presented(SHOP, Sighting.EMBEDDED, store="/srv/app/identity.p12", alias="app"),)
    ),
    Code.CALLER_BENEATH: _blocked(
        presented=(presented(SHOP, Sighting.CALLER, ago=timedelta(hours=20), node="backup-3", store="rsync"),)
    ),
    Code.STORE_NEEDS_ANCHOR: _blocked(
        stores=(ClientStore("pay-1", "/opt/pay/trust.jks", {"oldroot": OLD.value}, NOW),)
    ),
    Code.ANCHOR_PINNED: _blocked(pins=(Pin("app-7", "mobile app", OLD.value.fingerprint.hex, NOW),)),
    Code.CRL_SIGNER_NEEDED: _blocked(crls=(CrlUse("vpn-1", "strongswan", OLD.crl(), NOW),)),
    Code.NODE_NOT_HEARD: _blocked(nodes=(NodeEntries("lab-9", seen=NOW - DAY, heard=False),)),
    Code.WOULD_BE_PUBLISHED_AGAIN: _blocked(
        publishers=(Publisher("vcenter-1", "VMCA", frozenset({OLD.value.fingerprint}), NOW),)
    ),
    Code.LOCAL_COPY_HELD: _blocked(nodes=(NodeEntries("web-2", (entry(OLD, Provenance.BOTH),), NOW),)),
    Code.SUCCESSOR_LACKING: _blocked(others=()),
    Code.RETIRE_REASON_MISSING: _blocked(reason=None),
    Code.RETIRE_REASON_UNTRUE: _blocked(reason=Reason.EXPIRED),
    Code.SNAPSHOTS_MISS_NODES: lambda: judge_snapshots(["psc-1"], [], []),
    Code.SNAPSHOT_WHILE_RUNNING: lambda: judge_snapshots(
        ["psc-1"], [], [Statement(Said.SNAPSHOT, "psc-1", NOW)]
    ),
    Code.SNAPSHOTS_INCOMPLETE: lambda: judge_snapshots(
        ["psc-1"],
        ["vcenter"],
        [Statement(Said.POWERED_OFF, "psc-1", NOW - DAY), Statement(Said.SNAPSHOT, "psc-1", NOW)],
    ),
}
