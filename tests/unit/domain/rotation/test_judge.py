"""What one position facing another comes to, and what a matrix of them demands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from support.pki import DAY, NOW, make_ca
from support.told_boards import SIDE, Told, leaf, store
from warifu.domain.estate import IdentityValue, TrustValue
from warifu.domain.rotation.judge import Cell, Judge, Known, Option, Start, earlier, read_matrix
from warifu.domain.rotation.oracle import Acceptance, Side
from warifu.domain.trust import PathQuestion

X, Y, A, B = leaf("x"), leaf("y"), store("a"), store("b")
ROOT = make_ca("Root").value
STRICT = replace(SIDE, profile="tls-server")
UNSEEN = Start((), (), seen=False)


def test_every_value_faces_every_store() -> None:
    """Four combinations, of which one is refused: the cell is, and it lasts until the first of them ends."""
    told = Told(frozenset({"y/b"}), until={"x/b": NOW + 2 * DAY, "y/a": NOW + DAY})
    cell = Judge(told).cell((X, Y), (A, B), SIDE, UNSEEN)
    assert Cell(accepted=False, until=NOW + DAY, judged=4) == cell
    assert ["x/a", "x/b", "y/a", "y/b"] == told.asked
    assert Judge(told).cell((X,), (A, B), SIDE, UNSEEN).accepted


def test_what_another_slot_of_the_same_file_holds_is_not_judged() -> None:
    """A file with identity and anchors: the part of each kind faces the peer's part of the other kind, and nothing else."""
    told = Told(frozenset({"y/b"}))
    cell = Judge(told).cell((A, X, A), (Y, B, Y), SIDE, UNSEEN)
    assert Cell(accepted=True, until=None, judged=1) == cell
    assert ["x/b"] == told.asked


def test_a_slot_that_was_never_seen_has_nothing_to_judge() -> None:
    """No value, no combination."""
    assert Cell(accepted=True, until=None) == Judge(Told()).cell((), (A,), SIDE, UNSEEN)


class Strict(Told):
    """Refuses everything by the profile, and nothing without it."""

    def judge(self, presented: IdentityValue, trusted: TrustValue, side: Side) -> Acceptance:
        """As the side's profile says."""
        return replace(super().judge(presented, trusted, side), accepted=not side.profile)


def test_a_profile_bars_only_what_comes_in() -> None:
    """What is held already is judged by its path alone, wherever it is trusted later."""
    judge, start = Judge(Strict()), Start.of((X,), (A,), seen=False)
    assert judge.cell((X,), (A,), STRICT, start).accepted
    assert judge.cell((X,), (B,), STRICT, start).accepted
    assert not judge.cell((Y,), (A,), STRICT, start).accepted


def test_what_was_seen_to_hold_holds_whatever_rules_say() -> None:
    """A live handshake outweighs the verdict on exactly what it was between, and on nothing else."""
    told = Told(frozenset({"x/a", "x/b", "y/a"}), until={"x/a": NOW + DAY})
    start = Start.of((X,), (A,), seen=True)
    assert Cell(accepted=True, until=NOW + DAY, judged=1) == Judge(told).cell((X,), (A,), SIDE, start)
    assert not Judge(told).cell((X, Y), (A,), SIDE, start).accepted
    assert not Judge(told).cell((X,), (A, B), SIDE, start).accepted
    assert not Judge(told).cell((X,), (A,), SIDE, replace(start, seen=False)).accepted


def test_a_handshake_tells_nothing_of_a_slot_that_may_hold_several_values() -> None:
    """It may have been any of them."""
    assert Start.of((X,), (A,), seen=True).seen
    assert not Start.of((X, Y), (A,), seen=True).seen
    assert not Start.of((X,), (A, B), seen=True).seen


class Asking(Told):
    """Wants an engine's word on everything, and has no engine for leaf y."""

    def judge(self, presented: IdentityValue, trusted: TrustValue, side: Side) -> Acceptance:
        """Our rules accept; the rest is open."""
        question = PathQuestion(side.consumer, ROOT, (), (), side.purpose, NOW)
        accepted = super().judge(presented, trusted, side)
        is_modelled = presented == Y
        return replace(accepted, questions=() if is_modelled else (question,), modelled=is_modelled)


