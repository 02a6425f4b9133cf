"""A disk that is full: a small tmpfs in a mount namespace of the test's own.

    with small_disk(folder) as disk:
        disk.fill()

Who is no root, or may not make namespaces, gets the same answer from RLIMIT_FSIZE: no write
of this process can grow a file.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CLONE_NEWNS = 0x00020000  # sched.h
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class SmallDisk:
    """A folder whose file system is small, or (`limited`) a process that may write nothing."""

    folder: Path
    limited: bool

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """No room is left inside."""
        if self.limited:
            before = resource.getrlimit(resource.RLIMIT_FSIZE)
            old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
            try:
                yield
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, before)
                signal.signal(signal.SIGXFSZ, old)
            return
        filler = self.folder / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\0" * 1024)
        try:
            yield
        finally:
            filler.unlink()


@contextlib.contextmanager
def small_disk(folder: Path, kilobytes: int = 256) -> Iterator[SmallDisk]:
    """Mount a small tmpfs at a folder, seen by this process and those it starts."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        yield SmallDisk(folder, limited=True)
        return
    home = os.open("/proc/thread-self/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
    here = Path.cwd()
    try:
        if _LIBC.unshare(CLONE_NEWNS) != 0:
            yield SmallDisk(folder, limited=True)
            return
        try:
            mount = shutil.which("mount") or "/bin/mount"
            subprocess.run([mount, "--make-rprivate", "/"], check=True, capture_output=True)
            options = f"size={kilobytes}k,mode=0755"
            subprocess.run(
                [mount, "-t", "tmpfs", "-o", options, "none", folder], check=True, capture_output=True
            )
            yield SmallDisk(folder, limited=False)
        finally:
            assert _LIBC.setns(home, CLONE_NEWNS) == 0
            os.chdir(here)
    finally:
        os.close(home)
