"""What only SSH can get wrong: each fault has its own message, and nothing secret is seen on the way."""

from __future__ import annotations

import contextlib
import getpass
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from support.running import free_port, wait_until
from support.sshd import Sshd, client_config, run_sshd
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.hosts.script import SERVE, run_script
from warifu.adapters.hosts.session import Session, Sessions
from warifu.adapters.hosts.ssh import SshHost
from warifu.adapters.probes.tls import TlsProber
from warifu.domain.estate import Ssh
from warifu.domain.findings import Lang, say_error
from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.changes import (
    Act,
    Fence,
    WriteFile,
)
from warifu.ports.probes import Ask

TEN = timedelta(seconds=10)


def fault_of(host: SshHost) -> CouldNotLookError:
    with pytest.raises(CouldNotLookError) as caught:
        host.read("/etc/hostname")
    host.close()
    return caught.value


def folder_of(host: SshHost) -> Path:
    folder = host._connection._folder
    assert folder is not None
    return Path(folder.path)


def test_port_without_sshd_is_no_connection(sshd: Sshd) -> None:
    """A refused TCP connection is told as such."""
    options = sshd.write_config("nobody", Port=str(free_port()))
    error = fault_of(SshHost("node", Ssh("node", options)))
    assert "hosts.ssh-cannot-connect" == error.code
    assert "Connection refused" in str(error.values["reason"])


def test_unknown_name_is_no_connection(sshd: Sshd) -> None:
    """A name that leads nowhere is told as such, not as a refused login."""
    options = sshd.write_config("nowhere", HostName="no-such-host.invalid")
    assert "hosts.ssh-cannot-connect" == fault_of(SshHost("node", Ssh("node", options))).code


def test_wrong_key_is_not_let_in(sshd: Sshd, tmp_path: Path) -> None:
    """A key the server does not know is a refused login, and nothing asks for a password."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "other"], check=True)
    options = sshd.write_config("stranger", IdentityFile=str(tmp_path / "other"))
    assert "hosts.ssh-not-let-in" == fault_of(SshHost("node", Ssh("node", options))).code


def test_unknown_host_key_is_refused(sshd: Sshd) -> None:
    """A server whose key is not among the known hosts is not trusted on first sight."""
    options = sshd.write_config("newcomer", UserKnownHostsFile="/dev/null")
    assert "hosts.ssh-host-key-unknown" == fault_of(SshHost("node", Ssh("node", options))).code


def test_changed_host_key_is_refused(sshd: Sshd, tmp_path: Path) -> None:
    """Another key than the known one is a fault of its own."""
    user_key = (sshd.folder / "user_key.pub").read_text()
    (tmp_path / "known").write_text(f"[127.0.0.1]:{sshd.port} {user_key}")
    options = sshd.write_config("changed", UserKnownHostsFile=str(tmp_path / "known"))
    assert "hosts.ssh-host-key-changed" == fault_of(SshHost("node", Ssh("node", options))).code


def test_missing_sudo_is_told_with_the_line_that_helps(tmp_path: Path) -> None:
    """Where sudo says no, the error gives the line that would allow it."""
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "sudo").write_text("#!/bin/sh\necho 'sudo: a password is required' >&2; exit 1\n")
    (fake / "sudo").chmod(0o755)
    with run_sshd(tmp_path / "sshd", f"SetEnv PATH={fake}:/usr/bin:/bin") as server:
        error = fault_of(SshHost("node", Ssh("node", server.options, sudo=True)))
    assert "hosts.ssh-sudo-refused" == error.code
    assert f"{getpass.getuser()} ALL=(root) NOPASSWD: /bin/sh" in say_error(error, Lang.EN)


def test_sudo_stands_before_everything(tmp_path: Path) -> None:
    """With sudo asked for, looks and changes run under it, without a prompt."""
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "sudo").write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$*" >>{tmp_path}/asked; [ "$1" = -n ] && shift; UNDER=sudo exec "$@"\n'
    )
    (fake / "sudo").chmod(0o755)
    whether = ("sh", "-c", "echo $UNDER")
    with run_sshd(tmp_path / "sshd", f"SetEnv PATH={fake}:/usr/bin:/bin") as server:
        host = SshHost("node", Ssh("node", server.options, sudo=True))
        assert b"sudo\n" == host.run(whether).out
        (ran,) = host.change([Act(whether)], Fence(f"{tmp_path}/s/fence", "j", 1))
        host.close()
    assert b"sudo\n" == ran.out
    asked = (tmp_path / "asked").read_text().splitlines()
    assert ["-n /bin/sh -c eval"] == [line.partition(' "')[0] for line in asked]


def test_program_missing_on_the_node_is_named(tmp_path: Path) -> None:
    """A node without flock says so before anything is changed."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for program in Path("/usr/bin").iterdir():
        if program.name != "flock":
            (tools / program.name).symlink_to(program)
    with run_sshd(tmp_path / "sshd", f"SetEnv PATH={tools}") as server:
        host = SshHost("node", Ssh("node", server.options))
        with pytest.raises(CouldNotLookError) as caught:
            host.change([WriteFile(f"{tmp_path}/file", b"x")], Fence(f"{tmp_path}/s/fence", "j", 1))
        host.close()
    assert ("hosts.ssh-command-missing", "flock") == (caught.value.code, caught.value.values["command"])
    assert not (tmp_path / "file").exists()


