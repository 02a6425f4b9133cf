"""`warifu explain`: what findings mean."""

from __future__ import annotations

import json

import pytest

from warifu.apps.cli.explain import weights_of
from warifu.apps.cli.main import run
from warifu.domain.findings import Code
from warifu.wiring.profiles import profiles


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(["explain", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_code_is_explained_with_all_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Sentence, clause, remedy, weights, example and page; nothing is left as a placeholder."""
    code, out, _ = ran(capsys, "chain-holds-root", "--lang", "en")
    assert 0 == code
    assert "chain-holds-root: The root <certificate> is sent" in out
    assert "clause: RFC 8446" in out
    assert "weight (note): " in out
    assert "example: The root CN=Root is sent" in out
    assert "docs/findings/chain-holds-root.md" in out
    assert "{" not in out


def test_the_same_in_japanese(capsys: pytest.CaptureFixture[str]) -> None:
    """Every line that is ours speaks the language; profiles and commands keep their names."""
    code, out, _ = ran(capsys, "expired", "revoked", "--lang", "ja")
    assert 0 == code
    assert "期限切れ" in out.partition("\n\n")[0]
    assert "失効" in out.partition("\n\n")[2]
    assert "重大度 (エラー): " in out
    assert "weight" not in out


def test_json_holds_what_people_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """One document, in the language that was asked for, each code once."""
    code, out, _ = ran(capsys, "expired", "EXPIRED", "chain-holds-root", "--json", "--lang", "ja")
    first, second = json.loads(out)["findings"]
    assert (0, "expired", "trust") == (code, first["code"], first["room"])
    assert "期限切れ" in first["title"]
    assert "期限切れ" in first["example"]["title"]
    assert "tls-server" in second["weights"]["note"]


def test_without_a_code_all_are_listed_by_room(capsys: pytest.CaptureFixture[str]) -> None:
    """One line each, also in JSON."""
    _, out, _ = ran(capsys, "--lang", "ja")
    assert [] == [code for code in Code if f"{code.value} " not in out]
    assert out.index("チェーンが成立するか") < out.index("計画とその証明")
    _, out, _ = ran(capsys, "--json")
    assert set(Code) == {one["code"] for one in json.loads(out)["findings"]}


def test_unknown_codes_are_all_told_with_those_that_look_alike(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is explained then, and the exit code is that of wrong usage."""
    code, out, err = ran(capsys, "expierd", "expired", "xyzzy", "--lang", "en")
    assert (2, "") == (code, out)
    assert "no finding `expierd`. Did you mean expired" in err
    assert "no finding `xyzzy`. `warifu explain` lists them all" in err


def test_a_shell_completes_codes(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """As click's completion asks for it."""
    monkeypatch.setenv("_WARIFU_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "warifu explain chain-h")
    monkeypatch.setenv("COMP_CWORD", "2")
    run([])
    assert "plain,chain-holds-root" == capsys.readouterr().out.strip()


def test_profiles_that_weigh_a_finding_differently_are_told_apart() -> None:
    """Each profile stands under what it makes of it; what no profile weighs has no weights."""
    weights = weights_of(Code.KEY_UNCOMMON, tuple(profiles()))
    assert "rfc5280" in weights["off"]
    assert "openssl" in weights["note"]
    assert "tls-server" in weights["warning"]
    assert {} == weights_of(Code.CLOCK_SKEWED, tuple(profiles()))
