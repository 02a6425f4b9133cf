"""Backups of a server, and a server that comes back from one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from warifu.domain.directory.roles import Act, demand
from warifu.ports.bundles import BundleSigner
from warifu.ports.registry import BackupFacts, Backups, Registry
from warifu.workflows.acting import SERVER, Actor
from warifu.workflows.audit_desk import record
from warifu.workflows.published import FROZEN, keep_version, version_of

SIGNED: Final = "generation.signed"
RESTORED: Final = "restore-backup"


def back_up(registry: Registry, backups: Backups, actor: Actor, path: str, *, now: datetime) -> BackupFacts:
    """Make a backup while the server runs.

    Raises:
        RefusedError: `directory.not-allowed`, `registry.backup-there`.
        CouldNotLookError: `registry.database`, `io.cannot-write`, `registry.backup-damaged`.
    """
    demand(actor.roles, Act.BACK_UP)
    facts = backups.make(path, now=now)
    with registry.change() as books:
        told = {"schema": facts.schema, "generation": facts.generation, "files": len(facts.files)}
        record(books, actor.name, Act.BACK_UP, path, told, now=now)
    return facts


def restore_backup(
    backups: Backups, open_registry: Callable[[], Registry], signer: BundleSigner, path: str, *, now: datetime
) -> BackupFacts:
    """Have a server be there again from a backup, on a machine where none is.

    It is another server from then on: a new generation, above which every version, CRL number and epoch is allotted, so
    that no node takes it for an old state. All trust is signed anew. Sessions, links and join tokens of the backup are
    void; what was done after the backup is lost, and the audit trail says so.

    Args:
        open_registry: opens the database once it lies in its place.

    Raises:
        RefusedError: `registry.data-there`.
        CouldNotLookError: `io.cannot-read`, `registry.backup-damaged`, `registry.database`.
    """
    facts = backups.unpack(path, now=now)
    resume_generation(open_registry(), signer, now=now)
    return facts


def resume_generation(registry: Registry, signer: BundleSigner, *, now: datetime) -> bool:
    """Sign everything anew if a backup was restored since it was last signed; asked at each start of a server.

    Returns:
        Whether it was.
    """
    with registry.change() as books:
        generation = books.about.generation()
        if books.about.find(SIGNED) == str(generation) or generation == 0:
            return False
        books.about.put(SIGNED, str(generation))
        books.about.put(FROZEN, "")  # it was made while nothing moved
        record(books, SERVER, RESTORED, "server", {"generation": generation}, now=now)
        files = signer.renew(books.bundles.files(), now=now, above=generation)
        books.bundles.add(files, now=now)
        for domain in books.directory.domains():
            keep_version(books, signer, version_of(books, domain), now=now)
        return True
