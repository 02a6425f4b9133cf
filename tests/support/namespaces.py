"""Hosts in network namespaces of their own, joined by a switch that can be cut.

    with run_network("server", "web-1") as network:
        network.argv("web-1", ["curl", f"https://{network.address('server')}:8443/"])
        network.cut("web-1")
        network.mend("web-1")

Everything is made by the test and taken away with it: no address, link or rule of this machine is touched.
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Network:
    """A switch and the hosts at it."""

    tag: str
    hosts: tuple[str, ...]

    def address(self, host: str) -> str:
        return f"10.99.0.{self.hosts.index(host) + 1}"

    def argv(self, host: str, argv: Sequence[str]) -> list[str]:
        """The command that runs something on a host."""
        return ["ip", "netns", "exec", self._space(host), *argv]

    def cut(self, host: str) -> None:
        """Nothing passes between this host and the others any more."""
        self._set(host, "down")

    def mend(self, host: str) -> None:
        self._set(host, "up")

    def _space(self, host: str) -> str:
        return f"w{self.tag}{self.hosts.index(host)}"

    def _set(self, host: str, state: str) -> None:
        _ip("-n", f"w{self.tag}s", "link", "set", f"p{self.hosts.index(host)}", state)

    def make(self) -> None:
        switch = f"w{self.tag}s"
        _ip("netns", "add", switch)
        _ip("-n", switch, "link", "add", "bridge0", "type", "bridge")
        _ip("-n", switch, "link", "set", "bridge0", "up")
        for number, host in enumerate(self.hosts):
            space = self._space(host)
            _ip("netns", "add", space)
            _ip("-n", space, "link", "set", "lo", "up")
            peer = ["type", "veth", "peer", "name", f"p{number}", "netns", switch]
            _ip("-n", space, "link", "add", "eth0", *peer)
            _ip("-n", space, "address", "add", f"{self.address(host)}/24", "dev", "eth0")
            _ip("-n", space, "link", "set", "eth0", "up")
            _ip("-n", switch, "link", "set", f"p{number}", "master", "bridge0")
            _ip("-n", switch, "link", "set", f"p{number}", "up")

    def unmake(self) -> None:
        for space in (*(self._space(host) for host in self.hosts), f"w{self.tag}s"):
            subprocess.run(["ip", "netns", "del", space], check=False, capture_output=True)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=20)


@contextmanager
def run_network(*hosts: str) -> Iterator[Network]:
    """A network of hosts; the test is skipped where namespaces may not be made."""
    if shutil.which("ip") is None:
        pytest.skip("the program ip (iproute2) is not installed: no network namespaces")
    network = Network(secrets.token_hex(3), hosts)
    try:
        try:
            network.make()
        except subprocess.CalledProcessError as error:
            pytest.skip(f"network namespaces may not be made here: {error.stderr.decode().strip()}")
        yield network
    finally:
        network.unmake()
