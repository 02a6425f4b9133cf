"""Rows as CSV (RFC 4180), for spreadsheets: what a certificate says is never taken for a formula there."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import BinaryIO

from warifu.adapters.results.unfinished import Unfinished
from warifu.domain.findings.text import visible
from warifu.domain.sweep.row import Row, spot_text

_COLUMNS = tuple(name for name in Row._fields if name != "alike")
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_NUMBERS = {"offset", "also"}


class CsvFile(Unfinished):
    """A `.csv` file, UTF-8, with a line of headings; findings are codes with their severity.

    Further places stand in one cell as a list of JSON: paths may hold whatever would part them.
    """

    def write_rows(self, file: BinaryIO, rows: Iterable[Row]) -> None:
        """Write the headings and one line a row."""
        text = io.TextIOWrapper(file, "utf-8", newline="", write_through=False)
        lines = csv.writer(text)
        lines.writerow(_COLUMNS)
        for row in rows:
            said = row._asdict()
            said["offset"] = "" if row.offset < 0 else row.offset
            said["findings"] = " ".join(f"{one['code']}:{one['severity']}" for one in row.found)
            places = [visible(spot_text(place, offset)) for place, offset in row.places]
            said["elsewhere"] = json.dumps(places, ensure_ascii=False) if places else ""
            lines.writerow(_cell(name, said[name]) for name in _COLUMNS)
        text.flush()
        text.detach()


def _cell(name: str, value: object) -> object:
    """Return a cell that no spreadsheet calculates (CWE-1236)."""
    if name in _NUMBERS:
        return value
    text = visible(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
