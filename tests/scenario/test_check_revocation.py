"""`warifu check` with CRLs and OCSP responses at hand; OCSP responses are made by openssl's own responder."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.command import Ran, run_warifu
from support.pki import Entity, make_ca
from support.running import need_program

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = make_ca("Root", now=NOW)
MID = ROOT.intermediate("Mid", now=NOW)
WEB = MID.leaf("web.example", now=NOW)
GONE = MID.leaf("gone.example", now=NOW)


def check(folder: Path, *arguments: str) -> tuple[int, list[str]]:
    ran: Ran = run_warifu("check", "--anchors", "root.pem", *arguments, "--json", folder=folder, seconds=60)
    if ran.code == 2:
        return ran.code, [json.loads(ran.err)["error"]["code"]]
    document: dict[str, Any] = json.loads(ran.out)
    (subject,) = document["subjects"]
    return ran.code, [one["code"] for one in subject["findings"] if one["severity"] == "error"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    (tmp_path / "web.pem").write_bytes(WEB.fullchain_pem)
    (tmp_path / "gone.pem").write_bytes(GONE.fullchain_pem)
    (tmp_path / "mid.crl").write_bytes(MID.crl((GONE,), start=NOW, end=NOW.replace(year=NOW.year + 1)).der)
    (tmp_path / "root.crl").write_bytes(ROOT.crl((), start=NOW, end=NOW.replace(year=NOW.year + 1)).der)
    return tmp_path


def respond(folder: Path, leaf: Entity, name: str, *, revoked: bool) -> str:
    """Have openssl answer for a leaf as the issuing CA."""
    openssl = need_program("openssl", "openssl")
    (folder / "issuer.pem").write_bytes(MID.pem)
    (folder / "issuer.key").write_bytes(MID.key_pem)
    (folder / "leaf.pem").write_bytes(leaf.pem)
    day = "%y%m%d%H%M%SZ"
    standing = (
        f"R\t{leaf.value.not_after:{day}}\t{NOW:{day}}" if revoked else f"V\t{leaf.value.not_after:{day}}\t"
    )
    (folder / "index.txt").write_text(f"{standing}\t{leaf.value.serial:X}\tunknown\t/CN={name}\n")
    asked = [
        openssl,
        "ocsp",
        "-sha256",
        "-issuer",
        "issuer.pem",
        "-cert",
        "leaf.pem",
        "-reqout",
        "asked.der",
        "-no_nonce",
    ]
    subprocess.run(asked, cwd=folder, check=True, capture_output=True, timeout=30)
    answer = [openssl, "ocsp", "-index", "index.txt", "-CA", "issuer.pem", "-rsigner", "issuer.pem", "-rkey", "issuer.key",
              "-reqin", "asked.der", "-respout", f"{name}.ocsp", "-ndays", "1"]  # fmt: skip
    subprocess.run(answer, cwd=folder, check=True, capture_output=True, timeout=30)
    return f"{name}.ocsp"


def test_a_crl_tells_who_is_revoked(folder: Path) -> None:
    """The leaf must be covered; with the whole chain to cover, the intermediate wants a CRL too."""
    assert (0, []) == check(folder, "--crl", "mid.crl", "web.pem")
    code, errors = check(folder, "--crl", "mid.crl", "gone.pem")
    assert (1, True) == (code, "revoked" in errors)
    assert "crl-missing" in check(folder, "--crl", "mid.crl", "--crl-mode", "chain", "web.pem")[1]
    both = ("--crl", "mid.crl", "--crl", "root.crl", "--crl-mode", "chain")
    assert [] == [code for code in check(folder, *both, "web.pem")[1] if code.startswith("crl")]


def test_an_ocsp_response_tells_who_is_revoked(folder: Path) -> None:
    """A real responder's answer: good passes, revoked refuses."""
    assert (0, []) == check(folder, "--ocsp", respond(folder, WEB, "web", revoked=False), "web.pem")
    code, errors = check(folder, "--ocsp", respond(folder, GONE, "gone", revoked=True), "gone.pem")
    assert (1, True) == (code, "revoked" in errors)


def test_a_crl_counts_in_a_sweep_too(folder: Path) -> None:
    """Each row is judged with it, and other CRLs are another question."""
    listed = ("--anchors", "root.pem", "web.pem", "gone.pem", "--out", "rows.jsonl")
    ran = run_warifu("check", *listed, "--crl", "mid.crl", folder=folder, seconds=60)
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    codes = {row["place"]: {one["code"] for one in row["findings"]} for row in rows}
    assert (1, False, True) == (ran.code, "revoked" in codes["web.pem"], "revoked" in codes["gone.pem"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--crl", "web.pem", "web.pem"), "trust.no-crls"),
        (("--crl", "absent", "web.pem"), "io.no-such-file"),
        (("--crl-mode", "leaf", "web.pem"), "trust.crl-mode-alone"),
        (("--ocsp", "mid.crl", "web.pem"), "trust.ocsp-file-unreadable"),
    ],
)
def test_what_is_no_crl_or_response_is_refused(folder: Path, arguments: tuple[str, ...], code: str) -> None:
    """Before anything is judged."""
    assert (2, [code]) == check(folder, *arguments)
