"""`warifu domain`: trust domains. Each verb below is a module of its own, named in one table."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

from warifu.apps.cli.verb import VerbGroup
from warifu.domain.findings import Lang, say

BELOW: Mapping[str, str] = {"keys": "warifu.apps.cli.domain_keys"}
"""By name, the module whose `build(lang)` makes the verb; in the order in which help lists them."""


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""
    return VerbGroup(
        "domain", lang, say("bundle.help-domain", lang), [_build(module, lang) for module in BELOW.values()]
    )


def _build(module: str, lang: Lang) -> click.Command:
    built = import_module(module).build(lang)
    assert isinstance(built, click.Command)  # noqa: S101  # a promise of our own modules
    return built
