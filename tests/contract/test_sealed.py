"""Bytes that are encrypted where they lie."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from warifu.adapters.files.sealed import Sealed
from warifu.errors import CouldNotLookError

SECRET = b"hunter2 " * 40


def test_what_is_sealed_is_nowhere_in_clear_and_opens_again(tmp_path: Path) -> None:
    """Also by another process that starts later: the key lies in a file of mode 0600."""
    path = tmp_path / "keys" / "seal.key"
    sealed = Sealed(str(path)).seal(SECRET, "identity")
    assert b"hunter2" not in sealed
    assert SECRET == Sealed(str(path)).open(sealed, "identity")
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert ["seal.key"] == [one.name for one in path.parent.iterdir()]


def test_the_same_bytes_are_sealed_otherwise_each_time(tmp_path: Path) -> None:
    """A nonce is never used twice."""
    sealer = Sealed(str(tmp_path / "k"))
    assert sealer.seal(SECRET, "a") != sealer.seal(SECRET, "a")


def test_nothing_sealed_is_taken_for_another_thing(tmp_path: Path) -> None:
    """Another purpose, another key, one bit more: refused, and nothing of it is shown."""
    sealer, other = Sealed(str(tmp_path / "k")), Sealed(str(tmp_path / "other"))
    sealed = sealer.seal(SECRET, "identity current")
    for wrong in (sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:20], b""):
        with pytest.raises(CouldNotLookError, match=r"io\.not-sealed-by-us") as told:
            sealer.open(wrong, "identity current")
        assert "hunter2" not in str(told.value)
    with pytest.raises(CouldNotLookError, match=r"io\.not-sealed-by-us"):
        sealer.open(sealed, "identity next")
    with pytest.raises(CouldNotLookError, match=r"io\.not-sealed-by-us"):
        other.open(sealed, "identity current")


def test_those_who_start_together_make_one_key(tmp_path: Path) -> None:
    """Each opens what the others sealed."""
    sealers = [Sealed(str(tmp_path / "k")) for _ in range(16)]
    with ThreadPoolExecutor(16) as threads:
        made = list(threads.map(lambda one: one.seal(SECRET, "x"), sealers))
    assert {SECRET} == {sealers[0].open(one, "x") for one in made}


def test_a_credential_of_systemd_counts_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key need not lie on the disk at all."""
    (tmp_path / "seal").write_bytes(bytes(range(32)))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    sealed = Sealed(str(tmp_path / "none"), "seal").seal(SECRET, "x")
    assert not (tmp_path / "none").exists()
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    (tmp_path / "file").write_bytes(bytes(range(32)))
    assert SECRET == Sealed(str(tmp_path / "file"), "seal").open(sealed, "x")


def test_a_key_of_another_length_is_said_to_be_unfit(tmp_path: Path) -> None:
    """Nothing is made up from it."""
    (tmp_path / "k").write_bytes(b"short")
    with pytest.raises(CouldNotLookError, match=r"io\.sealing-key-unfit"):
        Sealed(str(tmp_path / "k")).seal(SECRET, "x")
