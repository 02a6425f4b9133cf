"""A server of signed bundles for tests, a reader of it, and somebody between the two."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from support.pki import NOW, Entity, make_ca
from warifu.adapters.bundles.tuf_reader import TufReader
from warifu.adapters.bundles.tuf_signer import TufSigner
from warifu.domain.directory import Anchor, Published
from warifu.domain.findings import Code, Finding
from warifu.ports.bundles import Held
from warifu.wire.bundle import to_documents

CA = make_ca("Root")
OTHER = make_ca("Other Root")
Change = Callable[[bytes], bytes | None]


def published(domain: str, *entities: Entity, version: int = 1, at: datetime = NOW) -> Published:
    """A trust domain with anchors."""
    anchors = sorted((Anchor(one.value) for one in entities), key=lambda one: one.key.hex)
    return Published(domain, version, at, tuple(anchors))


def bundle_of(domain: str, *entities: Entity, version: int = 1) -> dict[str, bytes]:
    """Its documents."""
    return to_documents(published(domain, *entities, version=version))


@dataclass
class Server:
    """A signer with all files it ever signed."""

    signer: TufSigner
    kept: dict[str, bytes]

    @classmethod
    def begun(cls, folder: Path, *, keys: str = "keys", now: datetime = NOW) -> Server:
        signer = TufSigner(str(folder / keys))
        return cls(signer, dict(signer.begin(now=now)))

    def publish(self, documents: Mapping[str, bytes], *, now: datetime = NOW) -> Mapping[str, bytes]:
        new = self.signer.publish(self.kept, documents, now=now)
        self.kept |= new
        return new

    def renew(self, *, now: datetime) -> Mapping[str, bytes]:
        new = self.signer.renew(self.kept, now=now)
        self.kept |= new
        return new

    def take_root(self, root: bytes, *, now: datetime = NOW) -> Mapping[str, bytes]:
        new = self.signer.take_root(self.kept, root, now=now)
        self.kept |= new
        return new


@dataclass
class Line:
    """What a reader reaches: files, some changed on the way, and the names that were asked for."""

    files: Mapping[str, bytes]
    changes: dict[str, Change] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fetch(self, name: str, limit: int) -> bytes | None:
        self.asked.append(name)
        data = self.files.get(name)
        change = self.changes.get(name)
        if change is not None:
            return change(data or b"")
        return None if data is None else data[:limit]


@dataclass
class Node:
    """A reader that holds what it believes."""

    held: Held
    domains: tuple[str, ...] = ("shop",)

    @classmethod
    def joined(cls, server: Server, *domains: str) -> Node:
        root = server.kept["1.root.json"]
        held = TufReader().begin(root, hashlib.sha256(root).hexdigest())
        return cls(held, domains or ("shop",))

    def look(self, line: Line | Server, *, now: datetime = NOW) -> tuple[Code, ...]:
        """Look once; return what was wrong, without the remark that the root is a trial."""
        reached = Line(line.kept) if isinstance(line, Server) else line
        self.held = TufReader().read(self.held, reached.fetch, self.domains, now=now)
        return tuple(one.code for one in self.findings if one.code is not Code.BUNDLE_ROOT_TRIAL)

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.held.findings

    def holds(self, documents: Mapping[str, bytes]) -> bool:
        """Exactly these documents are held of the trust domains they belong to."""
        named = {name.partition("/")[0] for name in documents}
        own = {name: data for name, data in self.held.documents.items() if name.partition("/")[0] in named}
        return own == dict(documents)


def resigned(data: bytes, change: Callable[[dict[str, object]], None]) -> bytes:
    """A signed file whose content was changed, its signatures left as they were."""
    document = json.loads(data)
    change(document["signed"])
    return json.dumps(document).encode()


def control() -> dict[str, bytes]:
    """What the control domain publishes in these tests."""
    return bundle_of("warifu", CA)
