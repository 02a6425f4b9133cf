"""`warifu pair`: two ends of a connection, judged in both directions. Nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import zip_longest
from typing import Any, TypedDict, TypeVar, Unpack

import click

from warifu.apps.cli.options import TIME, password_option, path_or_address
from warifu.apps.cli.render import Output, to_json
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.findings import Lang, say
from warifu.domain.trust import Outcome, Verdict
from warifu.domain.trust.ends import End, Look, Reach, issued
from warifu.wiring import cli as wiring
from warifu.workflows.pair import AskedEnd, LiveLook, PairSeen

FORMAT = 1
_FINE, _FINDINGS = 0, 1
_NAMED = 10  # anchors of an end that are told by name; JSON has them all
_REACH = {
    Reach.MUTUAL: "pair.reach-mutual",
    Reach.ONE_WAY: "pair.reach-one-way",
    Reach.NONE: "pair.reach-none",
    Reach.UNKNOWN: "pair.reach-unknown",
}
_OUTCOMES = {
    Outcome.ACCEPTED: "trust.outcome-accepted",
    Outcome.REFUSED: "trust.outcome-refused",
    Outcome.UNKNOWN: "trust.outcome-unknown",
}
_Decorated = TypeVar("_Decorated", bound=Callable[..., object])


class _Asked(TypedDict):
    """Options of both ends."""

    trust_a: str
    trust_b: str
    identity_a: str
    identity_b: str
    name_a: str
    name_b: str
    clock_a: datetime | None
    clock_b: datetime | None
    password_files: tuple[str, ...]


def build(lang: Lang) -> Verb:
    """Return the verb."""

    @verb("pair", lang, say("pair.help", lang))
    @click.argument("a", metavar="A")
    @click.argument("b", metavar="B")
    @click.option("--profile", default="", metavar="PROFILE", help=say("pair.option-profile", lang))
    @click.option("--live", is_flag=True, help=say("pair.option-live", lang))
    @click.option("--at", type=TIME, default=None, metavar="TIME", help=say("trust.option-at", lang))
    @_of_both("trust", "FILE", "", lang, "pair.option-trust")
    @_of_both("identity", "FILE", "", lang, "pair.option-identity")
    @_of_both("name", "HOST", "", lang, "pair.option-name")
    @_of_both("clock", "TIME", None, lang, "pair.option-clock", TIME)
    @password_option(lang)
    def pair(
        out: Output, *, a: str, b: str, profile: str, live: bool, at: datetime | None, **asked: Unpack[_Asked]
    ) -> int:
        room = wiring.pair_room(profile, at=at, passwords=wiring.passwords(asked["password_files"], lang))
        one = AskedEnd(
            path_or_address(a, wiring.files()),
            asked["trust_a"],
            asked["identity_a"],
            asked["name_a"],
            asked["clock_a"],
        )
        other = AskedEnd(
            path_or_address(b, wiring.files()),
            asked["trust_b"],
            asked["identity_b"],
            asked["name_b"],
            asked["clock_b"],
        )
        seen = room.look(one, other, live=live)
        _tell(out, seen, profile)
        out.json(_document(seen, profile, out.lang))
        return _FINE if seen.is_fine else _FINDINGS

    return pair


def _of_both(
    name: str,
    metavar: str,
    default: object,
    lang: Lang,
    key: str,
    kind: click.ParamType[Any] | None = None,
) -> Callable[[_Decorated], _Decorated]:
    """Return an option for each end, `--NAME-a` and `--NAME-b`."""

    def decorate(function: _Decorated) -> _Decorated:
        for end in ("b", "a"):
            text = say(key, lang, end=end.upper())
            option = click.option(f"--{name}-{end}", default=default, metavar=metavar, type=kind, help=text)
            function = option(function)
        return function

    return decorate


def _tell(out: Output, seen: PairSeen, profile: str) -> None:
    if out.as_json:
        return
    one, other = seen.ends
    for letter, end in zip("AB", seen.ends, strict=True):
        out.line(
            "pair.end",
            end=letter,
            label=end.label,
            chain=len(end.chain),
            anchors=len(end.anchors),
            at=end.now,
        )
        _tell_anchors(out, end)
    out.text()
    headings = ("pair.heading-a-to", "pair.heading-a-by", "pair.heading-b-to", "pair.heading-b-by")
    out.table(headings, _side_by_side(one, other))
    out.text()
    rows = [
        (client.label, server.label, say(_REACH[seen.reach(client, server)], out.lang))
        for client, server in ((one, other), (other, one))
    ]
    out.table(("pair.heading-client", "pair.heading-server", "pair.heading-standard"), rows)
    out.line("pair.standard-holds" if seen.standard else "pair.standard-fails")
    if profile:
        out.line("pair.target-holds" if seen.target_accepts else "pair.target-fails", profile=profile)
        if seen.standard and not seen.target_accepts:
            out.line("pair.target-stricter", profile=profile)
    out.findings(seen.findings)
    for look in seen.looks:
        _tell_look(out, look)
    for end, verdict in zip(seen.ends, seen.target, strict=False):
        out.text()
        out.line("pair.by-target", label=end.label, profile=profile, outcome=_said(verdict, out.lang))
        out.findings(verdict.findings)
    for live in seen.live:
        _tell_live(out, live)
    for label in seen.not_live:
        out.line("pair.not-live", label=label)


def _tell_anchors(out: Output, end: End) -> None:
    """Tell whom an end trusts, by name; of a machine's whole store the first ones."""
    for one in end.anchors[:_NAMED]:
        out.line("pair.anchor", who=one.subject, fingerprint=one.fingerprint.hex)
    if len(end.anchors) > _NAMED:
        out.line("pair.anchors-more", count=len(end.anchors) - _NAMED)


