"""Every engine answers the same table of questions."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from support.engines import APART, need_engine
from support.pki import CLIENT, DAY, NOW, Entity, make_ca, make_key
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.verifiers.cryptography import CryptographyVerifier
from warifu.adapters.verifiers.openssl import OpensslVerifier
from warifu.domain.trust import PathQuestion
from warifu.errors import CouldNotLookError
from warifu.ports.verifiers import Verifier

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Pki:
    """One hierarchy and everything the cases need of it."""

    root: Entity
    mid: Entity
    web: Entity
    other: Entity

    def ask(self, leaf: Entity | None = None, **changes: object) -> PathQuestion:
        leaf = leaf or self.web
        asked = PathQuestion(
            "any", leaf.value, leaf.chain, (leaf.root.value,), "serverAuth", NOW, name="web.example"
        )
        return replace(asked, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def pki() -> Pki:
    root = make_ca("Root")
    mid = root.intermediate("Mid")
    return Pki(root, mid, mid.leaf("web.example"), make_ca("Other"))


CASES: dict[str, tuple[bool, Callable[[Pki], PathQuestion]]] = {
    "a good chain": (True, lambda p: p.ask()),
    "without a name": (True, lambda p: p.ask(name="")),
    "expired leaf": (False, lambda p: p.ask(p.mid.leaf("web.example", expired=True))),
    "not yet valid": (False, lambda p: p.ask(at=NOW - 11 * DAY)),
    "the first second": (True, lambda p: p.ask(at=p.web.value.not_before)),
    "a second after the last": (False, lambda p: p.ask(at=p.web.value.not_after + SECOND)),
    "a second before the last": (True, lambda p: p.ask(at=p.web.value.not_after - SECOND)),
    "expired intermediate": (
        False,
        lambda p: p.ask(p.root.intermediate("Old", end=NOW - DAY).leaf("web.example")),
    ),
    "wrong name": (False, lambda p: p.ask(name="shop.example")),
    "wildcard": (True, lambda p: p.ask(p.mid.leaf("*.web.example"), name="a.web.example")),
    "wildcard over two labels": (False, lambda p: p.ask(p.mid.leaf("*.web.example"), name="a.b.web.example")),
    "an address": (True, lambda p: p.ask(p.mid.leaf("127.0.0.1"), name="127.0.0.1")),
    "another address": (False, lambda p: p.ask(p.mid.leaf("127.0.0.1"), name="127.0.0.2")),
    "an IPv6 address": (True, lambda p: p.ask(p.mid.leaf("::1"), name="::1")),
    "no path": (False, lambda p: p.ask(anchors=(p.other.value,))),
    "empty trust store": (False, lambda p: p.ask(anchors=())),
    "intermediate not sent": (False, lambda p: p.ask(chain=())),
    "intermediate in the trust store": (True, lambda p: p.ask(chain=(), anchors=(p.mid.value, p.root.value))),
    "partial chain": (True, lambda p: p.ask(chain=(), anchors=(p.mid.value,), partial_chain=True)),
    "client purpose of a server leaf": (False, lambda p: p.ask(purpose="clientAuth", name="")),
    "client purpose of a client leaf": (
        True,
        lambda p: p.ask(p.mid.leaf("app.example", purposes=CLIENT), purpose="clientAuth", name=""),
    ),
    "equal name with key ids": (True, lambda p: p.ask(anchors=(make_ca("Root").value, p.root.value))),
    "weak key": (False, lambda p: p.ask(p.mid.leaf("web.example", key=make_key("rsa1024")))),
    "a leaf that signs": (
        False,
        lambda p: p.ask(p.mid.leaf("signer.example").leaf("web.example"), anchors=(p.root.value,)),
    ),
    "path length": (
        False,
        lambda p: p.ask(
            p.root.intermediate("Short", path_length=0).intermediate("Below").leaf("web.example")
        ),
    ),
}


def engine(name: str) -> Verifier:
    if name == "cryptography":
        return CryptographyVerifier()
    if name in APART:
        return need_engine(name)
    if shutil.which("openssl") is None:
        pytest.skip("needs the Debian package openssl")
    return OpensslVerifier() if name == "openssl" else OpensslVerifier(LocalHost())


ENGINES = ("openssl", "openssl through a host", "cryptography", "gnutls", "nss", "java")
# What one engine sees otherwise than the table; a difference that heals must leave this list.
DIFFERS = {
    ("cryptography", "weak key"): True,  # it does not look at the size of a leaf's key
    ("gnutls", "weak key"): True,  # the profile LOW begins at 1024 bits
    ("java", "weak key"): True,  # jdk.certpath.disabledAlgorithms begins below 1024 bits
    ("nss", "not yet valid"): True,  # CERT_SetSlopTime: a day before notBefore is good enough
}


@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_answers_the_table(pki: Pki, name: str) -> None:
    """Asked all at once, each engine gives the table's answers in the table's order."""
    questions = [make(pki) for _, make in CASES.values()]
    answers = engine(name).answer(questions)
    expected = {case: DIFFERS.get((name, case), holds) for case, (holds, _) in CASES.items()}
    assert expected == {case: answer.accepted for case, answer in zip(CASES, answers, strict=True)}
    assert all(answer.answered for answer in answers)


@pytest.mark.parametrize("name", ENGINES)
def test_one_question_alone_has_the_same_answer(pki: Pki, name: str) -> None:
    """Batching does not change an answer, and a refusal says why in the engine's words."""
    good, bad = pki.ask(), pki.ask(name="shop.example")
    together = engine(name).answer([bad, good, bad])
    apart = (*engine(name).answer([bad]), *engine(name).answer([good]), *engine(name).answer([bad]))
    assert apart == together
    assert "" == together[1].said
    assert together[0].said
    assert together[0].engine.startswith(name.split(maxsplit=1)[0])


