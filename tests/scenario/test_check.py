"""`warifu check` as a person runs it: files, folders and a real TLS server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs7,
    pkcs12,
)

from support.pki import DAY, make_ca
from support.running import need_program
from support.tls_server import run_s_server
from support.usages import basic_constraints
from warifu.domain.x509 import to_pem

SOURCE = Path(__file__).parents[2] / "src"
NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = make_ca("Root", now=NOW)
MID = ROOT.intermediate("Mid", now=NOW)
WEB = MID.leaf("web.example", now=NOW)


def run(*arguments: str | Path, lang: str = "en") -> tuple[int, str]:
    """Run the verb; return its exit code and what it wrote, errors included."""
    argv = [sys.executable, "-m", "warifu", "check", *map(str, arguments), "--lang", lang]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONUTF8": "1"}
    ran = subprocess.run(
        argv, capture_output=True, text=True, timeout=120, check=False, env=environment, encoding="utf-8"
    )
    assert "Traceback" not in ran.stderr
    return ran.returncode, ran.stdout + ran.stderr


def run_json(*arguments: str | Path) -> tuple[int, dict[str, Any]]:
    """Run the verb with --json."""
    code, out = run(*arguments, "--json")
    return code, json.loads(out)


def write(path: Path, data: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(data)
    path.chmod(mode)
    return path


@pytest.fixture
def anchors(tmp_path: Path) -> Path:
    return write(tmp_path / "anchors.pem", ROOT.pem)


def codes(subject: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in subject["findings"]]


def test_a_good_file_is_fine(tmp_path: Path, anchors: Path) -> None:
    """Key, leaf and chain in one private file: accepted by us and by the engines of every machine, exit code 0."""
    need_program("openssl", "openssl")
    path = write(tmp_path / "web.pem", WEB.fullchain_pem + WEB.key_pem)
    code, document = run_json(path, "--anchors", anchors, "--name", "web.example")
    (subject,) = document["subjects"]
    assert (0, []) == (code, codes(subject))
    assert ("accepted", "run") == (subject["verdict"]["outcome"], subject["verdict"]["basis"])
    assert {"openssl": True, "cryptography": True} == {
        engine["consumer"]: engine["accepted"] for engine in subject["verdict"]["engines"]
    }
    path_of_chain = [one.fingerprint.hex for one in (WEB.value, MID.value, ROOT.value)]
    assert path_of_chain == subject["verdict"]["path"]


@pytest.mark.req("S1-25")
@pytest.mark.parametrize(
    ("mode", "found"), [(0o600, False), (0o640, False), (0o644, True), (0o660, True), (0o604, True)]
)
def test_a_key_that_others_can_read_is_a_finding(
    tmp_path: Path, anchors: Path, mode: int, found: bool
) -> None:
    """0600 and 0640 are private; anything wider is told with the command that closes it."""
    path = write(tmp_path / "web.pem", WEB.fullchain_pem + WEB.key_pem, mode)
    code, document = run_json(path, "--anchors", anchors)
    (subject,) = document["subjects"]
    assert (1 if found else 0) == code
    assert (["private-key-readable"] if found else []) == codes(subject)
    if found:
        assert f"chmod 0600 {path}" in subject["findings"][0]["remedy"]
        assert f"{mode:04o}" == subject["findings"][0]["evidence"]["mode"]


def test_every_fault_is_told_with_evidence_clause_and_remedy(tmp_path: Path, anchors: Path) -> None:
    """Expired, wrong name and another's key: three faults at once, each with what to do, in both languages."""
    leaf = MID.leaf("web.example", expired=True, now=NOW)
    path = write(tmp_path / "web.pem", leaf.fullchain_pem + MID.key_pem)
    code, document = run_json(path, "--anchors", anchors, "--name", "shop.example")
    (subject,) = document["subjects"]
    assert 1 == code
    assert {"expired", "name-mismatch", "key-mismatch"} <= set(codes(subject))
    assert all(one["clause"] and one["remedy"] and one["evidence"] for one in subject["findings"])
    assert not any("?" in one["title"] for one in subject["findings"])
    code, english = run(path, "--anchors", anchors, "--name", "shop.example")
    assert "expired at" in english
    assert "RFC 5280 §4.1.2.5" in english
    assert "warifu plan replace-identity" in english
    code, japanese = run(path, "--anchors", anchors, "--name", "shop.example", lang="ja")
    assert "期限切れ" in japanese
    assert "対処" in japanese


