"""A procedure for one environment: every parameter checked, every command written out.

Values go into commands that people paste, so each kind has its form, and what a shell would read as its own is refused.
"""

from __future__ import annotations

import ipaddress
import re
import shlex
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from warifu.domain.diagnosis.procedure import (
    ONLY,
    TYPED,
    Parameter,
    Procedure,
    Said,
    Step,
    is_among,
    numbers_of,
)
from warifu.domain.findings import Lang, Text
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
    "aliases": re.compile(r"[\w.@:/\\$ ()-]{1,200}(?:,[\w.@:/\\$ ()-]{1,200}){0,50}"),
    "version": re.compile(r"[A-Za-z]?\s?\d[\w. -]{0,40}"),
    "days": re.compile(r"[1-9]\d{0,4}"),
    "port": re.compile(r"[1-9]\d{0,4}"),
}
_PREFIX = re.compile(r"\A(?:DNS(?: ?Name)?|IP(?: ?Address)?) ?[:=] ?", re.IGNORECASE)
_WINDOWS_PATH = re.compile(r"[A-Za-z]:\\")
_PLAIN_ON_WINDOWS = re.compile(r"[\w.@:\\/-]+")


@dataclass(frozen=True, slots=True)
class FilledStep:
    """One step with its commands as they are typed.

    Args:
        values: as they were given.
        typed: as a shell takes them.
    """

    number: int
    step: Step
    command: str
    powershell: str
    values: Mapping[str, str]
    typed: Mapping[str, str]

    def say(self, said: Said, lang: Lang) -> str:
        """Return one of its sentences with the values in it: what stands in backquotes is typed, as a command is."""
        parts = said.text(lang).split("`")
        return "`".join(
            part.format_map(self.typed if at % 2 else self.values) for at, part in enumerate(parts)
        )


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
            default = parameter.default and parameter.default.format_map(defaultdict(str, values))
            values[parameter.name] = _value(parameter, given.get(parameter.name, default))
        except UsageError as error:
            faults.append(error)
    faults += _fingerprints(procedure, values)
    _refuse_other_releases(procedure, values)  # first: nobody need fill in what is for another release
    if faults:
        whole = UsageError("diagnosis.procedure-value", id=procedure.id)
        whole.parts = tuple(faults)
        raise whole
    for name, value in tuple(values.items()):
        values.update(procedure.values.get(f"{name}={value}", {}))
    for one in procedure.parameters:
        if one.kind == "names":
            values[one.name + TYPED] = _with_kinds(values[one.name])
    return Filled(procedure, values, tuple(_steps(procedure, values)), procedure.is_stale(today))


def _fingerprints(procedure: Procedure, values: Mapping[str, str]) -> Iterator[UsageError]:
    """Yield each key id that is an alias: stores make theirs of the SHA-1 fingerprint."""
    aliases = {
        alias.strip().casefold()
        for one in procedure.parameters
        if one.kind == "aliases"
        for alias in values.get(one.name, "").split(",")
    }
    for one in procedure.parameters:
        if one.kind == "key-id" and values.get(one.name, "").casefold() in aliases - {""}:
            yield UsageError("diagnosis.field-alias", field=one.name, value=values[one.name])


def _refuse_other_releases(procedure: Procedure, values: Mapping[str, str]) -> None:
    """Refuse a release that was given, whether or not everything else was."""
    named = (one.name for one in procedure.parameters if one.kind == "version")
    versions = [values[name] for name in named if name in values]
    scopes = [
        (f"{', '.join(releases)} ({case})", releases)
        for case, releases in procedure.releases_of.items()
        if case in {f"{name}={value}" for name, value in values.items()}
    ]
    for version in versions:
        because = procedure.since_because
        if because and procedure.is_too_old(version):
            raise RefusedError(
                "diagnosis.procedure-too-old",
                id=procedure.id,
                product=procedure.product,
                version=version,
                because=Text.quoted(because.en, because.ja),
                scope=procedure.scope,
            )
        if procedure.is_unknown_build(version):
            raise RefusedError(
                "diagnosis.procedure-build-unknown",
                id=procedure.id,
                product=procedure.product,
                version=version,
                scope=procedure.scope,
            )
        unmet = [scope for scope, releases in scopes if not is_among(version, releases)]
        if not procedure.applies_to(version) or unmet:
            raise RefusedError(
                "diagnosis.procedure-not-applicable",
                id=procedure.id,
                product=procedure.product,
                version=version,
                scope=unmet[0] if unmet else procedure.scope,
            )


def _value(parameter: Parameter, text: str | None) -> str:
    name = parameter.name
    if text is None or not text.strip():
        raise UsageError("diagnosis.field-missing", field=name)
    plain = _each_once(text) if parameter.kind == "names" else text.strip()
    if parameter.kind == "choice":
        if plain not in parameter.choices:
            raise UsageError("diagnosis.field-choice", field=name, value=plain, choices=parameter.choices)
        return plain
    if parameter.kind == "key-id":
        return _key_id(name, plain)
    if not _FORMS[parameter.kind].fullmatch(plain):
        raise UsageError("diagnosis.field-unfit", field=name, value=plain, kind=parameter.kind)
    return plain


def _each_once(names: str) -> str:
    """Return a list of names as a page takes them: without the prefix that says their type, each once whatever its case."""
    found: dict[str, str] = {}
    for name in names.split(","):
        bare = _PREFIX.sub("", name.strip())
        found.setdefault(bare.casefold(), bare)
    return ",".join(found.values())


def _with_kinds(names: str) -> str:
    """Return a list of names as openssl takes them: an address is none of the DNS names (RFC 5280 §4.2.1.6)."""
    return ",".join(f"{_kind(name)}:{name}" for name in names.split(","))


def _kind(name: str) -> str:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "DNS"
    return "IP"


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
    names = {one.name for one in procedure.parameters}
    typed = {
        name: _typed(value, values) if name in names else value  # what the document derived is typed already
        for name, value in values.items()
    }
    return [
        FilledStep(
            number,
            step,
            _command(step, values, typed),
            step.powershell.format_map(_powershell(values)),
            values,
            typed,
        )
        for number, step in enumerate(chosen, start=1)
    ]


def _command(step: Step, values: Mapping[str, str], typed: Mapping[str, str]) -> str:
    """Return the command, for every item of the list that it is written for."""
    if not step.each:
        return step.command.format_map(typed)
    items = [_typed(item.strip(), values) for item in values[step.each].split(",")]
    return "\n".join(step.command.format_map({**typed, step.each: item}) for item in items)


def _is_for(step: Step, values: Mapping[str, str]) -> bool:
    """Tell whether every case of a step is the one at hand."""
    cases = filter(None, map(ONLY.fullmatch, step.only.split()))
    return all(_is_case(values[name], sign, wanted) for name, sign, wanted in (one.groups() for one in cases))


def _is_case(value: str, sign: str, wanted: str) -> bool:
    if sign == "=":
        return value in wanted.split("|")
    is_later = numbers_of(value) >= numbers_of(wanted)
    return is_later if sign == ">=" else not is_later


def _typed(value: str, values: Mapping[str, str]) -> str:
    """Return a value as the shell at hand takes it: `cmd` of Windows, where the document says so, or a POSIX shell."""
    if values.get("shell") == "bat" or _WINDOWS_PATH.match(value):
        return value if _PLAIN_ON_WINDOWS.fullmatch(value) else f'"{value}"'
    return shlex.quote(value)


def _powershell(values: Mapping[str, str]) -> dict[str, str]:
    """Return values as PowerShell's literal strings take them."""
    return {name: "'" + value.replace("'", "''") + "'" for name, value in values.items()}
