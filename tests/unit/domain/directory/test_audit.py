"""The audit trail shows that it is whole, or where it is not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.directory_cases import OLD
from support.pki import NOW
from warifu.domain.directory import GENESIS, AuditEntry, Broken, Fault, Head, plain_evidence, seal, verify
from warifu.domain.directory.audit import FAULT_WORDS, canonical
from warifu.domain.findings import Lang, say
from warifu.errors import UsageError


def trail(length: int) -> list[AuditEntry]:
    found, before = [], GENESIS
    for number in range(1, length + 1):
        entry = AuditEntry(number, NOW, "anna", "publish", "shop", {"version": number}, before)
        found.append(entry)
        before = seal(entry)
    return found


WHOLE = trail(5)
HEAD = Head(5, seal(WHOLE[-1]))


def test_what_was_only_added_to_is_whole() -> None:
    """With and without a head that is known from elsewhere, which may be an older one."""
    assert [None] * 4 == [
        verify(WHOLE),
        verify(WHOLE, HEAD),
        verify(WHOLE, Head(3, seal(WHOLE[2]))),
        verify([]),
    ]


@pytest.mark.parametrize("field", ["at", "actor", "act", "subject", "evidence", "before"])
@pytest.mark.parametrize("place", range(5))
def test_a_change_is_found_where_it_is(field: str, place: int) -> None:
    """Whatever part of whatever entry; of the last one only a head tells."""
    other: dict[str, object] = {"at": NOW + timedelta(microseconds=1), "evidence": {}, "before": "1" * 64}
    changed = list(WHOLE)
    changed[place] = replace(WHOLE[place], **{field: other.get(field, "else")})  # type: ignore[arg-type]
    found = verify(changed, HEAD)
    assert found is not None
    assert Fault.CHANGED is found.fault
    assert found.number in ({place, place + 1} if field == "before" else {place + 1})


@pytest.mark.parametrize(
    ("entries", "broken"),
    [
        ([*WHOLE[:2], *WHOLE[3:]], Broken(3, Fault.MISSING)),
        (WHOLE[1:], Broken(1, Fault.MISSING)),
        ([*WHOLE[:2], WHOLE[3], WHOLE[2], WHOLE[4]], Broken(3, Fault.REORDERED)),
        ([*WHOLE[:2], *WHOLE[1:]], Broken(3, Fault.REORDERED)),
        (WHOLE[:3], Broken(4, Fault.CUT)),
        ([], Broken(1, Fault.CUT)),
    ],
)
def test_what_is_gone_or_moved_is_found(entries: list[AuditEntry], broken: Broken) -> None:
    """The first broken place, and how."""
    assert broken == verify(entries, HEAD)


def test_a_gap_that_was_renumbered_is_found() -> None:
    """What follows was sealed with what is gone."""
    closed = [*WHOLE[:2], *(replace(one, number=one.number - 1) for one in WHOLE[3:])]
    assert Broken(2, Fault.CHANGED) == verify(closed)


def test_a_trail_that_was_written_anew_is_found_by_a_head() -> None:
    """All digests fit each other, and not what is known."""
    other = [replace(WHOLE[0], actor="mallory")]
    assert verify(other) is None
    assert Broken(1, Fault.CHANGED) == verify(other, Head(1, seal(WHOLE[0])))


def test_what_was_read_back_seals_the_same() -> None:
    """Evidence in whatever kinds of values, times in whatever zone."""
    evidence = {
        "key": OLD.value.fingerprint,
        "id": OLD.value.subject_key_id,
        "at": NOW,
        "names": ("b", "a"),
        "set": frozenset({"y", "x"}),
        "deep": {"more": [1, True, None, 0.5]},
        "text": "\u65e5\u672c \U0001f5dd \ud800",
    }
    entry = AuditEntry(1, NOW, "anna", "publish", "shop", evidence, GENESIS)
    read = json.loads(json.dumps(plain_evidence(evidence)))
    elsewhere = NOW.astimezone(timezone(timedelta(hours=9)))
    assert seal(entry) == seal(replace(entry, evidence=read, at=elsewhere))
    assert ["x", "y"] == read["set"]


@pytest.mark.parametrize(
    "evidence",
    [
        {"password": "x"},
        {"deep": [{"Secret": "x"}]},
        {"said": "-----BEGIN PRIVATE KEY-----"},
        {"key": OLD.private_key},
        {"size": float("nan")},
        {"list": [object()]},
    ],
)
def test_secrets_and_strange_values_are_refused(evidence: dict[str, object]) -> None:
    """Nothing of theirs is shown."""
    with pytest.raises(UsageError) as met:
        canonical(replace(WHOLE[0], evidence=evidence))
    assert "directory.audit-value" == met.value.code
    assert "BEGIN" not in str(met.value)


@given(st.text(), st.text())
def test_no_two_entries_have_the_same_bytes(actor: str, subject: str) -> None:
    """Where one field ends and the next begins is never in doubt."""
    one = replace(WHOLE[0], actor=actor, subject=subject)
    other = replace(WHOLE[0], actor=actor + subject[:1], subject=subject[1:])
    assert (canonical(one) == canonical(other)) == (one == other)


@pytest.mark.parametrize("lang", Lang)
def test_each_fault_has_its_sentence(lang: Lang) -> None:
    """With the number of the entry."""
    assert all("7" in say(FAULT_WORDS[fault], lang, number=7) for fault in Fault)
