"""Keys for the way back are found in backups."""

from __future__ import annotations

from pathlib import Path

from support.pki import Entity
from support.small_estate import SmallWorld
from warifu.adapters.hosts.local import LocalHost
from warifu.domain.estate import IdentitySlot
from warifu.ports.hosts import Fence, FileSeen
from warifu.workflows.backups import back_up
from warifu.workflows.kept import find_key


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
