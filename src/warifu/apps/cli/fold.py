"""Folding text by terminal columns."""

from __future__ import annotations

from warifu.domain.findings.text import columns

_NEVER_FIRST = "、。，．）」』】！？ー々：；・ぁぃぅぇぉっゃゅょァィゥェォッャュョヵヶ)]}:;,.!?"
_NEVER_LAST = "（「『【([{"


def fold(text: str, room: int) -> list[str]:
    """Return the lines of a text, none wider than `room` columns where it can be broken.

    It breaks at spaces and between wide characters, never before a closing mark or a small kana, nor behind an
    opening bracket.

    Spec: JIS X 4051 (kinsoku), the part that terminals need.
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
        if pieces and (character == " " or _joins(pieces[-1][-1], character)):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _joins(before: str, character: str) -> bool:
    """Tell whether no line may end between two characters."""
    if before == " ":
        return False
    narrow = columns(character) == 1 and columns(before) == 1
    return narrow or character in _NEVER_FIRST or before in _NEVER_LAST
