"""On which line each key of a TOML text stands.

The standard library's reader gives values without places. This walks a text that the reader
has accepted and notes the line of each table header, each key and each element of an array
that spans lines. A path is a tuple of keys, and of positions in arrays of tables and arrays.
Spec: TOML 1.0.0.
"""

from __future__ import annotations

import bisect
import re
import tomllib
from collections.abc import Mapping

from warifu.errors import UsageError

Path = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")
_AT_END = re.compile(r"\s*\(at end of document\)")
_MARK = "\ufeff"  # what some editors put before UTF-8; TOML 1.0 is silent on it, and the file keeps it
_PLAIN_VALUE = re.compile(r"[^,\]\}#\n]+")


def read_toml(text: str, file: str) -> dict[str, object]:
    """Return the values of a TOML text.

    Raises:
        UsageError: `estate.not-toml`, with the line.
    """
    values, line, reason = load_toml(text)
    if line:
        raise UsageError("estate.not-toml", where=f"{file}:{line}", reason=reason)
    return values


def load_toml(text: str) -> tuple[dict[str, object], int, str]:
    """Return the values of a TOML text, 0 and nothing; or no values, the line at which it stops being TOML, and why."""
    try:
        return tomllib.loads(text.removeprefix(_MARK)), 0, ""
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        found = _AT_LINE.search(said)
        last = text.count("\n") + (0 if text.endswith("\n") else 1)
        line = int(found.group(1)) if found else max(last, 1)
        return {}, line, _AT_END.sub("", _AT_LINE.sub("", said))
    except RecursionError:
        return {}, _line_of_giant(text), "RecursionError"
    except ValueError:  # of a number with thousands of digits, which is TOML and cannot be read
        return {}, _line_of_giant(text), "number-too-long"


def _line_of_giant(text: str) -> int:
    """Return the line up to which a text must be read for the error that is none of syntax."""
    lines = text.removeprefix(_MARK).split("\n")

    def fails(count: int) -> bool:
        try:
            tomllib.loads("\n".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            return False
        except (ValueError, RecursionError):
            return True
        return False

    return bisect.bisect_left(range(1, len(lines) + 1), 1, key=fails) + 1


def find_places(text: str) -> Mapping[Path, int]:
    """Return the line (from 1) of every table, key and array element of a text that is correct TOML."""
    return _Walk(text).all()


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text.removeprefix(_MARK).replace("\r\n", "\n")
        self._at = 0
        self._line = 1
        self._places: dict[Path, int] = {}
        self._lists: dict[Path, int] = {}  # arrays of tables: how many so far

    def all(self) -> Mapping[Path, int]:
        table: Path = ()
        while self._skip_blank():
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._places

    def _skip_blank(self) -> bool:
        """Move past white space, newlines and comments; tell whether anything is left."""
        while self._at < len(self._text):
            sign = self._text[self._at]
            if sign == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif sign in " \t\r\n":
                self._move(1)
            else:
                return True
        return False

    def _move(self, count: int) -> None:
        self._line += self._text.count("\n", self._at, self._at + count)
        self._at += count

    def _header(self) -> Path:
        line, many = self._line, self._text.startswith("[[", self._at)
        self._at += 2 if many else 1
        keys = self._keys("]")
        self._at += 2 if many else 1
        path = self._within(keys[:-1], ())
        for depth in range(1, len(path) + 1):
            self._places.setdefault(path[:depth], line)
        path = (*path, keys[-1])
        if many:
            self._places.setdefault(path, line)
            position = self._lists.get(path, 0)
            self._lists[path] = position + 1
            path = (*path, position)
        self._places.setdefault(path, line)
        return path

    def _within(self, keys: tuple[str, ...], start: Path) -> Path:
        """Follow keys; through an array of tables the way goes to its last element."""
        path = start
        for key in keys:
            path = (*path, key)
            if path in self._lists:
                path = (*path, self._lists[path] - 1)
        return path

    def _pair(self, table: Path) -> None:
        line = self._line
        keys = self._keys("=")
        self._at += 1
        for depth in range(1, len(keys) + 1):
            self._places.setdefault((*table, *keys[:depth]), line)
        self._value((*table, *keys))

    def _keys(self, end: str) -> tuple[str, ...]:
        """Read a dotted key up to (not past) its end sign."""
        keys: list[str] = []
        while self._text[self._at] != end:
            sign = self._text[self._at]
            if sign in "\"'":
                start = self._at
                self._string()
                keys.append(_unquote(self._text[start : self._at]))
            elif bare := _BARE.match(self._text, self._at):
                keys.append(bare.group())
                self._at = bare.end()
            else:
                self._at += 1  # white space and dots
        return tuple(keys)

    def _string(self) -> None:
        quote = self._text[self._at]
        if self._text.startswith(quote * 3, self._at):
            self._long_string(quote)
            return
        at = self._at + 1
        while self._text[at] != quote:
            at += 2 if quote == '"' and self._text[at] == "\\" else 1
        self._at = at + 1

    def _long_string(self, quote: str) -> None:
        at = self._at + 3
        while not self._text.startswith(quote * 3, at):
            at += 2 if quote == '"' and self._text[at] == "\\" else 1
        at += 3
        while self._text.startswith(quote, at):  # up to two quotes may stand before the end
            at += 1
        self._move(at - self._at)

    def _value(self, path: Path) -> None:
        """Move past a value; note the lines of what stands inside."""
        self._skip_blank()
        sign = self._text[self._at]
        if sign in "\"'":
            self._string()
        elif sign == "[":
            self._array(path)
        elif sign == "{":
            self._inline(path)
        else:
            plain = _PLAIN_VALUE.match(self._text, self._at)
            self._at = plain.end() if plain else self._at + 1

    def _array(self, path: Path) -> None:
        self._at += 1
        position = 0
        while self._skip_blank() and self._text[self._at] != "]":
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self._places.setdefault((*path, position), self._line)
            self._value((*path, position))
            position += 1
        self._at += 1

    def _inline(self, path: Path) -> None:
        self._at += 1
        while self._skip_blank() and self._text[self._at] != "}":
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self._pair(path)
        self._at += 1


def _unquote(quoted: str) -> str:
    (key,) = tomllib.loads(f"{quoted} = 0")
    return key
