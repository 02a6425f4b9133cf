"""Random estates over a fixed pool of real certificates, each with a change to plan."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from support.built_estates import EstateBuilder, shown, trusted, value_of
from support.pki import BOTH, Entity, make_ca
from warifu.domain.estate import Group, Loading, TrustValue, Value
from warifu.domain.rotation.change import Change, ReplaceCa, ReplaceIdentity

NAME = "any.example"


@dataclass(frozen=True)
class Authority:
    """A root with leaves straight beneath it and beneath an intermediate."""

    root: Entity
    leaves: tuple[Entity, ...]
    below: tuple[Entity, ...]


def make_authority(name: str, *, key_ids: bool = True) -> Authority:
    root = make_ca(name, ski=key_ids)
    middle = root.intermediate(f"{name} Signing", ski=key_ids, aki=key_ids)
    return Authority(
        root,
        tuple(root.leaf(NAME, purposes=BOTH, ski=key_ids, aki=key_ids) for _ in range(2)),
        tuple(middle.leaf(NAME, purposes=BOTH, ski=key_ids, aki=key_ids) for _ in range(2)),
    )


class Pool:
    """Two plain authorities, a bystander, and two of one name without key ids, where file order decides."""

    def __init__(self) -> None:
        self.old = make_authority("Old Root")
        self.new = make_authority("New Root")
        self.other = make_authority("Bystander")
        self.twin_old = make_authority("Twin Root", key_ids=False)
        self.twin_new = make_authority("Twin Root", key_ids=False)
        self.marked_old = make_authority("Marked Root")
        self.marked_new = make_authority("Marked Root")


@dataclass
class Case:
    """An estate, what is wanted, and what kind of estate it is."""

    place: EstateBuilder
    changes: tuple[Change, ...]
    traits: set[str] = field(default_factory=set)


def random_case(pool: Pool, seed: int) -> Case:
    """Return the case of a seed."""
    chance = random.Random(seed)
    return _Maker(pool, chance).make()


class _Maker:
    def __init__(self, pool: Pool, chance: random.Random) -> None:
        self.chance = chance
        self.case = Case(EstateBuilder(), ())
        self.place = self.case.place
        pairs = [(pool.old, pool.new)] * 6 + [(pool.twin_old, pool.twin_new)] * 2
        pairs += [(pool.marked_old, pool.marked_new)] * 2
        self.old, self.new = chance.choice(pairs)
        self.other = pool.other
        if self.old is not pool.old:
            self.case.traits.add("equal names")
        self.single = chance.random() < 0.26
        self.drift = chance.random() < 0.12
        self.aborted = chance.random() < 0.15
        self.broken = chance.random() < 0.1

    def make(self) -> Case:
        chance, place = self.chance, self.place
        servers = [f"s{number}" for number in range(chance.choice((1, 1, 2, 3)))]
        clients = [f"c{number}" for number in range(chance.choice((1, 2, 2, 3)))]
        for name in (*servers, *clients):
            self._service(name, is_server=name in servers)
        self._connect(servers, clients)
        self._group(servers)
        changes: list[Change] = []
        for identity, leaf in self.successors.items():
            changes.append(ReplaceIdentity(identity, leaf=value_of(leaf).fingerprint.hex))
        fingerprints = (value_of(self.old.root).fingerprint.hex, value_of(self.new.root).fingerprint.hex)
        self.case.changes = (ReplaceCa(*fingerprints), *changes)
        place.know(self.old.root, self.new.root, self.other.root)
        for authority in (self.old, self.new, self.other):
            place.know(*authority.leaves, *authority.below)
        return self.case

    successors: dict[str, Entity]

    def _service(self, name: str, *, is_server: bool) -> None:
        chance, traits = self.chance, self.case.traits
        if not hasattr(self, "successors"):
            self.successors = {}
        loading = Loading.RELOAD
        if chance.random() < 0.15:
            loading = Loading.RESTART
            traits.add("restart only")
        family = chance.choice(("leaves", "below"))
        if family == "below":
            traits.add("intermediates")
        authority = self.other if chance.random() < 0.1 else self.old
        number = chance.randrange(2)
        leaf = getattr(authority, family)[number]
        identity = f"{name}-id"
        file = ""
        if chance.random() < 0.2 and self.successors:
            identity = chance.choice(sorted(self.successors))
            traits.add("shared identities")
            sharer = next(s for s in self.place.slots.values() if getattr(s, "identity", "") == identity)
            first = self.place.states[sharer.name]
            if chance.random() < 0.5:
                file = sharer.files[0]
            self.place.presents(name, identity=identity, file=file, loading=loading, values=first.values)
        else:
            before: list[Value] = [shown(leaf)]
            if authority is self.old:
                successor = getattr(self.new, chance.choice(("leaves", "below")))[number]
                self.successors[identity] = successor
                if self.aborted and chance.random() < 0.3:
                    before.insert(0, shown(successor))
                    traits.add("aborted")
            self.place.presents(name, identity=identity, loading=loading, values=before)
        if is_server and chance.random() < 0.3:
            return
        self._trust(name, loading)

    def _trust(self, name: str, loading: Loading) -> None:
        chance, traits = self.chance, self.case.traits
        if self.single and chance.random() < 0.5:
            traits.add("single")
            self.place.trusts(name, self.old.root, single=True, loading=loading)
            return
        anchors = [self.old.root]
        if chance.random() < 0.4:
            anchors.insert(chance.randrange(2), self.other.root)
        loaded: tuple[TrustValue, ...] = ()
        if self.aborted and chance.random() < 0.5:
            traits.add("aborted")
            loaded = (trusted(*anchors),)
            anchors = [*anchors, self.new.root]
        elif self.drift and chance.random() < 0.3:
            traits.add("drift")
            loaded = (trusted(*anchors),)
            anchors = [self.other.root] if chance.random() < 0.3 else [*anchors[::-1], self.other.root]
            anchors = list(dict.fromkeys(anchors))
        elif self.broken and chance.random() < 0.5:
            traits.add("broken")
            anchors = [self.other.root]
        self.place.trusts(name, *anchors, loading=loading, values=loaded)

    def _connect(self, servers: list[str], clients: list[str]) -> None:
        chance, place = self.chance, self.place
        for server in servers:
            for client in clients:
                if chance.random() < 0.7:
                    mutual = chance.random() < 0.8 and f"{server}/trust" in place.slots
                    name = chance.choice((NAME, NAME, ""))
                    if chance.random() < 0.02:
                        name = "wrong.example"
                        self.case.traits.add("broken")
                    place.connect(client, server, mutual=mutual, server_name=name)

    def _group(self, servers: list[str]) -> None:
        if len(servers) > 1 and self.chance.random() < 0.4:
            self.case.traits.add("groups")
            self.place.groups["front"] = Group("front", tuple(servers), self.chance.choice((1, 2)))
