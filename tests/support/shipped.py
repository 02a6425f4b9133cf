"""The profiles that are shipped, read as the program reads them."""

from __future__ import annotations

from warifu.adapters.libraries.package import PackageLibrary
from warifu.domain.trust import Profile
from warifu.domain.trust.profiles import Profiles
from warifu.workflows.profiles import load_profiles

SHIPPED: Profiles = load_profiles(PackageLibrary())  # read now: tests of the domain may open nothing


def chosen(text: str) -> Profile:
    return SHIPPED.choose(text)
