"""An RSA and an EC certificate side by side in one nginx server: each is seen, switched and proven by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from support.nginx import Nginx, nginx
from support.pki import Entity, make_ca, make_key
from support.postgresql import write_private
from warifu.adapters.clock.system import SystemClock
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.probes.tls import TlsProber
from warifu.adapters.targets.nginx import NginxTarget
from warifu.domain.estate import Connection, Estate, Identity, IdentitySlot, Local, Node
from warifu.domain.rotation.steps import Switch
from warifu.ports.changes import Fence
from warifu.ports.targets import IdentityContent, value_of
from warifu.workflows.carry import CarryingHands, Crew
from warifu.workflows.install import Installer
from warifu.workflows.observe import observe

pytestmark = pytest.mark.enable_socket
KINDS = ("rsa", "ec")


class Pair:
    """One nginx with both, and an estate that says so."""

    def __init__(self, folder: Path, server: Nginx, root: Entity, held: dict[str, Entity]) -> None:
        self.folder, self.root, self.held = folder, root, held
        slots = {
            kind: IdentitySlot(f"web/{kind}", "web", kind, f"{folder}/{kind}.crt", f"{folder}/{kind}.key")
            for kind in KINDS
        }
        self.estate = Estate(
            nodes={"here": Node("here", Local())},
            services={"web": server.service, "app": replace(server.service, name="app", addresses=())},
            slots={slot.name: slot for slot in slots.values()},
            identities={kind: Identity(kind) for kind in KINDS},
            connections={
                "c": Connection("c", ("app",), ("web",), tuple(slot.name for slot in slots.values()), ())
            },
        )

    def presented(self) -> dict[str, set[str]]:
        """The leaves that each slot is seen to present."""
        seen = observe(
            self.estate,
            hosts={"here": LocalHost()},
            targets={"nginx": NginxTarget()},
            prober=TlsProber(),
            clock=SystemClock(),
        )
        return {
            name: {value.leaf for value in state.loaded}  # type: ignore[union-attr]
            for name, state in seen.slots.items()
        }


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    now = datetime.now(UTC)
    root = make_ca("Root", now=now)
    held = {kind: root.leaf("web.example", key=make_key(kind), now=now) for kind in KINDS}
    for kind, entity in held.items():
        (tmp_path / f"{kind}.crt").write_bytes(entity.fullchain_pem)
        write_private(tmp_path / f"{kind}.key", entity.key_pem, tmp_path)
    first, second = KINDS
    with nginx(
        tmp_path / "nginx",
        certificate=f"{tmp_path}/{first}.crt; ssl_certificate {tmp_path}/{second}.crt",
        key=f"{tmp_path}/{first}.key; ssl_certificate_key {tmp_path}/{second}.key",
    ) as server:
        yield Pair(tmp_path, server, root, held)


def test_each_slot_is_seen_to_present_its_own_leaf(pair: Pair) -> None:
    """A handshake for each kind of key: neither slot is taken for the other, nor for drift."""
    assert {
        f"web/{kind}": {entity.value.fingerprint.hex} for kind, entity in pair.held.items()
    } == pair.presented()


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_switched_and_proven_beside_the_other(pair: Pair, kind: str) -> None:
    """The new leaf comes live in its own slot, and the other slot's leaf stays."""
    new = pair.root.leaf("web.example", key=make_key(kind), now=datetime.now(UTC))
    old = pair.held[kind]
    before, after = (value_of(IdentityContent(one.value, (), one.private_key)) for one in (old, new))
    step = Switch(
        id=f"web/{kind}#1",
        why="x",
        kind="switch-identity",
        slot=f"web/{kind}",
        node="here",
        before=(before,),
        after=after,
    )
    crew = Crew(
        hosts={"here": LocalHost()},
        targets={"nginx": NginxTarget()},
        installer=Installer(TlsProber(), SystemClock()),
        state=lambda _node: str(pair.folder / "state"),
        keys_at=lambda _template, _progress: None,
        tidy=lambda _progress, _fence: None,
        issue=_never,
        by_hand=_never,
    )
    site_of = CarryingHands(pair.estate, "r", crew)._site  # what it knows of a step's slot
    site = site_of(step, lambda _node: Fence(str(pair.folder / "fence"), "journal", 1))
    installer = crew.installer
    installer.adopt(site)
    content = IdentityContent(new.value, (), new.private_key)
    result = installer.switch(site, content, installer.back_up(site, "r/s"))
    assert "live" == result.ending, result
    expected = {f"web/{one}": {entity.value.fingerprint.hex} for one, entity in pair.held.items()}
    assert {**expected, step.slot: {new.value.fingerprint.hex}} == pair.presented()


def _never(*_given: object) -> NoReturn:
    raise AssertionError
