"""Every sentence stands in the tables, in both languages, and can be filled where it is used."""

from __future__ import annotations

import ast
import re
import string

import pytest

from support.source import (
    ROOT,
    calls_of_messages,
    codes_reported,
    evidence_names,
    literal_findings,
    reasons,
    strings,
    trees,
)
from warifu.domain.diagnosis import every_sentence
from warifu.domain.findings import Code
from warifu.domain.findings.causes import CAUSES
from warifu.domain.findings.evidence import NAMES, VALUES
from warifu.domain.findings.messages import MESSAGES
from warifu.domain.findings.table import ENTRIES
from warifu.domain.findings.text import Text

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
LETTERS = re.compile(r"[A-Za-z\u3040-\u30ff\u4e00-\u9fff]")
KEY = re.compile(r"[a-z0-9]+(\.[a-z0-9]+(-[a-z0-9]+)*)+")
FILE_NAME = re.compile(
    r".*\.(toml|json|pem|crt|key|csr|crl|csv|md|py|sqlite|conf|txt|ps1|sh|new|example|com|org)"
)


def placeholders(text: str) -> frozenset[str]:
    """The names a sentence wants filled."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def every_text() -> list[tuple[str, Text]]:
    """Every sentence of both tables, with where it stands."""
    found = list(MESSAGES.items())
    for code, entry in ENTRIES.items():
        found += [(f"{code} title", entry.title), (f"{code} remedy", entry.remedy)]
        found += [(f"{code} remedy {name}", text) for name, text in entry.where_known.items()]
    found += [(f"evidence {name}", text) for name, text in NAMES.items()]
    found += [
        (f"evidence {name} {word}", text) for name, all_ in VALUES.items() for word, text in all_.items()
    ]
    found += [(f"diagnosis {where}", text) for where, text in every_sentence()]
    return found + [(f"cause {word}", text) for word, text in CAUSES.items()]


def test_every_code_has_its_entry() -> None:
    """A finding code without title and remedy cannot be told."""
    assert set() == set(Code) - set(ENTRIES)


def test_every_code_can_be_reported() -> None:
    """A code that nothing reports is a promise nobody keeps."""
    assert set() == {code.name for code in Code} - codes_reported(trees())


def test_every_name_of_evidence_has_its_word() -> None:
    """What a finding rests on is told in words, and no word is kept for evidence that nothing gives."""
    shown = {
        name
        for entry in ENTRIES.values()
        for text in (entry.title, entry.remedy, *entry.where_known.values())
        for name in placeholders(text.en) - {"subject"}
    }
    written = evidence_names(trees())
    assert {} == {name: place for name, place in written.items() if name not in NAMES}
    assert (set(), set()) == (shown - set(NAMES), set(NAMES) - shown - set(written))


def test_every_reason_has_its_sentence() -> None:
    """Why something could not be seen is told in words of both languages."""
    written = reasons(trees())
    assert len(written) > 10
    assert {} == {reason: place for reason, place in written.items() if reason not in CAUSES}


def test_every_message_used_is_in_the_table() -> None:
    """Each literal key of `say`, `line` and errors exists, as does each string that looks like a key of a room."""
    rooms = {key.partition(".")[0] for key in MESSAGES}
    named = {call.key for call in calls_of_messages(trees()) if KEY.fullmatch(call.key)}
    alike = {
        text
        for text in strings(trees())
        if KEY.fullmatch(text)
        and text.partition(".")[0] in rooms
        and not FILE_NAME.fullmatch(text)
        and not (ROOT / f"{text.replace('.', '/')}.py").exists()  # the name of a module
    }
    assert set() == (named | alike) - set(MESSAGES)


def test_every_message_of_the_table_is_used() -> None:
    """A key no part of the program names is dead text."""
    assert set() == set(MESSAGES) - strings(trees())


def test_both_languages_name_the_same_values() -> None:
    """A value shown in one language is shown in the other."""
    differing = [where for where, text in every_text() if placeholders(text.en) != placeholders(text.ja)]
    assert [] == differing


def test_each_language_is_its_own() -> None:
    """English holds no Japanese, and Japanese is not English left untranslated."""
    english = [where for where, text in every_text() if JAPANESE.search(text.en) or not text.en.strip()]
    japanese = [
        where
        for where, text in every_text()
        if not text.ja.strip() or (LETTERS.search(_bare(text.ja)) and not JAPANESE.search(text.ja))
    ]
    assert ([], []) == (english, japanese)


def _bare(text: str) -> str:
    """Without commands (an indented line is one) and placeholders, which no language translates."""
    if text.startswith("  "):
        return ""
    return re.sub(r"`[^`]*`|\{[^}]*\}|\b[A-Z0-9][A-Z0-9-]+\b|[A-Za-z0-9]+\([a-z]+\):?", "", text)


def test_every_use_fills_its_message() -> None:
    """A call gives every value that its sentence shows."""
    lacking = [
        f"{call.place} {call.key} lacks {sorted(wanted)}"
        for call in calls_of_messages(trees())
        if call.key in MESSAGES
        and not call.open
        and (wanted := placeholders(MESSAGES[call.key].en) - call.given)
    ]
    assert [] == lacking


def test_every_finding_fills_its_entry() -> None:
    """A finding written out carries the evidence that its title and remedy show."""
    lacking = []
    for place, code, given in literal_findings(trees()):
        if code not in Code.__members__:
            lacking.append(f"{place} {code} is no code")
            continue
        entry = ENTRIES[Code[code]]
        wanted = placeholders(entry.title.en) | placeholders(entry.remedy.en)
        if missing := wanted - given - {"subject"}:
            lacking.append(f"{place} {code} lacks {sorted(missing)}")
    assert [] == lacking


@pytest.mark.parametrize(
    "source",
    ['say("cli.gone", lang)', 'out.line("cli.gone")', 'raise UsageError("cli.gone", a=1) from x'],
)
def test_the_reader_of_calls_sees_each_form(source: str) -> None:
    """The test above would notice a missing key, however it is said."""
    assert ["cli.gone"] == [call.key for call in calls_of_messages({"x.py": ast.parse(source)})]


def test_the_reader_of_calls_sees_what_is_given() -> None:
    """Names are counted, and a spread mapping is left to run time."""
    first, second = calls_of_messages(
        {"x.py": ast.parse('say("a.b", lang, one=1)\nsay("a.b", lang, **values)')}
    )
    assert (frozenset({"one"}), False) == (first.given, first.open)
    assert (frozenset(), True) == (second.given, second.open)
