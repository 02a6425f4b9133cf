"""What issuers will sign, and from which day on: dated rules as data, one TOML document an issuer.

Dates of public CAs moved more than once within a year, so each stands with its source, and where sources
disagree the document says so. A document may stand on another one (`extends`): the stricter of both holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from warifu.domain.findings.text import Text
from warifu.domain.findings.toml_places import load_toml
from warifu.domain.trust.demands import Disputed, PurposeEnd, ValidityLimit
from warifu.domain.trust.document import (
    DocumentReader,
    read_disputed,
    read_ends,
    read_limits,
)
from warifu.domain.x509 import DistinguishedName
from warifu.errors import UsageError

FORMAT = 1
_TOP = {
    "format", "name", "aliases", "title", "extends", "revision", "source", "organizations", "validity",
    "purpose-ends", "disputed",
}  # fmt: skip
_RULES = ("validity", "purpose-ends")
_ORGANIZATION = "2.5.4.10="


@dataclass(frozen=True, slots=True)
class IssuerRules:
    """What one issuer, or every public one, will sign.

    Args:
        organizations: by which it is recognised in an issuer's name (O); none means by its own name alone.
        base: rules that hold for it besides.
    """

    name: str
    title: Text
    revision: str
    source: str
    aliases: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    validity: tuple[ValidityLimit, ...] = ()
    purpose_ends: tuple[PurposeEnd, ...] = ()
    disputed: tuple[Disputed, ...] = ()
    base: IssuerRules | None = None

    def limit_at(self, issued: datetime) -> ValidityLimit | None:
        """Return how long a leaf may last that is issued at an instant; of two rules the shorter."""
        begun = [one for one in self.validity if one.issued_from <= issued]
        own = max(begun, key=lambda one: one.issued_from, default=None)
        above = self.base.limit_at(issued) if self.base is not None else None
        return min((one for one in (own, above) if one is not None), key=lambda one: one.days, default=None)

    def end_of(self, purpose: str) -> PurposeEnd | None:
        """Return from when on it gives a purpose no more; of two rules the earlier."""
        own = [one for one in self.purpose_ends if one.purpose == purpose]
        above = self.base.end_of(purpose) if self.base is not None else None
        ends = (*own, above) if above is not None else tuple(own)
        return min(ends, key=lambda one: one.issued_from, default=None)

    def dates(self) -> Iterator[datetime]:
        """Yield every instant at which a rule begins."""
        yield from (one.issued_from for one in self.validity)
        yield from (one.issued_from for one in self.purpose_ends)
        if self.base is not None:
            yield from self.base.dates()

    def signs_as(self, issuer: DistinguishedName) -> bool:
        """Tell whether an issuer's name is one of its names."""
        parts = issuer.folded.replace("\x1f", "\x1e").split("\x1e")
        named = {part.removeprefix(_ORGANIZATION) for part in parts if part.startswith(_ORGANIZATION)}
        return any(" ".join(one.casefold().split()) in named for one in self.organizations)


@dataclass(frozen=True, slots=True)
class KnownIssuers:
    """Every issuer with rules at hand, by name."""

    rules: Mapping[str, IssuerRules]

    def choose(self, name: str) -> IssuerRules:
        """Return the rules of a name or alias.

        Raises:
            UsageError: `renewal.issuer-unknown`.
        """
        wanted = name.strip().casefold()
        for one in self.rules.values():
            if wanted == one.name or wanted in one.aliases:
                return one
        raise UsageError("renewal.issuer-unknown", name=name, known=tuple(self.rules))

    def recognise(self, issuer: DistinguishedName) -> IssuerRules | None:
        """Return the rules of who signs under a name; None for a CA that none of them is about."""
        return next((one for one in self.rules.values() if one.signs_as(issuer)), None)


def read_issuers(documents: Iterable[tuple[str, str]]) -> KnownIssuers:
    """Return the issuers of documents, in any order.

    Args:
        documents: each with what errors name it by, and its text.

    Raises:
        UsageError: what `parse_issuer` raises.
    """
    waiting = dict(documents)
    known: dict[str, IssuerRules] = {}
    while waiting:
        ready = [name for name in waiting if _extends(waiting[name]) not in set(waiting) - {name}]
        for name in ready or list(waiting):  # in a circle each extends what is not known
            rules = parse_issuer(waiting.pop(name), name, known)
            known[rules.name] = rules
    return KnownIssuers(dict(sorted(known.items())))


def _extends(text: str) -> str:
    found = load_toml(text)[0].get("extends")
    return found if isinstance(found, str) else ""


def parse_issuer(text: str, source: str, bases: Mapping[str, IssuerRules]) -> IssuerRules:
    """Return the rules that a TOML document states.

    Raises:
        UsageError: `renewal.issuer-not-toml`, or `renewal.issuer-faults` with one part for every fault.
    """
    document, line, reason = load_toml(text)
    if line:
        raise UsageError("renewal.issuer-not-toml", path=source, line=line, reason=reason)
    reader = DocumentReader(source, text)
    reader.strangers(document, _TOP)
    if document.get("format") != FORMAT:
        reader.fault("trust.profile-wants-one-of", "format", document.get("format"), (str(FORMAT),))
    extends = reader.text(document, "extends")
    if extends and extends not in bases:
        reader.fault("trust.profile-wants-one-of", "extends", extends, bases)
    rules = IssuerRules(
        name=reader.text(document, "name", needed=True),
        title=reader.spoken(document, "title"),
        revision=reader.text(document, "revision", needed=True),
        source=reader.text(document, "source", needed=True),
        aliases=reader.texts(document, "aliases"),
        organizations=reader.texts(document, "organizations"),
        validity=tuple(read_limits(document, reader)),
        purpose_ends=tuple(read_ends(document, reader)),
        disputed=tuple(read_disputed(document, reader, _RULES)),
        base=bases.get(extends),
    )
    reader.check("renewal.issuer-faults")
    return rules
