"""What a certificate must be named after: a topology file, and the names that follow from it.

    format = 1
    name = "edge"
    cluster = "edge.example.com"
    nodes = ["edge1.example.com", "edge2.example.com"]
    mra-domains = ["example.com"]
    cms-names = ["https://join.example.com", "example.com"]

Which lists a certificate needs is the target's to say (`topology` of a profile); without a profile it is
all of them. `also` and `addresses` are always taken. Every fault of a file is told at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from warifu.domain.findings.toml_places import load_toml
from warifu.domain.trust.alternative_names import AlternativeName, host_of, read_names, without_repeats
from warifu.domain.trust.demands import SUBJECT_FIELDS
from warifu.domain.trust.document import DocumentReader
from warifu.domain.trust.profile import Profile
from warifu.domain.trust.profile_data import TOPOLOGY
from warifu.errors import UsageError

FORMAT = 1
ALWAYS = ("addresses", "also")
ORDER = ("cluster", *(one for one in TOPOLOGY if one != "cluster"), *ALWAYS)
"""The order in which names come: the one that stands for all first."""
_TOP = ("format", "name", *TOPOLOGY, *ALWAYS, "subject")


@dataclass(frozen=True, slots=True)
class Topology:
    """Who answers to what.

    Args:
        name: what the certificate is called among requests; empty where the file does not say.
        lists: names by the key they stand under, each read.
        subject: fields of the subject, by the names of `SUBJECT_FIELDS`.
        source: the file.
    """

    name: str = ""
    lists: Mapping[str, tuple[AlternativeName, ...]] = field(default_factory=lambda: MappingProxyType({}))
    subject: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    source: str = "-"

    @property
    def subject_text(self) -> str:
        """The subject as RFC 4514 text; empty where the file does not say."""
        return ",".join(
            f"{_KEYWORDS[name]}={escaped(self.subject[name])}"
            for name in SUBJECT_FIELDS
            if name in self.subject
        )


_KEYWORDS = {
    "common-name": "CN",
    "organizational-unit": "OU",
    "organization": "O",
    "locality": "L",
    "state": "ST",
    "country": "C",
    "email": "1.2.840.113549.1.9.1",
}


def escaped(value: str) -> str:
    """Return an attribute's value as RFC 4514 §2.4 writes it."""
    text = "".join(f"\\{sign}" if sign in '",+;<>\\=' else sign for sign in value)
    if text.startswith(("#", " ")):
        text = f"\\{text}"
    return f"{text[:-1]}\\ " if text.endswith(" ") and len(value) > 1 else text


def parse_topology(text: str, source: str) -> Topology:
    """Return the topology of a TOML document.

    Raises:
        UsageError: `renewal.topology-not-toml`, or `renewal.topology-faults` with one part for every fault.
    """
    document, line, reason = load_toml(text)
    if line:
        raise UsageError("renewal.topology-not-toml", path=source, line=line, reason=reason)
    reader = DocumentReader(source, text)
    reader.strangers(document, _TOP)
    if document.get("format") != FORMAT:
        reader.fault("trust.profile-wants-one-of", "format", document.get("format"), (str(FORMAT),))
    lists = {key: tuple(_listed(document, key, reader)) for key in ORDER if key in document}
    subject = _subject(document, reader)
    found = Topology(reader.text(document, "name"), MappingProxyType(lists), subject, source)
    if not reader.faults and not any(lists.values()):
        reader.fault("renewal.topology-empty", "nodes", "-", ORDER)
    reader.check("renewal.topology-faults")
    return found


def needed_names(topology: Topology, profile: Profile | None) -> tuple[AlternativeName, ...]:
    """Return every name that the certificate needs, each once, the one that stands for all first.

    Raises:
        UsageError: `renewal.topology-lacks`, with one part for every list that the target asks for and the file
            does not hold.
    """
    asked = profile.demands.topology if profile is not None else ()
    lacking = [key for key in asked if not topology.lists.get(key)]
    if profile is not None and lacking:
        problem = UsageError("renewal.topology-lacks", path=topology.source, profile=profile.name)
        problem.parts = tuple(
            UsageError("renewal.topology-list-missing", path=topology.source, key=key) for key in lacking
        )
        raise problem
    taken = (*asked, *ALWAYS) if asked else ORDER
    return without_repeats(name for key in ORDER if key in taken for name in topology.lists.get(key, ()))[0]


def _listed(document: Mapping[str, object], key: str, reader: DocumentReader) -> Iterator[AlternativeName]:
    value = document[key]
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        reader.fault("trust.profile-wants-texts", key, value)
        return
    for one in listed:
        try:
            yield from read_names(host_of(one), key)
        except UsageError as problem:
            reader.faults += [
                UsageError("renewal.topology-name-unfit", path=reader.source, key=key, name=one)
                for _ in problem.parts
            ]


def _subject(document: Mapping[str, object], reader: DocumentReader) -> Mapping[str, str]:
    table = reader.table(document, "subject", "")
    reader.strangers(table, SUBJECT_FIELDS, "subject.")
    return MappingProxyType(
        {key: reader.text(table, key, "subject.", needed=True) for key in SUBJECT_FIELDS if key in table}
    )
