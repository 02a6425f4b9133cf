"""How nodes join, keep their identity and are shut out, on a real database with real keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from support.pki import DAY, NOW, Key, make_key
from support.registries import ADA, HUGO, SERVERS, VERA, Desks, make_request
from support.running import stored
from warifu.domain.directory.tokens import read_token
from warifu.domain.x509 import Certificate, PrivateKey, RevocationList, Sha256
from warifu.errors import RefusedError, UsageError
from warifu.ports.node_books import Identity, NodeState, Report, Way
from warifu.wire.proofs import renewal_text, sign_text
from warifu.workflows.audit_desk import audit_page

HOUR = timedelta(hours=1)
LIFE = 7 * DAY


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    found = Desks(tmp_path / "data")
    found.set_up()
    yield found
    found.registry.close()


def joined(desks: Desks, node: str = "web-1", key: Key | None = None) -> tuple[Identity, Key]:
    own = key or make_key()
    token = desks.join.invite(HUGO, node, SERVERS, now=NOW).token
    return desks.join.redeem(token, make_request(own), now=NOW), own


def proof(old: Identity, key: Key, request: bytes) -> bytes:
    return sign_text(PrivateKey(key), renewal_text(old.certificate.fingerprint, request))


def crl_of(desks: Desks) -> RevocationList:
    (crl,) = desks.trust.version("warifu").crls
    return crl


# --- joining


def test_a_node_joins_by_its_token(desks: Desks) -> None:
    """Its identity has the node's name alone, its own key, a week, and is let in."""
    identity, key = joined(desks)
    certificate = identity.certificate
    parsed = certificate.parsed
    assert ("web-1", Way.INVITED) == (identity.node, identity.way)
    assert "CN=web-1" == parsed.subject.rfc4514_string()
    names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [x509.UniformResourceIdentifier("warifu:node:web-1")] == list(names)
    usage = parsed.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [ExtendedKeyUsageOID.CLIENT_AUTH] == list(usage)
    assert key.public_key() == parsed.public_key()
    assert NOW + LIFE == certificate.not_after
    assert "web-1" == desks.let_in(certificate.fingerprint, now=NOW)


def test_a_token_carries_the_root_and_is_kept_as_a_hash(desks: Desks) -> None:
    """What is shown once is nowhere in the database."""
    invitation = desks.join.invite(HUGO, "web-1", SERVERS, now=NOW)
    root = desks.trust.file("1.root.json")
    assert root is not None
    token = read_token(invitation.token)
    assert (root.sha256, SERVERS) == (token.root.hex, token.servers)
    held = stored(desks.folder)
    assert token.secret not in held
    assert invitation.token.split(".")[1].encode() not in held
    assert invitation.token not in repr(invitation)


def test_a_token_carries_the_newest_root(desks: Desks) -> None:
    """After the trial was replaced, the key of the trial deceives nobody who joins."""
    with desks.registry.change() as books:
        books.bundles.add({"2.root.json": b"newer"}, now=NOW)
    invitation = desks.join.invite(HUGO, "web-1", SERVERS, now=NOW)
    assert Sha256.of(b"newer").hex == invitation.root == read_token(invitation.token).root.hex


def test_what_a_request_asks_for_does_not_count(desks: Desks) -> None:
    """A request for another node's name gives the name of the token's."""
    token = desks.join.invite(HUGO, "web-1", SERVERS, now=NOW).token
    identity = desks.join.redeem(token, make_request(make_key(), "db-1"), now=NOW)
    assert "CN=web-1" == identity.certificate.parsed.subject.rfc4514_string()


def test_a_token_is_good_once(desks: Desks) -> None:
    """For another key it is used up; for the same key the same identity comes again, as the first answer may be lost."""
    key = make_key()
    token = desks.join.invite(HUGO, "web-1", SERVERS, now=NOW).token
    first = desks.join.redeem(token, make_request(key), now=NOW)
    assert first == desks.join.redeem(token, make_request(key), now=NOW + HOUR)
    with pytest.raises(RefusedError, match=r"directory\.token-used"):
        desks.join.redeem(token, make_request(make_key()), now=NOW)


def test_a_token_is_good_for_an_hour_and_its_node(desks: Desks) -> None:
    """Too late, for another node, or replaced by a newer one: each is refused by its own name."""
    token = desks.join.invite(HUGO, "web-1", SERVERS, now=NOW).token
    with pytest.raises(RefusedError, match=r"directory\.token-expired"):
        desks.join.redeem(token, make_request(make_key()), now=NOW + HOUR)
    with pytest.raises(RefusedError, match=r"directory\.token-other-node"):
        desks.join.redeem(token, make_request(make_key()), node="db-1", now=NOW)
    desks.join.invite(HUGO, "web-1", SERVERS, now=NOW)
    with pytest.raises(RefusedError, match=r"directory\.token-unknown"):
        desks.join.redeem(token, make_request(make_key()), now=NOW)


