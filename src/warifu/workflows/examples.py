"""The example of each finding, as `./run docs` wrote it from a case that really produces the finding."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from warifu.domain.findings import Code, Lang
from warifu.ports.library import Library

KIND, NAME = "examples", "findings"


@dataclass(frozen=True, slots=True)
class Example:
    """A finding that was met once, told in both languages."""

    title: dict[Lang, str]
    remedy: dict[Lang, str]


def load_examples(library: Library) -> dict[Code, Example]:
    """Return every example that comes with the program.

    Raises:
        CouldNotLookError: `io.data-missing`.
    """
    document = tomllib.loads(library.text(KIND, NAME))
    return {
        Code(code): Example(
            {lang: told["title"][lang] for lang in Lang}, {lang: told["remedy"][lang] for lang in Lang}
        )
        for code, told in document.items()
    }
