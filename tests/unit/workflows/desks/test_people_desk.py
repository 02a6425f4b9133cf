"""People and signing in, on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from support.pki import NOW, make_ca
from support.registries import HUGO, VERA, Desks
from support.running import stored
from warifu.adapters.passwords.argon2 import Argon2Passwords, Cost
from warifu.domain.directory.roles import Role
from warifu.domain.x509 import Sha256
from warifu.errors import RefusedError, UsageError
from warifu.workflows.acting import Actor
from warifu.workflows.audit_desk import audit_page
from warifu.workflows.people_desk import FREE_TRIES, LINK, LONGEST_WAIT, SESSION, wait_after

SECOND = timedelta(seconds=1)
PASSWORD = "correct horse battery"


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    found = Desks(tmp_path / "data")
    yield found
    found.registry.close()


@pytest.fixture
def admin(desks: Desks) -> Actor:
    token = desks.people.first_administrator(name="root", now=NOW)
    return desks.people.open_link(token, PASSWORD, now=NOW).actor


def add(desks: Desks, admin: Actor, name: str, *roles: Role) -> None:
    desks.people.add(admin, name, roles, now=NOW)
    token = desks.people.invite(admin, name, now=NOW)
    desks.people.open_link(token, f"{PASSWORD} of {name}", now=NOW)


def test_the_first_administrator_comes_in_by_a_link_once(desks: Desks) -> None:
    """It sets the password, signs in, and is used up; asked for again, the link before is void."""
    void = desks.people.first_administrator(name="root", now=NOW)
    token = desks.people.first_administrator(name="root", now=NOW)
    with pytest.raises(RefusedError, match=r"people\.link-void"):
        desks.people.open_link(void, PASSWORD, now=NOW)
    signed_in = desks.people.open_link(token, PASSWORD, now=NOW)
    assert ("root", NOW + SESSION) == (signed_in.actor.name, signed_in.ends)
    assert signed_in.actor == desks.people.who(signed_in.token, now=NOW)
    with pytest.raises(RefusedError, match=r"people\.link-void"):
        desks.people.open_link(token, PASSWORD, now=NOW)
    with pytest.raises(RefusedError, match=r"people\.administrator-there"):
        desks.people.first_administrator(name="other", now=NOW)


def test_a_link_ends(desks: Desks) -> None:
    """After a day it is void, and an unknown one is told no differently."""
    token = desks.people.first_administrator(name="root", now=NOW)
    for text, now in ((token, NOW + LINK), ("made up", NOW)):
        with pytest.raises(RefusedError, match=r"people\.link-void"):
            desks.people.open_link(text, PASSWORD, now=now)


def test_signing_in_by_password(desks: Desks, admin: Actor) -> None:
    """The right one opens a session that ends by time, or when signed out."""
    signed_in = desks.people.sign_in("root", PASSWORD, now=NOW)
    assert admin == signed_in.actor
    assert admin == desks.people.who(signed_in.token, now=NOW + SESSION - SECOND)
    assert None is desks.people.who(signed_in.token, now=NOW + SESSION)
    desks.people.sign_out(signed_in.token)
    assert None is desks.people.who(signed_in.token, now=NOW)
    assert None is desks.people.who("made up", now=NOW)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("root", "wrong password"),
        ("nobody", PASSWORD),
        ("root", ""),
        ("", ""),
        ("root", "x" * 600),
        ("root", "\ud800"),
    ],
)
def test_nothing_tells_why_nobody_signed_in(desks: Desks, admin: Actor, name: str, password: str) -> None:
    """A wrong password and an unknown name are answered alike."""
    with pytest.raises(RefusedError) as caught:
        desks.people.sign_in(name, password, now=NOW)
    assert ("people.not-signed-in", {}) == (caught.value.code, caught.value.values)
    assert admin.name == "root"


def test_an_unknown_name_costs_as_much_as_a_known_one(desks: Desks, admin: Actor) -> None:
    """One hash is checked either way: counted, because a clock would be fooled by the machine's other work."""
    checked = []
    matches = desks.passwords.matches

    def counting(sealed: object, password: str) -> bool:
        checked.append(sealed is not None)
        return matches(sealed, password)  # type: ignore[arg-type]  # handed on as it came

    desks.passwords.matches = counting  # type: ignore[method-assign]  # to count
    for name in ("root", "nobody", "Not A Name"):
        with pytest.raises(RefusedError):
            desks.people.sign_in(name, "wrong password", now=NOW)
    assert [True, False, False] == checked
    assert admin.name == "root"