def test_a_longer_token_is_made_on_demand(desks: Desks) -> None:
    """Its life is an argument."""
    invitation = desks.join.invite(HUGO, "web-1", SERVERS, now=NOW, life=DAY)
    assert NOW + DAY == invitation.ends
    desks.join.redeem(invitation.token, make_request(make_key()), now=NOW + DAY - HOUR)


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP256R1()),
        ed25519.Ed25519PrivateKey.generate(),
        rsa.generate_private_key(65537, 3072),
    ],
)
def test_sound_keys_are_taken(desks: Desks, key: Key) -> None:
    """EC P-256, Ed25519 and RSA from 3072 bits, and each renews after its time by its own proof."""
    identity, _ = joined(desks, key=key)
    request = make_request(make_key())
    renewed = desks.join.renew_expired(
        identity.certificate.fingerprint, request, proof(identity, key, request), now=NOW + LIFE + DAY
    )
    assert Way.EXPIRED is renewed.way


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(65537, 2048),
        ed448.Ed448PrivateKey.generate(),
    ],
)
def test_other_keys_are_refused(desks: Desks, key: Key) -> None:
    """And the token stays good."""
    token = desks.join.invite(HUGO, "web-1", SERVERS, now=NOW).token
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    digest = None if isinstance(key, ed448.Ed448PrivateKey) else hashes.SHA256()
    request = builder.sign(key, digest).public_bytes(serialization.Encoding.DER)
    with pytest.raises(UsageError, match=r"registry\.request-key-unfit"):
        desks.join.redeem(token, request, now=NOW)
    desks.join.redeem(token, make_request(make_key()), now=NOW)


def test_a_request_that_proves_nothing_is_refused(desks: Desks) -> None:
    """Its signature is not its key's: one bit is changed."""
    token = desks.join.invite(HUGO, "web-1", SERVERS, now=NOW).token
    request = bytearray(make_request(make_key()))
    request[-1] ^= 1
    for der in (bytes(request), b"", b"\x30\x03\x02\x01\x00"):
        with pytest.raises(UsageError, match=r"trust\.request-unreadable"):
            desks.join.redeem(token, der, now=NOW)


def test_another_node_s_key_is_refused(desks: Desks) -> None:
    """A copied disk does not join as a second node."""
    _, key = joined(desks)
    token = desks.join.invite(HUGO, "web-2", SERVERS, now=NOW).token
    with pytest.raises(RefusedError, match=r"registry\.key-of-other-node"):
        desks.join.redeem(token, make_request(key), now=NOW)


def test_joining_anew_revokes_what_was(desks: Desks) -> None:
    """A node that was set up again has one identity; the former is in the CRL, what it reported counts no more."""
    former, key = joined(desks)
    with desks.registry.change() as books:
        books.reports.put([Report("web-1", "seen", NOW, 7, b"{}")])
    token = desks.join.invite(HUGO, "web-1", SERVERS, now=NOW).token
    with pytest.raises(RefusedError, match=r"registry\.key-revoked"):
        _fence_and_redeem(desks, token, key)
    desks.join.redeem(
        desks.join.invite(HUGO, "web-1", SERVERS, now=NOW).token, make_request(make_key()), now=NOW
    )
    assert crl_of(desks).entry(former.certificate.serial) is not None
    with pytest.raises(RefusedError, match=r"registry\.not-let-in"):
        desks.let_in(former.certificate.fingerprint, now=NOW)
    with desks.registry.look() as books:
        assert books.reports.find("web-1", "seen") is None


def _fence_and_redeem(desks: Desks, token: str, key: Key) -> None:
    desks.join.fence(HUGO, "web-1", "cloned", now=NOW)
    desks.join.redeem(token, make_request(key), now=NOW)


# --- renewing


def test_a_node_renews_by_its_present_identity(desks: Desks) -> None:
    """The next one stands beside it; asked twice with one key, the same comes; both are let in."""
    first, _ = joined(desks)
    request = make_request(make_key())
    later = NOW + 4 * DAY
    second = desks.join.renew(first.certificate.fingerprint, request, now=later)
    assert second == desks.join.renew(first.certificate.fingerprint, request, now=later)
    assert (Way.CURRENT, later + LIFE) == (second.way, second.certificate.not_after)
    for one in (first, second):
        assert "web-1" == desks.let_in(one.certificate.fingerprint, now=later)


