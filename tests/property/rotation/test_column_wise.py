"""What is done a column at a time gives what plain loops give, pair after pair."""

from __future__ import annotations

import random
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.rotation_lab import CASES, Lab
from warifu.domain.estate import (
    ClientCertificate,
    Estate,
    IdentityValue,
    Observed,
    TrustSlot,
    Value,
)
from warifu.domain.rotation import order
from warifu.domain.rotation.board import Board
from warifu.domain.rotation.certificates import Memory
from warifu.domain.rotation.columns import Numbers, column, join, numbered, present
from warifu.domain.rotation.demands import demands_of
from warifu.domain.rotation.histories import histories
from warifu.domain.rotation.judge import Judge, Start, earlier
from warifu.domain.rotation.oracle import Side
from warifu.domain.rotation.order import Circle, Edges, all_at_once, one_by_one
from warifu.domain.rotation.outcome import Planned
from warifu.domain.rotation.pairs import Pairs, list_pairs
from warifu.domain.rotation.plan import Wave
from warifu.domain.rotation.planning import Table, ground_of, lay_out
from warifu.domain.rotation.proof import Breaking, Ground, Safe, prove
from warifu.domain.rotation.search import Budget, Found, Search
from warifu.domain.rotation.step_chains import kind_of
from warifu.domain.rotation.timing import place_late, repair_first
from warifu.domain.rotation.trusting import TrustOracle

SEEDS = min(CASES, 150)
FIRST = 20_000_000


def tables(
    lab: Lab, names: pytest.MonkeyPatch | None = None
) -> Iterator[tuple[int, Observed, Table, tuple[Wave, ...]]]:
    """Boards of random estates with every question answered, and the waves of a plan where there is one.

    Every leaf of these carries every name; given `names`, a few count as if they did not.
    """
    for seed in range(FIRST, FIRST + SEEDS):
        case, observed = lab.case(seed)
        answer = lab.plan(case, observed)
        waves = answer.plan.waves if isinstance(answer, Planned) else ()
        request = replace(lab.request(case, observed), memory=Memory(lab.memory.signatures, lab.memory.facts))
        if names is None:
            yield seed, observed, lay_out(request), waves
            continue
        with names.context() as few:
            few.setattr(TrustOracle, "named", carrying(seed))
            yield seed, observed, lay_out(request), waves


def carrying(seed: int) -> Callable[[TrustOracle, IdentityValue, str, Side], bool]:
    """Names that most leaves carry, others for each seed."""

    def named(_oracle: TrustOracle, value: IdentityValue, name: str, side: Side) -> bool:
        return (not name and not side.subjects) or crc32(f"{seed} {value.leaf} {name}".encode()) % 15 > 0

    return named


@given(keys=st.lists(st.integers(0, 50)), spare=st.sampled_from([1, 10**12]))
def test_keys_are_numbered_by_first_appearance(keys: list[int], spare: int) -> None:
    """With a table and by sorting: each key has the number of its first appearance."""
    known: dict[int, int] = {}
    expected = [known.setdefault(key, len(known)) for key in keys]
    numbers, first = numbered(np.array(keys, np.int64), 50 + spare)
    assert expected == numbers.tolist()
    assert [keys.index(key) for key in known] == first.tolist()


@given(keys=st.lists(st.integers(0, 50)), spare=st.sampled_from([1, 10**12]))
def test_what_is_present_is_told_once_in_order(keys: list[int], spare: int) -> None:
    """With a table and by sorting: each key once, the least first."""
    assert sorted(set(keys)) == present(np.array(keys, np.int64), 50 + spare).tolist()


@given(words=st.lists(st.text(max_size=2)))
def test_equal_things_have_equal_numbers_whichever_object_they_are(words: list[str]) -> None:
    """What is equal but another object gets the number of its first appearance too."""
    known: dict[str, int] = {}
    things = [(word,) for word in words]  # each one its own object
    expected = [known.setdefault(word, len(known)) for word in words]
    numbers = Numbers()
    assert expected == numbers.column(things).tolist()
    assert [(word,) for word in known] == list(numbers)


