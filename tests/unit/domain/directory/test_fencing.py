"""Whether a node that reports is the one that reported before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.directory_cases import KNOWN
from support.pki import DAY, NOW
from warifu.domain.directory import (
    ClockSample,
    NodeReport,
    NodeSeen,
    NodeStanding,
    find_clock_faults,
    judge_report,
)
from warifu.domain.directory.fencing import BOOTS_KEPT
from warifu.domain.findings import Code, Severity

LATER = NOW + DAY


def report(boot: str, counter: int, **versions: int) -> NodeReport:
    return NodeReport("web-1", boot, counter, versions)


def test_the_first_report_makes_a_node_known() -> None:
    """Whatever it counts from."""
    heard = judge_report(NodeSeen("web-1"), report("a", 0, shop=3), now=NOW)
    assert NodeSeen("web-1", NodeStanding.GOOD, 0, ("a",), {"shop": 3}, NOW) == heard.seen
    assert () == heard.findings


def test_a_restart_is_no_clone() -> None:
    """Another boot that counts on; domains that it did not name stay as they were."""
    heard = judge_report(KNOWN, report("boot-c", 9, lab=1), now=LATER)
    assert () == heard.findings
    assert (("boot-a", "boot-b", "boot-c"), {"shop": 7, "lab": 1}, 9) == (
        heard.seen.boots,
        heard.seen.versions,
        heard.seen.counter,
    )


def test_a_report_that_was_sent_twice_is_one() -> None:
    """Nobody answered the first time."""
    assert () == judge_report(KNOWN, report("boot-b", 8, shop=7), now=LATER).findings


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        (report("boot-a", 9), [Code.NODE_CLONED]),
        (report("boot-b", 7), [Code.REPORT_GOES_BACK]),
        (report("boot-c", 8), [Code.REPORT_GOES_BACK]),
        (report("boot-c", 3), [Code.REPORT_GOES_BACK]),
        (report("boot-b", 9, shop=6), [Code.VERSION_GOES_BACK]),
        (report("boot-a", 2, shop=6), [Code.NODE_CLONED, Code.REPORT_GOES_BACK, Code.VERSION_GOES_BACK]),
    ],
)
def test_what_goes_back_is_fenced(told: NodeReport, codes: list[Code]) -> None:
    """Every reason is told, and nothing that it said is taken over."""
    heard = judge_report(KNOWN, told, now=LATER)
    assert codes == [finding.code for finding in heard.findings]
    assert (NodeStanding.FENCED, KNOWN.boots, 8, LATER) == (
        heard.seen.standing,
        heard.seen.boots,
        heard.seen.counter,
        heard.seen.at,
    )


def test_two_machines_of_one_key_are_found_at_the_third_report() -> None:
    """A, B, and A again, each counting on."""
    seen, found = NodeSeen("web-1"), list[list[Code]]()
    for boot, counter in (("a", 1), ("b", 2), ("a", 3)):
        heard = judge_report(seen, report(boot, counter), now=NOW)
        seen, found = heard.seen, [*found, [one.code for one in heard.findings]]
    assert [[], [], [Code.NODE_CLONED]] == found


def test_a_fenced_node_stays_so_until_it_is_seeded_anew() -> None:
    """Even where it says the right things again."""
    fenced = judge_report(KNOWN, report("boot-a", 9), now=NOW).seen
    heard = judge_report(fenced, report("boot-b", 10), now=LATER)
    assert (fenced, [Code.NODE_FENCED]) == (heard.seen, [one.code for one in heard.findings])
    assert () == judge_report(NodeSeen("web-1"), report("boot-a", 1), now=LATER).findings


def test_boots_are_remembered_for_a_while() -> None:
    """As many as a clone would need years for; the list does not grow for ever."""
    seen = NodeSeen("web-1")
    for number in range(BOOTS_KEPT + 5):
        seen = judge_report(seen, report(f"boot-{number}", number), now=NOW).seen
    assert (BOOTS_KEPT, f"boot-{BOOTS_KEPT + 4}") == (len(seen.boots), seen.boots[-1])


def sample(ahead: timedelta, there: timedelta = timedelta(), back: timedelta = timedelta()) -> ClockSample:
    """A request that takes so long there and back, to a server that answers at once."""
    return ClockSample(NOW + ahead, NOW + there, NOW + there, NOW + there + back + ahead)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("seconds", "severities"),
    [(0, []), (60, []), (61, [Severity.WARNING]), (300, [Severity.WARNING]), (301, [Severity.ERROR])],
)
def test_a_clock_that_is_wrong_is_told(seconds: int, sign: int, severities: list[Severity]) -> None:
    """In either direction: beyond a minute a warning, beyond five an error."""
    found = list(find_clock_faults("web-1", sample(timedelta(seconds=sign * seconds))))
    assert severities == [one.severity for one in found]
    assert all(one.code is Code.CLOCK_SKEWED for one in found)


def test_a_slow_way_is_no_wrong_clock() -> None:
    """What the way may have taken is given to the clock."""
    slow = sample(timedelta(), there=timedelta(seconds=170))
    assert timedelta(seconds=-85) == slow.offset
    assert [] == list(find_clock_faults("web-1", slow))
    both = sample(timedelta(seconds=400), timedelta(seconds=3), timedelta(seconds=3))
    assert (timedelta(seconds=400), timedelta(seconds=3)) == (both.offset, both.uncertainty)


def test_a_clock_that_was_set_meanwhile_is_no_negative_way() -> None:
    """It had the answer before it asked."""
    odd = ClockSample(NOW, NOW, NOW, NOW - timedelta(seconds=10))
    assert timedelta() == odd.uncertainty
