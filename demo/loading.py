"""What a demo program loads from plain PEM files, and what it says it has loaded.

Rules: files are read once per load and contexts are made from exactly those bytes; a load
succeeds as a whole or changes nothing; after a load the old contexts are really gone, and
only then the status file says so. Standard library only.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import re
import signal
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1  # prctl(2)
DRAIN_SECONDS = 6.0  # longer than any handshake may take
READS = 5
PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class LoadError(Exception):
    """The files cannot be loaded; what was loaded before stays."""

    def __init__(self, what: str, why: object) -> None:
        super().__init__(f"{what}: {why}")


@dataclass(frozen=True, slots=True)
class IdentityFiles:
    """Paths of one identity: leaf first in `certificate`; `chain` where it has its own file."""

    certificate: str
    key: str
    chain: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """The bytes of one look at the files, by slot label."""

    identities: Mapping[str, bytes]
    trusts: Mapping[str, bytes]

    @property
    def everything(self) -> dict[str, bytes]:
        """Return the bytes of every slot by its label."""
        return {**self.identities, **self.trusts}

    def slots(self) -> dict[str, dict[str, object]]:
        """Return what the status file says about these bytes."""
        seen: dict[str, dict[str, object]] = {}
        for label, data in self.identities.items():
            leaf, *chain = fingerprints(data)
            seen[label] = {"leaf": leaf, "chain": chain}
        for label, data in self.trusts.items():
            seen[label] = {"anchors": fingerprints(data)}
        return seen


def fingerprints(pem: bytes) -> list[str]:
    """Return the SHA-256 of every certificate in a PEM text, in order.

    Raises:
        LoadError: one of them is not base64.
    """
    try:
        blocks = [ssl.PEM_cert_to_DER_cert(block.decode("ascii")) for block in PEM.findall(pem)]
    except ValueError as error:
        raise LoadError("PEM", error) from error
    return [hashlib.sha256(der).hexdigest() for der in blocks]


def read_material(identities: Mapping[str, IdentityFiles], trusts: Mapping[str, str]) -> Material:
    """Read every file of a program, all of one moment.

    Raises:
        LoadError: a file cannot be read, holds no certificate, or changes as fast as it is read.
    """
    material = _read_once(identities, trusts)
    for _ in range(READS):
        again = _read_once(identities, trusts)
        if again == material:  # nothing was swapped between the first file and the last
            break
        material = again
    else:
        raise LoadError("files", "they keep changing")
    empty = [label for label, data in material.everything.items() if not fingerprints(data)]
    if empty:
        raise LoadError("no certificate", ", ".join(empty))
    return material


def _read_once(identities: Mapping[str, IdentityFiles], trusts: Mapping[str, str]) -> Material:
    def joined(files: IdentityFiles) -> bytes:
        paths = dict.fromkeys((files.certificate, files.chain, files.key))
        return b"\n".join(Path(path).read_bytes() for path in paths if path)

    try:
        return Material(
            {label: joined(files) for label, files in identities.items()},
            {label: Path(path).read_bytes() for label, path in trusts.items()},
        )
    except OSError as error:
        raise LoadError("files", error) from error


def server_context(material: Material, *, identity: str, trust: str) -> ssl.SSLContext:
    """Return a context that answers full handshakes only; with a trust label it demands a client certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.num_tickets = 0
    _present(context, material.identities[identity])
    if trust:
        context.verify_mode = ssl.CERT_REQUIRED
        _trust(context, material.trusts[trust])
    return context


