"""What `warifu check` takes a file for: what somebody presents is judged as such, whatever its mark says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from support.command import run_warifu
from support.pki import SERVER, make_ca
from support.usages import key_usage
from warifu.domain.x509 import to_pem

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = make_ca("Root", now=NOW)
MID = ROOT.intermediate("Mid", now=NOW)
WEB = MID.leaf("web.example", now=NOW)
MARKED = MID.leaf("web.example", now=NOW, ca=True)
TLS = ((x509.ExtendedKeyUsage(SERVER), False),)
BARE = make_ca("bare", now=NOW)


def check(folder: Path, files: dict[str, bytes], *options: str) -> dict[str, dict[str, Any]]:
    """Judge files; return what was said of each, by its name."""
    (folder / "anchors.pem").write_bytes(ROOT.pem)
    for name, data in files.items():
        (folder / name).write_bytes(data)
        (folder / name).chmod(0o600)
    argv = ("check", *files, "--anchors", "anchors.pem", "--json", *options)
    ran = run_warifu(*argv, folder=folder, seconds=120)
    assert 1 == ran.code, ran.err
    return {one["subject"]: one for one in json.loads(ran.out)["subjects"]}


def codes(subject: dict[str, Any]) -> list[str]:
    return [one["code"] for one in subject["findings"]]


def test_a_leaf_that_is_marked_as_a_ca_is_judged(tmp_path: Path) -> None:
    """With its chain, with its root, with its key or signed by itself: the mark is told, not obeyed."""
    mine = make_ca("own.example", names=("own.example",), now=NOW)
    said = check(
        tmp_path,
        {
            "chain.pem": to_pem([MARKED.value, MID.value]),
            "with-root.pem": to_pem([MARKED.value, MID.value, ROOT.value]),
            "with-key.pem": to_pem([BARE.value, ROOT.value]) + BARE.key_pem,
            "last.pem": to_pem([MID.value, MARKED.value]),
            "self.pem": mine.pem,
            "tls-root.pem": make_ca("own.example", now=NOW, extra=TLS).pem,
            "cannot-sign.pem": make_ca("own", now=NOW, usage=key_usage("digital_signature")).pem,
        },
    )
    for name, subject in said.items():
        assert "ca-as-leaf" in codes(subject), name
        assert "private-key-exposed" not in codes(subject), name
    assert ["chain", "chain", "chain", "chain", "leaf", "leaf", "leaf"] == [
        one["kind"] for one in said.values()
    ]


def test_what_is_asked_of_a_leaf_is_not_ignored(tmp_path: Path) -> None:
    """Who names a file and a name, or a target that wants a chain, means a leaf; a folder's files are not all meant."""
    files = {"cas.pem": to_pem([MID.value, ROOT.value]), "root.pem": ROOT.pem}
    for options in (("--name", "web.example"), ("--profile", "dell-ome-migration")):
        for subject in check(tmp_path, files, *options).values():
            assert "ca-as-leaf" in codes(subject), options


def test_cas_alone_stay_what_they_are(tmp_path: Path) -> None:
    """Roots, intermediates and a bundle of both are no leaf; nor is a bundle where a folder is judged by a name."""
    (tmp_path / "many").mkdir()
    (tmp_path / "many" / "cas.pem").write_bytes(to_pem([MID.value, ROOT.value]))
    other = make_ca("Other", now=NOW)
    said = check(
        tmp_path,
        {
            "roots.pem": to_pem([other.value, ROOT.value]),
            "cas.pem": to_pem([MID.value, ROOT.value]),
            "mid.pem": MID.pem,
            "bad.pem": b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
        },
    )
    assert ["anchors", "anchors", "authorities"] == [one["kind"] for one in said.values()][:3]
    ran = run_warifu("check", "many", "--name", "x.example", "--json", folder=tmp_path, seconds=120)
    (found,) = json.loads(ran.out)["subjects"]
    assert "anchors" == found["kind"]


@pytest.mark.parametrize("after", [(MID,), (MID, ROOT)])
def test_an_intermediate_is_not_taken_for_a_leaf_that_could_not_be_read(
    tmp_path: Path, after: tuple[Any, ...]
) -> None:
    """The block that is broken is told alone: nothing is said of the next as if it were the server's."""
    broken = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
    files = {"chain.pem": broken + b"".join(one.pem for one in after)}
    (subject,) = check(tmp_path, files, "--name", "web.example").values()
    assert ("authorities", ["unreadable"]) == (subject["kind"], codes(subject))


def test_a_copy_is_told_also_where_the_leaf_is_not_first(tmp_path: Path) -> None:
    """Wrong order and a certificate that stands there twice are two faults."""
    (subject,) = check(tmp_path, {"web.pem": to_pem([MID.value, WEB.value, MID.value])}).values()
    assert {"chain-duplicate", "chain-unordered"} == set(codes(subject))


def test_the_place_that_is_told_is_that_of_the_list(tmp_path: Path) -> None:
    """The certificate out of order is counted as it stands in the file, copies and strangers included."""
    stranger = make_ca("Else", now=NOW)
    sent = [WEB.value, WEB.value, stranger.value, ROOT.value, MID.value]
    (subject,) = check(tmp_path, {"web.pem": to_pem(sent)}).values()
    told = next(one for one in subject["findings"] if one["code"] == "chain-unordered")
    assert ("CN=Root", 4) == (subject["certificates"][3]["subject"], told["evidence"]["position"])
