"""What a node is told to look into."""

from __future__ import annotations

import pytest

from warifu.domain.directory.look_settings import Look, LookAt
from warifu.domain.directory.output_settings import parse_outputs
from warifu.domain.estate.faults import EstateError
from warifu.domain.estate.table_reader import Source


def _looks(text: str) -> tuple[Look, ...]:
    return parse_outputs(Source("agent.toml", text, "/etc/warifu")).looks


def test_files_to_look_into() -> None:
    """Paths are seen from the settings' folder; certificates are what is usual."""
    text = """
[[look]]
path = "app.p12"
password-file = "app.password"

[[look]]
path = "/var/log/clients.log"
kind = "callers"
"""
    assert (
        Look("/etc/warifu/app.p12", LookAt.CERTIFICATES, "/etc/warifu/app.password"),
        Look("/var/log/clients.log", LookAt.CALLERS),
    ) == _looks(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[[look]]\n", "estate.missing-key"),
        ("[[look]]\npath = ''\n", "outputs.not-absolute"),
        ("[[look]]\npath = '/a'\nkind = 'secrets'\n", "estate.not-choice"),
        ("[[look]]\npath = '/a'\nwhat = 1\n", "estate.unknown-key"),
    ],
)
def test_faults(text: str, code: str) -> None:
    """Each mistake has its own code."""
    with pytest.raises(EstateError) as told:
        _looks(text)
    assert [code] == [one.code for one in told.value.faults]
