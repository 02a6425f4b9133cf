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

from support.pki import BOTH, DAY
from support.renewing import MID, NOW, ROOT, answer, leaf, made, put
from warifu.adapters.files.local import LocalFiles
from warifu.apps.cli import main
from warifu.domain.trust.alternative_names import list_typed, names_of, names_of_request
from warifu.domain.x509 import Certificate, read
from warifu.workflows.requests import RequestStore

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
    """None of them is dropped in silence, whatever its kind."""
    kinds = {
        "email:x@a.example": x509.RFC822Name("x@a.example"),
        "URI:https://a.example/x": x509.UniformResourceIdentifier("https://a.example/x"),
        "otherName:1.3.6.1.4.1.311.20.2.3;x@a.local": x509.OtherName(
            x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), b"\x0c\x09x@a.local"
        ),
        "RID:1.2.3.4": x509.RegisteredID(x509.ObjectIdentifier("1.2.3.4")),
        "dirName:CN=d": x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "d")])),
    }
    names = x509.SubjectAlternativeName([x509.DNSName("a.example"), *kinds.values()])
    put("old.pem", MID.leaf(now=NOW, extra=[(names, False)], end=NOW + timedelta(days=1)))
    document = answer(capsys, "renewal", "csr", "old.pem", "--dry-run")
    codes = {one["code"]: one["title"] for one in document["findings"]}  # type: ignore[attr-defined]
    assert codes["request-names-not-carried"].endswith(": " + ", ".join(kinds) + ".")


def test_a_name_that_no_request_holds_alone_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """It was given: it is not said that there was none."""
    assert 2 == main.run(["renewal", "csr", "--dry-run", "--names", "https://a.example,email:x@a.example"])
    told = capsys.readouterr().err
    assert all(name in told for name in ("URI:https://a.example", "email:x@a.example"))
    assert 2 == main.run(["renewal", "csr", "--dry-run"])
    assert "No name to ask for" in capsys.readouterr().err


def test_the_subject_of_a_request_is_shown_as_people_write_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Not by the number of its e-mail address; in text, in JSON and in what the target says."""
    subject = "CN=a.example,emailAddress=a@b.example"
    asked = ("renewal", "csr", "--names", "a.example", "--subject", subject, "--dry-run")
    assert 0 == main.run([*asked])
    assert f"subject: {subject}\n" in capsys.readouterr().out
    assert 3 == main.run([*asked, "--profile", "dell-ome-server", "--json"])
    document = capsys.readouterr().out
    assert f'"who": "{subject}"' in document
    assert "1.2.840" not in document
