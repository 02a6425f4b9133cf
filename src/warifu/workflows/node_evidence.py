"""Evidence of nodes: who signed it, when it was seen, and whether it carries what is claimed.

A node's own word is taken when the key of an identity that the server issued to it signed it. It is kept as it was
signed, so that anybody can check it later against what the server knows of that identity.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from warifu.domain.x509 import Sha256
from warifu.errors import RefusedError, WarifuError
from warifu.ports.node_books import Identity
from warifu.ports.registry import Books, Registry
from warifu.wire.evidence import Evidence, Outcome, Stage
from warifu.wire.signed import check_vouched

OLDEST: Final = timedelta(minutes=2)
"""How old what a node saw may be when its step is taken for done; its clock's measured error is taken off first."""
_USE: Final = (Stage.LOADED, Stage.PROVEN)


@dataclass(frozen=True, slots=True)
class NodeEvidence:
    """Judges evidence against the identities that a server issued."""

    registry: Registry

    def demand(
        self,
        node: str,
        slot: str,
        digest: str,
        found: Iterable[Evidence],
        *,
        stated: bool,
        skew: timedelta,
        now: datetime,
    ) -> None:
        """Pass where a node's evidence shows that a slot has this value in use.

        Args:
            stated: an owner's word stands for what no witness can see: the files are enough.
            skew: how much the node's clock is ahead.

        Raises:
            RefusedError: `rollouts.evidence-unsigned`, `rollouts.evidence-old`, `rollouts.evidence-lacking`.
        """
        listed = tuple(found)
        with self.registry.look() as books:
            for one in listed:
                if signer_of(books, one, node) is None:
                    raise RefusedError("rollouts.evidence-unsigned", node=node, slot=one.slot)
        for one in listed:
            if abs(now - (one.at - skew)) > OLDEST:
                raise RefusedError("rollouts.evidence-old", node=node, slot=one.slot, at=one.at, now=now)
        if not carries(listed, slot, digest, stated=stated):
            raise RefusedError("rollouts.evidence-lacking", node=node, slot=slot)


def signer_of(books: Books, evidence: Evidence, node: str) -> Identity | None:
    """Return the identity of a node that signed evidence; None where none of it did.

    An identity that was revoked or has expired since still tells who signed.
    """
    by, _, _ = evidence.signature.partition(":")
    try:
        identity = books.identities.find(Sha256.parse(by))
        if identity is None or identity.node != node:
            return None
        check_vouched(evidence, identity.certificate)
    except WarifuError:
        return None
    return identity


def carries(found: Iterable[Evidence], slot: str, digest: str, *, stated: bool) -> bool:
    """Tell whether evidence shows that a slot has a value in use, and nothing of it says otherwise."""
    own = [one for one in found if one.slot == slot and one.value_digest == digest]
    seen = {(one.stage, one.outcome) for one in own}
    if (Stage.ON_DISK, Outcome.NO) in seen or any((stage, Outcome.NO) in seen for stage in _USE):
        return False
    if stated:
        return (Stage.ON_DISK, Outcome.YES) in seen
    return any((stage, Outcome.YES) in seen for stage in _USE)
