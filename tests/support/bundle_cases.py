"""For every finding about signed trust bundles, a case in which a reader reports it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from support.bundles import CA, OTHER, Change, Line, Node, Server, bundle_of, control
from support.pki import NOW
from warifu.domain.findings import Code, Finding
from warifu.wire.bundle import read_bundle

_DAY = timedelta(days=1)


@cache
def files() -> tuple[Mapping[str, bytes], Mapping[str, bytes], Mapping[str, bytes]]:
    """All files after a first publication and after a second one, and with a domain that speaks for another."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server.begun(Path(folder))
        server.publish(control() | bundle_of("shop", CA))
        first = dict(server.kept)
        server.publish(bundle_of("shop", CA, OTHER, version=2))
        second = dict(server.kept)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("warifu.adapters.bundles.tuf_signer.is_document", lambda _name, _domain: True)
            server.publish({"shop/../bundle.json": b"x"})
        return first, second, dict(server.kept)


def _looked(changes: Mapping[str, Change], *, days: int = 0, domains: tuple[str, ...] = ("shop",)) -> Node:
    """A node that holds the first publication, after a look at the second."""
    first, second, _ = files()
    node = Node.joined(Server(None, dict(first)), *domains)  # type: ignore[arg-type]  # nothing is signed
    node.look(Line(first))
    node.look(Line(second, dict(changes)), now=NOW + days * _DAY)
    return node


def _met(
    name: str = "timestamp.json", change: Change = bytes, *, days: int = 0
) -> Callable[[], Iterable[Finding]]:
    return lambda: _looked({name: change}, days=days).findings


def _rolled_back() -> Iterable[Finding]:
    node = _looked({})
    node.look(Line(files()[0]))
    return node.findings


def _outside() -> Iterable[Finding]:
    node = _looked({})
    node.look(Line(files()[2]))
    return node.findings


def _read(old: bytes, new: bytes) -> Callable[[], Iterable[Finding]]:
    return lambda: read_bundle(bundle_of("shop", CA)["shop/bundle.json"].replace(old, new), "shop").faults


CASES: Mapping[Code, Callable[[], Iterable[Finding]]] = {
    Code.BUNDLE_SIGNATURE_WRONG: _met(change=lambda data: data.replace(b'"version":3}}', b'"version":4}}')),
    Code.BUNDLE_ROLLED_BACK: _rolled_back,
    Code.BUNDLE_FILE_DIFFERS: _met("2.shop.json", lambda data: data[:-1]),
    Code.BUNDLE_FILE_TOO_LARGE: _met(change=lambda data: data * 100),
    Code.BUNDLE_FILE_UNREADABLE: _met(change=lambda _data: b"<html>"),
    Code.BUNDLE_FILE_MISSING: _met("3.snapshot.json", lambda _data: None),
    Code.BUNDLE_PATH_OUTSIDE: _outside,
    Code.BUNDLE_EXPIRED: _met(days=8),
    Code.BUNDLE_DOMAIN_UNKNOWN: lambda: _looked({}, domains=("nowhere",)).findings,
    Code.BUNDLE_HOLDS_KEY: _read(b'"alias":""', b'"alias":"-----BEGIN PRIVATE KEY-----"'),
    Code.BUNDLE_ENTRY_DIFFERS: _read(CA.value.fingerprint.hex.encode(), b"0" * 64),
    Code.BUNDLE_ENTRY_UNREADABLE: _read(b'"standing":"published"', b'"standing":"gone"'),
    Code.BUNDLE_ROOT_EXPIRING: _met(days=600),
    Code.BUNDLE_ROOT_TRIAL: lambda: _looked({}).findings,
}
