"""Which positions slots go through, and which slots go together."""

from __future__ import annotations

import itertools

from support.built_estates import EstateBuilder, shown, trusted
from support.pki import make_ca
from warifu.domain.estate import IdentitySlot, IdentityValue, SlotState, TrustValue
from warifu.domain.rotation.units import Goal, Track, TrackMaker, Unit, build_units, touched

OLD, NEW = make_ca("Old Root"), make_ca("New Root")
WEB, NEXT = OLD.leaf("web.example"), NEW.leaf("web.example")


def store(anchors: str, *crls: str) -> TrustValue:
    return TrustValue(tuple(anchors), crls)


def tracks(state: SlotState, goal: Goal, *, single: bool = False) -> tuple[Track, ...]:
    return TrackMaker().tracks(state, goal, single=single)


def values(track: Track) -> list[str]:
    """The anchors of each single value after the start."""
    return ["".join(position[0].anchors) for position in track[1:] if isinstance(position[0], TrustValue)]


def seen(*anchors: str) -> SlotState:
    return SlotState("s", store(anchors[0]), tuple(store(one) for one in anchors[1:]) or (store(anchors[0]),))


def both(name: str, one: str, two: str) -> IdentitySlot:
    """An identity slot that reads two files."""
    return IdentitySlot(name, name.partition("/")[0], "web", one, chain=two)


def test_both_anchors_are_trusted_between_adding_and_removing() -> None:
    """The usual course adds first and removes last; others swap at once or in another order of the file."""
    found = [values(track) for track in tracks(seen("a"), Goal(adds=("b",), removes=("a",)))]
    assert ["ab", "b"] == found[0]
    assert ["b"] in found
    assert ["ba", "b"] in found


def test_a_store_for_one_anchor_swaps_it() -> None:
    """There is no course through both."""
    goal = Goal(adds=("b",), removes=("a",))
    assert [["b"]] == [values(track) for track in tracks(seen("a"), goal, single=True)]


def test_several_anchors_may_go_one_by_one() -> None:
    """Where more than two change, a course of single steps is the last resort: all come, then all go."""
    goal = Goal(adds=("c",), removes=("a", "b"))
    assert ["abc", "bc", "c"] in [values(track) for track in tracks(seen("ab"), goal)]


def test_a_removal_settles_first_on_what_lies_on_disk() -> None:
    """What an earlier rollout added lies on disk and was not loaded by all: it is loaded, then the old one goes."""
    found = tracks(seen("ab", "a", "ab"), Goal(adds=("b",), removes=("a",)))
    assert ["ab", "b"] == values(found[0])
    adding = tracks(seen("a", "ac", "a"), Goal(adds=("b",)))
    assert ["ab"] == values(adding[0])


def test_a_step_that_changes_nothing_is_none() -> None:
    """A slot settled on the very value it is to have has one step, not two."""
    found = tracks(
        SlotState("s", shown(WEB), (shown(WEB), shown(NEXT))),
        Goal(identity=shown(NEXT)),
    )
    assert 2 in {len(track) for track in found}
    assert all(one != two for track in found for one, two in itertools.pairwise(track))


def test_the_way_back_trusts_both_sets_where_the_store_can_hold_them() -> None:
    """To get a whole value back, old and new anchors are trusted together first; a single store swaps."""
    goal = Goal(value=store("a", "crl"))
    found = tracks(seen("b"), goal)
    assert [["ab", "a"], ["ba", "a"], ["a"]] == [values(track) for track in found]
    assert (store("ab", "crl"),) == found[0][1]
    assert [["a"]] == [values(track) for track in tracks(seen("b"), goal, single=True)]
    assert [["a"]] == [values(track) for track in tracks(SlotState("s", None), goal)]


def test_a_slot_that_was_never_seen_starts_from_nothing() -> None:
    """Its set of values is empty; it takes up what it is to have."""
    assert (((), (shown(NEXT),)),) == tracks(SlotState("s", None), Goal(identity=shown(NEXT)))
    assert (((),),) == tracks(SlotState("s", None), Goal(adds=("a",)))


def test_slots_of_one_file_are_one_unit_and_move_together() -> None:
    """One write changes what all of them have on disk; a slot that is there already waits for the others."""
    place = EstateBuilder()
    place.trusts("one", OLD, file="/shared.pem")
    place.trusts("two", OLD, NEW, file="/shared.pem")
    place.trusts("three", OLD, file="/other.pem")
    (new,) = trusted(NEW).anchors
    units = build_units(place.estate, place.observed, {"one/trust": Goal(adds=(new,))})
    assert [("one/trust", "two/trust"), ("three/trust",)] == [unit.slots for unit in units]
    course = units[0].courses[0]
    assert [2, 2] == [len(track) for track in course]
    assert course[1][0] == course[1][1]
    assert (units[0],) == touched(units)


