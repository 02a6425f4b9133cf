"""Certificate, CAs and CRLs of a running server are replaced; whoever is let in no more loses every door.

| | new connection | saved session | open keep-alive | open stream |
|---|---|---|---|---|
| CA removed | refused | refused | cut | cut |
| revoked, OpenSSL looks too | refused | refused | cut | cut |
| revoked, only we look | refused | refused | cut | cut |
| node barred | refused | refused | cut | cut |

Each over TLS 1.2 and TLS 1.3; who is not meant stays connected. A new certificate and an added CA hold at once.
"""

from __future__ import annotations

import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPException
from pathlib import Path

import pytest

from support.pki import DAY, make_ca
from support.running import need_program, wait_until
from support.serving import (
    TLS12,
    TLS13,
    VERSIONS,
    Client,
    Lab,
    Papers,
    client_context,
    comes_in,
    node_leaf,
    person_leaf,
    real_now,
    serving,
)
from warifu.apps.server.limits import Limits
from warifu.apps.server.material import TlsMaterial
from warifu.apps.server.metrics import HANDSHAKES
from warifu.errors import RefusedError

IN_TIME = 1.0
"""Seconds in which the issue wants every door shut."""


@pytest.fixture(scope="module")
def papers() -> Papers:
    return Papers()


@pytest.fixture
def lab(papers: Papers) -> Iterator[Lab]:
    with serving(papers=papers) as running:
        yield running


def remove_ca(present: TlsMaterial, papers: Papers) -> TlsMaterial:
    return replace(present, agents=())


def revoke(present: TlsMaterial, papers: Papers) -> TlsMaterial:
    now = real_now()
    crl = papers.agents.crl([papers.node], start=now - DAY, end=now + DAY)
    return replace(present, people=(), crls=(crl,))


def revoke_beside(present: TlsMaterial, papers: Papers) -> TlsMaterial:
    """The people's CA has no CRL: OpenSSL cannot be asked to look. An expired CRL revokes all the same."""
    now = real_now()
    crl = papers.agents.crl([papers.node], start=now - 2 * DAY, end=now - DAY)
    return replace(present, crls=(crl,))


def bar(present: TlsMaterial, papers: Papers) -> TlsMaterial:
    return replace(present, barred=frozenset({"web-1"}))


LOSSES = [remove_ca, revoke, revoke_beside, bar]
Loss = Callable[[TlsMaterial, Papers], TlsMaterial]


def lose(lab: Lab, loss: Loss) -> int:
    return lab.server.use(lambda present: loss(present, lab.papers))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_a_new_connection_is_refused(lab: Lab, version: ssl.TLSVersion, loss: Loss) -> None:
    """Whoever came in before is refused from the next handshake on."""
    context = client_context(lab.papers, lab.papers.node, version)
    assert "web-1" == comes_in(lab.port, context)
    lose(lab, loss)
    assert "" == comes_in(lab.port, context)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_handshake_itself_fails(lab: Lab, loss: Loss) -> None:
    """Over TLS 1.2 a client knows before it has asked anything (TLS 1.3 tells it at its first read)."""
    context = client_context(lab.papers, lab.papers.node, TLS12)
    lose(lab, loss)
    with pytest.raises(OSError, match=r"EOF|reset|alert|unknown ca|revoked"):
        Client(lab.port, context)
    outcomes = {"remove_ca": "tls", "revoke": "tls", "revoke_beside": "revoked", "bar": "barred"}
    assert 1 == lab.base.metrics.of(HANDSHAKES, outcomes[loss.__name__])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_a_handshake_begun_before_the_change_is_judged_behind_it(
    lab: Lab, version: ssl.TLSVersion, loss: Loss
) -> None:
    """A connection that was accepted by what held before does not slip through."""
    context = client_context(lab.papers, lab.papers.node, version)
    with Client(lab.port, None) as early:
        assert "web-1" == comes_in(lab.port, context)  # accepted later, so the early one is accepted by now
        lose(lab, loss)
        answer = ""
        with suppress(OSError, HTTPException):
            early.socket = context.wrap_socket(early.socket, server_hostname="localhost")
            answer = early.ask("/who")[1]
        assert "" == answer
        wait_until(lambda: lab.server.nodes == frozenset(), "the node to be gone")


@pytest.mark.parametrize("loss", LOSSES)
def test_a_saved_session_is_refused(lab: Lab, loss: Loss) -> None:
    """A session of TLS 1.2 that was resumable until then opens nothing any more."""
    context = client_context(lab.papers, lab.papers.node, TLS12)
    with Client(lab.port, context) as first:
        first.ask("/who")
        session = first.tls.session
    with Client(lab.port, context, session=session) as again:
        assert (200, "web-1") == again.ask("/who")
        assert again.tls.session_reused
    lose(lab, loss)
    assert "" == comes_in(lab.port, context, session)


