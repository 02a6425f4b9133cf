"""Names of a subjectAltName with their kinds, as text: read in every form people copy them in, written in one.

`DNS:a.x, DNS:b.x` (openssl), `DNS Name=a.x` (Windows), one name a line, or bare names: an address stands
for an iPAddress whatever was written before it, since clients never look for one among DNS names.

Spec: RFC 5280 §4.2.1.6 with RFC 1034 §3.5 (preferred name syntax) and RFC 1123 §2.1 (the last label of a DNS name is
no number: such a text is a mistyped address); RFC 9525 §2 (an iPAddress is not a dNSName).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from cryptography import x509

from warifu.domain.trust.spelling import is_dns_name
from warifu.domain.x509 import Certificate, GeneralNames, Quietly, Request
from warifu.domain.x509.damaged import UNREADABLE
from warifu.domain.x509.host_names import to_a_labels
from warifu.domain.x509.parts import name_of
from warifu.errors import UsageError

_LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")
_LONGEST = 253  # characters of a DNS name, RFC 1035 §2.3.4
_BETWEEN = re.compile(r"[,;\n\r]+")
_MARK = re.compile(r"(?P<kind>[A-Za-z][A-Za-z0-9\s]*)[:=](?P<name>.+)", re.DOTALL)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?P<host>\[[^\]]+\]|[^/:?#\s]+)\S*")
_TEXT_TAGS = (b"\x0c", b"\x13", b"\x16")  # UTF8String, PrintableString, IA5String, ITU-T X.680 §8
_AT = re.compile(r"[^@\s]+@[^@\s]+")


class NameKind(StrEnum):
    """A kind of general name that requests may ask for, spelt as openssl spells it."""

    DNS = "DNS"
    IP = "IP"
    EMAIL = "email"
    URI = "URI"


_SPELT: Mapping[str, NameKind] = MappingProxyType(
    {
        "dns": NameKind.DNS,
        "dns name": NameKind.DNS,
        "dnsname": NameKind.DNS,
        "ip": NameKind.IP,
        "ip address": NameKind.IP,
        "ipaddress": NameKind.IP,
        "email": NameKind.EMAIL,
        "rfc822 name": NameKind.EMAIL,
        "rfc822name": NameKind.EMAIL,
        "uri": NameKind.URI,
        "url": NameKind.URI,
        "uniformresourceidentifier": NameKind.URI,
    }
)


@dataclass(frozen=True, slots=True, order=True)
class AlternativeName:
    """One name with its kind, as it will be written."""

    kind: NameKind
    text: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.text}"

    @property
    def folded(self) -> tuple[NameKind, str]:
        """What decides whether two are the same: case does not count, nor does a DNS name's final dot."""
        return self.kind, self.text.rstrip(
            "."
        ).casefold() if self.kind is NameKind.DNS else self.text.casefold()


def read_names(text: str, where: str = "-") -> tuple[AlternativeName, ...]:
    """Return the names of a text, in order, repeats included.

    Args:
        text: names with commas, semicolons or line ends between, each with its kind before it or without.
        where: what errors name: an option, a key of a file.

    Raises:
        UsageError: `renewal.names-unfit`, with one part for every name that can stand in no certificate.
    """
    found: list[AlternativeName] = []
    faults: list[UsageError] = []
    for piece in _BETWEEN.split(text):
        if not piece.strip():
            continue
        try:
            found.append(_read(piece.strip(), where))
        except UsageError as fault:
            faults.append(fault)
    if faults:
        problem = UsageError("renewal.names-unfit", where=where, count=len(faults))
        problem.parts = tuple(faults)
        raise problem
    return tuple(found)


def host_of(text: str) -> str:
    """Return the host of a URL; what is no URL stays as it is."""
    found = _URL.fullmatch(text.strip())
    return found["host"].strip("[]") if found else text.strip()


def list_bare(names: Iterable[AlternativeName]) -> str:
    """Return names as forms of appliances want them: without kinds, commas between, no spaces."""
    return ",".join(name.text for name in names)


def list_typed(names: Iterable[AlternativeName]) -> str:
    """Return names as openssl shows them: `DNS:a.x, IP:192.0.2.1`."""
    return ", ".join(str(name) for name in names)


def without_repeats(
    names: Iterable[AlternativeName],
) -> tuple[tuple[AlternativeName, ...], tuple[AlternativeName, ...]]:
    """Return the names, each once as it stood first, and those that were said again."""
    kept: dict[tuple[NameKind, str], AlternativeName] = {}
    again: list[AlternativeName] = []
    for name in names:
        if name.folded in kept:
            again.append(name)
        else:
            kept[name.folded] = name
    return tuple(kept.values()), tuple(again)


