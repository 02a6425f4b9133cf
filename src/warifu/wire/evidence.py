"""Evidence: what was seen, when, by which witness. "Could not look" is evidence, not an empty list."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from warifu.errors import UsageError
from warifu.wire.document import from_plain, to_plain

FORMAT = 1


class Stage(StrEnum):
    """Four different facts about a value in a slot."""

    SENT = "sent"
    ON_DISK = "on-disk"
    LOADED = "loaded"
    PROVEN = "proven"


class Outcome(StrEnum):
    """What the look gave."""

    YES = "yes"
    NO = "no"
    COULD_NOT_LOOK = "could-not-look"


class Witness(StrEnum):
    """Who saw it."""

    FILE = "file"  # the bytes of the slot's files
    HANDSHAKE = "handshake"  # a full handshake presented the leaf
    CA_NAMES = "ca-names"  # the CertificateRequest names the anchors (names, not keys)
    SENTINEL = "sentinel"  # an identity beneath one anchor only was accepted, or refused
    GENERATION = "generation"  # the loading process is younger than the swap, every older one is gone
    SELF_REPORT = "self-report"  # the program reports what it loaded (the demo's own service)
    EACH_USE = "each-use"  # the program reads the file for every connection
    OWNER = "owner"  # the named owner's recorded statement


@dataclass(frozen=True, slots=True)
class Evidence:
    """One look at one slot.

    Args:
        value_digest: the value that was looked for.
        boot_id: which boot of the witness's machine, and `boot_clock` its seconds since then.
        detail: what was seen, for people: addresses, fingerprints, process ids.
        signature: room for the witness's signature; empty until agents sign.
    """

    slot: str
    stage: Stage
    outcome: Outcome
    witness: Witness
    at: datetime
    value_digest: str = ""
    boot_id: str = ""
    boot_clock: float = 0.0
    detail: dict[str, str] = field(default_factory=dict)
    signature: str = ""
    format: int = FORMAT


def encode(evidence: Iterable[Evidence]) -> str:
    """Return evidence as canonical JSON: keys sorted, times in UTC."""
    return json.dumps(
        [to_plain(one) for one in evidence], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def decode(text: str) -> tuple[Evidence, ...]:
    """Read evidence of this or an earlier format.

    Raises:
        UsageError: `rotation.document-malformed`, `rotation.format-unknown`.
    """
    try:
        plain = json.loads(text)
    except ValueError as error:
        raise UsageError("rotation.document-malformed", path="/", found=str(error)) from None
    read: tuple[Evidence, ...] = from_plain(tuple[Evidence, ...], plain)
    for one in read:
        if one.format > FORMAT:
            raise UsageError("rotation.format-unknown", found=one.format, known=FORMAT)
    return read
