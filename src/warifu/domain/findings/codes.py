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
