"""What every host shows of a node."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from support.running import wait_until
from support.sight import Sight
from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError
from warifu.ports.changes import Host
from warifu.ports.hosts import (
    MOST_READ,
    FileSeen,
    look_at,
)

SECOND = timedelta(seconds=1)
RAW = bytes(range(256)) * 3 + b"\n\n\0"


def test_file_is_read_with_mode_and_owner(sight: Sight, tmp_path: Path) -> None:
    """Bytes come through unchanged, with permission bits and names of user and group."""
    path = tmp_path / "a b'c\"$x"
    path.write_bytes(RAW)
    path.chmod(0o640)
    seen = sight.read(path)
    expected = ("file", RAW, 0o640, path.owner(), path.group(), "")
    assert expected == (seen.kind, seen.data, seen.mode, seen.user, seen.group, seen.link)


def test_of_a_file_beyond_all_bounds_the_beginning_is_read(sight: Sight, tmp_path: Path) -> None:
    """And its size is told, so that nobody takes the beginning for the whole."""
    file = tmp_path / "store.pem"
    with file.open("wb") as made:
        made.write(b"begins")
        made.truncate(MOST_READ + 5)  # sparse: nothing is written
    seen = sight.read(file)
    assert (MOST_READ, MOST_READ + 5) == (len(seen.data), seen.size)
    assert seen.data.startswith(b"begins")


def test_link_is_followed_and_named(sight: Sight, tmp_path: Path) -> None:
    """A link's own target stands in `link`; data and mode are of what it leads to."""
    (tmp_path / "real").write_bytes(b"x")
    (tmp_path / "real").chmod(0o600)
    (tmp_path / "link").symlink_to("real")
    seen = sight.read(tmp_path / "link")
    assert ("file", b"x", 0o600, "real") == (seen.kind, seen.data, seen.mode, seen.link)


def test_absent_is_an_answer(sight: Sight, tmp_path: Path) -> None:
    """Nothing there, a broken link and a path beneath a file are absent, not errors."""
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "file").write_bytes(b"")
    gone, dangling = sight.read(tmp_path / "no"), sight.read(tmp_path / "dangling")
    assert [("absent", ""), ("absent", "nowhere")] == [(one.kind, one.link) for one in (gone, dangling)]
    assert "absent" == sight.read(tmp_path / "file" / "below").kind


