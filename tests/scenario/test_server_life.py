"""A server begins, tells systemd, reads its material again, and ends in bounded time, whatever is open."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.running import free_port, running, wait_until
from support.serving import Client, Papers, client_context, comes_in, make_lab, serving
from warifu.apps.server.listening import Listen
from warifu.errors import CouldNotLookError

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Own:
    """A server in a process of its own."""

    process: subprocess.Popen[bytes]
    folder: Path
    papers: Papers
    told: socket.socket

    @property
    def port(self) -> int:
        return int((self.folder / "port").read_text())

    def events(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in (self.folder / "log").read_text().splitlines()]

    def hear(self) -> str:
        return self.told.recv(4096).decode()


@contextmanager
def own_server(folder: Path, *, grace: float = 1, unix: str = "") -> Iterator[Own]:
    papers = Papers()
    write_server(folder, papers)
    (folder / "agents.pem").write_bytes(papers.agents.pem)
    (folder / "grace").write_text(str(grace))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(folder / "notify"))
        told.settimeout(20)
        environment = {**os.environ, "NOTIFY_SOCKET": str(folder / "notify"), "PYTHONPATH": "src:tests:."}
        argv = [sys.executable, "-m", "support.server_driver", str(folder), unix]
        seen: list[str] = []

        def is_ready() -> bool:
            seen.append(told.recv(4096).decode())
            return "READY=1" in seen[-1]

        with running(argv, folder / "log", ready=is_ready, env=environment, cwd=ROOT) as process:
            yield Own(process, folder, papers, told)


def write_server(folder: Path, papers: Papers) -> None:
    (folder / "server.pem").write_bytes(papers.server.fullchain_pem + papers.server.key_pem)


def test_it_serves_once_it_says_so(tmp_path: Path) -> None:
    """READY comes when a client is let in, and its log is JSON alone."""
    with own_server(tmp_path) as own:
        assert "web-1" == comes_in(own.port, client_context(own.papers, own.papers.node))
        wait_until(lambda: any(one["event"] == "request" for one in own.events()), "the request in the log")


def test_sigterm_ends_open_streams(tmp_path: Path) -> None:
    """A stream ends as a stream does, an idle connection closes, and the process is gone with 0."""
    with own_server(tmp_path, grace=10) as own:
        context = client_context(own.papers)
        with Client(own.port, context) as stream, Client(own.port, context) as idle:
            idle.ask("/who")
            stream.send("/stream")
            answer = stream.answer()
            answer.read1()
            began = time.monotonic()
            own.process.send_signal(signal.SIGTERM)
            assert "STOPPING=1" == own.hear()
            assert b"" == answer.read()  # whole: its last chunk came
            assert idle.ends(5)
            assert 0 == own.process.wait(8)
            assert time.monotonic() - began < 8


def test_sigterm_waits_for_nobody_past_its_grace(tmp_path: Path) -> None:
    """An answer that is not ready is given up when the grace is over."""
    with own_server(tmp_path, grace=1) as own, Client(own.port, client_context(own.papers)) as client:
        client.send("/sleep")
        own.process.send_signal(signal.SIGTERM)
        assert client.ends(8)
        assert 0 == own.process.wait(8)


def test_sighup_reads_the_material_again(tmp_path: Path) -> None:
    """A new certificate holds after SIGHUP; one that cannot be used changes nothing, and the log says so."""
    with own_server(tmp_path) as own:
        own.papers.server = own.papers.server_leaf()
        write_server(tmp_path, own.papers)
        own.process.send_signal(signal.SIGHUP)
        assert own.hear().startswith("RELOADING=1\nMONOTONIC_USEC=")
        assert "READY=1" == own.hear()
        assert own.papers.server.value.der == _leaf(own)
        (tmp_path / "server.pem").write_bytes(own.papers.servers.pem + own.papers.server.key_pem)
        own.process.send_signal(signal.SIGHUP)
        assert [True, True] == [own.hear().startswith("RELOADING"), own.hear() == "READY=1"]
        assert own.papers.server.value.der == _leaf(own)
        refused = [one for one in own.events() if one["event"] == "material-refused"]
        assert ["server.key-mismatch"] == [one["code"] for one in refused]


def _leaf(own: Own) -> bytes | None:
    with Client(own.port, client_context(own.papers)) as client:
        return client.tls.getpeercert(binary_form=True)


def test_it_listens_on_both_kinds_of_addresses() -> None:
    """One port, IPv4 and IPv6."""
    with serving(listen=Listen(hosts=("127.0.0.1", "::1"))) as lab:
        for host in ("127.0.0.1", "::1"):
            with Client(lab.port, client_context(lab.papers), host=host) as client:
                assert (200, "nobody") == client.ask("/who")


def test_a_unix_socket_knows_its_user(tmp_path: Path) -> None:
    """Without TLS, for its owner alone; who asks is told by the kernel. It is gone when the server is."""
    path = tmp_path / "s"
    with serving(listen=Listen(hosts=(), unix=str(path))):
        assert 0o600 == path.stat().st_mode & 0o777
        with socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(10)
            asked.connect(str(path))
            asked.sendall(b"GET /who HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            got = b"".join(iter(lambda: asked.recv(4096), b""))
        assert got.endswith(b"\r\n\r\n" + str(os.getuid()).encode())
    assert not path.exists()


def test_only_a_dead_servers_socket_gives_way(tmp_path: Path) -> None:
    """A path where a server lives, or where a file lies, is refused."""
    dead, file, alive = (tmp_path / name for name in ("dead", "file", "alive"))
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(dead))
    file.write_text("kept")
    with serving(listen=Listen(hosts=(), unix=str(dead))):
        assert dead.exists()
    for path in (file, alive):
        with (
            serving(listen=Listen(hosts=(), unix=str(alive))),
            pytest.raises(CouldNotLookError, match=r"cannot-listen"),
        ):
            make_lab(listen=Listen(hosts=(), unix=str(path))).server.bind()
    assert "kept" == file.read_text()


def test_an_address_that_is_taken_is_named() -> None:
    """Before anything is served, with the reason; nothing stays bound."""
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        lab = make_lab(listen=Listen(port=port))
        with pytest.raises(CouldNotLookError, match=rf"127\.0\.0\.1:{port}.*in use"):
            lab.server.bind()


def test_it_runs_beside_others_in_threads() -> None:
    """Two servers in one process share nothing; each ends by itself."""
    with serving() as first:
        with serving() as second:
            assert "nobody" == comes_in(second.port, client_context(second.papers))
        assert "nobody" == comes_in(first.port, client_context(first.papers))
        with pytest.raises(ConnectionRefusedError):
            Client(second.port, client_context(second.papers))


def test_material_may_change_before_and_after_it_serves() -> None:
    """What is set before the start is what the start serves."""
    lab = make_lab()
    new = lab.papers.server_leaf()
    assert 0 == lab.change(chain=(new.value,), key=new.private_key)
    with lab.server.running(), Client(lab.port, client_context(lab.papers)) as client:
        assert new.value.der == client.tls.getpeercert(binary_form=True)
    assert 0 == lab.change(chain=(lab.papers.server.value,), key=lab.papers.server.private_key)
