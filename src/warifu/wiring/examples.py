"""Joins the examples of findings with the data that comes with the program."""

from __future__ import annotations

from warifu.domain.findings import Code
from warifu.workflows.examples import Example


def examples() -> dict[Code, Example]:
    """Return every example.

    Raises:
        CouldNotLookError: `io.data-missing`.
    """
    from warifu.adapters.libraries.package import PackageLibrary
    from warifu.workflows.examples import load_examples

    return load_examples(PackageLibrary())
