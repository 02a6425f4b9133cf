"""What every host does to a node, and what it leaves when it cannot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from warifu.adapters.hosts.local import LocalHost
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.changes import (
    Act,
    Fence,
    Host,
    MakeFolder,
    Operation,
    PointLink,
    Remove,
    WriteFile,
)

RAW = bytes(range(256)) * 500 + b"\n\n"


def tree(folder: Path) -> dict[str, tuple[str, int, bytes]]:
    """Everything beneath a folder: kind, mode, content or link."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        mode = path.lstat().st_mode & 0o7777
        if path.is_symlink():
            found[name] = ("link", 0, os.fsencode(path.readlink()))
        elif path.is_dir():
            found[name] = ("folder", mode, b"")
        else:
            found[name] = ("file", mode, path.read_bytes())
    return found


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


def everything(place: Path) -> list[Operation]:
    """One of each, with awkward names and bytes."""
    (place / "old").mkdir(exist_ok=True)
    (place / "old" / "file").write_bytes(b"old")
    (place / "plain").write_bytes(b"plain")
    return [
        MakeFolder(f"{place}/new/deep 'er", 0o750),
        WriteFile(f"{place}/new/deep 'er/key", RAW, 0o600),
        WriteFile(f"{place}/new/empty", b"", 0o444),
        Act(("sh", "-c", "cat; echo err >&2"), RAW),
        PointLink(f"{place}/current", "new/deep 'er"),
        PointLink(f"{place}/plain", "new/empty"),
        Remove(f"{place}/old"),
        Remove(f"{place}/never-there"),
    ]


def test_operations_are_carried_out_in_order(host: Host, place: Path, fence: Fence) -> None:
    """Folders, files, links and removals are as asked, modes exact, and acts answer."""
    answers = host.change(everything(place), fence)
    assert [(0, RAW, b"err\n")] == [(ran.code, ran.out, ran.err) for ran in answers]
    assert {
        "current": ("link", 0, b"new/deep 'er"),
        "new": ("folder", 0o750, b""),
        "new/deep 'er": ("folder", 0o750, b""),
        "new/deep 'er/key": ("file", 0o600, RAW),
        "new/empty": ("file", 0o444, b""),
        "plain": ("link", 0, b"new/empty"),
    } == tree(place)


def test_doing_it_twice_changes_nothing(host: Host, place: Path, fence: Fence) -> None:
    """The second time every file keeps its inode and its time."""
    operations = [o for o in everything(place) if not isinstance(o, Remove)]
    host.change(operations, fence)
    before = {p: (p.lstat().st_ino, p.lstat().st_mtime_ns) for p in place.rglob("*") if not p.is_dir()}
    host.change(operations, fence)
    assert before == {
        p: (p.lstat().st_ino, p.lstat().st_mtime_ns) for p in place.rglob("*") if not p.is_dir()
    }


def test_leftovers_of_a_killed_run_are_cleared(host: Host, place: Path, fence: Fence) -> None:
    """A temporary file, folder or link from a run that died does not stop the next one, and goes."""
    (place / ".key.warifu-new").write_bytes(b"half")
    (place / ".key.warifu-new").chmod(0o400)
    (place / ".link.warifu-new").symlink_to("elsewhere")
    host.change([WriteFile(f"{place}/key", b"whole", 0o600), PointLink(f"{place}/link", "key")], fence)
    assert {"key": ("file", 0o600, b"whole"), "link": ("link", 0, b"key")} == tree(place)


def test_link_at_a_files_path_is_replaced_not_followed(host: Host, place: Path, fence: Fence) -> None:
    """Writing to a path that is a link leaves what it led to alone."""
    (place / "target").write_bytes(b"precious")
    (place / "name").symlink_to("target")
    host.change([WriteFile(f"{place}/name", b"new")], fence)
    assert (b"precious", False, b"new") == (
        (place / "target").read_bytes(),
        (place / "name").is_symlink(),
        (place / "name").read_bytes(),
    )


