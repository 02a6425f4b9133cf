"""Every mixture of every wave, on every pair: what breaks, after which steps, and until when it is good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from support.built_estates import EstateBuilder, trusted
from support.pki import BOTH, DAY, NOW, make_ca
from support.told_boards import SIDE, Told, ToldBoard, leaf, store
from warifu.domain.estate import IdentityValue, TrustValue, Value
from warifu.domain.rotation.change import AddAnchor
from warifu.domain.rotation.judge import Judge
from warifu.domain.rotation.oracle import Side
from warifu.domain.rotation.outcome import Planned
from warifu.domain.rotation.pairs import Pairs
from warifu.domain.rotation.plan import Wave
from warifu.domain.rotation.planning import Request, make_plan
from warifu.domain.rotation.proof import Breaking, Ground, Safe, prove
from warifu.domain.rotation.steps import Issue, Load, Switch
from warifu.domain.rotation.units import Position

NAMED = "any.example"


@dataclass
class Proof:
    """Slots with what they hold, who meets whom, and what waves bring to them."""

    told: ToldBoard
    values: dict[str, Position] = field(default_factory=dict)
    siblings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    broken: frozenset[int] = frozenset()
    seen: frozenset[int] = frozenset()
    goal: frozenset[int] = frozenset()

    def shows(self, slot: str, *leaves: str) -> None:
        self.told.shows(slot, "x")
        self.values[slot] = tuple(map(leaf, leaves))

    def trusts(self, slot: str, *stores: str) -> None:
        self.told.trusts(slot, "a")
        self.values[slot] = tuple(map(store, stores))

    def of(self, *waves: Wave) -> Safe | Breaking:
        board = self.told.board
        count = len(board.pairs)
        flags = [
            [int(pair in marked) for pair in range(count)] for marked in (self.broken, self.seen, self.goal)
        ]
        owed = [1 - broken for broken in flags[0]]
        goal = [one or other for one, other in zip(owed, flags[2], strict=True)]
        ground = Ground(list(self.values.values()), self.siblings, owed, flags[1], goal)
        return prove(waves, ground, board.pairs, Judge(self.told.oracle))


def pair(refused: str = "", *, name: str = "", oracle: Told | None = None) -> Proof:
    """One presenter of leaf x facing one acceptor with store a."""
    place = Proof(ToldBoard(refused, oracle))
    place.shows("web", "x")
    place.trusts("app", "a")
    place.told.meet("web", "app", name=name)
    return place


def wave(number: int, **after: str) -> Wave:
    """A wave in which each named slot is switched to a value: leaves are letters from `p` on."""
    chains = tuple((switch(f"{slot}#{number}", slot, value(letters)),) for slot, letters in after.items())
    return Wave(number, "switch", chains)


def value(letters: str) -> Value:
    return leaf(letters) if letters[0] >= "p" else store(letters)


def switch(name: str, slot: str, after: Value) -> Switch:
    kind = "add-anchor" if isinstance(after, TrustValue) else "switch-identity"
    return Switch(id=name, why="", kind=kind, slot=slot, node="here", before=(), after=after)


def breaks(verdict: Safe | Breaking) -> tuple[int, str, tuple[str, ...]]:
    """The wave, the mixture, and the steps that lead to it."""
    assert isinstance(verdict, Breaking), verdict
    return verdict.wave, f"{verdict.shown.leaf}/{''.join(verdict.trusted.anchors)}", verdict.schedule


def test_every_mixture_of_a_wave_is_judged() -> None:
    """Two values facing two in the one wave are four; what issues loads nothing."""
    issue = Issue(id="i", why="", identity="web", node="here", slots=("web",), issuer="ca", template=None)  # type: ignore[arg-type]  # nothing looks at it
    first, second = wave(1, web="y", app="ab"), Wave(2, "prepare", ((issue,),))
    assert Safe(4 + 1, (None, None)) == pair().of(first, second)
    assert Safe(2, (None,)) == pair("x/b").of(wave(1, app="ab"))
    assert Safe(0, ()) == pair().of()


def test_a_break_names_the_mixture_and_the_steps_that_lead_there() -> None:
    """Now, in a wave, and in what is left at the end; steps that do not lead there are left out."""
    assert (0, "x/a", ()) == breaks(pair("x/a").of(wave(1, web="y")))
    assert (1, "y/a", ("web#1",)) == breaks(pair("y/a").of(wave(1, web="y"), wave(2, app="ab")))
    assert (2, "y/b", ("web#1", "app#2")) == breaks(pair("y/b").of(wave(1, web="y"), wave(2, app="b")))
    loads = Load(id="load", why="", slot="web", node="here", before=(), after=leaf("y"))
    assert (1, "y/a", ("load",)) == breaks(pair("y/a").of(Wave(1, "settle", ((loads,),))))


def test_what_a_slot_may_hold_after_a_crash_is_among_the_mixtures() -> None:
    """Two values on the one side: the one that is refused is named, wherever it stands."""
    place = pair("z/a")
    place.values["web"] = (leaf("x"), leaf("z"), leaf("y"))
    assert (0, "z/a", ()) == breaks(place.of(wave(1, web="y")))


def test_a_broken_connection_need_only_hold_in_the_end_and_only_where_it_is_touched() -> None:
    """On the way it is not judged; an end that is refused is one wave more than the last."""
    place = pair("x/a y/a")
    place.broken = frozenset({0})
    assert Safe(0, (None,)) == place.of(wave(1, web="y"))
    place.goal = frozenset({0})
    assert (2, "y/a", ("web#1",)) == breaks(place.of(wave(1, web="y")))
    mended = pair("x/a")
    mended.broken = mended.goal = frozenset({0})
    assert Safe(0, (None,)) == mended.of(wave(1, web="y"))


def test_what_was_seen_live_holds_until_something_changes() -> None:
    """The very values of the handshake are not doubted: not by rules, not by the name; others are."""
    place = pair("x/a", name=NAMED, oracle=Told(frozenset({"x/a"}), unnamed=frozenset("x")))
    assert (0, "x/a", ()) == breaks(place.of(wave(1, app="ab")))
    place.seen = frozenset({0})
    assert isinstance(place.of(), Safe)
    assert (1, "x/a", ()) == breaks(place.of(wave(1, app="ab")))


def test_a_leaf_without_the_name_breaks_where_a_name_is_asked_for() -> None:
    """Leaves of one kind, one of them without the name: named alike only where they carry alike."""
    oracle = Told(kinds={"y": "x", "z": "x"}, unnamed=frozenset("z"))
    asked, unasked = (pair(name=name, oracle=oracle) for name in (NAMED, ""))
    assert (1, "z/a", ("web#1",)) == breaks(asked.of(wave(1, web="z")))
    assert isinstance(unasked.of(wave(1, web="z")), Safe)
    for slot in ("db", "mail", "shop"):
        asked.shows(slot, "x")
        asked.told.meet(slot, "app", name=NAMED)
    asked.told.meet("shop", "app", name="")
    alike = {"web": "y", "db": "y", "mail": "y"}
    assert Safe(5 * 2, (None,)) == asked.of(wave(1, shop="y", **alike))
    verdict = asked.of(wave(1, shop="z", **alike))
    assert ("shop-app", "shop") == (verdict.connection, verdict.presenter)  # type: ignore[union-attr]  # breaks
    assert (1, "z/a", ("shop#1",)) == breaks(verdict)


def test_one_of_a_slots_values_without_the_name_is_enough() -> None:
    """A slot that may hold several values is gone through by itself."""
    place = pair(name=NAMED, oracle=Told(unnamed=frozenset("z")))
    place.values["web"] = (leaf("x"), leaf("z"))
    assert (0, "z/a", ()) == breaks(place.of())
    place.values["web"] = (leaf("x"), leaf("y"))
    assert isinstance(place.of(), Safe)


def test_a_write_reaches_every_slot_of_the_file() -> None:
    """Two presenters of one file: the one whose own step comes later holds the new value as soon as the file does."""
    place = pair("y/a")
    place.shows("db", "x")
    place.siblings = {"web": ("db",), "db": ("web",)}
    assert (1, "y/a", ("db#1",)) == breaks(place.of(wave(1, db="y"), wave(2, web="y", app="ab")))
    assert (1, "y/a", ("web#1",)) == breaks(place.of(wave(1, db="y", web="y")))
    loads = Load(id="load", why="", slot="db", node="here", before=(), after=leaf("y"))
    settle = Wave(1, "settle", ((loads,),))
    assert isinstance(place.of(settle), Safe)
    place.told.oracle.refused = frozenset({"y/b"})
    place.values["web"] = (leaf("x"), leaf("y"))
    assert (2, "y/b", ("app#2",)) == breaks(place.of(settle, wave(2, app="b")))


def test_a_leaf_that_another_slot_of_the_file_writes_must_carry_the_name_and_ends_too() -> None:
    """Only the other slot has a step: its leaf is presented all the same, with its own end."""
    place = pair(name=NAMED, oracle=Told(unnamed=frozenset("z"), endings={"y": NOW + DAY}))
    place.shows("db", "x")
    place.siblings = {"web": ("db",), "db": ("web",)}
    assert (1, "z/a", ("db#1",)) == breaks(place.of(wave(1, db="z")))
    assert Safe(2, (NOW + DAY,)) == place.of(wave(1, db="y"))


def test_identity_and_anchors_in_one_file_are_nothing_to_each_other() -> None:
    """The write of an identity reaches the trust slot of the file, which takes no leaf for a store."""
    place = pair("x/c")
    place.trusts("peer", "a")
    place.shows("out", "x")
    place.siblings = {"out": ("app",), "app": ("out",)}
    assert isinstance(place.of(wave(1, out="z")), Safe)
    assert (2, "x/c", ("app#2",)) == breaks(place.of(wave(1, out="z"), wave(2, app="c")))


def test_a_service_that_keeps_leaf_and_anchors_in_one_file_gets_another_anchor() -> None:
    """The plan adds the anchor to the file: the leaf in it goes on carrying the name that clients ask for."""
    old, new = make_ca("Old Root"), make_ca("New Root")
    place = EstateBuilder()
    place.presents("web", old.leaf("web.example", purposes=BOTH), file="/all.pem")
    place.trusts("web", old, file="/all.pem")
    place.presents("app", old.leaf("app.example", purposes=BOTH))
    place.trusts("app", old)
    place.connect("app", "web", mutual=True, server_name="web.example")
    place.know(new)
    change = AddAnchor(trusted(new).anchors[0], ("web-trust",))
    answer = make_plan(
        Request(estate=place.estate, observed=place.observed, changes=(change,), now=NOW, oracle=Told())
    )
    assert isinstance(answer, Planned)
    assert [("web/trust", trusted(old, new))] == [(one.slot, one.after) for one in answer.plan.steps]  # type: ignore[union-attr]  # a switch


def test_anchors_written_beside_an_identity_carry_no_name() -> None:
    """A presenter whose file gets other anchors presents no store; a leaf that is refused later is still found."""
    place = pair("y/a", name=NAMED)
    place.trusts("own", "c")
    place.siblings = {"web": ("own",), "own": ("web",)}
    assert (2, "y/a", ("web#2",)) == breaks(place.of(wave(1, own="d"), wave(2, web="y")))


def test_a_wave_is_good_until_its_first_mixture_ends() -> None:
    """By the path of a mixture in use in it, by the leaf's own end, and only while it is in use."""
    day = {number: NOW + number * DAY for number in range(1, 6)}
    endings = {"x": day[3], "y": day[5]}
    place = pair(oracle=Told(until={"x/a": day[4], "y/ab": day[2]}, endings=endings))
    place.told.oracle.endings = endings
    verdict = place.of(wave(1, app="ab"), wave(2, web="y"), wave(3, app="b"))
    assert isinstance(verdict, Safe)
    assert (day[3], day[2], day[2]) == verdict.good_until
    later = place.of(wave(1, app="ab"), wave(2, web="z"), wave(3, app="b"))
    assert isinstance(later, Safe)
    assert (day[3], day[3], None) == later.good_until
    place.broken = frozenset({0})
    assert Safe(0, (None,)) == place.of(wave(1, app="ab"))