def test_tls_13_gives_no_ticket(lab: Lab) -> None:
    """There is no session of TLS 1.3 that anybody could come back with."""
    with Client(lab.port, client_context(lab.papers, lab.papers.node, TLS13)) as client:
        client.ask("/who")
        session = client.tls.session
        assert session is None or not session.has_ticket


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_an_open_connection_is_cut(lab: Lab, version: ssl.TLSVersion, loss: Loss) -> None:
    """A kept-alive connection ends within a second, and answers nothing more."""
    with Client(lab.port, client_context(lab.papers, lab.papers.node, version)) as client:
        assert (200, "web-1") == client.ask("/who")
        began = time.monotonic()
        assert 1 == lose(lab, loss)
        assert client.ends(IN_TIME)
        assert time.monotonic() - began < IN_TIME


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_an_open_stream_is_cut(lab: Lab, version: ssl.TLSVersion, loss: Loss) -> None:
    """A stream ends within a second, though nothing was to be sent on it."""
    with Client(lab.port, client_context(lab.papers, lab.papers.node, version)) as client:
        client.send("/stream")
        assert b"event: now" in client.answer().read1()
        began = time.monotonic()
        assert 1 == lose(lab, loss)
        assert client.ends(IN_TIME)
        assert time.monotonic() - began < IN_TIME


@pytest.mark.parametrize("loss", [remove_ca, revoke_beside, bar])
def test_nobody_else_is_cut(lab: Lab, loss: Loss) -> None:
    """A person, another node where only one is meant, and whoever showed no certificate stay connected."""
    other = node_leaf(lab.papers.agents, "web-2")
    staying = [lab.papers.person, None] + ([] if loss is remove_ca else [other])
    clients = [Client(lab.port, client_context(lab.papers, identity)) for identity in staying]
    with Client(lab.port, client_context(lab.papers, lab.papers.node)) as gone:
        before = [client.ask("/who") for client in clients]
        gone.ask("/who")
        lose(lab, loss)
        assert before == [client.ask("/who") for client in clients]
        assert gone.ends(IN_TIME)
    for client in clients:
        client.socket.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_new_certificate_is_served_at_once(lab: Lab, version: ssl.TLSVersion) -> None:
    """The next handshake shows it; a connection that is open goes on."""
    context = client_context(lab.papers, None, version)
    new = lab.papers.server_leaf()
    with Client(lab.port, context) as open_before:
        open_before.ask("/who")
        lab.change(chain=(new.value,), key=new.private_key)
        with Client(lab.port, context) as client:
            assert new.value.der == client.tls.getpeercert(binary_form=True)
        assert (200, "nobody") == open_before.ask("/who")


@pytest.mark.parametrize("version", VERSIONS)
def test_an_added_ca_is_believed_at_once(lab: Lab, version: ssl.TLSVersion) -> None:
    """Who was refused for its CA comes in once that was added."""
    added = make_ca("Agents 2", now=real_now(), path_length=0)
    context = client_context(lab.papers, node_leaf(added, "db-1"), version)
    assert "" == comes_in(lab.port, context)
    lab.change(agents=(lab.papers.agents.value, added.value))
    assert "db-1" == comes_in(lab.port, context)


def test_only_the_agents_ca_names_nodes(lab: Lab) -> None:
    """A person's CA that writes a node's name into a certificate makes no node of it."""
    pretender = node_leaf(lab.papers.people, "web-1")
    assert "CN=web-1" == comes_in(lab.port, client_context(lab.papers, pretender))
    with Client(lab.port, client_context(lab.papers, pretender)) as client:
        assert "server.no-certificate" == client.problem("/nodes-only")["code"]


def test_a_ca_that_names_nodes_no_more_ends_their_connections(lab: Lab) -> None:
    """Its identities come back as what they are now: certificates of somebody."""
    context = client_context(lab.papers, lab.papers.node)
    with Client(lab.port, context) as client:
        assert (200, "web-1") == client.ask("/who")
        lab.change(agents=(), people=(lab.papers.people.value, lab.papers.agents.value))
        assert client.ends(IN_TIME)
    assert "CN=web-1" == comes_in(lab.port, context)


@pytest.mark.parametrize("version", VERSIONS)
def test_who_stands_below_another_ca_needs_no_crl_of_it(lab: Lab, version: ssl.TLSVersion) -> None:
    """Every anchor has its CRL, a CA beneath one of them has none: whoever it signed comes in all the same."""
    now = real_now()
    person = person_leaf(lab.papers.people.intermediate("People, Tokyo", now=now), "Sato")
    lab.change(
        crls=tuple(
            ca.crl([], start=now - DAY, end=now + DAY) for ca in (lab.papers.people, lab.papers.agents)
        )
    )
    assert "CN=Sato" == comes_in(lab.port, client_context(lab.papers, person, version))


