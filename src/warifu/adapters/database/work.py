"""Plans with their approvals, answers kept under a key, and leases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    select,
    update,
)

from warifu.adapters.database.about import AboutTables
from warifu.adapters.database.columns import METADATA, Json, Moment
from warifu.adapters.database.writing import put_row
from warifu.errors import RefusedError
from warifu.ports.work_books import (
    Approval,
    HeldLease,
    KeptPlan,
    KeyedAnswer,
    KeyedAnswers,
    LeaseBook,
    PlanBook,
    PlanState,
)

PLANS: Final = Table(
    "kept_plan",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("subjects", Json, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", Text, nullable=False),
)
APPROVALS: Final = Table(
    "plan_approval",
    METADATA,
    Column("digest", Text, ForeignKey(PLANS.c.digest), primary_key=True),
    Column("person", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("remark", Text, nullable=False),
)
ANSWERS: Final = Table(
    "keyed_answer",
    METADATA,
    Column("actor", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("media", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)
LEASES: Final = Table(
    "lease",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("until", Moment, nullable=False),
)


class PlanTables(PlanBook):
    """Plans as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, plan: KeptPlan) -> None:
        """Keep a new plan; one that is there already stays as it is."""
        if self.find(plan.digest) is not None:
            return
        number = (self._db.scalar(select(func.max(PLANS.c.number))) or 0) + 1
        self._db.execute(
            insert(PLANS),
            {
                "digest": plan.digest,
                "number": number,
                "kind": plan.kind,
                "domain": plan.domain,
                "subjects": list(plan.subjects),
                "document": plan.document,
                "by": plan.by,
                "at": plan.at,
                "state": str(plan.state),
            },
        )
        for approval in plan.approvals:
            self.approve(plan.digest, approval)

    def find(self, digest: str) -> KeptPlan | None:
        """Return a plan with its approvals, in the order given."""
        return next(iter(self._where(PLANS.c.digest == digest)), None)

    def plans(self, state: PlanState | None = None) -> tuple[KeptPlan, ...]:
        """Return plans, newest first."""
        return self._where(*() if state is None else (PLANS.c.state == str(state),))

    def approve(self, digest: str, approval: Approval) -> None:
        """Note an approval; see the port."""
        key = and_(APPROVALS.c.digest == digest, APPROVALS.c.person == approval.person)
        if self._db.scalar(select(APPROVALS.c.person).where(key)) is None:
            self._db.execute(
                insert(APPROVALS),
                {
                    "digest": digest,
                    "person": approval.person,
                    "at": approval.at,
                    "remark": approval.remark,
                },
            )

    def close(self, digest: str, state: PlanState) -> None:
        """Note what became of a plan."""
        self._db.execute(update(PLANS).where(PLANS.c.digest == digest).values(state=str(state)))

    def _where(self, *wanted: Any) -> tuple[KeptPlan, ...]:
        rows = self._db.execute(select(PLANS).where(*wanted).order_by(PLANS.c.number.desc())).all()
        return tuple(
            KeptPlan(
                row.digest,
                row.kind,
                row.domain,
                tuple(row.subjects),
                row.document,
                row.by,
                row.at,
                PlanState(row.state),
                self._approvals(row.digest),
            )
            for row in rows
        )

    def _approvals(self, digest: str) -> tuple[Approval, ...]:
        rows = self._db.execute(select(APPROVALS).where(APPROVALS.c.digest == digest))
        given = (Approval(row.person, row.at, row.remark) for row in rows)
        return tuple(sorted(given, key=lambda approval: (approval.at, approval.person)))


class AnswerTables(KeyedAnswers):
    """Answers as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def find(self, actor: str, key: str) -> KeyedAnswer | None:
        """Return what was answered under a key."""
        wanted = select(ANSWERS).where(ANSWERS.c.actor == actor, ANSWERS.c.key == key)
        row = self._db.execute(wanted).one_or_none()
        if row is None:
            return None
        return KeyedAnswer(row.actor, row.key, row.request, row.status, row.media, row.body, row.at)

    def keep(self, answer: KeyedAnswer) -> None:
        """Keep an answer; see the port."""
        if self.find(answer.actor, answer.key) is not None:
            raise RefusedError("registry.key-taken", actor=answer.actor)
        self._db.execute(
            insert(ANSWERS),
            {
                "actor": answer.actor,
                "key": answer.key,
                "request": answer.request,
                "status": answer.status,
                "media": answer.media,
                "body": answer.body,
                "at": answer.at,
            },
        )

    def prune(self, *, before: datetime) -> int:
        """Forget answers that are older; return how many."""
        return self._db.execute(delete(ANSWERS).where(ANSWERS.c.at < before)).rowcount


class LeaseTables(LeaseBook):
    """Leases as rows. Epochs rise over all leases and over restored backups: no node ever sees one fall."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def find(self, name: str) -> HeldLease | None:
        """Return a lease as it is kept; see the port."""
        row = self._db.execute(select(LEASES).where(LEASES.c.name == name)).one_or_none()
        return None if row is None else HeldLease(row.name, row.holder, row.epoch, row.until)

    def take(self, name: str, holder: str, *, now: datetime, length: timedelta) -> HeldLease:
        """Take or renew a lease; see the port."""
        row = self._db.execute(select(LEASES).where(LEASES.c.name == name)).one_or_none()
        if row is not None and row.holder == holder:
            epoch = int(row.epoch)
        elif row is not None and row.holder and row.until > now:
            raise RefusedError("registry.lease-held", name=name, until=row.until)
        else:
            newest = self._db.scalar(select(func.max(LEASES.c.epoch))) or 0
            epoch = max(newest, AboutTables(self._db).generation()) + 1
        lease = HeldLease(name, holder, epoch, now + length)
        put_row(self._db, LEASES, {"name": name, "holder": holder, "epoch": epoch, "until": lease.until})
        return lease

    def stand(self, lease: HeldLease) -> None:
        """Return when the lease is still its holder's; see the port."""
        row = self._db.execute(select(LEASES).where(LEASES.c.name == lease.name)).one_or_none()
        if row is None or (row.epoch, row.holder) != (lease.epoch, lease.holder):
            raise RefusedError("registry.lease-lost", name=lease.name, epoch=lease.epoch)

    def release(self, lease: HeldLease) -> None:
        """Give a lease free; one that was lost stays with who has it."""
        self._db.execute(
            update(LEASES)
            .where(LEASES.c.name == lease.name, LEASES.c.epoch == lease.epoch)
            .values(holder="", until=lease.until)
        )
