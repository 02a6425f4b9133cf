"""For every code of what targets want, a case that has exactly this fault, and its nearest neighbour without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from support.pki import BOTH, DAY, NOW, SERVER, Entity, make_ca, make_key
from support.shipped import chosen
from support.usages import key_usage
from warifu.domain.findings import Code
from warifu.domain.trust import Context, Verdict, judge
from warifu.domain.x509 import Certificate, Request

ROOT = make_ca("Root-CA")
MID = ROOT.intermediate("Inter-CA1")
NAME = "ome310.example"
BOTH_USES = key_usage("digital_signature", "key_encipherment")
EK = x509.ObjectIdentifier("2.23.133.8.1")


@dataclass
class TargetCase:
    """A file as a target gets it; the trust store holds the root, unless said otherwise."""

    profile: str
    leaf: Entity
    sent: tuple[Certificate, ...] | None = None
    anchors: tuple[Certificate, ...] = (ROOT.value,)
    at: datetime = NOW
    encoding: str = "pem"
    covers: tuple[str, ...] = ()
    requests: tuple[Request, ...] = ()
    also: frozenset[Code] = field(default_factory=frozenset)

    def judged(self) -> Verdict:
        sent = tuple(one.value for one in self.leaf.above) if self.sent is None else self.sent
        context = Context(
            chosen(self.profile),
            self.at,
            encoding=self.encoding,
            covers=self.covers,
            requests=self.requests,
        )
        return judge((self.leaf.value, *sent), self.anchors, context)


def leaf(*names: str, issuer: Entity = MID, **options: object) -> Entity:
    """A leaf that every target here takes, but for the options."""
    chosen_options: dict[str, object] = {"purposes": BOTH, "usage": BOTH_USES, **options}
    return issuer.leaf(*(names or (NAME,)), **chosen_options)


def ome(one: Entity | None = None, **options: object) -> TargetCase:
    """The whole chain for a migration, the trust store empty."""
    return TargetCase("dell-ome-migration", one or leaf(), anchors=(), **options)  # type: ignore[arg-type]


def expressway(
    one: Entity | None = None, profile: str = "cisco-expressway@X14:C", **options: object
) -> TargetCase:
    """The leaf alone; the trusted-CA list holds intermediate and root."""
    trusted = (MID.value, ROOT.value)
    return TargetCase(profile, one or leaf(), (), trusted, **options)  # type: ignore[arg-type]


def public(one: Entity, at: datetime) -> TargetCase:
    """A chain of a public CA, judged at a day."""
    return TargetCase("webpki-public", one, (MID.value,), at=at)


def vcenter(one: Entity | None = None, release: str = "8.0") -> TargetCase:
    """A leaf and its intermediate, all of RSA."""
    return TargetCase(f"vcenter-machine@{release}", one or rsa_leaf(), None, (RSA_ROOT.value,))


def rsa_leaf(*names: str, issuer: Entity | None = None, **options: object) -> Entity:
    return leaf(*names, issuer=issuer or RSA_MID, **{"key": RSA_KEY, **options})


def organisation(name: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example")]
    return x509.Name([*parts, *([x509.NameAttribute(NameOID.COMMON_NAME, name)] if name else [])])


def template_extensions(
    name: str = "", oid: str = "", version: tuple[int | None, int | None] = (None, None)
) -> list[tuple[x509.ExtensionType, bool]]:
    """What a Microsoft CA says of the template it issued from: MS-WCCE §2.2.2.7.7.1 and .2."""
    text = name.encode("utf-16-be")
    named = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2")
    value = x509.UnrecognizedExtension(named, bytes((0x1E, len(text))) + text)
    extensions: list[tuple[x509.ExtensionType, bool]] = [(value, False)] if name else []
    if oid:
        extensions.append((x509.MSCertificateTemplate(x509.ObjectIdentifier(oid), *version), False))
    return extensions


def deep(count: int) -> Entity:
    """A leaf beneath so many CAs that its chain holds `count` certificates."""
    issuer = ROOT
    for number in range(count - 2):
        issuer = issuer.intermediate(f"Inter-CA{number}")
    return leaf(issuer=issuer)


def request_of(key: object) -> Request:
    made = x509.CertificateSigningRequestBuilder().subject_name(organisation(NAME)).sign(key, hashes.SHA256())  # type: ignore[arg-type]
    return Request(made.public_bytes(serialization.Encoding.DER))


def endorsement(*attributes: str, key: object = None) -> Entity:
    """An EK certificate whose directoryName carries the attributes."""
    values = [x509.NameAttribute(x509.ObjectIdentifier(oid), "id:53575450") for oid in attributes]
    names = x509.SubjectAlternativeName([x509.DirectoryName(x509.Name(values))])
    uses = key_usage("key_encipherment")
    return MID.leaf("tpm", purposes=(EK,), san=False, extra=[(names, False)], usage=uses, key=key)


def lasting(days: int, start: datetime) -> Entity:
    return leaf("web.example", purposes=SERVER, start=start, end=start + days * DAY - timedelta(seconds=1))


TPM = ("2.23.133.2.1", "2.23.133.2.2", "2.23.133.2.3")
SPRING = datetime(2027, 3, 15, tzinfo=UTC)
OWN_KEY, OTHER_KEY = make_key(), make_key()
RSA_KEY = make_key("rsa")
RSA_ROOT = make_ca("RSA Root-CA", key=make_key("rsa"))
RSA_MID = RSA_ROOT.intermediate("RSA Inter-CA1", key=RSA_KEY)
LONG = tuple(f"node-{number:03}.voice.example" for number in range(50))

Make = Callable[[], TargetCase]
CASES: dict[Code, tuple[Make, Make]] = {
    Code.REQUEST_KEY_DIFFERS: (
        lambda: ome(leaf(key=OWN_KEY), requests=(request_of(OTHER_KEY),)),
        lambda: ome(leaf(key=OWN_KEY), requests=(request_of(OTHER_KEY), request_of(OWN_KEY))),
    ),
    Code.NOT_BASE64: (lambda: ome(encoding="der"), lambda: ome(encoding="pem")),
    Code.FILE_HOLDS_MORE: (
        lambda: TargetCase("cisco-expressway@X14:E", leaf(), (MID.value,), (MID.value, ROOT.value)),
        expressway,
    ),
    Code.ROOT_NOT_SENT: (
        lambda: TargetCase("dell-ome-migration", leaf(), (MID.value,)),
        ome,
    ),
    Code.KEY_USAGE_INCOMPLETE: (
        lambda: ome(leaf(usage=key_usage("digital_signature"))),
        lambda: ome(leaf(usage=BOTH_USES)),
    ),
    Code.COMMON_NAME_MISSING: (
        lambda: ome(leaf(subject=organisation())),
        lambda: ome(leaf(subject=organisation(NAME))),
    ),
    Code.WILDCARD_REFUSED: (
        lambda: ome(leaf(NAME, "*.mgmt.example")),
        lambda: ome(leaf(NAME, "node.mgmt.example")),
    ),
    Code.CHAIN_TOO_DEEP: (lambda: ome(deep(11)), lambda: ome(deep(10))),
    Code.KEY_KIND_UNFIT: (
        lambda: vcenter(rsa_leaf(key=OWN_KEY)),
        vcenter,
    ),
    Code.SIGNATURE_KIND_UNFIT: (
        lambda: vcenter(rsa_leaf(pss=True)),
        vcenter,
    ),
    Code.DNS_NAME_MISSING: (
        lambda: vcenter(rsa_leaf("192.0.2.7")),
        lambda: vcenter(rsa_leaf(NAME, "192.0.2.7")),
    ),
    Code.NAMES_TOO_MANY: (
        lambda: vcenter(rsa_leaf(NAME, "vc.example"), "6.7"),
        lambda: vcenter(release="6.7"),
    ),
    Code.NAMES_TOO_LONG: (
        lambda: expressway(leaf(*LONG), "cisco-expressway@X8:C"),
        lambda: expressway(leaf(*LONG), "cisco-expressway@X12:C"),
    ),
    Code.NAME_NOT_COVERED: (
        lambda: expressway(covers=(NAME, "cluster.example")),
        lambda: expressway(covers=(NAME.upper(),)),
    ),
    Code.VALIDITY_TOO_LONG: (
        lambda: public(lasting(101, SPRING), SPRING),
        lambda: public(lasting(100, SPRING), SPRING),
    ),
    Code.PURPOSE_ENDED: (
        lambda: public(leaf(start=SPRING, end=SPRING + 90 * DAY), SPRING),
        lambda: public(leaf(start=SPRING - timedelta(seconds=1), end=SPRING + 90 * DAY), SPRING),
    ),
    Code.DIRECTORY_ATTRIBUTE_MISSING: (
        lambda: TargetCase("tpm-ek", endorsement(*TPM[:2]), (MID.value,)),
        lambda: TargetCase("tpm-ek", endorsement(*TPM), (MID.value,)),
    ),
}
