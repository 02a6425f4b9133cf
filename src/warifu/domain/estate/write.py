"""`Estate` -> the text of an estate file: the same estate gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from warifu.domain.estate.model import Estate, Waiver
from warifu.domain.estate.tables import Path, Table, tables_of

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def write_estate(estate: Estate) -> str:
    """Return an estate as TOML, kinds in the order of docs/estate.md and names sorted.

    Groups at the ends of connections stand as the services they hold.
    """
    blocks = [write_table(("estate",), {"name": estate.name})]
    blocks.extend(write_table(path, table) for path, table in tables_of(estate))
    blocks.extend(_waiver(waiver) for waiver in estate.waivers)
    return "\n".join(blocks)


def write_table(path: Path, table: Table) -> str:
    """Return one table with its header."""
    header = "[" + ".".join(_key(part) for part in path) + "]\n"
    return header + "".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items())


def _waiver(waiver: Waiver) -> str:
    table = {
        "subject": waiver.subject,
        "by": waiver.by,
        "reason": waiver.reason,
        "expires": waiver.expires,
    }
    return "[[waivers]]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in table.items())


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return str(value)


def _text(text: str) -> str:
    """Return a basic string. Spec: TOML 1.0.0, String."""
    return '"' + "".join(_ESCAPES.get(sign) or _sign(sign) for sign in text) + '"'


def _sign(sign: str) -> str:
    return f"\\u{ord(sign):04X}" if sign < " " or sign == "\x7f" else sign
