"""A slot's files on their node: seen, written as a whole, restored.

What is written where, and in which order, is decided in `generations` and `backups`; here it
is looked at and carried out.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from warifu.ports.changes import Remove
from warifu.ports.hosts import (
    FileSeen,
    look_at,
)
from warifu.ports.targets import FileWanted
from warifu.workflows import backups, generations
from warifu.workflows.backups import Backup, Saved
from warifu.workflows.generations import Layout
from warifu.workflows.proving import Site


def layout_at(site: Site) -> tuple[Layout, dict[str, FileSeen]]:
    """Return how the slot's files lie, and a look at each path.

    Raises:
        RefusedError: `install.split-generations`.
    """
    own = generations.find_folder(site.slot, {})
    looks = look_at(site.host, (*site.slot.files, f"{own}/{generations.CURRENT}"))
    seen = {path: looks[path] for path in site.slot.files}
    folder = generations.find_folder(site.slot, seen)
    link = f"{folder}/{generations.CURRENT}"
    current = (looks[link] if folder == own else site.host.read(link)).link
    return generations.layout_of(site.slot, seen, current, site.host.names(folder)), seen


def everything(site: Site) -> tuple[FileSeen, ...]:
    """Return all that the slot's paths lead to, in the order in which it has to be restored."""
    layout, seen = layout_at(site)
    found: dict[str, FileSeen] = {}
    if layout.current:
        generation = f"{layout.folder}/{layout.current}"
        link = f"{layout.folder}/{generations.CURRENT}"
        found = look_at(site.host, (layout.folder, generation, *site.host.names(generation), link))
    for path, look in seen.items():
        _follow(site, path, look, found)
    if not layout.current:  # absent: it goes when nothing leads into it any more, hence last
        found[layout.folder] = site.host.read(layout.folder)
    return tuple(found.values())


def write(site: Site, layout: Layout, wanted: Sequence[FileWanted]) -> None:
    """Write files of the slot and make all of them current in one instant.

    Raises:
        CouldNotLookError: it could not be written; `restore` knows what to do.
    """
    if not layout.is_adopted:
        (file,) = wanted
        site.host.change(generations.in_place(file), site.fence)
        return
    looks = look_at(site.host, (*_of_others(site, layout), layout.folder))
    parent = looks.pop(layout.folder)
    staged = generations.staging(layout, wanted, tuple(looks.values()), parent)
    site.host.change((*staged, *generations.swapping(layout, layout.next)), site.fence)


def restore(site: Site, backup: Backup) -> None:
    """Put every path back as the backup has it."""
    layout, _ = layout_at(site)
    plain = [saved for saved in backup.manifest.saved if saved.path in layout.roles and not saved.link]
    if plain and layout.is_adopted and len(layout.roles) > 1:
        # The old content first, in one instant; then link after link becomes the same plain file.
        write(site, layout, [_wanted(site, backup, saved) for saved in plain if saved.kind == "file"])
    operations = backups.restoring(site.host, backup)
    if layout.current and _of_others(site, layout):
        operations = tuple(each for each in operations if each != Remove(layout.folder))
    site.host.change(operations, site.fence)


def _wanted(site: Site, backup: Backup, saved: Saved) -> FileWanted:
    data = backups.data_of(site.host, backup, saved.path)
    return FileWanted(saved.path, data, saved.mode, f"{saved.user}:{saved.group}")


def _of_others(site: Site, layout: Layout) -> list[str]:
    """Return the files of the current generation that are of other slots."""
    ours = set(layout.roles.values())
    lying = site.host.names(f"{layout.folder}/{layout.current}")
    return [path for path in lying if posixpath.basename(path) not in ours]


def discard_next(site: Site, layout: Layout) -> None:
    """Remove what was staged and did not become current."""
    if layout.is_adopted:
        site.host.change((Remove(f"{layout.folder}/{layout.next}"),), site.fence)


def prune(site: Site) -> None:
    """Remove generations older than the one before the current one."""
    layout, _ = layout_at(site)
    if layout.is_adopted and layout.number:
        keep = frozenset({layout.current, f"g{layout.number - 1}"})
        operations = generations.pruning(layout, keep=keep)
        if operations:
            site.host.change(operations, site.fence)


def _follow(site: Site, path: str, look: FileSeen, found: dict[str, FileSeen]) -> None:
    if look.link and path not in found and generations.generation_place(look) is None:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), look.link))
        _follow(site, target, site.host.read(target), found)
    found.setdefault(path, look)
