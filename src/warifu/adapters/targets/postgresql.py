"""PostgreSQL: SIGHUP to the postmaster, as `pg_ctl reload` does; its answer is worth nothing.

Measured: `pg_reload_conf()` returns true while a pair that does not match is refused; only the
log says so. Handshakes prove, and for clients' anchors the CA names of its CertificateRequest.
A key is 0600 of the server's user, or 0640 of root with its group; the engine keeps which.
Options: `data` (the data folder), `log`.
Source: PostgreSQL documentation, "Secure TCP/IP Connections with SSL", "pg_ctl".
"""

from __future__ import annotations

import posixpath

from warifu.adapters.targets.files import FilesTarget
from warifu.domain.estate import Service
from warifu.errors import CouldNotLookError
from warifu.ports.hosts import HostReader


class PostgresqlTarget(FilesTarget):
    """One PostgreSQL server."""

    reload_signal = "-HUP"

    def pid_path(self, host: HostReader, service: Service) -> str:
        """Return `postmaster.pid`, whose first line is the postmaster's number."""
        data = service.options.get("data", "")
        return posixpath.join(data, "postmaster.pid") if data else service.options.get("pid", "")

    def log_path(self, host: HostReader, service: Service) -> str:
        """Return the log: declared, else the one that the server's log collector writes now."""
        if service.options.get("log") or not service.options.get("data"):
            return service.options.get("log", "")
        data = service.options["data"]
        try:
            current = host.read(posixpath.join(data, "current_logfiles")).data
        except CouldNotLookError:
            return ""
        names = [line.partition(b" ")[2] for line in current.splitlines() if line.startswith(b"stderr ")]
        return posixpath.join(data, names[0].decode("utf-8", "replace")) if names else ""
