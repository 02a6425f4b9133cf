"""Records of procedures that were written out: one JSON document a page, format 1."""

from __future__ import annotations

from datetime import datetime

import msgspec

from warifu.domain.diagnosis import Said, UsedProcedure
from warifu.errors import CouldNotLookError

FORMAT = 1


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    format: int
    at: datetime
    procedure: str
    product: str
    source: Said | str
    title: Said | str
    language: str
    revision: Said
    newer: Said | str
    reviewed: str
    stale: bool
    values: dict[str, str]
    page: str
    sha256: str


def encode_use(used: UsedProcedure) -> bytes:
    """Return the record of a use: the same bytes for the same value."""
    record = _Record(
        format=FORMAT,
        at=used.at,
        procedure=used.procedure,
        product=used.product,
        source=used.source,
        title=used.title,
        language=used.language,
        revision=used.revision,
        newer=used.newer,
        reviewed=used.reviewed,
        stale=used.stale,
        values=dict(sorted(used.values.items())),
        page=used.page,
        sha256=used.digest,
    )
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def decode_use(data: bytes, path: str) -> UsedProcedure:
    """Return the use of a record.

    Raises:
        CouldNotLookError: `diagnosis.use-unreadable`: it is no such record, or one of a later release.
    """
    try:
        record = msgspec.json.decode(data, type=_Record)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CouldNotLookError("diagnosis.use-unreadable", path=path, reason=str(error)) from None
    if record.format != FORMAT:
        raise CouldNotLookError("diagnosis.use-unreadable", path=path, reason=f"format {record.format}")
    return UsedProcedure(
        at=record.at,
        procedure=record.procedure,
        product=record.product,
        source=record.source,
        title=record.title,
        language=record.language,
        revision=record.revision,
        newer=record.newer,
        reviewed=record.reviewed,
        stale=record.stale,
        values=record.values,
        page=record.page,
        digest=record.sha256,
    )
