"""Shells on a node that stay open and are asked one script after the other.

An `ssh` of its own for each look would cost more than the look: a process here, a login session and
two shells there. So a few shells are kept, each asked by one thread at a time. A script travels as a
line with two sizes, its own bytes, then the contents it reads; the shell answers READY when it has read
the line, the script's frames, and OVER when the script has ended and let go of its locks.

What breaks off is told apart by READY: before it, nothing was carried out.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from threading import Condition, Timer

from warifu.adapters.hosts.answers import Frame, Frames, size_of
from warifu.adapters.hosts.programs import cannot_run, contents
from warifu.adapters.hosts.script import SERVE
from warifu.ports.hosts import Ran

_READY = b"READY\n"
_LINE = 1024  # bytes: no line of a frame is longer
_END = 2.0  # seconds in which an ssh whose stream ended has to end itself


class BrokeOffError(Exception):
    """A shell ended before an answer was whole.

    Args:
        ran: what its ssh said, and all that had been answered.
    """

    def __init__(self, ran: Ran) -> None:
        super().__init__()
        self.ran = ran

    @property
    def has_begun(self) -> bool:
        """The shell was there, and may have done something."""
        return _READY in self.ran.out

    @property
    def is_silent(self) -> bool:
        """The ssh ended without a word: not for a fault of the login."""
        return self.ran.code == 255 and not self.ran.err.strip()


class Session:
    """One shell on a node.

    Args:
        argv: the ssh that starts it; its remote command reads `SERVE` first.
        host: what errors call the node.

    Raises:
        CouldNotLookError: `io.host-cannot-run`: there is no ssh here.
    """

    def __init__(self, argv: Sequence[str], host: str) -> None:
        self._argv = tuple(argv)
        self._host = host
        self._errors = os.memfd_create("warifu", os.MFD_CLOEXEC)
        ours, theirs = socket.socketpair()
        try:
            self._process = subprocess.Popen(
                self._argv,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=self._errors,
                env={**os.environ, "LC_ALL": "C"},
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            os.close(self._errors)
            raise cannot_run(host, argv, os.strerror(error.errno or 0)) from error
        finally:
            theirs.close()
        self._stream = ours
        self._greeting = SERVE
        self._buffer = b""
        self._until = 0.0

    @property
    def is_new(self) -> bool:
        """It has not been asked yet."""
        return bool(self._greeting)

    def ask(self, text: bytes, given: bytes, patience: timedelta, *, careful: bool) -> Frames:
        """Have a script carried out and return its answer; the session is of no use after an error.

        Args:
            given: what the script reads.
            careful: send the script only when the shell has shown that it listens.

        Raises:
            BrokeOffError: it ended, or what it answered is no whole answer.
            CouldNotLookError: `io.host-cannot-run`: no whole answer in time.
        """
        self._until = time.monotonic() + patience.total_seconds()
        self._buffer = b""
        text = text.rstrip(b"\n")
        head = self._greeting + b"%d %d\n" % (len(text), len(given))
        self._greeting = b""
        try:
            if careful:
                self._send(head)
                self._await_ready()
                self._send(text + given)
            else:
                self._send(head + text + given)
            frames = self._await_answer()
        except TimeoutError as error:
            raise cannot_run(
                self._host, self._argv, f"no end after {patience.total_seconds():g} s"
            ) from error
        except (OSError, ValueError, IndexError, EOFError) as error:
            raise BrokeOffError(self._ended()) from error
        if not frames.whole:
            raise BrokeOffError(self._ended())
        return frames

    def close(self) -> None:
        """End the shell: it sees the end of its input, and its ssh is not waited for."""
        self._stream.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._errors)

    # --- the stream

    def _send(self, data: bytes) -> None:
        left = memoryview(data)
        with contextlib.suppress(
            BrokenPipeError, ConnectionResetError
        ):  # what it said last is still to be read
            while left:
                self._allow()
                left = left[self._stream.send(left) :]

    def _receive(self) -> None:
        self._allow()
        data = self._stream.recv(65536)
        if not data:
            raise EOFError
        self._buffer += data

    def _allow(self) -> None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._stream.settimeout(left)

    def _await_ready(self) -> int:
        """Return where the answer begins: after READY, whatever a login script printed before."""
        while (start := self._buffer.find(_READY)) < 0:
            self._receive()
        return start + len(_READY)

    def _await_answer(self) -> Frames:
        at = self._await_ready()
        found: list[Frame] = []
        while True:
            while (newline := self._buffer.find(b"\n", at, at + _LINE)) < 0:
                if len(self._buffer) - at >= _LINE:
                    raise ValueError
                self._receive()
            words = tuple(self._buffer[at:newline].decode("utf-8", "replace").split(" "))
            at = newline + 1
            if words[0] == "OVER":
                return Frames.of_answer(found)
            size = size_of(words)
            while len(self._buffer) - at < size:
                self._receive()
            found.append(Frame(words, self._buffer[at : at + size]))
            at += size

    def _ended(self) -> Ran:
        """Return what is known of a session that gave out."""
        with contextlib.suppress(OSError, TimeoutError, EOFError):
            self._until = time.monotonic() + _END
            while True:
                self._receive()
        try:
            code = self._process.wait(_END)
        except subprocess.TimeoutExpired:
            code = 0
        return Ran(self._argv, code, self._buffer, contents(self._errors)[-4096:])


class Sessions:
    """The shells of one node: as many as are asked at the same time, up to a few.

    Args:
        start: starts one more (`alone`: with a login of its own); the first is started while the others
            wait, so that they share its login.
        most: sshd's own bound for one connection is 10 (MaxSessions).
        kept: how long a shell that nobody asks stays open.
    """

    def __init__(
        self,
        start: Callable[..., Session],
        *,
        most: int = 4,
        kept: timedelta = timedelta(seconds=60),
    ) -> None:
        self._start = start
        self._most = most
        self._kept = kept.total_seconds()
        self._idle: list[tuple[float, Session]] = []
        self._timer: Timer | None = None
        self._out = 0
        self._known_good = False
        self._changed = Condition()

    @contextlib.contextmanager
    def one(self, *, alone: bool = False) -> Iterator[Session]:
        """Lend a shell: kept when the block ends well, ended when it raises."""
        session = self._take(alone=alone)
        try:
            yield session
        except BaseException:
            self._discard(session)
            raise
        self._give_back(session)

    def close(self) -> None:
        """End every shell that is not being asked."""
        with self._changed:
            idle, self._idle = self._idle, []
            timer, self._timer = self._timer, None
            self._known_good = False
        if timer is not None:  # no thread of ours outlives what it watches
            timer.cancel()
            timer.join()
        for _, session in idle:
            session.close()

    def _take(self, *, alone: bool) -> Session:
        """Return a shell that nobody else asks, a used one before a new one."""
        with self._changed:
            while not self._idle and (self._out >= self._most or (self._out and not self._known_good)):
                self._changed.wait()
            self._out += 1
            if self._idle:
                return self._idle.pop()[1]
        try:
            return self._start(alone=alone)
        except BaseException:
            self._gone()
            raise

    def _give_back(self, session: Session) -> None:
        """Keep a shell for the next one who asks."""
        with self._changed:
            self._idle.append((time.monotonic(), session))
            self._known_good = True
            self._watch()
        self._gone()

    def _watch(self) -> None:
        if self._timer is None:
            self._timer = Timer(self._kept, self._end_idle)
            self._timer.daemon = True
            self._timer.start()

    def _end_idle(self) -> None:
        now = time.monotonic()
        with self._changed:
            self._timer = None
            over = [session for since, session in self._idle if now - since >= self._kept]
            self._idle = [one for one in self._idle if one[1] not in over]
            if self._idle:
                self._watch()
        for session in over:
            session.close()

    def _discard(self, session: Session) -> None:
        """End a shell that is of no more use."""
        session.close()
        self._gone()

    def _gone(self) -> None:
        with self._changed:
            self._out -= 1
            self._changed.notify_all()
