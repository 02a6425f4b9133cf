"""What backups on nodes still hold: the values that a way back leads to, and their keys."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping

from warifu.domain.estate import Estate, IdentitySlot
from warifu.domain.x509 import PrivateKey, read
from warifu.errors import RefusedError, UsageError
from warifu.ports.hosts import HostReader
from warifu.workflows.backups import Backup, data_of, open_backup


def find_key(
    estate: Estate,
    slot: IdentitySlot,
    leaf: str,
    hosts: Mapping[str, HostReader],
    state: Callable[[str], str],
) -> PrivateKey | None:
    """Return the private key that belongs to a leaf the slot once had, from its newest backup that holds it.

    Args:
        leaf: SHA-256 hex of the leaf.
        state: the folder on a node that holds `backups/`.
    """
    node = estate.node_of(slot.name).name
    for backup in _backups(hosts[node], state(node), slot.name):
        certificates = read(data_of(hosts[node], backup, slot.certificate)).certificates
        if not certificates or certificates[0].fingerprint.hex != leaf:
            continue
        for path in (slot.key, slot.certificate):
            for key in read(data_of(hosts[node], backup, path)).keys if path else ():
                own = certificates[0].public_key
                if own is not None and own.spki == key.public_key.spki:
                    return key
    return None


def _backups(host: HostReader, state: str, slot: str) -> Iterator[Backup]:
    """Yield every backup of a slot, those of the newest rollout first; a rollout takes one before each step.

    Those whose folder is named after one of the slot's own steps come before all others, so that
    a way back of many steps does not open each time what the others left.
    """
    own = f"{slot.replace('/', '.')}#"
    others: list[str] = []
    for rollout in reversed(host.names(f"{state}/backups")):
        for folder in reversed(host.names(rollout)):
            if posixpath.basename(folder).startswith(own):
                yield from _opened(host, folder, slot)
            else:
                others.append(folder)
    for folder in others:
        yield from _opened(host, folder, slot)


def _opened(host: HostReader, folder: str, slot: str) -> Iterator[Backup]:
    try:
        backup = open_backup(host, folder)
    except (RefusedError, UsageError):
        return
    if backup.manifest.slot == slot:
        yield backup
