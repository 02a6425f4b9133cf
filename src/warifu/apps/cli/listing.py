"""`warifu listing`: what vendors' tools list, joined; what may go and what is still needed."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypedDict, Unpack

import click

from warifu.apps.cli.options import DURATION, OneOf
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.diagnosis import (
    Alarm,
    Board,
    Entry,
    Held,
    Match,
    Row,
    State,
    find_alarms,
    page_of,
    pages,
)
from warifu.domain.findings import Lang, say
from warifu.wiring import diagnosis as wiring
from warifu.workflows.diagnose import Listed

FORMAT = 1
_STATES = {
    State.EXPIRED: "diagnosis.state-expired",
    State.EXPIRING: "diagnosis.state-expiring",
    State.NOT_YET: "diagnosis.state-not-yet-valid",
    State.VALID: "diagnosis.state-valid",
    State.UNKNOWN: "diagnosis.state-unknown",
}
_MATCHES = {
    Match.KEY_ID: "diagnosis.match-key-id",
    Match.COMPUTED: "diagnosis.match-computed",
    Match.REMAINDER: "diagnosis.match-remainder",
    Match.SUBJECT: "diagnosis.match-subject",
    Match.NONE: "diagnosis.match-none",
}
_ALARMS = {
    "expired-unused": "diagnosis.alarm-expired-unused",
    "expired-needed": "diagnosis.alarm-expired-needed",
    "expired-unjudged": "diagnosis.alarm-expired-unjudged",
    "expiring": "diagnosis.alarm-expiring",
}
_UNCLEAR = "diagnosis.alarm-expired-unclear"
_SEVERITIES = {"critical": "diagnosis.severity-critical", "warning": "diagnosis.severity-warning"}
_NOT_NEEDED = {
    (True, True): "diagnosis.nobody",
    (False, True): "diagnosis.cannot-tell",
    (False, False): "diagnosis.not-judged",
}
_ENTRY_HEADINGS = (
    "diagnosis.head-node",
    "diagnosis.head-store",
    "diagnosis.head-alias",
    "diagnosis.head-subject",
    "diagnosis.head-issuer",
    "diagnosis.head-id",
    "diagnosis.head-from",
    "diagnosis.head-until",
    "diagnosis.head-usage",
)
_HEADINGS = (
    "diagnosis.head-id",
    "diagnosis.head-subject",
    "diagnosis.head-state",
    "diagnosis.head-until",
    "diagnosis.head-published",
    "diagnosis.head-nodes",
    "diagnosis.head-needed",
)


class _Asked(TypedDict):
    """Options."""

    used: tuple[str, ...]
    show: str
    state: str | None
    entries: bool
    window: timedelta
    page: int
    page_size: int


def build(lang: Lang) -> Verb:
    """Return the verb."""

    @verb("listing", lang, say("diagnosis.help-listing", lang))
    @click.argument("listings", nargs=-1, required=True, metavar="[NODE[/STORE]=]FILE...")
    @click.option("--used", multiple=True, metavar="FILE|DIR", help=say("diagnosis.option-used", lang))
    @click.option("--show", default="", metavar="ID|SUBJECT", help=say("diagnosis.option-show", lang))
    @click.option("--state", type=OneOf(*State), default=None, help=say("diagnosis.option-state", lang))
    @click.option("--entries", is_flag=True, help=say("diagnosis.option-entries", lang))
    @click.option("--window", type=DURATION, default="30d", help=say("diagnosis.option-window", lang))
    @click.option(
        "--page", type=click.IntRange(1), metavar="N", default=1, help=say("diagnosis.option-page", lang)
    )
    @click.option(
        "--page-size", type=click.IntRange(0), metavar="N", default=0, help=say("diagnosis.option-size", lang)
    )
    def listing(out: Output, *, listings: tuple[str, ...], **asked: Unpack[_Asked]) -> int:
        named = [_named(one) for one in listings]
        board = wiring.join_listings(named, asked["used"], asked["window"])
        show, state, page, size = asked["show"], asked["state"], asked["page"], asked["page_size"]
        rows = (board.named(show),) if show else tuple(r for r in board.rows if state in (None, r.state))
        alarms = find_alarms(board)
        shown = tuple(page_of(rows, page, size))
        _tell(out, board, shown, alarms, is_asked=bool(asked["used"]))
        if asked["entries"]:
            _tell_entries(out, shown)
        _tell_procedures(out, shown, _nodes(named))
        if size:
            out.line("diagnosis.page-line", page=page, pages=pages(len(rows), size), count=len(rows))
        out.json(_document(board, shown, alarms))
        return 1 if alarms or board.refused or board.unread else 0

    return listing


def _named(text: str) -> Listed:
    """Return what `NODE=FILE`, `NODE/STORE=FILE` or a file that names its node says; a file of that very name is one."""
    before, equals, path = text.partition("=")
    node, _, store = before.partition("/")
    if not equals or not node or "/" in store or wiring.files().exists(text):
        return Listed(text, "", text)
    return Listed(node, store, path)


def _nodes(named: Sequence[Listed]) -> str:
    """Return every node, for a command; what stands for them where a file's name stands for its node."""
    if any(one.node == one.path for one in named):
        return "NODES"
    return ",".join(dict.fromkeys(one.node for one in named))


