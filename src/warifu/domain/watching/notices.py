"""The life of a notice: open → notified → acknowledged → closed, and which step of telling it is due.

`decide` takes what is known (a `Book`), one look and its causes, and returns the new book with the steps that
are due now. It is a pure function: chance comes in as a number, time with the look. What was told is in the book,
so asking again, after a crash or an hour later, never makes the same step due twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from warifu.domain.estate.watch_spec import WatchSpec
from warifu.domain.findings import Severity
from warifu.domain.watching.cause import Cause, Held, Kind, Sight
from warifu.domain.watching.hours import next_allowed

SETTLES = timedelta(hours=1)
"""What could not be seen is told when it stays so: a network that blinked is no news."""

_KEPT = timedelta(days=400)  # closed notices are shown for so long
_FOLLOWS: Mapping[Kind, frozenset[Kind]] = {
    Kind.EXPIRING: frozenset({Kind.EXPIRED_IN_USE, Kind.EXPIRED_UNUSED}),
    Kind.EXPIRED_IN_USE: frozenset({Kind.EXPIRED_UNUSED}),
}


class State(StrEnum):
    """Where a notice stands."""

    OPEN = "open"
    NOTIFIED = "notified"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class Closing(StrEnum):
    """Why a notice was closed."""

    SEEN = "seen"  # every place was seen without it
    FOLLOWED = "followed"  # another notice tells of the same certificate now
    UNMANAGED = "unmanaged"  # the estate has those places no longer, or nobody wants to hear of the kind
    ACCEPTED = "accepted"  # a person said that the change is right


@dataclass(frozen=True, slots=True)
class Told:
    """A step of telling that was handed to the channels."""

    step: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody knows, and wants to hear nothing until an instant.

    Args:
        members: what it was about when they said so; more of it is news.
    """

    by: str
    until: datetime
    at: datetime
    reason: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """One cause, from the look that met it first until a look that saw it gone.

    Args:
        occurrence: the same cause may come back; each time is another notice.
        jitter: drawn once, when it was opened.
        cause: as last seen.
        seen: the last look that found it.
        grown: since when it is about more than was last told.
    """

    id: str
    kind: Kind
    about: str
    occurrence: int
    opened: datetime
    jitter: timedelta
    cause: Cause
    seen: datetime
    told: tuple[Told, ...] = ()
    members: tuple[str, ...] = ()
    grown: datetime | None = None
    acknowledged: Acknowledged | None = None
    closed: datetime | None = None
    closing: str = ""

    def state(self, now: datetime) -> State:
        """Return where it stands at an instant."""
        if self.closed is not None:
            return State.CLOSED
        if self.acknowledged is not None and now < self.acknowledged.until:
            return State.ACKNOWLEDGED
        return State.NOTIFIED if self.told else State.OPEN


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that is remembered between two looks.

    Args:
        id: names this book in message ids; another estate has another.
        phase: part of the time between two looks by which each look is late, drawn once for the book.
        baseline: what each place held when it was last taken as right.
        looked: the last look.
    """

    id: str
    phase: float = 0.0
    notices: Mapping[str, Notice] = field(default_factory=dict)
    baseline: Mapping[str, Held] = field(default_factory=dict)
    looked: datetime | None = None

    @property
    def open(self) -> tuple[Notice, ...]:
        """The notices that are not closed, the most urgent kind first."""
        listed = [notice for notice in self.notices.values() if notice.closed is None]
        order = list(Kind)
        return tuple(sorted(listed, key=lambda one: (order.index(one.kind), one.opened, one.id)))


@dataclass(frozen=True, slots=True)
class Due:
    """A step of a notice whose time has come."""

    notice: Notice
    step: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What a look changes: the new book, the steps to tell now, and the notices that it closed."""

    book: Book
    due: tuple[Due, ...] = ()
    closed: tuple[Notice, ...] = ()


def decide(
    book: Book,
    sight: Sight,
    causes: Iterable[Cause],
    spec: WatchSpec,
    *,
    zone: tzinfo,
    draw: Callable[[], float],
) -> Decided:
    """Return what one look makes of the book.

    Args:
        zone: the time zone that `spec.hours.zone` names.
        draw: a number of [0, 1), asked once for each notice that is opened.
    """
    listed = tuple(causes)
    notices = {name: one for name, one in book.notices.items() if _is_kept(one, sight.at)}
    for cause in listed:
        notice = _met_again(notices, cause, sight.at) or _opened(notices, cause, spec, sight.at, draw())
        notices[notice.id] = notice
    closed = tuple(_closed(notices.values(), listed, sight, spec))
    notices.update({notice.id: notice for notice in closed})
    due = []
    for notice in notices.values():
        step = find_due(notice, spec, zone, sight.at)
        if step:
            members = tuple(sorted(notice.cause.members))
            told = replace(
                notice,
                told=(*notice.told, Told(step, sight.at)),
                members=members,
                grown=None,
                acknowledged=None,
            )
            due.append(Due(told, step))
    notices.update({one.notice.id: one.notice for one in due})
    baseline = _baseline(book, sight)
    return Decided(Book(book.id, book.phase, notices, baseline, sight.at), tuple(due), closed)


