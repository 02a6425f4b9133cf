"""How a node carries out orders: in its own files, with its own keys, by its own witnesses.

An order is obeyed once; one whose carrying out was stopped halfway is gone on with from what the files hold. Its driver's epoch is compared with the highest that was obeyed, and an order that is
older than its driver's lease is void: a driver that was frozen and thawed moves nothing. What was seen is signed by
this node's identity, with its time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from warifu.domain.estate import Estate, Observed
from warifu.domain.estate.excerpt import at_home
from warifu.errors import RefusedError, WarifuError
from warifu.ports.agent_state import ObedienceBook
from warifu.ports.changes import Fence, Host, Remove
from warifu.ports.clock import Clock
from warifu.ports.keys import KeyMaker
from warifu.ports.orders import AgentIdentity
from warifu.wire.agent import Order, OrderAnswer, OrderKind
from warifu.wire.evidence import Evidence
from warifu.wire.far import Errand, KeyMade, KeyWanted, ObservedTold, Place, Tidy, from_body, tell, to_body
from warifu.wire.signed import Signed, canonical, parse, sign, vouch
from warifu.workflows.apply import Done, Hands, attempt
from warifu.workflows.obey_trust import NamedEntry, NamedService, TrustMeans


@dataclass(frozen=True, slots=True)
class Means:
    """What this node can do.

    Args:
        host: this machine.
        look: looks at slots of an estate.
        hands: carries steps of an estate out, in a rollout.
        keys: makes keys.
        folder: for new keys (0700).
        fence: path of the fence file.
        trust: deletes entries and restarts services; None where this node does neither.
    """

    host: Host
    look: Callable[[Estate, frozenset[str]], Observed]
    hands: Callable[[Estate, str], Hands]
    keys: KeyMaker
    folder: str
    fence: str
    trust: TrustMeans | None = None


@dataclass(frozen=True, slots=True)
class Obedience:
    """A node that obeys.

    Args:
        identity: its present one; what it says is signed by it.
        offset: how much the server's clock is ahead of this one.
    """

    node: str
    book: ObedienceBook
    means: Means
    clock: Clock
    identity: Callable[[], AgentIdentity]
    offset: Callable[[], timedelta]
    boot: Callable[[], tuple[str, float]]

    def obey(self, order: Order) -> Signed:
        """Carry an order out, once, and return the signed answer; asked again, the same answer comes."""
        now = self.clock.now()
        try:
            self._judge(order, now)
            known = self.book.begin_order(order.id, order.journal, order.epoch, now=now)
        except RefusedError as error:
            self.book.note("order-refused", {"order": order.id, "code": error.code}, now=now)
            return self._signed(self._answer(order, error=error))
        if known is not None:
            kept: Signed = parse(Signed, known)
            return kept
        note = {"order": order.id, "kind": order.kind.value, "step": order.step, "epoch": order.epoch}
        self.book.note("order", note, now=now)
        try:
            evidence, result = self._carry(order)
            answer = self._answer(order, result=result, evidence=evidence)
        except WarifuError as error:
            answer = self._answer(order, error=error)
        signed = self._signed(answer)
        self.book.end_order(order.id, canonical(signed))
        return signed

    def _judge(self, order: Order, now: datetime) -> None:
        if order.node != self.node:
            raise RefusedError("agent.order-not-ours", order=order.id, node=order.node, own=self.node)
        if now + self.offset() > order.until:
            raise RefusedError("agent.order-late", order=order.id, until=order.until, now=now)

    def _carry(self, order: Order) -> tuple[tuple[Evidence, ...], Mapping[str, object]]:
        match order.kind:
            case OrderKind.OBSERVE:
                place: Place = from_body(Place, order.body)
                seen = self.means.look(at_home(place.estate, self._own(place.estate)), frozenset(place.slots))
                told: ObservedTold = tell(seen)
                return (), to_body(told)
            case OrderKind.LOOK | OrderKind.CARRY | OrderKind.PROVE:
                return self._step(order, from_body(Errand, order.body))
            case OrderKind.MAKE_KEY:
                wanted: KeyWanted = from_body(KeyWanted, order.body)
                return (), to_body(self._make_key(wanted, order))
            case OrderKind.RELEASE:
                self._release(from_body(Tidy, order.body), order)
                return (), {}
            case OrderKind.DELETE_ENTRY:
                entry: NamedEntry = from_body(NamedEntry, order.body)
                return (), self._trust(order).delete(entry, now=self.clock.now())
            case OrderKind.RESTART:
                service: NamedService = from_body(NamedService, order.body)
                fence = replace(self._fence(order), path=f"{self.means.fence}.retire")
                return (), self._trust(order).restart(service, fence)
            case _:
                assert_never(order.kind)

    def _trust(self, order: Order) -> TrustMeans:
        if self.means.trust is None:
            raise RefusedError("agent.order-not-ours", order=order.id, node=order.node, own=self.node)
        return self.means.trust

    def _own(self, estate: Estate) -> str:
        """Return this node's name in an estate: the one node of its part.

        Raises:
            RefusedError: `agent.order-not-ours`.
        """
        if len(estate.nodes) != 1:
            raise RefusedError("agent.order-not-ours", order="-", node=sorted(estate.nodes), own=self.node)
        return next(iter(estate.nodes))

    def _step(self, order: Order, errand: Errand) -> tuple[tuple[Evidence, ...], Mapping[str, object]]:
        hands = self.means.hands(at_home(errand.estate, self._own(errand.estate)), errand.rollout)
        step, progress = errand.work, errand.progress
        if order.kind is OrderKind.LOOK:
            return (), to_body(hands.look(step, progress))
        fence = self._fence(order)
        if (
            order.kind is OrderKind.CARRY
        ):  # it may come again after a stop in its midst, so it is looked at anew
            result = attempt(hands, step, progress, lambda _node: fence, errand.rollout)
        else:
            result = hands.prove(step, progress, lambda _node: fence)
        evidence = result.evidence if isinstance(result, Done) else ()
        identity = self.identity()
        return tuple(vouch(one, identity.certificate, identity.key) for one in evidence), to_body(result)

    def _make_key(self, wanted: KeyWanted, order: Order) -> KeyMade:
        if "/" in wanted.name or wanted.name in {"", ".", ".."}:
            raise RefusedError("agent.key-name-unfit", name=wanted.name)
        path = f"{self.means.folder}/{wanted.name}"
        request = self.means.keys.make(self.means.host, path, wanted.template, self._fence(order))
        return KeyMade(path, request.to_pem().decode("ascii"))

    def _release(self, tidy: Tidy, order: Order) -> None:
        own = [path for path in tidy.keys if path.rpartition("/")[0] == self.means.folder]
        if own:
            self.means.host.change([Remove(path) for path in own], self._fence(order))
        self.means.host.release(self._fence(order))

    def _fence(self, order: Order) -> Fence:
        return Fence(self.means.fence, order.journal, order.epoch, f"{order.digest[:16]} {order.step}")

    def _answer(
        self,
        order: Order,
        *,
        result: Mapping[str, object] | None = None,
        evidence: tuple[Evidence, ...] = (),
        error: WarifuError | None = None,
    ) -> OrderAnswer:
        boot_id, boot_clock = self.boot()
        return OrderAnswer(
            order.id,
            self.node,
            self.clock.now(),
            boot_id,
            boot_clock,
            error="" if error is None else error.code,
            values={} if error is None else {name: str(value) for name, value in error.values.items()},
            kind="" if error is None else type(error).__name__,
            result=result or {},
            evidence=evidence,
        )

    def _signed(self, answer: OrderAnswer) -> Signed:
        identity = self.identity()
        return sign(answer, identity.certificate, identity.key)
