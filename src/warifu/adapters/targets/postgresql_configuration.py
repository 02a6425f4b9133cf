"""Reads the configuration of running PostgreSQL servers.

Source: PostgreSQL 15 documentation, chapters 20.1 (setting parameters), 20.3.3 (SSL),
20.6.3 (primary_conninfo), 21.1 (pg_hba.conf), 34.1 and 34.17 (libpq parameters and service file).
"""

from __future__ import annotations

import configparser
import posixpath
import re
import shlex
from collections.abc import Iterator

from warifu.adapters.targets.configuration import Source, label_for
from warifu.domain.estate import ClientCertificate, IdentitySlot, Service, TrustSlot, TrustStore
from warifu.domain.trust.address import Address
from warifu.ports.discoverers import Asks, Discoverer, Found, Link
from warifu.ports.hosts import (
    HostReader,
    ProcessSeen,
)

_LINE = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_.]*)\s*(?:=|\s)\s*('(?:[^']|'')*'|[^#\s]*)")
_VERIFYING = {"verify-ca", "verify-full"}
_ON = {"on", "true", "yes", "1", "t", "y", "tr", "tru", "ye"}


class PostgresqlDiscoverer(Discoverer):
    """Finds postmasters and reads postgresql.conf, what it includes, pg_hba.conf and primary_conninfo."""

    def discover(self, host: HostReader, node: str, processes: tuple[ProcessSeen, ...]) -> tuple[Found, ...]:
        """Return every running PostgreSQL that speaks TLS or connects by it; see the port."""
        ours = {p.pid: p for p in processes if p.name in {"postgres", "postmaster"}}
        found: list[Found] = []
        for process in ours.values():
            if process.parent in ours:
                continue
            name = label_for(f"{node}-postgresql", [other.service.name for other in found])
            pids = tuple(pid for pid, other in ours.items() if process.pid in (pid, other.parent))
            instance = _instance(host, node, name, process, pids)
            if instance is not None:
                found.append(instance)
        return tuple(found)


def _instance(
    host: HostReader, node: str, name: str, process: ProcessSeen, pids: tuple[int, ...]
) -> Found | None:
    source = Source(host)
    data, given = _command_line(process.arguments)
    path = given.get("config_file", posixpath.join(data, "postgresql.conf") if data else "")
    if not path:
        source.miss(name, "neither -D nor config_file on its command line")
        return None
    settings = {**_read(source, path, 0), **_automatic(source, data or posixpath.dirname(path)), **given}
    data = settings.get("data_directory") or data or posixpath.dirname(path)
    reader = _Reader(source, name, node, data, settings)
    service = Service(
        name=name,
        node=node,
        target="postgresql",
        consumer="openssl",
        addresses=reader.addresses(),
        dialect="postgresql",
        options={"configuration": path, "data": data},
    )
    trusts = reader.trusts()
    return Found(
        service=service,
        processes=pids,
        identities=reader.identities(),
        serves=frozenset({f"{name}/server"}),
        trusts=trusts,
        stores=tuple(TrustStore(slot.store) for slot in trusts),
        links=reader.links(),
        client_certificate=reader.asks(),
        unseen=tuple(source.unseen),
    )


