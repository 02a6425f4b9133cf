"""The server's own CAs and certificate: made, renewed, rotated, kept."""

from __future__ import annotations

import ssl
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from support.pki import DAY, NOW, make_key
from support.registries import ADA, BEN, HUGO, SERVERS, Desks, make_request
from support.running import stored
from warifu.adapters.issuers.control_ca import ControlCa
from warifu.domain.directory.roles import confirmation_of
from warifu.domain.x509 import Certificate, Sha256
from warifu.errors import CouldNotLookError, RefusedError, UsageError
from warifu.ports.identities import CrlOrder
from warifu.ports.node_books import Report
from warifu.workflows.audit_desk import audit_page, verify_audit
from warifu.workflows.control_ca import CRL_LIFE, SERVER_LIFE, CaUse, current_ca, receipt_kind
from warifu.workflows.server_setup import Fresh, is_set_up


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    found = Desks(tmp_path / "data")
    yield found
    found.registry.close()


@pytest.fixture
def fresh(desks: Desks) -> Fresh:
    return desks.set_up()


def current(desks: Desks, use: CaUse) -> Sha256:
    with desks.registry.look() as books:
        return current_ca(books, use)


def names_of(certificate: Certificate) -> tuple[str, ...]:
    assert certificate.names is not None
    return certificate.names.texts


# --- a fresh server


def test_a_fresh_server_has_all_that_it_needs(desks: Desks, fresh: Fresh) -> None:
    """Both CAs published, a certificate with its names beneath one, a trial root, a link, and a trail of it."""
    control = desks.trust.version("warifu")
    assert {fresh.server_ca.fingerprint, fresh.agents_ca.fingerprint} == {
        anchor.key for anchor in control.trusted
    }
    root = desks.trust.file("1.root.json")
    assert root is not None
    assert fresh.root == root.sha256
    parsed = fresh.certificate.parsed
    names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"warifu.example"} == set(names.get_values_for_type(x509.DNSName))
    assert {"192.0.2.7"} == {str(one) for one in names.get_values_for_type(x509.IPAddress)}
    usage = parsed.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [ExtendedKeyUsageOID.SERVER_AUTH] == list(usage)
    parsed.verify_directly_issued_by(fresh.server_ca.parsed)
    assert "admin" == desks.people.open_link(fresh.token, "a long password", now=NOW).actor.name
    assert fresh.token not in repr(fresh)
    assert (True, None) == (is_set_up(desks.registry), verify_audit(desks.registry).broken)


