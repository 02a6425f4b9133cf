"""Markdown, as far as papers need it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from warifu.domain.findings.text import columns, show

_NARROWEST = 3  # dashes that Markdown takes for a rule
_WIDEST = 60  # columns; wider cells leave their row out of line instead of filling up every other


def heading(level: int, text: str) -> str:
    """Return a heading with the empty line after it."""
    return f"{'#' * level} {text}\n\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table whose columns stand below each other; bars and line ends inside cells cannot break out of it.

    A cell that is too wide, and the last one of each row, are not filled up.
    """
    lines = [[_cell(one) for one in headings], *([_cell(show(one)) for one in row] for row in rows)]
    widths = [
        max((columns(cell) for cell in column if columns(cell) <= _WIDEST), default=0)
        for column in zip(*lines, strict=False)
    ]
    rule = ["-" * max(width, _NARROWEST) for width in widths]
    filled = [_row(line, widths) for line in (lines[0], rule, *lines[1:])]
    return "\n".join(filled) + "\n\n"


def commands(*lines: str) -> str:
    """Return commands as a block to copy."""
    return "```sh\n" + "\n".join(lines) + "\n```\n\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    *most, last = cells
    filled = [
        cell + " " * (max(width, _NARROWEST) - columns(cell))
        for cell, width in zip(most, widths, strict=False)
    ]
    return "| " + " | ".join([*filled, last]) + " |"