def test_what_waits_for_an_engine_and_what_none_vouches_for_is_told() -> None:
    """Open questions and models are counted by combination; what was seen live needs neither."""
    judge = Judge(Asking())
    cell = judge.cell((X, Y), (A, B), SIDE, UNSEEN)
    assert (2, True) == (len(cell.pending), cell.modelled)
    assert list(cell.pending) == judge.asked()
    assert 4 == len(judge.verdicts())
    live = judge.cell((Y,), (A,), SIDE, Start.of((Y,), (A,), seen=True))
    assert ((), False) == (live.pending, live.modelled)
    matrix = judge.matrix(((X,), (Y,)), ((A,),), SIDE, named=(True, True), seen=False)
    assert (True, True) == (matrix.pending, matrix.modelled)


def test_a_leaf_without_the_name_is_refused_unless_it_was_seen_to_hold() -> None:
    """The start was seen; back at the same leaf in another combination the name counts again."""
    judge = Judge(Told())
    shown, trusted = ((X,), (Y,)), ((A,), (B,))
    matrix = judge.matrix(shown, trusted, SIDE, named=(False, True), seen=True)
    assert ((True, False), (True, True)) == tuple(
        tuple(cell.accepted for cell in row) for row in matrix.cells
    )
    assert not judge.matrix(shown, trusted, SIDE, named=(False, True), seen=False).initial_holds


GOOD, BAD = Cell(accepted=True, until=None), Cell(accepted=False, until=None)
PRESENTER, ACCEPTOR = Option(True, 1, 1), Option(False, 1, 1)  # a step 1 before the other's step 1


@pytest.mark.parametrize(
    ("bad", "singles", "doubles", "fatal"),
    [
        ((0, 1), (PRESENTER,), (), None),
        ((1, 0), (ACCEPTOR,), (), None),
        ((0, 2), (replace(PRESENTER, second=2),), (), None),
        ((1, 1), (), ((replace(PRESENTER, first=2), replace(ACCEPTOR, first=2)),), None),
        ((2, 1), (replace(ACCEPTOR, first=2, second=2),), (), None),
        ((0, 0), (), (), (0, 0)),
        ((2, 2), (), (), (2, 2)),
    ],
    ids=str,
)
def test_each_bad_cell_demands_that_somebody_has_gone_before_the_other_comes(
    bad: tuple[int, int],
    singles: tuple[Option, ...],
    doubles: tuple[tuple[Option, Option], ...],
    fatal: tuple[int, int] | None,
) -> None:
    """At an edge there is one way, in the middle there are two, in the first and the last corner none."""
    cells = tuple(tuple(BAD if (i, j) == bad else GOOD for j in range(3)) for i in range(3))
    matrix = read_matrix(cells)
    assert (singles, doubles, fatal) == (matrix.singles, matrix.doubles, matrix.fatal)
    assert not matrix.is_free
    assert (bad != (0, 0), bad != (2, 2)) == (matrix.initial_holds, matrix.final_holds)
    assert read_matrix(((GOOD,),)).is_free


def test_values_of_one_kind_share_number_verdict_and_memory() -> None:
    """Leaves of one kind are judged once, and a later judge with the same memory asks for no kind again."""
    told, known = Told(kinds={"y": "x"}, unnamed=frozenset({"y"})), Known()
    judge = Judge(told, known)
    assert judge.kind(X) == judge.kind(Y) != judge.kind(leaf("z"))
    assert judge.verdict(X, A, SIDE) is judge.verdict(Y, A, SIDE)
    assert ["x/a"] == told.asked
    assert judge.track_kind(((X,), (Y,))) == judge.track_kind(((Y,), (Y,))) != judge.track_kind(((X,), (A,)))
    same = (X,)
    assert judge.track_kind((same, same)) == judge.track_kind(((X,), (Y,)))
    assert [True, False, True] == [
        judge.named(X, "n", SIDE),
        judge.named(Y, "n", SIDE),
        judge.named(Y, "", SIDE),
    ]
    told.kinds = {}
    later = Judge(told, known)
    assert later.kind(X) == later.kind(Y)
    assert [True, False] == [later.named(X, "n", SIDE), later.named(Y, "n", SIDE)]


@pytest.mark.parametrize(
    ("one", "other", "first"),
    [(None, None, None), (NOW, None, NOW), (None, NOW, NOW), (NOW, NOW + DAY, NOW), (NOW + DAY, NOW, NOW)],
)
def test_never_is_later_than_any_instant(
    one: datetime | None, other: datetime | None, first: datetime | None
) -> None:
    """The earlier of two; None is never."""
    assert first == earlier(one, other)
