"""When a step that interrupts may begin."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from support.built_estates import EstateBuilder, trusted
from support.pki import make_ca
from warifu.domain.estate import Group, Loading, Window
from warifu.domain.rotation.plan import Wave
from warifu.domain.rotation.steps import Switch
from warifu.domain.rotation.windows import next_opening, openings, time_needed, windows_of

HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 6, 1, 12, tzinfo=UTC)
NIGHT = Window("night", "UTC", (0, 2), time(22), 4 * HOUR, ())
ZONES = {"UTC": UTC}


def first(window: Window, now: datetime, needs: timedelta = HOUR) -> datetime | None:
    found = next_opening([window], ZONES, now, needs)
    return found.opens if found else None


def test_only_its_weekdays_open_it() -> None:
    """On Monday and Wednesday nights; a night that began yesterday is open still."""
    assert MONDAY.replace(hour=22) == first(NIGHT, MONDAY)
    assert MONDAY.replace(hour=22) == first(NIGHT, MONDAY + 13 * HOUR)
    assert MONDAY.replace(day=3, hour=22) == first(NIGHT, MONDAY + 14 * HOUR)


def test_a_freeze_keeps_it_shut() -> None:
    """Both days of the freeze belong to it; the first night after it opens."""
    frozen = replace(NIGHT, freezes=((date(2026, 6, 1), date(2026, 6, 3)),))
    assert MONDAY.replace(day=8, hour=22) == first(frozen, MONDAY)


def test_what_no_longer_fits_waits_for_the_next_opening() -> None:
    """Ten minutes before it closes an hour's work does not begin."""
    assert MONDAY.replace(day=3, hour=22) == first(NIGHT, MONDAY + timedelta(hours=13, minutes=50))


def test_what_never_fits_has_no_opening() -> None:
    """Longer than any night, and a window without days: the search ends, and answers none."""
    assert None is first(NIGHT, MONDAY, 5 * HOUR)
    assert [] == list(openings(replace(NIGHT, weekdays=()), UTC, MONDAY))


def test_of_several_windows_the_first_to_open_counts() -> None:
    """One that never fits does not hide another."""
    noon = Window("noon", "UTC", (1,), time(12), HOUR, ())
    found = next_opening([NIGHT, noon], ZONES, MONDAY + 14 * HOUR, HOUR)
    assert found is not None
    assert ("noon", MONDAY.replace(day=2)) == (found.window, found.opens)


def test_a_wave_waits_for_the_groups_it_interrupts() -> None:
    """Groups without windows and groups that go on serving are not waited for; the longest chain counts twice."""
    place = EstateBuilder()
    root = make_ca("Root")
    place.trusts("web", root, loading=Loading.RESTART)
    place.trusts("app", root)
    place.groups = {
        "front": Group("front", ("web",), 1, ("night",)),
        "back": Group("back", ("app",), 1, ("night",)),
        "free": Group("free", ("web",)),
    }
    estate = replace(place.estate, windows={"night": NIGHT})

    def step(name: str, *, minutes: int, interrupts: bool) -> Switch:
        return Switch(
            id=name,
            why="x",
            kind="add-anchor",
            slot=f"{name}/trust",
            node="here",
            before=(),
            after=trusted(root),
            interrupts=interrupts,
            takes=timedelta(minutes=minutes),
        )

    loud, calm = step("web", minutes=5, interrupts=True), step("app", minutes=50, interrupts=False)
    wave = Wave(1, "trust", ((loud, calm), (loud, loud)))
    assert ((NIGHT,),) == windows_of(wave, estate)
    assert timedelta(minutes=20) == time_needed(wave)
    assert ((), timedelta()) == (
        windows_of(Wave(1, "trust", ((calm,),)), estate),
        time_needed(Wave(1, "trust", ())),
    )
