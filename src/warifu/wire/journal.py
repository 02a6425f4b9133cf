"""Journal rows <-> events. Format 1; rows of a kind that is not known are kept and skipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from warifu.domain.rotation.progress import Event, Happened

FORMAT = 1


def to_row(event: Event) -> tuple[str, str, dict[str, object]]:
    """Return (kind, step, data) of an event."""
    data: dict[str, object] = {"format": FORMAT, "values": dict(event.values)}
    if event.wave:
        data["wave"] = event.wave
    return event.kind.value, event.step, data


def to_events(rows: Iterable[tuple[datetime, str, str, Mapping[str, object]]]) -> tuple[Event, ...]:
    """Return the events of (at, kind, step, data) rows, in order."""
    known = {kind.value: kind for kind in Happened}
    return tuple(_event(at, known[kind], step, data) for at, kind, step, data in rows if kind in known)


def _event(at: datetime, kind: Happened, step: str, data: Mapping[str, object]) -> Event:
    values = data.get("values", {})
    wave = data.get("wave", 0)
    texts = {str(k): str(v) for k, v in values.items()} if isinstance(values, Mapping) else {}
    return Event(at, kind, step, wave if isinstance(wave, int) else 0, texts)