def test_a_private_key_never_shows(tmp_path: Path, anchors: Path) -> None:
    """No line of the key stands in any output."""
    path = write(tmp_path / "web.pem", WEB.fullchain_pem + WEB.key_pem)
    secrets = [line for line in WEB.key_pem.decode().splitlines() if not line.startswith("-----")]
    for arguments in ((), ("--json",)):
        _, out = run(path, "--anchors", anchors, *arguments)
        assert not any(secret in out for secret in secrets)


@pytest.mark.req("S4-09")
def test_a_file_in_the_wrong_order_is_explained(tmp_path: Path, anchors: Path) -> None:
    """A root-first file is judged all the same, and the right order is told."""
    path = write(tmp_path / "web.pem", to_pem([ROOT.value, MID.value, WEB.value]))
    code, document = run_json(path, "--anchors", anchors)
    (subject,) = document["subjects"]
    assert 1 == code
    assert "accepted" == subject["verdict"]["outcome"]
    unordered = next(one for one in subject["findings"] if one["code"] == "chain-unordered")
    assert "CN=web.example → CN=Mid → CN=Root" in unordered["remedy"]
    assert "path accepted, errors beside it below" in run(path, "--anchors", anchors)[1]
    right = write(tmp_path / "right.pem", WEB.fullchain_pem)
    assert "right.pem: chain, accepted\n" in run(right, "--anchors", anchors)[1]


def test_a_folder_is_read_whole_in_order_with_a_sum(tmp_path: Path) -> None:
    """Every file below it is looked at, sorted; what is no certificate is a note."""
    anchors = write(tmp_path / "anchors.pem", ROOT.pem)
    folder = tmp_path / "ssl"
    (folder / "sub").mkdir(parents=True)
    write(folder / "b.pem", WEB.fullchain_pem)
    write(folder / "a.pem", MID.leaf("a.example", expired=True, now=NOW).fullchain_pem)
    write(folder / "readme.txt", b"hello")
    write(folder / "sub" / "ca.pem", ROOT.pem)
    code, document = run_json(folder, "--anchors", anchors)
    assert 1 == code
    seen = [(Path(one["subject"]).name, one["fine"]) for one in document["subjects"]]
    assert [("a.pem", False), ("b.pem", True), ("readme.txt", True), ("ca.pem", True)] == seen
    _, out = run(folder, "--anchors", anchors)
    assert "4 looked at: 3 fine, 1 with findings, 0 could not be looked at." in out


@pytest.mark.req("S1-59")
def test_a_leaf_in_the_trust_store_is_told(tmp_path: Path) -> None:
    """A trust store that holds an end-entity certificate says so, high, with what to bring in first."""
    own = make_ca("own.example", ca=False, names=("own.example",), now=NOW)
    store = write(tmp_path / "anchors.pem", to_pem([ROOT.value, own.value]))
    code, document = run_json(store, "--anchors", write(tmp_path / "root.pem", ROOT.pem))
    (subject,) = document["subjects"]
    assert (1, "anchors") == (code, subject["kind"])
    (found,) = subject["findings"]
    assert ("leaf-as-anchor", "error") == (found["code"], found["severity"])
    assert "end-entity certificate used as trust anchor" in found["title"]
    assert "First put the CA that signs its successor into the trust store" in found["remedy"]
    assert "then remove this anchor" in found["remedy"]
    assert f"retire-anchor {own.value.fingerprint}" in found["remedy"]


