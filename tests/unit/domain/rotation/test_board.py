"""What each pair demands, looked at class by class and pair by pair; what is owed and what is touched."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from support.pki import NOW
from support.told_boards import SIDE, Told, ToldBoard, leaf
from warifu.domain.estate import Observed, SlotState
from warifu.domain.rotation.board import Board, set_up_board
from warifu.domain.rotation.judge import Judge, Option
from warifu.domain.rotation.planning import basis_of


def town(oracle: Told | None = None) -> ToldBoard:
    """Three presenters, two of one kind if the oracle says so, and two acceptors."""
    place = ToldBoard(oracle=oracle)
    place.shows("web", "x y")
    place.shows("db", "v w", "v u w")
    place.shows("old", "x")
    place.trusts("app", "a b", "a ab b")
    place.trusts("calm", "b")
    for presenter in ("web", "db", "old"):
        for acceptor in ("app", "calm"):
            named = acceptor == "app" and presenter != "old"
            place.meet(presenter, acceptor, name="any.example" if named else "")
    return place


ALIKE = {"v": "x", "w": "y"}


def test_a_class_is_looked_at_once_and_stands_for_its_pairs() -> None:
    """Two presenters of one kind make one class: every pair has the matrix it has when looked at by itself."""
    oracle = Told(frozenset({"x/b", "y/a"}), ALIKE)
    board = town(oracle).board
    by_class = dict(board.matrices(range(6), {}))
    assert [0, 1, 0, 1, 2, 3] == board.classes.numbers.tolist()
    assert {"x/a", "x/b", "y/a", "y/b"} == set(oracle.asked)
    assert len(set(oracle.asked)) == len(oracle.asked)
    assert by_class == dict(board.matrices(range(6), {0: 0}))
    assert by_class[3] == board.matrix(3, {}) == board.matrix(3, {0: 0})
    presenter_first = Option(presenter_first=True, first=1, second=1)
    assert (presenter_first, replace(presenter_first, presenter_first=False)) == by_class[2].singles
    assert (0, 0) == by_class[1].fatal


def test_another_course_is_looked_at_by_itself() -> None:
    """Only pairs of the unit that takes it have another matrix."""
    board = town(Told(frozenset({"u/b"}), ALIKE)).board
    usual, other = dict(board.matrices(range(6), {})), dict(board.matrices(range(6), {1: 1}))
    assert {2, 3} == {pair for pair in usual if usual[pair] != other[pair]}
    assert [3, 2] == [len(other[2].cells), len(usual[2].cells)]
    assert (1, 0) == other[3].fatal
    assert other[3] == board.matrix(3, {1: 1})


def test_a_leaf_without_the_name_is_its_own_class_where_a_name_is_asked_for() -> None:
    """Of two leaves of one kind one lacks the name: it is refused there, and accepted where none is asked for."""
    board = town(Told(kinds=ALIKE, unnamed=frozenset({"w"}))).board
    assert [0, 1, 2, 1, 3, 4] == board.classes.numbers.tolist()
    assert dict(board.matrices(range(6), {0: 0})) == dict(board.matrices(range(6), {}))
    assert [True, False] == [board.matrix(pair, {}).final_holds for pair in (0, 2)]
    assert board.matrix(3, {}).is_free


def test_what_was_seen_live_is_owed_and_seen_and_what_was_seen_to_fail_is_neither() -> None:
    """What was not looked at is owed until verdicts say otherwise."""
    place = town()
    built = place.board
    held = {"web-app": True, "db-app": False}
    board = set_up_board(built.units, built.pairs, Judge(place.oracle), Observed(NOW, {}, {}, held=held))
    assert [1, 0, 0, 0, 0, 0] == list(board.seen)
    assert [1, 1, 0, 1, 1, 1] == list(board.owed)
    assert [1] * 6 == list(built.owed) == list(built.goals())


def test_slots_are_found_in_their_units_whatever_the_order_of_both() -> None:
    """Units in another order than slots: the same tracks under other numbers."""
    place = town()
    built: Board = place.board
    turned = set_up_board(built.units[::-1], built.pairs, Judge(place.oracle), Observed(NOW, {}, {}))
    assert built.unit_of != turned.unit_of
    for slot in place.slots.values():
        assert built.track(slot, {}) == turned.track(slot, {}) == turned.usual[slot]


def test_a_proof_starts_from_what_was_looked_at_even_where_nothing_was_found() -> None:
    """A slot that holds nothing is part of the basis; one that nobody looked at is not."""
    place = town()
    built: Board = place.board
    names = list(place.slots)
    looked = Observed(NOW, {names[0]: SlotState(names[0], None)}, {})
    board = set_up_board(built.units, built.pairs, Judge(place.oracle), looked)
    assert {names[0]: ()} == basis_of(board, looked)


def test_what_must_hold_in_the_end_is_owed_or_touched() -> None:
    """A broken connection whose ends both stay may stay broken."""
    place = town()
    for presenter, acceptor in place.meetings:
        place.broken.add(f"{presenter}-{acceptor}")
    board: Board = place.board
    assert [0] * 6 == list(board.owed)
    assert [1, 1, 1, 1, 1, 0] == list(board.goals())
    assert [True, True, False, False, False, False] == board.touched(
        np.arange(len(board.units)) == 0
    ).tolist()
    assert leaf("x") == board.track(place.slots["old"], {})[0][0]


def test_each_side_judges_for_itself_however_long_the_way_is() -> None:
    """A presenter with a dozen positions faces two consumers, of which one refuses its last leaf."""
    place = ToldBoard("gnutls:l/a")
    place.shows("web", "a b c d e f g h i j k l")
    place.trusts("app", "a")
    place.trusts("batch", "a")
    pairs = [
        place.meet("web", "app", name="any.example"),
        place.meet("web", "batch", name="any.example", side=replace(SIDE, consumer="gnutls")),
    ]
    board = place.board
    assert [None, (11, 0)] == [matrix.fatal for _, matrix in board.matrices(pairs, {})]
    assert [None, (11, 0)] == [matrix.fatal for _, matrix in board.matrices(pairs, {1: 0})]
