"""Subjects as people write them: RFC 4514, with the names of attributes and the blanks that openssl prints.

RFC 4514 §3 names nine types and lets others be known; letters' case does not count there. openssl prints more
(`emailAddress`), some with a blank behind the comma. What cannot be taken is told part by part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from cryptography import x509
from cryptography.x509.oid import NameOID

from warifu.errors import UsageError

_TYPES: Mapping[str, x509.ObjectIdentifier] = MappingProxyType(
    {
        "cn": NameOID.COMMON_NAME,
        "commonname": NameOID.COMMON_NAME,
        "l": NameOID.LOCALITY_NAME,
        "localityname": NameOID.LOCALITY_NAME,
        "st": NameOID.STATE_OR_PROVINCE_NAME,
        "s": NameOID.STATE_OR_PROVINCE_NAME,  # as Windows writes it
        "stateorprovincename": NameOID.STATE_OR_PROVINCE_NAME,
        "o": NameOID.ORGANIZATION_NAME,
        "organizationname": NameOID.ORGANIZATION_NAME,
        "ou": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "organizationalunitname": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "c": NameOID.COUNTRY_NAME,
        "countryname": NameOID.COUNTRY_NAME,
        "street": NameOID.STREET_ADDRESS,
        "streetaddress": NameOID.STREET_ADDRESS,
        "dc": NameOID.DOMAIN_COMPONENT,
        "domaincomponent": NameOID.DOMAIN_COMPONENT,
        "uid": NameOID.USER_ID,
        "userid": NameOID.USER_ID,
        "e": NameOID.EMAIL_ADDRESS,  # as Windows writes it
        "email": NameOID.EMAIL_ADDRESS,
        "emailaddress": NameOID.EMAIL_ADDRESS,
        "serialnumber": NameOID.SERIAL_NUMBER,
        "givenname": NameOID.GIVEN_NAME,
        "surname": NameOID.SURNAME,
        "title": NameOID.TITLE,
        "postalcode": NameOID.POSTAL_CODE,
        "businesscategory": NameOID.BUSINESS_CATEGORY,
        "organizationidentifier": NameOID.ORGANIZATION_IDENTIFIER,
        "dnqualifier": NameOID.DN_QUALIFIER,
        "jurisdictioncountryname": NameOID.JURISDICTION_COUNTRY_NAME,
        "jurisdictionstateorprovincename": NameOID.JURISDICTION_STATE_OR_PROVINCE_NAME,
        "jurisdictionlocalityname": NameOID.JURISDICTION_LOCALITY_NAME,
    }
)
_COUNTRIES = frozenset({NameOID.COUNTRY_NAME, NameOID.JURISDICTION_COUNTRY_NAME})
_PART = re.compile(
    r"\s*(?P<type>[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)\s*=\s*(?P<value>(?:\\.|[^\\,+])*?)(?<!\\)\s*(?P<end>[,+]|\Z)",
    re.DOTALL,
)
_NEXT = re.compile(r"(?:\\.|[^\\,+])*[,+]?", re.DOTALL)
_COMMON_MOST = 64  # ub-common-name, RFC 5280 appendix A.1


def parse_subject(text: str) -> x509.Name:
    """Return a subject of RFC 4514 text; a text without `=` is a common name, an empty one no name at all.

    Raises:
        UsageError: `issue.bad-subject`, with one part for everything that cannot be taken.
    """
    if not text:
        return x509.Name([])
    faults: list[UsageError] = []
    plain = _one("CN", text, text, faults) if "=" not in text else "".join(_parts(text, faults))
    if not faults:
        return x509.Name.from_rfc4514_string(plain) if "=" in text else x509.Name([_common(text)])
    wrong = UsageError("issue.bad-subject", subject=text)
    wrong.parts = tuple(faults)
    raise wrong


def say_subject(name: x509.Name) -> str:
    """Return a subject as people read it: RFC 4514, whose §3 lets names be known beside its own nine (RFC 2985 §5.2.1)."""
    return name.rfc4514_string({NameOID.EMAIL_ADDRESS: "emailAddress"})


def _common(text: str) -> x509.NameAttribute[str]:
    return x509.NameAttribute(NameOID.COMMON_NAME, text)


def _parts(text: str, faults: list[UsageError]) -> Iterator[str]:
    """Yield each part as the library reads it, with the sign behind it."""
    place = 0
    more = True
    while more:
        found = _PART.match(text, place)
        if found is None:
            skipped = _NEXT.match(text, place)
            assert skipped is not None  # noqa: S101  # it may be empty
            faults.append(UsageError("issue.subject-part", part=skipped[0].strip(" ,+") or ","))
            place, more = skipped.end(), skipped[0].endswith((",", "+"))
            continue
        yield _one(found["type"], found["value"], found[0].strip(" ,+"), faults) + found["end"]
        place, more = found.end(), bool(found["end"])


def _one(kind: str, value: str, part: str, faults: list[UsageError]) -> str:
    known = _TYPES.get(kind.casefold())
    if known is None and not kind[0].isdecimal():
        faults.append(UsageError("issue.subject-type", part=part, name=kind))
        return ""
    number = known.dotted_string if known is not None else kind
    if not value:
        faults.append(UsageError("issue.subject-empty", part=part))
        return ""
    try:
        if "=" in part:
            x509.Name.from_rfc4514_string(f"{number}={value}")
        else:
            _common(value)
    except ValueError:
        faults.append(_fault(known, value, part))
    return f"{number}={value}"


def _fault(known: x509.ObjectIdentifier | None, value: str, part: str) -> UsageError:
    if known in _COUNTRIES:
        return UsageError("issue.subject-country", part=part)
    if known == NameOID.COMMON_NAME and len(value) > _COMMON_MOST:
        return UsageError("issue.subject-long", part=part, found=len(value), limit=_COMMON_MOST)
    return UsageError("issue.subject-part", part=part)