def client_context(material: Material, *, trust: str, identity: str) -> ssl.SSLContext:
    """Return a context that verifies the server fully, its name included."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = True
    context.verify_mode = ssl.CERT_REQUIRED
    _trust(context, material.trusts[trust])
    if identity:
        _present(context, material.identities[identity])
    return context


def _present(context: ssl.SSLContext, pem: bytes) -> None:
    """Load certificate and key from memory, so that what is reported is what is used."""
    memory = os.memfd_create("identity")
    try:
        os.write(memory, pem)
        context.load_cert_chain(f"/proc/self/fd/{memory}")
    except (ssl.SSLError, OSError) as error:
        raise LoadError("certificate and key", error) from error
    finally:
        os.close(memory)


def _trust(context: ssl.SSLContext, pem: bytes) -> None:
    try:
        context.load_verify_locations(cadata=pem.decode("utf-8"))
    except (ssl.SSLError, ValueError) as error:
        raise LoadError("trust store", error) from error


Contexts = Mapping[str, ssl.SSLContext]


class _Generation:
    """The contexts of one load, and how many handshakes still use them."""

    def __init__(self, contexts: Contexts) -> None:
        self.contexts = contexts
        self.users = 0


class Loader:
    """Loads a program's files, again and again, and keeps its status file true.

    Args:
        fault: what is wrong with this program, for tests: empty (nothing), `deaf` (a reload does
            nothing), `liar` (a reload changes the status file and nothing else) or `mortal`
            (a reload ends the program).
    """

    def __init__(
        self,
        identities: Mapping[str, IdentityFiles],
        trusts: Mapping[str, str],
        *,
        status: Path,
        build: Callable[[Material], Contexts],
        fault: str = "",
    ) -> None:
        self._identities = identities
        self._trusts = trusts
        self._status = status
        self._build = build
        self._fault = fault
        self._changed = threading.Condition()
        self._current = _Generation({})
        self._slots: dict[str, dict[str, object]] = {}
        self._loaded_at = 0.0

    def load(self) -> str:
        """Load everything, or nothing; return what was wrong, empty when it went well."""
        if self._fault == "deaf" and self._slots:
            return ""
        if self._fault == "mortal" and self._slots:
            os._exit(3)
        began = boot_clock()  # before reading: whoever swapped files earlier knows that they were read
        try:
            material = read_material(self._identities, self._trusts)
            contexts = self._build(material)
        except LoadError as error:
            self._write(str(error))
            return str(error)
        if not (self._fault == "liar" and self._slots):
            self._swap(contexts)
        self._slots, self._loaded_at = material.slots(), began
        self._write("")
        return ""

    @contextmanager
    def context(self, name: str) -> Iterator[ssl.SSLContext]:
        """Lend a context of the newest load; the next load waits until it is given back."""
        with self._changed:
            generation = self._current
            generation.users += 1
        try:
            yield generation.contexts[name]
        finally:
            with self._changed:
                generation.users -= 1
                self._changed.notify_all()

    def _swap(self, contexts: Contexts) -> None:
        with self._changed:
            old, self._current = self._current, _Generation(contexts)
            self._changed.wait_for(lambda: old.users == 0, timeout=DRAIN_SECONDS)

    def _write(self, error: str) -> None:
        text = json.dumps(
            {
                "pid": os.getpid(),
                "started": process_start(),
                "boot_id": Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip(),
                "loaded_at": self._loaded_at,
                "slots": self._slots,
                "error": error,
            },
            indent=1,
        )
        fresh = self._status.with_name(f".{self._status.name}.{os.getpid()}")
        fresh.write_text(text + "\n", encoding="utf-8")
        fresh.replace(self._status)


def boot_clock() -> float:
    """Return seconds since this machine started, sleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def process_start() -> float:
    """Return when this process started, in seconds of the boot clock.

    Spec: proc_pid_stat(5), field 22, in clock ticks.
    """
    fields = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


def end_with(parent: int) -> None:
    """Ask the kernel to end this process when its parent does; 0 means it stays alone.

    Raises:
        SystemExit: the parent has ended already.
    """
    if not parent:
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(0)


def obey(loaders: list[Loader], *, folder: Path) -> None:
    """Reload on SIGHUP until SIGTERM comes or the folder the program lives in is gone.

    The signals must be blocked already (`hold_signals`), so that none is lost or kills.
    """
    while folder.is_dir():
        received = signal.sigtimedwait({signal.SIGHUP, signal.SIGTERM}, 0.5)
        if received is None:
            continue
        if received.si_signo == signal.SIGTERM:
            return
        for loader in loaders:
            loader.load()


def hold_signals() -> None:
    """Block the signals that `obey` takes one by one; threads started later inherit that."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP, signal.SIGTERM})
