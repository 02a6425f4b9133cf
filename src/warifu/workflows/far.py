"""Steps and looks that nodes carry out for themselves; all others stay with the hands that reach them.

What a node answers was signed by it. A node that is away holds up its own steps, by name; nothing is taken for done
because it did not answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from warifu import errors
from warifu.domain.estate import ByAgent, Estate, Observed, Template
from warifu.domain.estate.excerpt import excerpt, join_looks
from warifu.domain.findings import Code, Finding
from warifu.domain.rotation.progress import Event, Progress
from warifu.domain.rotation.steps import Issue, Step
from warifu.domain.x509 import Request, read
from warifu.errors import CouldNotLookError, RefusedError, UsageError, WaitingError, WarifuError
from warifu.ports.changes import Fence
from warifu.ports.far import OrderDesk, Wanted
from warifu.wire.agent import OrderAnswer, OrderKind
from warifu.wire.far import (
    Errand,
    KeyMade,
    KeyWanted,
    ObservedTold,
    Place,
    Tidy,
    errand_of,
    from_body,
    take,
    to_body,
)
from warifu.workflows.apply import Done, Hands, Result, Seen, Stopped, Waits

Look = Callable[[Estate, frozenset[str]], Observed]


def called(estate: Estate, node: str) -> str:
    """Return what the server knows a node by; empty where no agent looks after it."""
    reach = estate.nodes[node].reach if node in estate.nodes else None
    return (reach.name or node) if isinstance(reach, ByAgent) else ""


@dataclass(frozen=True, slots=True)
class FarHands(Hands):
    """Hands that hand steps on nodes with an agent over to it.

    Args:
        near: carries out everything else.
        events: what happened in the rollout so far.
    """

    estate: Estate
    rollout: str
    digest: str
    near: Hands
    desk: OrderDesk
    events: Callable[[], Sequence[Event]]

    def look(self, step: Step, progress: Progress) -> Seen:
        """Tell where the step's slot stands; see the protocol."""
        if self._is_near(step):
            return self.near.look(step, progress)
        seen: Seen = from_body(Seen, self._ask(OrderKind.LOOK, step, progress).result)
        return seen

    def do(self, step: Step, progress: Progress, fence: Callable[[str], Fence]) -> Result:
        """Carry the step out from *before*; see the protocol."""
        if self._is_near(step):
            return self.near.do(step, progress, fence)
        return self._result(self._ask(OrderKind.CARRY, step, progress))

    def prove(self, step: Step, progress: Progress, fence: Callable[[str], Fence]) -> Result:
        """Load and prove; see the protocol."""
        if self._is_near(step):
            return self.near.prove(step, progress, fence)
        return self._result(self._ask(OrderKind.PROVE, step, progress))

    def release(self, progress: Progress, fence: Callable[[str], Fence]) -> None:
        """Give every node free; see the protocol. One that is away frees itself by the next rollout's epoch."""
        self.near.release(progress, fence)
        nodes = {step.node for step in progress.plan.steps if called(self.estate, step.node)}
        keys: dict[str, list[str]] = {}
        for event in progress.arrived.values() if progress.finished else ():
            keys.setdefault(event.values["key_node"], []).append(event.values["key_path"])
        wanted = tuple(
            self._wanted(OrderKind.RELEASE, node, to_body(Tidy(self.rollout, tuple(keys.get(node, ())))))
            for node in sorted(nodes)
        )
        if wanted:
            self.desk.ask(wanted)

    def _is_near(self, step: Step) -> bool:
        return isinstance(step, Issue) or not called(self.estate, step.node)

    def _wanted(self, kind: OrderKind, node: str, body: object, step: str = "", wave: int = 0) -> Wanted:
        assert isinstance(body, dict)  # noqa: S101 - `to_body` makes one
        name = called(self.estate, node)
        return Wanted(name, kind, self.rollout, self.digest, wave, step, body)

    def _ask(self, kind: OrderKind, step: Step, progress: Progress) -> OrderAnswer:
        part = excerpt(self.estate, {step.node})
        errand: Errand = errand_of(part, self.rollout, step, progress, self.events())
        wave = next((wave.number for wave in progress.plan.waves if step in wave.steps), 0)
        wanted = self._wanted(kind, step.node, to_body(errand), step.id, wave)
        return answered(self.desk.ask((wanted,))[0], wanted)

    def _result(self, answer: OrderAnswer) -> Result:
        result: Result = from_body(Done | Stopped | Waits, answer.result)
        if isinstance(result, Done):
            return Done(result.values, result.arrived, answer.evidence, result.remarks)
        return result


