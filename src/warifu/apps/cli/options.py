"""Options that several verbs share, and how their values are parsed: once, here."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from warifu.domain.findings import Lang, say
from warifu.errors import UsageError

if TYPE_CHECKING:
    from warifu.domain.trust.address import Address
    from warifu.ports.files import Files
    from warifu.ports.probes import Endpoint

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
            return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError) as wrong:
            raise UsageError("cli.not-a-time", option=called(param), value=value) from wrong


_MOST = 1_024  # descriptors that a process may have open without asking for more
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
        from warifu.domain.trust.address import Address  # noqa: PLC0415 - costs 0.2 s (cryptography), which help need not pay

        if isinstance(value, Address):
            return value
        host, colon, port = str(value).rpartition(":")
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        usable = colon and bare and re.fullmatch(r"[0-9]{1,5}", port) and 0 < int(port) < 65536
        if not usable or (":" in bare and bare == host) or any(c.isspace() or c == "/" for c in bare):
            raise UsageError("cli.not-an-address", option=called(param), value=value)
        return Address(bare, int(port))


class _Endpoint(click.ParamType["Endpoint"]):
    name = "[scheme://]host:port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Endpoint:
        """Return the endpoint.

        Raises:
            UsageError: `cli.not-a-scheme`, `cli.not-an-address`.
        """
        from warifu.ports.probes import SCHEMES, Endpoint, dialect_at  # noqa: PLC0415 - costs what Address does

        if isinstance(value, Endpoint):
            return value
        scheme, separator, rest = str(value).partition("://")
        if not separator:
            address = ADDRESS.convert(value, param, ctx)
            return Endpoint(address, dialect_at(address.port))
        if scheme.lower() not in SCHEMES:
            raise UsageError("cli.not-a-scheme", option=called(param), value=scheme, words=tuple(SCHEMES))
        dialect, port = SCHEMES[scheme.lower()]
        place = rest.removesuffix("/")
        if not re.search(r":[0-9]+$", place):
            place = f"{place}:{port}"
        try:
            return Endpoint(ADDRESS.convert(place, param, ctx), dialect)
        except UsageError as wrong:
            raise UsageError("cli.not-an-address", option=called(param), value=value) from wrong


class _Count(click.ParamType[int]):
    name = "count"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number.

        Raises:
            UsageError: `cli.not-a-count`.
        """
        if isinstance(value, int):
            return value
        if not re.fullmatch(r"[0-9]{1,4}", str(value)) or not 0 < int(value) <= _MOST:
            raise UsageError("cli.not-a-count", option=called(param), value=value, limit=_MOST)
        return int(value)


class _Host(click.ParamType[str]):
    """What a certificate carries as a name; an address of a service (`HOST:PORT`, a URL) is none."""

    name = "host"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name.

        Raises:
            UsageError: `cli.not-a-host`, `cli.not-a-host-but`: part of it is one.
        """
        text = str(value)
        bare = re.sub(r"^[a-zA-Z][a-zA-Z0-9+.-]*://", "", text).strip().partition("/")[0]
        if bare.count(":") == 1 or bare.startswith("["):
            bare = re.sub(r":[0-9]*$", "", bare)
        if bare == text and not any(c.isspace() for c in text):
            return text
        if bare and not any(c.isspace() for c in bare):
            raise UsageError("cli.not-a-host-but", option=called(param), value=text, name=bare.strip("[]"))
        raise UsageError("cli.not-a-host", option=called(param), value=text)


HOST = _Host()
"""A host name, an IP or an e-mail address, without scheme, port and path."""

COUNT = _Count()
"""A number from 1 to 1,024: of processes, of addresses at a time."""

TIME = _Time()
"""ISO 8601 -> an instant, UTC-aware; without an offset it is UTC."""

DURATION = _Duration()
"""`90s`, `15m`, `1h30m`, `2d`, `1w` -> timedelta."""

ADDRESS = _Address()
"""`HOST:PORT`, `[IPV6]:PORT` -> Address."""

ENDPOINT = _Endpoint()
"""An address, or `SCHEME://HOST[:PORT]` -> Endpoint."""


DEFAULT_ESTATE = "./estate.toml"
_COMMAND = re.compile(r"`(warifu (?:apply|estate|issuer list|plan|request|rollout|watch)\b[^`]*)`")


def estate_place(estate: str) -> str:
    """Return the option that names an estate in a printed command; empty where the default serves."""
    return "" if estate in ("", DEFAULT_ESTATE) else f" --estate {shlex.quote(estate)}"


def pasteable(text: str, estate: str) -> str:
    """Return a text whose commands work when they are pasted: each names the estate, unless it is the default."""
    place = estate_place(estate)
    if not place:
        return text
    return _COMMAND.sub(lambda found: found[0] if "--estate" in found[1] else f"`{found[1]}{place}`", text)


def estate_option(lang: Lang) -> _Decorator[Any]:
    """`--estate PATH`, passed as `estate: str`."""
    return click.option(
        "--estate", default=DEFAULT_ESTATE, metavar="PATH", help=say("cli.option-estate", lang)
    )


def path_or_address(text: str, files: Files) -> str | Address:
    """Return a path where one lies there, else an address where it reads as one, else the path."""
    if files.exists(text):
        return text
    try:
        return ADDRESS.convert(text, None, None)
    except UsageError:
        return text


def check_folder(files: Files, *paths: str) -> None:
    """Make sure that the folder of each file to be written is there; no verb makes folders for its answer.

    Raises:
        UsageError: `io.no-such-folder`, `io.no-output-stream`.
    """
    for path in paths:
        if path == "-":
            raise UsageError("io.no-output-stream")
        folder = posixpath.dirname(path)
        if folder and not files.is_folder(folder):
            raise UsageError("io.no-such-folder", path=path, folder=folder)


def out_option(lang: Lang) -> _Decorator[Any]:
    """`--out FILE`, passed as `file: str`; empty means standard output or the verb's own default."""
    return click.option("--out", "file", default="", metavar="FILE", help=say("cli.option-out", lang))


def password_option(lang: Lang) -> _Decorator[Any]:
    """`--password-file FILE`, as often as there are passwords, passed as `password_files: tuple[str, ...]`."""
    return click.option(
        "--password-file",
        "password_files",
        multiple=True,
        metavar="FILE",
        help=say("cli.option-password-file", lang),
    )
