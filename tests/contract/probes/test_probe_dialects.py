"""TLS that begins in another protocol, with real servers of each."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from support.dialect_servers import run_dovecot, run_exim, run_mariadb, run_nats, run_slapd
from support.pki import Entity
from support.postgresql import run_postgresql
from support.probing import ask


def chain_of(identity: Entity) -> list[object]:
    return [identity.value, *identity.chain]


SERVERS: dict[str, Callable[..., AbstractContextManager[int]]] = {
    "smtp": run_exim,
    "ldap": run_slapd,
    "mysql": run_mariadb,
    "nats": run_nats,
}


@pytest.mark.parametrize("dialect", SERVERS)
def test_the_chain_is_seen(dialect: str, tmp_path: Path, web: Entity) -> None:
    """A full handshake after the conversation in clear; without that conversation there is none."""
    with SERVERS[dialect](tmp_path / dialect, web) as port:
        seen = ask(port, dialect=dialect)
        direct = ask(port, seconds=2)
    assert ("", chain_of(web)) == (seen.refused, list(seen.chain))
    assert seen.protocol.startswith("TLSv1")
    assert direct.refused
    assert () == direct.chain


@pytest.mark.parametrize("dialect", SERVERS)
def test_a_server_without_tls_is_named(dialect: str, tmp_path: Path) -> None:
    """It is there and speaks the protocol, and has no TLS."""
    with SERVERS[dialect](tmp_path / dialect, None) as port:
        answer = ask(port, dialect=dialect)
    assert (f"{dialect}-without-tls", True, ()) == (answer.refused, answer.reached, answer.chain)


@pytest.mark.parametrize("dialect", ["ldap", "mysql", "nats"])
def test_client_identities_are_judged(
    dialect: str, tmp_path: Path, web: Entity, client: Entity, stranger: Entity
) -> None:
    """The server's own client gets in; a stranger does not."""
    with SERVERS[dialect](tmp_path / dialect, web, client_anchors=[web.root]) as port:
        good = ask(port, dialect=dialect, client=client, read=True)
        bad = ask(port, dialect=dialect, client=stranger, read=True)
    assert ("", chain_of(web)) == (good.refused, list(good.chain))
    assert good.ca_names is not None
    assert bad.refused != ""
    assert not bad.heard


def test_exim_judges_clients(tmp_path: Path, web: Entity, client: Entity, stranger: Entity) -> None:
    """Its own client gets through the handshake, and a stranger is refused."""
    with run_exim(tmp_path / "smtp", web, required=True) as port:
        good = ask(port, dialect="smtp", client=client, read=True)
        bad = ask(port, dialect="smtp", client=stranger, read=True)
    assert "" == good.refused
    assert bad.refused != ""


@pytest.mark.parametrize("plain", [True, False])
def test_dovecot_speaks_imap_and_pop3(plain: bool, tmp_path: Path, web: Entity) -> None:
    """STARTTLS of both and direct TLS show one chain, and whether a login in clear is let in is told."""
    with run_dovecot(tmp_path / "dovecot", web, plain=plain) as ports:
        seen = [
            ask(ports.imap, dialect="imap", host=ports.host),
            ask(ports.pop3, dialect="pop3", host=ports.host),
            ask(ports.imaps, host=ports.host),
        ]
    assert [("", chain_of(web))] * 3 == [(one.refused, list(one.chain)) for one in seen]
    assert [plain, plain, None] == [one.clear_text for one in seen]


def test_dovecot_without_tls_is_named(tmp_path: Path) -> None:
    """Neither of its protocols offers TLS then."""
    with run_dovecot(tmp_path / "dovecot", None) as ports:
        found = [ask(ports.imap, dialect="imap").refused, ask(ports.pop3, dialect="pop3").refused]
    assert ["imap-without-tls", "pop3-without-tls"] == found


@pytest.mark.parametrize("auth", [True, False])
def test_smtp_tells_of_logins_in_clear(auth: bool, tmp_path: Path, web: Entity) -> None:
    """AUTH before STARTTLS is a login in clear."""
    with run_exim(tmp_path / "smtp", web, auth=auth) as port:
        assert auth is ask(port, dialect="smtp").clear_text


@pytest.mark.parametrize("optional", [True, False])
def test_nats_tells_whether_tls_is_required(optional: bool, tmp_path: Path, web: Entity) -> None:
    """A server that lets clients stay without TLS says so before they choose."""
    with run_nats(tmp_path / "nats", web, optional=optional) as port:
        answer = ask(port, dialect="nats")
    assert (optional, chain_of(web)) == (answer.clear_text, list(answer.chain))


@pytest.mark.parametrize(
    ("line", "clear"),
    [
        ("hostssl all all 127.0.0.1/32 trust", False),
        ("host all all 127.0.0.1/32 trust", True),
        ("host all all 127.0.0.1/32 scram-sha-256", True),
        ("host all all 127.0.0.1/32 reject", False),
    ],
)
@pytest.mark.req("S1-06")
def test_postgresql_tells_whether_a_login_in_clear_is_let_in(
    line: str, clear: bool, tmp_path: Path, web: Entity
) -> None:
    """The database's certificate chain, and beside it what pg_hba.conf lets in without TLS."""
    with run_postgresql(tmp_path / "pg", web, hba=(line,)) as server:
        unasked = ask(server.port, dialect="postgresql")
        answer = ask(server.port, dialect="postgresql", clear_text=True)
        assert "1" == server.query("SELECT 1")
    assert None is unasked.clear_text
    assert (clear, chain_of(web)) == (answer.clear_text, list(answer.chain))


def test_postgresql_errors_do_not_hang_on_their_language(tmp_path: Path, web: Entity) -> None:
    """What is read of an error is its routine: every locale that the machine has says the same."""
    settings = {"lc_messages": "'C.UTF-8'"} if shutil.which("locale") else {}
    with run_postgresql(tmp_path / "pg", web, settings=settings) as server:
        assert False is ask(server.port, dialect="postgresql", clear_text=True).clear_text