def answered(answer: OrderAnswer | None, wanted: Wanted) -> OrderAnswer:
    """Return an answer that says something.

    Raises:
        WaitingError: `orders.node-away`: the node did not answer.
        WarifuError: what the node met, as the kind of error that it was there.
    """
    if answer is None:
        raise WaitingError("orders.node-away", node=wanted.node, kind=wanted.kind.value)
    if answer.error:
        raise error_of(answer)
    return answer


def error_of(answer: OrderAnswer) -> WarifuError:
    """Return what a node met as an error of ours."""
    kind = getattr(errors, answer.kind, CouldNotLookError)
    if not (isinstance(kind, type) and issubclass(kind, WarifuError)):
        kind = CouldNotLookError
    error: WarifuError = kind(answer.error, **answer.values)
    return error


@dataclass(frozen=True, slots=True)
class FarSight:
    """Looks at an estate of which agents look at their own parts.

    Args:
        near: looks at the part that is reached from here.
    """

    estate: Estate
    near: Look
    desk: OrderDesk
    rollout: str = ""
    digest: str = ""

    def look(self, slots: Collection[str]) -> Observed:
        """Look at slots; what a node that is away would have shown is a finding, and its slots are not seen."""
        wanted = frozenset(slots)
        far = sorted(name for name in self.estate.nodes if called(self.estate, name))
        here = frozenset(self.estate.nodes) - frozenset(far)
        parts: list[tuple[Collection[str], Observed]] = []
        asked: list[tuple[str, Wanted]] = []
        for node in far:
            part = excerpt(self.estate, {node})
            own = tuple(sorted(wanted & part.slots.keys()))
            if own or any(part.connections[name].clients for name in part.connections):
                body = to_body(Place(part, own))
                name = called(self.estate, node)
                asked.append((node, Wanted(name, OrderKind.OBSERVE, self.rollout, self.digest, body=body)))
        answers = self.desk.ask(tuple(one for _, one in asked))
        parts.append((here, self.near(excerpt(self.estate, here), wanted)))
        for (node, one), answer in zip(asked, answers, strict=True):
            parts.append(((node,), self._told(node, one, answer, parts[0][1])))
        return join_looks(self.estate, parts)

    def _told(self, node: str, wanted: Wanted, answer: OrderAnswer | None, near: Observed) -> Observed:
        try:
            told: ObservedTold = from_body(ObservedTold, answered(answer, wanted).result)
            return take(told)
        except (UsageError, WaitingError, RefusedError, CouldNotLookError) as error:
            finding = Finding(Code.NOT_SEEN, node, {"reason": str(error.values.get("reason") or error.code)})
            return Observed(near.at, {}, findings=(finding,))


def make_far_key(desk: OrderDesk, wanted: Wanted, name: str, template: Template) -> tuple[Request, str]:
    """Have a node make a key where it lives; return its request and where it lies.

    Raises:
        WaitingError: `orders.node-away`.
        CouldNotLookError: `orders.answer-unfit`: the request is for another key than the template asks for.
    """
    body = to_body(KeyWanted(name, template))
    asked = Wanted(wanted.node, OrderKind.MAKE_KEY, wanted.rollout, wanted.digest, body=body)
    made: KeyMade = from_body(KeyMade, answered(desk.ask((asked,))[0], asked).result)
    requests = read(made.request.encode()).requests
    if len(requests) != 1:
        raise CouldNotLookError("orders.answer-unfit", node=wanted.node)
    return requests[0], made.path
