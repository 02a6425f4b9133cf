"""The naive way: swap every file at once, then reload one process after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from demo.estate import Estate, OldPki, write
from demo.pki import new_root

RELOAD_PACE_SECONDS = 0.4  # how long a person's loop over hosts takes for each of them


def swap_everything(estate: Estate, old: OldPki, *, told: Callable[[str], None]) -> None:
    """Put a new root and new certificates everywhere, then reload everything in turn.

    Args:
        told: is called with the name of each process once it was told to reload.
    """
    new = new_root("Demo New Root")
    for part in estate.shape.parts:
        for label, identity in part.identities.items():
            leaf = new.leaf(identity.name, [identity.purpose])
            write(estate.slot(part.name, label) / "certificate.pem", leaf.fullchain)
            write(estate.slot(part.name, label) / "key.pem", leaf.key, mode=0o600)
        for label in part.trusts:
            anchors = estate.slot(part.name, label) / "anchors.pem"
            write(anchors, anchors.read_bytes().replace(old.root.pem, new.pem))
    for process in estate.shape.processes:
        estate.reload(process)
        told(process)
        time.sleep(RELOAD_PACE_SECONDS)


def files_of(estate: Estate) -> Iterator[Path]:
    """Yield every file that the naive way swaps."""
    yield from sorted((estate.folder / "services").rglob("*.pem"))
