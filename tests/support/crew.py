"""Who carries steps out, with real files on this machine and nobody at the addresses."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from support.fakes import FakeClock, FakeProber
from support.pki import NOW
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.targets.files import FilesTarget
from warifu.workflows.carry import Crew
from warifu.workflows.install import Installer


def crew_in(folder: Path) -> Crew:
    """A crew for node `n`, whose state lies in a folder; nothing is issued and nobody works by hand."""
    return Crew(
        hosts={"n": LocalHost()},
        targets={"files": FilesTarget()},
        installer=Installer(FakeProber(), FakeClock(NOW)),
        state=lambda _node: str(folder / "state"),
        keys_at=lambda _template, _progress: None,
        tidy=lambda _progress, _fence: None,
        issue=_never,
        by_hand=_never,
    )


def _never(*_given: object) -> NoReturn:
    raise AssertionError
