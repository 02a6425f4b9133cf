"""The shop of `support.shopfront`, each node of which is reached by ssh alone.

    with run_shopfront(folder) as shop, run_sshd(folder / "sshd") as sshd:
        move_behind_ssh(shop, sshd)

Everything still runs on this machine, but Warifu sees nodes that only a real sshd leads to.
"""

from __future__ import annotations

import re
from pathlib import Path

from support.running import wait_until
from support.shopfront import NODES, Shopfront
from support.sshd import Sshd


def move_behind_ssh(shop: Shopfront, sshd: Sshd) -> None:
    """Rewrite the estate file so that every node is reached by ssh, each with its own state."""
    path = shop.folder / "estate.toml"
    text = path.read_text(encoding="utf-8")
    for node in NODES:
        local = f'[nodes.{node}]\nreach = "local"\nstate = "nodes/{node}"\n'
        assert local in text
        text = text.replace(local, ssh_node(node, sshd, state=shop.folder / "nodes" / node))
    path.write_text(text, encoding="utf-8")


def ssh_node(name: str, sshd: Sshd, *, state: Path | None = None) -> str:
    """Return the table of a node behind an sshd."""
    lines = [f"[nodes.{name}]", 'reach = "ssh"', 'destination = "node"', f"options = {_listed(sshd.options)}"]
    if state is not None:
        lines.append(f'state = "{state}"')
    return "\n".join(lines) + "\n"


def _listed(options: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{option}"' for option in options) + "]"


def logins(sshd: Sshd) -> int:
    """Return how many connections the sshd has accepted."""
    return sshd.log.count("Accepted publickey")


def open_connections(sshd: Sshd) -> int:
    """Return how many accepted connections have not ended yet."""
    ended = set(re.findall(r"(?:Disconnected from user \S+|Connection closed by) \S+ port (\d+)", sshd.log))
    begun = set(re.findall(r"Accepted publickey for \S+ from \S+ port (\d+)", sshd.log))
    return len(begun - ended)


def wait_until_left(sshd: Sshd) -> None:
    """Wait, shortly, until every connection has ended: what a killed command leaves would stay a minute."""
    wait_until(lambda: open_connections(sshd) == 0, "every ssh connection to end", seconds=10)
