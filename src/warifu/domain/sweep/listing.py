"""Lists of subjects: one a line, ranges and lists of ports spread out.

    # what faces the internet
    /srv/certs                          a file or folder (an archive too)
    ./odd:443                           a path, although it ends like an address
    web.example:443,8443                two ports
    web[01-20].example:443              twenty hosts, zeros kept
    192.0.2.0/28:443                    sixteen addresses
    [2001:db8::1]:443                   one of IPv6
    smtp://mx.example                   a dialect, at its usual port

A line that ends in a port is an address; every other one is a path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from itertools import product

from warifu.errors import UsageError

MOST = 65_536  # subjects that one line may stand for
_LONGEST = 4_096  # characters: PATH_MAX of Linux
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_ADDRESS = re.compile(r"(.+):([0-9][0-9,-]*)")
_SPAN = re.compile(r"([0-9]{1,10})(?:-([0-9]{1,10}))?")
_RANGE = re.compile(r"\[([0-9][0-9,-]*)\]")
_HOST = re.compile(r"[^\s/:\[\]#]+")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_PATHS = ("/", "./", "../")


@dataclass(frozen=True, slots=True)
class Spot:
    """An address to ask; an empty scheme leaves it to the port how TLS begins."""

    host: str
    port: int
    scheme: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}" if self.scheme else f"{host}:{self.port}"


Subject = str | Spot
"""A path, or an address."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line is none.

    Args:
        reason: a key of the message table.
        values: what its sentence names.
    """

    line: int
    reason: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: a path, or hosts times ports, not yet spread out."""

    path: str = ""
    scheme: str = ""
    network: IPv4Network | IPv6Network | None = None
    pieces: tuple[tuple[str, ...], ...] = ()
    ports: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        if self.path:
            return 1
        hosts = 1 if self.network is None else self.network.num_addresses
        for choices in self.pieces:
            hosts *= len(choices)
        return hosts * len(self.ports)

    def spread(self) -> Iterator[Subject]:
        if self.path:
            yield self.path
            return
        hosts = (
            (str(one) for one in self.network)
            if self.network is not None
            else ("".join(parts) for parts in product(*self.pieces))
        )
        for host in hosts:
            for port in self.ports:
                yield Spot(host, port, self.scheme)


@dataclass(frozen=True, slots=True)
class Listing:
    """The subjects of a list, in its order; ranges are spread out only while they are walked through."""

    lines: tuple[_Line, ...] = ()

    @property
    def count(self) -> int:
        """How many subjects there are."""
        return sum(line.count for line in self.lines)

    @property
    def paths(self) -> int:
        """How many of them are paths, of which nobody knows yet how much lies there."""
        return sum(bool(line.path) for line in self.lines)

    def __iter__(self) -> Iterator[Subject]:
        for line in self.lines:
            yield from line.spread()


def parse_listing(text: str, schemes: Mapping[str, int]) -> tuple[Listing, tuple[Fault, ...]]:
    """Return what a list says, and every line that is none.

    Args:
        schemes: what may stand before `://`, each with its usual port.
    """
    lines: list[_Line] = []
    faults: list[Fault] = []
    for number, written in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        bare = _COMMENT.sub("", written.removesuffix("\r")).strip()
        if not bare:
            continue
        try:
            lines.append(parse_line(bare, schemes))
        except UsageError as fault:
            faults.append(Fault(number, fault.code, fault.values))
    return Listing(tuple(lines)), tuple(faults)


def path_line(path: str) -> _Line:
    """Return the line of a path, whatever it looks like."""
    return _Line(path=path)


