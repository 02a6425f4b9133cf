"""Entries of several listings, and certificates at hand, that are one certificate: joined by what fingerprints they show.

Tools print different halves: VMware's store goes by SHA-1, Java's short list by SHA-256, Windows by SHA-1 with a name.
A fingerprint names the bytes, so what one of them tells is true of all; what stands in a listing itself is never replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from warifu.domain.diagnosis.listing import Entry, Listing, of_certificate
from warifu.domain.x509 import Certificate


def completed(listings: Sequence[Listing], known: Iterable[Certificate]) -> tuple[Listing, ...]:
    """Return listings whose entries have what others tell of the same certificate.

    Args:
        known: certificates whose bytes are at hand.
    """
    entries = [entry for one in listings for entry in one.entries]
    entries += [of_certificate(one, "") for one in known]
    above: dict[str, str] = {}
    for entry in entries:
        digests = _digests(entry)
        for one in digests[1:]:
            above[_top(one, above)] = _top(digests[0], above)
    whole: dict[str, Entry] = {}
    for entry in sorted(entries, key=_telling):
        if digests := _digests(entry):
            top = _top(digests[0], above)
            whole[top] = _filled(whole.get(top, entry), entry)
    return tuple(
        replace(one, entries=tuple(_completed(entry, above, whole) for entry in one.entries))
        for one in listings
    )


def _digests(entry: Entry) -> tuple[str, ...]:
    return tuple(one for one in (entry.sha1, entry.sha256) if one)


def _top(digest: str, above: dict[str, str]) -> str:
    """Return the fingerprint that stands for all of one certificate."""
    while (higher := above.get(digest, digest)) != digest:
        digest = higher
    return digest


def _telling(entry: Entry) -> tuple[bool, bool, bool]:
    """Rank who tells most first: the bytes, then a dump, then a name."""
    return entry.certificate is None, not entry.is_dumped, not entry.subject


def _completed(entry: Entry, above: dict[str, str], whole: dict[str, Entry]) -> Entry:
    digests = _digests(entry)
    return _filled(entry, whole[_top(digests[0], above)]) if digests else entry


def _filled(entry: Entry, other: Entry) -> Entry:
    has_dates = entry.not_after is not None
    return replace(
        entry,
        subject=entry.subject or other.subject,
        issuer=entry.issuer or other.issuer,
        serial=entry.serial or other.serial,
        key_id=entry.key_id or other.key_id,
        sha1=entry.sha1 or other.sha1,
        sha256=entry.sha256 or other.sha256,
        not_before=entry.not_before if has_dates else other.not_before,
        not_after=entry.not_after or other.not_after,
        is_day=entry.is_day if has_dates else other.is_day,
        key_usage=entry.key_usage or other.key_usage,
        is_ca=other.is_ca if entry.is_ca is None else entry.is_ca,
        certificate=entry.certificate or other.certificate,
        is_dumped=entry.is_dumped or other.is_dumped,
    )
