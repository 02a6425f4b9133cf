"""TDS of SQL Server, with a server of our own that knows nothing of the probe (see `support.tds_server`)."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from support.pki import Entity
from support.probing import ask
from support.tds_server import ENCRYPT_NOT_SUP, ENCRYPT_ON, run_tds
from support.tls_server import run_s_server


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize(("room", "dribble"), [(4088, 0), (600, 0), (31, 7)])
def test_the_handshake_travels_in_packets(
    newest: ssl.TLSVersion, room: int, dribble: int, tmp_path: Path, web: Entity
) -> None:
    """However the server cuts its packets and segments, the chain is seen and both sides finish."""
    with run_tds(tmp_path, web, newest=newest, room=room, dribble=dribble) as (port, server):
        answer = ask(port, dialect="tds")
    assert ("", [web.value, *web.chain]) == (answer.refused, list(answer.chain))
    assert [""] == server.handshakes
    assert [ENCRYPT_ON] == server.asked


def test_client_identities_are_judged(tmp_path: Path, web: Entity, client: Entity, stranger: Entity) -> None:
    """The server's own client gets in; a stranger is told why not."""
    with run_tds(tmp_path, web, client_anchors=[web.root]) as (port, _):
        good = ask(port, dialect="tds", client=client, read=True)
        bad = ask(port, dialect="tds", client=stranger, read=True)
    assert ("", True) == (good.refused, good.heard)
    assert ("unknown-ca", True) == (bad.refused, bad.by_peer)


@pytest.mark.req("S1-06")
@pytest.mark.parametrize(("setting", "clear"), [("optional", True), ("forced", False)])
def test_a_login_in_clear_is_told_beside_the_chain(
    setting: str, clear: bool, tmp_path: Path, web: Entity
) -> None:
    """A second connection says that it cannot encrypt; a server that forces encryption ends it."""
    with run_tds(tmp_path, web, encryption=setting) as (port, server):
        answer = ask(port, dialect="tds", clear_text=True)
    assert (clear, [web.value, *web.chain]) == (answer.clear_text, list(answer.chain))
    assert [ENCRYPT_ON, ENCRYPT_NOT_SUP] == server.asked


def test_a_server_without_tls_is_named(tmp_path: Path) -> None:
    """And its logins are in clear."""
    with run_tds(tmp_path, None, encryption="absent") as (port, _):
        answer = ask(port, dialect="tds", clear_text=True)
    assert ("tds-without-tls", True) == (answer.refused, answer.clear_text)


def test_tds_8_begins_with_tls(tmp_path: Path, web: Entity) -> None:
    """Strict encryption: direct TLS, told by its ALPN word; without the word such a server says no."""
    with run_s_server(tmp_path, web, options=("-alpn", "tds/8.0", "-msg")) as port:
        answer = ask(port, dialect="tds8")
        log = tmp_path / "s_server.log"
        assert b"ALPN protocols advertised by the client: tds/8.0" in log.read_bytes()
    assert ("", [web.value, *web.chain]) == (answer.refused, list(answer.chain))
