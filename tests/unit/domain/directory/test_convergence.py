"""What a node's entries become when a trust domain is at a version."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.directory_cases import EXCEPTION, NEW, OLD, entry, published, quarantined
from support.pki import DAY, NOW, make_ca
from warifu.domain.directory import (
    Anchor,
    Convergence,
    EntryChange,
    Published,
    Standing,
    local_deletion,
    reconcile,
)
from warifu.domain.directory.convergence import default_alias
from warifu.domain.endpoint import Entry, EntryKind, Provenance, SystemStore
from warifu.domain.findings import Code
from warifu.domain.x509 import Certificate, RevocationList
from warifu.errors import RefusedError

BOTH, DIRECTORY, LOCAL = Provenance.BOTH, Provenance.DIRECTORY, Provenance.LOCAL
THIRD = make_ca("Third")


def crl_entry(crl: RevocationList, provenance: Provenance = DIRECTORY, domain: str = "shop") -> Entry:
    return Entry(
        SystemStore.CRLS,
        default_alias(crl.der),
        EntryKind.CRL,
        crl=crl,
        provenance=provenance,
        domain="" if provenance is LOCAL else domain,
        added=NOW,
    )


def written(held: list[Entry], done: Convergence) -> list[Entry]:
    """The entries after a pass was written."""
    changed = {id(change.before): change.after for change in done.changes}
    left = [changed.get(id(one), one) for one in held if not any(one is gone for gone in done.removes)]
    return [*left, *done.adds]


def codes(done: Convergence) -> list[Code]:
    return [finding.code for finding in done.findings]


def test_what_is_published_comes_to_the_node() -> None:
    """Under its alias, marked with where it comes from; the next pass has nothing to do."""
    crl = OLD.crl()
    present = published(Anchor(OLD.value, "shop-old"), NEW, crls=(crl,))
    done = reconcile([], present, now=NOW)
    assert [entry(OLD, alias="shop-old"), crl_entry(crl)] == [
        one for one in done.adds if one.alias != Anchor(NEW.value).name
    ]
    assert 3 == len(done.adds)
    again = reconcile(list(done.adds), present, now=NOW + DAY)
    assert again.is_settled
    assert Convergence() == again
    assert not done.is_settled


@pytest.mark.req("S0-09")
def test_three_nodes_follow_what_was_published_once() -> None:
    """Published in the directory only: in every node's store after its pass."""
    stores: dict[str, list[Entry]] = {"psc-1": [], "psc-2": [], "psc-3": []}
    for node, held in stores.items():
        stores[node] = written(held, reconcile(held, published(OLD), now=NOW))
    assert [[OLD.value]] * 3 == [[one.certificates[0] for one in held] for held in stores.values()]


def test_what_leaves_the_directory_leaves_the_node() -> None:
    """Whatever the directory alone brought."""
    done = reconcile([entry(OLD), entry(NEW)], published(NEW), now=NOW)
    assert ([entry(OLD)], (), ()) == (list(done.removes), done.adds, done.changes)


@pytest.mark.req("S0-06", "S0-10")
def test_what_was_deleted_on_the_node_is_resurrected() -> None:
    """It comes back, and that is reported; what is merely new is not."""
    done = reconcile([], published(OLD, NEW), now=NOW, deleted={OLD.value.fingerprint})
    assert ({OLD.value, NEW.value}, (OLD.value.fingerprint,)) == (
        {one.certificates[0] for one in done.adds},
        done.resurrected,
    )
    assert [Code.RESURRECTED] == codes(done)


def test_a_local_entry_that_is_published_is_both() -> None:
    """Under the alias that somebody gave it, and not a second time."""
    mine = entry(OLD, LOCAL, alias="mine")
    done = reconcile([mine], published(OLD), now=NOW)
    assert (EntryChange(mine, entry(OLD, BOTH, alias="mine")),) == done.changes
    assert () == done.adds


def test_what_was_added_here_too_stays_and_says_so() -> None:
    """Unpublishing takes away what the directory brought, and nothing else."""
    done = reconcile([entry(OLD, BOTH)], published(), now=NOW)
    assert [entry(OLD, LOCAL)] == [change.after for change in done.changes]
    assert [Code.LOCAL_COPY_STAYS] == codes(done)
    assert done.findings[0].evidence["trusted"] is True


def test_a_second_local_copy_is_left_to_whoever_made_it() -> None:
    """The entry that the directory brought follows it; another with the same certificate survives."""
    mine = entry(OLD, LOCAL, alias="mine")
    held = [mine, entry(OLD)]
    assert reconcile(held, published(OLD), now=NOW).is_settled
    done = reconcile(held, published(), now=NOW)
    assert ([entry(OLD)], ()) == (list(done.removes), done.changes)