def _tell_look(out: Output, look: Look) -> None:
    out.text()
    key = "pair.look-server" if look.purpose == "serverAuth" else "pair.look-client"
    out.line(key, presenter=look.presenter, acceptor=look.acceptor, outcome=_said(look.verdict, out.lang))
    for consumer, answer in look.verdict.engines:
        said = "trust.engine-unanswered"
        if answer.answered:
            said = "trust.engine-accepts" if answer.accepted else "trust.engine-refuses"
        out.text("  " + say(said, out.lang, consumer=consumer, engine=answer.engine, said=answer.said))
    out.findings(look.verdict.findings)


def _tell_live(out: Output, live: LiveLook) -> None:
    out.text()
    unasked = live.outcome is Reach.ONE_WAY and not live.client_asked and not live.answered.refused
    outcome = "pair.reach-unasked" if unasked else _REACH[live.outcome]
    out.line("pair.live", client=live.client, server=live.server, outcome=say(outcome, out.lang))
    if not live.client_asked and live.answered.chain:
        out.line("pair.live-not-asked", server=live.server)
    if live.answered.refused:
        key = "pair.live-server-refused" if live.answered.by_peer else "pair.live-ended"
        out.line(key, server=live.server, client=live.client, said=live.answered.refused)
    elif live.client_asked:
        out.line("pair.live-server-took", server=live.server, client=live.client)
    if live.verdict is not None:
        out.line(
            "pair.look-server",
            presenter=live.server,
            acceptor=live.client,
            outcome=_said(live.verdict, out.lang),
        )
        out.findings(live.verdict.findings)


def _said(verdict: Verdict, lang: Lang) -> str:
    return say(_OUTCOMES[verdict.outcome], lang)


def _side_by_side(one: End, other: End) -> list[tuple[str, str, str, str]]:
    return [
        (*mine, *theirs)
        for mine, theirs in zip_longest(issued(one.chain), issued(other.chain), fillvalue=("-", "-"))
    ]


def _document(seen: PairSeen, profile: str, lang: Lang) -> dict[str, object]:
    one, other = seen.ends
    return {
        "format": FORMAT,
        "fine": seen.is_fine,
        "ends": [_end_document(end) for end in seen.ends],
        "connections": [
            {"client": client.label, "server": server.label, "standard": seen.reach(client, server)}
            for client, server in ((one, other), (other, one))
        ],
        "standard": "valid" if seen.standard else "invalid",
        "target": {
            "profile": profile,
            "verdict": "valid" if seen.target_accepts else "invalid",
            "ends": [
                {"label": end.label, **_verdict_document(verdict, lang)}
                for end, verdict in zip(seen.ends, seen.target, strict=True)
            ],
        }
        if profile
        else None,
        "findings": [to_json(one, lang) for one in seen.findings],
        "looks": [
            {
                "presenter": look.presenter,
                "acceptor": look.acceptor,
                "purpose": look.purpose,
                **_verdict_document(look.verdict, lang),
            }
            for look in seen.looks
        ],
        "live": [_live_document(live, lang) for live in seen.live],
        "not_live": seen.not_live,
    }


def _end_document(end: End) -> dict[str, object]:
    return {
        "label": end.label,
        "at": end.now,
        "chain": [one.fingerprint.hex for one in end.chain],
        "anchors": [one.fingerprint.hex for one in end.anchors],
        "trusts": [str(one.subject) for one in end.anchors],
        "issued": [{"to": to, "by": by} for to, by in issued(end.chain)],
    }


def _verdict_document(verdict: Verdict, lang: Lang) -> dict[str, object]:
    return {
        "outcome": verdict.outcome,
        "findings": [to_json(one, lang) for one in verdict.findings],
        "engines": [
            {
                "consumer": consumer,
                "answered": answer.answered,
                "accepted": answer.accepted,
                "said": answer.said,
            }
            for consumer, answer in verdict.engines
        ],
    }


def _live_document(live: LiveLook, lang: Lang) -> dict[str, object]:
    return {
        "client": live.client,
        "server": live.server,
        "outcome": live.outcome,
        "client_certificate_asked": live.client_asked,
        "refused": live.answered.refused or None,
        "refused_by_server": live.answered.by_peer,
        "client_judges": None if live.verdict is None else _verdict_document(live.verdict, lang),
    }