@pytest.mark.req("X-13")
@pytest.mark.parametrize(("offset", "expected"), [(-1, 0), (0, 0), (1, 1)])
def test_time_is_an_argument(tmp_path: Path, anchors: Path, offset: int, expected: int) -> None:
    """By rfc5280 the last second is good, and the next is not; openssl's own no is told as openssl's."""
    path = write(tmp_path / "web.pem", WEB.fullchain_pem)
    at = WEB.value.not_after + timedelta(seconds=offset)
    _, document = run_json(path, "--anchors", anchors, "--profile", "rfc5280", "--at", at.isoformat())
    (subject,) = document["subjects"]
    found = [one["evidence"].get("consumer") for one in subject["findings"] if one["code"] == "expired"]
    assert found == ([None] if expected else ["openssl"] if offset == 0 else [])


def test_what_is_not_there_could_not_be_looked_at(tmp_path: Path, anchors: Path) -> None:
    """A path that does not exist is exit code 5, and does not hide the others."""
    path = write(tmp_path / "web.pem", WEB.fullchain_pem)
    code, document = run_json(tmp_path / "absent.pem", path, "--anchors", anchors)
    assert 5 == code
    assert [False, True] == [one["fine"] for one in document["subjects"]]
    assert document["subjects"][0]["problem"]


@pytest.mark.parametrize(
    "arguments",
    [(), ("--profile", "none", "x.pem"), ("--at", "yesterday", "x.pem"), ("--nonsense", "x.pem")],
)
def test_a_wrong_request_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    """Nothing was looked at."""
    code, out = run(*arguments)
    assert 2 == code
    assert out


def test_a_trust_store_without_certificates_is_no_answer(tmp_path: Path) -> None:
    """Judging against nothing would refuse everything; it is said instead."""
    path = write(tmp_path / "web.pem", WEB.fullchain_pem)
    code, out = run(path, "--anchors", write(tmp_path / "empty.pem", b""))
    assert 2 == code
    assert "--anchors" in out


def test_a_live_address_is_judged_by_its_whole_chain(tmp_path: Path, anchors: Path) -> None:
    """Every certificate that a server sends is told, and accepted by name."""
    with run_s_server(tmp_path / "server", WEB) as port:
        code, document = run_json(f"127.0.0.1:{port}", "--anchors", anchors, "--name", "web.example")
    (subject,) = document["subjects"]
    assert (0, []) == (code, codes(subject))
    assert [WEB.value.fingerprint.hex, MID.value.fingerprint.hex] == [
        one["sha256"] for one in subject["certificates"]
    ]


def test_a_live_chain_is_told_also_when_it_is_invalid(tmp_path: Path, anchors: Path) -> None:
    """An expired leaf of another name without its intermediate: served all the same, and every fault told."""
    leaf = MID.leaf("other.example", start=NOW - 9 * DAY, end=NOW - DAY)
    with run_s_server(tmp_path / "server", leaf, chain=()) as port:
        code, document = run_json(f"127.0.0.1:{port}", "--anchors", anchors)
    (subject,) = document["subjects"]
    assert 1 == code
    assert [leaf.value.fingerprint.hex] == [one["sha256"] for one in subject["certificates"]]
    assert {"expired", "name-mismatch", "issuer-missing"} <= set(codes(subject))


def test_every_address_behind_a_name_is_looked_at(tmp_path: Path, anchors: Path) -> None:
    """`localhost` may be several addresses: each has its own line, and one that is closed is exit code 5."""
    leaf = MID.leaf("localhost", now=NOW)
    with run_s_server(tmp_path / "server", leaf) as port:
        code, document = run_json(f"localhost:{port}", "--anchors", anchors)
    by_address = {one["subject"]: one for one in document["subjects"]}
    (open_one,) = [one for subject, one in by_address.items() if f"(127.0.0.1:{port})" in subject]
    assert "accepted" == open_one["verdict"]["outcome"]
    closed = [one for one in by_address.values() if one["problem"]]
    assert (5 if closed else 0) == code


