"""The socket of the endpoint store: who asks is known, and no client keeps the others from an answer."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.pki import NOW
from support.running import wait_until
from warifu.adapters.clock.standing import StandingClock
from warifu.adapters.endpoint.client import UnixDoor
from warifu.adapters.endpoint.peers import local_peer
from warifu.adapters.endpoint.socket_server import Limits, UnixListener
from warifu.adapters.endpoint.sqlite import SqliteEndpoint
from warifu.apps.agent.endpoint_service import EndpointService
from warifu.domain.endpoint import Peer
from warifu.errors import CouldNotLookError, RefusedError, UsageError
from warifu.wire.endpoint import HEAD, ListStores, Stores, decode_reply, encode

LIMITS = Limits(clients=8, share=6, idle=30, whole=0.5)


def echo(peer: Peer, message: bytes) -> bytes:
    return f"{peer.uid} {peer.user} {','.join(sorted(peer.groups))} ".encode() + message


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "run" / "s")


@contextlib.contextmanager
def listening(path: str, limits: Limits = LIMITS) -> Iterator[UnixListener]:
    listener = UnixListener(path, limits)
    listener.serve(echo)
    try:
        yield listener
    finally:
        listener.close()


@contextlib.contextmanager
def connected(path: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
        stream.settimeout(20)
        stream.connect(path)
        yield stream


def is_ended(stream: socket.socket) -> bool:
    """The other end hung up, with or without what was still on its way."""
    try:
        return stream.recv(1) == b""
    except ConnectionError:
        return True


def framed(message: bytes) -> bytes:
    return len(message).to_bytes(HEAD, "big") + message


def test_the_kernel_says_who_asks(path: str) -> None:
    """User and groups by name; nothing of what the client says about itself."""
    me = local_peer(os.geteuid(), os.getegid())
    assert pwd.getpwuid(os.geteuid()).pw_name == me.user
    with listening(path):
        assert echo(me, b"{}") == UnixDoor(path).ask(b"{}")
        assert 0o666 == os.stat(path).st_mode & 0o777  # noqa: PTH116


def test_who_has_no_name_has_a_number() -> None:
    """It is no name that a user could have."""
    assert Peer(3_999_999, "uid:3999999", frozenset({"gid:3999998"})) == local_peer(3_999_999, 3_999_998)


@pytest.mark.parametrize(
    "sent",
    [
        b"\xff\xff\xff\xff",
        b"\x7f\xff\xff\xffabc",
        framed(b"half of it")[:-3],
        b"\x00",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
    ids=["huge", "huge and begun", "half", "no head", "another protocol"],
)
def test_a_broken_client_is_hung_up_on(path: str, sent: bytes) -> None:
    """In time, whatever it announced; the next one is answered."""
    with listening(path), connected(path) as stream:
        stream.sendall(sent)
        assert is_ended(stream)
        assert UnixDoor(path).ask(b"{}")


def test_a_slow_client_is_waited_for_by_nobody(path: str) -> None:
    """It has half a second for a message, however it is cut, while others are answered."""
    with listening(path), connected(path) as stream:
        stream.sendall(framed(b"x" * 1_000)[:10])
        assert UnixDoor(path).ask(b"{}")
        assert is_ended(stream)


def test_a_client_that_takes_no_answer_is_hung_up_on(path: str) -> None:
    """A megabyte is asked for and left lying."""
    with listening(path), connected(path) as stream:
        stream.sendall(framed(b"x" * 4_000_000))
        wait_until(lambda: _closes(stream), "the server to hang up")
        assert UnixDoor(path).ask(b"{}")


def _closes(stream: socket.socket) -> bool:
    try:
        stream.send(b"\0", socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return False


def test_one_user_takes_no_more_than_their_share(path: str) -> None:
    """More connections are closed at once; when one ends, its place is free again."""
    with listening(path), contextlib.ExitStack() as stack:
        held = [stack.enter_context(connected(path)) for _ in range(LIMITS.share)]
        for stream in held:
            stream.sendall(framed(b"{}"))
            assert stream.recv(1)
        with connected(path) as one_more:
            assert is_ended(one_more)
        held[0].close()

        def answered() -> bool:
            with contextlib.suppress(CouldNotLookError):
                return bool(UnixDoor(path).ask(b"{}"))
            return False

        wait_until(answered, "a place to be free")


def test_one_user_fills_no_memory(path: str) -> None:
    """While a large message of theirs is on its way the next one waits, and small ones are answered."""
    with listening(path, Limits(8, 6, 30, 20)), connected(path) as first, connected(path) as second:
        first.sendall(
            framed(b"x" * 1_000_000)[:900_000]
        )  # more than the kernel keeps: it is being read when this returns
        second.sendall(framed(b"y" * 100_000))
        assert UnixDoor(path).ask(b"{}")
        second.settimeout(0.3)
        with pytest.raises(TimeoutError):
            second.recv(HEAD)
        first.close()
        second.settimeout(20)
        assert HEAD == len(second.recv(HEAD))


def test_many_ask_at_once(path: str) -> None:
    """Each gets its own answer, in its own thread; a connection may ask more than once."""
    found: dict[int, bytes] = {}

    def ask(number: int) -> None:
        with connected(path) as stream:
            for _ in range(20):
                stream.sendall(framed(b"%d" % number))
                size = int.from_bytes(stream.recv(HEAD), "big")
                found[number] = stream.recv(size)

    with listening(path):
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {number: b"%d" % number for number in range(5)} == {
        number: answer.rpartition(b" ")[2] for number, answer in found.items()
    }


def test_the_socket_of_a_dead_agent_is_taken_over(path: str) -> None:
    """A living one's is not, and a file of somebody else's stays what it is."""
    Path(path).parent.mkdir()
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(path)
    with listening(path):
        with pytest.raises(RefusedError, match=r"endpoint\.socket-busy"):
            UnixListener(path).serve(echo)
        assert UnixDoor(path).ask(b"{}")
    assert not Path(path).exists()
    Path(path).write_text("mine")
    with pytest.raises(RefusedError, match=r"endpoint\.socket-other"):
        UnixListener(path).serve(echo)
    assert "mine" == Path(path).read_text()
    with pytest.raises(CouldNotLookError, match=r"endpoint\.socket\b"):
        UnixListener(f"{path}/below").serve(echo)


def test_closing_ends_what_is_open(path: str) -> None:
    """Nobody is left waiting, nor is a thread; closing twice is closing once."""
    before = threading.active_count()
    with listening(path) as listener, connected(path) as stream:
        stream.sendall(framed(b"{}"))
        assert stream.recv(1)
        listener.close()
        while stream.recv(4_096):
            pass
        assert before == threading.active_count()
        with pytest.raises(CouldNotLookError, match=r"endpoint\.not-running"):
            UnixDoor(path).ask(b"{}")
    UnixListener(path).close()


def test_what_is_taken_over_is_left_to_its_owner(path: str) -> None:
    """An agent that ends takes no other's socket away."""
    with listening(path):
        Path(path).unlink()
        Path(path).write_text("another's")
    assert Path(path).exists()