def test_removal_never_follows_links_out(host: Host, place: Path, fence: Fence, tmp_path: Path) -> None:
    """A link inside a removed folder goes; what it leads to stays."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"stay")
    (place / "folder").mkdir()
    (place / "folder" / "link").symlink_to(outside)
    (place / "link").symlink_to(outside)
    host.change([Remove(f"{place}/folder"), Remove(f"{place}/link")], fence)
    assert ({}, b"stay") == (tree(place), (outside / "file").read_bytes())


def test_stop_names_operation_path_and_reason(host: Host, place: Path, fence: Fence) -> None:
    """What came before the fault stays, what comes after it is not done, and no content is told."""
    (place / "folder").mkdir()
    operations = [
        WriteFile(f"{place}/first", b"1"),
        WriteFile(f"{place}/no/such/file", b"secret-content"),
        WriteFile(f"{place}/third", b"3"),
    ]
    with pytest.raises(CouldNotLookError) as caught:
        host.change(operations, fence)
    error = caught.value
    assert (
        "io.host-cannot-change",
        2,
        3,
        "WriteFile",
        f"{place}/no/such/file",
        "No such file or directory",
    ) == (
        error.code,
        *(error.values[k] for k in ("number", "total", "operation", "path", "reason")),
    )
    assert "secret" not in str(error)
    assert ["first", "folder"] == sorted(tree(place))


@pytest.mark.parametrize("kind", ["file", "link"])
def test_folder_in_the_way_is_kept(host: Host, place: Path, fence: Fence, kind: str) -> None:
    """Neither a file nor a link takes a folder's place, and nothing temporary is left."""
    (place / "folder").mkdir()
    wanted = WriteFile(f"{place}/folder", b"x") if kind == "file" else PointLink(f"{place}/folder", "x")
    with pytest.raises(CouldNotLookError, match="host-cannot-change"):
        host.change([wanted], fence)
    assert {"folder": ("folder", 0o755, b"")} == tree(place)


@pytest.mark.parametrize("path", ["relative", "/", "/a/../b", "/a//b", "/a/"])
def test_path_that_is_not_plain_is_refused(host: Host, fence: Fence, path: str) -> None:
    """A relative path, the root, or one that climbs stops before anything is done."""
    with pytest.raises(CouldNotLookError, match="not a plain absolute path"):
        host.change([Remove(path)], fence)
    assert not Path(fence.path).exists()


def test_act_that_fails_ends_the_call(host: Host, place: Path, fence: Fence) -> None:
    """Its answer comes last; the operations after it are not carried out."""
    act = Act(("sh", "-c", "echo no; exit 3"))
    answers = host.change([Act(("true",)), act, WriteFile(f"{place}/after", b"")], fence)
    assert ([0, 3], {}) == ([ran.code for ran in answers], tree(place))


def test_act_that_does_not_end_stops_the_call(host: Host, fence: Fence) -> None:
    """A reload that hangs is killed and named."""
    with pytest.raises(CouldNotLookError) as caught:
        host.change([Act(("sleep", "600"), timeout=timedelta(seconds=1))], fence)
    assert ("io.host-cannot-change", "sleep 600", "no end after 1 s") == (
        caught.value.code,
        caught.value.values["path"],
        caught.value.values["reason"],
    )


# --- the fence


def test_fence_is_kept_in_the_file(host: Host, fence: Fence) -> None:
    """Journal, epoch and order lie in the fence file, for this user's eyes."""
    host.change([], fence)
    path = Path(fence.path)
    assert {"journal": "ours", "epoch": 3, "order": fence.order, "released": False} == json.loads(
        path.read_text()
    )
    assert (0o600, 0o700) == (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777)


@pytest.mark.parametrize(
    ("journal", "epoch", "allowed"),
    [("ours", 2, False), ("ours", 3, True), ("ours", 4, True), ("theirs", 9, False), ("our", 9, False)],
)
def test_only_the_same_journal_with_no_lower_epoch_may_change(
    host: Host, place: Path, fence: Fence, journal: str, epoch: int, allowed: bool
) -> None:
    """Another journal, or a lower epoch, is refused by name and nothing is done."""
    host.change([], fence)
    other = Fence(fence.path, journal, epoch, 'their "order", \\ 順番')
    if allowed:
        host.change([WriteFile(f"{place}/done", b"")], other)
        assert (["done"], epoch) == (list(tree(place)), json.loads(Path(fence.path).read_text())["epoch"])
        return
    with pytest.raises(RefusedError) as caught:
        host.change([WriteFile(f"{place}/done", b"")], other)
    assert ("io.host-fenced", "ours", 3, fence.order) == (
        caught.value.code,
        *(caught.value.values[k] for k in ("journal", "epoch", "order")),
    )
    assert {} == tree(place)


def test_released_fence_may_be_taken(host: Host, fence: Fence) -> None:
    """After a release any journal may drive, at any epoch."""
    host.change([], fence)
    host.release(fence)
    other = Fence(fence.path, "theirs", 1)
    host.change([], other)
    assert "theirs" == json.loads(Path(fence.path).read_text())["journal"]


