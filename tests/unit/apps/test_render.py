"""How answers look to people: findings, tables, trees, folded help."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from warifu.apps.cli.fold import fold
from warifu.apps.cli.render import Branch, Output, to_json
from warifu.apps.cli.verb import _Formatter
from warifu.domain.findings import Code, Finding, Lang, Severity, say, title
from warifu.domain.findings.text import columns

LATE = datetime(2026, 6, 1, tzinfo=UTC)
EXPIRED = Finding(Code.EXPIRED, "ab12", {"not_after": LATE, "now": LATE})
NOTE = Finding(Code.TRUNCATED, "f.pem", {"label": "CERTIFICATE", "offset": 7}, Severity.NOTE)


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


def shown(act: Callable[[Output], None], lang: Lang = Lang.EN, stream: io.StringIO | None = None) -> str:
    """What an `Output` writes."""
    kept = stream or io.StringIO()
    act(Output(lang, stream=kept))
    return kept.getvalue()


def test_a_finding_shows_everything_a_person_needs() -> None:
    """Severity and title, what was seen with its code, clause, and what to do."""
    text = shown(lambda out: out.findings([EXPIRED]))
    assert [
        f"error {title(EXPIRED, Lang.EN)}",
        "  seen (expired): valid until: 2026-06-01 00:00:00+00:00; judged at: 2026-06-01 00:00:00+00:00",
    ] == text.splitlines()[:2]
    assert "  clause: RFC 5280 §4.1.2.5" in text
    assert "  remedy: Renew it" in text
    assert "  対処: " in shown(lambda out: out.findings([EXPIRED]), Lang.JA)


def test_on_a_terminal_severity_alone_is_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Escape sequences of ours stand around the word; those of a name are spelt."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    finding = Finding(Code.EXPIRED, "ab12", {"who": "CN=\x1b[2J", "not_after": LATE, "now": LATE})
    for lang in Lang:
        first = shown(lambda out: out.findings([finding]), lang, Terminal()).splitlines()[0]
        assert first.startswith("\x1b[31m\x1b[1m")
        assert 3 == first.count("\x1b")
        assert r"CN=\x1b[2J" in first


def test_the_most_telling_finding_comes_first() -> None:
    """A note after an error, however they were found."""
    text = shown(lambda out: out.findings([NOTE, EXPIRED]))
    assert text.index("error ") < text.index("note ")


def test_a_finding_as_json_keeps_types() -> None:
    """Numbers stay numbers; instants are text with their offset; code and severity are stable words."""
    document = to_json(NOTE, Lang.JA)
    assert {"label": "CERTIFICATE", "offset": 7} == document["evidence"]
    assert ("truncated", "note", "f.pem") == (document["code"], document["severity"], document["subject"])
    assert json.loads(json.dumps(document)) == document


def test_a_table_in_a_pipe_is_never_folded_nor_coloured() -> None:
    """Long cells stay on their line, so that other programs can read them."""
    wide = "x" * 300
    text = shown(lambda out: out.table(("cli.required", "cli.severity-note"), [("名前", wide), (1, LATE)]))
    assert wide in text
    assert "2026-06-01 00:00:00+00:00" in text
    assert "\x1b" not in text


def test_columns_line_up_under_wide_characters() -> None:
    """Two rows, one of them Japanese, begin their second cell at the same terminal column."""
    lines = shown(
        lambda out: out.table(("cli.required", "cli.severity-note"), [("日本語", "A1"), ("abcdef", "A2")])
    )
    places = [columns(line.partition("A")[0]) for line in lines.splitlines() if "A" in line]
    assert places == [places[0]] * 2


CELLS = ("日本語", "…→§①", "ｱｲｳ", "か\u3099き", "é", "トラスト ストア (PEM)", "ascii", "한글", "Ω≠", "")
"""Wide, ambiguous, half-width and combining characters."""


@pytest.mark.parametrize("lang", list(Lang))
def test_a_table_lines_up_whatever_is_in_it(lang: Lang) -> None:
    """The second column begins at one terminal column, in the heading too."""
    rows = [(cell, f"@{number}", "x") for number, cell in enumerate(CELLS)]
    lines = shown(
        lambda out: out.table(("estate.head-identity", "estate.head-key-id", "estate.head-until"), rows), lang
    ).splitlines()
    places = {columns(line.partition("@")[0]) for line in lines if "@" in line}
    heading = say("estate.head-key-id", lang)
    assert {columns(lines[0].partition(heading)[0])} == places


def test_help_lines_up_under_wide_names() -> None:
    """What options do begins at one terminal column, also where a name is Japanese."""
    formatter = _Formatter(width=80)
    formatter.write_dl(
        [("--名前", "@1"), ("--name", "@2"), ("--とても長い名前のオプションなので折り返す", "@3")]
    )
    places = {columns(line.partition("@")[0]) for line in formatter.getvalue().splitlines() if "@" in line}
    assert 1 == len(places)


def test_markup_in_a_name_is_only_text() -> None:
    """A certificate's subject can hold anything; brackets are not instructions to the terminal."""
    assert "[red]x[/red]" in shown(lambda out: out.tree(Branch("[red]x[/red]", (Branch("[b]"),))))
    assert "[bold]" in shown(lambda out: out.table(("cli.required",), [("[bold]",)]))


