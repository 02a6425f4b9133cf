"""People: who they are, what they may do, how they sign in.

A password is checked so that neither time nor answer tells whether the name is known; failures make the next try wait,
under each name, for at most a quarter of an hour. What a person holds (a session's token, a one-time link) is kept as
a hash alone. Nobody shares an account: whoever signs in has a name of their own.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from warifu.domain.directory.roles import Act, Role, demand, demand_other_person, may
from warifu.domain.x509 import Sha256
from warifu.errors import RefusedError, UsageError
from warifu.ports.passwords import Passwords
from warifu.ports.people_books import Attempts, Link, LinkState, Person, Session
from warifu.ports.registry import Books, Registry
from warifu.workflows.acting import SERVER, Actor
from warifu.workflows.audit_desk import record

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{0,62}")
SIGN_IN: Final = "sign-in"
SHORTEST: Final = 12
LONGEST: Final = 512
"""Characters of a password. Source: NIST SP 800-63B §3.1.1 asks for length, and for no mixture of characters."""
SESSION: Final = timedelta(hours=12)
LINK: Final = timedelta(hours=24)
FREE_TRIES: Final = 5
LONGEST_WAIT: Final = timedelta(minutes=15)
FORGET: Final = timedelta(days=1)
"""How long failures are remembered after the last one."""
_TOKEN: Final = 32  # bytes


@dataclass(frozen=True, slots=True)
class SignedIn:
    """That somebody signed in; the token is told once, to whoever signed in, and kept nowhere."""

    actor: Actor
    ends: datetime
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PeopleDesk:
    """Use cases about people.

    Args:
        chance: returns so many random bytes.
    """

    registry: Registry
    passwords: Passwords
    chance: Callable[[int], bytes]

    # --- who there is

    def people(self, actor: Actor) -> tuple[Person, ...]:
        """Return everybody."""
        demand(actor.roles, Act.LOOK)
        with self.registry.look() as books:
            return books.people.people()

    def add(self, actor: Actor, name: str, roles: Collection[Role], *, now: datetime) -> Person:
        """Add a person, who can sign in once they have a link or a client certificate.

        Raises:
            UsageError: `people.bad-name`.
            RefusedError: `directory.not-allowed`, `people.exists`.
        """
        demand(actor.roles, Act.ADD_PERSON)
        with self.registry.change() as books:
            return add_person(books, actor.name, name, roles, now=now)

    def set_roles(self, actor: Actor, name: str, roles: Collection[Role], *, now: datetime) -> Person:
        """Give a person exactly these roles.

        Raises:
            UsageError: `people.unknown`.
            RefusedError: `directory.not-allowed`, `directory.own-roles`, `people.last-administrator`.
        """
        demand(actor.roles, Act.CHANGE_PERSON)
        demand_other_person(actor.name, name)
        with self.registry.change() as books:
            before = _known(books, name)
            after = replace(before, roles=frozenset(roles))
            books.people.put(after)
            _keep_administrator(books)
            told = {"before": sorted(before.roles), "after": sorted(after.roles)}
            record(books, actor.name, Act.CHANGE_PERSON, name, told, now=now)
            return after

    def set_certificates(
        self, actor: Actor, name: str, fingerprints: Collection[Sha256], *, now: datetime
    ) -> Person:
        """Have a person be known by exactly these client certificates.

        Raises:
            UsageError: `people.unknown`.
            RefusedError: `directory.not-allowed`, `registry.certificate-taken`.
        """
        demand(actor.roles, Act.CHANGE_PERSON)
        with self.registry.change() as books:
            before = _known(books, name)
            after = replace(before, certificates=tuple(sorted(set(fingerprints))))
            books.people.put(after)
            told = {"certificates": [one.hex for one in after.certificates]}
            record(books, actor.name, Act.CHANGE_PERSON, name, told, now=now)
            return after

    def end(self, actor: Actor, name: str, *, now: datetime) -> Person:
        """Shut a person out, at once: every session of theirs ends.

        Raises:
            UsageError: `people.unknown`.
            RefusedError: `directory.not-allowed`, `people.last-administrator`.
        """
        demand(actor.roles, Act.REMOVE_PERSON)
        with self.registry.change() as books:
            person = replace(_known(books, name), ended=now, certificates=())
            books.people.put(person)
            books.passwords.put(name, None, now=now)
            _keep_administrator(books)
            sessions = books.sessions.end_all(name)
            record(books, actor.name, Act.REMOVE_PERSON, name, {"ended": now, "sessions": sessions}, now=now)
            return person

    def invite(self, actor: Actor, name: str, *, now: datetime) -> str:
        """Return a token for a one-time link by which a person chooses a password; sessions of theirs end.

        Raises:
            UsageError: `people.unknown`.
            RefusedError: `directory.not-allowed`, `people.ended`.
        """
        demand(actor.roles, Act.CHANGE_PERSON)
        token = self._token()
        with self.registry.change() as books:
            if _known(books, name).ended is not None:
                raise RefusedError("people.ended", person=name)
            books.sessions.end_all(name)
            make_link(books, actor.name, name, token, now=now)
        return token

    # --- signing in

    def first_administrator(self, *, name: str, now: datetime) -> str:
        """Return a token for the one-time link of the first administrator; asked again, the one before is void.

        Raises:
            RefusedError: `people.administrator-there`: somebody can sign in and manage people.
        """
        token = self._token()
        with self.registry.change() as books:
            first_link(books, name, token, now=now)
        return token

    def open_link(self, token: str, password: str, *, now: datetime) -> SignedIn:
        """Set a person's password by a one-time link, and sign them in.

        Raises:
            RefusedError: `people.link-void`: unknown, used or too old.
            UsageError: `people.password-unfit`.
        """
        _check_password(password)
        sealed = self.passwords.seal(password)
        with self.registry.change() as books:
            link = books.links.find(key_of(token))
            if link is None or link.state is not LinkState.OPEN or now >= link.ends:
                raise RefusedError("people.link-void")
            person = _known(books, link.person)
            if person.ended is not None:
                raise RefusedError("people.link-void")
            books.links.use(link.key)
            books.passwords.put(person.name, sealed, now=now)
            books.passwords.note(_attempt_key(person.name), Attempts())
            record(books, person.name, SIGN_IN, person.name, {"way": "link"}, now=now)
            return self._begin(books, person, "link", now)

    def sign_in(self, name: str, password: str, *, now: datetime) -> SignedIn:
        """Sign a person in by password.

        Raises:
            RefusedError: `people.not-signed-in`: name or password is wrong, and nothing tells which;
                `people.wait`: after failures under this name, known or not.
        """
        key = _attempt_key(name)
        with self.registry.change() as books:  # counted before it is checked: tries side by side wait as well
            _count_try(books, key, now)
            person = books.people.find(name) if NAME.fullmatch(name) else None
            sealed = books.passwords.find(name) if person is not None and person.ended is None else None
        holds = self.passwords.matches(sealed, password if _is_fit(password) else "")
        if not holds or person is None or sealed is None:
            self._tell_failures(key, person, now)
            raise RefusedError("people.not-signed-in")
        fresh = self.passwords.seal(password) if self.passwords.is_dated(sealed) else None
        with self.registry.change() as books:
            present = books.people.find(name)
            kept = books.passwords.find(name)
            if present is None or kept is None or kept.reveal() != sealed.reveal():
                raise RefusedError("people.not-signed-in")  # it was changed while it was checked
            books.passwords.note(key, Attempts())
            if fresh is not None:
                books.passwords.put(name, fresh, now=now)
            books.sessions.prune(now=now)
            books.passwords.prune(before=now - FORGET)
            record(books, name, SIGN_IN, name, {"way": "password"}, now=now)
            return self._begin(books, present, "password", now)

    def change_password(self, actor: Actor, old: str, new: str, *, now: datetime) -> None:
        """Change one's own password; every session of theirs ends.

        Raises:
            RefusedError: `people.not-signed-in`, `people.wait`.
            UsageError: `people.password-unfit`.
        """
        _check_password(new)
        self.sign_in(actor.name, old, now=now)
        sealed = self.passwords.seal(new)
        with self.registry.change() as books:
            books.passwords.put(actor.name, sealed, now=now)
            books.sessions.end_all(actor.name)
            record(books, actor.name, SIGN_IN, actor.name, {"way": "password-changed"}, now=now)

    def who(self, token: str, *, now: datetime) -> Actor | None:
        """Return who holds a session's token, with the roles they have now; None when it has ended."""
        with self.registry.look() as books:
            session = books.sessions.find(key_of(token))
            if session is None or now >= session.ends:
                return None
            return _actor(books.people.find(session.person))

    def who_by_certificate(self, fingerprint: Sha256) -> Actor | None:
        """Return whose client certificate it is; TLS has shown already that they hold its key."""
        with self.registry.look() as books:
            return _actor(books.people.find_by_certificate(fingerprint))

    def sign_out(self, token: str) -> None:
        """End a session."""
        with self.registry.change() as books:
            books.sessions.end(key_of(token))

    def _tell_failures(self, key: str, person: Person | None, now: datetime) -> None:
        """Tell of many failures; of unknown names nothing is told, because what was typed may be a password."""
        if person is None:
            return
        with self.registry.change() as books:
            failures = books.passwords.attempts(key).failures
            if failures >= FREE_TRIES:
                record(books, person.name, SIGN_IN, person.name, {"failures": failures}, now=now)

    def _begin(self, books: Books, person: Person, way: str, now: datetime) -> SignedIn:
        token = self._token()
        books.sessions.add(Session(key_of(token), person.name, now, now + SESSION, way))
        return SignedIn(Actor(person.name, person.roles), now + SESSION, token)

    def _token(self) -> str:
        return base64.urlsafe_b64encode(self.chance(_TOKEN)).decode().rstrip("=")


