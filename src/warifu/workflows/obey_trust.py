"""What a retirement asks of a node: to delete one entry, to restart one service; by the node's own settings alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from warifu.domain.directory.convergence import local_deletion
from warifu.domain.directory.outputs import OutputSettings
from warifu.domain.estate import Service
from warifu.errors import RefusedError, WarifuError
from warifu.ports.changes import Act, Fence, Host
from warifu.ports.clock import Clock
from warifu.ports.endpoint import EndpointStores
from warifu.ports.probes import Ask, Prober

ANSWERS_WITHIN: Final = timedelta(seconds=30)
_EVERY: Final = timedelta(milliseconds=200)


@dataclass(frozen=True, slots=True)
class NamedEntry:
    """One entry of a store, by its name and by what it must be.

    Args:
        sha256: of its certificate or CRL.
    """

    store: str
    alias: str
    sha256: str


@dataclass(frozen=True, slots=True)
class NamedService:
    """A service of this node's settings."""

    service: str


@dataclass(frozen=True, slots=True)
class TrustMeans:
    """What a node needs to do it.

    Args:
        settings: None where it has none.
    """

    stores: EndpointStores
    settings: Callable[[], OutputSettings | None]
    host: Host
    prober: Prober
    clock: Clock

    def delete(self, wanted: NamedEntry, *, now: datetime) -> Mapping[str, object]:
        """Take an entry out of a store; one that is gone already is no fault.

        Raises:
            RefusedError: `retire.target-changed`: something else lies under the alias; `directory.managed-entry`,
                `directory.managed-crl`: it is still published, and would come back.
        """
        with self.stores.changing(by="retirement", now=now) as book:
            entry = book.entry(wanted.store, wanted.alias)
            if entry is None:
                return {"deleted": False}
            found = entry.fingerprint.hex if entry.fingerprint is not None else "-"
            if found != wanted.sha256:
                raise RefusedError(
                    "retire.target-changed", alias=wanted.alias, wanted=wanted.sha256, found=found
                )
            refusal = local_deletion(entry)
            if refusal is not None:
                raise refusal
            book.drop(wanted.store, wanted.alias)
        return {"deleted": True}

    def restart(self, wanted: NamedService, fence: Fence) -> Mapping[str, object]:
        """Restart a service and see each of its addresses answer.

        Raises:
            RefusedError: `retire.no-restart`: the settings know no such service, or no command for it.
        """
        settings = self.settings()
        service = settings.services.get(wanted.service) if settings is not None else None
        if service is None or not service.restart:
            raise RefusedError("retire.no-restart", service=wanted.service)
        try:
            (ran,) = self.host.change([Act(service.restart)], fence)
            if ran.code != 0:
                return {"good": False, "detail": f"{ran.argv[0]}: {ran.code}"}
            silent = self._silent(service)
            return {"good": not silent, "detail": ", ".join(silent)}
        finally:
            self.host.release(fence)

    def _silent(self, service: Service) -> tuple[str, ...]:
        """Return the addresses that do not answer in time."""
        left = {str(one): one for one in service.addresses}

        def all_answer() -> bool:
            for name, address in tuple(left.items()):
                try:
                    answered = self.prober.ask(Ask(address, service.dialect), via=self.host)
                except WarifuError:
                    continue
                if answered.chain:
                    del left[name]
            return not left

        self.clock.wait(all_answer, at_most=ANSWERS_WITHIN, every=_EVERY)
        return tuple(sorted(left))
