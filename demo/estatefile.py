"""The estate file of a running demo estate: what a user would write by hand, or scan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from demo.estate import Estate, write
from demo.pki import CLIENT
from demo.shape import Part


def write_estate_file(estate: Estate, *, issuer: str, passphrase: str) -> Path:
    """Write `estate.toml` into the estate's folder and return its path.

    Args:
        issuer: folder of the new CA; the issuer is called by its last part.
        passphrase: file with the passphrase of its key.
    """
    path = estate.folder / "estate.toml"
    write(path, "\n".join(_lines(estate, issuer, passphrase)).encode() + b"\n")
    return path


def _lines(estate: Estate, issuer: str, passphrase: str) -> Iterator[str]:
    yield from ("[estate]", 'name = "demo"', "")
    for part in estate.shape.parts:
        yield from _node(part)
        yield from _service(estate, part)
    for part in estate.shape.parts:
        yield from _uses(estate, part, issuer)
    for name in estate.shape.links:
        yield from _connection(estate, name)
    for name, members in estate.shape.groups.items():
        yield from (f"[groups.{name}]", f"services = {_text(list(members))}", "max-unavailable = 1", "")
    yield from (
        f"[issuers.{issuer}]",
        'kind = "local"',
        f"folder = {_text(issuer)}",
        f"passphrase-file = {_text(passphrase)}",
        f"chain = {_text(f'{issuer}/issuing-chain.pem')}",
    )


def _node(part: Part) -> Iterator[str]:
    yield from (f"[nodes.{part.name}]", 'reach = "local"', f"state = {_text(f'nodes/{part.name}')}", "")


def _service(estate: Estate, part: Part) -> Iterator[str]:
    yield from (
        f"[services.{part.name}]",
        f"node = {_text(part.name)}",
        'target = "demo"',
        'consumer = "openssl"',
    )
    if part.listen:
        yield f"addresses = {_text([f'127.0.0.1:{estate.ports[part.name]}'])}"
    yield f"options = {{ status = {_text(f'./{_inside(estate, estate.status(part.name))}')} }}"
    yield ""


def _uses(estate: Estate, part: Part, issuer: str) -> Iterator[str]:
    for label, identity in part.identities.items():
        folder = _inside(estate, estate.slot(part.name, label))
        known = identity.name.partition(".")[0]
        yield from (
            f"[services.{part.name}.identities.{label}]",
            f"identity = {_text(known)}",
            f"certificate = {_text(f'{folder}/certificate.pem')}",
            f"key = {_text(f'{folder}/key.pem')}",
            "",
            f"[identities.{known}]",
            f"names = {_text([identity.name])}",
            f"issuer = {_text(issuer)}",
            f"profile = {_text('tls-client' if identity.purpose == CLIENT else 'tls-server')}",
            "",
        )
    for label in part.trusts:
        folder = _inside(estate, estate.slot(part.name, label))
        yield from (
            f"[services.{part.name}.trusts.{label}]",
            f"store = {_text(f'{part.name}-{label}')}",
            f"anchors = {_text(f'{folder}/anchors.pem')}",
            "",
            f"[trust-stores.{part.name}-{label}]",
            "",
        )


def _connection(estate: Estate, name: str) -> Iterator[str]:
    part, link = estate.shape.links[name]
    server = estate.shape.part(link.server)
    yield from (
        f"[connections.{name}]",
        f"clients = {_text([part.name])}",
        f"servers = {_text([server.name])}",
        f"server-identities = {_text([f'{server.name}/{server.listen}'])}",
        f"client-trusts = {_text([f'{part.name}/{link.trust}'])}",
        f"server-name = {_text(server.host)}",
    )
    if server.clients:
        yield from (
            'client-certificate = "required"',
            f"client-identities = {_text([f'{part.name}/{link.identity}'])}",
            f"server-trusts = {_text([f'{server.name}/{server.clients}'])}",
        )
    yield ""


def _inside(estate: Estate, path: Path) -> str:
    return str(path.relative_to(estate.folder))


def _text(value: str | list[str]) -> str:
    return json.dumps(value)
