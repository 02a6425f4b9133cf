"""How nodes are reached, and where on them Warifu keeps its state."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from warifu.adapters.hosts.agent import AgentHost
from warifu.adapters.hosts.by_hand import ByHandHost
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.hosts.ssh import SshHost
from warifu.domain.estate import ByAgent, ByHand, Estate, Local, Node, Ssh
from warifu.ports.changes import Host

_FOR_ROOT = "/var/lib/warifu"
_ASK = f'if [ "$(id -u)" = 0 ]; then echo {_FOR_ROOT}; else echo "$HOME/.local/state/warifu"; fi'


def host_for(node: Node, records: str) -> Host:
    """Return the way to a node.

    Args:
        records: the estate's folder: listings of by-hand nodes lie there.
    """
    match node.reach:
        case Local():
            return LocalHost(node.name)
        case Ssh():
            return SshHost(node.name, node.reach)
        case ByHand():
            return ByHandHost(node.name, records)
        case ByAgent():
            return AgentHost(node.name)


def state_here() -> str:
    """Return the state folder of this machine's user."""
    return _FOR_ROOT if os.geteuid() == 0 else str(Path.home() / ".local" / "state" / "warifu")


def states_for(estate: Estate, hosts: Mapping[str, Host]) -> Callable[[str], str]:
    """Return what tells a node's state folder by its name, asking the node once where it has to be asked.

    A node's own `state` counts first; else `/var/lib/warifu` for root (or with sudo), and
    `.local/state/warifu` in the home of anyone else.
    """

    @cache
    def state(name: str) -> str:
        node = estate.nodes.get(name)
        if node is None or (isinstance(node.reach, Local) and not node.state):
            return state_here()
        if node.state or not isinstance(node.reach, Ssh):
            return node.state or _FOR_ROOT
        if node.reach.sudo:
            return _FOR_ROOT
        return hosts[name].run(("sh", "-c", _ASK)).out.decode().strip()

    return state
