"""Whoever asks for a language gets it everywhere: help, errors, progress, findings, JSON."""

from __future__ import annotations

import ast
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from support.pki import make_ca
from support.source import trees
from support.texts import every_text, prose
from tools.finding_pages import findings
from tools.pages import walk
from warifu.apps.cli.main import run
from warifu.apps.cli.render import Output, to_json
from warifu.domain.findings import Code, Finding, Lang
from warifu.domain.findings.evidence import NAMES
from warifu.domain.findings.messages import MESSAGES
from warifu.domain.findings.text import columns

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
LETTERS = re.compile("[A-Za-z][a-z]")
PATHS = [path for path, _, _ in walk()]


@pytest.fixture(autouse=True)
def _no_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WARIFU_LANG", "LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.req("X-15")
@pytest.mark.parametrize("lang", list(Lang))
def test_every_diagnosis_is_told_in_the_language_asked_for(lang: Lang) -> None:
    """Title and remedy of a real finding of each code, as people and as programs get them; nothing is left unfilled."""
    wrong = []
    for code, finding in findings().items():
        document = to_json(finding, lang)
        stream = io.StringIO()
        Output(lang, stream=stream).findings([finding])
        told = (str(document["title"]), str(document["remedy"]), stream.getvalue())
        spoken = [bool(JAPANESE.search(_ours(text, finding))) is (lang is Lang.JA) for text in told]
        unfilled = {name for text in told for name in re.findall(r"{([a-z_]+)}", text)} & NAMES.keys()
        if not all(spoken) or unfilled:  # awk has braces of its own
            wrong.append(code)
    assert [] == wrong


def _ours(text: str, finding: Finding) -> str:
    """A text without what was seen."""
    for value in finding.evidence.values():
        text = text.replace(str(value), "")
    return text


@pytest.mark.req("X-15")
def test_no_sentence_lacks_a_language() -> None:
    """Over all tables and shipped data: each text in both, and Japanese is Japanese."""
    lacking = [
        where
        for where, text in every_text()
        if not text.en.strip()
        or not text.ja.strip()
        or JAPANESE.search(text.en)
        or (text.en != text.ja and LETTERS.search(prose(text.en)) and not JAPANESE.search(text.ja))
    ]
    assert [] == [one for one in lacking if not _is_a_name(dict(every_text())[one].ja)]


def _is_a_name(text: str) -> bool:
    """Names that are the same in every language stand alone, such as `SNI`."""
    return bool(re.fullmatch(r"[A-Z][A-Za-z0-9#-]*", text))


