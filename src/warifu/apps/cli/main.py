"""Where the command line begins: one table of verbs, one place where errors become exit codes."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import FrameType

import click

from warifu import __version__
from warifu.apps.cli.options import called, pasteable
from warifu.apps.cli.render import plain
from warifu.apps.cli.verb import VerbGroup
from warifu.domain.findings import Lang, say, say_error
from warifu.errors import UsageError, WarifuError
from warifu.settings import Settings, read_settings

USAGE = 2
BUG = 5
INTERRUPTED = 130  # 128 + SIGINT, as shells count
PIPE_CLOSED = 141  # 128 + SIGPIPE
TERMINATED = 143  # 128 + SIGTERM
_ROLLING = ("apply", "rollout")


class TerminatedError(KeyboardInterrupt):
    """Somebody ended us by SIGTERM or closed the terminal: leave as at Ctrl-C, so that nothing lies about."""


class InterruptedByHandError(KeyboardInterrupt):
    """Ctrl-C, as a kind of its own.

    CPython takes note of a plain KeyboardInterrupt that leaves an `exec`, as when a dataclass is made while a module is
    loaded, and ends itself by SIGINT at the very end (`exit_sigint`), whatever exit code it was given since.
    """


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise TerminatedError


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise InterruptedByHandError


@dataclass(frozen=True, slots=True)
class Entry:
    """A verb: the module whose `build(lang)` makes it, and the message that says in one line what it does."""

    module: str
    summary: str


VERBS: Mapping[str, Entry] = {
    "check": Entry("warifu.apps.cli.check", "cli.verb-check"),
    "pair": Entry("warifu.apps.cli.pair", "cli.verb-pair"),
    "profile": Entry("warifu.apps.cli.profile", "cli.verb-profile"),
    "pack": Entry("warifu.apps.cli.pack", "pack.verb-pack"),
    "renewal": Entry("warifu.apps.cli.renewal", "renewal.verb"),
    "diagnose": Entry("warifu.apps.cli.diagnose", "diagnosis.verb-diagnose"),
    "listing": Entry("warifu.apps.cli.listing", "diagnosis.verb-listing"),
    "procedure": Entry("warifu.apps.cli.procedure", "diagnosis.verb-procedure"),
    "explain": Entry("warifu.apps.cli.explain", "explain.verb"),
    "estate": Entry("warifu.apps.cli.estate", "cli.verb-estate"),
    "issuer": Entry("warifu.apps.cli.issuer", "issue.verb-issuer"),
    "plan": Entry("warifu.apps.cli.plan", "cli.verb-plan"),
    "retire": Entry("warifu.apps.cli.retire", "retire.verb"),
    "apply": Entry("warifu.apps.cli.apply", "cli.verb-apply"),
    "rollout": Entry("warifu.apps.cli.rollout", "cli.verb-rollout"),
    "request": Entry("warifu.apps.cli.request", "cli.verb-request"),
    "outputs": Entry("warifu.apps.cli.outputs", "outputs.verb"),
    "server": Entry("warifu.apps.server.verb", "server.verb"),
    "login": Entry("warifu.apps.cli.login", "remote.verb-login"),
    "logout": Entry("warifu.apps.cli.logout", "remote.verb-logout"),
    "whoami": Entry("warifu.apps.cli.whoami", "remote.verb-whoami"),
    "node": Entry("warifu.apps.cli.node", "remote.verb-node"),
    "person": Entry("warifu.apps.cli.person", "remote.verb-person"),
    "approve": Entry("warifu.apps.cli.approve", "remote.verb-approve"),
    "refresh": Entry("warifu.apps.cli.refresh", "remote.verb-refresh"),
    "audit": Entry("warifu.apps.cli.audit", "remote.verb-audit"),
    "agent": Entry("warifu.apps.agent.verb", "agent.verb"),
    "watch": Entry("warifu.apps.cli.watch", "cli.verb-watch"),
    "domain": Entry("warifu.apps.cli.domain", "bundle.verb-domain"),
    "endpoint": Entry("warifu.apps.cli.endpoint", "endpoint.help"),
}
"""Every verb, in the order in which help lists them; a module is imported only when its verb is used."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the arguments say of how errors are told, read before anything is parsed.

    Args:
        plugin: to a monitoring system, which reads one line on standard output and has exit codes of its own.
    """

    lang: Lang
    as_json: bool
    estate: str
    plugin: bool


class Root(VerbGroup):
    """`warifu` itself."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the table's order."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Build a verb."""
        entry = VERBS.get(cmd_name)
        if entry is None:
            return None
        built = import_module(entry.module).build(self.lang)
        assert isinstance(built, click.Command)  # noqa: S101 - a promise of our own modules
        return built

    def summary(self, ctx: click.Context, name: str) -> str:
        """Return a verb's line of help without building it."""
        return say(VERBS[name].summary, self.lang)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; every error is told here, on standard error."""
    settings = read_settings(os.environ)
    lang = _language(arguments, settings.lang)
    plugin = "watch" in arguments and _value(arguments, "--format") == "nagios"
    asked = Asked(lang, "--json" in _before_the_end(arguments), _value(arguments, "--estate"), plugin)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        _listen_for_the_end()
        code = _invoke(Root("warifu", lang, say("cli.help", lang)), list(arguments))
        sys.stdout.flush()
    except WarifuError as error:
        typed = _named_wrongly(error, arguments)
        return _tell_error(typed, typed.exit_code, asked)
    except click.ClickException as error:
        return _usage(error, asked)
    except (KeyboardInterrupt, click.Abort, EOFError) as end:
        code = TERMINATED if isinstance(end, TerminatedError) else INTERRUPTED
        if not asked.as_json:
            _tell("")  # the terminal's own ^C stands on this line
        told = next((one for one in end.args if isinstance(one, WarifuError)), None)
        return _tell_error(told or _stopped(arguments), code, asked)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - the outermost loop of this process
        return _apologise(error, settings, asked)
    return code


def _named_wrongly(error: WarifuError, arguments: Sequence[str]) -> WarifuError:
    """Return what is told of a file that was typed and is not there, or is a folder: the same for every verb.

    A file that nobody typed (a journal, a record) could not be looked at, and stays that.
    """
    path = error.values.get("path")
    if error.code != "io.cannot-read" or not any(path in (one, one.partition("=")[2]) for one in arguments):
        return error
    if isinstance(error.__cause__, (FileNotFoundError, NotADirectoryError)):
        return UsageError("io.no-such-file", path=path)
    return UsageError("io.is-folder", path=path) if isinstance(error.__cause__, IsADirectoryError) else error


def _stopped(arguments: Sequence[str]) -> WarifuError:
    """Return what somebody is told who ended a command; only a rollout stands somewhere then."""
    verb = next((one for one in arguments if one in VERBS), "")
    return WarifuError("cli.interrupted" if verb in _ROLLING else "cli.stopped")


def _listen_for_the_end() -> None:
    """Take SIGTERM and a closed terminal as Ctrl-C; what a parent had us ignore (`nohup`) stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _leave)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def _invoke(root: Root, arguments: list[str]) -> int:
    """Parse and call, without click's own handling of errors and pipes."""
    if "_WARIFU_COMPLETE" in os.environ:
        from click.shell_completion import shell_complete  # noqa: PLC0415 - only a shell asks for it

        return shell_complete(root, {}, "warifu", "_WARIFU_COMPLETE", os.environ["_WARIFU_COMPLETE"])
    try:
        with root.make_context("warifu", arguments) as context:
            answer = root.invoke(context)
    except click.exceptions.Exit as left:
        return left.exit_code
    return answer if isinstance(answer, int) else 0


