"""What the demo's estate looks like: its services, clients, certificates and connections.

The same words describe the estate of the bench, which only has more of everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from demo.pki import CLIENT, SERVER

ROOT = "root"  # signed by the old root itself
ISSUING = "issuing"  # signed by the old intermediate


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate in use: its host name, what it is for, and which old CA signed it."""

    name: str
    purpose: str
    signer: str = ROOT


@dataclass(frozen=True, slots=True)
class Link:
    """A connection to another service: which slots of this one it uses; no identity means one-way."""

    server: str
    trust: str = "upstream"
    identity: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One service or client.

    Args:
        identities: by slot label.
        trusts: labels of its trust stores; in the value, whether somebody else's root is in it too.
        listen: label of the identity it serves; empty means that it only is a client.
        clients: label of the trust store that verifies its clients; empty lets everybody in.
        process: parts with the same word share a process.
        fault: what is wrong with it, for tests (see `demo.loading.Loader`).
    """

    name: str
    identities: Mapping[str, Identity] = field(default_factory=dict)
    trusts: Mapping[str, bool] = field(default_factory=dict)
    listen: str = ""
    clients: str = ""
    links: tuple[Link, ...] = ()
    process: str = ""
    fault: str = ""

    @property
    def host(self) -> str:
        """Return the name in its certificate."""
        return f"{self.name}.localhost"


@dataclass(frozen=True, slots=True)
class Shape:
    """Every part, and which of them stand in for each other."""

    parts: tuple[Part, ...]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rate: float = 21.0

    def part(self, name: str) -> Part:
        """Return a part by its name."""
        return next(part for part in self.parts if part.name == name)

    @property
    def links(self) -> dict[str, tuple[Part, Link]]:
        """Return every connection by its name."""
        return {f"{part.name}-to-{link.server}": (part, link) for part in self.parts for link in part.links}

    @property
    def processes(self) -> dict[str, list[Part]]:
        """Return which parts share a process."""
        shared: dict[str, list[Part]] = {}
        for part in self.parts:
            shared.setdefault(part.process or part.name, []).append(part)
        return shared


def _server(name: str, signer: str) -> Identity:
    return Identity(f"{name}.localhost", SERVER, signer)


def _client(name: str, signer: str) -> Identity:
    return Identity(f"{name}.localhost", CLIENT, signer)


SHOP = Shape(
    parts=(
        Part("web-1", {"tls": _server("web-1", ISSUING)}, listen="tls"),
        Part("web-2", {"tls": _server("web-2", ROOT)}, listen="tls"),
        Part(
            "api",
            {"tls": _server("api", ISSUING), "me": _client("api-to-db", ROOT)},
            {"clients": False, "upstream": False},
            listen="tls",
            clients="clients",
            links=(Link("db", identity="me"),),
        ),
        Part("db", {"tls": _server("db", ROOT)}, {"clients": False}, listen="tls", clients="clients"),
        Part("browser", trusts={"upstream": True}, links=(Link("web-1"), Link("web-2"))),
        Part(
            "shop",
            {"me": _client("shop", ROOT)},
            {"upstream": True},
            links=(Link("web-1"), Link("web-2"), Link("api", identity="me")),
        ),
        Part(
            "batch",
            {"me": _client("batch", ISSUING)},
            {"upstream": False},
            links=(Link("web-1"), Link("web-2"), Link("api", identity="me"), Link("db", identity="me")),
        ),
    ),
    groups={"web": ("web-1", "web-2")},
)


def many(*, services: int, processes: int, clients: int, rate: float) -> Shape:
    """Return a shape of many services, a tenth of them behind mutual TLS, each with one client."""
    callers: dict[int, list[Link]] = {number: [] for number in range(clients)}
    parts: list[Part] = []
    for number in range(services):
        name = f"svc-{number:03d}"
        mutual = number % 10 == 0
        parts.append(
            Part(
                name,
                {"tls": _server(name, ISSUING if number % 2 else ROOT)},
                {"clients": False} if mutual else {},
                listen="tls",
                clients="clients" if mutual else "",
                process=f"host-{number % processes:02d}",
            )
        )
        callers[number % clients].append(Link(name, identity="me" if mutual else ""))
    parts.extend(
        Part(f"app-{number}", {"me": _client(f"app-{number}", ROOT)}, {"upstream": False}, links=tuple(links))
        for number, links in callers.items()
    )
    return Shape(tuple(parts), rate=rate)