def test_quarantine_distrusts_whoever_added_it() -> None:
    """Each copy, local ones too; what is not on the node does not come; restoring trusts it again."""
    held = [entry(OLD), entry(OLD, LOCAL, alias="mine"), entry(NEW, LOCAL)]
    bad = published(quarantined(OLD), quarantined(NEW), quarantined(THIRD))
    done = reconcile(held, bad, now=NOW)
    after = written(held, done)
    assert [True] * 3 == [one.distrusted for one in after]
    assert [DIRECTORY, LOCAL, BOTH] == [one.provenance for one in after]
    assert (3, ()) == (len(done.quarantined), done.adds)
    assert reconcile(after, bad, now=NOW).is_settled
    back = written(after, reconcile(after, published(OLD, NEW), now=NOW))
    assert [False] * 3 == [one.distrusted for one in back]


def test_a_local_copy_of_what_was_distrusted_stays_distrusted() -> None:
    """Once it is unpublished somebody has to decide about it."""
    done = reconcile([entry(OLD, BOTH, distrusted=True)], published(), now=NOW)
    assert [entry(OLD, LOCAL, distrusted=True)] == [change.after for change in done.changes]
    assert done.findings[0].evidence["trusted"] is False


@pytest.mark.parametrize(
    ("held", "present"),
    [
        (entry(OLD, exception=EXCEPTION), published(quarantined(OLD))),
        (entry(OLD, exception=EXCEPTION), published()),
        (entry(OLD, BOTH, exception=EXCEPTION), published()),
        (entry(OLD, distrusted=True, exception=EXCEPTION), published(OLD)),
    ],
    ids=["trusted-though-distrusted", "kept-though-gone", "kept-and-local", "distrusted-though-trusted"],
)
def test_an_exception_is_respected_and_seen(held: Entry, present: Published) -> None:
    """Until its end nothing changes, and each pass says so; at its end the node follows again."""
    before = reconcile([held], present, now=EXCEPTION.until - DAY)
    assert (True, (held,), [Code.EXCEPTION_KEEPS]) == (before.is_settled, before.kept, codes(before))
    at_end = reconcile([held], present, now=EXCEPTION.until)
    assert Code.EXCEPTION_ENDED in codes(at_end)
    assert not at_end.is_settled
    for one in written([held], at_end):
        assert one.exception is None
        assert one.distrusted is bool(present.anchors and present.anchors[0].standing is Standing.QUARANTINED)


def test_an_exception_that_makes_no_difference_is_seen_all_the_same() -> None:
    """It is listed, and no finding is made of it."""
    for held in (entry(OLD, exception=EXCEPTION), entry(NEW, LOCAL, exception=EXCEPTION)):
        done = reconcile([held], published(OLD), now=NOW)
        assert ((held,), [], True) == (done.kept, codes(done), not done.changes)


def test_what_only_an_exception_kept_goes_with_it() -> None:
    """A local entry that was made until a day leaves on that day; one without an end stays."""
    until = entry(OLD, LOCAL, exception=EXCEPTION)
    done = reconcile([until, entry(THIRD, LOCAL)], published(NEW), now=EXCEPTION.until)
    assert ((until,), [Code.EXCEPTION_ENDED]) == (done.removes, codes(done))


def test_the_old_crl_of_an_issuer_leaves_as_the_new_one_comes() -> None:
    """In one pass: they never pile up; what somebody added stays."""
    old, new = OLD.crl(), OLD.crl(start=NOW)
    present = published(OLD, crls=(new,))
    done = reconcile([entry(OLD), crl_entry(old)], present, now=NOW)
    assert ((crl_entry(new),), (crl_entry(old),)) == (done.adds, done.removes)
    both = reconcile([entry(OLD), crl_entry(new, LOCAL), crl_entry(old, BOTH)], present, now=NOW)
    assert {BOTH, LOCAL} == {change.after.provenance for change in both.changes}
    assert 2 == len(both.changes)
    again = reconcile([entry(OLD)], present, now=NOW, deleted={new.fingerprint})
    assert (new.fingerprint,) == again.resurrected


def test_an_alias_that_somebody_took_is_left_to_them() -> None:
    """The published anchor comes under its fingerprint, and that is said; a free one is taken up again."""
    mine = entry(NEW, LOCAL, alias="root")
    present = published(Anchor(OLD.value, "ROOT"))
    done = reconcile([mine], present, now=NOW)
    assert [OLD.value.fingerprint.hex] == [one.alias for one in done.adds]
    assert [Code.ALIAS_TAKEN] == codes(done)
    freed = reconcile(list(done.adds), present, now=NOW)
    assert ["ROOT"] == [change.after.alias for change in freed.changes]
    swapped = published(Anchor(OLD.value, "b"), Anchor(NEW.value, "a"))
    names = reconcile([entry(OLD, alias="a"), entry(NEW, alias="b")], swapped, now=NOW)
    assert {"a", "b"} == {change.after.alias for change in names.changes}


