"""What a vendor's tool lists, as values: one entry a certificate, in its order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from warifu.domain.x509 import Certificate, KeyId
from warifu.errors import UsageError

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_ZONES = {"": UTC, "GMT": UTC, "UTC": UTC, "JST": timezone(timedelta(hours=9), "JST")}
_C_DATE = re.compile(
    r"(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (?:([A-Z]{1,5}) )?(\d{4})(?: ([A-Z]{3}))?"
)
_SHORT_DATE = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})")
_RDN = re.compile(r"(?:^|[,/])\s*(?=(?:[A-Za-z][A-Za-z0-9.-]{0,40}|\d[\d.]{0,60})\s*=)")
_SAME = {"E": "EMAILADDRESS", "EMAIL": "EMAILADDRESS", "S": "ST"}
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line or block of a listing; what the tool did not print is empty or None.

    Args:
        label: alias, nickname or ordinal: how the tool names it.
        kind: the tool's own word for the type of entry.
        key_id: the SubjectKeyIdentifier, or the id a directory lists it under.
        is_ca: basicConstraints, where it was printed.
        has_crl: the directory holds a CRL beside it.
    """

    label: str
    subject: str = ""
    issuer: str = ""
    serial: str = ""
    key_id: KeyId | None = None
    sha1: str = ""
    sha256: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    key_usage: tuple[str, ...] = ()
    is_ca: bool | None = None
    kind: str = ""
    has_crl: bool | None = None
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One output of one tool.

    Args:
        tool: `dir-cli`, `vecs-cli`, `certutil`, `certutil-nss`, `keytool` or `openssl`.
        source: the file it was in; names the node, unless it was told otherwise.
        store: what was listed, where the output says so.
    """

    tool: str
    entries: tuple[Entry, ...]
    source: str = ""
    store: str = ""


def counted(entries: Iterable[Entry], wanted: str | None, tool: str, source: str) -> tuple[Entry, ...]:
    """Return the entries when they are as many as the tool's own count says.

    Raises:
        UsageError: `diagnosis.listing-count`: the output was cut, or is not what it seems.
    """
    found = tuple(entries)
    if wanted is not None and int(wanted) != len(found):
        raise UsageError(
            "diagnosis.listing-count", tool=tool, path=source, said=int(wanted), found=len(found)
        )
    return found


def blocks(begin: re.Pattern[str], text: str, start: int = 0) -> Iterator[tuple[re.Match[str], str]]:
    """Yield each place where a block begins, and what stands below it up to the next."""
    found = list(begin.finditer(text, start))
    ends = [*(one.start() for one in found[1:]), len(text)]
    for one, end in zip(found, ends, strict=False):
        yield one, text[one.end() : end]


def key_id_of(text: str) -> KeyId | None:
    """Return the key id that a line shows; None when it shows none."""
    try:
        return KeyId.parse(text.strip().removeprefix("keyid:"))
    except UsageError:
        return None


def instant_of(text: str) -> datetime | None:
    """Return the instant of a date as tools print it, UTC; None where it can be read in two ways.

    `Nov 22 14:06:23 2026 GMT` (OpenSSL), `Sun Nov 22 14:06:23 2026` (NSS, GMT), `Sun Nov 22 23:06:23 JST 2026` (Java),
    `2026/11/22 23:06` and `11/22/2026 2:06 PM` (Windows, local time: good to the day).
    """
    found = _C_DATE.search(text)
    try:
        if found:
            month, day, hour, minute, second, zone, year, zone_after = found.groups()
            offset = _ZONES.get(zone or zone_after or "")
            if offset is None or month.lower() not in _MONTHS:
                return None
            when = datetime(
                int(year),
                _MONTHS[month.lower()],
                int(day),
                int(hour),
                int(minute),
                int(second),
                tzinfo=offset,
            )
            return when.astimezone(UTC)
        return _short(text)
    except (ValueError, OverflowError):
        return None


def _short(text: str) -> datetime | None:
    """Return the day of a date in figures, where day and month cannot be taken for each other."""
    found = _SHORT_DATE.search(text)
    if found is None:
        return None
    first, second, third = (int(one) for one in found.groups())
    if len(found[1]) == 4:
        return datetime(first, second, third, tzinfo=UTC)
    if first > 12 >= second:
        return datetime(third, second, first, tzinfo=UTC)
    if second > 12 >= first or first == second:
        return datetime(third, first, second, tzinfo=UTC)
    return None


def folded_name(text: str) -> tuple[tuple[str, str], ...]:
    """Return a printed distinguished name for comparing: tools differ in order, spaces and spelling, not in parts.

    Two names that fold alike may still be two keys: a name is a hint, never an identity.
    """
    pieces = _RDN.split(text.strip().strip('"'))
    parts = []
    for piece in pieces:
        kind, equals, value = piece.partition("=")
        if equals:
            shown = kind.strip().upper()
            plain = value.replace("\\", "").strip().strip('"')
            parts.append((_SAME.get(shown, shown), _SPACES.sub(" ", plain).casefold()))
    return tuple(sorted(parts))


def of_certificate(certificate: Certificate, label: str, kind: str = "") -> Entry:
    """Return the entry of a certificate whose bytes are there: everything is known."""
    return Entry(
        label,
        str(certificate.subject),
        str(certificate.issuer),
        f"{certificate.serial:x}",
        certificate.subject_key_id,
        hashlib.sha1(certificate.der, usedforsecurity=False).hexdigest(),
        certificate.fingerprint.hex,
        certificate.not_before,
        certificate.not_after,
        tuple(sorted(one.value for one in certificate.key_usage or ())),
        certificate.is_ca,
        kind,
        None,
        certificate,
    )
