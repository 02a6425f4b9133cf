"""Plain PEM files, and the service's own commands for check, reload and restart.

Options: `pid` (file with the number of the process that loads), `log` (its log file).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from warifu.adapters.targets import pem, processes
from warifu.adapters.targets.processes import Told
from warifu.domain.estate import Loading, Service, Slot
from warifu.domain.findings import Finding
from warifu.errors import CouldNotLookError
from warifu.ports.hosts import (
    HostClock,
    HostReader,
    ProcessSeen,
    Ran,
)
from warifu.ports.targets import Content, FileWanted, SlotSeen, Target
from warifu.wire.evidence import Evidence, Witness


class FilesTarget(Target):
    """Any service that reads PEM files. Products with ways of their own build on it."""

    reload_signal: ClassVar[str] = ""
    """What has a product's master load again, where no command is declared; empty: it takes none."""

    def read(self, host: HostReader, service: Service, slot: Slot) -> SlotSeen:
        """Look at the slot's PEM files; see the port."""
        return pem.read_slot(host, slot)

    def encode(self, service: Service, slot: Slot, content: Content) -> tuple[FileWanted, ...]:
        """Return the slot's PEM files; see the port."""
        return pem.encode_slot(slot, content)

    def check_command(self, service: Service) -> tuple[str, ...]:
        """Return the check that the estate declares."""
        return service.check

    def load_command(self, host: HostReader, service: Service) -> tuple[str, ...]:
        """Return the command that the estate declares for the service's way of loading, else the product's signal."""
        declared = service.restart if service.loading is Loading.RESTART else service.reload
        if declared or service.loading is Loading.RESTART or not self.reload_signal:
            return declared
        return ("/bin/kill", self.reload_signal, str(self.master(host, service)))

    def judge_load(self, service: Service, ran: Ran) -> tuple[Finding, ...]:
        """Say nothing: a command's answer proves nothing either way."""
        return ()

    def mark(self, host: HostReader, service: Service) -> Mapping[str, str]:
        """Note clocks, processes and the size of the log; see the port."""
        clock, every = host.look()
        size = processes.log_size(host, self.log_path(host, service))
        return processes.mark_of(clock, self.processes(host, service, every), size)

    def witness(
        self, host: HostReader, service: Service, slot: Slot, *, value_digest: str, since: Mapping[str, str]
    ) -> tuple[Evidence, ...]:
        """Tell generations of processes apart, where a mark was taken; see the port."""
        if "processes" not in since:
            return ()
        clock, every = host.look()
        told = self.judge(host, service, self.processes(host, service, every), clock, since)
        return processes.write_down(slot, value_digest, clock, told, Witness.GENERATION)

    def said(self, host: HostReader, service: Service, since: Mapping[str, str]) -> str:
        """Return the end of its log since the mark; see the port."""
        return processes.log_since(host, self.log_path(host, service), since.get("log", ""))

    # --- what a product says differently

    def processes(
        self, host: HostReader, service: Service, every: tuple[ProcessSeen, ...]
    ) -> tuple[ProcessSeen, ...]:
        """Return the service's processes, the one that loads first; empty when they are not known."""
        path = self.pid_path(host, service)
        if not path:
            return ()
        try:
            return processes.family(every, processes.read_pid(host, path))
        except CouldNotLookError:
            return ()

    def judge(
        self,
        host: HostReader,
        service: Service,
        present: tuple[ProcessSeen, ...],
        clock: HostClock,
        since: Mapping[str, str],
    ) -> tuple[Told, ...]:
        """Say what the processes prove: here only a start after the mark, never a reload."""
        old, fresh = processes.split(present[:1], clock, since)
        if old or not fresh:
            return ()
        lingering, _ = processes.split(present, clock, since)
        return processes.judge_generation(fresh, lingering)

    def master(self, host: HostReader, service: Service) -> int:
        """Return the process that takes the signal.

        Raises:
            CouldNotLookError: its pid file cannot be read.
        """
        return processes.read_pid(host, self.pid_path(host, service))

    def pid_path(self, host: HostReader, service: Service) -> str:
        """Return the pid file; empty when there is none."""
        return service.options.get("pid", "")

    def log_path(self, host: HostReader, service: Service) -> str:
        """Return the log file; empty when it is not known."""
        return service.options.get("log", "")
