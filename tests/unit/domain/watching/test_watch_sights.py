"""Estates and lists become one kind of look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from support.estate_texts import SMALL, estate_of
from support.notices import SECOND
from support.pki import CLIENT, DAY, NOW, Entity, make_ca, make_key
from warifu.domain.estate import Estate, IdentityValue, Observed, SlotState, TrustValue, Value
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust import Signatures
from warifu.domain.watching import Held, Sight, Standing
from warifu.domain.watching.cause import Judged
from warifu.domain.watching.needed import find_needed, has_valid_twin
from warifu.domain.watching.of_estate import sight_of_estate
from warifu.domain.watching.of_list import Listed, sight_of_list

ROOT, CLIENTS = make_ca("Root"), make_ca("Client Root")
STRANGER = make_ca("Stranger")
MID = ROOT.intermediate("Mid")
WEB, WEB2 = MID.leaf("web.example"), MID.leaf("web.example")
APP = CLIENTS.leaf("app.example", purposes=CLIENT)
EVERYTHING = {one.value.fingerprint.hex: one.value for one in (ROOT, CLIENTS, STRANGER, MID, WEB, WEB2, APP)}


def shows(entity: Entity) -> IdentityValue:
    return IdentityValue(entity.value.fingerprint.hex, tuple(one.fingerprint.hex for one in entity.chain))


def trusts(*entities: Entity) -> TrustValue:
    return TrustValue(tuple(one.value.fingerprint.hex for one in entities))


STATES: Mapping[str, SlotState] = {
    "web/tls": SlotState("web/tls", shows(WEB), (shows(WEB),), proven=True, on_wire=True),
    "web/clients": SlotState("web/clients", trusts(CLIENTS), (trusts(CLIENTS),)),
    "app/me": SlotState("app/me", shows(APP)),
    "app/up": SlotState("app/up", trusts(ROOT, STRANGER)),
}


def look(
    *changed: SlotState,
    estate: Estate | None = None,
    judged: Mapping[str, Judged] | None = None,
    proven: Mapping[str, Value] | None = None,
    findings: tuple[Finding, ...] = (),
    held: Mapping[str, bool] | None = None,
    without: str = "",
) -> Sight:
    states = {**STATES, **{state.slot: state for state in changed}}
    states.pop(without, None)
    observed = Observed(NOW, states, EVERYTHING, {}, held or {}, findings)
    return sight_of_estate(estate or estate_of(SMALL), observed, judged or {}, proven=proven)


def standing(sight: Sight, place: str) -> dict[str, str]:
    return {met.entry.subject: met.entry.standing.value for met in sight.met if met.entry.place == place}


@pytest.mark.req("S0-03")
def test_an_entry_names_node_store_and_alias() -> None:
    """As people look for it: the trust store's name, and the key id of the certificate in it."""
    (entry,) = (one.entry for one in look().met if one.entry.place == "web/clients")
    key_id = str(CLIENTS.value.subject_key_id)
    assert ("n", "clients", key_id, "web/clients") == (entry.node, entry.store, entry.alias, entry.place)
    (leaf, _) = (one.entry for one in look().met if one.entry.place == "web/tls")
    assert ("web", "tls", "CN=web.example") == (leaf.store, leaf.alias, leaf.subject)


def test_an_anchor_is_used_when_something_presented_chains_to_it() -> None:
    """Through an intermediate that is sent; a stranger is unused."""
    assert {"CN=Root": "in-use", "CN=Stranger": "unused"} == standing(look(), "app/up")


def test_an_anchor_with_a_valid_twin_beside_it_is_unused() -> None:
    """Expired and renewed with the same key: the new one carries everything."""
    key = make_key()
    old, new = make_ca("Twin", key=key, expired=True), make_ca("Twin", key=key)
    signed = new.leaf("x.example").value
    needed = find_needed([old.value, new.value], [signed], Signatures())
    assert {old.value.fingerprint.hex, new.value.fingerprint.hex} == needed
    assert has_valid_twin(old.value, [old.value, new.value], NOW)
    assert not has_valid_twin(old.value, [old.value, make_ca("Twin").value, STRANGER.value], NOW)
    assert not has_valid_twin(new.value, [old.value, new.value], NOW)


def test_needed_goes_through_intermediates_that_only_a_trust_store_holds() -> None:
    """A server that sends its leaf alone; and an anchor that is presented itself is pinned."""
    hexes = {one.value.fingerprint.hex for one in (ROOT, MID)}
    assert hexes == find_needed(
        [ROOT.value, MID.value, STRANGER.value], [WEB.value, WEB2.value], Signatures()
    )
    pinned = make_ca("Pinned")
    assert {pinned.value.fingerprint.hex} == find_needed([pinned.value], [pinned.value], Signatures())
    namesake = make_ca("Mid")
    assert frozenset() == find_needed([namesake.value], [WEB.value], Signatures())


