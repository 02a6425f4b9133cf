"""An agent that runs: its loop, the socket of its endpoint store, systemd's notifications, signals."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from types import FrameType
from typing import TextIO

from warifu.apps.agent.endpoint_service import EndpointService
from warifu.apps.agent.loop import EVERY, Loop, Work
from warifu.apps.notify import Notify
from warifu.domain.findings import Lang, say_error
from warifu.errors import WarifuError
from warifu.ports.orders import AgentLine, Wait, Woken
from warifu.wire.agent import Order, Wake
from warifu.wiring import agent as wiring
from warifu.wiring.agent import AgentRoom


@dataclass(slots=True)
class AgentWork(Work):
    """What the loop does, on a room.

    Args:
        out: where what happens is told, one line each.
    """

    room: AgentRoom
    out: TextIO
    lang: Lang = Lang.EN
    _told: dict[str, str] = field(default_factory=dict)

    def sync(self, refreshes: tuple[str, ...], then: Callable[[], float]) -> None:
        """Look once."""
        taken = self.room.syncing.sync(refreshes, then)
        self._told.pop("sync", None)
        if taken.changed:
            self._say("taken-up", " ".join(f"{name}={version}" for name, version in taken.versions.items()))

    def orders(self) -> tuple[Order, ...]:
        """Return the orders that wait."""
        found = self._line().orders()
        self._told.pop("orders", None)
        return found

    def obey(self, order: Order) -> None:
        """Carry an order out, and hand its answer in."""
        answer = self.room.obedience.obey(order)
        self._say("order", f"{order.id} {order.kind.value} {order.step}")
        self._line().answer(order.id, answer)

    def listen(self, seconds: float) -> Woken:
        """Wait for what the server pushes."""
        found = self._line().listen(Wait(seconds, self.room.syncing.ask()))
        self._told.pop("push", None)
        return found

    def trouble(self, at: str, error: Exception) -> None:
        """Tell what went wrong, once while it lasts."""
        text = say_error(error, self.lang) if isinstance(error, WarifuError) else type(error).__name__
        if self._told.get(at) == text:
            return
        self._told[at] = text
        code = error.code if isinstance(error, WarifuError) else "fault"
        self.room.state.note("trouble", {"at": at, "code": code}, now=wiring.clock().now())
        self._say(f"{at} {code}", text)

    def _line(self) -> AgentLine:
        member = self.room.state.membership()
        if member is None:
            raise wiring.not_joined()
        return self.room.door.line(member)

    def _say(self, what: str, text: str) -> None:
        self.out.write(f"{what}: {text}\n")
        self.out.flush()


def run_agent(
    room: AgentRoom,
    socket: str,
    out: TextIO,
    environment: Mapping[str, str],
    *,
    lang: Lang,
    every: float = EVERY,
) -> int:
    """Run an agent until SIGTERM or SIGINT; return the exit code.

    Args:
        socket: of the endpoint store; empty serves none.
        environment: where `NOTIFY_SOCKET` may stand.
        every: seconds between two looks that nothing woke.

    Raises:
        RefusedError: `agent.not-joined`.
    """
    if room.state.membership() is None:
        raise wiring.not_joined()
    loop = Loop(AgentWork(room, out, lang), wiring.draw, time.monotonic, every)
    notify = Notify(environment)

    def end(_number: int, _frame: FrameType | None) -> None:
        notify.stopping()
        loop.stop()

    def look(_number: int, _frame: FrameType | None) -> None:
        loop.wake(Wake("look"))

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        signal.signal(signal.SIGHUP, look)
    with (
        EndpointService(room.stores, wiring.endpoint_listener(socket), wiring.clock())
        if socket
        else nullcontext()
    ):
        loop.run(notify.ready)
    return 0
