"""What every implementation of the port `pipes` promises."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from warifu.adapters.files.pipes import LocalPipes
from warifu.errors import CouldNotLookError
from warifu.ports.pipes import Pipes


@pytest.fixture(params=[LocalPipes])
def pipes(request: pytest.FixtureRequest) -> Pipes:
    made: Pipes = request.param()
    return made


@pytest.mark.parametrize(("at_most", "expected"), [(3, b"abcd"), (6, b"abcdef"), (100, b"abcdef")])
def test_one_byte_more_than_allowed_is_taken_and_no_more(pipes: Pipes, at_most: int, expected: bytes) -> None:
    """Whoever asked can tell a pipe that was read whole from one that was not."""
    out, into = os.pipe()
    os.write(into, b"abcdef")
    os.close(into)
    assert expected == pipes.read(f"/dev/fd/{out}", at_most=at_most)
    os.close(out)


def test_what_is_no_pipe_is_not_read(pipes: Pipes, tmp_path: Path) -> None:
    """A file, a folder and a device are answered alike: nothing was taken of them."""
    (tmp_path / "file").write_bytes(b"x")
    for path in (tmp_path / "file", tmp_path, Path("/dev/zero")):
        assert pipes.read(str(path), at_most=9) is None


def test_what_is_not_there_is_an_error(pipes: Pipes, tmp_path: Path) -> None:
    """The path and the reason are told."""
    with pytest.raises(CouldNotLookError, match=r"io\.cannot-read"):
        pipes.read(str(tmp_path / "gone"), at_most=9)