@pytest.mark.parametrize("name", ["root", "nobody"])
def test_failures_make_the_next_try_wait(desks: Desks, admin: Actor, name: str) -> None:
    """Known or not: after five, each failure doubles the wait; even the right password waits; then it counts anew."""
    for _ in range(FREE_TRIES):
        with pytest.raises(RefusedError, match=r"people\.not-signed-in"):
            desks.people.sign_in(name, "wrong password", now=NOW)
    with pytest.raises(RefusedError, match=r"people\.wait"):
        desks.people.sign_in(name, PASSWORD, now=NOW)
    later = NOW + wait_after(FREE_TRIES)
    if name == "root":
        assert admin == desks.people.sign_in(name, PASSWORD, now=later).actor
        assert admin == desks.people.sign_in(name, PASSWORD, now=later).actor
    else:
        with pytest.raises(RefusedError, match=r"people\.not-signed-in"):
            desks.people.sign_in(name, PASSWORD, now=later)
        with pytest.raises(RefusedError, match=r"people\.wait"):
            desks.people.sign_in(name, PASSWORD, now=later)


def test_the_wait_grows_and_has_an_end() -> None:
    """A second, two, four; never more than a quarter of an hour, so that nobody is locked out for ever."""
    assert [0, 0, 1, 2, 4] == [wait_after(n).seconds for n in (1, 4, 5, 6, 7)]
    assert LONGEST_WAIT == wait_after(10_000)


def test_many_failures_are_told_in_the_trail(desks: Desks, admin: Actor) -> None:
    """Of known names alone: what was typed where the name goes may be a password."""
    for name in ("root", "my-secret-password"):
        for _ in range(FREE_TRIES):
            with pytest.raises(RefusedError):
                desks.people.sign_in(name, "wrong password", now=NOW)
    told = [entry for entry in audit_page(desks.registry) if "failures" in entry.evidence]
    assert [("root", FREE_TRIES)] == [(entry.subject, entry.evidence["failures"]) for entry in told]
    assert admin.name == "root"


@pytest.mark.parametrize("password", ["short", "x" * 600, "\udcff" * 20])
def test_an_unfit_password_is_refused(desks: Desks, password: str) -> None:
    """Too short, too long, or no text; the link stays good."""
    token = desks.people.first_administrator(name="root", now=NOW)
    with pytest.raises(UsageError, match=r"people\.password-unfit"):
        desks.people.open_link(token, password, now=NOW)
    desks.people.open_link(token, PASSWORD, now=NOW)


def test_one_s_own_password_is_changed(desks: Desks, admin: Actor) -> None:
    """With the old one; every session ends."""
    signed_in = desks.people.sign_in("root", PASSWORD, now=NOW)
    with pytest.raises(RefusedError, match=r"people\.not-signed-in"):
        desks.people.change_password(admin, "wrong password", "another good one", now=NOW)
    desks.people.change_password(admin, PASSWORD, "another good one", now=NOW)
    assert None is desks.people.who(signed_in.token, now=NOW)
    assert admin == desks.people.sign_in("root", "another good one", now=NOW).actor


def test_a_client_certificate_signs_in(desks: Desks, admin: Actor) -> None:
    """By its fingerprint; taken away, it does no more."""
    fingerprint = make_ca("People").leaf("ada").value.fingerprint
    desks.people.add(admin, "ada", [Role.VIEWER], now=NOW)
    desks.people.set_certificates(admin, "ada", [fingerprint], now=NOW)
    assert Actor("ada", frozenset({Role.VIEWER})) == desks.people.who_by_certificate(fingerprint)
    desks.people.set_certificates(admin, "ada", [], now=NOW)
    assert None is desks.people.who_by_certificate(fingerprint)
    assert None is desks.people.who_by_certificate(Sha256.of(b"x"))


def test_a_change_of_roles_counts_at_once(desks: Desks, admin: Actor) -> None:
    """A session has the roles that its person has now, not those of when it began."""
    add(desks, admin, "ada", Role.VIEWER)
    token = desks.people.sign_in("ada", f"{PASSWORD} of ada", now=NOW).token
    desks.people.set_roles(admin, "ada", [Role.OPERATOR], now=NOW)
    assert Actor("ada", frozenset({Role.OPERATOR})) == desks.people.who(token, now=NOW)


