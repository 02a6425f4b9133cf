"""Bytes of logs and screens as text, in the encodings that consoles and log writers use.

Spec: Unicode 15 §3.10 (byte order marks); CP932 is what a Japanese Windows console writes.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 4096  # bytes that are looked at for the zero bytes of UTF-16


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and how its bytes were read.

    Args:
        lost: characters that no encoding gave; each stands as U+FFFD.
    """

    text: str
    encoding: str
    lost: int = 0


def decode(data: bytes) -> Decoded:
    """Return the text of bytes; what cannot be read is counted, never an error."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _counted(data[len(mark) :].decode(encoding, "replace"), encoding)
    wide = _wide(data[:_SAMPLE])
    if wide:
        return _counted(data.decode(wide, "replace"), wide)
    try:
        # A log that is cut within a character is still UTF-8.
        return Decoded(codecs.getincrementaldecoder("utf-8")().decode(data, final=False), "utf-8")
    except UnicodeDecodeError:
        lines = [_line(line) for line in data.split(b"\n")]  # no encoding here has 0x0A inside a character
        return _counted("\n".join(lines), "cp932")


def _wide(sample: bytes) -> str:
    """Return which UTF-16 it is: text has no zero bytes otherwise, and in UTF-16 they stand on one side."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd and not even:
        return "utf-16-le"
    return "utf-16-be" if even and not odd else ""


def _line(line: bytes) -> str:
    for encoding in ("utf-8", "cp932"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", "replace")


def _counted(text: str, encoding: str) -> Decoded:
    return Decoded(text, encoding, text.count("\N{REPLACEMENT CHARACTER}"))
