"""Leaves judged by the hundred thousand get the verdict that each would get alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from cryptography import x509

from support.pki import BOTH, NOW, Entity, make_ca, make_key
from support.revoking import REVOKED, crl_of, ocsp_of, scope
from warifu.domain.findings import Code, Finding, Severity, rank
from warifu.domain.trust import Context, Outcome, Signatures, judge, profile_named
from warifu.domain.trust.leaves import LeafJudge
from warifu.domain.trust.search import Bag, Found, search
from warifu.domain.x509 import Certificate

KEY = make_key()
ROOT = make_ca("Root", key=KEY)
MID = ROOT.intermediate("Mid", key=make_key())
IMPOSTOR = make_ca("Mid", key=make_key())
ONLY_A = ROOT.intermediate(
    "Only a.example",
    key=make_key(),
    extra=[
        (x509.NameConstraints(permitted_subtrees=[x509.DNSName("a.example")], excluded_subtrees=None), True)
    ],
)
STALE = ROOT.intermediate("Stale", key=make_key(), expired=True)
LOOSE = make_ca("Loose", key=make_key()).intermediate("Loose Mid", key=make_key())
ALONE = make_ca("alone.example", ca=False, names=("alone.example",), key=make_key())
ALL = [
    MID.leaf("good.example", key=KEY),
    MID.leaf("again.example", key=KEY),
    MID.leaf("old.example", key=KEY, expired=True),
    MID.leaf("bare.example", key=KEY, san=False),
    IMPOSTOR.leaf("forged.example", key=KEY),
    IMPOSTOR.leaf("forged-too.example", key=KEY, purposes=BOTH),
    ONLY_A.leaf("x.a.example", key=KEY),
    ONLY_A.leaf("x.b.example", key=KEY),
    ONLY_A.leaf("twice.b.example", "twice.b.example", key=KEY),
    STALE.leaf("stale.example", key=KEY),
    STALE.leaf("stale-too.example", key=KEY),
    LOOSE.leaf("loose.example", key=KEY),
    make_ca("Nobody", key=make_key()).leaf("lost.example", key=KEY),
    ALONE,
]
POOL = [one.value for one in (MID, ONLY_A, STALE, LOOSE, *LOOSE.above)]
BESIDE = {Code.CHAIN_INCOMPLETE, Code.CHAIN_UNRELATED, Code.CHAIN_HOLDS_ROOT, Code.CHAIN_UNORDERED}
"""What is said of things sent beside a leaf; beside a leaf of a pile nothing is."""


def context(consumer: str = "unknown", profile: str = "tls-server", **values: object) -> Context:
    return replace(
        Context(profile_named(profile), NOW, consumer=consumer, signatures=Signatures()),
        **values,  # type: ignore[arg-type]
    )


def told(asked: Context, anchors: Sequence[Certificate], chosen: Sequence[Entity] = ALL) -> None:
    """Assert that each leaf is told of as `judge` tells of it alone."""
    judged = LeafJudge(POOL, anchors, asked).judge([one.value for one in chosen])
    for leaf, ours in zip(chosen, judged, strict=True):
        alone = judge((leaf.value, *POOL), anchors, asked)
        expected = rank(one for one in alone.findings if one.code not in BESIDE)
        assert expected == ours.findings, leaf.cert.subject
        assert (alone.outcome, alone.anchored, alone.path) == (ours.outcome, ours.anchored, ours.path)


@pytest.mark.parametrize("consumer", ["unknown", "openssl", "cryptography"])
@pytest.mark.parametrize("profile", ["tls-server", "tls-client", "rfc5280"])
def test_each_leaf_gets_the_verdict_it_would_get_alone(consumer: str, profile: str) -> None:
    """Good, expired, forged, constrained, untrusted, self-signed: same findings, same path."""
    told(context(consumer, profile), [ROOT.value])
    told(context(consumer, profile, name="good.example"), [ROOT.value])


def test_a_leaf_that_is_trusted_itself_needs_no_path() -> None:
    """A self-signed leaf in the trust store is accepted, as alone."""
    told(context(), [ROOT.value, ALONE.value])
    told(context(partial_chain=True), [ALL[0].value])


def test_demands_of_a_target_are_judged_too() -> None:
    """Names that a topology asks for are looked for in each leaf."""
    told(context(covers=("good.example",)), [ROOT.value])


def test_what_is_said_of_a_leaf_alone_is_not_lost_in_its_class() -> None:
    """A CA among the leaves of a CRL for others, one that its responder calls revoked, one that names its issuer's serial."""
    ca, good = MID.intermediate("Below"), MID.leaf("good.example")
    form = x509.AuthorityKeyIdentifier(None, [x509.DirectoryName(ROOT.cert.subject)], MID.cert.serial_number)
    odd = MID.leaf("odd.example", aki=False, extra=[(form, False)])
    gone = MID.leaf("gone.example")
    crls = (crl_of(MID, extra=[(scope(user=True), True)]),)
    told(context(crls=crls, crl_mode="leaf"), [ROOT.value], [good, ca, good])
    (_, below) = LeafJudge(POOL, [ROOT.value], context(crls=crls, crl_mode="leaf")).judge(
        [good.value, ca.value]
    )
    assert Code.CRL_OUT_OF_SCOPE in {one.code for one in below.findings}
    heard = replace(context(ocsp=(ocsp_of(gone, REVOKED),)))
    deaf = replace(heard, profile=replace(heard.profile, weights={Code.OCSP_UNRELATED: None}))
    told(deaf, [ROOT.value], [good, gone, good])
    strict = replace(
        heard, profile=replace(heard.profile, weights={Code.KEY_ID_UNFIT: Severity.ERROR}), ocsp=()
    )
    told(strict, [ROOT.value], [good, odd])
    assert Outcome.REFUSED is LeafJudge(POOL, [ROOT.value], strict).judge([odd.value])[0].outcome


