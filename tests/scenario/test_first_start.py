"""The first start of a server, as a script meets it that reads what it prints."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from support.command import argv, run_warifu
from support.running import free_port, running


def test_who_reads_the_link_finds_somebody_listening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script signs in with it at once, and need not try twice."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    port, log = free_port(), tmp_path / "log"
    (tmp_path / "password").touch(0o600)
    (tmp_path / "password").write_text("correct horse battery staple\n")
    address = f"127.0.0.1:{port}"
    start = argv(
        "server", "--data", str(tmp_path / "data"), "--listen", address, "--address", f"https://{address}"
    )
    with running(start, log, ready=lambda: "warifu login '" in log.read_text()):
        socket.create_connection(("127.0.0.1", port), 1).close()
        link = log.read_text().partition("warifu login '")[2].partition("'")[0]
        ran = run_warifu("login", link, "--password-file", "password", folder=tmp_path, seconds=60)
    assert 0 == ran.code, ran.err
    assert "Signed in" in ran.out


def test_a_first_start_that_cannot_listen_tells_the_link_all_the_same(tmp_path: Path) -> None:
    """It is told once; started again elsewhere, the server is the same."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ran = run_warifu("server", "--data", "data", "--listen", address, folder=tmp_path, seconds=60)
    assert 5 == ran.code
    assert "warifu login '" in ran.out
    assert "in use" in ran.err
