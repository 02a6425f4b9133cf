"""`warifu renewal diff` as people type it: old and new side by side, the issuer, and the target's rules one by one."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.pki import BOTH, DAY, SERVER, make_ca, make_key
from support.renewing import MID, NOW, ROOT, answer, leaf, made, put
from support.tls_server import run_s_server
from support.usages import key_usage
from warifu.apps.cli import main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to type in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WARIFU_LANG", "en")
    return tmp_path


@pytest.mark.req("S3-17", "S3-22", "S3-23")
def test_old_and_new_are_laid_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    """Reordered names pass and the issuer is unchanged: exit code 0, trust steps skipped; one missing: exit code 1."""
    put("old.pem", leaf("a.example", "b.example"))
    put("new.pem", leaf("B.example", "a.example", subject=MID.leaf("a.example").cert.subject))
    Path("pool").mkdir()
    put("pool/mid.pem", MID)
    put("pool/root.pem", ROOT)
    document = answer(capsys, "renewal", "diff", "old.pem", "new.pem", "--pool", "pool")
    issuer = document["issuer"]
    assert isinstance(issuer, dict)
    assert (True, "unchanged", "skipped", [], True) == (
        document["fit"],
        issuer["standing"],
        issuer["trust_steps"],
        issuer["peers_first"],
        issuer["chain_complete"],
    )
    (reason,) = [one["title"] for one in document["findings"] if one["code"] == "issuer-unchanged"]  # type: ignore[attr-defined]
    assert "skipped for this reason" in reason
    assert 0 == main.run(["renewal", "diff", "old.pem", "new.pem", "--pool", "pool"])
    shown = capsys.readouterr().out
    assert reason in shown
    assert "Peers must trust nothing new first: the issuer is the same." in shown
    put("new.pem", leaf("a.example"))
    lost = answer(capsys, "renewal", "diff", "old.pem", "new.pem", "--pool", "pool", code=1)
    (names,) = [one for one in lost["items"] if one["item"] == "dns-names"]  # type: ignore[attr-defined]
    assert (False, "lost", ["a.example", "b.example"], ["a.example"]) == (
        lost["fit"],
        names["verdict"],
        names["old"],
        names["new"],
    )
    assert ["DNS:b.example"] == [
        one["evidence"]["missing"]
        for one in lost["findings"]  # type: ignore[attr-defined]
        if one["code"] == "renewal-names-lost"
    ]
    assert 1 == main.run(["renewal", "diff", "old.pem", "new.pem", "--pool", "pool", "--lang", "ja"])
    shown = capsys.readouterr().out
    assert "b.example" in shown
    assert "不足" in shown
    assert "相手側で先に信頼するものはありません" in shown


@pytest.mark.req("S3-23", "S3-25")
def test_an_issuer_that_cannot_be_told_skips_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """No key id and no CA at hand: unknown, and the trust steps stay; with the chain at hand they are skipped."""
    put("old.pem", leaf("a.example"))
    put("new.pem", leaf("a.example", aki=False))
    command = ["renewal", "diff", "old.pem", "new.pem"]
    issuer: Any = answer(capsys, *command, code=1)["issuer"]
    assert ("unknown", "nothing", "needed") == (issuer["standing"], issuer["basis"], issuer["trust_steps"])
    assert 1 == main.run(command)
    assert "Peers must trust nothing new first" not in capsys.readouterr().out
    Path("ca.pem").write_bytes(MID.pem + ROOT.pem)
    issuer = answer(capsys, *command, "--pool", "ca.pem")["issuer"]
    assert ("unchanged", "signature", "skipped") == (
        issuer["standing"],
        issuer["basis"],
        issuer["trust_steps"],
    )
    again = ROOT.intermediate("Mid", now=NOW, key=MID.key, end=NOW + 5000 * DAY)
    other = ROOT.intermediate("Mid", now=NOW)
    for ca, wanted in ((again, ("unchanged", "skipped")), (other, ("changed", "needed"))):
        put("new.pem", ca.leaf("a.example", now=NOW, purposes=BOTH, aki=False))
        Path("ca.pem").write_bytes(ca.pem + MID.pem + ROOT.pem)
        fine = int(wanted[1] == "needed")
        document = answer(capsys, *command, "--pool", "ca.pem", code=fine)
        issuer = document["issuer"]
        assert wanted == (issuer["standing"], issuer["trust_steps"])
        first = [one["sha256"] for one in issuer["peers_first"]]
        assert first == ([] if ca is again else [other.value.fingerprint.hex])


@pytest.mark.req("S3-24", "S3-26")
def test_another_ca_is_named_with_all_its_certificates(capsys: pytest.CaptureFixture[str]) -> None:
    """Leaf alone and a library: the whole new chain is what peers need first; with a hole, the hole is named."""
    root = make_ca("New Root", now=NOW)
    mid = root.intermediate("New Mid", now=NOW)
    put("old.pem", leaf("a.example"))
    Path("new.pem").write_bytes(mid.leaf("a.example", now=NOW, purposes=BOTH).pem)
    Path("library.pem").write_bytes(b"".join(one.pem for one in (ROOT, MID, root, mid)))
    command = ["renewal", "diff", "old.pem", "new.pem", "--pool"]
    issuer = answer(capsys, *command, "library.pem", code=1)["issuer"]
    assert isinstance(issuer, dict)
    assert ("changed", "needed") == (issuer["standing"], issuer["trust_steps"])
    assert [mid.value.fingerprint.hex, root.value.fingerprint.hex] == [
        one["sha256"] for one in issuer["peers_first"]
    ]
    assert 1 == main.run([*command, "library.pem"])
    assert root.value.fingerprint.hex in capsys.readouterr().out
    assert 1 == main.run([*command, put("root.pem", root)])
    holed = capsys.readouterr().out
    assert "its issuer CN=New Mid" in holed
    assert "give the CA's certificates with --pool" in holed


@pytest.mark.req("S3-15")
def test_a_certificate_for_a_discarded_request_is_refused_with_the_day(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The request store is asked, also where no request was named."""
    put("old.pem", leaf("a.example"))
    filed = answer(capsys, "renewal", "csr", "old.pem", "--key", "ec-p256", "--out", "a.csr")["filed"]
    assert isinstance(filed, dict)
    assert 0 == main.run(["request", "discard", filed["id"], "--estate", "."])
    Path("new.cer").write_bytes(MID.sign(made("a.csr"), names=["a.example"], now=NOW).der)
    assert 1 == main.run(["renewal", "diff", "old.pem", "new.cer", "--csr", "a.csr", "--estate", "."])
    shown = capsys.readouterr().out
    assert "No matching key" in shown
    assert f"the request was discarded on {datetime.now(UTC):%Y-%m-%d}" in shown