def names_of(certificate: Certificate) -> tuple[AlternativeName, ...]:
    """Return the names that clients look for in a certificate.

    Without a subjectAltName those are its common names, as older clients take them (RFC 9525 §1.1 ends that).
    """
    if certificate.names is not None:
        return tuple(_carried(certificate.names))
    return tuple(name for common in certificate.subject.common_names for name in _as_host(common))


def rarer_names_of(certificate: Certificate) -> tuple[str, ...]:
    """Return the names of kinds that requests never ask for, as text, each once: directory names, other names, ids."""
    if certificate.names is None:
        return ()
    with Quietly():
        try:
            listed = certificate.legible.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except (x509.ExtensionNotFound, *UNREADABLE):
            return tuple(f"dirName:{name}" for name in certificate.names.directory)
        return tuple(dict.fromkeys(filter(None, map(_rarer, listed))))


def _rarer(name: x509.GeneralName) -> str:
    match name:
        case x509.OtherName():  # the value in DER: a text shows itself, all else is shown as it stands
            value = name.value[2:] if name.value[:1] in _TEXT_TAGS else b""
            text = value.decode("utf-8", "replace")
            shown = text if text and text.isprintable() else name.value.hex()
            return f"otherName:{name.type_id.dotted_string};{shown}"
        case x509.DirectoryName():
            return f"dirName:{name_of(name.value).text}"
        case x509.RegisteredID():
            return f"RID:{name.value.dotted_string}"
        case _:
            return ""


def names_of_request(request: Request) -> tuple[AlternativeName, ...]:
    """Return the names that a request asks for in its subjectAltName."""
    with Quietly():
        try:
            found = request.parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except (x509.ExtensionNotFound, *UNREADABLE):
            return ()
        return tuple(
            _carried(
                GeneralNames(
                    dns=tuple(found.get_values_for_type(x509.DNSName)),
                    ip=tuple(found.get_values_for_type(x509.IPAddress)),
                    email=tuple(found.get_values_for_type(x509.RFC822Name)),
                    uri=tuple(found.get_values_for_type(x509.UniformResourceIdentifier)),
                )
            )
        )


def _carried(names: GeneralNames) -> Iterator[AlternativeName]:
    yield from (AlternativeName(NameKind.DNS, text) for text in names.dns)
    yield from (AlternativeName(NameKind.IP, str(address)) for address in names.ip)
    yield from (AlternativeName(NameKind.EMAIL, text) for text in names.email)
    yield from (AlternativeName(NameKind.URI, text) for text in names.uri)


def _as_host(common: str) -> Iterator[AlternativeName]:
    try:
        name = _plain(common.strip(), common)
    except UsageError:
        return
    if name.kind in {NameKind.DNS, NameKind.IP} and "." in name.text:
        yield name


def _read(piece: str, where: str) -> AlternativeName:
    marked = _MARK.fullmatch(piece)
    kind = _SPELT.get(marked["kind"].strip().casefold()) if marked else None
    if marked is None or kind is None:
        return _plain(piece, where)
    text = marked["name"].strip()
    if kind is NameKind.URI:
        if not _URL.fullmatch(text):
            raise UsageError("renewal.name-unfit", name=piece, where=where)
        return AlternativeName(kind, text)
    read = _plain(text, where)
    fits = {NameKind.DNS: (NameKind.DNS, NameKind.IP), NameKind.IP: (NameKind.IP,), NameKind.EMAIL: (kind,)}
    if read.kind not in fits[kind]:
        raise UsageError("renewal.name-unfit", name=piece, where=where)
    return read


def _plain(text: str, where: str) -> AlternativeName:
    """Return a name without a kind before it: its form tells which it is."""
    try:
        return AlternativeName(NameKind.IP, str(ipaddress.ip_address(text.strip("[]"))))
    except ValueError:
        pass
    if _URL.fullmatch(text):
        return AlternativeName(NameKind.URI, text)
    if _AT.fullmatch(text) and text.isascii():
        return AlternativeName(NameKind.EMAIL, text)
    name = _as_labels(text.rstrip("."))
    labels = name.split(".")
    plain = labels[1:] if labels[0] == "*" and len(labels) > 1 else labels
    if len(name) > _LONGEST or not all(_LABEL.fullmatch(label) for label in plain):
        raise UsageError("renewal.name-unfit", name=text, where=where)
    if plain[-1].isdecimal():
        raise UsageError("renewal.name-numeric", name=text, where=where)
    if not is_dns_name(name.replace("_", "x")):  # servers' names of their own have them
        raise UsageError("renewal.name-hyphen", name=text, where=where)
    return AlternativeName(NameKind.DNS, name)


def _as_labels(name: str) -> str:
    """Return a DNS name in the letters that certificates hold (RFC 5890 A-labels)."""
    try:
        return name if name.isascii() else to_a_labels(name)
    except ValueError:
        return name
