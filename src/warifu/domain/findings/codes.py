"""Every finding code there is. A code never changes once released."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """What a finding says, in words; the order within a room is from most to least telling."""

    # Reading (x509).
    UNREADABLE = "unreadable"
    TRUNCATED = "truncated"
    PRIVATE_KEY_EXPOSED = "private-key-exposed"

    # The chain (trust).
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"

    # The estate.
    NOT_SEEN = "not-seen"

    # Rotation.

    # Install, hosts and targets.
    KEY_MISMATCH = "key-mismatch"
    KEY_MISSING = "key-missing"
    CHAIN_UNORDERED = "chain-unordered"
    LEAF_AS_ANCHOR = "leaf-as-anchor"
    NO_ANCHORS = "no-anchors"
    PRIVATE_KEY_READABLE = "private-key-readable"
    KEY_OWNER_DIFFERS = "key-owner-differs"
    FILE_ABSENT = "file-absent"
    FILE_UNREADABLE = "file-unreadable"
    WRITE_FAILED = "write-failed"
    CHECK_FAILED = "check-failed"
    LOAD_FAILED = "load-failed"
    SERVICE_SAID = "service-said"
    SERVICE_DOWN = "service-down"
    NOT_ANSWERING = "not-answering"
    DEPLOYED_NOT_LIVE = "deployed-not-live"
    SERVED_CHAIN_DIFFERS = "served-chain-differs"
    CA_NAMES_DIFFER = "ca-names-differ"
    OLD_NOT_LIVE = "old-not-live"
    OLD_LIVE_AGAIN = "old-live-again"
    NOT_AS_BEFORE = "not-as-before"
