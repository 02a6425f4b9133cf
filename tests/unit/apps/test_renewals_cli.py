"""`warifu renewal` as people type it, with keys and requests of the real openssl."""

from __future__ import annotations

import json
import re
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from support.pki import BOTH, DAY, SERVER, Entity, make_ca, make_key
from support.tls_server import run_s_server
from support.usages import key_usage
from warifu.adapters.files.local import LocalFiles
from warifu.apps.cli import main
from warifu.domain.trust.alternative_names import list_typed, names_of, names_of_request
from warifu.domain.x509 import Certificate, Request, read
from warifu.workflows.requests import RequestStore

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = make_ca("Root", now=NOW)
MID = ROOT.intermediate("Mid", now=NOW)
EDGE = """
format = 1
name = "edge"
cluster = "edge.example.com"
nodes = ["edge1.example.com", "edge2.example.com", "edge3.example.com", "edge4.example.com"]
mra-domains = ["example.com"]
cms-names = ["https://join.example.com"]
"""
SHARED = "cisco-expressway@X14:E+mra+cms+shared"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to type in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WARIFU_LANG", "en")
    return tmp_path


def put(name: str, entity: Entity) -> str:
    Path(name).write_bytes(entity.pem)
    return name


def leaf(*names: str, **options: object) -> Entity:
    return MID.leaf(*names, **{"now": NOW, "purposes": BOTH, **options})


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, object]:
    """The JSON document of a command, which ended as expected."""
    capsys.readouterr()
    assert code == main.run([*arguments, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def made(name: str) -> Request:
    (found,) = read(Path(name).read_bytes()).requests
    return found


def signed(request: str) -> Certificate:
    """What openssl makes of a request that it signs with all it asks for."""
    Path("ca.pem").write_bytes(MID.pem)
    Path("ca.key").write_bytes(MID.key_pem)
    arguments = ["-CA", "ca.pem", "-CAkey", "ca.key", "-days", "30", "-copy_extensions", "copyall"]
    done = subprocess.run(
        ["openssl", "x509", "-req", "-in", request, *arguments], capture_output=True, check=True, timeout=60
    )
    (found,) = read(done.stdout).certificates
    return found


@pytest.mark.req("S1-49", "S1-50")
def test_names_become_dns_names_and_addresses_of_the_certificate_however_many() -> None:
    """Host, alias and two addresses; then twelve names: all are in the certificate, addresses as iPAddress."""
    names = "DNS:sepm.example, sepm, 192.168.1.50, 10.0.0.50"
    assert 0 == main.run(["renewal", "csr", "--names", names, "--key", "ec-p256", "--out", "a.csr"])
    carried = signed("a.csr").names
    assert carried is not None
    assert (("sepm.example", "sepm"), ["192.168.1.50", "10.0.0.50"]) == (
        carried.dns,
        list(map(str, carried.ip)),
    )
    twelve = [f"name{number}.example" for number in range(12)]
    arguments = [part for name in twelve for part in ("--names", name)]
    assert 0 == main.run(["renewal", "csr", *arguments, "--key", "ec-p256", "--out", "b.csr"])
    many = signed("b.csr").names
    assert many is not None
    assert tuple(twelve) == many.dns


@pytest.mark.req("S1-53")
def test_the_subject_of_a_template_is_the_subject_of_the_request() -> None:
    """Exactly, in its order, and nobody is asked anything."""
    subject = r"CN=shop.example,OU=IT\, Tokyo,O=Example,L=Chiyoda,ST=Tokyo,C=JP"
    command = ["renewal", "csr", "--names", "shop.example", "--subject", subject, "--out", "a.csr"]
    assert 0 == main.run(command)
    assert subject == made("a.csr").subject_text
    shown = subprocess.run(
        ["openssl", "req", "-in", "a.csr", "-noout", "-subject", "-nameopt", "RFC2253"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert f"subject={subject}" == shown.stdout.strip()


@pytest.mark.req("S3-10", "S3-11", "S3-39")
def test_the_preview_is_the_request(capsys: pytest.CaptureFixture[str]) -> None:
    """The names of a shared edge as shown are those in the request, in order."""
    Path("edge.toml").write_text(EDGE)
    command = ["renewal", "csr", "--topology", "edge.toml", "--profile", SHARED]
    before = answer(capsys, *command, "--dry-run")
    assert [
        "DNS:edge.example.com",
        "DNS:edge1.example.com",
        "DNS:edge2.example.com",
        "DNS:edge3.example.com",
        "DNS:edge4.example.com",
        "DNS:example.com",
        "DNS:join.example.com",
    ] == before["names"]
    assert [] == [path for path in Path().rglob("*") if path.name != "edge.toml"]
    assert 0 == main.run([*command, "--out", "edge.csr"])
    printed = capsys.readouterr().out
    (shown,) = re.findall(r"  names: (.*)", printed)
    request = made("edge.csr")
    bare = ",".join(name.removeprefix("DNS:") for name in before["names"])
    facts = {
        name: value for name, _, value in (line.strip().partition(": ") for line in printed.splitlines())
    }
    assert bare == facts["names for a form"] == before["bare_names"]
    assert ("serverAuth, clientAuth", "rsa-2048") == (facts["extended key usage"], facts["key"])
    assert request.subject_text == facts["subject"] == before["subject"]
    assert list_typed(names_of_request(request)) == shown == ", ".join(before["names"])
    purposes = request.parsed.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert set(BOTH) == set(purposes)


@pytest.mark.req("S1-51")
def test_a_repeated_alias_is_asked_for_once_and_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    """One entry, whatever its case, and a notice."""
    command = ["renewal", "csr", "--names", "a.example,alias.example,ALIAS.example", "--out", "a.csr"]
    document = answer(capsys, *command)
    assert "DNS:a.example, DNS:alias.example" == list_typed(names_of_request(made("a.csr")))
    findings = document["findings"]
    assert isinstance(findings, list)
    assert [("request-name-repeated", "note")] == [(one["code"], one["severity"]) for one in findings]
    assert "ALIAS.example" in findings[0]["title"]


@pytest.mark.req("S1-52")
def test_a_key_that_policy_refuses_is_not_made(capsys: pytest.CaptureFixture[str]) -> None:
    """1024 bits: exit code 3, no file; 2048, 3072 and P-256 are made."""
    assert 3 == main.run(["renewal", "csr", "--names", "a.example", "--key", "rsa-1024"])
    assert "too weak: RSA 1024" in capsys.readouterr().out
    assert [] == list(Path().iterdir())
    for kind, shown in (("rsa-2048", "RSA 2048"), ("rsa-3072", "RSA 3072"), ("ec-p256", "EC secp256r1")):
        assert 0 == main.run(["renewal", "csr", "--names", "a.example", "--key", kind, "--out", kind])
        assert shown == str(made(kind).public_key)


@pytest.mark.req("S3-38")
def test_a_node_that_joins_makes_the_certificate_too_small(capsys: pytest.CaptureFixture[str]) -> None:
    """Four nodes are covered exactly; with a fifth the certificate no longer covers the cluster, and says which node."""
    Path("edge.toml").write_text(EDGE)
    command = ["renewal", "csr", "--topology", "edge.toml", "--profile", SHARED, "--out", "edge.csr"]
    assert 0 == main.run(command)
    names = [name.text for name in names_of_request(made("edge.csr"))]
    assert [
        "edge.example.com",
        "edge1.example.com",
        "edge2.example.com",
        "edge3.example.com",
        "edge4.example.com",
        "example.com",
        "join.example.com",
    ] == names
    put("edge.pem", leaf(*names))
    Path("ca.pem").write_bytes(MID.pem + ROOT.pem)
    check = ["check", "--topology", "edge.toml", "--profile", SHARED, "--anchors", "ca.pem", "edge.pem"]
    capsys.readouterr()

    def uncovered() -> list[str]:
        main.run([*check, "--json"])
        (subject,) = json.loads(capsys.readouterr().out)["subjects"]
        return [one["title"] for one in subject["findings"] if one["code"] == "name-not-covered"]

    assert [] == uncovered()
    Path("edge.toml").write_text(
        EDGE.replace('"edge4.example.com"]', '"edge4.example.com", "edge5.example.com"]')
    )
    (told,) = uncovered()
    assert "does not cover edge5.example.com" in told
    assert 1 == main.run(check)
    shown = capsys.readouterr().out
    assert "chain, refused" in shown or "certificate alone, refused" in shown
    assert f"error {told}" in shown


def test_a_request_is_filed_as_pending_with_a_private_key_and_never_made_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without an estate file: in ./.warifu, told; the key has mode 0600; the same again finds it; `request` lists it."""
    put("old.pem", leaf("a.example", "192.0.2.1"))
    first = answer(capsys, "renewal", "csr", "old.pem")["filed"]
    again = answer(capsys, "renewal", "csr", "old.pem")["filed"]
    assert isinstance(first, dict)
    assert isinstance(again, dict)
    assert (True, False, first["id"], first["pem"]) == (first["new"], again["new"], again["id"], again["pem"])
    key = Path(first["key_path"])
    assert 0o600 == stat.S_IMODE(key.stat().st_mode)
    assert 0o700 == stat.S_IMODE(key.parent.stat().st_mode)
    listed = answer(capsys, "request", "list", "--estate", ".")["requests"]
    assert [(first["id"], "pending")] == [(one["id"], one["state"]) for one in listed]  # type: ignore[attr-defined]
    assert 0 == main.run(["request", "discard", first["id"], "--estate", "."])
    third = answer(capsys, "renewal", "csr", "old.pem")
    assert key.read_bytes()
    assert first["id"] != third["filed"]["id"]  # type: ignore[index]


def test_a_file_that_is_there_is_not_written_over() -> None:
    """Not by --out, and nothing is made before that is known."""
    Path("a.csr").write_text("mine")
    assert 2 == main.run(["renewal", "csr", "--names", "a.example", "--out", "a.csr"])
    assert ("mine", False) == (Path("a.csr").read_text(), Path(".warifu").exists())
    assert 2 == main.run(["renewal", "csr", "--names", "a.example", "--out", "none/a.csr"])
    assert 2 == main.run(["renewal", "csr"])


@pytest.mark.req("S3-07")
def test_the_answer_is_compared_with_what_was_in_use_when_it_was_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The baseline is kept with the request: what lies in the old file by now does not matter."""
    put("old.pem", leaf("a.example", "b.example"))
    command = ["renewal", "csr", "--names", "a.example", "old.pem", "--key", "ec-p256", "--out", "a.csr"]
    assert 0 == main.run(command)
    (record,) = RequestStore(LocalFiles(), ".warifu/requests").all()
    assert leaf_names(record.previous[0]) == {"a.example", "b.example"}
    put("old.pem", leaf("a.example"))
    new = MID.sign(made("a.csr"), names=["a.example"], now=NOW)
    Path("answer.pem").write_bytes(new.der)
    capsys.readouterr()
    document = answer(capsys, "request", "deliver", "answer.pem", "--estate", ".", code=1)
    codes = {one["code"]: one["title"] for one in document["findings"]}  # type: ignore[attr-defined]
    assert "b.example" in codes["issued-names-differ"]
    assert "clientAuth" in codes["issued-purposes-differ"]


def test_without_an_estate_a_request_is_listed_shown_and_answered_where_it_was_filed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The commands that are shown work as they stand; where nothing was ever filed, the lack of an estate is told."""
    assert 2 == main.run(["request", "list"])
    assert "estate" in capsys.readouterr().err
    assert 0 == main.run(["renewal", "csr", "--names", "a.example", "--key", "ec-p256", "--out", "a.csr"])
    told = capsys.readouterr().out
    assert "`warifu request deliver FILE`" in told
    listed: Any = answer(capsys, "request", "list")["requests"]
    (own,) = [one["id"] for one in listed]
    assert "a.example" in str(answer(capsys, "request", "show", own)["names"])
    Path("answer.pem").write_bytes(MID.sign(made("a.csr"), names=["a.example"], now=NOW).der)
    accepted: Any = answer(capsys, "request", "deliver", "answer.pem")["accepted"]
    assert [own] == [one["id"] for one in accepted]


def leaf_names(certificate: Certificate) -> set[str]:
    return {name.text for name in names_of(certificate)}


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
    *("name-encoded-otherwise", "purpose-missing", "key-usage-unfit", "encipherment-unstated"),
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


@pytest.mark.req("X-09")
def test_a_forecast_says_which_renewal_breaks_what_and_both_ways_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 1 where it is the next one; the issuer of a private CA is not guessed."""
    end = datetime(2027, 6, 1, tzinfo=UTC)
    put("a.pem", leaf("a.example", start=end - 150 * DAY, end=end))
    command = ["renewal", "forecast", "a.pem", "--profile", "cisco-expressway@X14:E", "--at", "2027-01-10"]
    assert 2 == main.run(command)
    assert "none of the issuers whose rules are known" in capsys.readouterr().err
    assert 1 == main.run([*command, "--issuer", "public-2027"])
    shown = capsys.readouterr().out
    assert "due on 2027-05-02" in shown
    assert "a private CA" in shown
    assert "split the identity" in shown
    assert "X15.5" in shown
    assert 0 == main.run(
        [*command, "--issuer", "public-2027", "--renew-before", "10w", "--profile", "tls-server"]
    )
    early = answer(
        capsys, *command[:-2], "--at", "2027-01-10", "--issuer", "public-2027", "--renew-before", "90d"
    )
    assert ["note", "note"] == [one["severity"] for one in early["findings"]]  # type: ignore[attr-defined]


def test_rules_of_an_issuer_may_be_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    """In the form of the shipped ones; a file that is none is told with its faults."""
    put("a.pem", leaf("a.example"))
    house = 'format = 1\nname = "house"\nrevision = "1"\nsource = "CPS"\ntitle = { en = "h", ja = "社内" }\n'
    Path("house.toml").write_text(house, "utf-8")
    assert 0 == main.run(["renewal", "forecast", "a.pem", "--issuer", "house.toml"])
    assert "no renewal from house that is foreseen breaks tls-server" in capsys.readouterr().out
    Path("house.toml").write_text(house + "fax = 1\n", "utf-8")
    assert 2 == main.run(["renewal", "forecast", "a.pem", "--issuer", "house.toml", "--lang", "ja"])
    assert "fax" in capsys.readouterr().err
    Path("house.toml").write_bytes(b"\xff\xfe")
    assert 2 == main.run(["renewal", "forecast", "a.pem", "--issuer", "house.toml"])


@pytest.mark.req("X-14")
def test_known_issuers_are_listed_with_what_is_disputed(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with both sources, in either language."""
    assert 0 == main.run(["renewal", "issuers", "--lang", "ja"])
    shown = capsys.readouterr().out
    assert "出典の食い違い (sectigo" in shown
    assert "2027-02-10" in shown
    listed = answer(capsys, "renewal", "issuers")["issuers"]
    assert {"digicert", "lets-encrypt", "sectigo", "webpki-public"} <= {one["name"] for one in listed}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "arguments",
    [
        ("diff", "none.pem", "none.pem"),
        ("diff", "empty", "empty"),
        ("diff", "a.pem", "a.pem", "--pool", "none"),
        ("diff", "a.pem", "a.pem", "--pool", "empty"),
        ("diff", "a.pem", "a.pem", "--csr", "a.pem"),
        ("diff", "a.pem", "a.pem", "--csr", "none"),
        ("csr", "--topology", "none.toml"),
        ("csr", "--topology", "utf16.toml"),
        ("forecast", "a.pem", "--issuer", "nobody"),
    ],
)
def test_what_cannot_be_read_is_a_usage_error(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, the file named, nothing changed."""
    put("a.pem", leaf("a.example"))
    Path("empty").write_text("")
    Path("utf16.toml").write_bytes("format = 1".encode("utf-16"))
    assert 2 == main.run(["renewal", *arguments])
    assert capsys.readouterr().err
    assert not Path(".warifu").exists()


def test_nobody_listens_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 5."""
    put("a.pem", leaf("a.example"))
    assert 5 == main.run(["renewal", "diff", "127.0.0.1:1", "a.pem"])
    assert "127.0.0.1:1" in capsys.readouterr().err


def test_kinds_of_names_that_requests_cannot_hold_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """They are not dropped in silence."""
    names = x509.SubjectAlternativeName([x509.DNSName("a.example"), x509.RFC822Name("x@a.example")])
    put("old.pem", MID.leaf(now=NOW, extra=[(names, False)], end=NOW + timedelta(days=1)))
    document = answer(capsys, "renewal", "csr", "old.pem", "--dry-run")
    codes = {one["code"]: one["title"] for one in document["findings"]}  # type: ignore[attr-defined]
    assert "email:x@a.example" in codes["request-names-not-carried"]
