"""The agent's loop: what is due is done, one thing after the other, and what wakes it is only a hint.

    woken (push, order, refresh, SIGHUP) or a minute passed -> identity -> look for a newer bundle -> report

One connection is enough: what the server pushes ends the stream, the look that it calls for uses the stream's
connection, and then the node listens again: the answer to its report goes on as the next stream. Only where a look takes
long does it listen beside it.

Orders are obeyed beside it, one after the other: a rollout does not keep a node from following what is published. A
stream that is cut is opened again after a while that the server drew, that grows and is drawn anew each time, so that
nodes do not come back together after their server restarts.
"""

from __future__ import annotations

import queue
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from warifu.errors import WarifuError
from warifu.ports.orders import Woken
from warifu.wire.agent import Order, Wake

EVERY = 60.0
"""Seconds between two looks that nothing woke: what is published is at most so old without push."""
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds before a stream is opened again
_REMEMBERED = 10_000  # orders
_GREETED = 5.0  # seconds: a node that is greeted again sooner meets servers that know nothing of each other, and slows down
_SETTLED = 2.0  # seconds: after that it listens beside a look that is still under way


class Work(Protocol):
    """What an agent does; each call ends, and raises errors of ours alone."""

    def sync(self, refreshes: tuple[str, ...], then: Callable[[], float]) -> None:
        """Tend the identity, look for a newer bundle, take it up, write it out, report.

        Args:
            then: asked just before it reports: how many seconds `listen` waits for what comes behind the answer; 0 where
                nobody will.
        """
        ...

    def orders(self) -> tuple[Order, ...]:
        """Return the orders that wait."""
        ...

    def obey(self, order: Order) -> None:
        """Carry an order out and hand its answer in."""
        ...

    def listen(self, seconds: float) -> Woken:
        """Wait for what the server pushes, so long at most."""
        ...

    def trouble(self, at: str, error: Exception) -> None:
        """Note what went wrong; told once while it lasts."""
        ...


