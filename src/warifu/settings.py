"""Text -> frozen settings: the language the command line speaks, and how much it tells about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from warifu.domain.findings import Lang


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says.

    Args:
        lang: language of every sentence.
        debug: an unexpected error shows its traceback.
    """

    lang: Lang = Lang.EN
    debug: bool = False


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings.

    The language is `WARIFU_LANG`, else the locale's (`LC_ALL`, `LC_MESSAGES`, `LANG`: the first one set).
    `WARIFU_DEBUG=1` asks for tracebacks.
    """
    debug = environment.get("WARIFU_DEBUG", "") not in {"", "0"}
    for name in ("WARIFU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return Settings(Lang.JA if value.startswith("ja") else Lang.EN, debug)
    return Settings(Lang.EN, debug)
