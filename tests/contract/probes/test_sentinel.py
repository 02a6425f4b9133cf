"""Sentinels against real acceptors: accepted, refused, or honestly not seen."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.pki import BOTH, DAY, NOW, Entity, make_ca
from support.postgresql import run_postgresql
from support.probing import identity_of
from support.running import free_port
from support.tls_server import run_s_server
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.probes.tls import TlsProber
from warifu.domain.trust.address import Address
from warifu.wire.evidence import Evidence, Outcome, Stage, Witness
from warifu.workflows.sentinel import Acceptor, witness_by_sentinels

LATER = NOW + (3650 * DAY)
OLD, NEW = make_ca("Old"), make_ca("New")


def sentinel(anchor: Entity) -> Entity:
    return anchor.leaf("sentinel.invalid", purposes=BOTH, end=LATER)


def look(port: int, *, dialect: str = "tls") -> dict[str, tuple[Outcome, str]]:
    """Show one sentinel beneath the old and one beneath the new anchor, of which only the new should be trusted."""
    names = {OLD.value.fingerprint.hex: "old", NEW.value.fingerprint.hex: "new"}
    found = witness_by_sentinels(
        Acceptor("slot", (Address("127.0.0.1", port),), dialect, times=2),
        {e.value.fingerprint.hex: identity_of(sentinel(e)) for e in (OLD, NEW)},
        [NEW.value.fingerprint.hex],
        prober=TlsProber(),
        via=LocalHost(),
        now=datetime.now(UTC),
        value_digest="d",
    )
    assert all(_is_proper(each) for each in found)
    return {names[each.detail["anchor"]]: (each.outcome, each.detail["answer"]) for each in found}


def _is_proper(each: Evidence) -> bool:
    return (Witness.SENTINEL, Stage.PROVEN, "slot", "d") == (
        each.witness,
        each.stage,
        each.slot,
        each.value_digest,
    )


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_new_anchor_in_and_old_one_out_is_proven(tmp_path: Path, web: Entity, version: str) -> None:
    """The acceptor has what it should: both sentinels say yes."""
    with run_s_server(tmp_path, web, versions=[version], verify=[NEW], required=True) as port:
        seen = look(port)
    assert {"new": (Outcome.YES, "accepted"), "old": (Outcome.YES, "refused")} == seen


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_old_anchor_still_loaded_is_seen(tmp_path: Path, web: Entity, version: str) -> None:
    """A reload that lied leaves the old anchor in: the old one's sentinel is accepted, which is a no."""
    with run_s_server(tmp_path, web, versions=[version], verify=[OLD], required=True) as port:
        seen = look(port)
    assert {"new": (Outcome.NO, "refused"), "old": (Outcome.NO, "accepted")} == seen


def test_acceptor_that_takes_anyone_proves_nothing(tmp_path: Path, web: Entity) -> None:
    """A server that lets a stranger through its handshake is no witness for any anchor."""
    with run_s_server(tmp_path, web, options=["-verify", "5"]) as port:
        seen = look(port)
    could_not = (Outcome.COULD_NOT_LOOK, "accepts-anyone")
    assert {"new": could_not, "old": could_not} == seen


def test_server_that_asks_for_no_certificate_proves_nothing(tmp_path: Path, web: Entity) -> None:
    """Where no client certificate is asked for, being let in says nothing."""
    with run_s_server(tmp_path, web) as port:
        seen = look(port)
    could_not = (Outcome.COULD_NOT_LOOK, "asks-for-no-certificate")
    assert {"new": could_not, "old": could_not} == seen


def test_nobody_there_is_not_a_refusal() -> None:
    """A refused TCP connection never counts as a refused sentinel."""
    seen = look(free_port())
    assert {Outcome.COULD_NOT_LOOK} == {outcome for outcome, _ in seen.values()}


def test_postgresql_is_an_acceptor(tmp_path: Path, web: Entity) -> None:
    """PostgreSQL judges client certificates in its handshake, after SSLRequest."""
    with run_postgresql(tmp_path / "pg", web, client_anchors=[NEW]) as server:
        seen = look(server.port, dialect="postgresql")
    assert {"new": (Outcome.YES, "accepted"), "old": (Outcome.YES, "refused")} == seen
