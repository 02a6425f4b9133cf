"""How outputs lie on their node: as a generation that is swapped, or as one file that is replaced.

A hashed directory, and a bundle with a file of CRLs beside it, lead through a generation folder:

    trusted -> .warifu-clients/current/trusted
    .warifu-clients/current -> g2
    .warifu-clients/g1/trusted/2c3b8a61.0
    .warifu-clients/g2/trusted/2c3b8a61.0

A file that stands alone is replaced by one rename. Either way a reader sees all of what was, or all of what is.
"""

from __future__ import annotations

import posixpath
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from warifu.domain.directory.hashed_folder import hashed_folder
from warifu.domain.directory.output_files import bundle, crl_bundle, holds, locked_store
from warifu.domain.directory.outputs import DEFAULT_PASSWORD, LOCKED, Contents, Output, OutputKind
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
from warifu.ports.clock import Clock
from warifu.ports.hosts import FileSeen, HostReader, look_at
from warifu.workflows import backups, generations
from warifu.workflows.generations import CURRENT, PREFIX, Layout

_LOOKUP = timedelta(milliseconds=300)  # far longer than a reader takes from one number of a hash to the next


@dataclass(frozen=True, slots=True)
class Node:
    """The node of the outputs, and how it is changed.

    Args:
        state: folder on the node for records and copies.
    """

    host: Host
    fence: Fence
    state: str
    clock: Clock


@dataclass(frozen=True, slots=True)
class Present:
    """What lies at an output's paths.

    Args:
        is_there: something lies at one of them at least.
        is_ours: the paths lead to where this output lies.
        files: by name within the output; a folder's entries, or each path's last part.
        rights: mode and owner of everything are as the settings say.
    """

    is_there: bool
    is_ours: bool
    files: Mapping[str, FileSeen] = field(default_factory=dict)
    rights: bool = True

    @property
    def data(self) -> Mapping[str, bytes]:
        """What the files hold."""
        return {name: seen.data for name, seen in self.files.items()}


class Stand(ABC):
    """One output where it lies."""

    @abstractmethod
    def read(self) -> Present:
        """Look at it.

        Raises:
            CouldNotLookError: it may not be read.
        """

    @abstractmethod
    def is_as_wanted(self, present: Present, contents: Contents, others: Mapping[str, bytes]) -> bool:
        """Tell whether exactly these contents lie there, and these other files."""

    @abstractmethod
    def place(self, present: Present, contents: Contents, others: Mapping[str, bytes]) -> None:
        """Put contents where programs find them, all in one instant."""

    @abstractmethod
    def put_back(self, before: str) -> None:
        """Put back what was there before `place`."""

    def before(self, present: Present) -> str:
        """Return what `put_back` shall be told once `place` has been here; nothing where a copy knows."""
        del present
        return ""

    def tidy(self, contents: Contents, others: Mapping[str, bytes]) -> None:
        """Remove what only a way back needed; what was placed is in use. A copy stays: it is what was before."""
        del contents, others


def owned(seen: FileSeen, output: Output) -> bool:
    """Tell whether mode and owner of a file are as the settings say."""
    user, _, group = output.owner.partition(":")
    return seen.mode == output.mode and user in ("", seen.user) and group in ("", seen.group)


def password_of(output: Output, host: HostReader) -> bytes:
    """Return the password of an output that has one.

    Raises:
        RefusedError: `io.password-file-open`: others can read its file; `outputs.no-password`.
    """
    if output.kind not in LOCKED or output.default_password:
        return DEFAULT_PASSWORD
    seen = host.read(output.password_file)
    if seen.kind == "file" and seen.mode & 0o007:
        raise RefusedError("io.password-file-open", path=output.password_file, mode=f"{seen.mode:04o}")
    password = seen.data.split(b"\n", 1)[0].rstrip(b"\r")
    if not password:
        raise RefusedError("outputs.no-password", path=output.password_file)
    return password


