"""Text -> frozen settings: where the command line keeps its state, and the language it speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from warifu.domain.findings import Lang


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says.

    Args:
        lang: language of every sentence.
    """

    lang: Lang = Lang.EN


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings: `WARIFU_LANG`, else the locale's language (`LC_ALL`, `LC_MESSAGES`, `LANG`)."""
    for name in ("WARIFU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return Settings(Lang.JA if value.startswith("ja") else Lang.EN)
    return Settings()