def test_folder_and_others_are_told_apart(sight: Sight, tmp_path: Path) -> None:
    """A folder is a folder; a named pipe is there but never opened, which would wait for ever."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "below").mkdir()
    (tmp_path / "file").write_bytes(b"")
    kinds = [sight.read(tmp_path / name).kind for name in ("below", "pipe", "file")]
    assert ["folder", "other", "file"] == kinds


def test_many_paths_are_looked_at_in_their_order(host: Host, tmp_path: Path) -> None:
    """Files, links, folders and nothing come back as one look each would give; one path twice is two answers."""
    (tmp_path / "a b'c").write_bytes(RAW)
    (tmp_path / "link").symlink_to("a b'c")
    (tmp_path / "empty").write_bytes(b"")
    names = ("link", "a b'c", "empty", "no", ".", "a b'c")
    paths = [f"{tmp_path}/{name}" for name in names]
    assert [host.read(path) for path in paths] == list(host.read_all(paths))
    assert () == host.read_all([])
    assert dict(zip(paths, host.read_all(paths), strict=True)) == look_at(host, paths)


def test_what_cannot_be_read_spoils_no_other_look(host: Host, tmp_path: Path) -> None:
    """A path that leads round in a circle is an error in its own place; `look_at` raises it."""
    (tmp_path / "round").symlink_to("round")
    (tmp_path / "file").write_bytes(b"x")
    paths = [f"{tmp_path}/round", f"{tmp_path}/file"]
    fault, seen = host.read_all(paths)
    assert isinstance(fault, CouldNotLookError)
    assert ("io.host-cannot-read", paths[0]) == (fault.code, fault.values["path"])
    assert isinstance(seen, FileSeen)
    assert b"x" == seen.data
    with pytest.raises(CouldNotLookError, match="host-cannot-read"):
        look_at(host, paths)


def test_names_are_full_paths_sorted(host: Host, tmp_path: Path) -> None:
    """Every entry is listed, hidden and broken ones too."""
    for name in ("b", "a", ".hidden", "..odd", "with space"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "dangling").symlink_to("nowhere")
    expected = sorted(f"{tmp_path}/{n}" for n in ("b", "a", ".hidden", "..odd", "with space", "dangling"))
    assert expected == list(host.names(str(tmp_path)))
    assert expected == list(host.names(f"{tmp_path}/"))


def test_names_of_an_absent_folder_are_none(host: Host, tmp_path: Path) -> None:
    """A folder that is not there has no entries; a file in its place is an error."""
    assert () == host.names(str(tmp_path / "no"))
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CouldNotLookError, match="host-cannot-read"):
        host.names(str(tmp_path / "file"))


def test_command_answers_with_code_output_and_errors(host: Host) -> None:
    """Arguments arrive as they are, standard input whole, and the language is C."""
    script = "import os,sys; d=sys.stdin.buffer.read(); sys.stdout.buffer.write(d); sys.stderr.write(sys.argv[1]+os.environ['LC_ALL']); sys.exit(7)"
    ran = host.run([sys.executable, "-c", script, "a b'\"$(id)\n*"], stdin=RAW)
    assert (7, RAW, b"a b'\"$(id)\n*C") == (ran.code, ran.out, ran.err)


def test_input_a_command_does_not_read_harms_nothing(host: Host) -> None:
    """A command that ignores a large standard input still answers."""
    assert 0 == host.run(["true"], stdin=b"x" * 300_000).code


def test_command_that_is_not_there_is_an_error(host: Host) -> None:
    """The error names the command and says that it does not exist."""
    with pytest.raises(CouldNotLookError) as caught:
        host.run(["no-such-program", "--flag"])
    assert ("io.host-cannot-run", "no-such-program --flag", "No such file or directory") == (
        caught.value.code,
        caught.value.values["command"],
        caught.value.values["reason"],
    )


def test_command_that_does_not_end_is_killed_with_its_children(host: Host, tmp_path: Path) -> None:
    """After the timeout neither the command nor what it started in its group lives."""
    pids = tmp_path / "pids"
    script = f"sleep 600 & echo $! $$ > {pids}; wait"
    begun = time.monotonic()
    with pytest.raises(CouldNotLookError, match="no end after 1 s"):
        host.run(["sh", "-c", script], timeout=SECOND)
    assert time.monotonic() - begun < 15
    numbers = pids.read_text().split()
    assert len(numbers) == 2
    wait_until(lambda: not any(_lives(number) for number in numbers), "the group to end")


def test_daemon_a_command_leaves_does_not_hold_us_up(host: Host, tmp_path: Path) -> None:
    """A restart command's daemon keeps its output open; the command's end counts, and the daemon lives."""
    pid = tmp_path / "pid"
    script = (
        f"setsid sh -c 'echo $$ > {pid}; exec sleep 60' & while ! [ -s {pid} ]; do sleep 0.01; done; echo ok"
    )
    begun = time.monotonic()
    ran = host.run(["sh", "-c", script], timeout=timedelta(seconds=30))
    number = pid.read_text().strip()
    try:
        assert (0, b"ok\n") == (ran.code, ran.out)
        assert time.monotonic() - begun < 15
        assert _lives(number)
    finally:
        os.kill(int(number), 9)


def _lives(number: str) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] not in {"Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_dial_carries_both_ways(sight: Sight) -> None:
    """Bytes sent come back from a server that echoes them, then the end of the stream."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with sight.host.dial(Address("127.0.0.1", port), timeout=10 * SECOND) as stream:
            stream.sendall(b"ping")
            server.settimeout(10)
            peer, _ = server.accept()
            with peer:
                peer.sendall(peer.recv(10).upper())
            assert b"PING" == stream.recv(10)
            assert b"" == stream.recv(10)


def test_peer_that_says_nothing_and_closes_is_no_refusal(host: Host) -> None:
    """A stream that came about ends like any other, also when nothing was said on it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = Address("127.0.0.1", server.getsockname()[1])

        def hang_up() -> None:
            with contextlib.suppress(OSError):
                while True:
                    server.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        with host.dial(address, timeout=10 * SECOND) as stream:
            assert b"" == stream.recv(10)
        server.shutdown(socket.SHUT_RDWR)


def test_look_gives_clocks_of_this_boot(host: Host) -> None:
    """The clocks are the kernel's: boot id, UTC and seconds since boot, suspend included."""
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    clock, _ = host.look()
    after = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert Path("/proc/sys/kernel/random/boot_id").read_text().strip() == clock.boot_id
    assert before - 0.02 <= clock.since_boot <= after + 0.02
    assert abs(time.time() - clock.utc) < 15


def test_look_gives_living_processes_with_their_start(host: Host, tmp_path: Path) -> None:
    """A process started between two readings of the boot clock starts between them, in one parent's name."""
    import subprocess  # noqa: PLC0415

    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()", "a\nb", ""], stdin=subprocess.PIPE
    )
    ended = subprocess.Popen(["true"])
    try:
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)  # a zombie from here on
        wait_until(lambda: b"sys.stdin" in Path(f"/proc/{process.pid}/cmdline").read_bytes(), "exec")
        clock, processes = host.look()
        seen = {p.pid: p for p in processes}
        mine = seen[process.pid]
        assert before - 0.02 <= mine.started <= clock.since_boot
        assert (os.getpid(), ("a\nb", "")) == (mine.parent, mine.arguments[-2:])
        assert (Path(f"/proc/{process.pid}").owner(), os.path.realpath(sys.executable)) == (
            mine.user,
            mine.file,
        )
        assert ended.pid not in seen
    finally:
        process.communicate()
        ended.wait()
