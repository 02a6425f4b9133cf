"""What a target wants beyond path validation: of the leaf, of the file, of a trust store.

A demand is data of a profile; the rules in `rules/target.py`, `rules/file_form.py` and
`rules/stored.py` find what does not meet it. An empty demand asks for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from warifu.domain.findings.text import Text
from warifu.domain.x509 import Usage

FORMS = ("leaf", "chain", "chain-with-root")
ENCODINGS = ("pem",)
EXTENTS = ("leaf", "every")
KINDS = ("identity", "trust-store")
SUBJECT_FIELDS = (
    "common-name",
    "organizational-unit",
    "organization",
    "locality",
    "state",
    "country",
    "email",
)
"""Fields of a subject, in the order in which RFC 4514 text has them."""


@dataclass(frozen=True, slots=True)
class ValidityLimit:
    """How long a leaf may last that is issued from a date on.

    Args:
        issued_from: first instant of issue, UTC.
        days: longest validity, in days of 86,400 seconds, its last second counted (CA/Browser Forum BR §6.3.2).
        source: the document that sets the limit.
    """

    issued_from: datetime
    days: int
    source: str


@dataclass(frozen=True, slots=True)
class PurposeEnd:
    """From which date on a purpose is no longer given.

    Args:
        purpose: `clientAuth`, ...
        issued_from: a leaf issued from this instant on does not carry it, UTC.
        source: the document that says so.
    """

    purpose: str
    issued_from: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Disputed:
    """A rule on which sources disagree.

    Args:
        rule: the code of the finding, or the demand, it is about.
        question: what is not settled.
        sources: each with what it says, at least two.
    """

    rule: str
    question: Text
    sources: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Demands:
    """What one target wants.

    Args:
        form: what a file must hold: `leaf` alone, `chain` (leaf and intermediates), `chain-with-root`.
        encoding: `pem` where the file must be Base64.
        key_usages: bits that the leaf's keyUsage must all have.
        common_names: who must have one: the `leaf`, or `every` certificate of the chain.
        wildcards_refused: neither commonName nor subjectAltName of the leaf may hold one.
        longest: most certificates in a chain; 0 for no limit.
        key_algorithms: kinds of key the target takes (`RSA`, `EC`); none named means any.
        signature_schemes: how the certificates beneath the anchor may be signed (`RSA-PKCS1`, `RSA-PSS`, ...); none
            named means any.
        dns_name_wanted: the subjectAltName of the leaf must hold a DNS name: an address alone is not enough.
        rsa_most: largest RSA modulus, in bits; 0 for no limit.
        names_most: most subjectAltName entries; 0 for no limit.
        names_length: most characters of all names with commas between, as the target's field counts; 0 for no limit.
        directory_attributes: dotted OIDs that a directoryName of the subjectAltName must carry.
        anchors_named_apart: a trust store may not hold two self-signed certificates with one commonName.
        purposes_stated: the leaf must name its purposes; one that names none is not taken for fit for all.
        same_issuers: both ends of a pair must hang from the same issuers, certificate by certificate.
        topology: what of a topology the leaf must be named after: `node`, `nodes`, `cluster`, ...
        request_subject: fields that the target's own form for requests must have filled.
        request_names_most: most names of that form; 0 for no limit.
        request_name_length: most characters of one of them; 0 for no limit.
        request_label_least: fewest characters of a name's last label.
    """

    form: str = ""
    encoding: str = ""
    key_usages: frozenset[Usage] = frozenset()
    common_names: str = ""
    wildcards_refused: bool = False
    longest: int = 0
    key_algorithms: tuple[str, ...] = ()
    signature_schemes: tuple[str, ...] = ()
    dns_name_wanted: bool = False
    rsa_most: int = 0
    names_most: int = 0
    names_length: int = 0
    directory_attributes: tuple[str, ...] = ()
    anchors_named_apart: bool = False
    purposes_stated: bool = False
    same_issuers: bool = False
    topology: tuple[str, ...] = ()
    request_subject: tuple[str, ...] = ()
    request_names_most: int = 0
    request_name_length: int = 0
    request_label_least: int = 0
    validity: tuple[ValidityLimit, ...] = ()
    purpose_ends: tuple[PurposeEnd, ...] = ()

    def validity_at(self, issued: datetime) -> ValidityLimit | None:
        """Return the limit for a leaf issued at an instant, the latest that has begun."""
        begun = [limit for limit in self.validity if limit.issued_from <= issued]
        return max(begun, key=lambda limit: limit.issued_from, default=None)


NOTHING = Demands()
