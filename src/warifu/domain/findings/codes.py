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

    # Issuing: requests and the certificates that answer them.
    REQUEST_VOID = "request-void"
    ISSUED_ISSUER_DIFFERS = "issued-issuer-differs"
    ISSUED_NAMES_DIFFER = "issued-names-differ"
    ISSUED_PURPOSES_DIFFER = "issued-purposes-differ"
    ISSUED_USAGE_UNFIT = "issued-usage-unfit"
    ISSUED_KEY_DIFFERS = "issued-key-differs"
    ISSUED_SUBJECT_DIFFERS = "issued-subject-differs"
    ISSUED_VALIDITY_DIFFERS = "issued-validity-differs"
    ISSUED_CLIPPED = "issued-clipped"
    REQUEST_UNMATCHED = "request-unmatched"
    REQUEST_ALREADY_INSTALLED = "request-already-installed"
    ANSWER_NOT_READ = "answer-not-read"
    KEY_TRAVELS = "key-travels"
