"""How notices are shown: a table of those that are open, and one with everything known of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from warifu.apps.cli.render import Output
from warifu.domain.findings import Severity, say, say_error, title, word
from warifu.domain.watching import Notice
from warifu.domain.watching.hours import local
from warifu.domain.watching.message import Message, Sent
from warifu.workflows.letters import document_of, entry_line, in_zone
from warifu.workflows.watch import Round

FORMAT = 1


def show_round(out: Output, round_: Round, zone: tzinfo) -> None:
    """Show what is open, what was closed and sent, and what could not be told."""
    messages = (*round_.sent, *round_.waiting, *round_.uncertain)
    if out.as_json:
        out.json(
            {
                "format": FORMAT,
                "at": round_.at,
                "notices": [_document(one, round_.at, out) for one in round_.open],
                "closed": [one.id for one in round_.closed],
                "messages": [_message(one) for one in messages],
                "problems": [
                    {"code": one.code, "message": say_error(one, out.lang)} for one in round_.problems
                ],
            }
        )
        return
    _table(out, round_.open, round_.at, zone)
    for notice in round_.closed:
        why = word("closing", notice.closing, out.lang)
        out.line("watch.closed", notice=notice.id, why=why)
    if round_.sent:
        out.line("watch.sent", count=len(round_.sent))
    _tell_messages(out, messages)
    for problem in (*round_.problems, *([round_.left] if round_.left else [])):
        out.text(say_error(problem, out.lang))


def show_notices(
    out: Output, notices: Sequence[Notice], messages: Sequence[Message], now: datetime, zone: tzinfo
) -> None:
    """Show notices, one a line."""
    if out.as_json:
        listed = [_document(one, now, out) for one in notices]
        out.json({"format": FORMAT, "notices": listed, "messages": [_message(one) for one in messages]})
        return
    _table(out, notices, now, zone)
    _tell_messages(out, messages)


def show_notice(
    out: Output, notice: Notice, messages: Sequence[Message], now: datetime, zone: tzinfo
) -> None:
    """Show one notice: what it found, where, who was told what, and who knows."""
    if out.as_json:
        whole = _document(notice, now, out)
        out.json({"format": FORMAT, **whole, "messages": [_message(one) for one in messages]})
        return
    _table(out, [notice], now, zone)
    out.text()
    out.findings([in_zone(finding, zone) for finding in notice.cause.findings])
    for entry in notice.cause.entries:
        out.text("- " + entry_line(entry, out.lang, zone))
    said = notice.acknowledged
    if said is not None:
        until, at = local(said.until, zone), local(said.at, zone)
        out.line("watch.known-to", by=said.by, at=at, until=until, reason=said.reason or "-")
    for told in notice.told:
        out.line("watch.told", step=told.step, at=local(told.at, zone))
    rows = [
        (
            one.step,
            one.channel,
            one.to or "-",
            word("sent", one.sent.value, out.lang),
            one.id,
            one.reason or "-",
        )
        for one in messages
    ]
    if rows:
        headings = (
            "watch.head-step",
            "watch.head-channel",
            "watch.head-to",
            "watch.head-sent",
            "watch.head-message",
            "watch.head-reason",
        )
        out.table(headings, rows)


def _table(out: Output, notices: Sequence[Notice], now: datetime, zone: tzinfo) -> None:
    if not notices:
        out.line("watch.nothing-open")
        return
    headings = (
        "watch.head-id",
        "watch.head-weight",
        "watch.head-kind",
        "watch.head-state",
        "watch.head-what",
    )
    rows = [
        (
            notice.id,
            say("watch.critical" if notice.cause.severity is Severity.ERROR else "watch.warning", out.lang),
            word("notice", notice.kind.value, out.lang),
            word("notice-state", notice.state(now).value, out.lang),
            title(in_zone(notice.cause.findings[0], zone), out.lang),
        )
        for notice in notices
    ]
    out.table(headings, rows)


def _tell_messages(out: Output, messages: Sequence[Message]) -> None:
    waiting = [one for one in messages if one.sent is Sent.PENDING]
    uncertain = [one for one in messages if one.sent is Sent.UNCERTAIN]
    if waiting:
        out.line("watch.waiting", count=len(waiting))
    for one in uncertain:
        out.line("watch.uncertain", notice=one.notice, step=one.step, to=one.to or one.channel, id=one.id)


def _document(notice: Notice, now: datetime, out: Output) -> dict[str, object]:
    said = notice.acknowledged
    return {
        "notice": notice.id,
        "state": notice.state(now).value,
        **document_of(notice, out.lang),
        "seen": notice.seen,
        "told": [{"step": told.step, "at": told.at} for told in notice.told],
        "acknowledged": None if said is None else {"by": said.by, "until": said.until, "reason": said.reason},
        "closed": notice.closed,
        "closing": notice.closing,
    }


def _message(message: Message) -> dict[str, object]:
    return {
        "notice": message.notice,
        "step": message.step,
        "channel": message.channel,
        "to": message.to,
        "id": message.id,
        "sent": message.sent.value,
        "tries": message.tries,
        "reason": message.reason,
    }
