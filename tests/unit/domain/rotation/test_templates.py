"""What an identity's next certificate will be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

from support.built_estates import value_of
from support.malformed import with_key_of_no_kind
from support.pki import BOTH, DAY, NOW, Entity, make_ca, make_key
from warifu.domain.estate import Identity, Template
from warifu.domain.rotation.templates import make_template
from warifu.domain.trust import leaf_facts

ROOT = make_ca("Root")
MID = ROOT.intermediate("Mid")
CHAIN = (value_of(MID), value_of(ROOT))


def made(leaf: Entity | None, declared: Identity | None = None, root: str = "") -> Template:
    facts = None if leaf is None else leaf_facts(leaf.value)
    return make_template("web", declared, facts, CHAIN, root=root, now=NOW)


def test_it_carries_on_what_is_presented_and_adds_what_is_declared() -> None:
    """Names come from both, each once; purposes and subject from what is presented."""
    leaf = MID.leaf("web.example", "192.0.2.1", purposes=BOTH)
    template = made(leaf, Identity("web", ("shop.example", "web.example"), lifetime=30 * DAY))
    assert ("web.example", "192.0.2.1", "shop.example") == template.names
    assert ("serverAuth", "clientAuth") == template.purposes
    assert ("CN=web.example", 30 * DAY) == (template.subject, template.lifetime)
    assert ((CHAIN[0].fingerprint,), CHAIN[1].fingerprint) == (template.issuer_chain, template.root)


@pytest.mark.parametrize(
    ("profile", "purposes"), [("tls-server", ("serverAuth",)), ("tls-client", ("clientAuth",))]
)
def test_what_was_never_seen_is_made_as_declared(profile: str, purposes: tuple[str, ...]) -> None:
    """Without a present leaf, and for one that names no purposes, the profile says what it is for."""
    declared = Identity("web", ("web.example",), subject="CN=web", profile=profile, key="rsa-3072")
    template = made(None, declared)
    assert (("web.example",), purposes, "CN=web", "rsa-3072") == (
        template.names,
        template.purposes,
        template.subject,
        template.key,
    )
    assert purposes == made(MID.leaf("web.example", purposes=None), declared).purposes


def test_what_is_neither_seen_nor_declared_has_defaults() -> None:
    """No names, no purposes, P-256 and ninety days."""
    template = made(None)
    assert ((), (), "", "ec-p256", 90 * DAY) == (
        template.names,
        template.purposes,
        template.subject,
        template.key,
        template.lifetime,
    )


def test_it_does_not_outlive_its_issuers() -> None:
    """The nearest end above bounds the lifetime."""
    short = ROOT.intermediate("Short", end=NOW + 10 * DAY)
    chain = (value_of(short), value_of(ROOT))
    template = make_template("web", None, None, chain, root="", now=NOW + timedelta(microseconds=5))
    assert timedelta(days=9, hours=23) < template.lifetime <= 10 * DAY
    assert NOW == template.not_before


def test_a_root_that_signed_the_issuer_across_ends_in_the_last_of_the_chain() -> None:
    """Where the anchor asked for is not in the issuer's chain, all of it is sent, and its last stands for the root."""
    template = made(None, root="ab" * 32)
    assert tuple(one.fingerprint for one in CHAIN) == template.issuer_chain
    assert CHAIN[-1].fingerprint == template.root


@pytest.mark.parametrize(
    ("public", "key"),
    [
        (make_key("rsa1024").public_key(), "rsa-2048"),
        (make_key("rsa").public_key(), "rsa-2048"),
        (rsa.generate_private_key(65537, 2560).public_key(), "rsa-3072"),
        (ec.generate_private_key(ec.SECP384R1()).public_key(), "ec-p384"),
        (ec.generate_private_key(ec.SECP521R1()).public_key(), "declared"),
        (ed25519.Ed25519PrivateKey.generate().public_key(), "ed25519"),
        (ed448.Ed448PrivateKey.generate().public_key(), "declared"),
    ],
    ids=["rsa1024", "rsa2048", "rsa2560", "p384", "p521", "ed25519", "ed448"],
)
def test_the_kind_of_key_stays(public: object, key: str) -> None:
    """Its size is the nearest that is issued; of a kind that nobody here issues the declared one is taken."""
    declared = Identity("web", key="rsa-4096")
    template = made(MID.leaf("web.example", public=public, ski=False), declared)
    assert ("rsa-4096" if key == "declared" else key) == template.key


def test_of_a_key_that_cannot_be_read_the_declared_one_is_taken() -> None:
    """Nothing is known of it to carry on."""
    strange = with_key_of_no_kind(make_ca("RSA", key=make_key("rsa")).leaf("web.example", ski=False))
    assert "ec-p384" == made(strange, Identity("web", key="ec-p384")).key
