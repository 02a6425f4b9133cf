"""Reading docs/requirements.md: the rows, and which issue wants which."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

MOST = 3  # a test that shows more shows none of them well

_ID = re.compile(r"S\d-\d\d|X-\d\d")
_SPAN = re.compile(r"(S\d|X)-(\d\d)(?: to (S\d|X)-(\d\d))?")


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement: what must hold, what a test has to see, and which document says so."""

    id: str
    sentence: str
    expected: str
    source: str


def read_rows(page: Path) -> tuple[Row, ...]:
    """Return the rows of the page's tables, in order.

    Raises:
        ValueError: a row has the wrong number of cells, or an id stands twice.
    """
    rows: dict[str, Row] = {}
    for line in page.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or not _ID.fullmatch(cells[0]):
            continue
        if len(cells) != 4 or cells[0] in rows:
            msg = f"requirements: bad row, or one that stands twice: {line}"
            raise ValueError(msg)
        rows[cells[0]] = Row(*cells)
    return tuple(rows.values())


def read_wanted(page: Path) -> dict[str, tuple[str, ...]]:
    """Return the rows each issue wants, from lines such as `- Issue 2: S0-16, S0-23 to S0-25`."""
    wanted: dict[str, tuple[str, ...]] = {}
    for line in page.read_text("utf-8").splitlines():
        if found := re.fullmatch(r"- Issue (\d+): (.+)", line):
            wanted[found[1]] = tuple(_unfold(found[2]))
    return wanted


def find_claim_faults(rows: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    """Return what is wrong with the rows that one test claims to show: too many, or unknown ones."""
    faults = []
    if len(rows) > MOST:
        faults.append(f"claims {len(rows)} rows; {MOST} at most")
    if unknown := sorted(set(rows) - set(known)):
        faults.append(f"names rows that docs/requirements.md lacks: {', '.join(unknown)}")
    return tuple(faults)


def _unfold(text: str) -> list[str]:
    ids: list[str] = []
    for family, first, _, last in _SPAN.findall(text):
        ids += [f"{family}-{number:02}" for number in range(int(first), int(last or first) + 1)]
    return ids
