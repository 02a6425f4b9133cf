"""The data folder of the package, as it was installed."""

from __future__ import annotations

import pytest

from warifu.adapters.libraries.package import PackageLibrary
from warifu.errors import CouldNotLookError


def test_shipped_documents_are_listed_and_read() -> None:
    """Every name that is listed can be read, in a fixed order."""
    library = PackageLibrary()
    names = library.names("profiles")
    assert "cisco-expressway" in names
    assert sorted(names) == list(names)
    assert all("format = 1" in library.text("profiles", name) for name in names)


def test_a_kind_that_is_not_shipped_has_no_names() -> None:
    """Nothing is made up."""
    assert () == PackageLibrary().names("nothing")


@pytest.mark.parametrize(("kind", "name"), [("profiles", "nobody"), ("nothing", "x")])
def test_what_is_missing_is_an_error_of_ours(kind: str, name: str) -> None:
    """It says which document."""
    with pytest.raises(CouldNotLookError, match=r"io\.data-missing"):
        PackageLibrary().text(kind, name)
