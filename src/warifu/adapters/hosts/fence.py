"""The fence file: which journal, at which epoch, may change a machine now.

JSON with one member a line and in fixed order, so that a node without Python compares it with
`sed` and `grep` as well. The lock lies beside the file, because the file itself is replaced.
"""

from __future__ import annotations

import json

from warifu.errors import RefusedError
from warifu.ports.changes import Fence


def lock_path(fence: Fence) -> str:
    """Return the file that is locked while a machine is being changed."""
    return f"{fence.path}.lock"


def encode(fence: Fence, *, released: bool) -> bytes:
    """Return the bytes of a fence file."""
    members = {
        "journal": fence.journal,
        "epoch": fence.epoch,
        "order": fence.order,
        "released": released,
    }
    return (json.dumps(members, indent=1) + "\n").encode()


def decide(text: str, fence: Fence, *, host: str) -> bool:
    """Tell whether the fence file has to be written before a change.

    Args:
        text: what the fence file holds; empty when there is none.

    Raises:
        RefusedError: `io.host-fenced`: another journal holds it, or this one at a higher epoch;
            `io.host-fence-unreadable`.
    """
    if not text:
        return True
    held, released = _read(text, fence, host)
    if not released and (held.journal != fence.journal or held.epoch > fence.epoch):
        raise RefusedError(
            "io.host-fenced",
            host=host,
            path=fence.path,
            journal=held.journal,
            epoch=held.epoch,
            order=held.order,
        )
    return released or held != fence


def releases(text: str, fence: Fence) -> bool:
    """Tell whether this fence is the one in the file, so that it may be released."""
    if not text:
        return False
    try:
        held, released = _read(text, fence, "")
    except RefusedError:
        return False
    return not released and held.journal == fence.journal and held.epoch <= fence.epoch


def _read(text: str, fence: Fence, host: str) -> tuple[Fence, bool]:
    try:
        members = json.loads(text)
        held = Fence(
            fence.path, str(members["journal"]), int(members["epoch"]), str(members.get("order", ""))
        )
        return held, bool(members.get("released", False))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RefusedError("io.host-fence-unreadable", host=host, path=fence.path) from None