def _tell(
    out: Output, board: Board, rows: tuple[Row, ...], alarms: tuple[Alarm, ...], *, is_asked: bool
) -> None:
    if rows:
        out.table(_HEADINGS, [_cells(row, out.lang, is_asked=is_asked) for row in rows])
    else:
        out.line("diagnosis.nothing-listed")
    for row in rows:
        if row.lacks_key_id:
            out.line("diagnosis.lacks-key-id", subject=row.subject)
    for refusal in board.refused:
        out.line("diagnosis.match-refused", subject=refusal.subject, count=len(refusal.ids), ids=refusal.ids)
    for path in board.unread:
        out.line("diagnosis.used-unread", path=path)
    if is_asked and not board.in_use:
        out.line("diagnosis.used-empty")
    for alarm in alarms:
        key = _UNCLEAR if is_asked and alarm.kind == "expired-unjudged" else _ALARMS[alarm.kind]
        severity, what = say(_SEVERITIES[alarm.severity], out.lang), say(key, out.lang)
        out.line("diagnosis.alarm", severity=severity, what=what, count=alarm.count)
        for held in alarm.entries:
            out.line(
                "diagnosis.alarm-entry",
                node=held.node,
                store=held.store or "-",
                alias=held.entry.label,
                subject=held.entry.subject,
            )


def _tell_entries(out: Output, rows: Sequence[Row]) -> None:
    """Tell what each entry is, wherever it lies."""
    out.text()
    out.table(_ENTRY_HEADINGS, [_entry_cells(held, out.lang) for row in rows for held in row.held])


def _entry_cells(held: Held, lang: Lang) -> tuple[object, ...]:
    one = held.entry
    no_id = say("diagnosis.no-key-id", lang) if one.lacks_key_id else "-"
    return (
        held.node,
        held.store or "-",
        one.label,
        one.subject or "-",
        one.issuer or "-",
        one.key_id or no_id,
        _moment(one.not_before, lang, is_day=one.is_day),
        _moment(one.not_after, lang, is_day=one.is_day),
        one.key_usage or "-",
    )


def _tell_procedures(out: Output, rows: tuple[Row, ...], nodes: str) -> None:
    """Tell how each anchor that may go is taken away, under every alias that it lies under."""
    for row in rows:
        if not row.may_go or row.published is None:
            continue
        out.line("diagnosis.may-go", subject=row.subject)
        if row.wants_confirmation:
            out.line("diagnosis.confirm-first", id=row.id)
        aliases = shlex.quote(",".join(dict.fromkeys(held.entry.label for held in row.held)))
        more = " --set key=none" if row.lacks_key_id else ""
        more += " --set crl=yes" if row.published.has_crl else ""
        out.line("diagnosis.may-go-command", id=row.id, alias=aliases, nodes=nodes, more=more)


def _cells(row: Row, lang: Lang, *, is_asked: bool) -> tuple[object, ...]:
    if row.published is None:
        published = say("diagnosis.not-published", lang)
    else:
        published = f"{row.published.label} {say(_MATCHES[row.match], lang)}"
    needed = ", ".join(dict.fromkeys(one.place for one in row.needed_by))
    if not needed:
        needed = say(_NOT_NEEDED[row.judged, is_asked], lang)
    return (
        _id(row, lang),
        row.subject,
        say(_STATES[row.state], lang),
        _until(row, lang),
        published,
        ", ".join(dict.fromkeys(held.node for held in row.held)) or "-",
        needed,
    )


def _id(row: Row, lang: Lang) -> str:
    """Return the id it goes by; one that its certificate does not carry is told as such."""
    none = say("diagnosis.no-key-id", lang) if row.lacks_key_id else ""
    return ", ".join(part for part in (str(row.id or ""), none) if part) or say(
        "diagnosis.key-id-unknown", lang
    )


def _until(row: Row, lang: Lang) -> object:
    return _moment(row.not_after, lang, is_day=row.ends is not None and row.ends.is_day)


def _moment(when: datetime | None, lang: Lang, *, is_day: bool) -> object:
    """Return an instant; a day that a tool printed without its zone is none."""
    if when is not None and is_day:
        return say("diagnosis.until-day", lang, day=when.date().isoformat())
    return when or "-"


def _ends(entry: Entry | None) -> dict[str, object]:
    first, last = (entry.ends if entry else None) or (None, None)
    return {"not_after": last, "not_after_earliest": first}


def _document(board: Board, rows: tuple[Row, ...], alarms: tuple[Alarm, ...]) -> dict[str, object]:
    return {
        "format": FORMAT,
        "anchors": [
            {
                "key_id": row.id and row.id.hex,
                "own_key_id": row.has_own_key_id or (False if row.lacks_key_id else None),
                "subject": row.subject,
                "state": row.state,
                **_ends(row.ends),
                "published": row.published and row.published.label,
                "crl": row.published and row.published.has_crl,
                "match": row.match,
                "confirm": row.wants_confirmation,
                "entries": [_held(one) for one in row.held],
                "needed_by": [
                    {"place": one.place, "certificate": one.certificate.fingerprint.hex}
                    for one in row.needed_by
                ],
                "judged": row.judged,
                "shares_key": row.shares_key,
                "may_go": row.may_go,
            }
            for row in rows
        ],
        "refused": [
            {
                "subject": one.subject,
                "ids": [id_.hex for id_ in one.ids],
                "entries": [_held(h) for h in one.held],
            }
            for one in board.refused
        ],
        "used": {"certificates": board.in_use, "unread": list(board.unread)},
        "alarms": [
            {
                "kind": one.kind,
                "severity": one.severity,
                "count": one.count,
                "entries": [_held(held) for held in one.entries],
            }
            for one in alarms
        ],
    }


def _held(held: Held) -> dict[str, object]:
    entry = held.entry
    return {
        "node": held.node,
        "store": held.store,
        "alias": entry.label,
        "subject": entry.subject,
        "issuer": entry.issuer,
        "serial": entry.serial,
        "key_id": entry.key_id and entry.key_id.hex,
        "sha1": entry.sha1,
        "sha256": entry.sha256,
        "not_before": entry.begins,
        **_ends(entry),
        "key_usage": list(entry.key_usage),
        "kind": entry.kind,
    }
