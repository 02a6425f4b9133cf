"""The server's life: it binds, serves, replaces its material, and ends in bounded time."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import uvloop

from warifu.apps.notify import Notify
from warifu.apps.server.admission import Admission
from warifu.apps.server.base import App, Base
from warifu.apps.server.gate import tell_unexpected
from warifu.apps.server.listening import Listen, open_sockets
from warifu.apps.server.material import TlsMaterial
from warifu.apps.server.metrics import CUT, HANDSHAKES, NOT_AFTER, SWAPS
from warifu.apps.server.streams import Streams
from warifu.apps.server.swapping import Door
from warifu.apps.server.uvicorn_inside import Floor
from warifu.errors import CouldNotLookError, RefusedError, WarifuError

_SWAP_SECONDS = 30
_TENDED = 5
"""Seconds between two looks for certificates and CRLs that have ended."""


class Server:
    """One server in one process.

    Args:
        app: what answers (a `Gate`).
        base: what it stands on.
        listen: where it is reached.
        material: what it shows, and whom it lets in; None serves without TLS (Unix sockets, tests).
        streams: the open streams, which end when it ends.
        notify: whom to tell that it is ready.
        reread: returns the material anew on SIGHUP.
    """

    def __init__(
        self,
        app: App,
        base: Base,
        listen: Listen,
        *,
        material: TlsMaterial | None = None,
        streams: Streams | None = None,
        notify: Notify | None = None,
        reread: Callable[[], TlsMaterial] | None = None,
    ) -> None:
        self._base = base
        self._listen = listen
        self._streams = streams
        self._notify = notify or Notify({})
        self._reread = reread
        self._door = Door(material, base.clock, self._count_refused) if material else None
        self._floor = Floor.lay(app, base, self._door)
        self._sockets: tuple[socket.socket, ...] = ()
        self._port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._is_told_to_end = threading.Event()
        self._serves = threading.Event()

    # From any thread

    @property
    def port(self) -> int:
        """The TCP port it listens on, once it is bound."""
        return self._port

    @property
    def material(self) -> TlsMaterial | None:
        """What it shows now, and whom it lets in."""
        return self._door.material if self._door else None

    @property
    def nodes(self) -> frozenset[str]:
        """The nodes that hold a connection now."""
        return self._floor.connections.nodes()

    def bind(self) -> None:
        """Take the addresses; what fails, fails here.

        Raises:
            CouldNotLookError: `server.cannot-listen`.
        """
        if not self._sockets:
            self._sockets = open_sockets(self._listen)
            ports = (one.getsockname()[1] for one in self._sockets if one.family != socket.AF_UNIX)
            self._port = next(ports, 0)

    def use(self, change: TlsMaterial | Callable[[TlsMaterial], TlsMaterial]) -> int:
        """Show and let in by other material from now on; return how many open connections that ended.

        When it returns, the change holds for every door. Never call it in the event loop's thread.

        Args:
            change: the new material, or what makes it of the present one; changes come one behind the other.

        Raises:
            RefusedError: `server.key-mismatch`, `server.material-unusable`: what was shown before stays.
            CouldNotLookError: `server.swap-unsure`.
        """
        door = self._door
        if door is None:
            raise RefusedError("server.without-tls")
        with door.building:
            try:
                admission = door.build(change(door.material) if callable(change) else change)
            except WarifuError:
                self._base.metrics.add(SWAPS, "refused")
                raise
            if self._loop is None or not self._serves.is_set():
                door.take(admission)
                return 0
            self._floor.connections.judge(
                admission.refusal
            )  # what that takes, it takes here and not in the loop
            try:
                swapping = asyncio.run_coroutine_threadsafe(self._swap(door, admission), self._loop)
                return swapping.result(_SWAP_SECONDS)
            except TimeoutError as error:
                raise CouldNotLookError("server.swap-unsure", seconds=_SWAP_SECONDS) from error
            except (
                RuntimeError,
                CancelledError,
            ):  # it ends at this moment, and everybody's connection with it
                door.take(admission)
                return 0

    def cut_node(self, node: str) -> None:
        """End every connection of a node, streams included; it may come back unless `use` bars it."""
        self.soon(lambda: self._base.metrics.add(CUT, by=self._floor.connections.cut_node(node)))

    def push(self, data: bytes, *topics: str) -> None:
        """Send an event (`streams.event`) to every stream that follows one of these topics."""
        streams = self._streams
        if streams is not None:
            self.soon(lambda: streams.push(data, topics))

    def stop(self) -> None:
        """Have it end; `run` returns when it has."""
        self._is_told_to_end.set()
        if self._ending is not None:
            self.soon(self._ending.set)

    def run(self) -> None:
        """Serve until told to end: by `stop`, SIGTERM or SIGINT.

        Raises:
            CouldNotLookError: `server.cannot-listen`.
        """
        self.bind()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._serve())

    @contextlib.contextmanager
    def running(self) -> Iterator[Server]:
        """Serve in a thread of its own, for as long as the block lasts."""
        self.bind()
        thread = threading.Thread(target=self.run, name="warifu-server")
        thread.start()
        try:
            while not self._serves.wait(0.05):
                if not thread.is_alive():
                    raise CouldNotLookError("server.not-started")
            yield self
        finally:
            self.stop()
            thread.join()

    def _count_refused(self, why: str) -> None:
        self._base.metrics.add(HANDSHAKES, why)

    # In the event loop's thread

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ending = asyncio.Event()
        self._floor.tick()
        servers = [await self._accept(one) for one in self._sockets]
        with self._signals(self._loop, self._ending):
            clockwork = asyncio.create_task(self._beat())
            self._serves.set()
            if self._is_told_to_end.is_set():
                self._ending.set()
            self._notify.ready()
            self._base.log.info("serving", hosts=self._listen.hosts, unix=self._listen.unix)
            try:
                await self._ending.wait()
            finally:
                self._serves.clear()
                self._notify.stopping()
                self._base.log.info("ending", connections=len(self._floor.connections))
                for server in servers:
                    server.close()
                await self._end()
                clockwork.cancel()

    async def _accept(self, bound: socket.socket) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        if bound.family == socket.AF_UNIX or self._door is None:
            make = loop.create_unix_server if bound.family == socket.AF_UNIX else loop.create_server
            return await make(self._floor.make, sock=bound, backlog=2048)
        return await loop.create_server(
            self._floor.make,
            sock=bound,
            ssl=self._door.context,
            backlog=2048,
            ssl_handshake_timeout=self._base.limits.handshake,
            ssl_shutdown_timeout=2,
        )

    async def _end(self) -> None:
        """Let streams end and requests finish, but no longer than the grace that was given."""
        if self._streams is not None:
            self._streams.end()
        self._floor.finish_requests()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._base.limits.grace):
                await self._floor.idle()
        await self._floor.end()
        if self._listen.unix:
            await asyncio.to_thread(Path(self._listen.unix).unlink, missing_ok=True)

    async def _swap(self, door: Door, admission: Admission) -> int:
        door.take(admission)
        ended = self._floor.connections.cut_refused(door.refusal)
        self._base.metrics.add(CUT, by=ended)
        self._base.metrics.add(SWAPS, "done")
        self._base.log.info(
            "material",
            certificate=admission.material.chain[0].fingerprint.hex,
            anchors=len(admission.material.anchors),
            crls=len(admission.material.crls),
            barred=len(admission.material.barred),
            cut=ended,
        )
        return ended

    async def _beat(self) -> None:
        """Do once a second what time brings along."""
        beats = 0
        every = max(int(self._base.limits.heartbeat), 1)
        while True:
            try:
                self._floor.tick()
                beats += 1
                if self._door is not None and beats % _TENDED == 1:
                    self._tend(self._door)
                if self._streams is not None and beats % every == 0:
                    self._streams.beat()
            except Exception as error:  # noqa: BLE001  the outermost loop of this task
                tell_unexpected(self._base, error)
            await asyncio.sleep(1)

    def _tend(self, door: Door) -> None:
        self._base.metrics.put(NOT_AFTER, to=door.material.chain[0].not_after.timestamp())
        if ended := self._floor.connections.cut_refused(door.refusal):
            self._base.metrics.add(CUT, by=ended)
        if door.is_overdue:
            self._in_thread(lambda: self.use(lambda present: present))

    def _hear(self) -> None:
        """SIGHUP: read the material again, in a thread; what cannot be used changes nothing."""
        reread = self._reread
        if reread is None:
            return
        self._notify.reloading()
        self._in_thread(lambda: self.use(reread()), self._notify.ready)

    def _in_thread(self, work: Callable[[], object], then: Callable[[], None] = lambda: None) -> None:
        def guarded() -> None:
            try:
                work()
            except WarifuError as error:
                self._base.log.warning("material-refused", code=error.code)
            except Exception as error:  # noqa: BLE001  the outermost loop of this thread
                tell_unexpected(self._base, error)
            finally:
                then()

        asyncio.get_running_loop().run_in_executor(None, guarded)

    def soon(self, work: Callable[[], object]) -> None:
        """Have something done in the event loop's thread; nothing where it has ended."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended meanwhile
                self._loop.call_soon_threadsafe(work)

    @contextlib.contextmanager
    def _signals(self, loop: asyncio.AbstractEventLoop, ending: asyncio.Event) -> Iterator[None]:
        """Hear signals, where this is the thread that hears them."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ending.set)
        loop.add_signal_handler(signal.SIGHUP, self._hear)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                loop.remove_signal_handler(number)
