"""Looks, settings and books for tests of watching."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

from support.pki import NOW, Entity
from warifu.domain.estate.watch_spec import SmtpSpec, WatchSpec
from warifu.domain.watching import (
    FINDERS,
    Book,
    Decided,
    Notice,
    Sight,
    Standing,
    decide,
    find_causes,
    remembering,
)
from warifu.domain.watching.cause import Entry, Met

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
SMTP = SmtpSpec("mail.example", "warifu@shop.example", 587)
SPEC = WatchSpec(to="pki@shop.example", smtp=SMTP)


def never() -> float:
    """No jitter."""
    return 0.0


def met(
    entity: Entity, place: str = "web/tls", *, owner: str = "", standing: Standing = Standing.IN_USE
) -> Met:
    """A certificate at a place of node n."""
    one = entity.value
    key_id = str(one.subject_key_id)
    entry = Entry(place, "n", place, key_id, standing, str(one.subject), one.fingerprint.hex, one.not_after)
    return Met(entry, one, owner)


def sight(*mets: Met, at: datetime = NOW, seen: Sequence[str] | None = None, **more: object) -> Sight:
    """A look that saw every place of its certificates, unless it says which."""
    places = frozenset(one.entry.place for one in mets) | {"web/tls"}
    known = frozenset(places if seen is None else {*places, *seen})
    values: dict[str, object] = {
        "seen": places if seen is None else frozenset(seen),
        "known": known,
        "owners": {one.entry.place: one.owner for one in mets},
        **more,
    }
    return replace(Sight(at, mets), **values)  # type: ignore[arg-type]


def step(
    book: Book,
    look: Sight,
    spec: WatchSpec = SPEC,
    *,
    zone: tzinfo = UTC,
    draw: Callable[[], float] = never,
) -> Decided:
    """One look, decided."""
    whole = remembering(look, book)
    return decide(book, whole, find_causes(whole, spec, FINDERS), spec, zone=zone, draw=draw)


def only(book: Book) -> Notice:
    """The one notice that is open."""
    (notice,) = book.open
    return notice


def told(decided: Decided) -> list[tuple[str, str]]:
    """Kind and step of everything that is due."""
    return [(due.notice.kind.value, due.step) for due in decided.due]