def test_pairs_that_are_alike_are_counted_and_not_judged_again() -> None:
    """A hundred presenters of one kind: one question a mixture, a hundred times the mixtures."""
    kinds: Mapping[str, str] = {f"x{number}": "x" for number in range(100)}
    place = Proof(ToldBoard(oracle=Told(kinds=kinds)))
    place.trusts("app", "a")
    for number in range(100):
        place.shows(f"web-{number}", f"x{number}")
        place.told.meet(f"web-{number}", "app")
    assert Safe(200, (None,)) == place.of(wave(1, app="ab"))
    assert 2 == len(place.told.oracle.asked)


def test_each_side_is_proven_by_its_own_consumer() -> None:
    """The same leaf and store, two consumers: the connection of the one that refuses is named."""
    place = pair("gnutls:y/a")
    place.trusts("batch", "a")
    place.told.meet("web", "batch", side=replace(SIDE, consumer="gnutls"))
    verdict = place.of(wave(1, web="y"))
    assert isinstance(verdict, Breaking)
    assert ("web-batch", "batch") == (verdict.connection, verdict.acceptor)


class Picky(Told):
    """For gnutls no leaf carries any name."""

    def named(self, presented: IdentityValue, name: str, side: Side) -> bool:
        """As the consumer has it."""
        return side.consumer != "gnutls" and super().named(presented, name, side)


def test_each_side_looks_for_names_in_its_own_way() -> None:
    """The same leaf and name, two consumers: the second one finds no name."""
    place = pair(name=NAMED, oracle=Picky())
    place.trusts("batch", "a")
    assert isinstance(place.of(wave(1, web="y")), Safe)
    place.told.meet("web", "batch", name=NAMED, side=replace(SIDE, consumer="gnutls"))
    verdict = place.of(wave(1, web="y"))
    assert isinstance(verdict, Breaking)
    assert (0, "web-batch") == (verdict.wave, verdict.connection)


def test_nothing_to_prove_is_safe() -> None:
    """No pairs, no mixtures."""
    ground = Ground([], {}, [], [], [])
    assert Safe(0, ()) == prove((), ground, Pairs({}), Judge(Told()))
