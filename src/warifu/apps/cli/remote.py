"""What verbs that ask a server share: which server, long lists, and findings as the server tells them."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from warifu.apps.cli.render import Output
from warifu.domain.findings import Lang, Severity, say
from warifu.domain.findings.evidence import NAMES
from warifu.wire import api

if TYPE_CHECKING:
    from warifu.ports.person_line import PersonLine

_PAGE = 500
_SEVERITIES = {
    Severity.ERROR: "cli.severity-error",
    Severity.WARNING: "cli.severity-warning",
    Severity.NOTE: "cli.severity-note",
}


def server_option(lang: Lang) -> Callable[[Any], Any]:
    """`--server URL`, passed as `server: str`."""
    return click.option("--server", default="", metavar="URL", help=say("remote.option-server", lang))


def line_to(server: str, lang: Lang) -> PersonLine:
    """Return a line to the server of an address, or to the one signed in to last.

    Raises:
        UsageError: `remote.no-server`, `remote.bad-link`.
    """
    from warifu.wiring import remote as wiring  # noqa: PLC0415 - costs half a second

    return wiring.line(wiring.saved(server), lang)


def part(text: str) -> str:
    """Return a text as one part of a path."""
    return urllib.parse.quote(text, safe="")


def rows(
    line: PersonLine, page: Any, path: str, query: Mapping[str, str] | None = None, most: int = 0
) -> Iterator[Any]:
    """Yield the rows of a long list, so many of them; all where it is 0."""
    cursor, left = "", most
    while True:
        size = min(_PAGE, left) if most else _PAGE
        asked = {**(query or {}), "limit": str(size), **({"cursor": cursor} if cursor else {})}
        found = line.ask(page, "GET", path, query=asked)
        yield from found.items
        left -= len(found.items)
        cursor = found.next
        if not cursor or (most and left <= 0):
            return


def show_told(out: Output, findings: Iterable[api.FindingTold]) -> None:
    """Show findings that a server told, in its sentences."""
    for one in findings:
        severity = say(_SEVERITIES[Severity(one.severity)], out.lang)
        out.line("cli.finding-title", severity=severity, title=one.title)
        seen = [
            f"{NAMES[name].fill(out.lang, {}) if name in NAMES else name} {value}"
            for name, value in one.evidence.items()
        ]
        if seen:
            listed = ", ".join(seen)
            out.text("  " + say("cli.finding-evidence", out.lang, code=one.code, seen=listed))
        out.text("  " + say("cli.finding-remedy", out.lang, remedy=one.remedy))