def test_tls_loads_what_was_made(desks: Desks, fresh: Fresh) -> None:
    """Key and certificate lie in one file, so that no reader meets a mixed pair."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(desks.ca.server_path)
    assert fresh.certificate == desks.ca.server()


def test_keys_are_private_and_outside_the_database(desks: Desks, fresh: Fresh) -> None:
    """Files 0600 in a folder 0700; the database holds none of them."""
    keys = desks.folder / "keys"
    assert 0o700 == stat.S_IMODE(keys.stat().st_mode)
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in keys.iterdir()}
    held = stored(desks.folder)
    assert b"PRIVATE KEY" not in held
    assert fresh.id.encode() in held


def test_a_server_is_set_up_once(desks: Desks, fresh: Fresh) -> None:
    """A second time is refused, and nothing of the first changes."""
    with pytest.raises(RefusedError, match=r"registry\.set-up-already"):
        desks.set_up()
    assert fresh.certificate == desks.ca.server()


def test_a_set_up_that_broke_off_is_done_again(desks: Desks) -> None:
    """Keys were made and the database was not: the next one succeeds."""
    desks.ca.make_ca("Left Over", begins=NOW, ends=NOW + DAY)
    assert not is_set_up(desks.registry)
    desks.set_up()


def test_nothing_is_signed_before_the_set_up(desks: Desks) -> None:
    """There is no CA yet."""
    with pytest.raises(RefusedError, match=r"registry\.not-set-up"):
        desks.control.renew_server(now=NOW)


# --- renewing


def test_the_server_s_certificate_is_renewed_in_its_last_third(desks: Desks, fresh: Fresh) -> None:
    """With a new key and the names it had; before that nothing happens."""
    assert () == desks.control.upkeep(now=NOW + 5 * DAY)
    assert fresh.certificate == desks.ca.server()
    later = NOW + SERVER_LIFE * 3 / 4
    assert ("server", "crls") == desks.control.upkeep(now=later)
    renewed = desks.ca.server()
    assert renewed is not None
    assert (fresh.certificate.names, later + SERVER_LIFE) == (renewed.names, renewed.not_after)
    assert fresh.certificate.public_key != renewed.public_key


def test_an_expired_server_is_renewed_where_it_stands(desks: Desks, fresh: Fresh) -> None:
    """Years later, and with other names where they are given; those stay."""
    later = NOW + 400 * DAY
    renewed = desks.control.renew_server(names=["new.example"], now=later)
    assert ("new.example",) == names_of(renewed)
    assert fresh.server_ca.subject.der == renewed.issuer.der
    assert ("new.example",) == names_of(desks.control.renew_server(now=later))
    entry = audit_page(desks.registry, most=1)[0]
    assert ("server", "renew-server") == (entry.actor, entry.act)


def test_a_name_that_is_none_is_refused(desks: Desks, fresh: Fresh) -> None:
    """And the certificate stays."""
    with pytest.raises(UsageError, match=r"issue\.bad-name"):
        desks.control.renew_server(names=["not a name"], now=NOW)
    assert fresh.certificate == desks.ca.server()


def test_the_crl_is_signed_again_in_time(desks: Desks, fresh: Fresh) -> None:
    """In the last third of its life, with the next number."""
    assert ("crls",) == desks.control.upkeep(now=NOW + CRL_LIFE * 3 / 4)
    (crl,) = desks.trust.version("warifu").crls
    assert 2 == crl.number
    assert fresh.agents_ca.subject.der == crl.issuer_der


def test_a_clock_put_back_stops_no_revocation(desks: Desks, fresh: Fresh) -> None:
    """The CRL's number goes on and its date stays; whoever is fenced is in it."""
    token = desks.join.invite(HUGO, "web-1", SERVERS, now=NOW).token
    identity = desks.join.redeem(token, make_request(make_key()), now=NOW)
    desks.join.fence(HUGO, "web-1", "stolen", now=NOW - DAY)
    (crl,) = desks.trust.version("warifu").crls
    assert crl.entry(identity.certificate.serial) is not None
    assert fresh.agents_ca.subject.der == crl.issuer_der


# --- rotating


def confirm(desks: Desks, node: str) -> None:
    version = desks.trust.version("warifu").version
    with desks.registry.change() as books:
        books.reports.put([Report(node, receipt_kind("warifu"), NOW, version)])


def test_a_new_ca_is_everywhere_before_it_signs(desks: Desks, fresh: Fresh) -> None:
    """Published first; refused while a node has not confirmed it, by name; then it signs, and the old one still counts."""
    token = desks.join.invite(HUGO, "web-1", SERVERS, now=NOW).token
    old = desks.join.redeem(token, make_request(make_key()), now=NOW)
    confirm(desks, "web-1")
    made = desks.control.prepare(ADA, CaUse.AGENTS, now=NOW + DAY)
    assert fresh.agents_ca.fingerprint == current(desks, CaUse.AGENTS)
    with pytest.raises(RefusedError, match=r"registry\.ca-prepared"):
        desks.control.prepare(ADA, CaUse.AGENTS, now=NOW + DAY)
    with pytest.raises(RefusedError, match=r"registry\.ca-not-everywhere.*web-1"):
        desks.control.switch(ADA, CaUse.AGENTS, now=NOW + DAY)
    confirm(desks, "web-1")
    assert made.fingerprint == desks.control.switch(ADA, CaUse.AGENTS, now=NOW + DAY)
    new = desks.join.renew(old.certificate.fingerprint, make_request(make_key()), now=NOW + DAY)
    assert made.subject.der == new.certificate.issuer.der
    for one in (old, new):
        desks.let_in(one.certificate.fingerprint, now=NOW + DAY)
    desks.join.fence(HUGO, "web-1", "x", now=NOW + DAY)
    listed = {crl.issuer_der: len(crl.parsed) for crl in desks.trust.version("warifu").crls}
    assert {fresh.agents_ca.subject.der: 1, made.subject.der: 1} == listed


