"""`warifu listing --used`: what is in use decides what may go, if it could be read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from support.command import Ran, run_warifu
from support.pki import DAY, make_ca
from support.vendor_listings import published, store_listing

NOW = datetime.now(UTC).replace(microsecond=0)
OLD = make_ca("Old Root", now=NOW, end=NOW - DAY)
NEW = make_ca("New Root", now=NOW)
APP = OLD.leaf("app.example", now=NOW)
UNREAD = {
    "cut.pem": APP.pem[:-60],
    "locked.p12": serialize_key_and_certificates(
        b"",
        APP.key,
        APP.cert,
        None,
        BestAvailableEncryption(b"secret"),
    ),
}


def listed(folder: Path, used: str, *more: str) -> Ran:
    asked = ("psc1=directory.txt", "psc1/TRUSTED_ROOTS=one.txt", "--used", used, *more)
    ran = run_warifu("listing", *asked, folder=folder, seconds=120)
    assert "Traceback" not in ran.err
    return ran


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """One node with an expired root, one certificate in use beneath the other root, and a text beside it."""
    (tmp_path / "directory.txt").write_text(published(OLD, NEW), "utf-8")
    (tmp_path / "one.txt").write_text(store_listing(OLD, NEW), "utf-8")
    (tmp_path / "used").mkdir()
    (tmp_path / "used/web.pem").write_bytes(NEW.leaf("web.example", now=NOW).pem)
    (tmp_path / "used/readme.txt").write_text("certificates in use", "utf-8")
    return tmp_path


@pytest.mark.parametrize("name", UNREAD)
def test_a_file_in_use_that_cannot_be_read_keeps_every_anchor(node: Path, name: str) -> None:
    """It is named, and no procedure of removal is offered; a text beside it is no such file."""
    assert "plan procedure" in listed(node, "used").out
    (node / "used" / name).write_bytes(UNREAD[name])
    ran = listed(node, "used")
    assert (1, True, False) == (
        ran.code,
        f"used/{name}: not all of it" in ran.out,
        "plan procedure" in ran.out,
    )
    assert "critical: expired; whether it is used cannot be told, 1 left" in ran.out
    told = json.loads(listed(node, "used", "--json").out)
    assert ([f"used/{name}"], 1) == (told["used"]["unread"], told["used"]["certificates"])
    assert [False, False] == [one["may_go"] for one in told["anchors"]]


def test_a_folder_in_use_without_certificates_is_told(node: Path) -> None:
    """It was asked, and there was nothing to judge by."""
    (node / "empty").mkdir()
    ran = listed(node, "empty")
    assert "No certificate was found in what --used names" in ran.out
    assert "was not asked" not in ran.out