class FileStand(Stand):
    """A bundle, a PKCS#12 or a JKS file that stands alone."""

    def __init__(self, node: Node, output: Output) -> None:
        self._node = node
        self._output = output
        self._copy = f"{node.state}/outputs/{output.name}/before"

    def read(self) -> Present:
        """Look at the file."""
        path = self._output.path
        seen = self._node.host.read(path)
        if seen.kind not in ("file", "absent"):
            raise RefusedError("outputs.not-a-file", path=path)
        if seen.kind == "absent":
            return Present(bool(seen.link), is_ours=not seen.link)
        files = {posixpath.basename(path): seen}
        return Present(is_there=True, is_ours=not seen.link, files=files, rights=owned(seen, self._output))

    def is_as_wanted(self, present: Present, contents: Contents, others: Mapping[str, bytes]) -> bool:
        """Compare bytes, or what a locked file holds."""
        found = next(iter(present.data.values()), None)
        if found is None or not (present.rights and present.is_ours) or others:
            return False
        if self._output.kind in LOCKED:
            password = password_of(self._output, self._node.host)
            return holds(self._output.kind, found, contents, password)
        return found == bundle(contents, comments=self._output.comments)

    def place(self, present: Present, contents: Contents, others: Mapping[str, bytes]) -> None:
        """Copy what is there, then replace it."""
        del others  # a file has none beside it
        node, output = self._node, self._output
        node.host.change((Remove(self._copy),), node.fence)
        backups.back_up(node.host, output.name, (node.host.read(output.path),), self._copy, node.fence)
        seen = next(iter(present.files.values()), None)
        owner = output.owner or (f"{seen.user}:{seen.group}" if seen else "")
        file = WriteFile(output.path, self._encode(contents), output.mode, owner)
        node.host.change((*_parent(node.host, output.path), file), node.fence)

    def put_back(self, before: str) -> None:
        """Put the copy back."""
        del before  # the copy knows
        node = self._node
        saved = backups.open_backup(node.host, self._copy)
        node.host.change(backups.restoring(node.host, saved), node.fence)

    def _encode(self, contents: Contents) -> bytes:
        output = self._output
        if output.kind is OutputKind.BUNDLE:
            return bundle(contents, comments=output.comments)
        at = int(self._node.clock.now().timestamp() * 1000)
        return locked_store(output.kind, contents, password_of(output, self._node.host), at=at)