def test_an_old_leaf_in_use_beside_a_new_one_on_disk_is_renewed_but_not_live() -> None:
    """The intermediate that both have is simply in use."""
    state = SlotState("web/tls", shows(WEB2), (shows(WEB),), proven=True, on_wire=True)
    found = look(state)
    leaves = {met.entry.fingerprint: met.entry.standing for met in found.met if met.entry.place == "web/tls"}
    assert {
        WEB.value.fingerprint.hex: Standing.RENEWED_NOT_LIVE,
        WEB2.value.fingerprint.hex: Standing.UNUSED,
        MID.value.fingerprint.hex: Standing.IN_USE,
    } == leaves
    assert ["web/tls"] == list(found.not_live)


def test_a_trust_store_is_compared_whole() -> None:
    """What is loaded and what lies on disk both count."""
    state = SlotState("web/clients", trusts(CLIENTS), (trusts(CLIENTS, STRANGER),))
    found = look(state)
    assert {"CN=Client Root": "in-use", "CN=Stranger": "unused"} == standing(found, "web/clients")
    assert "web/clients" not in found.seen


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (STATES["web/tls"], True),
        (
            SlotState("web/tls", shows(WEB), (shows(WEB),), proven=False, on_wire=True),
            False,
        ),  # an address is silent
        (
            SlotState("web/tls", shows(WEB), (shows(WEB),), proven=True),
            False,
        ),  # a witness of files, no handshake
        (SlotState("web/tls", None, (shows(WEB),), proven=True, on_wire=True), False),
        (SlotState("app/me", shows(APP), (shows(WEB),)), False),
        (STATES["app/me"], True),  # only a client uses it: nobody can dial it
        (SlotState("app/up", None), False),
        (STATES["app/up"], True),
    ],
)
def test_what_is_served_was_seen_when_handshakes_proved_it(state: SlotState, *, expected: bool) -> None:
    """A file alone proves nothing of a service that has an address."""
    assert expected == (state.slot in look(state).seen)


@pytest.mark.parametrize(
    ("changed", "unmet"),
    [
        (SlotState("web/tls", shows(WEB), (shows(WEB),), proven=False, on_wire=True), "web/tls"),
        (SlotState("app/me", None), "app/me"),
        (SlotState("web/clients", None), ""),  # a trust store presents nothing
    ],
)
def test_an_anchor_is_unused_when_everything_that_presents_was_seen(changed: SlotState, unmet: str) -> None:
    """What is silent may chain to it: nobody can say."""
    found = look(changed)
    expected = "undecided" if unmet else "unused"
    assert {"CN=Root": "in-use", "CN=Stranger": expected} == standing(found, "app/up")
    assert ((unmet,) if unmet else ()) == found.unmet


def test_a_slot_that_was_not_looked_at_was_not_seen() -> None:
    """It is known all the same."""
    found = look(without="app/up")
    assert (False, True) == ("app/up" in found.seen, "app/up" in found.known)


def test_ca_names_that_differ_are_no_proof_of_what_lies_on_disk() -> None:
    """The service has something else loaded."""
    differs = Finding(Code.CA_NAMES_DIFFER, "web/clients", {}, Severity.WARNING)
    assert "web/clients" not in look(findings=(differs,)).seen
    assert "web/clients" in look(findings=(replace(differs, subject="other"),)).seen


@pytest.mark.parametrize(
    ("held", "judged", "expected"),
    [
        ({"app-to-web": True}, {}, True),
        ({"app-to-web": False}, {"app-to-web": Judged(broken=True)}, False),
        ({}, {"app-to-web": Judged(broken=False)}, True),
        ({}, {"app-to-web": Judged(broken=True)}, False),
        ({}, {}, False),
    ],
)
def test_a_connection_was_seen_when_it_held(
    held: Mapping[str, bool], judged: Mapping[str, Judged], *, expected: bool
) -> None:
    """Or, where nobody can call, when both ends were proven and fit."""
    assert expected == ("app-to-web" in look(held=held, judged=judged).seen)


def test_a_connection_nobody_could_try_with_an_end_unproven_was_not_seen() -> None:
    """A verdict on files proves nothing of what is in use."""
    state = replace(STATES["web/tls"], proven=False)
    assert "app-to-web" not in look(state, judged={"app-to-web": Judged(broken=False)}).seen


def test_owners_are_looked_for_from_the_thing_outwards() -> None:
    """Identity or trust store, service, node; a connection's own, or the first of its ends'."""
    owners = '[owners.ito]\ncontact = "ito@shop.example"\n[owners.abe]\n[owners.sato]\n'
    text = SMALL.replace("[nodes.n]", '[nodes.n]\nowner = "sato"') + owners
    text = text.replace("[identities.web]", '[identities.web]\nowner = "ito"')
    text = text.replace("[services.app]", '[services.app]\nowner = "abe"')
    found = look(estate=estate_of(text), judged={"app-to-web": Judged(broken=True)})
    assert {"web/tls": "ito", "web/clients": "sato", "app/me": "abe", "app/up": "abe"} == dict(found.owners)
    assert "sato" == found.judged["app-to-web"].owner
    own = text.replace('server-name = "web.example"', 'server-name = "web.example"\nowner = "ito"')
    assert (
        "ito"
        == look(estate=estate_of(own), judged={"app-to-web": Judged(broken=True)}).judged["app-to-web"].owner
    )
    assert "" == look(judged={"app-to-web": Judged(broken=True)}).judged["app-to-web"].owner