@given(rows=st.lists(st.tuples(*[st.integers(0, 2**30)] * 3)))
def test_joined_columns_are_equal_where_rows_are(rows: list[tuple[int, int, int]]) -> None:
    """Three columns whose bounds do not fit into one number together."""
    parts = [(np.array([row[place] for row in rows], np.int64), 2**30 + 1) for place in range(3)]
    keys, bound = join(parts)
    assert not rows or 0 <= keys.min() <= keys.max() < bound
    assert [rows.index(row) for row in rows] == [keys.tolist().index(key) for key in keys]


steps_of_units = st.lists(st.integers(0, 3), min_size=1, max_size=6)


@given(counts=steps_of_units, chance=st.randoms(use_true_random=False), many=st.integers(0, 12))
def test_waves_found_at_once_are_those_found_step_by_step(
    counts: list[int], chance: random.Random, many: int
) -> None:
    """Random orders between random steps: the same waves, or a circle that is left to the plain way."""
    wide = max(counts) + 2
    steps = [unit * wide + number for unit, count in enumerate(counts) for number in range(1, count + 1)]
    edges, decided = Edges(), []
    for pair in range(many if len(steps) > 1 else 0):
        before, after = chance.sample(steps, 2)
        if pair % 4:
            edges.put(before, after, pair)
        else:
            decided.append((before, after, pair))
    expected = one_by_one(edges, decided, counts, wide)
    found = all_at_once(edges, decided, counts, wide)
    if isinstance(expected, Circle):
        assert found is None
    else:
        assert found is not None
        assert [expected[step] for step in steps] == [found[step] for step in steps]


def test_a_long_chain_of_orders_is_left_to_the_plain_way() -> None:
    """More waves than rounds: nothing is said, and the waves are found step by step."""
    counts = [1] * (order.ROUNDS + 10)
    edges = Edges()
    for unit in range(len(counts) - 1):
        edges.put(unit * 3 + 1, unit * 3 + 4, unit)
    assert all_at_once(edges, [], counts, 3) is None
    levels = one_by_one(edges, [], counts, 3)
    assert isinstance(levels, array)
    assert len(counts) == max(levels)


def plain_pairs(estate: Estate, left_out: frozenset[str]) -> list[tuple[str, str, str, Side, str]]:
    found = []
    for connection in estate.connections.values():
        if connection.name in left_out:
            continue
        ends = [(connection.server_identities, connection.client_trusts, connection.server_name, False)]
        if connection.client_certificate is not ClientCertificate.NONE:
            ends.append((connection.client_identities, connection.server_trusts, "", True))
        for presenters, acceptors, name, by_client in ends:
            for acceptor in acceptors:
                slot = estate.slots[acceptor]
                assert isinstance(slot, TrustSlot)
                store = estate.trust_stores[slot.store]
                profile = (
                    "tls-client" if by_client and connection.profile == "tls-server" else connection.profile
                )
                side = Side(
                    estate.services[slot.service].consumer,
                    "clientAuth" if by_client else "serverAuth",
                    profile,
                    store.crl_mode.value,
                    store.partial_chain,
                    connection.accepted_subjects if by_client else (),
                )
                found += [(one, acceptor, name, side, connection.name) for one in presenters]
    return found


def some_of(names: Sequence[str], chance: random.Random) -> tuple[str, ...]:
    return tuple(chance.sample(names, min(len(names), chance.randrange(4))))


def test_pairs_are_those_of_plain_loops(lab: Lab) -> None:
    """Any number of slots at each end, subjects, some waived: the same pairs in the same order."""
    for seed in range(FIRST, FIRST + SEEDS):
        chance = random.Random(seed)
        estate = lab.case(seed)[0].place.estate
        trusts = [name for name, slot in estate.slots.items() if isinstance(slot, TrustSlot)]
        identities = [name for name in estate.slots if name not in trusts]
        connections = {
            name: replace(
                one,
                server_identities=some_of(identities, chance),
                client_trusts=some_of(trusts, chance),
                client_identities=some_of(identities, chance),
                server_trusts=some_of(trusts, chance),
                accepted_subjects=chance.choice([(), ("a",), ("a", "b")]),
                client_certificate=chance.choice(list(ClientCertificate)),
                profile=chance.choice(["tls-server", "rfc5280"]),
            )
            for name, one in estate.connections.items()
        }
        estate = replace(estate, connections=connections)
        left_out = frozenset(name for name in connections if chance.random() < 0.2)
        pairs = list_pairs(estate, leave_out=left_out)
        slots = list(pairs.slots)
        found = [
            (slots[one], slots[two], pairs.names[name], pairs.sides[side], pairs.connections[connection])
            for one, two, name, side, connection in zip(
                pairs.presenter, pairs.acceptor, pairs.name, pairs.side, pairs.connection, strict=True
            )
        ]
        assert plain_pairs(estate, left_out) == found, seed


