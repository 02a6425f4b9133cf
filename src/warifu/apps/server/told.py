"""Values of the domain as the API tells them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from warifu.domain.directory import Anchor, Published
from warifu.domain.directory.audit import AuditEntry, seal
from warifu.domain.directory.decision import Decision, Item
from warifu.domain.directory.roles import MATRIX, may
from warifu.domain.directory.versions import VersionDiff
from warifu.domain.findings import Finding, Lang, remedy, title
from warifu.domain.findings.text import show
from warifu.domain.x509 import RevocationList, to_pem
from warifu.domain.x509.writer import crls_to_pem
from warifu.ports.node_books import Node
from warifu.ports.people_books import Person
from warifu.ports.trust_books import VersionHead
from warifu.ports.work_books import KeptPlan
from warifu.wire import api
from warifu.workflows.acting import Actor
from warifu.workflows.report_desk import NodeNow, behind


def finding(one: Finding, lang: Lang) -> api.FindingTold:
    """Return a finding with its sentences."""
    evidence = {name: show(value, lang) for name, value in one.evidence.items()}
    return api.FindingTold(
        one.code.value, one.severity.value, one.subject, title(one, lang), remedy(one, lang), evidence
    )


def findings(found: Iterable[Finding], lang: Lang) -> tuple[api.FindingTold, ...]:
    """Return findings with their sentences."""
    return tuple(finding(one, lang) for one in found)


def anchor(one: Anchor, published: Published, *, whole: bool) -> api.AnchorTold:
    """Return an anchor; with its bytes where it is asked for alone."""
    certificate = one.certificate
    legacy = certificate.legacy_key_id
    return api.AnchorTold(
        one.key.hex,
        one.name,
        str(certificate.subject),
        str(certificate.issuer),
        f"{certificate.serial:x}",
        certificate.subject_key_id.hex if certificate.subject_key_id else "",
        legacy.hex if legacy is not None else "",
        certificate.not_before,
        certificate.not_after,
        one.kind.value,
        one.standing.value,
        any(crl.issuer_der == certificate.subject.der for crl in published.crls),
        to_pem([certificate]).decode("ascii") if whole else "",
    )


def crl(one: RevocationList, *, whole: bool = False) -> api.CrlTold:
    """Return a CRL."""
    return api.CrlTold(
        one.fingerprint.hex,
        one.issuer_text,
        "" if one.number is None else str(one.number),
        one.this_update,
        one.next_update,
        len(one.parsed),
        crls_to_pem([one]).decode("ascii") if whole else "",
    )


def domain(published: Published, *, whole: bool = False) -> api.DomainTold:
    """Return a trust domain at a version."""
    return api.DomainTold(
        published.domain,
        published.version,
        published.at,
        published.plan,
        tuple(anchor(one, published, whole=whole) for one in published.anchors),
        tuple(crl(one, whole=whole) for one in published.crls),
    )


def head(published: Published) -> api.DomainHeadTold:
    """Return a trust domain as a list shows it."""
    return api.DomainHeadTold(
        published.domain, published.version, published.at, len(published.anchors), len(published.crls)
    )


def decision(
    name: str, version: int, decided: Decision, labels: Mapping[str, str], lang: Lang
) -> api.DecisionTold:
    """Return what a change came to."""

    def item(one: Item) -> api.ItemTold:
        key = one.key.hex
        told = findings(one.findings, lang)
        return api.ItemTold(key, one.kind.value, one.outcome.value, labels.get(key, ""), told)

    return api.DecisionTold(
        name,
        version,
        decided.is_refused,
        tuple(item(one) for one in decided.items),
        findings(decided.findings, lang),
    )


def version(one: VersionHead) -> api.VersionTold:
    """Return a version as a history lists it."""
    return api.VersionTold(one.version, one.at, one.plan, one.anchors, one.crls)


def diff(found: VersionDiff) -> api.DiffTold:
    """Return what differs between two versions, each as fingerprint and label."""

    def named(one: Anchor) -> str:
        return f"{one.key.hex} {one.certificate.label}"

    return api.DiffTold(
        found.old,
        found.new,
        (*map(named, found.added), *(f"{one.fingerprint.hex} {one.issuer_text}" for one in found.crls_added)),
        (
            *map(named, found.removed),
            *(f"{one.fingerprint.hex} {one.issuer_text}" for one in found.crls_removed),
        ),
        tuple(named(one.new) for one in found.changed),
    )


def node(
    one: Node, said: NodeNow | None, versions: Mapping[str, int], until: datetime | None
) -> api.NodeTold:
    """Return a node with the newest it said."""
    if said is None:
        return api.NodeTold(
            one.name, one.state.value, one.reason, one.domains, one.joined, identity_until=until
        )
    return api.NodeTold(
        one.name,
        one.state.value,
        one.reason,
        one.domains,
        one.joined,
        said.at,
        until,
        said.seen.versions,
        not behind(one, said, versions),
        said.skew,
        said.release,
        tuple(f"{remark.severity} {remark.code} {remark.subject}" for remark in said.remarks),
    )


def person(one: Person) -> api.PersonTold:
    """Return a person."""
    return api.PersonTold(
        one.name,
        tuple(sorted(role.value for role in one.roles)),
        tuple(key.hex for key in one.certificates),
        one.has_password,
        one.created,
        one.ended,
    )


def self_(actor: Actor) -> api.SelfTold:
    """Return who asks."""
    acts = tuple(act.value for act in MATRIX if may(actor.roles, act))
    return api.SelfTold(actor.name, tuple(sorted(role.value for role in actor.roles)), acts)


def entry(one: AuditEntry) -> api.AuditTold:
    """Return an entry of the audit trail, so that its seal can be checked by whoever reads it."""
    return api.AuditTold(
        one.number, one.at, one.actor, one.act, one.subject, one.evidence, one.before, seal(one)
    )


def plan(kept: KeptPlan) -> api.PlanTold:
    """Return a plan that people decide about."""
    return api.PlanTold(
        kept.digest,
        kept.kind,
        kept.domain,
        kept.by,
        kept.at,
        kept.state.value,
        kept.subjects,
        tuple(api.ApprovalTold(one.person, one.at, one.remark) for one in kept.approvals),
    )