def test_nothing_asked_is_nothing_answered() -> None:
    """No question needs no process."""
    assert () == engine("openssl").answer([])


def test_openssl_refuses_at_the_very_second_of_not_after(pki: Pki) -> None:
    """The last second belongs to RFC 5280 and cryptography, and not to openssl."""
    question = pki.ask(at=pki.web.value.not_after)
    assert not engine("openssl").answer([question])[0].accepted
    assert engine("cryptography").answer([question])[0].accepted


@pytest.mark.parametrize("reverse", [False, True])
def test_order_decides_between_anchors_of_equal_name(reverse: bool) -> None:
    """Without key ids openssl takes the first anchor of the name; cryptography tries both."""
    right, wrong = make_ca("Twin", ski=False), make_ca("Twin", ski=False)
    leaf = right.leaf("web.example", aki=False)
    anchors = (right.value, wrong.value) if reverse else (wrong.value, right.value)
    question = PathQuestion("openssl", leaf.value, (), anchors, "serverAuth", NOW)
    assert reverse is engine("openssl").answer([question])[0].accepted


def test_a_store_with_an_intermediate_alone_holds_for_one_and_not_for_the_other(pki: Pki) -> None:
    """Openssl wants a root unless told otherwise; cryptography takes any certificate as an anchor."""
    question = pki.ask(chain=(), anchors=(pki.mid.value,))
    assert not engine("openssl").answer([question])[0].accepted
    assert engine("cryptography").answer([question])[0].accepted


def test_openssl_checks_crls_as_asked(pki: Pki) -> None:
    """A revoked leaf is refused, a clean one needs its CRL; in chain mode the intermediate needs one too."""
    clean, mid = pki.mid.crl(), pki.root.crl()
    revoking = pki.mid.crl(revoked=[pki.web])
    questions = [
        pki.ask(crl_mode="leaf", crls=(clean,)),
        pki.ask(crl_mode="leaf", crls=(revoking,)),
        pki.ask(crl_mode="leaf"),
        pki.ask(crl_mode="chain", crls=(clean,)),
        pki.ask(crl_mode="chain", crls=(clean, mid)),
    ]
    answers = engine("openssl").answer(questions)
    assert [True, False, False, False, True] == [answer.accepted for answer in answers]


@pytest.mark.parametrize(
    "changes", [{"crl_mode": "leaf"}, {"purpose": ""}, {"purpose": "clientAuth", "name": "x.example"}]
)
def test_cryptography_does_not_answer_what_it_cannot_express(pki: Pki, changes: dict[str, object]) -> None:
    """CRLs, no purpose and client names are left unanswered, with the lack named."""
    answer = engine("cryptography").answer([replace(pki.ask(), **changes)])[0]  # type: ignore[arg-type]
    assert not answer.answered
    assert not answer.accepted
    assert answer.said


def test_a_missing_openssl_is_said(pki: Pki, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where there is no openssl, that is the answer: not a refusal."""
    verifier = engine("openssl")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CouldNotLookError) as caught:
        verifier.answer([pki.ask()])
    assert "trust.engine-missing" == caught.value.code


def test_names_reach_openssl_as_data(pki: Pki, tmp_path: Path) -> None:
    """A name with shell characters is refused as a name, and runs nothing."""
    trace = tmp_path / "ran"
    again = f"x\n#warifu-part commands\ntouch {trace}\n#warifu-part rest\n"
    names = [f"$(touch$IFS{trace})", f"';touch {trace};'", f"x\ntouch {trace}", again, "\udcff.example"]
    answers = engine("openssl").answer([pki.ask(name=name) for name in names])
    assert [False] * 5 == [answer.accepted for answer in answers]
    assert not trace.exists()


@pytest.mark.parametrize("name", ENGINES)
def test_what_no_engine_can_be_asked_is_said(pki: Pki, name: str) -> None:
    """Another purpose than servers' and clients', and names of characters that no host name has; others are answered."""
    questions = [pki.ask(purpose="1.3.6.1.5.5.7.3.9"), pki.ask(name="web\n.example"), pki.ask()]
    answers = engine(name).answer(questions)
    assert [False, False, True] == [answer.answered for answer in answers]
    assert ["no-such-purpose", "name-unfit", ""] == [answer.said for answer in answers]


@pytest.mark.parametrize("name", ENGINES)
def test_names_of_other_scripts_are_asked_for_as_certificates_hold_them(pki: Pki, name: str) -> None:
    """`bücher.example` is in a certificate as an A-label, and that is what programs hand to their engine."""
    leaf = pki.mid.leaf("xn--bcher-kva.example")
    answers = engine(name).answer([pki.ask(leaf, name=one) for one in ("bücher.example", "bucher.example")])
    assert [True, False] == [answer.accepted for answer in answers]
