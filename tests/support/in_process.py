"""The command line within this process: what it says, and its document in JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from warifu.apps.cli import main


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit code and what people read."""
    capsys.readouterr()
    code = main.run(list(arguments))
    return code, capsys.readouterr().out


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code and what programs read."""
    code, out = told(capsys, *arguments, "--json")
    found = json.loads(out)
    assert isinstance(found, dict)
    return code, found
