"""What is believed of servers' signed bundles, as private files: one a root, `ROOT.json`."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from warifu.adapters.files.local import LocalFiles
from warifu.errors import CouldNotLookError
from warifu.ports.bundles import Held
from warifu.ports.person_line import Beliefs


class FileBeliefs(Beliefs):
    """Beliefs in a folder of this user's."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._files = LocalFiles()

    def find(self, root: str) -> Held | None:
        """Return what is believed from this root on; see the port.

        Raises:
            CouldNotLookError: `orders.saved-unreadable`.
        """
        path = self._path(root)
        if not self._files.exists(path):
            return None
        try:
            kept = json.loads(self._files.read(path))
            return Held(_bytes(kept["metadata"]), _bytes(kept["documents"]))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise CouldNotLookError("orders.saved-unreadable", path=path) from error

    def keep(self, root: str, held: Held) -> None:
        """Keep it; see the port."""
        kept = {"metadata": _texts(held.metadata), "documents": _texts(held.documents)}
        self._files.write(self._path(root), json.dumps(kept, sort_keys=True).encode() + b"\n")

    def _path(self, root: str) -> str:
        return f"{self._folder}/{root}.json"


def _texts(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: base64.b64encode(data).decode("ascii") for name, data in files.items()}


def _bytes(kept: Mapping[str, str]) -> dict[str, bytes]:
    return {str(name): base64.b64decode(text, validate=True) for name, text in kept.items()}
