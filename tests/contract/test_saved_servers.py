"""What a person's command line keeps of servers: private, whole or not at all, and read by nobody's mistake."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from warifu.adapters.orders.beliefs import FileBeliefs
from warifu.adapters.orders.person import FileSavedServers
from warifu.errors import CouldNotLookError
from warifu.ports.bundles import Held
from warifu.ports.person_line import SavedServer

ONE = SavedServer("https://one.example:8443", "PEM", "ito", "secret-token", root="ab" * 32)
TWO = SavedServer("https://two.example:8443", person="ito", certificate="/c.pem", key="/c.key")


def test_the_server_signed_in_to_last_is_the_one_that_is_meant(tmp_path: Path) -> None:
    """Each is found by its address, too; kept again it is the last; forgotten it is gone."""
    saved = FileSavedServers(str(tmp_path / "warifu" / "servers.json"))
    assert saved.find("") is None
    saved.keep(ONE)
    saved.keep(TWO)
    assert (TWO, ONE, None) == (saved.find(""), saved.find(ONE.url), saved.find("https://three.example"))
    saved.keep(ONE)
    assert ONE == saved.find("")
    saved.forget(ONE.url)
    assert (TWO, None) == (saved.find(""), saved.find(ONE.url))


def test_what_is_saved_is_private(tmp_path: Path) -> None:
    """The file is 0600 in a folder of 0700; a token is in no repr."""
    file = tmp_path / "warifu" / "servers.json"
    FileSavedServers(str(file)).keep(ONE)
    assert (0o600, 0o700) == tuple(stat.S_IMODE(one.stat().st_mode) for one in (file, file.parent))
    assert "secret-token" not in repr(ONE)


def test_what_is_believed_comes_back(tmp_path: Path) -> None:
    """Bytes for bytes, by the root that somebody was told."""
    beliefs = FileBeliefs(str(tmp_path / "trust"))
    held = Held({"root": b"\x00\xff{}"}, {"warifu/bundle.json": b"[]"})
    assert beliefs.find("ab" * 32) is None
    beliefs.keep("ab" * 32, held)
    assert held == beliefs.find("ab" * 32)
    assert beliefs.find("cd" * 32) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[[]]",
        '{"metadata": [], "documents": {}}',
        '{"metadata": {"a": "*"}, "documents": {}}',
        "[" * 99_999,
    ],
)
def test_a_damaged_file_is_told_and_not_believed(tmp_path: Path, text: str) -> None:
    """Only our errors come out."""
    (tmp_path / f"{'ab' * 32}.json").write_text(text)
    with pytest.raises(CouldNotLookError, match=r"orders\.saved-unreadable"):
        FileBeliefs(str(tmp_path)).find("ab" * 32)
    if text != "[]":  # nobody signed in
        with pytest.raises(CouldNotLookError, match=r"orders\.saved-unreadable"):
            FileSavedServers(str(tmp_path / f"{'ab' * 32}.json")).find("")
