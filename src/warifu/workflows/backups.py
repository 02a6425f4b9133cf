"""Copies of a slot's files taken before the first write, opened again, and put back exactly.

A backup is a folder on the node: `manifest.json` and the files `0`, `1`, ... It is complete
when the manifest is there: that is written last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from warifu.domain.findings import Code, Finding
from warifu.errors import RefusedError
from warifu.ports.changes import (
    Fence,
    Host,
    MakeFolder,
    Operation,
    PointLink,
    Remove,
    WriteFile,
)
from warifu.ports.hosts import (
    FileSeen,
    HostReader,
    look_at,
)

FORMAT = 1


class Saved(msgspec.Struct, frozen=True):
    """One path as it was: `file`, `folder` or `absent`; SHA-256 (hex) of its bytes, mode, owner, link."""

    path: str
    kind: str
    sha256: str = ""
    mode: int = 0
    user: str = ""
    group: str = ""
    link: str = ""


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds, in the order of its numbered files."""

    slot: str
    saved: tuple[Saved, ...]
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was opened again and compared."""

    folder: str
    manifest: Manifest


def back_up(host: Host, slot: str, seen: Sequence[FileSeen], folder: str, fence: Fence) -> Backup:
    """Copy files into a private folder on their node, then open every copy and compare.

    A complete backup that is there already is the one that counts: a resumed run does not
    replace the copy of the first state by a copy of a later one.

    Raises:
        RefusedError: `install.backup-differs`: a copy could not be opened or is not what was written.
        CouldNotLookError: a copy could not be written (a full disk, a missing right).
    """
    if host.read(f"{folder}/manifest.json").kind == "file":
        return open_backup(host, folder)
    manifest = Manifest(slot, tuple(_saved(look) for look in seen))
    operations: list[Operation] = [MakeFolder(folder, 0o700)]
    operations += [
        WriteFile(f"{folder}/{number}", look.data, 0o600)
        for number, look in enumerate(seen)
        if look.kind == "file"
    ]
    operations.append(WriteFile(f"{folder}/manifest.json", msgspec.json.encode(manifest), 0o600))
    host.change(operations, fence)
    return open_backup(host, folder)


def open_backup(host: HostReader, folder: str) -> Backup:
    """Open a backup and compare every copy with the manifest.

    Raises:
        RefusedError: `install.backup-differs`, `install.no-backup`.
    """
    look = host.read(f"{folder}/manifest.json")
    if look.kind != "file":
        raise RefusedError("install.no-backup", folder=folder)
    try:
        manifest = msgspec.json.decode(look.data, type=Manifest)
    except msgspec.DecodeError as error:
        raise RefusedError("install.backup-differs", path=look.path) from error
    copies = {f"{folder}/{n}": saved for n, saved in enumerate(manifest.saved) if saved.kind == "file"}
    for path, seen in look_at(host, copies).items():
        if _sha256(seen.data) != copies[path].sha256:
            raise RefusedError("install.backup-differs", path=path)
    return Backup(folder, manifest)


def data_of(host: HostReader, backup: Backup, path: str) -> bytes:
    """Return the bytes a path led to when the backup was taken; empty when nothing lay there."""
    for number, saved in enumerate(backup.manifest.saved):
        if saved.path == path and saved.kind == "file":
            return host.read(f"{backup.folder}/{number}").data
    return b""


def restoring(host: HostReader, backup: Backup) -> tuple[Operation, ...]:
    """Return what puts every path back as it was: bytes, mode, owner, and links as links.

    A path that is as it was is left alone: on a full disk nothing could be written over it.

    The order is the manifest's: what a link leads to comes before the link, so that links
    that change several paths at once change them to whole contents.
    """
    operations: list[Operation] = []
    present = look_at(host, (saved.path for saved in backup.manifest.saved))
    changed = {n: s for n, s in enumerate(backup.manifest.saved) if _saved(present[s.path]) != s}
    copies = look_at(
        host,
        (f"{backup.folder}/{n}" for n, s in changed.items() if s.kind == "file" and not s.link),
    )
    for number, saved in changed.items():
        owner = f"{saved.user}:{saved.group}" if saved.user else ""
        if saved.link:
            operations.append(PointLink(saved.path, saved.link))
        elif saved.kind == "folder":
            operations.append(MakeFolder(saved.path, saved.mode, owner))
        elif saved.kind == "file":
            data = copies[f"{backup.folder}/{number}"].data
            operations.append(WriteFile(saved.path, data, saved.mode, owner))
        else:
            operations.append(Remove(saved.path))
    return tuple(operations)


def find_differences(host: HostReader, backup: Backup) -> tuple[Finding, ...]:
    """Return a finding for each path that is not as the backup says: bytes, mode, owner, link."""
    present = look_at(host, (saved.path for saved in backup.manifest.saved))
    return tuple(
        Finding(Code.NOT_AS_BEFORE, saved.path, {"folder": backup.folder})
        for saved in backup.manifest.saved
        if _saved(present[saved.path]) != saved
    )


def _saved(seen: FileSeen) -> Saved:
    digest = _sha256(seen.data) if seen.kind == "file" else ""
    return Saved(seen.path, seen.kind, digest, seen.mode, seen.user, seen.group, seen.link)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
