"""Options that several verbs share, and how their values are parsed: once, here."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from warifu.domain.findings import Lang, say
from warifu.errors import UsageError

if TYPE_CHECKING:
    from warifu.domain.estate import Address

_Decorated = TypeVar("_Decorated", bound=Callable[..., object])
_Decorator = Callable[[_Decorated], _Decorated]


def called(parameter: click.Parameter | None) -> str:
    """Return how a person writes a parameter: `--at`, or `SUBJECTS` for an argument."""
    if parameter is None:
        return "?"
    return parameter.opts[-1] if isinstance(parameter, click.Option) else (parameter.name or "?").upper()


class OneOf(click.ParamType[str]):
    """One of a few words."""

    name = "word"

    def __init__(self, *words: str) -> None:
        self.words = words

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """Return the words with bars between."""
        return "|".join(self.words)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word.

        Raises:
            UsageError: `cli.not-one-of`.
        """
        if value in self.words:
            return str(value)
        raise UsageError("cli.not-one-of", option=called(param), value=value, words=self.words)


class _Time(click.ParamType[datetime]):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(str(value))
        except ValueError as wrong:
            raise UsageError("cli.not-a-time", option=called(param), value=value) from wrong
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class _Duration(click.ParamType[timedelta]):
    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        text = str(value).strip().lower()
        parts = re.findall(r"(\d+)([smhdw])", text)
        if not parts or "".join(number + unit for number, unit in parts) != text:
            raise UsageError("cli.not-a-duration", option=called(param), value=value)
        try:
            return timedelta(**_sum_of(parts))
        except OverflowError as wrong:
            raise UsageError("cli.not-a-duration", option=called(param), value=value) from wrong


def _sum_of(parts: list[tuple[str, str]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for number, unit in parts:
        total[_UNITS[unit]] = total.get(_UNITS[unit], 0) + int(number)
    return total


class _Address(click.ParamType["Address"]):
    name = "host:port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Address:
        from warifu.domain.estate import Address  # noqa: PLC0415 - costs 0.2 s (cryptography), which help need not pay

        if isinstance(value, Address):
            return value
        host, colon, port = str(value).rpartition(":")
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        usable = colon and bare and re.fullmatch(r"[0-9]{1,5}", port) and 0 < int(port) < 65536
        if not usable or (":" in bare and bare == host) or any(c.isspace() or c == "/" for c in bare):
            raise UsageError("cli.not-an-address", option=called(param), value=value)
        return Address(bare, int(port))


TIME = _Time()
"""ISO 8601 -> an instant, UTC-aware; without an offset it is UTC."""

DURATION = _Duration()
"""`90s`, `15m`, `1h30m`, `2d`, `1w` -> timedelta."""

ADDRESS = _Address()
"""`HOST:PORT`, `[IPV6]:PORT` -> Address."""


def estate_option(lang: Lang) -> _Decorator[Any]:
    """`--estate PATH`, passed as `estate: str`."""
    return click.option(
        "--estate", default="./estate.toml", metavar="PATH", help=say("cli.option-estate", lang)
    )


def out_option(lang: Lang) -> _Decorator[Any]:
    """`--out FILE`, passed as `file: str`; empty means standard output or the verb's own default."""
    return click.option("--out", "file", default="", metavar="FILE", help=say("cli.option-out", lang))
