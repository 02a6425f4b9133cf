"""The demo's traffic program: what it logs, how steadily, and what is counted from it."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from demo.estate import Estate, OldPki, make_old_pki, write
from demo.figures import Figures, count
from demo.loading import fingerprints
from demo.pki import CLIENT, SERVER, new_root
from demo.shape import Identity, Link, Part, Shape

pytestmark = pytest.mark.enable_socket
PAIR = Shape(
    (
        Part("web", {"tls": Identity("web.localhost", SERVER)}, listen="tls"),
        Part(
            "api",
            {"tls": Identity("api.localhost", SERVER)},
            {"clients": False},
            listen="tls",
            clients="clients",
        ),
        Part(
            "app",
            {"me": Identity("app.localhost", CLIENT)},
            {"upstream": False},
            links=(Link("web"), Link("api", identity="me")),
        ),
    )
)


@pytest.fixture
def estate(tmp_path: Path) -> Iterator[Estate]:
    running = Estate(tmp_path / "estate", PAIR)
    running.write_files(pki := make_old_pki())
    (tmp_path / "estate" / "old.pem").write_bytes(pki.root.pem)
    PKIS[running.folder] = pki
    running.start()
    running.wait_until_busy()
    yield running
    running.stop()


PKIS: dict[Path, OldPki] = {}


def wait_until(estate: Estate, reached: Callable[[Figures], bool]) -> Figures:
    end = time.monotonic() + 20
    while not reached(figures := count(estate.logs)):
        assert time.monotonic() < end, f"waited 20 s in vain: {figures}"
        time.sleep(0.05)
    return figures


def test_every_connection_makes_twenty_a_second(estate: Estate) -> None:
    """Each connection makes at least 20 full handshakes a second, and none fails."""
    wait_until(estate, lambda f: min(each.handshakes for each in f.connections.values()) >= 60)
    figures = count(estate.logs)
    assert {"app-to-web", "app-to-api"} == set(figures.connections)
    assert 0 == figures.failed
    assert figures.slowest >= 20


def test_each_line_names_the_leaf_that_was_served(estate: Estate) -> None:
    """The log holds the SHA-256 of the leaf of each server, and times that are now."""
    figures = count(estate.logs)
    assert {name: {leaf} for name, leaf in estate.leaves().items()} == {
        name: set(each.leaves) for name, each in figures.connections.items()
    }
    assert datetime.now(UTC) - figures.connections["app-to-web"].last < timedelta(seconds=20)


def test_a_new_leaf_shows_beside_the_old_one(estate: Estate) -> None:
    """When a server takes up a new leaf, its connection shows both and loses nothing."""
    old = estate.leaves()["app-to-web"]
    leaf = PKIS[estate.folder].issuing.leaf("web.localhost", [SERVER])
    write(estate.slot("web", "tls") / "certificate.pem", leaf.fullchain)
    write(estate.slot("web", "tls") / "key.pem", leaf.key, mode=0o600)
    estate.reload("web")
    new = fingerprints(leaf.fullchain)[0]
    figures = wait_until(estate, lambda f: f.connections["app-to-web"].leaves[new] > 2)
    assert [old, new] == list(figures.connections["app-to-web"].leaves)
    assert 0 == figures.failed


def test_a_server_that_is_not_trusted_is_a_failure(estate: Estate) -> None:
    """A client that trusts another root fails on every connection, and the log says why."""
    write(estate.slot("app", "upstream") / "anchors.pem", new_root("Other").pem)
    estate.reload("app")
    figures = wait_until(estate, lambda f: all(each.failed > 2 for each in f.connections.values()))
    assert any("CERTIFICATE_VERIFY_FAILED" in error for error in figures.errors)


def test_a_refused_client_is_a_failure(estate: Estate) -> None:
    """A server that trusts other clients only refuses after TLS 1.3's handshake: it counts all the same."""
    write(estate.slot("api", "clients") / "anchors.pem", new_root("Other").pem)
    estate.reload("api")
    figures = wait_until(estate, lambda f: f.connections["app-to-api"].failed > 2)
    assert 0 == figures.connections["app-to-web"].failed


def test_a_wrong_name_is_a_failure(estate: Estate) -> None:
    """A good chain for another name is refused by the client."""
    leaf = PKIS[estate.folder].root.leaf("elsewhere.localhost", [SERVER])
    write(estate.slot("web", "tls") / "certificate.pem", leaf.fullchain)
    write(estate.slot("web", "tls") / "key.pem", leaf.key, mode=0o600)
    estate.reload("web")
    figures = wait_until(estate, lambda f: f.connections["app-to-web"].failed > 2)
    assert any("Hostname mismatch" in error for error in figures.errors)


def test_a_dead_server_is_a_failure(estate: Estate) -> None:
    """A refused TCP connection counts."""
    estate.signal("web", signal.SIGKILL)
    figures = wait_until(estate, lambda f: f.connections["app-to-web"].failed > 2)
    assert any("ConnectionRefused" in error for error in figures.errors)


def test_a_killed_client_leaves_a_log_that_counts(estate: Estate) -> None:
    """After SIGKILL every line that was written is whole."""
    wait_until(estate, lambda f: f.handshakes > 20)
    estate.signal("app", signal.SIGKILL)
    wait_until(estate, lambda _: estate.ended("app"))
    text = estate.log("app").read_text(encoding="utf-8")
    assert text.endswith("\n")
    assert len(text.splitlines()) == count(estate.logs).handshakes


def test_the_status_file_names_what_a_client_loaded(estate: Estate) -> None:
    """A client-only program tells its anchors and its own leaf by slot label."""
    pki, slot = PKIS[estate.folder], estate.slot("app", "me")
    status = json.loads(estate.status("app").read_text(encoding="utf-8"))
    leaf = fingerprints((slot / "certificate.pem").read_bytes())[0]
    assert {
        "me": {"leaf": leaf, "chain": []},
        "upstream": {"anchors": fingerprints(pki.root.pem)},
    } == status["slots"]


def test_figures_come_from_the_log_alone(tmp_path: Path) -> None:
    """Counting adds up lines by connection; a torn last line is left out."""
    log = tmp_path / "a.log"
    at = "2026-06-01T12:00:0{}.000000+00:00"
    log.write_text(
        f"{at.format(0)}\ta\taa\t-\n"
        f"{at.format(1)}\ta\tbb\t-\n"
        f"{at.format(2)}\ta\t-\trefused\n"
        f"{at.format(2)}\tb\tcc\t-\n"
        f"{at.format(3)}\tb\tcc",
        encoding="utf-8",
    )
    figures = count([log, tmp_path / "absent.log"])
    assert (4, 1) == (figures.handshakes, figures.failed)
    assert ["aa", "bb"] == list(figures.connections["a"].leaves)
    assert 1.0 == figures.connections["a"].rate
    assert {"refused": 1} == dict(figures.errors)
