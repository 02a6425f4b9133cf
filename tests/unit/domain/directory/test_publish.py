"""What may be published: judged as a whole, taken as a whole."""

from __future__ import annotations

import pytest
from cryptography import x509

from support.directory_cases import NEW, OLD, published, quarantined
from support.malformed import of_version_1, signed_with_sha1, with_key_of_no_kind
from support.pki import DAY, NOW, Entity, make_ca, make_key
from warifu.domain.directory import (
    Anchor,
    AnchorKind,
    Decision,
    Outcome,
    Published,
    PublishWish,
    decide_publication,
)
from warifu.domain.directory.publish import LONGEST_ALIAS
from warifu.domain.findings import Code, Severity
from warifu.domain.x509 import Certificate

EMPTY = Published("shop")
_OF_LEAVES = OLD.leaf("x").cert.extensions.get_extension_for_class(x509.KeyUsage).value


def publish(
    present: Published, *wanted: Entity | Certificate, pinned: bool = False, alias: str | None = None
) -> Decision:
    values = tuple(one.value if isinstance(one, Entity) else one for one in wanted)
    aliases = {} if alias is None else dict.fromkeys((one.fingerprint for one in values), alias)
    return decide_publication(present, PublishWish(values, aliases=aliases, pinned=pinned), now=NOW)


def refused_for(decision: Decision) -> set[Code]:
    assert decision.is_refused
    return {one.code for one in decision.all_findings if one.severity is Severity.ERROR}


def test_a_root_comes_in_as_the_first_version() -> None:
    """Version, instant and the item's outcome are told."""
    decision = publish(EMPTY, OLD)
    assert decision.after == Published("shop", 1, NOW, (Anchor(OLD.value),))
    assert [Outcome.CREATED] == [item.outcome for item in decision.items]
    assert () == decision.all_findings


def test_asking_twice_changes_nothing() -> None:
    """Neither version nor instant move; even where it has expired meanwhile and could not come in any more."""
    first = publish(EMPTY, OLD).after
    assert first is not None
    again = decide_publication(first, PublishWish((OLD.value, OLD.value)), now=OLD.value.not_after + DAY)
    assert first is again.after
    assert [Outcome.UNCHANGED] == [item.outcome for item in again.items]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (OLD.leaf("web.example"), Code.LEAF_AS_ANCHOR),
        (make_ca("Past", expired=True), Code.EXPIRED),
        (make_ca("Future", start=NOW + DAY), Code.NOT_YET_VALID),
        (make_ca("Small", key=make_key("rsa1024")), Code.WEAK_KEY),
        (make_ca("No Signer", usage=_OF_LEAVES), Code.CERT_SIGN_MISSING),
        (OLD.intermediate("Lone"), Code.ANCHOR_ISSUER_ABSENT),
    ],
    ids=lambda one: str(one) if isinstance(one, Code) else "",
)
def test_what_is_no_anchor_is_refused(bad: Entity, code: Code) -> None:
    """Each with its own reason, and nothing is published."""
    assert {code} == refused_for(publish(EMPTY, bad))


def test_what_was_altered_is_refused() -> None:
    """A root whose signature on itself does not hold is not what its CA made."""
    der = bytearray(OLD.value.der)
    der[-1] ^= 1
    assert {Code.SIGNATURE_WRONG} == refused_for(publish(EMPTY, Certificate(bytes(der))))


def test_old_signatures_of_roots_warn_and_others_refuse() -> None:
    """What a root signed on itself protects nothing; an intermediate's signature does."""
    root = make_ca("Legacy", key=make_key("rsa"))
    old_root = signed_with_sha1(root)
    decision = publish(EMPTY, old_root)
    assert not decision.is_refused
    assert [(Code.WEAK_ANCHOR_SIGNATURE, Severity.WARNING)] == [
        (one.code, one.severity) for one in decision.all_findings
    ]
    weak = signed_with_sha1(root.intermediate("Mid", key=make_key("rsa")))
    assert Code.WEAK_ANCHOR_SIGNATURE in refused_for(publish(EMPTY, weak, root))


