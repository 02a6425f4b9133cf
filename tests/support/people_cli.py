"""People of a test at the command line: an office whose administrator has a password, and what they type."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.signed_in import PASSWORD, Office, office, real_now
from warifu.apps.cli import main
from warifu.domain.directory.roles import Role


@contextlib.contextmanager
def staffed(folder: Path) -> Iterator[Office]:
    """A server whose administrator can sign in, with the files of two passwords."""
    with office(folder) as made:
        for name, data in (("password", PASSWORD), ("new", "a wholly new password")):
            path = made.folder / name
            path.touch(mode=0o600)
            path.write_text(data + "\n")
        made.desks.people.open_link(made.fresh.token, PASSWORD, now=real_now())
        yield made


def sign_in(place: Office, name: str = "admin", *roles: Role) -> None:
    if name != "admin":
        place.token(name, *roles)
    arguments = [
        "--person",
        name,
        "--password-file",
        str(place.folder / "password"),
        "--root",
        place.fresh.root,
    ]
    assert 0 == main.run(["login", place.url, *arguments])


def failed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit code, and the code of the error."""
    capsys.readouterr()
    code = main.run([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().err)["error"]["code"]
