"""Sentences are filled with what was seen, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from warifu.domain.findings import (
    Code,
    Finding,
    Lang,
    Severity,
    rank,
    remedy,
    remedy_of,
    say,
    say_error,
    title,
)
from warifu.domain.findings.causes import explain, explained
from warifu.domain.findings.spoken import word, words
from warifu.domain.findings.table import ENTRIES, describe
from warifu.domain.findings.text import Text, beside, columns, show, visible
from warifu.errors import UsageError

SENTENCE = Text("{who} ends {when}.", "{who} は {when} に終わります。")


def test_a_sentence_is_filled_and_a_hole_is_shown() -> None:
    """A value that nobody gave shows as `?`, and the rest of the sentence stands."""
    assert "web ends ?." == SENTENCE.fill(Lang.EN, {"who": "web"})
    assert "web は ? に終わります。" == SENTENCE.fill(Lang.JA, {"who": "web"})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 6, 1, 12, tzinfo=UTC), "2026-06-01 12:00:00+00:00"),
        (["b", "a"], "b, a"),
        (("b", 1), "b, 1"),
        ({"b", "a"}, "a, b"),
        (frozenset({2, 1}), "1, 2"),
        (3, "3"),
    ],
)
def test_a_value_is_written_for_people(value: object, expected: str) -> None:
    """Times with their offset, lists in their order, sets sorted."""
    assert expected == show(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web.example", "web.example"),
        ("証明書　一覧 é", "証明書　一覧 é"),
        ("a\r\nb\tc", r"a\x0d\x0ab\x09c"),
        ("\x1b[2Jcleared\x07\x00\x7f\x9b", r"\x1b[2Jcleared\x07\x00\x7f\x9b"),
        ("safe\u202egpj.exe\u2066\u061c\u200e", r"safe\u202egpj.exe\u2066\u061c\u200e"),
        ("line\u2028paragraph\u2029", r"line\u2028paragraph\u2029"),
        ("half\udcff", r"half\udcff"),
        ("soft\u00adhyphen\u200djoined", "soft\u00adhyphen\u200djoined"),
    ],
)
def test_what_would_not_stay_on_its_line_is_spelt(text: str, expected: str) -> None:
    """Controls, ends of lines, bidirectional controls and surrogates are spelt; every other character stays."""
    assert expected == visible(text) == show(text) == Text("{x}", "{x}").fill(Lang.JA, {"x": text})
    assert f"{expected}, 1" == show([text, 1])


@pytest.mark.parametrize(
    ("template", "value", "expected"),
    [
        ("{who} の発行者", "リーフ", "リーフの発行者"),
        ("{who} の発行者", "CN=web", "CN=web の発行者"),
        ("通知は {who} が確認", "田中", "通知は田中が確認"),
        ("ノード {who} の値", "業務", "ノード 業務の値"),
        ("約 {who} 中断します", "30 秒", "約 30 秒中断します"),
        ("{who} サーバー", "業務", "業務 サーバー"),
        ("値は {who}", "", "値は "),
    ],
)
def test_no_blank_stands_between_japanese_and_a_japanese_value(
    template: str, value: str, expected: str
) -> None:
    """The blank around a value is for Latin letters and digits; two nouns stay apart."""
    assert expected == Text("{who}", template).fill(Lang.JA, {"who": value})


def test_a_text_within_a_text_is_said_in_its_language() -> None:
    """As are those in a list."""
    both = Text("{what}", "{what}")
    assert "はい、a" == both.fill(Lang.JA, {"what": [Text("yes", "はい"), "a"]})


@pytest.mark.parametrize(
    ("length", "english", "japanese"),
    [
        (timedelta(days=730), "730 days", "730 日"),
        (timedelta(days=1, hours=2), "1 day, 2:00:00", "1 日 2:00:00"),
        (timedelta(minutes=3), "0:03:00", "0:03:00"),
        (timedelta(0), "0:00:00", "0:00:00"),
    ],
)
def test_a_duration_is_said_in_the_language(length: timedelta, english: str, japanese: str) -> None:
    """Days in words, the rest as a clock has it; also within a list, and in a sentence."""
    assert (english, japanese) == (show(length), show(length, Lang.JA))
    assert f"x、{japanese}" == show(["x", length], Lang.JA)
    blank = "" if japanese.endswith("日") else " "  # none between two Japanese characters
    assert f"web は {japanese}{blank}に終わります。" == SENTENCE.fill(Lang.JA, {"who": "web", "when": length})


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("abc", 3),
        ("日本", 4),
        ("ｱｲ", 2),
        ("か\u3099", 2),
        ("e\u0301", 1),
        ("…→", 2),
        ("Ａ", 2),
        ("a\u200bb", 2),
    ],
)
def test_columns_are_counted_as_a_terminal_does(text: str, width: int) -> None:
    """Wide ones two, marks that join none, ambiguous ones one."""
    assert width == columns(text)


def test_a_finding_tells_what_was_found_and_what_to_do() -> None:
    """Title and remedy come from the table of its code; evidence and subject fill them."""
    finding = Finding(Code.CHAIN_DUPLICATE, "ab" * 32, {"who": "CN=Mid", "times": 2})
    for lang in Lang:
        assert "CN=Mid" in title(finding, lang)
        assert remedy(finding, lang)
        assert title(finding, lang) != remedy(finding, lang)
    assert ENTRIES[Code.CHAIN_DUPLICATE] is describe(Code.CHAIN_DUPLICATE)
    assert describe(Code.CHAIN_DUPLICATE).clause


def test_words_beside_a_clause_are_in_the_language() -> None:
    """A clause that is a name is the same for everybody; what is said of it is not."""
    plain, worded = describe(Code.EXPIRED), describe(Code.FILE_HOLDS_MORE)
    assert plain.says_so(Lang.EN) == plain.says_so(Lang.JA) == plain.clause
    assert "the source of the profile" in worded.says_so(Lang.EN)
    assert "プロファイルの出典" in worded.says_so(Lang.JA)


def test_the_worst_comes_first() -> None:
    """Errors before warnings before notes, then as the table of codes has them, then by subject."""
    found = [
        Finding(Code.CHAIN_HOLDS_ROOT, "a", severity=Severity.NOTE),
        Finding(Code.EXPIRED, "b", severity=Severity.WARNING),
        Finding(Code.EXPIRED, "b"),
        Finding(Code.EXPIRED, "a"),
    ]
    assert tuple(reversed(found)) == rank(found)


def test_an_error_is_a_sentence_with_its_parts_below() -> None:
    """An error of several parts says each on a line of its own; a code without a sentence shows itself."""
    whole = UsageError("trust.profile-unknown", name="tls", known=("a", "b"))
    whole.parts = (UsageError("nobody.knows-this", line=3),)
    for lang in Lang:
        first, second = say_error(whole, lang).splitlines()
        assert say("trust.profile-unknown", lang, name="tls", known=("a", "b")) == first
        assert str(whole.parts[0]) == second


def test_a_reason_is_said_and_keeps_its_place() -> None:
    """A word of ours is a sentence; the place before it stays; what nobody knows is shown as it is."""
    assert "it holds the same extension twice" == explain("duplicate-extension", Lang.EN)
    assert "tls.pem: 同じ拡張が重複しています" == explain("tls.pem: duplicate-extension", Lang.JA)
    assert "No space left: 12" == explain("No space left: 12", Lang.EN)


def test_only_reasons_are_said_among_values() -> None:
    """Other values, and reasons that are no text, stay what they are."""
    values = {"reason": "malformed", "found": 3, "name": "malformed"}
    said = explained(values, Lang.EN)
    assert ("its bytes are not the ASN.1 of one", 3, "malformed") == (
        said["reason"],
        said["found"],
        said["name"],
    )
    assert "malformed" == values["reason"]


def test_a_machine_word_is_shown_in_the_language_and_a_name_as_it_is() -> None:
    """Lists are shown word by word; what no table knows is somebody's name."""
    assert word("client", "required", Lang.EN) != word("client", "required", Lang.JA)
    assert "my own" == word("client", "my own", Lang.JA)
    assert f"{word('client', 'none', Lang.EN)}, mine" == words("client", "none,,mine", Lang.EN)


