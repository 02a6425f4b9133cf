"""Where the library would warn of odd certificates, findings tell of them."""

from __future__ import annotations

import warnings

_NO_WARNING = ("ignore", None, Warning, None, 0)


class Quietly:
    """Odd certificates become findings, not warnings of the library; inside another one nothing is left to do."""

    def __init__(self) -> None:
        self._caught: warnings.catch_warnings[None] | None = None

    def __enter__(self) -> None:
        if not warnings.filters or warnings.filters[0] != _NO_WARNING:
            self._caught = warnings.catch_warnings()
            self._caught.__enter__()
            warnings.simplefilter("ignore")

    def __exit__(self, *_: object) -> None:
        if self._caught is not None:
            self._caught.__exit__(None, None, None)
