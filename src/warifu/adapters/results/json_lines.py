"""Rows as JSON lines: one object a line."""

from __future__ import annotations

from typing import BinaryIO

import msgspec

from warifu.adapters.results.unfinished import Unfinished
from warifu.domain.sweep.row import Row


class JsonLines(Unfinished):
    """A `.jsonl` file."""

    def write_rows(self, file: BinaryIO) -> None:
        """Write one object a row; names and findings are lists, what is absent is null."""
        encode = msgspec.json.Encoder().encode
        for row in self.rows():
            file.write(encode(_document(row)) + b"\n")


def _document(row: Row) -> dict[str, object]:
    document: dict[str, object] = {name: value or None for name, value in row._asdict().items()}
    del document["alike"]
    document["offset"] = None if row.offset < 0 else row.offset
    document["names"] = row.names.split(" ") if row.names else []
    document["findings"] = msgspec.Raw(row.findings.encode())
    document["problem"] = msgspec.Raw(row.problem.encode()) if row.problem else None
    document["also"] = row.also
    return document
