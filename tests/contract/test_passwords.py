"""Where passwords for what is locked come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from warifu.adapters.files.passwords import password_from
from warifu.domain.findings import Lang
from warifu.errors import CouldNotLookError, RefusedError, UsageError


def test_the_first_line_is_the_password(tmp_path: Path) -> None:
    """Without its end; who shares the group may share the password."""
    file = tmp_path / "password"
    file.write_bytes(b"right one\r\nanother\n")
    for mode in (0o600, 0o640, 0o660):
        file.chmod(mode)
        assert b"right one" == password_from(str(file), Lang.EN)


@pytest.mark.parametrize("mode", [0o601, 0o602, 0o604, 0o644])
def test_a_file_that_others_can_touch_is_refused(mode: int, tmp_path: Path) -> None:
    """It names the file and its mode, and never the password."""
    file = tmp_path / "password"
    file.write_bytes(b"right one\n")
    file.chmod(mode)
    with pytest.raises(RefusedError, match=r"io\.password-file-open") as caught:
        password_from(str(file), Lang.EN)
    assert {"path": str(file), "mode": f"{mode:04o}"} == caught.value.values


def test_what_holds_no_password_is_an_error(tmp_path: Path) -> None:
    """An empty line, and a file that is not there."""
    file = tmp_path / "password"
    file.write_bytes(b"\n")
    file.chmod(0o600)
    with pytest.raises(UsageError, match=r"io\.password-empty"):
        password_from(str(file), Lang.EN)
    with pytest.raises(CouldNotLookError, match=r"io\.cannot-read"):
        password_from(str(tmp_path / "none"), Lang.EN)
