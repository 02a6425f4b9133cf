"""The agent's loop: what is due is done, whatever wakes it and whatever goes wrong."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from support.pki import NOW
from support.running import wait_until
from warifu.apps.agent.loop import Loop, Work
from warifu.errors import CouldNotLookError
from warifu.ports.orders import Woken
from warifu.wire.agent import Order, OrderKind, Wake

SOON = 20  # seconds


class Recorded(Work):
    """Work that notes what it was asked; `push` ends the stream that is open, or the next."""

    def __init__(self) -> None:
        self.synced: list[tuple[str, ...]] = []
        self.waiting: list[Order] = []
        self.obeyed: list[str] = []
        self.troubles: list[tuple[str, str]] = []
        self.waits: list[float] = []
        self.begun: list[float] = []
        self.fails: Exception | None = None
        self.now = 0.0
        self._drawn = 0
        self.is_looking = threading.Event()
        self.may_look = threading.Event()
        self.may_look.set()
        self._pushed: queue.Queue[Woken | Exception] = queue.Queue()
        self.push(Wake("hello"))

    def draw(self) -> float:
        """Chance: it is asked once before each stream, and once before each pause between two."""
        self._drawn += threading.current_thread().name == "push"
        return 0.0

    @property
    def pauses(self) -> int:
        return self._drawn - len(self.waits)

    def push(self, *wakes: Wake) -> None:
        self._pushed.put(Woken(wakes, again=0.01))

    def cut(self) -> None:
        self._pushed.put(CouldNotLookError("orders.unreachable", server="x", reason="closed"))

    def sync(self, refreshes: tuple[str, ...], then: Callable[[], float]) -> None:
        self.synced.append(refreshes)
        self.is_looking.set()
        assert self.may_look.wait(SOON)
        self.begun.append(then())
        if self.fails is not None:
            raise self.fails

    def orders(self) -> tuple[Order, ...]:
        return tuple(self.waiting)

    def obey(self, order: Order) -> None:
        self.obeyed.append(order.id)

    def listen(self, seconds: float) -> Woken:
        self.waits.append(seconds)
        came = self._pushed.get(timeout=SOON * 2)
        if isinstance(came, Exception):
            raise came
        return came

    def trouble(self, at: str, error: Exception) -> None:
        self.troubles.append((at, getattr(error, "code", type(error).__name__)))


def order(name: str) -> Order:
    return Order(name, "n", OrderKind.LOOK, "j", 1, "", 0, "", NOW + timedelta(minutes=1))


@contextmanager
def looping(work: Recorded, *, every: float = 3600, is_ready: bool = True) -> Iterator[Loop]:
    loop = Loop(work, work.draw, lambda: work.now, every)
    ready = threading.Event()
    thread = threading.Thread(target=loop.run, args=(ready.set,))
    thread.start()
    try:
        assert not is_ready or ready.wait(SOON)
        yield loop
    finally:
        loop.stop()
        work.push()
        thread.join(SOON)
        assert not thread.is_alive()


def test_it_looks_at_once_and_then_when_it_is_woken() -> None:
    """A bundle that was published, a request to refresh: several that come together are one look."""
    work = Recorded()
    with looping(work) as loop:
        wait_until(lambda: work.synced == [(), ()], "a look, and one when it is connected", seconds=SOON)
        work.push(Wake("bundle", "shop", 3))
        wait_until(lambda: len(work.synced) == 3, "the look", seconds=SOON)
        work.push(Wake("refresh", "r1"), Wake("refresh", "r1"), Wake("refresh", "r2"))
        wait_until(lambda: work.synced[3:] == [("r1", "r2")], "the look", seconds=SOON)
        loop.wake(Wake("refresh", "r3"))
        wait_until(lambda: work.synced[4:] == [("r3",)], "the look", seconds=SOON)


def test_without_a_wake_it_looks_when_the_time_has_come() -> None:
    """No push at all is needed."""
    work = Recorded()
    with looping(work, every=0.05):
        wait_until(lambda: len(work.synced) > 3, "looks by the clock", seconds=SOON)


def test_it_listens_for_less_than_the_time_between_two_looks() -> None:
    """So that a look whose time has come finds the stream's connection free; a stream that ends in time is a look."""
    work = Recorded()
    with looping(work, every=0.1):
        wait_until(lambda: len(work.waits) == 2, "the second stream", seconds=SOON)
        assert [0.075, 0.075] == pytest.approx(work.waits)
        work.now += 0.04
        work.push()
        wait_until(lambda: len(work.waits) == 3, "the third stream", seconds=SOON)
    assert [] == work.troubles