def test_a_root_of_version_1_comes_in_with_a_warning() -> None:
    """It can have no key id, and is flagged for that."""
    plain = {"basic": False, "no_usage": True, "ski": False}
    decision = publish(EMPTY, of_version_1(make_ca("Ancient", key=make_key("rsa"), **plain)))
    assert not decision.is_refused
    assert Code.VERSION_UNFIT in {one.code for one in decision.all_findings}


def test_a_leaf_comes_in_only_when_it_is_pinned() -> None:
    """On purpose, and marked as what it is."""
    leaf = OLD.leaf("web.example")
    after = publish(EMPTY, leaf, pinned=True).after
    assert after is not None
    assert [AnchorKind.LEAF] == [anchor.kind for anchor in after.anchors]
    assert {Code.EXPIRED} == refused_for(publish(EMPTY, OLD.leaf("x", expired=True), pinned=True))


def test_one_refused_item_refuses_all_and_every_reason_is_told() -> None:
    """A chain is one change: nothing of it stays behind."""
    decision = publish(published(OLD), NEW, make_ca("Past", expired=True), OLD.leaf("web.example"))
    assert {Code.EXPIRED, Code.LEAF_AS_ANCHOR} == refused_for(decision)
    assert [Outcome.CREATED, Outcome.REFUSED, Outcome.REFUSED] == [item.outcome for item in decision.items]


def test_a_chain_comes_in_whole_and_in_order() -> None:
    """Each issuer behind what it signed; the other way round the right order is told."""
    mid = NEW.intermediate("New Signing")
    low = mid.intermediate("New Issuing")
    after = publish(EMPTY, low, mid, NEW).after
    assert after is not None
    assert 3 == len(after.anchors)
    wrong = publish(EMPTY, NEW, mid, low)
    assert {Code.CHAIN_UNORDERED} == refused_for(wrong)
    assert ("CN=New Issuing", "CN=New Signing", "CN=New Root") == wrong.all_findings[0].evidence["order"]
    assert {Code.ANCHOR_ISSUER_ABSENT} == refused_for(publish(EMPTY, low, mid))


def test_an_intermediate_comes_to_a_published_root() -> None:
    """Its issuer need not be given again."""
    assert not publish(published(NEW), NEW.intermediate("New Signing")).is_refused


def test_a_ca_beneath_one_that_allows_none_is_refused() -> None:
    """Path length counts what is published already, too."""
    strict = make_ca("Strict", path_length=0)
    mid = strict.intermediate("Mid")
    low = mid.intermediate("Low")
    assert {Code.PATH_TOO_LONG} == refused_for(publish(published(strict), low, mid))


def test_renewals_and_cross_certificates_live_side_by_side() -> None:
    """Same key, other bytes: another anchor; the cross-certificate needs its issuer no more than its root."""
    renewed = make_ca("Old Root", key=OLD.key)
    cross = NEW.intermediate("Old Root", key=OLD.key)
    decision = publish(published(OLD), renewed, cross)
    assert decision.after is not None
    assert 3 == len(decision.after.anchors)
    assert () == decision.all_findings


def test_two_cas_that_signed_each_other_end_no_search() -> None:
    """A ring of cross-certificates is climbed once."""
    ring = (OLD.intermediate("New Root", key=NEW.key), NEW.intermediate("Old Root", key=OLD.key))
    assert {Code.CHAIN_UNORDERED} == refused_for(publish(EMPTY, *ring))


