"""Every finding code there is. A code never changes once released."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """What a finding says, in words; the order within a room is from most to least telling."""

    # Reading (x509).
    UNREADABLE = "unreadable"
    TRUNCATED = "truncated"
    PRIVATE_KEY_EXPOSED = "private-key-exposed"
    PRIVATE_KEY_READABLE = "private-key-readable"
    PRIVATE_KEY_ENCRYPTED = "private-key-encrypted"
    NOTHING_READ = "nothing-read"

    # The chain (trust).
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    KEY_MISMATCH = "key-mismatch"
    LEAF_AS_ANCHOR = "leaf-as-anchor"
    NAME_MISMATCH = "name-mismatch"
    NAMES_MISSING = "names-missing"
    NAME_IN_COMMON_NAME_ONLY = "name-in-common-name-only"
    WILDCARD_UNFIT = "wildcard-unfit"
    SIGNATURE_WRONG = "signature-wrong"
    ISSUER_NOT_TRUSTED = "issuer-not-trusted"
    ISSUER_MISSING = "issuer-missing"
    SELF_SIGNED_NOT_TRUSTED = "self-signed-not-trusted"
    ANCHOR_NOT_SELF_SIGNED = "anchor-not-self-signed"
    FIRST_ISSUER_TAKEN = "first-issuer-taken"
    NOT_A_CA = "not-a-ca"
    PATH_TOO_LONG = "path-too-long"
    CERT_SIGN_MISSING = "cert-sign-missing"
    PURPOSE_MISSING = "purpose-missing"
    ISSUER_PURPOSE_MISSING = "issuer-purpose-missing"
    KEY_USAGE_UNFIT = "key-usage-unfit"
    CA_AS_LEAF = "ca-as-leaf"
    NAME_CONSTRAINED = "name-constrained"
    NAME_CONSTRAINT_UNJUDGED = "name-constraint-unjudged"
    CRITICAL_EXTENSION_UNKNOWN = "critical-extension-unknown"
    EXTENSION_UNREADABLE = "extension-unreadable"
    VERSION_UNFIT = "version-unfit"
    SERIAL_UNFIT = "serial-unfit"
    KEY_ID_MISMATCH = "key-id-mismatch"
    KEY_ID_MISSING = "key-id-missing"
    WEAK_KEY = "weak-key"
    WEAK_SIGNATURE = "weak-signature"
    CRL_MISSING = "crl-missing"
    CRL_EXPIRED = "crl-expired"
    CHAIN_UNORDERED = "chain-unordered"
    CHAIN_INCOMPLETE = "chain-incomplete"
    CHAIN_DUPLICATE = "chain-duplicate"
    CHAIN_UNRELATED = "chain-unrelated"
    CHAIN_HOLDS_ROOT = "chain-holds-root"
    OUTLIVES_ISSUER = "outlives-issuer"
    SEARCH_EXHAUSTED = "search-exhausted"
    ENGINE_REFUSED = "engine-refused"
    OTHER_ENGINE_REFUSED = "other-engine-refused"
    ENGINE_NOT_RUN = "engine-not-run"

    # The estate.
    NOT_SEEN = "not-seen"

    # Rotation.
    SUCCESSOR_NOT_VALID = "successor-not-valid"
    NO_SUCCESSOR = "no-successor"
    NOT_AN_ANCHOR = "not-an-anchor"
    STILL_NEEDED = "still-needed"
    NO_ISSUER = "no-issuer"
    ISSUER_NOT_BENEATH = "issuer-not-beneath"
    NO_BACKUP = "no-backup"
    OUTAGE_NOT_ALLOWED = "outage-not-allowed"
    SPLIT_IDENTITY = "split-identity"
    BROKEN_NOW = "broken-now"

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
