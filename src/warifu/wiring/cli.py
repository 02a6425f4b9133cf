"""Where the command line's adapters meet its workflows: small functions, one a need.

Adapters that cost start-up time are imported inside the function that needs them.
"""

from __future__ import annotations

from warifu.adapters.clock.system import SystemClock
from warifu.adapters.files.local import LocalFiles
from warifu.ports.clock import Clock
from warifu.ports.files import Files


def clock() -> Clock:
    """Return this machine's clock."""
    return SystemClock()


def files() -> Files:
    """Return this machine's files."""
    return LocalFiles()
