"""What comes while the database is busy is taken together, in one transaction, as soon as it is free.

While many come, a little longer is waited for more of them: a transaction costs as much for one as for thirty. Who comes
alone waits for nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from warifu.apps.server.base import Base
from warifu.apps.server.gate import tell_unexpected
from warifu.errors import WarifuError

_In = TypeVar("_In")
_Out = TypeVar("_Out")
_MOST: Final = 64  # in one transaction: more cost as much each, and memory for all of them at once
_GATHERED: Final = 0.1  # seconds


class Batches(Generic[_In, _Out]):
    """Answers many who ask the same kind of thing.

    Args:
        work: answers several, each by its result or by what is wrong with it; called in a thread.
    """

    def __init__(self, work: Callable[[Sequence[_In]], Sequence[_Out | WarifuError]], base: Base) -> None:
        self._work = work
        self._base = base
        self._waiting: list[tuple[_In, asyncio.Future[_Out | WarifuError]]] = []
        self._running: asyncio.Task[None] | None = None

    async def take(self, asked: _In) -> _Out:
        """Return the answer to one; what is wrong with it is raised."""
        answer: asyncio.Future[_Out | WarifuError] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        taken = await answer
        if isinstance(taken, WarifuError):
            raise taken
        return taken

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                await self._take(batch)
                if 1 < len(self._waiting) < _MOST:
                    await asyncio.sleep(_GATHERED)
        finally:
            self._running = None

    async def _take(self, batch: Sequence[tuple[_In, asyncio.Future[_Out | WarifuError]]]) -> None:
        taken: Sequence[_Out | WarifuError]
        try:
            taken = await asyncio.to_thread(self._work, [asked for asked, _ in batch])
        except Exception as error:  # noqa: BLE001 - each that waits has to hear of it
            if not isinstance(error, WarifuError):
                tell_unexpected(self._base, error)
            failed = (
                error if isinstance(error, WarifuError) else WarifuError("server.unexpected", request="-")
            )
            taken = (failed,) * len(batch)
        for (_, answer), one in zip(batch, taken, strict=True):
            if not answer.done():
                answer.set_result(one)
