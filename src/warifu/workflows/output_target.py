"""A product whose trust store is an output: its own ways of loading and witnessing, and our way of reading the files."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from warifu.domain.estate import Service, Slot
from warifu.domain.findings import Finding
from warifu.ports.hosts import HostReader, Ran
from warifu.ports.targets import Content, FileWanted, SlotSeen, Target, TrustContent
from warifu.wire.evidence import Evidence


class OutputTarget(Target):
    """One product, asked about an output.

    Args:
        read_back: returns what the output's files hold; None where nothing lies there.
    """

    def __init__(self, product: Target, read_back: Callable[[], TrustContent | None]) -> None:
        self._product = product
        self._read_back = read_back

    def read(self, host: HostReader, service: Service, slot: Slot) -> SlotSeen:
        """Look at the output's files; see the port."""
        del host, service  # whoever reads back knows both
        return SlotSeen(slot.name, self._read_back())

    def mark(self, host: HostReader, service: Service) -> Mapping[str, str]:
        """Note where the service stands; see the port."""
        return self._product.mark(host, service)

    def witness(
        self, host: HostReader, service: Service, slot: Slot, *, value_digest: str, since: Mapping[str, str]
    ) -> tuple[Evidence, ...]:
        """Say what its processes have loaded; see the port."""
        return self._product.witness(host, service, slot, value_digest=value_digest, since=since)

    def said(self, host: HostReader, service: Service, since: Mapping[str, str]) -> str:
        """Return what the service wrote about itself; see the port."""
        return self._product.said(host, service, since)

    def encode(self, service: Service, slot: Slot, content: Content) -> tuple[FileWanted, ...]:
        """Return the product's own files for a content; outputs are written otherwise."""
        return self._product.encode(service, slot, content)

    def check_command(self, service: Service) -> tuple[str, ...]:
        """Return the product's check; see the port."""
        return self._product.check_command(service)

    def load_command(self, host: HostReader, service: Service) -> tuple[str, ...]:
        """Return what makes the service load; see the port."""
        return self._product.load_command(host, service)

    def judge_load(self, service: Service, ran: Ran) -> tuple[Finding, ...]:
        """Say what the load command's answer is worth; see the port."""
        return self._product.judge_load(service, ran)
