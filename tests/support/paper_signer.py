"""A signer whose files say what was signed in plain JSON: quick, and every version can be read off."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from warifu.ports.bundles import BundleSigner


class PaperSigner(BundleSigner):
    """Counts versions as a real one does, from what is kept alone."""

    def begin(self, *, now: datetime) -> Mapping[str, bytes]:
        return {"1.root.json": b'{"root":1}', **self._timestamp(1, {}, now)}

    def publish(
        self, kept: Mapping[str, bytes], documents: Mapping[str, bytes], *, now: datetime
    ) -> Mapping[str, bytes]:
        before = json.loads(kept["timestamp.json"])
        listed = {name: hashlib.sha256(data).hexdigest() for name, data in documents.items()}
        stored = {
            f"targets/{listed[name]}.{name.replace('/', '-')}": data for name, data in documents.items()
        }
        domains = {name.partition("/")[0]: listed for name in documents}
        return {**stored, **self._timestamp(before["version"] + 1, {**before["domains"], **domains}, now)}

    def renew(self, kept: Mapping[str, bytes], *, now: datetime, above: int = 0) -> Mapping[str, bytes]:
        before = json.loads(kept["timestamp.json"])
        return self._timestamp(max(before["version"], above) + 1, before["domains"], now)

    def take_root(self, kept: Mapping[str, bytes], root: bytes, *, now: datetime) -> Mapping[str, bytes]:
        before = json.loads(kept["timestamp.json"])
        return {"2.root.json": root, **self._timestamp(before["version"] + 1, before["domains"], now)}

    def make_online_key(self) -> bytes:
        return b"{}"

    @staticmethod
    def _timestamp(version: int, domains: Mapping[str, object], now: datetime) -> dict[str, bytes]:
        said = {"version": version, "domains": domains, "at": now.isoformat()}
        return {"timestamp.json": json.dumps(said, sort_keys=True).encode()}
