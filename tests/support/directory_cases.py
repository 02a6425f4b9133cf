"""Cases of what is decided about published trust, one a code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from support.pki import DAY, NOW, Entity, make_ca
from warifu.domain.directory import (
    Anchor,
    NodeReport,
    NodeSeen,
    Published,
    PublishWish,
    Standing,
    decide_publication,
    decide_restore,
    decide_unpublication,
    find_mass_removal,
    judge_crl,
    judge_report,
    reconcile,
)
from warifu.domain.endpoint import Entry, EntryKind, LocalException, Provenance, SystemStore
from warifu.domain.findings import Code, Finding
from warifu.domain.x509 import Certificate

OLD, NEW = make_ca("Old Root"), make_ca("New Root")


def published(*anchors: Entity | Anchor, version: int = 1, **more: object) -> Published:
    """A trust domain that publishes these; certificates as anchors without an alias."""
    listed = [one if isinstance(one, Anchor) else Anchor(one.value) for one in anchors]
    ordered = tuple(sorted(listed, key=lambda one: one.key))
    return Published("shop", version, NOW, ordered, **more)  # type: ignore[arg-type]


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
}
