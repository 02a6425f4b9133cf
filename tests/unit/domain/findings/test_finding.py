"""What makes findings one."""

from __future__ import annotations

from dataclasses import replace

from warifu.domain.findings import Code, Finding, Severity, Text, distinct
from warifu.domain.findings.table.entry import Entry


def test_a_finding_is_told_once() -> None:
    """Code, subject, evidence in any order and weight are compared; the first place counts."""
    one = Finding(Code.EXPIRED, "a", {"now": 1, "not_after": (2, 3)})
    turned = Finding(Code.EXPIRED, "a", {"not_after": (2, 3), "now": 1})
    others = [
        replace(one, code=Code.REVOKED),
        replace(one, subject="b"),
        replace(one, evidence={"now": 2, "not_after": (2, 3)}),
        replace(one, severity=Severity.NOTE),
    ]
    assert [one, *others] == list(distinct([one, *others, turned, *others]))


def test_findings_are_not_compared_with_each_other() -> None:
    """A certificate may hold thousands of faults of one kind: the work grows as their number does."""
    compared = 0

    class Counted:
        def __init__(self, number: int) -> None:
            self.number = number

        def __eq__(self, _other: object) -> bool:
            nonlocal compared
            compared += 1
            return False

        def __hash__(self) -> int:
            return 0

        def __repr__(self) -> str:
            return f"Counted({self.number})"

    many = [Finding(Code.EXPIRED, "a", {"now": Counted(number)}) for number in range(300)]
    assert 300 == len(list(distinct(many)))
    assert compared <= 300


def test_what_is_said_and_to_be_done_may_differ_with_the_evidence() -> None:
    """The first case that holds counts: a value that is equal, or that a list holds; else what is said of all."""
    plain, other, last = (Text(word, word) for word in ("plain", "other", "last"))
    cases: dict[tuple[str, object], Text] = {("part", "a"): other, ("part", "b"): last}
    entry = Entry(plain, "", plain, otherwise=cases, titles=cases)
    for evidence, expected in (
        ({}, plain),
        ({"part": "c"}, plain),
        ({"part": ("c", "b")}, last),
        ({"part": "a"}, other),
        ({"part": ("b", "a")}, other),
        ({"part": ["a"]}, plain),
    ):
        assert (expected, expected) == (entry.title_for(evidence), entry.remedy_for(evidence))