def test_an_expired_identity_is_let_in_no_more(desks: Desks) -> None:
    """Neither to work nor to renew as if it were alive."""
    first, _ = joined(desks)
    with pytest.raises(RefusedError, match=r"registry\.not-let-in"):
        desks.let_in(first.certificate.fingerprint, now=NOW + LIFE + HOUR)
    with pytest.raises(RefusedError, match=r"registry\.not-let-in"):
        desks.join.renew(first.certificate.fingerprint, make_request(make_key()), now=NOW + LIFE + HOUR)


def test_an_expired_identity_renews_by_proof_of_its_key(desks: Desks) -> None:
    """For thirty days; told in the trail; asked again with the same key, the same comes."""
    first, key = joined(desks)
    old = first.certificate.fingerprint
    request = make_request(make_key())
    for after, code in ((31 * DAY, "registry.identity-too-old"), (29 * DAY, "")):
        now = NOW + LIFE + after
        if code:
            with pytest.raises(RefusedError, match=code):
                desks.join.renew_expired(old, request, proof(first, key, request), now=now)
            continue
        renewed = desks.join.renew_expired(old, request, proof(first, key, request), now=now)
        assert renewed == desks.join.renew_expired(old, request, proof(first, key, request), now=now)
        assert "web-1" == desks.let_in(renewed.certificate.fingerprint, now=now)
    entry = audit_page(desks.registry, most=1)[0]
    assert ("node web-1", "expired") == (entry.actor, entry.evidence["way"])


def test_no_other_proof_renews(desks: Desks) -> None:
    """Another key's signature, one over another request, none at all, or a made-up certificate."""
    first, key = joined(desks)
    request, other = make_request(make_key()), make_request(make_key())
    now = NOW + LIFE + DAY
    old = first.certificate.fingerprint
    wrong = (proof(first, make_key(), request), proof(first, key, other), b"", b"\x00" * 70)
    for one in wrong:
        with pytest.raises(RefusedError, match=r"registry\.not-let-in"):
            desks.join.renew_expired(old, request, one, now=now)
    with pytest.raises(RefusedError, match=r"registry\.not-let-in"):
        desks.join.renew_expired(Sha256.of(b"x"), request, proof(first, key, request), now=now)


def test_an_older_identity_does_not_come_back(desks: Desks) -> None:
    """One that a newer was issued after renews no more: an old backup of a disk may hold its key."""
    first, key = joined(desks)
    desks.join.renew(first.certificate.fingerprint, make_request(make_key()), now=NOW + 4 * DAY)
    request = make_request(make_key())
    with pytest.raises(RefusedError, match=r"registry\.identity-superseded"):
        desks.join.renew_expired(
            first.certificate.fingerprint, request, proof(first, key, request), now=NOW + 12 * DAY
        )


def test_a_lost_answer_is_asked_for_after_the_outage(desks: Desks) -> None:
    """The next key was sent, its certificate never arrived, and both expired: the same request renews by the old key."""
    first, key = joined(desks)
    request = make_request(make_key())
    desks.join.renew(first.certificate.fingerprint, request, now=NOW + 4 * DAY)
    renewed = desks.join.renew_expired(
        first.certificate.fingerprint, request, proof(first, key, request), now=NOW + 20 * DAY
    )
    assert "web-1" == desks.let_in(renewed.certificate.fingerprint, now=NOW + 20 * DAY)


def test_renewals_of_expired_identities_are_few(desks: Desks) -> None:
    """Three a day; the next day again."""
    identity, key = joined(desks)
    now = NOW + LIFE + DAY
    for _ in range(3):
        fresh = make_key()
        request = make_request(fresh)
        fingerprint = identity.certificate.fingerprint
        identity = desks.join.renew_expired(fingerprint, request, proof(identity, key, request), now=now)
        key = fresh
        now += timedelta(minutes=1)
    request = make_request(make_key())
    fingerprint = identity.certificate.fingerprint
    with pytest.raises(RefusedError, match=r"registry\.renewals-too-many"):
        desks.join.renew_expired(fingerprint, request, proof(identity, key, request), now=now)
    desks.join.renew_expired(fingerprint, request, proof(identity, key, request), now=now + DAY)


# --- shutting out


