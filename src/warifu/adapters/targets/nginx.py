"""nginx: check by `nginx -t`, reload by SIGHUP to the master, workers told apart by generation.

Measured: with a pair that does not match even `nginx -s` refuses to run, so the master is
signalled by its pid file. Options: `configuration`, `pid`, `prefix`, `program`, `error_log`.
Source: nginx documentation, "Controlling nginx".
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from warifu.adapters.targets import processes
from warifu.adapters.targets.files import FilesTarget
from warifu.adapters.targets.processes import Told
from warifu.domain.estate import Service
from warifu.ports.hosts import (
    HostClock,
    HostReader,
    ProcessSeen,
)
from warifu.wire.evidence import Outcome, Stage

_PID = re.compile(rb"^\s*pid\s+[\"']?([^\s;\"']+)", re.MULTILINE)
_ERROR_LOG = re.compile(rb"^\s*error_log\s+[\"']?([^\s;\"']+)", re.MULTILINE)
_CRASH = re.compile(r"process \d+ exited (on signal|with fatal|with code [1-9])")
_WORKER = "nginx: worker process"
_FINISHING = "is shutting down"


class NginxTarget(FilesTarget):
    """One nginx master with its workers."""

    reload_signal = "-HUP"

    def check_command(self, service: Service) -> tuple[str, ...]:
        """Return `nginx -t` with the service's configuration."""
        if service.check:
            return service.check
        options = service.options
        prefix = ("-p", options["prefix"]) if options.get("prefix") else ()
        program = options.get("program", "/usr/sbin/nginx")
        return (program, "-t", *prefix, "-c", options.get("configuration", "/etc/nginx/nginx.conf"))

    def judge(
        self,
        host: HostReader,
        service: Service,
        present: tuple[ProcessSeen, ...],
        clock: HostClock,
        since: Mapping[str, str],
    ) -> tuple[Told, ...]:
        """Count workers: after a reload all of them are new, and the old ones finish and go.

        A worker that the master respawned after a crash holds what the master loaded before, so
        new workers count only when the log tells of no crash and of no failed reload.
        """
        if not present:
            return (Told(Stage.LOADED, Outcome.NO, {"reason": "no process"}),)
        said = self.said(host, service, since)
        old, new = processes.split(present, clock, since)
        if "[emerg]" in said:
            return (Told(Stage.LOADED, Outcome.NO, {"reason": "its log tells of a failed reload"}),)
        fresh = [each for each in new if _is_worker(each) and _FINISHING not in _title(each)]
        if present[0] in new:
            return processes.judge_generation([present[0], *fresh], old)
        serving = [each for each in old if _is_worker(each) and _FINISHING not in _title(each)]
        if serving:
            detail = {"new": processes.written(fresh), "old": processes.written(old)}
            return (Told(Stage.LOADED, Outcome.NO, {**detail, "reason": "old workers still serve"}),)
        old_workers = [each for each in old if _is_worker(each)]
        return processes.judge_generation(fresh, old_workers, doubt=self._doubt(since, said))

    def pid_path(self, host: HostReader, service: Service) -> str:
        """Return the pid file: declared, else as its configuration says, else Debian's."""
        return service.options.get("pid") or self._stated(host, service, _PID) or "/run/nginx.pid"

    def log_path(self, host: HostReader, service: Service) -> str:
        """Return the error log: declared, else as its configuration says, else the built-in one."""
        declared = service.options.get("error_log")
        return declared or self._stated(host, service, _ERROR_LOG) or "/var/log/nginx/error.log"

    def _stated(self, host: HostReader, service: Service, directive: re.Pattern[bytes]) -> str:
        """Return the file that a directive of the configuration names; empty where it has none."""
        path = service.options.get("configuration", "/etc/nginx/nginx.conf")
        found = directive.search(host.read(path).data)
        return (
            posixpath.join(posixpath.dirname(path), found.group(1).decode("utf-8", "replace"))
            if found
            else ""
        )

    def _doubt(self, since: Mapping[str, str], said: str) -> str:
        if not since.get("log"):
            return "its error log cannot be read, so respawned workers cannot be told apart"
        return "its log tells of workers that ended by themselves" if _CRASH.search(said) else ""


def _title(process: ProcessSeen) -> str:
    return " ".join(process.arguments)


def _is_worker(process: ProcessSeen) -> bool:
    return _title(process).startswith(_WORKER)