def test_a_look_comes_before_the_next_stream() -> None:
    """One connection is enough for both; beside a look that takes long it listens all the same."""
    work = Recorded()
    work.may_look.clear()
    with looping(work, is_ready=False):
        assert work.is_looking.wait(SOON)
        assert [] == work.waits
        wait_until(lambda: len(work.waits) > 0, "the stream beside the look", seconds=SOON)
        assert [()] == work.synced
        work.may_look.set()
        wait_until(lambda: len(work.synced) == 2, "the look for hello", seconds=SOON)
        wait_until(lambda: len(work.waits) == 2, "the next stream", seconds=SOON)


def test_nobody_listens_while_a_short_look_is_under_way() -> None:
    """The look that an event calls for has the stream's connection to itself."""

    class Watched(Recorded):
        def __init__(self) -> None:
            super().__init__()
            self.listens = threading.Event()
            self.beside: list[bool] = []

        def sync(self, refreshes: tuple[str, ...], then: Callable[[], float]) -> None:
            self.listens.clear()
            self.beside.append(self.listens.wait(0.3))
            super().sync(refreshes, then)

        def listen(self, seconds: float) -> Woken:
            self.listens.set()
            return super().listen(seconds)

    work = Watched()
    with looping(work):
        work.push(Wake("bundle", "shop", 3))
        wait_until(lambda: len(work.synced) == 3, "the looks", seconds=SOON)
    assert [False] * 3 == work.beside


def test_a_report_goes_on_as_the_stream_that_is_listened_to_next() -> None:
    """Where somebody waits for the look to be over, and listens before anything else is asked."""
    work = Recorded()
    with looping(work) as loop:
        wait_until(lambda: len(work.begun) == 2, "the look for hello", seconds=SOON)
        wait_until(lambda: len(work.waits) == 2, "the next stream", seconds=SOON)
        assert [2700.0, 0.0] == work.begun, "behind a greeting orders are asked for"
        work.push(Wake("bundle", "shop", 3))
        wait_until(lambda: len(work.begun) == 3, "the look", seconds=SOON)
        wait_until(lambda: len(work.waits) == 3, "the next stream", seconds=SOON)
        loop.wake(Wake("look"))
        wait_until(lambda: len(work.begun) == 4, "a look beside the stream", seconds=SOON)
        work.push(Wake("bundle", "shop", 4), Wake("order"))
        wait_until(lambda: len(work.begun) == 5, "the look", seconds=SOON)
        assert [2700.0, 0.0, 0.0] == work.begun[2:]


