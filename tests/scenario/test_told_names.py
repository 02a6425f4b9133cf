"""Names that others chose stay on their line and move no cursor, wherever they are shown."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from support.pki import NOW, make_ca

SOURCE = Path(__file__).parents[2] / "src"
HOSTILE = "web\n\x1b[2Kchain: accepted\r\u202e"
SPELT = r"web\x0a\x1b[2Kchain: accepted\x0d\u202e"
ROOT = make_ca("Root")
LEAF = ROOT.leaf(
    "web.example",
    subject=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOSTILE)]),
)


def run(*arguments: str | Path, cwd: Path) -> str:
    argv = [sys.executable, "-m", "warifu", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "WARIFU_LANG": "en"}
    return subprocess.run(
        argv, cwd=cwd, env=environment, capture_output=True, timeout=120, check=False
    ).stdout.decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "anchors.pem").write_bytes(make_ca("Other").pem)
    place = tmp_path / "seen\x1b[31m\nplace"
    place.mkdir()
    (place / "web.pem").write_bytes(LEAF.fullchain_pem)
    return tmp_path


@pytest.mark.parametrize("verb", [("check",), ("check", "--out", "rows.jsonl")])
def test_names_of_certificates_and_files_are_spelt(folder: Path, verb: tuple[str, ...]) -> None:
    """A name that ends the line or clears it writes nothing of its own into the answer for people."""
    told = run(*verb, "--anchors", "anchors.pem", "--at", NOW.isoformat(), ".", cwd=folder)
    assert r"seen\x1b[31m\x0aplace" in told
    assert not [line for line in told.splitlines() if line.startswith("chain: accepted")]
    assert {"\n"} == {one for one in told if not one.isprintable()}


def test_documents_hold_names_as_they_are(folder: Path) -> None:
    """JSON has a spelling of its own; in a sheet nothing may end the line."""
    asked = ("--anchors", "anchors.pem", "--at", NOW.isoformat(), ".")
    document = json.loads(run("check", "--json", *asked, cwd=folder))
    (chain,) = [one for one in document["subjects"] if one["subject"].endswith("web.pem")]
    assert "seen\x1b[31m\nplace" in chain["subject"]
    assert any(HOSTILE in str(one["evidence"].get("who")) for one in chain["findings"])
    run("check", "--out", "rows.csv", *asked, cwd=folder)
    rows = list(csv.DictReader(io.StringIO((folder / "rows.csv").read_bytes().decode(), newline="")))
    assert any(SPELT in row["subject"] for row in rows)
    assert all(cell.isprintable() for row in rows for cell in row.values())