def test_one_connection_serves_many_calls(tmp_path: Path) -> None:
    """Looks, changes and dialled streams share one login; `close` ends it and its folder."""
    with run_sshd(tmp_path / "sshd") as server:
        host = SshHost("node", Ssh("node", server.options))
        for _ in range(3):
            host.read("/etc/hostname")
        host.dial(Address("127.0.0.1", server.port), timeout=TEN).close()
        folder = folder_of(host)
        assert 0o700 == folder.stat().st_mode & 0o777
        host.close()
        assert not folder.exists()
        assert 1 == server.log.count("Accepted publickey")
        host.read("/etc/hostname")
        assert 2 == server.log.count("Accepted publickey")
        host.close()


def test_one_shell_serves_many_looks(tmp_path: Path) -> None:
    """Looks that follow each other and changes between them start one program on the node; streams start none."""
    with run_sshd(tmp_path / "sshd", "LogLevel VERBOSE") as server:
        host = SshHost("node", Ssh("node", server.options))
        for number in range(5):
            host.read_all(["/etc/hostname", "/etc/passwd"])
            host.change([WriteFile(f"{tmp_path}/file", b"%d" % number)], Fence(f"{tmp_path}/s/fence", "j", 1))
            with host.dial(Address("127.0.0.1", server.port), timeout=TEN) as stream:
                assert stream.recv(8).startswith(b"SSH")
        host.close()
        assert 1 == server.log.count("Starting session")


def test_many_at_once_keep_within_a_narrow_server(tmp_path: Path) -> None:
    """An sshd that lets a connection have one shell still answers eight threads."""
    with run_sshd(tmp_path / "sshd", "MaxSessions 1") as server:
        host = SshHost("node", Ssh("node", server.options))
        with ThreadPoolExecutor(8) as threads:
            kinds = list(threads.map(lambda _: host.read("/etc/hostname").kind, range(16)))
        host.close()
    assert ["file"] * 16 == kinds


def _end_shells(server: Sshd) -> None:
    """Kill every shell that a login runs."""
    listener = (server.folder / "sshd.pid").read_text().strip()
    shells = [p for login in _below(listener) for p in _below(login)]
    assert shells
    _kill(shells)
    wait_until(lambda: not any(Path(f"/proc/{p}").exists() for p in shells), "the shells to end")


def _kill(pids: list[str]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)


def _below(pid: str) -> list[str]:
    found = subprocess.run(["pgrep", "-P", pid], capture_output=True, text=True, check=False)
    return found.stdout.split()


def test_shell_that_ended_is_replaced_before_anything_is_done(tmp_path: Path) -> None:
    """A look and a change after the kept shell was killed go on in a new one; the change is made once."""
    with run_sshd(tmp_path / "sshd") as server:
        host = SshHost("node", Ssh("node", server.options))
        fence = Fence(f"{tmp_path}/s/fence", "j", 1)
        assert "file" == host.read("/etc/hostname").kind
        _end_shells(server)
        assert "file" == host.read("/etc/hostname").kind
        _end_shells(server)
        host.change([Act(("sh", "-c", f"echo done >>{tmp_path}/said"))], fence)
        host.close()
        assert 1 == server.log.count("Accepted publickey")
    assert "done\n" == (tmp_path / "said").read_text()


def test_shell_that_nobody_asks_is_ended() -> None:
    """It serves one who asks after the other; after its time it is gone, and the next gets a new one."""
    started: list[Session] = []

    def start(*, alone: bool) -> Session:
        assert not alone
        started.append(Session(["sh", "-c", f'eval "$(head -c {len(SERVE)})"'], "here"))
        return started[-1]

    def ask() -> bytes:
        with sessions.one() as session:
            frames = session.ask(run_script(("echo", "hi"), 0, 5), b"", TEN, careful=True)
        return frames.of("RAN")[0].data

    sessions = Sessions(start, kept=timedelta(seconds=0.5))
    assert [b"hi\n", b"hi\n"] == [ask(), ask()]
    assert 1 == len(started)
    wait_until(lambda: started[0]._process.returncode is not None, "the shell to end")
    assert b"hi\n" == ask()
    assert 2 == len(started)
    sessions.close()
    assert started[1]._process.returncode is not None


