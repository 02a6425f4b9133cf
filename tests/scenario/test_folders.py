"""Folders as they lie about: linked in circles, deep, with files too large to read, and names of no alphabet."""

from __future__ import annotations

import json
import os
import resource
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.command import Ran, argv, environment, run_warifu
from support.pki import make_ca
from warifu.domain.x509 import to_pem
from warifu.workflows.places import DEEPEST

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = make_ca("Root", now=NOW)
MID = ROOT.intermediate("Mid", now=NOW)
WEB = MID.leaf("web.example", now=NOW)
OLD = MID.leaf("old.example", now=NOW, expired=True)
_MEMORY = 2_500_000_000  # bytes of address space; far less than the large file has


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "anchors.pem").write_bytes(ROOT.pem)
    return tmp_path


def run(folder: Path, *arguments: str) -> Ran:
    return run_warifu(*arguments, folder=folder, seconds=120)


def test_what_cannot_be_read_in_a_folder_is_one_line_of_a_diagnosis(folder: Path) -> None:
    """A pipe that nobody writes into and a link to nowhere are named; the rest is diagnosed."""
    (folder / "case").mkdir()
    (folder / "case" / "web.pem").write_bytes(WEB.fullchain_pem)
    (folder / "case" / "gone").symlink_to("nowhere")
    os.mkfifo(folder / "case" / "pipe")
    ran = run(folder, "diagnose", "case")
    assert 5 == ran.code, ran.err
    assert all(f"case/{name} is no file that can be read" in ran.out for name in ("gone", "pipe"))
    assert "Looked at case/web.pem" in ran.out


def run_small(folder: Path, *arguments: str) -> Ran:
    """Run where memory is short."""
    done = subprocess.run(
        argv(*arguments),
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY)),
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def looked_at(ran: Ran) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(ran.out)["subjects"]
    return listed


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def deep(folder: Path, levels: int) -> Path:
    at = folder / "deep" / "/".join(["s"] * levels)
    at.mkdir(parents=True)
    return at


def test_folders_linked_in_circles_are_entered_once(folder: Path) -> None:
    """Two links back to the folder itself, and twenty pairs of links to the next: each file counts once."""
    (folder / "two").mkdir()
    (folder / "two" / "web.pem").write_bytes(WEB.fullchain_pem)
    for name in "ab":
        (folder / "two" / name).symlink_to("../two")
    for level in range(20):
        (folder / f"d{level}").mkdir()
        for name in "ab":
            (folder / f"d{level}" / name).symlink_to(f"../d{level + 1}")
    (folder / "d20").mkdir()
    (folder / "d20" / "web.pem").write_bytes(WEB.fullchain_pem)
    for name in ("two", "d0"):
        assert 1 == len(looked_at(run(folder, "check", name, "--anchors", "anchors.pem", "--json")))
        out = f"{name}.jsonl"
        assert 0 == run(folder, "check", name, "--anchors", "anchors.pem", "--out", out).code
        assert 1 == len(rows(folder / out))
    packed = run(folder, "pack", "two", "--form", "leaf", "--out", "leaf.pem")
    assert 0 == packed.code, packed.err


def test_what_lies_deep_is_looked_at_or_told(folder: Path) -> None:
    """An expired certificate thirty folders down is found; what lies deeper than any path goes is named, never dropped."""
    (deep(folder, 30) / "old.pem").write_bytes(OLD.pem)
    (deep(folder / "too", DEEPEST + 1) / "old.pem").write_bytes(OLD.pem)
    (found,) = looked_at(run(folder, "check", "deep", "--anchors", "anchors.pem", "--json"))
    assert "expired" in [one["code"] for one in found["findings"]]
    assert 1 == run(folder, "check", "deep", "--anchors", "anchors.pem", "--out", "deep.jsonl").code
    assert "expired" in (folder / "deep.jsonl").read_text()
    for options in ((), ("--out", "too.jsonl")):
        ran = run(folder, "check", "too", "--anchors", "anchors.pem", *options)
        assert (5, True) == (ran.code, f"more than {DEEPEST} folders deep" in ran.out), options
    ran = run(folder, "pack", "too", "--out", "x.pem")
    assert (5, True) == (ran.code, f"more than {DEEPEST} folders deep" in ran.err)


