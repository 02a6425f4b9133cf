"""The command line's frame: languages, exit codes, usage errors, faults of ours."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType

import click
import pytest

from warifu.apps.cli import main
from warifu.apps.cli.options import ADDRESS, DURATION, HOST, TIME
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import VerbGroup, verb
from warifu.domain.findings import Lang
from warifu.domain.trust.address import Address
from warifu.errors import PartlyDoneError, RefusedError, UsageError, WaitingError, WarifuError

Body = Callable[[Output], int]


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Callable[[Body], None]:
    """Install a command line with one verb, `try`, that runs a body."""

    def install(body: Body) -> None:
        def build(lang: Lang) -> click.Command:
            @verb("try", lang, "Try it.\nAt length.")
            @click.option("--at", type=TIME)
            @click.argument("what", nargs=-1)
            def attempt(out: Output, at: datetime | None, what: tuple[str, ...]) -> int:
                return body(out)

            @verb("below", lang, "Lies below.")
            def below(out: Output) -> int:
                return body(out)

            return attempt if lang is Lang.EN else VerbGroup("try", lang, "Group.", [below])

        module = ModuleType("warifu_try")
        module.build = build  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "warifu_try", module)
        monkeypatch.setattr(main, "VERBS", {"try": main.Entry("warifu_try", "cli.verb-check")})
        for name in ("WARIFU_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "WARIFU_DEBUG"):
            monkeypatch.delenv(name, raising=False)

    return install


def test_a_verb_returns_its_exit_code(house: Callable[[Body], None]) -> None:
    """What the function returns is what the process exits with."""
    house(lambda out: 1)
    assert 1 == main.run(["try", "x", "y"])


@pytest.mark.parametrize(
    ("error", "code"),
    [(UsageError, 2), (RefusedError, 3), (PartlyDoneError, 4), (WarifuError, 5), (WaitingError, 6)],
)
def test_an_error_becomes_a_sentence_and_its_exit_code(
    house: Callable[[Body], None],
    capsys: pytest.CaptureFixture[str],
    error: type[WarifuError],
    code: int,
) -> None:
    """Standard error holds the sentence in the chosen language, standard output nothing."""

    def fail(out: Output) -> int:
        raise error("io.cannot-read", path="/p", reason="gone")

    house(fail)
    assert code == main.run(["try"])
    shown = capsys.readouterr()
    assert ("", "files(local): cannot read /p: gone.\n") == (shown.out, shown.err)
    assert code == main.run(["--lang", "ja", "try", "below"])
    assert "files(local): /p を読み取れません (gone)。\n" == capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["tyr"], "There is no verb `tyr`. There are: try.\n"),
        (
            ["try", "--ta", "x"],
            "There is no option `--ta`. Did you mean --at, --lang?\n`warifu try --help` explains it.\n",
        ),
        (["try", "--at"], "The option `--at` is not used like this: it wants one value, or none.\n"),
        (["try", "--at", "soon"], "`--at`: `soon` is no time; write ISO 8601"),
        (["--lang", "fr", "try"], "`--lang` is `fr`; it must be one of: en, ja.\n"),
        (["--lang=ja", "try", "below", "--lang", "ja", "much", "more"], "引数が多すぎます: much more\n"),
        ([], "Usage: warifu [OPTIONS] VERB ..."),
    ],
)
def test_wrong_usage_is_told_in_our_words(
    house: Callable[[Body], None], capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    """Nothing runs, the exit code is 2, and the sentence comes from the tables."""
    house(lambda out: pytest.fail("it ran"))
    assert 2 == main.run(arguments)
    assert capsys.readouterr().err.startswith(told)


def test_help_speaks_both_languages(
    house: Callable[[Body], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Headings, options and the verb's line are in the language asked for; nothing of click's own words is left."""
    house(lambda out: 0)
    assert 0 == main.run(["--help", "--lang", "ja"])
    shown = capsys.readouterr().out
    assert "使い方: warifu" in shown
    assert "証明書、ファイル、稼働中のアドレスを判定します" in shown
    assert 0 == main.run(["try", "--help"])
    shown = capsys.readouterr().out
    assert "Try it.\n" in shown
    assert "--json" in shown
    assert "Options:\n" in shown


