"""Opens waves on evidence: every slot that the proof relies on is looked at again, just before.

What is seen must be what the proof starts from. Where it is not (a refreshed CRL, a file that
an operator changed, a connection newly seen) the remaining waves are proven again from what is
there; only if the same waves are safe does the rollout go on.
"""

from __future__ import annotations

from collections.abc import Callable

from warifu.domain.estate import Observed, Value
from warifu.domain.findings import Code, Finding
from warifu.domain.rotation.plan import Wave
from warifu.domain.rotation.progress import Progress, StepState
from warifu.domain.rotation.steps import Load, Switch
from warifu.workflows.apply import Gate
from warifu.workflows.carry import bound


class EvidenceGate(Gate):
    """Collects evidence and has the rest of the plan proven again where it differs.

    Args:
        observe: looks at slots, by handshakes and witnesses.
        prove_again: proves the waves that are left from what was seen; returns what breaks.
        may_start: findings (or a wait) of maintenance windows and outages for a wave.
    """

    def __init__(
        self,
        observe: Callable[[frozenset[str]], Observed],
        prove_again: Callable[[Progress, Observed], tuple[Finding, ...]],
        may_start: Callable[[Wave], tuple[Finding, ...]],
    ) -> None:
        self._observe = observe
        self._prove_again = prove_again
        self._may_start = may_start

    def judge(self, progress: Progress, wave: Wave) -> tuple[Finding, ...]:
        """Return what keeps the wave shut; see the protocol."""
        shut = self._may_start(wave)
        if shut:
            return shut
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
            return self._prove_again(progress, observed)
        return ()


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
