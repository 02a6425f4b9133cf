"""What reading any product's configuration needs: files through the host, globs, names for slots."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from warifu.domain.estate import Address, ClientCertificate, IdentitySlot, Service, TrustSlot, TrustStore
from warifu.domain.findings import Code, Finding, Severity
from warifu.errors import CouldNotLookError
from warifu.ports.discoverers import Found, Link
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

    def matching(self, pattern: str) -> tuple[str, ...]:
        """Return the files a pattern names, sorted; a plain path names itself."""
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
            found += [entry for entry in entries if fnmatch.fnmatchcase(posixpath.basename(entry), name)]
        return tuple(sorted(found))

    def folder_of(self, pid: int) -> str:
        """Return the folder a process works in, which its relative paths start from; empty when not seen."""
        try:
            return self.host.read(f"/proc/{pid}/cwd").link
        except CouldNotLookError:
            return ""

    def miss(self, what: str, reason: str) -> None:
        """Note something that could not be looked at."""
        self.unseen.append(Finding(Code.NOT_SEEN, what, {"reason": reason}, Severity.WARNING))


@dataclass(slots=True)
class Collected:
    """What one instance's configuration came to."""

    source: Source
    service: str
    addresses: list[Address] = field(default_factory=list, kw_only=True)
    identities: dict[Hashable, IdentitySlot] = field(default_factory=dict, kw_only=True)
    serves: set[str] = field(default_factory=set, kw_only=True)
    trusts: dict[tuple[str, str], TrustSlot] = field(default_factory=dict, kw_only=True)
    links: list[Link] = field(default_factory=list, kw_only=True)
    asks: list[tuple[Address, ClientCertificate, str]] = field(default_factory=list, kw_only=True)

    def found(self, target: str, node: str, pids: tuple[int, ...], options: Mapping[str, str]) -> Found:
        """Return it as a service of a target with its slots and links."""
        service = Service(
            name=self.service,
            node=node,
            target=target,
            consumer="openssl",
            addresses=tuple(dict.fromkeys(self.addresses)),
            options=options,
        )
        return Found(
            service=service,
            processes=pids,
            identities=tuple(self.identities.values()),
            serves=frozenset(self.serves),
            trusts=tuple(self.trusts.values()),
            stores=tuple(TrustStore(slot.store) for slot in self.trusts.values()),
            links=tuple(dict.fromkeys(self.links)),
            client_certificate=tuple(self.asks),
            unseen=tuple(self.source.unseen),
        )


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
