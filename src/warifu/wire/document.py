"""Frozen dataclasses and named tuples to plain JSON values and back, strictly.

A union says which member it holds under the key `is`. Unknown fields are errors; a missing
field is one too, unless the class has a default for it, so that later releases read older
documents.
"""

from __future__ import annotations

import dataclasses
import marshal
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from warifu.domain.findings.text import show
from warifu.domain.x509 import Sha256
from warifu.errors import UsageError

Plain = dict[str, Any] | list[Any] | str | int | float | bool | None


def to_plain(value: object) -> Plain:
    """Return JSON-ready values; a record becomes an object that names its class under `is`."""
    kind: Any = type(value)
    return _writer(kind)(value)


def from_plain(kind: Any, plain: object, path: str = "") -> Any:
    """Return the value of a type that `to_plain` wrote.

    Args:
        kind: the annotation expected: a dataclass or named tuple, a union of them, `tuple[X, ...]`,
            `Mapping[str, X]`, ...

    Raises:
        UsageError: `rotation.document-malformed`: names the path inside the document.
    """
    try:
        return _reader(kind)(plain)
    except _Malformed as fault:
        place = path + "".join(reversed(fault.path))
        raise UsageError("rotation.document-malformed", path=place or "/", found=fault.found) from None


_Kind = TypeVar("_Kind", bound=type)


def shared(kind: _Kind) -> _Kind:
    """Have records of a class that are written alike be one object when they are read.

    For immutable records that thousands of documents repeat, as the entries of nodes that follow the same anchors: read
    once, they cost a twentieth from then on, and memory once.
    """
    _SHARED[kind] = {}
    return kind


_SHARED: dict[type, dict[bytes, Any]] = {}
_MOST_SHARED = 20_000  # of a class
_Write = Callable[[Any], Plain]
_Read = Callable[[Any], Any]


class _Malformed(Exception):  # noqa: N818  # it never leaves this module
    """What was found instead, and where, from the innermost place outwards."""

    def __init__(self, found: object) -> None:
        super().__init__()
        self.found = found
        self.path: list[str] = []


# What a type needs is found out once: a server reads and writes the same few types thousands of times a second.


@cache
def _writer(kind: Any) -> _Write:  # noqa: PLR0911  # one line a kind of value
    if issubclass(kind, (type(None), bool, int, float)):
        return _same
    if issubclass(kind, str):
        return str
    if issubclass(kind, datetime):
        return lambda value: value.astimezone(UTC).isoformat()
    if issubclass(kind, timedelta):
        return lambda value: value.total_seconds()
    if issubclass(kind, Sha256):
        return lambda value: value.hex
    if issubclass(kind, Mapping):
        return lambda value: {str(key): to_plain(item) for key, item in value.items()}
    names = _fields(kind)
    if names:
        title = kind.__name__
        return lambda value: {"is": title} | {name: to_plain(getattr(value, name)) for name in names}
    if issubclass(kind, (list, tuple)):
        return lambda value: [to_plain(item) for item in value]
    return show


def _same(value: Any) -> Any:
    return value


@cache
def _reader(kind: Any) -> _Read:
    origin = typing.get_origin(kind)
    if origin in {typing.Union, types.UnionType}:
        return _union(typing.get_args(kind))
    if origin is tuple:
        return _list(_reader(typing.get_args(kind)[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(_reader(typing.get_args(kind)[1]))
    if kind is object:
        return _same
    if isinstance(kind, type) and _fields(kind) and kind is not Sha256:
        return _record(kind)
    return _scalar(kind)


def _union(members: tuple[Any, ...]) -> _Read:
    concrete = [member for member in members if member is not type(None)]
    takes_none = len(concrete) < len(members)
    named = {member.__name__: member for member in concrete} if len(concrete) > 1 else {}

    def read(plain: Any) -> Any:
        if plain is None and takes_none:
            return None
        if not named:
            return _reader(concrete[0])(plain)
        name = _expect(dict, plain).get("is")
        member = named.get(name) if isinstance(name, str) else None
        if member is None:
            raise _Malformed(name)
        return _reader(member)(plain)

    return read


def _list(inner: _Read) -> _Read:
    def read(plain: Any) -> Any:
        found: list[Any] = []
        try:
            for item in _expect(list, plain):
                found.append(inner(item))  # noqa: PERF401  # how many there are tells where one failed
        except _Malformed as fault:
            fault.path.append(f"[{len(found)}]")
            raise
        return tuple(found)

    return read


def _mapping(inner: _Read) -> _Read:
    def read(plain: Any) -> Any:
        found: dict[str, Any] = {}
        for key, item in _expect(dict, plain).items():
            try:
                found[key] = inner(item)
            except _Malformed as fault:
                fault.path.append(f".{key}")
                raise
        return found

    return read


def _record(kind: Any) -> _Read:
    known = _SHARED.get(kind)
    return _record_anew(kind) if known is None else _record_once(_record_anew(kind), known)


def _record_once(anew: _Read, known: dict[bytes, Any]) -> _Read:
    def read(plain: Any) -> Any:
        key = marshal.dumps(plain, 2)  # what is alike in JSON, and of the same types, has the same bytes
        found = known.get(key)
        if found is None:
            found = anew(plain)
            if len(known) >= _MOST_SHARED:
                known.clear()
            known[key] = found
        return found

    return read


def _record_anew(kind: Any) -> _Read:
    title = kind.__name__
    readers: dict[str, _Read] = {}  # filled at the first use: a record may hold its own kind

    def read(plain: Any) -> Any:
        if not readers:
            readers.update({name: _reader(hint) for name, hint in typing.get_type_hints(kind).items()})
            readers["is"] = _same
        if not _expect(dict, plain).keys() <= readers.keys() or plain.get("is", title) != title:
            raise _Malformed(sorted(plain.keys() - readers.keys()) or plain["is"])
        values: dict[str, Any] = {}
        name = ""
        try:
            for name, item in plain.items():
                values[name] = readers[name](item)
        except _Malformed as fault:
            fault.path.append(f".{name}")
            raise
        values.pop("is", None)
        try:
            return kind(**values)
        except TypeError as error:
            raise _Malformed(str(error)) from None

    return read


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    """Return the names of what a dataclass or named tuple holds; of anything else, none."""
    if dataclasses.is_dataclass(kind):
        return tuple(field.name for field in dataclasses.fields(kind))
    return tuple(getattr(kind, "_fields", ()))


def _scalar(kind: Any) -> _Read:
    if kind is datetime:
        return _moment
    if kind is timedelta:
        return lambda plain: timedelta(seconds=_expect((int, float), plain))
    if kind is Sha256:
        return lambda plain: Sha256.parse(_expect(str, plain))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _word(kind)

    def read(plain: Any) -> Any:
        if type(plain) is kind:
            return plain
        if isinstance(plain, bool) and kind is not bool:
            raise _Malformed(plain)
        return _expect(kind, plain)

    return read


def _moment(plain: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(_expect(str, plain))
    except ValueError:
        raise _Malformed(plain) from None
    if moment.tzinfo is None:
        raise _Malformed(plain)
    return moment


def _word(kind: type[StrEnum]) -> _Read:
    def read(plain: Any) -> Any:
        try:
            return kind(_expect(str, plain))
        except ValueError:
            raise _Malformed(plain) from None

    return read


def _expect(kind: Any, plain: object) -> Any:
    if not isinstance(plain, kind):
        raise _Malformed(type(plain).__name__)
    return plain