def test_login_that_ended_is_made_again(tmp_path: Path) -> None:
    """When the shared connection is gone, looks and streams make a new one."""
    with run_sshd(tmp_path / "sshd") as server:
        host = SshHost("node", Ssh("node", server.options))
        address = Address("127.0.0.1", server.port)
        host.dial(address, timeout=TEN).close()
        logins = _below((server.folder / "sshd.pid").read_text().strip())
        _kill(logins)
        wait_until(lambda: not (folder_of(host) / "ssh").exists(), "the shared connection to end")
        with host.dial(address, timeout=TEN) as stream:
            assert stream.recv(8).startswith(b"SSH")
        assert "file" == host.read("/etc/hostname").kind
        host.close()


def test_killed_warifu_leaves_no_shell_behind(tmp_path: Path) -> None:
    """After SIGKILL the shells on the node end by themselves."""
    code = (
        "import sys, time; from warifu.adapters.hosts.ssh import SshHost; from warifu.domain.estate import Ssh\n"
        "host = SshHost('node', Ssh('node', ('-F', sys.argv[1])))\n"
        "host.run(['true']); print('ready', flush=True); time.sleep(600)"
    )
    with run_sshd(tmp_path / "sshd") as server:
        argv = [sys.executable, "-c", code, server.options[1]]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")}
        with subprocess.Popen(argv, stdout=subprocess.PIPE, env=environment) as process:
            try:
                assert process.stdout is not None
                assert b"ready\n" == process.stdout.readline()
                logins = _below((server.folder / "sshd.pid").read_text().strip())
                shells = [shell for login in logins for shell in _below(login)]
                assert shells
            finally:
                process.kill()
        wait_until(lambda: not any(Path(f"/proc/{p}").exists() for p in shells), "the shells to end")


@pytest.mark.parametrize("careful", [True, False])
def test_change_is_sent_only_to_a_shell_that_listens(tmp_path: Path, careful: bool) -> None:
    """Before READY a change stays here, so that what broke off by then was not carried out; a look need not wait."""
    session = Session(["sh", "-c", f"exec cat >{tmp_path}/sent"], "here")
    with pytest.raises(CouldNotLookError, match=r"no end after 0\.5 s"):
        session.ask(b"rm file", b"secret", timedelta(seconds=0.5), careful=careful)
    session.close()
    expected = b"7 6\n" if careful else b"7 6\nrm filesecret"
    assert SERVE + expected == (tmp_path / "sent").read_bytes()


def test_half_a_script_is_not_carried_out(tmp_path: Path) -> None:
    """What breaks off in the middle of a script does nothing, not even its first line."""
    text = f"touch {tmp_path}/begun\ntouch {tmp_path}/more\n".encode()
    shell = ["sh", "-c", f'eval "$(head -c {len(SERVE)})"']
    whole = subprocess.run(
        shell, input=SERVE + b"%d 0\n" % len(text[:-1]) + text[:-1], capture_output=True, check=True
    )
    assert b"READY\nOVER 0\n" == whole.stdout
    assert {"begun", "more"} == {path.name for path in tmp_path.iterdir()}
    for path in tmp_path.iterdir():
        path.unlink()
    subprocess.run(shell, input=SERVE + b"%d 0\n" % len(text) + text[:-20], capture_output=True, check=False)
    assert [] == list(tmp_path.iterdir())


def test_contents_and_input_appear_in_no_argument_list(ssh_host: SshHost, tmp_path: Path) -> None:
    """While a change runs, no process shows the content of a file, of an input, or the script."""
    secret = b"hunter2-" + os.urandom(8).hex().encode()
    seen: list[bytes] = []
    go = tmp_path / "go"

    def spy() -> None:
        wait_until(go.exists, "the change to run")
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                seen.append(path.read_bytes())
            except (FileNotFoundError, ProcessLookupError):
                continue
        (tmp_path / "seen").touch()

    thread = threading.Thread(target=spy)
    thread.start()
    script = f"cat >/dev/null; touch {go}; while ! [ -e {tmp_path}/seen ]; do sleep 0.02; done"
    ssh_host.change(
        [WriteFile(f"{tmp_path}/key", secret, 0o600), Act(("sh", "-c", script), stdin=secret)],
        Fence(f"{tmp_path}/s/fence", "j", 1),
    )
    thread.join()
    assert any(b"touch" in line for line in seen)
    assert not any(secret in line for line in seen)
    assert secret == (tmp_path / "key").read_bytes()


