"""Profiles by name: the built-in ones, those that are shipped, and a file of the user's."""

from __future__ import annotations

from warifu.domain.trust import Profile
from warifu.domain.trust.document import line_of
from warifu.domain.trust.profile import PROFILES
from warifu.domain.trust.profile_data import ProfileFamily
from warifu.domain.trust.profiles import Profiles, read_profiles
from warifu.errors import UsageError
from warifu.ports.files import Files
from warifu.ports.library import Library

KIND = "profiles"
_SUFFIX = ".toml"


def load_profiles(library: Library) -> Profiles:
    """Return every profile that comes with the program.

    Raises:
        UsageError: a shipped document has faults.
        CouldNotLookError: `io.data-missing`.
    """
    return read_profiles((name, library.text(KIND, name)) for name in library.names(KIND))


def choose_profile(text: str, library: Library, files: Files) -> Profile:
    """Return the profile that a text names: `NAME[@RELEASE][:ROLE][+FEATURE]...`, NAME also the path of a TOML file.

    Raises:
        UsageError: no such profile, release, role or feature, or the file has faults.
        CouldNotLookError: `io.cannot-read`.
    """
    profiles, name = with_file(text, load_profiles(library), files)
    return profiles.choose(name)


def choose_family(text: str, library: Library, files: Files) -> ProfileFamily:
    """Return the family that a text names, whichever case of it is asked for.

    Raises:
        UsageError: no such profile, or the file has faults.
        CouldNotLookError: `io.cannot-read`.
    """
    profiles, name = with_file(text, load_profiles(library), files)
    return profiles.family(name)


def profile_text(text: str, library: Library) -> str:
    """Return the shipped document of a profile, to begin a file of one's own with.

    Raises:
        UsageError: `trust.profile-unknown`, `trust.profile-has-no-document`.
    """
    name = load_profiles(library).family(text).name
    if name in PROFILES:
        raise UsageError("trust.profile-has-no-document", name=name)
    return library.text(KIND, name)


def with_file(text: str, profiles: Profiles, files: Files) -> tuple[Profiles, str]:
    """Return the profiles with the one of a file, where the text names a file, and the text to choose it by.

    Raises:
        UsageError: the file has faults.
        CouldNotLookError: `io.cannot-read`.
    """
    path, dot, choice = text.partition(_SUFFIX)
    if not dot:
        return profiles, text
    path += dot
    if not files.exists(path):
        raise UsageError("io.no-such-file", path=path)
    try:
        document = files.read(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            "trust.profile-not-toml", path=path, line=line_of(error), reason="not-text"
        ) from error
    found, family = profiles.with_document(document, path)
    return found, family.name + choice
