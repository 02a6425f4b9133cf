"""Random bags of certificates, and questions about them, that our models and real engines both answer."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from support.pki import BOTH, CLIENT, DAY, NOW, SERVER, Entity, Key, make_ca, make_key
from warifu.domain.trust import PathQuestion, accepts, leaf_facts
from warifu.domain.x509 import Certificate, RevocationList

SECOND = timedelta(seconds=1)


class Bag:
    """CAs that share names and keys, with and without key ids, in and out of their dates; leaves beneath them."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        keys = [make_key() for _ in range(4)]
        roots = [self._root(name, key) for name in ("Alpha", "Beta") for key in keys[:2] for _ in range(2)]
        mids = [
            self._mid(issuer, name, key) for issuer in roots for name in ("Mid", "Alpha") for key in keys[1:3]
        ]
        lower = [self._mid(issuer, "Low", keys[3]) for issuer in chance.sample(mids, 6)]
        self.cas = [*roots, *mids, *lower]
        self.leaves = [self._leaf(chance.choice(self.cas)) for _ in range(24)]
        self.crls = {entity.value: entity.crl(end=NOW + DAY * 2) for entity in self.cas}

    def _dates(self) -> dict[str, datetime]:
        start = NOW + DAY * self.chance.choice((-9, -9, -9, 1))
        end = NOW + DAY * self.chance.choice((-1, 2, 3, 9, 9, 9))
        return {"start": start, "end": max(end, start + DAY)}

    def _root(self, name: str, key: Key) -> Entity:
        return make_ca(name, key=key, ski=self.chance.random() < 0.5, **self._dates())

    def _mid(self, issuer: Entity, name: str, key: Key) -> Entity:
        return issuer.intermediate(
            name,
            key=key,
            ski=self.chance.random() < 0.5,
            aki=self.chance.random() < 0.5,
            path_length=self.chance.choice((None, None, None, 0, 1)),
            **self._dates(),
        )

    def _leaf(self, issuer: Entity) -> Entity:
        return issuer.leaf("web.example", aki=self.chance.random() < 0.6, **self._dates())

    def question(self) -> PathQuestion:
        pick = self.chance
        leaf = pick.choice(self.leaves)
        near = [entity.value for entity in leaf.above]
        far = [entity.value for entity in pick.sample(self.cas, pick.randint(0, 4))]
        sent, anchors = self._split([*near, *far])
        crl_mode = pick.choice(("off", "off", "off", "leaf", "chain"))
        crls = tuple(crl for ca, crl in self.crls.items() if ca in near and pick.random() < 0.9)
        return PathQuestion(
            "openssl",
            leaf.value,
            sent,
            anchors,
            "serverAuth",
            pick.choice(_instants([leaf.value, *near])),
            name=pick.choice(("web.example", "web.example", "shop.example", "")),
            crls=self._usable(crls) if crl_mode != "off" else (),
            crl_mode=crl_mode,
            partial_chain=pick.random() < 0.3,
        )

    def _split(self, bag: list[Certificate]) -> tuple[tuple[Certificate, ...], tuple[Certificate, ...]]:
        self.chance.shuffle(bag)
        sent = [one for one in bag if not one.is_self_issued or self.chance.random() < 0.3]
        anchors = [one for one in bag if one.is_self_issued or self.chance.random() < 0.3]
        return tuple(sent), tuple(dict.fromkeys(anchors))

    def _usable(self, crls: tuple[RevocationList, ...]) -> tuple[RevocationList, ...]:
        """One CRL a name: how openssl scores several of one issuer's name is not modelled."""
        return tuple({crl.issuer_der: crl for crl in crls}.values())


class OneWay:
    """Hierarchies in which every name belongs to one certificate, so that there is one path at most."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.leaves = [self._leaf(number) for number in range(24)]

    def _dates(self) -> dict[str, datetime]:
        start = NOW + DAY * self.chance.choice((-9, -9, -9, -9, 1))
        end = NOW + DAY * self.chance.choice((-1, 2, 3, 9, 9, 9, 9))
        return {"start": start, "end": max(end, start + DAY)}

    def _leaf(self, number: int) -> Entity:
        pick = self.chance
        above = make_ca(f"Root {number}", ski=pick.random() < 0.7, **self._dates())
        for depth in range(pick.randint(0, 3)):
            above = above.intermediate(
                f"Mid {number}.{depth}",
                path_length=pick.choice((None, None, None, 2, 1, 0)),
                **self._dates(),
            )
        name = pick.choice(("web.example.org", "web.example.org", "*.example.org", "other.example.org"))
        purposes = pick.choice((SERVER, SERVER, BOTH, CLIENT, None))
        options = {"purposes": purposes, "san": pick.random() < 0.8, **self._dates()}
        return above.leaf(name, **options)

    def question(self, consumer: str) -> PathQuestion:
        """One question: chain in order, perhaps with a gap; anchored at the root, in the middle or nowhere."""
        pick = self.chance
        leaf = pick.choice(self.leaves)
        anchor = pick.choice(
            (leaf.root.value,) * 3 + (pick.choice((*leaf.chain, pick.choice(self.leaves).root.value)),)
        )
        gap = None if anchor in leaf.chain else pick.choice((None, None, None, *leaf.chain))
        near = [leaf.value, *(entity.value for entity in leaf.above)]
        purpose = pick.choice(("serverAuth", "serverAuth", "clientAuth"))
        return PathQuestion(
            consumer,
            leaf.value,
            tuple(one for one in leaf.chain if one != gap),
            (anchor,),
            purpose,
            pick.choice(_instants(near)),
            name=pick.choice(("web.example.org", "web.example.org", "")) if purpose == "serverAuth" else "",
            partial_chain=pick.random() < 0.3,
        )


def _instants(certificates: list[Certificate]) -> list[datetime]:
    ends = [one.not_after + SECOND * offset for one in certificates for offset in (-1, 0, 1)]
    starts = [one.not_before + SECOND * offset for one in certificates for offset in (-1, 0)]
    slop = [one.not_before - DAY + SECOND * offset for one in certificates for offset in (-1, 0)]
    return [NOW] * 20 + ends + starts + slop


def modelled(question: PathQuestion, consumer: str, profile: str = "openssl") -> bool:
    facts = leaf_facts(question.leaf, (*question.chain, *question.anchors))
    return accepts(
        facts,
        question.chain,
        question.anchors,
        at=question.at,
        consumer=consumer,
        purpose=question.purpose,
        name=question.name,
        crls=question.crls,
        crl_mode=question.crl_mode,
        partial_chain=question.partial_chain,
        profile=profile,
    ).accepted


def describe(question: PathQuestion, found: bool, said: str) -> str:
    def line(one: Certificate) -> str:
        key = one.public_key.sha256.short[:6] if one.public_key else ""
        return (
            f"  {one.subject}<-{one.issuer} key={key} ski={one.subject_key_id} aki={one.authority_key_id} "
            f"{one.not_before:%m-%d}..{one.not_after:%m-%d} pl={one.basic_constraints}"
        )

    parts = [
        f"ours={found} openssl={said!r} at={question.at} partial={question.partial_chain} crl={question.crl_mode}"
    ]
    for title, bag in (("leaf", (question.leaf,)), ("sent", question.chain), ("anchors", question.anchors)):
        parts += [title, *(line(one) for one in bag)]
    return "\n".join(parts)
