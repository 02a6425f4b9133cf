"""Which findings of a profile show which cause: our own rules, judged beside the looks of this room."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from warifu.domain.findings import Code

_CHAIN = frozenset(
    {
        Code.ISSUER_MISSING,
        Code.ISSUER_NOT_TRUSTED,
        Code.ROOT_NOT_SENT,
        Code.SIGNATURE_WRONG,
        Code.CHAIN_UNORDERED,
        Code.CHAIN_INCOMPLETE,
        Code.CHAIN_DUPLICATE,
        Code.CHAIN_UNRELATED,
    }
)
_DATES = frozenset({Code.EXPIRED, Code.NOT_YET_VALID})

CODES: Mapping[str, frozenset[Code]] = MappingProxyType(
    {
        "dell-csr-key": frozenset({Code.REQUEST_KEY_DIFFERS}),
        "dell-chain": _CHAIN,
        "dell-common-name": frozenset({Code.COMMON_NAME_MISSING, Code.WILDCARD_REFUSED}),
        "dell-purposes": frozenset({Code.PURPOSE_MISSING}),
        "dell-key-encipherment": frozenset({Code.KEY_USAGE_INCOMPLETE}),
        "dell-validity": _DATES,
        "dell-depth": frozenset({Code.CHAIN_TOO_DEEP}),
        "dell-pair-chain": _CHAIN,
        "dell-pair-purposes": frozenset({Code.PURPOSE_MISSING}),
        "sql-expired": frozenset({Code.EXPIRED}),
        "sql-not-yet-valid": frozenset({Code.NOT_YET_VALID}),
        "sql-not-trusted": frozenset({Code.ISSUER_NOT_TRUSTED, Code.SELF_SIGNED_NOT_TRUSTED}),
        "sql-name": frozenset({Code.NAME_MISMATCH, Code.NAME_IN_COMMON_NAME_ONLY, Code.ADDRESS_AS_DNS_NAME}),
        "sql-purpose": frozenset({Code.KEY_USAGE_INCOMPLETE, Code.PURPOSE_MISSING}),
        "expressway-request": frozenset({Code.REQUEST_KEY_DIFFERS}),
        "expressway-not-alone": frozenset({Code.FILE_HOLDS_MORE}),
        "expressway-purposes": frozenset({Code.PURPOSE_MISSING}),
    }
)
"""By cause; causes that no rule of a chain shows are not in it."""

UNANCHORED = frozenset({Code.ISSUER_MISSING, Code.ISSUER_NOT_TRUSTED, Code.SELF_SIGNED_NOT_TRUSTED})
"""What is no fault of a file while nobody gave the trust store of whoever refused it."""

PROFILES: Mapping[str, str] = MappingProxyType(
    {
        "CGEN1008": "dell-ome-migration",
        "CSEC9002": "dell-ome-server",
        "ome-connection": "dell-ome-migration",
        "sepm-login": "symantec-sepm:sql",
        "sepm-database": "symantec-sepm:sql",
        "sepm-expiring": "symantec-sepm:sql",
        "sql-expired": "symantec-sepm:sql",
        "sql-untrusted": "symantec-sepm:sql",
        "sql-name": "symantec-sepm:sql",
        "sql-secure-connection": "symantec-sepm:sql",
        "sql-not-yet-valid": "symantec-sepm:sql",
        "sql-start": "symantec-sepm:sql",
        "sql-network": "symantec-sepm:sql",
        "expressway-refused": "cisco-expressway@X14:E",
    }
)
"""The profile that says what the product of a symptom demands."""
