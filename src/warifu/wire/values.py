"""Canonical digest of what a slot holds: the same value has the same digest on every machine."""

from __future__ import annotations

import hashlib
import json

from warifu.domain.estate import IdentityValue, Value


def value_digest(value: Value) -> str:
    """Return SHA-256 (hex) over the value's canonical JSON: kind, then fingerprints in their order."""
    if isinstance(value, IdentityValue):
        document = {"chain": list(value.chain), "kind": "identity", "leaf": value.leaf}
    else:
        document = {"anchors": list(value.anchors), "crls": list(value.crls), "kind": "trust"}
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
