"""Signed files as both sides agree on them: names, sizes, lives. No exception of python-tuf leaves a function here.

Spec: TUF 1.0.31 §4 (formats), §6.2 (consistent snapshots).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from securesystemslib.exceptions import Error as LibraryError
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Signed, Snapshot, Targets, Timestamp

from warifu.wire.bundle import DOCUMENT_NAME, DOMAIN_NAME

FOREIGN = (
    RepositoryError,
    LibraryError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RecursionError,
    OverflowError,
)
"""Whatever python-tuf lets out when it meets bytes that it did not expect."""

TOP = (Root.type, Timestamp.type, Snapshot.type, Targets.type)
"""The roles above the trust domains; no trust domain has such a name."""

TRIAL = "x-warifu-trial"
"""A field of the root: one key that lies on the server stands for all."""

KEY_NAME = "x-warifu-name"
"""A field of a key: what people call it."""

LIVES: Mapping[str, timedelta] = {
    Root.type: timedelta(days=730),
    Timestamp.type: timedelta(days=7),
    Snapshot.type: timedelta(days=90),
    Targets.type: timedelta(days=90),
}
"""How long each role's files are good; a trust domain's as long as those of `targets`."""

ROOT_WARNING = timedelta(days=180)
"""Before a root expires."""

_KIB, _MIB = 1 << 10, 1 << 20
MOST: Mapping[str, int] = {
    Root.type: 512 * _KIB,
    Timestamp.type: 16 * _KIB,
    Snapshot.type: 2 * _MIB,
    Targets.type: 5 * _MIB,
}
"""Bytes that a reader takes of each, whatever a signed file promises; the figures of python-tuf's own client."""

MOST_OF_DOCUMENT = 64 * _MIB
MOST_OF_DOMAIN = 256 * _MIB


_T = TypeVar("_T", Root, Timestamp, Snapshot, Targets)
File = Metadata[Root] | Metadata[Timestamp] | Metadata[Snapshot] | Metadata[Targets]


def parse(data: bytes, kind: type[_T]) -> Metadata[_T] | None:
    """Return a signed file of a kind, not verified in any way; None where the bytes are no such file."""
    try:
        found = Metadata[_T].from_bytes(data)
    except FOREIGN:
        return None
    return found if isinstance(found.signed, kind) else None


def parse_role(data: bytes, role: str) -> File | None:
    """Return a role's signed file, not verified in any way; None where the bytes are no such file."""
    match role:
        case Root.type:
            return parse(data, Root)
        case Timestamp.type:
            return parse(data, Timestamp)
        case Snapshot.type:
            return parse(data, Snapshot)
        case _:
            return parse(data, Targets)


def version_of(data: bytes | None) -> int | str:
    """Return the version that a file claims, for a message; `-` where it claims none."""
    try:
        version = json.loads(data or b"")["signed"]["version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "-"
    return version if isinstance(version, int) and not isinstance(version, bool) else "-"


def is_domain(name: str) -> bool:
    """Tell whether a name can be a trust domain's: one that no role above has."""
    return DOMAIN_NAME.fullmatch(name) is not None and name not in TOP


def is_document(name: str, domain: str) -> bool:
    """Tell whether a name is that of a document of a trust domain."""
    found = DOCUMENT_NAME.fullmatch(name)
    return found is not None and found["domain"] == domain


def is_signed(root: Root, role: str, file: File) -> bool:
    """Tell whether enough of the keys that a root names for a role have signed a file."""
    try:
        return bool(root.get_verification_result(role, file.signed_bytes, file.signatures))
    except FOREIGN:
        return False


_ROOT_NAME = re.compile(r"([1-9][0-9]{0,8})\.root\.json")


def root_version(name: str) -> int:
    """Return the version of a root's file by its name; 0 where it is no root's."""
    found = _ROOT_NAME.fullmatch(name)
    return int(found[1]) if found else 0


def is_trial(root: Signed) -> bool:
    """Tell whether a root is marked as a trial."""
    return bool(root.unrecognized_fields.get(TRIAL))


def until(role: str, now: datetime) -> datetime:
    """Return when a file of a role expires that is signed now."""
    return now.astimezone(UTC).replace(microsecond=0) + LIVES.get(role, LIVES[Targets.type])


def is_due(signed: Signed, *, now: datetime) -> bool:
    """Tell whether a third of a file's life has passed."""
    return signed.expires - now <= LIVES.get(signed.type, LIVES[Targets.type]) * 2 / 3