def test_a_file_shared_through_a_third_slot_joins_all_of_them() -> None:
    """A slot that reads the files of two others makes one unit of the three."""
    place = EstateBuilder()
    for number in range(3):
        place.presents(f"web-{number}", WEB, file=f"/{number}.pem")
    place.slots["web-9/tls"] = both("web-9/tls", "/0.pem", "/1.pem")
    place.service("web-9")
    place.states["web-9/tls"] = SlotState("web-9/tls", shown(WEB), (shown(WEB),))
    place.slots["web-8/tls"] = both("web-8/tls", "/1.pem", "/0.pem")
    place.service("web-8")
    units = build_units(place.estate, place.observed, {})
    assert [("web-0/tls", "web-1/tls", "web-9/tls", "web-8/tls"), ("web-2/tls",)] == [u.slots for u in units]


def test_a_file_with_identity_and_anchors_moves_each_as_its_kind() -> None:
    """A goal for the identity leaves the anchors of the same file alone, and the other way round."""
    place = EstateBuilder()
    place.presents("web", WEB, file="/all.pem")
    place.trusts("web", OLD, file="/all.pem")
    old, new = trusted(OLD, NEW).anchors

    def course(**goals: Goal) -> list[list[object]]:
        named = {f"web/{name}": goal for name, goal in goals.items()}
        (unit,) = build_units(place.estate, place.observed, named)
        return [[position[0] for position in track] for track in unit.courses[0]]

    assert [[shown(WEB), shown(NEXT)], [trusted(OLD)] * 2] == course(tls=Goal(identity=shown(NEXT)))
    assert [[shown(WEB)] * 2, [trusted(OLD), trusted(OLD, NEW)]] == course(trust=Goal(adds=(new,)))
    back = Goal(value=TrustValue((new, old)))
    assert trusted(NEW, OLD) == course(trust=back)[1][-1]
    assert shown(WEB) == course(trust=back)[0][-1]
    whole = Goal(value=IdentityValue("ab" * 32))
    assert IdentityValue("ab" * 32) == course(tls=whole)[0][-1]
    assert trusted(OLD) == course(tls=whole)[1][-1]


def test_what_has_no_goal_is_not_touched() -> None:
    """A unit whose usual course has no step stays out."""
    place = EstateBuilder()
    place.presents("web", WEB)
    units = build_units(place.estate, place.observed, {})
    assert (Unit(("web/tls",), ((((shown(WEB),),),),)),) == units
    assert () == touched(units)


def test_slots_in_the_same_state_with_the_same_goal_have_the_very_same_courses() -> None:
    """The search changes courses of a kind together, and knows the kind by this: the same values, or equal ones."""
    maker, goal = TrackMaker(), Goal(adds=("b",), removes=("a",))
    first = seen("a")
    other = SlotState("t", first.on_disk, first.loaded)
    courses = maker.courses(first, goal, single=False)
    for alike in (other, seen("a")):
        assert courses is maker.courses(alike, goal, single=False)
        assert courses is maker.courses(alike, Goal(adds=("b",), removes=("a",)), single=False)
    assert courses != maker.courses(other, goal, single=True)
    assert courses != maker.courses(seen("c"), goal, single=False)
    assert courses != maker.courses(other, Goal(adds=("b",)), single=False)
    torn = SlotState("t", first.on_disk, (*first.loaded, *seen("c").loaded))
    assert courses != maker.courses(torn, goal, single=False)


def test_a_value_of_another_kind_is_no_goal_of_a_slot() -> None:
    """An identity slot that a rollback would give anchors, and a trust slot that it would give a leaf, stay."""
    place = EstateBuilder()
    place.presents("web", WEB)
    place.trusts("app", OLD)
    goals = {"web/tls": Goal(value=trusted(OLD)), "app/trust": Goal(value=shown(WEB))}
    assert () == touched(build_units(place.estate, place.observed, goals))


def test_an_identity_of_one_value_has_one_way() -> None:
    """It is switched in one step, or has none where it is what it is to be; whatever may be held settles or switches."""
    maker, goal = TrackMaker(), Goal(identity=shown(NEXT))
    held, reached = ((shown(WEB),), (shown(NEXT),))

    def courses(*loaded: IdentityValue) -> list[Track]:
        state = SlotState("s", loaded[0], loaded)
        return [track for (track,) in maker.courses(state, goal, single=False)]

    assert [(held, reached)] == courses(shown(WEB))
    assert [(reached,)] == courses(shown(NEXT))
    both_held = (shown(WEB), shown(NEXT))
    assert [(both_held, reached), (both_held, held, reached)] == courses(*both_held)
