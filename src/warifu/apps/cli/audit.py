"""`warifu audit`: what was done on a server, and the proof that nothing of it was changed, moved or taken away."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import click

from warifu.apps.cli.options import COUNT, check_folder
from warifu.apps.cli.remote import line_to, rows, server_option
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, VerbGroup, verb
from warifu.domain.directory.audit import FAULT_WORDS, GENESIS, AuditEntry, Broken, Fault, Head, verify
from warifu.domain.findings import Lang, say
from warifu.errors import RefusedError, UsageError
from warifu.wire import api
from warifu.wire.signed import canonical

if TYPE_CHECKING:
    from warifu.ports.person_line import PersonLine

_HEAD = re.compile(r"([1-9][0-9]{0,15}):([0-9a-f]{64})")
_BROKEN = 1


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""
    return VerbGroup(
        "audit", lang, say("remote.help-audit", lang), [_list(lang), _verify(lang), _export(lang)]
    )


def _list(lang: Lang) -> Verb:
    @verb("list", lang, say("remote.help-audit-list", lang))
    @click.option("--count", type=COUNT, default=50, metavar="N", help=say("remote.option-count", lang))
    @server_option(lang)
    def list_(out: Output, *, server: str, count: int) -> int:
        found = list(rows(line_to(server, out.lang), api.AuditPage, "/v1/audit", most=count))[:count]
        headings = (
            "remote.heading-number",
            "remote.heading-at",
            "remote.heading-actor",
            "remote.heading-act",
            "remote.heading-subject",
            "remote.heading-evidence",
        )
        out.table(
            headings,
            [
                (one.number, one.at, one.actor, one.act, one.subject, _shown(one.evidence))
                for one in reversed(found)
            ],
        )
        out.json({"entries": found})
        return 0

    return list_


def _shown(evidence: object) -> str:
    return json.dumps(evidence, ensure_ascii=False, sort_keys=True) if evidence else "-"


def _verify(lang: Lang) -> Verb:
    @verb("verify", lang, say("remote.help-audit-verify", lang))
    @click.option("--data", default="", metavar="DIR", help=say("remote.option-audit-data", lang))
    @click.option("--head", default="", metavar="NUMBER:SEAL", help=say("remote.option-head", lang))
    @server_option(lang)
    def verify_(out: Output, *, server: str, head: str, data: str) -> int:
        if data and server:
            raise UsageError("cli.options-apart", one="--data", other="--server")
        known = _head(head)
        found, broken = _in_folder(data, known) if data else _from_server(line_to(server, out.lang), known)
        if broken is None:
            out.line("remote.audit-whole", count=found.number, head=f"{found.number}:{found.digest}")
        else:
            out.line(FAULT_WORDS[broken.fault], number=broken.number)
        out.json(
            {
                "whole": broken is None,
                "entries": found.number,
                "head": f"{found.number}:{found.digest}",
                "broken": None if broken is None else {"number": broken.number, "fault": broken.fault},
            }
        )
        return 0 if broken is None else _BROKEN

    return verify_


def _head(text: str) -> Head | None:
    """Return a head that somebody noted.

    Raises:
        UsageError: `remote.head-unfit`.
    """
    if not text:
        return None
    found = _HEAD.fullmatch(text.strip().lower())
    if found is None:
        raise UsageError("remote.head-unfit", head=text)
    return Head(int(found[1]), found[2])


def _in_folder(folder: str, known: Head | None) -> tuple[Head, Broken | None]:
    from warifu.wiring import server as wiring  # noqa: PLC0415 - costs half a second
    from warifu.workflows.audit_desk import verify_audit  # noqa: PLC0415

    if not wiring.is_there(folder):
        raise RefusedError("server.no-data", path=folder)
    room = wiring.open_room(folder)
    try:
        found = verify_audit(room.registry, known)
    finally:
        room.close()
    return found.head, found.broken


def _from_server(line: PersonLine, known: Head | None) -> tuple[Head, Broken | None]:
    """Check every entry here: what the server says of its own trail is taken into account, not believed."""
    told = list(rows(line, api.AuditPage, "/v1/audit"))[::-1]
    entries = [
        AuditEntry(one.number, one.at, one.actor, one.act, one.subject, one.evidence, one.before)
        for one in told
    ]
    head = Head(told[-1].number, told[-1].seal) if told else Head(0, GENESIS)
    broken = verify(entries, head) or (verify(entries, known) if known is not None else None)
    if broken is None:
        proof: api.AuditProofTold = line.ask(api.AuditProofTold, "GET", "/v1/audit/proof")
        broken = Broken(proof.at, Fault(proof.broken)) if proof.broken else None
    return head, broken


def _export(lang: Lang) -> Verb:
    @verb("export", lang, say("remote.help-audit-export", lang))
    @server_option(lang)
    @click.argument("file")
    def export(out: Output, *, file: str, server: str) -> int:
        from warifu.wiring import remote as wiring  # noqa: PLC0415

        check_folder(wiring.files(), file)
        found = list(rows(line_to(server, out.lang), api.AuditPage, "/v1/audit"))[::-1]
        lines = "".join(canonical(one) + "\n" for one in found)
        wiring.write_private(file, lines.encode())
        head = f"{found[-1].number}:{found[-1].seal}" if found else "-"
        out.line("remote.audit-written", path=file, count=len(found), head=head)
        out.json({"file": file, "entries": len(found), "head": head})
        return 0

    return export