def key_of(token: str) -> str:
    """Return the hash under which a random token is kept: it has so many bits that a plain hash hides it."""
    return hashlib.sha256(token.encode("utf-8", "backslashreplace")).hexdigest()


def wait_after(failures: int) -> timedelta:
    """Return how long the next try waits: not at all at first, then twice as long after each failure."""
    if failures < FREE_TRIES:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - FREE_TRIES, 20)), LONGEST_WAIT)


def add_person(books: Books, actor: str, name: str, roles: Collection[Role], *, now: datetime) -> Person:
    """Add a person in the transaction at hand; see `PeopleDesk.add`."""
    if not NAME.fullmatch(name) or name == SERVER:
        raise UsageError("people.bad-name", name=name)
    if books.people.find(name) is not None:
        raise RefusedError("people.exists", person=name)
    person = Person(name, frozenset(roles), created=now)
    books.people.put(person)
    record(books, actor, Act.ADD_PERSON, name, {"roles": sorted(person.roles)}, now=now)
    return person


def make_link(books: Books, actor: str, name: str, token: str, *, now: datetime) -> None:
    """Keep a one-time link in the transaction at hand."""
    books.links.add(Link(key_of(token), name, now, now + LINK))
    record(books, actor, Act.CHANGE_PERSON, name, {"link": now + LINK}, now=now)