def _before_the_end(arguments: Sequence[str]) -> Sequence[str]:
    """Return the arguments before `--`: what follows it is no option."""
    return arguments[: arguments.index("--")] if "--" in arguments else arguments


def _value(arguments: Sequence[str], option: str) -> str:
    """Return the value of an option, given after a space or an equals sign; empty where it is not given."""
    before = _before_the_end(arguments)
    for position, argument in enumerate(before):
        name, equals, value = argument.partition("=")
        if name == option:
            return value if equals else "".join(before[position + 1 : position + 2])
    return ""


def _language(arguments: Sequence[str], otherwise: Lang) -> Lang:
    """Return what `--lang` says, before anything is built: help and errors are already in that language."""
    word = _value(arguments, "--lang")
    return Lang(word) if word in set(Lang) else otherwise


def _usage(error: click.ClickException, asked: Asked) -> int:
    """Tell what is wrong with the arguments, in our words."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        _tell(error.message)
        return USAGE
    context = error.ctx if isinstance(error, click.UsageError) else None
    told = _in_our_words(error)
    if context is not None:
        told.parts = (UsageError("cli.see-help", command=context.command_path),)
    return _tell_error(told, USAGE, asked)


def _in_our_words(error: click.ClickException) -> UsageError:  # noqa: PLR0911  # one line a kind of mistake
    match error:
        case click.NoSuchOption():
            near = list(error.possibilities or ())
            if near:
                return UsageError("cli.no-such-option-near", option=error.option_name, near=near)
            return UsageError("cli.no-such-option", option=error.option_name)
        case click.BadOptionUsage():
            return UsageError("cli.option-misused", option=error.option_name)
        case click.MissingParameter() if isinstance(error.param, click.Argument) and error.ctx is not None:
            wanted = error.param.metavar or called(error.param)
            return UsageError("cli.missing-argument", command=error.ctx.command_path, wanted=wanted)
        case click.MissingParameter():
            return UsageError("cli.missing", parameter=called(error.param))
        case click.BadParameter():
            return UsageError("cli.not-understood", parameter=called(error.param))
        case _:
            return UsageError("cli.wrong-usage", said=error.format_message())


def _apologise(error: Exception, settings: Settings, asked: Asked) -> int:
    """Tell of a fault of ours: where it happened, never the values, which might be secret."""
    import platform  # noqa: PLC0415 - only a fault of ours needs them
    import traceback  # noqa: PLC0415

    frames = traceback.extract_tb(error.__traceback__)
    place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "?"  # noqa: PTH119
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    kind = type(error).__name__
    code = _tell_error(
        WarifuError("cli.bug", version=__version__, kind=kind, place=place, system=system), BUG, asked
    )
    if settings.debug:
        traceback.print_exception(error)
    return code


def _tell_error(error: WarifuError, code: int, asked: Asked) -> int:
    """Tell an error on standard error, as sentences or as one JSON object; return the exit code."""
    if asked.plugin:
        from warifu.apps.cli import nagios  # noqa: PLC0415 - only one verb has such an answer

        sys.stdout.write(nagios.failed_line(error, asked.lang) + "\n")
        return nagios.UNKNOWN
    if asked.as_json:
        _tell(json.dumps({"exit": code, "error": _error_document(error, asked)}, ensure_ascii=False))
    else:
        _tell(pasteable(say_error(error, asked.lang), asked.estate))
    return code


def _error_document(error: WarifuError, asked: Asked) -> dict[str, object]:
    whole = WarifuError(error.code, **error.values)  # without its parts, which stand beside it
    return {
        "code": error.code,
        "message": pasteable(say_error(whole, asked.lang), asked.estate),
        "values": {name: plain(value) for name, value in error.values.items()},
        "parts": [_error_document(part, asked) for part in error.parts],
    }


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")
