"""PostgreSQL's SSLRequest with a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.pki import Entity
from support.postgresql import run_postgresql
from support.probing import ask


def test_chain_and_client_judgement_are_seen(
    tmp_path: Path, web: Entity, client: Entity, stranger: Entity
) -> None:
    """The served chain, the offered CA names, and whether a client certificate is accepted."""
    with run_postgresql(tmp_path / "pg", web, client_anchors=[web.root]) as server:
        plain = ask(server.port, dialect="postgresql", read=True)
        good = ask(server.port, dialect="postgresql", client=client, read=True)
        bad = ask(server.port, dialect="postgresql", client=stranger, read=True)
        direct = ask(server.port, seconds=3)
    assert [web.value, *web.chain] == list(plain.chain)
    assert (web.root.cert.subject.public_bytes(),) == plain.ca_names
    assert ["", "", "unknown-ca"] == [plain.refused, good.refused, bad.refused]
    assert [True, True, False] == [plain.heard, good.heard, bad.heard]
    assert direct.refused != ""


def test_server_without_tls_is_named(tmp_path: Path) -> None:
    """A cluster with `ssl = off` answers N."""
    with run_postgresql(tmp_path / "pg", None) as server:
        assert "postgresql-without-tls" == ask(server.port, dialect="postgresql").refused


@pytest.mark.parametrize("query", ["SELECT 1"])
def test_server_of_the_builder_answers(tmp_path: Path, web: Entity, query: str) -> None:
    """The builder's own way in works: other suites rely on it."""
    with run_postgresql(tmp_path / "pg", web) as server:
        assert "1" == server.query(query)
        assert server.user != "root"
