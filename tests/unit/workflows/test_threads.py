"""Jobs done by threads that nobody has to wait for."""

from __future__ import annotations

import subprocess
import sys
from threading import Event, current_thread

import pytest

from warifu.workflows.threads import Threads

ENOUGH = 20  # seconds: only a machine that stands still needs them


def test_jobs_are_done_at_the_same_time_and_answer_where_they_were_asked() -> None:
    """As many at once as there are threads; what goes wrong is raised where the answer is asked for."""
    threads = Threads(2, "x")
    first, second = Event(), Event()

    def meet(mine: Event, other: Event) -> str:
        mine.set()
        assert other.wait(ENOUGH)
        return current_thread().name

    answers = [threads.submit(meet, first, second), threads.submit(meet, second, first)]
    assert {"x 0", "x 1"} == {one.result(ENOUGH) for one in answers}
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 // 0).result(ENOUGH)
    assert 3 == threads.submit(max, 1, 3).result(ENOUGH)
    threads.let_go()


def test_who_lets_go_waits_for_nothing() -> None:
    """What was not begun is cancelled, and what was begun ends by itself."""
    threads = Threads(1, "x")
    begun, end = Event(), Event()

    def wait() -> bool:
        begun.set()
        return end.wait(ENOUGH)

    going, waiting = threads.submit(wait), threads.submit(wait)
    assert begun.wait(ENOUGH)
    threads.let_go()
    assert (False, True) == (going.done(), waiting.cancelled())
    end.set()
    assert going.result(ENOUGH)


def test_a_program_ends_while_its_threads_still_wait() -> None:
    """An address that never answers holds up nobody who ends the program."""
    program = (
        "from threading import Event; from warifu.workflows.threads import Threads\n"
        "t = Threads(1, 'x'); e = Event(); t.submit(lambda: (e.set(), Event().wait())); e.wait(); t.let_go()"
    )
    done = subprocess.run(  # our own program
        [sys.executable, "-c", program], check=False, timeout=ENOUGH, capture_output=True
    )
    assert (0, b"") == (done.returncode, done.stderr)