def test_an_agent_that_hangs_up_is_told(path: str) -> None:
    """Nothing is known of what it did."""
    Path(path).parent.mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()

        def hang_up() -> None:
            server.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(CouldNotLookError, match=r"endpoint\.not-answered"):
            UnixDoor(path).ask(b"{}")
        thread.join()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A whole service that lives through every hostile message."""
    folder = tmp_path_factory.mktemp("e")
    stores = SqliteEndpoint(str(folder / "data"), owner="root")
    path = str(folder / "s")
    with EndpointService(stores, UnixListener(path, LIMITS), StandingClock(NOW)):
        yield path


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
OPS = ("liststores", "addentry", "listentries", "changeaccess", "setexception", "readsecret", "findentries")
FIELDS = (
    "op", "v", "store", "name", "alias", "certificates", "key", "crl", "secret", "password", "rights", "act",
    "principal", "until", "reason", "after", "most", "replaces", "expected",
)  # fmt: skip
MESSAGE = st.dictionaries(st.sampled_from(FIELDS), JSON | st.sampled_from(OPS), max_size=8).map(
    lambda value: json.dumps(value).encode()
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(message=st.binary(max_size=200) | MESSAGE)
def test_whatever_is_sent_is_answered_with_an_error_of_ours(service: str, message: bytes) -> None:
    """And the next question is answered as ever."""
    reply = UnixDoor(service).ask(message)
    with contextlib.suppress(UsageError, RefusedError, CouldNotLookError):
        decode_reply(reply, Stores)
    assert b"endpoint.fault" not in reply
    assert 3 <= len(decode_reply(UnixDoor(service).ask(encode(ListStores())), Stores).stores)


@pytest.mark.parametrize(
    "message", [b"[" * 100_000, b'{"op":"liststores","x":' + b"[" * 100_000, b"{}" * 9_000]
)
def test_deep_and_long_messages_are_answered(service: str, message: bytes) -> None:
    """No depth ends the thread, and no end of it the service."""
    with pytest.raises(UsageError, match=r"endpoint\.message-malformed"):
        decode_reply(UnixDoor(service).ask(message), Stores)
