"""What a server pushes, read as it comes: hints to look, and what the look would ask for.

Spec: WHATWG HTML, section 9.2 (event streams): fields up to an empty line; lines with `:` first are signs of life.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Final

from warifu.errors import UsageError
from warifu.wire.agent import ReportAnswer, Wake
from warifu.wire.parcel import inflate, unpack
from warifu.wire.signed import parse

_MOST_OF_A_LINE: Final = 1 << 16  # bytes: what is longer is asked for
_MOST_WAKES: Final = 10_000
_LONGEST_ID: Final = 100  # characters
_MOST_FILES: Final = 64 << 20  # bytes of them, however small they came


@dataclass(slots=True)
class Pushed:
    """What one stream brought.

    Args:
        last: id of the last event.
        again: seconds until one comes back that was cut off.
        answer: to the report that was handed in with it.
        files: signed files that came along; none where they have to be asked for.
    """

    last: str
    wakes: list[Wake] = field(default_factory=list)
    again: float = 0.0
    answer: ReportAnswer | None = None
    files: dict[str, bytes | None] | None = None
    _name: bytes = b""
    _held: bytes = b""

    def take(self, chunk: bytes) -> bool:
        """Read what came; return whether more of it is to be read.

        Raises:
            UsageError: `rotation.document-malformed`: an event is no event of ours.
        """
        *lines, self._held = (self._held + chunk).split(b"\n")
        for line in lines:
            self._read(line.rstrip(b"\r"))
        return len(self._held) <= _MOST_OF_A_LINE and len(self.wakes) <= _MOST_WAKES

    def _read(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        match name:
            case b"event":
                self._name = value
            case b"data" if self._name == b"answer":
                self.answer = parse(ReportAnswer, value)
            case b"data" if self._name == b"trust":
                self.files = _files(value)
            case b"data":
                self.wakes.append(parse(Wake, value))
            case b"id":
                self.last = value.decode("ascii", "replace")[:_LONGEST_ID]
            case b"retry" if value.isdigit():
                self.again = int(value[:7]) / 1000
            case b"" if not line:
                self._name = b""


def _files(text: bytes) -> dict[str, bytes | None] | None:
    """Return the files that came; None where they are to be asked for, as nothing is lost by that."""
    try:
        whole = inflate(base64.b64decode(text, validate=True), _MOST_FILES)
        return None if whole is None or len(whole) > _MOST_FILES else unpack(whole)
    except (binascii.Error, UsageError):
        return None
