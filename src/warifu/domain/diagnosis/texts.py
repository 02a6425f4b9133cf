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
_CONTROLS = bytes({*range(1, 32)} - {*b"\t\n\f\r\x1b"})  # what no text holds


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


def is_binary(data: bytes) -> bool:
    """Whether bytes are no text: they hold control characters that no log has; NULs alone a crash leaves in one."""
    sample = data[:_SAMPLE]
    rest = sample.replace(b"\0", b"")
    return len(rest) < len(sample) and (not rest or (_is_odd(rest) and not _wide(sample)))


def _wide(sample: bytes) -> str:
    """Return which UTF-16 it is; empty where a few NULs stand in a text of bytes.

    ASCII in UTF-16 has a zero in each pair, Japanese only in its spaces, figures and line ends; U+3000 has one on the
    other side.
    """
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    most, pairs = max(even, odd), len(sample) // 2
    if even == odd or most * (2 if _is_narrow(sample.replace(b"\0", b"")) else 50) <= pairs:
        return ""
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    text = sample.decode(encoding, "ignore")
    return "" if _is_odd(text.encode()) else encoding


def _is_narrow(sample: bytes) -> bool:
    """Whether bytes are a text in UTF-8 or CP932, the last character of which may be cut."""
    return not _is_odd(sample) and any(_reads(sample, encoding) for encoding in ("utf-8", "cp932"))


def _reads(sample: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _is_odd(sample: bytes) -> bool:
    return len(sample.translate(None, _CONTROLS)) < len(sample)


def _line(line: bytes) -> str:
    for encoding in ("utf-8", "cp932"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", "replace")


def _counted(text: str, encoding: str) -> Decoded:
    return Decoded(text, encoding, text.count("\N{REPLACEMENT CHARACTER}"))
