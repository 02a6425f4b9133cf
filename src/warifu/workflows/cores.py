"""Work on every core: processes that end with the first one, however that ends."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from threading import Lock, Thread
from typing import Any, ParamSpec, TypeVar

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")


def begin_worker() -> None:
    """Let the first process alone answer Ctrl-C: it ends the others. End when it was killed and cannot."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_first, name="end-with-the-first", daemon=True).start()
    gc.disable()  # reading makes no circles for it to find


def _end_with_the_first() -> None:
    first = multiprocessing.parent_process()
    if first is not None:
        first.join()
        # Nobody is left to be told.
        # ast-grep-ignore: exit-outside-apps
        os._exit(1)


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


def executor(jobs: int, begin: Callable[..., None], *given: Any) -> Executor:
    """Return what runs functions: in so many processes, or in this one where it is one."""
    if jobs < 2:
        begin(*given)
        return Here()
    context = multiprocessing.get_context("spawn")  # a fork would take locks and open files along
    return _Cores(jobs, context, _begin, (begin, given))


class _Cores(ProcessPoolExecutor):
    """Processes that are begun with Ctrl-C held back: one that still imports would answer it with a traceback."""

    def submit(
        self, work: Callable[_Asked, _Answer], /, *asked: _Asked.args, **named: _Asked.kwargs
    ) -> Future[_Answer]:
        """Return what will come of it; a process is begun here where one is wanted, and has the mask of this thread."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return super().submit(work, *asked, **named)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(begin: Callable[..., None], given: tuple[Any, ...]) -> None:
    begin_worker()
    begin(*given)


class Here(Executor):
    """Runs what it is given at once, in this process, one after the other whoever asks."""

    def __init__(self) -> None:
        self._one = Lock()

    def submit(
        self, work: Callable[_Asked, _Answer], /, *asked: _Asked.args, **named: _Asked.kwargs
    ) -> Future[_Answer]:
        """Return what came of it."""
        future: Future[_Answer] = Future()
        try:
            with self._one:
                future.set_result(work(*asked, **named))
        except Exception as error:  # noqa: BLE001 - as from another process: it is raised where it is asked for
            future.set_exception(error)
        return future
