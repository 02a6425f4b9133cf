"""What is asked of all nodes together: who trusts an anchor, what is over or nearly, which exceptions are open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from warifu.domain.directory import (
    Anchor,
    ExpiryAlarm,
    Published,
    Trusting,
    expiry_alarm,
    find_anchor,
    find_ending,
    who_trusts,
)
from warifu.domain.findings import Finding
from warifu.errors import UsageError
from warifu.ports.registry import Books, Registry
from warifu.workflows.published import version_of
from warifu.workflows.retire_desk import KIND
from warifu.workflows.retire_facts import open_waivers, plan_in, record_of
from warifu.workflows.sightings import reports_of


@dataclass(frozen=True, slots=True)
class OpenException:
    """Something that is not as it should be, because somebody said so, until a day.

    Args:
        kind: `local-exception` of a node's store, or `waiver` of a retirement that runs.
        is_over: its end has passed, and it is still there.
    """

    kind: str
    where: str
    owner: str
    reason: str
    until: datetime
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class DomainAlarm:
    """Expired anchors that nodes of a trust domain still keep.

    Args:
        crls: what is said of published CRLs of which the next one is due.
    """

    domain: str
    alarm: ExpiryAlarm
    crls: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that is to be done, and how."""
        return (*self.alarm.findings, *self.crls)


def trusted_by(
    registry: Registry, domain: str, name: str, *, now: datetime
) -> tuple[Anchor, tuple[Trusting, ...]]:
    """Return an anchor, be it published now or in an earlier version, and every place that trusts it.

    Raises:
        UsageError: `registry.domain-unknown`, `directory.no-such-anchor`, ...
        RefusedError: `estate.ambiguous-name`.
    """
    with registry.look() as books:
        anchor = _find(books, domain, name)
        return anchor, who_trusts(anchor, reports_of(books, domain, now=now))


def expiry_alarms(registry: Registry, *, now: datetime) -> tuple[DomainAlarm, ...]:
    """Return the alarm of each trust domain that has one open.

    It closes when the last offending entry is gone, and the next CRL is published.
    """
    with registry.look() as books:
        found = []
        for name in books.directory.domains():
            reports = reports_of(books, name, now=now)
            published = version_of(books, name)
            alarm = expiry_alarm(reports, published, now=now)
            crls = tuple(one for crl in published.crls for one in find_ending(crl, now))
            if alarm.is_open or crls:
                found.append(DomainAlarm(name, alarm, crls))
    return tuple(_once(found))


def open_exceptions(registry: Registry, *, now: datetime) -> tuple[OpenException, ...]:
    """Return every exception that is open, with owner, reason and end."""
    with registry.look() as books:
        found = {*_local(books, now), *_waivers(books, now)}
    return tuple(sorted(found, key=lambda one: (one.until, one.where)))


def _local(books: Books, now: datetime) -> Iterator[OpenException]:
    for node in reports_of(books, "", now=now).nodes:
        for entry in node.entries:
            said = entry.exception
            if said is not None:
                where = f"{node.node}/{entry.store}/{entry.alias}"
                yield OpenException(
                    "local-exception", where, said.by, said.reason, said.until, now > said.until
                )


def _waivers(books: Books, now: datetime) -> Iterator[OpenException]:
    for kept in books.plans.plans():
        if kept.kind != KIND:
            continue
        plan, record = plan_in(kept), record_of(books, kept.digest)
        for one in open_waivers(record, now):
            yield OpenException("waiver", f"{one.node} ({kept.digest[:12]})", one.by, one.reason, one.until)
        if record.quarantined and record.ended is None:
            for node in plan.waived:
                where = f"{node} ({kept.digest[:12]})"
                yield OpenException("waiver", where, kept.by, plan.reason, plan.at, is_over=True)


def _find(books: Books, domain: str, name: str) -> Anchor:
    published = version_of(books, domain)
    try:
        return find_anchor(name, published)
    except UsageError:
        for head in books.directory.history(domain, most=1_000_000):
            earlier = books.directory.find(domain, head.version)
            try:
                if isinstance(earlier, Published):
                    return find_anchor(name, earlier)
            except UsageError:
                continue
        raise


def _once(alarms: list[DomainAlarm]) -> Iterator[DomainAlarm]:
    """Yield each alarm once: a place that several domains see is told by the first."""
    seen: set[str] = set()
    for one in alarms:
        places = {place.place for place in (*one.alarm.in_use, *one.alarm.unused)}
        if one.crls or not places <= seen:
            yield one
        seen |= places
