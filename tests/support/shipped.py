"""The profiles and the rules of issuers that are shipped, read as the program reads them."""

from __future__ import annotations

from warifu.adapters.libraries.package import PackageLibrary
from warifu.domain.trust import Profile
from warifu.domain.trust.conformance import of_a_bag
from warifu.domain.trust.issuer_rules import KnownIssuers
from warifu.domain.trust.profiles import Profiles
from warifu.workflows.profiles import load_profiles
from warifu.workflows.renewal import load_issuers

SHIPPED: Profiles = load_profiles(PackageLibrary())  # read now: tests of the domain may open nothing
ISSUERS: KnownIssuers = load_issuers(PackageLibrary())


def chosen(text: str) -> Profile:
    return SHIPPED.choose(text)


PUBLIC: Profile = of_a_bag(chosen("webpki-public"))
"""What public CAs must keep to, whatever the dates."""
