"""Where diagnosis, listings and procedures meet the files and the shipped data of this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from warifu.adapters.clock.system import SystemClock
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.libraries.package import PackageLibrary
from warifu.domain.diagnosis import Board, Filled, Procedure
from warifu.ports.files import Files
from warifu.wiring.issuers import state_folder
from warifu.workflows import diagnose
from warifu.workflows.diagnose import Examined, Listed, Question
from warifu.workflows.procedures_used import UseRecords
from warifu.workflows.profiles import choose_profile


def now() -> datetime:
    """Return this machine's time."""
    return SystemClock().now()


def files() -> Files:
    """Return this machine's files."""
    return LocalFiles()


def examine(question: Question) -> Examined:
    """Return what files and messages come to.

    Raises:
        UsageError: `diagnosis.nothing-given`.
        CouldNotLookError: `io.cannot-read`.
    """
    library = PackageLibrary()
    return diagnose.examine(question, files(), lambda name: choose_profile(name, library, files()))


def join_listings(named: Sequence[Listed], used: Sequence[str], window: timedelta) -> Board:
    """Return listings of vendors' tools as one board, judged now.

    Raises:
        UsageError: a file is no listing, or is not whole.
        CouldNotLookError: `io.cannot-read`.
    """
    return diagnose.join_listings(named, used, files(), now=now(), window=window)


def procedures() -> tuple[Procedure, ...]:
    """Return every shipped procedure."""
    return diagnose.every_procedure(PackageLibrary())


def procedure(id_: str) -> Procedure:
    """Return one shipped procedure.

    Raises:
        UsageError: `diagnosis.procedure-unknown`.
    """
    return diagnose.choose_procedure(id_, PackageLibrary())


def plan_procedure(id_: str, given: Mapping[str, str]) -> Filled:
    """Return a procedure written out for one environment.

    Raises:
        UsageError: `diagnosis.procedure-unknown`, `diagnosis.procedure-value`.
        RefusedError: `diagnosis.procedure-not-applicable`.
    """
    return diagnose.plan_procedure(id_, given, PackageLibrary(), now=now())


def use_records(estate: str) -> UseRecords:
    """Return where it is recorded which procedures were written out for an estate."""
    return UseRecords(files(), str(Path(state_folder(estate)) / "procedures"))
