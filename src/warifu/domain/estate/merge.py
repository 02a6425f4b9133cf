"""A new scan beside an estate file that people have edited: what is new is added, the rest is told.

Nothing that stands in the file is changed: comments, order and edits by hand stay byte for byte.
A thing that people renamed is recognised by what it is (its node and address, its file, its ends).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from warifu.domain.estate.align import align
from warifu.domain.estate.faults import EstateError
from warifu.domain.estate.model import Connection, Estate, Place, Provenance
from warifu.domain.estate.parse import parse_estate
from warifu.domain.estate.table_reader import Source
from warifu.domain.estate.tables import Path, Table, slot_path, tables_of
from warifu.domain.estate.write import write_table
from warifu.errors import UsageError

_OURS = {"seen", "provenance"}  # how something is known; never a reason to call it changed
_SCANNED = {
    "services": ("node", "target", "addresses"),
    "slots": ("certificate", "key", "chain", "sni", "anchors", "crls"),
    "connections": ("clients", "servers", "client-certificate", "server-identities", "client-trusts"),
}
"""What a scan sees in full: an absent key is then a difference too."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One key that says one thing in the file and was seen as another.

    Args:
        in_file: what the file says; None when it says nothing.
        seen: what the scan saw; None when it saw nothing.
    """

    key: str
    place: Place
    in_file: object
    seen: object


@dataclass(frozen=True, slots=True)
class Vanished:
    """Something of the file that the scan looked for and did not see."""

    key: str
    place: Place


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Something new that could not be added without contradicting the file."""

    key: str
    text: str
    faults: tuple[UsageError, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a scan saw beyond, against and short of the file."""

    added: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()
    vanished: tuple[Vanished, ...] = ()
    held_back: tuple[HeldBack, ...] = ()

    @property
    def is_empty(self) -> bool:
        """The file says what was seen."""
        return not (self.added or self.changed or self.vanished or self.held_back)

    def to_json(self) -> dict[str, object]:
        """Return the difference as plain values."""
        return {
            "added": list(self.added),
            "changed": [
                {
                    "key": one.key,
                    "file": one.place.file,
                    "line": one.place.line,
                    "in_file": one.in_file,
                    "seen": one.seen,
                }
                for one in self.changed
            ],
            "vanished": [
                {"key": one.key, "file": one.place.file, "line": one.place.line} for one in self.vanished
            ],
            "held_back": [{"key": one.key, "text": one.text} for one in self.held_back],
        }


def merge(sources: Sequence[Source], scanned: Estate, *, into: str) -> tuple[Mapping[str, str], Difference]:
    """Add to estate files what a scan saw and they do not have.

    Args:
        sources: the files as they are, read together.
        scanned: what the scan saw, complete for the nodes that it names.
        into: the file that receives new things; a new slot goes to the file of its service.

    Returns:
        The new text of every file that changes, and the difference.

    Raises:
        EstateError: the files have faults already.
    """
    existing = parse_estate(sources)
    seen = align(scanned, existing)
    texts = {source.file: source.text for source in sources}
    folders = {source.file: source.folder for source in sources}
    texts.setdefault(into, "")
    folders.setdefault(into, sources[0].folder if sources else "")
    known = dict(tables_of(existing))
    new = [(path, table) for path, table in tables_of(seen) if path not in known]
    before = dict(texts)
    added, held = _add(texts, folders, existing, new, into)
    changed = tuple(_find_changed(existing, seen, known))
    difference = Difference(added, changed, tuple(_find_vanished(existing, seen)), held)
    return {file: text for file, text in texts.items() if text != before[file]}, difference


def _add(
    texts: dict[str, str],
    folders: Mapping[str, str],
    existing: Estate,
    new: list[tuple[Path, Table]],
    into: str,
) -> tuple[tuple[str, ...], tuple[HeldBack, ...]]:
    """Append all at once; where that contradicts the files, one after the other, and hold back what does."""

    def file_of(path: Path) -> str:
        service = existing.services.get(path[1]) if path[0] == "services" else None
        return service.place.file if service is not None else into

    def attempt(tables: list[tuple[Path, Table]], onto: Mapping[str, str]) -> dict[str, str]:
        result = dict(onto)
        for path, table in tables:
            result[file_of(path)] = _appended(result[file_of(path)], write_table(path, table))
        parse_estate([Source(file, text, folders[file]) for file, text in result.items()])
        return result

    try:
        texts.update(attempt(new, texts))
    except EstateError:
        pass
    else:
        return tuple(_dotted(path) for path, _ in new), ()
    added: list[str] = []
    held: list[HeldBack] = []
    for bundle in _bundles(new):
        try:
            texts.update(attempt(bundle, texts))
        except EstateError as error:
            held.extend(
                HeldBack(_dotted(path), write_table(path, table), error.faults) for path, table in bundle
            )
        else:
            added.extend(_dotted(path) for path, _ in bundle)
    return tuple(added), tuple(held)


def _bundles(new: list[tuple[Path, Table]]) -> Iterator[list[tuple[Path, Table]]]:
    """Things that need each other: all identities and stores first, then each service with its slots."""
    names = [one for one in new if one[0][0] in ("nodes", "owners", "identities", "trust-stores")]
    if names:
        yield names
    services: dict[str, list[tuple[Path, Table]]] = {}
    for path, table in new:
        if path[0] == "services":
            services.setdefault(path[1], []).append((path, table))
    yield from services.values()
    for path, table in new:
        if path[0] in ("connections", "groups", "windows", "issuers"):
            yield [(path, table)]


def _appended(text: str, block: str) -> str:
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    new = gap + block
    return text + (new.replace("\n", "\r\n") if "\r\n" in text else new)  # a file keeps its own line ends


def _find_changed(existing: Estate, seen: Estate, known: Mapping[Path, Table]) -> Iterator[Changed]:
    places = _places(existing)
    for path, table in tables_of(seen):
        if path not in known or path[0] in ("nodes", "estate"):
            continue
        kind = "slots" if len(path) == 4 else path[0]
        for key in dict.fromkeys((*table, *_SCANNED.get(kind, ()))):
            in_file, now = known[path].get(key), table.get(key)
            if key not in _OURS and _plain(in_file) != _plain(now):
                yield Changed(f"{_dotted(path)}.{key}", places[path], in_file, now)


def _plain(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, list) else value


def _find_vanished(existing: Estate, seen: Estate) -> Iterator[Vanished]:
    """Things on the nodes that were scanned, and connections that no person declared."""
    for service in existing.services.values():
        if service.node in seen.nodes and service.name not in seen.services and service.target in _DISCOVERED:
            yield Vanished(_dotted(("services", service.name)), service.place)
    for slot in existing.slots.values():
        if slot.service in seen.services and slot.name not in seen.slots:
            yield Vanished(_dotted(slot_path(slot)), slot.place)
    for connection in existing.connections.values():
        configured = connection.provenance is Provenance.CONFIGURED
        if configured and connection.name not in seen.connections and _is_scanned(connection, existing, seen):
            yield Vanished(_dotted(("connections", connection.name)), connection.place)


_DISCOVERED = ("nginx", "haproxy", "postgresql")


def _is_scanned(connection: Connection, existing: Estate, seen: Estate) -> bool:
    return all(existing.services[client].node in seen.nodes for client in connection.clients)


def _places(estate: Estate) -> dict[Path, Place]:
    places: dict[Path, Place] = {}
    for kind, things in (
        ("owners", estate.owners),
        ("services", estate.services),
        ("identities", estate.identities),
        ("trust-stores", estate.trust_stores),
        ("connections", estate.connections),
        ("groups", estate.groups),
        ("windows", estate.windows),
        ("issuers", estate.issuers),
    ):
        places.update({(kind, name): thing.place for name, thing in things.items()})
    places.update({slot_path(slot): slot.place for slot in estate.slots.values()})
    return places


def _dotted(path: Path) -> str:
    return ".".join(path)
