"""The demo's own service: it says in a status file what it has loaded.

The report counts only when it is about the process that is there now (same number, same
start, same boot) and of a load after the swap. Options: `status` (the file's path).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec

from warifu.adapters.targets import processes
from warifu.adapters.targets.files import FilesTarget
from warifu.adapters.targets.processes import Told
from warifu.domain.estate import IdentityValue, Service, Slot, TrustValue, Value
from warifu.errors import CouldNotLookError
from warifu.ports.hosts import (
    HostClock,
    HostReader,
    ProcessSeen,
)
from warifu.wire.evidence import Evidence, Outcome, Stage, Witness
from warifu.wire.values import value_digest as digest_of

_TICK = 0.02  # seconds: process starts are told in hundredths


class _SlotReport(msgspec.Struct, frozen=True):
    leaf: str = ""
    chain: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    crls: tuple[str, ...] = ()


class _Status(msgspec.Struct, frozen=True):
    pid: int
    started: float
    boot_id: str
    loaded_at: float
    slots: dict[str, _SlotReport]
    error: str = ""


# Made once, here: two threads that first decode into a type at the same instant crash msgspec.
_STATUS = msgspec.json.Decoder(_Status)


class DemoTarget(FilesTarget):
    """A program of the demo."""

    reload_signal = "-HUP"

    def master(self, host: HostReader, service: Service) -> int:
        """Return the process of the status file."""
        return _read_status(host, service).pid

    def witness(
        self, host: HostReader, service: Service, slot: Slot, *, value_digest: str, since: Mapping[str, str]
    ) -> tuple[Evidence, ...]:
        """Return the program's own report, checked against the process that is there; see the port."""
        clock, every = host.look()
        try:
            status = _read_status(host, service)
        except CouldNotLookError as error:
            told = Told(Stage.LOADED, Outcome.COULD_NOT_LOOK, {"reason": error.code})
        else:
            told = _judge_report(status, slot, value_digest, clock, every, since)
        return processes.write_down(slot, value_digest, clock, (told,), Witness.SELF_REPORT)

    def said(self, host: HostReader, service: Service, since: Mapping[str, str]) -> str:
        """Return the error of its last load; see the port."""
        try:
            return _read_status(host, service).error
        except CouldNotLookError:
            return ""

    def processes(
        self, host: HostReader, service: Service, every: tuple[ProcessSeen, ...]
    ) -> tuple[ProcessSeen, ...]:
        """Return the process of the status file and those below it."""
        try:
            return processes.family(every, _read_status(host, service).pid)
        except CouldNotLookError:
            return ()


def _read_status(host: HostReader, service: Service) -> _Status:
    path = service.options.get("status", "")
    try:
        return _STATUS.decode(host.read(path).data)
    except msgspec.DecodeError:
        raise CouldNotLookError("install.no-process", path=path) from None


def _judge_report(
    status: _Status,
    slot: Slot,
    wanted: str,
    clock: HostClock,
    every: tuple[ProcessSeen, ...],
    since: Mapping[str, str],
) -> Told:
    detail = {"pid": str(status.pid), "loaded_at": f"{status.loaded_at:.3f}"}
    alive = [each for each in every if each.pid == status.pid]
    same = alive and math.isclose(alive[0].started, status.started, abs_tol=_TICK)
    if not same or status.boot_id != clock.boot_id:
        return Told(Stage.LOADED, Outcome.NO, {**detail, "reason": "the process that reported is gone"})
    if status.error:
        return Told(Stage.LOADED, Outcome.NO, {**detail, "reason": status.error})
    report = status.slots.get(slot.name.rpartition("/")[2])
    if report is None:
        return Told(Stage.LOADED, Outcome.COULD_NOT_LOOK, {**detail, "reason": "the slot is not reported"})
    if digest_of(_value(report)) != wanted:
        return Told(Stage.LOADED, Outcome.NO, {**detail, "reason": "another value is reported"})
    if since.get("boot_id") == clock.boot_id and status.loaded_at < float(since.get("boot_clock") or 0):
        return Told(Stage.LOADED, Outcome.NO, {**detail, "reason": "it was loaded before the swap"})
    return Told(Stage.PROVEN, Outcome.YES, detail)


def _value(report: _SlotReport) -> Value:
    if report.leaf:
        return IdentityValue(report.leaf, report.chain)
    return TrustValue(report.anchors, report.crls)
