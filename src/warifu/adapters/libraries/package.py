"""The data folder of the installed package, `warifu/data/KIND/NAME.toml`."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from warifu.errors import CouldNotLookError
from warifu.ports.library import Library

_SUFFIX = ".toml"


class PackageLibrary(Library):
    """Reads what was installed with the program; a zipped package will do."""

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the names of a kind, sorted."""
        folder = _folder(kind)
        if not folder.is_dir():
            return ()
        listed = [one.name for one in folder.iterdir() if one.is_file()]
        return tuple(sorted(name.removesuffix(_SUFFIX) for name in listed if name.endswith(_SUFFIX)))

    def text(self, kind: str, name: str) -> str:
        """Return one document.

        Raises:
            CouldNotLookError: `io.data-missing`.
        """
        try:
            return (_folder(kind) / f"{name}{_SUFFIX}").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CouldNotLookError("io.data-missing", kind=kind, name=name) from error


def _folder(kind: str) -> Traversable:
    return files("warifu") / "data" / kind