def parse_line(text: str, schemes: Mapping[str, int]) -> _Line:
    """Return what one line stands for.

    Raises:
        UsageError: `sweep.line-too-long`, `sweep.line-unprintable`, `sweep.no-such-scheme`, `sweep.no-host`,
            `sweep.no-port`, `sweep.no-range`, `sweep.no-network`, `sweep.host-bits`, `sweep.too-many`.
    """
    if len(text) > _LONGEST:
        raise UsageError("sweep.line-too-long", limit=_LONGEST)
    if not text.isprintable():
        raise UsageError("sweep.line-unprintable", text=ascii(text)[:80])
    scheme, place = "", text
    if found := _SCHEME.fullmatch(text):
        scheme, place = found[1].lower(), found[2].removesuffix("/")
        if scheme not in schemes:
            raise UsageError("sweep.no-such-scheme", scheme=found[1], known=tuple(schemes))
    elif text.startswith(_PATHS):
        return _Line(path=text)
    address = _ADDRESS.fullmatch(place)
    if address is None or (":" in address[1] and "]" not in address[1] and "/" not in address[1]):
        if not scheme:
            return _Line(path=text)
        if ":" in place and not place.endswith("]"):
            raise UsageError("sweep.no-port", text=text)
        line = _hosts(place, scheme, (schemes[scheme],))
    else:
        line = _hosts(address[1], scheme, _ports(address[2]))
    if line.count > MOST:
        raise UsageError("sweep.too-many", text=text, count=line.count, limit=MOST)
    return line


def _hosts(text: str, scheme: str, ports: tuple[int, ...]) -> _Line:
    if "/" in text:
        return _Line(scheme=scheme, network=_network(text), ports=ports)
    if text.startswith("[") and ":" in text:
        if not text.endswith("]"):
            raise UsageError("sweep.no-host", text=text)
        return _Line(scheme=scheme, pieces=((_ipv6(text[1:-1]),),), ports=ports)
    pieces: list[tuple[str, ...]] = []
    count = len(ports)
    for position, part in enumerate(_RANGE.split(text)):
        if position % 2:
            numbers = _numbers(part)
            count *= len(numbers)
            if count > MOST:  # told before it is multiplied out
                raise UsageError("sweep.too-many", text=text, count=count, limit=MOST)
            pieces.append(numbers)
        elif part or not text:
            if not _HOST.fullmatch(part):
                raise UsageError("sweep.no-host", text=text)
            pieces.append((part,))
    return _Line(scheme=scheme, pieces=tuple(pieces), ports=ports)


def _network(text: str) -> IPv4Network | IPv6Network:
    bare = text.replace("[", "", 1).replace("]", "", 1) if text.startswith("[") else text
    try:
        network = ip_network(bare, strict=False)
    except ValueError as wrong:
        raise UsageError("sweep.no-network", text=text) from wrong
    if str(network.network_address) != str(ip_address(bare.partition("/")[0])):
        raise UsageError("sweep.host-bits", text=text, network=str(network))
    return network


def _ipv6(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError as wrong:
        raise UsageError("sweep.no-host", text=text) from wrong


def _numbers(text: str) -> tuple[str, ...]:
    """Return the numbers of `01-20` or `1,3,7-9` as they are written, zeros in front kept."""
    found: list[str] = []
    for first, last, width in _spans(text, "sweep.no-range"):
        found += [f"{number:0{width}d}" for number in range(first, last + 1)]
    return tuple(found)


def _ports(text: str) -> tuple[int, ...]:
    found: list[int] = []
    for first, last, _ in _spans(text, "sweep.no-port"):
        if not 0 < first <= last <= 65_535:
            raise UsageError("sweep.no-port", text=text)
        found += range(first, last + 1)
    return tuple(dict.fromkeys(found))


def _spans(text: str, code: str) -> Sequence[tuple[int, int, int]]:
    spans: list[tuple[int, int, int]] = []
    for part in text.split(","):
        found = _SPAN.fullmatch(part)
        first, last = (found[1], found[2] or found[1]) if found else ("1", "0")
        if int(first) > int(last):
            # Both keys stand where this is used.
            # ast-grep-ignore: error-key-literal
            raise UsageError(code, text=text)
        if int(last) - int(first) >= MOST:
            raise UsageError("sweep.too-many", text=text, count=int(last) - int(first) + 1, limit=MOST)
        spans.append((int(first), int(last), len(first) if first.startswith("0") else 1))
    return spans
