"""Estates as text and as values, for tests."""

from __future__ import annotations

import textwrap

from warifu.domain.estate import Estate
from warifu.domain.estate.parse import parse_estate
from warifu.domain.estate.table_reader import Source

SMALL = """
[nodes.n]

[services.web]
node = "n"
target = "files"
addresses = ["127.0.0.1:8443"]
reload = ["reload", "web"]

[services.web.identities.tls]
identity = "web"
certificate = "/web.crt"
key = "/web.key"

[services.web.trusts.clients]
store = "clients"
anchors = "/clients.pem"

[services.app]
node = "n"
target = "files"

[services.app.identities.me]
identity = "app"
certificate = "/app.crt"
key = "/app.key"

[services.app.trusts.up]
store = "up"
anchors = "/up.pem"

[identities.web]
names = ["web.example"]

[identities.app]
profile = "tls-client"

[trust-stores.clients]
[trust-stores.up]

[connections.app-to-web]
clients = ["app"]
servers = ["web"]
client-certificate = "required"
server-name = "web.example"
"""
"""One node, a server that asks for client certificates, a client that has one, one connection."""


def estate_of(*texts: str, folder: str = "/estate") -> Estate:
    """The estate that these files declare together."""
    sources = [
        Source(f"{number}.toml", textwrap.dedent(text), folder) for number, text in enumerate(texts, start=1)
    ]
    return parse_estate(sources)
