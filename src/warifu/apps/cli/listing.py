"""`warifu listing`: what vendors' tools list, joined; what may go and what is still needed."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import timedelta

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
_SEVERITIES = {"critical": "diagnosis.severity-critical", "warning": "diagnosis.severity-warning"}
_NOT_NEEDED = {
    (True, True): "diagnosis.nobody",
    (False, True): "diagnosis.cannot-tell",
    (False, False): "diagnosis.not-judged",
}
_HEADINGS = (
    "diagnosis.head-id",
    "diagnosis.head-subject",
    "diagnosis.head-state",
    "diagnosis.head-until",
    "diagnosis.head-published",
    "diagnosis.head-nodes",
    "diagnosis.head-needed",
)


def build(lang: Lang) -> Verb:
    """Return the verb."""

    @verb("listing", lang, say("diagnosis.help-listing", lang))
    @click.argument("listings", nargs=-1, required=True, metavar="[NODE=]FILE...")
    @click.option("--used", multiple=True, metavar="FILE|DIR", help=say("diagnosis.option-used", lang))
    @click.option("--show", default="", metavar="ID|SUBJECT", help=say("diagnosis.option-show", lang))
    @click.option("--state", type=OneOf(*State), default=None, help=say("diagnosis.option-state", lang))
    @click.option("--window", type=DURATION, default="30d", help=say("diagnosis.option-window", lang))
    @click.option(
        "--page", type=click.IntRange(1), metavar="N", default=1, help=say("diagnosis.option-page", lang)
    )
    @click.option(
        "--page-size", type=click.IntRange(0), metavar="N", default=0, help=say("diagnosis.option-size", lang)
    )
    def listing(  # the options of the verb
        out: Output,
        listings: tuple[str, ...],
        used: tuple[str, ...],
        show: str,
        state: str | None,
        window: timedelta,
        page: int,
        page_size: int,
    ) -> int:
        named = [_named(one) for one in listings]
        board = wiring.join_listings(named, used, window)
        rows = (board.named(show),) if show else tuple(r for r in board.rows if state in (None, r.state))
        alarms = find_alarms(board)
        shown = tuple(page_of(rows, page, page_size))
        _tell(out, board, shown, alarms, is_asked=bool(used))
        _tell_procedures(out, shown, _nodes(named))
        if page_size:
            out.line("diagnosis.page-line", page=page, pages=pages(len(rows), page_size), count=len(rows))
        out.json(_document(board, shown, alarms))
        return 1 if alarms or board.refused else 0

    return listing


def _named(text: str) -> tuple[str, str]:
    """Return node and path: `NODE=FILE`, or a file that names its node."""
    node, equals, path = text.partition("=")
    if equals and node and "/" not in node:
        return node, path
    return text, text


def _nodes(named: Sequence[tuple[str, str]]) -> str:
    """Return every node, for a command; what stands for them where a file's name stands for its node."""
    if any(node == path for node, path in named):
        return "NODES"
    return ",".join(dict.fromkeys(node for node, _ in named))


def _tell(
    out: Output, board: Board, rows: tuple[Row, ...], alarms: tuple[Alarm, ...], *, is_asked: bool
) -> None:
    if rows:
        out.table(_HEADINGS, [_cells(row, out.lang, is_asked=is_asked) for row in rows])
    else:
        out.line("diagnosis.nothing-listed")
    for refusal in board.refused:
        out.line("diagnosis.match-refused", subject=refusal.subject, count=len(refusal.ids), ids=refusal.ids)
    for alarm in alarms:
        severity, what = say(_SEVERITIES[alarm.severity], out.lang), say(_ALARMS[alarm.kind], out.lang)
        out.line("diagnosis.alarm", severity=severity, what=what, count=alarm.count)
        for held in alarm.entries:
            out.line(
                "diagnosis.alarm-entry",
                node=held.node,
                store=held.store,
                alias=held.entry.label,
                subject=held.entry.subject,
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
        row.id or say("diagnosis.no-key-id" if row.lacks_key_id else "diagnosis.key-id-unknown", lang),
        row.subject,
        say(_STATES[row.state], lang),
        _until(row, lang),
        published,
        ", ".join(dict.fromkeys(held.node for held in row.held)) or "-",
        needed,
    )


def _until(row: Row, lang: Lang) -> object:
    """Return when it ends; a day that a tool printed without its zone is no instant."""
    if row.ends is not None and row.ends.is_day and row.not_after is not None:
        return say("diagnosis.until-day", lang, day=row.not_after.date().isoformat())
    return row.not_after or "-"


def _ends(entry: Entry | None) -> dict[str, object]:
    first, last = (entry.ends if entry else None) or (None, None)
    return {"not_after": last, "not_after_earliest": first}


def _document(board: Board, rows: tuple[Row, ...], alarms: tuple[Alarm, ...]) -> dict[str, object]:
    return {
        "format": FORMAT,
        "anchors": [
            {
                "key_id": row.id and row.id.hex,
                "own_key_id": None if not (row.has_own_key_id or row.lacks_key_id) else row.has_own_key_id,
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
