"""Where the command line's adapters meet its workflows: small functions, one a need.

Adapters that cost start-up time are imported inside the function that needs them.
"""

from __future__ import annotations

from datetime import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING

from warifu.adapters.clock.system import SystemClock
from warifu.adapters.files.local import LocalFiles
from warifu.ports.clock import Clock
from warifu.ports.files import Files

if TYPE_CHECKING:
    from warifu.workflows.check import Checker
    from warifu.ports.probes import Prober
    from warifu.ports.targets import Target
    from warifu.workflows.install import Installer


def clock() -> Clock:
    """Return this machine's clock."""
    return SystemClock()


def files() -> Files:
    """Return this machine's files."""
    return LocalFiles()


def checker(profile: str, *, name: str = "", at: datetime | None = None) -> Checker:
    """Return what judges certificates on this machine: its files, its network, every engine at hand.

    Raises:
        UsageError: `trust.profile-unknown`.
    """
    from warifu.adapters.hosts.local import LocalHost
    from warifu.adapters.probes.tls import TlsProber
    from warifu.adapters.verifiers.cryptography import CryptographyVerifier
    from warifu.adapters.verifiers.openssl import OpensslVerifier
    from warifu.domain.trust import profile_named
    from warifu.workflows.check import Checker

    engines = (OpensslVerifier(), CryptographyVerifier())
    return Checker(LocalHost(), TlsProber(), engines, profile_named(profile), at or clock().now(), name)
def targets() -> Mapping[str, Target]:
    """Return the driver of each kind of target, by the name that estate files use."""
    from warifu.adapters.targets.by_hand import ByHandTarget
    from warifu.adapters.targets.demo import DemoTarget
    from warifu.adapters.targets.files import FilesTarget
    from warifu.adapters.targets.haproxy import HaproxyTarget
    from warifu.adapters.targets.nginx import NginxTarget
    from warifu.adapters.targets.postgresql import PostgresqlTarget

    return {
        "by-hand": ByHandTarget(),
        "demo": DemoTarget(),
        "files": FilesTarget(),
        "haproxy": HaproxyTarget(),
        "nginx": NginxTarget(),
        "postgresql": PostgresqlTarget(),
    }


def installer(prober: Prober) -> Installer:
    """Return the one install engine."""
    from warifu.workflows.install import Installer

    return Installer(prober, clock())
