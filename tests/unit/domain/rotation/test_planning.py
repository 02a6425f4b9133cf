"""What planning answers for small estates with real certificates."""

from __future__ import annotations

import pytest
from support.built_estates import EstateBuilder
from support.pki import NOW, BOTH, make_ca

from warifu.domain.findings import Code
from warifu.domain.rotation.change import ReplaceCa, ReplaceIdentity, RetireAnchor
from warifu.domain.rotation.outcome import NoneExists, Planned, Refused
from warifu.domain.rotation.planning import Request, make_plan

OLD, NEW = make_ca("Old Root"), make_ca("New Root")
SIGNING = NEW.intermediate("New Signing")
WEB = OLD.intermediate("Old Signing").leaf("web.example")
CHANGE = ReplaceCa(OLD.value.fingerprint.hex, NEW.value.fingerprint.hex, "new")


def request(place: EstateBuilder, *changes, **more) -> Request:
    place.know(OLD, NEW)
    return Request(
        estate=place.estate,
        observed=place.observed,
        changes=changes or (CHANGE,),
        now=NOW,
        issuer_chains={"new": (SIGNING.value, NEW.value)},
        engines=frozenset({"openssl"}),
        **more,
    )


def solve(place: EstateBuilder, *changes, **more):
    """Plan with every engine agreeing with our rules."""
    from warifu.domain.rotation.outcome import Needs
    from warifu.domain.rotation.trusting import digest_of

    answers: dict[str, bool] = {}
    while True:
        answer = make_plan(request(place, *changes, answers=answers, **more))
        if not isinstance(answer, Needs):
            return answer
        answers |= {digest_of(question): True for question in answer.questions}


def one_server() -> EstateBuilder:
    place = EstateBuilder()
    place.presents("web", WEB)
    place.trusts("app", OLD)
    place.connect("app", "web", server_name="web.example")
    return place


@pytest.mark.req("X-04", "S3-24")
def test_trust_comes_first_and_goes_last() -> None:
    """Replacing a CA adds the new anchor, migrates the leaf, and removes the old anchor, one wave each."""
    answer = solve(one_server())
    assert isinstance(answer, Planned), answer
    assert ["prepare", "trust", "switch", "retire"] == [wave.purpose for wave in answer.plan.waves]
    kinds = [step.kind for wave in answer.plan.waves[1:] for step in wave.steps]
    assert ["add-anchor", "switch-identity", "remove-anchor"] == kinds


def test_single_anchor_store_has_no_safe_order() -> None:
    """A store for one anchor and a leaf that moves wait for each other: none exists, and the offers say what helps."""
    place = EstateBuilder()
    place.presents("web", WEB)
    place.trusts("app", OLD, single=True)
    place.connect("app", "web")
    answer = solve(place)
    assert isinstance(answer, NoneExists)
    assert "app-to-web" == answer.broken
    assert 1 == len(answer.schedule)
    assert {"second-anchor", "cross-sign", "window", "weaken", "waive"} == {o.kind for o in answer.offers}


@pytest.mark.req("S0-46")
def test_an_anchor_that_is_needed_stays() -> None:
    """Retiring a root beneath which a live service presents is refused, naming it; after renewal it is allowed."""
    answer = solve(one_server(), RetireAnchor(OLD.value.fingerprint.hex))
    assert isinstance(answer, Refused)
    assert [(Code.STILL_NEEDED, "web/tls")] == [
        (f.code, f.subject) for f in answer.findings if f.code is Code.STILL_NEEDED
    ]


def test_split() -> None:
    place = EstateBuilder()
    place.presents("web", WEB, identity="web", issuer="new")
    place.presents("db", WEB, identity="web", issuer="new")
    place.trusts("app", OLD, NEW)
    place.connect("app", "web")
    answer = solve(place, ReplaceIdentity("web", slots=("web/tls",)))
    assert isinstance(answer, Planned), answer
    assert [Code.SPLIT_IDENTITY] == [f.code for f in answer.plan.findings]
