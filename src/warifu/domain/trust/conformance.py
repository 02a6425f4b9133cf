"""Rule sets that ask for every word of a standard, where `profile` asks what verifiers enforce.

They weigh the form of a certificate as the standards put it to those who issue: good for vectors and for one's own
CA, too much for a verdict on what a peer presents. What public CAs must keep to is the shipped profile `webpki-public`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from warifu.domain.findings import Code, Severity
from warifu.domain.trust.profile import Profile

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

_SENT: Mapping[Code, Severity | None] = MappingProxyType(
    {
        Code.CHAIN_UNORDERED: NOTE,  # a bag of certificates is judged, not a handshake
        Code.CHAIN_UNRELATED: NOTE,
        Code.CHAIN_DUPLICATE: NOTE,
        Code.CHAIN_INCOMPLETE: NOTE,
    }
)
_FORM: Mapping[Code, Severity | None] = MappingProxyType(
    {
        Code.CA_EXTENSION_ON_LEAF: ERROR,  # §4.2.1.9, §4.2.1.10
        Code.CRITICAL_MARK_MISSING: ERROR,  # §4.2.1.6, §4.2.1.9, §4.2.1.10, §4.2.1.11, §4.2.1.14
        Code.CRITICAL_MARK_UNFIT: ERROR,  # §4.2.1.1, §4.2.1.2
        Code.CRL_UNFIT: ERROR,  # §5.2.3
        Code.DATE_FORM_UNFIT: ERROR,  # §4.1.2.5
        Code.NAME_CHARACTER_UNFIT: ERROR,  # §4.1.2.4
        Code.KEY_ID_MISSING: ERROR,  # §4.2.1.1, §4.2.1.2
        Code.NAME_CONSTRAINT_UNFIT: ERROR,  # §4.2.1.10
        Code.NAME_EMPTY: ERROR,  # §4.1.2.4, §4.1.2.6
        Code.NAME_UNFIT: ERROR,  # §4.2.1.6
        Code.OCSP_EXPIRED: ERROR,
        Code.OCSP_UNFIT: ERROR,
        Code.SERIAL_UNFIT: ERROR,  # §4.1.2.2
    }
)

RFC5280_STRICT = Profile(
    "rfc5280-strict",
    revision="2026-11",
    source="RFC 5280 §4, §5, §6 (with RFC 6818, RFC 8398, RFC 9549): every MUST, of anchors too",
    rsa_bits=0,
    ec_bits=0,
    weak_hashes=frozenset(),
    any_purpose=True,
    marks_free=frozenset(("certificatePolicies", "extKeyUsage", "subjectAltName")),
    weights=MappingProxyType(
        {
            **_SENT,
            **_FORM,
            Code.CA_AS_LEAF: NOTE,
            Code.NAMES_MISSING: WARNING,
            Code.KEY_USAGE_MISSING: WARNING,  # §6.1.4 (n) looks at it only where it is present
            Code.KEY_USAGE_UNFIT: WARNING,
            Code.WILDCARD_UNFIT: WARNING,
            Code.KEY_UNCOMMON: None,
            Code.SIGNATURE_UNCOMMON: None,
        }
    ),
)
"""RFC 5280 as written, anchors included."""


def of_a_bag(profile: Profile) -> Profile:
    """Return a rule set as vectors ask for it: of certificates in no order, issued whenever and for however long.

    Their names are made up: limbo's case `webpki::san::exact-localhost-ip-san` is to be accepted for 127.0.0.1.
    """
    undated = replace(profile.demands, validity=(), purpose_ends=())
    weights = {**profile.weights, **_SENT, Code.NAME_NOT_PUBLIC: None}
    return replace(profile, demands=undated, weights=MappingProxyType(weights))
