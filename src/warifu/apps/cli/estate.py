"""`warifu estate`: shows and checks an estate, and moves it in and out of ledgers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

import click

from warifu.apps.cli import estate_view as view
from warifu.apps.cli.estate_put import put_verb
from warifu.apps.cli.estate_scan import scan_verb
from warifu.apps.cli.options import DURATION, OneOf, check_folder, estate_option, out_option
from warifu.apps.cli.render import Output, to_json
from warifu.apps.cli.verb import Verb, VerbGroup, verb
from warifu.domain.estate import ByHand, Estate, Observed, TrustValue, Value
from warifu.domain.estate.inventory import find_drift, find_expiring
from warifu.domain.findings import Code, Finding, Lang, Severity, rank, say
from warifu.domain.trust import Context, Outcome, judge_anchors, profile_named
from warifu.wiring import cli as wiring
from warifu.workflows.estate import export_ledger, import_ledger, write_all
from warifu.workflows.verdicts import ConnectionVerdict, judge_connections

FINE, FINDINGS, COULD_NOT_LOOK = 0, 1, 5


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""
    verbs = [scan_verb(lang), _show(lang), _check(lang), _import(lang), _export(lang), put_verb(lang)]
    return VerbGroup("estate", lang, say("estate.help-estate", lang), verbs)


def _show(lang: Lang) -> Verb:
    @verb("show", lang, say("estate.help-show", lang))
    @estate_option(lang)
    def show(out: Output, estate: str) -> int:
        known, observed, verdicts = _look(out, estate)
        if out.as_json:
            out.json(view.document_of(known, observed, verdicts, out.lang))
            return FINE
        view.show_tree(out, known, observed)
        out.text()
        view.show_certificates(out, known, observed)
        out.text()
        view.show_connections(out, known, verdicts)
        seen = [finding for finding in observed.findings if finding.code is Code.NOT_SEEN]
        out.findings((*seen, *_slot_findings(observed)))
        return FINE

    return show


def _check(lang: Lang) -> Verb:
    @verb("check", lang, say("estate.help-check", lang))
    @click.option(
        "--within", type=DURATION, default="30d", metavar="DURATION", help=say("estate.option-within", lang)
    )
    @estate_option(lang)
    def check(out: Output, estate: str, within: timedelta) -> int:
        known, observed, verdicts = _look(out, estate)
        about = rank(
            _unique(_findings(known, observed, within, wiring.rollout_room(estate, out.lang).proven()))
        )
        if out.as_json:
            document = view.document_of(known, observed, verdicts, out.lang)
            out.json({**document, "findings": [to_json(finding, out.lang) for finding in about]})
        else:
            view.show_connections(out, known, verdicts)
            for verdict in verdicts:
                if any(one.severity is not Severity.NOTE for one in verdict.all_findings):
                    out.text()
                    out.line("estate.about-connection", connection=verdict.connection)
                    out.findings(verdict.all_findings)
            if about:
                out.text()
            out.findings(about)
            _tell_sum(out, known, verdicts)
        return exit_code(known, verdicts, about)

    return check


def _import(lang: Lang) -> Verb:
    @verb("import", lang, say("estate.help-import", lang))
    @click.argument("ledger", metavar="FILE.csv")
    @click.option("--dry-run", is_flag=True, help=say("estate.option-dry-run", lang))
    @estate_option(lang)
    def take_in(out: Output, ledger: str, estate: str, *, dry_run: bool) -> int:
        texts, difference = import_ledger(
            ledger,
            files=wiring.files(),
            path=estate,
            base=wiring.here(),
            zone_exists=wiring.zone_exists,
        )
        if not dry_run:
            write_all(texts, wiring.files())
        view.show_difference(out, difference)
        for name in texts:
            out.line("estate.would-write" if dry_run else "estate.written", path=name)
        out.json({"format": view.FORMAT, "written": [] if dry_run else list(texts), **difference.to_json()})
        against = difference.changed or difference.held_back
        return FINDINGS if against else FINE

    return take_in


def _export(lang: Lang) -> Verb:
    @verb("export", lang, say("estate.help-export", lang))
    @click.option(
        "--format", "form", type=OneOf("csv"), default="csv", help=say("estate.option-format", lang)
    )
    @click.option(
        "--encoding",
        type=OneOf("utf-8-sig", "cp932"),
        default="utf-8-sig",
        help=say("estate.option-encoding", lang),
    )
    @out_option(lang)
    @estate_option(lang)
    def give_out(out: Output, estate: str, file: str, form: str, encoding: str) -> int:
        check_folder(wiring.files(), file)
        known = wiring.estate_files(estate).estate
        data = export_ledger(known, encoding, out.lang)
        if file:
            wiring.files().write(file, data, mode=0o644)
            out.line("estate.written", path=file)
        elif not out.as_json:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
        rows = {"slots": len(known.slots), "connections": len(known.connections)}
        out.json({"format": view.FORMAT, "as": form, "encoding": encoding, "written": file or None, **rows})
        return FINE

    return give_out


def _look(out: Output, path: str) -> tuple[Estate, Observed, tuple[ConnectionVerdict, ...]]:
    files = wiring.estate_files(path)
    estate = files.estate
    observed = wiring.look_at(files, _teller(out))
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    return estate, observed, judge_connections(estate, observed, wiring.engines(estate))


def _teller(out: Output) -> Callable[[int, int], None]:
    """Return what shows progress on one line of standard error, where somebody looks at it."""
    shown = sys.stderr.isatty()

    def told(done: int, planned: int) -> None:
        if shown:
            sys.stderr.write(f"\r\033[K{say('estate.looking', out.lang)} {done}/{planned}")
            sys.stderr.flush()

    return told


def _findings(
    estate: Estate, observed: Observed, within: timedelta, proven: Mapping[str, Value]
) -> Iterable[Finding]:
    """Everything but the verdicts: drift, dates, files, anchors that are leaves, what was not seen."""
    yield from find_drift(estate, observed, proven=proven)
    yield from find_expiring(observed.certificates.values(), now=observed.at, within=within)
    yield from _slot_findings(observed)
    yield from observed.findings
    context = Context(profile_named("rfc5280"), observed.at)
    for state in observed.slots.values():
        for value in state.values:
            if isinstance(value, TrustValue):
                anchors = [observed.certificates[anchor] for anchor in value.anchors]
                found = judge_anchors(anchors, context)
                yield from (finding for finding in found if finding.code is Code.LEAF_AS_ANCHOR)


def _slot_findings(observed: Observed) -> Iterable[Finding]:
    for state in observed.slots.values():
        yield from state.findings


def _unique(findings: Iterable[Finding]) -> list[Finding]:
    return list({repr(finding): finding for finding in findings}.values())


def exit_code(estate: Estate, verdicts: Iterable[ConnectionVerdict], about: Iterable[Finding]) -> int:
    """Return 1 for findings, 5 where something that is not by hand could not be seen, else 0."""
    listed = list(verdicts)
    everything = [*about, *(one for verdict in listed for one in verdict.all_findings)]
    weighty = [one for one in everything if one.severity is not Severity.NOTE]
    if any(one.code is not Code.NOT_SEEN for one in weighty):
        return FINDINGS
    undecided = any(
        verdict.outcome is Outcome.UNKNOWN and not _is_known_gap(estate, verdict) for verdict in listed
    )
    return COULD_NOT_LOOK if weighty or undecided else FINE


def _is_known_gap(estate: Estate, verdict: ConnectionVerdict) -> bool:
    """The estate file itself says that nobody can look there."""
    connection = estate.connections[verdict.connection]
    ends = [estate.nodes[estate.services[end].node] for end in (*connection.clients, *connection.servers)]
    return connection.unknown_trust or any(isinstance(node.reach, ByHand) for node in ends)


def _tell_sum(out: Output, estate: Estate, verdicts: Iterable[ConnectionVerdict]) -> None:
    listed = list(verdicts)
    counts = {outcome.value: sum(verdict.outcome is outcome for verdict in listed) for outcome in Outcome}
    held = sum(verdict.live is True for verdict in listed)
    out.text()
    out.line("estate.sum", count=len(estate.connections), held=held, **counts)