def test_while_its_report_is_under_way_no_other_stream_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the answer takes; a look that takes long before it reports is listened beside."""
    monkeypatch.setattr("warifu.apps.agent.loop._SETTLED", 0.1)

    class Slow(Recorded):
        def __init__(self) -> None:
            super().__init__()
            self.listens = threading.Event()
            self.beside: list[bool] = []

        def sync(self, refreshes: tuple[str, ...], then: Callable[[], float]) -> None:
            if len(self.synced) == 3:
                self.listens.clear()
                self.beside.append(self.listens.wait(SOON))
            super().sync(refreshes, then)
            if len(self.synced) == 3:
                self.listens.clear()
                self.beside.append(self.listens.wait(1))

        def listen(self, seconds: float) -> Woken:
            self.listens.set()
            return super().listen(seconds)

    work = Slow()
    with looping(work):
        wait_until(lambda: len(work.waits) == 2, "the second stream", seconds=SOON)
        work.push(Wake("bundle", "shop", 3))
        wait_until(lambda: len(work.waits) == 3, "the third stream", seconds=SOON)
        work.push(Wake("bundle", "shop", 4))
        wait_until(lambda: len(work.begun) == 4, "the look beside which it listens", seconds=SOON)
    assert [False, True] == work.beside
    assert [2700.0, 0.0] == work.begun[2:]


def test_a_look_that_another_follows_leaves_the_stream_to_it() -> None:
    """So that no stream waits for its listener while the next look is under way."""
    work = Recorded()
    with looping(work) as loop:
        wait_until(lambda: len(work.waits) == 2, "the second stream", seconds=SOON)
        work.may_look.clear()
        work.is_looking.clear()
        work.push(Wake("bundle", "shop", 3))
        assert work.is_looking.wait(SOON)
        loop.wake(Wake("look"))
        work.may_look.set()
        wait_until(lambda: len(work.begun) == 4, "both looks", seconds=SOON)
        assert [0.0, 2700.0] == work.begun[2:]


def test_orders_are_obeyed_beside_it() -> None:
    """Those that wait when it starts, and those it is woken for; each once, however often it is named."""
    work = Recorded()
    work.waiting = [order("first")]
    with looping(work):
        wait_until(lambda: work.obeyed == ["first"], "the order", seconds=SOON)
        wait_until(lambda: len(work.synced) == 2, "the first looks", seconds=SOON)
        work.waiting = [order("first"), order("second"), order("third")]
        work.push(Wake("order"))
        wait_until(lambda: work.obeyed == ["first", "second", "third"], "the orders", seconds=SOON)
        assert 2 == len(work.synced), "an order is no reason to look"


def test_an_order_whose_answer_was_lost_is_obeyed_again() -> None:
    """It is still waiting on the server."""

    class Losing(Recorded):
        def obey(self, order: Order) -> None:
            super().obey(order)
            if len(self.obeyed) == 1:
                raise CouldNotLookError("orders.unreachable", server="x", reason="closed")

    work = Losing()
    work.waiting = [order("first")]
    with looping(work):
        wait_until(lambda: ("orders", "orders.unreachable") in work.troubles, "the trouble", seconds=SOON)
        work.push(Wake("order"))
        wait_until(lambda: work.obeyed == ["first", "first"], "the order", seconds=SOON)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (CouldNotLookError("orders.unreachable", server="x", reason="y"), "orders.unreachable"),
        (ZeroDivisionError("secret"), "ZeroDivisionError"),
    ],
)
def test_what_goes_wrong_is_told_and_ends_nothing(error: Exception, told: str) -> None:
    """It is ready all the same: a node works without its server."""
    work = Recorded()
    work.fails = error
    with looping(work, every=0.05):
        wait_until(lambda: len(work.synced) > 2, "further looks", seconds=SOON)
    assert ("sync", told) in work.troubles


def test_a_node_that_is_greeted_again_and_again_slows_down() -> None:
    """Behind a balancer that hands each stream to another server it looks, but does not spin."""
    work = Recorded()
    with looping(work):
        wait_until(lambda: len(work.waits) == 2, "the second stream", seconds=SOON)
        work.now += 4
        work.push(Wake("hello"))
        wait_until(lambda: len(work.synced) == 3, "the look", seconds=SOON)
        wait_until(lambda: len(work.waits) == 3, "the stream after a pause", seconds=SOON)
        assert 1 == work.pauses
        work.now += 5
        work.push(Wake("hello"))
        wait_until(lambda: len(work.waits) == 4, "the stream at once", seconds=SOON)
        assert 1 == work.pauses
    assert [] == work.troubles


@pytest.mark.parametrize("is_told", [True, False])
def test_a_stream_that_is_cut_is_opened_again(is_told: bool) -> None:
    """After a pause, also where something between ends it at once; meanwhile orders are asked for."""
    work = Recorded()
    with looping(work):
        wait_until(lambda: len(work.waits) == 2, "the stream to be open", seconds=SOON)
        work.waiting = [order("while it was closed")]
        work.cut() if is_told else work.push()
        wait_until(lambda: len(work.waits) == 3, "the stream to be open again", seconds=SOON)
        assert ["while it was closed"] == work.obeyed
        assert 2 == len(work.synced)
    assert is_told is (("push", "orders.unreachable") in work.troubles)