def test_other_trust_domains_are_left_alone() -> None:
    """Their entries stay; a certificate that they brought is there already; one that they have too changes hands."""
    theirs = replace(entry(OLD), domain="lab")
    assert reconcile([theirs], published(OLD), now=NOW).is_settled
    their_crl = crl_entry(OLD.crl(), domain="lab")
    assert reconcile([theirs, their_crl], published(OLD, crls=(OLD.crl(),)), now=NOW).adds
    assert not reconcile([theirs, their_crl], published(OLD, crls=(their_crl.crl,)), now=NOW).adds  # type: ignore[arg-type]
    lab = replace(published(OLD), domain="lab")
    done = reconcile([entry(OLD)], published(), now=NOW, elsewhere=[lab])
    assert (EntryChange(entry(OLD), theirs),) == done.changes


def test_entries_of_other_kinds_and_stores_are_not_looked_at() -> None:
    """Keys, secrets and people's own stores are nobody's business here."""
    own = replace(entry(OLD), store="printers")
    secret = Entry(SystemStore.TRUSTED_ROOTS, "odd", EntryKind.SECRET)
    empty = Entry(SystemStore.TRUSTED_ROOTS, "empty", EntryKind.TRUSTED)
    assert Convergence() == reconcile([own, secret, empty], published(), now=NOW)


def test_a_version_that_goes_back_changes_nothing() -> None:
    """The same again is fine."""
    with pytest.raises(RefusedError, match=r"directory\.version-went-back"):
        reconcile([entry(OLD)], published(NEW, version=3), now=NOW, version=4)
    assert reconcile([entry(OLD)], published(OLD, version=3), now=NOW, version=3).is_settled


@pytest.mark.parametrize("provenance", [DIRECTORY, BOTH])
def test_deleting_what_is_managed_is_refused_with_what_does_it_right(provenance: Provenance) -> None:
    """The command names the anchor; a CRL goes by itself; what is local may go."""
    refused = local_deletion(entry(OLD, provenance))
    assert refused is not None
    assert ("directory.managed-entry", OLD.value.fingerprint) == (refused.code, refused.values["fingerprint"])
    crl = local_deletion(crl_entry(OLD.crl(), provenance))
    assert crl is not None
    assert "directory.managed-crl" == crl.code
    assert local_deletion(entry(OLD, LOCAL)) is None


POOL = tuple(make_ca(f"P{number}") for number in range(4))
ENTRIES = st.builds(
    lambda one, provenance, distrusted, alias: entry(one, provenance, distrusted=distrusted, alias=alias),
    st.sampled_from(POOL),
    st.sampled_from(Provenance),
    st.booleans(),
    st.sampled_from("abcdef"),
)
ANCHORS = st.builds(
    lambda one, standing: Anchor(one.value, standing=standing),
    st.sampled_from(POOL),
    st.sampled_from(Standing),
)


@given(
    st.lists(ENTRIES, max_size=6, unique_by=lambda one: one.alias),
    st.lists(ANCHORS, max_size=4, unique_by=lambda one: one.key),
)
def test_one_pass_is_enough(held: list[Entry], anchors: list[Anchor]) -> None:
    """After it the node trusts every published anchor and no distrusted one, and a second pass has nothing to do."""
    present = published(*anchors)
    after = written(held, reconcile(held, present, now=NOW))
    assert reconcile(after, present, now=NOW).is_settled
    trusted: set[Certificate] = {one.certificates[0] for one in after if not one.distrusted}
    assert {anchor.certificate for anchor in present.trusted} <= trusted
    assert trusted.isdisjoint(one.certificate for one in anchors if one.standing is Standing.QUARANTINED)
    assert len(after) == len({one.alias.casefold() for one in after})


def test_its_cost_grows_with_its_size_alone() -> None:
    """No entry limit, and eight times as many entries cost nothing like sixty-four times as much."""

    def cost(many: int) -> float:
        fakes = [_Numbered(OLD.value, number) for number in range(many)]
        present = Published("shop", 1, NOW, tuple(Anchor(one) for one in fakes[: many // 2]))
        held = [
            Entry(
                SystemStore.TRUSTED_ROOTS,
                f"n{number}",
                EntryKind.TRUSTED,
                (one,),
                provenance=DIRECTORY,
                domain="shop",
            )
            for number, one in enumerate(fakes[many // 4 :])
        ]
        start = perf_counter()
        done = reconcile(held, present, now=NOW)
        assert (many // 4, many // 2) == (len(done.adds), len(done.removes))
        return perf_counter() - start

    small = min(cost(1_000) for _ in range(3))
    assert cost(8_000) < 40 * small + 0.2


class _Numbered(Certificate):
    """A certificate that says it is another one each time."""

    __slots__ = ()

    def __init__(self, like: Certificate, number: int) -> None:
        super().__init__(like.der)
        self.der = like.der + number.to_bytes(4, "big")
        self.fingerprint = type(self.fingerprint).of(self.der)


def test_what_is_local_here_is_no_other_domains_either() -> None:
    """That another domain publishes it is for that domain's own pass; a CRL in a person's own store is theirs."""
    lab = replace(published(OLD), domain="lab")
    assert reconcile([entry(OLD, LOCAL)], published(), now=NOW, elsewhere=[lab]).is_settled
    own = replace(crl_entry(OLD.crl()), store="printers")
    assert Convergence() == reconcile([own], published(), now=NOW)