def test_a_file_that_is_too_large_is_told_and_not_read(folder: Path) -> None:
    """Six gigabytes in a folder hold nothing up where memory is short; the rest of the folder is looked at."""
    (folder / "mixed").mkdir()
    (folder / "mixed" / "web.pem").write_bytes(WEB.fullchain_pem)
    with (folder / "mixed" / "zz.log").open("wb") as file:
        file.truncate(6 << 30)
    large = "mixed/zz.log"
    ran = run_small(folder, "check", "mixed", "--anchors", "anchors.pem", "--json")
    first, last = looked_at(ran)
    assert (0, [], "accepted") == (ran.code, first["findings"], first["verdict"]["outcome"])
    (told,) = last["findings"]
    assert ("too-large", "note", 6 << 30) == (told["code"], told["severity"], told["evidence"]["size"])
    ran = run_small(folder, "pack", "mixed", "--form", "leaf", "--out", "out.pem")
    assert (0, True) == (ran.code, f"{6 << 30} bytes" in ran.out)
    for wrong in (
        ("check", "mixed/web.pem", "--anchors", large),
        ("check", "mixed/web.pem", "--crl", large),
        ("check", "--list", large, "--out", "x.jsonl"),
        ("pack", large, "--out", "x.pem"),
        ("pair", "mixed/web.pem", large),
        ("renewal", "diff", large, "mixed/web.pem"),
    ):
        ran = run_small(folder, *wrong)
        assert (2, True) == (ran.code, f"{large} has {6 << 30} bytes" in ran.err), wrong
    for hard in (("diagnose", "mixed"), ("listing", f"a={large}")):
        ran = run_small(folder, *hard)
        assert "fault of warifu" not in ran.out + ran.err, hard
        assert "zz.log" in ran.out + ran.err, hard


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "web.pem", "--anchors", "box"),
        ("check", "web.pem", "--anchors", "anchors.pem", "--crl", "box"),
        ("check", "web.pem", "--anchors", "anchors.pem", "--csr", "box"),
        ("check", "--list", "box", "--anchors", "anchors.pem"),
        ("check", "web.pem", "--out", "x.jsonl", "--pool", "box", "--anchors", "anchors.pem"),
        ("pair", "box", "web.pem"),
        ("renewal", "diff", "box", "web.pem"),
    ],
)
def test_a_folder_is_called_a_folder(folder: Path, arguments: tuple[str, ...]) -> None:
    """Where one file is meant, a folder is neither absent nor empty."""
    (folder / "box").mkdir()
    (folder / "web.pem").write_bytes(WEB.fullchain_pem)
    ran = run(folder, *arguments)
    assert (2, True) == (ran.code, "box is a folder; name the file" in ran.err), ran


def test_a_name_that_is_no_utf_8_is_shown_escaped(folder: Path) -> None:
    """Bytes that no alphabet has are written as such: in JSON, in a sweep's file, in the book of a watch."""
    (folder / "odd").mkdir()
    odd = os.fsencode(folder / "odd")
    for name, data in {
        b"a\xff.pem": WEB.fullchain_pem,
        b"b\xfe.pem": to_pem([WEB.value, OLD.value, MID.leaf("x.example", now=NOW).value]),
        b"c\xfd.pem": WEB.fullchain_pem[:-60],
    }.items():
        Path(os.fsdecode(odd + b"/" + name)).write_bytes(data)
    (folder / "list").write_text("odd\n")
    ran = run(folder, "check", "odd", "--anchors", "anchors.pem", "--json")
    assert [f"odd/{name}.pem" for name in (r"a\udcff", r"b\udcfe", r"c\udcfd")] == [
        one["subject"] for one in looked_at(ran)
    ]
    ran = run(folder, "check", "--list", "list", "--anchors", "anchors.pem", "--out", "odd.jsonl")
    assert 1 == ran.code, ran.err
    assert all(text in (folder / "odd.jsonl").read_text() for text in (r"b\\udcfe.pem", r"c\\udcfd.pem"))
    for _ in range(2):
        ran = run(
            folder, "watch", "once", "--list", "list", "--anchors", "anchors.pem", "--state", "s.sqlite"
        )
        assert (1, True) == (ran.code, "udcfe" in ran.out), ran.err
