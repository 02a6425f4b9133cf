"""A node as the server meets it: its stream, its looks, its signed reports, its way back after a restart."""

from __future__ import annotations

import asyncio
import json
import random
import ssl
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench.fleet.believed import DOMAIN, Believed, Believing, View, walk
from bench.fleet.line import Line
from warifu import __version__
from warifu.adapters.orders.tls import trusting
from warifu.domain.x509 import Certificate
from warifu.ports.bundles import Held
from warifu.ports.orders import AgentIdentity
from warifu.wire.agent import EntryTold, Remark, Report, ReportAnswer
from warifu.wire.signed import canonical, parse, sign
from warifu.workflows.agent_sync import digest_of_entries

_FIRST_PAUSE, _LONGEST_PAUSE, _EVERY = 1.0, 60.0, 60.0  # seconds; as in apps/agent/loop.py
_TRIAL = Remark("bundle-root-trial", "root", "note")


@dataclass
class Node:
    """One node.

    Args:
        proven: when the server had the proof that it follows a version, by version.
        taken: reports that the server took whole.
        is_connected: its stream is open.
    """

    name: str
    identity: AgentIdentity
    anchors: tuple[Certificate, ...]
    root: bytes
    believing: Believing
    port: int
    proven: dict[int, float] = field(default_factory=dict)
    reports: int = 0
    taken: int = 0
    troubles: int = 0
    last_fetched: list[tuple[str, bytes | None]] = field(default_factory=list)
    is_connected: bool = False
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _told: str = ""
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._view = View(Held({"root": self.root}))
        context: ssl.SSLContext = trusting(self.anchors, self.identity)
        self._line, self._stream = Line(self.port, context), Line(self.port, context)
        own = self.identity.certificate
        self._own = EntryTold(
            "machine-identity", "machine", "private-key", own.fingerprint.hex, "", str(own.subject),
            str(own.issuer), own.not_after, "local",
        )  # fmt: skip

    def start(self) -> None:
        """Begin to listen and to look."""
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._loop())]

    async def stop(self) -> None:
        """End."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for line in (self._line, self._stream):
            line.close()

    async def _listen(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                await self._stream.listen("/agent/v1/events", self._heard)
            except (OSError, asyncio.IncompleteReadError):
                self.troubles += 1
            pause = _FIRST_PAUSE if self.is_connected else min(pause * 2, _LONGEST_PAUSE)
            self.is_connected = False
            await asyncio.sleep(pause * (0.5 + random.random()))

    async def _heard(self, data: bytes) -> None:
        self.is_connected = True
        self._is_greeted = json.loads(data)["about"] == "hello"
        self._woken.set()

    async def _loop(self) -> None:
        while True:
            try:
                async with asyncio.timeout(_EVERY * (0.9 + random.random() / 10)):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()
            greeted, self._is_greeted = self._is_greeted, False
            try:
                await self._look()
                if greeted:
                    await self._line.ask("GET", "/agent/v1/orders")
            except OSError:
                self.troubles += 1

    _is_greeted = False

    async def _look(self) -> None:
        async def fetch(name: str) -> bytes | None:
            status, body = await self._line.ask("GET", f"/trust/{name}")
            assert status in {200, 404}, (name, status)
            return body if status == 200 else None

        view = self._view
        try:
            fetched = await walk(view, fetch)
        except OSError:
            view.files.clear()  # a walk that was cut is begun anew, with everything
            view.timestamp = b""
            view.held = Held({"root": self.root})
            raise
        if len(fetched) > 1:
            self.last_fetched = fetched
            self._believed: Believed = self.believing.believe(view, fetched)
            view.held, view.timestamp = self._believed.held, fetched[0][1] or b""
        await self._report(self._believed)

    async def _report(self, believed: Believed) -> None:
        entries = (*believed.entries, self._own)
        inventory = digest_of_entries(entries)
        is_new = self._told not in {"", inventory}
        answer = await self._hand_in(believed, inventory, entries if is_new else ())
        if answer.wants_entries:
            answer = await self._hand_in(believed, inventory, entries)
        assert not answer.fenced, answer.fenced
        assert not answer.wants_entries
        self._told = inventory
        self.taken += 1
        self.proven.setdefault(believed.versions[DOMAIN], time.perf_counter())

    async def _hand_in(
        self, believed: Believed, inventory: str, entries: tuple[EntryTold, ...]
    ) -> ReportAnswer:
        self.reports += 1
        report = Report(
            self.name,
            self.reports,
            datetime.now(UTC),
            "boot",
            time.monotonic(),
            versions=believed.versions,
            received=believed.received,
            inventory=inventory,
            entries=entries,
            remarks=(_TRIAL,),
            release=__version__,
        )
        signed = sign(report, self.identity.certificate, self.identity.key)
        status, body = await self._line.ask("POST", "/agent/v1/report", canonical(signed).encode())
        assert status == 200, body
        answer: ReportAnswer = parse(ReportAnswer, body)
        return answer
