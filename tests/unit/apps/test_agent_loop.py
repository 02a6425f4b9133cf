"""The agent's loop: what is due is done, whatever wakes it and whatever goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from support.pki import NOW
from support.running import wait_until
from warifu.apps.agent.loop import Loop, Work
from warifu.errors import CouldNotLookError
from warifu.wire.agent import Order, OrderKind, Wake

SOON = 20  # seconds


class Recorded(Work):
    """Work that notes what it was asked."""

    def __init__(self) -> None:
        self.synced: list[tuple[str, ...]] = []
        self.waiting: list[Order] = []
        self.obeyed: list[str] = []
        self.troubles: list[tuple[str, str]] = []
        self.streams = 0
        self.woken: Callable[[Wake], None] = lambda _wake: None
        self.fails: Exception | None = None
        self.hung = threading.Event()

    def sync(self, refreshes: tuple[str, ...]) -> None:
        self.synced.append(refreshes)
        if self.fails is not None:
            raise self.fails

    def orders(self) -> tuple[Order, ...]:
        found, self.waiting = tuple(self.waiting), []
        return found

    def obey(self, order: Order) -> None:
        self.obeyed.append(order.id)

    def listen(self, woken: Callable[[Wake], None], stopped: Callable[[], bool]) -> None:
        self.streams += 1
        self.woken = woken
        woken(Wake("hello"))
        self.hung.wait()
        self.hung.clear()

    def trouble(self, at: str, error: Exception) -> None:
        self.troubles.append((at, getattr(error, "code", type(error).__name__)))


def order(name: str) -> Order:
    return Order(name, "n", OrderKind.LOOK, "j", 1, "", 0, "", NOW + timedelta(minutes=1))


@contextmanager
def looping(work: Recorded, *, every: float = 3600) -> Iterator[Loop]:
    loop = Loop(work, lambda: 0.0, every)
    ready = threading.Event()
    thread = threading.Thread(target=loop.run, args=(ready.set,))
    thread.start()
    try:
        assert ready.wait(SOON)
        yield loop
    finally:
        loop.stop()
        work.hung.set()
        thread.join(SOON)
        assert not thread.is_alive()


def test_it_looks_at_once_and_then_when_it_is_woken() -> None:
    """A bundle that was published, a request to refresh: several that come together are one look."""
    work = Recorded()
    with looping(work) as loop:
        wait_until(lambda: work.synced == [(), ()], "a look, and one when it is connected", seconds=SOON)
        work.woken(Wake("bundle", "shop", 3))
        wait_until(lambda: len(work.synced) == 3, "the look", seconds=SOON)
        loop.wake(Wake("refresh", "r1"))
        loop.wake(Wake("refresh", "r1"))
        loop.wake(Wake("refresh", "r2"))
        wait_until(lambda: {"r1", "r2"} <= {r for one in work.synced for r in one}, "the looks", seconds=SOON)


def test_without_a_wake_it_looks_when_the_time_has_come() -> None:
    """No push at all is needed."""
    work = Recorded()
    with looping(work, every=0.05):
        wait_until(lambda: len(work.synced) > 3, "looks by the clock", seconds=SOON)


def test_orders_are_obeyed_beside_it() -> None:
    """Those that wait when it starts, and those it is woken for."""
    work = Recorded()
    work.waiting = [order("first")]
    with looping(work):
        wait_until(lambda: work.obeyed == ["first"], "the order", seconds=SOON)
        wait_until(lambda: len(work.synced) == 2, "the first looks", seconds=SOON)
        work.waiting = [order("second"), order("third")]
        work.woken(Wake("order"))
        wait_until(lambda: work.obeyed == ["first", "second", "third"], "the orders", seconds=SOON)
        assert 2 == len(work.synced), "an order is no reason to look"


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


def test_a_stream_that_ends_is_opened_again() -> None:
    """After a pause; each time it begins, orders are asked for."""
    work = Recorded()
    with looping(work):
        wait_until(lambda: work.streams == 1, "the stream to be open", seconds=SOON)
        work.waiting = [order("while it was closed")]
        work.hung.set()
        wait_until(lambda: work.streams == 2, "the stream to be open again", seconds=SOON)
        wait_until(lambda: work.obeyed == ["while it was closed"], "the order", seconds=SOON)
