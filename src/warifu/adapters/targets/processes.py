"""Generations of processes: which were there at a mark, and which have come since.

A process is known by its number *and* its start, in seconds of the boot clock: numbers are
used again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from warifu.domain.estate import Slot
from warifu.errors import CouldNotLookError
from warifu.ports.hosts import (
    HostClock,
    HostReader,
    ProcessSeen,
)
from warifu.wire.evidence import Evidence, Outcome, Stage, Witness

_EXCERPT = 2000  # characters of a log that go into a report: the first, because causes come first
_MOST = 65536  # bytes of a log that are read


@dataclass(frozen=True, slots=True)
class Told:
    """What a witness says, before it is written down for a slot."""

    stage: Stage
    outcome: Outcome
    detail: Mapping[str, str]


def family(processes: Sequence[ProcessSeen], pid: int) -> tuple[ProcessSeen, ...]:
    """Return a process and everything below it, itself first; empty when it is not there."""
    found = [process for process in processes if process.pid == pid]
    known = {process.pid for process in found}
    grown = True
    while found and grown:
        below = [each for each in processes if each.parent in known and each.pid not in known]
        grown = bool(below)
        found += below
        known |= {each.pid for each in below}
    return tuple(found)


def written(processes: Sequence[ProcessSeen]) -> str:
    """Return processes as a mark keeps them: `pid:start`, comma separated."""
    return ",".join(_name(process) for process in processes)


def mark_of(clock: HostClock, processes: Sequence[ProcessSeen], log: str) -> dict[str, str]:
    """Return a mark."""
    return {
        "boot_id": clock.boot_id,
        "boot_clock": f"{clock.since_boot:.3f}",
        "processes": written(processes),
        "log": log,
    }


def split(
    processes: Sequence[ProcessSeen], clock: HostClock, since: Mapping[str, str]
) -> tuple[tuple[ProcessSeen, ...], tuple[ProcessSeen, ...]]:
    """Return (those that were there at the mark, those that have come since)."""
    noted = set(since.get("processes", "").split(",")) if since.get("boot_id") == clock.boot_id else set()
    old = tuple(process for process in processes if _name(process) in noted)
    return old, tuple(process for process in processes if _name(process) not in noted)


def judge_generation(
    fresh: Sequence[ProcessSeen], old: Sequence[ProcessSeen], *, doubt: str = ""
) -> tuple[Told, ...]:
    """Say what two generations amount to.

    Args:
        fresh: processes that have loaded since the mark.
        old: processes of the mark that are still there.
        doubt: why fresh processes may have come by something else than a load; empty when they cannot.
    """
    detail = {"new": written(fresh), "old": written(old)}
    if not fresh:
        return (Told(Stage.LOADED, Outcome.NO, {**detail, "reason": "no new process"}),)
    if doubt:
        return (Told(Stage.LOADED, Outcome.COULD_NOT_LOOK, {**detail, "reason": doubt}),)
    loaded = Told(Stage.LOADED, Outcome.YES, detail)
    return (loaded, Told(Stage.PROVEN, Outcome.NO if old else Outcome.YES, detail))


def write_down(
    slot: Slot, value_digest: str, clock: HostClock, told: Sequence[Told], witness: Witness
) -> tuple[Evidence, ...]:
    """Return what a witness says as evidence for a slot."""
    at = datetime.fromtimestamp(clock.utc, UTC)
    return tuple(
        Evidence(
            slot.name,
            each.stage,
            each.outcome,
            witness,
            at,
            value_digest,
            clock.boot_id,
            clock.since_boot,
            dict(each.detail),
        )
        for each in told
    )


def read_pid(host: HostReader, path: str) -> int:
    """Return the number on the first line of a pid file.

    Raises:
        CouldNotLookError: `install.no-process`: the file is not there or holds no number.
    """
    first = host.read(path).data.decode("ascii", "replace").split("\n", 1)[0].strip()
    if not first.isdigit() or int(first) < 2:
        raise CouldNotLookError("install.no-process", path=path)
    return int(first)


def log_size(host: HostReader, path: str) -> str:
    """Return how many bytes a log has; empty when it cannot be seen."""
    if not path:
        return ""
    ran = host.run(("stat", "-L", "-c", "%s", path))
    return ran.out.decode("ascii", "replace").strip() if ran.code == 0 else ""


def log_since(host: HostReader, path: str, size: str) -> str:
    """Return the beginning of what a log gained since it had `size` bytes; empty when it cannot be seen."""
    now = log_size(host, path)
    if not now.isdigit() or not size.isdigit():
        return ""
    gained = int(now) - int(size)
    count = int(now) if gained < 0 else gained  # fewer bytes than before: it was rotated
    if count == 0:
        return ""
    ran = host.run(("tail", "-c", str(min(count, _MOST)), path))
    return ran.out.decode("utf-8", "replace")[:_EXCERPT].strip()


def _name(process: ProcessSeen) -> str:
    return f"{process.pid}:{process.started:.2f}"