@pytest.mark.req("S3-24")
def test_the_same_ca_beneath_another_root_is_no_reason_to_skip_trust(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is sent is verified under the old root; openssl with that root refuses it, too."""
    other = make_ca("Other Root", now=NOW)
    crossed = other.intermediate("Mid", key=MID.key, now=NOW)
    new = crossed.leaf("a.example", now=NOW, purposes=BOTH)
    Path("old.pem").write_bytes(leaf("a.example").pem + MID.pem + ROOT.pem)
    Path("new.pem").write_bytes(new.pem + crossed.pem + other.pem)
    issuer = answer(capsys, "renewal", "diff", "old.pem", "new.pem", code=1)["issuer"]
    assert isinstance(issuer, dict)
    assert ("root-changed", "needed") == (issuer["standing"], issuer["trust_steps"])
    assert [other.value.fingerprint.hex] == [one["sha256"] for one in issuer["peers_first"]]
    put("root.pem", ROOT)
    refused = subprocess.run(
        ["openssl", "verify", "-CAfile", "root.pem", "-untrusted", "new.pem", "new.pem"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert 0 != refused.returncode


@pytest.mark.req("S3-16", "S3-18")
def test_the_target_answers_rule_by_rule(capsys: pytest.CaptureFixture[str]) -> None:
    """ServerAuth only fails one rule of the edge; DER fails another; the rest pass."""
    put("old.pem", leaf("a.example"))
    Path("new.cer").write_bytes(leaf("a.example", purposes=SERVER).value.der)
    command = ["renewal", "diff", "old.pem", "new.cer", "--profile", "cisco-expressway@X14:E"]
    document = answer(capsys, *command, code=1)
    kept: dict[str, bool | None] = {one["rule"]: one["kept"] for one in document["rules"]}  # type: ignore[attr-defined]
    assert {"purpose-missing", "not-base64"} == {rule for rule, holds in kept.items() if holds is False}
    assert set(ANSWERED) == {rule for rule, holds in kept.items() if holds is not None}
    needs = {one["rule"]: one["needs"] for one in document["rules"] if one["needs"]}  # type: ignore[attr-defined]
    assert {rule: need for need, rules in OPEN.items() for rule in rules} == needs
    assert document["fit"] is False
    assert 1 == main.run(command)
    assert kept == answers_in(capsys.readouterr().out)
    assert 1 == main.run([*command, "--lang", "ja"])
    assert re.search(r"purpose-missing .*clientAuth", capsys.readouterr().out.replace("\n", " "))


ANSWERED = (
    *("leaf-as-anchor", "names-missing", "name-unfit", "wildcard-unfit", "wildcard-too-wide"),
    *(
        "name-encoded-otherwise",
        "purpose-missing",
        "netscape-type-unfit",
        "key-usage-unfit",
        "encipherment-unstated",
    ),
    *("encipherment-unfit",),
    *("ca-extension-on-leaf", "ca-as-leaf", "chain-unordered", "chain-duplicate"),
    *("chain-unrelated", "chain-holds-root", "outlives-issuer", "not-base64", "file-holds-more"),
    *("root-not-sent", "key-usage-incomplete", "common-name-missing", "wildcard-refused"),
    *("chain-too-deep", "key-kind-unfit", "signature-kind-unfit", "dns-name-missing"),
    *("names-too-many", "names-too-long", "validity-too-long", "purpose-ended"),
    *("directory-attribute-missing",),
)
"""Every rule of an Expressway that can be answered by the leaf alone."""
OPEN = {
    "crl": (
        *("revoked", "crl-missing", "crl-expired", "crl-sign-missing", "crl-out-of-scope"),
        *("crl-unjudged", "crl-unfit"),
    ),
    "above": (
        *("expired", "not-yet-valid", "name-empty", "critical-extension-unknown"),
        *("critical-mark-missing", "critical-mark-unfit", "extension-unreadable"),
        *("signature-algorithm-differs", "version-unfit", "serial-unfit", "date-form-unfit"),
        "name-character-unfit",
        *("key-id-missing", "weak-key", "weak-signature", "key-uncommon", "signature-uncommon"),
    ),
    "chain": (
        *("signature-wrong", "issuer-not-trusted", "issuer-missing", "issuer-namesake"),
        *("self-signed-not-trusted", "anchor-not-self-signed", "not-a-ca", "path-too-long"),
        *("depth-exceeded", "cert-sign-missing", "issuer-purpose-missing", "key-usage-missing"),
        *("name-constrained", "name-constraint-unjudged", "name-constraint-unfit", "key-id-mismatch"),
        *("search-exhausted",),
    ),
    "ocsp": (*("ocsp-unknown", "ocsp-expired", "ocsp-unfit", "ocsp-unrelated"),),
    "request": (*("request-key-differs",),),
    "topology": (*("name-not-covered",),),
}
"""And the others, by what they lack."""
OF_TRUST = {"anchor-not-self-signed", "issuer-not-trusted", "self-signed-not-trusted"}


def answers_in(shown: str) -> dict[str, bool | None]:
    """Rule by rule what the table of a report says."""
    words = {"kept": True, "BROKEN": False, "not judged": None}
    rows = [re.match(r"([a-z0-9-]+) +(kept|BROKEN|not judged) ", line) for line in shown.splitlines()]
    return {row[1]: words[row[2]] for row in rows if row}


@pytest.mark.req("S3-16", "S3-18")
def test_with_the_cas_at_hand_the_rules_of_the_path_are_answered_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All of them are kept by a good certificate; one of an intermediate that may not sign breaks one of the path."""
    put("old.pem", leaf("a.example"))
    put("new.pem", leaf("a.example"))
    Path("ca.pem").write_bytes(MID.pem + ROOT.pem)
    command = [
        "renewal",
        "diff",
        "old.pem",
        "new.pem",
        "--profile",
        "cisco-expressway@X14:E",
        "--pool",
        "ca.pem",
    ]
    document = answer(capsys, *command)
    kept: dict[str, bool | None] = {one["rule"]: one["kept"] for one in document["rules"]}  # type: ignore[attr-defined]
    judged = {*ANSWERED, *OPEN["chain"], *OPEN["above"]} - OF_TRUST
    assert judged == {rule for rule, holds in kept.items() if holds is True}
    assert False not in kept.values()
    assert document["fit"] is True
    assert 0 == main.run(command)
    assert kept == answers_in(capsys.readouterr().out)
    unfit = ROOT.intermediate("Unfit", now=NOW, usage=key_usage("digital_signature"))
    put("new.pem", unfit.leaf("a.example", now=NOW, purposes=BOTH))
    Path("ca.pem").write_bytes(unfit.pem + MID.pem + ROOT.pem)
    broken = answer(capsys, *command, code=1)
    assert ["cert-sign-missing"] == [one["rule"] for one in broken["rules"] if one["kept"] is False]  # type: ignore[attr-defined]
    assert broken["fit"] is False


@pytest.mark.req("S3-16")
def test_a_rule_that_was_given_nothing_to_judge_by_says_so_and_what_to_give(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Not "kept": without a request, a topology, a trust store, CRLs; what is given is judged."""
    put("old.pem", leaf("a.example"))
    put("new.pem", leaf("a.example"))
    Path("pool").mkdir()
    Path("pool/ca.pem").write_bytes(MID.pem + ROOT.pem)
    command = ["renewal", "diff", "old.pem", "new.pem", "--profile", "cisco-expressway@X14:E"]
    document = answer(capsys, *command, "--pool", "pool")
    needs = {one["rule"]: (one["kept"], one["needs"]) for one in document["rules"]}  # type: ignore[attr-defined]
    assert (None, "request") == needs["request-key-differs"]
    assert (None, "topology") == needs["name-not-covered"]
    assert (None, "trust-store") == needs["issuer-not-trusted"]
    assert (None, "crl") == needs["crl-missing"]
    assert (True, None) == needs["signature-wrong"] == needs["expired"]
    Path("edge.toml").write_text('format = 1\nname = "edge"\nnode = ["z.example"]\nnodes = ["z.example"]\n')
    document = answer(capsys, *command, "--pool", "pool", "--topology", "edge.toml", code=1)
    kept = {one["rule"]: one["kept"] for one in document["rules"]}  # type: ignore[attr-defined]
    assert kept["name-not-covered"] is False
    assert 1 == main.run([*command, "--lang", "ja"])  # the chain has a hole
    shown = capsys.readouterr().out
    assert re.search(r"request-key-differs +未判定 +`--csr FILE`", shown)
    assert re.search(r"signature-wrong +未判定 +`--pool`", shown)
    assert 2 == main.run(["renewal", "diff", "old.pem", "new.pem", "--topology", "edge.toml"])
    assert "--profile" in capsys.readouterr().err


def test_a_living_service_may_be_the_old_one(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """HOST:PORT for OLD; a new key is expected, the old one again is refused where policy says so."""
    key = make_key()
    old = leaf("localhost", key=key)
    with run_s_server(home, old) as port:
        put("new.pem", leaf("localhost", key=key, serial=5))
        command = ["renewal", "diff", f"127.0.0.1:{port}", "new.pem", "--key-reuse"]
        codes = [one["code"] for one in answer(capsys, *command, "refuse", code=1)["findings"]]  # type: ignore[attr-defined]
        assert "renewal-key-reused" in codes
        allowed = answer(capsys, *command, "allow", code=1)["findings"]
    assert "renewal-key-reused" not in [one["code"] for one in allowed]  # type: ignore[attr-defined]


def test_a_pool_that_lost_a_certificate_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """It may be the one that is missed; texts beside it are no certificates and lose nothing."""
    put("old.pem", leaf("a.example"))
    put("new.pem", leaf("a.example"))
    Path("pool").mkdir()
    Path("pool/readme.txt").write_text("the CAs", "utf-8")
    put("pool/mid.pem", MID)
    put("pool/root.pem", ROOT)
    assert "truncated" not in found_codes(
        answer(capsys, "renewal", "diff", "old.pem", "new.pem", "--pool", "pool")
    )
    Path("pool/other.pem").write_bytes(ROOT.pem[:-60])
    lost = answer(capsys, "renewal", "diff", "old.pem", "new.pem", "--pool", "pool", code=1)
    assert "truncated" in found_codes(lost)


def found_codes(document: dict[str, Any]) -> set[str]:
    return {one["code"] for one in document["findings"]}
