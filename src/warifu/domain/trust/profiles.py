"""Every profile at hand, chosen by one text: `NAME[@RELEASE][:VARIANT][+FEATURE]...`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from warifu.domain.trust.profile import PROFILES, Profile
from warifu.domain.trust.profile_data import ProfileFamily, parse_family
from warifu.errors import UsageError

_CHOICE = re.compile(
    r"(?P<name>[^@:+]+)(?:@(?P<release>[^:+]+))?(?::(?P<variant>[^+]+))?(?P<features>(?:\+[^+]+)*)"
)


@dataclass(frozen=True, slots=True)
class Profiles:
    """Families by name."""

    families: Mapping[str, ProfileFamily]

    def __iter__(self) -> Iterator[ProfileFamily]:
        return iter(self.families.values())

    def choose(self, text: str) -> Profile:
        """Return the profile that a text names, such as `cisco-expressway@X14:E+mra`.

        Raises:
            UsageError: `trust.profile-unknown`, and what `ProfileFamily.choose` raises.
        """
        found = _CHOICE.fullmatch(text.strip())
        name = found["name"].strip().casefold() if found else text
        family = self.families.get(name) or self._by_alias(name)
        if found is None or family is None:
            raise UsageError("trust.profile-unknown", name=text, known=tuple(self.families))
        features = tuple(one for one in found["features"].split("+") if one)
        return family.choose(found["release"] or "", found["variant"] or "", features)

    def family(self, text: str) -> ProfileFamily:
        """Return the family that a text names, whatever release or role it asks for.

        Raises:
            UsageError: `trust.profile-unknown`.
        """
        name = re.split(r"[@:+]", text.strip(), maxsplit=1)[0].casefold()
        family = self.families.get(name) or self._by_alias(name)
        if family is None:
            raise UsageError("trust.profile-unknown", name=text, known=tuple(self.families))
        return family

    def with_document(self, text: str, source: str) -> tuple[Profiles, ProfileFamily]:
        """Return the profiles with one more, read from a document of the user's; it may not take a shipped name.

        Raises:
            UsageError: `trust.profile-name-taken`, and what `parse_family` raises.
        """
        family = parse_family(text, source, _bases(self))
        if family.name in self.families:
            raise UsageError("trust.profile-name-taken", name=family.name, path=source)
        return Profiles(MappingProxyType({**self.families, family.name: family})), family

    def _by_alias(self, name: str) -> ProfileFamily | None:
        return next((family for family in self if name in family.aliases), None)


def read_profiles(documents: Iterable[tuple[str, str]]) -> Profiles:
    """Return the built-in profiles and those of shipped documents.

    Args:
        documents: each with its name and text; a document may extend one that stands before it.

    Raises:
        UsageError: what `parse_family` raises.
    """
    profiles = Profiles(
        MappingProxyType({name: ProfileFamily(profile) for name, profile in PROFILES.items()})
    )
    for name, text in documents:
        profiles, _ = profiles.with_document(text, name)
    return profiles


def _bases(profiles: Profiles) -> Mapping[str, Profile]:
    return {family.name: family.base for family in profiles}
