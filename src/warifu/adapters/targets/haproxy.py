"""HAProxy in master-worker mode: check by `haproxy -c`, reload by SIGUSR2 to the master.

The master keeps its number and start over a reload; each load brings a new worker, and a
worker that dies takes the master with it, so a new worker has loaded what lies on disk. One
PEM holds leaf, chain and key. Options: `configuration` (paths as a shell separates them), `pid`,
`socket` (the admin socket; read by `socat`), `program`, `log`.
Source: HAProxy management guide, sections 3, 4 and 9.3.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Mapping, Sequence

from warifu.adapters.targets import pem, processes
from warifu.adapters.targets.files import FilesTarget
from warifu.adapters.targets.processes import Told
from warifu.domain.estate import IdentitySlot, Service, Slot, TrustSlot
from warifu.errors import CouldNotLookError
from warifu.ports.hosts import (
    HostClock,
    HostReader,
    ProcessSeen,
)
from warifu.ports.targets import Content, IdentityContent, digest_of
from warifu.wire.evidence import Evidence, Outcome, Stage, Witness

_FINGERPRINT = re.compile(r"^SHA1 FingerPrint:\s*([0-9A-Fa-f]{40})", re.MULTILINE)


def _paths(service: Service) -> list[str]:
    """Return the configuration files and folders of a service."""
    written = service.options.get("configuration", "/etc/haproxy/haproxy.cfg")
    try:
        return shlex.split(written)
    except ValueError:  # an apostrophe in a path
        return written.split()


class HaproxyTarget(FilesTarget):
    """One HAProxy master with its workers."""

    reload_signal = "-USR2"

    def check_command(self, service: Service) -> tuple[str, ...]:
        """Return `haproxy -c` with the service's configuration."""
        if service.check:
            return service.check
        files = [word for path in _paths(service) for word in ("-f", path)]
        return (service.options.get("program", "/usr/sbin/haproxy"), "-c", "-q", *files)

    def witness(
        self, host: HostReader, service: Service, slot: Slot, *, value_digest: str, since: Mapping[str, str]
    ) -> tuple[Evidence, ...]:
        """Tell workers apart and, where there is an admin socket, ask it; see the port."""
        told = super().witness(host, service, slot, value_digest=value_digest, since=since)
        if not service.options.get("socket"):
            return told
        clock, _ = host.look()
        asked = self._ask(host, service, slot, value_digest)
        return (*told, *processes.write_down(slot, value_digest, clock, (asked,), Witness.SELF_REPORT))

    def judge(
        self,
        host: HostReader,
        service: Service,
        present: tuple[ProcessSeen, ...],
        clock: HostClock,
        since: Mapping[str, str],
    ) -> tuple[Told, ...]:
        """Count workers: a new one has loaded; the old ones finish their sessions and go."""
        if not present:
            return (Told(Stage.LOADED, Outcome.NO, {"reason": "no process"}),)
        old, new = processes.split(present[1:], clock, since)
        return processes.judge_generation(new, old)

    def pid_path(self, host: HostReader, service: Service) -> str:
        """Return the master's pid file; Debian's when none is declared."""
        return service.options.get("pid", "/run/haproxy.pid")

    def _ask(self, host: HostReader, service: Service, slot: Slot, wanted: str) -> Told:
        content = pem.read_slot(host, slot).content
        if content is None or digest_of(content) != wanted:
            return Told(Stage.LOADED, Outcome.COULD_NOT_LOOK, {"reason": "another value lies on disk"})
        what, path = (
            ("cert", slot.certificate) if isinstance(slot, IdentitySlot) else ("ca-file", slot.anchors)
        )
        command = f"show ssl {what} {path}\n".encode()
        peer = f"UNIX-CONNECT:{service.options['socket']}"
        try:
            ran = host.run(("socat", "-t", "2", "-", peer), stdin=command)
        except CouldNotLookError as error:
            return Told(Stage.LOADED, Outcome.COULD_NOT_LOOK, {"reason": str(error.values.get("reason", ""))})
        said = ran.out.decode("utf-8", "replace")
        held = [found.lower() for found in _FINGERPRINT.findall(said)]
        if not held:
            return Told(Stage.LOADED, Outcome.COULD_NOT_LOOK, {"reason": said.strip()[:200]})
        outcome = Outcome.YES if _agree(held, _legacy(content), slot) else Outcome.NO
        return Told(Stage.LOADED, outcome, {"sha1": ",".join(held)})


def _agree(held: Sequence[str], wanted: Sequence[str], slot: Slot) -> bool:
    return sorted(held) == sorted(wanted) if isinstance(slot, TrustSlot) else held[0] == wanted[0]


def _legacy(content: Content) -> list[str]:
    """Return SHA-1 of each certificate: the only fingerprint that the admin socket tells."""
    certificates = [content.leaf] if isinstance(content, IdentityContent) else content.anchors
    return [hashlib.sha1(each.der, usedforsecurity=False).hexdigest() for each in certificates]
