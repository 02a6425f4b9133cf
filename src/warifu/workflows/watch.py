"""Watching: look, decide, tell, remember.

A look and what follows from it are written in one transaction, messages included; then messages go, one after
the other. Each is marked just before the bytes that cannot be taken back, and again when the receiver has it.
A message found with the first mark and without the second was cut in the middle: it is *uncertain*, and is
sent again only over a channel whose receivers recognise it by its id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from warifu.domain.estate.watch_spec import WatchSpec
from warifu.domain.watching import (
    Book,
    Finder,
    Notice,
    Sight,
    decide,
    find_causes,
    is_overtaken,
    remembering,
)
from warifu.domain.watching.message import Message, Sent, next_try
from warifu.domain.watching.notices import Decided, State, accept, acknowledge
from warifu.errors import CouldNotLookError, PartlyDoneError, RefusedError, UsageError, WarifuError
from warifu.ports.clock import Clock
from warifu.ports.notices import Change, NoticeBook
from warifu.ports.notifiers import Board, Notifier, Standings
from warifu.workflows.letters import Desk


@dataclass(frozen=True, slots=True)
class Round:
    """What one round of watching gave.

    Args:
        open: every notice that is not closed, the most urgent first.
        problems: what could not be told or shown.
        left: another process sends now, and was left to it.
    """

    at: datetime
    open: tuple[Notice, ...]
    closed: tuple[Notice, ...]
    sent: tuple[Message, ...]
    waiting: tuple[Message, ...]
    uncertain: tuple[Message, ...]
    problems: tuple[WarifuError, ...] = ()
    left: WarifuError | None = None

    @property
    def silenced(self) -> tuple[Notice, ...]:
        """The notices that somebody acknowledged."""
        return tuple(one for one in self.open if one.state(self.at) is State.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Watcher:
    """Everything that watching needs of the world.

    Args:
        look: looks once at what is watched.
        zone: the time zone that the settings name.
        desk: writes messages, given the id of the book.
        draw: a number of [0, 1): jitter, drawn once a notice.
        unbroken: held while a message goes, so that a signal waits for its end.
    """

    look: Callable[[], Sight]
    book: NoticeBook
    spec: WatchSpec
    zone: tzinfo
    clock: Clock
    desk: Callable[[str], Desk]
    finders: Sequence[Finder]
    draw: Callable[[], float]
    notifiers: Mapping[str, Notifier]
    boards: Sequence[Board] = ()
    unbroken: Callable[[], AbstractContextManager[None]] = nullcontext

    def watch_once(self) -> Round:
        """Look once, remember what was seen, and tell what is due.

        Raises:
            CouldNotLookError: `watch.state`; and what the look raises.
        """
        known = self.book.book().looked
        sight = self.look()
        decided: list[Decided] = []

        def on(book: Book) -> Change:
            if is_overtaken(sight, book, known):
                return Change(book)
            seen = remembering(sight, book)
            causes = find_causes(seen, self.spec, self.finders)
            made = decide(book, seen, causes, self.spec, zone=self.zone, draw=self.draw)
            decided.append(made)
            desk = self.desk(book.id)
            messages = tuple(one for due in made.due for one in desk.write(due, sight.at))
            overtaken = (*(due.notice.id for due in made.due), *(one.id for one in made.closed))
            return Change(made.book, messages, overtaken)

        change = self.book.change(on)
        sent: list[Message] = []
        problems: list[WarifuError] = []
        left: WarifuError | None = None
        try:
            with self.book.sending():
                self._deliver(sent, problems)
        except RefusedError as busy:
            left = busy
        messages = self.book.messages()
        waiting = tuple(one for one in messages if one.sent is Sent.PENDING)
        uncertain = tuple(one for one in messages if one.sent is Sent.UNCERTAIN)
        entries = tuple(met.entry for met in sight.met)
        standings = Standings(sight.at, change.book.open, entries, len(waiting), len(uncertain))
        if decided:  # else another process has shown what is newer
            problems += list(self._show(standings))
        return Round(
            sight.at,
            change.book.open,
            tuple(one for made in decided for one in made.closed),
            tuple(sent),
            waiting,
            uncertain,
            tuple(problems),
            left,
        )

    def _deliver(self, sent: list[Message], problems: list[WarifuError]) -> None:
        """Send what may go, what comes in meanwhile included; each is tried once."""
        self._settle_what_was_cut()
        tried: set[str] = set()
        while waiting := [one for one in self.book.messages() if self._may_go(one) and one.key not in tried]:
            for one in waiting:
                tried.add(one.key)
                for message in self.book.messages(one.key):  # people acknowledge in the meantime
                    if self._may_go(message):
                        self._try(message, sent, problems)

    def _may_go(self, message: Message) -> bool:
        return message.channel in self.notifiers and message.may_go(self.clock.now())

    def _try(self, message: Message, sent: list[Message], problems: list[WarifuError]) -> None:
        try:
            sent.append(self._send(message))
        except WarifuError as problem:
            problems.append(problem)

    def _settle_what_was_cut(self) -> None:
        for message in self.book.messages():
            if message.sent is Sent.GOING:
                notifier = self.notifiers.get(message.channel)
                again = notifier is not None and notifier.repeats
                self.book.note(replace(message, sent=Sent.PENDING if again else Sent.UNCERTAIN))

    def _send(self, message: Message) -> Message:
        """Send one message, with its marks.

        Raises:
            CouldNotLookError: `watch.not-sent`, `watch.secret`.
            PartlyDoneError: `watch.cut`.
        """
        notifier = self.notifiers[message.channel]
        with self.unbroken():
            try:
                notifier.send(message, lambda: self.book.note(replace(message, sent=Sent.GOING)))
            except PartlyDoneError as cut:
                self._put_off(message, cut, Sent.PENDING if notifier.repeats else Sent.UNCERTAIN)
                raise
            except CouldNotLookError as failed:
                self._put_off(message, failed, Sent.PENDING)
                raise
            done = replace(message, sent=Sent.SENT, settled=self.clock.now(), reason="")
            self.book.note(done)
        return done

    def _put_off(self, message: Message, error: WarifuError, sent: Sent) -> None:
        now, tries = self.clock.now(), message.tries + 1
        self.book.note(
            replace(
                message,
                sent=sent,
                tries=tries,
                not_before=next_try(tries, now),
                reason=str(error.values.get("reason", error.code)),
            )
        )

    def _show(self, standings: Standings) -> Iterator[WarifuError]:
        for board in self.boards:
            try:
                board.show(standings)
            except WarifuError as problem:
                yield problem


def acknowledge_notice(
    book: NoticeBook, name: str, *, by: str, until: datetime, now: datetime, reason: str = ""
) -> Notice:
    """Note that somebody knows of an open notice, and drop what has not gone yet.

    Raises:
        UsageError: `watch.no-such-notice`, `watch.ambiguous`, `watch.until-past`.
        RefusedError: `watch.is-closed`.
    """
    if until <= now:
        raise UsageError("watch.until-past", until=until, now=now)
    made: list[Notice] = []

    def on(known: Book) -> Change:
        notice = acknowledge(find_open(known, name), by, until, now, reason)
        made.append(notice)
        return Change(replace(known, notices={**known.notices, notice.id: notice}), overtaken=(notice.id,))

    book.change(on)
    return made[-1]


def accept_change(book: NoticeBook, name: str, *, by: str, now: datetime) -> Notice:
    """Take what a place was found to hold as right from now on; its notice closes.

    Raises:
        UsageError: `watch.no-such-notice`, `watch.ambiguous`.
        RefusedError: `watch.is-closed`; `watch.not-a-change`: only evidence closes notices of other kinds.
    """
    made: list[Notice] = []

    def on(known: Book) -> Change:
        notice = find_open(known, name)
        if notice.cause.found is None:
            raise RefusedError("watch.not-a-change", notice=notice.id)
        signed = acknowledge(notice, by, now, now)  # who said so is kept with it
        after = accept(known, signed, now)
        made.append(after.notices[notice.id])
        return Change(after, overtaken=(notice.id,))

    book.change(on)
    return made[-1]


def find_notice(book: Book, name: str) -> Notice:
    """Return a notice by its id or the beginning of it.

    Raises:
        UsageError: `watch.no-such-notice`, `watch.ambiguous`.
    """
    found = [one for one in book.notices.values() if name and one.id.startswith(name)]
    if not found:
        raise UsageError("watch.no-such-notice", notice=name)
    if len(found) > 1:
        raise UsageError("watch.ambiguous", notice=name, matching=[one.id for one in found])
    return found[0]


def find_open(book: Book, name: str) -> Notice:
    """Return a notice that is not closed.

    Raises:
        UsageError: `watch.no-such-notice`, `watch.ambiguous`.
        RefusedError: `watch.is-closed`.
    """
    notice = find_notice(book, name)
    if notice.closed is not None:
        raise RefusedError("watch.is-closed", notice=notice.id, closed=notice.closed)
    return notice
