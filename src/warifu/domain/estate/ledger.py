r"""CSV ledgers: what many sites keep their certificates in, read and written without loss.

One row is one slot, one connection, or one service without slots. Lists stand in one cell, `;`
between their items (`\;` and `\\` inside). A cell that a spreadsheet would take for a formula gets
an apostrophe before it, which reading takes away again. Text is UTF-8 with BOM or CP932.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping

from warifu.domain.estate.faults import EstateError, Faults
from warifu.domain.estate.ledger_rows import COLUMNS, FORMER, Row, heading, rows_of
from warifu.domain.estate.ledger_values import estate_of_rows
from warifu.domain.estate.model import Estate
from warifu.domain.estate.table_reader import nearest
from warifu.domain.findings import Lang
from warifu.errors import RefusedError, UsageError

ENCODINGS = ("utf-8-sig", "cp932")
_FORMULA = re.compile(r"[=+\-@\t\r']")


def write_ledger(estate: Estate, encoding: str, lang: Lang = Lang.EN) -> bytes:
    """Return an estate as CSV.

    Args:
        encoding: `utf-8-sig` (with BOM, as spreadsheets want it) or `cp932`.
        lang: language of the headings; either is read back.

    Raises:
        RefusedError: `estate.cannot-encode`; `parts` name each cell and character.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    table = [[heading(column, lang) for column in COLUMNS]]
    table += [[_cell(row.get(column, "")) for column in COLUMNS] for row in rows_of(estate)]
    lost: list[UsageError] = []
    for number, cells in enumerate(table, start=1):
        for column, text in zip(COLUMNS, cells, strict=True):
            lost += _lost(text, encoding, number, column)
        writer.writerow(cells)
    if lost:
        error = RefusedError("estate.cannot-encode", encoding=encoding, count=len(lost))
        error.parts = tuple(lost)
        raise error
    return out.getvalue().encode(encoding)


def read_ledger(data: bytes, file: str, *, beside: Estate | None = None) -> Estate:
    """Return what a CSV ledger lists: nodes, services, slots, identities, trust stores, connections.

    Args:
        beside: an estate whose names the ledger may use too.

    Raises:
        EstateError: every bad row, with line and column.
    """
    faults = Faults()
    table = _table(_decoded(data, file), file)
    if not table:
        raise EstateError([UsageError("estate.ledger-empty", where=f"{file}:1")])
    line, headings = table[0]
    columns = _columns(headings, f"{file}:{line}", faults)
    if faults.found:
        raise EstateError(faults.found)
    rows = [
        Row(file, line, dict(zip(columns, (_plain(cell) for cell in cells), strict=False)))
        for line, cells in table[1:]
        if any(cell.strip() for cell in cells)
    ]
    for line, cells in table[1:]:
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            faults.add(UsageError("estate.ledger-too-long", where=f"{file}:{line}", count=len(columns)))
    estate = estate_of_rows(rows, faults, beside or Estate())
    if faults.found:
        raise EstateError(faults.found)
    return estate


def _cell(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def _lost(text: str, encoding: str, line: int, column: str) -> list[UsageError]:
    """Return a fault for each character that the encoding does not carry there and back."""
    found = []
    for sign in dict.fromkeys(text):
        try:
            same = sign.encode(encoding).decode(encoding) == sign
        except UnicodeError:
            same = False
        if not same and sign != "\ufeff":
            code = f"U+{ord(sign):04X}"
            found.append(
                UsageError("estate.lost-character", line=line, column=column, sign=sign, code=code, text=text)
            )
    return found


def _decoded(data: bytes, file: str) -> str:
    """Return the text of a ledger: by its BOM, else UTF-8 if it is that, else CP932."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise EstateError([UsageError("estate.ledger-encoding", where=f"{file}:1")])


def _table(text: str, file: str) -> list[tuple[int, list[str]]]:
    """Return the rows with the line each begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    table: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            table.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise EstateError(
            [UsageError("estate.ledger-broken", where=f"{file}:{line}", reason=error)]
        ) from None
    return [(number, cells) for number, cells in table if cells]


def _columns(headings: list[str], where: str, faults: Faults) -> list[str]:
    """Return our name of each column, whichever language its heading is in."""
    known: Mapping[str, str] = {
        **FORMER,
        **{heading(column, lang).casefold(): column for column in COLUMNS for lang in Lang},
    } | {column: column for column in COLUMNS}
    found: list[str] = []
    for text in headings:
        column = known.get(text.strip().casefold(), "")
        if not column and text.strip():
            faults.add(
                UsageError(
                    "estate.ledger-heading",
                    where=where,
                    found=text,
                    near=nearest(text.strip().casefold(), known) or "-",
                )
            )
        elif column and column in found:
            faults.add(UsageError("estate.ledger-heading-twice", where=where, found=text))
        found.append(column)
    if "kind" not in found:
        faults.add(UsageError("estate.ledger-no-kind", where=where, column=heading("kind", Lang.EN)))
    return found