def test_whoever_is_shut_out_is_out_at_once(desks: Desks, admin: Actor) -> None:
    """Sessions end, certificate and password count no more, and no link is made."""
    add(desks, admin, "ada", Role.VIEWER)
    token = desks.people.sign_in("ada", f"{PASSWORD} of ada", now=NOW).token
    desks.people.end(admin, "ada", now=NOW)
    assert None is desks.people.who(token, now=NOW)
    with pytest.raises(RefusedError, match=r"people\.not-signed-in"):
        desks.people.sign_in("ada", f"{PASSWORD} of ada", now=NOW)
    with pytest.raises(RefusedError, match=r"people\.ended"):
        desks.people.invite(admin, "ada", now=NOW)
    assert [("ada", NOW)] == [(one.name, one.ended) for one in desks.people.people(admin) if one.ended]


def test_an_open_link_of_somebody_shut_out_is_void(desks: Desks, admin: Actor) -> None:
    """It was sent before they were."""
    desks.people.add(admin, "ada", [Role.VIEWER], now=NOW)
    token = desks.people.invite(admin, "ada", now=NOW)
    desks.people.end(admin, "ada", now=NOW)
    with pytest.raises(RefusedError, match=r"people\.link-void"):
        desks.people.open_link(token, PASSWORD, now=NOW)


def test_somebody_always_manages_people(desks: Desks, admin: Actor) -> None:
    """The last who can is neither shut out nor loses the role; and nobody changes their own roles."""
    with pytest.raises(RefusedError, match=r"directory\.own-roles"):
        desks.people.set_roles(admin, "root", [Role.VIEWER], now=NOW)
    with pytest.raises(RefusedError, match=r"people\.last-administrator"):
        desks.people.end(admin, "root", now=NOW)
    add(desks, admin, "ada", Role.TRUST_ADMINISTRATOR)
    ada = Actor("ada", frozenset({Role.TRUST_ADMINISTRATOR}))
    desks.people.end(ada, "root", now=NOW)
    with pytest.raises(RefusedError, match=r"people\.last-administrator"):
        desks.people.end(ada, "ada", now=NOW)


@pytest.mark.parametrize("name", ["", "Ada", "a b", "node web-1", "server", "-a", "a" * 64, "ada\n"])
def test_a_name_is_plain(desks: Desks, admin: Actor, name: str) -> None:
    """And never one under which the server or a node acts."""
    with pytest.raises(UsageError, match=r"people\.bad-name"):
        desks.people.add(admin, name, [], now=NOW)


def test_a_name_is_one_person_s(desks: Desks, admin: Actor) -> None:
    """Nobody shares an account; who is not there is named."""
    with pytest.raises(RefusedError, match=r"people\.exists"):
        desks.people.add(admin, "root", [], now=NOW)
    with pytest.raises(UsageError, match=r"people\.unknown"):
        desks.people.invite(admin, "nobody", now=NOW)


def test_only_whose_role_it_is_manages_people(desks: Desks, admin: Actor) -> None:
    """Everybody with a role may see who there is; the rest is refused."""
    assert ["root"] == [one.name for one in desks.people.people(VERA)]
    with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
        desks.people.people(Actor("nobody"))
    for ask in (
        lambda: desks.people.add(HUGO, "eve", [], now=NOW),
        lambda: desks.people.set_roles(HUGO, admin.name, [], now=NOW),
        lambda: desks.people.set_certificates(HUGO, admin.name, [], now=NOW),
        lambda: desks.people.end(HUGO, admin.name, now=NOW),
        lambda: desks.people.invite(HUGO, admin.name, now=NOW),
    ):
        with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
            ask()


def test_no_secret_lies_in_the_database_in_clear(desks: Desks, admin: Actor) -> None:
    """Neither password, nor session's token, nor link: nor does any list, value or trail show the hash of a password."""
    link = desks.people.invite(admin, "root", now=NOW)
    token = desks.people.sign_in("root", PASSWORD, now=NOW).token
    held = stored(desks.folder)
    assert [] == [secret for secret in (PASSWORD, link, token) if secret.encode() in held]
    assert b"$argon2id$" in held
    shown = repr(desks.people.people(admin)) + repr(audit_page(desks.registry))
    with desks.registry.look() as books:
        shown += repr(books.passwords.find("root")) + repr(books.people.find("root"))
    assert "argon2" not in shown


def test_a_password_sealed_more_cheaply_is_sealed_again(desks: Desks, admin: Actor) -> None:
    """When its owner signs in, and at no other time."""
    with desks.registry.look() as books:
        before = books.passwords.find("root")
    desks.passwords = Argon2Passwords(Cost(2, 64, 1))
    desks.people.sign_in("root", PASSWORD, now=NOW)
    with desks.registry.look() as books:
        after = books.passwords.find("root")
    assert before is not None
    assert after is not None
    assert (True, True) == (",t=1," in before.reveal(), ",t=2," in after.reveal())
    assert admin == desks.people.sign_in("root", PASSWORD, now=NOW).actor
