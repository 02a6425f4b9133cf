"""The demo's own service: what it loads, what it keeps, and what it says about it."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.client import Link, shake
from demo.estate import Estate, OldPki, make_old_pki, write
from demo.loading import boot_clock, fingerprints
from demo.pki import CLIENT, SERVER, new_root
from demo.shape import Identity, Part, Shape

pytestmark = pytest.mark.enable_socket


class Running:
    """One mutual service `web`, with its PKI and a client's view of it."""

    def __init__(self, folder: Path, *, fault: str = "") -> None:
        part = Part(
            "web",
            {"tls": Identity("web.localhost", SERVER)},
            {"clients": False},
            listen="tls",
            clients="clients",
            fault=fault,
        )
        self.pki: OldPki = make_old_pki()
        self.estate = Estate(folder, Shape((part,)))
        self.estate.write_files(self.pki)
        self.estate.start()
        wait_until(lambda: self.estate.status("web").exists())

    @property
    def status(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.estate.status("web").read_text(encoding="utf-8"))
        return read

    def shake(self, *, client: bytes = b"", root: bytes = b"") -> str:
        """One handshake as a client whose identity and trusted root are given as PEM."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=(root or self.pki.root.pem).decode())
        identity = client or self.client_of(self.pki.root)
        path = self.estate.folder / "client.pem"
        path.write_bytes(identity)
        context.load_cert_chain(path)
        return shake(Link("c", "127.0.0.1", self.estate.ports["web"], "web.localhost", "t"), context)

    @staticmethod
    def client_of(authority: Any) -> bytes:
        leaf = authority.leaf("me.localhost", [CLIENT])
        return bytes(leaf.fullchain + leaf.key)

    def put(self, fullchain: bytes, key: bytes) -> None:
        write(self.estate.slot("web", "tls") / "certificate.pem", fullchain)
        write(self.estate.slot("web", "tls") / "key.pem", key, mode=0o600)

    def put_anchors(self, pem: bytes) -> None:
        write(self.estate.slot("web", "clients") / "anchors.pem", pem)

    def reload(self) -> None:
        """Send SIGHUP and wait until the status file was written again."""
        before = self.estate.status("web").stat().st_ino
        self.estate.reload("web")
        wait_until(lambda: self.estate.status("web").stat().st_ino != before)


def wait_until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < end, "waited 20 s in vain"
        time.sleep(0.02)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    begun: list[Running] = []

    def begin(**options: str) -> Running:
        running = Running(tmp_path / "estate", **options)
        begun.append(running)
        return running

    yield begin
    for running in begun:
        running.estate.stop()


def test_reload_presents_the_new_leaf_and_says_so(start: Callable[..., Running]) -> None:
    """After SIGHUP the new leaf is served, and the status file names it with a later load time."""
    web = start()
    old = web.shake()
    swapped = boot_clock()
    leaf = web.pki.issuing.leaf("web.localhost", [SERVER])
    web.put(leaf.fullchain, leaf.key)
    web.reload()
    new, *chain = fingerprints(leaf.fullchain)
    assert (new, new != old) == (web.shake(), True)
    assert {"leaf": new, "chain": chain} == web.status["slots"]["tls"]
    assert swapped < web.status["loaded_at"] < boot_clock()
    assert web.status["started"] < swapped


def test_a_removed_root_lets_nobody_in(start: Callable[..., Running]) -> None:
    """Once the client trust store is loaded without a root, its clients are refused; the new one's are not."""
    web = start()
    new = new_root("New")
    web.shake()
    web.put_anchors(new.pem)
    web.reload()
    with pytest.raises(OSError, match=r"UNKNOWN_CA|unknown ca"):
        web.shake()
    assert web.shake(client=web.client_of(new))
    assert {"anchors": fingerprints(new.pem)} == web.status["slots"]["clients"]


@pytest.mark.parametrize("broken", ["mismatched", "no-key", "empty", "absent"])
def test_a_bad_pair_keeps_the_old_one(start: Callable[..., Running], broken: str) -> None:
    """What cannot be loaded changes nothing, the trust store beside it included, and the status says why."""
    web = start()
    old, before = web.shake(), web.status
    one, other = (web.pki.root.leaf("web.localhost", [SERVER]) for _ in range(2))
    key = {"mismatched": other.key, "no-key": b"", "empty": one.key, "absent": one.key}[broken]
    web.put(b"" if broken == "empty" else one.fullchain, key)
    if broken == "absent":
        (web.estate.slot("web", "tls") / "certificate.pem").unlink()
    web.put_anchors(new_root("New").pem)
    web.reload()
    assert old == web.shake()
    assert before["slots"] == web.status["slots"]
    assert before["loaded_at"] == web.status["loaded_at"]
    assert web.status["error"]


def test_an_error_goes_with_the_next_good_load(start: Callable[..., Running]) -> None:
    """A load that works clears the error of the one that did not."""
    web = start()
    good = web.pki.root.leaf("web.localhost", [SERVER])
    web.put(good.fullchain, b"")
    web.reload()
    assert web.status["error"]
    web.put(good.fullchain, good.key)
    web.reload()
    assert ("", fingerprints(good.fullchain)[0]) == (web.status["error"], web.shake())


def test_a_liar_says_loaded_and_serves_the_old_leaf(start: Callable[..., Running]) -> None:
    """The fault `liar` is a reload that lies: only a handshake tells."""
    web = start(fault="liar")
    old = web.shake()
    leaf = web.pki.root.leaf("web.localhost", [SERVER])
    web.put(leaf.fullchain, leaf.key)
    web.reload()
    assert fingerprints(leaf.fullchain)[0] == web.status["slots"]["tls"]["leaf"]
    assert old == web.shake()


def test_a_mortal_dies_of_its_reload(start: Callable[..., Running]) -> None:
    """The fault `mortal` is a service that a reload ends: its port refuses."""
    web = start(fault="mortal")
    web.shake()
    web.estate.reload("web")

    def refuses() -> bool:
        try:
            web.shake()
        except ConnectionRefusedError:
            return True
        except OSError:  # cut while it died
            return False
        return False

    wait_until(refuses)


def test_no_session_is_resumed(start: Callable[..., Running]) -> None:
    """The service gives out no ticket: a client that would resume has nothing to resume with."""
    web = start()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=web.pki.root.pem.decode())
    path = web.estate.folder / "client.pem"
    path.write_bytes(web.client_of(web.pki.root))
    context.load_cert_chain(path)
    with (
        socket.create_connection(("127.0.0.1", web.estate.ports["web"]), timeout=5) as raw,
        context.wrap_socket(raw, server_hostname="web.localhost") as secure,
    ):
        assert secure.recv(1) == b"+"
        assert secure.session is None or not secure.session.has_ticket


def test_a_program_ends_when_its_folder_goes(start: Callable[..., Running]) -> None:
    """Removing the folder stops what runs in it: how a kept demo is stopped."""
    web = start()
    (web.estate.folder / "config").rename(web.estate.folder / "gone")
    wait_until(lambda: web.estate.ended("web"))


def test_sigterm_ends_it(start: Callable[..., Running]) -> None:
    """SIGTERM ends it."""
    web = start()
    web.estate.signal("web", signal.SIGTERM)
    wait_until(lambda: web.estate.ended("web"))
