"""Who trusts an anchor, and which expired ones are still kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from support.directory_cases import NEW, OLD, SHOP, entry, presented, published
from support.pki import DAY, NOW, Entity, make_ca
from warifu.domain.directory import (
    Anchor,
    ClientStore,
    NodeEntries,
    Reports,
    expiry_alarm,
    who_trusts,
)
from warifu.domain.endpoint import Entry, EntryKind
from warifu.domain.findings import Code, Severity

RENEWED = make_ca("Old Root", key=OLD.key)
PAST, ALSO = make_ca("Past", expired=True), make_ca("Also Past", expired=True)


def node(name: str, *entries: Entry, heard: bool = True) -> NodeEntries:
    return NodeEntries(name, entries, NOW - timedelta(minutes=1), heard)


@pytest.mark.req("X-10")
def test_who_trusts_a_root_is_an_exact_list() -> None:
    """By these very bytes; since when, and when that was last confirmed; who is silent is marked."""
    java = ClientStore("pay-1", "trust.jks", {"oldroot": OLD.value, "new": NEW.value}, NOW - DAY)
    reports = Reports(
        nodes=(
            node("web-1", entry(OLD), entry(NEW), entry(RENEWED)),
            node("web-2", entry(OLD, alias="mine"), heard=False),
            node("web-3", entry(OLD, distrusted=True)),
            node("web-4", Entry("machine", "web", EntryKind.PRIVATE_KEY, (SHOP.value, OLD.value))),
        ),
        stores=(java,),
    )
    usual = Anchor(OLD.value).name
    assert [
        ("pay-1/trust.jks/oldroot", None, NOW - DAY, True),
        (f"web-1/trusted-roots/{usual}", NOW, NOW - timedelta(minutes=1), True),
        ("web-2/trusted-roots/mine", NOW, NOW - timedelta(minutes=1), False),
    ] == [(one.place, one.since, one.seen, one.heard) for one in who_trusts(Anchor(OLD.value), reports)]
    assert () == who_trusts(Anchor(make_ca("Nobody").value), reports)


def alarm_of(*roots: Entity, chains: tuple[Entity, ...] = ()) -> tuple[int, list[tuple[Code, Severity]]]:
    seen = Reports(
        nodes=(node("web-1", *(entry(root) for root in roots)),),
        presented=tuple(presented(chain) for chain in chains),
    )
    alarm = expiry_alarm(seen, published(NEW), now=NOW)
    assert alarm.is_open is (alarm.count > 0)
    return alarm.count, [(one.code, one.severity) for one in alarm.findings]


@pytest.mark.req("S0-18")
def test_the_alarm_closes_with_the_last_entry() -> None:
    """Two expired and unused: one removed leaves one, the second closes it."""
    unused = [(Code.EXPIRED_UNUSED, Severity.WARNING)]
    assert [(2, unused), (1, unused), (0, [])] == [
        alarm_of(PAST, ALSO, NEW),
        alarm_of(ALSO, NEW),
        alarm_of(NEW),
    ]


def test_expired_in_use_and_unused_are_told_apart() -> None:
    """What something still chains to breaks now; the others may be retired."""
    leaf = PAST.leaf("shop.example")
    assert (2, [(Code.EXPIRED_IN_USE, Severity.ERROR), (Code.EXPIRED_UNUSED, Severity.WARNING)]) == alarm_of(
        PAST, ALSO, chains=(leaf,)
    )
    key = Entry("machine", "web", EntryKind.PRIVATE_KEY, (leaf.value,))
    held = Reports(nodes=(node("web-1", entry(PAST), key),))
    assert 1 == len(expiry_alarm(held, published(NEW), now=NOW).in_use)
    silent = replace(presented(leaf), chain=())
    quiet = Reports(nodes=(node("web-1", entry(PAST)),), presented=(silent,))
    assert 1 == len(expiry_alarm(quiet, published(NEW), now=NOW).unused)


def test_an_expired_root_whose_renewal_is_published_is_unused() -> None:
    """Everything beneath it has another way."""
    late = make_ca("Renewed", expired=True)
    fresh = make_ca("Renewed", key=late.key)
    reports = Reports(nodes=(node("web-1", entry(late)),), presented=(presented(late.leaf("x.example")),))
    assert (1, 0) == tuple(
        map(
            len,
            (
                expiry_alarm(reports, published(fresh), now=NOW).unused,
                expiry_alarm(reports, published(fresh), now=NOW).in_use,
            ),
        )
    )


def test_what_lies_in_quarantine_is_to_be_removed_too() -> None:
    """It is trusted by nobody and kept all the same."""
    reports = Reports(nodes=(node("web-1", entry(PAST, distrusted=True)),))
    assert 1 == expiry_alarm(reports, published(NEW), now=NOW).count


@pytest.mark.req("X-13")
def test_the_last_second_is_no_alarm() -> None:
    """The period includes it."""
    reports = Reports(nodes=(node("web-1", entry(OLD)),))
    end = OLD.value.not_after
    assert [0, 0, 1] == [
        expiry_alarm(reports, published(NEW), now=end + timedelta(seconds=second)).count
        for second in (-1, 0, 1)
    ]
