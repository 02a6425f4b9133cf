"""For every code that a rule tells, a case that has exactly this fault, and its nearest neighbour without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from support.malformed import signed_with_sha1
from support.pki import CLIENT, DAY, NOW, SERVER, Entity, make_ca, make_key
from support.usages import basic_constraints, key_usage, names_critical, netscape_type
from warifu.domain.findings import Code
from warifu.domain.trust import (
    Context,
    Profile,
    Verdict,
    judge,
    profile_named,
)
from warifu.domain.x509 import Certificate, OcspResponse, RevocationList

OTHER_ID = x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))
ADDRESS_AS_DNS = x509.SubjectAlternativeName([x509.DNSName("10.0.0.5")])
UNKNOWN_OID = x509.ObjectIdentifier("1.3.6.1.4.1.55555.1")


@dataclass
class Case:
    """What is sent, what is trusted, and how it is asked."""

    leaf: Entity
    sent: tuple[Certificate, ...] | None = None
    anchors: tuple[Certificate, ...] | None = None
    profile: str | Profile = "tls-server"
    at: datetime = NOW
    name: str = ""
    purpose: str = ""
    crls: tuple[RevocationList, ...] = ()
    crl_mode: str = "off"
    consumer: str = "unknown"
    partial_chain: bool = False
    also: frozenset[Code] = field(default_factory=frozenset)
    ocsp: tuple[OcspResponse, ...] = ()
    intermediates: int | None = None

    @property
    def rules(self) -> Profile:
        """The rule set that judges it."""
        return profile_named(self.profile) if isinstance(self.profile, str) else self.profile

    def judged(self) -> Verdict:
        sent = self.leaf.chain if self.sent is None else self.sent
        anchors = (self.leaf.root.value,) if self.anchors is None else self.anchors
        context = Context(
            self.rules,
            self.at,
            self.purpose,
            self.name,
            self.crls,
            self.crl_mode,
            self.partial_chain,
            self.consumer,
            ocsp=self.ocsp,
            intermediates=self.intermediates,
        )
        return judge((self.leaf.value, *sent), anchors, context)


ROOT = make_ca("Root")
MID = ROOT.intermediate("Mid")
WEB = MID.leaf("web.example")
SECOND_MID = ROOT.intermediate("Mid")
SHOUTED_MID = ROOT.intermediate("MID", key=MID.key)
RSA_ROOT = make_ca("RSA Root", key=make_key("rsa"))


def constrained(limits: x509.NameConstraints, *names: str) -> Entity:
    return ROOT.intermediate("Narrow", extra=[(limits, True)]).leaf(*names)


def permitted(*names: x509.GeneralName) -> x509.NameConstraints:
    return x509.NameConstraints(permitted_subtrees=names, excluded_subtrees=None)


def excluded(*names: x509.GeneralName) -> x509.NameConstraints:
    return x509.NameConstraints(permitted_subtrees=None, excluded_subtrees=names)


def with_id(*ids: x509.GeneralName) -> Entity:
    names = x509.SubjectAlternativeName([x509.DNSName("web.example"), *ids])
    narrow = ROOT.intermediate("Narrow", extra=[(permitted(OTHER_ID), True)])
    return narrow.leaf("web.example", san=False, extra=[(names, False)])


def impostor() -> Entity:
    """A leaf beneath a CA that shares the name Root, and not the key."""
    return make_ca("Root", ski=False).leaf("web.example", aki=False)


TWIN = make_ca("Twin", ski=False)
OTHER_TWIN = make_ca("Twin", ski=False)
CROSSED = TWIN.leaf("web.example", aki=False)
BELOW = MID.intermediate("Below")
WEB_BELOW = BELOW.leaf("web.example")
OWN = make_ca("own.example", ca=False, names=("own.example",))
KEY_ID = Code.KEY_ID_MISSING
SIGNS_AND_ENCIPHERS = key_usage("digital_signature", "key_encipherment")
NONE_FIT = key_usage("content_commitment")
CRL_SIGNER_ONLY = key_usage("crl_sign")

Make = Callable[[], Case]
CASES: dict[Code, tuple[Make, Make]] = {
    Code.EXPIRED: (lambda: Case(MID.leaf("a.example", expired=True)), lambda: Case(WEB)),
    Code.NOT_YET_VALID: (
        lambda: Case(MID.leaf("a.example", start=NOW + DAY, end=NOW + 2 * DAY)),
        lambda: Case(MID.leaf("a.example", start=NOW)),
    ),
    Code.OUTLIVES_ISSUER: (
        lambda: Case(ROOT.intermediate("Short", end=NOW + DAY).leaf("a.example")),
        lambda: Case(ROOT.intermediate("Short", end=NOW + 90 * DAY).leaf("a.example")),
    ),
    Code.SIGNATURE_WRONG: (
        lambda: Case(impostor(), anchors=(make_ca("Root", ski=False).value,), also=frozenset({KEY_ID})),
        lambda: Case(impostor(), also=frozenset({KEY_ID})),
    ),
    Code.ISSUER_NOT_TRUSTED: (
        lambda: Case(WEB, anchors=(make_ca("Elsewhere").value,)),
        lambda: Case(WEB, anchors=(make_ca("Elsewhere").value, ROOT.value)),
    ),
    Code.ISSUER_MISSING: (lambda: Case(WEB, sent=()), lambda: Case(WEB, sent=(MID.value,))),
    Code.SELF_SIGNED_NOT_TRUSTED: (
        lambda: Case(WEB, sent=(MID.value, ROOT.value), anchors=(), also=frozenset({Code.CHAIN_HOLDS_ROOT})),
        lambda: Case(WEB, sent=(MID.value, ROOT.value), also=frozenset({Code.CHAIN_HOLDS_ROOT})),
    ),
    Code.ANCHOR_NOT_SELF_SIGNED: (
        lambda: Case(WEB, anchors=(MID.value,), consumer="openssl"),
        lambda: Case(WEB, anchors=(MID.value,), consumer="openssl", partial_chain=True),
    ),
    Code.FIRST_ISSUER_TAKEN: (
        lambda: Case(
            CROSSED,
            anchors=(OTHER_TWIN.value, TWIN.value),
            consumer="openssl",
            also=frozenset({KEY_ID, Code.SIGNATURE_WRONG}),
        ),
        lambda: Case(
            CROSSED, anchors=(TWIN.value, OTHER_TWIN.value), consumer="openssl", also=frozenset({KEY_ID})
        ),
    ),
    Code.NOT_A_CA: (
        lambda: Case(
            MID.leaf("ca.example", purposes=SERVER, usage=key_usage("key_cert_sign")).leaf("a.example")
        ),
        lambda: Case(MID.intermediate("ca.example").leaf("a.example")),
    ),
    Code.PATH_TOO_LONG: (
        lambda: Case(ROOT.intermediate("Short", path_length=0).intermediate("Below").leaf("a.example")),
        lambda: Case(ROOT.intermediate("Short", path_length=1).intermediate("Below").leaf("a.example")),
    ),
    Code.CERT_SIGN_MISSING: (
        lambda: Case(ROOT.intermediate("Crl", usage=CRL_SIGNER_ONLY).leaf("a.example")),
        lambda: Case(ROOT.intermediate("Signer", usage=key_usage("key_cert_sign")).leaf("a.example")),
    ),
    Code.KEY_USAGE_MISSING: (
        lambda: Case(ROOT.intermediate("Silent", no_usage=True).leaf("a.example")),
        lambda: Case(MID.leaf("a.example", no_usage=True)),
    ),
    Code.CA_EXTENSION_ON_LEAF: (
        lambda: Case(MID.leaf("a.example", usage=key_usage("digital_signature", "key_cert_sign"))),
        lambda: Case(MID.leaf("a.example", usage=key_usage("digital_signature"))),
    ),
    Code.CRITICAL_MARK_MISSING: (
        lambda: Case(
            ROOT.intermediate("Soft", **basic_constraints(ca=True, critical=False)).leaf("a.example")
        ),
        lambda: Case(MID.leaf("a.example", **basic_constraints(ca=False, critical=False))),
    ),
    Code.CRITICAL_MARK_UNFIT: (
        lambda: Case(MID.leaf("a.example", purposes=None, extra=[(x509.ExtendedKeyUsage(SERVER), True)])),
        lambda: Case(MID.leaf("", **names_critical("a.example"))),
    ),
    Code.NAME_CONSTRAINT_UNFIT: (
        lambda: Case(constrained(permitted(x509.DNSName(".example")), "web.example")),
        lambda: Case(constrained(permitted(x509.DNSName("example")), "web.example")),
    ),
    Code.KEY_UNCOMMON: (
        lambda: Case(MID.leaf("a.example", key=ec.generate_private_key(ec.SECP256K1()))),
        lambda: Case(MID.leaf("a.example", key=ec.generate_private_key(ec.SECP521R1()))),
    ),
    Code.SIGNATURE_UNCOMMON: (
        lambda: Case(MID.leaf("a.example", digest=hashes.SHA224())),
        lambda: Case(MID.leaf("a.example", digest=hashes.SHA512())),
    ),
    Code.PURPOSE_MISSING: (
        lambda: Case(MID.leaf("a.example", purposes=CLIENT)),
        lambda: Case(MID.leaf("a.example", purposes=None)),
    ),
    Code.ISSUER_PURPOSE_MISSING: (
        lambda: Case(
            ROOT.intermediate("Clients", extra=[(x509.ExtendedKeyUsage(CLIENT), False)]).leaf("a.example")
        ),
        lambda: Case(
            ROOT.intermediate("Servers", extra=[(x509.ExtendedKeyUsage(SERVER), False)]).leaf("a.example")
        ),
    ),
    Code.NETSCAPE_TYPE_UNFIT: (
        lambda: Case(ROOT.leaf("a.example", extra=[netscape_type(0x80)])),
        lambda: Case(ROOT.leaf("a.example", extra=[netscape_type(0xC0)])),
    ),
    Code.ENCIPHERMENT_UNSTATED: (
        lambda: Case(MID.leaf("a.example", key=make_key("rsa"), usage=key_usage("digital_signature"))),
        lambda: Case(MID.leaf("a.example", key=make_key("rsa"), usage=SIGNS_AND_ENCIPHERS)),
    ),
    Code.ENCIPHERMENT_UNFIT: (
        lambda: Case(MID.leaf("a.example", usage=SIGNS_AND_ENCIPHERS)),
        lambda: Case(MID.leaf("a.example", key=make_key("rsa"), usage=SIGNS_AND_ENCIPHERS)),
    ),
    Code.KEY_USAGE_UNFIT: (
        lambda: Case(MID.leaf("a.example", usage=NONE_FIT)),
        lambda: Case(MID.leaf("a.example", usage=key_usage("digital_signature"))),
    ),
    Code.CA_AS_LEAF: (
        lambda: Case(
            ROOT.intermediate(
                "Both",
                names=("a.example",),
                usage=key_usage("key_cert_sign", "digital_signature"),
            )
        ),
        lambda: Case(ROOT.leaf("a.example")),
    ),
    Code.NAME_MISMATCH: (lambda: Case(WEB, name="shop.example"), lambda: Case(WEB, name="WEB.example.")),
    Code.NAMES_MISSING: (lambda: Case(MID.leaf("a.example", san=False)), lambda: Case(WEB)),
    Code.NAME_IN_COMMON_NAME_ONLY: (
        lambda: Case(
            MID.leaf("a.example", san=False), name="a.example", also=frozenset({Code.NAMES_MISSING})
        ),
        lambda: Case(MID.leaf("a.example"), name="a.example"),
    ),
    Code.ISSUER_NAMESAKE: (
        lambda: Case(SECOND_MID.leaf("a.example"), sent=(MID.value,), also=frozenset({Code.ISSUER_MISSING})),
        lambda: Case(SECOND_MID.leaf("a.example")),
    ),
    Code.NAME_ENCODED_OTHERWISE: (
        lambda: Case(SHOUTED_MID.leaf("a.example"), sent=(MID.value,), consumer="cryptography"),
        lambda: Case(MID.leaf("a.example"), consumer="cryptography"),
    ),
    Code.ADDRESS_AS_DNS_NAME: (
        lambda: Case(
            MID.leaf("10.0.0.5", san=False, extra=[(ADDRESS_AS_DNS, False)]),
            name="10.0.0.5",
            also=frozenset({Code.NAME_UNFIT}),
        ),
        lambda: Case(MID.leaf("10.0.0.5"), name="10.0.0.5"),
    ),
    Code.WILDCARD_UNFIT: (lambda: Case(MID.leaf("*.example")), lambda: Case(MID.leaf("*.shop.example"))),
    Code.KEY_ID_MISMATCH: (
        lambda: Case(mismatched(), anchors=(ROOT.value,)),
        lambda: Case(ROOT.leaf("a.example")),
    ),
    Code.KEY_ID_MISSING: (lambda: Case(MID.leaf("a.example", aki=False)), lambda: Case(WEB)),
    Code.WEAK_KEY: (
        lambda: Case(MID.leaf("a.example", key=make_key("rsa1024"), usage=SIGNS_AND_ENCIPHERS)),
        lambda: Case(MID.leaf("a.example", key=make_key("rsa"), usage=SIGNS_AND_ENCIPHERS)),
    ),
    Code.WEAK_SIGNATURE: (
        lambda: Case(signed_with_sha1(RSA_ROOT.leaf("a.example"))),
        lambda: Case(RSA_ROOT.leaf("a.example", digest=hashes.SHA384())),
    ),
    Code.NAME_CONSTRAINED: (
        lambda: Case(constrained(permitted(x509.DNSName("shop.example")), "web.example")),
        lambda: Case(constrained(permitted(x509.DNSName("example")), "web.example")),
    ),
    Code.NAME_CONSTRAINT_UNJUDGED: (
        lambda: Case(with_id(OTHER_ID)),
        lambda: Case(with_id()),
    ),
    Code.CRITICAL_EXTENSION_UNKNOWN: (
        lambda: Case(
            MID.leaf("a.example", extra=[(x509.UnrecognizedExtension(UNKNOWN_OID, b"\x05\x00"), True)])
        ),
        lambda: Case(
            MID.leaf("a.example", extra=[(x509.UnrecognizedExtension(UNKNOWN_OID, b"\x05\x00"), False)])
        ),
    ),
    Code.EXTENSION_UNREADABLE: (
        lambda: Case(
            MID.leaf(
                "a.example",
                ski=False,
                extra=[(x509.UnrecognizedExtension(x509.SubjectKeyIdentifier.oid, b"\x30\x05\x01"), False)],
            )
        ),
        lambda: Case(MID.leaf("a.example", ski=False)),
    ),
    Code.REVOKED: (
        lambda: Case(WEB, crls=(MID.crl([WEB]),), crl_mode="leaf"),
        lambda: Case(WEB, crls=(MID.crl([MID.leaf("b.example")]),), crl_mode="leaf"),
    ),
    Code.CRL_MISSING: (
        lambda: Case(WEB, crls=(MID.crl(),), crl_mode="chain"),
        lambda: Case(WEB, crls=(MID.crl(), ROOT.crl()), crl_mode="chain"),
    ),
    Code.CRL_EXPIRED: (
        lambda: Case(WEB, crls=(MID.crl(end=NOW - DAY / 2),), crl_mode="leaf"),
        lambda: Case(WEB, crls=(MID.crl(end=NOW - DAY / 2), MID.crl()), crl_mode="leaf"),
    ),
    Code.CHAIN_UNORDERED: (
        lambda: Case(WEB_BELOW, sent=(MID.value, BELOW.value)),
        lambda: Case(WEB_BELOW, sent=(BELOW.value, MID.value)),
    ),
    Code.CHAIN_INCOMPLETE: (
        lambda: Case(WEB, sent=(), anchors=(MID.value, ROOT.value), profile="tls-server", consumer="openssl"),
        lambda: Case(WEB, anchors=(MID.value, ROOT.value), consumer="openssl"),
    ),
    Code.CHAIN_DUPLICATE: (lambda: Case(WEB, sent=(MID.value, MID.value)), lambda: Case(WEB)),
    Code.CHAIN_UNRELATED: (
        lambda: Case(WEB, sent=(MID.value, make_ca("Else").intermediate("Where").value)),
        lambda: Case(WEB),
    ),
    Code.CHAIN_HOLDS_ROOT: (lambda: Case(WEB, sent=(MID.value, ROOT.value)), lambda: Case(WEB)),
    Code.LEAF_AS_ANCHOR: (lambda: Case(OWN, anchors=(OWN.value,)), lambda: Case(WEB)),
}
# Judged by forms that the builder refuses to make, or by callers: each has a test of its own below.
ELSEWHERE = {
    Code.SEARCH_EXHAUSTED,
    Code.KEY_MISMATCH,
    Code.ENGINE_REFUSED,
    Code.OTHER_ENGINE_REFUSED,
    Code.ENGINE_NOT_RUN,
}


def mismatched() -> Entity:
    """Signed by Root's key, with an authority key id that is another's."""
    wrong = x509.AuthorityKeyIdentifier(b"\x01" * 20, None, None)
    return ROOT.leaf("a.example", aki=False, extra=[(wrong, False)])
