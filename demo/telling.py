"""How the demo talks: lines as they come, on standard output, or on standard error when JSON goes there."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from warifu.domain.findings import Lang


@dataclass(frozen=True, slots=True)
class Teller:
    """Writes lines at once, so that nobody thinks it hangs.

    Args:
        quiet: standard output is kept for figures.
    """

    lang: Lang
    quiet: bool = False

    def line(self, text: str) -> None:
        """Write one line."""
        stream = sys.stderr if self.quiet else sys.stdout
        stream.write(text + "\n")
        stream.flush()

    def heading(self, text: str) -> None:
        """Write a line that begins something."""
        self.line(f"\n{self._bold(text)}")

    def strong(self, text: str) -> None:
        """Write a line that must be seen."""
        self.line(self._bold(text))

    def _bold(self, text: str) -> str:
        stream = sys.stderr if self.quiet else sys.stdout
        return f"\x1b[1m{text}\x1b[0m" if stream.isatty() else text
