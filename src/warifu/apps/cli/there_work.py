"""Plans and rollouts of estates on a server, as people at a terminal ask for them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warifu.apps.cli.plan import show_plan
from warifu.apps.cli.plans_view import find_plan
from warifu.apps.cli.remote import line_to, part, show_told
from warifu.apps.cli.render import Output
from warifu.domain.findings import say, word
from warifu.domain.x509 import to_pem
from warifu.errors import RefusedError, UsageError
from warifu.wire import api_rollouts as wire
from warifu.wire import plan as plans
from warifu.wiring import remote as wiring

if TYPE_CHECKING:
    from warifu.ports.person_line import PersonLine

_NO, _PARTLY, _UNSURE, _WAITS = 3, 4, 5, 6
_EVERY = 2.0  # seconds between two looks at a rollout that is followed
_Given = Mapping[str, Any]
_HEADINGS = (
    "rollout.head-wave",
    "rollout.head-step",
    "rollout.head-what",
    "rollout.head-where",
    "rollout.head-state",
)
_SEEN = ("rollout.head-step", "rollouts.head-witness", "rollouts.head-at", "rollouts.head-signed")


def plan(out: Output, server: str, given: _Given, *, change: str) -> int:
    """Have a server look at an estate and plan a change of it."""
    line = line_to(server, out.lang)
    names = tuple(given["names"]) if "names" in given else (given["old"], given["new"])
    wish = wire.RolloutPlanWish(
        _estate(line, given["estate"]),
        change,
        names,
        given.get("issuer") or "",
        tuple(given.get("slot") or given.get("store") or ()),
        {name: _certificates(name) for name in names if Path(name).is_file()},
        tuple(given["allow_outage"]),
        _waivers(given),
        given["ticket"],
    )
    return _planned(out, line.ask(wire.RolloutPlanTold, "POST", "/v1/estate-plans", wish), given)


def way_back(out: Output, server: str, given: _Given) -> int:
    """Have a server plan what leads a rollout back."""
    line = line_to(server, out.lang)
    path = f"/v1/rollouts/{part(_rollout(line, given['rollout']))}/way-back"
    wish = wire.WayBackWish(given["past_return"])
    return _planned(out, line.ask(wire.RolloutPlanTold, "POST", path, wish), given)


def apply(out: Output, server: str, given: _Given) -> int:
    """Have a server carry out a plan that somebody else approved."""
    line = line_to(server, out.lang)
    digest = find_plan(line, given["plan_file"]).digest
    stands = _start(out, line, digest)
    out.line("rollout.started", rollout=stands.rollout.id)
    return _told(out, _followed(line, stands) if given["follow"] else stands)


def show(out: Output, server: str, given: _Given) -> int:
    """Show where a rollout stands, who keeps it from going on, and who saw what."""
    line = line_to(server, out.lang)
    if not given["rollout"]:
        return _listed(out, _rollouts(line))
    return _told(out, _standing(line, _rollout(line, given["rollout"])), shown=True)


def resume(out: Output, server: str, given: _Given) -> int:
    """Have a rollout go on after a step was refused or failed."""
    line = line_to(server, out.lang)
    stands = _say(line, _rollout(line, given["rollout"]), "resumptions", None)
    return _told(out, _followed(line, stands) if given["follow"] else stands)


def confirm(out: Output, server: str, given: _Given) -> int:
    """Record an owner's statement about a step."""
    line = line_to(server, out.lang)
    rollout = _rollout(line, given["rollout"])
    wish = wire.ConfirmWish(given["step"], given["owner"], given["statement"])
    stands = _say(line, rollout, "statements", wish)
    out.line("rollout.confirmed", step=given["step"], owner=given["owner"], rollout=rollout)
    out.json(stands)
    return 0


def abandon(out: Output, server: str, given: _Given) -> int:
    """Have a rollout end where it stands."""
    line = line_to(server, out.lang)
    rollout = _rollout(line, given["rollout"])
    out.json(_say(line, rollout, "abandonment", None))
    out.line("rollouts.will-end", rollout=rollout)
    return 0


def waive(out: Output, server: str, given: _Given) -> int:
    """Have a rollout go on without a node, by name and for a while."""
    line = line_to(server, out.lang)
    rollout = _rollout(line, given["rollout"])
    wish = wire.WaiverWish(given["node"], given["reason"], given["until"])
    out.json(_say(line, rollout, "waivers", wish))
    out.line("rollouts.waived", node=given["node"], rollout=rollout, until=given["until"])
    return 0


def put_estate(out: Output, server: str, given: _Given) -> int:
    """Put an estate on a server."""
    line = line_to(server, out.lang)
    files = {Path(name).name: wiring.files().read(name).decode() for name in given["files"]}
    listings = {path: _certificates(path) for path in given["listing"]}
    wish = wire.EstateWish(files, listings, given["basis"])
    told: wire.EstateTold = line.ask(wire.EstateTold, "PUT", "/v1/estates", wish)
    out.line("rollouts.estate-put", estate=told.name, version=told.version)
    out.json(told)
    return 0


# --- parts


def _planned(out: Output, told: wire.RolloutPlanTold, given: _Given) -> int:
    out.json(told)
    if told.answer == "nothing-to-do":
        show_told(out, told.findings)
        out.line("plan.nothing-to-do")
        return 0
    if told.answer != "plan":
        show_told(out, told.findings)
        out.line("rollouts.no-plan", subjects=told.subjects or "-")
        return _UNSURE if told.answer == "undecided" else _NO
    made = plans.decode(json.dumps(told.plan).encode())
    show_plan(out, made)
    if given["file"]:
        wiring.write_public(given["file"], plans.encode(made))
    out.line("rollouts.planned", digest=told.digest)
    if told.confirmation:
        out.line("rollouts.to-type", wanted=told.confirmation)
    return 0


