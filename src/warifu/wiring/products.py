"""The drivers of products, for whoever changes services: command line and agent."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.adapters.targets.by_hand import ByHandTarget
from warifu.adapters.targets.demo import DemoTarget
from warifu.adapters.targets.files import FilesTarget
from warifu.adapters.targets.haproxy import HaproxyTarget
from warifu.adapters.targets.nginx import NginxTarget
from warifu.adapters.targets.postgresql import PostgresqlTarget
from warifu.ports.targets import Target


def products() -> Mapping[str, Target]:
    """Return the driver of each kind of target, by the name that estate files use."""
    return {
        "by-hand": ByHandTarget(),
        "demo": DemoTarget(),
        "files": FilesTarget(),
        "haproxy": HaproxyTarget(),
        "nginx": NginxTarget(),
        "postgresql": PostgresqlTarget(),
    }
