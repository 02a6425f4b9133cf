"""The fuzzer: short here, an hour by `./run fuzz`; and that it would notice."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from support.examples import PROFILE
from support.pki import make_ca
from tools import fuzz
from tools.fuzz import PARSERS, Parser, Tally, feed, report, run
from warifu.domain.x509 import Certificate
from warifu.errors import UsageError

ROUNDS = {"dev": 15, "ci": 60, "nightly": 2000}[PROFILE]
WEB = make_ca("Root").leaf("a.example").value.der


def test_no_parser_lets_a_foreign_exception_out() -> None:
    """The same damaged objects each time, through every parser, and what parses through every rule."""
    tallies = run(PARSERS, seed=20261122, rounds=ROUNDS)
    assert {} == {name: one.failures for name, one in tallies.items() if one.failures}
    assert {ROUNDS} == {one.inputs for one in tallies.values()}
    assert all(one.parsed for name, one in tallies.items() if name in {"certificate", "crl", "file"})


def test_changes_follow_from_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same damage to the same objects, but for signatures, which are made afresh."""
    monkeypatch.setattr(fuzz, "_signed_again", lambda data, _chance: data)
    seen: list[bytes] = []
    parser = Parser("seen", seen.append, lambda: (WEB,))
    run((parser,), seed=1, rounds=20)
    first = list(seen)
    seen.clear()
    run((parser,), seed=1, rounds=20)
    assert first == seen
    assert len(set(first)) > 10
    seen.clear()
    run((parser,), seed=2, rounds=20)
    assert first != seen


def test_objects_signed_again_pass_as_genuine() -> None:
    """Some damaged certificates still verify, so that rules beyond the signature meet them."""
    signed: list[bool] = []

    def note(data: bytes) -> None:
        one = Certificate(data)
        signed.append(fuzz.MID.value.public_key is not None and one.der not in fuzz.certificates())

    run((Parser("note", note, lambda: (fuzz.LEAF.value.der,)),), seed=3, rounds=100)
    assert any(signed)


def test_a_foreign_exception_is_kept_with_its_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A parser that stumbles is noticed; one that refuses in our words is not."""

    def stumble(data: bytes) -> object:
        known: dict[bytes, object] = {}
        return known[data]

    def refuse(_data: bytes) -> object:
        raise UsageError("trust.crl-unreadable", reason="malformed")

    bad, good = Tally(), Tally()
    feed(Parser("bad", stumble, lambda: ()), b"x", bad)
    feed(Parser("good", refuse, lambda: ()), b"x", good)
    assert (1, 0, 1, 0) == (len(bad.failures), len(good.failures), good.inputs, good.parsed)
    assert 0 == report({"good": good}, tmp_path)
    assert 1 == report({"bad": bad}, tmp_path)
    (kept,) = tmp_path.glob("*.bin")
    assert b"x" == kept.read_bytes()
    assert "KeyError" in kept.with_suffix(".txt").read_text("utf-8")
    assert "bad: 1 inputs, 0 parsed, 1 failed" in capsys.readouterr().out


def test_what_does_not_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An input has so many seconds."""
    monkeypatch.setattr(fuzz, "LIMIT", 0.05)

    def linger(_data: bytes) -> object:
        began = time.monotonic()
        while time.monotonic() - began < 30:
            pass
        return None

    tally = Tally()
    feed(Parser("slow", linger, lambda: ()), b"", tally)
    ((_, text),) = tally.failures
    assert "TooSlowError" in text


def test_one_input_can_be_tried_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Through every parser, or one."""
    path = tmp_path / "input"
    path.write_bytes(WEB)
    assert 0 == fuzz.main(["--again", str(path)])
    assert "certificate: 1 inputs, 1 parsed, 0 failed" in capsys.readouterr().out
    assert 0 == fuzz.main(["0", "--only", "crl", "--seed", "7"])
    assert "crl: 0 inputs" in capsys.readouterr().out