def _command_line(arguments: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """Return the data folder and every `-c name=value` / `--name=value` of a postmaster."""
    data, given = "", {}
    words = list(arguments[1:])
    while words:
        word = words.pop(0)
        if word.startswith("-D"):
            data = word[2:] or (words.pop(0) if words else "")
        elif word == "-p" and words:
            given["port"] = words.pop(0)
        elif word in {"-c", "-h", "-k"} and words:
            value = words.pop(0)
            if word == "-h":
                given["listen_addresses"] = value
            elif word == "-c" and "=" in value:
                key, _, text = value.partition("=")
                given[key.strip().replace("-", "_")] = text
        elif word.startswith("--") and "=" in word:
            key, _, text = word[2:].partition("=")
            given[key.replace("-", "_")] = text
    return data, given


def _read(source: Source, path: str, depth: int) -> dict[str, str]:
    text = source.text(path)
    settings: dict[str, str] = {}
    if depth > 10:
        source.miss(path, "includes go too deep")
        return settings
    for line in (text or "").splitlines():
        found = _LINE.match(line)
        if found is None or line.lstrip().startswith("#"):
            continue
        name, value = found.group(1).lower(), _unquoted(found.group(2))
        where = posixpath.join(posixpath.dirname(path), value)
        if name == "include" or (name == "include_if_exists" and source.has(where)):
            settings.update(_read(source, where, depth + 1))
        elif name == "include_dir":
            for inside in source.matching(posixpath.join(where, "*.conf")):
                settings.update(_read(source, inside, depth + 1))
        elif name != "include_if_exists":
            settings[name] = value
    return settings


def _automatic(source: Source, data: str) -> dict[str, str]:
    path = posixpath.join(data, "postgresql.auto.conf")
    return _read(source, path, 0) if source.has(path) else {}


def _unquoted(value: str) -> str:
    return value[1:-1].replace("''", "'") if value.startswith("'") else value


class _Reader:
    """Turns settings into slots and links."""

    def __init__(self, source: Source, service: str, node: str, data: str, settings: dict[str, str]) -> None:
        self._source = source
        self._service = service
        self._node = node
        self._data = data
        self._settings = settings
        self._ssl = settings.get("ssl", "off").lower() in _ON

    def addresses(self) -> tuple[Address, ...]:
        """Return where it listens with TLS."""
        if not self._ssl:
            return ()
        port = self._settings.get("port", "5432")
        hosts = [
            h.strip() for h in self._settings.get("listen_addresses", "localhost").split(",") if h.strip()
        ]
        named = ["0.0.0.0" if host == "*" else host for host in hosts]  # noqa: S104  # what the configuration says
        return tuple(Address(host, int(port)) for host in named) if port.isdigit() else ()

    def identities(self) -> tuple[IdentitySlot, ...]:
        """Return the server's identity, and the one a standby presents."""
        found = []
        if self._ssl:
            certificate = self._path("ssl_cert_file", "server.crt")
            key = self._path("ssl_key_file", "server.key")
            found.append(IdentitySlot(f"{self._service}/server", self._service, "", certificate, key))
        primary = self._primary()
        if primary.get("sslcert") and primary.get("sslkey"):
            found.append(
                IdentitySlot(
                    f"{self._service}/standby", self._service, "", primary["sslcert"], primary["sslkey"]
                )
            )
        return tuple(found)

    def trusts(self) -> tuple[TrustSlot, ...]:
        """Return the client CA file, and what verifies the primary."""
        found = []
        if self._ssl and self._settings.get("ssl_crl_dir"):
            self._source.miss(self._path("ssl_crl_dir", ""), "folder")
        if self._ssl and self._settings.get("ssl_ca_file"):
            crl = self._settings.get("ssl_crl_file", "")
            found.append(self._trust("clients", self._path("ssl_ca_file", ""), self._join(crl)))
        primary = self._primary()
        if primary.get("sslmode") in _VERIFYING and primary.get("sslrootcert"):
            found.append(self._trust("primary", primary["sslrootcert"], primary.get("sslcrl", "")))
        return tuple(found)

    def asks(self) -> tuple[Asks, ...]:
        """Return whether pg_hba.conf demands a client certificate: for all TLS lines, or for some."""
        if not self._ssl or not self._settings.get("ssl_ca_file"):
            return ()
        lines = list(self._rules())
        demands = [line for line in lines if "clientcert=verify" in line or re.search(r"\bcert\b", line)]
        wants = (
            ClientCertificate.REQUIRED
            if demands and len(demands) == len(lines)
            else ClientCertificate.OPTIONAL
        )
        return (Asks(wants, f"{self._service}/clients"),)

    def links(self) -> tuple[Link, ...]:
        """Return the connections it makes: to its primary, and those of the machine's service file."""
        return tuple(self._links(self._primary(), "primary", "standby", "primary_conninfo"))

    def _links(self, words: dict[str, str], trust: str, identity: str, where: str) -> Iterator[Link]:
        """Yield a link for each host of a connection string; ports go with hosts, or one holds for all (34.1.1.3)."""
        mode = words.get("sslmode", "prefer")
        if not words.get("host") or mode in {"disable", "allow"}:
            return
        unknown = mode in _VERIFYING and not words.get("sslrootcert")
        if unknown:
            self._source.miss(f"{self._service}: {where}", "~/.postgresql/root.crt: the anchors of its user")
        hosts, ports = words["host"].split(","), words.get("port", "5432").split(",")
        for position, host in enumerate(hosts):
            if host.startswith(("/", "@")):
                continue  # a socket of files: no TLS there
            port = ports[position] if len(ports) == len(hosts) else ports[0]
            yield Link(
                client=self._service,
                to=Address(host, int(port) if port.isdigit() else 5432),
                trust=f"{self._service}/{trust}" if mode in _VERIFYING and not unknown else "",
                identity=f"{self._service}/{identity}"
                if words.get("sslcert") and words.get("sslkey")
                else "",
                server_name=host if mode == "verify-full" else "",
                no_sni=words.get("sslsni") == "0",
                where=where,
                unknown=unknown,
            )

    def _primary(self) -> dict[str, str]:
        words = connection_words(self._settings.get("primary_conninfo", ""))
        if words.get("service"):
            words = {**self._service_file(words["service"]), **words}
        return words

    def _service_file(self, name: str) -> dict[str, str]:
        for path in ("/etc/postgresql-common/pg_service.conf", posixpath.join(self._data, "pg_service.conf")):
            if not self._source.has(path):
                continue
            parser = configparser.ConfigParser(interpolation=None, strict=False)
            try:
                parser.read_string(self._source.text(path) or "")
            except configparser.Error as error:
                self._source.miss(path, str(error).splitlines()[0])
                continue
            if parser.has_section(name):
                return dict(parser.items(name))
        return {}

    def _rules(self) -> Iterator[str]:
        path = self._join(self._settings.get("hba_file", "") or "pg_hba.conf")
        text = self._source.text(path)
        for line in (text or "").splitlines():
            plain = line.partition("#")[0].strip()
            if plain.startswith("hostssl") or (plain.startswith("host") and plain.split()[0] == "host"):
                yield plain

    def _trust(self, label: str, path: str, crl: str) -> TrustSlot:
        return TrustSlot(f"{self._service}/{label}", self._service, f"{self._service}-{label}", path, crl)

    def _path(self, name: str, default: str) -> str:
        return self._join(self._settings.get(name, default))

    def _join(self, path: str) -> str:
        return self._source.joined(self._data, path) if path else ""


def connection_words(text: str) -> dict[str, str]:
    """Return the words of a libpq connection string, `name=value` or a URI."""
    uri = re.match(r"postgres(?:ql)?://(?:[^@/]*@)?([^:/?]*)(?::(\d+))?[^?]*(?:\?(.*))?$", text)
    if uri:
        words = {"host": uri.group(1), "port": uri.group(2) or "5432"}
        pairs = (pair.partition("=") for pair in (uri.group(3) or "").split("&") if pair)
        return {**words, **{name: value for name, _, value in pairs}}
    try:
        return dict(word.split("=", 1) for word in shlex.split(text.replace(" = ", "=")) if "=" in word)
    except ValueError:
        return {}
