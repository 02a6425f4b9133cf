"""What can be said of what is held without asking anybody: what has expired, and what soon will."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from tuf.api.metadata import Root

from warifu.adapters.bundles.metadata import ROOT_WARNING, File, is_trial, parse_role
from warifu.domain.findings import Code, Finding, Severity
from warifu.ports.bundles import Held


def parse_all(held: Held) -> Mapping[str, File | None]:
    """Return the signed files that are held, by role; None for one that is none."""
    return {role: parse_role(data, role) for role, data in sorted(held.metadata.items())}


def find_aging(parsed: Mapping[str, File | None], *, now: datetime) -> Iterator[Finding]:
    """Yield a finding for each role whose file has expired, for a root that soon will, and for a trial."""
    for role, file in parsed.items():
        if file is None:
            yield Finding(Code.BUNDLE_FILE_UNREADABLE, role)
            continue
        expires = file.signed.expires
        if file.signed.is_expired(now):
            yield Finding(Code.BUNDLE_EXPIRED, role, {"not_after": expires, "now": now})
        elif role == Root.type and expires - now <= ROOT_WARNING:
            evidence = {"not_after": expires, "days": (expires - now).days}
            yield Finding(Code.BUNDLE_ROOT_EXPIRING, role, evidence, Severity.WARNING)
        if role == Root.type and is_trial(file.signed):
            yield Finding(Code.BUNDLE_ROOT_TRIAL, role, {}, Severity.NOTE)
