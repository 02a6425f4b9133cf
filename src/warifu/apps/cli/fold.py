"""Folding text by terminal columns."""

from __future__ import annotations

from warifu.domain.findings.text import columns

_NEVER_FIRST = "、。，．）」』】！？ー々：；"


def fold(text: str, room: int) -> list[str]:
    """Return the lines of a text, none wider than `room` columns where it can be broken.

    It breaks at spaces and between wide characters, never before a closing mark.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and columns(line + piece.rstrip()) > room:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    if line.strip():
        lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> list[str]:
    """Split where a line may break: after spaces, before and after each wide character."""
    pieces: list[str] = []
    for character in text:
        wide = columns(character) == 2
        joins = (
            pieces
            and not pieces[-1].endswith(" ")
            and (character in _NEVER_FIRST or (not wide and columns(pieces[-1][-1]) == 1))
        )
        if joins or (pieces and character == " "):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces
