"""What is newer, in one answer: exactly what a reader would have fetched one by one."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from support.bundles import CA, OTHER, Line, Node, Server, bundle_of
from support.pki import DAY, NOW, make_ca
from warifu.adapters.bundles.tuf_reader import TufReader
from warifu.errors import UsageError
from warifu.wire.trust_files import TrustAsk, find_newer

READER = TufReader()


@pytest.mark.parametrize("seed", range(8))
def test_a_look_asks_for_nothing_beside_its_parcel(tmp_path: Path, seed: int) -> None:
    """Nodes that follow one domain or two and look now and then: nothing is missing, nothing comes in vain."""
    chance = random.Random(seed)
    server = Server.begun(tmp_path)
    for domain in ("shop", "bank"):
        server.publish(bundle_of(domain, CA))
    server.publish(bundle_of("warifu", OTHER))
    nodes = [Node.joined(server, "shop"), Node.joined(server, "bank", "shop")]
    fetched = 0
    for version in range(2, 12):
        domain = chance.choice(["shop", "bank", "warifu"])
        server.publish(bundle_of(domain, make_ca(f"Root {version}"), version=version))
        for node in nodes:
            if chance.random() < 0.6:
                newer = find_newer(server.kept.get, READER.ask(node.held, node.domains))
                line = Line({name: data for name, data in newer.items() if data is not None})
                assert () == node.look(line)
                assert set(line.asked) == set(newer)
                assert () == node.look(server), "as if it had been fetched"
                fetched += len(newer)
    assert fetched > 10


def test_who_holds_the_newest_is_told_so_by_the_timestamp_alone(tmp_path: Path) -> None:
    """One file, and it is the one that is held."""
    server = Server.begun(tmp_path)
    server.publish(bundle_of("warifu", OTHER))
    server.publish(bundle_of("shop", CA))
    node = Node.joined(server)
    assert () == node.look(server)
    newer = find_newer(server.kept.get, READER.ask(node.held, node.domains))
    assert {"timestamp.json": node.held.metadata["timestamp"]} == newer


def test_documents_that_are_held_do_not_come_again(tmp_path: Path) -> None:
    """Of a domain whose list is signed anew with the same documents, the list alone."""
    server = Server.begun(tmp_path)
    server.publish(bundle_of("warifu", OTHER))
    server.publish(bundle_of("shop", CA))
    node = Node.joined(server)
    node.look(server)
    later = NOW + 40 * DAY
    server.renew(now=later)
    newer = find_newer(server.kept.get, READER.ask(node.held, node.domains))
    assert not any(name.startswith("targets/") for name in newer)
    assert () == node.look(Line({name: data or b"" for name, data in newer.items() if data}), now=later)


@pytest.mark.parametrize(
    "asked",
    [
        TrustAsk({"../root": 1}),
        TrustAsk({"root": -1}),
        TrustAsk({}, ("a/b",)),
        TrustAsk({}, tuple(f"d{number}" for number in range(1001))),
    ],
)
def test_what_names_no_role_is_refused(asked: TrustAsk) -> None:
    """Names become names of files."""
    with pytest.raises(UsageError, match=r"rotation\.document-malformed"):
        asked.check()
    replace(asked, held={"root": 1}, domains=("shop",)).check()
