"""Where the command line begins: one table of verbs, one place where errors become exit codes."""

from __future__ import annotations

import io
import os
import platform
import signal
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import FrameType

import click

from warifu import __version__
from warifu.apps.cli.options import called
from warifu.apps.cli.verb import VerbGroup
from warifu.domain.findings import Lang, say, say_error
from warifu.errors import WarifuError
from warifu.settings import Settings, read_settings

USAGE = 2
BUG = 5
INTERRUPTED = 130  # 128 + SIGINT, as shells count
PIPE_CLOSED = 141  # 128 + SIGPIPE
TERMINATED = 143  # 128 + SIGTERM


class TerminatedError(KeyboardInterrupt):
    """Somebody ended us by SIGTERM or closed the terminal: leave as at Ctrl-C, so that nothing lies about."""


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise TerminatedError


@dataclass(frozen=True, slots=True)
class Entry:
    """A verb: the module whose `build(lang)` makes it, and the message that says in one line what it does."""

    module: str
    summary: str


VERBS: Mapping[str, Entry] = {
    "check": Entry("warifu.apps.cli.check", "cli.verb-check"),
    "estate": Entry("warifu.apps.cli.estate", "cli.verb-estate"),
    "issuer": Entry("warifu.apps.cli.issuer", "issue.verb-issuer"),
    "plan": Entry("warifu.apps.cli.plan", "cli.verb-plan"),
    "apply": Entry("warifu.apps.cli.apply", "cli.verb-apply"),
    "rollout": Entry("warifu.apps.cli.rollout", "cli.verb-rollout"),
    "request": Entry("warifu.apps.cli.request", "cli.verb-request"),
}
"""Every verb, in the order in which help lists them; a module is imported only when its verb is used."""


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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        _listen_for_the_end()
        code = _invoke(Root("warifu", lang, say("cli.help", lang)), list(arguments))
        sys.stdout.flush()
    except WarifuError as error:
        _tell(say_error(error, lang))
        return error.exit_code
    except click.ClickException as error:
        return _usage(error, lang)
    except (KeyboardInterrupt, click.Abort, EOFError) as end:
        _tell("\n" + say("cli.interrupted", lang))
        return TERMINATED if isinstance(end, TerminatedError) else INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - the outermost loop of this process
        return _apologise(error, settings, lang)
    return code


def _listen_for_the_end() -> None:
    """Take SIGTERM and a closed terminal as Ctrl-C; what a parent had us ignore (`nohup`) stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _leave)


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


def _language(arguments: Sequence[str], otherwise: Lang) -> Lang:
    """Return what `--lang` says, before anything is built: help and errors are already in that language."""
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        name, equals, value = argument.partition("=")
        if name == "--lang":
            word = value if equals else "".join(arguments[position + 1 : position + 2])
            return Lang(word) if word in set(Lang) else otherwise
    return otherwise


def _usage(error: click.ClickException, lang: Lang) -> int:
    """Tell what is wrong with the arguments, in our words."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        _tell(error.message)
        return USAGE
    _tell(_in_our_words(error, lang))
    if context is not None:
        _tell(say("cli.see-help", lang, command=context.command_path))
    return USAGE


def _in_our_words(error: click.ClickException, lang: Lang) -> str:
    match error:
        case click.NoSuchOption():
            near = list(error.possibilities or ())
            if near:
                return say("cli.no-such-option-near", lang, option=error.option_name, near=near)
            return say("cli.no-such-option", lang, option=error.option_name)
        case click.BadOptionUsage():
            return say("cli.option-misused", lang, option=error.option_name)
        case click.MissingParameter():
            return say("cli.missing", lang, parameter=called(error.param))
        case click.BadParameter():
            return say("cli.not-understood", lang, parameter=called(error.param))
        case _:
            return error.format_message()


def _apologise(error: Exception, settings: Settings, lang: Lang) -> int:
    """Tell of a fault of ours: where it happened, never the values, which might be secret."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "?"  # noqa: PTH119
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    _tell(say("cli.bug", lang, version=__version__, kind=type(error).__name__, place=place, system=system))
    if settings.debug:
        traceback.print_exception(error)
    return BUG


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")
