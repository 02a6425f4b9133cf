"""Estate files in, and what people ask about an estate: names, ledgers, a merge with a scan."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from warifu.domain.estate import Estate
from warifu.domain.estate.ledger import ENCODINGS, read_ledger, write_ledger
from warifu.domain.estate.merge import Difference, merge
from warifu.domain.estate.parse import parse_estate
from warifu.domain.estate.table_reader import Source
from warifu.domain.findings import Lang
from warifu.errors import UsageError
from warifu.ports.files import Files


@dataclass(frozen=True, slots=True)
class EstateFiles:
    """An estate with the files it was read from.

    Args:
        folder: absolute path of the folder its own state is kept beside.
        into: the file that receives new things.
    """

    estate: Estate
    sources: tuple[Source, ...]
    folder: str
    into: str


def load_estate(path: str, *, files: Files, base: str, zone_exists: Callable[[str], bool]) -> EstateFiles:
    """Read an estate from a file, or from the `*.toml` of a folder.

    Args:
        base: absolute path that a relative one starts at.

    Raises:
        EstateError: every fault of every file.
        CouldNotLookError: `io.cannot-read`.
        UsageError: `estate.no-files`, `estate.not-utf8`.
    """
    sources = read_sources(path, files=files, base=base)
    if not sources:
        raise UsageError("estate.no-files", path=path)
    into = posixpath.join(path, "estate.toml") if files.is_folder(path) else path
    folder = sources[0].folder
    return EstateFiles(parse_estate(sources, zone_exists=zone_exists), sources, folder, into)


def read_sources(path: str, *, files: Files, base: str) -> tuple[Source, ...]:
    """Return the estate files at a path as text; none when nothing is there yet."""
    whole = posixpath.normpath(posixpath.join(base, path))
    if files.is_folder(path):
        names = [name for name in files.names(path) if _is_estate_file(name, path)]
        return tuple(_source(name, files, whole) for name in names)
    if not files.exists(path):
        raise UsageError("estate.no-files", path=path)
    return (_source(path, files, posixpath.dirname(whole)),)


def _is_estate_file(name: str, folder: str) -> bool:
    """Only what lies in the folder itself: folders below it hold our own state and others' files."""
    inside = name.removeprefix(folder.rstrip("/") + "/")
    return inside.endswith(".toml") and "/" not in inside and not inside.startswith(".")


def _source(name: str, files: Files, folder: str) -> Source:
    data = files.read(name)
    try:
        return Source(name, data.decode("utf-8"), folder)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError("estate.not-utf8", where=f"{name}:{line}") from None


def import_ledger(
    ledger: str, *, files: Files, path: str, base: str, zone_exists: Callable[[str], bool]
) -> tuple[Mapping[str, str], Difference]:
    """Add what a CSV ledger lists to an estate; return the new text of each file that changes.

    Nothing is written. Without an estate file at `path` yet, its text is the whole new estate.

    Raises:
        EstateError: every bad row of the ledger, or every fault of the estate files.
    """
    exists = files.exists(path)
    sources = read_sources(path, files=files, base=base) if exists else ()
    into = posixpath.join(path, "estate.toml") if exists and files.is_folder(path) else path
    known = parse_estate(sources, zone_exists=zone_exists)
    listed = read_ledger(files.read(ledger), ledger, beside=known)
    return merge(sources, listed, into=into)


def export_ledger(estate: Estate, encoding: str, lang: Lang) -> bytes:
    """Return an estate as a CSV ledger.

    Raises:
        UsageError: `estate.no-encoding`.
        RefusedError: `estate.cannot-encode`, with every cell that the encoding cannot carry.
    """
    if encoding not in ENCODINGS:
        raise UsageError("estate.no-encoding", encoding=encoding, known=ENCODINGS)
    return write_ledger(estate, encoding, lang)


def write_all(texts: Mapping[str, str], files: Files) -> None:
    """Write estate files, each atomically.

    Raises:
        CouldNotLookError: `io.cannot-write`.
    """
    for name, text in texts.items():
        files.write(name, text.encode(), mode=0o644)
