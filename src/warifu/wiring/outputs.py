"""Where the outputs of this machine meet its files and services."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from warifu.adapters.clock.system import SystemClock
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.probes.tls import TlsProber
from warifu.ports.changes import Fence
from warifu.wiring.nodes import state_here
from warifu.wiring.products import products
from warifu.workflows.install import Installer
from warifu.workflows.output_stands import Node
from warifu.workflows.outputs import OutputWriter

if TYPE_CHECKING:
    from collections.abc import Iterator

_JOURNAL = "outputs"


def output_writer(fence: Fence, state: str) -> OutputWriter:
    """Return what writes this machine's outputs.

    Args:
        fence: of the journal that drives this machine.
        state: folder for records and copies.
    """
    clock = SystemClock()
    node = Node(LocalHost(), fence, state, clock)
    return OutputWriter(node, products(), Installer(TlsProber(), clock))


def looker(state: str = "") -> OutputWriter:
    """Return what looks at this machine's outputs, and changes none."""
    folder = state or state_here()
    return output_writer(_fence(folder), folder)


@contextmanager
def stand_alone(state: str = "") -> Iterator[OutputWriter]:
    """Give what writes this machine's outputs without an agent; nobody else changes the machine meanwhile.

    Args:
        state: folder for records and copies; empty means the user's own.
    """
    folder = state or state_here()
    fence = _fence(folder)
    try:
        yield output_writer(fence, folder)
    finally:
        LocalHost().release(fence)


def _fence(folder: str) -> Fence:
    return Fence(f"{folder}/fence.json", _JOURNAL, 1)