@dataclass(slots=True)
class Loop:
    """An agent that runs.

    Args:
        draw: chance, from 0 up to 1.
        tick: seconds that pass, from any beginning.
        every: seconds between two looks that nothing woke.
    """

    work: Work
    draw: Callable[[], float]
    tick: Callable[[], float]
    every: float = EVERY
    _woken: queue.Queue[Wake] = field(default_factory=queue.Queue)
    _orders: queue.Queue[Order | None] = field(default_factory=queue.Queue)
    _given: OrderedDict[str, None] = field(default_factory=OrderedDict)
    """Orders that wait in here, are being carried out, or were: an answer that was long under way names them again."""
    _ending: threading.Event = field(default_factory=threading.Event)
    _is_next: bool = False
    """Somebody waits for the looks to be over, and listens then; guarded as the looks are counted."""
    _is_begun: bool = False
    """The look that is under way reports, and so begins the stream that is listened to next."""
    _is_well: bool = False
    """The last look went well: the server answers."""

    def wake(self, about: Wake) -> None:
        """Have the loop look now."""
        self._woken.put(about)

    def stop(self) -> None:
        """Have it end; `run` returns when what is being done is done."""
        self._ending.set()
        self._woken.put(Wake("end"))
        self._orders.put(None)

    def run(self, ready: Callable[[], None]) -> None:
        """Run until told to end.

        Args:
            ready: called once the first look is over, whether it succeeded or not: a node works without its server.
        """
        threads = [
            threading.Thread(target=self._listen, name="push", daemon=True),
            threading.Thread(target=self._obey, name="orders", daemon=True),
        ]
        self.wake(Wake("start"))
        for thread in threads:
            thread.start()
        try:
            is_ready = False
            while not self._ending.is_set():
                woken = self._wait()
                if self._ending.is_set():
                    return
                asked = tuple(dict.fromkeys(one.name for one in woken if one.about == "refresh"))
                self._is_well = self._try(
                    "sync", partial(self.work.sync, asked, partial(self._then, len(woken)))
                )
                with self._woken.all_tasks_done:
                    self._is_begun = False
                    self._woken.all_tasks_done.notify_all()
                for _ in woken:
                    self._woken.task_done()
                if not is_ready:
                    is_ready = True
                    ready()
        finally:
            self._ending.set()
            self._orders.put(None)
            threads[1].join()

    def _wait(self) -> list[Wake]:
        """Wait until something wakes us, or it is time."""
        woken: list[Wake] = []
        try:
            woken.append(self._woken.get(timeout=self.every * (0.9 + self.draw() / 10)))
            while True:
                woken.append(self._woken.get_nowait())
        except queue.Empty:
            return woken

    def _settle(self, *, is_next: bool) -> None:
        """Wait until every look is over that something called for, but not for ever.

        Args:
            is_next: nothing is asked of the server before it is listened to.
        """

        def is_over() -> bool:
            return not self._woken.unfinished_tasks or self._ending.is_set()

        with self._woken.all_tasks_done:
            self._is_next = is_next
            self._woken.all_tasks_done.wait_for(is_over, _SETTLED)
            self._woken.all_tasks_done.wait_for(lambda: not self._is_begun or is_over())  # nearly over
            self._is_next = False

    def _then(self, looks: int) -> float:
        """Return how many seconds a look's report is to listen for; 0 where it is to be answered alone."""
        with self._woken.all_tasks_done:
            self._is_begun = self._is_next and self._woken.unfinished_tasks == looks
            return self._seconds() if self._is_begun else 0.0

    def _seconds(self) -> float:
        return self.every * (0.75 + self.draw() / 10)

    def _listen(self) -> None:
        pause, again, greeted = 0.0, 0.0, -_GREETED
        self._settle(is_next=True)
        while not self._ending.is_set():
            heard = self._heard()
            if heard is not None:
                self._take(heard.wakes)
                again, before = heard.again, greeted
                if {one.about for one in heard.wakes} == {"hello"}:
                    greeted = self.tick()
                if greeted == before or greeted - before >= _GREETED:
                    pause = 0.0
                    continue
            elif self._is_well:
                self._fetch()  # the server answers, though nothing comes by its stream
            pause = min(max(pause * 2, again, _FIRST_PAUSE), _LONGEST_PAUSE)
            self._ending.wait(pause * (0.5 + self.draw()))

    def _heard(self) -> Woken | None:
        """Return what came of listening; None where it was cut off, or ended long before its time."""
        seconds = self._seconds()
        until, heard = self.tick() + seconds / 2, Woken()

        def listen() -> None:
            nonlocal heard
            heard = self.work.listen(seconds)

        if not self._try("push", listen):
            return None
        return heard if heard.wakes or self.tick() >= until else None

    def _take(self, wakes: tuple[Wake, ...]) -> None:
        """Have what was pushed be done: looks first, on the connection that is free now."""
        for one in wakes or (Wake("time"),):
            if one.about != "order":
                self.wake(one)
        may_order = not wakes or bool({"order", "hello"} & {one.about for one in wakes})
        self._settle(is_next=not may_order)
        if may_order:
            self._fetch()

    def _fetch(self) -> None:
        """Ask which orders wait, and have those carried out that are not in hand already."""
        found: tuple[Order, ...] = ()

        def ask() -> None:
            nonlocal found
            found = self.work.orders()

        self._try("orders", ask)
        for order in found:
            if order.id not in self._given:
                self._given[order.id] = None
                if len(self._given) > _REMEMBERED:
                    self._given.popitem(last=False)
                self._orders.put(order)

    def _obey(self) -> None:
        while (order := self._orders.get()) is not None and not self._ending.is_set():
            if not self._try("orders", lambda order=order: self.work.obey(order)):  # type: ignore[misc]
                self._given.pop(order.id, None)  # it is tried again when it is fetched again

    def _try(self, at: str, work: Callable[[], None]) -> bool:
        """Do something, and tell of what went wrong; return whether all went well."""
        try:
            work()
        except WarifuError as error:
            self.work.trouble(at, error)
        except Exception as error:  # noqa: BLE001 - the outermost loop of this thread
            self.work.trouble(at, error)
        else:
            return True
        return False
