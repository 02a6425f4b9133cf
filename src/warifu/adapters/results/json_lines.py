"""Rows as JSON lines: one object a line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import msgspec

from warifu.adapters.results.unfinished import Unfinished
from warifu.domain.sweep.row import NO_FINDINGS, Row


class JsonLines(Unfinished):
    """A `.jsonl` file."""

    def write_rows(self, file: BinaryIO, rows: Iterable[Row]) -> None:
        """Write one object a row; names and findings are lists, what is absent is null."""
        encode = msgspec.json.Encoder().encode
        file.writelines(encode(_document(row)) + b"\n" for row in rows)


def _document(row: Row) -> dict[str, object]:
    return {
        "place": row.place,
        "offset": None if row.offset < 0 else row.offset,
        "kind": row.kind,
        "verdict": row.verdict,
        "basis": row.basis or None,
        "sha256": row.sha256 or None,
        "subject": row.subject if row.sha256 else None,
        "issuer": row.issuer if row.sha256 else None,
        "serial": row.serial or None,
        "not_before": row.not_before or None,
        "not_after": row.not_after or None,
        "names": row.names.split(" ") if row.names else [],
        "key": row.key or None,
        "findings": msgspec.Raw(row.findings.encode()) if row.findings != NO_FINDINGS else [],
        "problem": msgspec.Raw(row.problem.encode()) if row.problem else None,
        "also": row.also,
        "elsewhere": [
            {"place": place, "offset": None if offset < 0 else offset} for place, offset in row.places
        ],
    }