def test_what_a_rollout_proved_is_ours() -> None:
    """CRLs are refreshed all the time, and do not count."""
    proven: dict[str, Value] = {
        "web/tls": shows(WEB),
        "web/clients": TrustValue(trusts(CLIENTS).anchors, ("c",)),
        "app/me": shows(WEB),
        "gone/x": shows(WEB),
    }
    assert {"web/tls", "web/clients"} == look(proven=proven).ours
    assert frozenset() == look(SlotState("web/tls", None), proven={"web/tls": shows(WEB)}).ours


def test_values_are_what_lies_on_disk_or_else_what_is_in_use() -> None:
    """A slot of which nothing is known has none; an empty trust store is shown as one."""
    found = look(
        SlotState("web/tls", None, (shows(WEB),)),
        SlotState("app/me", None),
        SlotState("web/clients", trusts()),
    )
    assert (
        Held("+".join((shows(WEB).leaf, *shows(WEB).chain)), found.values["web/tls"].said)
        == found.values["web/tls"]
    )
    assert ("-", False) == (found.values["web/clients"].said, "app/me" in found.values)


def test_what_could_not_be_seen_is_kept_unless_it_is_declared() -> None:
    """Once a subject and code; by hand is a note."""
    gone = Finding(Code.NOT_ANSWERING, "127.0.0.1:8443", {"reason": "x"})
    hand = Finding(Code.NOT_SEEN, "n", {"reason": "by hand"}, Severity.NOTE)
    file = Finding(Code.FILE_ABSENT, "app/up", {"path": "/up.pem"})
    other = Finding(Code.KEY_MISMATCH, "app/me")
    found = look(SlotState("app/up", None, findings=(file, other)), findings=(gone, gone, hand))
    assert (gone, file) == found.unseen


def test_a_list_of_files_and_addresses() -> None:
    """What is served is in use; a trust store's anchors are, when something of the list chains to them."""
    served = Listed("web:443", (WEB.value, MID.value), served=True, presented=True, refused=True)
    store = Listed("roots.pem", (ROOT.value, STRANGER.value))
    silent = Listed("db:5432", problem="timed-out", served=True)
    whole = sight_of_list([served, store], NOW)
    assert {"CN=Root": "in-use", "CN=Stranger": "unused"} == standing(whole, "roots.pem")
    found = sight_of_list([served, store, silent], NOW)
    assert {"CN=Root": "in-use", "CN=Stranger": "undecided"} == standing(found, "roots.pem")
    assert [("web", "web:443")] * 2 == [
        (one.entry.node, one.entry.place) for one in found.met if one.entry.place == "web:443"
    ]
    assert {"web:443", "roots.pem"} == found.seen
    assert WEB.value.fingerprint.hex == found.values["web:443"].digest
    assert {"web:443": Judged(broken=True)} == found.judged
    assert [("db:5432", "timed-out")] == [(one.subject, one.evidence["reason"]) for one in found.unseen]


def test_an_expired_anchor_of_a_list_with_a_valid_twin_is_unused() -> None:
    """As in an estate."""
    key = make_key()
    old, new = make_ca("Twin", key=key, expired=True), make_ca("Twin", key=key)
    leaf = Listed("leaf.pem", (new.leaf("x.example").value,), presented=True)
    found = sight_of_list([leaf, Listed("roots.pem", (old.value, new.value))], NOW)
    assert ["unused", "in-use"] == [one.entry.standing.value for one in found.met[1:]]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("a:1", False),
        ("a:1 (10.0.0.1:1)", False),
        ("/certs/x.pem", False),
        ("/certs2/x.pem", True),
        ("b:1", True),
    ],
)
def test_what_may_be_behind_what_could_not_be_opened_up_is_not_gone(place: str, *, expected: bool) -> None:
    """A name that did not resolve, a folder that could not be read."""
    found = sight_of_list([Listed("a:1", problem="x"), Listed("/certs", problem="x")], NOW)
    assert expected == found.is_gone(place)


def test_an_entry_that_ended_a_second_ago_has_no_valid_twin_in_itself() -> None:
    """Its twin must be another certificate, and valid at that instant."""
    key = make_key()
    old, new = make_ca("T", key=key, end=NOW), make_ca("T", key=key, end=NOW + DAY)
    twin = [
        has_valid_twin(old.value, [old.value, new.value], NOW + DAY + late * SECOND) for late in (-1, 0, 1)
    ]
    assert [True, True, False] == twin