@pytest.mark.parametrize(("ski", "severity"), [(True, Severity.WARNING), (False, Severity.ERROR)])
def test_a_name_of_two_keys_is_told_apart_by_key_ids_alone(*, ski: bool, severity: Severity) -> None:
    """Without one, verifiers take whichever comes first."""
    decision = publish(published(OLD), make_ca("Old Root", ski=ski))
    clash = [one for one in decision.all_findings if one.code is Code.ANCHOR_NAME_CLASH]
    assert [severity] == [one.severity for one in clash]
    assert decision.is_refused == (severity is Severity.ERROR)


@pytest.mark.parametrize("alias", [" a", "a\n", "a" * (LONGEST_ALIAS + 1)])
def test_an_alias_is_something_to_be_read(alias: str) -> None:
    """No blanks at its ends, nothing unseen, and not endless."""
    assert {Code.ALIAS_UNFIT} == refused_for(publish(EMPTY, OLD, alias=alias))


def test_an_alias_names_one_anchor_in_whatever_case() -> None:
    """The same for two of one wish is refused for both; another alias for the same anchor replaces it."""
    assert {Code.ALIAS_TAKEN} == refused_for(publish(EMPTY, OLD, NEW, alias="root"))
    present = published(Anchor(OLD.value, "root"))
    assert {Code.ALIAS_TAKEN} == refused_for(publish(present, NEW, alias="ROOT"))
    moved = publish(present, OLD, alias="older")
    assert [Outcome.REPLACED] == [item.outcome for item in moved.items]
    assert moved.after is not None
    assert ("older", 2) == (moved.after.anchors[0].alias, moved.after.version)
    freed = PublishWish(
        (OLD.value, NEW.value), aliases={OLD.value.fingerprint: "older", NEW.value.fingerprint: "root"}
    )
    assert not decide_publication(present, freed, now=NOW).is_refused


def test_what_lies_in_quarantine_is_not_published_again() -> None:
    """Two people took it out of trust: restoring it is another decision."""
    assert {Code.ANCHOR_IN_QUARANTINE} == refused_for(publish(published(quarantined(OLD)), OLD))


def test_nothing_is_no_wish() -> None:
    """An empty file is a mistake, not a change."""
    assert {Code.PUBLICATION_EMPTY} == refused_for(publish(EMPTY))


def test_a_key_that_nobody_can_read_is_refused() -> None:
    """Nothing that it signed could ever be verified."""
    root = make_ca("Root", key=make_key("rsa"))
    odd = with_key_of_no_kind(root.intermediate("Odd"))
    assert {Code.EXTENSION_UNREADABLE} == refused_for(publish(published(root), odd))


def test_a_root_and_its_crl_come_in_together() -> None:
    """A newer CRL of the same issuer takes the place of the older; a foreign one refuses the whole."""
    crl = OLD.crl()
    decision = decide_publication(EMPTY, PublishWish((OLD.value,), (crl,)), now=NOW)
    assert decision.after is not None
    assert (1, (crl,)) == (decision.after.version, decision.after.crls)
    assert "" == decision.after.plan
    newer = OLD.crl([OLD.leaf("gone.example")], start=NOW)
    next_one = decide_publication(decision.after, PublishWish(crls=(newer,)), now=NOW, plan="ab")
    assert [Outcome.REPLACED] == [item.outcome for item in next_one.items]
    assert next_one.after is not None
    assert ((newer,), "ab") == (next_one.after.crls, next_one.after.plan)
    assert {Code.CRL_SIGNER_UNKNOWN} == refused_for(
        decide_publication(EMPTY, PublishWish((OLD.value,), (NEW.crl(),)), now=NOW)
    )
    again = decide_publication(next_one.after, PublishWish(crls=(newer,)), now=NOW)
    assert next_one.after is again.after


def test_a_bag_of_namesakes_ends() -> None:
    """Many certificates of one name cost no more signature checks than are allowed."""
    mid = make_ca("Root").intermediate("Mid")
    bag = [make_ca("Root", ski=False) for _ in range(20)]
    assert Code.ANCHOR_ISSUER_ABSENT in refused_for(publish(EMPTY, mid, *bag))
