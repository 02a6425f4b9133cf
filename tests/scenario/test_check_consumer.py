"""`warifu check --consumer`: works here, fails there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.engines import APART, need_engine
from support.pki import Entity, make_ca, make_key
from support.running import need_program
from support.source import ROOT as SOURCE
from warifu.domain.x509 import to_pem

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = make_ca("Root", now=NOW)
MID = ROOT.intermediate("Mid", now=NOW)
CONSUMERS = ["openssl", "cryptography", *APART]


def run(*arguments: object, path: str = os.environ["PATH"]) -> tuple[int, str]:
    argv = [sys.executable, "-m", "warifu", "check", *map(str, arguments)]
    environment = {"PATH": path, "PYTHONPATH": str(SOURCE / "src"), "PYTHONUTF8": "1", "WARIFU_LANG": "en"}
    ran = subprocess.run(
        argv, capture_output=True, text=True, timeout=120, check=False, env=environment, encoding="utf-8"
    )
    assert "Traceback" not in ran.stderr
    return ran.returncode, ran.stdout + ran.stderr


def write(folder: Path, leaf: Entity, *anchors: Entity) -> list[object]:
    """The arguments that judge a leaf by these anchors."""
    (folder / "web.pem").write_bytes(leaf.fullchain_pem)
    (folder / "anchors.pem").write_bytes(to_pem([one.value for one in anchors or (leaf.root,)]))
    return [folder / "web.pem", "--anchors", folder / "anchors.pem", "--name", "web.example"]


def judged(*arguments: object) -> tuple[int, dict[str, Any]]:
    code, out = run(*arguments, "--json")
    (subject,) = json.loads(out)["subjects"]
    return code, subject


def need_all() -> None:
    need_program("openssl", "openssl")
    for consumer in APART:
        need_engine(consumer)


def old_root() -> tuple[Entity, ...]:
    old = make_ca("Old", now=NOW, end=NOW - timedelta(days=1))
    return (old.leaf("web.example", now=NOW),)


def begins_tonight() -> tuple[Entity, ...]:
    return (MID.leaf("web.example", now=NOW, start=NOW + timedelta(hours=6)),)


def cannot_encipher() -> tuple[Entity, ...]:
    return (MID.leaf("web.example", now=NOW, key=make_key("rsa")),)


def intermediate_alone() -> tuple[Entity, ...]:
    return (MID.leaf("web.example", now=NOW), MID)


# What is judged, and whose own engine accepts it.
CASES = {
    "an expired root": (old_root, {"java"}),
    "a leaf that begins tonight": (begins_tonight, {"nss"}),
    "an RSA leaf that may not encipher": (cannot_encipher, set(CONSUMERS) - {"nss"}),
    "an intermediate alone as anchor": (intermediate_alone, set(CONSUMERS) - {"openssl"}),
}


@pytest.mark.parametrize("case", CASES)
def test_each_engine_says_yes_or_no(case: str, tmp_path: Path) -> None:
    """Asked as one consumer, the answer of every other stands beside it."""
    need_all()
    make, accepting = CASES[case]
    arguments = write(tmp_path, *make())
    _, subject = judged(*arguments, "--consumer", "java")
    engines = {one["consumer"]: one["accepted"] for one in subject["verdict"]["engines"]}
    assert {name: name in accepting for name in CONSUMERS} == engines
    assert all(one["answered"] and one["engine"] for one in subject["verdict"]["engines"])


@pytest.mark.parametrize("consumer", CONSUMERS)
def test_the_named_engine_decides(consumer: str, tmp_path: Path) -> None:
    """An intermediate alone as anchor: refused for openssl, for the others accepted with openssl's no as a warning."""
    need_all()
    leaf, anchor = intermediate_alone()
    code, subject = judged(*write(tmp_path, leaf, anchor), "--consumer", consumer)
    weights = {finding["code"]: finding["severity"] for finding in subject["findings"]}
    assert "run" == subject["verdict"]["basis"]
    if consumer == "openssl":
        assert (1, "refused", "error") == (
            code,
            subject["verdict"]["outcome"],
            weights["anchor-not-self-signed"],
        )
        assert "note" == weights["engine-refused"]
    else:
        assert ("accepted", {"other-engine-refused": "warning"}) == (subject["verdict"]["outcome"], weights)


def test_a_person_reads_each_reason_once(tmp_path: Path) -> None:
    """What was said of the trust store, and the no of a library that has no reason of its own, are not said again."""
    need_program("openssl", "openssl")
    root = make_ca("Root", now=NOW, no_usage=True)
    arguments = write(tmp_path, root.leaf("web.example", now=NOW, expired=True), root)
    told = run(*arguments)[1]
    assert (1, 1) == (told.count("The CA CN=Root has no keyUsage"), told.count("openssl 3"))
    assert ("(expired)" in told, "(engine-refused)" in told) == (True, False)
    codes = {one["code"] for one in judged(*arguments)[1]["findings"]}
    assert {"expired", "engine-refused", "key-usage-missing"} <= codes


def test_without_the_option_openssl_and_cryptography_decide(tmp_path: Path) -> None:
    """The others are asked where a consumer was named; with `unknown` all of them must accept."""
    need_all()
    arguments = write(tmp_path, *cannot_encipher())
    code, subject = judged(*arguments)
    assert (0, "accepted") == (code, subject["verdict"]["outcome"])
    assert ["cryptography", "openssl"] == [one["consumer"] for one in subject["verdict"]["engines"]]
    assert ["encipherment-unstated"] == [one["code"] for one in subject["findings"]]
    code, subject = judged(*arguments, "--consumer", "unknown")
    assert (1, "refused") == (code, subject["verdict"]["outcome"])
    assert sorted(CONSUMERS) == [one["consumer"] for one in subject["verdict"]["engines"]]
    assert {"engine-refused", "encipherment-unstated"} == {one["code"] for one in subject["findings"]}


@pytest.mark.parametrize(("lang", "told"), [("en", "default-jre-headless"), ("ja", "java")])
def test_an_engine_that_is_not_installed_is_5_with_what_to_install(
    lang: str, told: str, tmp_path: Path
) -> None:
    """The others' answers are still told, and the verdict is marked as modelled."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "awk", "mktemp", "rm", "openssl"):
        (folder / name).symlink_to(shutil.which(name) or need_program(name, name))
    arguments = write(tmp_path, MID.leaf("web.example", now=NOW))
    code, out = run(*arguments, "--consumer", "java", "--lang", lang, path=str(folder))
    assert 5 == code
    assert told in out
    assert "default-jre-headless" in out
    assert "openssl 3" in out
    assert "no-java" not in out.replace("no-java\n", "")


def test_an_unknown_consumer_is_told_with_those_that_are_known(tmp_path: Path) -> None:
    """A word that names no library is refused before anything is judged."""
    code, out = run(*write(tmp_path, MID.leaf("web.example", now=NOW)), "--consumer", "firefox")
    assert 2 == code
    assert all(name in out for name in [*CONSUMERS, "unknown"])


def test_people_read_each_engine_in_a_line(tmp_path: Path) -> None:
    """The table has a line an engine: its version, and yes or no with its own words."""
    need_all()
    _, out = run(*write(tmp_path, *old_root()), "--consumer", "java")
    lines = [line.strip() for line in out.splitlines()]
    assert any(line.startswith("java ") and line.endswith(": accepts") for line in lines)
    for name in ("openssl", "gnutls", "nss"):
        assert any(line.startswith(f"{name} ") and ": refuses (" in line for line in lines)
