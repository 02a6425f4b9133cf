"""`warifu check` of what lies beside a chain: keys in files of their own, CRLs, and names as people type them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12Certificate, serialize_java_truststore

from support.pki import DAY, Entity, make_ca
from support.running import need_program

SOURCE = Path(__file__).parents[2] / "src"
NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = make_ca("Root", now=NOW)
MID = ROOT.intermediate("Mid", now=NOW)
WEB = MID.leaf("web.example", "2001:db8::7", now=NOW)
OTHER = MID.leaf("other.example", now=NOW)


def look(folder: Path, *arguments: str | Path) -> tuple[int, dict[str, list[str]], dict[str, Any]]:
    """Run the verb; return its exit code, the codes found for each subject, and the whole answer."""
    (folder / "anchors.pem").write_bytes(ROOT.pem)
    argv = [
        sys.executable,
        "-m",
        "warifu",
        "check",
        *map(str, arguments),
        "--anchors",
        "anchors.pem",
        "--json",
    ]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONUTF8": "1"}
    ran = subprocess.run(argv, capture_output=True, timeout=120, check=False, env=environment, cwd=folder)
    assert b"Traceback" not in ran.stderr
    document = json.loads(ran.stdout)
    found = {one["subject"]: [each["code"] for each in one["findings"]] for one in document["subjects"]}
    return ran.returncode, found, document


def write_key(path: Path, entity: Entity) -> None:
    path.write_bytes(entity.key_pem)
    path.chmod(0o600)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pki"
    made.mkdir()
    (made / "web.crt").write_bytes(WEB.fullchain_pem)
    return made


@pytest.mark.parametrize("name", ["web.key", "privkey.pem"])
def test_a_key_of_another_beside_a_certificate_is_told(tmp_path: Path, folder: Path, name: str) -> None:
    """By its name, or as the only key beside the only certificate; the right key is fine, and the code says so."""
    write_key(folder / name, OTHER)
    code, found, document = look(tmp_path, "pki")
    assert (1, {"pki/web.crt": [], f"pki/{name}": ["key-mismatch"]}) == (code, found)
    (told,) = (one for subject in document["subjects"] for one in subject["findings"])
    assert "web.example" in told["title"]
    write_key(folder / name, WEB)
    assert (0, {"pki/web.crt": [], f"pki/{name}": []}) == look(tmp_path, "pki")[:2]


def test_keys_are_compared_with_what_they_were_named_with(tmp_path: Path, folder: Path) -> None:
    """Two files that are given together; and of several pairs the one whose key was swapped."""
    write_key(tmp_path / "k.pem", OTHER)
    code, found, _ = look(tmp_path, "pki/web.crt", "k.pem")
    assert (1, ["key-mismatch"]) == (code, found["k.pem"])
    (folder / "other.crt").write_bytes(OTHER.fullchain_pem)
    write_key(folder / "other.key", OTHER)
    write_key(folder / "web.key", MID.leaf("web.example", now=NOW))
    code, found, _ = look(tmp_path, "pki")
    assert (1, [], ["key-mismatch"]) == (code, found["pki/other.key"], found["pki/web.key"])


def test_a_key_that_was_put_beside_nothing_is_nobodys_fault(tmp_path: Path, folder: Path) -> None:
    """Of several certificates without keys, none is taken for its own."""
    (folder / "other.crt").write_bytes(OTHER.fullchain_pem)
    write_key(folder / "spare.pem", MID.leaf("spare.example", now=NOW))
    assert (0, []) == (look(tmp_path, "pki")[0], look(tmp_path, "pki")[1]["pki/spare.pem"])


def test_a_crl_in_the_file_of_a_chain_counts(tmp_path: Path) -> None:
    """It stands there to be heard; what it does not list is fine."""
    for revoked, wanted in ((WEB, ["revoked"]), (OTHER, [])):
        crl = MID.crl([revoked], start=NOW - DAY, end=NOW + DAY)
        block = crl.parsed.public_bytes(Encoding.PEM)
        (tmp_path / "chain.pem").write_bytes(WEB.fullchain_pem + block)
        code, found, document = look(tmp_path, "chain.pem")
        assert wanted == found["chain.pem"]
        assert ("refused" if wanted else "accepted") == document["subjects"][0]["verdict"]["outcome"]
        assert code == (1 if wanted else 0)


@pytest.mark.parametrize("mode", ["leaf", "chain"])
def test_a_crl_that_revokes_an_intermediate_is_heard_in_either_mode(tmp_path: Path, mode: str) -> None:
    """What must be covered is one question; what is revoked by a CRL at hand is another."""
    crls = (MID.crl([], start=NOW - DAY, end=NOW + DAY), ROOT.crl([MID], start=NOW - DAY, end=NOW + DAY))
    blocks = b"".join(one.parsed.public_bytes(Encoding.PEM) for one in crls)
    (tmp_path / "all.crl").write_bytes(blocks)
    (tmp_path / "chain.pem").write_bytes(WEB.fullchain_pem)
    code, found, document = look(tmp_path, "chain.pem", "--crl", "all.crl", "--crl-mode", mode)
    assert 1 == code
    assert 1 == found["chain.pem"].count("revoked")
    told = next(one for one in document["subjects"][0]["findings"] if one["code"] == "revoked")
    assert MID.value.fingerprint.hex == told["subject"]


def test_entries_of_a_key_store_are_told_by_their_alias(tmp_path: Path) -> None:
    """With it the owner finds the entry again; what has no name has no alias."""
    data = serialize_java_truststore(
        [PKCS12Certificate(ROOT.cert, b"old root"), PKCS12Certificate(MID.cert, None)], NoEncryption()
    )
    (tmp_path / "trust.p12").write_bytes(data)
    _, _, document = look(tmp_path, "trust.p12")
    (subject,) = document["subjects"]
    assert {ROOT.value.fingerprint.hex: "old root", MID.value.fingerprint.hex: None} == {
        one["sha256"]: one["alias"] for one in subject["certificates"]
    }


@pytest.mark.parametrize("name", ["web.example.", "WEB.example", "[2001:db8::7]", "2001:DB8:0::7"])
def test_a_name_is_asked_as_it_is_meant(tmp_path: Path, name: str) -> None:
    """The root's dot and the brackets of a URL are no part of it, for engines neither."""
    need_program("openssl", "openssl")
    (tmp_path / "chain.pem").write_bytes(WEB.fullchain_pem)
    code, found, document = look(tmp_path, "chain.pem", "--name", name)
    assert (0, {"chain.pem": []}) == (code, found)
    assert all(one["accepted"] for one in document["subjects"][0]["verdict"]["engines"])
