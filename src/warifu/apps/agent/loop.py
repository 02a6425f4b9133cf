"""The agent's loop: what is due is done, one thing after the other, and what wakes it is only a hint.

    woken (push, order, refresh, SIGHUP) or a minute passed -> identity -> look for a newer bundle -> report

Orders are obeyed beside it, one after the other: a rollout does not keep a node from following what is published. A
stream that ends is opened again after a while that grows and is drawn anew each time, so that nodes do not come back
together after their server restarts.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from warifu.errors import WarifuError
from warifu.wire.agent import Order, Wake

EVERY = 60.0
"""Seconds between two looks that nothing woke: what is published is at most so old without push."""
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds before a stream is opened again


class Work(Protocol):
    """What an agent does; each call ends, and raises errors of ours alone."""

    def sync(self, refreshes: tuple[str, ...]) -> None:
        """Tend the identity, look for a newer bundle, take it up, write it out, report."""
        ...

    def orders(self) -> tuple[Order, ...]:
        """Return the orders that wait."""
        ...

    def obey(self, order: Order) -> None:
        """Carry an order out and hand its answer in."""
        ...

    def listen(self, woken: Callable[[Wake], None], stopped: Callable[[], bool]) -> None:
        """Hear what the server pushes, until the stream ends."""
        ...

    def trouble(self, at: str, error: Exception) -> None:
        """Note what went wrong; told once while it lasts."""
        ...


@dataclass(slots=True)
class Loop:
    """An agent that runs.

    Args:
        draw: chance, from 0 up to 1.
        every: seconds between two looks that nothing woke.
    """

    work: Work
    draw: Callable[[], float]
    every: float = EVERY
    _woken: queue.Queue[Wake] = field(default_factory=queue.Queue)
    _orders: queue.Queue[None] = field(default_factory=queue.Queue)
    _ending: threading.Event = field(default_factory=threading.Event)

    def wake(self, about: Wake) -> None:
        """Have the loop look now."""
        if about.about == "order":
            self._orders.put(None)
        else:
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
        refreshes: tuple[str, ...] = ()
        for thread in threads:
            thread.start()
        try:
            is_ready = False
            while not self._ending.is_set():
                self._try("sync", lambda asked=refreshes: self.work.sync(asked))  # type: ignore[misc]
                if not is_ready:
                    is_ready = True
                    ready()
                    self._orders.put(None)
                refreshes = self._wait()
        finally:
            self._ending.set()
            self._orders.put(None)
            threads[1].join()

    def _wait(self) -> tuple[str, ...]:
        """Wait until something wakes us, or it is time; return the requests to refresh that wait for our word."""
        pause = self.every * (0.9 + self.draw() / 10)
        woken: list[Wake] = []
        try:
            woken.append(self._woken.get(timeout=pause))
            while True:
                woken.append(self._woken.get_nowait())
        except queue.Empty:
            return tuple(dict.fromkeys(one.name for one in woken if one.about == "refresh"))

    def _listen(self) -> None:
        pause = _FIRST_PAUSE
        while not self._ending.is_set():
            heard = threading.Event()

            def woken(about: Wake, heard: threading.Event = heard) -> None:
                heard.set()
                self.wake(about)
                if about.about == "hello":
                    self._orders.put(None)

            self._try("push", lambda hear=woken: self.work.listen(hear, self._ending.is_set))  # type: ignore[misc]
            pause = _FIRST_PAUSE if heard.is_set() else min(pause * 2, _LONGEST_PAUSE)
            self._ending.wait(pause * (0.5 + self.draw()))

    def _obey(self) -> None:
        while True:
            with contextlib.suppress(queue.Empty):
                self._orders.get(timeout=self.every)
            if self._ending.is_set():
                return
            self._try("orders", self._obey_all)

    def _obey_all(self) -> None:
        for order in self.work.orders():
            if self._ending.is_set():
                return
            self.work.obey(order)

    def _try(self, at: str, work: Callable[[], None]) -> None:
        try:
            work()
        except WarifuError as error:
            self.work.trouble(at, error)
        except Exception as error:  # noqa: BLE001 - the outermost loop of this thread
            self.work.trouble(at, error)