def test_a_terminal_gets_colour_unless_it_says_no(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR (no-color.org) turns it off."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in shown(lambda out: out.findings([EXPIRED]), stream=Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31" not in shown(lambda out: out.findings([EXPIRED]), stream=Terminal())


def test_json_outside_utf8_is_still_json() -> None:
    """A terminal of another encoding gets escapes instead of an error."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp932")
    Output(Lang.JA, as_json=True, stream=stream).json({"name": "🔑 鍵"})
    stream.flush()
    assert {"name": "🔑 鍵"} == json.loads(raw.getvalue().decode("ascii"))


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("日本語の文章", 6, ["日本語", "の文章"]),
        ("日本語、文章", 6, ["日本", "語、文", "章"]),
        ("`warifu` です", 8, ["`warifu`", "です"]),
        ("unbreakable", 4, ["unbreakable"]),
        ("", 4, []),
    ],
)
def test_text_is_folded_by_columns(text: str, room: int, lines: list[str]) -> None:
    """Wide characters take two columns and may be parted; no line begins with a closing mark."""
    assert lines == fold(text, room)


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (80, "side by side"),
        (46, "side by side"),
        (20, "one below the other"),
    ],
)
def test_a_table_on_a_narrow_terminal_breaks_no_word(
    monkeypatch: pytest.MonkeyPatch, width: int, expected: str
) -> None:
    """Between words it may; where not even that fits, each cell has its own line, and empty ones have none."""
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")
    rows = [
        ("vcenter-trusted-root", "trusted roots of a vCenter", "-"),
        ("openssl", "what openssl enforces", "1"),
    ]
    headings = ("trust.heading-profile", "trust.heading-title", "trust.heading-disputed")
    told = shown(lambda out: out.table(headings, rows), stream=Terminal())
    words = [word for row in rows for cell in row for word in cell.split() if word != "-"]
    assert all(word in told for word in words)
    assert ("PROFILE: openssl" in told) == (expected == "one below the other")
    bare = re.sub(r"\x1b\[[0-9;]*m", "", told)
    assert max(columns(line) for line in bare.splitlines()) <= max(width, 46)


@pytest.mark.parametrize(("count", "said"), [(1, "1 row, 2 a second"), (2, "2 rows, 2 a second")])
def test_a_count_names_its_noun_in_the_number_it_has(count: int, said: str) -> None:
    """Not `1 rows`, and not `row(s)`; Japanese has no number."""
    assert said == say("sweep.progress", Lang.EN, count=count, rate=2, left="")
    assert say("sweep.progress", Lang.JA, count=count, rate=2, left="").startswith(f"{count} 行")
