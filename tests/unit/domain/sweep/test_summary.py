"""Rows, and what many of them come to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from support.pki import DAY, NOW
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.sweep import summary as module
from warifu.domain.sweep.row import Row, clean, findings_text, problem_text, state_of, time_text
from warifu.domain.sweep.summary import Summary, Tally
from warifu.errors import CouldNotLookError


def summarise(rows: Iterable[Row]) -> Summary:
    tally = Tally(NOW)
    for one in rows:
        tally.add(one)
    return tally.close()


def row(number: int = 0, *findings: Finding, **values: object) -> Row:
    said = {"place": f"/p{number}", "offset": -1, "kind": "leaf", "verdict": "accepted"}
    return Row(**{**said, "findings": findings_text(findings), **values})  # type: ignore[arg-type]


def finding(code: Code, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(code, "x", {"names": ("a", "b"), "now": NOW, "found": 3, "who": None}, severity)


def test_a_row_holds_findings_as_json() -> None:
    """Code, weight, subject and evidence come back; times are text, numbers stay numbers."""
    (found,) = row(0, finding(Code.EXPIRED)).found
    assert ("expired", "error", "x") == (found["code"], found["severity"], found["subject"])
    assert {"names": ["a", "b"], "now": "2026-06-01 12:00:00+00:00", "found": 3, "who": None} == found[
        "evidence"
    ]
    assert [] == row().found


def test_a_row_holds_why_nothing_was_seen() -> None:
    """The error comes back with its code and values, to be said in any language."""
    error = row(problem=problem_text(CouldNotLookError("io.cannot-read", path="/x", reason="gone"))).error
    assert error is not None
    assert ("io.cannot-read", {"path": "/x", "reason": "gone"}) == (error.code, error.values)
    assert row().error is None


@pytest.mark.parametrize("text", ["plain", "長い", "half \ud800", "x" * 3000])
def test_any_text_of_a_certificate_can_be_kept(text: str) -> None:
    """Half characters are written out, and nothing is kept without end."""
    assert clean(text).encode()
    assert len(clean(text)) <= 2_010


def test_times_are_in_order_as_texts() -> None:
    """UTC, whatever the zone was; a year has four digits."""
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    assert "2026-06-01T12:00:00Z" == time_text(tokyo) == time_text(NOW)
    assert "0099-01-01T00:00:00Z" == time_text(NOW.replace(year=99, month=1, day=1, hour=0))


def test_notes_do_not_count_as_findings() -> None:
    """A file about which there are only notes is fine."""
    assert "fine" == state_of([finding(Code.NOT_A_FILE, Severity.NOTE)])
    assert "findings" == state_of([finding(Code.EXPIRED, Severity.WARNING)])


def test_findings_are_counted_by_code_the_worst_first() -> None:
    """Each row counts a code once; errors come before warnings, the frequent before the rare."""
    expired, old = finding(Code.EXPIRED), finding(Code.NAMES_MISSING)
    aside, remark = (
        finding(Code.KEY_ID_MISSING, Severity.WARNING),
        finding(Code.OUTLIVES_ISSUER, Severity.NOTE),
    )
    summary = summarise([row(0, expired, expired, aside), row(1, old), row(2, old), row(3, remark), row(4)])
    assert [
        ("names-missing", 2, "/p1"),
        ("expired", 1, "/p0"),
        ("key-id-missing", 1, "/p0"),
        ("outlives-issuer", 1, "/p3"),
    ] == [(str(one.code), one.count, one.first) for one in summary.met]
    assert (5, 2, 3) == (summary.rows, summary.fine, summary.with_findings)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (NOW - timedelta(seconds=1), (1, 0, 0, 0, 0)),
        (NOW, (0, 1, 0, 0, 0)),
        (NOW + 7 * DAY, (0, 0, 1, 0, 0)),
        (NOW + 30 * DAY, (0, 0, 0, 1, 0)),
        (NOW + 90 * DAY, (0, 0, 0, 0, 1)),
    ],
)
def test_what_ends_when(end: object, expected: tuple[int, ...]) -> None:
    """Each certificate is in one of the spans, told by its last second."""
    ends = summarise([row(not_after=time_text(end))]).ends  # type: ignore[arg-type]
    assert expected == (ends.expired, *ends.within, ends.later)


def test_it_is_counted_at_any_time_there_is() -> None:
    """Also on the last day of the calendar, after which nothing ends."""
    edges = Tally(datetime(9999, 12, 31, tzinfo=UTC)).edges
    assert edges == sorted(edges)


def test_what_could_not_be_looked_at_is_named_first_ten() -> None:
    """All are counted; none of them counts as fine or as having findings."""
    unseen = [row(n, verdict="unseen", problem=json.dumps({"code": "x"})) for n in range(12)]
    summary = summarise([*unseen, row(99, also=4)])
    assert [f"/p{n}" for n in range(10)] == [one.place for one in summary.unseen]
    assert (13, 17, 12, 1, 0) == (
        summary.rows, summary.places, summary.unseen_count, summary.fine, summary.with_findings,
    )  # fmt: skip
    assert ("unseen", 12) in summary.verdicts
    assert ("accepted", 1) in summary.verdicts


def test_issuers_are_the_most_frequent_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten are named; a pile in which every leaf has another issuer takes no memory for each."""
    monkeypatch.setattr(module, "_ISSUERS", 12)
    rows = [row(n, issuer=f"CN={n % 20:02d}") for n in range(40)] + [row(50, issuer="CN=07")]
    issuers = summarise(rows).issuers
    assert (10, ("CN=07", 3), ("CN=00", 2)) == (len(issuers), *issuers[:2])


def test_what_could_not_be_looked_at_is_told_by_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """The most frequent first, each with its first place; reasons without end are not held."""

    def unseen(number: int, reason: str, code: str = "trust.nothing-served") -> Row:
        error = CouldNotLookError(code, address=f"h{number}:1", reason=reason)
        return row(number, verdict="unseen", problem=problem_text(error))

    rows = [unseen(0, "closed"), *(unseen(n, "timed-out") for n in range(1, 30)), unseen(30, "closed")]
    rows += [
        row(31, verdict="unseen", problem=problem_text(CouldNotLookError("sweep.archive-broken", path="/x")))
    ]
    found = summarise([*rows, row(32, verdict="unseen")])
    assert [
        ("trust.nothing-served", "timed-out", 29, "/p1"),
        ("trust.nothing-served", "closed", 2, "/p0"),
        ("sweep.archive-broken", "", 1, "/p31"),
        ("", "", 1, "/p32"),
    ] == [(one.code, one.why, one.count, one.first.place) for one in found.reasons]
    assert (33, 10) == (found.unseen_count, len(found.unseen))
    monkeypatch.setattr(module, "_WHY", 2)
    assert 2 == len(summarise(rows).reasons)
    monkeypatch.setattr(module, "REASONS", 1)
    assert ["timed-out"] == [one.why for one in summarise(rows).reasons]
