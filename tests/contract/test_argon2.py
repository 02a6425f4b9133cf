"""Passwords sealed with Argon2."""

from __future__ import annotations

import pickle
from datetime import timedelta

import pytest

from warifu.adapters.passwords.argon2 import Argon2Passwords, Cost, calibrate
from warifu.ports.passwords import SealedPassword

CHEAP = Cost(1, 64, 1)


def test_only_the_password_matches() -> None:
    """Each seal has a salt of its own."""
    passwords = Argon2Passwords(CHEAP)
    one, two = passwords.seal("correct horse"), passwords.seal("correct horse")
    assert one.reveal() != two.reveal()
    assert [True, True, False] == [
        passwords.matches(one, "correct horse"),
        passwords.matches(two, "correct horse"),
        passwords.matches(one, "Correct horse"),
    ]


def test_nobody_s_password_never_matches() -> None:
    """Not even the empty one, by which nobody's is made."""
    passwords = Argon2Passwords(CHEAP)
    assert [False, False] == [passwords.matches(None, ""), passwords.matches(None, "x")]


def test_a_damaged_seal_matches_nothing() -> None:
    """And no exception of the library's leaves."""
    passwords = Argon2Passwords(CHEAP)
    assert not passwords.matches(SealedPassword("$argon2id$damaged"), "x")
    assert passwords.is_dated(SealedPassword("damaged"))


def test_a_seal_tells_when_it_was_cheaper() -> None:
    """So that it is sealed anew at the next sign-in."""
    sealed = Argon2Passwords(CHEAP).seal("x")
    assert (False, True) == (
        Argon2Passwords(CHEAP).is_dated(sealed),
        Argon2Passwords(Cost(2, 64, 1)).is_dated(sealed),
    )


def test_a_seal_does_not_show() -> None:
    """Neither in a log nor in a pickle."""
    sealed = SealedPassword("$argon2id$v=19$...")
    assert "argon2" not in f"{sealed!r} {sealed}"
    with pytest.raises(TypeError):
        pickle.dumps(sealed)


def test_the_cost_fits_the_machine() -> None:
    """Twice as fast a machine makes twice as many passes; the least is never undercut."""
    instants = iter([0.0, 0.1, 5.0, 9.0])
    assert Cost(3, 64, 1) == calibrate(lambda: next(instants), wanted=timedelta(seconds=0.3), least=CHEAP)
    assert CHEAP == calibrate(lambda: next(instants), wanted=timedelta(seconds=0.3), least=CHEAP)


@pytest.mark.parametrize(
    ("text", "cost"), [("4,1024,2", Cost(4, 1024, 2)), ("", Cost()), ("a,b,c", Cost()), ("0,1,1", Cost())]
)
def test_a_cost_is_read_back(text: str, cost: Cost) -> None:
    """Anything else is the least that RFC 9106 recommends."""
    assert cost == Cost.parse(text)
    assert cost == Cost.parse(str(cost))
