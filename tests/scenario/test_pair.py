"""`warifu pair` as a person runs it: files of two appliances, and real servers that verify who calls."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.command import Ran, run_warifu
from support.pki import BOTH, CLIENT, DAY, SERVER, Entity, make_ca
from support.tls_server import run_s_server
from support.usages import key_usage
from warifu.domain.x509 import to_pem

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = make_ca("Root-CA", now=NOW)
FIRST = ROOT.intermediate("Inter-CA1", now=NOW)
SECOND = ROOT.intermediate("Inter-CA2", now=NOW)
USES = key_usage("digital_signature", "key_encipherment")


def appliance(name: str, issuer: Entity = FIRST, **options: Any) -> Entity:
    return issuer.leaf(name, **{"now": NOW, "purposes": BOTH, "usage": USES, **options})


SOURCE, TARGET = appliance("oment-310.example"), appliance("oment-400.example")


def write(folder: Path, name: str, entity: Entity, *, key: bool = False) -> str:
    """Write a whole chain, root last, as these appliances want it."""
    chain = to_pem([entity.value, *(one.value for one in entity.above)])
    (folder / name).write_bytes(chain + (entity.key_pem if key else b""))
    (folder / name).chmod(0o600)
    return name


def pair(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    ran: Ran = run_warifu("pair", *arguments, "--json", folder=folder, seconds=90)
    assert ran.out, ran.err
    return ran.code, json.loads(ran.out)


def codes(findings: list[dict[str, Any]], severity: str = "error") -> set[str]:
    return {one["code"] for one in findings if one["severity"] == severity}


OME = ("--profile", "dell-ome-migration")


@pytest.mark.req("S4-03", "S4-56", "S4-28")
def test_two_appliances_beneath_one_ca_are_a_pair(tmp_path: Path) -> None:
    """Both verdicts are valid, and the table shows the chains side by side."""
    a, b = write(tmp_path, "a.pem", SOURCE), write(tmp_path, "b.pem", TARGET)
    code, seen = pair(tmp_path, a, b, *OME)
    assert (0, "valid", "valid") == (code, seen["standard"], seen["target"]["verdict"])
    assert ["mutual", "mutual"] == [one["standard"] for one in seen["connections"]]
    told = run_warifu("pair", a, b, *OME, folder=tmp_path, seconds=60).out
    assert [line.split() for line in told.splitlines() if line.count("Inter-CA1") == 2][:2] == [
        ["oment-310.example", "Inter-CA1", "oment-400.example", "Inter-CA1"],
        ["Inter-CA1", "Root-CA", "Inter-CA1", "Root-CA"],
    ]


@pytest.mark.req("S4-57", "S4-58", "S4-55")
def test_the_same_root_with_another_intermediate_is_valid_by_path_and_refused_by_the_target(
    tmp_path: Path,
) -> None:
    """The standard verdict and the vendor's stand side by side, with what differs and what does not."""
    a, b = write(tmp_path, "a.pem", SOURCE), write(tmp_path, "b.pem", appliance("oment-400.example", SECOND))
    code, seen = pair(tmp_path, a, b, *OME)
    assert (1, "valid", "invalid") == (code, seen["standard"], seen["target"]["verdict"])
    (told,) = [one for one in seen["findings"] if one["code"] == "issuers-differ"]
    assert "Inter-CA1 here, CN=Inter-CA2 there (the same on both sides: CN=Root-CA)" in told["title"]
    assert "both certificates issued by one CA" in told["remedy"]
    assert set() == codes(told_looks(seen))


def told_looks(seen: dict[str, Any]) -> list[dict[str, Any]]:
    return [finding for look in seen["looks"] for finding in look["findings"]]


def test_cas_of_one_name_and_two_keys_are_told_as_that(tmp_path: Path) -> None:
    """A comparison by name passes, the handshake fails: the target is invalid; no root is told that it did not sign itself."""
    twin = make_ca("Root-CA", now=NOW).intermediate("Inter-CA1", now=NOW)
    a, b = write(tmp_path, "a.pem", SOURCE), write(tmp_path, "b.pem", appliance("oment-400.example", twin))
    code, seen = pair(tmp_path, a, b, *OME)
    assert (1, "invalid", "invalid") == (code, seen["standard"], seen["target"]["verdict"])
    assert {"issuers-alike"} == codes(seen["findings"])
    assert {"self-signed-not-trusted", "issuer-namesake"} == codes(told_looks(seen))
    roots = ROOT.pem + twin.root.pem
    (tmp_path / "both.pem").write_bytes(roots)
    code, seen = pair(tmp_path, a, b, *OME, "--trust-a", "both.pem", "--trust-b", "both.pem")
    assert (0, "valid", "valid") == (code, seen["standard"], seen["target"]["verdict"])
    assert {"issuers-alike"} == codes(seen["findings"], "warning")
    assert "issuers-alike" in codes(pair(tmp_path, a, b)[1]["findings"])


