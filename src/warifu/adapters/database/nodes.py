"""Nodes, their identities, and the tokens by which they join."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from warifu.adapters.database.columns import METADATA, Fingerprint, Json, Moment
from warifu.adapters.database.writing import batched, put_row
from warifu.domain.x509 import Certificate, Sha256
from warifu.ports.node_books import (
    Identity,
    IdentityBook,
    Node,
    NodeBook,
    NodeState,
    RevocationBook,
    Way,
)

_KNOWN: Final = 4096
"""Certificates that are kept as they were read, about 6 KiB each."""

NODES: Final = Table(
    "node",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("joined", Moment, nullable=False),
    Column("since", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("domains", Json, nullable=False),
)
IDENTITIES: Final = Table(
    "node_identity",
    METADATA,
    Column("fingerprint", Fingerprint, primary_key=True),
    Column("node", Text, ForeignKey(NODES.c.name), nullable=False, index=True),
    Column("key", Fingerprint, nullable=False, index=True),
    Column("der", LargeBinary, nullable=False),
    Column("issued", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    Column("way", Text, nullable=False),
    Column("revoked", Moment, index=True),
    Column("reason", Text, nullable=False),
)


class NodeTables(NodeBook):
    """Nodes as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def nodes(
        self, *, after: str = "", most: int = 1_000_000, states: Collection[NodeState] = tuple(NodeState)
    ) -> tuple[Node, ...]:
        """Return nodes in one of these states sorted by name, beginning after a name."""
        wanted = select(NODES).where(NODES.c.name > after, NODES.c.state.in_([str(one) for one in states]))
        return tuple(_node(row) for row in self._db.execute(wanted.order_by(NODES.c.name).limit(most)))

    def find(self, name: str) -> Node | None:
        """Return the node of this name."""
        row = self._db.execute(select(NODES).where(NODES.c.name == name)).one_or_none()
        return None if row is None else _node(row)

    def among(self, names: Collection[str]) -> Mapping[str, Node]:
        """Return those of these nodes that there are, by name."""
        found = (
            _node(row)
            for some in batched(names)
            for row in self._db.execute(select(NODES).where(NODES.c.name.in_(some)))
        )
        return {node.name: node for node in found}

    def put(self, node: Node) -> None:
        """Keep a node; see the port."""
        put_row(
            self._db,
            NODES,
            {
                "name": node.name,
                "state": str(node.state),
                "joined": node.joined,
                "since": node.since,
                "reason": node.reason,
                "domains": list(node.domains),
            },
        )

    def count(self) -> Mapping[NodeState, int]:
        """Return how many there are in each state."""
        rows = self._db.execute(select(NODES.c.state, func.count()).group_by(NODES.c.state))
        found = {NodeState(row[0]): int(row[1]) for row in rows}
        return {state: found.get(state, 0) for state in NodeState}


class IdentityTables(IdentityBook):
    """Identities as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, identity: Identity) -> None:
        """Keep a new identity."""
        certificate = identity.certificate
        self._db.execute(
            insert(IDENTITIES),
            {
                "fingerprint": certificate.fingerprint,
                "node": identity.node,
                "key": key_of(certificate),
                "der": certificate.der,
                "issued": identity.issued,
                "ends": certificate.not_after,
                "way": str(identity.way),
                "revoked": identity.revoked,
                "reason": identity.reason,
            },
        )

    def find(self, fingerprint: Sha256) -> Identity | None:
        """Return the identity of a certificate."""
        return next(_where(self._db, IDENTITIES.c.fingerprint == fingerprint), None)

    def among(self, fingerprints: Collection[Sha256]) -> Mapping[Sha256, Identity]:
        """Return the identities of those of these certificates that were issued here, by certificate."""
        return {
            one.certificate.fingerprint: one
            for some in batched(fingerprints)
            for one in _where(self._db, IDENTITIES.c.fingerprint.in_(some))
        }

    def of(self, node: str) -> tuple[Identity, ...]:
        """Return a node's identities, newest first."""
        return _newest_first(_where(self._db, IDENTITIES.c.node == node))

    def with_key(self, key: Sha256) -> tuple[Identity, ...]:
        """Return the identities whose key has this SHA-256, newest first."""
        return _newest_first(_where(self._db, IDENTITIES.c.key == key))


class RevocationTables(RevocationBook):
    """Revocations as marks on identities."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def revoke(self, fingerprints: Sequence[Sha256], reason: str, *, now: datetime) -> None:
        """Note that identities are revoked; see the port."""
        for some in batched(fingerprints):
            self._db.execute(
                update(IDENTITIES)
                .where(IDENTITIES.c.fingerprint.in_(some), IDENTITIES.c.revoked.is_(None))
                .values(revoked=now, reason=reason)
            )

    def revoked(self, *, alive_at: datetime) -> tuple[Identity, ...]:
        """Return revoked identities that have not expired, by serial number."""
        found = _where(self._db, IDENTITIES.c.revoked.is_not(None), IDENTITIES.c.ends >= alive_at)
        return tuple(sorted(found, key=lambda one: one.certificate.serial))


def key_of(certificate: Certificate) -> Sha256:
    """Return the SHA-256 of a certificate's key."""
    key = certificate.public_key
    return Sha256.of(b"") if key is None else key.sha256


def _where(db: Connection, *wanted: Any) -> Iterator[Identity]:
    for row in db.execute(select(IDENTITIES).where(*wanted)):
        yield Identity(row.node, _certificate(row.der), row.issued, Way(row.way), row.revoked, row.reason)


@lru_cache(maxsize=_KNOWN)
def _certificate(der: bytes) -> Certificate:
    """Return a certificate, of which everything is read once: nodes come back each minute with the same."""
    return Certificate(der)


def _newest_first(found: Iterable[Identity]) -> tuple[Identity, ...]:
    return tuple(sorted(found, key=lambda one: (one.issued, one.certificate.fingerprint.hex), reverse=True))


def _node(row: Any) -> Node:
    return Node(row.name, NodeState(row.state), row.joined, row.since, row.reason, tuple(row.domains))
