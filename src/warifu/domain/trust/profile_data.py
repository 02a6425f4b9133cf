"""Profiles as data: a TOML document becomes a family of rule sets, of which a release, role and features choose one.

A document says what it extends, how its settings and weights differ, and in which cases they differ
again (`[[when]]`, applied in order). Every fault of a document is told at once, with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from types import MappingProxyType

from warifu.domain.findings import Code, Severity
from warifu.domain.findings.text import Text
from warifu.domain.findings.toml_places import load_toml
from warifu.domain.trust.demands import ENCODINGS, EXTENTS, FORMS, KINDS, SUBJECT_FIELDS, Demands
from warifu.domain.trust.document import (
    DocumentReader,
    read_disputed,
    read_ends,
    read_hash,
    read_limits,
    read_oid,
    read_purpose,
)
from warifu.domain.trust.profile import Profile
from warifu.domain.trust.rules.marks import MARKS
from warifu.domain.x509 import Usage
from warifu.domain.x509.schemes import SCHEMES
from warifu.errors import UsageError

FORMAT = 1
TOPOLOGY = (
    "node",
    "nodes",
    "cluster",
    "mra-domains",
    "xmpp-domains",
    "chat-aliases",
    "cms-names",
    "phone-profiles",
)
_TOP = {
    "format", "name", "aliases", "title", "product", "extends", "revision", "source", "kind", "releases",
    "variants", "features", "settings", "weights", "when", "disputed", "validity", "purpose-ends", "reasons",
}  # fmt: skip
_WHEN = {"release", "variant", "feature", "settings", "weights"}
_WEIGHTS: Mapping[str, Severity | None] = {**{one.value: one for one in Severity}, "off": None}
_ANY = (1 << 31) - 1
_NUMBERS: Mapping[str, int] = {  # with the largest that can be meant: 0 stands for no limit
    "rsa-bits": 16384, "ec-bits": 521, "longest": _ANY, "rsa-most": 16384, "names-most": _ANY, "names-length": _ANY,
    "request-names-most": _ANY, "request-name-length": _ANY, "request-label-least": 63,
}  # fmt: skip
_SWITCHES = {
    "anchor-is-checked", "any-purpose", "wildcards-refused", "anchors-named-apart", "purposes-stated",
    "same-issuers", "dns-name-wanted",
}  # fmt: skip
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "form": ("", *FORMS),
    "encoding": ("", *ENCODINGS),
    "common-names": ("", *EXTENTS),
}
_LISTS: Mapping[str, tuple[str, ...]] = {
    "purposes": (),
    "weak-hashes": (),
    "marks-free": MARKS,
    "key-usages": tuple(usage.value for usage in Usage),
    "key-algorithms": ("RSA", "EC", "Ed25519", "Ed448"),
    "signature-schemes": SCHEMES,
    "directory-attributes": (),
    "topology": TOPOLOGY,
    "topology-also": TOPOLOGY,
    "request-subject": SUBJECT_FIELDS,
}
_READ: Mapping[str, Callable[[str, DocumentReader, str], str]] = {
    "purposes": read_purpose,
    "weak-hashes": read_hash,
    "directory-attributes": read_oid,
}
_DEMANDS = {one.name for one in fields(Demands)}
_ALSO = "topology_also"
_SETS = {"weak_hashes", "key_usages", "marks_free"}


@dataclass(frozen=True, slots=True)
class Overlay:
    """What differs in some cases.

    Args:
        releases: in which it applies; empty for all.
        variants: in which it applies; empty for all.
        features: all of which must be in use for it to apply.
    """

    releases: tuple[str, ...]
    variants: tuple[str, ...]
    features: tuple[str, ...]
    settings: Mapping[str, object]
    weights: Mapping[Code, Severity | None]

    def applies(self, release: str, variant: str, features: Sequence[str]) -> bool:
        """Tell whether it says something about this case."""
        return (
            (not self.releases or release in self.releases)
            and (not self.variants or variant in self.variants)
            and all(feature in features for feature in self.features)
        )


@dataclass(frozen=True, slots=True)
class ProfileFamily:
    """A rule set with its releases, roles and features.

    Args:
        base: what is the same in every case.
        aliases: other names of the same product.
        releases: known ones, oldest first.
        variants: roles of which one must be chosen.
        features: what may be in use.
    """

    base: Profile
    aliases: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    overlays: tuple[Overlay, ...] = ()

    @property
    def name(self) -> str:
        """The name it is chosen by."""
        return self.base.name

    def choose(self, release: str = "", variant: str = "", features: Sequence[str] = ()) -> Profile:
        """Return the rule set of one case.

        Args:
            release: any release of the product; the rules of the newest known one not after it hold.
                Empty means the newest known.

        Raises:
            UsageError: `trust.profile-release-unknown`, `trust.profile-release-too-old`,
                `trust.profile-variant-wanted`, `trust.profile-feature-unknown`.
        """
        known = self._release(release)
        if variant not in self.variants if self.variants else variant:
            raise UsageError(
                "trust.profile-variant-wanted",
                name=self.name,
                given=variant or "-",
                known=self.variants or "-",
            )
        wrong = [feature for feature in features if feature not in self.features]
        if wrong:
            known_features = self.features or "-"
            raise UsageError(
                "trust.profile-feature-unknown", name=self.name, given=wrong, known=known_features
            )
        chosen = tuple(feature for feature in self.features if feature in features)
        profile = replace(self.base, release=known, variant=variant, features=chosen)
        for overlay in self.overlays:
            if overlay.applies(known, variant, chosen):
                profile = _with(profile, overlay.settings, overlay.weights)
        shown = self.name + (f"@{known}" if known else "") + (f":{variant}" if variant else "")
        return replace(profile, name=shown + "".join(f"+{feature}" for feature in chosen))

    def _release(self, text: str) -> str:
        if not text:
            return self.releases[-1] if self.releases else ""
        asked = release_key(text)
        if not self.releases or not asked:
            known = self.releases or "-"
            raise UsageError("trust.profile-release-unknown", name=self.name, given=text, known=known)
        fitting = [known for known in self.releases if _whole(release_key(known)) <= _whole(asked)]
        if not fitting:
            raise UsageError(
                "trust.profile-release-too-old", name=self.name, given=text, oldest=self.releases[0]
            )
        return fitting[-1]


def release_key(text: str) -> tuple[int, ...]:
    """Return a release's numbers for comparing: `X14.2.5` gives (14, 2, 5); empty when it has none."""
    digits = "".join(char if char.isdigit() and char.isascii() else " " for char in text)
    return tuple(int(number[:9]) for number in digits.split())


