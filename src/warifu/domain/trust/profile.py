"""Profiles: named, versioned rule sets of a target.

A profile says how much each finding weighs, how a few rules are set, and what its target demands.
Profiles contradict each other on purpose: there is no global truth. A weight of None leaves a
finding out. The four on which our own proofs stand are here; all others are data (`profile_data`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from warifu.domain.findings import Code, Severity
from warifu.domain.findings.text import Text
from warifu.domain.trust.demands import NOTHING, Demands, Disputed
from warifu.errors import UsageError

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


@dataclass(frozen=True, slots=True)
class Profile:
    """One rule set.

    Args:
        revision: of this data; it changes with every change of meaning.
        source: where the rules come from.
        purposes: extended key usages judged when the question names none; the leaf needs all of them.
        anchor_is_checked: an anchor's own dates, constraints and key strength count too.
        rsa_bits: smallest RSA modulus accepted.
        ec_bits: smallest field size accepted.
        weak_hashes: hashes a signature may not use.
        marks_free: extensions whose critical mark is the issuer's choice here, either way.
        any_purpose: anyExtendedKeyUsage stands for every purpose (RFC 5280 §4.2.1.12 leaves it open).
        weights: what findings weigh here, where it differs from `WEIGHTS`.
        kind: `identity` (leaf and chain) or `trust-store` (anchors alone).
        demands: what the target wants beyond path validation.
        disputed: rules on which sources disagree.
        reasons: why the target wants what a finding says it lacks, where the source tells.
        title: what it is, for people.
        product: the product it is for; empty for a general one.
        release: the release, of those the rule set knows; empty where it does not tell them apart.
        variant: the role the target plays, where rules differ by it.
        features: what of the target is in use, where rules differ by it.
    """

    name: str
    revision: str
    source: str
    purposes: tuple[str, ...] = ()
    anchor_is_checked: bool = True
    rsa_bits: int = 2048
    ec_bits: int = 224
    weak_hashes: frozenset[str] = frozenset({"md5", "sha1"})
    any_purpose: bool = False
    marks_free: frozenset[str] = frozenset()
    weights: Mapping[Code, Severity | None] = field(default_factory=lambda: MappingProxyType({}))
    kind: str = "identity"
    demands: Demands = NOTHING
    disputed: tuple[Disputed, ...] = ()
    reasons: Mapping[Code, Text] = field(default_factory=lambda: MappingProxyType({}))
    title: Text | None = None
    product: str = ""
    release: str = ""
    variant: str = ""
    features: tuple[str, ...] = ()
    left_out: frozenset[Code] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Note which codes are left out: rules ask for every leaf."""
        left_out = frozenset(code for code in Code if self.weight(code) is None)
        object.__setattr__(self, "left_out", left_out)

    @property
    def purpose(self) -> str:
        """The purpose that engines are asked about; empty for none."""
        return self.purposes[0] if self.purposes else ""

    def strict(self) -> Profile:
        """Return this profile with every fault of the presented chain an error, as strict targets have it."""
        faults = (Code.CHAIN_UNORDERED, Code.CHAIN_INCOMPLETE, Code.CHAIN_DUPLICATE, Code.CHAIN_UNRELATED)
        weights = {**self.weights, **dict.fromkeys(faults, Severity.ERROR)}
        return replace(self, name=f"{self.name} (strict)", weights=weights)

    def weight(self, code: Code) -> Severity | None:
        """Return what a finding of this code weighs here; None leaves it out."""
        return self.weights[code] if code in self.weights else WEIGHTS.get(code, ERROR)


WEIGHTS: Mapping[Code, Severity | None] = MappingProxyType(
    {
        Code.LEAF_AS_ANCHOR: WARNING,
        Code.NAME_IN_COMMON_NAME_ONLY: ERROR,
        Code.EXTENSION_UNREADABLE: ERROR,
        Code.CA_AS_LEAF: ERROR,
        Code.VERSION_UNFIT: ERROR,
        Code.SERIAL_UNFIT: WARNING,
        Code.DATE_FORM_UNFIT: WARNING,
        Code.NAME_CHARACTER_UNFIT: WARNING,
        Code.KEY_ID_MISSING: WARNING,
        Code.KEY_USAGE_MISSING: WARNING,
        Code.CA_EXTENSION_ON_LEAF: WARNING,
        Code.NAME_CONSTRAINT_UNFIT: WARNING,
        Code.CRITICAL_MARK_MISSING: WARNING,
        Code.CRITICAL_MARK_UNFIT: WARNING,
        Code.NAME_UNFIT: WARNING,
        Code.NAME_NOT_PUBLIC: None,  # as is the next one
        Code.REQUEST_SIGNATURE_WEAK: WARNING,
        Code.COMMON_NAME_UNLISTED: None,  # asked of public certificates alone
        Code.NAME_EMPTY: WARNING,
        Code.WILDCARD_TOO_WIDE: WARNING,
        Code.PURPOSE_UNSTATED: None,
        Code.PURPOSE_UNFIT: None,
        Code.KEY_ID_UNFIT: None,
        Code.CRL_UNFIT: WARNING,
        Code.OCSP_EXPIRED: WARNING,  # a client that wants an answer says so by its CRL mode
        Code.OCSP_UNFIT: WARNING,
        Code.OCSP_UNRELATED: WARNING,
        Code.KEY_UNCOMMON: WARNING,
        Code.SIGNATURE_UNCOMMON: WARNING,
        Code.CHAIN_UNORDERED: WARNING,
        Code.CHAIN_INCOMPLETE: WARNING,
        Code.CHAIN_DUPLICATE: WARNING,
        Code.CHAIN_UNRELATED: WARNING,
        Code.CHAIN_HOLDS_ROOT: NOTE,
        Code.ENCIPHERMENT_UNSTATED: NOTE,
        Code.ENCIPHERMENT_UNFIT: NOTE,
        Code.OUTLIVES_ISSUER: NOTE,
        Code.OTHER_ENGINE_REFUSED: WARNING,
        Code.ENGINE_NOT_RUN: NOTE,
        Code.PRIVATE_KEY_ENCRYPTED: NOTE,
        Code.ANCHOR_NAME_SHARED: WARNING,
    }
)