def find_due(notice: Notice, spec: WatchSpec, zone: tzinfo, now: datetime) -> str:
    """Return the step that is to be told now; empty when there is none.

    After a long silence only the present step is told, never those that were missed. Without a channel nothing is:
    whoever sets one up later hears of everything that is open.
    """
    if not spec.tells or notice.state(now) is State.CLOSED or _is_silenced(notice, now):
        return ""
    if notice.kind is Kind.EXPIRING:
        step, came = _window_step(notice, spec, now)
    else:
        step, came = _repeated_step(notice, spec, now)
    if not step or any(told.step == step for told in notice.told):
        return ""
    due = came + notice.jitter
    if notice.cause.severity is not Severity.ERROR or spec.hold_urgent:
        due = next_allowed(due, spec.hours, zone)
    return step if now >= due else ""


def acknowledge(notice: Notice, by: str, until: datetime, now: datetime, reason: str = "") -> Notice:
    """Return a notice that stays silent until an instant, unless it comes to be about more."""
    members = tuple(sorted(notice.cause.members))
    return replace(notice, acknowledged=Acknowledged(by, until, now, reason, members), grown=None)


def accept(book: Book, notice: Notice, now: datetime) -> Book:
    """Return a book in which what a place was found to hold is right; its notice is closed."""
    assert notice.cause.found is not None  # noqa: S101  # asked of changes only
    place = notice.cause.places[0]
    closed = replace(notice, closed=now, closing=Closing.ACCEPTED.value)
    notices = {**book.notices, notice.id: closed}
    return replace(book, notices=notices, baseline={**book.baseline, place: notice.cause.found})


def _is_kept(notice: Notice, now: datetime) -> bool:
    return notice.closed is None or now - notice.closed < _KEPT


def _met_again(notices: Mapping[str, Notice], cause: Cause, now: datetime) -> Notice | None:
    for notice in notices.values():
        if notice.closed is None and (notice.kind, notice.about) == (cause.kind, cause.about):
            more = bool(cause.members - {*notice.cause.members, *notice.members})
            grown = notice.grown or (now if more and _tells_growth(cause) else None)
            return replace(notice, cause=cause, seen=now, grown=grown)
    return None


def _tells_growth(cause: Cause) -> bool:
    """One notice stands for whatever an owner has to remove: another entry is news. A certificate at more places is not."""
    return cause.kind is Kind.EXPIRED_UNUSED


def _opened(
    notices: Mapping[str, Notice], cause: Cause, spec: WatchSpec, now: datetime, drawn: float
) -> Notice:
    key = (cause.kind, cause.about)
    before = [one.occurrence for one in notices.values() if (one.kind, one.about) == key]
    occurrence = max(before, default=0) + 1
    text = f"{cause.kind}|{cause.about}|{occurrence}|{now.isoformat()}"
    name = hashlib.sha256(text.encode()).hexdigest()[:8]
    return Notice(name, cause.kind, cause.about, occurrence, now, drawn * spec.spread, cause, now)


def _closed(
    notices: Iterable[Notice], causes: tuple[Cause, ...], sight: Sight, spec: WatchSpec
) -> Iterator[Notice]:
    present = {(cause.kind, cause.about) for cause in causes}
    for notice in notices:
        if notice.closed is not None or (notice.kind, notice.about) in present:
            continue
        why = _closing(notice, causes, sight, spec)
        if why is not None:
            yield replace(notice, closed=sight.at, closing=why.value)


def _closing(notice: Notice, causes: tuple[Cause, ...], sight: Sight, spec: WatchSpec) -> Closing | None:
    """Return why a notice that was not met this time may be closed; None leaves it open: nobody saw that it is gone."""
    if notice.kind in spec.leave_out:
        return Closing.UNMANAGED
    followers = {
        fingerprint
        for cause in causes
        if cause.kind in _FOLLOWS.get(notice.kind, frozenset())
        for fingerprint in cause.certificates
    }
    if notice.cause.certificates & followers:
        return Closing.FOLLOWED
    left = [place for place in notice.cause.places if not sight.is_gone(place)]
    if any(place not in sight.seen for place in left):
        return None
    return Closing.SEEN if left or not notice.cause.places else Closing.UNMANAGED


def _is_silenced(notice: Notice, now: datetime) -> bool:
    said = notice.acknowledged
    if said is None or now >= said.until:
        return False
    return notice.kind is not Kind.EXPIRED_UNUSED or notice.cause.members <= set(said.members)


def _window_step(notice: Notice, spec: WatchSpec, now: datetime) -> tuple[str, datetime]:
    ends = notice.cause.ends
    assert ends is not None  # noqa: S101  # what expires has an end
    window = min((one for one in spec.windows if now + one > ends), default=None)
    told = [timedelta(days=int(one.step.removesuffix("d"))) for one in notice.told]
    if window is None or any(one <= window for one in told):
        return "", now
    return f"{window.days}d", max(notice.opened, ends - window)


def _repeated_step(notice: Notice, spec: WatchSpec, now: datetime) -> tuple[str, datetime]:
    if not notice.told:
        settles = SETTLES if notice.kind is Kind.NOT_SEEN else timedelta()
        return "first", notice.opened + settles
    if notice.grown is not None:
        return f"grown-{len(notice.told)}", notice.grown
    first = notice.told[0].at
    times = (now - first) // spec.remind
    last = max((int(one.step[6:]) for one in notice.told if one.step.startswith("again-")), default=0)
    return (f"again-{times}", first + times * spec.remind) if times > last else ("", now)


def _baseline(book: Book, sight: Sight) -> dict[str, Held]:
    """Take what is met for the first time, and what rollouts of ours proved, as right; forget what is gone."""
    kept = {place: held for place, held in book.baseline.items() if not sight.is_gone(place)}
    for place, held in sight.values.items():
        if place not in kept or place in sight.ours:
            kept[place] = held
    return kept
