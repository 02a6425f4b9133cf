"""What reading any product's configuration needs: files through the host, globs, names for slots."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from warifu.domain.findings import Code, Finding, Severity
from warifu.errors import CouldNotLookError
from warifu.ports.hosts import HostReader

_LIMIT = 500  # files of one configuration; a loop of includes ends here


@dataclass(slots=True)
class Source:
    """Reads the files of one configuration and remembers what could not be read."""

    host: HostReader
    unseen: list[Finding] = field(default_factory=list)
    read: int = 0

    def text(self, path: str) -> str | None:
        """Return a file's text, or None with a finding."""
        self.read += 1
        if self.read > _LIMIT:
            self.miss(path, "too many files are included")
            return None
        try:
            seen = self.host.read(path)
        except CouldNotLookError as error:
            self.miss(path, str(error.values.get("reason") or error))
            return None
        if seen.kind != "file":
            self.miss(path, seen.kind)
            return None
        return seen.data.decode("utf-8", "replace")

    def has(self, path: str) -> bool:
        """Tell whether a file is there; where that cannot be seen it is noted, and counts as no."""
        try:
            return self.host.read(path).kind == "file"
        except CouldNotLookError as error:
            self.miss(path, str(error.values.get("reason") or error))
            return False

    def is_folder(self, path: str) -> bool:
        """Tell whether a path is a folder; what cannot be seen is none."""
        try:
            return self.host.read(path).kind == "folder"
        except CouldNotLookError:
            return False

    def matching(self, pattern: str) -> tuple[str, ...]:
        """Return the files a pattern names, sorted; a plain path names itself.

        A star stands for no leading dot (glob(3)): what an editor leaves beside a file is not included.
        """
        if not any(mark in pattern for mark in "*?["):
            return (pattern,)
        folder, name = posixpath.split(pattern)
        folders = self.matching(folder) if any(mark in folder for mark in "*?[") else (folder,)
        found: list[str] = []
        for where in folders:
            try:
                entries = self.host.names(where) if self.host.read(where).kind == "folder" else ()
            except CouldNotLookError as error:
                self.miss(where, str(error.values.get("reason") or error))
                continue
            found += [entry for entry in entries if _matches(posixpath.basename(entry), name)]
        return tuple(sorted(found))

    def joined(self, base: str, path: str) -> str:
        """Return a path that starts from a folder, without `.` and `..`: those follow links, as the node's own do."""
        whole = posixpath.join(base, path)
        if not {".", ".."} & set(whole.split("/")):
            return whole
        folder, name = posixpath.split(whole)
        try:
            ran = self.host.run(["readlink", "-f", "--", folder])
        except CouldNotLookError:
            return posixpath.normpath(whole)
        real = ran.out.decode("utf-8", "surrogateescape").rstrip("\n")
        return posixpath.join(real, name) if ran.code == 0 and real else posixpath.normpath(whole)

    def folder_of(self, pid: int) -> str:
        """Return the folder a process works in, which its relative paths start from; empty when not seen."""
        try:
            return self.host.read(f"/proc/{pid}/cwd").link
        except CouldNotLookError:
            return ""

    def miss(self, what: str, reason: str) -> None:
        """Note something that could not be looked at."""
        self.unseen.append(Finding(Code.NOT_SEEN, what, {"reason": reason}, Severity.WARNING))


def _matches(name: str, pattern: str) -> bool:
    hidden = name.startswith(".") and not pattern.startswith(".")
    return not hidden and fnmatch.fnmatchcase(name, pattern)


def label_for(text: str, taken: Iterable[str]) -> str:
    """Return a name for a slot or service made of a text: letters, digits and dashes, not yet taken."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"
    used = set(taken)
    if plain not in used:
        return plain
    number = 2
    while f"{plain}-{number}" in used:
        number += 1
    return f"{plain}-{number}"
