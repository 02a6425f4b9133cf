"""Reads the configuration of running HAProxy instances.

Source: HAProxy configuration manual 2.6, sections 2 (format), 3.1 (crt-base, ca-base),
5.1 (bind options, crt, crt-list), 5.2 (server and default-server options).
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from warifu.adapters.targets.configuration import Source, label_for
from warifu.adapters.targets.doors import Door, split
from warifu.domain.estate import ClientCertificate, IdentitySlot, Loading, Service, TrustSlot, TrustStore
from warifu.domain.trust.address import Address
from warifu.ports.discoverers import Asks, Discoverer, Found, Link
from warifu.ports.hosts import (
    HostReader,
    ProcessSeen,
)

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
_READ = {"bind", "server", "server-template", "default-server", "crt-base", "ca-base"}
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
        "agent-check",
        "check-send-proxy",
        "check-via-socks4",
        "quic-force-retry",
        "no-ssl-reuse",
    ]
)
PROGRAM = "/usr/sbin/haproxy"  # Debian's, which an estate file need not name
_BUNDLE = (".ecdsa", ".rsa", ".dsa")  # section 5.1, crt: read where the file itself is absent
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
            found += _instance(host, node, name, process, pids)
        return tuple(found)


def _instance(
    host: HostReader, node: str, name: str, process: ProcessSeen, pids: tuple[int, ...]
) -> tuple[Found, ...]:
    source = Source(host)
    arguments = process.arguments
    started_in = _after(arguments, "-C") or source.folder_of(process.pid)
    paths = tuple(_configured(source, arguments, started_in))
    reader = _Reader(source, name, started_in)
    for path in paths:
        reader.read(path)
    reader.finish()
    options = {"configuration": shlex.join(paths)}
    pid_file = _after(arguments, "-p") or reader.globals.get("pidfile", "")
    if pid_file:
        options["pid"] = pid_file
    program = process.file or arguments[0]
    if program.startswith("/") and program != PROGRAM:
        options["program"] = program
    if reader.globals.get("socket"):
        options["socket"] = reader.globals["socket"]
    service = Service(
        name=name,
        node=node,
        target="haproxy",
        consumer="openssl",
        loading=Loading.RELOAD if reader.is_master or _is_master(arguments, pids) else Loading.RESTART,
        options=options,
    )
    whole = Found(
        service=service,
        processes=pids,
        identities=tuple(reader.identities.values()),
        named_by_leaf=frozenset(reader.named_by_leaf),
        trusts=tuple(reader.trusts.values()),
        stores=tuple(TrustStore(slot.store) for slot in reader.trusts.values()),
        links=tuple(dict.fromkeys(reader.links)),
        unseen=tuple(source.unseen),
    )
    return split(whole, reader.doors)


def _is_master(arguments: tuple[str, ...], pids: tuple[int, ...]) -> bool:
    """Tell whether it can be reloaded: only a master can (management guide, sections 3 and 4)."""
    return len(pids) > 1 or bool({"-W", "-Ws"} & set(arguments))


def _configured(source: Source, arguments: tuple[str, ...], started_in: str) -> Iterator[str]:
    """Yield the configuration files of `-f` options and `--`; a folder means its *.cfg, sorted."""
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
class _Reader:
    """Collects what bind and server lines say."""

    source: Source
    service: str
    started_in: str = ""
    is_master: bool = False
    globals: dict[str, str] = field(default_factory=dict)
    doors: dict[Address, Door] = field(default_factory=dict)
    identities: dict[str, IdentitySlot] = field(default_factory=dict)
    named_by_leaf: set[str] = field(default_factory=set)
    trusts: dict[tuple[str, str], TrustSlot] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    defaults: dict[str, dict[str, list[str]]] = field(default_factory=dict)
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
                if section == "defaults":
                    inherited = {}
                    self.defaults[_name(words)] = inherited
                usual = dict(self.defaults.get(_after(tuple(words), "from"), inherited))
            elif section == "global":
                self._global(words)
            elif words[0] == "default-server":
                usual |= _options(words[1:])
                if section == "defaults":
                    inherited |= usual
            elif words[0] == "server-template":
                self.pending.append((["server", *words[1:2], *words[3:]], dict(usual), f"{path}:{number}"))
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
        if any("$" in word for word in words) and words[0] in _READ:
            self.source.miss(where, "an environment variable decides")
            return []
        return words

    def _global(self, words: list[str]) -> None:
        self.is_master = self.is_master or words[0] == "master-worker"
        if words[0] in {"crt-base", "ca-base", "pidfile", "ssl-server-verify"} and len(words) > 1:
            self.globals[words[0]] = words[1]
        elif words[:2] == ["stats", "socket"] and len(words) > 2 and "admin" in words:
            self.globals["socket"] = words[2]

    def _bind(self, words: list[str], where: str) -> None:
        options = _options(words[2:])
        if "ssl" not in options or len(words) < 2:
            return
        bound = []
        for place in words[1].split(","):
            addresses = _places(place)
            if not addresses:
                self.source.miss(where, f"{place}: not an address")
            bound += addresses
        asks = self._asks(options, where)
        for path in options.get("crt", []):
            for slot in self._certificates(self._under("crt-base", path), (), where):
                self.named_by_leaf.add(slot)
                self._show(bound, slot, (), asks)
        for path in options.get("crt-list", []):
            self._list(path, bound, options)

    def _show(self, bound: list[Address], slot: str, names: tuple[str, ...], asks: Asks) -> None:
        for address in bound:
            self.doors.setdefault(address, Door()).show((slot,), names, replace(asks, names=names))

    def _asks(self, options: dict[str, list[str]], where: str) -> Asks:
        given = [path for name in ("ca-file", "ca-verify-file") for path in options.get(name, [])[:1]]
        file = given[0] if given else ""
        mode = (options.get("verify") or ["none"])[0]
        if not file or mode == "none":
            return Asks(ClientCertificate.NONE)
        for further in given[1:]:
            self.source.miss(where, f"{further}: clients are judged by a second file")
        slot = self._trust(file, (options.get("crl-file") or [""])[0], "clients", where)
        return Asks(ClientCertificate.REQUIRED if mode == "required" else ClientCertificate.OPTIONAL, slot)

    def _certificates(self, path: str, names: tuple[str, ...], where: str) -> list[str]:
        """Return the slots of a file, of a folder's files, or of a bundle's (`site.pem.rsa`, `site.pem.ecdsa`)."""
        if path.startswith("@"):
            self.source.miss(where, f"{path}: not a plain file")
            return []
        inside = [p for p in self.source.matching(posixpath.join(path, "*")) if not p.endswith(_SIDE_FILES)]
        if not inside and not self.source.has(path):
            inside = [bundle for kind in _BUNDLE if self.source.has(bundle := path + kind)]
        return [self._identity(file, names) for file in inside or [path]]

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

    def _list(self, path: str, bound: list[Address], usual: dict[str, list[str]]) -> None:
        """Take in a crt-list: a file, options for it alone in brackets, names that select it (section 5.1)."""
        path = posixpath.join(self.started_in, path)
        text = self.source.text(path)
        for number, line in enumerate((text or "").splitlines(), 1):
            plain = line.strip()
            if not plain or plain.startswith("#"):
                continue
            file, _, rest = plain.partition(" ")
            own = re.search(r"\[([^\]]*)\]", rest)
            filters = re.sub(r"\[[^\]]*\]", " ", rest).partition("#")[0].split()
            names = tuple(name for name in filters if not name.startswith("!") and name != "*")
            where = f"{path}:{number}"
            asks = self._asks({**usual, **_options(own.group(1).split() if own else [])}, where)
            for slot in self._certificates(self._under("crt-base", file), names, where):
                if not names and "!*" not in filters:
                    self.named_by_leaf.add(slot)
                self._show(bound, slot, names, asks)

    def _server(self, words: list[str], usual: dict[str, list[str]], where: str) -> None:
        options = {**usual, **_options(words[3:])}
        if len(words) < 3 or "ssl" not in options or "no-ssl" in options:
            return
        found = _places(words[2])
        if not found:
            self.source.miss(where, f"{words[2]}: not an address")
            return
        trust, unknown = "", False
        file = (options.get("ca-file") or [""])[0]
        if (
            file
            and (options.get("verify") or [self.globals.get("ssl-server-verify", "required")])[0] != "none"
        ):
            trust = self._trust(file, (options.get("crl-file") or [""])[0], "servers", where)
            unknown = not trust
        identity = ""
        if options.get("crt"):
            identity = self._identity(self._under("crt-base", options["crt"][0]), ())
        sni = (options.get("sni") or [""])[0]
        fixed = re.fullmatch(r"str\((.*)\)", sni)
        sent = fixed.group(1) if fixed else ""
        name = (options.get("verifyhost") or [sent])[0]
        self.links += [
            Link(
                self.service,
                to,
                trust,
                identity,
                bare=not identity,
                server_name=name,
                sni=sent if sent != name else "",
                no_sni=not sni,
                where=where,
                unknown=unknown,
            )
            for to in found
        ]

    def _trust(self, file: str, crl: str, hint: str, where: str) -> str:
        """Return the slot of a file of anchors; empty, and a finding, where it is no such file."""
        path = self._under("ca-base", file)
        if path.startswith("@") or self.source.is_folder(path):
            self.source.miss(where, f"{file}: not a plain file")
            return ""
        crls = self._under("ca-base", crl) if crl else ""
        known = self.trusts.get((path, crls))
        if known is not None:
            return known.name
        label = self._label(hint)
        slot = TrustSlot(f"{self.service}/{label}", self.service, f"{self.service}-{label}", path, crls)
        self.trusts[(path, crls)] = slot
        return slot.name

    def _under(self, base: str, path: str) -> str:
        """Return a path as HAProxy does: below the base folder, which may start where it was started."""
        if path.startswith(("/", "@")):
            return path
        return self.source.joined(posixpath.join(self.started_in, self.globals.get(base, "")), path)

    def _label(self, hint: str) -> str:
        names = [slot.name for slot in self.identities.values()] + [
            slot.name for slot in self.trusts.values()
        ]
        return label_for(hint, [name.partition("/")[2] for name in names])


def _name(words: list[str]) -> str:
    return words[1] if len(words) > 1 and words[1] != "from" else ""


def _options(words: list[str]) -> dict[str, list[str]]:
    """Return a line's options: those that take a value with every value given, flags with none."""
    found: dict[str, list[str]] = {}
    at = 0
    while at < len(words):
        word = words[at]
        values = found.setdefault(word, [])
        is_flag = word in _WITHOUT_VALUE or word.startswith(("no-", "force-"))
        if not is_flag and at + 1 < len(words):
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