def first_link(books: Books, name: str, token: str, *, now: datetime) -> None:
    """Make the first administrator and their link in the transaction at hand; see `PeopleDesk.first_administrator`."""
    for person in books.people.people():
        can_sign_in = person.has_password or bool(person.certificates)
        if person.ended is None and can_sign_in and _manages(person):
            raise RefusedError("people.administrator-there", person=person.name)
    if books.people.find(name) is None:
        add_person(books, SERVER, name, frozenset(Role), now=now)
    make_link(books, SERVER, name, token, now=now)


def _count_try(books: Books, key: str, now: datetime) -> None:
    """Count a try before it is made.

    Raises:
        RefusedError: `people.wait`.
    """
    attempts = books.passwords.attempts(key)
    if attempts.until is not None and now < attempts.until:
        raise RefusedError("people.wait", until=attempts.until)
    failures = attempts.failures + 1
    books.passwords.note(key, Attempts(failures, now + wait_after(failures)))


def _known(books: Books, name: str) -> Person:
    person = books.people.find(name)
    if person is None:
        raise UsageError("people.unknown", person=name)
    return person


def _actor(person: Person | None) -> Actor | None:
    return None if person is None or person.ended is not None else Actor(person.name, person.roles)


def _manages(person: Person) -> bool:
    return may(person.roles, Act.CHANGE_PERSON)


def _keep_administrator(books: Books) -> None:
    """Refuse a change after which nobody could manage people."""
    if not any(person.ended is None and _manages(person) for person in books.people.people()):
        raise RefusedError("people.last-administrator")


def _attempt_key(name: str) -> str:
    return key_of(f"sign-in:{name}")


def _is_fit(password: str) -> bool:
    return 0 < len(password) <= LONGEST and not any(0xD800 <= ord(one) <= 0xDFFF for one in password)


def _check_password(password: str) -> None:
    if len(password) < SHORTEST or not _is_fit(password):
        raise UsageError("people.password-unfit", shortest=SHORTEST, longest=LONGEST)
