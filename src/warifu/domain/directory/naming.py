"""Which published anchor a person means.

By alias, SHA-1 or SHA-256 fingerprint (whole, or a beginning), key id with or without colons, serial or subject, as
certificates of an estate are named. A subject is a hint: two anchors may share it, and then all of them are listed.
"""

from __future__ import annotations

import hashlib

from warifu.domain.directory.model import Anchor, Published
from warifu.domain.estate.naming import Match, hex_digits, key_ids, match_named, only_one
from warifu.domain.x509 import KeyId
from warifu.errors import UsageError


def find_anchor(text: str, published: Published) -> Anchor:
    """Return the one anchor that a name fits, in whatever standing.

    Raises:
        UsageError: `directory.no-such-anchor`; `estate.key-id-of-nobody` and `estate.fingerprint-of-nobody` where the
            form of the text tells what was meant.
        RefusedError: `estate.ambiguous-name`, with every match.
    """
    matches = match_anchors(text, published)
    if not matches and len(hex_digits(text)) not in {40, 64}:
        raise UsageError("directory.no-such-anchor", name=text, domain=published.domain)
    return _anchor_of(only_one(text, matches).fingerprint.hex, published)


def find_by_key_id(text: str, published: Published) -> Anchor:
    """Return the one anchor with a key id: its own, or where it has none either of those that tools make up for it.

    Raises:
        UsageError: `directory.fingerprint-not-key-id` where the text is the fingerprint of an anchor or of anything else;
            `directory.no-such-key-id`.
        RefusedError: `estate.ambiguous-name`: certificates of one key share its id.
    """
    digits = hex_digits(text)
    found = [
        anchor
        for anchor in published.anchors
        if digits.upper() in {one.hex for one in key_ids(anchor.certificate)}
    ]
    if not found:
        for anchor in published.anchors:
            sha1 = hashlib.sha1(anchor.certificate.der, usedforsecurity=False).hexdigest()
            if digits in {sha1, anchor.key.hex}:
                ids = tuple(one.hex for one in key_ids(anchor.certificate))
                subject = anchor.certificate.label
                raise UsageError(
                    "directory.fingerprint-not-key-id", name=text, subject=subject, id=ids or "-"
                )
        raise UsageError("directory.no-such-key-id", name=text, domain=published.domain)
    one = only_one(text, [Match(anchor.certificate, "key-id") for anchor in found])
    return _anchor_of(one.fingerprint.hex, published)


def match_anchors(text: str, published: Published) -> tuple[Match, ...]:
    """Return every certificate of the domain that a name fits, by the most exact notion that fits any."""
    wanted = text.strip().casefold()
    called = {anchor.key.hex for anchor in published.anchors if anchor.name.casefold() == wanted}
    return match_named(text, (anchor.certificate for anchor in published.anchors), called)


def shown_key_ids(anchor: Anchor) -> tuple[KeyId, ...]:
    """Return the key ids to print for an anchor: the first is what a VMDIR calls it."""
    return key_ids(anchor.certificate)


def _anchor_of(fingerprint: str, published: Published) -> Anchor:
    return next(anchor for anchor in published.anchors if anchor.key.hex == fingerprint)
