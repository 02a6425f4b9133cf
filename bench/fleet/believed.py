"""What nodes believe: verified by the agent's own reader once, and compared byte by byte by everybody else.

On nodes of their own each would verify for itself (2 ms); here that would take the processor from the server that is measured.
A node's way through the files is its own code below; the reader must have asked for the same names in the same order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from warifu.adapters.bundles.tuf_reader import TufReader
from warifu.domain.directory.model import CONTROL
from warifu.ports.bundles import Held
from warifu.wire.agent import EntryTold
from warifu.wire.bundle import read_documents
from warifu.wire.trust_files import TrustAsk, document_name, file_name

DOMAIN = "shop"
_FOLLOWED = (DOMAIN, CONTROL)


@dataclass(slots=True)
class View:
    """What one node holds.

    Args:
        files: SHA-256 or version of what it holds, by role or document.
    """

    held: Held
    timestamp: bytes = b""
    root: int = 1
    files: dict[str, str] = field(default_factory=dict)

    def ask(self) -> TrustAsk:
        """Return how it asks for what is newer."""
        held = {name: int(version) for name, version in self.files.items() if "/" not in name}
        return TrustAsk({"root": self.root, **held}, (DOMAIN,))


@dataclass(frozen=True, slots=True)
class Believed:
    """What was verified: what a node makes of it."""

    held: Held
    fetched: tuple[tuple[str, bytes | None], ...]
    versions: Mapping[str, int]
    received: Mapping[str, str]
    entries: tuple[EntryTold, ...]


class Believing:
    """Verifies each step from one timestamp to the next once."""

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, bytes], Believed] = {}

    def believe(self, before: View, fetched: list[tuple[str, bytes | None]]) -> Believed:
        """Return what a node believes after these fetches; they must be the reader's own, and their bytes the verified."""
        step = (before.timestamp, fetched[0][1] or b"")
        known = self._known.get(step)
        if known is None:
            known = self._known[step] = _verify(before.held, fetched)
        assert known.fetched == tuple(fetched), "another node was served other files"
        return known


def walk(view: View, came: Mapping[str, bytes | None]) -> list[tuple[str, bytes | None]]:
    """Take what a look takes of the files that came, in its order; the timestamp alone where nothing is new."""
    fetched: list[tuple[str, bytes | None]] = []

    def get(name: str) -> bytes | None:
        fetched.append((name, came[name]))
        return came[name]

    def signed(role: str, version: int) -> Any:
        if view.files.get(role) == str(version):
            return None
        data = get(file_name(role, version))
        view.files[role] = str(version)
        return json.loads(data or b"")["signed"]

    timestamp = get("timestamp.json")
    if timestamp == view.timestamp:
        return fetched
    view.files["timestamp"] = str(json.loads(timestamp or b"")["signed"]["version"])
    while get(f"{view.root + 1}.root.json") is not None:
        view.root += 1
    snapshot = signed("snapshot", json.loads(timestamp or b"")["signed"]["meta"]["snapshot.json"]["version"])
    if snapshot is None:
        return fetched
    signed("targets", snapshot["meta"]["targets.json"]["version"])
    for domain in _FOLLOWED:
        listed = signed(domain, snapshot["meta"][f"{domain}.json"]["version"])
        for name, one in sorted(listed["targets"].items() if listed else ()):
            digest = one["hashes"]["sha256"]
            if view.files.get(name) != digest:
                get(document_name(name, digest))
                view.files[name] = digest
    return fetched


def _verify(before: Held, fetched: list[tuple[str, bytes | None]]) -> Believed:
    served = dict(fetched)
    asked: list[str] = []

    def fetch(name: str, most: int) -> bytes | None:
        asked.append(name)
        data = served[name]
        assert data is None or len(data) <= most
        return data

    held = TufReader().read(before, fetch, [DOMAIN], now=datetime.now(UTC))
    assert asked == [name for name, _ in fetched], f"an agent asks for {asked}"
    domains = {one: read_documents(held.documents, one).published for one in _FOLLOWED}
    entries = [_entry(anchor.alias, anchor.certificate) for one in domains.values() for anchor in one.anchors]
    return Believed(
        held,
        tuple(fetched),
        {name: one.version for name, one in domains.items()},
        {name: hashlib.sha256(held.documents[f"{name}/bundle.json"]).hexdigest() for name in sorted(domains)},
        tuple(entries),
    )


def _entry(alias: str, certificate: Any) -> EntryTold:
    key_id = certificate.subject_key_id
    return EntryTold(
        "trusted-roots",
        alias or certificate.fingerprint.hex[:40],
        "trusted",
        certificate.fingerprint.hex,
        key_id.hex if key_id else "",
        str(certificate.subject),
        str(certificate.issuer),
        certificate.not_after,
        "directory",
    )