@pytest.mark.parametrize("lang", list(Lang))
def test_a_remedy_for_many_has_ellipses_for_what_differs(lang: Lang) -> None:
    """It is the sentence of one finding, with an ellipsis where that one's own values would stand."""
    general = remedy_of(Code.NOT_YET_VALID, lang)
    one = remedy(Finding(Code.NOT_YET_VALID, "…", {}), lang)
    assert "…" in general
    assert "?" not in general
    assert general == one.replace("?", "…")


def test_braces_of_others_are_no_placeholders() -> None:
    """A sentence that users wrote is said as it stands."""
    assert "a {b} {" == Text.quoted("a {b} {", "あ").fill(Lang.EN, {"b": 1})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("evil\r\n\tx", r"evil\x0d\x0a\x09x"),
        ("\x1b[2J\x00\x07", r"\x1b[2J\x00\x07"),
        ("\x7f\x80\x85\x9f", r"\x7f\x80\x85\x9f"),
        ("\u2028\u2029", r"\u2028\u2029"),
        ("\u202a\u202e\u2066\u2069\u200e\u200f\u061c", r"\u202a\u202e\u2066\u2069\u200e\u200f\u061c"),
        (b"d/\xff.pem".decode("utf-8", "surrogateescape"), r"d/\udcff.pem"),
        ("\ud800\udfff", r"\ud800\udfff"),
    ],
)
def test_what_could_move_or_rewrite_a_line_shows_as_an_escape(text: str, expected: str) -> None:
    """Controls, separators, controls of direction, lone surrogates; and what is shown once stays as it is."""
    assert (expected, expected) == (visible(text), visible(expected))


@pytest.mark.parametrize(
    "text", ["web.example", r"a\b", "証明書 ＝", " \xa0\u200d\u2027\u202f\u2065\u206a", "😀"]
)
def test_what_only_looks_foreign_stays(text: str) -> None:
    """The neighbours of what is escaped, letters of every script, a backslash."""
    assert text == visible(text)


@pytest.mark.parametrize(("lang", "expected"), [(Lang.EN, "a: 1, 2; b: 3"), (Lang.JA, "a: 1、2；b: 3")])
def test_lists_beside_each_other_are_told_apart(lang: Lang, expected: str) -> None:
    """What parts them is another mark than the one within."""
    assert expected == beside([f"a: {show((1, 2), lang)}", "b: 3"], lang)
