"""A process that is to hold thousands of connections."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref

from warifu.apps.server.footing import tidy

_TOLD = """
import gc, resource
from warifu.apps.server.footing import settle
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))
gc.set_threshold(50_000, 20, 50)
settle()
print(resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard), gc.get_threshold() < (50_000,), gc.get_freeze_count() > 0)
"""


class _Cycle:
    """Something that points at itself, as a connection that ended does."""

    def __init__(self) -> None:
        self.own = self


def test_a_server_takes_all_descriptors_and_collects_its_garbage() -> None:
    """In a process of its own: whoever else would settle so could not get back."""
    done = subprocess.run(
        [sys.executable, "-c", _TOLD], capture_output=True, text=True, check=False, timeout=60
    )
    assert "True True True\n" == done.stdout, done.stderr


def test_what_ended_is_given_back() -> None:
    """Without waiting until so much is new that it is looked for."""
    gc.disable()
    try:
        gone = weakref.ref(_Cycle())
        assert gone() is not None
        tidy()
        assert gone() is None
    finally:
        gc.enable()
