"""Profiles, listed and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warifu.wiring.cli import files

if TYPE_CHECKING:
    from warifu.domain.trust.profile_data import ProfileFamily
    from warifu.domain.trust.profiles import Profiles


def profiles() -> Profiles:
    """Return every profile that comes with the program."""
    from warifu.adapters.libraries.package import PackageLibrary
    from warifu.workflows.profiles import load_profiles

    return load_profiles(PackageLibrary())


def profile_family(text: str) -> ProfileFamily:
    """Return the family of profiles that a text names.

    Raises:
        UsageError: no such profile, or the file has faults.
    """
    from warifu.adapters.libraries.package import PackageLibrary
    from warifu.workflows.profiles import choose_family

    return choose_family(text, PackageLibrary(), files())


def profile_text(text: str) -> str:
    """Return the shipped document of a profile.

    Raises:
        UsageError: no such profile, or it is built in.
    """
    from warifu.adapters.libraries.package import PackageLibrary
    from warifu.workflows.profiles import profile_text

    return profile_text(text, PackageLibrary())
