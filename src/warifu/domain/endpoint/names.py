"""Names of stores and aliases: equal when they are equal in lower case, and old names of system stores mean ours."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

from warifu.domain.endpoint.model import SystemStore
from warifu.domain.x509 import Certificate, RevocationList
from warifu.errors import RefusedError, UsageError

LEGACY: Mapping[SystemStore, str] = MappingProxyType(
    {
        SystemStore.MACHINE_IDENTITY: "MACHINE_SSL_CERT",
        SystemStore.TRUSTED_ROOTS: "TRUSTED_ROOTS",
        SystemStore.CRLS: "TRUSTED_ROOT_CRLS",
    }
)
"""What VECS calls the system stores, in the order in which it lists them."""

MACHINE_ALIAS = "__MACHINE_CERT"
"""The alias of a node's own identity. Source: VECS."""

_OURS = MappingProxyType({name.lower(): store for store, name in LEGACY.items()})
_LONGEST_STORE = 128  # characters, as VECS has it: ERROR_LABEL_TOO_LONG
_LONGEST_ALIAS = 512


def fold(name: str) -> str:
    """Return what two names share that mean the same."""
    return name.lower()


def store_named(name: str) -> str:
    """Return a store's own name: a system store may be called as VECS calls it, in any case."""
    known = _OURS.get(fold(name))
    if known is not None:
        return known.value
    return next((store.value for store in SystemStore if store.value == fold(name)), name)


def legacy_name(store: str) -> str:
    """Return what VECS calls a store."""
    known = next((one for one in SystemStore if one.value == store), None)
    return store if known is None else LEGACY[known]


def is_system(store: str) -> bool:
    """Tell whether a store is always there."""
    return store_named(store) in set(SystemStore)


def check_store_name(name: str) -> str:
    """Return the name of a store to be made.

    Raises:
        UsageError: `endpoint.bad-store-name`: empty, longer than 128 characters, or not printable on one line.
        RefusedError: `endpoint.system-store-there`.
    """
    if is_system(name):
        raise RefusedError("endpoint.system-store-there", store=name)
    if not _is_name(name, _LONGEST_STORE):
        raise UsageError("endpoint.bad-store-name", store=name[:_LONGEST_STORE], limit=_LONGEST_STORE)
    return name


def check_alias(alias: str) -> str:
    """Return an alias: any text that prints on one line, since scripts read lists line by line.

    Raises:
        UsageError: `endpoint.bad-alias`.
    """
    if not _is_name(alias, _LONGEST_ALIAS):
        raise UsageError("endpoint.bad-alias", alias=alias[:_LONGEST_ALIAS], limit=_LONGEST_ALIAS)
    return alias


def check_deletable(store: str) -> None:
    """Make sure that a store may be deleted at all.

    Raises:
        RefusedError: `endpoint.system-store`.
    """
    if is_system(store):
        raise RefusedError("endpoint.system-store", store=store)


def default_alias(value: Certificate | RevocationList) -> str:
    """Return the alias of what was given none: the SHA-1 of its DER in lower-case hex. Source: VECS."""
    return hashlib.sha1(value.der, usedforsecurity=False).hexdigest()


def _is_name(text: str, longest: int) -> bool:
    return 0 < len(text) <= longest and text.isprintable() and text == text.strip()
