"""Markdown, as far as papers need it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from warifu.domain.findings.text import show


def heading(level: int, text: str) -> str:
    """Return a heading with the empty line after it."""
    return f"{'#' * level} {text}\n\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; bars and line ends inside cells are escaped, so a name cannot break out."""
    lines = [_row(headings), _row(["---"] * len(headings))]
    lines += [_row([show(cell) for cell in row]) for row in rows]
    return "\n".join(lines) + "\n\n"


def commands(*lines: str) -> str:
    """Return commands as a block to copy."""
    return "```sh\n" + "\n".join(lines) + "\n```\n\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
