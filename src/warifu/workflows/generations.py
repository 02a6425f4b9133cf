"""Where a slot's files lie so that all of them change in one instant.

A slot's paths become symbolic links into a folder beside its certificate:

    web.crt -> .warifu-tls/current/certificate.pem
    web.key -> .warifu-tls/current/key.pem
    .warifu-tls/current -> g2
    .warifu-tls/g1/  .warifu-tls/g2/

Swapping is one atomic replacement of `current`. A file that several slots share is adopted
once; the slots after the first use the folder they find. Nothing here touches the world: a
look goes in, operations come out.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from warifu.domain.estate import IdentitySlot, Slot
from warifu.domain.findings import Code, Finding
from warifu.errors import RefusedError, WarifuError
from warifu.ports.changes import (
    MakeFolder,
    Operation,
    PointLink,
    Remove,
    WriteFile,
)
from warifu.ports.hosts import (
    FileSeen,
    HostReader,
)
from warifu.ports.targets import FileWanted

PREFIX = ".warifu-"
CURRENT = "current"
_GENERATION = re.compile(r"g([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a slot's files lie.

    Args:
        folder: the generation folder, or where it would be.
        roles: path -> name of its file inside a generation.
        adopted: paths that lead through `current` already.
        current: what `current` points to; empty when there is none.
        generations: entries of the folder.
    """

    folder: str
    roles: Mapping[str, str]
    adopted: frozenset[str]
    current: str = ""
    generations: tuple[str, ...] = ()

    @property
    def is_adopted(self) -> bool:
        """Every path of the slot changes with `current`."""
        return self.adopted == frozenset(self.roles)

    @property
    def number(self) -> int:
        """The number of the current generation; 0 when there is none."""
        match = _GENERATION.fullmatch(self.current)
        return int(match.group(1)) if match else 0

    @property
    def next(self) -> str:
        """The name of the generation that comes after the current one."""
        return f"g{self.number + 1}"

    def inside(self, path: str, generation: str = CURRENT) -> str:
        """Return where a slot's file lies inside a generation."""
        return f"{self.folder}/{generation}/{self.roles[path]}"


def role_names(slot: Slot) -> dict[str, str]:
    """Return path -> file name inside a generation, each path once."""
    if isinstance(slot, IdentitySlot):
        pairs = [
            (slot.certificate, "certificate.pem"),
            (slot.key, "key.pem"),
            (slot.chain, "chain.pem"),
        ]
    else:
        pairs = [(slot.anchors, "anchors.pem"), (slot.crls, "crls.pem")]
    names: dict[str, str] = {}
    for path, name in pairs:
        if path:
            names.setdefault(path, name)
    return names


def generation_place(seen: FileSeen) -> tuple[str, str] | None:
    """Return (folder, file name) when a path leads through a generation folder of ours, else None."""
    if not seen.link:
        return None
    leads_to = posixpath.normpath(posixpath.join(posixpath.dirname(seen.path), seen.link))
    parts = leads_to.rsplit("/", 3)
    if len(parts) != 4 or parts[2] != CURRENT or not parts[1].startswith(PREFIX):
        return None
    return f"{parts[0]}/{parts[1]}", parts[3]


def is_adopted(slot: Slot, host: HostReader) -> bool:
    """Look whether every path of a slot leads through a generation folder already; no when it cannot be seen."""
    try:
        return all(generation_place(host.read(path)) is not None for path in slot.files)
    except WarifuError:
        return False


def find_folder(slot: Slot, seen: Mapping[str, FileSeen]) -> str:
    """Return the generation folder of a slot: the one its paths use already, else its own.

    Raises:
        RefusedError: `install.split-generations`: its paths lead into several folders.
    """
    found = {place[0] for place in map(generation_place, seen.values()) if place is not None}
    if len(found) > 1:
        raise RefusedError("install.split-generations", slot=slot.name, folders=sorted(found))
    if found:
        return found.pop()
    label = slot.name.rpartition("/")[2] or slot.name
    return posixpath.join(posixpath.dirname(slot.files[0]), PREFIX + label)


