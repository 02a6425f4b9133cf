"""When a removal may begin: sessions that resume past the anchor it takes away must have died.

A resumed session presents no certificate, so nobody asks the trust store: whoever held a session
under the old anchor is let in until it ends (RFC 8446 §2.2, RFC 5077). The clock runs from the
last switch of an identity that faced the anchor; where the plan switches none, from its start.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from warifu.domain.estate import Connection, Estate
from warifu.domain.estate.tables import duration_text
from warifu.domain.rotation.pairs import members
from warifu.domain.rotation.plan import Wave
from warifu.domain.rotation.progress import Progress, StepState
from warifu.domain.rotation.steps import REMOVING, Step, Switch


def session_waits(wave: Wave, estate: Estate) -> tuple[str, ...]:
    """Return what a wave that removes anchors waits for: a message key, with the time after a space."""
    if not any(_loses(step) for step in wave.steps):
        return ()
    longest = max((length for _, length in _concerned(wave, estate)), default=timedelta())
    if not longest:
        return ("rotation.wait-sessions",)
    key = "rotation.wait-sessions-for"
    return (f"{key} {duration_text(longest)}",)


def sessions_end(wave: Wave, estate: Estate, progress: Progress) -> datetime | None:
    """Return when the last session has died that resumes past an anchor the wave removes; None: nothing to wait for."""
    switched = {
        step.slot: progress.last[step.id].at
        for step in progress.plan.steps
        if isinstance(step, Switch)
        and step.kind not in REMOVING
        and progress.state(step.id) is StepState.DONE
    }
    ends = []
    for connection, length in _concerned(wave, estate):
        facing = (*connection.server_identities, *connection.client_identities)
        since = max((switched[slot] for slot in facing if slot in switched), default=progress.started)
        if length and since is not None:
            ends.append(since + length)
    return max(ends, default=None)


def _losing(wave: Wave) -> frozenset[str]:
    """Return the slots that lose an anchor in a wave."""
    return frozenset(step.slot for step in wave.steps if isinstance(step, Switch) and _loses(step))


def _loses(step: Step) -> bool:
    """Tell whether a step takes an anchor away."""
    return isinstance(step, Switch) and step.kind in REMOVING


def _concerned(wave: Wave, estate: Estate) -> Iterator[tuple[Connection, timedelta]]:
    """Yield each connection that relies on a slot that loses an anchor, with its sessions' lifetime."""
    if not any(service.session_lifetime for service in estate.services.values()):
        return
    losing = _losing(wave)
    for connection in estate.connections.values():
        if losing.isdisjoint((*connection.client_trusts, *connection.server_trusts)):
            continue
        servers = members(estate, connection.servers)
        yield connection, max((estate.services[one].session_lifetime for one in servers), default=timedelta())
