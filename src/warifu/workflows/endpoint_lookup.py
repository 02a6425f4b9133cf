"""Which entry of an endpoint store a person means, by whatever names it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from warifu.domain.endpoint import Entry, Store
from warifu.domain.endpoint.names import default_alias, fold, store_named
from warifu.domain.estate import Estate
from warifu.domain.estate.naming import find_matches
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.endpoint import Asked, EndpointView

_NOBODY = Estate("")
_LONGEST = 4_096  # characters of a name: a subject has fewer


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that a name fits, and how the name was understood.

    Args:
        how: `alias`, `sha256`, `sha1`, `key-id`, `serial` or `subject`.
    """

    entry: Entry
    how: str


def store_in(view: EndpointView, name: str) -> Store:
    """Return a store by its name, or by the one it has in VECS.

    Raises:
        RefusedError: `endpoint.no-such-store`.
    """
    own = fold(store_named(name))
    found = next((store for store in view.stores() if fold(store.name) == own), None)
    if found is None:
        raise RefusedError("endpoint.no-such-store", store=name)
    return found


def entries_of(view: EndpointView, store: str) -> Iterator[Entry]:
    """Yield every entry of a store that can be read, page by page."""
    following: int | None = 0
    while following is not None:
        page = view.entries(store, Asked(following))
        yield from page.entries
        following = page.following


def find_entries(view: EndpointView, stores: tuple[str, ...], name: str) -> tuple[Found, ...]:
    """Return every entry that a name fits, by the most exact notion that fits any: an alias before all others."""
    if len(name) > _LONGEST:
        return ()
    own = [_named(view, store, name, is_alone=len(stores) == 1) for store in stores]
    if any(own):
        return tuple(Found(entry, "alias") for entry in own if entry is not None)
    every = [entry for store in stores for entry in entries_of(view, store)]
    named = find_matches(name, (one for entry in every for one in entry.certificates[:1]), _NOBODY, None)
    fits = {match.certificate.fingerprint.hex: match.how for match in named}
    found = [
        Found(entry, fits[entry.certificates[0].fingerprint.hex])
        for entry in every
        if entry.certificates and entry.certificates[0].fingerprint.hex in fits
    ]
    return tuple(found) or tuple(_crls(every, name))


def the_entry(view: EndpointView, store: str, name: str) -> Entry:
    """Return the one entry of a store that a name fits.

    Raises:
        RefusedError: `endpoint.no-such-store`, `endpoint.no-such-entry`, `endpoint.ambiguous-entry` with every match.
    """
    own = store_named(store)
    found = find_entries(view, (own,), name)
    if len(found) == 1:
        return found[0].entry
    if not found:
        raise RefusedError("endpoint.no-such-entry", store=own, alias=name)
    listed = "".join(f"\n  {one.entry.alias} [SHA-256 {one.entry.fingerprint}]" for one in found)
    raise RefusedError(
        "endpoint.ambiguous-entry", store=own, name=name, how=found[0].how, count=len(found), matches=listed
    )


def _named(view: EndpointView, store: str, alias: str, *, is_alone: bool) -> Entry | None:
    """Return the entry of an alias; where several stores are searched, a damaged one keeps none of the others."""
    try:
        return view.entry(store, alias)
    except CouldNotLookError:
        if is_alone:
            raise
        return None


def _crls(entries: list[Entry], name: str) -> Iterator[Found]:
    """Yield CRLs by fingerprint or issuer."""
    digits = fold(name.replace(":", "").strip())
    for entry in entries:
        crl = entry.crl
        if crl is None:
            continue
        how = {crl.fingerprint.hex: "sha256", default_alias(crl): "sha1"}.get(digits)
        if how is None and name.strip() == crl.issuer_text:
            how = "subject"
        if how is not None:
            yield Found(entry, how)