@pytest.mark.parametrize("version", VERSIONS)
def test_strangers_are_refused_and_nobody_may_come(lab: Lab, version: ssl.TLSVersion) -> None:
    """A certificate of an unknown CA, or one that is expired, is worse than none."""
    stranger = node_leaf(make_ca("Agents", now=real_now()), "web-1")
    late = person_leaf(lab.papers.people, "Ito", start=real_now() - 2 * DAY, end=real_now() - DAY)
    found = [comes_in(lab.port, client_context(lab.papers, who, version)) for who in (stranger, late, None)]
    assert ["", "", "nobody"] == found


def test_an_open_connection_ends_with_its_certificate(papers: Papers) -> None:
    """An identity that expires while its connection is open is let in no longer."""
    short = node_leaf(papers.agents, "web-9", end=real_now() + timedelta(seconds=2))
    with serving(papers=papers) as lab, Client(lab.port, client_context(papers, short)) as client:
        assert (200, "web-9") == client.ask("/who")
        assert client.ends(20)


def test_an_intermediate_that_is_revoked_takes_everybody_beneath_along(papers: Papers) -> None:
    """A CRL of the root says something of a CA beneath it."""
    between = papers.people.intermediate("People, Tokyo", now=real_now())
    person = person_leaf(between, "Sato")
    with serving(papers=papers) as lab:
        context = client_context(papers, person)
        with Client(lab.port, context) as client:
            assert (200, "CN=Sato") == client.ask("/who")
            now = real_now()
            lab.change(crls=(papers.people.crl([between], start=now - DAY, end=now + DAY),))
            assert client.ends(IN_TIME)
        assert "" == comes_in(lab.port, context)


def test_an_expired_certificate_of_the_server_is_served(papers: Papers) -> None:
    """Signed trust is read over it, which is how an estate heals."""
    old = papers.server_leaf(start=real_now() - 2 * DAY, end=real_now() - DAY)
    with serving(papers=papers) as lab:
        lab.change(chain=(old.value,), key=old.private_key)
        context = client_context(papers)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        assert "nobody" == comes_in(lab.port, context)


def test_unusable_material_changes_nothing(lab: Lab) -> None:
    """A key of another certificate is refused by name, and what was served before stays."""
    with pytest.raises(RefusedError, match=r"server\.key-mismatch"):
        lab.change(key=lab.papers.person.private_key)
    assert "web-1" == comes_in(lab.port, client_context(lab.papers, lab.papers.node))


def test_a_crl_that_ends_shuts_nobody_out(papers: Papers) -> None:
    """OpenSSL refuses everybody once a CRL has ended; it is asked no more before anybody notices."""
    now = real_now()
    crl = papers.agents.crl([], start=now - DAY, end=now + timedelta(seconds=2))
    with serving(papers=papers) as lab:
        lab.change(people=(), crls=(crl,))
        context = client_context(papers, papers.node)
        until = time.monotonic() + 20
        seen: list[str] = []
        while time.monotonic() < until and not (seen and real_now() > now + timedelta(seconds=9)):
            seen.append(comes_in(lab.port, context))
            time.sleep(0.2)
        assert "web-1" == seen[-1]


@pytest.mark.parametrize("option", ["-tls1_2", "-tls1_3"])
@pytest.mark.parametrize("loss", LOSSES)
def test_openssl_is_refused(lab: Lab, tmp_path: Path, option: str, loss: Loss) -> None:
    """`openssl s_client` gets an answer before, and none after."""
    program = need_program("openssl", "openssl")
    (tmp_path / "node.pem").write_bytes(lab.papers.node.fullchain_pem + lab.papers.node.key_pem)
    (tmp_path / "ca.pem").write_bytes(lab.papers.servers.pem)
    argv = [
        program,
        "s_client",
        option,
        "-connect",
        f"127.0.0.1:{lab.port}",
        "-CAfile",
        str(tmp_path / "ca.pem"),
    ]
    argv += [
        "-cert",
        str(tmp_path / "node.pem"),
        "-quiet",
        "-verify_return_error",
        "-servername",
        "localhost",
    ]
    asked = b"GET /who HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    def ask() -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(argv, input=asked, capture_output=True, timeout=20, check=False)

    assert ask().stdout.endswith(b"web-1")
    lose(lab, loss)
    refused = ask()
    assert b"200 OK" not in refused.stdout
    if loss is revoke:
        assert b"certificate revoked" in refused.stderr


def test_what_is_older_than_tls_12_is_refused(lab: Lab) -> None:
    """TLS 1.1 gets no handshake."""
    context = client_context(lab.papers)
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    assert "" == comes_in(lab.port, context)


def test_a_connection_that_never_begins_tls_is_ended() -> None:
    """Nobody holds a connection by saying nothing, nor by plain HTTP."""
    with serving(limits=Limits(handshake=1)) as lab:
        silent = socket.create_connection(("127.0.0.1", lab.port), 10)
        with silent:
            silent.settimeout(10)
            assert b"" == silent.recv(1)
