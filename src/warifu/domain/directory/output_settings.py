"""The settings file of a node's outputs -> `OutputSettings`, every fault of it at once.

[[output]]
name = "clients"
kind = "hashed-directory"
path = "/etc/app/trusted"
domains = ["shop"]
service = "web"

[services.web]
target = "nginx"

[[look]]
path = "/srv/app/identity.p12"
password-file = "/etc/warifu/app.password"
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from warifu.domain.directory.look_settings import read_look
from warifu.domain.directory.outputs import LOCKED, Output, OutputKind, OutputSettings
from warifu.domain.estate import Service
from warifu.domain.estate.faults import EstateError, Faults
from warifu.domain.estate.parse_services import service_on
from warifu.domain.estate.table_reader import Section, Source, shown
from warifu.domain.findings.toml_places import find_places, read_toml
from warifu.errors import UsageError

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_OWNER = re.compile(
    r"[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?|:[A-Za-z0-9_][A-Za-z0-9_.-]*"
)
_MODE = re.compile(r"0?[0-7]{3}")
_PATHS = {
    OutputKind.HASHED: 'path = "/etc/app/trusted"',
    OutputKind.BUNDLE: 'path = "/etc/app/ca.pem"',
    OutputKind.PKCS12: 'path = "/etc/app/truststore.p12"',
    OutputKind.JKS: 'path = "/etc/app/truststore.jks"',
}
_ONLY = {
    "crl-file": frozenset({OutputKind.BUNDLE}),
    "comments": frozenset({OutputKind.BUNDLE}),
    "old-hash": frozenset({OutputKind.HASHED}),
    "password-file": LOCKED,
    "default-password": LOCKED,
    "update": frozenset({OutputKind.SYSTEM}),
}
"""Keys that mean something to some kinds alone."""


def parse_outputs(source: Source) -> OutputSettings:
    """Read a settings file; paths in it are seen from its folder.

    Raises:
        EstateError: `estate.invalid`, with every fault of the file.
    """
    faults = Faults()
    try:
        values = read_toml(source.text, source.file)
    except UsageError as error:
        raise EstateError([error]) from error
    root = Section(values, source, find_places(source.text), (), faults)
    services = {service.name: service for service in _services(root)}
    outputs = tuple(_output(section, services) for section in root.list_of_tables("output"))
    _find_clashes(outputs, faults)
    looks = tuple(read_look(section) for section in root.list_of_tables("look"))
    root.close()
    if faults.found:
        raise EstateError(faults.found)
    return OutputSettings(outputs, services, looks)


def _services(root: Section) -> Iterator[Service]:
    for section in root.tables("services"):
        yield service_on(section, "", resolve=True)
        section.close()


def _output(section: Section, services: Collection[str]) -> Output:
    name = section.needed("name", 'name = "clients"')
    kind = OutputKind(section.choice("kind", tuple(OutputKind), "") or OutputKind.BUNDLE)
    output = Output(
        name,
        kind,
        section.file("path", resolve=True),
        section.file("crl-file", resolve=True),
        _names(section, "domains"),
        section.flag("local"),
        _owner(section),
        _mode(section),
        section.file("password-file", resolve=True),
        section.flag("default-password"),
        section.flag("old-hash"),
        section.flag("comments") if section.has("comments") else True,
        section.choice("present", ("refuse", "carry"), "refuse") == "carry",
        section.flag("may-be-empty"),
        section.texts("update"),
        section.text("service"),
        section.choice("judges", ("servers", "clients"), "servers") == "clients",
        section.place,
    )
    if name and not _NAME.fullmatch(name):
        section.faults.add(
            UsageError(
                "outputs.bad-name", where=section.where("name"), key=section.key("name"), found=shown(name)
            )
        )
    _check(section, output, services)
    section.close()
    return output


def _check(section: Section, output: Output, services: Collection[str]) -> None:
    if output.kind in _PATHS and not output.path and not section.has("path"):
        section.missing("path", _PATHS[output.kind])
    for key, kinds in _ONLY.items():
        if section.has(key) and section.has("kind") and output.kind not in kinds:
            where, full = section.where(key), section.key(key)
            known = tuple(sorted(kinds))
            section.faults.add(UsageError("outputs.key-of-others", where=where, key=full, kinds=known))
    if output.kind in LOCKED and bool(output.password_file) is output.default_password:
        section.faults.add(
            UsageError("outputs.one-password", where=section.where(), key=section.key("password-file"))
        )
    if output.service and output.service not in services:
        section.unknown_reference("service", output.service, "services", services)
    for key, path in (("path", output.path), ("crl-file", output.crl_file)):
        if path and not path.startswith("/"):
            where = section.where(key)
            section.faults.add(
                UsageError("outputs.not-absolute", where=where, key=section.key(key), found=path)
            )


def _names(section: Section, key: str) -> tuple[str, ...]:
    found = section.texts(key)
    for position, name in enumerate(found):
        if not _NAME.fullmatch(name):
            where = section.where(key, position)
            section.faults.add(
                UsageError("outputs.bad-name", where=where, key=section.key(key), found=shown(name))
            )
    return found


def _owner(section: Section) -> str:
    owner = section.text("owner")
    if owner and not _OWNER.fullmatch(owner):
        where = section.where("owner")
        section.faults.add(
            UsageError("outputs.not-owner", where=where, key=section.key("owner"), found=shown(owner))
        )
    return owner


def _mode(section: Section) -> int:
    """Return the mode; the owner always reads, and nobody else writes what others trust."""
    text = section.text("mode", "0644")
    mode = int(text, 8) if _MODE.fullmatch(text) else -1
    if mode < 0 or mode & 0o133 or not mode & 0o400:
        where = section.where("mode")
        section.faults.add(
            UsageError("outputs.not-mode", where=where, key=section.key("mode"), found=shown(text))
        )
        return 0o644
    return mode


def _find_clashes(outputs: Collection[Output], faults: Faults) -> None:
    """Note names and paths that two outputs have, and an output that lies in another's folder."""
    for position, output in enumerate(outputs):
        line = f"{output.place.file}:{output.place.line}"
        for other in tuple(outputs)[:position]:
            if output.name and output.name == other.name:
                faults.add(UsageError("outputs.name-twice", where=line, name=output.name))
            for path in output.paths:
                if output.kind is not OutputKind.SYSTEM and any(_meet(path, one) for one in other.paths):
                    faults.add(UsageError("outputs.path-twice", where=line, path=path, other=other.name))
        if output.crl_file and output.crl_file == output.path:
            faults.add(UsageError("outputs.path-twice", where=line, path=output.path, other=output.name))


def _meet(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")