def _whole(key: tuple[int, ...]) -> tuple[int, ...]:
    """Return a release's numbers without zeros at the end: 7 is 7.0."""
    while key and key[-1] == 0:
        key = key[:-1]
    return key


def parse_family(text: str, source: str, bases: Mapping[str, Profile]) -> ProfileFamily:
    """Return the family that a TOML document describes.

    Args:
        text: the document.
        source: what errors name: a path, or the name of a shipped document.
        bases: rule sets that it may extend, by name.

    Raises:
        UsageError: `trust.profile-not-toml`, or `trust.profile-faults` with one part for every fault.
    """
    document, line, reason = load_toml(text)
    if line:
        raise UsageError("trust.profile-not-toml", path=source, line=line, reason=reason)
    reader = DocumentReader(source, text)
    family = _family(document, reader, bases)
    if family is None:
        raise reader.problem("trust.profile-faults")
    reader.check("trust.profile-faults")
    return family


def _family(
    document: Mapping[str, object], reader: DocumentReader, bases: Mapping[str, Profile]
) -> ProfileFamily | None:
    reader.strangers(document, _TOP)
    if document.get("format") != FORMAT:
        reader.fault("trust.profile-wants-one-of", "format", document.get("format"), (str(FORMAT),))
    extends = reader.text(document, "extends") or "rfc5280"
    if extends not in bases:
        reader.fault("trust.profile-wants-one-of", "extends", extends, bases)
        return None
    kind = reader.text(document, "kind") or "identity"
    if kind not in KINDS:
        reader.fault("trust.profile-wants-one-of", "kind", kind, KINDS)
    base = replace(
        bases[extends],
        name=_named(document, reader),
        title=reader.spoken(document, "title"),
        product=reader.text(document, "product"),
        revision=reader.text(document, "revision", needed=True),
        source=reader.text(document, "source", needed=True),
        kind=kind,
        disputed=tuple(read_disputed(document, reader, _all_settings())),
        reasons=MappingProxyType(dict(_reasons(document, reader))),
    )
    read = {"validity": read_limits(document, reader), "purpose-ends": read_ends(document, reader)}
    dated = {key.replace("-", "_"): tuple(found) for key, found in read.items() if key in document}
    base = _with(base, {**_settings(document, reader), **dated}, _weights(document, reader))
    releases = reader.texts(document, "releases")
    if list(releases) != sorted(releases, key=release_key) or not all(map(release_key, releases)):
        reader.fault("trust.profile-releases-unordered", "releases", ", ".join(releases))
    variants, features = reader.texts(document, "variants"), reader.texts(document, "features")
    overlays = tuple(_overlays(document, reader, (releases, variants, features)))
    _uncrossed(base, overlays, reader)
    return ProfileFamily(base, reader.texts(document, "aliases"), releases, variants, features, overlays)


