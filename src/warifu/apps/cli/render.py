"""How answers look: for people in their language, or as one JSON document."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TextIO

import click

from warifu.apps.cli.options import pasteable
from warifu.domain.findings import Finding, Lang, Severity, describe, list_seen, rank, remedy, say, title
from warifu.domain.findings.text import Text as Sentence
from warifu.domain.findings.text import beside, columns, show, visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.tree import Tree

_SEVERITY: Mapping[Severity, tuple[str, Mapping[str, object]]] = {
    Severity.ERROR: ("cli.severity-error", {"fg": "red", "bold": True}),
    Severity.WARNING: ("cli.severity-warning", {"fg": "yellow"}),
    Severity.NOTE: ("cli.severity-note", {"fg": "cyan"}),
}
_HALVES = re.compile(r"[\ud800-\udfff]")
_COLOURLESS = ("dumb", "unknown")
_WIDE_ENOUGH = 1000  # columns when nobody looks: lines in a pipe or file are never folded


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of a tree and what hangs below it; `style` is Rich's, used on a terminal only."""

    text: str
    below: tuple[Branch, ...] = ()
    style: str = ""


class Output:
    """Where a command's answer goes.

    With `as_json` the sentences stay away, so that standard output holds one document.

    Args:
        lang: language of every sentence.
        stream: where the answer goes; standard output unless a test says otherwise.
        estate: what `--estate` said; every command that is shown names it, unless it is the default.
    """

    def __init__(
        self, lang: Lang, *, as_json: bool = False, stream: TextIO | None = None, estate: str = ""
    ) -> None:
        self.lang = lang
        self.as_json = as_json
        self._stream = stream
        self._estate = estate

    @property
    def stream(self) -> TextIO:
        """Where the answer goes."""
        return self._stream or sys.stdout

    @property
    def is_terminal(self) -> bool:
        """Somebody looks."""
        return self.stream.isatty()

    def _coloured(self, text: str, style: Mapping[str, object]) -> str:
        """Return a text in the colours of `click.style`, where `console` would show colours too."""
        plain = not self.is_terminal or os.environ.get("NO_COLOR") or os.environ.get("TERM") in _COLOURLESS
        return text if plain else click.style(text, **style)  # type: ignore[arg-type]  # its own keywords

    def console(self) -> Console:
        """Return a Rich console on the stream: colour only on a terminal without NO_COLOR, no folding elsewhere."""
        from rich.console import Console  # noqa: PLC0415 - costs 50 ms, and most calls need none

        width = None if self.is_terminal else _WIDE_ENOUGH
        return Console(file=self.stream, width=width, highlight=False, markup=False, emoji=False)

    def line(self, key: str, /, **values: object) -> None:
        """Say one message of the table."""
        self.text(pasteable(say(key, self.lang, **values), self._estate))

    def text(self, text: str = "") -> None:
        """Show text that is no sentence: a name, a command, a document."""
        if not self.as_json:
            self.stream.write(text + "\n")

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Show rows below headings, which are message keys."""
        if self.as_json:
            return
        from rich import box  # noqa: PLC0415 - see console
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        heads = [say(key, self.lang) for key in headings]
        lines = [[show(cell, self.lang) for cell in row] for row in rows]
        widths = _widths(heads, lines, self.console().width)
        if widths is None:
            self._records(heads, lines)
            return
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for head, width in zip(heads, widths, strict=True):
            table.add_column(Text(head), overflow="fold", width=width or None)
        for line in lines:
            table.add_row(*map(Text, line))
        self.console().print(table)

    def _records(self, heads: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
        """Show rows below each other, a heading and a cell a line: beside each other they would break words."""
        for line in lines:
            for head, cell in zip(heads, line, strict=True):
                if cell != "-":
                    self.text(f"{head}: {cell}")
            self.text()

    def tree(self, root: Branch) -> None:
        """Show a tree."""
        if not self.as_json:
            self.console().print(_grown(root), soft_wrap=False)

    def findings(self, findings: Iterable[Finding]) -> None:
        """Show findings, the most telling first: severity, title, evidence, clause, remedy."""
        if self.as_json:
            return
        for finding in rank(findings):
            key, style = _SEVERITY[finding.severity]
            severity, said = say(key, self.lang), title(finding, self.lang)
            line = say("cli.finding-title", self.lang, severity=severity, title=said)
            self.text(line.replace(severity, self._coloured(severity, style), 1))
            seen = beside(list_seen(finding, self.lang), self.lang)
            if seen:
                self.text("  " + say("cli.finding-evidence", self.lang, code=finding.code, seen=seen))
            clause = describe(finding.code).says_so(self.lang)
            if clause:  # a rule of our own has none
                self.text("  " + say("cli.finding-clause", self.lang, clause=clause))
            todo = pasteable(remedy(finding, self.lang), self._estate)
            self.text("  " + say("cli.finding-remedy", self.lang, remedy=todo))

    def json(self, document: object) -> None:
        """Write the one JSON document of a command, when `--json` asked for it; never folded."""
        if self.as_json:
            ascii_only = (self.stream.encoding or "utf-8").lower().replace("-", "") != "utf8"
            import msgspec  # noqa: PLC0415 - costs 15 ms, and tables need none

            # json indents in Python and is slow at it; at one line it runs in C.
            line = json.dumps(document, ensure_ascii=False, default=_plain)
            if (
                not line.isascii()
            ):  # names of files may hold bytes that are no UTF-8: halves of characters in Python
                line = _HALVES.sub(lambda half: f"\\\\u{ord(half[0]):04x}", line)
                line = json.dumps(json.loads(line)) if ascii_only else line
            self.stream.write(msgspec.json.format(line, indent=2) + "\n")


def to_json(finding: Finding, lang: Lang) -> dict[str, object]:
    """Return a finding as JSON shows it."""
    return {
        "code": str(finding.code),
        "severity": str(finding.severity),
        "subject": finding.subject,
        "title": title(finding, lang),
        "clause": describe(finding.code).says_so(lang),
        "remedy": remedy(finding, lang),
        "evidence": {name: plain(_said(value, lang)) for name, value in finding.evidence.items()},
    }


def _said(value: object, lang: Lang) -> object:
    return value.fill(lang, {}) if isinstance(value, Sentence) else value


def plain(value: object) -> object:
    """Return a value of evidence or of an error as JSON shows it: numbers stay, the rest is text."""
    return value if value is None or isinstance(value, (bool, int, float, str)) else show(value)


def same_text(value: object) -> str:
    """Return a text that is the same for equal values in every process, to be compared and kept."""
    return json.dumps(value, default=_plain, sort_keys=True)


_WORD = re.compile(r"[!-~]+")
_BETWEEN = 3  # columns of a terminal between two columns of a table
_FEW = 8  # columns of a text in wide characters that are kept together
_LONGEST = 32  # what is longer than that (a fingerprint, a path) may be folded


def _widths(heads: Sequence[str], lines: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Return how wide the columns of a table are so that no word breaks; 0 leaves that open, None: it cannot be."""
    cells = [[head, *(line[place] for line in lines)] for place, head in enumerate(heads)]
    room = width - _BETWEEN * (len(heads) - 1)
    whole = [max(columns(part) for cell in column for part in cell.splitlines() or [""]) for column in cells]
    if sum(whole) <= room:
        return [0] * len(heads)
    least = [min(_LONGEST, max(map(_longest, column))) for column in cells]
    spare = room - sum(least)
    if spare < 0:
        return None
    wanted = sum(whole) - sum(least)
    return [few + (most - few) * spare // wanted for few, most in zip(least, whole, strict=True)]


def _longest(text: str) -> int:
    """Return the columns of the longest word; between wide characters a line may break (UAX #14), behind some of them."""
    return max((len(word) for word in _WORD.findall(text)), default=min(_FEW, columns(text)))


def _plain(value: object) -> object:
    """Return what JSON can hold for a value it does not know."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    if isinstance(value, Mapping):
        return dict(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.repr}
    return str(value)


def _grown(branch: Branch) -> Tree:
    from rich.text import Text  # noqa: PLC0415 - see console
    from rich.tree import Tree  # noqa: PLC0415

    tree = Tree(Text(visible(branch.text), style=branch.style))
    for below in branch.below:
        tree.children.append(_grown(below))
    return tree