@pytest.mark.req("S4-04", "S4-07", "S4-23")
def test_without_a_chain_nothing_is_trusted(tmp_path: Path) -> None:
    """An end whose file brings no root trusts nobody: fail closed, and the anchors of both are shown."""
    a = write(tmp_path, "a.pem", SOURCE)
    (tmp_path / "b.pem").write_bytes(TARGET.pem)
    code, seen = pair(tmp_path, a, "b.pem", *OME)
    assert (1, "invalid", "invalid") == (code, seen["standard"], seen["target"]["verdict"])
    assert "root-not-sent" in codes(
        seen["target"]["ends"][1]["findings"]
    )  # a migration is not begun like that
    assert [[ROOT.value.fingerprint.hex], []] == [end["anchors"] for end in seen["ends"]]
    assert {"none"} == {one["standard"] for one in seen["connections"]}


@pytest.mark.req("S4-60")
def test_a_chain_that_is_too_deep_is_refused_by_the_target(tmp_path: Path) -> None:
    """Eleven certificates at one end: the limit of ten is named there, and not at the other."""
    issuer = FIRST
    for number in range(8):
        issuer = issuer.intermediate(f"Deep{number}", now=NOW)
    a, b = write(tmp_path, "a.pem", appliance("a.example", issuer)), write(tmp_path, "b.pem", TARGET)
    code, seen = pair(tmp_path, a, b, *OME)
    assert (1, "invalid") == (code, seen["target"]["verdict"])
    (told,) = [one for one in seen["target"]["ends"][0]["findings"] if one["code"] == "chain-too-deep"]
    assert ("11", "10") == (str(told["evidence"]["found"]), str(told["evidence"]["limit"]))
    assert "chain-too-deep" not in codes(seen["target"]["ends"][1]["findings"])


@pytest.mark.req("S4-59")
def test_each_end_judges_by_its_own_clock(tmp_path: Path) -> None:
    """Two years ahead, B refuses A's certificate; A, in the present, goes on accepting B's."""
    a, b = write(tmp_path, "a.pem", SOURCE), write(tmp_path, "b.pem", TARGET)
    code, seen = pair(tmp_path, a, b, "--clock-b", (NOW + 730 * DAY).isoformat())
    assert 1 == code
    refused = {
        (look["presenter"], look["acceptor"]) for look in seen["looks"] if look["outcome"] == "refused"
    }
    assert {("a.pem", "b.pem")} == refused
    assert {"clock-skewed"} == codes(seen["findings"], "warning")


@pytest.mark.req("S4-06", "S4-05")
def test_a_client_that_the_server_refuses_is_one_way_only_on_the_wire(tmp_path: Path) -> None:
    """Real handshakes: the server is accepted, its alert says that the client is not; plain TLS shows apart."""
    stranger = make_ca("Elsewhere", now=NOW).leaf("stranger.example", now=NOW, purposes=CLIENT)
    called = FIRST.leaf("localhost", now=NOW, purposes=SERVER)
    trust = ("--trust-a", "root.pem")
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    with run_s_server(tmp_path / "server", called, verify=(ROOT,), required=True) as port:
        good = write(tmp_path, "good.pem", SOURCE, key=True)
        code, seen = pair(tmp_path, good, f"localhost:{port}", "--live", *trust, "--trust-b", "root.pem")
        (live,) = seen["live"]
        assert ("mutual", None) == (live["outcome"], live["refused"])
        bad = write(tmp_path, "bad.pem", stranger, key=True)
        code, seen = pair(tmp_path, bad, f"localhost:{port}", "--live", *trust, "--trust-b", "root.pem")
        (live,) = seen["live"]
        assert (1, "one-way", True) == (code, live["outcome"], live["refused_by_server"])
        assert "accepted" == live["client_judges"]["outcome"]  # the one-way part holds
        assert ["one-way", "none"] == [one["standard"] for one in seen["connections"]]
        told = run_warifu("pair", bad, f"localhost:{port}", "--live", *trust, "--trust-b", "root.pem", folder=tmp_path,
                          seconds=60).out  # fmt: skip
        shown = told[told.index("Handshake, ") :]
        assert f"bad.pem calls localhost:{port}: one-way only: the client is refused" in shown
        assert f"bad.pem judges localhost:{port} as a server: accepted" in shown  # one-way TLS, by itself
    with run_s_server(tmp_path / "open", called) as port:
        code, seen = pair(tmp_path, good, f"localhost:{port}", "--live", *trust, "--trust-b", "root.pem")
        (live,) = seen["live"]
        assert ("one-way", False) == (live["outcome"], live["client_certificate_asked"])
        told = run_warifu("pair", good, f"localhost:{port}", "--live", *trust, "--trust-b", "root.pem", folder=tmp_path,
                          seconds=60).out  # fmt: skip
        assert f"calls localhost:{port}: one-way: the client accepts the server" in told


