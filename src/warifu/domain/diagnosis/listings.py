"""Recognises whose listing a text is, and reads it."""

from __future__ import annotations

from collections.abc import Callable

from warifu.domain.diagnosis.listing import Listing
from warifu.domain.diagnosis.other_listings import (
    is_keytool_listing,
    is_nss_listing,
    is_windows_listing,
    read_keytool_listing,
    read_nss_listing,
    read_windows_listing,
)
from warifu.domain.diagnosis.vmware_listings import (
    is_directory_listing,
    is_store_listing,
    read_directory_listing,
    read_store_listing,
)
from warifu.errors import UsageError

_READERS: tuple[tuple[Callable[[str], bool], Callable[[str, str], Listing]], ...] = (
    (is_directory_listing, read_directory_listing),
    (is_store_listing, read_store_listing),
    (is_keytool_listing, read_keytool_listing),
    (is_windows_listing, read_windows_listing),
    (is_nss_listing, read_nss_listing),
)


def is_listing(text: str) -> bool:
    """Tell whether a text is the output of a tool that is known here."""
    return any(fits(text) for fits, _ in _READERS)


def read_listing(text: str, source: str = "") -> Listing:
    """Return what a tool listed.

    Raises:
        UsageError: `diagnosis.listing-unknown`, `diagnosis.listing-count`, `diagnosis.listing-record`.
    """
    for fits, reader in _READERS:
        if fits(text):
            return reader(text, source)
    raise UsageError("diagnosis.listing-unknown", path=source)