def test_refused_dial_is_raised_by_the_first_read(ssh_host: SshHost) -> None:
    """SSH opens the stream first and tells afterwards that nobody listens."""
    stream = ssh_host.dial(Address("127.0.0.1", free_port()), timeout=TEN)
    with stream, pytest.raises(ConnectionRefusedError):
        stream.recv(1)


def test_refused_dial_is_told_however_late_one_writes(ssh_host: SshHost) -> None:
    """A probe that writes when the stream has ended already tells a refusal as one that waits does."""

    class Slow(LocalHost):
        def dial(self, address: Address, *, timeout: timedelta) -> socket.socket:
            stream = ssh_host.dial(address, timeout=timeout)
            assert [stream] == select.select([stream], [], [], 10)[0]
            return stream

    answer = TlsProber().ask(Ask(Address("127.0.0.1", free_port()), timeout=TEN), via=Slow())
    assert ("connection-refused", False) == (answer.refused, answer.reached)


def test_forbidden_forwarding_is_told(tmp_path: Path) -> None:
    """An sshd that allows no forwarding is named as the reason."""
    with run_sshd(tmp_path / "sshd", "AllowTcpForwarding no") as server:
        host = SshHost("node", Ssh("node", server.options))
        with (
            host.dial(Address("127.0.0.1", server.port), timeout=TEN) as stream,
            pytest.raises(PermissionError),
        ):
            stream.recv(1)
        host.close()


def test_jump_host_of_the_configuration_is_used(tmp_path: Path) -> None:
    """ProxyJump in the user's own configuration leads through another sshd."""
    with run_sshd(tmp_path / "a") as near, run_sshd(tmp_path / "b") as far:
        jump = client_config(near.port, near.folder).replace("Host node", "Host near")
        config = tmp_path / "config"
        config.write_text(jump + client_config(far.port, far.folder, ProxyJump="near"))
        host = SshHost("node", Ssh("node", ("-F", str(config))))
        assert b"hi\n" == host.run(["echo", "hi"]).out
        host.close()
        assert "Accepted publickey" in near.log
        assert "Accepted publickey" in far.log


def test_login_script_that_talks_does_not_confuse(tmp_path: Path) -> None:
    """What a shell's start-up prints before our answer is skipped."""
    (tmp_path / "noise").write_text(
        '#!/bin/sh\necho welcome; echo END; exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n'
    )
    (tmp_path / "noise").chmod(0o755)
    with run_sshd(tmp_path / "sshd", f"ForceCommand {tmp_path}/noise") as server:
        host = SshHost("node", Ssh("node", server.options))
        assert "file" == host.read("/etc/hostname").kind
        host.close()


def test_connection_that_breaks_off_is_no_answer(tmp_path: Path) -> None:
    """When the sshd dies in the middle of a command, the error says that the outcome is not known."""
    with run_sshd(tmp_path / "sshd") as server:
        host = SshHost("node", Ssh("node", server.options))
        host.run(["true"])
        caught: list[CouldNotLookError] = []

        def ask() -> None:
            try:
                host.run(["sh", "-c", f"touch {tmp_path}/begun; sleep 30"], timeout=timedelta(seconds=60))
            except CouldNotLookError as error:
                caught.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        wait_until((tmp_path / "begun").exists, "the command to begin")
        children = subprocess.run(
            ["pgrep", "-P", (server.folder / "sshd.pid").read_text().strip()],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        subprocess.run(["kill", "-9", *children], check=True)
        thread.join(30)
        host.close()
    assert ["hosts.ssh-broke-off"] == [error.code for error in caught]


def test_silent_server_does_not_hang_us(tmp_path: Path, sshd: Sshd) -> None:
    """A peer that accepts and says nothing ends in an error within the time for a login."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        options = sshd.write_config("silent", Port=str(server.getsockname()[1]))
        begun = time.monotonic()
        error = fault_of(SshHost("node", Ssh("node", (*options, "-o", "ConnectTimeout=10"))))
        assert "hosts.ssh-cannot-connect" == error.code
        assert time.monotonic() - begun < 20


def test_local_and_ssh_share_one_fence(ssh_host: SshHost, tmp_path: Path) -> None:
    """A machine reached in two ways has one fence: what one wrote, the other reads and refuses by."""
    fence = Fence(f"{tmp_path}/s/fence", 'our "journal" \\ 割符', 3, "line\nbreak")
    local = LocalHost("node")
    ssh_host.change([], fence)
    local.change([], fence)
    local.change([], Fence(fence.path, fence.journal, 4))
    with pytest.raises(RefusedError, match="host-fenced"):
        ssh_host.change([], fence)
    ssh_host.change([], Fence(fence.path, fence.journal, 5))
    with pytest.raises(RefusedError, match="host-fenced"):
        local.change([], Fence(fence.path, fence.journal, 4))
