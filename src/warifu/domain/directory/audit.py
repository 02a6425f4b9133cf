"""The audit trail: who did what, when, on what evidence, each entry sealed together with all before it.

An entry holds the digest of the one before; so nobody changes, drops or moves one without every later digest being
another. Who cuts the end off is found out by a digest that was known earlier (signed with each published version).
What is sealed are canonical bytes: JSON with sorted keys, no blanks, ASCII only, times in UTC with six decimals.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from warifu.domain.x509 import KeyId, Sha256
from warifu.errors import UsageError

GENESIS = "0" * 64
"""What stands before the first entry."""
_SECRETS = frozenset({"password", "passphrase", "secret", "token", "private_key"})
_PRIVATE = "PRIVATE KEY-----"


class Fault(StrEnum):
    """How a trail is broken."""

    CHANGED = "changed"
    MISSING = "missing"
    REORDERED = "reordered"
    CUT = "cut"


FAULT_WORDS: Mapping[Fault, str] = {
    Fault.CHANGED: "directory.audit-changed",
    Fault.MISSING: "directory.audit-missing",
    Fault.REORDERED: "directory.audit-reordered",
    Fault.CUT: "directory.audit-cut",
}
"""The sentence of each fault, which names the number of the entry."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act.

    Args:
        number: counts from 1 without a gap.
        actor: a person's name, `node NAME` or `server`.
        evidence: what was known at that moment; never a secret.
        before: digest of the entry before; `GENESIS` for the first.
    """

    number: int
    at: datetime
    actor: str
    act: str
    subject: str
    evidence: Mapping[str, object]
    before: str


@dataclass(frozen=True, slots=True)
class Head:
    """The number and digest of an entry, as somebody knows them from elsewhere."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where a trail is not what it was."""

    number: int
    fault: Fault


def canonical(entry: AuditEntry) -> bytes:
    """Return the bytes that are sealed: the same for what was just made and for what was read back.

    Raises:
        UsageError: `directory.audit-value`: evidence that is a secret, or no plain value.
    """
    whole = {
        "number": entry.number,
        "at": entry.at,
        "actor": entry.actor,
        "act": entry.act,
        "subject": entry.subject,
        "evidence": plain_evidence(entry.evidence),
        "before": entry.before,
    }
    return json.dumps(_plain("", whole), sort_keys=True, separators=(",", ":")).encode("ascii")


def seal(entry: AuditEntry) -> str:
    """Return an entry's digest: SHA-256 in hex.

    Raises:
        UsageError: as `canonical`.
    """
    return hashlib.sha256(canonical(entry)).hexdigest()


def verify(entries: Sequence[AuditEntry], head: Head | None = None) -> Broken | None:
    """Return the first place where a trail is broken; None where it is whole.

    Args:
        entries: all of them, in the order in which they are kept.
        head: what the trail is known to hold from elsewhere; it may have grown since.

    Raises:
        UsageError: as `canonical`.
    """
    before, present = GENESIS, {entry.number for entry in entries}
    for expected, entry in enumerate(entries, 1):
        if entry.number != expected:
            moved = entry.number < expected or expected in present
            return Broken(expected, Fault.REORDERED if moved else Fault.MISSING)
        if entry.before != before:
            return Broken(max(expected - 1, 1), Fault.CHANGED)
        before = seal(entry)
        if head is not None and expected == head.number and before != head.digest:
            return Broken(expected, Fault.CHANGED)
    if head is not None and len(entries) < head.number:
        return Broken(len(entries) + 1, Fault.CUT)
    return None


def plain_evidence(evidence: Mapping[str, object]) -> dict[str, object]:
    """Return evidence as JSON keeps it: what is stored, and sealed.

    Raises:
        UsageError: `directory.audit-value`: a secret, or no plain value.
    """
    return {name: _plain(name, value) for name, value in evidence.items()}


def _plain(name: str, value: object) -> object:  # noqa: PLR0911  # one line a kind of value
    if name.lower() in _SECRETS:
        raise UsageError("directory.audit-value", name=name)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str) and _PRIVATE not in value:
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, (Sha256, KeyId)):
        return value.hex
    if isinstance(value, Mapping):
        return {str(key): _plain(str(key), item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain("", item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted((_plain("", item) for item in value), key=json.dumps)
    raise UsageError("directory.audit-value", name=name or type(value).__name__)
