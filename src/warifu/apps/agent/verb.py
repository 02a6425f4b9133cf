"""`warifu agent`: this machine's agent: it joins, it runs, it says how it stands."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from warifu.apps.cli.options import COUNT
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, VerbGroup, verb
from warifu.domain.findings import Lang, say

_FOR_ROOT = "/var/lib/warifu-agent"


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""
    return VerbGroup(
        "agent",
        lang,
        say("agent.help", lang),
        [_join(lang), _run(lang), _look(lang), _status(lang), _journal(lang)],
    )


def usual_state() -> str:
    """Return where an agent keeps its state unless told: for root below /var/lib, else in the user's home."""
    return _FOR_ROOT if os.geteuid() == 0 else str(Path.home() / ".local" / "state" / "warifu-agent")


def _join(lang: Lang) -> Verb:
    @verb("join", lang, say("agent.help-join", lang))
    @click.option("--state", default="", metavar="DIR", help=say("agent.option-state", lang))
    @click.argument("token", metavar="FILE")
    def join(out: Output, *, token: str, state: str) -> int:
        from warifu.wiring import agent as wiring  # noqa: PLC0415 - costs half a second

        room = wiring.AgentRoom(state or usual_state())
        member = room.door.join(room.invitation(wiring.read_secret_line(token, out.lang)))
        assert member.current is not None  # noqa: S101 - joining gives one
        ends = member.current.certificate.not_after
        out.line("agent.joined", node=member.node, servers=member.servers, until=ends)
        out.json({"node": member.node, "servers": list(member.servers), "identity_until": ends})
        return 0

    return join


def _run(lang: Lang) -> Verb:
    @verb("run", lang, say("agent.help-run", lang))
    @click.option("--socket", default="", metavar="PATH", help=say("agent.option-socket", lang))
    @click.option("--outputs", default="", metavar="FILE", help=say("agent.option-outputs", lang))
    @click.option("--every", type=COUNT, default=60, metavar="SECONDS", help=say("agent.option-every", lang))
    @click.option("--state", default="", metavar="DIR", help=say("agent.option-state", lang))
    def run(out: Output, *, state: str, every: int, outputs: str, socket: str) -> int:
        from warifu.apps.agent.program import run_agent  # noqa: PLC0415
        from warifu.wiring import agent as wiring  # noqa: PLC0415

        folder = state or usual_state()
        room = wiring.AgentRoom(folder, outputs)
        served = wiring.socket_of(socket, folder, usual=not state)
        return run_agent(room, served, sys.stderr, os.environ, lang=out.lang, every=every)

    return run


def _look(lang: Lang) -> Verb:
    @verb("look", lang, say("agent.help-look", lang))
    @click.option("--outputs", default="", metavar="FILE", help=say("agent.option-outputs", lang))
    @click.option("--state", default="", metavar="DIR", help=say("agent.option-state", lang))
    def look(out: Output, *, state: str, outputs: str) -> int:
        from warifu.wiring import agent as wiring  # noqa: PLC0415

        room = wiring.AgentRoom(state or usual_state(), outputs)
        taken = room.syncing.sync()
        out.line("agent.looked", versions=[f"{name} {number}" for name, number in taken.versions.items()])
        out.findings(taken.findings)
        out.json({"versions": taken.versions, "changed": taken.changed})
        return 0

    return look


def _status(lang: Lang) -> Verb:
    @verb("status", lang, say("agent.help-status", lang))
    @click.option("--state", default="", metavar="DIR", help=say("agent.option-state", lang))
    def status(out: Output, *, state: str) -> int:
        from warifu.wiring import agent as wiring  # noqa: PLC0415

        seen = wiring.AgentRoom(state or usual_state()).seen()
        out.line("agent.stands", node=seen.node, servers=seen.servers, until=seen.identity_until)
        out.table(
            ("agent.heading-domain", "agent.heading-version", "agent.heading-published"),
            [(one.domain, one.version, one.at) for one in seen.domains],
        )
        out.findings(seen.findings)
        out.json(
            {
                "node": seen.node,
                "servers": list(seen.servers),
                "identity_until": seen.identity_until,
                "domains": [
                    {"domain": one.domain, "version": one.version, "at": one.at} for one in seen.domains
                ],
                "findings": [finding.code.value for finding in seen.findings],
            }
        )
        return 0

    return status


def _journal(lang: Lang) -> Verb:
    @verb("journal", lang, say("agent.help-journal", lang))
    @click.option("--count", type=COUNT, default=100, metavar="N", help=say("agent.option-count", lang))
    @click.option("--state", default="", metavar="DIR", help=say("agent.option-state", lang))
    def journal(out: Output, *, state: str, count: int) -> int:
        from warifu.wiring import agent as wiring  # noqa: PLC0415

        notes = wiring.AgentRoom(state or usual_state()).state.notes(count)
        headings = ("agent.heading-number", "agent.heading-at", "agent.heading-kind", "agent.heading-details")
        out.table(headings, [(one.number, one.at, one.kind, dict(one.data)) for one in notes])
        out.json(
            [{"number": one.number, "at": one.at, "kind": one.kind, "data": dict(one.data)} for one in notes]
        )
        return 0

    return journal