@pytest.mark.parametrize("path", PATHS)
def test_help_is_in_the_language_of_the_environment_and_of_the_option(
    path: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`WARIFU_LANG` and `--lang` give the same help; the option wins."""
    words = path.split()[1:]
    run([*words, "--help", "--lang", "ja"])
    by_option = capsys.readouterr().out
    run([*words, "--help"])
    english = capsys.readouterr().out
    monkeypatch.setenv("WARIFU_LANG", "ja")
    run([*words, "--help"])
    assert by_option == capsys.readouterr().out
    run([*words, "--help", "--lang", "en"])
    assert english == capsys.readouterr().out
    assert JAPANESE.search(by_option)
    assert not JAPANESE.search(english)


def test_every_option_and_verb_has_its_help_in_both() -> None:
    """No option is left without words, none says the same in both languages."""
    lacking = []
    for path, english, japanese in walk():
        pairs = [(path, english.help, japanese.help)]
        pairs += [
            (f"{path} {one.opts[-1]}", one.help, other.help)
            for one, other in zip(english.params, japanese.params, strict=True)
            if isinstance(one, click.Option) and isinstance(other, click.Option)
        ]
        lacking += [
            where for where, en, ja in pairs if not en or not ja or en == ja or not JAPANESE.search(ja)
        ]
    assert [] == lacking


ERRORS = (
    ["frobnicate"],
    ["check", "--nothing"],
    ["check"],
    ["check", "x.pem", "--at", "yesterday"],
    ["check", "x.pem", "--profile", "nobody"],
    ["explain", "nothing"],
    ["explain", "expired", "--json", "--out"],
    ["estate", "show", "--estate", "/nowhere.toml"],
    ["plan", "replace-ca", "a", "b", "c"],
    ["profile", "show"],
    ["rollout", "show", "--estate", "/nowhere.toml"],
    ["request", "list", "--estate", "/nowhere.toml"],
)


@pytest.mark.parametrize("arguments", ERRORS)
def test_errors_are_in_the_language_of_the_environment_and_of_the_option(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong, also before anything was parsed, and also as JSON."""
    monkeypatch.setenv("WARIFU_LANG", "ja")
    assert run(arguments) != 0
    japanese = capsys.readouterr().err
    assert JAPANESE.search(japanese)
    run([*arguments, "--lang", "en"])
    english = capsys.readouterr().err
    assert not JAPANESE.search(english)
    monkeypatch.setenv("WARIFU_LANG", "en")
    run([*arguments, "--lang", "ja"])
    assert japanese == capsys.readouterr().err
    run([*arguments, "--json", "--lang", "ja"])
    told = json.loads(capsys.readouterr().err)["error"]
    assert JAPANESE.search(told["message"])


@pytest.mark.req("X-15")
def test_a_check_speaks_the_language_in_sentences_and_in_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Title, remedy and every label; codes, severities and names of values stay what programs know."""
    root = make_ca("Root")
    (tmp_path / "web.pem").write_bytes(root.leaf("web.example", expired=True).pem)
    (tmp_path / "root.pem").write_bytes(root.pem)
    arguments = [
        "check",
        str(tmp_path / "web.pem"),
        "--anchors",
        str(tmp_path / "root.pem"),
        "--at",
        "2026-06-01",
    ]
    monkeypatch.setenv("WARIFU_LANG", "ja")
    run([*arguments, "--json"])
    document = json.loads(capsys.readouterr().out)
    (expired,) = [one for one in _findings(document) if one["code"] == "expired"]
    assert "期限切れ" in str(expired["title"])
    assert "更新してください" in str(expired["remedy"])
    assert "error" == expired["severity"]
    run(arguments)
    assert "対処: 更新してください" in capsys.readouterr().out
    run([*arguments, "--json", "--lang", "en"])
    (expired,) = [one for one in _findings(json.loads(capsys.readouterr().out)) if one["code"] == "expired"]
    assert "expired at" in str(expired["title"])


def _findings(document: object) -> Iterator[dict[str, object]]:
    if isinstance(document, dict):
        if {"code", "title", "remedy"} <= set(document):
            yield document
        for value in document.values():
            yield from _findings(value)
    elif isinstance(document, list):
        for value in document:
            yield from _findings(value)


def test_nothing_is_said_outside_the_tables() -> None:
    """No sentence stands in the code of the command line: what is shown comes from a table, or from what was seen."""
    said = {
        f"{name}:{node.lineno}": constant
        for name, tree in trees().items()
        if "/apps/" in name
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for argument in _shown(node)
        for constant in _said(argument)
        if LETTERS.search(constant)
    }
    assert {} == said


def _shown(call: ast.Call) -> Iterator[ast.expr]:
    """Yield what a call shows people: the first argument of what writes (then comes style), any help."""
    yield from (keyword.value for keyword in call.keywords if keyword.arg == "help")
    match call.func:
        case ast.Attribute(attr="text" | "write" | "echo") | ast.Name(id="print" | "_tell" | "Branch"):
            yield from call.args[:1]


def _said(argument: ast.expr) -> Iterator[str]:
    """Literal text of an argument, but not what is handed to another call."""
    match argument:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            yield from (str(one.value) for one in values if isinstance(one, ast.Constant))
        case ast.BinOp(left=left, right=right):
            yield from _said(left)
            yield from _said(right)


def test_what_is_told_of_a_rollout_stands_in_columns() -> None:
    """Done, waiting, stopped and arrived: what follows begins at one column, in each language."""
    keys = ("rollout.told-done", "rollout.told-waiting", "rollout.told-stopped", "rollout.told-arrived")
    for lang in Lang:
        begins = {columns(_text(key, lang).partition("{")[0]) for key in keys}
        assert 1 == len(begins), (lang, begins)


def _text(key: str, lang: Lang) -> str:
    return MESSAGES[key].ja if lang is Lang.JA else MESSAGES[key].en


def test_all_codes_are_there_to_be_told() -> None:
    """The tests above see every code."""
    assert set(Code) == set(findings())
