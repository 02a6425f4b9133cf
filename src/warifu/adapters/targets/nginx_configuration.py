"""Reads the configuration of running nginx instances.

Source: nginx documentation, "Configuration file", ngx_http_ssl_module, ngx_http_proxy_module,
ngx_http_grpc_module, ngx_stream_ssl_module, ngx_stream_proxy_module.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from warifu.adapters.targets.configuration import Source, label_for
from warifu.adapters.targets.doors import Door, split
from warifu.domain.estate import ClientCertificate, IdentitySlot, Service, TrustSlot, TrustStore
from warifu.domain.trust.address import Address
from warifu.errors import CouldNotLookError
from warifu.ports.discoverers import Asks, Discoverer, Found, Link
from warifu.ports.hosts import (
    HostReader,
    ProcessSeen,
)

PROGRAM = "/usr/sbin/nginx"  # Debian's, which an estate file need not name
_TITLE = "nginx: master process "
_TOKEN = re.compile(
    r'\s+|#[^\n]*|[{};]|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|(?:\\.|\$\{[^}]*\}|[^\s{};"\'\\])+', re.DOTALL
)
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Directive:
    """One directive with its block, and where it stands."""

    name: str
    arguments: tuple[str, ...]
    block: tuple[Directive, ...]
    where: str


class NginxDiscoverer(Discoverer):
    """Finds nginx masters and reads what they were started with."""

    def discover(self, host: HostReader, node: str, processes: tuple[ProcessSeen, ...]) -> tuple[Found, ...]:
        """Return every running nginx; see the port."""
        found: list[Found] = []
        for process in processes:
            line = " ".join(process.arguments)
            if not line.startswith(_TITLE):
                continue
            name = label_for(f"{node}-nginx", [other.service.name for other in found])
            children = tuple(child.pid for child in processes if child.parent == process.pid)
            found += _instance(host, node, name, line.removeprefix(_TITLE), (process.pid, *children))
        return tuple(found)


def _instance(
    host: HostReader, node: str, name: str, command: str, pids: tuple[int, ...]
) -> tuple[Found, ...]:
    source = Source(host)
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    prefix, path = _built_in(host, words[0] if words else "nginx")
    prefix = _option(words, "-p") or prefix
    path = _option(words, "-c") or path
    path = posixpath.join(prefix, path)
    tree = _parse_file(source, path, posixpath.dirname(path), 0)
    tls = frozenset(address for d in _listens(tree) if _speaks_tls(d) for address in _listen(d.arguments))
    reader = _Reader(source, name, node, posixpath.dirname(path), tls)
    extra = tuple(_parse(_option(words, "-g") or "", "-g", source, path, 0))
    reader.walk((*tree, *extra), {})
    options = {"configuration": path, "pid": reader.pid or posixpath.join(prefix, "logs/nginx.pid")}
    if words and words[0].startswith("/") and words[0] != PROGRAM:
        options["program"] = words[0]
    if prefix and "-p" in words:
        options["prefix"] = prefix
    service = Service(
        name=name,
        node=node,
        target="nginx",
        consumer="openssl",
        options=options,
    )
    whole = Found(
        service=service,
        processes=pids,
        identities=tuple(reader.identities.values()),
        trusts=tuple(reader.trusts.values()),
        stores=tuple(TrustStore(slot.store) for slot in reader.trusts.values()),
        links=tuple(dict.fromkeys(reader.links)),
        unseen=tuple(source.unseen),
    )
    return split(whole, reader.doors)


def _built_in(host: HostReader, program: str) -> tuple[str, str]:
    """Return prefix and configuration path that the program was built with."""
    try:
        said = host.run([program, "-V"], timeout=timedelta(seconds=10)).err.decode("utf-8", "replace")
    except CouldNotLookError:
        said = ""
    prefix = re.search(r"--prefix=(\S+)", said)
    path = re.search(r"--conf-path=(\S+)", said)
    return prefix.group(1) if prefix else "/etc/nginx", path.group(1) if path else "/etc/nginx/nginx.conf"


def _option(words: list[str], flag: str) -> str:
    for at, word in enumerate(words):
        if word == flag and at + 1 < len(words):
            return words[at + 1]
        if word.startswith(flag) and len(word) > len(flag):
            return word[len(flag) :]
    return ""


def _parse_file(source: Source, path: str, base: str, depth: int) -> tuple[Directive, ...]:
    text = source.text(path)
    return () if text is None else tuple(_parse(text, path, source, base, depth))


def _parse(text: str, path: str, source: Source, base: str, depth: int) -> Iterator[Directive]:
    """Yield the directives of a text; includes are put in their place."""
    stack: list[tuple[tuple[str, ...], str, list[Directive]]] = [((), path, [])]
    words: list[str] = []
    line, begun = 1, 1
    for token in _TOKEN.finditer(text):
        piece = token.group()
        line_now, line = line, line + piece.count("\n")
        if piece.isspace() or piece.startswith("#"):
            continue
        if piece == "{":
            stack.append((tuple(words), f"{path}:{begun}", []))
            words = []
        elif piece == "}":
            if len(stack) == 1:
                source.miss(f"{path}:{line_now}", "a closing brace without an opening one")
                continue
            head, where, block = stack.pop()
            stack[-1][2].append(Directive(head[0] if head else "", head[1:], tuple(block), where))
            words = []
        elif piece == ";":
            stack[-1][2].extend(_simple(words, f"{path}:{begun}", source, base, depth))
            words = []
        else:
            begun = begun if words else line_now
            words.append(_unquoted(piece))
    if len(stack) > 1:
        source.miss(stack[-1][1], "a block that is never closed")
    return iter(stack[0][2])


def _simple(words: list[str], where: str, source: Source, base: str, depth: int) -> Iterator[Directive]:
    if not words:
        return
    if words[0] != "include" or len(words) != 2:
        yield Directive(words[0], tuple(words[1:]), (), where)
        return
    if depth >= _DEEPEST:
        source.miss(where, "includes go too deep")
        return
    for path in source.matching(posixpath.join(base, words[1])):
        yield from _parse_file(source, path, base, depth + 1)


def _unquoted(piece: str) -> str:
    if piece[:1] in "\"'" and piece[-1:] == piece[:1]:
        piece = piece[1:-1]
    return re.sub(r"\\(.)", r"\1", piece)


_INHERITED = re.compile(r"((proxy|grpc|uwsgi)_)?ssl_|server_name$|listen$|proxy_ssl$|starttls$")
_PASSES = {"proxy_pass": "proxy", "grpc_pass": "grpc", "uwsgi_pass": "uwsgi"}


@dataclass(slots=True)
class _Reader:
    """Walks the blocks with what they inherit, and collects slots and links."""

    source: Source
    service: str
    node: str
    base: str
    tls: frozenset[Address] = frozenset()  # one `listen ... ssl` holds for every server at that address
    pid: str = ""
    doors: dict[Address, Door] = field(default_factory=dict)
    identities: dict[tuple[str, str], IdentitySlot] = field(default_factory=dict)
    trusts: dict[tuple[str, str], TrustSlot] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    upstreams: dict[str, tuple[Address, ...]] = field(default_factory=dict)

    def walk(self, block: tuple[Directive, ...], above: dict[str, list[Directive]]) -> None:
        scope = dict(above)
        for directive in block:
            if directive.name == "pid" and directive.arguments:
                self.pid = posixpath.join(self.base, directive.arguments[0])
            if directive.name == "upstream" and directive.arguments:
                self.upstreams[directive.arguments[0]] = self._members(directive)
            if not directive.block and _INHERITED.match(directive.name):
                own = [d for d in block if d.name == directive.name]
                scope[directive.name] = own
        for directive in block:
            if directive.name == "server" and directive.block:
                self._server(directive, scope)
            elif directive.block:
                self.walk(directive.block, scope)
        for directive in block:
            if directive.name in _PASSES and directive.arguments:
                self._pass(directive, scope)

    def _server(self, directive: Directive, above: dict[str, list[Directive]]) -> None:
        scope = dict(above)
        for name in {d.name for d in directive.block if not d.block}:
            scope[name] = [d for d in directive.block if d.name == name]
        listens = scope.get("listen", [])
        if not any(d.arguments[:1] == ("on",) for d in scope.get("ssl", [])):
            listens = [d for d in listens if _speaks_tls(d) or self.tls & set(_listen(d.arguments))]
        if listens:
            names = tuple(n for d in scope.get("server_name", []) for n in self._names(d))
            slots = self._identities(scope, names)
            asks = replace(self._client_trust(scope), names=names)
            for listen in listens:
                self._open(listen, slots, names, asks)
        if _first(scope, "starttls") in {"on", "only"}:
            self.source.miss(directive.where, "it speaks TLS after STARTTLS only")
        self.walk(directive.block, above)

    def _open(self, listen: Directive, slots: list[str], names: tuple[str, ...], asks: Asks) -> None:
        """Note what one `listen` shows; its default server comes first."""
        places = _listen(listen.arguments)
        if not places:
            self.source.miss(listen.where, f"{' '.join(listen.arguments)}: not an address")
        first = bool({"default_server", "default"} & set(listen.arguments))
        for address in places:
            self.doors.setdefault(address, Door()).show(slots, names, asks, first=first)

    def _names(self, directive: Directive) -> Iterator[str]:
        """Yield the names of `server_name` as estates write them; what they cannot say is a finding."""
        for name in directive.arguments:
            if _plain_name(name):
                yield from (name[1:], f"*{name}") if name.startswith(".") else (name,)
            elif name not in {"_", ""}:
                self.source.miss(directive.where, f"{name}: not a plain name")

    def _members(self, upstream: Directive) -> tuple[Address, ...]:
        places = [d for d in upstream.block if d.name == "server" and d.arguments]
        for d in places:
            if d.arguments[0].startswith("unix:"):
                self.source.miss(d.where, f"{d.arguments[0]}: not an address")
        return tuple(_address(d.arguments[0], 443) for d in places if not d.arguments[0].startswith("unix:"))

    def _identities(self, scope: dict[str, list[Directive]], names: tuple[str, ...]) -> list[str]:
        certificates, keys = scope.get("ssl_certificate", []), scope.get("ssl_certificate_key", [])
        pairs = [(c, k) for c, k in zip(certificates, keys, strict=False) if c.arguments and k.arguments]
        found = [self._identity(certificate, key.arguments[0], names) for certificate, key in pairs]
        return [slot for slot in found if slot]

    def _identity(self, certificate: Directive, key: str, names: tuple[str, ...]) -> str:
        path = certificate.arguments[0]
        if "$" in path or path.startswith("data:") or key.startswith("engine:") or "$" in key:
            self.source.miss(certificate.where, f"{path}: not a plain file")
            return ""
        path, key = self.source.joined(self.base, path), self.source.joined(self.base, key)
        known = self.identities.get((path, key))
        sni = tuple(dict.fromkeys((*(known.sni if known else ()), *names)))
        if known is None:
            taken = self._labels()
            label = label_for(names[0] if names else posixpath.basename(path).rpartition(".")[0], taken)
        else:
            label = known.name.partition("/")[2]
        slot = IdentitySlot(f"{self.service}/{label}", self.service, "", path, key, sni=sni)
        self.identities[(path, key)] = slot
        return slot.name

    def _client_trust(self, scope: dict[str, list[Directive]]) -> Asks:
        mode = _first(scope, "ssl_verify_client") or "off"
        file = _first(scope, "ssl_client_certificate")
        further = _first(scope, "ssl_trusted_certificate")
        if mode not in {"on", "optional"} or not (file or further):
            return Asks(ClientCertificate.NONE)  # `optional_no_ca` judges nobody
        if file and further and file != further:
            where = scope["ssl_trusted_certificate"][0].where
            self.source.miss(where, f"{further}: clients are judged by a second file")
        slot = self._trust(file or further, _first(scope, "ssl_crl"), "clients")
        return Asks(ClientCertificate.REQUIRED if mode == "on" else ClientCertificate.OPTIONAL, slot)

    def _trust(self, file: str, crl: str, hint: str) -> str:
        path = self.source.joined(self.base, file)
        crls = self.source.joined(self.base, crl) if crl else ""
        known = self.trusts.get((path, crls))
        if known is not None:
            return known.name
        taken = self._labels()
        label = label_for(hint, taken)
        slot = TrustSlot(f"{self.service}/{label}", self.service, f"{self.service}-{label}", path, crls)
        self.trusts[(path, crls)] = slot
        return slot.name

    def _labels(self) -> list[str]:
        names = [slot.name for slot in self.identities.values()] + [
            slot.name for slot in self.trusts.values()
        ]
        return [name.partition("/")[2] for name in names]

    def _pass(self, directive: Directive, scope: dict[str, list[Directive]]) -> None:
        kind = _PASSES[directive.name]
        target = re.match(r"(https|grpcs|suwsgi)://([^/]+)", directive.arguments[0])
        stream = _first(scope, "proxy_ssl") == "on"
        if directive.arguments[0].startswith("$"):  # "https" may be in the variable
            self.source.miss(directive.where, f"{directive.arguments[0]}: decided at run time")
            return
        if target is None and not stream:
            return
        place = target.group(2) if target else directive.arguments[0]
        if place.startswith("unix:"):
            self.source.miss(directive.where, f"{place}: not an address")
            return
        if "$" in place:
            self.source.miss(directive.where, f"{place}: decided at run time")
            return
        trust = ""
        if _first(scope, f"{kind}_ssl_verify") == "on" and (
            file := _first(scope, f"{kind}_ssl_trusted_certificate")
        ):
            trust = self._trust(file, _first(scope, f"{kind}_ssl_crl"), "upstream")
        identity = ""
        certificate = scope.get(f"{kind}_ssl_certificate", [])
        key = _first(scope, f"{kind}_ssl_certificate_key")
        if certificate and key and certificate[0].arguments[:1] != ("",):
            identity = self._identity(certificate[0], key, ())
        name = _first(scope, f"{kind}_ssl_name")
        expected = "" if "$" in name else name or place.rpartition(":")[0] or place
        addresses = self.upstreams[place] if place in self.upstreams else (_address(place, 443),)
        silent = _first(scope, f"{kind}_ssl_server_name") != "on"
        for address in addresses:
            self.links.append(
                Link(
                    self.service,
                    address,
                    trust,
                    identity,
                    bare=not identity,
                    server_name=expected,
                    no_sni=silent,
                    where=directive.where,
                )
            )


def _first(scope: dict[str, list[Directive]], name: str) -> str:
    found = scope.get(name, [])
    return found[0].arguments[0] if found and found[0].arguments else ""


def _listens(block: tuple[Directive, ...]) -> Iterator[Directive]:
    for directive in block:
        if directive.name == "listen":
            yield directive
        yield from _listens(directive.block)


def _speaks_tls(listen: Directive) -> bool:
    return "ssl" in listen.arguments or "quic" in listen.arguments


def _plain_name(name: str) -> bool:
    """Tell whether a name is one, or a wildcard over the names below one (`*.a.example`, `.a.example`)."""
    bare = name.removeprefix("*.").removeprefix(".")
    return bool(bare) and name != "_" and not any(mark in bare for mark in "~*$")


def _listen(arguments: tuple[str, ...]) -> tuple[Address, ...]:
    """Return the addresses of a `listen`: one, or one for each port of a range; none for a socket of files."""
    place = arguments[0] if arguments else ""
    if not place or place.startswith("unix:"):
        return ()
    ports = re.search(r"(?:^|:)(\d+)-(\d+)$", place)
    if ports:
        low, high = int(ports.group(1)), int(ports.group(2))
        host = place[: ports.start()] or "*"
        return tuple(_address(f"{host}:{port}", port) for port in range(low, min(high, low + 100) + 1))
    if place.isdigit():
        return (Address("0.0.0.0", int(place)),)  # noqa: S104  # what the configuration says
    return (_address(place, 80),)


def _address(place: str, default: int) -> Address:
    host, port = place, default
    if place.startswith("["):
        inside, _, rest = place[1:].partition("]")
        host, port = inside, int(rest[1:]) if rest[1:].isdigit() else default
    elif place.rpartition(":")[2].isdigit() and place.count(":") == 1:
        host, port = place.rpartition(":")[0], int(place.rpartition(":")[2])
    return Address("0.0.0.0" if host == "*" else host, port)  # noqa: S104  # what the configuration says
