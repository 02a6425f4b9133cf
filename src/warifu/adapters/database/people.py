"""People, their passwords, sessions and one-time links."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, ForeignKey, Integer, Table, Text, delete, insert, select, update

from warifu.adapters.database.columns import METADATA, Fingerprint, Json, Moment
from warifu.adapters.database.writing import put_row
from warifu.domain.directory.roles import Role
from warifu.domain.x509 import Sha256
from warifu.errors import RefusedError
from warifu.ports.passwords import SealedPassword
from warifu.ports.people_books import (
    Attempts,
    Link,
    LinkBook,
    LinkState,
    PasswordBook,
    PeopleBook,
    Person,
    Session,
    SessionBook,
)

PEOPLE: Final = Table(
    "person",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("roles", Json, nullable=False),
    Column("created", Moment),
    Column("ended", Moment),
    Column("password", Text),
    Column("password_at", Moment),
)
CERTIFICATES: Final = Table(
    "person_certificate",
    METADATA,
    Column("fingerprint", Fingerprint, primary_key=True),
    Column("person", Text, ForeignKey(PEOPLE.c.name), nullable=False, index=True),
)
ATTEMPTS: Final = Table(
    "sign_in_attempt",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("until", Moment),
)
SESSIONS: Final = Table(
    "session",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("person", Text, ForeignKey(PEOPLE.c.name), nullable=False, index=True),
    Column("begun", Moment, nullable=False),
    Column("ends", Moment, nullable=False, index=True),
    Column("way", Text, nullable=False),
)
LINKS: Final = Table(
    "sign_in_link",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("person", Text, ForeignKey(PEOPLE.c.name), nullable=False, index=True),
    Column("made", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    Column("state", Text, nullable=False),
)


class PeopleTables(PeopleBook):
    """People as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def people(self) -> tuple[Person, ...]:
        """Return everybody, sorted by name."""
        theirs: dict[str, list[Sha256]] = {}
        for row in self._db.execute(select(CERTIFICATES)):
            theirs.setdefault(row.person, []).append(row.fingerprint)
        found = (_person(row, theirs.get(row.name, [])) for row in self._db.execute(select(PEOPLE)))
        return tuple(sorted(found, key=lambda person: person.name))

    def find(self, name: str) -> Person | None:
        """Return who has this name."""
        row = self._db.execute(select(PEOPLE).where(PEOPLE.c.name == name)).one_or_none()
        if row is None:
            return None
        return _person(
            row, self._db.scalars(select(CERTIFICATES.c.fingerprint).where(CERTIFICATES.c.person == name))
        )

    def find_by_certificate(self, fingerprint: Sha256) -> Person | None:
        """Return whose client certificate it is."""
        name = self._db.scalar(select(CERTIFICATES.c.person).where(CERTIFICATES.c.fingerprint == fingerprint))
        return None if name is None else self.find(name)

    def put(self, person: Person) -> None:
        """Keep a person; see the port."""
        roles = sorted(str(role) for role in person.roles)
        row = {"name": person.name, "roles": roles, "created": person.created, "ended": person.ended}
        put_row(self._db, PEOPLE, row)
        self._db.execute(delete(CERTIFICATES).where(CERTIFICATES.c.person == person.name))
        for fingerprint in person.certificates:
            other = self.find_by_certificate(fingerprint)
            if other is not None:
                raise RefusedError(
                    "registry.certificate-taken", fingerprint=fingerprint.hex, person=other.name
                )
            self._db.execute(insert(CERTIFICATES), {"fingerprint": fingerprint, "person": person.name})


class PasswordTables(PasswordBook):
    """Password hashes as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def find(self, name: str) -> SealedPassword | None:
        """Return the sealed password of a person, if one is set."""
        text = self._db.scalar(select(PEOPLE.c.password).where(PEOPLE.c.name == name))
        return None if text is None else SealedPassword(text)

    def put(self, name: str, sealed: SealedPassword | None, *, now: datetime) -> None:
        """Set a person's password, or take it away."""
        text = None if sealed is None else sealed.reveal()
        self._db.execute(update(PEOPLE).where(PEOPLE.c.name == name).values(password=text, password_at=now))

    def attempts(self, key: str) -> Attempts:
        """Return the failures under a key."""
        row = self._db.execute(select(ATTEMPTS).where(ATTEMPTS.c.key == key)).one_or_none()
        return Attempts() if row is None else Attempts(row.failures, row.until)

    def note(self, key: str, attempts: Attempts) -> None:
        """Keep the failures under a key."""
        if attempts.failures:
            put_row(self._db, ATTEMPTS, {"key": key, "failures": attempts.failures, "until": attempts.until})
        else:
            self._db.execute(delete(ATTEMPTS).where(ATTEMPTS.c.key == key))

    def prune(self, *, before: datetime) -> int:
        """Forget failures whose wait ended before an instant; return of how many keys."""
        return self._db.execute(delete(ATTEMPTS).where(ATTEMPTS.c.until < before)).rowcount


class SessionTables(SessionBook):
    """Sessions as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, session: Session) -> None:
        """Keep a session."""
        self._db.execute(
            insert(SESSIONS),
            {
                "key": session.key,
                "person": session.person,
                "begun": session.begun,
                "ends": session.ends,
                "way": session.way,
            },
        )

    def find(self, key: str) -> Session | None:
        """Return the session of a token's hash."""
        row = self._db.execute(select(SESSIONS).where(SESSIONS.c.key == key)).one_or_none()
        return None if row is None else Session(row.key, row.person, row.begun, row.ends, row.way)

    def end(self, key: str) -> None:
        """End one session."""
        self._db.execute(delete(SESSIONS).where(SESSIONS.c.key == key))

    def end_all(self, person: str) -> int:
        """End every session of a person; return how many there were."""
        return self._db.execute(delete(SESSIONS).where(SESSIONS.c.person == person)).rowcount

    def prune(self, *, now: datetime) -> int:
        """Forget sessions that have ended by time; return how many."""
        return self._db.execute(delete(SESSIONS).where(SESSIONS.c.ends <= now)).rowcount


class LinkTables(LinkBook):
    """One-time links as rows."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, link: Link) -> None:
        """Keep a link; see the port."""
        self._db.execute(
            delete(LINKS).where(LINKS.c.person == link.person, LINKS.c.state == str(LinkState.OPEN))
        )
        self._db.execute(
            insert(LINKS),
            {
                "key": link.key,
                "person": link.person,
                "made": link.made,
                "ends": link.ends,
                "state": str(link.state),
            },
        )

    def find(self, key: str) -> Link | None:
        """Return the link of a hash."""
        row = self._db.execute(select(LINKS).where(LINKS.c.key == key)).one_or_none()
        return None if row is None else Link(row.key, row.person, row.made, row.ends, LinkState(row.state))

    def use(self, key: str) -> None:
        """Have a link be used up."""
        self._db.execute(update(LINKS).where(LINKS.c.key == key).values(state=str(LinkState.USED)))


def _person(row: Any, certificates: Any) -> Person:
    return Person(
        row.name,
        frozenset(Role(name) for name in row.roles),
        tuple(sorted(certificates, key=lambda one: one.hex)),
        row.created,
        row.ended,
        row.password is not None,
    )
