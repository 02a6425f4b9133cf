"""`warifu node`: the nodes of a server: who is there, how far each is, who is let in."""

from __future__ import annotations

from datetime import timedelta

import click

from warifu.apps.cli.options import OneOf
from warifu.apps.cli.person import tell_secret
from warifu.apps.cli.remote import line_to, part, rows, server_option
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, VerbGroup, verb
from warifu.domain.findings import Lang, say
from warifu.errors import RefusedError
from warifu.ports.node_books import NodeState
from warifu.wire import api

_STATES: dict[str, str] = {
    NodeState.JOINED: "remote.state-joined",
    NodeState.FENCED: "remote.state-fenced",
    NodeState.REMOVED: "remote.state-removed",
}


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""
    verbs = [_list(lang), _show(lang), _token(lang), _fence(lang), _reseed(lang), _remove(lang)]
    return VerbGroup("node", lang, say("remote.help-node", lang), verbs)


def _list(lang: Lang) -> Verb:
    @verb("list", lang, say("remote.help-node-list", lang))
    @click.option(
        "--quiet-for", type=click.IntRange(1), metavar="SECONDS", help=say("remote.option-quiet", lang)
    )
    @click.option("--behind", is_flag=True, help=say("remote.option-behind", lang))
    @click.option("--state", type=OneOf(*NodeState), default=None, help=say("remote.option-state", lang))
    @server_option(lang)
    def list_(out: Output, *, server: str, state: str | None, behind: bool, quiet_for: int | None) -> int:
        from warifu.wiring import remote as wiring  # noqa: PLC0415 - costs half a second

        before = wiring.clock().now() - timedelta(seconds=quiet_for) if quiet_for else None
        found = [
            one
            for one in rows(line_to(server, out.lang), api.NodesPage, "/v1/nodes")
            if (state is None or one.state == state)
            and not (behind and one.converged)
            and (before is None or one.seen is None or one.seen < before)
            and (state is not None or not (behind or before) or one.state == NodeState.JOINED)
        ]
        _show_nodes(out, found)
        return 0

    return list_


def _show_nodes(out: Output, found: list[api.NodeTold]) -> None:
    headings = (
        "remote.heading-node",
        "remote.heading-state",
        "remote.heading-converged",
        "remote.heading-versions",
        "remote.heading-seen",
        "remote.heading-skew",
        "remote.heading-remarks",
    )
    out.table(headings, [_row(one, out.lang) for one in found])
    current = sum(one.converged for one in found)
    out.line("remote.nodes-count", count=len(found), converged=current)
    out.json({"nodes": found, "count": len(found), "converged": current})


def _row(one: api.NodeTold, lang: Lang) -> tuple[object, ...]:
    return (
        one.name,
        state_named(one.state, lang),
        say("remote.yes" if one.converged else "remote.no", lang),
        [f"{name} {version}" for name, version in sorted(one.versions.items())] or "-",
        one.seen or "-",
        f"{one.skew:+.1f} s" if one.seen else "-",
        len(one.remarks) or "-",
    )


def state_named(state: str, lang: Lang) -> str:
    """Return whether a node is let in, for people."""
    return say(_STATES[state], lang) if state in _STATES else state


def _show(lang: Lang) -> Verb:
    @verb("show", lang, say("remote.help-node-show", lang))
    @server_option(lang)
    @click.argument("node")
    def show(out: Output, *, node: str, server: str) -> int:
        one: api.NodeTold = line_to(server, out.lang).ask(api.NodeTold, "GET", f"/v1/nodes/{part(node)}")
        return _tell(out, one)

    return show


def _tell(out: Output, one: api.NodeTold) -> int:
    facts = (
        ("remote.heading-node", one.name),
        ("remote.heading-state", state_named(one.state, out.lang)),
        ("remote.heading-reason", one.reason),
        ("remote.heading-follows", ", ".join(one.domains) or say("remote.every-domain", out.lang)),
        ("remote.heading-converged", say("remote.yes" if one.converged else "remote.no", out.lang)),
        (
            "remote.heading-versions",
            ", ".join(f"{name} {one.versions[name]}" for name in sorted(one.versions)),
        ),
        ("remote.heading-joined", one.joined),
        ("remote.heading-seen", one.seen),
        ("remote.heading-identity", one.identity_until),
        ("remote.heading-skew", f"{one.skew:+.1f} s" if one.seen else ""),
        ("remote.heading-release", one.release),
    )
    for heading, value in facts:
        if value not in (None, ""):
            out.line("remote.fact", name=say(heading, out.lang), value=value)
    for remark in one.remarks:
        out.line("remote.fact", name=say("remote.heading-remarks", out.lang), value=remark)
    out.json(one)
    return 0


def _token(lang: Lang) -> Verb:
    @verb("token", lang, say("remote.help-node-token", lang))
    @click.option("--out", "file", default="", metavar="FILE", help=say("remote.option-secret-out", lang))
    @server_option(lang)
    @click.argument("node")
    def token(out: Output, *, node: str, server: str, file: str) -> int:
        return _invite(out, node, server, file)

    return token


def _invite(out: Output, node: str, server: str, file: str) -> int:
    made: api.TokenTold = line_to(server, out.lang).ask(
        api.TokenTold, "POST", "/v1/tokens", api.TokenWish(node)
    )
    tell_secret(out, file, made.token)
    if not file:
        out.text(made.token)
    out.line("remote.token-made", node=made.node, ends=made.ends)
    document = {"node": made.node, "ends": made.ends}
    out.json(document | ({"file": file} if file else {"token": made.token}))
    return 0


def _fence(lang: Lang) -> Verb:
    @verb("fence", lang, say("remote.help-node-fence", lang))
    @click.option("--reason", required=True, metavar="TEXT", help=say("remote.option-reason", lang))
    @server_option(lang)
    @click.argument("node")
    def fence(out: Output, *, node: str, server: str, reason: str) -> int:
        path = f"/v1/nodes/{part(node)}/fence"
        made: api.NodeTold = line_to(server, out.lang).ask(api.NodeTold, "POST", path, api.ReasonWish(reason))
        out.line("remote.node-fenced", node=made.name)
        out.json(made)
        return 0

    return fence


def _reseed(lang: Lang) -> Verb:
    @verb("reseed", lang, say("remote.help-node-reseed", lang))
    @click.option("--out", "file", default="", metavar="FILE", help=say("remote.option-secret-out", lang))
    @server_option(lang)
    @click.argument("node")
    def reseed(out: Output, *, node: str, server: str, file: str) -> int:
        known: api.NodeTold = line_to(server, out.lang).ask(api.NodeTold, "GET", f"/v1/nodes/{part(node)}")
        if known.state == NodeState.JOINED:
            raise RefusedError("remote.not-fenced", node=node)
        return _invite(out, node, server, file)

    return reseed


def _remove(lang: Lang) -> Verb:
    @verb("remove", lang, say("remote.help-node-remove", lang))
    @click.option("--reason", required=True, metavar="TEXT", help=say("remote.option-reason", lang))
    @server_option(lang)
    @click.argument("node")
    def remove(out: Output, *, node: str, server: str, reason: str) -> int:
        line_to(server, out.lang).ask(None, "DELETE", f"/v1/nodes/{part(node)}", query={"reason": reason})
        out.line("remote.node-removed", node=node)
        out.json({"node": node, "state": NodeState.REMOVED})
        return 0

    return remove
