"""Whether an anchor may go: every reason against it, each by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from support.directory_cases import (
    CASES,
    EXCEPTION,
    NEW,
    OLD,
    SHOP,
    entry,
    presented,
    published,
    quarantined,
    retiring,
)
from support.pki import CLIENT, DAY, NOW, Entity, make_ca
from support.revoking import crl_of
from warifu.domain.directory import (
    Anchor,
    ClientStore,
    CrlUse,
    NodeEntries,
    Pin,
    Presented,
    Published,
    Publisher,
    Reason,
    Reports,
    Sighting,
    blast_radius,
)
from warifu.domain.directory.retirement import REMEMBERED
from warifu.domain.endpoint import Entry, EntryKind, Provenance, SystemStore
from warifu.domain.findings import Code, Severity

ALONE = (
    Code.STILL_PRESENTED,
    Code.STILL_EMBEDDED,
    Code.CALLER_BENEATH,
    Code.STORE_NEEDS_ANCHOR,
    Code.ANCHOR_PINNED,
    Code.CRL_SIGNER_NEEDED,
    Code.NODE_NOT_HEARD,
    Code.WOULD_BE_PUBLISHED_AGAIN,
    Code.LOCAL_COPY_HELD,
    Code.SUCCESSOR_LACKING,
    Code.RETIRE_REASON_MISSING,
    Code.RETIRE_REASON_UNTRUE,
)
RENEWED = make_ca("Old Root", key=OLD.key, start=NOW - DAY)
SIGNING = SHOP.above[0]
CROSS = NEW.intermediate("Old Signing", key=SIGNING.key)


def codes(**seen: object) -> list[Code]:
    return [finding.code for finding in retiring(**seen).blockers]  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ALONE)
def test_each_reason_alone_blocks(code: Code) -> None:
    """With its own code, as an error, and with nothing else."""
    assert [(code, Severity.ERROR)] == [(one.code, one.severity) for one in CASES[code]()]


def test_nothing_against_it_lets_it_go() -> None:
    """A superseded root that nobody uses."""
    radius = retiring()
    assert radius.is_allowed
    assert () == radius.uses


def test_reasons_are_told_together_and_places_by_row() -> None:
    """Node, store, alias, expiry and when it was last confirmed; those that block come first."""
    free = presented(NEW.leaf("web.example"))
    rows = retiring(
        others=(),
        presented=(presented(SHOP, ago=timedelta(hours=1)), free),
        pins=(Pin("app-7", "mobile app", OLD.value.fingerprint.hex, NOW),),
        nodes=(NodeEntries("lab-9", heard=False),),
    )
    assert [Code.SUCCESSOR_LACKING, Code.ANCHOR_PINNED, Code.NODE_NOT_HEARD, Code.STILL_PRESENTED] == [
        one.code for one in rows.blockers
    ]
    assert not rows.is_allowed
    assert [
        ("app-7/mobile app", None, NOW),
        ("lab-9", None, None),
        ("web-1/nginx/shop", SHOP.value.not_after, NOW - timedelta(hours=1)),
    ] == [(use.place, use.not_after, use.seen) for use in rows.uses]


def test_a_finding_names_a_few_places_and_counts_all() -> None:
    """A sentence holds no hundred names; the rows do."""
    five = tuple(presented(SHOP, node=f"web-{number}") for number in range(5))
    (whole,) = retiring(presented=five).blockers
    assert tuple(f"web-{number}/nginx/shop" for number in range(5)) == whole.evidence["where"]
    many = tuple(presented(SHOP, node=f"web-{number}") for number in range(8))
    (finding,) = retiring(presented=many).blockers
    assert (8, 6, "+3") == (
        finding.evidence["count"],
        len(finding.evidence["where"]),  # type: ignore[arg-type]
        finding.evidence["where"][-1],  # type: ignore[index]
    )


@pytest.mark.req("S0-46")
def test_one_live_service_blocks_and_is_named() -> None:
    """Directly or through intermediates; replaced, it lets the root go."""
    direct = presented(OLD.leaf("direct.example"), node="web-2")
    for one in (direct, presented(SHOP)):
        (finding,) = retiring(presented=(one,)).blockers
        assert (Code.STILL_PRESENTED, (f"{one.node}/nginx/shop",)) == (
            finding.code,
            finding.evidence["where"],
        )
    assert [] == codes(presented=(presented(NEW.leaf("direct.example")),))


def test_an_intermediate_that_is_not_sent_still_leads_there() -> None:
    """Whoever verifies may have it: it was met elsewhere."""
    bare = Presented("web-1", "nginx", "", (SHOP.value,), NOW)
    known = ClientStore("pay-1", "trust.pem", {"signing": SIGNING.value}, NOW)
    assert [Code.STILL_PRESENTED] == codes(presented=(bare,), stores=(known,))
    assert [] == codes(presented=(bare,))


def test_another_valid_way_lets_it_go() -> None:
    """A renewal of the root that stays, or a cross-certificate that is sent; it is listed all the same."""
    by_renewal = retiring(others=(RENEWED,), presented=(presented(SHOP),))
    assert by_renewal.is_allowed
    assert [(Code.STILL_PRESENTED, False)] == [(use.code, use.blocks) for use in by_renewal.uses]
    crossed = replace(presented(SHOP), chain=(SHOP.value, SIGNING.value, CROSS.value))
    assert [] == codes(presented=(crossed,))
    late = make_ca("Old Root", key=OLD.key, expired=True)
    assert [Code.STILL_PRESENTED] == codes(others=(late, NEW), presented=(presented(SHOP),))


def test_a_cross_certificate_that_is_not_sent_is_no_way() -> None:
    """That it was met elsewhere helps nobody who is not sent it."""
    store = ClientStore("pay-1", "trust.pem", {"cross": CROSS.value}, NOW)
    assert [Code.STILL_PRESENTED] == codes(presented=(presented(SHOP),), stores=(store,))


def test_what_expired_is_still_beneath() -> None:
    """It is presented; whoever owns it has to be told."""
    assert [Code.STILL_PRESENTED] == codes(presented=(presented(OLD.leaf("x.example", expired=True)),))


def test_a_client_certificate_is_beneath_as_any_other() -> None:
    """Purposes play no part."""
    leaf = OLD.leaf("robot", purposes=CLIENT)
    assert [Code.CALLER_BENEATH] == codes(presented=(presented(leaf, Sighting.CALLER),))


@pytest.mark.parametrize("how", list(Sighting))
def test_who_was_not_seen_for_long_is_only_listed(how: Sighting) -> None:
    """To the last instant of what is remembered it blocks; what lies in a file lies there until it is seen gone."""
    ages = {REMEMBERED: True, REMEMBERED + timedelta(seconds=1): how is Sighting.EMBEDDED}
    for ago, blocks in ages.items():
        radius = retiring(presented=(presented(SHOP, how, ago=ago),))
        assert blocks is not radius.is_allowed
        assert 1 == len(radius.uses)


def test_the_nightly_client_is_named_with_when() -> None:
    """Twenty hours ago is not never."""
    (finding,) = CASES[Code.CALLER_BENEATH]()
    assert (NOW - timedelta(hours=20), ("backup-3/rsync/shop",)) == (
        finding.evidence["last"],
        finding.evidence["where"],
    )


def test_a_chain_without_certificates_is_nobodys() -> None:
    """An address that answered nothing."""
    assert [] == codes(presented=(replace(presented(SHOP), chain=()),))


def test_a_pinned_leaf_needs_itself() -> None:
    """An anchor that is a leaf goes when nobody presents it any more."""
    leaf = NEW.leaf("pinned.example")
    anchor = Anchor(leaf.value)
    for chain, allowed in (((leaf.value,), False), ((NEW.leaf("other.example").value,), True)):
        reports = Reports(presented=(Presented("web-1", "nginx", "", chain, NOW),))
        radius = blast_radius(anchor, reports, published(OLD), now=NOW, reason=Reason.SUPERSEDED)
        assert allowed is radius.is_allowed


def store_of(anchors: Mapping[str, Entity], *peers: Entity) -> ClientStore:
    chains = tuple((peer.value, *peer.chain) for peer in peers)
    return ClientStore(
        "pay-1", "trust.jks", {alias: one.value for alias, one in anchors.items()}, NOW, chains
    )


@pytest.mark.parametrize(
    ("store", "blocks"),
    [
        (store_of({"a": OLD, "b": NEW}), True),
        (store_of({"a": OLD, "b": NEW}, NEW.leaf("x.example")), False),
        (store_of({"a": OLD, "b": NEW}, SHOP), True),
        (store_of({"a": OLD, "b": RENEWED}, SHOP, NEW.leaf("x.example")), False),
        (store_of({"a": OLD}, SHOP), True),
    ],
    ids=["nobody-knows", "others", "needs-it", "renewed", "nothing-else"],
)
def test_a_clients_trust_store_blocks_until_it_can_do_without(store: ClientStore, *, blocks: bool) -> None:
    """What it verifies was seen, and its other anchors do for all of it."""
    radius = retiring(stores=(store,))
    assert [("pay-1/trust.jks/a", blocks)] == [(use.place, use.blocks) for use in radius.uses]
    assert blocks is not radius.is_allowed
    assert [] == codes(stores=(store_of({"b": NEW}, SHOP),))


@pytest.mark.parametrize("form", ["sha256", "sha1", "key", "colons"])
def test_a_pin_in_any_form_blocks(form: str) -> None:
    """Of the certificate or of its key."""
    key = OLD.value.public_key
    assert key is not None
    sha1 = hashlib.sha1(OLD.value.der, usedforsecurity=False).hexdigest()
    plain = OLD.value.fingerprint.hex
    colons = ":".join(plain[at : at + 2] for at in range(0, 64, 2)).upper()
    value = {"sha256": plain, "sha1": sha1, "key": key.sha256.hex, "colons": colons}[form]
    pins = (Pin("app-7", "app", value, NOW), Pin("app-8", "app", "00" * 32, NOW))
    assert [Code.ANCHOR_PINNED] == codes(pins=pins)
    assert ([] if form == "key" else [Code.ANCHOR_PINNED]) == codes(others=(RENEWED,), pins=pins)


def test_a_crl_signer_is_needed_unless_its_twin_stays() -> None:
    """What the directory brought leaves with it; what somebody added does not."""
    use = CrlUse("vpn-1", "strongswan", OLD.crl(), NOW)
    assert [] == codes(others=(RENEWED,), crls=(use,))
    assert [] == codes(crls=(replace(use, crl=NEW.crl()),))
    local = Entry(SystemStore.CRLS, "old", EntryKind.CRL, crl=OLD.crl())
    brought = replace(local, provenance=Provenance.DIRECTORY, domain="shop")
    assert [Code.CRL_SIGNER_NEEDED] == codes(nodes=(NodeEntries("web-1", (local,), NOW),))
    assert [] == codes(nodes=(NodeEntries("web-1", (brought,), NOW),))


def test_an_offline_node_blocks_until_it_is_waived_by_name() -> None:
    """And stays in the list."""
    silent = NodeEntries("lab-9", (entry(OLD),), NOW - DAY, heard=False)
    radius = retiring(nodes=(silent,), waived=frozenset({"lab-9"}))
    assert radius.is_allowed
    assert [("lab-9", NOW - DAY, False)] == [(use.place, use.seen, use.blocks) for use in radius.uses]
    assert [Code.NODE_NOT_HEARD] == codes(nodes=(silent,), waived=frozenset({"lab-8"}))


@pytest.mark.parametrize(
    ("held", "found"),
    [
        (entry(OLD), None),
        (entry(NEW, Provenance.LOCAL), None),
        (entry(OLD, Provenance.LOCAL), True),
        (entry(OLD, Provenance.BOTH), True),
        (entry(OLD, exception=EXCEPTION), True),
        (entry(OLD, Provenance.BOTH, distrusted=True), False),
    ],
    ids=["published", "another", "local", "both", "excepted", "quarantined"],
)
def test_a_local_copy_blocks_while_it_is_trusted(held: Entry, *, found: bool | None) -> None:
    """What the directory alone brought leaves by itself."""
    uses = retiring(nodes=(NodeEntries("web-1", (held,), NOW),)).uses
    assert ([] if found is None else [(Code.LOCAL_COPY_HELD, found)]) == [
        (use.code, use.blocks) for use in uses
    ]


@pytest.mark.parametrize("kind", [EntryKind.PRIVATE_KEY, EntryKind.ENCRYPTED_KEY])
def test_the_key_of_a_node_with_a_chain_beneath_blocks(kind: EntryKind) -> None:
    """In whatever store; a key with another chain does not, nor one that stands alone."""
    mine = Entry("machine", "web", kind, (SHOP.value, *SHOP.chain))
    other = replace(mine, certificates=(NEW.leaf("x.example").value,))
    alone = replace(mine, certificates=())
    rows = retiring(nodes=(NodeEntries("web-1", (mine, other, alone), NOW),)).uses
    assert [(Code.STILL_EMBEDDED, "web-1/machine/web", SHOP.value.not_after)] == [
        (use.code, use.place, use.not_after) for use in rows
    ]
    free = retiring(others=(RENEWED,), nodes=(NodeEntries("web-1", (mine,), NOW),))
    assert free.is_allowed


EARLY, LATE = make_ca("Early", start=NOW + DAY), make_ca("Old Root", key=OLD.key, expired=True)


@pytest.mark.req("S0-05", "S0-45")
@pytest.mark.parametrize(
    ("others", "reason"),
    [
        ((), "no-other-anchor"),
        ((EARLY,), "successor-early"),
        ((LATE,), "successor-expired"),
        ((EARLY, LATE), "successor-early"),
    ],
)
def test_without_a_valid_successor_it_stays(others: tuple[Entity, ...], reason: str) -> None:
    """None, one that is not valid yet, one of the same key that expired; add one, and it may go."""
    (finding,) = retiring(others=others).blockers
    assert (Code.SUCCESSOR_LACKING, reason) == (finding.code, finding.evidence["reason"])
    assert ({one.value.label for one in others} or {"-"}) == set(finding.evidence["good"])  # type: ignore[call-overload]
    assert [] == codes(others=(*others, NEW))


def test_a_successor_in_quarantine_is_none() -> None:
    """Nobody trusts it."""
    present = published(OLD, quarantined(NEW))
    radius = blast_radius(Anchor(OLD.value), Reports(), present, now=NOW, reason=Reason.SUPERSEDED)
    assert [Code.SUCCESSOR_LACKING] == [one.code for one in radius.blockers]


@pytest.mark.req("S0-12")
def test_a_valid_root_goes_for_a_reason() -> None:
    """Without one it is refused; with a CRL that lists it, it goes; one in use stays all the same."""
    crl = OLD.crl([OLD])
    present = published(OLD, NEW, crls=(crl,))
    anchor = Anchor(OLD.value)
    assert [Code.RETIRE_REASON_MISSING] == codes(reason=None)
    for reason in (None, Reason.REVOKED):
        assert blast_radius(anchor, Reports(), present, now=NOW, reason=reason).is_allowed
    used = blast_radius(anchor, Reports(presented=(presented(SHOP),)), present, now=NOW)
    assert [Code.STILL_PRESENTED] == [one.code for one in used.blockers]


@pytest.mark.parametrize("reason", [None, *Reason])
def test_each_reason_stands_for_what_is_so(reason: Reason | None) -> None:
    """Two are somebody's word; that it expired or was revoked anybody can see."""
    untrue = {Reason.EXPIRED: "not-expired", Reason.REVOKED: "not-revoked"}
    found = retiring(reason=reason).blockers
    if reason is None:
        assert [Code.RETIRE_REASON_MISSING] == [one.code for one in found]
    elif reason in untrue:
        assert [(Code.RETIRE_REASON_UNTRUE, untrue[reason])] == [
            (one.code, one.evidence["reason"]) for one in found
        ]
    else:
        assert () == found


