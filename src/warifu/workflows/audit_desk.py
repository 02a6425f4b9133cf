"""The audit trail: written in the transaction of the act itself, read in pages, proven whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from warifu.domain.directory.audit import AuditEntry, Broken, Head, plain_evidence, seal, verify
from warifu.ports.registry import Books, Registry

PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Verified:
    """What checking the whole trail came to: where it ends, and the first place where it is broken, if any."""

    head: Head
    broken: Broken | None


def record(
    books: Books, actor: str, act: str, subject: str, evidence: Mapping[str, object], *, now: datetime
) -> AuditEntry:
    """Add the next entry, in the transaction of what it tells.

    Args:
        evidence: what the act rested on at that moment; never a secret.
    """
    head = books.audit.head()
    plain = plain_evidence(evidence)
    entry = AuditEntry(head.number + 1, now.astimezone(UTC), actor, str(act), subject, plain, head.digest)
    books.audit.append(entry, seal(entry))
    return entry


def audit_page(registry: Registry, *, below: int | None = None, most: int = 100) -> tuple[AuditEntry, ...]:
    """Return entries, the newest first, beginning beneath a number."""
    with registry.look() as books:
        return books.audit.newest(below=below, most=most)


def verify_audit(registry: Registry, known: Head | None = None) -> Verified:
    """Return where the trail ends and whether it is whole, every entry checked against the one before.

    Args:
        known: an entry's number and digest as somebody noted them earlier: a trail that was cut shows by it.
    """
    with registry.look() as books:
        entries, head = tuple(_every(books)), books.audit.head()
    broken = verify(entries, head) or (verify(entries, known) if known is not None else None)
    return Verified(head, broken)


def _every(books: Books) -> Iterator[AuditEntry]:
    after = 0
    while page := books.audit.entries(after=after, most=PAGE):
        yield from page
        after = page[-1].number
