"""Keys for the way back are found in backups."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from support.pki import Entity
from support.small_estate import SmallWorld
from warifu.adapters.hosts.local import LocalHost
from warifu.domain.estate import IdentitySlot
from warifu.errors import CouldNotLookError
from warifu.ports.changes import Fence
from warifu.ports.hosts import FileSeen
from warifu.workflows.backups import back_up
from warifu.workflows.kept import find_key


class CountingHost(LocalHost):
    """This machine; it counts the files that are read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[str] = []

    def read(self, path: str) -> FileSeen:
        self.reads.append(path)
        return super().read(path)

    def read_all(self, paths: Sequence[str]) -> tuple[FileSeen | CouldNotLookError, ...]:
        return tuple(self.read(path) for path in paths)


def test_a_way_back_does_not_open_what_other_slots_left(tmp_path: Path) -> None:
    """Nine other slots of the node have backups too: the key is found without reading one of them."""
    world, host = SmallWorld(), CountingHost()
    estate = world.estate
    (slot,) = [s for s in estate.slots.values() if isinstance(s, IdentitySlot) and s.service == "web"]
    fence = Fence(f"{tmp_path}/fence", "j", 1)
    for name in ("web/tls", *(f"web/z{number}" for number in range(9))):
        seen = [
            FileSeen(slot.certificate, "file", world.web.fullchain_pem, 0o644),
            FileSeen(slot.key, "file", world.web.key_pem, 0o600),
        ]
        label = f"{name.replace('/', '.')}#1"
        back_up(host, name, seen, f"{tmp_path}/backups/20260101T000000Z-aaaaaaaa/{label}", fence)
    host.reads.clear()
    hosts = dict.fromkeys(estate.nodes, host)
    leaf = world.web.value.fingerprint.hex
    assert find_key(estate, slot, leaf, hosts, lambda _node: str(tmp_path)) is not None
    assert {"web.tls#1"} == {Path(path).parent.name for path in host.reads}


def test_the_key_of_an_earlier_leaf_is_in_some_steps_backup(tmp_path: Path) -> None:
    """Each step of each rollout has a backup of its own; whichever holds the leaf gives its key, another slot's not."""
    world, host = SmallWorld(), LocalHost()
    estate = world.estate
    (slot,) = [s for s in estate.slots.values() if isinstance(s, IdentitySlot) and s.service == "web"]

    def keep(label: str, name: str, entity: Entity) -> None:
        seen = [
            FileSeen(slot.certificate, "file", entity.fullchain_pem, 0o644),
            FileSeen(slot.key, "file", entity.key_pem, 0o600),
        ]
        back_up(host, name, seen, f"{tmp_path}/backups/{label}", Fence(f"{tmp_path}/fence", "j", 1))

    later = world.root.leaf("web.example")
    keep("20260101T000000Z-aaaaaaaa/adopt:web.tls", slot.name, world.web)
    keep("20260101T000000Z-aaaaaaaa/web.tls#1", slot.name, world.web)
    keep("20260201T000000Z-bbbbbbbb/web.tls#1", slot.name, later)
    keep("20260301T000000Z-cccccccc/other#1", "other/tls", world.app)

    def found(entity: Entity) -> bool:
        hosts = dict.fromkeys(estate.nodes, host)
        key = find_key(estate, slot, entity.value.fingerprint.hex, hosts, lambda _node: str(tmp_path))
        return key is not None and key.public_key.spki == entity.private_key.public_key.spki

    assert [True, True, False] == [found(each) for each in (world.web, later, world.app)]