class Counting:
    """The search itself, counted."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, bag: Bag, asked: Context) -> Found:
        self.count += 1
        return search(bag, asked)


def test_a_path_is_searched_once_a_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dozen leaves of one CA cost one search; kept verdicts are bounded."""
    counting = Counting()
    monkeypatch.setattr("warifu.domain.trust.leaves.search", counting)
    judge_of_many = LeafJudge(POOL, [ROOT.value], context())
    good = [one.value for one in ALL[:4]]
    judge_of_many.judge(good * 3)
    assert 1 == counting.count
    monkeypatch.setattr("warifu.domain.trust.leaves._CLASSES", 1)
    judge_of_many.judge([*(one.value for one in ALL[9:12]), *good])
    assert 4 == counting.count


def test_a_search_that_had_to_stop_decides_nothing() -> None:
    """Too many CAs of one name: neither accepted nor refused, as alone, and the reason stands among the findings."""
    crowd = [make_ca("Crowd", key=KEY, serial=n + 1).value for n in range(2)]
    many = [make_ca("Crowd", key=make_key()).value for _ in range(140)]
    leaf = make_ca("Crowd", key=make_key()).leaf("crowded.example", key=KEY, aki=False)
    asked = context()
    (ours,) = LeafJudge([*crowd, *many], [], asked).judge([leaf.value])
    alone = judge((leaf.value, *crowd, *many), [], context())
    assert Outcome.UNKNOWN is alone.outcome is ours.outcome
    assert Code.SEARCH_EXHAUSTED in [one.code for one in ours.findings]


def test_a_class_whose_search_had_to_stop_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each leaf of it is searched for alone, and says so of itself."""

    def stopped(bag: Bag, asked: Context) -> Found:
        found = search(bag, asked)
        about = bag.leaf.id if bag.leaf else "class"
        stop = Finding(Code.SEARCH_EXHAUSTED, about, {"limit": 1})
        return replace(found, findings=(*found.findings, stop), exhausted=True)

    monkeypatch.setattr("warifu.domain.trust.leaves.search", stopped)
    (verdict,) = LeafJudge(POOL, [], context()).judge([ALL[0].value])
    assert Outcome.UNKNOWN is verdict.outcome
    assert ALL[0].value.fingerprint.hex in [one.subject for one in verdict.findings]


def test_the_cas_that_may_stand_above_a_leaf() -> None:
    """What an engine is given beside it: those of the pool that its issuer's name leads to."""
    judge_of_many = LeafJudge(POOL, [ROOT.value], context())
    assert (MID.value,) == judge_of_many.above(ALL[0].value)
    assert () == judge_of_many.above(ALL[-1].value)
