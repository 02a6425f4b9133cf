"""What a vendor's tool lists, as values: one entry a certificate, in its order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from warifu.domain.x509 import Certificate, KeyId, read
from warifu.errors import UsageError

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_ZONES = {"": UTC, "GMT": UTC, "UTC": UTC, "JST": timezone(timedelta(hours=9), "JST")}
_EAST = timedelta(hours=14)
"""A day begins first where the zone is UTC+14."""
_WEST = timedelta(hours=12)
"""And ends last where it is UTC-12."""
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
        is_day: `not_before` and `not_after` are the beginnings of days by a clock whose zone was not printed.
        is_whole: the tool printed the certificate with its extensions: what is missing is not in it.
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
    is_day: bool = False
    is_whole: bool = False

    @property
    def lacks_key_id(self) -> bool:
        """It carries no SubjectKeyIdentifier; of one that was not printed whole, that is not known."""
        return self.key_id is None and self.is_whole

    @property
    def begins(self) -> datetime | None:
        """The first instant at which it may be valid."""
        return self.not_before - _EAST if self.not_before and self.is_day else self.not_before

    @property
    def ends(self) -> tuple[datetime, datetime] | None:
        """The first and the last instant at which it may end: one instant twice, but for a day of an unknown zone."""
        if self.not_after is None:
            return None
        if not self.is_day:
            return self.not_after, self.not_after
        return self.not_after - _EAST, self.not_after + timedelta(days=1) + _WEST


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


def lines_of(text: str) -> list[str]:
    """Return the lines of an output without the white space behind them, carriage returns among it.

    Readers match one line at a time: a pattern that may run over ends of lines takes a listing's blank lines for its
    own and tries them again from each of them.
    """
    return [line.rstrip() for line in text.split("\n")]


def value_of(line: str, name: str) -> str | None:
    """Return what a line gives to a name, as in `Alias :  value`; None when it is not this name's line."""
    found, colon, value = line.partition(":")
    return value.strip() if colon and found.rstrip() == name else None


def blocks(begins: Callable[[str], str | None], lines: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the label of each line where a block begins, and the lines below it up to the next.

    Args:
        begins: returns the label of a line that begins a block, None for any other.
    """
    found = [(at, label) for at, line in enumerate(lines) if (label := begins(line)) is not None]
    ends = [*(at for at, _ in found[1:]), len(lines)]
    for (at, label), end in zip(found, ends, strict=False):
        yield label, lines[at + 1 : end]


def key_id_of(text: str) -> KeyId | None:
    """Return the key id that a line shows; None when it shows none."""
    try:
        return KeyId.parse(text.strip().removeprefix("keyid:"))
    except UsageError:
        return None


def instant_of(text: str) -> datetime | None:
    """Return the instant of a date as tools print it, UTC; None where its zone or its month is not known.

    `Nov 22 14:06:23 2026 GMT` (OpenSSL), `Sun Nov 22 14:06:23 2026` (NSS, GMT), `Sun Nov 22 23:06:23 JST 2026` (Java).
    """
    found = _C_DATE.search(text)
    if found is None:
        return None
    month, day, hour, minute, second, zone, year, zone_after = found.groups()
    offset = _ZONES.get(zone or zone_after or "")
    if offset is None or month.lower() not in _MONTHS:
        return None
    try:
        when = datetime(
            int(year), _MONTHS[month.lower()], int(day), int(hour), int(minute), int(second), tzinfo=offset
        )
        return when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def month_comes_first(dates: Iterable[str]) -> bool | None:
    """Tell whether an output prints the month before the day: a date that can be read in one way tells it for all.

    Returns:
        None when no date tells it, or two contradict each other.
    """
    found = [(int(one[1]), int(one[2])) for date in dates if (one := _SHORT_DATE.search(date))]
    day_first = any(first > 12 >= second and first <= 31 for first, second in found)
    month_first = any(second > 12 >= first for first, second in found)
    return None if day_first == month_first else month_first


def day_of(text: str, *, month_first: bool | None = None) -> datetime | None:
    """Return the beginning of the day of a date in figures, as if it were UTC; None where it may be two days.

    `2026/11/22 23:06` and `11/22/2026 2:06 PM` (Windows): local time of a machine whose zone is not printed.

    Args:
        month_first: the order that other dates of the same output tell.
    """
    found = _SHORT_DATE.search(text)
    if found is None:
        return None
    first, second, third = (int(one) for one in found.groups())
    if month_first is None:
        month_first = first == second or (True if second > 12 else False if first > 12 else None)
    try:
        if len(found[1]) == 4:
            return datetime(first, second, third, tzinfo=UTC)
        if month_first is None:
            return None
        month, day = (first, second) if month_first else (second, first)
        return datetime(third, month, day, tzinfo=UTC)
    except ValueError:
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


def of_printed(text: str, label: str, kind: str, source: str) -> Entry | None:
    """Return the entry of a certificate that was printed in PEM, the first of a chain; None where none was.

    Raises:
        UsageError: `diagnosis.listing-record`: one is damaged.
    """
    if "-----BEGIN " not in text:
        return None
    reading = read(text.encode())
    if "-----BEGIN CERTIFICATE-----" in text and (reading.lost or not reading.certificates):
        raise UsageError("diagnosis.listing-record", path=source, record=label)
    return of_certificate(reading.certificates[0], label, kind) if reading.certificates else None


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
        is_whole=True,
    )
