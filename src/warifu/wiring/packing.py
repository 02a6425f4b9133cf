"""Where the packing of files meets this machine's adapters."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from warifu.adapters.clock.system import SystemClock
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.files.pipes import LocalPipes
from warifu.adapters.hosts.local import LocalHost
from warifu.domain.x509.java_writer import SALT
from warifu.workflows.pack import Packer


def packer(passwords: Sequence[bytes] = ()) -> Packer:
    """Return what packs files of this machine.

    Args:
        passwords: tried on everything that is locked.
    """
    salt = secrets.token_bytes(SALT)
    return Packer(LocalHost(), LocalPipes(), LocalFiles(), SystemClock().now(), salt, passwords)