def _uncrossed(base: Profile, overlays: Sequence[Overlay], reader: DocumentReader) -> None:
    """Note where no RSA key is both large and small enough."""
    cases = {f"when[{at}].settings": one.settings for at, one in enumerate(overlays, start=1)}
    for where, settings in {"settings": {}, **cases}.items():
        merged = _with(base, settings, {})
        most = merged.demands.rsa_most
        if most and merged.rsa_bits > most:
            reader.fault("trust.profile-numbers-crossed", where, merged.rsa_bits, most=most)


def _reasons(document: Mapping[str, object], reader: DocumentReader) -> Iterator[tuple[Code, Text]]:
    for where, table in reader.tables(document, "reasons"):
        reader.strangers(table, ("rule", "because"), where)
        rule = reader.text(table, "rule", where, needed=True)
        because = reader.spoken(table, "because", where)
        if rule in set(Code):
            yield Code(rule), because
        else:
            reader.fault("trust.profile-wants-code", f"{where}rule", rule)


def _named(document: Mapping[str, object], reader: DocumentReader) -> str:
    name = reader.text(document, "name", needed=True)
    if name and not all(char.isascii() and (char.isalnum() or char in "-._") for char in name):
        reader.fault("trust.profile-name-unfit", "name", name)
    return name


def _overlays(
    document: Mapping[str, object],
    reader: DocumentReader,
    known: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
) -> Iterator[Overlay]:
    for where, table in reader.tables(document, "when"):
        reader.strangers(table, _WHEN, where)
        releases, variants, features = known
        yield Overlay(
            reader.texts(table, "release", where, releases or ("-",)),
            reader.texts(table, "variant", where, variants or ("-",)),
            reader.texts(table, "feature", where, features or ("-",)),
            _settings(table, reader, where),
            _weights(table, reader, where),
        )


def _all_settings() -> frozenset[str]:
    return frozenset({*_NUMBERS, *_SWITCHES, *_CHOICES, *_LISTS})


def _settings(document: Mapping[str, object], reader: DocumentReader, where: str = "") -> dict[str, object]:
    table = reader.table(document, "settings", where)
    inside = f"{where}settings."
    reader.strangers(table, _all_settings(), inside)
    found: dict[str, object] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if key in _NUMBERS:
            found[name] = reader.number(table, key, inside, 0, _NUMBERS[key])
        elif key in _SWITCHES:
            if not isinstance(value, bool):
                reader.fault("trust.profile-wants-switch", inside + key, value)
            found[name] = bool(value)
        elif key in _CHOICES:
            if value not in _CHOICES[key]:
                reader.fault("trust.profile-wants-one-of", inside + key, value, _CHOICES[key][1:])
            found[name] = value
        elif key in _LISTS:
            listed = reader.texts(table, key, inside, _LISTS[key])
            if key in _READ:
                listed = tuple(_READ[key](one, reader, inside + key) for one in listed)
            found[name] = frozenset(listed) if name in _SETS else listed
    usages = found.get("key_usages")
    if isinstance(usages, frozenset):
        found["key_usages"] = frozenset(one for one in Usage if one.value in usages)
    return found


def _weights(
    document: Mapping[str, object], reader: DocumentReader, where: str = ""
) -> dict[Code, Severity | None]:
    table = reader.table(document, "weights", where)
    found: dict[Code, Severity | None] = {}
    for key, value in table.items():
        place = f"{where}weights.{key}"
        if key not in set(Code):
            reader.fault("trust.profile-wants-code", place, key)
        elif not isinstance(value, str) or value not in _WEIGHTS:
            reader.fault("trust.profile-wants-one-of", place, value, _WEIGHTS)
        else:
            found[Code(key)] = _WEIGHTS[value]
    return found


def _with(
    profile: Profile, settings: Mapping[str, object], weights: Mapping[Code, Severity | None]
) -> Profile:
    """Return the profile with what differs; only `topology-also` adds to what was."""
    demands = {name: value for name, value in settings.items() if name in _DEMANDS}
    own = {name: value for name, value in settings.items() if name not in _DEMANDS and name != _ALSO}
    also = settings.get(_ALSO)
    if isinstance(also, tuple):
        demands["topology"] = tuple(dict.fromkeys((*profile.demands.topology, *also)))
    return replace(
        profile,
        demands=replace(profile.demands, **demands),  # type: ignore[arg-type]  # read by kind above
        weights=MappingProxyType({**profile.weights, **weights}),
        **own,  # type: ignore[arg-type]  # as above
    )
