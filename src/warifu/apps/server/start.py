"""A server from its data folder: what `warifu server` starts, and what tests and benchmarks start in a thread."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TextIO

from warifu.apps.notify import Notify
from warifu.apps.server.base import Base
from warifu.apps.server.listening import Listen
from warifu.apps.server.logs import make_log
from warifu.apps.server.material import TlsMaterial
from warifu.apps.server.program import Program
from warifu.wiring import server as wiring


def make_program(
    room: wiring.ServerRoom,
    listen: Listen,
    addresses: Sequence[str],
    *,
    out: TextIO,
    environment: Mapping[str, str],
) -> Program:
    """Return a server that is ready to run.

    Args:
        out: where its log goes.
        environment: where `NOTIFY_SOCKET` may stand.
    """

    def material() -> TlsMaterial:
        shown = room.shown()
        return TlsMaterial(shown.chain, shown.key, shown.agents, shown.people, shown.crls, shown.barred)

    room.resume()
    clock = wiring.clock()
    base = Base(make_log(out, clock.now), clock.now, time.monotonic, wiring.draw_hex)
    program = Program(
        room.desks(addresses),
        base,
        room.replies(),
        listen,
        material,
        wiring.draw_retry,
        room.lacking,
        Notify(environment),
        room.pair,
        room.timing.pause,
    )
    room.cut.append(lambda _node: program.look())
    room.hints.wakes.append(program.refresh)
    room.hints.pushes.append(program.order)
    return program
