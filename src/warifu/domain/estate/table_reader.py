"""Reads one table of an estate file key by key; what is wrong becomes a fault and reading goes on."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from difflib import get_close_matches

from warifu.domain.estate.faults import Faults
from warifu.domain.estate.model import Place
from warifu.domain.findings.toml_places import Path
from warifu.domain.trust.address import Address
from warifu.errors import UsageError

_NAME = re.compile(r"\w[\w.@:+-]*")
_DURATION = re.compile(r"(\d{1,6})([dhms])")
_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_HOST = re.compile(r"[A-Za-z0-9._-]+")
_PORT = re.compile(r"[0-9]{1,5}")
_V6 = re.compile(r"[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}")


@dataclass(frozen=True, slots=True)
class Source:
    """One estate file.

    Args:
        file: its name as people gave it; what faults show.
        folder: absolute path of its folder; relative paths of local nodes start there.
    """

    file: str
    text: str
    folder: str = ""

    def resolve(self, path: str) -> str:
        """Return a path as seen from the file's folder; an absolute or empty one stays."""
        if path.startswith("/"):
            return posixpath.normpath(path)  # steps on nodes take no path with `..` in it
        if not path or not self.folder:
            return path
        return posixpath.normpath(posixpath.join(self.folder, path))


class Section:
    """One table. Every reader method names a key; `close` faults the keys nobody named."""

    def __init__(
        self,
        values: Mapping[str, object],
        source: Source,
        places: Mapping[Path, int],
        path: Path,
        faults: Faults,
    ) -> None:
        self.values = values
        self.source = source
        self.path = path
        self.faults = faults
        self._places = places
        self._known: list[str] = []

    @property
    def name(self) -> str:
        """The table's own name."""
        return str(self.path[-1])

    @property
    def place(self) -> Place:
        """Where the table was declared."""
        return Place(self.source.file, self.line(), ".".join(str(part) for part in self.path))

    def line(self, *inside: str | int) -> int:
        """Return the line of a key, or of the nearest thing around it."""
        path = (*self.path, *inside)
        while path and path not in self._places:
            path = path[:-1]
        return self._places.get(path, 1)

    def where(self, *inside: str | int) -> str:
        """Return `file:line` of a key."""
        return f"{self.source.file}:{self.line(*inside)}"

    def key(self, *inside: str | int) -> str:
        """Return a key as people write it: `services.web.node`."""
        return ".".join(str(part) for part in (*self.path, *inside))

    def has(self, key: str) -> bool:
        """Tell whether a key is there."""
        return key in self.values

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        value = self._take(key)
        if value is None:
            return default
        if isinstance(value, str):
            return value
        self.faults.add(
            UsageError("estate.not-text", where=self.where(key), key=self.key(key), found=shown(value))
        )
        return default

    def needed(self, key: str, example: str) -> str:
        """Return a text that has to be there and not empty."""
        if key in self.values:
            value = self.text(key)
            if value or not isinstance(self.values[key], str):
                return value
        self._take(key)
        self.missing(key, example)
        return ""

    def missing(self, key: str, example: str) -> None:
        """Note that a key has to be there, with what it could be."""
        self.faults.add(
            UsageError("estate.missing-key", where=self.where(key), key=self.key(key), example=example)
        )

    def unknown_reference(
        self, key: str, found: str, section: str, known: Collection[str], *inside: int
    ) -> None:
        """Note that a key names something that no table declares."""
        where, full, near = self.where(key, *inside), self.key(key), nearest(found, known)
        if not known:
            self.faults.add(
                UsageError(
                    "estate.unknown-reference-none", where=where, key=full, found=found, section=section
                )
            )
        elif near:
            self.faults.add(
                UsageError(
                    "estate.unknown-reference-near",
                    where=where,
                    key=full,
                    found=found,
                    section=section,
                    near=near,
                )
            )
        else:
            self.faults.add(
                UsageError(
                    "estate.unknown-reference",
                    where=where,
                    key=full,
                    found=found,
                    section=section,
                    known=_first(sorted(known)),
                )
            )

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; absent is empty."""
        return self.maybe_texts(key) or ()

    def maybe_texts(self, key: str) -> tuple[str, ...] | None:
        """Return a list of texts, or None when the key is absent."""
        value = self._take(key)
        if value is None:
            return None
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.faults.add(
            UsageError("estate.not-texts", where=self.where(key), key=self.key(key), found=shown(value))
        )
        return None

    def flag(self, key: str) -> bool:
        """Return true or false; absent is false."""
        value = self._take(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.faults.add(
            UsageError("estate.not-flag", where=self.where(key), key=self.key(key), found=shown(value))
        )
        return False

    def number(self, key: str, default: int, *, least: int) -> int:
        """Return a whole number of at least `least`."""
        value = self._take(key)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        self.faults.add(
            UsageError(
                "estate.not-number",
                where=self.where(key),
                key=self.key(key),
                found=shown(value),
                least=least,
            )
        )
        return default

    def choice(self, key: str, known: Collection[str], default: str) -> str:
        """Return one of the known words; a default of nothing means that the key is needed."""
        if not default and key not in self.values:
            self._take(key)
            self.faults.add(
                UsageError(
                    "estate.missing-choice", where=self.where(key), key=self.key(key), known=tuple(known)
                )
            )
            return ""
        value = self.text(key, default)
        if value not in known and value:
            self.unknown_word(key, value, known)
            return default
        return value

    def unknown_word(self, key: str, value: str, known: Collection[str]) -> None:
        """Note that a word is none of the known ones."""
        self.faults.add(
            UsageError(
                "estate.not-choice",
                where=self.where(key),
                key=self.key(key),
                found=value,
                known=_first(list(known)),
            )
        )

    def duration(self, key: str, default: timedelta) -> timedelta:
        """Return a duration written `90d`, `12h`, `30m` or `45s`."""
        value = self._take(key)
        if value is None:
            return default
        found = _DURATION.fullmatch(value) if isinstance(value, str) else None
        if found and int(found.group(1)):
            return int(found.group(1)) * _UNITS[found.group(2)]
        self.faults.add(
            UsageError("estate.not-duration", where=self.where(key), key=self.key(key), found=shown(value))
        )
        return default

    def moment(self, key: str) -> datetime | None:
        """Return an instant with its offset from UTC."""
        value = self._take(key)
        if value is None:
            return None
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value
        self.faults.add(
            UsageError("estate.not-moment", where=self.where(key), key=self.key(key), found=shown(value))
        )
        return None

    def zone(self, key: str, zone_exists: Callable[[str], bool]) -> str:
        """Return the name of a time zone; absent is empty."""
        zone = self.text(key)
        if zone and not (_ZONE.fullmatch(zone) and zone_exists(zone)):
            self.faults.add(
                UsageError("estate.no-zone", where=self.where(key), key=self.key(key), found=zone)
            )
        return zone

    def clock_time(self, key: str) -> time | None:
        """Return a time of day, written `"09:00"` or as TOML's own; None where it is absent or wrong."""
        value = self._take(key)
        if value is None or isinstance(value, time):
            return value
        with suppress(ValueError):
            parsed = time.fromisoformat(value) if isinstance(value, str) else None
            if parsed is not None and parsed.tzinfo is None:
                return parsed
        self.faults.add(
            UsageError("estate.not-time", where=self.where(key), key=self.key(key), found=shown(value))
        )
        return None

    def file(self, key: str, *, resolve: bool) -> str:
        """Return a path, seen from the file's folder where `resolve` says so."""
        path = self.text(key)
        return self.source.resolve(path) if resolve or path.startswith("/") else path

    def addresses(self, key: str) -> tuple[Address, ...]:
        """Return a list of `host:port` and `[IPv6]:port`."""
        found = []
        for position, text in enumerate(self.texts(key)):
            address = read_address(text)
            if address is None:
                self.faults.add(
                    UsageError(
                        "estate.not-address", where=self.where(key, position), key=self.key(key), found=text
                    )
                )
            else:
                found.append(address)
        return tuple(found)

    def table(self, key: str) -> Section | None:
        """Return a table inside this one, or None when it is absent."""
        value = self._take(key)
        if value is None:
            return None
        if isinstance(value, dict):
            return Section(value, self.source, self._places, (*self.path, key), self.faults)
        self.faults.add(
            UsageError("estate.not-table", where=self.where(key), key=self.key(key), found=shown(value))
        )
        return None

    def tables(self, key: str) -> Iterator[Section]:
        """Yield the named tables below a key."""
        outer = self.table(key)
        if outer is None:
            return
        for name in outer.values:
            inner = outer.table(name)
            if inner is None:
                continue
            if not _NAME.fullmatch(name):
                self.faults.add(
                    UsageError("estate.bad-name", where=inner.where(), key=outer.key(), found=shown(name))
                )
            yield inner

    def list_of_tables(self, key: str) -> Iterator[Section]:
        """Yield the tables of an array of tables."""
        value = self._take(key)
        if value is None:
            return
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.faults.add(
                UsageError("estate.not-tables", where=self.where(key), key=self.key(key), found=shown(value))
            )
            return
        for position, item in enumerate(value):
            yield Section(item, self.source, self._places, (*self.path, key, position), self.faults)

    def raw(self, key: str) -> object:
        """Return a value as the file has it, for readers of one kind only."""
        return self._take(key)

    def close(self) -> None:
        """Fault every key that no reader named."""
        for key in self.values:
            if key not in self._known:
                self._unknown_key(key)

    def _unknown_key(self, key: str) -> None:
        where, full, near = self.where(key), self.key(key), nearest(key, self._known)
        if near:
            self.faults.add(UsageError("estate.unknown-key-near", where=where, key=full, near=near))
        else:
            known = tuple(sorted(set(self._known)))
            self.faults.add(UsageError("estate.unknown-key", where=where, key=full, known=known))

    def _take(self, key: str) -> object:
        self._known.append(key)
        return self.values.get(key)


def nearest(word: str, known: Collection[str]) -> str:
    """Return the closest known word, or nothing when none is close."""
    return next(iter(get_close_matches(word, [str(one) for one in known], 1, 0.6)), "")


def _first(names: list[str]) -> tuple[str, ...]:
    return tuple(names or "-") if len(names) <= 12 else (*names[:12], "...")


def shown(value: object) -> str:
    """Return a value as a short text on one line."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def read_address(text: str) -> Address | None:
    """Return `host:port` or `[IPv6]:port` as an address, or None when it is neither."""
    host, colon, port = text.rpartition(":")
    if not colon or not _PORT.fullmatch(port) or not 1 <= int(port) <= 65535:
        return None
    if host.startswith("[") and host.endswith("]"):
        inner = host[1:-1]
        return Address(inner, int(port)) if ":" in inner and _V6.fullmatch(inner) else None
    return Address(host, int(port)) if _HOST.fullmatch(host) else None