def _start(out: Output, line: PersonLine, digest: str) -> wire.StandingTold:
    """Begin; where anchors go, somebody at the terminal types which."""

    def begin(typed: str) -> wire.StandingTold:
        wish = wire.StartWish(digest, typed)
        told: wire.StandingTold = line.ask(wire.StandingTold, "POST", "/v1/rollouts", wish)
        return told

    try:
        return begin("")
    except RefusedError as error:
        if error.code != "directory.confirmation-differs":
            raise
        wanted = str(error.values.get("wanted", ""))
        if out.as_json and not wiring.is_asked():
            raise
        wiring.ask_for(say("rollouts.to-type", out.lang, wanted=wanted))
        return begin(wiring.typed())


def _told(out: Output, stands: wire.StandingTold, *, shown: bool = False) -> int:
    """Tell where a rollout stands; the exit code says how it goes on."""
    out.json(stands)
    done = sum(step.state == "done" for step in stands.steps)
    state = word("rollout", stands.rollout.state, out.lang)
    out.line("rollout.status", rollout=stands.rollout.id, state=state, done=done, of=len(stands.steps))
    if shown:
        _show_steps(out, stands)
    for one in stands.waivers:
        out.line("plan.waived", subject=one.subject, by=one.by, reason=one.reason, until=one.until)
    for block in stands.blockers:
        out.line("rollouts.blocks", who=block.who or "-", step=block.step or "-", why=block.sentence)
    if stands.halted:
        out.line("rollouts.halted", rollout=stands.rollout.id)
        return 0 if shown else _PARTLY
    return 0 if shown or stands.rollout.state != "open" else _WAITS


def _show_steps(out: Output, stands: wire.StandingTold) -> None:
    rows = [
        (
            one.wave,
            one.id,
            word("step", one.kind, out.lang),
            f"{one.where} ({one.node})",
            word("state", one.state, out.lang),
        )
        for one in stands.steps
    ]
    out.table(_HEADINGS, rows)
    looks = {(one.step, one.node, one.witness): one for one in stands.seen}
    if looks:
        out.table(
            _SEEN,
            [
                (
                    one.step,
                    word("witness", one.witness, out.lang),
                    one.at,
                    f"{one.node} {one.signed_by[:16]}".strip() or "-",
                )
                for one in looks.values()
            ],
        )


def _listed(out: Output, found: Sequence[wire.RolloutTold]) -> int:
    headings = ("rollout.head-id", "rollout.head-state", "rollout.head-started", "rollout.head-digest")
    out.table(
        headings,
        [(one.id, word("rollout", one.state, out.lang), one.started, one.digest[:16]) for one in found],
    )
    if not found:
        out.line("rollout.none")
    out.json({"rollouts": found})
    return 0


def _followed(line: PersonLine, stands: wire.StandingTold) -> wire.StandingTold:
    """Look until a rollout is over, or halted."""
    while stands.rollout.state == "open" and not stands.halted:
        time.sleep(_EVERY)
        stands = _standing(line, stands.rollout.id)
    return stands


def _say(line: PersonLine, rollout: str, what: str, wish: object) -> wire.StandingTold:
    told: wire.StandingTold = line.ask(
        wire.StandingTold, "POST", f"/v1/rollouts/{part(rollout)}/{what}", wish
    )
    return told


def _standing(line: PersonLine, rollout: str) -> wire.StandingTold:
    told: wire.StandingTold = line.ask(wire.StandingTold, "GET", f"/v1/rollouts/{part(rollout)}")
    return told


def _rollouts(line: PersonLine) -> tuple[wire.RolloutTold, ...]:
    found: tuple[wire.RolloutTold, ...] = line.ask(tuple[wire.RolloutTold, ...], "GET", "/v1/rollouts")
    return found


def _rollout(line: PersonLine, name: str) -> str:
    """Return a rollout's id: by itself, by its beginning, or the only open one (else the newest).

    Raises:
        UsageError: `rollout.unknown`, `rollout.ambiguous`, `rollout.nothing-yet`.
    """
    found = _rollouts(line)
    if not found:
        raise UsageError("rollout.nothing-yet")
    fitting = [one.id for one in found if one.id.startswith(name)] if name else []
    if not name:
        fitting = [one.id for one in found if one.state == "open"] or [found[0].id]
    if not fitting:
        raise UsageError("rollout.unknown", rollout=name)
    if len(fitting) > 1:
        raise UsageError("rollout.ambiguous", rollout=name, matching=fitting)
    return fitting[0]


def _estate(line: PersonLine, name: str) -> str:
    """Return the name of an estate of the server: the one that is named, or the only one.

    Raises:
        UsageError: `rollouts.estate-which`.
    """
    found: tuple[wire.EstateTold, ...] = line.ask(tuple[wire.EstateTold, ...], "GET", "/v1/estates")
    names = [one.name for one in found]
    if name in names:
        return name
    if len(names) != 1:
        raise UsageError("rollouts.estate-which", known=names or "-")
    return names[0]


def _certificates(path: str) -> str:
    """Return the certificates of a file in PEM; a file with a private key is not sent."""
    return to_pem(wiring.read_all((path,)).certificates).decode("ascii")


def _waivers(given: _Given) -> tuple[wire.WaiverWish, ...]:
    """Return what is left out of the proof.

    Raises:
        UsageError: `plan.waiver-incomplete`.
    """
    for subject in given["waive"]:
        if not given["reason"] or given["until"] is None:
            raise UsageError("plan.waiver-incomplete", subject=subject)
    return tuple(wire.WaiverWish(one, given["reason"], given["until"]) for one in given["waive"])
