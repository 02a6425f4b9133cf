"""The user's own `ssh`, logged in once: shells kept open on the node, and addresses dialled from there.

One login is shared (ControlMaster in a private folder). For each address that is dialled, OpenSSH
listens on a socket in that folder and carries what connects to it to the address, so a stream costs no
process. All of it ends with `close`; what a killed Warifu leaves ends a minute later by itself, and the
next one clears its folder away.

Spec: ssh(1) -L, -O forward; ssh_config(5) ControlMaster, ControlPersist.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import time
from datetime import timedelta
from threading import Lock

from warifu.adapters.hosts import script
from warifu.adapters.hosts.answers import Frames, connection_fault, sudo_fault
from warifu.adapters.hosts.private_folder import PrivateFolder
from warifu.adapters.hosts.programs import run_here
from warifu.adapters.hosts.session import BrokeOffError, Session, Sessions
from warifu.domain.estate import Ssh
from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError
from warifu.ports.hosts import Ran

_CONNECT = 10  # seconds for TCP and login
_GOOD_FOR = 5.0  # seconds for which the reason of a refusal is not asked for again
_LOGIN = timedelta(seconds=20)
_REASON = timedelta(seconds=10)  # for what is known to have ended: that a busy machine is slow is no answer
_PROMPT = timedelta(seconds=5)  # for what only this machine's own ssh is asked


class Connection:
    """What is shared by everything done on one node.

    Args:
        name: what errors call the node.
        reach: destination, options, and whether commands run through `sudo -n`.
    """

    def __init__(self, name: str, reach: Ssh) -> None:
        self._name = name
        self._reach = reach
        self._sessions = Sessions(self._start)
        self._folder: PrivateFolder | None = None
        self._listening: dict[Address, str] = {}
        self._listened = 0
        self._reasons: dict[Address, tuple[float, bytes]] = {}
        self._lock = Lock()

    def close(self) -> None:
        """End shells, streams and the login; the next use makes new ones."""
        self._sessions.close()
        with self._lock:
            folder, self._folder = self._folder, None
            self._listening.clear()
        if folder is not None:
            with contextlib.suppress(CouldNotLookError):
                self._control(folder.path, "exit")
            folder.remove()

    def ask(self, text: bytes, given: bytes, patience: timedelta, *, careful: bool) -> Frames:
        """Have a script carried out on the node and return its whole answer.

        A kept shell that turns out to have ended is replaced: before READY nothing was carried out.

        Args:
            given: what the script reads.
            careful: it changes something.

        Raises:
            CouldNotLookError: `hosts.ssh-...`: no login, or what came is no whole answer.
        """
        alone, was_new = False, True
        while True:
            try:
                with self._sessions.one(alone=alone) as session:
                    was_new = session.is_new
                    return self._check(session.ask(text, given, patience, careful=careful))
            except BrokeOffError as broke:
                if broke.has_begun or (was_new and (alone or not broke.is_silent)):
                    raise self._fault_of(broke) from broke
                alone = was_new  # the shared connection gave out, or is full: one of its own
            except CouldNotLookError as error:
                raise self._fault(error) from error

    def dial(self, address: Address, timeout: timedelta) -> socket.socket:
        """Return a stream to an address as the node sees it; whether it came about shows when it is read.

        Raises:
            CouldNotLookError: `io.host-cannot-dial`: this machine's ssh does not take it on; `hosts.ssh-...`.
        """
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        stream.settimeout(timeout.total_seconds())
        try:
            try:
                stream.connect(self._listen(address, timeout))
            except OSError:  # the login that listened there is gone: a new one
                with self._lock:
                    self._listening.clear()
                stream.connect(self._listen(address, timeout))
        except OSError as error:
            stream.close()
            reason = error.strerror or type(error).__name__
            raise self._cannot_dial(address, reason) from error
        except BaseException:
            stream.close()
            raise
        return stream

    def why_not(self, address: Address) -> bytes:
        """Return what ssh says of an address whose stream ended at once; empty when it takes connections.

        The shared login says that an address was refused and keeps the reason to itself, so that is asked
        of a login of its own, once for a while.
        """
        argv = (*self._command(), "-W", str(address), "--", self._reach.destination)
        try:
            said = run_here(argv, b"", _REASON, self._name).err
        except CouldNotLookError:
            return b""  # it takes connections and keeps them
        if b"refused" not in said:
            return said
        at, reason = self._reasons.get(address, (0.0, b""))
        if not reason or time.monotonic() - at > _GOOD_FOR:
            alone = ("ssh", "-o", "ControlPath=none", "-o", "LogLevel=INFO", *argv[1:])
            with contextlib.suppress(CouldNotLookError):
                reason = run_here(alone, b"", _REASON, self._name).err
                self._reasons[address] = (time.monotonic(), reason)
        return said + reason

    # --- shells

    def _start(self, *, alone: bool) -> Session:
        shell = f"/bin/sh -c 'eval \"$(head -c {len(script.SERVE)})\"'"
        remote = f"exec sudo -n {shell}" if self._reach.sudo else f"exec {shell}"
        argv = [*self._command(), "--", self._reach.destination, remote]
        own = ["-o", "ControlPath=none"] if alone else []
        return Session([argv[0], *own, *argv[1:]], self._name)

    def _check(self, frames: Frames) -> Frames:
        for frame in frames.of("MISSING"):
            command = frame.data.decode("utf-8", "replace")
            raise CouldNotLookError("hosts.ssh-command-missing", host=self._name, command=command)
        return frames

    def _fault_of(self, broke: BrokeOffError) -> CouldNotLookError:
        destination, ran = self._reach.destination, broke.ran
        if broke.has_begun:
            reason = ran.err.decode("utf-8", "replace").strip() or f"exit code {ran.code}"
            return self._broke_off(reason)
        if ran.code != 255 and self._reach.sudo:
            return sudo_fault(self._name, destination, ran)
        return connection_fault(self._name, destination, ran)

    def _fault(self, error: CouldNotLookError) -> CouldNotLookError:
        if error.code != "io.host-cannot-run":
            return error
        if shutil.which("ssh") is None:
            return CouldNotLookError("hosts.ssh-missing", host=self._name)
        return self._broke_off(str(error.values.get("reason", "")))

    def _broke_off(self, reason: str) -> CouldNotLookError:
        return CouldNotLookError(
            "hosts.ssh-broke-off", host=self._name, destination=self._reach.destination, reason=reason
        )

    # --- streams

    def _listen(self, address: Address, timeout: timedelta) -> str:
        """Return the socket that leads to an address, made when it is not there yet."""
        with self._lock:
            path = self._listening.get(address)
        if path is None and self._folder is not None:
            path = self._forward(address)
        return path or self._forward(address, timeout)

    def _forward(self, address: Address, timeout: timedelta | None = None) -> str:
        """Have the login listen for an address; log in first where a time for that is given.

        Returns:
            The socket; empty when there is no login yet and no time for one was given.
        """
        if timeout is not None:  # so that a fault of the login is not mistaken for one of the address
            self.ask(script.run_script(("true",), 0, 5), b"", timeout + _LOGIN, careful=False)
        with self._lock:
            if address in self._listening:  # by another thread, meanwhile
                return self._listening[address]
            self._listened += 1
            folder = self._folder.path if self._folder is not None else ""  # "": closed meanwhile
            path = f"{folder}/{self._listened}"
            ran = self._control(folder, "forward", "-L", f"{path}:{address}")
            if ran.code == 0:
                self._listening[address] = path
            elif timeout is None:
                path = ""
            else:
                raise self._cannot_dial(address, ran.err.decode("utf-8", "replace").strip())
        return path

    def _control(self, folder: str, *command: str) -> Ran:
        """Ask this machine's own ssh that holds the login; the user's configuration has no part in that."""
        argv = ("ssh", "-F", "none", "-o", f"ControlPath={folder}/ssh", "-O", *command)
        return run_here((*argv, "--", self._reach.destination), b"", _PROMPT, self._name)

    def _cannot_dial(self, address: Address, reason: str) -> CouldNotLookError:
        return CouldNotLookError("io.host-cannot-dial", host=self._name, address=address, reason=reason)

    # --- the command line

    def _command(self) -> list[str]:
        ours = {
            "BatchMode": "yes",
            "LogLevel": "ERROR",
            "ConnectTimeout": str(_CONNECT),
            "ServerAliveInterval": "15",
            "ServerAliveCountMax": "4",
            "ControlMaster": "auto",
            "ControlPath": f"{self._own_folder()}/ssh",
            "ControlPersist": "60",
            "ClearAllForwardings": "yes",
            "RemoteCommand": "none",
            "RequestTTY": "no",
            "PermitLocalCommand": "no",
        }
        switches = [part for key, value in ours.items() for part in ("-o", f"{key}={value}")]
        return ["ssh", "-x", "-a", *switches, *self._reach.options]

    def _own_folder(self) -> str:
        with self._lock:
            if self._folder is None:
                try:
                    self._folder = PrivateFolder()
                except OSError as error:
                    raise CouldNotLookError("hosts.ssh-no-folder", host=self._name) from error
            return self._folder.path
