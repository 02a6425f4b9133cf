"""Joins what the retirement of anchors is made of: its desk, and sets of backups that are opened to be believed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from warifu.adapters.clock.system import SystemClock
from warifu.adapters.database.backup import DATABASE, DatabaseBackups
from warifu.adapters.database.registry import DatabaseRegistry
from warifu.adapters.files.local import LocalFiles
from warifu.ports.bundles import BundleSigner
from warifu.ports.registry import Registry
from warifu.workflows.backup_set import BackupSets
from warifu.workflows.estate_sights import EstateSights
from warifu.workflows.retire_desk import RetireDesk

_CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Hints:
    """Who is told that nodes are to look, or that orders wait; a hint that nobody hears costs time alone."""

    wakes: list[Callable[[Sequence[str], str], None]] = field(default_factory=list)
    pushes: list[Callable[[Sequence[str]], None]] = field(default_factory=list)

    def wake(self, nodes: Sequence[str], request: str) -> None:
        """Have nodes look now; none named means all."""
        for told in self.wakes:
            told(nodes, request)

    def push(self, nodes: Sequence[str]) -> None:
        """Tell nodes that orders wait for them."""
        for told in self.pushes:
            told(nodes)


def backup_sets(folder: str, registry: Registry, signer: BundleSigner) -> BackupSets:
    """Return what makes sets of backups of a server's data folder."""
    backups, place = DatabaseBackups(folder), f"{folder}/sets"
    return BackupSets(registry, signer, backups, LocalFiles(), versions_in, _CLOCK.now, place)


def retire_desk(
    folder: str, registry: Registry, signer: BundleSigner, hints: Hints, sights: EstateSights
) -> RetireDesk:
    """Return the use cases of retirement on a server's data folder."""
    sets = backup_sets(folder, registry, signer)
    return RetireDesk(
        registry, signer, sets, LocalFiles(), f"{folder}/retired", hints.wake, hints.push, sights
    )


def versions_in(path: str) -> Mapping[str, int]:
    """Return the version of every trust domain in a server's backup: it is unpacked and opened, and gone again.

    Raises:
        CouldNotLookError: `registry.backup-damaged`, `io.cannot-read`, `registry.database`.
    """
    with tempfile.TemporaryDirectory(prefix="warifu-opened-") as place:
        DatabaseBackups(place).unpack(path, now=_CLOCK.now())
        opened = DatabaseRegistry.open(str(Path(place) / DATABASE))
        try:
            with opened.look() as books:
                found = {name: books.directory.find(name) for name in books.directory.domains()}
        finally:
            opened.close()
    return {name: one.version for name, one in found.items() if one is not None}