class GenerationStand(Stand):
    """A hashed directory, or a bundle with a file of CRLs."""

    def __init__(self, node: Node, output: Output) -> None:
        self._node = node
        self._output = output
        self._folder = posixpath.join(posixpath.dirname(output.path), f"{PREFIX}{output.name}")
        names = [posixpath.basename(path) for path in output.paths]
        if len(set(names)) < len(names):
            names = ["anchors.pem", "crls.pem"]
        self._roles = dict(zip(output.paths, names, strict=True))
        self._is_folder = output.kind is OutputKind.HASHED

    # --- seen

    def read(self) -> Present:
        """Look at the paths, and at what is in a folder."""
        host = self._node.host
        tops = look_at(host, self._roles)
        for path, seen in tops.items():
            if seen.kind not in ("absent", "folder" if self._is_folder else "file"):
                if self._is_folder:
                    raise RefusedError("outputs.not-a-folder", path=path)
                raise RefusedError("outputs.not-a-file", path=path)
        is_ours = all(
            generations.generation_place(seen) == (self._folder, self._roles[path])
            for path, seen in tops.items()
        )
        is_there = any(seen.kind != "absent" or seen.link for seen in tops.values())
        files = {self._roles[path]: seen for path, seen in tops.items() if seen.kind == "file"}
        rights = True
        if self._is_folder:
            files = self._entries()
            (top,) = tops.values()
            rights = top.kind == "folder" and top.mode == self._output.folder_mode
        rights = rights and all(owned(seen, self._output) for seen in files.values())
        return Present(is_there, is_ours, files, rights)

    def is_as_wanted(self, present: Present, contents: Contents, others: Mapping[str, bytes]) -> bool:
        """Compare name by name and byte by byte."""
        if not (present.is_ours and present.rights):
            return False
        found = present.data
        if not self._is_folder:
            return found == self._bundles(contents)
        folder = hashed_folder(contents, old=self._output.old_hash, before=found)
        return found == {**others, **folder.files}

    # --- changed

    def before(self, present: Present) -> str:
        """Return the generation that is current when the next one is swapped in; empty when there is none."""
        if not present.is_there:
            return ""
        layout = self._layout()
        return layout.current if present.is_ours else layout.next

    def place(self, present: Present, contents: Contents, others: Mapping[str, bytes]) -> None:
        """Make the paths lead through a generation where they do not yet; write the next one; swap."""
        node, layout = self._node, self._layout()
        if present.is_there and not present.is_ours:
            old = {name: (seen.data, seen.mode) for name, seen in present.files.items()}
            adopting = (*self._staged(layout.next, old), *generations.swapping(layout, layout.next))
            node.host.change((*adopting, *self._links()), node.fence)
            layout = self._layout()
        files = self._bundles(contents)
        if self._is_folder:
            folder = hashed_folder(contents, old=self._output.old_hash, before=present.data)
            files = {**others, **folder.without_gap}
        self._swap_in(layout, files)

    def put_back(self, before: str) -> None:
        """Swap the generation before back in; where there was none, nothing lies there any more."""
        node = self._node
        if before:
            node.host.change(generations.swapping(self._layout(), before), node.fence)
        else:
            node.host.change([Remove(path) for path in self._roles], node.fence)

    def tidy(self, contents: Contents, others: Mapping[str, bytes]) -> None:
        """Let numbers come down where something left; remove all generations but two."""
        node = self._node
        if self._is_folder:
            found = self.read().data
            folder = hashed_folder(contents, old=self._output.old_hash, before=found)
            if found != {**others, **folder.files}:
                node.clock.wait(lambda: False, at_most=_LOOKUP, every=_LOOKUP)
                self._swap_in(self._layout(), {**others, **folder.files})
        layout = self._layout()
        keep = frozenset({layout.current, f"g{layout.number - 1}"})
        operations = generations.pruning(layout, keep=keep)
        if operations:
            node.host.change(operations, node.fence)

    # --- parts

    def _entries(self) -> dict[str, FileSeen]:
        found: dict[str, FileSeen] = {}
        names = self._node.host.names(self._output.path)
        for path, seen in look_at(self._node.host, names).items():
            if seen.kind != "file" and not (seen.kind == "absent" and seen.link):
                raise RefusedError("outputs.holds-no-file", path=path)
            if seen.kind == "file":  # what leads nowhere is read by nobody
                found[posixpath.basename(path)] = seen
        return found

    def _layout(self) -> Layout:
        host = self._node.host
        current = host.read(f"{self._folder}/{CURRENT}").link
        names = tuple(posixpath.basename(path) for path in host.names(self._folder))
        return Layout(self._folder, self._roles, frozenset(self._roles), current, names)

    def _bundles(self, contents: Contents) -> dict[str, bytes]:
        made = (bundle(contents, comments=self._output.comments), crl_bundle(contents))
        return dict(zip(self._roles.values(), made, strict=False))

    def _swap_in(self, layout: Layout, files: Mapping[str, bytes]) -> None:
        staged = self._staged(layout.next, {name: (data, self._output.mode) for name, data in files.items()})
        swap = generations.swapping(layout, layout.next)
        self._node.host.change((*staged, *swap, *self._links()), self._node.fence)

    def _staged(self, generation: str, files: Mapping[str, tuple[bytes, int]]) -> tuple[Operation, ...]:
        mode, owner = self._output.folder_mode, self._output.owner
        within = f"{self._folder}/{generation}"
        operations: list[Operation] = [
            *_parent(self._node.host, self._output.path),
            MakeFolder(self._folder, mode, owner),
            Remove(within),
            MakeFolder(within, mode, owner),
        ]
        if self._is_folder:
            within = f"{within}/{self._roles[self._output.path]}"
            operations.append(MakeFolder(within, mode, owner))
        operations += [
            WriteFile(f"{within}/{name}", data, mode, owner) for name, (data, mode) in sorted(files.items())
        ]
        return tuple(operations)

    def _links(self) -> tuple[Operation, ...]:
        links: list[Operation] = []
        for path, role in self._roles.items():
            inside = f"{self._folder}/{CURRENT}/{role}"
            beside = posixpath.dirname(path) == posixpath.dirname(self._folder)
            leads_to = inside[len(posixpath.dirname(path).rstrip("/")) + 1 :] if beside else inside
            links += [*_parent(self._node.host, path), PointLink(path, leads_to, self._is_folder)]
        return tuple(links)


def _parent(host: HostReader, path: str) -> tuple[Operation, ...]:
    """Return what makes the folder above a path where there is none."""
    above = posixpath.dirname(path)
    return () if host.read(above).kind != "absent" else (MakeFolder(above, 0o755),)
