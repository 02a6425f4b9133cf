"""`warifu diagnose` as a person runs it: logs, bundles, files and typed messages."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from support.command import run_warifu
from support.diagnosing import diagnose, holding, told
from support.pki import SERVER, make_ca
from support.vendor_faults import chain, envelope, log_line, request, town, usage
from warifu.domain.x509 import to_pem


def bundle(log: bytes) -> bytes:
    """A console log bundle: a zip in a zip, with other files."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as one:
        one.writestr("./tomcat/application.log", log)
        one.writestr("./tomcat/picture.png", b"\x89PNG\0\0\0")
    with zipfile.ZipFile(outer, "w") as two:
        two.writestr("logs.zip", inner.getvalue())
        two.writestr("readme.txt", "fine")
    return outer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_bundle_beside_the_chain_names_the_cause(tmp_path: Path, encoding: str) -> None:
    """The log names the purposes; the chain lacks keyEncipherment too: both hold, with the line of the log."""
    leaf = town().leaf(purposes=SERVER, usage=usage(encipherment=False))
    line = log_line("CGEN1008", "No Client/Server authentication EKU present in leaf certificate.")
    (tmp_path / "logs.zip").write_bytes(bundle(f"予想外です\n{line}".encode(encoding)))
    (tmp_path / "chain.cer").write_bytes(to_pem(chain(leaf)))
    (tmp_path / "ome.csr").write_bytes(request(town().key))
    code, document = told(tmp_path, "logs.zip", "chain.cer", "ome.csr")
    assert (1, ["dell-purposes", "dell-key-encipherment"]) == (code, holding(document))
    (answer,) = document["answers"]
    assert ("shown", "upload") == (answer["outcome"], answer["phase"])
    (message,) = answer["messages"]
    assert ("logs.zip!logs.zip!./tomcat/application.log", 2, "2024-01-25 11:10:34.735") == (
        message["source"],
        message["line"],
        message["when"],
    )


def test_a_mended_file_makes_the_log_stale(tmp_path: Path) -> None:
    """Exit code 0, and it says why."""
    (tmp_path / "application.log").write_text(
        log_line("CGEN1008", "Invalid certificate chain provided."), "utf-8"
    )
    (tmp_path / "chain.pem").write_bytes(to_pem(chain(town().leaf())))
    (tmp_path / "ome.csr").write_bytes(request(town().key))
    ran = diagnose(tmp_path, "application.log", "chain.pem", "ome.csr")
    assert 0 == ran.code
    assert "do not have the fault that the message names" in ran.out


def test_the_same_log_and_two_files_are_two_verdicts(tmp_path: Path) -> None:
    """CSEC9002: DER here, no keyEncipherment there."""
    (tmp_path / "answer.json").write_text(envelope("CSEC9002"), "utf-8")
    (tmp_path / "der.cer").write_bytes(town().leaf().value.der)
    (tmp_path / "pem.cer").write_bytes(town().leaf(usage=usage(encipherment=False)).pem)
    found = {name: holding(told(tmp_path, "answer.json", name)[1]) for name in ("der.cer", "pem.cer")}
    assert {"der.cer": ["dell-encoding"], "pem.cer": ["dell-key-encipherment"]} == found


@pytest.mark.req("S1-03")
def test_a_products_folder_is_searched_for_its_certificate(tmp_path: Path) -> None:
    """The expired file under apache/conf/ssl is a finding with its path and its product."""
    place = tmp_path / "SEPM/apache/conf/ssl/server.crt"
    place.parent.mkdir(parents=True)
    place.write_bytes(make_ca("CA").leaf("sepm.example", expired=True).pem)
    code, document = told(tmp_path, "SEPM")
    (found,) = document["places"]
    assert (1, "Symantec Endpoint Protection Manager", "SEPM/apache/conf/ssl/server.crt") == (
        code,
        found["product"],
        found["path"],
    )
    path = "SEPM/apache/conf/ssl/server.crt"
    assert [("expired", path)] == [(one["code"], one["subject"]) for one in found["findings"]]
    shown = diagnose(tmp_path, "SEPM").out
    assert f"Symantec Endpoint Protection Manager: {path}\n" in shown
    after = shown.partition(f"Manager: {path}\n")[2]
    assert "CN=sepm.example" in after
    assert "expired" in after
    assert "期限切れ" in diagnose(tmp_path, "SEPM", "--lang", "ja").out
    place.write_bytes(make_ca("CA").leaf("sepm.example").pem)
    code, document = told(tmp_path, "SEPM")
    assert (0, [(path, [])]) == (code, [(one["path"], one["findings"]) for one in document["places"]])
    assert "expired" not in diagnose(tmp_path, "SEPM").out


