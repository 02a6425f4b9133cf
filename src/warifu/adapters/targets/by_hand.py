"""A target that people change: its files are made ready, nothing is run."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.adapters.targets import pem
from warifu.domain.estate import Service, Slot
from warifu.domain.findings import Finding
from warifu.ports.hosts import (
    HostReader,
    Ran,
)
from warifu.ports.targets import Content, FileWanted, SlotSeen, Target
from warifu.wire.evidence import Evidence


class ByHandTarget(Target):
    """Any appliance, any service without a driver. What it has loaded is seen from outside, or its owner says."""

    def read(self, host: HostReader, service: Service, slot: Slot) -> SlotSeen:
        """Look at the files that were handed over; see the port."""
        return pem.read_slot(host, slot)

    def mark(self, host: HostReader, service: Service) -> Mapping[str, str]:
        """Note nothing: its processes cannot be seen."""
        return {}

    def witness(
        self, host: HostReader, service: Service, slot: Slot, *, value_digest: str, since: Mapping[str, str]
    ) -> tuple[Evidence, ...]:
        """Say nothing: handshakes and the owner's recorded statement are its witnesses."""
        return ()

    def said(self, host: HostReader, service: Service, since: Mapping[str, str]) -> str:
        """Return nothing: its log cannot be seen."""
        return ""

    def encode(self, service: Service, slot: Slot, content: Content) -> tuple[FileWanted, ...]:
        """Return PEM files for hand-over; see the port."""
        return pem.encode_slot(slot, content)

    def check_command(self, service: Service) -> tuple[str, ...]:
        """Return nothing: people carry it out."""
        return ()

    def load_command(self, host: HostReader, service: Service) -> tuple[str, ...]:
        """Return nothing: people carry it out."""
        return ()

    def judge_load(self, service: Service, ran: Ran) -> tuple[Finding, ...]:
        """Say nothing: there is no command."""
        return ()
