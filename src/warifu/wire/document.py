"""Frozen dataclasses and named tuples to plain JSON values and back, strictly.

A union says which member it holds under the key `is`. Unknown fields are errors; a missing
field is one too, unless the class has a default for it, so that later releases read older
documents.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from warifu.domain.findings.text import show
from warifu.domain.x509 import Sha256
from warifu.errors import UsageError

Plain = dict[str, Any] | list[Any] | str | int | float | bool | None


def to_plain(value: object) -> Plain:  # noqa: PLR0911  # one line a kind of value
    """Return JSON-ready values; a record becomes an object that names its class under `is`."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Sha256):
        return value.hex
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    kind: Any = type(value)
    names = _fields(kind)
    if names:
        return {"is": type(value).__name__, **{name: to_plain(getattr(value, name)) for name in names}}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    return show(value)


def from_plain(kind: Any, plain: object, path: str = "") -> Any:
    """Return the value of a type that `to_plain` wrote.

    Args:
        kind: the annotation expected: a dataclass or named tuple, a union of them, `tuple[X, ...]`,
            `Mapping[str, X]`, ...

    Raises:
        UsageError: `rotation.document-malformed`: names the path inside the document.
    """
    origin = typing.get_origin(kind)
    if origin in {typing.Union, types.UnionType}:
        return _union(kind, plain, path)
    if origin is tuple:
        return tuple(
            from_plain(typing.get_args(kind)[0], item, f"{path}[{place}]")
            for place, item in enumerate(_expect(list, plain, path))
        )
    if isinstance(origin, type) and issubclass(origin, Mapping):
        inner = typing.get_args(kind)[1]
        pairs = _expect(dict, plain, path).items()
        return {key: from_plain(inner, item, f"{path}.{key}") for key, item in pairs}
    if kind is object:
        return plain
    if isinstance(kind, type) and _fields(kind) and kind is not Sha256:
        return _record(kind, _expect(dict, plain, path), path)
    return _scalar(kind, plain, path)


def _union(kind: Any, plain: object, path: str) -> Any:
    members = typing.get_args(kind)
    if plain is None and type(None) in members:
        return None
    concrete = [member for member in members if member is not type(None)]
    if len(concrete) == 1:
        return from_plain(concrete[0], plain, path)
    name = _expect(dict, plain, path).get("is")
    for member in concrete:
        if member.__name__ == name:
            return from_plain(member, plain, path)
    raise UsageError("rotation.document-malformed", path=path or "/", found=name)


def _record(kind: Any, plain: dict[str, Any], path: str) -> Any:
    hints = _hints(kind)
    given = {name: item for name, item in plain.items() if name != "is"}
    unknown = sorted(set(given) - set(hints))
    if unknown or plain.get("is", kind.__name__) != kind.__name__:
        raise UsageError("rotation.document-malformed", path=path or "/", found=unknown or plain["is"])
    values = {name: from_plain(hints[name], item, f"{path}.{name}") for name, item in given.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise UsageError("rotation.document-malformed", path=path or "/", found=str(error)) from None


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    """Return the names of what a dataclass or named tuple holds; of anything else, none."""
    if dataclasses.is_dataclass(kind):
        return tuple(field.name for field in dataclasses.fields(kind))
    return tuple(getattr(kind, "_fields", ()))


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _scalar(kind: Any, plain: object, path: str) -> Any:
    try:
        if kind is datetime:
            moment = datetime.fromisoformat(_expect(str, plain, path))
            if moment.tzinfo is None:
                raise UsageError("rotation.document-malformed", path=path, found=plain)
            return moment
        if kind is timedelta:
            return timedelta(seconds=_expect((int, float), plain, path))
        if kind is Sha256:
            return Sha256.parse(_expect(str, plain, path))
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return kind(_expect(str, plain, path))
    except ValueError:
        raise UsageError("rotation.document-malformed", path=path, found=plain) from None
    if isinstance(plain, bool) and kind is not bool:
        raise UsageError("rotation.document-malformed", path=path, found=plain)
    return _expect(kind, plain, path)


def _expect(kind: Any, plain: object, path: str) -> Any:
    if not isinstance(plain, kind):
        raise UsageError("rotation.document-malformed", path=path or "/", found=type(plain).__name__)
    return plain
