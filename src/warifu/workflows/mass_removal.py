"""A version that drops much is held by nodes until somebody says that it is meant."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from warifu.domain.directory import Published
from warifu.domain.directory.roles import Act, demand
from warifu.errors import RefusedError
from warifu.ports.bundles import BundleSigner
from warifu.ports.registry import Registry
from warifu.workflows.acting import Actor
from warifu.workflows.audit_desk import record
from warifu.workflows.published import keep_version, version_of


def confirm_mass_removal(
    registry: Registry, signer: BundleSigner, actor: Actor, domain: str, version: int, *, now: datetime
) -> Published:
    """Publish the same again with the digest of this confirmation: nodes that held it back follow it then.

    Args:
        version: the newest one, as whoever confirms saw it.

    Raises:
        UsageError: `registry.domain-unknown`.
        RefusedError: `directory.not-allowed`; `registry.basis-moved`: another version is the newest by now.
    """
    demand(actor.roles, Act.CONFIRM_MASS_REMOVAL)
    with registry.change() as books:
        present = version_of(books, domain)
        if present.version != version:
            raise RefusedError("registry.basis-moved", domain=domain, basis=version, newest=present.version)
        said = f"warifu mass removal {domain} {version} {actor.name} {now.isoformat()}"
        digest = hashlib.sha256(said.encode()).hexdigest()
        kept = keep_version(books, signer, replace(present, plan=digest), now=now)
        told = {"version": kept.version, "confirmed": version, "plan": digest}
        record(books, actor.name, Act.CONFIRM_MASS_REMOVAL, domain, told, now=now)
        return kept
