"""Estates that a server keeps: put by people, read with every fault told, never changed but by a new version.

What a step runs on a node stands in an estate (reload commands, paths), so that only who may have a host join may put
one. The server itself is no node of one: an agent looks after it like after any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from warifu.domain.directory.roles import Act, demand
from warifu.domain.estate import ByHand, Estate, Local
from warifu.domain.estate.faults import EstateError
from warifu.domain.estate.parse import parse_estate
from warifu.domain.estate.table_reader import Source
from warifu.domain.x509 import read
from warifu.errors import UsageError
from warifu.ports.files import Files
from warifu.ports.registry import Registry
from warifu.ports.rollout_books import KeptEstate
from warifu.workflows.acting import Actor
from warifu.workflows.audit_desk import record
from warifu.workflows.plan import digest_of_estate


@dataclass(frozen=True, slots=True)
class EstateDesk:
    """Use cases of estates.

    Args:
        folder: where what belongs to an estate lies on the server, by its name: relative paths begin there.
    """

    registry: Registry
    folder: Callable[[str], str]
    zone_exists: Callable[[str], bool]
    files: Files

    def put(
        self,
        actor: Actor,
        files: Mapping[str, str],
        *,
        listings: Mapping[str, str] | None = None,
        basis: int | None = None,
        now: datetime,
    ) -> KeptEstate:
        """Keep a new version of an estate; the same text again is the same version.

        Args:
            files: text of each TOML file by its name.
            listings: PEM of what nodes that people serve hold now, by the relative paths that the estate names.
            basis: the version that this one was made from; None takes any.

        Raises:
            EstateError: every fault of every file.
            UsageError: `rollouts.no-files`, `rollouts.listing-unfit`.
            RefusedError: `directory.not-allowed`; `rollouts.estate-version`.
        """
        demand(actor.roles, Act.PUT_ESTATE)
        if not files:
            raise UsageError("rollouts.no-files")
        name = self._parse(files, "/").name
        digest = digest_of_estate(files[file].encode() for file in sorted(files))
        estate = self._parse(files, self.folder(name))
        self._check(estate)
        for path, text in _fitting(estate, listings or {}).items():
            self.files.write(f"{self.folder(name)}/{path}", text.encode(), mode=0o644)
        with self.registry.change() as books:
            there = books.estates.newest(name)
            version = there.version if there is not None else 0
            if there is not None and there.digest == digest:
                return there
            wanted = version if basis is None else basis
            kept = KeptEstate(name, wanted + 1, digest, dict(files), actor.name, now)
            books.estates.add(kept)
            told = {"version": kept.version, "digest": digest, "files": sorted(files)}
            record(books, actor.name, Act.PUT_ESTATE, name, told, now=now)
            return kept

    def newest(self, name: str) -> KeptEstate:
        """Return the newest version of an estate.

        Raises:
            UsageError: `rollouts.estate-unknown`.
        """
        with self.registry.look() as books:
            found = books.estates.newest(name)
        if found is None:
            raise UsageError("rollouts.estate-unknown", estate=name)
        return found

    def of_digest(self, name: str, digest: str) -> KeptEstate:
        """Return the version of an estate that a plan was made for.

        Raises:
            UsageError: `rollouts.estate-unknown`.
        """
        with self.registry.look() as books:
            found = books.estates.of_digest(name, digest)
        if found is None:
            raise UsageError("rollouts.estate-unknown", estate=name)
        return found

    def estates(self) -> tuple[KeptEstate, ...]:
        """Return the newest version of each estate."""
        with self.registry.look() as books:
            return books.estates.estates()

    def read(self, kept: KeptEstate) -> Estate:
        """Return the estate of a version that was put."""
        return self._parse(kept.files, self.folder(kept.name))

    def _parse(self, files: Mapping[str, str], folder: str) -> Estate:
        sources = [Source(name, files[name], folder) for name in sorted(files)]
        return parse_estate(sources, zone_exists=self.zone_exists)

    def _check(self, estate: Estate) -> None:
        faults = (*_local_nodes(estate), *_paths_outside(estate))
        if faults:
            raise EstateError(faults)


def _local_nodes(estate: Estate) -> Iterator[UsageError]:
    for node in estate.nodes.values():
        if isinstance(node.reach, Local):
            where = f"{node.place.file}:{node.place.line}"
            yield UsageError("rollouts.node-local", where=where, node=node.name)


def _fitting(estate: Estate, listings: Mapping[str, str]) -> Mapping[str, str]:
    """Return listings, once each is known to be one.

    Raises:
        UsageError: `rollouts.listing-unfit`: no by-hand node of the estate names it, or it holds no certificate, or a key.
    """
    by_hand = [slot for slot in estate.slots.values() if isinstance(estate.node_of(slot.name).reach, ByHand)]
    named = {path for slot in by_hand for path in slot.files}
    for path, text in listings.items():
        reading = read(text.encode(), path)
        has_key = bool(reading.keys or reading.encrypted_keys)
        if path not in named or path.startswith("/") or has_key or not reading.certificates:
            raise UsageError("rollouts.listing-unfit", path=path)
    return listings


def _paths_outside(estate: Estate) -> Iterator[UsageError]:
    """Find listings of by-hand nodes that would not lie beside the estate: they are written to."""
    for slot in estate.slots.values():
        if not isinstance(estate.node_of(slot.name).reach, ByHand):
            continue
        for path in slot.files:
            if not path.startswith("/") and ".." in path.split("/"):
                where = f"{slot.place.file}:{slot.place.line}"
                yield UsageError("rollouts.path-outside", where=where, slot=slot.name, path=path)
