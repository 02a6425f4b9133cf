"""Twenty services in five processes change their root under traffic; by hand, each phase left out is seen to matter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.commands import Warifu
from demo.estate import Estate, OldPki, make_old_pki, write
from demo.figures import Figures, count
from demo.loading import fingerprints
from demo.pki import Authority, new_root
from demo.shape import many
from demo.telling import Teller
from support.running import wait_until
from warifu.domain.findings import Lang

SHAPE = many(services=20, processes=5, clients=2, rate=2.0)
TRUST, SWITCH, REMOVE = "trust", "switch", "remove"
PHASES = (TRUST, SWITCH, REMOVE)

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(900)]


@pytest.fixture
def pki() -> OldPki:
    return make_old_pki()


@pytest.fixture
def estate(tmp_path: Path, pki: OldPki) -> Iterator[Estate]:
    here = Estate(tmp_path / "estate", SHAPE)
    here.write_files(pki)
    here.start()
    try:
        here.wait_until_busy(handshakes=1)
        yield here
    finally:
        here.stop()


@pytest.mark.req("X-04")
def test_twenty_services_change_their_root_without_a_failed_handshake(estate: Estate, pki: OldPki) -> None:
    """Probed all the time, every connection shows its old leaf and its new one, none fails, and the old root is gone."""
    before = estate.leaves()
    Warifu(estate, Teller(Lang.EN, quiet=True)).replace_root(pki.root.pem)
    estate.wait_until_busy(handshakes=1)
    figures = count(estate.logs)
    assert 20 == len(estate.leaves())
    assert {name: [before[name], leaf] for name, leaf in estate.leaves().items()} == seen_leaves(figures)
    assert 0 == figures.failed
    assert [] == estate.trusting(fingerprints(pki.root.pem)[0])


@pytest.mark.req("X-04")
@pytest.mark.parametrize("skipped", ["", *PHASES])
def test_each_phase_that_is_skipped_is_seen(estate: Estate, pki: OldPki, skipped: str) -> None:
    """Trust first, switch second, remove last: all three lose nothing; without one, handshakes fail or the root stays."""
    new = new_root("Next Root")
    for phase in PHASES:
        if phase != skipped:
            {TRUST: trust, SWITCH: switch, REMOVE: remove}[phase](estate, pki, new)
    wait_until_tried(estate)
    failed = count(estate.logs).failed
    still_trusting = estate.trusting(fingerprints(pki.root.pem)[0])
    assert (skipped in (TRUST, SWITCH)) == (failed > 0)
    assert (skipped == REMOVE) == bool(still_trusting)


def trust(estate: Estate, pki: OldPki, new: Authority) -> None:
    """Every store trusts the new root as well."""
    change_stores(estate, pki.root.pem, pki.root.pem + new.pem)


def remove(estate: Estate, pki: OldPki, new: Authority) -> None:
    """Every store trusts the new root in the place of the old one."""
    for _, path in estate.trust_files():
        rest = path.read_bytes().replace(pki.root.pem, b"").replace(new.pem, b"")
        write(path, rest + new.pem)
    reload_all(estate)


def change_stores(estate: Estate, old: bytes, new: bytes) -> None:
    for _, path in estate.trust_files():
        write(path, path.read_bytes().replace(old, new))
    reload_all(estate)


def switch(estate: Estate, _pki: OldPki, new: Authority) -> None:
    """Every identity is one of the new root."""
    for part in SHAPE.parts:
        for label, identity in part.identities.items():
            leaf = new.leaf(identity.name, [identity.purpose])
            write(estate.slot(part.name, label) / "certificate.pem", leaf.fullchain)
            write(estate.slot(part.name, label) / "key.pem", leaf.key, mode=0o600)
    reload_all(estate)


def reload_all(estate: Estate) -> None:
    """Have every process load its files, and wait until each says that it did and every connection was tried."""
    before = {part.name: loaded_at(estate, part.name) for part in SHAPE.parts}
    for process in SHAPE.processes:
        estate.reload(process)
    wait_until(
        lambda: all(loaded_at(estate, part) > at for part, at in before.items()), "all load", seconds=60
    )
    wait_until_tried(estate)


def wait_until_tried(estate: Estate) -> None:
    """Wait until every connection was tried twice more: the first attempt may have begun before."""
    before = tries(estate)
    wait_until(lambda: all(tries(estate)[name] >= n + 2 for name, n in before.items()), "traffic", seconds=60)


def tries(estate: Estate) -> dict[str, int]:
    return {name: each.handshakes for name, each in count(estate.logs).connections.items()}


def loaded_at(estate: Estate, part: str) -> float:
    return float(json.loads(estate.status(part).read_text(encoding="utf-8"))["loaded_at"])


def seen_leaves(figures: Figures) -> dict[str, list[str]]:
    return {name: list(each.leaves) for name, each in figures.connections.items()}