def test_the_environment_chooses_the_language(
    house: Callable[[Body], None], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`WARIFU_LANG` beats the locale, and `--lang` beats both."""
    house(lambda out: 0)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("WARIFU_LANG", "ja")
    main.run(["--help"])
    assert "使い方" in capsys.readouterr().out
    main.run(["--help", "--lang=en"])
    assert "Usage" in capsys.readouterr().out


def test_an_interrupt_says_how_to_go_on(
    house: Callable[[Body], None], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is 130; where a rollout may be under way it names the command that goes on, else there is none."""

    def interrupt(out: Output) -> int:
        raise KeyboardInterrupt

    house(interrupt)
    assert 130 == main.run(["try"])
    assert "\nStopped.\n" == capsys.readouterr().err
    monkeypatch.setattr(main, "VERBS", {"apply": main.VERBS["try"]})
    assert 130 == main.run(["apply"])
    assert "`warifu rollout resume`" in capsys.readouterr().err


def test_a_fault_of_ours_apologises_without_its_values(
    house: Callable[[Body], None], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kind and place are told, the text of the exception (it may hold a secret) only with WARIFU_DEBUG=1."""

    def fail(out: Output) -> int:
        raise ZeroDivisionError("s3cret")

    house(fail)
    assert 5 == main.run(["try"])
    told = capsys.readouterr().err
    assert "ZeroDivisionError at test_cli.py:" in told
    assert "s3cret" not in told
    monkeypatch.setenv("WARIFU_DEBUG", "1")
    main.run(["try"])
    assert "s3cret" in capsys.readouterr().err


def test_a_closed_pipe_is_quiet() -> None:
    """A reader that leaves early leaves no traceback behind."""
    code = "import sys; from warifu.apps.cli.main import run; sys.exit(run(['--help']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert b"" == program.stderr.read()
    assert 141 == program.returncode


def test_json_is_one_document(house: Callable[[Body], None], capsys: pytest.CaptureFixture[str]) -> None:
    """With --json no sentence reaches standard output; without it no document does."""

    def both(out: Output) -> int:
        out.line("cli.required")
        out.json({"at": datetime(2026, 1, 1, tzinfo=UTC), "takes": timedelta(seconds=3), "who": "鈴木"})
        return 0

    house(both)
    main.run(["try", "--json"])
    shown = capsys.readouterr().out
    assert {"at": "2026-01-01T00:00:00+00:00", "takes": 3.0, "who": "鈴木"} == json.loads(shown)
    main.run(["try"])
    assert "[required]\n" == capsys.readouterr().out


def test_version_is_quick_and_needs_no_command_line() -> None:
    """`--version` imports neither click nor the command line."""
    code = (
        "import sys; sys.argv=['warifu','--version']; from warifu.__main__ import main; main();"
        "sys.exit(any(m.startswith(('click','rich','warifu.apps')) for m in sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert b"warifu 0.1.0\n" == ran.stdout


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-21T09:00+09:00", datetime(2026, 11, 21, 0, 0, tzinfo=UTC)),
        ("2026-11-21T00:00:00Z", datetime(2026, 11, 21, 0, 0, tzinfo=UTC)),
        ("2026-11-21", datetime(2026, 11, 21, 0, 0, tzinfo=UTC)),
    ],
)
def test_times_become_utc(text: str, instant: datetime) -> None:
    """An offset is honoured; without one it is UTC."""
    read = TIME.convert(text, None, None)
    assert (instant, timedelta(0)) == (read, read.utcoffset())


@pytest.mark.parametrize(
    ("text", "length"),
    [("90s", 90), ("15m", 900), ("1h30m", 5400), ("2d", 172_800), ("1w", 604_800), ("1h1h", 7200)],
)
def test_durations_are_numbers_with_units(text: str, length: int) -> None:
    """Several parts add up."""
    assert timedelta(seconds=length) == DURATION.convert(text, None, None)


@pytest.mark.parametrize("text", ["", "5", "s", "1.5h", "-1h", "1y", "999999999999w"])
def test_other_durations_are_refused(text: str) -> None:
    """A number without a unit is ambiguous."""
    with pytest.raises(UsageError, match="not-a-duration"):
        DURATION.convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "address"),
    [("web.example:443", Address("web.example", 443)), ("[::1]:8443", Address("::1", 8443))],
)
def test_addresses_are_host_and_port(text: str, address: Address) -> None:
    """An IPv6 address stands in brackets, and is written the same way again."""
    assert address == ADDRESS.convert(text, None, None)
    assert text == str(ADDRESS.convert(text, None, None))


@pytest.mark.parametrize(
    "text", ["web", ":443", "web:", "web:0", "web:65536", "::1:443", "a b:1", "x/y:1", "web:４"]
)
def test_other_addresses_are_refused(text: str) -> None:
    """A port is 1 to 65535, written in ASCII digits."""
    with pytest.raises(UsageError, match="not-an-address"):
        ADDRESS.convert(text, None, None)


@pytest.mark.parametrize(
    "text", ["web.example", "*.web.example", "10.0.0.1", "::1", "[::1]", "a@web.example", "日本.example"]
)
def test_a_name_is_taken_as_it_is(text: str) -> None:
    """Host names, addresses and mailboxes are what certificates carry."""
    assert text == HOST.convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("web.example:443", "web.example"),
        ("https://web.example:8443/login", "web.example"),
        ("web.example/", "web.example"),
        (" web.example", "web.example"),
        ("[::1]:443", "::1"),
        ("https://", None),
        ("web example", None),
    ],
)
def test_an_address_or_url_is_no_name(text: str, right: str | None) -> None:
    """No certificate carries a port or path: what is to be written instead is said."""
    with pytest.raises(UsageError, match="not-a-host") as caught:
        HOST.convert(text, None, None)
    assert right == caught.value.values.get("name")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "x.pem", "--name", ""),
        ("check", "x.pem", "--name="),
        ("check", "x.pem", "--covers", "a.example", "--covers", ""),
        ("check", "x.pem", "--anchors", ""),
        ("diagnose", "x.pem", "--name", ""),
        ("pack", "x.pem", "--out", "y.pem", "--pick", ""),
        ("renewal", "csr", "x.pem", "--names", ""),
    ],
)
def test_an_empty_shell_variable_drops_no_question(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """An option without its value is wrong use; nothing is judged as though it had not been asked."""
    assert 2 == main.run(list(arguments))
    assert "without a value" in capsys.readouterr().err


def test_help_pays_for_no_verb() -> None:
    """The list of verbs imports neither cryptography nor a verb's module."""
    code = (
        "import sys; from warifu.apps.cli.main import VERBS, run; run(['--help']);"
        "heavy = {'cryptography', 'rich', *(entry.module for entry in VERBS.values())};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (0, "") == (ran.returncode, ran.stderr)