def test_an_expired_root_needs_no_reason() -> None:
    """Its last second is included; the next one is past it."""
    old, anchor = published(OLD, make_ca("Newest", end=NOW + 9999 * DAY)), Anchor(OLD.value)
    end = OLD.value.not_after
    at_end = blast_radius(anchor, Reports(), old, now=end)
    assert [Code.RETIRE_REASON_MISSING] == [one.code for one in at_end.blockers]
    later = end + timedelta(seconds=1)
    for reason in (None, Reason.EXPIRED):
        assert blast_radius(anchor, Reports(), old, now=later, reason=reason).is_allowed


@pytest.mark.parametrize("place", ["published", "in use", "entry"])
def test_a_crl_that_lists_it_counts_wherever_it_is(place: str) -> None:
    """Of its own key or of its issuer's that is published; one by another key of that name lists nothing."""
    mid = NEW.intermediate("Mid")
    present = published(mid, NEW)
    for crl, is_so in ((NEW.crl([mid]), True), (NEW.crl(), False), (make_ca("New Root").crl([mid]), False)):
        reports = Reports()
        there = present
        if place == "published":
            there = replace(present, crls=(crl,))
        elif place == "in use":
            reports = Reports(crls=(CrlUse("vpn-1", "swan", crl, NOW),))
        else:
            held = Entry(
                SystemStore.CRLS, "x", EntryKind.CRL, crl=crl, provenance=Provenance.DIRECTORY, domain="shop"
            )
            reports = Reports(nodes=(NodeEntries("web-1", (held,), NOW),))
        radius = blast_radius(Anchor(mid.value), reports, there, now=NOW)
        assert is_so is radius.is_allowed