def layout_of(slot: Slot, seen: Mapping[str, FileSeen], current: str, entries: Sequence[str]) -> Layout:
    """Return how a slot's files lie.

    Args:
        seen: a look at each of the slot's paths.
        current: what `current` in the slot's generation folder points to.
        entries: full paths inside that folder.
    """
    folder = find_folder(slot, seen)
    own = role_names(slot)
    places = {path: generation_place(look) for path, look in seen.items()}
    roles = {path: place[1] if (place := places[path]) is not None else own[path] for path in own}
    if len(set(roles.values())) != len(roles):
        raise RefusedError("install.split-generations", slot=slot.name, folders=[folder])
    names = tuple(posixpath.basename(entry) for entry in entries)
    adopted = frozenset(path for path, place in places.items() if place is not None)
    return Layout(folder, roles, adopted, current, names)


def adopting(layout: Layout, seen: Mapping[str, FileSeen], parent: FileSeen) -> tuple[Operation, ...]:
    """Return what makes plain paths into links, contents, modes and owners unchanged; repeatable.

    The content is in place before the first path leads to it, so a stop anywhere leaves every
    path with its old content.

    Args:
        parent: the folder that the generation folder lies in; its mode and owner are kept, so
            that whoever could reach the files still can.
    """
    owner = _owner(parent)
    generation = layout.current or "g1"
    plain = [path for path in layout.roles if path not in layout.adopted and seen[path].kind == "file"]
    operations: list[Operation] = [
        MakeFolder(layout.folder, parent.mode, owner),
        MakeFolder(f"{layout.folder}/{generation}", parent.mode, owner),
    ]
    operations += [
        WriteFile(layout.inside(path, generation), seen[path].data, seen[path].mode, _owner(seen[path]))
        for path in plain
    ]
    if not layout.current:
        operations.append(PointLink(f"{layout.folder}/{CURRENT}", generation))
    operations += [PointLink(path, _leads_to(path, layout)) for path in plain]
    return tuple(operations)


def staging(
    layout: Layout, wanted: Sequence[FileWanted], kept: Sequence[FileSeen], parent: FileSeen
) -> tuple[Operation, ...]:
    """Return what writes the next generation, which nothing reads yet.

    Args:
        kept: files of the current generation that belong to other slots; they come along.
    """
    folder = f"{layout.folder}/{layout.next}"
    operations: list[Operation] = [Remove(folder), MakeFolder(folder, parent.mode, _owner(parent))]
    operations += [
        WriteFile(f"{folder}/{posixpath.basename(look.path)}", look.data, look.mode, _owner(look))
        for look in kept
    ]
    operations += [
        WriteFile(layout.inside(file.path, layout.next), file.data, file.mode, file.owner) for file in wanted
    ]
    return tuple(operations)


def in_place(file: FileWanted) -> tuple[Operation, ...]:
    """Return what replaces a slot's only file: that is atomic by itself."""
    return (WriteFile(file.path, file.data, file.mode, file.owner),)


def swapping(layout: Layout, generation: str) -> tuple[Operation, ...]:
    """Return the one operation that makes a generation the current one."""
    return (PointLink(f"{layout.folder}/{CURRENT}", generation),)


def pruning(layout: Layout, *, keep: frozenset[str]) -> tuple[Operation, ...]:
    """Return what removes generations that are neither current nor to be kept."""
    old = [name for name in layout.generations if _GENERATION.fullmatch(name)]
    return tuple(Remove(f"{layout.folder}/{name}") for name in old if name not in keep)


def find_missing(layout: Layout, seen: Mapping[str, FileSeen]) -> tuple[Finding, ...]:
    """Return a finding for each path of the slot where nothing lies."""
    return tuple(Finding(Code.FILE_ABSENT, path) for path in layout.roles if seen[path].kind == "absent")


def _leads_to(path: str, layout: Layout) -> str:
    inside = layout.inside(path)
    beside = posixpath.dirname(path)
    return inside[len(beside) + 1 :] if posixpath.dirname(layout.folder) == beside else inside


def _owner(seen: FileSeen) -> str:
    return f"{seen.user}:{seen.group}" if seen.user else ""