def test_a_closed_port_could_not_be_looked_at(tmp_path: Path, anchors: Path) -> None:
    """A server that ended answers nothing: exit code 5, with the reason."""
    with run_s_server(tmp_path / "server", WEB) as port:
        pass
    code, document = run_json(f"127.0.0.1:{port}", "--anchors", anchors)
    assert 5 == code
    assert "refused" in document["subjects"][0]["problem"]


def test_the_machines_own_trust_store_is_named(tmp_path: Path) -> None:
    """Without --anchors the system's file is used, and the output says which."""
    if not Path("/etc/ssl/certs/ca-certificates.crt").exists():
        pytest.skip("needs the Debian package ca-certificates")
    code, out = run(write(tmp_path / "web.pem", WEB.fullchain_pem))
    assert 1 == code
    assert "/etc/ssl/certs/ca-certificates.crt" in out


def test_a_key_that_does_not_belong_is_told_beside_a_certificate_marked_as_a_ca(tmp_path: Path) -> None:
    """A self-signed certificate made by hand says CA; with a key in the file it is judged as what it serves as."""
    mine, other = make_ca("x.example"), make_ca("other")
    path = write(tmp_path / "pair.pem", mine.pem + other.key_pem)
    code, document = run_json(path, "--anchors", write(tmp_path / "a.pem", mine.pem), "--name", "x.example")
    assert 1 == code
    assert "key-mismatch" in codes(document["subjects"][0])


def test_what_only_one_library_refuses_is_explained(tmp_path: Path) -> None:
    """Certificate, evidence, clause and remedy stand beside the library's refusal, in both languages."""
    need_program("openssl", "openssl")
    soft = ROOT.intermediate("Soft", now=NOW, **basic_constraints(ca=True, critical=False))
    path = write(tmp_path / "web.pem", soft.leaf("web.example", now=NOW).fullchain_pem)
    store = write(tmp_path / "anchors.pem", ROOT.pem)
    code, document = run_json(path, "--anchors", store)
    (subject,) = document["subjects"]
    assert (1, ["engine-refused", "critical-mark-missing"]) == (code, codes(subject))
    refused, reason = subject["findings"]
    assert soft.value.fingerprint.hex == reason["subject"]
    assert "basicConstraints" == reason["evidence"]["extension"]
    assert "§4.2.1.9" in reason["clause"]
    assert "basicConstraints = critical" in reason["remedy"]
    assert "X509_STORE_CTX_get_error" in refused["remedy"]
    assert "クリティカルになっていません" in run(path, "--anchors", store, lang="ja")[1]


def packed(folder: Path) -> tuple[Path, Path]:
    """A PKCS#12 file, and a private file with its password."""
    data = pkcs12.serialize_key_and_certificates(
        b"web", WEB.key, WEB.cert, [MID.cert], BestAvailableEncryption(b"geheim")
    )
    return write(folder / "web.pem", data), write(folder / "password", b"geheim\n")


def test_a_container_is_opened_by_a_password_from_a_file(tmp_path: Path, anchors: Path) -> None:
    """Locked it is a fault with what to do; open, its chain is judged like any other. No password shows."""
    store, password = packed(tmp_path)
    code, document = run_json(store, "--anchors", anchors)
    assert (1, ["container-locked"]) == (code, codes(document["subjects"][0]))
    assert "--password-file FILE" in document["subjects"][0]["findings"][0]["remedy"]
    code, document = run_json(
        store, "--anchors", anchors, "--password-file", password, "--name", "web.example"
    )
    (subject,) = document["subjects"]
    assert (0, [], "accepted") == (code, codes(subject), subject["verdict"]["outcome"])
    other = write(tmp_path / "other", b"Geheim\n")
    code, out = run(store, "--anchors", anchors, "--password-file", other)
    assert 1 == code
    assert "eheim" not in out


