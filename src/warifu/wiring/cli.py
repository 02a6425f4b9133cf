"""Where the command line's adapters meet its workflows: small functions, one a need.

Adapters that cost start-up time are imported inside the function that needs them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from warifu.adapters.clock.system import SystemClock
from warifu.adapters.files.local import LocalFiles
from warifu.ports.clock import Clock
from warifu.ports.files import Files

if TYPE_CHECKING:
    from warifu.ports.probes import Prober
    from warifu.ports.targets import Target
    from warifu.workflows.install import Installer


def clock() -> Clock:
    """Return this machine's clock."""
    return SystemClock()


def files() -> Files:
    """Return this machine's files."""
    return LocalFiles()


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
