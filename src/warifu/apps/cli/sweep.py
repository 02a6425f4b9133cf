"""`warifu check --list FILE --out FILE`: many subjects, kept in a file, ending with what they come to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from warifu import __version__
from warifu.apps.cli.options import check_folder
from warifu.apps.cli.progress import Progress
from warifu.apps.cli.render import Output, same_text
from warifu.apps.cli.wish import Wish
from warifu.domain.findings import Lang, advise, describe, outline, remedy_of, say, say_error
from warifu.domain.findings.causes import explain
from warifu.domain.sweep.listing import Listing, parse_line, path_line
from warifu.domain.sweep.row import Row, spot_text
from warifu.domain.sweep.summary import DAYS, Met, Reason, Summary
from warifu.errors import UsageError, WarifuError
from warifu.wiring import cli as wiring
from warifu.wiring import sweeps
from warifu.workflows.check import Checker, TrustFile
from warifu.workflows.cores import cores
from warifu.workflows.lists import decode_list, refuse_faults, understood
from warifu.workflows.sweep import Workload

FORMAT = 1
_NAMED = 3  # codes in a line
_VERDICTS = {
    "accepted": "sweep.verdict-accepted",
    "refused": "sweep.verdict-refused",
    "unknown": "sweep.verdict-unknown",
    "fine": "sweep.verdict-fine",
    "findings": "sweep.verdict-findings",
    "unseen": "sweep.verdict-unseen",
}
_WEIGHTS = {"error": "cli.severity-error", "warning": "cli.severity-warning", "note": "cli.severity-note"}


def sweep(out: Output, subjects: Sequence[str], wish: Wish, checker: Checker, store: TrustFile) -> Summary:
    """Check many and tell what they come to.

    Raises:
        UsageError: `sweep.bad-list`, `sweep.out-kind`, `sweep.nothing`: nothing was looked at.
    """
    if wish.out:
        check_folder(wiring.files(), wish.out)
    results = sweeps.results(wish.out)
    listing, text = _listing(subjects, wish.lists, checker, out.lang)
    load = Workload(wish.jobs or cores(), wish.parallel)
    room = sweeps.sweep(checker, store, wish.pools, results, load)
    asked = {
        **question(wish, checker, store),
        "pool": _digest(one.der for one in room.pool),
        "subjects": _digest([text.encode("utf-8", "surrogateescape")]),
    }
    progress = Progress(out.lang)

    def told(rows: tuple[Row, ...], count: int, share: float) -> None:
        if not wish.out and not out.as_json:
            progress.clear()
            for row in rows:
                out.text(_line(row, out.lang))
        progress.tell(count, share)

    try:
        summary = room.run(listing, asked, told, replace_all=wish.replace)
    except KeyboardInterrupt as end:
        if wish.out:
            raise type(end)(WarifuError("sweep.stopped", count=room.kept, path=wish.out)) from None
        raise type(end)(WarifuError("sweep.stopped-unkept", count=room.kept)) from None
    finally:
        progress.clear()
    _tell(out, summary, wish.out)
    out.json(_document(summary, wish, room.checker.at, store, out.lang))
    return summary


def question(wish: Wish, checker: Checker, store: TrustFile) -> dict[str, str]:
    """Return what rows depend on beside their subjects, by name: of files their content, for names may stay."""
    return {
        **wish.question,
        "version": __version__,
        "anchors": _digest(one.der for one in store.anchors),
        "rules": _digest([same_text(checker.profile).encode()]),
        "covers": " ".join(checker.covers),
        "requests": _digest(one.der for one in checker.requests),
        "crls": _digest(one.der for one in checker.revocation.crls),
        "ocsp": _digest(one.der for one in checker.revocation.ocsp),
        "passwords": str(len(checker.passwords)),
    }


def _listing(
    subjects: Sequence[str], lists: Sequence[str], checker: Checker, lang: Lang
) -> tuple[Listing, str]:
    """Return every subject, those of the command line first, and the text that says them.

    Raises:
        UsageError: `sweep.bad-list`, with every fault; `sweep.nothing`.
    """
    schemes = sweeps.schemes()
    lines, faults, texts = [], [], []
    for subject in subjects:
        texts.append(subject)
        try:
            is_path = wiring.files().exists(subject)
            lines.append(path_line(subject) if is_path else parse_line(subject, schemes))
        except UsageError as fault:
            faults.append((subject, fault))
    for path in lists:
        text = _text_of(path, checker)
        texts.append(text)
        listing, wrong = understood(text, path, schemes)
        lines += listing.lines
        faults += wrong
    refuse_faults(faults, lang)
    if not lines:
        raise UsageError("sweep.nothing")
    return Listing(tuple(lines)), "\n".join(texts)


def _text_of(path: str, checker: Checker) -> str:
    place = "/dev/stdin" if path == "-" else path
    return decode_list(checker.named_file(place).data, path)


def _digest(parts: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def _line(row: Row, lang: Lang) -> str:
    """Return the short line of a row."""
    shown = spot_text(row.place, row.offset)
    error = row.error
    if error is not None:
        said = say_error(error, lang)
    else:
        codes = list(dict.fromkeys(one["code"] for one in row.found if one["severity"] != "note"))
        more = len(codes) - _NAMED
        said = ", ".join(codes[:_NAMED]) + (say("sweep.more", lang, count=more) if more > 0 else "")
    return say("sweep.line", lang, place=shown, verdict=say(_VERDICTS[row.verdict], lang), said=said).rstrip(
        ": "
    )


def _tell(out: Output, summary: Summary, path: str) -> None:
    out.text()
    out.line("sweep.sum", rows=summary.rows, places=summary.places, fine=summary.fine)
    for verdict, count in summary.verdicts:
        if count:
            out.text("  " + say("sweep.count", out.lang, count=count, what=say(_VERDICTS[verdict], out.lang)))
    if summary.met:
        out.text()
        out.line("sweep.findings")
        for one in summary.met:
            _tell_met(out, one)
    _tell_ends(out, summary)
    if summary.issuers:
        out.text()
        out.line("sweep.issuers")
        for issuer, count in summary.issuers:
            out.text("  " + say("sweep.count", out.lang, count=count, what=issuer))
    if summary.unseen_count:
        out.text()
        out.line("sweep.unseen", count=summary.unseen_count)
        for reason in summary.reasons:
            _tell_reason(out, reason)
    if path:
        out.text()
        out.line("sweep.written", path=path, rows=summary.rows)


def _tell_met(out: Output, one: Met) -> None:
    weight = say(_WEIGHTS[one.severity], out.lang)
    title = outline(str(one.code), "…", out.lang)
    out.text("  " + say("sweep.met", out.lang, count=one.count, weight=weight, title=title, first=one.first))
    out.text("    " + say("cli.finding-remedy", out.lang, remedy=remedy_of(one.code, out.lang)))


def _tell_reason(out: Output, one: Reason) -> None:
    error = one.first.error
    if error is None:
        return
    key = "sweep.unseen-alike" if one.count > 1 else "sweep.count"
    said = say(key, out.lang, count=one.count, what=say_error(error, out.lang))
    if one.why:
        why, first = explain(one.why, out.lang), spot_text(one.first.place, one.first.offset)
        said = say("sweep.unseen-met", out.lang, count=one.count, why=why, first=first)
    out.text(f"  {said}")
    remedy = advise(error, out.lang)
    if remedy:
        out.text("    " + say("cli.finding-remedy", out.lang, remedy=remedy))


def _tell_ends(out: Output, summary: Summary) -> None:
    ends = summary.ends
    if not (ends.expired or any(ends.within) or ends.later):
        return
    out.text()
    out.line("sweep.ends")
    for days, count in ((0, ends.expired), *zip(DAYS, ends.within, strict=True)):
        what = say("sweep.within", out.lang, days=days) if days else say("sweep.expired", out.lang)
        out.text("  " + say("sweep.count", out.lang, count=count, what=what))
    out.text("  " + say("sweep.count", out.lang, count=ends.later, what=say("sweep.later", out.lang)))


def _document(summary: Summary, wish: Wish, at: datetime, store: TrustFile, lang: Lang) -> dict[str, object]:
    return {
        "format": FORMAT,
        "profile": wish.question["profile"],
        "at": at,
        "anchors": {"file": store.path, "count": len(store.anchors)},
        "out": wish.out or None,
        "rows": summary.rows,
        "places": summary.places,
        "fine": summary.fine,
        "verdicts": dict(summary.verdicts),
        "findings": [
            {
                "code": str(one.code),
                "severity": str(one.severity),
                "count": one.count,
                "first": one.first,
                "clause": describe(one.code).says_so(lang),
                "remedy": remedy_of(one.code, lang),
            }
            for one in summary.met
        ],
        "ends": {
            "expired": summary.ends.expired,
            **{f"within_{days}": count for days, count in zip(DAYS, summary.ends.within, strict=True)},
            "later": summary.ends.later,
        },
        "issuers": [{"issuer": issuer, "count": count} for issuer, count in summary.issuers],
        "unseen": {
            "count": summary.unseen_count,
            "first": [_line(row, lang) for row in summary.unseen],
            "reasons": [_reason_document(one, lang) for one in summary.reasons],
        },
    }


def _reason_document(one: Reason, lang: Lang) -> dict[str, object]:
    error = one.first.error
    return {
        "code": one.code,
        "reason": one.why or None,
        "count": one.count,
        "first": one.first.place,
        "remedy": advise(error, lang) if error else "",
    }
