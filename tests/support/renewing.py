"""`warifu renewal` typed in the folder at hand: what it is given, and what it answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.pki import BOTH, Entity, make_ca
from warifu.apps.cli import main
from warifu.domain.x509 import Request, read

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = make_ca("Root", now=NOW)
MID = ROOT.intermediate("Mid", now=NOW)


def put(name: str, entity: Entity) -> str:
    Path(name).write_bytes(entity.pem)
    return name


def leaf(*names: str, **options: object) -> Entity:
    return MID.leaf(*names, **{"now": NOW, "purposes": BOTH, **options})


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, object]:
    """The JSON document of a command, which ended as expected."""
    capsys.readouterr()
    assert code == main.run([*arguments, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def made(name: str) -> Request:
    (found,) = read(Path(name).read_bytes()).requests
    return found
