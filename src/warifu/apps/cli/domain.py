"""`warifu domain`: trust domains. Each verb below is a module of its own, named in one table."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

from warifu.apps.cli.verb import VerbGroup
from warifu.domain.findings import Lang, say

_TRUST, _FILES = "warifu.apps.cli.domain_trust", "warifu.apps.cli.domain_files"
BELOW: Mapping[str, str] = {
    "list": f"{_TRUST}:build_list",
    "create": f"{_TRUST}:build_create",
    "show": f"{_TRUST}:build_show",
    "find": f"{_TRUST}:build_find",
    "publish": "warifu.apps.cli.domain_publish",
    "confirm-removal": f"{_TRUST}:build_confirm_removal",
    "history": f"{_TRUST}:build_history",
    "compare": f"{_TRUST}:build_compare",
    "trusted-by": "warifu.apps.cli.domain_registers:build_trusted_by",
    "alarms": "warifu.apps.cli.domain_registers:build_alarms",
    "exceptions": "warifu.apps.cli.domain_registers:build_exceptions",
    "follow": f"{_TRUST}:build_follow",
    "export": f"{_FILES}:build_export",
    "root": f"{_FILES}:build_root",
    "keys": "warifu.apps.cli.domain_keys",
}
"""By name, the module whose `build(lang)` makes the verb, or that and its function; in the order in which help lists
them."""


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""
    return VerbGroup(
        "domain", lang, say("bundle.help-domain", lang), [_build(module, lang) for module in BELOW.values()]
    )


def _build(place: str, lang: Lang) -> click.Command:
    module, _, function = place.partition(":")
    built = getattr(import_module(module), function or "build")(lang)
    assert isinstance(built, click.Command)  # noqa: S101  # a promise of our own modules
    return built
