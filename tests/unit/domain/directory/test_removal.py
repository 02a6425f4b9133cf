"""What leaves a trust domain and what comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.directory_cases import NEW, OLD, published, quarantined
from support.pki import DAY, NOW, make_ca
from warifu.domain.directory import (
    Anchor,
    ItemKind,
    Outcome,
    Published,
    Standing,
    decide_quarantine,
    decide_restore,
    decide_unpublication,
)
from warifu.domain.findings import Code

LATER = NOW + DAY
RENEWED = make_ca("Old Root", key=OLD.key)


def test_exact_bytes_leave_and_the_renewal_stays() -> None:
    """Removing the old certificate of a key never removes the new one."""
    decision = decide_unpublication(published(OLD, RENEWED), [OLD.value.fingerprint], now=LATER, plan="ab")
    assert decision.after is not None
    assert [RENEWED.value] == [anchor.certificate for anchor in decision.after.anchors]
    assert (2, LATER, "ab") == (decision.after.version, decision.after.at, decision.after.plan)


def test_the_crl_goes_with_its_anchor() -> None:
    """No orphan is left; that of another anchor stays."""
    crl, other = OLD.crl(), NEW.crl()
    decision = decide_unpublication(published(OLD, NEW, crls=(crl, other)), [OLD.value.fingerprint], now=NOW)
    assert decision.after is not None
    assert (other,) == decision.after.crls
    assert [(ItemKind.ANCHOR, OLD.value.fingerprint), (ItemKind.CRL, crl.fingerprint)] == [
        (item.kind, item.key) for item in decision.items
    ]


def test_a_crl_stays_where_a_renewal_of_its_signer_stays() -> None:
    """Name and key are the same: what it says still counts."""
    crl = OLD.crl()
    present = published(OLD, RENEWED, crls=(crl,))
    decision = decide_unpublication(present, [OLD.value.fingerprint], now=NOW)
    assert decision.after is not None
    assert (crl,) == decision.after.crls


def test_what_is_not_published_by_these_bytes_refuses_all() -> None:
    """Nothing leaves with it; nothing named is refused, too."""
    present = published(OLD)
    keys = [OLD.value.fingerprint, RENEWED.value.fingerprint]
    for decide in (decide_unpublication, decide_quarantine):
        decision = decide(present, keys, now=NOW)
        assert decision.is_refused
        assert [Code.ANCHOR_NOT_PUBLISHED] == [one.code for one in decision.all_findings]
        assert [Code.PUBLICATION_EMPTY] == [one.code for one in decide(present, [], now=NOW).all_findings]


def test_quarantine_keeps_and_distrusts() -> None:
    """The anchor stays with its CRLs; twice is once."""
    crl = OLD.crl()
    decision = decide_quarantine(
        published(OLD, NEW, crls=(crl,)), [OLD.value.fingerprint], now=LATER, plan="ab"
    )
    assert decision.after is not None
    assert ([NEW.value], (crl,)) == (
        [anchor.certificate for anchor in decision.after.trusted],
        decision.after.crls,
    )
    assert [Outcome.QUARANTINED] == [item.outcome for item in decision.items]
    again = decide_quarantine(decision.after, [OLD.value.fingerprint], now=LATER)
    assert decision.after is again.after
    assert [Outcome.UNCHANGED] == [item.outcome for item in again.items]


def test_restoring_puts_everything_back_and_takes_nothing_away() -> None:
    """What left, what was distrusted, and their CRLs; what came since stays."""
    crl, since = OLD.crl(), make_ca("Since")
    earlier = published(Anchor(OLD.value, "old"), NEW, crls=(crl,))
    present = published(quarantined(NEW), since, version=7)
    decision = decide_restore(present, earlier, now=LATER)
    assert decision.after is not None
    assert {"old", Anchor(NEW.value).name, Anchor(since.value).name} == {
        a.name for a in decision.after.trusted
    }
    assert (8, (crl,)) == (decision.after.version, decision.after.crls)
    assert [Outcome.RESTORED] * 3 == [item.outcome for item in decision.items]
    again = decide_restore(decision.after, earlier, now=LATER)
    assert decision.after is again.after


def test_what_is_trusted_now_stays_trusted() -> None:
    """A version in which it lay in quarantine does not distrust it again; one that left comes back as it was."""
    earlier = published(quarantined(OLD), quarantined(NEW))
    after = decide_restore(published(OLD, version=3), earlier, now=NOW).after
    assert after is not None
    standings = {anchor.certificate: anchor.standing for anchor in after.anchors}
    assert {OLD.value: Standing.PUBLISHED, NEW.value: Standing.QUARANTINED} == standings


def test_a_newer_crl_is_not_pushed_out() -> None:
    """What was revoked since stays revoked."""
    newer = OLD.crl([OLD.leaf("gone.example")], start=NOW)
    present = published(OLD, version=2, crls=(newer,))
    after = decide_restore(present, published(OLD, crls=(OLD.crl(),)), now=NOW).after
    assert present is after


def test_an_alias_that_was_given_away_refuses_the_whole() -> None:
    """All or nothing: nobody guesses another name."""
    present = published(Anchor(NEW.value, "root"), version=2)
    decision = decide_restore(present, published(Anchor(OLD.value, "Root"), RENEWED), now=NOW)
    assert decision.is_refused
    assert [Code.ALIAS_TAKEN] == [one.code for one in decision.all_findings]


def test_what_expired_since_comes_back_with_a_warning() -> None:
    """It was asked for, and somebody ought to know."""
    decision = decide_restore(published(NEW, version=2), published(OLD), now=OLD.value.not_after + DAY)
    assert not decision.is_refused
    assert [Code.EXPIRED] == [one.code for one in decision.all_findings]


@pytest.mark.parametrize("earlier", [published(OLD, version=9), replace(published(OLD), domain="lab")])
def test_only_an_earlier_version_of_the_same_domain_comes_back(earlier: Published) -> None:
    """One from ahead means that this domain itself went back."""
    decision = decide_restore(published(NEW, version=2), earlier, now=NOW)
    assert [Code.RESTORE_UNFIT] == [one.code for one in decision.all_findings]
    assert decision.is_refused


def test_restoring_keeps_the_alias_that_an_anchor_has_now() -> None:
    """What is trusted is left alone; the version that is there comes back as nothing new."""
    present = published(Anchor(OLD.value, "newer"), version=2)
    assert present is decide_restore(present, published(Anchor(OLD.value, "older")), now=NOW).after
    assert present is decide_restore(present, present, now=NOW).after


def test_the_last_second_of_what_comes_back_is_no_warning() -> None:
    """The period includes it."""
    decision = decide_restore(published(NEW, version=2), published(OLD), now=OLD.value.not_after)
    assert () == decision.all_findings
