"""What `plan`, `apply` and `rollout` do when `--server` is given: asked of a server, told as here.

@or_there(lang, "plan", change="replace-ca")
def replace_ca(out: Output, old: str, new: str, ...) -> int: ...
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

import click

from warifu.domain.findings import Lang, say
from warifu.errors import UsageError

_WORK = "warifu.apps.cli.there_work"
_OF_DOMAINS = "warifu.apps.cli.plan_directory"


def or_there(lang: Lang, act: str, **fixed: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Add `--server URL`: with it a function of `there_work` answers in place of the verb's own."""

    def wrap(own: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(own)
        def chosen(out: Any, /, *, server: str, **given: Any) -> int:
            if not server:
                return own(out, **given)
            there: Callable[..., int] = getattr(import_module(_WORK), act)
            return there(out, server, given, **fixed)

        option = click.option("--server", default="", metavar="URL", help=say("rollouts.option-server", lang))
        return option(chosen)

    return wrap


def or_of_domain(lang: Lang) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Add `--domain DOMAIN` and what goes with it: the anchors are then those of a trust domain, not of an estate.

    Raises:
        UsageError: `retire.of-a-domain-alone`.
    """
    options = [
        click.option("--domain", metavar="DOMAIN", default="", help=say("retire.option-of-domain", lang)),
        click.option(
            "--restart", metavar="NODE/SERVICE", multiple=True, help=say("retire.option-restart", lang)
        ),
        click.option("--dry-run", is_flag=True, help=say("retire.option-dry-run", lang)),
    ]

    def wrap(own: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(own)
        def chosen(out: Any, /, *, domain: str, restart: tuple[str, ...], dry_run: bool, **given: Any) -> int:
            if domain:
                there: Callable[..., int] = import_module(_OF_DOMAINS).retire
                return there(out, domain, given, restarts=restart, dry_run=dry_run)
            if restart or dry_run:
                raise UsageError("retire.of-a-domain-alone", option="--restart" if restart else "--dry-run")
            return own(out, **given)

        function: Any = chosen
        for option in reversed(options):
            function = option(function)
        return cast("Callable[..., int]", function)

    return wrap
