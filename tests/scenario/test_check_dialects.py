"""`warifu check` of servers whose TLS begins in another protocol."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.command import run_warifu
from support.dialect_servers import run_dovecot, run_exim, run_mariadb, run_nats, run_slapd
from support.pki import Entity, make_ca
from support.postgresql import run_postgresql
from support.tds_server import run_tds
from support.tls_server import run_s_server

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = make_ca("Root", now=NOW)
MID = ROOT.intermediate("Mid", now=NOW)
WEB = MID.leaf("web.example", now=NOW)
OLD = MID.leaf("web.example", now=NOW, expired=True)


def check(folder: Path, *subjects: str) -> tuple[int, list[dict[str, Any]]]:
    (folder / "anchors.pem").write_bytes(ROOT.pem)
    arguments = ["check", *subjects, "--anchors", "anchors.pem", "--name", "web.example", "--json"]
    ran = run_warifu(*arguments, folder=folder, seconds=60)
    return ran.code, json.loads(ran.out)["subjects"] if ran.out else []


def told(subject: dict[str, Any]) -> tuple[list[str], bool | None, list[str], bool]:
    return (
        [one["sha256"] for one in subject["certificates"]],
        subject["clear_text"],
        [finding["code"] for finding in subject["findings"] if finding["severity"] == "error"],
        "clear-text-login" in [finding["code"] for finding in subject["findings"]],
    )


def chain_of(leaf: Entity) -> list[str]:
    return [one.fingerprint.hex for one in (leaf.value, *leaf.chain)]


@pytest.mark.req("S1-06")
@pytest.mark.parametrize("clear", [True, False])
def test_a_database_with_an_expired_certificate(clear: bool, tmp_path: Path) -> None:
    """SQL Server and PostgreSQL: expired, with the chain; and a login without TLS is told apart from it."""
    rule = "host all all 127.0.0.1/32 trust" if clear else "hostssl all all 127.0.0.1/32 trust"
    setting = "optional" if clear else "forced"
    with (
        run_tds(tmp_path / "tds", OLD, encryption=setting) as (tds, _),
        run_postgresql(tmp_path / "pg", OLD, hba=(rule,)) as server,
    ):
        addresses = f"tds://127.0.0.1:{tds}", f"postgresql://127.0.0.1:{server.port}"
        code, subjects = check(tmp_path, *addresses)
        shown = run_warifu("check", *addresses, "--anchors", "anchors.pem", folder=tmp_path, seconds=60).out
    assert 1 == code
    assert [2, 0][:: 1 if clear else -1] == [
        shown.count(line)
        for line in ("without TLS: logins are let in too\n", "without TLS: no login is let in\n")
    ]
    assert 2 == shown.count(": served chain, refused\n")
    assert 2 == shown.count("  2. CN=Mid, issued by CN=Root")
    for subject in subjects:
        chain, let_in, errors, warned = told(subject)
        assert chain_of(OLD) == chain
        assert "expired" in errors
        assert (clear, clear) == (let_in, warned)


@pytest.mark.parametrize(
    ("scheme", "serve"), [("smtp", run_exim), ("ldap", run_slapd), ("mysql", run_mariadb)]
)
def test_schemes_lead_to_the_chain(scheme: str, serve: Any, tmp_path: Path) -> None:
    """A scheme says how TLS begins where the port does not, and stands in the answer."""
    with serve(tmp_path / scheme, WEB) as port:
        code, (subject,) = check(tmp_path, f"{scheme}://127.0.0.1:{port}")
    assert (0, chain_of(WEB), []) == (code, told(subject)[0], told(subject)[2])
    assert f"{scheme}://127.0.0.1:{port}" == subject["subject"]


def test_several_dialects_in_one_run(tmp_path: Path) -> None:
    """Dovecot by two protocols and directly, NATS, and one that is asked for what it does not speak."""
    with (
        run_dovecot(tmp_path / "dovecot", WEB) as mail,
        run_nats(tmp_path / "nats", WEB) as nats,
        run_s_server(tmp_path / "web", WEB) as web,
    ):
        code, subjects = check(
            tmp_path,
            f"imap://127.0.0.1:{mail.imap}",
            f"pop3://127.0.0.1:{mail.pop3}",
            f"imaps://127.0.0.1:{mail.imaps}",
            f"nats://127.0.0.1:{nats}",
            f"tls://127.0.0.1:{web}",
            f"nats://127.0.0.1:{mail.imap}",
        )
    assert 5 == code
    assert [chain_of(WEB)] * 5 + [[]] == [told(subject)[0] for subject in subjects]
    assert [True, True, None, False, None, None] == [subject["clear_text"] for subject in subjects]
    assert "not NATS" in subjects[5]["problem"]


@pytest.mark.parametrize("subject", ["gopher://web.example:70", "smtp://:25", "smtp://web.example:99999"])
def test_what_is_no_address_is_told(subject: str, tmp_path: Path) -> None:
    """A scheme that is not known, and an address that is none: nothing is asked, exit code 2."""
    (tmp_path / "anchors.pem").write_bytes(ROOT.pem)
    ran = run_warifu("check", subject, "--anchors", "anchors.pem", folder=tmp_path, seconds=60)
    assert 2 == ran.code
    assert "smtp" in ran.err
