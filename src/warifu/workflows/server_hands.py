"""What the server makes of a node's word: a step is done when signed evidence carries it, and not before.

Where a node cannot witness what its service accepts, the server shows it sentinels itself, if it has an issuer that
signs some: the node's keys and the issuer's stay where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from warifu.domain.rotation.progress import Progress
from warifu.domain.rotation.steps import Load, Step, Switch
from warifu.errors import RefusedError, WaitingError
from warifu.ports.changes import Fence
from warifu.ports.clock import Clock
from warifu.ports.targets import TrustContent
from warifu.wire.evidence import Evidence, Outcome
from warifu.wire.values import value_digest
from warifu.workflows.apply import Done, Hands, Result, Seen, Waits
from warifu.workflows.carry import bound
from warifu.workflows.far import FarHands, called
from warifu.workflows.node_evidence import NodeEvidence

_UNSEEN = "rollout.waiting-for-witness"


@dataclass(frozen=True, slots=True)
class JudgingHands(Hands):
    """Hands of nodes and of the server, whose results are judged.

    Args:
        skew: how much the clock of a node, by its name on the server, is ahead.
        sentinels: for a trust slot, what shows it short-lived identities, given what it should hold.
        content: what a step brings, where it is a trust store's and at hand.
    """

    hands: FarHands
    evidence: NodeEvidence
    clock: Clock
    skew: Callable[[str], timedelta]
    sentinels: Mapping[str, Callable[[TrustContent], tuple[Evidence, ...]]]
    content: Callable[[Step, Progress], TrustContent | None]

    def look(self, step: Step, progress: Progress) -> Seen:
        """Tell where the step's slot stands; see the protocol."""
        try:
            return self.hands.look(step, progress)
        except RefusedError as error:
            raise _late(error, step) or error from error

    def do(self, step: Step, progress: Progress, fence: Callable[[str], Fence]) -> Result:
        """Carry the step out from *before*; see the protocol."""
        try:
            return self._judged(step, progress, self.hands.do(step, progress, fence))
        except RefusedError as error:
            raise _late(error, step) or error from error

    def prove(self, step: Step, progress: Progress, fence: Callable[[str], Fence]) -> Result:
        """Load and prove; see the protocol."""
        try:
            return self._judged(step, progress, self.hands.prove(step, progress, fence))
        except RefusedError as error:
            raise _late(error, step) or error from error

    def release(self, progress: Progress, fence: Callable[[str], Fence]) -> None:
        """Give every node free; see the protocol."""
        self.hands.release(progress, fence)

    def _judged(self, step: Step, progress: Progress, result: Result) -> Result:
        if not isinstance(step, (Switch, Load)):
            return result
        node = called(self.hands.estate, step.node)
        if not node:
            return result
        if isinstance(result, Waits) and result.why == _UNSEEN:
            return self._shown(step, progress) or result
        if isinstance(result, Done):
            self.evidence.demand(
                node,
                step.slot,
                value_digest(bound(step.after, progress)),
                result.evidence,
                stated=step.id in progress.statements and "statement" in result.values,
                skew=self.skew(node),
                now=self.clock.now(),
            )
        return result

    def _shown(self, step: Switch | Load, progress: Progress) -> Done | None:
        """Return that a slot was seen by sentinels; None where they tell nothing, or not this."""
        show, content = self.sentinels.get(step.slot), self.content(step, progress)
        if show is None or content is None:
            return None
        seen = show(content)
        if not seen or any(one.outcome is not Outcome.YES for one in seen):
            return None
        anchors = ",".join(anchor.fingerprint.hex for anchor in content.anchors)
        return Done(
            {"fingerprints": anchors, "witnesses": "sentinel", "handshakes": str(len(seen))}, evidence=seen
        )


def _late(error: RefusedError, step: Step) -> WaitingError | None:
    """Return that a node got an order too late to obey: nothing was done, and it is asked again."""
    if error.code != "agent.order-late":
        return None
    return WaitingError("orders.node-away", node=step.node, kind="carry")