LOG = """2026-11-20 09:12:01.120 THREAD 38 SEVERE: Unexpected server error.
java.security.cert.CertificateExpiredException: NotAfter: Sun May 31 12:00:00 UTC 2026
"""
EXPIRED = "The certificate that SQL Server encrypts with has expired."
LOOK = "decided by: Look at the end date of apache\\conf\\ssl\\server.crt, or of what the database presents."
CANDIDATES = ["sql-expired", "sql-not-trusted", "sql-name", "sql-purpose", "sql-not-yet-valid", "sql-down"]


def answers_of(shown: str) -> list[str]:
    """What is said of each message, the paragraphs of a report."""
    return shown.strip().split("\n\n")


def cause_of(answer: str, title: str) -> list[str]:
    """The lines below one cause."""
    lines = [line.strip() for line in answer.splitlines()]
    (at,) = [number for number, line in enumerate(lines) if line.endswith(title)]
    below = lines[at + 1 :]
    end = next((number for number, line in enumerate(below) if line.startswith("[")), len(below))
    return [lines[at], *below[:end]]


@pytest.mark.req("S1-04", "S1-05")
def test_an_excerpt_of_the_manager_s_log_says_what_ended_how_sure_that_is_and_what_comes_next(
    tmp_path: Path,
) -> None:
    """Named by the log alone it is of medium confidence; with the file that shows it, high. The procedure follows."""
    (tmp_path / "scm-server-0.log").write_text(LOG, "utf-8")
    code, document = told(tmp_path, "scm-server-0.log")
    screen, named = document["answers"]
    assert (1, ["open", "named"]) == (code, [screen["outcome"], named["outcome"]])
    assert ["low", "medium"] == [screen["confidence"], named["confidence"]]
    first = named["causes"][0]
    assert ("sql-expired", "named", EXPIRED, "sepm-certificate-expired") == (
        first["cause"],
        first["standing"],
        first["title"],
        first["procedure"],
    )
    _, said = answers_of(diagnose(tmp_path, "scm-server-0.log").out)
    assert "  confidence: medium, the message alone says so" in said
    lines = cause_of(said, EXPIRED)
    assert f"[named] {EXPIRED}" == lines[0]
    assert LOOK in lines
    assert any(line.startswith("do: Repair the database side first") for line in lines)
    assert "procedure: `warifu procedure show sepm-certificate-expired`" in lines
    (tmp_path / "server.crt").write_bytes(make_ca("CA").leaf("sepm.example", expired=True).pem)
    files = ("scm-server-0.log", "server.crt")
    assert ["shown", "shown"] == [one["outcome"] for one in told(tmp_path, *files)[1]["answers"]]
    assert ["high", "high"] == [one["confidence"] for one in told(tmp_path, *files)[1]["answers"]]
    _, certain = answers_of(diagnose(tmp_path, *files).out.partition("\n\n")[2])
    assert "  confidence: high, the files show it" in certain
    assert f"[holds] {EXPIRED}" == cause_of(certain, EXPIRED)[0]
    assert "procedure: `warifu procedure show sepm-certificate-expired`" in cause_of(certain, EXPIRED)
    japanese = diagnose(tmp_path, *files, "--lang", "ja").out
    assert "確からしさ: 高" in japanese
    assert "手順書: `warifu procedure show sepm-certificate-expired`" in japanese


@pytest.mark.req("S1-05")
@pytest.mark.parametrize("text", ["予想外のサーバーエラー。", "Unexpected server error."])
def test_a_typed_screen_text_gives_every_candidate_with_its_check(tmp_path: Path, text: str) -> None:
    """The expired certificate of the database first, with the look that decides; nothing is claimed: exit code 5."""
    code, document = told(tmp_path, "--message", text)
    (answer,) = document["answers"]
    assert (5, "open", "low") == (code, answer["outcome"], answer["confidence"])
    assert [(one, "possible") for one in CANDIDATES] == [
        (one["cause"], one["standing"]) for one in answer["causes"]
    ]
    assert LOOK.removeprefix("decided by: ") == answer["causes"][0]["check"]
    assert all(one["check"] for one in answer["causes"])
    shown = diagnose(tmp_path, "--message", text).out
    for cause in answer["causes"]:
        assert f"decided by: {cause['check']}" in cause_of(shown, cause["title"])
    assert "procedure:" not in shown


@pytest.mark.req("S1-05")
def test_a_typed_screen_text_is_told_in_japanese(tmp_path: Path) -> None:
    """Ranked causes, each with the check that decides; undecided is exit code 5."""
    ran = diagnose(tmp_path, "--message", "予想外のサーバーエラー。", "--lang", "ja")
    assert 5 == ran.code
    assert ran.out.index("証明書が期限切れです") < ran.out.index("信頼していません")
    assert 6 == ran.out.count("判定方法:")


