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
from warifu.domain.watching.cause import Cause, Held, Kind, Sight, Standing
from warifu.domain.watching.hours import after, next_allowed

SETTLES = timedelta(hours=1)
"""What could not be seen is told when it stays so: a network that blinked is no news."""

_KEPT = timedelta(days=400)  # closed notices are shown for so long
_FOLLOWS: Mapping[Kind, frozenset[Kind]] = {
    Kind.EXPIRING: frozenset({Kind.EXPIRED_IN_USE, Kind.EXPIRED_UNDECIDED, Kind.EXPIRED_UNUSED}),
    Kind.EXPIRED_IN_USE: frozenset({Kind.EXPIRED_UNUSED}),
    Kind.EXPIRED_UNDECIDED: frozenset({Kind.EXPIRED_IN_USE, Kind.EXPIRED_UNUSED}),
    Kind.NOT_LIVE: frozenset({Kind.EXPIRING, Kind.EXPIRED_IN_USE}),
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
        if self._is_silenced(now):
            return State.ACKNOWLEDGED
        return State.NOTIFIED if self.told else State.OPEN

    def _is_silenced(self, now: datetime) -> bool:
        """Somebody knows, and it has not come to be about more since."""
        said = self.acknowledged
        if said is None or now >= said.until:
            return False
        return not _tells_growth(self.cause) or self.cause.members <= set(said.members)


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
    notices = {name: one for name, one in book.notices.items() if _is_kept(one, sight.at)}
    known = {(one.kind, one.about): one for one in notices.values() if one.closed is None}
    listed = tuple(_with_what_was_not_seen(cause, known, sight) for cause in causes)
    past = {
        (one.kind, one.about): one.occurrence
        for one in sorted(notices.values(), key=lambda one: one.occurrence)
    }
    for cause in listed:
        key = (cause.kind, cause.about)
        before = known.get(key)
        if before is None:
            notice = _opened(cause, past.get(key, 0) + 1, spec, sight.at, draw())
        else:
            notice = _met_again(before, cause, sight.at)
        notices[notice.id] = known[key] = notice
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


def remembering(sight: Sight, book: Book) -> Sight:
    """Return a look together with what is remembered: what places held, and how anchors stood that it could not decide.

    An anchor is told as unused only by a look that saw everything that might need it, as in use by one that saw what
    needs it, and stays so until another sees otherwise: a server that is down for a while changes nothing.
    """
    entries = [entry for notice in book.open for entry in notice.cause.entries]
    known: dict[str, Standing] = {}
    for standing in (Standing.IN_USE, Standing.UNUSED):
        known.update({entry.member: standing for entry in entries if entry.standing is standing})
    mets = tuple(
        replace(met, entry=replace(met.entry, standing=known.get(met.entry.member, Standing.UNDECIDED)))
        if met.entry.standing is Standing.UNDECIDED
        else met
        for met in sight.met
    )
    return replace(sight, met=mets, baseline=book.baseline)


def is_overtaken(sight: Sight, book: Book, known: datetime | None) -> bool:
    """Tell whether another process wrote a later look while this one was made: what it saw is newer.

    A book whose last look lies ahead of the clock, and did already before this look, stops nothing.

    Args:
        known: the last look that the book knew when this one began.
    """
    return book.looked is not None and book.looked != known and sight.at < book.looked


def find_due(notice: Notice, spec: WatchSpec, zone: tzinfo, now: datetime) -> str:
    """Return the step that is to be told now; empty when there is none.

    After a long silence only the present step is told, never those that were missed. Without a channel nothing is:
    whoever sets one up later hears of everything that is open.
    """
    if not spec.tells or notice.state(now) in {State.CLOSED, State.ACKNOWLEDGED}:
        return ""
    if notice.kind is Kind.EXPIRING:
        step, came = _window_step(notice, spec, now)
    else:
        step, came = _repeated_step(notice, spec, now)
    if not step:
        step, came = _ack_over_step(notice, now)
    if not step or any(told.step == step for told in notice.told):
        return ""
    due = after(came, notice.jitter)
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


def _with_what_was_not_seen(cause: Cause, known: Mapping[tuple[Kind, str], Notice], sight: Sight) -> Cause:
    """Return a cause with those entries that were known before, and of which this look proved nothing."""
    found = cause.members
    before = [known.get((kind, cause.about)) for kind in _goes_on_from(cause.kind)]
    kept = {
        entry.member: entry
        for notice in before
        if notice is not None
        for entry in notice.cause.entries
        if entry.member not in found and sight.is_unproven(entry.place)
    }
    if not kept:
        return cause
    entries = tuple(sorted((*cause.entries, *kept.values()), key=lambda one: (one.place, one.fingerprint)))
    places = tuple(dict.fromkeys(entry.place for entry in entries))
    owners = {sight.owners.get(entry.place, "") for entry in kept.values()} - {""}
    first, *others = cause.findings
    told = {"count": len(entries), "where": places}
    evidence = {name: told.get(name, value) for name, value in first.evidence.items()}
    return replace(
        cause,
        findings=(replace(first, evidence=evidence), *others),
        entries=entries,
        places=places,
        owners=tuple(sorted({*cause.owners, *owners})),
    )


def _goes_on_from(kind: Kind) -> tuple[Kind, ...]:
    """A certificate that was ending at a place has ended there, whether the place was seen or not."""
    return (Kind.EXPIRING, kind) if kind in (Kind.EXPIRED_IN_USE, Kind.EXPIRED_UNDECIDED) else (kind,)


def _met_again(notice: Notice, cause: Cause, now: datetime) -> Notice:
    more = bool(cause.members - {*notice.cause.members, *notice.members})
    grown = notice.grown or (now if more and _tells_growth(cause) else None)
    return replace(notice, cause=cause, seen=now, grown=grown)


def _tells_growth(cause: Cause) -> bool:
    """One notice stands for whatever an owner has to remove: another entry is news. A certificate at more places is not."""
    return cause.kind is Kind.EXPIRED_UNUSED


def _opened(cause: Cause, occurrence: int, spec: WatchSpec, now: datetime, drawn: float) -> Notice:
    text = f"{cause.kind}|{cause.about}|{occurrence}|{now.isoformat()}"
    name = hashlib.sha256(text.encode()).hexdigest()[:8]
    return Notice(name, cause.kind, cause.about, occurrence, now, drawn * spec.spread, cause, now)


@dataclass(frozen=True, slots=True)
class _Following:
    """What the kinds that follow another tell of.

    Args:
        not_live: places at which what they tell of was renewed, and is in use all the same.
    """

    members: frozenset[str] = frozenset()
    certificates: frozenset[str] = frozenset()
    not_live: frozenset[str] = frozenset()

    @classmethod
    def of(cls, causes: Iterable[Cause], kinds: frozenset[Kind]) -> _Following:
        entries = [entry for cause in causes if cause.kind in kinds for entry in cause.entries]
        renewed = [one for one in entries if one.standing is Standing.RENEWED_NOT_LIVE]
        return cls(
            frozenset(one.member for one in entries),
            frozenset(one.fingerprint for one in entries),
            frozenset(one.place for one in renewed),
        )


def _closed(
    notices: Iterable[Notice], causes: tuple[Cause, ...], sight: Sight, spec: WatchSpec
) -> Iterator[Notice]:
    present = {(cause.kind, cause.about) for cause in causes}
    following = {kind: _Following.of(causes, after) for kind, after in _FOLLOWS.items()}
    for notice in notices:
        if notice.closed is not None or (notice.kind, notice.about) in present:
            continue
        why = _closing(notice, following.get(notice.kind, _Following()), sight, spec)
        if why is not None:
            yield replace(notice, closed=sight.at, closing=why.value)


def _closing(notice: Notice, following: _Following, sight: Sight, spec: WatchSpec) -> Closing | None:
    """Return why a notice that was not met this time may be closed; None leaves it open: nobody saw that it is gone."""
    if notice.kind in spec.leave_out:
        return Closing.UNMANAGED
    if _is_followed(notice, following, sight):
        return Closing.FOLLOWED
    if _is_passed_over(notice, sight):
        return None
    left = [place for place in notice.cause.places if not sight.is_gone(place)]
    if any(place not in sight.seen for place in left):
        return None
    return Closing.SEEN if left or not notice.cause.places else Closing.UNMANAGED


def _is_followed(notice: Notice, following: _Following, sight: Sight) -> bool:
    """Tell whether other causes tell of the same now, wherever nobody saw that it is gone."""
    if notice.kind is Kind.NOT_LIVE:
        return notice.about in following.not_live
    left = {entry.member for entry in notice.cause.entries if sight.is_unproven(entry.place)}
    return bool(notice.cause.certificates & following.certificates) and left <= following.members


def _is_passed_over(notice: Notice, sight: Sight) -> bool:
    """Tell whether a change still lies there, and is not told only because a rollout works at its place."""
    return notice.kind is Kind.CHANGED and any(
        place in sight.touched - sight.ours and sight.values.get(place) == notice.cause.found
        for place in notice.cause.places
    )


def _window_step(notice: Notice, spec: WatchSpec, now: datetime) -> tuple[str, datetime]:
    ends = notice.cause.ends
    assert ends is not None  # noqa: S101  # what expires has an end
    window = min((one for one in spec.windows if one > ends - now), default=None)
    told = [timedelta(days=int(one.step.removesuffix("d"))) for one in notice.told if one.step.endswith("d")]
    if window is None or any(one <= window for one in told):
        return "", now
    return f"{window.days}d", ends - window if ends - notice.opened > window else notice.opened


def _repeated_step(notice: Notice, spec: WatchSpec, now: datetime) -> tuple[str, datetime]:
    if not notice.told:
        settles = SETTLES if notice.kind is Kind.NOT_SEEN else timedelta()
        return "first", after(notice.opened, settles)
    if notice.grown is not None:
        return f"grown-{len(notice.told)}", notice.grown
    since, before = notice.told[0].at, 0
    last = 0
    for one in notice.told:
        if one.step.startswith("again-"):
            last = int(one.step.removeprefix("again-"))
        elif one.step.startswith(_ACK_OVER):
            since, before = one.at, last
    times = before + (now - since) // spec.remind
    return (f"again-{times}", since + (times - before) * spec.remind) if times > last else ("", now)


_ACK_OVER = "ack-over-"


def _ack_over_step(notice: Notice, now: datetime) -> tuple[str, datetime]:
    """Return the step that speaks when nothing else does, and the date has passed until which somebody knew."""
    said = notice.acknowledged
    if said is None or now < said.until:
        return "", now
    return f"{_ACK_OVER}{len(notice.told)}", said.until


def _baseline(book: Book, sight: Sight) -> dict[str, Held]:
    """Take what is met for the first time, and what rollouts of ours proved, as right; forget what is gone."""
    kept = {place: held for place, held in book.baseline.items() if not sight.is_gone(place)}
    for place, held in sight.values.items():
        if place not in kept or place in sight.ours:
            kept[place] = held
    return kept
