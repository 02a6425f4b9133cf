"""What every implementation of the port `files` promises."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from warifu.adapters.files.local import LocalFiles
from warifu.errors import CouldNotLookError
from warifu.ports.files import Files


@pytest.fixture(params=[LocalFiles])
def files(request: pytest.FixtureRequest) -> Files:
    made: Files = request.param()
    return made


def test_what_is_written_is_read(files: Files, tmp_path: Path) -> None:
    """A second write replaces the first, and nothing else is left in the folder."""
    path = tmp_path / "plan.json"
    files.write(str(path), b"first")
    files.write(str(path), b"second")
    assert b"second" == files.read(str(path))
    assert (str(path),) == files.names(str(tmp_path))


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_the_mode_is_the_one_asked_for_whatever_the_umask(files: Files, tmp_path: Path, mode: int) -> None:
    """Neither a strict nor a lax umask changes the mode; the default is private."""
    before = os.umask(0o077)
    try:
        files.write(str(tmp_path / "strict"), b"", mode=mode)
        os.umask(0)
        files.write(str(tmp_path / "lax"), b"", mode=mode)
        files.write(str(tmp_path / "default"), b"")
    finally:
        os.umask(before)
    assert [mode, mode] == [stat.S_IMODE((tmp_path / n).stat().st_mode) for n in ("strict", "lax")]
    assert 0o600 == stat.S_IMODE((tmp_path / "default").stat().st_mode)


@pytest.mark.parametrize(("mode", "expected"), [(0o600, 0o700), (0o640, 0o700), (0o644, 0o755)])
def test_who_may_read_a_file_may_enter_the_folders_made_for_it(
    files: Files, tmp_path: Path, mode: int, expected: int
) -> None:
    """Whatever the umask: a strict one is what the service of systemd has."""
    before = os.umask(0o077)
    try:
        files.write(str(tmp_path / "a" / "b" / "file"), b"", mode=mode)
    finally:
        os.umask(before)
    made = [tmp_path / "a", tmp_path / "a" / "b"]
    assert [expected, expected] == [stat.S_IMODE(place.stat().st_mode) for place in made]


def test_a_reader_sees_the_old_or_the_new_file_whole(files: Files, tmp_path: Path) -> None:
    """While a file is replaced again and again, every read gives one of its contents, never a part."""
    path = str(tmp_path / "estate.toml")
    contents = {b"a" * 70_000, b"b" * 90_000}
    files.write(path, b"a" * 70_000)
    ended = threading.Event()

    def replace() -> None:
        for _ in range(30):
            for content in sorted(contents):
                files.write(path, content)
        ended.set()

    writer = threading.Thread(target=replace)
    writer.start()
    seen = set()
    while not ended.is_set():
        seen.add(files.read(path))
    writer.join()
    assert seen <= contents


def test_a_link_stays_a_link(files: Files, tmp_path: Path) -> None:
    """Writing through a symbolic link replaces what it leads to."""
    (tmp_path / "real").mkdir()
    link = tmp_path / "estate.toml"
    link.symlink_to(tmp_path / "real" / "estate.toml")
    files.write(str(link), b"new")
    assert link.is_symlink()
    assert b"new" == (tmp_path / "real" / "estate.toml").read_bytes()


def test_a_write_that_fails_leaves_what_was_there(files: Files, tmp_path: Path) -> None:
    """A folder in the way is an error with path and reason; it keeps its content and no temporary file stays."""
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "kept").write_bytes(b"kept")
    with pytest.raises(CouldNotLookError) as caught:
        files.write(str(blocked), b"new")
    assert "io.cannot-write" == caught.value.code
    assert str(blocked) == caught.value.values["path"]
    assert [blocked, blocked / "kept"] == sorted(tmp_path.rglob("*"))


@pytest.mark.parametrize("path", ["absent", "nul\0byte"])
def test_what_cannot_be_read_says_so(files: Files, tmp_path: Path, path: str) -> None:
    """An absent file and an impossible path are `io.cannot-read`, for files and folders alike."""
    with pytest.raises(CouldNotLookError) as file:
        files.read(str(tmp_path / path))
    with pytest.raises(CouldNotLookError) as folder:
        files.names(str(tmp_path / path))
    assert ["io.cannot-read"] * 2 == [file.value.code, folder.value.code]


def test_names_are_full_sorted_and_of_files_at_every_depth(files: Files, tmp_path: Path) -> None:
    """Folders are walked, not listed; a link to a folder is not entered, so a loop ends."""
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "loop").symlink_to(tmp_path)
    for name in ("z", "b/a", "b/c/d"):
        (tmp_path / name).write_bytes(b"")
    assert tuple(str(tmp_path / n) for n in ("b/a", "b/c/d", "z")) == files.names(str(tmp_path))
    assert files.is_folder(str(tmp_path / "b"))
    assert not files.is_folder(str(tmp_path / "z"))


def test_a_broken_link_exists(files: Files, tmp_path: Path) -> None:
    """`exists` looks at the path itself: what is there, though it leads nowhere, is there."""
    (tmp_path / "link").symlink_to("nowhere")
    assert files.exists(str(tmp_path / "link"))
    assert not files.exists(str(tmp_path / "nowhere"))


def test_a_device_that_never_ends_is_refused() -> None:
    """At once; the empty device is an empty file."""
    with pytest.raises(CouldNotLookError) as raised:
        LocalFiles().read("/dev/zero")
    assert ("io.cannot-read", "not a plain file") == (raised.value.code, raised.value.values["reason"])
    assert b"" == LocalFiles().read("/dev/null")
