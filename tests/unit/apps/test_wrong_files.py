"""Files that are absent or of another kind are named with what to do; every command that is shown works as shown."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from support.pki import NOW, make_ca
from warifu.apps.cli import main
from warifu.apps.cli.options import pasteable
from warifu.apps.cli.plan import show_plan
from warifu.apps.cli.render import Output
from warifu.domain.findings import Lang
from warifu.domain.rotation.plan import Plan, Proof
from warifu.errors import CouldNotLookError

GARBAGE = bytes(range(256))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A present folder with an estate of one node, in English."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WARIFU_LANG", "en")
    (tmp_path / "estate.toml").write_text('[estate]\nname = "shop"\n[nodes.here]\n')
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main.run(arguments)
    shown = capsys.readouterr()
    return code, shown.out, shown.err


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(
    ("data", "told"),
    [
        (GARBAGE, {"en": "it is not text", "ja": "テキストではありません"}),
        (b"hello", {"en": "it is not JSON", "ja": "JSON ではありません"}),
        (b"{}", {"en": "JSON of another kind", "ja": "別の種類の JSON"}),
        (b"[1]", {"en": "JSON of another kind", "ja": "別の種類の JSON"}),
    ],
)
def test_a_file_that_is_no_plan_is_named(
    here: Path, capsys: pytest.CaptureFixture[str], data: bytes, told: dict[str, str], lang: str
) -> None:
    """The file, what was found and what to give instead stand in the sentence; exit code 2."""
    (here / "e.json").write_bytes(data)
    code, out, err = run(capsys, "apply", "e.json", "--lang", lang)
    assert (2, "") == (code, out)
    assert "e.json" in err
    assert told[lang] in err
    assert "`warifu plan ... --out FILE`" in err
    assert "codec" not in err


def test_a_file_that_is_absent_is_said_to_be_absent(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For a plan and for a trust store alike: exit code 2, and not that it holds nothing."""
    for arguments in (("apply", "gone.json"), ("check", "estate.toml", "--anchors", "gone.json")):
        code, _, err = run(capsys, *arguments)
        assert (2, "There is no file gone.json.") == (code, err[: len("There is no file gone.json.")])


def test_requests_of_no_estate_are_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where no estate file lies, an empty list would be a lie; inside an estate it is the answer."""
    code, out, err = run(capsys, "request", "list", "--estate", "elsewhere/estate.toml")
    assert (2, "") == (code, out)
    assert "There is no estate file at elsewhere/estate.toml" in err
    assert 0 == run(capsys, "request", "list")[0]


def test_check_alone_says_what_it_needs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence names files, folders and addresses as the help writes them."""
    code, _, err = run(capsys, "check")
    assert 2 == code
    assert err.startswith("`warifu check` needs to be told what to work on: FILE|DIR|HOST:PORT...\n")


