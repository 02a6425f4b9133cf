"""Records that are read again and again."""

from __future__ import annotations

import dataclasses
import json

import pytest

from support.pki import NOW
from warifu.errors import UsageError
from warifu.wire import document
from warifu.wire.agent import EntryTold, Remark
from warifu.wire.document import from_plain, to_plain

TOLD = EntryTold("trusted-roots", "root", "trusted", "ab" * 32, chain=("MII=",), not_after=NOW)


def plain(**other: object) -> object:
    """The record as JSON brings it."""
    found = json.loads(json.dumps(to_plain(TOLD)))
    return {**found, **other}


def test_records_that_are_written_alike_are_one_object() -> None:
    """Those of a shared class alone."""
    assert TOLD == from_plain(EntryTold, plain())
    assert from_plain(EntryTold, plain()) is from_plain(EntryTold, plain())
    assert from_plain(EntryTold, plain(alias="other")) is not from_plain(EntryTold, plain())
    remark = to_plain(Remark("code", "subject", "note"))
    assert from_plain(Remark, remark) is not from_plain(Remark, remark)


@pytest.mark.parametrize("wrong", [{"distrusted": 0}, {"distrusted": 0.0}, {"alias": 7}, {"more": ""}])
def test_a_malformed_one_is_refused_though_its_like_is_known(wrong: dict[str, object]) -> None:
    """0 is no `false`, however alike Python finds them."""
    assert TOLD == from_plain(EntryTold, plain())
    with pytest.raises(UsageError, match=r"rotation\.document-malformed"):
        from_plain(EntryTold, plain(**wrong))


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that names something new each time fills no memory."""
    monkeypatch.setattr(document, "_MOST_SHARED", 10)
    for number in range(50):
        assert str(number) == from_plain(EntryTold, plain(alias=str(number))).alias
    assert len(document._SHARED[EntryTold]) <= 10


def test_shared_records_cannot_be_changed() -> None:
    """Whoever holds one holds what others hold."""
    for kind in document._SHARED:
        assert dataclasses.is_dataclass(kind)
        assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