def test_every_pair_has_the_matrix_of_its_class(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is judged of the first pair of a class is what is judged of each pair by itself."""
    for seed, _, table, _ in tables(lab, monkeypatch):
        board, usual = table.board, {0: 0}  # a course that is named is looked at pair by pair
        alone = dict(board.matrices(range(len(board.pairs)), usual))
        assert alone == dict(board.matrices(range(len(board.pairs)), {})), seed
        assert [pair for pair, matrix in alone.items() if not matrix.is_free] == list(table.binding), seed
        broken = [pair for pair, number in enumerate(board.pairs.connection) if not board.owed[number]]
        assert broken == list(table.broken), seed


def test_orders_demanded_are_those_demanded_pair_by_pair(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same orders, choices and first hopeless pair, in the order of the pairs; some connections count as broken."""
    for seed, _, table, _ in tables(lab, monkeypatch):
        chance = random.Random(seed)
        board = table.board
        board.owed = bytearray(owed and chance.random() < 0.8 for owed in board.owed)
        wide = 1 + max(len(course[0]) for unit in board.units for course in unit.courses)
        alone, together = (demands_of(board, range(len(board.pairs)), usual, wide) for usual in ({0: 0}, {}))
        assert alone.fatal == together.fatal, seed
        if alone.fatal is None:
            assert alone.edges == together.edges, seed
            assert alone.doubles == together.doubles, seed


def test_plans_are_the_same_however_waves_are_found(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Estates so small that the plain way is taken: at once gives the same answer."""
    for seed in range(FIRST, FIRST + SEEDS):
        case, observed = lab.case(seed)
        monkeypatch.setattr(order, "MANY", 1_000_000)
        plain = lab.plan(case, observed)
        monkeypatch.setattr(order, "MANY", 0)
        assert plain == lab.plan(case, observed), seed


def plain_late(board: Board, found: Found) -> dict[int, tuple[int, ...]]:
    earliest = dict(found.levels.lines())
    placed = {unit: list(levels) for unit, levels in earliest.items()}
    for unit, levels in earliest.items():
        tracks = board.units[unit].courses[found.courses.get(unit, 0)]
        for number in range(len(levels), 0, -1):
            kinds = {
                kind_of(track[number - 1], track[number][0])
                for track in tracks
                if track[number] != track[number - 1]
            }
            if kinds - {"remove-anchor", "replace-anchor"}:
                break
            bound = placed[unit][number] if number < len(levels) else found.levels.last
            for before, after in zip(found.edges.before, found.edges.after, strict=True):
                if before == unit * found.levels.wide + number:
                    other, step = divmod(after, found.levels.wide)
                    bound = min(bound, earliest[other][step - 1] - 1)
            placed[unit][number - 1] = max(bound, levels[number - 1])
    return {unit: tuple(levels) for unit, levels in placed.items()}


def plain_repair(
    board: Board, found: Found, placed: dict[int, tuple[int, ...]], broken: Sequence[int]
) -> dict[int, tuple[int, ...]]:
    queue = []
    for pair in broken:
        for slot in (board.pairs.presenter[pair], board.pairs.acceptor[pair]):
            unit = board.unit_of[slot]
            tracks = board.units[unit].courses[found.courses.get(unit, 0)]
            queue += [
                (unit, number)
                for number in range(1, len(tracks[0]) if unit in placed else 0)
                if any(
                    track[number] != track[number - 1]
                    and kind_of(track[number - 1], track[number][0]) != "remove-anchor"
                    for track in tracks
                )
            ]
    mending: set[tuple[int, int]] = set()
    while queue:
        unit, number = queue.pop()
        if number < 1 or (unit, number) in mending:
            continue
        mending.add((unit, number))
        queue.append((unit, number - 1))
        for before, after in zip(found.edges.before, found.edges.after, strict=True):
            if divmod(after, found.levels.wide) == (unit, number):
                queue.append(divmod(before, found.levels.wide))
    first = {(unit, 1) for unit, levels in placed.items() if levels[0] == 1}
    if not mending or first <= mending:
        return placed
    return {
        unit: tuple(level + ((unit, number) not in mending) for number, level in enumerate(levels, start=1))
        for unit, levels in placed.items()
    }


def test_steps_are_placed_as_plain_loops_place_them(lab: Lab) -> None:
    """Removals late, repairs first: unit by unit the same waves; some connections count as broken."""
    mended = 0
    for seed, _, table, _ in tables(lab):
        chance, board = random.Random(seed), table.board
        found = Search(board, Budget(1000)).run(range(len(board.pairs)))
        if not isinstance(found, Found):
            continue
        late = place_late(board, found)
        placed = dict(late.lines())
        assert plain_late(board, found) == placed, seed
        broken = sorted(chance.sample(range(len(board.pairs)), min(2, len(board.pairs))))
        repaired = repair_first(board, found, late, broken)
        assert plain_repair(board, found, placed, broken) == dict(repaired.lines()), seed
        mended += dict(repaired.lines()) != placed
    assert mended > SEEDS / 20


def plain_proof(waves: Sequence[Wave], ground: Ground, pairs: Pairs, judge: Judge) -> Safe | tuple[str, int]:
    moved = histories(waves, ground.values, pairs.slots, ground.siblings)
    last = len(waves) + 1
    until: list[datetime | None] = [None] * (last + 1)
    mixtures, modelled = 0, set()
    columns = zip(pairs.presenter, pairs.acceptor, pairs.side, pairs.name, pairs.connection, strict=True)
    for one, two, by, name, connection in columns:
        shown = moved.get(one) or (ground.values[one],) * (last + 1)
        trusted = moved.get(two) or (ground.values[two],) * (last + 1)
        side, owed = pairs.sides[by], bool(ground.owed[connection])
        start = Start.of(shown[0], trusted[0], seen=bool(ground.seen[connection]))
        for place in range(last + 1):
            if not (owed or (ground.goal[connection] and place == last)):
                continue
            cell = judge.cell(shown[place], trusted[place], side, start)
            live = start.seen and (shown[place], trusted[place]) == (start.shown, start.trusted)
            carried = all(judge.named(value, pairs.names[name], side) for value in leaves(shown[place]))
            if not cell.accepted or not (carried or live):
                return pairs.connections[connection], place
            mixtures += cell.judged if 0 < place < last else 0
            until[place] = earlier(until[place], cell.until)
            if cell.modelled:
                modelled.add(connection)
            for value in leaves(shown[place]) if owed else ():
                until[place] = earlier(until[place], judge.oracle.ends(value, side))
    return Safe(mixtures, tuple(until[1:-1]), frozenset(modelled))


def leaves(position: Sequence[Value]) -> list[IdentityValue]:
    return [value for value in position if isinstance(value, IdentityValue)]


@pytest.mark.parametrize("all_carry", [True, False])
def test_the_proof_says_what_every_pair_by_itself_says(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, *, all_carry: bool
) -> None:
    """Plans as made, and with waves left out or swapped: the same verdict, mixtures and ends, or the same break."""
    breaking = 0
    for seed, _, table, waves in tables(lab, None if all_carry else monkeypatch):
        if not waves:
            continue
        chance, board = random.Random(seed), table.board
        ground = ground_of(board)
        if not all_carry:  # and every mixture of what is owed, seen and to hold in the end
            flags = (bytearray(chance.random() < often for _ in ground.owed) for often in (0.5, 0.2, 0.5))
            ground = Ground(ground.values, ground.siblings, *flags)
        fewer = list(waves)
        fewer.pop(chance.randrange(len(fewer)))
        for mine in ((), waves, tuple(fewer), tuple(chance.sample(waves, len(waves)))):
            expected = plain_proof(mine, ground, board.pairs, board.judge)
            found = prove(mine, ground, board.pairs, board.judge)
            if isinstance(found, Breaking):
                breaking += 1
                assert expected == (found.connection, found.wave), seed
            else:
                assert expected == replace(found, pending=()), seed
    assert breaking > SEEDS / 4


def test_columns_read_what_arrays_keep() -> None:
    """Flags, arrays and lists become columns of the same numbers, none of them included."""
    assert [1, 0] == column(bytearray([1, 0])).tolist()
    assert [7, 3] == column(array("I", [7, 3])).tolist()
    assert [] == column([]).tolist()
