"""What many ask at once is answered together, and what is newer is put together once."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Sequence

import pytest

from support.serving import make_base
from warifu.apps.server.batches import Batches
from warifu.apps.server.trust_files import TrustFiles
from warifu.apps.server.trust_parcels import TrustParcels
from warifu.errors import RefusedError, UsageError, WarifuError
from warifu.wire.parcel import unpack
from warifu.wire.trust_files import TrustAsk


class _Held:
    """Work that doubles, that tells how many it was given at a time, and that waits to be let go."""

    def __init__(self) -> None:
        self.taken: list[int] = []
        self.has_begun, self.may_go = threading.Event(), threading.Event()

    def work(self, asked: Sequence[int]) -> Sequence[int | WarifuError]:
        self.taken.append(len(asked))
        self.has_begun.set()
        assert self.may_go.wait(20)
        return [one * 2 for one in asked]


def test_what_comes_while_one_is_answered_is_answered_together() -> None:
    """The first alone, then everybody who came meanwhile, in transactions of 64."""
    held = _Held()

    async def run() -> list[int]:
        batches: Batches[int, int] = Batches(held.work, make_base())
        waiting = [asyncio.create_task(batches.take(number)) for number in range(600)]
        assert await asyncio.to_thread(held.has_begun.wait, 20)
        held.may_go.set()
        first = await asyncio.gather(*waiting)
        return [*first, await batches.take(1000)]

    assert [*(number * 2 for number in range(600)), 2000] == asyncio.run(run())
    assert [*[64] * 9, 24, 1] == held.taken


def test_while_many_come_a_little_longer_is_waited_for_more() -> None:
    """Two came during the first transaction, three shortly after it: one transaction takes them all."""
    held = _Held()

    async def run() -> None:
        batches: Batches[int, int] = Batches(held.work, make_base())
        first = asyncio.create_task(batches.take(0))
        assert await asyncio.to_thread(held.has_begun.wait, 20)
        during = [asyncio.create_task(batches.take(number)) for number in (1, 2)]
        await asyncio.sleep(0)
        held.may_go.set()
        assert 0 == await first
        after = [asyncio.create_task(batches.take(number)) for number in (3, 4, 5)]
        assert [2, 4, 6, 8, 10] == await asyncio.gather(*during, *after)

    asyncio.run(run())
    assert [1, 5] == held.taken


def test_what_is_wrong_with_one_is_its_own_answer() -> None:
    """And what breaks the transaction is everybody's: nobody waits for ever, and the next come through."""
    breaks: list[Exception] = [ZeroDivisionError("secret"), UsageError("server.malformed", reason="x")]

    def work(asked: Sequence[int]) -> Sequence[int | WarifuError]:
        if 0 in asked:
            raise breaks.pop()
        return [one if one > 1 else RefusedError("server.too-many", seconds=one) for one in asked]

    async def run() -> list[list[object]]:
        batches: Batches[int, int] = Batches(work, make_base())
        return [
            await asyncio.gather(*map(batches.take, some), return_exceptions=True)
            for some in ([1, 2], [0, 3], [0, 4], [5])
        ]

    answers = [[getattr(one, "code", one) for one in some] for some in asyncio.run(run())]
    assert [
        ["server.too-many", 2],
        ["server.malformed"] * 2,
        ["server.unexpected"] * 2,
        [5],
    ] == answers


class _Shelf:
    """Files of a server, and how often somebody asked what is newer."""

    def __init__(self) -> None:
        self.timestamp = b"1"
        self.asked: list[TrustAsk] = []
        self.size = 10
        self.fails = False

    def find(self, name: str) -> bytes | None:
        return self.timestamp if name == "timestamp.json" else None

    def newer(self, asked: TrustAsk) -> dict[str, bytes | None]:
        self.asked.append(asked)
        if self.fails:
            raise RefusedError("server.too-many", seconds=1)
        return {
            "timestamp.json": self.timestamp,
            "2.root.json": None,
            "big.json": b"x" * self.size,
            "s.json": b"y",
        }


ASK = b'{"domains":["shop"],"held":{"root":1},"is":"TrustAsk"}'


def test_who_holds_the_same_is_answered_by_the_same_bytes() -> None:
    """Put together once for all of them, and anew for who holds something else or when something was published."""
    shelf = _Shelf()
    base = make_base()

    async def run() -> None:
        parcels = TrustParcels(TrustFiles(base, shelf.find), shelf.newer)
        found = await asyncio.gather(*[parcels.answer(ASK) for _ in range(50)])
        assert {gzip.decompress(one) for one in found} == {gzip.decompress(found[0])}
        assert await parcels.answer(ASK) is found[0]
        assert 1 == len(shelf.asked)
        assert [TrustAsk({"root": 1}, ("shop",))] == shelf.asked
        assert None is unpack(gzip.decompress(found[0]))["2.root.json"]
        await parcels.answer(ASK.replace(b":1", b":2"))
        shelf.timestamp = b"2"
        assert b"2" == unpack(gzip.decompress(await parcels.answer(ASK)))["timestamp.json"]
        assert 3 == len(shelf.asked)

    asyncio.run(run())


def test_what_went_wrong_is_no_answer_for_those_who_come_later() -> None:
    """The next is answered as if nothing had been."""
    shelf = _Shelf()
    shelf.fails = True

    async def run() -> None:
        parcels = TrustParcels(TrustFiles(make_base(), shelf.find), shelf.newer)
        with pytest.raises(RefusedError):
            await parcels.answer(ASK)
        shelf.fails = False
        assert b"y" == unpack(gzip.decompress(await parcels.answer(ASK)))["s.json"]
        for wrong in (b"", b"{", b'{"held":{"..":1}}', b'{"held":{"root":-1}}', b'{"other":1}'):
            with pytest.raises(UsageError, match=r"rotation\.document-malformed"):
                await parcels.answer(wrong)

    asyncio.run(run())


def test_what_is_too_large_is_left_to_be_fetched_alone() -> None:
    """Memory is bounded by the answers that are kept, not by what domains hold."""
    shelf = _Shelf()
    shelf.size = 17 * 2**20

    async def run() -> None:
        parcels = TrustParcels(TrustFiles(make_base(), shelf.find), shelf.newer)
        assert {"timestamp.json", "2.root.json"} == set(unpack(gzip.decompress(await parcels.answer(ASK))))

    asyncio.run(run())
