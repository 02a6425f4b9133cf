"""A node as the server meets it: its stream, its looks, its signed reports, its way back after a restart."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import random
import ssl
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench.fleet.believed import DOMAIN, Believed, Believing, View, walk
from bench.fleet.line import Line
from warifu import __version__
from warifu.adapters.orders.tls import trusting
from warifu.domain.x509 import Certificate
from warifu.ports.bundles import Held
from warifu.ports.orders import AgentIdentity
from warifu.wire.agent import EntryTold, Listening, Remark, Report, ReportAnswer, digest_of_entries
from warifu.wire.parcel import unpack
from warifu.wire.signed import Signed, canonical, parse, sign
from warifu.wire.trust_files import TrustAsk

_FIRST_PAUSE, _LONGEST_PAUSE, _EVERY = 1.0, 60.0, 60.0  # seconds; as in apps/agent/loop.py
_GZIP = {"Content-Encoding": "gzip"}
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
    _told: str = ""

    def __post_init__(self) -> None:
        self._view = View(Held({"root": self.root}))
        context: ssl.SSLContext = trusting(self.anchors, self.identity)
        self._line = Line(self.port, context)
        own = self.identity.certificate
        self._own = EntryTold(
            "machine-identity", "machine", "private-key", own.fingerprint.hex, "", str(own.subject),
            str(own.issuer), own.not_after, "local",
        )  # fmt: skip

    def start(self) -> None:
        """Begin to listen and to look."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._line.close()

    async def _run(self) -> None:
        pause = again = 0.0
        while True:
            try:
                wakes, again = await self._listen()
                may_order = "hello" in wakes or not wakes
                await self._look(goes_on=not may_order)
                if may_order:
                    await self._line.ask("GET", "/agent/v1/orders")
                pause = 0.0
            except OSError:
                self.troubles += 1
                self.is_connected = False
                pause = min(max(pause * 2, again, _FIRST_PAUSE), _LONGEST_PAUSE)
                await asyncio.sleep(pause * (0.5 + random.random()))

    async def _listen(self) -> tuple[list[str], float]:
        """Hear what is pushed, by the stream that the last report went on as or by one of its own."""
        lines, self._lines = self._lines, None
        if lines is None:
            lines = self._open(Listening(self._view.ask()))
        wakes: list[str] = []
        again, last, kind = 0.0, self._last_event, ""
        self._came = ""
        async for line in lines:
            self.is_connected = True
            name, _, value = line.partition(": ")
            match name:
                case "event":
                    kind = value
                case "data" if kind == "trust":
                    self._came = value
                case "data":
                    wakes.append(json.loads(value)["about"])
                case "id":
                    last = value
                case "retry":
                    again = int(value) / 1000
        self._last_event = last
        return wakes, again

    def _open(self, told: Listening) -> AsyncGenerator[str]:
        seconds = int(_EVERY * (0.75 + random.random() / 10))
        headers = {"Prefer": f"wait={seconds}", **_GZIP}
        if self._last_event:
            headers["Last-Event-ID"] = self._last_event
        self._asked = told.asked
        return self._line.listen("/agent/v1/events", _packed(told), headers)

    _last_event = ""
    _asked: TrustAsk | None = None
    _came = ""
    _lines: AsyncGenerator[str] | None = None

    async def _newer(self) -> bytes:
        """Return what is newer, in gzip: as it came along with what was pushed, else asked for."""
        asked, came = self._view.ask(), self._came
        self._came = ""
        if came and asked == self._asked:
            return base64.b64decode(came)
        headers = {"Accept-Encoding": "gzip"}
        status, body = await self._line.ask("POST", "/agent/v1/trust", canonical(asked).encode(), headers)
        assert status == 200, body
        return body

    async def _look(self, *, goes_on: bool) -> None:
        view = self._view
        try:
            fetched = walk(view, unpack(gzip.decompress(await self._newer())))
        except OSError:
            view.files.clear()  # a walk that was cut is begun anew, with everything
            view.timestamp = b""
            view.held = Held({"root": self.root})
            raise
        if len(fetched) > 1:
            self.last_fetched = fetched
            self._believed: Believed = self.believing.believe(view, fetched)
            view.held, view.timestamp = self._believed.held, fetched[0][1] or b""
        await self._report(self._believed, goes_on=goes_on)

    async def _report(self, believed: Believed, *, goes_on: bool) -> None:
        entries = (*believed.entries, self._own)
        inventory = digest_of_entries(entries)
        is_new = self._told not in {"", inventory}
        answer = await self._hand_in(believed, inventory, entries if is_new else (), goes_on=goes_on)
        if answer.wants_entries:
            answer = await self._hand_in(believed, inventory, entries, goes_on=goes_on)
        assert not answer.fenced, answer.fenced
        assert not answer.wants_entries
        self._told = inventory
        self.taken += 1
        self.proven.setdefault(believed.versions[DOMAIN], time.perf_counter())

    async def _hand_in(
        self, believed: Believed, inventory: str, entries: tuple[EntryTold, ...], *, goes_on: bool
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
        if goes_on:
            return await self._hand_in_and_listen(signed)
        status, body = await self._line.ask("POST", "/agent/v1/report", _packed(signed), _GZIP)
        assert status == 200, body
        answer: ReportAnswer = parse(ReportAnswer, body)
        return answer

    async def _hand_in_and_listen(self, signed: Signed) -> ReportAnswer:
        lines = self._open(Listening(self._view.ask(), signed))
        text = ""
        async for line in lines:
            name, _, text = line.partition(": ")
            if name == "data":
                break
        answer: ReportAnswer = parse(ReportAnswer, text)
        assert not answer.wants_entries
        self._lines = lines
        return answer


def _packed(message: object) -> bytes:
    return gzip.compress(canonical(message).encode(), mtime=0)
