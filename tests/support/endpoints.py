"""An endpoint store's service in this process, and what is put into it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from warifu.apps.agent.endpoint_service import EndpointService
from warifu.ports.endpoint import EndpointStores
from warifu.wiring import endpoint as wiring


@dataclass(frozen=True)
class Served:
    """A service that answers.

    Args:
        stores: what the agent itself sees.
        socket: where it answers.
    """

    stores: EndpointStores
    socket: str


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Served]:
    """The service of a store in a folder, from listening until nobody is left."""
    stores = wiring.open_stores(str(folder / "data"), {})
    path = str(folder / "s")
    with EndpointService(stores, wiring.listener(path), wiring.clock()):
        yield Served(stores, path)