def test_the_server_s_ca_is_rotated(desks: Desks, fresh: Fresh) -> None:
    """Its certificate is beneath the new one afterwards; a node left out by name does not hold it up."""
    token = desks.join.invite(HUGO, "web-1", SERVERS, now=NOW).token
    desks.join.redeem(token, make_request(make_key()), now=NOW)
    made = desks.control.prepare(ADA, CaUse.SERVER, now=NOW + DAY)
    desks.control.switch(ADA, CaUse.SERVER, waived=["web-1"], now=NOW + DAY)
    shown = desks.ca.server()
    assert shown is not None
    assert made.subject.der == shown.issuer.der
    assert fresh.certificate.names == shown.names
    with pytest.raises(RefusedError, match=r"registry\.ca-not-prepared"):
        desks.control.switch(ADA, CaUse.SERVER, now=NOW + DAY)


def test_only_trust_administrators_rotate(desks: Desks, fresh: Fresh) -> None:
    """Others neither prepare nor switch."""
    with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
        desks.control.prepare(HUGO, CaUse.SERVER, now=NOW)
    with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
        desks.control.switch(HUGO, CaUse.SERVER, now=NOW)
    assert fresh.server_ca.fingerprint == current(desks, CaUse.SERVER)


def remove(desks: Desks, ca: Sha256) -> None:
    """Unpublish one of the server's CAs with everything that a removal needs."""
    plan = desks.plans.submit(
        ADA, "retire-anchor", ca.hex.encode(), domain="warifu", subjects=[ca.hex], now=NOW
    )
    if not plan.approvals:
        desks.plans.approve(BEN, plan.digest, now=NOW)
    anchor = desks.trust.version("warifu").find(ca)
    assert anchor is not None
    typed = confirmation_of(plan.digest, [anchor.name])
    desks.trust.unpublish(ADA, "warifu", [ca], plan=plan.digest, typed=typed, now=NOW + DAY)


def test_the_ca_in_use_is_never_unpublished(desks: Desks, fresh: Fresh) -> None:
    """Neither the one that signs, nor one with living identities beneath; afterwards it goes, and its CRL with it."""
    token = desks.join.invite(HUGO, "web-1", SERVERS, now=NOW).token
    desks.join.redeem(token, make_request(make_key()), now=NOW)
    for ca in (fresh.server_ca, fresh.agents_ca):
        with pytest.raises(RefusedError, match=r"registry\.ca-in-use"):
            remove(desks, ca.fingerprint)
    desks.control.prepare(ADA, CaUse.AGENTS, now=NOW + DAY)
    desks.control.switch(ADA, CaUse.AGENTS, waived=["web-1"], now=NOW + DAY)
    with pytest.raises(RefusedError, match=r"registry\.ca-in-use"):
        remove(desks, fresh.agents_ca.fingerprint)
    desks.join.remove(HUGO, "web-1", "sold", now=NOW + DAY)
    remove(desks, fresh.agents_ca.fingerprint)
    control = desks.trust.version("warifu")
    assert None is control.find(fresh.agents_ca.fingerprint)
    assert [current(desks, CaUse.AGENTS)] == [
        anchor.key
        for anchor in control.anchors
        if anchor.certificate.subject.der == control.crls[0].issuer_der
    ]


# --- keys


def test_a_missing_key_is_named(desks: Desks, fresh: Fresh) -> None:
    """Lost, damaged or another's: told with its path, and never shown."""
    path = desks.folder / "keys" / f"ca-{fresh.agents_ca.fingerprint.hex}.pem"
    other = desks.folder / "keys" / f"ca-{fresh.server_ca.fingerprint.hex}.pem"
    for data in (other.read_bytes(), b"damaged", None):
        if data is None:
            path.unlink()
        else:
            path.write_bytes(data)
        with pytest.raises(CouldNotLookError, match=r"registry\.ca-key-missing"):
            ControlCa(str(desks.folder / "keys")).list_withdrawn(
                fresh.agents_ca.fingerprint, CrlOrder(9, NOW, NOW + DAY)
            )
