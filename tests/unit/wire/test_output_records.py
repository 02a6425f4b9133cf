"""What a node remembers of an output: read by every later release."""

from __future__ import annotations

import pytest

from warifu.errors import UsageError
from warifu.wire.outputs import OutputRecord, decode, encode

_GOLDEN = b"""{
 "before": "g3",
 "carried": "",
 "carried_files": [
  "README"
 ],
 "format": 1,
 "is": "OutputRecord",
 "output": "clients",
 "paths": [
  "/etc/app/trusted"
 ],
 "pending": "0123",
 "since": {
  "boot_id": "b"
 }
}
"""
_RECORD = OutputRecord(
    "clients",
    ("/etc/app/trusted",),
    carried_files=("README",),
    pending="0123",
    before="g3",
    since={"boot_id": "b"},
)


def test_a_record_is_read_as_it_was_written() -> None:
    """Its bytes are those of the first release."""
    assert _GOLDEN == encode(_RECORD)
    assert _RECORD == decode(_GOLDEN)
    assert OutputRecord("a", ("/a",)) == decode(b'{"output": "a", "paths": ["/a"]}')


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "rotation.document-malformed"),
        (b"[]", "rotation.document-malformed"),
        (b'{"output": 1, "paths": []}', "rotation.document-malformed"),
        (b"\xff", "rotation.document-malformed"),
        (_GOLDEN.replace(b'"format": 1', b'"format": 9'), "rotation.format-unknown"),
    ],
)
def test_a_record_that_cannot_be_read_is_told(data: bytes, code: str) -> None:
    """It is never taken for an output that was not there before."""
    with pytest.raises(UsageError) as caught:
        decode(data)
    assert code == caught.value.code
