"""Threads that wait for others and hold nobody up: whoever ends the program does not wait for their answers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

_Answer = TypeVar("_Answer")
_Job = tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]


class Threads:
    """So many threads that do one job after the other.

    The threads of `concurrent.futures` are joined when the interpreter ends: each would be waited for whose
    address has not answered yet.

    Args:
        count: of threads at most; each is begun when there is a job for it.
    """

    def __init__(self, count: int, name: str) -> None:
        self._most = count
        self._name = name
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: list[Thread] = []

    def submit(self, job: Callable[..., _Answer], *arguments: Any) -> Future[_Answer]:
        """Return what a job will answer."""
        future: Future[_Answer] = Future()
        self._jobs.put((future, job, arguments))
        if len(self._threads) < self._most:
            one = Thread(target=self._work, name=f"{self._name} {len(self._threads)}", daemon=True)
            self._threads.append(one)
            one.start()
        return future

    def let_go(self) -> None:
        """Begin no further job, and wait for none."""
        try:
            while (job := self._jobs.get_nowait()) is not None:
                job[0].cancel()
        except Empty:
            pass
        for _ in self._threads:
            self._jobs.put(None)

    def _work(self) -> None:
        while (next_one := self._jobs.get()) is not None:
            future, job, arguments = next_one
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(job(*arguments))
            except BaseException as wrong:  # noqa: BLE001 - it is raised where the answer is asked for
                future.set_exception(wrong)
