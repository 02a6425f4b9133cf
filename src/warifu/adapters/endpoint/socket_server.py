"""The Unix socket of an endpoint store: a thread a client, and no client can keep the others from an answer.

Clients are bounded in number, each user in its share, each message in size and time. Root is let in when the door
is full, so that a flood can be looked at.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from warifu.adapters.endpoint.framing import Announced, BrokenStreamError, receive_body, receive_head, send
from warifu.adapters.endpoint.peers import credentials_of, local_peer
from warifu.adapters.files.databases import reason_of
from warifu.domain.endpoint.permissions import ROOT
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.endpoint import Answer, EndpointListener
from warifu.wire.endpoint import MOST_ASKED

_PAUSE = 0.05  # seconds until we look again for somebody to let in
_SMALL = 1 << 16  # bytes of a message that needs no room of its own
_WAITING = 128  # clients that the kernel keeps for us while we let others in


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client and all of them may take.

    Args:
        clients: at a time; root may have as many beside them as one user.
        share: of one user.
        idle: seconds between two messages.
        whole: seconds from a message's first byte to its last, and to take an answer.
    """

    clients: int = 128
    share: int = 32
    idle: float = 60
    whole: float = 10


class UnixListener(EndpointListener):
    """Listens at a path; anybody may connect, and what they may do is decided by who they are."""

    def __init__(self, path: str, limits: Limits | None = None) -> None:
        self._path = path
        self._limits = limits or Limits()
        self._socket: socket.socket | None = None
        self._open: dict[socket.socket, int] = {}
        self._ended = threading.Event()
        self._large: dict[int, threading.Lock] = {}
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._accepting: threading.Thread | None = None
        self._inode: tuple[int, int] | None = None

    def serve(self, answer: Answer) -> None:
        """Begin to listen; see the port."""
        try:
            self._socket = self._bound()
        except OSError as error:
            raise CouldNotLookError("endpoint.socket", path=self._path, reason=reason_of(error)) from error
        self._accepting = threading.Thread(target=self._accept, args=(self._socket, answer), daemon=True)
        self._accepting.start()

    def close(self) -> None:
        """Listen no more; see the port."""
        if self._socket is None:
            return
        self._take_away()
        self._ended.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._socket.close()
        self._socket = None
        with self._lock:
            for stream in self._open:
                with contextlib.suppress(OSError):
                    stream.shutdown(socket.SHUT_RDWR)
            threads = list(self._threads)
        if self._accepting is not None:
            self._accepting.join()
        for thread in threads:
            thread.join()

    def _bound(self) -> socket.socket:
        folder = Path(self._path).parent
        if not folder.exists():
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        self._make_room()
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listening.bind(self._path)
            Path(self._path).chmod(0o666)
            listening.listen(_WAITING)
            seen = Path(self._path).lstat()
        except BaseException:
            listening.close()
            raise
        self._inode = (seen.st_dev, seen.st_ino)
        return listening

    def _make_room(self) -> None:
        """Take away the socket of an agent that is gone; anything else at the path stays."""
        if not os.path.lexists(self._path):
            return
        if not stat.S_ISSOCK(Path(self._path).lstat().st_mode):
            raise RefusedError("endpoint.socket-other", path=self._path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            try:
                probe.connect(self._path)
            except ConnectionRefusedError:
                Path(self._path).unlink()
                return
            except TimeoutError:
                pass  # its agent lives, and is busy
        raise RefusedError("endpoint.socket-busy", path=self._path)

    def _take_away(self) -> None:
        """Take our socket away, if it is still ours."""
        with contextlib.suppress(OSError):
            seen = Path(self._path).lstat()
            if (seen.st_dev, seen.st_ino) == self._inode:
                Path(self._path).unlink()

    def _accept(self, listening: socket.socket, answer: Answer) -> None:
        while True:
            try:
                stream, _ = listening.accept()
            except OSError:
                if self._ended.wait(_PAUSE):  # that client is gone already, or no descriptor is left for it
                    return
                continue
            try:
                self._let_in(stream, credentials_of(stream), answer)
            except (OSError, RuntimeError):  # no word of who it is, or no thread left for it
                self._forget(stream)

    def _let_in(self, stream: socket.socket, who: tuple[int, int], answer: Answer) -> None:
        uid = who[0]
        with self._lock:
            count = Counter(self._open.values())
            others = sum(count.values()) - count[ROOT]
            is_full = others >= self._limits.clients and uid != ROOT
            if is_full or count[uid] >= self._limits.share or self._ended.is_set():
                stream.close()
                return
            self._open[stream] = uid
            thread = threading.Thread(target=self._talk, args=(stream, who, answer), daemon=True)
            thread.start()
            self._threads.add(thread)

    def _talk(self, stream: socket.socket, who: tuple[int, int], answer: Answer) -> None:
        limits = self._limits
        try:
            peer = local_peer(*who)  # here, since a user database may be far away and slow
            while True:
                begun = receive_head(stream, most=MOST_ASKED, first=limits.idle, whole=limits.whole)
                if begun is None:
                    return
                with self._room(who[0], begun):
                    reply = answer(peer, receive_body(stream, begun))
                send(stream, reply, whole=limits.whole)
        except (BrokenStreamError, OSError):
            return
        finally:
            self._forget(stream)

    @contextlib.contextmanager
    def _room(self, uid: int, begun: Announced) -> Iterator[None]:
        """Hold the memory for a message: each user has one large one at a time in it.

        Raises:
            BrokenStreamError: no room in time.
        """
        if begun.size <= _SMALL:
            yield
            return
        with self._lock:
            room = self._large.setdefault(uid, threading.Lock())
        if not room.acquire(timeout=max(0, begun.until - time.monotonic())):
            raise BrokenStreamError
        try:
            yield
        finally:
            room.release()

    def _forget(self, stream: socket.socket) -> None:
        with self._lock:
            self._open.pop(stream, None)
            self._threads.discard(threading.current_thread())
        stream.close()