def test_both_ways_are_called_where_both_are_addresses(tmp_path: Path) -> None:
    """Each is called with the identity given for the other; a client that refuses the server is told as such."""
    a = write(tmp_path, "a.pem", SOURCE, key=True)
    b = write(tmp_path, "b.pem", TARGET, key=True)
    called = FIRST.leaf("localhost", now=NOW, purposes=BOTH)
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    (tmp_path / "other.pem").write_bytes(make_ca("Other", now=NOW).pem)
    with (
        run_s_server(tmp_path / "one", called, verify=(ROOT,), required=True) as one,
        run_s_server(tmp_path / "two", called, verify=(ROOT,), required=True) as two,
    ):
        ends = (f"localhost:{one}", f"localhost:{two}", "--live", "--identity-a", a, "--identity-b", b)
        code, seen = pair(tmp_path, *ends, "--trust-a", "root.pem", "--trust-b", "root.pem")
        assert (0, ["mutual", "mutual"]) == (code, [live["outcome"] for live in seen["live"]])
        code, seen = pair(tmp_path, *ends, "--trust-a", "other.pem", "--trust-b", "root.pem")
        assert (1, ["none", "mutual"]) == (code, [live["outcome"] for live in seen["live"]])
        told = run_warifu("pair", *ends, "--trust-a", "root.pem", "--trust-b", "root.pem", "--lang", "ja",
                          folder=tmp_path, seconds=60)  # fmt: skip
        assert "受け入れました" in told.out


def test_who_calls_is_judged_by_the_identity_it_calls_with(tmp_path: Path) -> None:
    """An expired identity beside a good address: that end cannot call, on paper and on the wire; it can be called."""
    old = write(
        tmp_path, "old.pem", FIRST.leaf("caller.example", now=NOW, expired=True, purposes=BOTH), key=True
    )
    b = write(tmp_path, "b.pem", TARGET, key=True)
    called = FIRST.leaf("localhost", now=NOW, purposes=BOTH)
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    with (
        run_s_server(tmp_path / "one", called, verify=(ROOT,), required=True) as one,
        run_s_server(tmp_path / "two", called, verify=(ROOT,), required=True) as two,
    ):
        ends = (f"localhost:{one}", f"localhost:{two}", "--live", "--identity-a", old, "--identity-b", b)
        code, seen = pair(tmp_path, *ends, "--trust-a", "root.pem", "--trust-b", "root.pem")
    assert (1, "invalid") == (code, seen["standard"])
    assert ["one-way", "mutual"] == [one["standard"] for one in seen["connections"]]
    assert ["one-way", "mutual"] == [live["outcome"] for live in seen["live"]]
    (expired,) = [finding for finding in told_looks(seen) if finding["code"] == "expired"]
    assert "caller.example" in expired["title"]


def test_what_cannot_be_a_pair_is_refused(tmp_path: Path) -> None:
    """One end twice, a file without certificates, no key to call with, nobody to call."""
    a, b = write(tmp_path, "a.pem", SOURCE), write(tmp_path, "b.pem", TARGET)
    (tmp_path / "empty.pem").write_bytes(b"")

    def refused(*arguments: str) -> tuple[int, str]:
        ran = run_warifu("pair", *arguments, folder=tmp_path, seconds=60)
        return ran.code, ran.err

    assert (2, True) == (refused(a, a)[0], "two ends" in refused(a, a)[1])
    assert 2 == refused(a, "empty.pem")[0]
    assert 2 == refused(a, b, "--live")[0]
    assert 2 == refused(a, b, "--trust-a", "empty.pem")[0]
    called = FIRST.leaf("localhost", now=NOW)
    with run_s_server(tmp_path / "server", called) as port:
        code, said = refused(a, f"localhost:{port}", "--live")
        assert (2, True) == (code, "--identity-a" in said)


def test_what_a_trust_store_lost_is_told(tmp_path: Path) -> None:
    """A cut anchor may be the one that is missed: it is named beside the verdict."""
    a, b = write(tmp_path, "a.pem", SOURCE), write(tmp_path, "b.pem", TARGET)
    other = make_ca("Other", now=NOW)
    (tmp_path / "store.pem").write_bytes(other.pem + ROOT.pem[:-60])
    code, seen = pair(tmp_path, a, b, "--trust-a", "store.pem", "--trust-b", a)
    assert (1, True) == (code, "truncated" in codes(seen["findings"]))
    assert ["store.pem"] == [one["subject"] for one in seen["findings"] if one["code"] == "truncated"]
