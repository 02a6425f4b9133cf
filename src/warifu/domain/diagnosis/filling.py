"""A procedure for one environment: every parameter checked, every command written out.

Values go into commands that people paste, so each kind has its form, and what a shell would read as its own is refused.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from warifu.domain.diagnosis.procedure import Parameter, Procedure, Said, Step
from warifu.domain.findings import Lang
from warifu.domain.x509 import KeyId
from warifu.errors import RefusedError, UsageError

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,45}"
_FORMS = {
    "host": re.compile(_HOST),
    "hosts": re.compile(rf"(?:{_HOST})(?:\s*,\s*(?:{_HOST}))*"),
    "login": re.compile(r"[A-Za-z0-9._-]{1,64}@[A-Za-z0-9.-]{1,255}"),
    "path": re.compile(r"(?:[A-Za-z]:)?[^\x00-\x1f\"'`$;&|<>*?]{1,500}"),
    "name": re.compile(r"[\w.@:/\\$ ()-]{1,200}"),
    "names": re.compile(r"[A-Za-z0-9*_.:-]{1,253}(?:\s*,\s*[A-Za-z0-9*_.:-]{1,253})*"),
    "version": re.compile(r"[A-Za-z]?\d[\w. -]{0,40}"),
    "days": re.compile(r"[1-9]\d{0,4}"),
}
_WINDOWS_PATH = re.compile(r"[A-Za-z]:\\")


@dataclass(frozen=True, slots=True)
class FilledStep:
    """One step with its commands as they are typed."""

    number: int
    step: Step
    command: str
    powershell: str
    values: Mapping[str, str]

    def say(self, said: Said, lang: Lang) -> str:
        """Return one of its sentences with the values in it."""
        return said.text(lang).format_map(self.values)


@dataclass(frozen=True, slots=True)
class Filled:
    """A procedure for one environment.

    Args:
        values: what was given and what follows from it.
        stale: the source may have changed since these steps were written.
    """

    procedure: Procedure
    values: Mapping[str, str]
    steps: tuple[FilledStep, ...]
    stale: bool


def fill(procedure: Procedure, given: Mapping[str, str], *, today: date) -> Filled:
    """Return a procedure with the values of an environment.

    Raises:
        UsageError: `diagnosis.procedure-value`, with every field that is missing, unknown or does not fit.
        RefusedError: `diagnosis.procedure-not-applicable`: it is not for this release.
    """
    known = {one.name for one in procedure.parameters}
    faults = [
        UsageError("diagnosis.field-unknown", field=name, known=sorted(known))
        for name in sorted(set(given) - known)
    ]
    values: dict[str, str] = {}
    for parameter in procedure.parameters:
        try:
            values[parameter.name] = _value(parameter, given.get(parameter.name, parameter.default))
        except UsageError as error:
            faults.append(error)
    if faults:
        whole = UsageError("diagnosis.procedure-value", id=procedure.id)
        whole.parts = tuple(faults)
        raise whole
    version = values.get("version", "")
    if version and not procedure.applies_to(version):
        raise RefusedError(
            "diagnosis.procedure-not-applicable",
            id=procedure.id,
            product=procedure.product,
            version=version,
            scope=procedure.scope,
        )
    for name, value in tuple(values.items()):
        values.update(procedure.values.get(f"{name}={value}", {}))
    return Filled(procedure, values, tuple(_steps(procedure, values)), procedure.is_stale(today))


def _value(parameter: Parameter, text: str | None) -> str:
    name = parameter.name
    if text is None or not text.strip():
        raise UsageError("diagnosis.field-missing", field=name)
    plain = text.strip()
    if parameter.kind == "choice":
        if plain not in parameter.choices:
            raise UsageError("diagnosis.field-choice", field=name, value=plain, choices=parameter.choices)
        return plain
    if parameter.kind == "key-id":
        return _key_id(name, plain)
    if not _FORMS[parameter.kind].fullmatch(plain):
        raise UsageError("diagnosis.field-unfit", field=name, value=plain, kind=parameter.kind)
    return plain


def _key_id(name: str, text: str) -> str:
    try:
        found = KeyId.parse(text)
    except UsageError:
        raise UsageError("diagnosis.field-unfit", field=name, value=text, kind="key-id") from None
    if len(found.hex) == 64:
        raise UsageError("diagnosis.field-fingerprint", field=name, value=text)
    return found.hex


def _steps(procedure: Procedure, values: Mapping[str, str]) -> list[FilledStep]:
    chosen = [step for step in procedure.steps if _is_for(step, values)]
    typed = {name: _typed(name, value, procedure) for name, value in values.items()}
    return [
        FilledStep(
            number,
            step,
            step.command.format_map(typed),
            step.powershell.format_map(_powershell(values)),
            values,
        )
        for number, step in enumerate(chosen, start=1)
    ]


def _is_for(step: Step, values: Mapping[str, str]) -> bool:
    name, _, wanted = step.only.partition("=")
    return not step.only or values.get(name) in wanted.split("|")


def _typed(name: str, value: str, procedure: Procedure) -> str:
    """Return a value as a shell takes it; what the document itself derived is a program's path and stays."""
    if all(name != one.name for one in procedure.parameters):
        return value
    if _WINDOWS_PATH.match(value):
        return f'"{value}"' if " " in value else value
    return shlex.quote(value)


def _powershell(values: Mapping[str, str]) -> dict[str, str]:
    """Return values as PowerShell's literal strings take them."""
    return {name: "'" + value.replace("'", "''") + "'" for name, value in values.items()}