def test_a_lifted_entry_revokes_nothing() -> None:
    """It says the opposite."""
    lifted = crl_of(OLD, [OLD], reason=x509.ReasonFlags.remove_from_crl)
    present = Published("shop", 1, NOW, published(OLD, NEW).anchors, (lifted,))
    radius = blast_radius(Anchor(OLD.value), Reports(), present, now=NOW)
    assert [Code.RETIRE_REASON_MISSING] == [one.code for one in radius.blockers]


def test_a_ring_of_cross_certificates_ends() -> None:
    """Two CAs that signed each other, met anywhere."""
    ring = {"a": NEW.intermediate("Old Root", key=OLD.key), "b": OLD.intermediate("New Root", key=NEW.key)}
    store = store_of(ring, SHOP)
    assert [] == codes(stores=(store,))
    assert [Code.STILL_PRESENTED] == codes(stores=(store,), presented=(presented(SHOP),))


def test_who_publishes_other_anchors_is_no_matter() -> None:
    """Only what would bring this one back."""
    other = Publisher("vcenter-1", "VMCA", frozenset({NEW.value.fingerprint}), NOW)
    assert [] == codes(publishers=(other,))


def test_each_finding_counts_its_own_places_alone() -> None:
    """Neither those of another reason nor those that have another way."""
    crossed = replace(presented(SHOP, node="web-2"), chain=(SHOP.value, SIGNING.value, CROSS.value))
    pin = Pin("app-7", "app", OLD.value.fingerprint.hex, NOW)
    found = retiring(presented=(presented(SHOP), crossed), pins=(pin,)).blockers
    assert {
        Code.STILL_PRESENTED: (1, ("web-1/nginx/shop",)),
        Code.ANCHOR_PINNED: (1, ("app-7/app",)),
    } == {one.code: (one.evidence["count"], one.evidence["where"]) for one in found}
    uses = retiring(presented=(crossed, replace(presented(SHOP), node="web-9"))).uses
    assert [("web-9", True), ("web-2", False)] == [(use.node, use.blocks) for use in uses]


@pytest.mark.req("X-13")
@pytest.mark.parametrize(
    ("successor", "allowed"),
    [
        (make_ca("Next", start=NOW), True),
        (make_ca("Next", start=NOW + timedelta(seconds=1)), False),
        (make_ca("Next", end=NOW), True),
        (make_ca("Next", end=NOW - timedelta(seconds=1)), False),
    ],
)
def test_a_successor_is_valid_from_its_first_to_its_last_second(successor: Entity, *, allowed: bool) -> None:
    """Both are included."""
    assert allowed is retiring(others=(successor,)).is_allowed