@pytest.mark.parametrize(("journal", "epoch"), [("theirs", 9), ("ours", 2)])
def test_fence_of_somebody_else_stays(host: Host, fence: Fence, journal: str, epoch: int) -> None:
    """A release by another journal, or at a lower epoch, changes nothing."""
    host.change([], fence)
    before = Path(fence.path).read_bytes()
    host.release(Fence(fence.path, journal, epoch))
    assert before == Path(fence.path).read_bytes()


def test_release_without_a_fence_makes_none(host: Host, fence: Fence) -> None:
    """There is nothing to release on a node that was never driven."""
    host.release(fence)
    assert not Path(fence.path).exists()


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"journal": "ours"}', "\0\0", '{\n "epoch": "x",\n "released": false\n}']
)
def test_fence_that_cannot_be_understood_refuses(host: Host, place: Path, fence: Fence, text: str) -> None:
    """A garbled fence file is never taken for a free node."""
    Path(fence.path).parent.mkdir()
    Path(fence.path).write_text(text)
    with pytest.raises(RefusedError, match="host-fence-unreadable"):
        host.change([WriteFile(f"{place}/done", b"")], fence)
    assert {} == tree(place)


def test_change_waits_for_another_under_the_same_fence(host: Host, place: Path, fence: Fence) -> None:
    """While somebody holds the lock nothing is done; then it is."""
    Path(fence.path).parent.mkdir()
    with subprocess.Popen(
        ["flock", f"{fence.path}.lock", "sh", "-c", "echo held; read x"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert b"held\n" == holder.stdout.readline()
        thread = threading.Thread(target=host.change, args=([WriteFile(f"{place}/done", b"")], fence))
        thread.start()
        other = replace(fence, path=f"{fence.path}-other")
        host.change([Act(("true",))], other)  # begun later, and through: only the lock keeps the first back
        thread.join(0.5)
        assert (True, {}) == (thread.is_alive(), tree(place))
        holder.communicate(b"\n")
        thread.join(20)
    assert ["done"] == list(tree(place))


def test_two_drivers_at_once_never_both_change(host: Host, place: Path, fence: Fence) -> None:
    """Of many calls by two journals at once, one journal's calls all pass and the other's are all refused."""
    refused: list[str] = []

    def drive(journal: str) -> None:
        own = replace(fence, journal=journal)
        for number in range(3):
            try:
                host.change([WriteFile(f"{place}/{journal}-{number}", b"")], own)
            except RefusedError:
                refused.append(journal)

    threads = [threading.Thread(target=drive, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = {name.split("-")[0] for name in tree(place)}
    assert (1, 3, 3) == (len(winners), len(tree(place)), len(refused))
    assert winners.isdisjoint(refused)


def test_daemon_an_act_leaves_does_not_keep_the_lock(host: Host, place: Path, fence: Fence) -> None:
    """A restarted service lives on with nothing of ours: the next change goes through at once."""
    pid = place / "pid"
    script = f"setsid sh -c 'echo $$ > {pid}; exec sleep 60' & while ! [ -s {pid} ]; do sleep 0.01; done"
    host.change([Act(("sh", "-c", script))], fence)
    number = int(pid.read_text())
    try:
        held = [str(path.readlink()) for path in Path(f"/proc/{number}/fd").iterdir()]
        assert not any(fence.path in path for path in held)
        host.change([WriteFile(f"{place}/done", b"")], fence)
        assert (place / "done").exists()
    finally:
        os.kill(number, 9)


# --- no room


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a tmpfs of its own")
def test_full_disk_keeps_the_old_file(host: Host, tmp_path: Path, fence: Fence) -> None:
    """No space: the error says so, the old file is whole, and no half file stays."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "warifu-test", small], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("needs the right to mount a tmpfs")
    try:
        (small / "file").write_bytes(b"old" * 1000)
        with pytest.raises(CouldNotLookError) as caught:
            host.change([WriteFile(f"{small}/file", b"n" * 100_000)], fence)
        assert "No space left on device" == caught.value.values["reason"]
        assert {"file": ("file", 0o644, b"old" * 1000)} == tree(small)
    finally:
        subprocess.run(["umount", small], check=True)


def test_file_size_limit_keeps_the_old_file(place: Path, fence: Fence) -> None:
    """Where the process may write no larger files (RLIMIT_FSIZE), it is an error of ours and not a death."""
    (place / "file").write_bytes(b"old")
    program = """
import resource, sys
from warifu.adapters.hosts.local import LocalHost
from warifu.errors import CouldNotLookError
from warifu.ports.changes import (Fence, WriteFile,)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    LocalHost().change([WriteFile(sys.argv[1], b"n" * 100_000)], Fence(sys.argv[2], "ours", 1))
except CouldNotLookError as error:
    print(error.values["reason"])
"""
    done = subprocess.run(
        [sys.executable, "-c", program, f"{place}/file", fence.path],
        capture_output=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert b"File too large\n" == done.stdout
    assert {"file": ("file", 0o644, b"old")} == tree(place)


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: changes owners")
def test_owner_is_given(host: Host, place: Path, fence: Fence) -> None:
    """A file and a folder belong to whom they should, by name or number."""
    host.change(
        [WriteFile(f"{place}/key", b"k", 0o400, "nobody:daemon"), MakeFolder(f"{place}/f", 0o700, "65534:1")],
        fence,
    )
    for name in ("key", "f"):
        assert ("nobody", "daemon") == ((place / name).owner(), (place / name).group())
    with pytest.raises(CouldNotLookError, match="host-cannot-change"):
        host.change([WriteFile(f"{place}/other", b"", 0o600, "no-such-user")], fence)
    assert not (place / "other").exists()


# --- killed at any moment

PARTS = ["_remove_leftover", "_write_temporary", "_move_into_place", "_sync_folder"]
DYING = """
import os, signal, sys
from warifu.adapters.hosts.local import LocalHost
from warifu.ports.changes import (Fence, PointLink, WriteFile,)

part, when, path, fence = sys.argv[1:]
class Dying(LocalHost):
    def change_part(self, *given):
        if self.armed and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        getattr(LocalHost, part)(self, *given)
        if self.armed:
            os.kill(os.getpid(), signal.SIGKILL)
    def _do(self, operation):
        self.armed = True
        return super()._do(operation)
    armed = False
setattr(Dying, part, Dying.change_part)
Dying().change([WriteFile(path + "/file", b"new" * 50000, 0o600), PointLink(path + "/link", "new")], Fence(fence, "ours", 1))
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("part", PARTS)
def test_killed_between_any_two_parts_is_old_or_new_and_resumes(
    place: Path, fence: Fence, part: str, when: str
) -> None:
    """After SIGKILL the file is wholly old or wholly new, and the next run ends in the goal without leftovers."""
    (place / "file").write_bytes(b"old")
    (place / "link").symlink_to("old")
    died = subprocess.run(
        [sys.executable, "-c", DYING, part, when, place, fence.path],
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert -9 == died.returncode
    assert (place / "file").read_bytes() in {b"old", b"new" * 50000}
    operations: list[Operation] = [
        WriteFile(f"{place}/file", b"new" * 50000, 0o600),
        PointLink(f"{place}/link", "new"),
    ]
    LocalHost("node").change(operations, replace(fence, epoch=2, journal="ours"))
    assert {"file": ("file", 0o600, b"new" * 50000), "link": ("link", 0, b"new")} == tree(place)


def test_folder_gives_way_to_a_link_where_asked(place: Path, fence: Fence) -> None:
    """On this machine in one instant; unasked it keeps the link away, and a link that is right already clears leftovers."""
    (place / "name").mkdir()
    (place / "name" / "old").write_bytes(b"x")
    with pytest.raises(CouldNotLookError, match=r"io\.host-cannot-change"):
        LocalHost("node").change([PointLink(f"{place}/name", "target")], fence)
    assert b"x" == (place / "name" / "old").read_bytes()
    wanted = PointLink(f"{place}/name", "target", in_place_of_folder=True)
    LocalHost("node").change([wanted], fence)
    assert ("target", ["name"]) == (str((place / "name").readlink()), [one.name for one in place.iterdir()])
    (place / ".name.warifu-new").mkdir()  # as a run that was killed leaves it
    LocalHost("node").change([wanted], fence)
    assert ["name"] == [one.name for one in place.iterdir()]


def test_folder_gives_way_to_no_link_at_a_distance(host: Host, place: Path, fence: Fence) -> None:
    """Elsewhere than on this machine it stays, and the change says where it stopped."""
    if isinstance(host, LocalHost):
        return
    (place / "name").mkdir()
    with pytest.raises(CouldNotLookError, match=r"io\.host-cannot-change"):
        host.change([PointLink(f"{place}/name", "target", in_place_of_folder=True)], fence)
    assert (place / "name").is_dir()