_RFC5280 = Profile(
    "rfc5280",
    revision="2026-11",
    source="RFC 5280 §4, §6 (with RFC 6818, RFC 8398, RFC 9549)",
    anchor_is_checked=False,
    rsa_bits=0,
    ec_bits=0,
    weak_hashes=frozenset(),
    any_purpose=True,
    weights={
        Code.NAMES_MISSING: WARNING,
        Code.CA_AS_LEAF: WARNING,
        Code.KEY_USAGE_UNFIT: WARNING,
        Code.NETSCAPE_TYPE_UNFIT: WARNING,
        Code.ISSUER_PURPOSE_MISSING: WARNING,
        Code.KEY_ID_MISMATCH: WARNING,
        Code.CHAIN_UNORDERED: NOTE,
        Code.CRITICAL_MARK_UNFIT: NOTE,  # of extKeyUsage and policies it leaves the mark to the CA
        Code.KEY_UNCOMMON: None,  # RFC 5480 and RFC 4055 know them: what TLS knows is another question
        Code.SIGNATURE_UNCOMMON: None,
    },
)
_TLS_SERVER = Profile(
    "tls-server",
    revision="2026-11",
    source="RFC 5280, RFC 9525, RFC 9325 §4; what openssl 3 (level 2) and cryptography 50 enforce",
    purposes=("serverAuth",),
)
_TLS_CLIENT = Profile(
    "tls-client",
    revision="2026-11",
    source="RFC 5280, RFC 9325 §4; what openssl 3 (level 2) and cryptography 50 enforce",
    purposes=("clientAuth",),
    weights={Code.NAMES_MISSING: NOTE, Code.NAME_IN_COMMON_NAME_ONLY: NOTE},
)
_OPENSSL = Profile(
    "openssl",
    revision="3.0",
    source="openssl 3.0 verify without -x509_strict and -auth_level: nothing beyond what it enforces itself",
    rsa_bits=0,
    ec_bits=0,
    weak_hashes=frozenset(),
    weights={
        Code.NAMES_MISSING: NOTE,
        Code.NAME_IN_COMMON_NAME_ONLY: NOTE,
        Code.WILDCARD_UNFIT: NOTE,
        Code.CA_AS_LEAF: NOTE,
        Code.VERSION_UNFIT: NOTE,
        Code.SERIAL_UNFIT: NOTE,
        Code.DATE_FORM_UNFIT: NOTE,
        Code.NAME_CHARACTER_UNFIT: NOTE,
        Code.KEY_ID_MISSING: NOTE,
        Code.KEY_USAGE_MISSING: NOTE,
        Code.CA_EXTENSION_ON_LEAF: NOTE,
        Code.NAME_CONSTRAINT_UNFIT: NOTE,
        Code.CRITICAL_MARK_MISSING: NOTE,
        Code.CRITICAL_MARK_UNFIT: NOTE,
        Code.KEY_UNCOMMON: NOTE,
        Code.SIGNATURE_UNCOMMON: NOTE,
        Code.CHAIN_UNORDERED: NOTE,
        Code.CHAIN_INCOMPLETE: NOTE,
        Code.CHAIN_DUPLICATE: NOTE,
        Code.CHAIN_UNRELATED: NOTE,
        Code.EXTENSION_UNREADABLE: ERROR,
    },
)

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {profile.name: profile for profile in (_TLS_SERVER, _TLS_CLIENT, _RFC5280, _OPENSSL)}
)


def profile_named(name: str) -> Profile:
    """Return a profile.

    Raises:
        UsageError: `trust.profile-unknown`.
    """
    try:
        return PROFILES[name]
    except KeyError:
        raise UsageError("trust.profile-unknown", name=name, known=tuple(PROFILES)) from None
