"""The text dump of a certificate, as OpenSSL (`x509 -text`) and NSS (`certutil -L -n`) print it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from warifu.domain.diagnosis.listing import Entry, instant_of, key_id_of

_USAGES = {
    "digital signature": "digitalSignature",
    "non repudiation": "contentCommitment",
    "key encipherment": "keyEncipherment",
    "data encipherment": "dataEncipherment",
    "key agreement": "keyAgreement",
    "certificate sign": "keyCertSign",
    "certificate signing": "keyCertSign",
    "crl sign": "cRLSign",
    "crl signing": "cRLSign",
}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9 .()-]{2,60}")
_HEX = re.compile(r"^\s*[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2})*:?\s*$")


def read_dump(text: str, label: str, kind: str = "") -> Entry:
    """Return the entry of one dump; what it does not show stays empty."""
    fields: dict[str, str] = {}
    for name, value in _fields(text):
        fields.setdefault(name, value)
    constraints = fields.get("x509v3 basic constraints", fields.get("certificate basic constraints", ""))
    usages = (_USAGES.get(one.strip().lower()) for one in _usage(fields).split(","))
    return Entry(
        label,
        _unquoted(fields.get("subject", "")),
        _unquoted(fields.get("issuer", "")),
        _serial(fields.get("serial number", "")),
        key_id_of(fields.get("x509v3 subject key identifier", fields.get("certificate subject key id", ""))),
        _digest(fields.get("fingerprint (sha1)", "")),
        _digest(fields.get("fingerprint (sha-256)", "")),
        not_before=instant_of(fields.get("not before", "")),
        not_after=instant_of(fields.get("not after", "")),
        key_usage=tuple(sorted(one for one in usages if one)),
        is_ca=None if not constraints else "ca:true" in constraints.lower().replace(" ", ""),
        kind=kind,
        is_dumped=bool(fields.get("subject")),
    )


def _digest(octets: str) -> str:
    return octets.replace(":", "").lower()


def _unquoted(name: str) -> str:
    """Return a name without the quotes that NSS puts around it; OpenSSL's quotes of its last value stay."""
    return name[1:-1] if name[:1] == name[-1:] == '"' else name


def _usage(fields: dict[str, str]) -> str:
    return fields.get("x509v3 key usage", fields.get("usages", ""))


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and value of each line that has a name; an empty value is continued by the lines below."""
    lines = text.splitlines()
    extension = ""
    for number, line in enumerate(lines):
        shown, colon, value = (one.strip() for one in line.partition(":"))
        if not colon or not _NAME.fullmatch(shown) or _HEX.match(line):
            continue
        name = shown.lower()
        if name == "name":  # NSS: the extension's name stands in a field of its own
            extension = value.lower()
        elif name == "data" and not value and extension:
            yield extension, _below(lines, number)
        else:
            critical = value.lower() == "critical"
            yield name, _below(lines, number) if critical or not value else value


def _below(lines: list[str], number: int) -> str:
    """Return what stands below a line: octets over several lines as one, else the next line."""
    octets = []
    for line in lines[number + 1 : number + 20]:
        if not _HEX.match(line):
            break
        octets.append(line.strip().rstrip(":"))
    if octets:
        return ":".join(octets)
    return lines[number + 1].strip() if number + 1 < len(lines) else ""


def _serial(text: str) -> str:
    """Return a serial number in hexadecimal: printed as `1 (0x1)` when it is short, as octets when it is long."""
    found = re.search(r"\((?:-)?0x([0-9a-fA-F]+)\)", text)
    plain = found[1] if found else text.replace(":", "").strip()
    return plain.lower().lstrip("0") or ("0" if plain else "")
