"""`warifu check` on many distinct leaves, each with its chain, beside `openssl verify` on the same files."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from demo.pki import SERVER, new_root

LEAVES = 500


def run() -> Iterator[dict[str, Any]]:
    """Measure certificates a second, from the start of the program to its end."""
    with tempfile.TemporaryDirectory(prefix="warifu-") as name:
        folder = Path(name)
        files = _write(folder)
        checked, own = _measure(
            [sys.executable, "-m", "warifu", "check", "--json", *_anchors(folder), *files]
        )
        verdicts = json.loads(checked)
        assert sum(len(each["certificates"]) for each in verdicts["subjects"]) >= LEAVES
        untrusted = ["-untrusted", str(folder / "issuing.pem")]
        verified, rival = _measure(
            [
                "openssl",
                "verify",
                "-purpose",
                "sslserver",
                "-CAfile",
                str(folder / "root.pem"),
                *untrusted,
                *files,
            ]
        )
        assert verified.count(": OK") == LEAVES
    yield {
        "name": "check.rate",
        "value": round(LEAVES / own, 1),
        "unit": "certificates/s",
        "rival": round(LEAVES / rival, 1),
        "ratio": round(rival / own, 3),
        "size": f"{LEAVES} leaves, P-256, one intermediate, one process",
    }


def _write(folder: Path) -> list[str]:
    root = new_root("Bench Root")
    issuing = root.intermediate("Bench Issuing CA")
    (folder / "root.pem").write_bytes(root.pem)
    (folder / "issuing.pem").write_bytes(issuing.pem)
    leaves = folder / "leaves"
    leaves.mkdir()
    files: list[str] = []
    for number in range(LEAVES):
        path = leaves / f"{number:05d}.pem"
        path.write_bytes(issuing.leaf(f"host-{number}.bench.example", [SERVER]).fullchain)
        files.append(str(path))
    return files


def _anchors(folder: Path) -> list[str]:
    return ["--anchors", str(folder / "root.pem")]


def _measure(command: Sequence[str]) -> tuple[str, float]:
    began = time.monotonic()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout, time.monotonic() - began
