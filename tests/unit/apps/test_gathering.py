"""What is written in one step of the loop leaves as one piece."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from warifu.apps.server.gathering import Gathering


class _Wire:
    """A transport that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.is_shut = False

    def write(self, data: bytes) -> None:
        self.told.append(data)

    def close(self) -> None:
        self.told.append("close")
        self.is_shut = True

    def abort(self) -> None:
        self.told.append("abort")
        self.is_shut = True

    def is_closing(self) -> bool:
        return self.is_shut

    def get_extra_info(self, name: str) -> str:
        return f"extra {name}"

    def pause_reading(self) -> None:
        self.told.append("pause")


def _in_a_loop(work: Callable[[Gathering], None]) -> list[object]:
    wire = _Wire()

    async def run() -> None:
        loop = asyncio.get_running_loop()
        work(Gathering(cast("asyncio.Transport", cast("Any", wire)), loop))
        wire.told.append("step")
        await asyncio.sleep(0)

    asyncio.run(run())
    return wire.told


def test_head_and_body_leave_together() -> None:
    """After the step in which both were written."""

    def work(transport: Gathering) -> None:
        transport.write(b"head")
        transport.write(b"body")

    assert ["step", b"headbody"] == _in_a_loop(work)


def test_much_does_not_wait() -> None:
    """What would fill memory leaves at once, in slices, and what follows it comes behind it."""

    def work(transport: Gathering) -> None:
        transport.write(b"x" * 65_537)
        transport.write(b"y")

    told = _in_a_loop(work)
    assert [*[b"x" * 4096] * 16, b"x", "step", b"y"] == told


def test_close_comes_behind_what_was_written_and_abort_before() -> None:
    """An answer that ends its connection arrives; one that was cut does not."""

    def close(transport: Gathering) -> None:
        transport.write(b"last")
        transport.close()

    def abort(transport: Gathering) -> None:
        transport.write(b"never")
        transport.abort()

    assert [b"last", "close", "step"] == _in_a_loop(close)
    assert ["abort", "step"] == _in_a_loop(abort)


def test_the_rest_is_the_transports_own() -> None:
    """Uvicorn asks it for more than to write."""
    answers: list[object] = []

    def work(transport: Gathering) -> None:
        answers.append(transport.get_extra_info("peername"))
        answers.append(transport.is_closing())
        transport.pause_reading()

    assert ["pause", "step"] == _in_a_loop(work)
    assert ["extra peername", False] == answers
