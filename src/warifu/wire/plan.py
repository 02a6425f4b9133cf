"""A plan as a document: versioned JSON, canonical bytes, digest.

Canonical: keys sorted, no spaces, UTF-8, times in UTC. The digest is the SHA-256 of the
canonical bytes without what changes from one making of the same plan to the next (its id
and when it was made); once certificates are issued, it covers their bytes, too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from warifu.domain.rotation.plan import Plan
from warifu.errors import RefusedError, UsageError
from warifu.wire.document import from_plain, to_plain

FORMAT = 1
_VOLATILE = ("id", "made")


def to_document(plan: Plan) -> dict[str, object]:
    """Return a plan's document as plain values, with its digest in it."""
    return {"format": FORMAT, "digest": digest(plan), "plan": to_plain(plan)}


def encode(plan: Plan) -> bytes:
    """Return a plan's document, laid out for people."""
    return json.dumps(to_document(plan), ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def decode(data: bytes) -> Plan:
    """Read a plan's document.

    Raises:
        UsageError: `rotation.document-malformed`, `rotation.format-unknown`.
        RefusedError: `rotation.digest-differs`: the document was changed after it was made.
    """
    try:
        document = json.loads(data.decode("utf-8-sig"))  # a bare json.loads would guess at UTF-16
    except UnicodeDecodeError:
        raise UsageError("rotation.document-malformed", path="/", found="not-text") from None
    except ValueError:
        raise UsageError("rotation.document-malformed", path="/", found="not-json") from None
    if not isinstance(document, dict):
        raise UsageError("rotation.document-malformed", path="/", found="other-json")
    if "plan" not in document or "digest" not in document:
        raise UsageError("rotation.document-malformed", path="/", found="other-json")
    if document.get("format") != FORMAT:
        raise UsageError("rotation.format-unknown", found=document.get("format"), known=FORMAT)
    plan: Plan = from_plain(Plan, document.get("plan"))
    found = digest(plan)
    if found != document.get("digest"):
        raise RefusedError("rotation.digest-differs", noted=document.get("digest"), found=found)
    return plan


def digest(plan: Plan, issued: Mapping[str, str] | None = None) -> str:
    """Return the SHA-256 (hex) that people approve.

    Args:
        issued: SHA-256 of the leaf that came for each `template:` id, once it has come.
    """
    return hashlib.sha256(to_bare(plan, issued)).hexdigest()


def to_bare(plan: Plan, issued: Mapping[str, str] | None = None) -> bytes:
    """Return the bytes whose SHA-256 people approve: without what changes from one making to the next."""
    plain = to_plain(plan)
    assert isinstance(plain, dict)  # noqa: S101  # a dataclass always becomes an object
    body = {key: value for key, value in plain.items() if key not in _VOLATILE}
    whole = {"format": FORMAT, "plan": body, "issued": dict(issued or {})}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def from_bare(data: bytes, made: datetime) -> Plan:
    """Read the bytes that were approved.

    Raises:
        UsageError: `rotation.document-malformed`.
    """
    try:
        body = dict(json.loads(data)["plan"])
    except (ValueError, KeyError, TypeError):
        raise UsageError("rotation.document-malformed", path="/", found="other-json") from None
    plan: Plan = from_plain(Plan, {**body, "id": f"plan-{made:%Y%m%dT%H%M%SZ}", "made": made.isoformat()})
    return plan


__all__ = ["FORMAT", "decode", "digest", "encode", "from_bare", "to_bare", "to_document"]
