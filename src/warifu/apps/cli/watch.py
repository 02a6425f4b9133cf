"""`warifu watch`: looks again and again, and tells the right person before anything breaks."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from types import FrameType
from typing import Any, TypedDict, Unpack

import click

from warifu.apps.cli import nagios
from warifu.apps.cli import watch_view as view
from warifu.apps.cli.options import DEFAULT_ESTATE, DURATION, TIME, OneOf, check_folder, estate_option
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import UsualVerbGroup, verb
from warifu.domain.findings import Lang, say, say_error
from warifu.domain.watching.hours import end_of_day, local
from warifu.errors import UsageError, WarifuError
from warifu.ports.notices import Change
from warifu.wiring import cli as wiring
from warifu.wiring import watch as watching
from warifu.workflows.watch import Round, accept_change, acknowledge_notice, find_notice

_FINE, _FINDINGS, _COULD_NOT_LOOK = 0, 1, 5
_LOOK_AT_THE_CLOCK = timedelta(seconds=30)


class _Where(TypedDict):
    """What is watched, and where it is remembered."""

    estate: str
    listed: tuple[str, ...]
    config: str
    state: str


class EndedError(KeyboardInterrupt):
    """Somebody ended a watcher that runs on."""


def build(lang: Lang) -> click.Command:
    """Return the command in a language."""
    return UsualVerbGroup(
        "watch",
        lang,
        say("watch.help", lang),
        [_once(lang), _list(lang), _show(lang), _ack(lang), _accept(lang)],
        usual="once",
    )


def _where(lang: Lang) -> Callable[[Any], Any]:
    def decorated(function: Any) -> Any:
        options = (
            estate_option(lang),
            click.option(
                "--list", "listed", multiple=True, metavar="FILE", help=say("watch.option-list", lang)
            ),
            click.option("--config", default="", metavar="FILE", help=say("watch.option-config", lang)),
            click.option("--state", default="", metavar="FILE", help=say("watch.option-state", lang)),
        )
        for option in reversed(options):
            function = option(function)
        return function

    return decorated


def _watched(where: _Where, lang: Lang, anchors: str = "", at: datetime | None = None) -> watching.Watched:
    if len(where["listed"]) > 1:
        raise UsageError("watch.one-list", lists=where["listed"])
    if where["listed"] and where["estate"] != DEFAULT_ESTATE:
        raise UsageError("cli.options-apart", one="--list", other="--estate")
    if anchors and not where["listed"]:
        raise UsageError("cli.option-alone", option="--anchors", wanted="--list FILE")
    if where["state"]:
        check_folder(wiring.files(), where["state"])
    listed = "".join(where["listed"])
    return watching.watched(
        watching.Subject(
            listed or where["estate"],
            bool(listed),
            anchors,
            where["config"],
            where["state"],
            at,
            lang,
        )
    )


def _once(lang: Lang) -> click.Command:
    @verb("once", lang, say("watch.help-once", lang))
    @_where(lang)
    @click.option("--anchors", default="", metavar="FILE", help=say("watch.option-anchors", lang))
    @click.option(
        "--every", type=DURATION, default=None, metavar="DURATION", help=say("watch.option-every", lang)
    )
    @click.option(
        "--format",
        "form",
        type=OneOf("text", "nagios"),
        default="text",
        help=say("watch.option-format", lang),
    )
    @click.option("--at", type=TIME, default=None, metavar="TIME", help=say("watch.option-at", lang))
    def once(  # the options of the verb
        out: Output,
        anchors: str,
        every: timedelta | None,
        form: str,
        at: datetime | None,
        **where: Unpack[_Where],
    ) -> int:
        if at is not None and (every is not None or not where["state"]):
            raise UsageError("watch.rehearsal-alone")
        if every is not None:
            if form == "nagios" or out.as_json:
                raise UsageError("watch.every-alone")
            return _run_on(where, anchors, every, out.lang)
        if form == "nagios" and out.as_json:
            raise UsageError("watch.nagios-alone")
        ending = _Ending()
        ending.listen()
        watcher = watching.watcher(_watched(where, out.lang, anchors, at), unbroken=ending.unbroken)
        round_ = watcher.watch_once()
        if form == "nagios":
            out.text(nagios.line_of(round_, out.lang, watcher.zone))
            return nagios.status_of(round_)
        view.show_round(out, round_, watcher.zone)
        return _exit_code(round_)

    return once


def _exit_code(round_: Round) -> int:
    if round_.problems:
        return _COULD_NOT_LOOK
    return _FINDINGS if len(round_.open) > len(round_.silenced) else _FINE


class _Ending:
    """SIGTERM, Ctrl-C and a closed terminal end a watcher at once, but never in the middle of a message."""

    def __init__(self) -> None:
        self._asked = False
        self._held = False

    def listen(self) -> None:
        """Take the signals over; what a parent had us ignore stays ignored."""
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._end)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True
        if not self._held:
            raise EndedError

    @contextmanager
    def unbroken(self) -> Iterator[None]:
        """Hold an ending back while a message goes."""
        self._held = True
        try:
            if self._asked:
                raise EndedError
            yield
        finally:
            self._held = False
        if self._asked:
            raise EndedError


def _run_on(where: _Where, anchors: str, every: timedelta, lang: Lang) -> int:
    """Look until somebody ends it; a look that fails is logged, and tried again at the next."""
    log, ending, clock = watching.log(), _Ending(), wiring.clock()
    watched = _watched(where, lang, anchors)  # faults of the files are told at once
    phase = watching.notice_book(watched).change(Change).book.phase
    try:
        ending.listen()
        log.info("started", subject=watched.name, every=str(every), state=watched.state)
        while True:
            _look_and_log(where, anchors, ending, log, lang)
            due = next_look(clock.now(), every, phase)
            clock.wait(lambda due=due: clock.now() >= due, at_most=every, every=_LOOK_AT_THE_CLOCK)  # type: ignore[misc]
    except EndedError:
        log.info("ended")
        return _FINE


def next_look(now: datetime, every: timedelta, phase: float) -> datetime:
    """Return the next look after an instant: multiples of `every` since 1970, each late by the same part of it."""
    seconds = every.total_seconds()
    begun = (now.timestamp() - phase * seconds) // seconds + 1
    return datetime.fromtimestamp((begun + phase) * seconds, now.tzinfo)


def _look_and_log(where: _Where, anchors: str, ending: _Ending, log: Any, lang: Lang) -> None:
    """Look once, with the files as they are now."""
    try:
        watcher = watching.watcher(_watched(where, lang, anchors), unbroken=ending.unbroken)
        _log_round(watcher.watch_once(), log, lang)
    except WarifuError as error:
        log.error("look-failed", code=error.code, error=say_error(error, lang))  # noqa: TRY400  # no traceback


def _log_round(round_: Round, log: Any, lang: Lang) -> None:
    for message in round_.sent:
        log.info("sent", notice=message.notice, step=message.step, channel=message.channel, id=message.id)
    for notice in round_.closed:
        log.info("closed", notice=notice.id, kind=notice.kind.value, why=notice.closing)
    for problem in round_.problems:
        log.error("not-told", code=problem.code, error=say_error(problem, lang))
    if round_.left is not None:
        log.info("left", code=round_.left.code)
    waiting, uncertain = len(round_.waiting), len(round_.uncertain)
    log.info("looked", open=len(round_.open), waiting=waiting, uncertain=uncertain)


def _list(lang: Lang) -> click.Command:
    @verb("list", lang, say("watch.help-list", lang))
    @_where(lang)
    @click.option("--closed", is_flag=True, help=say("watch.option-closed", lang))
    def listing(out: Output, *, closed: bool, **where: Unpack[_Where]) -> int:
        watched = _watched(where, out.lang)
        kept = watching.notice_book(watched)
        book = kept.book()
        notices = tuple(book.notices.values()) if closed else book.open
        view.show_notices(out, notices, kept.messages(), wiring.clock().now(), watched.zone)
        return _FINE

    return listing


def _show(lang: Lang) -> click.Command:
    @verb("show", lang, say("watch.help-show", lang))
    @click.argument("notice", metavar="ID")
    @_where(lang)
    def show(out: Output, notice: str, **where: Unpack[_Where]) -> int:
        watched = _watched(where, out.lang)
        kept = watching.notice_book(watched)
        found = find_notice(kept.book(), notice)
        messages = [one for one in kept.messages() if one.notice == found.id]
        view.show_notice(out, found, messages, wiring.clock().now(), watched.zone)
        return _FINE

    return show


def _ack(lang: Lang) -> click.Command:
    @verb("ack", lang, say("watch.help-ack", lang))
    @click.argument("notice", metavar="ID")
    @click.option("--until", required=True, metavar="DATE|TIME", help=say("watch.option-until", lang))
    @click.option("--by", required=True, metavar="NAME", help=say("watch.option-by", lang))
    @click.option("--reason", default="", metavar="TEXT", help=say("watch.option-reason", lang))
    @_where(lang)
    def ack(out: Output, notice: str, until: str, by: str, reason: str, **where: Unpack[_Where]) -> int:
        watched = _watched(where, out.lang)
        instant = _until(until, watched)
        found = acknowledge_notice(
            watching.notice_book(watched),
            notice,
            by=_name(by),
            until=instant,
            now=wiring.clock().now(),
            reason=reason,
        )
        shown = local(instant, watched.zone)
        out.line("watch.acknowledged", notice=found.id, until=shown, by=by)
        out.json({"format": view.FORMAT, "notice": found.id, "until": instant, "by": by})
        return _FINE

    return ack


def _name(by: str) -> str:
    if not by.strip():
        raise UsageError("watch.no-name")
    return by.strip()


def _until(text: str, watched: watching.Watched) -> datetime:
    """Return an instant: a date means to the end of that day, where the settings say the people live."""
    try:
        return end_of_day(date.fromisoformat(text), watched.zone)
    except ValueError:
        return TIME.convert(text, click.Option(["--until"]), None)


def _accept(lang: Lang) -> click.Command:
    @verb("accept", lang, say("watch.help-accept", lang))
    @click.argument("notice", metavar="ID")
    @click.option("--by", required=True, metavar="NAME", help=say("watch.option-by", lang))
    @_where(lang)
    def accepting(out: Output, notice: str, by: str, **where: Unpack[_Where]) -> int:
        book = watching.notice_book(_watched(where, out.lang))
        found = accept_change(book, notice, by=_name(by), now=wiring.clock().now())
        out.line("watch.accepted", notice=found.id, place=found.cause.places[0], by=by)
        out.json({"format": view.FORMAT, "notice": found.id, "place": found.cause.places[0], "by": by})
        return _FINE

    return accepting
