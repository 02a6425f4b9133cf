"""`warifu diagnose` as tests run it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support.command import Ran, run_warifu
from support.pki import NOW


def diagnose(folder: Path, *arguments: str) -> Ran:
    """Run it at the tests' instant."""
    ran = run_warifu("diagnose", *arguments, "--at", NOW.isoformat(), folder=folder, seconds=120)
    assert "Traceback" not in ran.err
    return ran


def told(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and document."""
    ran = diagnose(folder, *arguments, "--json")
    return ran.code, json.loads(ran.out)


def holding(document: dict[str, Any]) -> list[str]:
    """The causes that hold."""
    return [
        cause["cause"]
        for answer in document["answers"]
        for cause in answer["causes"]
        if cause["standing"] == "holds"
    ]