def test_the_order_in_a_container_says_nothing(tmp_path: Path, anchors: Path) -> None:
    """PKCS#7 is a set: no fault is made of where its leaf stands, which in PEM is one."""
    certificates = [MID.cert, WEB.cert]
    message = write(tmp_path / "web.p7b", pkcs7.serialize_certificates(certificates, Encoding.DER))
    text = write(tmp_path / "web.pem", to_pem([MID.value, WEB.value]))
    _, document = run_json(message, text, "--anchors", anchors)
    assert [[], ["chain-unordered"]] == [codes(subject) for subject in document["subjects"]]


def test_a_password_is_read_from_standard_input(tmp_path: Path, anchors: Path) -> None:
    """`-` takes one line where nobody sits at a terminal."""
    store, password = packed(tmp_path)
    argv = [
        sys.executable,
        "-m",
        "warifu",
        "check",
        str(store),
        "--anchors",
        str(anchors),
        "--password-file",
        "-",
    ]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    ran = subprocess.run(
        argv, input=password.read_bytes(), capture_output=True, timeout=120, check=False, env=environment
    )
    assert (0, b"") == (ran.returncode, ran.stderr)


@pytest.mark.parametrize(
    ("mode", "content", "code", "said"),
    [
        (0o644, b"geheim\n", 3, "chmod 0600"),
        (0o600, b"\n", 2, "is empty"),
        (None, b"", 2, "There is no file"),
    ],
)
def test_a_password_file_is_private_and_full(
    tmp_path: Path, anchors: Path, mode: int | None, content: bytes, code: int, said: str
) -> None:
    """One that others can read is not used, nor an empty one, nor one that is not there."""
    store, _ = packed(tmp_path)
    password = tmp_path / "p"
    if mode is not None:
        write(password, content, mode)
    ended, out = run(store, "--anchors", anchors, "--password-file", password)
    assert (code, True) == (ended, said in out)


def test_a_key_in_a_trust_store_is_told(tmp_path: Path) -> None:
    """Where only anchors belong, a private key is a fault, in the store that is named and in a bundle that is judged."""
    bundle = write(tmp_path / "anchors.pem", ROOT.pem + MID.pem + MID.key_pem)
    code, document = run_json(bundle, "--anchors", bundle)
    assert 1 == code
    assert "private-key-exposed" in codes(document["subjects"][0])
    assert "private-key-exposed" in codes(document["anchors"])
    clean = write(tmp_path / "clean.pem", ROOT.pem + MID.pem)
    assert "private-key-exposed" not in codes(run_json(clean, "--anchors", clean)[1]["subjects"][0])


def test_binary_is_recognised_whatever_its_name(tmp_path: Path, anchors: Path) -> None:
    """DER is judged like PEM; bytes that only begin like it are refused with a reason."""
    der = write(tmp_path / "web.pem", WEB.value.der + MID.value.der)
    _, document = run_json(der, "--anchors", anchors)
    (subject,) = document["subjects"]
    assert ("accepted", ["odd-form"]) == (subject["verdict"]["outcome"], codes(subject))
    garbage = write(tmp_path / "garbage.cer", bytes([0x30, 0x82, 0x01]) + bytes(64))
    code, document = run_json(garbage, "--anchors", anchors)
    assert (1, ["truncated"]) == (code, codes(document["subjects"][0]))


def test_utf_16_is_read_and_told(tmp_path: Path, anchors: Path) -> None:
    """An odd form is a warning with what mends it, in both languages; the chain is judged."""
    odd = write(tmp_path / "odd.pem", WEB.fullchain_pem.decode().encode("utf-16"))
    code, out = run(odd, "--anchors", anchors, lang="ja")
    assert 1 == code
    assert "文字コードが UTF-16 です" in out
    assert f"`cat {odd} | iconv -f UTF-16 -t UTF-8 > NEW.pem`" in out
