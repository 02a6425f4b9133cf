"""Reads the configuration of running HAProxy instances.

Source: HAProxy configuration manual 2.6, sections 2 (format), 3.1 (crt-base, ca-base),
5.1 (bind options, crt, crt-list), 5.2 (server and default-server options).
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

from warifu.adapters.targets.configuration import Collected, Source, label_for
from warifu.domain.estate import Address, ClientCertificate, IdentitySlot, TrustSlot
from warifu.ports.discoverers import Discoverer, Found, Link
from warifu.ports.hosts import HostReader, ProcessSeen

_SECTIONS = frozenset(
    [
        "global",
        "defaults",
        "frontend",
        "backend",
        "listen",
        "userlist",
        "peers",
        "mailers",
        "program",
        "http-errors",
        "ring",
        "resolvers",
        "cache",
    ]
)
_WITHOUT_VALUE = frozenset(
    [
        "ssl",
        "check",
        "backup",
        "check-ssl",
        "no-check-ssl",
        "allow-0rtt",
        "strict-sni",
        "accept-proxy",
        "transparent",
        "defer-accept",
        "v4v6",
        "v6only",
        "force-tlsv12",
        "force-tlsv13",
        "no-tlsv10",
        "no-tlsv11",
        "no-tlsv12",
        "no-tlsv13",
        "no-sslv3",
        "no-tls-tickets",
        "send-proxy",
        "send-proxy-v2",
        "no-backup",
        "no-check",
        "no-ssl",
        "no-verifyhost",
        "generate-certificates",
        "prefer-client-ciphers",
        "tfo",
        "send-proxy-v2-ssl",
        "send-proxy-v2-ssl-cn",
        "disabled",
        "enabled",
        "stick",
        "non-stick",
        "ssl-reuse",
        "no-ssl-reuse",
    ]
)
PROGRAM = "/usr/sbin/haproxy"  # Debian's, which an estate file need not name
_SIDE_FILES = (".ocsp", ".issuer", ".sctl", ".key", ".dh")


class HaproxyDiscoverer(Discoverer):
    """Finds HAProxy masters (or lone workers) and reads the files they were started with."""

    def discover(self, host: HostReader, node: str, processes: tuple[ProcessSeen, ...]) -> tuple[Found, ...]:
        """Return every running HAProxy; see the port."""
        ours = {
            p.pid: p for p in processes if p.arguments and posixpath.basename(p.arguments[0]) == "haproxy"
        }
        found: list[Found] = []
        for process in ours.values():
            if process.parent in ours:
                continue  # a worker: its master speaks for it
            name = label_for(f"{node}-haproxy", [other.service.name for other in found])
            pids = tuple(pid for pid, other in ours.items() if process.pid in (pid, other.parent))
            found.append(_instance(host, node, name, process, pids))
        return tuple(found)


def _instance(host: HostReader, node: str, name: str, process: ProcessSeen, pids: tuple[int, ...]) -> Found:
    source = Source(host)
    arguments = process.arguments
    paths = tuple(_configured(source, arguments, source.folder_of(process.pid)))
    reader = _Reader(source, name)
    for path in paths:
        reader.read(path)
    reader.finish()
    options = {"configuration": " ".join(paths)}
    pid_file = _after(arguments, "-p") or reader.globals.get("pidfile", "")
    if pid_file:
        options["pid"] = pid_file
    program = process.file or arguments[0]
    if program.startswith("/") and program != PROGRAM:
        options["program"] = program
    if reader.globals.get("socket"):
        options["socket"] = reader.globals["socket"]
    return reader.found("haproxy", node, pids, options)


def _configured(source: Source, arguments: tuple[str, ...], started_in: str) -> Iterator[str]:
    """Yield the configuration files of `-f` options and `--`; a folder means its *.cfg, sorted."""
    started_in = _after(arguments, "-C") or started_in
    paths = [arguments[at + 1] for at, word in enumerate(arguments[:-1]) if word == "-f"]
    if "--" in arguments:
        paths += arguments[arguments.index("--") + 1 :]
    for path in (posixpath.join(started_in, path) for path in paths):
        inside = source.matching(posixpath.join(path, "*.cfg"))
        if inside:
            yield from inside
        else:
            yield path


def _after(arguments: tuple[str, ...], flag: str) -> str:
    return next((arguments[at + 1] for at, word in enumerate(arguments[:-1]) if word == flag), "")


@dataclass(slots=True)
class _Reader(Collected):
    """Collects what bind and server lines say."""

    globals: dict[str, str] = field(default_factory=dict)
    pending: list[tuple[list[str], dict[str, list[str]], str]] = field(default_factory=list)

    def read(self, path: str) -> None:
        """Take in one file; bind and server lines wait until every `global` is known."""
        text = self.source.text(path)
        section = ""
        usual: dict[str, list[str]] = {}
        inherited: dict[str, list[str]] = {}
        for number, line in enumerate((text or "").splitlines(), 1):
            words = self._words(line, f"{path}:{number}")
            if not words:
                continue
            if words[0] in _SECTIONS:
                section = words[0]
                usual = {} if section == "defaults" else dict(inherited)
            elif section == "global":
                self._global(words)
            elif words[0] == "default-server":
                usual = {**usual, **_options(words[1:])}
                if section == "defaults":
                    inherited = dict(usual)
            elif words[0] in {"bind", "server"}:
                self.pending.append((words, dict(usual), f"{path}:{number}"))

    def finish(self) -> None:
        """Turn the waiting lines into slots and links."""
        for words, usual, where in self.pending:
            if words[0] == "bind":
                self._bind(words, where)
            else:
                self._server(words, usual, where)

    def _words(self, line: str, where: str) -> list[str]:
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            self.source.miss(where, "a quote is never closed")
            return []
        if any("$" in word for word in words) and words[0] in {"bind", "server"}:
            self.source.miss(where, "an environment variable decides")
            return []
        return words

    def _global(self, words: list[str]) -> None:
        if words[0] in {"crt-base", "ca-base", "pidfile"} and len(words) > 1:
            self.globals[words[0]] = words[1]
        elif words[:2] == ["stats", "socket"] and len(words) > 2 and "admin" in words:
            self.globals["socket"] = words[2]

    def _bind(self, words: list[str], where: str) -> None:
        options = _options(words[2:])
        if "ssl" not in options or len(words) < 2:
            return
        bound = [address for place in words[1].split(",") for address in _places(place)]
        self.addresses += bound
        for path in options.get("crt", []):
            self._certificates(self._under("crt-base", path), (), where)
        for path in options.get("crt-list", []):
            self._list(path)
        file = (options.get("ca-file") or options.get("ca-verify-file") or [""])[0]
        mode = (options.get("verify") or ["required" if file else "none"])[0]
        if file and mode != "none":
            slot = self._trust(file, (options.get("crl-file") or [""])[0], "clients")
            wants = ClientCertificate.REQUIRED if mode == "required" else ClientCertificate.OPTIONAL
            self.asks += [(address, wants, slot) for address in bound]

    def _certificates(self, path: str, names: tuple[str, ...], where: str) -> None:
        if path.startswith("@"):
            self.source.miss(where, f"{path}: not a plain file")
            return
        inside = [p for p in self.source.matching(posixpath.join(path, "*")) if not p.endswith(_SIDE_FILES)]
        for file in inside or [path]:
            self.serves.add(self._identity(file, names))

    def _identity(self, path: str, names: tuple[str, ...]) -> str:
        known = self.identities.get(path)
        label = (
            known.name.partition("/")[2]
            if known
            else self._label(posixpath.basename(path).rpartition(".")[0])
        )
        sni = tuple(dict.fromkeys((*(known.sni if known else ()), *names)))
        key = path
        if known is None and self.source.has(f"{path}.key"):
            key = f"{path}.key"
        slot = IdentitySlot(
            f"{self.service}/{label}", self.service, "", path, known.key if known else key, sni=sni
        )
        self.identities[path] = slot
        return slot.name

    def _list(self, path: str) -> None:
        text = self.source.text(path)
        for number, line in enumerate((text or "").splitlines(), 1):
            plain = line.partition("#")[0].strip()
            if not plain:
                continue
            file, _, rest = plain.partition(" ")
            filters = re.sub(r"\[[^\]]*\]", " ", rest).split()
            names = tuple(name for name in filters if not name.startswith("!") and "*" not in name)
            self._certificates(self._under("crt-base", file), names, f"{path}:{number}")

    def _server(self, words: list[str], usual: dict[str, list[str]], where: str) -> None:
        options = {**usual, **_options(words[3:])}
        if len(words) < 3 or "ssl" not in options or "no-ssl" in options:
            return
        found = _places(words[2])
        if not found:
            self.source.miss(where, f"{words[2]}: not an address")
            return
        trust = ""
        file = (options.get("ca-file") or [""])[0]
        if file and (options.get("verify") or ["required"])[0] != "none":
            if file.startswith("@"):
                self.source.miss(where, f"{file}: not a plain file")
            else:
                trust = self._trust(file, (options.get("crl-file") or [""])[0], "servers")
        identity = ""
        if options.get("crt"):
            identity = self._identity(self._under("crt-base", options["crt"][0]), ())
        sni = (options.get("sni") or [""])[0]
        fixed = re.fullmatch(r"str\((.*)\)", sni)
        name = (options.get("verifyhost") or [fixed.group(1) if fixed else ""])[0]
        self.links += [Link(self.service, address, trust, identity, name, where) for address in found]

    def _trust(self, file: str, crl: str, hint: str) -> str:
        path = self._under("ca-base", file)
        crls = self._under("ca-base", crl) if crl else ""
        known = self.trusts.get((path, crls))
        if known is not None:
            return known.name
        label = self._label(hint)
        slot = TrustSlot(f"{self.service}/{label}", self.service, f"{self.service}-{label}", path, crls)
        self.trusts[(path, crls)] = slot
        return slot.name

    def _under(self, base: str, path: str) -> str:
        return path if path.startswith(("/", "@")) else posixpath.join(self.globals.get(base, ""), path)

    def _label(self, hint: str) -> str:
        names = [slot.name for slot in self.identities.values()] + [
            slot.name for slot in self.trusts.values()
        ]
        return label_for(hint, [name.partition("/")[2] for name in names])


def _options(words: list[str]) -> dict[str, list[str]]:
    """Return a line's options: those that take a value with every value given, flags with none."""
    found: dict[str, list[str]] = {}
    at = 0
    while at < len(words):
        word = words[at]
        values = found.setdefault(word, [])
        if word not in _WITHOUT_VALUE and at + 1 < len(words):
            values.append(words[at + 1])
            at += 1
        at += 1
    return found


def _places(text: str) -> list[Address]:
    """Return the addresses of `host:port` or `host:low-high`; sockets and names without port give none."""
    plain = re.sub(r"^(ipv4|ipv6|tcp4|tcp6|quic4|quic6)@", "", text)
    host, colon, port = plain.rpartition(":")
    if not colon or "@" in plain or plain.startswith("/"):
        return []
    low, _, high = port.partition("-")
    if not low.isdigit() or (high and not high.isdigit()):
        return []
    name = host.strip("[]") or "0.0.0.0"  # noqa: S104  # what the configuration says
    name = "0.0.0.0" if name == "*" else name  # noqa: S104  # same
    return [Address(name, number) for number in range(int(low), min(int(high or low), int(low) + 100) + 1)]
