"""Under which names readers fetch signed files, and which of them are newer than what a reader holds.

Spec: TUF 1.0.31 §6.2 (consistent snapshots): a version or a digest in every name but the timestamp's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from warifu.domain.directory.model import CONTROL
from warifu.errors import UsageError
from warifu.wire.bundle import DOMAIN_NAME

TIMESTAMP: Final = "timestamp"
_ROOT, _SNAPSHOT, _TARGETS = "root", "snapshot", "targets"
_MOST_DOMAINS = 1000
_MOST_ROOTS = 64  # in one answer; the next goes on
Find = Callable[[str], bytes | None]
"""Returns a signed file by the name under which readers fetch it; None where there is none."""


@dataclass(frozen=True, slots=True)
class TrustAsk:
    """Everything that is newer than what a node holds is asked for at once.

    Args:
        held: version of each role's file that the node holds: `root`, `timestamp`, `snapshot`, `targets`, and each
            trust domain's.
        domains: the trust domains that it follows, beside the server's own.
    """

    held: Mapping[str, int]
    domains: tuple[str, ...] = ()

    def check(self) -> None:
        """Return when these are roles and trust domains.

        Raises:
            UsageError: `rotation.document-malformed`.
        """
        named = {*self.held, *self.domains}
        wrong = [name for name in named if not DOMAIN_NAME.fullmatch(name)]
        if wrong or len(named) > _MOST_DOMAINS or any(one < 0 for one in self.held.values()):
            raise UsageError("rotation.document-malformed", path="/held", found="roles")


def file_name(role: str, version: int) -> str:
    """Return the name under which readers fetch a role's file."""
    return f"{role}.json" if role == TIMESTAMP else f"{version}.{role}.json"


def document_name(name: str, sha256: str) -> str:
    """Return the name under which readers fetch a document: the digest stands before the last part."""
    folder, _, last = name.rpartition("/")
    return f"targets/{folder}/{sha256}.{last}"


def find_newer(find: Find, asked: TrustAsk) -> dict[str, bytes | None]:
    """Return the files that a reader fetches who holds what is told, by name and in its order; None where there is none.

    The reader verifies each as if it had fetched it alone, and fetches by itself what it misses here.

    Args:
        find: asked for files of this server alone, which signed them.
    """
    answer: dict[str, bytes | None] = {}

    def get(name: str) -> Any:
        data = answer[name] = find(name)
        return {} if data is None else json.loads(data)["signed"]

    timestamp = get(file_name(TIMESTAMP, 0))
    if not timestamp or timestamp["version"] == asked.held.get(TIMESTAMP):
        return answer
    root = asked.held.get(_ROOT, 0)
    for version in range(root + 1, root + 1 + _MOST_ROOTS):
        if not get(file_name(_ROOT, version)):
            break
    wanted = timestamp["meta"]["snapshot.json"]["version"]
    snapshot = get(file_name(_SNAPSHOT, wanted)) if wanted != asked.held.get(_SNAPSHOT) else {}
    for role in (_TARGETS, *sorted({CONTROL, *asked.domains})):
        meta = snapshot.get("meta", {}).get(f"{role}.json")
        if meta is None or meta["version"] == asked.held.get(role):
            continue
        listed = get(file_name(role, meta["version"]))
        for name, digest in _documents(listed) - _held(find, role, asked.held.get(role)):
            answer[document_name(name, digest)] = find(document_name(name, digest))
    return answer


def _held(find: Find, role: str, version: int | None) -> frozenset[tuple[str, str]]:
    data = find(file_name(role, version)) if version else None
    return frozenset() if data is None else _documents(json.loads(data)["signed"])


def _documents(listed: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    return frozenset((name, one["hashes"]["sha256"]) for name, one in listed.get("targets", {}).items())
