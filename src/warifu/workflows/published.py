"""What every change of published trust does in the transaction at hand: version, signed files, an entry of the trail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from warifu.domain.directory import Published
from warifu.domain.directory.decision import Decision
from warifu.domain.directory.roles import Act
from warifu.domain.x509 import Sha256
from warifu.errors import RefusedError, UsageError
from warifu.ports.bundles import BundleSigner
from warifu.ports.registry import Books
from warifu.ports.trust_books import SignedFile
from warifu.wire.bundle import DOMAIN_NAME, to_documents
from warifu.wire.signed import parse
from warifu.workflows.audit_desk import record

MOST_PLANNED: Final = 1_000
"""Anchors that left by plan and are told with each version: a node that was away so long that more left is held."""

FROZEN: Final = "frozen"


@dataclass(frozen=True, slots=True)
class Frozen:
    """No version is made until then, whoever asks: everything that is copied meanwhile is of one version."""

    by: str
    at: datetime
    until: datetime


def frozen(books: Books, now: datetime) -> Frozen | None:
    """Return why no version is made now; None where one may be."""
    text = books.about.find(FROZEN)
    found: Frozen | None = parse(Frozen, text) if text else None
    return found if found is not None and now < found.until else None


def version_of(books: Books, domain: str, version: int | None = None) -> Published:
    """Return a version of a domain, the newest unless told.

    Raises:
        UsageError: `registry.domain-unknown`, `registry.version-unknown`.
    """
    found = books.directory.find(domain, version)
    if found is None and domain in books.directory.domains():
        raise UsageError("registry.version-unknown", domain=domain, version=version)
    if found is None:
        raise UsageError("registry.domain-unknown", domain=domain)
    return found


def newest_root(books: Books) -> SignedFile | None:
    """Return the newest root of the signed bundles; None before the server was set up.

    Whoever joins is told its digest, and not that of the first: a key that once signed on trial deceives nobody later.
    """
    found, number = None, 1
    while (root := books.bundles.find(f"{number}.root.json")) is not None:
        found, number = root, number + 1
    return found


def create_domain(books: Books, signer: BundleSigner, actor: str, domain: str, *, now: datetime) -> Published:
    """Begin a trust domain in the transaction at hand; see `TrustDesk.create`."""
    if not DOMAIN_NAME.fullmatch(domain):
        raise UsageError("registry.domain-name", name=domain)
    books.directory.create(domain, now=now)
    first = Published(domain, at=now)
    kept = keep_version(books, signer, first, now=now)
    record(books, actor, Act.CREATE_DOMAIN, domain, {"version": kept.version}, now=now)
    return kept


def keep_decision(
    books: Books, signer: BundleSigner, actor: str, act: str, decision: Decision, *, now: datetime
) -> Decision:
    """Keep what was decided, signed and told, in the transaction at hand; nothing where nothing changes.

    Returns:
        The decision with the version that was allotted.
    """
    after = decision.after
    if after is None or after == books.directory.find(after.domain):
        return decision
    kept = keep_version(books, signer, after, now=now)
    record(books, actor, act, after.domain, evidence_of(replace(decision, after=kept)), now=now)
    return replace(decision, after=kept)


def keep_version(books: Books, signer: BundleSigner, published: Published, *, now: datetime) -> Published:
    """Keep a domain at its next version, with the files signed for it, in the transaction at hand.

    Raises:
        RefusedError: `registry.frozen`: a set of backups is being made.
    """
    held = frozen(books, now)
    if held is not None:
        raise RefusedError("registry.frozen", by=held.by, until=held.until)
    before = books.directory.find(published.domain)
    newest = max(before.version if before is not None else 0, books.about.generation())
    kept = replace(published, version=newest + 1, at=now)
    books.directory.add(kept)
    planned = _planned(books, before, kept)
    files = signer.publish(books.bundles.files(), to_documents(kept, planned), now=now)
    books.bundles.add(files, now=now)
    return kept


def _planned(books: Books, before: Published | None, kept: Published) -> tuple[Sha256, ...]:
    """Return the anchors that left by approved plans and did not come back, those of this version noted."""
    name = f"planned.{kept.domain}"
    known = [Sha256(text) for text in json.loads(books.about.find(name) or "[]")]
    trusted = {anchor.key for anchor in kept.trusted}
    if kept.plan and before is not None:
        known += [anchor.key for anchor in before.trusted if anchor.key not in known]
    left = [key for key in known if key not in trusted][-MOST_PLANNED:]
    books.about.put(name, json.dumps([key.hex for key in left]))
    return tuple(left)


def planned_in(books: Books, domain: str) -> tuple[Sha256, ...]:
    """Return the anchors that the newest version of a domain tells as having left by approved plans."""
    return tuple(Sha256(text) for text in json.loads(books.about.find(f"planned.{domain}") or "[]"))


def evidence_of(decision: Decision) -> Mapping[str, object]:
    """Return what the audit trail keeps of a decision: each item with its outcome, every finding by code."""
    after = decision.after
    return {
        "version": after.version if after is not None else 0,
        "plan": after.plan if after is not None else "",
        "items": [
            {"key": one.key.hex, "kind": str(one.kind), "outcome": str(one.outcome)} for one in decision.items
        ],
        "findings": [{"code": str(one.code), "subject": str(one.subject)} for one in decision.all_findings],
    }
