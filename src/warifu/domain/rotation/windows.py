"""Maintenance windows: when a step that interrupts may start, so that it fits with its way back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from warifu.domain.estate import Estate, Window
from warifu.domain.rotation.plan import Wave
from warifu.domain.rotation.waves import interrupted

HORIZON = 400  # days looked ahead: a yearly window is found, a window that never opens ends


@dataclass(frozen=True, slots=True)
class Opening:
    """A span (UTC) in which a step may start; it must be over, way back included, by `closes`."""

    window: str
    opens: datetime
    closes: datetime

    def fits(self, start: datetime, needs: timedelta) -> bool:
        """Tell whether something that begins at `start` ends, with its way back, in time."""
        return self.opens <= start and start + needs <= self.closes


def openings(window: Window, zone: tzinfo, now: datetime) -> Iterator[Opening]:
    """Yield the openings that are not over yet, in order.

    Args:
        zone: the time zone that `window.zone` names.
    """
    today = now.astimezone(zone).date()
    for ahead in range(-1, HORIZON):
        day = today + timedelta(days=ahead)
        if day.weekday() not in window.weekdays or _frozen(window, day):
            continue
        opens = datetime.combine(day, window.start, zone).astimezone(UTC)
        closes = opens + window.length
        if closes > now:
            yield Opening(window.name, opens, closes)


def _frozen(window: Window, day: date) -> bool:
    return any(first <= day <= last for first, last in window.freezes)


def next_opening(
    windows: Iterable[Window], zones: Mapping[str, tzinfo], now: datetime, needs: timedelta
) -> Opening | None:
    """Return the first opening of any of the windows in which `needs` still fits; it may be open already."""
    found = []
    for window in windows:
        for opening in openings(window, zones[window.zone], now):
            if opening.fits(max(now, opening.opens), needs):
                found.append(opening)
                break
    return min(found, key=lambda opening: (opening.opens, opening.closes), default=None)


def windows_of(wave: Wave, estate: Estate) -> tuple[tuple[Window, ...], ...]:
    """Return, for each group that a wave interrupts and that has windows, those windows."""
    groups = [group for group in estate.groups.values() if group.windows]
    services = {service.name for service in interrupted(wave, estate)} if groups else set()
    return tuple(
        tuple(estate.windows[name] for name in group.windows)
        for group in groups
        if services & set(group.services)
    )


def time_needed(wave: Wave) -> timedelta:
    """Return how long the steps of a wave that interrupt take, with their way back: its longest chain, twice."""
    longest = timedelta()
    for chain in wave.chains:
        takes = [getattr(step, "takes", timedelta()) for step in chain if getattr(step, "interrupts", False)]
        longest = max(longest, sum(takes, timedelta()))
    return 2 * longest