@pytest.mark.parametrize("state", [NodeState.FENCED, NodeState.REMOVED])
def test_whoever_is_shut_out_is_out_everywhere(desks: Desks, state: NodeState) -> None:
    """In the CRL of the control domain at once, let in by nothing, renewed by nothing: not even expired."""
    identity, key = joined(desks)
    desks.join.renew(identity.certificate.fingerprint, make_request(make_key()), now=NOW)
    before = crl_of(desks).number or 0
    if state is NodeState.FENCED:
        assert state is desks.join.fence(HUGO, "web-1", "cloned", now=NOW).state
    else:
        assert state is desks.join.remove(HUGO, "web-1", "sold", now=NOW).state
    crl = crl_of(desks)
    assert before + 1 == crl.number
    assert crl.entry(identity.certificate.serial) is not None
    assert 2 == len(crl.parsed)
    for ask in (
        lambda: desks.let_in(identity.certificate.fingerprint, now=NOW),
        lambda: desks.join.renew(identity.certificate.fingerprint, make_request(make_key()), now=NOW),
        lambda: _renew_expired(desks, identity, key),
    ):
        with pytest.raises(RefusedError, match=r"registry\.not-let-in"):
            ask()


def _renew_expired(desks: Desks, identity: Identity, key: Key) -> None:
    request = make_request(make_key())
    desks.join.renew_expired(
        identity.certificate.fingerprint, request, proof(identity, key, request), now=NOW + LIFE + DAY
    )


def test_the_crl_is_signed_by_the_issuing_ca(desks: Desks) -> None:
    """It is signed by the CA that issued the identities, and lists exactly the revoked ones."""
    identity, _ = joined(desks)
    other, _ = joined(desks, "db-1")
    desks.join.fence(HUGO, "web-1", "cloned", now=NOW)
    crl = crl_of(desks)
    issuer = next(
        anchor.certificate
        for anchor in desks.trust.version("warifu").anchors
        if anchor.certificate.subject.der == identity.certificate.issuer.der
    )
    public = issuer.parsed.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert crl.parsed.is_signature_valid(public)
    assert (True, False) == tuple(crl.entry(one.certificate.serial) is not None for one in (identity, other))


def test_only_whose_role_it_is_decides_about_nodes(desks: Desks) -> None:
    """Trust administrators and viewers neither invite, nor fence, nor remove, nor have a node follow a domain."""
    joined(desks)
    for actor in (ADA, VERA):
        asks: tuple[Callable[[], object], ...] = (
            partial(desks.join.invite, actor, "web-2", SERVERS, now=NOW),
            partial(desks.join.fence, actor, "web-1", "x", now=NOW),
            partial(desks.join.remove, actor, "web-1", "x", now=NOW),
            partial(desks.join.follow, actor, "web-1", [], now=NOW),
        )
        for ask in asks:
            with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
                ask()


def test_a_node_follows_domains(desks: Desks) -> None:
    """Those that exist; joining anew keeps them."""
    joined(desks)
    desks.trust.create(ADA, "shop", now=NOW)
    assert ("shop",) == desks.join.follow(HUGO, "web-1", ["shop"], now=NOW).domains
    with pytest.raises(UsageError, match=r"registry\.domain-unknown"):
        desks.join.follow(HUGO, "web-1", ["depot"], now=NOW)
    joined(desks)
    assert [("web-1", ("shop",))] == [(node.name, node.domains) for node in desks.join.nodes()]


@pytest.mark.parametrize("name", ["", "Web", "a b", "-x", "x" * 64])
def test_a_node_s_name_is_plain(desks: Desks, name: str) -> None:
    """It stands in certificates and file names."""
    with pytest.raises(UsageError, match=r"registry\.node-name"):
        desks.join.invite(HUGO, name, SERVERS, now=NOW)


def test_a_node_that_is_not_there_is_named(desks: Desks) -> None:
    """For each decision about one."""
    asks: tuple[Callable[[], object], ...] = (
        lambda: desks.join.fence(HUGO, "web-9", "x", now=NOW),
        lambda: desks.join.follow(HUGO, "web-9", [], now=NOW),
    )
    for ask in asks:
        with pytest.raises(UsageError, match=r"registry\.node-unknown"):
            ask()


def test_no_token_before_the_server_is_set_up(tmp_path: Path) -> None:
    """There is no root that it could carry."""
    desks = Desks(tmp_path / "fresh")
    with pytest.raises(RefusedError, match=r"registry\.not-set-up"):
        desks.join.invite(HUGO, "web-1", SERVERS, now=NOW)
    desks.registry.close()


def test_a_long_name_stands_among_the_names(desks: Desks) -> None:
    """Sixty-three letters fit into a common name."""
    identity, _ = joined(desks, "n" * 63)
    assert isinstance(identity.certificate, Certificate)
    assert f"CN={'n' * 63}" == identity.certificate.parsed.subject.rfc4514_string()