@pytest.mark.req("S4-50")
def test_what_nobody_knows_is_kept_verbatim(tmp_path: Path) -> None:
    """A code that is not in the catalogue, a sentence that no product says, a file without either."""
    (tmp_path / "answer.json").write_text(envelope("CGEN4711", "odd"), "utf-8")
    (tmp_path / "notes.txt").write_text("nothing to see", "utf-8")
    code, document = told(tmp_path, "answer.json", "notes.txt", "--message", "Out of cheese.")
    assert (5, ["notes.txt"]) == (code, document["silent"])
    assert [("CGEN4711", "Something else happened."), ("", "Out of cheese.")] == [
        (one["code"], one["text"]) for one in document["unknown"]
    ]
    assert "CGEN4711" in diagnose(tmp_path, "answer.json").out
    assert "No message that is known here" in diagnose(tmp_path, "notes.txt").out


def test_both_sides_of_a_connection(tmp_path: Path) -> None:
    """Same root, other intermediate; and the appliance's own clock."""
    made = town()
    (tmp_path / "a.pem").write_bytes(to_pem(chain(made.leaf())))
    (tmp_path / "b.pem").write_bytes(to_pem(chain(made.leaf(made.second, key=made.other))))
    text = "Unable to mutually authenticate and connect to the remote appliance."
    code, document = told(tmp_path, "a.pem", "--other", "b.pem", "--message", text)
    assert (1, ["dell-authorities"]) == (code, holding(document))
    seen = document["answers"][0]["causes"][0]["seen"]["values"]
    assert ("CN=Inter-CA1", "CN=Inter-CA2") == (seen["ours"], seen["theirs"])
    late = datetime(2030, 1, 1, tzinfo=UTC).isoformat()
    ran = run_warifu(
        "diagnose",
        "a.pem",
        "--other",
        "a.pem",
        "--message",
        text,
        "--at",
        late,
        "--json",
        folder=tmp_path,
        seconds=120,
    )
    assert ["dell-validity"] == holding(json.loads(ran.out))


def test_anchors_and_a_key_decide_and_no_key_is_shown(tmp_path: Path) -> None:
    """What was given as a key is never written anywhere."""
    leaf = town().leaf(name="sepm.example")
    (tmp_path / "server.pem").write_bytes(to_pem(chain(leaf)))
    (tmp_path / "other.pem").write_bytes(make_ca("Other").pem)
    (tmp_path / "wrong.key").write_bytes(town().leaf(key=town().other).key_pem)
    text = "The certificate chain was issued by an authority that is not trusted"
    assert ["sql-not-trusted"] == holding(
        told(tmp_path, "server.pem", "--anchors", "other.pem", "--message", text)[1]
    )
    number = "vecs-cli failed. Error 90018: x"
    ran = diagnose(tmp_path, "server.pem", "wrong.key", "--message", number)
    assert (1, True) == (ran.code, "Certificate and private key do not belong together" in ran.out)
    secret = (tmp_path / "wrong.key").read_text("utf-8").splitlines()[2]
    assert secret not in ran.out + ran.err


def test_wrong_use_is_told(tmp_path: Path) -> None:
    """Nothing given, a file that is not there, a bundle that is broken."""
    assert 2 == diagnose(tmp_path).code
    assert 2 == diagnose(tmp_path, "nowhere.log").code
    (tmp_path / "broken.zip").write_bytes(bundle(b"x")[:100])
    ran = diagnose(tmp_path, "broken.zip")
    assert (5, True) == (ran.code, "cannot be unpacked" in ran.out)


def test_the_products_release_decides(tmp_path: Path) -> None:
    """An Expressway before X15.5 wants clientAuth beside serverAuth; one that is told to be X15.5 does not."""
    (tmp_path / "answer.txt").write_text('HTTP/1.1 200 OK\n\n{"Message":"Bad Request"}', "utf-8")
    (tmp_path / "exp.pem").write_bytes(town().leaf(purposes=SERVER).pem)
    code, document = told(tmp_path, "answer.txt", "exp.pem")
    assert (1, ["expressway-purposes"]) == (code, holding(document))
    _, document = told(tmp_path, "answer.txt", "exp.pem", "--profile", "cisco-expressway@X15.5:C")
    assert [] == holding(document)
    ran = diagnose(tmp_path, "answer.txt", "exp.pem", "--profile", "dell-ome-server")
    assert 2 == ran.code
    assert "another product" in ran.err


def test_a_locked_file_is_opened_with_its_password(tmp_path: Path) -> None:
    """What hangs on the file is decided only when it can be read."""
    leaf = town().leaf(purposes=SERVER)
    locked = serialize_key_and_certificates(
        b"exp", leaf.key, leaf.cert, None, BestAvailableEncryption(b"geheim")
    )
    (tmp_path / "answer.txt").write_text('{"Message":"Bad Request"}', "utf-8")
    (tmp_path / "exp.p12").write_bytes(locked)
    (tmp_path / "password").write_text("geheim\n", "utf-8")
    (tmp_path / "password").chmod(0o600)
    assert "expressway-purposes" not in holding(told(tmp_path, "answer.txt", "exp.p12")[1])
    ran = diagnose(tmp_path, "answer.txt", "exp.p12", "--password-file", "password", "--json")
    assert "expressway-purposes" in holding(json.loads(ran.out))
    assert "geheim" not in ran.out + ran.err
