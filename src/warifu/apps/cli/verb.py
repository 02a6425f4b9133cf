"""Commands that speak our two languages: click's grammar with words from the tables.

    @verb("check", lang, say("cli.help-check", lang))
    @click.argument("subjects", nargs=-1, required=True)
    def check(out: Output, subjects: tuple[str, ...]) -> int: ...

Every command takes `--json`, `--lang` and `--help`, gets an `Output` as its first argument
and returns its exit code. The first line of a help text is its summary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

import click
from click.core import ParameterSource

from warifu.apps.cli.fold import fold
from warifu.apps.cli.options import OneOf, called
from warifu.apps.cli.render import Output
from warifu.domain.findings import Lang, say
from warifu.domain.findings.text import columns
from warifu.errors import UsageError

_GIVEN = ParameterSource.COMMANDLINE


class _Formatter(click.HelpFormatter):
    """Folds lines by terminal columns, in which a Japanese character takes two."""

    def write_text(self, text: str) -> None:
        room = max(self.width - self.current_indent, 20)
        for paragraph in text.splitlines():
            for line in fold(paragraph, room):
                self.write(f"{'':>{self.current_indent}}{line}\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        rows = list(rows)
        first = min(max((columns(name) for name, _ in rows), default=0), col_max) + col_spacing
        room = max(self.width - self.current_indent - first, 20)
        for name, text in rows:
            lines = fold(text, room)
            head = f"{'':>{self.current_indent}}{name}"
            if columns(name) > first - col_spacing:
                self.write(f"{head}\n")
                head = ""
            for line in lines or [""]:
                filled = head + " " * (self.current_indent + first - columns(head))
                self.write(f"{filled}{line}".rstrip() + "\n")
                head = ""


class _Context(click.Context):
    formatter_class = _Formatter


class _Speaking(click.Command):
    """Help with headings of ours."""

    context_class: ClassVar[type[click.Context]] = _Context  # type: ignore[misc]  # click declares no ClassVar
    lang: Lang = Lang.EN

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = say("cli.option-help", self.lang)
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join([ctx.command_path, *self.collect_usage_pieces(ctx)])
        formatter.write_text(say("cli.usage-line", self.lang, usage=pieces))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.help:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(self.help)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                rows.append((record[0], self._explain(parameter)))
        formatter.write_paragraph()
        formatter.write(say("cli.heading-options", self.lang) + "\n")
        with formatter.indentation():
            formatter.write_dl(rows)

    def _explain(self, option: click.Option) -> str:
        text = option.help or ""
        return f"{text} {say('cli.required', self.lang)}" if option.required else text


class Verb(_Speaking):
    """One command: parses, makes the `Output`, calls."""

    def __init__(self, name: str, lang: Lang, text: str, callback: Callable[..., int]) -> None:
        parameters: list[click.Parameter] = list(reversed(getattr(callback, "__click_params__", [])))
        parameters += [
            click.Option(["--json", "as_json"], is_flag=True, help=say("cli.option-json", lang)),
            click.Option(["--lang"], type=OneOf("en", "ja"), help=say("cli.option-lang", lang)),
        ]
        super().__init__(
            name,
            params=parameters,
            callback=callback,
            help=text,
            options_metavar="[OPTIONS]",
            context_settings={"help_option_names": ["-h", "--help"], "allow_extra_args": True},
        )
        self.lang = lang

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; whatever is left over is too much."""
        rest = super().parse_args(ctx, args)
        if not ctx.resilient_parsing:
            _check_no_value_is_empty(ctx)
        if rest and not ctx.resilient_parsing:
            raise UsageError("cli.extra-arguments", arguments=" ".join(rest))
        return rest

    def invoke(self, ctx: click.Context) -> int:
        """Call the function with its `Output`."""
        values = dict(ctx.params)
        values.pop("lang", None)
        as_json = bool(values.pop("as_json", False))
        out = Output(self.lang, as_json=as_json, estate=str(values.get("estate") or ""))
        assert self.callback is not None  # noqa: S101 - given by __init__
        return int(ctx.invoke(self.callback, out, **values))


def _check_no_value_is_empty(ctx: click.Context) -> None:
    """Refuse what an empty shell variable leaves of an option: nobody writes one to ask for nothing.

    Raises:
        UsageError: `cli.empty-value`.
    """
    for option in ctx.command.params:
        if (
            isinstance(option, click.Option)
            and option.name
            and ctx.get_parameter_source(option.name) is _GIVEN
        ):
            value = ctx.params[option.name]
            if value == "" or (isinstance(value, tuple) and "" in value):
                raise UsageError("cli.empty-value", option=called(option))


class VerbGroup(_Speaking, click.Group):
    """A verb with verbs below it, such as `estate scan`."""

    def __init__(self, name: str, lang: Lang, text: str, verbs: Sequence[click.Command] = ()) -> None:
        click.Group.__init__(
            self,
            name,
            {command.name or "": command for command in verbs},
            params=[click.Option(["--lang"], type=OneOf("en", "ja"), help=say("cli.option-lang", lang))],
            callback=_nothing,
            help=text,
            options_metavar="[OPTIONS]",
            subcommand_metavar="VERB ...",
            no_args_is_help=True,
            context_settings={"help_option_names": ["-h", "--help"]},
        )
        self.lang = lang

    def summary(self, ctx: click.Context, name: str) -> str:
        """Return the one line that says what a verb below does."""
        command = self.get_command(ctx, name)
        return (command.help or "").partition("\n")[0] if command else ""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb.

        Raises:
            UsageError: `cli.no-such-verb`.
        """
        if args and self.get_command(ctx, args[0]) is None and not ctx.resilient_parsing:
            raise UsageError("cli.no-such-verb", verb=args[0], known=self.list_commands(ctx))
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the verbs below."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each verb with its summary."""
        rows = [(name, self.summary(ctx, name)) for name in self.list_commands(ctx)]
        if rows:
            formatter.write_paragraph()
            formatter.write(say("cli.heading-verbs", self.lang) + "\n")
            with formatter.indentation():
                formatter.write_dl(rows)


class UsualVerbGroup(VerbGroup):
    """A verb that means one of the verbs below it when none is named: `warifu watch` is `warifu watch once`."""

    def __init__(
        self, name: str, lang: Lang, text: str, verbs: Sequence[click.Command], *, usual: str
    ) -> None:
        super().__init__(name, lang, text, verbs)
        self._usual = usual

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the usual verb before options that are its own."""
        rest = list(args)
        while rest[:1] == ["--lang"] or "".join(rest[:1]).startswith("--lang="):
            del rest[: 2 if rest[0] == "--lang" else 1]
        first = "".join(rest[:1])
        if first not in {*self.commands, "--help", "-h"} and (not first or first.startswith("-")):
            args = [self._usual, *args]
        return super().parse_args(ctx, args)


def _nothing(**_: object) -> None:
    """A group itself does nothing; `--lang` was read before anything was built."""


def verb(name: str, lang: Lang, text: str) -> Callable[[Callable[..., int]], Verb]:
    """Turn a function `(out, ...) -> exit code` into a command; `click.option` decorators stand below this one."""
    return lambda callback: Verb(name, lang, text, callback)
