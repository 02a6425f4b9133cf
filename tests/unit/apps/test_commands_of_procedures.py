"""Commands of ours that shipped procedures tell people to type: the real command line takes each of them."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator
from datetime import date

import click
import pytest

from warifu.adapters.files.local import LocalFiles
from warifu.adapters.libraries.package import PackageLibrary
from warifu.apps.cli.main import Root
from warifu.domain.diagnosis import Filled, Procedure, fill
from warifu.domain.findings import Lang
from warifu.errors import RefusedError, UsageError
from warifu.wiring import diagnosis as wiring
from warifu.workflows.profiles import choose_profile, load_profiles

SHIPPED = {one.id: one for one in wiring.procedures()}
SAMPLES = {
    "key-id": ("EDCF46A5D0D0A0B8F5B0D0D5A7C3AB9C5F1E2D3C",),
    "host": ("one.example",),
    "hosts": ("one.example, two.example",),
    "login": ("administrator@vsphere.local",),
    "path": (r"C:\a b\r.pem", "a b.pem"),
    "name": ("A name",),
    "names": ("one.example, 192.0.2.7",),
    "aliases": ("37d1f5f385df9180a33d3b426478c27554c6bc97,a copy",),
    "version": ("6.7", "7.0", "3.10", "14.3 RU1", "X14.2", "X15.5"),
    "days": ("90",),
    "port": ("2638",),
}
OURS = re.compile(r"`(warifu [^`]+)`")


def environments(procedure: Procedure) -> Iterator[Filled]:
    """Fill a procedure with every choice and every release that it takes."""
    known = [one.choices or SAMPLES[one.kind] for one in procedure.parameters]
    for values in itertools.product(*known):
        given = dict(zip((one.name for one in procedure.parameters), values, strict=True))
        try:
            yield fill(procedure, given, today=date(2026, 11, 30))
        except RefusedError:  # not for this release
            continue


def commands(filled: Filled) -> Iterator[str]:
    """Yield every command of ours on the page, in both languages."""
    for one in filled.steps:
        yield from (line for line in one.command.splitlines() if line.startswith("warifu "))
        step = one.step
        for said in (step.text, step.gate, step.undo):
            for lang in Lang:
                yield from OURS.findall(one.say(said, lang))
    for said in filled.procedure.before:
        for lang in Lang:
            yield from OURS.findall(said.text(lang))


def parsed(line: str) -> click.Context:
    """What the real command line makes of it; nothing is called."""
    name, *words = shlex.split(line)
    command: click.Command = Root("warifu", Lang.EN, "")
    while isinstance(command, click.Group):
        name, *words = words
        found = command.get_command(click.Context(command), name)
        assert found is not None, line
        command = found
    if not words:  # named, not to be typed
        return click.Context(command)
    return command.make_context(name, words)


@pytest.mark.parametrize("id_", sorted(SHIPPED))
def test_every_command_of_ours_can_be_typed(id_: str) -> None:
    """Verb, options and profile exist, whatever the parameters are; every step is written for some of them."""
    library, files = PackageLibrary(), LocalFiles()
    families = {one.name for one in load_profiles(library)}
    lines: set[str] = set()
    steps: set[str] = set()
    for filled in environments(SHIPPED[id_]):
        lines |= set(commands(filled))
        steps |= {one.step.id for one in filled.steps}
    assert {step.id for step in SHIPPED[id_].steps} == steps
    for line in sorted(lines):
        profile = parsed(line).params.get("profile")
        if profile:
            assert re.split("[@:+]", profile)[0] in families, line
            choose_profile(profile, library, files)


def test_a_command_that_does_not_exist_is_seen() -> None:
    """An option of another verb, and a profile of nobody."""
    with pytest.raises(click.UsageError):
        parsed("warifu check --request R CERTIFICATE")
    with pytest.raises(UsageError):
        choose_profile(
            parsed("warifu check --profile nobody:E X").params["profile"], PackageLibrary(), LocalFiles()
        )
