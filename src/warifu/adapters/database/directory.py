"""Trust domains and their versions. A version is kept as the list of what it holds; certificates and CRLs once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    Table,
    Text,
    and_,
    func,
    insert,
    select,
)

from warifu.adapters.database.columns import METADATA, Fingerprint, Moment
from warifu.adapters.database.writing import batched
from warifu.domain.directory import Anchor, AnchorKind, Published, Standing
from warifu.domain.x509 import Certificate, RevocationList, Sha256
from warifu.errors import RefusedError, UsageError
from warifu.ports.trust_books import DirectoryBook, VersionHead

DOMAINS: Final = Table(
    "trust_domain",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("created", Moment, nullable=False),
)
VERSIONS: Final = Table(
    "trust_version",
    METADATA,
    Column("domain", Text, ForeignKey(DOMAINS.c.name), primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("plan", Text, nullable=False),
)
OBJECTS: Final = Table(
    "trust_object",
    METADATA,
    Column("sha256", Fingerprint, primary_key=True),
    Column("der", LargeBinary, nullable=False),
)
ANCHORS: Final = Table(
    "trust_anchor",
    METADATA,
    Column("domain", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("sha256", Fingerprint, ForeignKey(OBJECTS.c.sha256), primary_key=True),
    Column("alias", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("standing", Text, nullable=False),
    ForeignKeyConstraint(["domain", "version"], [VERSIONS.c.domain, VERSIONS.c.version]),
)
CRLS: Final = Table(
    "trust_crl",
    METADATA,
    Column("domain", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("sha256", Fingerprint, ForeignKey(OBJECTS.c.sha256), primary_key=True),
    ForeignKeyConstraint(["domain", "version"], [VERSIONS.c.domain, VERSIONS.c.version]),
)


class DirectoryTables(DirectoryBook):
    """Trust domains as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def domains(self) -> tuple[str, ...]:
        """Return the names of the trust domains, sorted."""
        return tuple(sorted(self._db.scalars(select(DOMAINS.c.name))))

    def create(self, domain: str, *, now: datetime) -> None:
        """Begin a trust domain; see the port."""
        if self._is_there(domain):
            raise RefusedError("registry.domain-exists", domain=domain)
        self._db.execute(insert(DOMAINS), {"name": domain, "created": now})

    def find(self, domain: str, version: int | None = None) -> Published | None:
        """Return a version; see the port."""
        of_domain = VERSIONS.c.domain == domain
        wanted = of_domain if version is None else and_(of_domain, VERSIONS.c.version == version)
        row = self._db.execute(
            select(VERSIONS).where(wanted).order_by(VERSIONS.c.version.desc()).limit(1)
        ).one_or_none()
        if row is None:
            return Published(domain) if version in {None, 0} and self._is_there(domain) else None
        return Published(row.domain, row.version, row.at, self._anchors(row), self._crls(row), row.plan)

    def add(self, published: Published) -> None:
        """Keep the next version of a domain; see the port."""
        domain, version = published.domain, published.version
        if not self._is_there(domain):
            raise UsageError("registry.domain-unknown", domain=domain)
        newest = self._db.scalar(select(func.max(VERSIONS.c.version)).where(VERSIONS.c.domain == domain)) or 0
        if version <= newest:
            raise RefusedError("registry.version-taken", domain=domain, version=version, newest=newest)
        head = {"domain": domain, "version": version}
        self._db.execute(insert(VERSIONS), {**head, "at": published.at, "plan": published.plan})
        anchors, crls = published.anchors, published.crls
        self._keep({a.key: a.certificate.der for a in anchors} | {c.fingerprint: c.der for c in crls})
        if anchors:
            self._db.execute(
                insert(ANCHORS),
                [
                    {
                        **head,
                        "sha256": a.key,
                        "alias": a.alias,
                        "kind": str(a.kind),
                        "standing": str(a.standing),
                    }
                    for a in anchors
                ],
            )
        if crls:
            self._db.execute(insert(CRLS), [{**head, "sha256": crl.fingerprint} for crl in crls])

    def history(self, domain: str, *, below: int | None = None, most: int = 100) -> tuple[VersionHead, ...]:
        """Return versions, newest first; see the port."""
        wanted = VERSIONS.c.domain == domain
        if below is not None:
            wanted = and_(wanted, VERSIONS.c.version < below)
        rows = self._db.execute(
            select(VERSIONS, _count(ANCHORS).label("anchors"), _count(CRLS).label("crls"))
            .where(wanted)
            .order_by(VERSIONS.c.version.desc())
            .limit(most)
        )
        return tuple(VersionHead(r.domain, r.version, r.at, r.plan, r.anchors, r.crls) for r in rows)

    def _is_there(self, domain: str) -> bool:
        return self._db.scalar(select(DOMAINS.c.name).where(DOMAINS.c.name == domain)) is not None

    def _keep(self, objects: dict[Sha256, bytes]) -> None:
        there: set[Sha256] = set()
        for some in batched(objects):
            there |= set(self._db.scalars(select(OBJECTS.c.sha256).where(OBJECTS.c.sha256.in_(some))))
        fresh = [{"sha256": key, "der": der} for key, der in objects.items() if key not in there]
        if fresh:
            self._db.execute(insert(OBJECTS), fresh)

    def _anchors(self, head: Any) -> tuple[Anchor, ...]:
        rows = self._held(ANCHORS, head)
        return tuple(
            Anchor(Certificate(r.der), r.alias, AnchorKind(r.kind), Standing(r.standing)) for r in rows
        )

    def _crls(self, head: Any) -> tuple[RevocationList, ...]:
        return tuple(RevocationList(row.der) for row in self._held(CRLS, head))

    def _held(self, table: Table, head: Any) -> Iterable[Any]:
        """Return what a version holds, in the order of its fingerprints, which is the same in every engine."""
        rows = self._db.execute(
            select(table, OBJECTS.c.der)
            .join(OBJECTS, OBJECTS.c.sha256 == table.c.sha256)
            .where(table.c.domain == head.domain, table.c.version == head.version)
        )
        return sorted(rows, key=lambda row: row.sha256.hex)


def _count(table: Table) -> Any:
    return (
        select(func.count())
        .select_from(table)
        .where(table.c.domain == VERSIONS.c.domain, table.c.version == VERSIONS.c.version)
        .scalar_subquery()
    )
