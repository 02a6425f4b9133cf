"""Opens waves on evidence: every slot that the proof relies on is looked at again, just before.

What is seen must be what the proof starts from. Where it is not (a refreshed CRL, a file that
an operator changed, a connection newly seen) the remaining waves are proven again from what is
there; only if the same waves are safe does the rollout go on. An owed connection that is refused
although all its values are right (a service is down) keeps the wave shut: whoever goes on then
could not show that nothing broke.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, tzinfo

from warifu.domain.estate import Estate, Observed, Value
from warifu.domain.findings import Code, Finding
from warifu.domain.rotation.plan import Wave
from warifu.domain.rotation.progress import Progress, StepState
from warifu.domain.rotation.sessions import sessions_end
from warifu.domain.rotation.steps import Load, Switch
from warifu.domain.rotation.windows import next_opening, time_needed, windows_of
from warifu.errors import RefusedError, WaitingError
from warifu.ports.clock import Clock
from warifu.workflows.apply import Gate
from warifu.workflows.carry import bound

_PATIENCE, _PAUSE = timedelta(seconds=20), timedelta(seconds=2)
"""How long a refused connection may take to come back: somebody may be restarting its service."""


class EvidenceGate(Gate):
    """Collects evidence and has the rest of the plan proven again where it differs.

    Args:
        observe: looks at slots, by handshakes and witnesses.
        prove_again: proves the waves that are left from what was seen; returns what breaks.
        may_start: raises while a wave has to wait for its window or for sessions to end.
        clock: waits for connections that are refused to come back.
    """

    def __init__(
        self,
        observe: Callable[[frozenset[str]], Observed],
        prove_again: Callable[[Progress, Observed], tuple[Finding, ...]],
        may_start: Callable[[Progress, Wave], None],
        clock: Clock,
    ) -> None:
        self._observe = observe
        self._prove_again = prove_again
        self._may_start = may_start
        self._clock = clock

    def judge(self, progress: Progress, wave: Wave) -> tuple[Finding, ...]:
        """Return what keeps the wave shut; see the protocol."""
        self._may_start(progress, wave)
        looks: list[tuple[Finding, ...]] = []

        def nothing_is_down() -> bool:
            looks.append(self._look(progress))
            return not any(finding.code is Code.LIVE_REFUSED for finding in looks[-1])

        self._clock.wait(nothing_is_down, at_most=_PATIENCE, every=_PAUSE)
        return looks[-1]

    def _look(self, progress: Progress) -> tuple[Finding, ...]:
        relied = frozenset(progress.plan.basis)
        observed = self._observe(relied)
        unseen = tuple(
            Finding(Code.NOT_SEEN, slot, {"reason": "no look at it succeeded"})
            for slot in sorted(relied)
            if slot not in observed.slots or not observed.slots[slot].values
        )
        if unseen:
            return unseen
        expected = expected_values(progress)
        differs = [slot for slot in sorted(relied) if set(observed.slots[slot].values) - expected[slot]]
        broken = [name for name in progress.plan.proof.owed if observed.held.get(name) is False]
        if differs or broken or progress.arrived:
            return self._prove_again(progress, observed) or _refused(observed, frozenset(broken))
        return ()


def _refused(observed: Observed, connections: frozenset[str]) -> tuple[Finding, ...]:
    return tuple(
        finding
        for finding in observed.findings
        if finding.code is Code.LIVE_REFUSED and finding.subject in connections
    )


class WaitingGate:
    """Lets a wave start only when it may: inside windows if it interrupts, after sessions ended if it removes.

    A wave that interrupts has to fit, with its way back, into the windows of what it interrupts.

    Args:
        zones: time zones by name.
    """

    def __init__(self, estate: Estate, zones: Callable[[str], tzinfo], clock: Clock) -> None:
        self._estate = estate
        self._zones = zones
        self._clock = clock

    def may_start(self, progress: Progress, wave: Wave) -> None:
        """Return when the steps of the wave that were not begun may start now.

        Raises:
            WaitingError: `rollout.waiting-for-sessions`, `rollout.waiting-for-window`: says until when.
            RefusedError: `rollout.no-window`: no window within the next year is long enough.
        """
        wave = _not_begun(wave, progress)
        now, needs = self._clock.now(), time_needed(wave)
        ends = sessions_end(wave, self._estate, progress)
        if ends is not None and ends > now:
            raise WaitingError("rollout.waiting-for-sessions", wave=wave.number, until=ends)
        for windows in windows_of(wave, self._estate):
            zones = {window.zone: self._zones(window.zone) for window in windows}
            opening = next_opening(windows, zones, now, needs)
            if opening is None:
                raise RefusedError("rollout.no-window", wave=wave.number, windows=[w.name for w in windows])
            if opening.opens > now:
                zone = next(zones[window.zone] for window in windows if window.name == opening.window)
                raise WaitingError(
                    "rollout.waiting-for-window",
                    wave=wave.number,
                    window=opening.window,
                    opens=opening.opens.astimezone(zone),
                )


def _not_begun(wave: Wave, progress: Progress) -> Wave:
    """Return the wave with the steps that nobody is in the middle of, and that are not done."""
    at_rest = (StepState.OPEN, StepState.STOPPED)
    chains = (tuple(s for s in chain if progress.state(s.id) in at_rest) for chain in wave.chains)
    return replace(wave, chains=tuple(chain for chain in chains if chain))


def expected_values(progress: Progress) -> dict[str, set[Value]]:
    """Return, for each slot of the basis, every value it may hold after what was done and begun."""
    held = {slot: set(values) for slot, values in progress.plan.basis.items()}
    for step in progress.plan.steps:
        if not isinstance(step, (Switch, Load)) or step.slot not in held:
            continue
        state = progress.state(step.id)
        after = bound(step.after, progress)
        if state is StepState.DONE:
            held[step.slot] = {after}
        elif state is not StepState.OPEN:
            held[step.slot] = held[step.slot] | {after}
    return held