def test_an_answer_is_not_written_into_a_folder_that_is_not_there(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder is named with the command that makes it, and nothing is made."""
    code, _, err = run(capsys, "estate", "export", "--out", "new/folder/ledger.csv")
    assert 2 == code
    assert "mkdir -p new/folder" in err
    code, _, err = run(capsys, "plan", "replace-ca", "a", "b", "--out", "new/plan.json")
    assert (2, True) == (code, "mkdir -p new" in err)
    assert not (here / "new").exists()


@pytest.mark.parametrize(
    "arguments", [("apply", "gone.json"), ("check",), ("tyr",), ("rollout", "show", "--x")]
)
def test_an_error_under_json_is_one_object(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    """Code, message, values and parts, on standard error; standard output stays empty."""
    code, out, err = run(capsys, *arguments, "--json")
    assert (2, "") == (code, out)
    document: dict[str, Any] = json.loads(err)
    assert 2 == document["exit"]
    assert {"code", "message", "values", "parts"} == set(document["error"])
    assert document["error"]["code"].partition(".")[0] in {"io", "cli"}


def test_the_faults_of_an_estate_are_parts_of_one_object(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each fault is an object of its own below the error."""
    (here / "estate.toml").write_text("[nodes.a]\nfoo = 1\n[nodes.b]\nbar = 1\n")
    code, _, err = run(capsys, "estate", "show", "--json")
    document = json.loads(err)
    assert 2 == code
    assert 2 <= len(document["error"]["parts"])
    assert all(part["code"].startswith("estate.") for part in document["error"]["parts"])


def test_a_printed_command_names_the_estate() -> None:
    """Commands that read an estate get the option, once and quoted; others and the default stay as they are."""
    shown = "go on with `warifu rollout resume X` or `warifu check a.pem`"
    assert shown == pasteable(shown, "./estate.toml")
    expected = "go on with `warifu rollout resume X --estate 'my estate.toml'` or `warifu check a.pem`"
    assert expected == pasteable(shown, "my estate.toml")
    assert expected == pasteable(expected, "my estate.toml")


def test_an_interruption_prints_a_command_that_works() -> None:
    """The way on after Ctrl-C names an estate that is not the default."""
    shown = io.StringIO()
    Output(Lang.EN, stream=shown, estate="e/estate.toml").line("rollout.interrupted", rollout="R")
    assert "`warifu rollout resume R --estate e/estate.toml`" in shown.getvalue()


def test_an_error_prints_a_command_that_works(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same holds on standard error."""
    shutil.copy(here / "estate.toml", here / "other.toml")
    _, _, err = run(capsys, "rollout", "resume", "--estate", "other.toml")
    assert "`warifu plan --estate other.toml` and `warifu apply --estate other.toml`" in err


@pytest.mark.parametrize("lang", Lang)
def test_an_empty_plan_says_that_nothing_has_to_be_done(lang: Lang) -> None:
    """No date without meaning, no proof of nothing."""
    shown = io.StringIO()
    show_plan(Output(lang, stream=shown), Plan("p", "e", "", NOW, (), (), {}, Proof(0, ())))
    assert {"en": "Nothing is left to do", "ja": "実施する手順はありません"}[lang] in shown.getvalue()
    assert 1 == len(shown.getvalue().splitlines())


def test_a_trust_store_that_is_garbage_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that was named and holds no certificate is wrong usage."""
    (here / "web.pem").write_bytes(make_ca("Root").pem)
    (here / "junk.pem").write_bytes(GARBAGE)
    code, _, err = run(capsys, "check", "web.pem", "--anchors", "junk.pem")
    assert (2, True) == (code, err.startswith("junk.pem holds no certificate"))


@pytest.mark.parametrize(
    ("data", "told"),
    [(GARBAGE, "holds no certificate"), (b"", "holds no certificate"), (b"+half", "cannot be read whole")],
)
def test_the_chain_file_of_an_issuer_that_is_garbage_is_an_error(
    here: Path, capsys: pytest.CaptureFixture[str], data: bytes, told: str
) -> None:
    """It is not taken for an empty chain: the file is named and nothing is planned."""
    root = make_ca("Root").pem
    half = root + b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"
    (here / "chain.pem").write_bytes(half if data == b"+half" else data)
    (here / "root.pem").write_bytes(root)
    with (here / "estate.toml").open("a") as file:
        file.write('[issuers.corp]\nkind = "by-hand"\nfolder = "corp"\nchain = "chain.pem"\n')
    for arguments in (("plan", "add-anchor", "root.pem"), ("issuer", "list")):
        code, _, err = run(capsys, *arguments)
        assert (2, True) == (code, "corp" in err and "chain.pem" in err and told in err)


@pytest.mark.parametrize(
    "arguments",
    [
        ("diagnose", "{}"),
        ("diagnose", "--message", "CGEN1008", "--password-file", "{}"),
        ("listing", "{}"),
        ("listing", "a={}"),
        ("check", "estate.toml", "--password-file", "{}"),
        ("check", "estate.toml", "--topology", "{}"),
        ("profile", "show", "{}.toml"),
        ("request", "deliver", "{}"),
        ("renewal", "diff", "{}", "estate.toml"),
        ("watch", "once", "--list", "{}"),
        ("watch", "once", "--config", "{}"),
    ],
)
def test_a_file_that_was_typed_and_is_not_there_is_told_in_one_voice(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    """Exit code 2 and what to do, for every verb; a folder in its place likewise."""
    code, _, told = run(capsys, *(one.format("nosuch") for one in arguments))
    path = "nosuch.toml" if "{}.toml" in arguments else "nosuch"
    assert (2, True) == (code, told.startswith(f"There is no file {path}. Check the path"))
    (here / path).mkdir()
    code, _, told = run(capsys, *(one.format("nosuch") for one in arguments))
    if arguments not in (("diagnose", "{}"), ("request", "deliver", "{}")):  # these take folders
        assert (2, True) == (code, f"{path} is a folder; name the file in it" in told)


def test_a_file_of_ours_that_nobody_typed_could_not_be_looked_at() -> None:
    """Exit code 5, as it is no fault of the command."""
    error = CouldNotLookError("io.cannot-read", path="/x/journal", reason="No such file or directory")
    error.__cause__ = FileNotFoundError()
    assert error is main._named_wrongly(error, ["check", "x"])
    error.__cause__ = PermissionError()
    assert error is main._named_wrongly(error, ["check", "/x/journal"])
