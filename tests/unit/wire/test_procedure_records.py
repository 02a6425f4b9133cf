"""The record of a procedure that was written out: read back as it was, and never guessed at."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from warifu.domain.diagnosis import Said, UsedProcedure
from warifu.errors import CouldNotLookError
from warifu.wire.procedures import decode_use, encode_use

USED = UsedProcedure(
    at=datetime(2026, 11, 23, 2, 15, 0, 5, tzinfo=UTC),
    procedure="vecs-root-removal",
    product="P",
    source="KB 1",
    title="T",
    language="ja",
    revision=Said(en="revision 1", ja="改訂 1"),
    newer="KB 2",
    reviewed="2026-11-01",
    stale=True,
    values={"version": "7.0", "alias": "鍵"},
    page="page.md",
    digest="ab" * 32,
)


def test_a_record_is_read_back_as_it_was() -> None:
    """And its bytes are stable, whatever the order of the values."""
    data = encode_use(USED)
    assert USED == decode_use(data, "p")
    assert data == encode_use(replace(USED, values={"alias": "鍵", "version": "7.0"}))
    assert "20261123T021500000005Z-vecs-root-removal-abababababab" == USED.name


def test_the_record_of_format_1_is_read() -> None:
    """As the first release wrote it; later releases must read it to the same value."""
    text = (
        '{"format": 1, "at": "2026-11-23T02:15:00.000005Z", "procedure": "vecs-root-removal", "product": "P", '
        '"source": "KB 1", "title": "T", "language": "ja", "revision": {"en": "revision 1", "ja": "改訂 1"}, '
        '"newer": "KB 2", "reviewed": "2026-11-01", "stale": true, '
        '"values": {"alias": "鍵", "version": "7.0"}, "page": "page.md", "sha256": "' + "ab" * 32 + '"}'
    )
    assert USED == decode_use(text.encode(), "p")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b"{}",
        json.dumps({**json.loads(encode_use(USED)), "odd": 1}).encode(),
        json.dumps({**json.loads(encode_use(USED)), "format": 2}).encode(),
    ],
)
def test_what_is_no_such_record_is_told_with_its_file(data: bytes) -> None:
    """Damaged, of another kind, or of a later release."""
    with pytest.raises(CouldNotLookError, match=r"diagnosis\.use-unreadable") as caught:
        decode_use(data, "x.json")
    assert "x.json" == caught.value.values["path"]
