"""A ledger loses nothing it claims to carry."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from support.estate_strategies import estates
from support.examples import examples
from warifu.domain.estate import Estate, Identity, IdentitySlot, Ssh
from warifu.domain.estate.faults import EstateError
from warifu.domain.estate.ledger import read_ledger, write_ledger
from warifu.domain.findings import Lang
from warifu.errors import RefusedError


def carried(estate: Estate) -> tuple[object, ...]:
    """What a ledger claims to carry of an estate."""
    services = {name: (one.node, one.target, one.addresses) for name, one in estate.services.items()}
    used = {one.node for one in estate.services.values()}
    nodes = {
        name: replace(one.reach, options=(), sudo=False) if isinstance(one.reach, Ssh) else one.reach
        for name, one in estate.nodes.items()
        if name in used
    }
    slots = {
        name: replace(one, user="") if isinstance(one, IdentitySlot) else one
        for name, one in estate.slots.items()
    }
    connections = {
        name: replace(
            one,
            sni="",
            accepted_subjects=(),
            provenance=one.provenance.DECLARED,
            seen=None,
            unknown_trust=False,
        )
        for name, one in estate.connections.items()
    }
    identities = {name: (one.names, one.issuer, one.owner) for name, one in estate.identities.items()}
    return nodes, services, slots, connections, identities, set(estate.trust_stores)


def with_issuer(estate: Estate) -> Estate:
    (name,) = estate.identities
    identity = estate.identities[name]
    return replace(estate, identities={name: Identity(name, identity.names, issuer="ca", owner="team")})


@examples(30)
@given(estates().map(with_issuer), st.sampled_from(list(Lang)), st.sampled_from(["utf-8-sig", "cp932"]))
def test_a_ledger_reads_back_as_it_was_written(estate: Estate, lang: Lang, encoding: str) -> None:
    """Either all of it comes back, or every character that cannot go is named and nothing is written."""
    refused: RefusedError | None = None
    data = b""
    try:
        data = write_ledger(estate, encoding, lang)
    except RefusedError as error:
        refused = error
    if refused is not None:
        assert ("cp932", True) == (encoding, bool(refused.parts))
        return
    again = read_ledger(data, "l.csv", beside=replace(Estate(), issuers=estate.issuers))
    assert carried(estate) == carried(again)
    assert data == write_ledger(again, encoding, lang)


@examples(30)
@given(st.binary(max_size=120) | st.text(max_size=120).map(lambda text: ("kind,node\r\n" + text).encode()))
def test_any_bytes_end_in_an_estate_or_in_our_faults(data: bytes) -> None:
    """Noise is no crash."""
    with suppress(EstateError):
        read_ledger(data, "l.csv")


@examples(30)
@given(estates(), st.data())
def test_a_damaged_ledger_ends_in_an_estate_or_in_our_faults(estate: Estate, data: st.DataObject) -> None:
    """Cut a piece out of a good ledger and put noise there."""
    whole = write_ledger(estate, "utf-8-sig")
    at, cut = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 40))
    noise = data.draw(st.sampled_from([b"", b'"', b",", b"\r\n", b"\x83", b";;", b"'="]))
    with suppress(EstateError):
        read_ledger(whole[:at] + noise + whole[at + cut :], "l.csv")
