"""What Windows' and NSS's `certutil` and Java's `keytool` print, in English and in Japanese.

Windows prints dates in its own local form and zone; they count to the day, and not at all where day and month could
be taken for each other. Sources: Microsoft Learn, "certutil"; OpenJDK `keytool` and its Japanese resources, run;
NSS `certutil`, run. Windows' Japanese labels are known from Japanese screens only, so several spellings are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from warifu.domain.diagnosis.dumps import read_dump
from warifu.domain.diagnosis.listing import (
    Entry,
    Listing,
    blocks,
    counted,
    instant_of,
    key_id_of,
    of_certificate,
)
from warifu.domain.x509 import read
from warifu.errors import UsageError

_BLOCK = re.compile(r"^={5,20} (?:Certificate|証明書) (\d{1,6}) ={5,20}\s*$", re.MULTILINE)
_WINDOWS_STORE = re.compile(r'^\s*(\S+) "[^"\n]{1,80}"\s*$', re.MULTILINE)
_LABELS = {
    "serial number": "serial",
    "シリアル番号": "serial",
    "issuer": "issuer",
    "発行者": "issuer",
    "subject": "subject",
    "サブジェクト": "subject",
    "notbefore": "not_before",
    "この日以降": "not_before",
    "有効期間の開始": "not_before",
    "notafter": "not_after",
    "この日まで": "not_after",
    "この日以前": "not_after",
    "有効期間の終了": "not_after",
    "cert hash(sha1)": "sha1",
    "証明書のハッシュ(sha1)": "sha1",
    "証明書ハッシュ(sha1)": "sha1",
    "cert hash(sha256)": "sha256",
    "証明書のハッシュ(sha256)": "sha256",
    "証明書ハッシュ(sha256)": "sha256",
    "owner": "subject",
    "所有者": "subject",
    "sha1": "sha1",
    "sha256": "sha256",
    "entry type": "kind",
    "エントリ・タイプ": "kind",
}
_LINE = re.compile(r"^\s*([^:：\n]{2,40}?)\s*[:：][ \t]*(.*?)\s*$", re.MULTILINE)
_WINDOWS_KEY_ID = re.compile(
    r"(?:Subject Key Identifier|サブジェクト キー識別子)[^\n]*\n\s*((?:[0-9a-fA-F]{2} ?){16,64})\s*$",
    re.MULTILINE,
)
_HEX = re.compile(r"[^0-9a-fA-F]")

_KEYTOOL = re.compile(
    r"(?:Your keystore contains|キーストアには)\s*([\d,]{1,12})\s*(?:entr(?:y|ies)|エントリが含まれます)"
)
_JAVA_ALIAS = re.compile(r"^(?:Alias name|別名):[ \t]*(.*?)\s*$", re.MULTILINE)
_JAVA_DATES = re.compile(r"^(?:Valid from|有効期間の開始日): (.*?)(?: until|終了日): (.*)$", re.MULTILINE)
_JAVA_KEY_ID = re.compile(
    r"^SubjectKeyIdentifier \[\nKeyIdentifier \[\n((?:[0-9a-fA-F]{4}: [^\n]*\n){1,8})", re.MULTILINE
)
_JAVA_ROW = re.compile(r"[0-9a-fA-F]{4}: ((?:[0-9A-F]{2}[ -]{1,3}){1,16})")
_JAVA_SHORT = re.compile(
    r"^(?P<alias>.+?), ?(?P<date>[^\n]{6,30}?), (?P<kind>\w+Entry), ?\n"
    r"(?:Certificate fingerprint|証明書のフィンガプリント) ?\(SHA-?(?P<size>1|256)\): (?P<hash>[0-9A-F:]{59,95})\s*$",
    re.MULTILINE,
)

_NSS = re.compile(r"^Certificate Nickname\s+Trust Attributes\s*\n[^\n]*SSL,S/MIME,JAR/XPI\s*$", re.MULTILINE)
_NICKNAME = re.compile(
    r"^(?P<name>\S.*?)\s+(?P<trust>[a-zA-Z]{0,8},[a-zA-Z]{0,8},[a-zA-Z]{0,8})\s*$", re.MULTILINE
)


def is_windows_listing(text: str) -> bool:
    """Tell whether it is an output of Windows' `certutil`."""
    return _BLOCK.search(text) is not None


def is_keytool_listing(text: str) -> bool:
    """Tell whether it is an output of `keytool -list`."""
    return _KEYTOOL.search(text) is not None


def is_nss_listing(text: str) -> bool:
    """Tell whether it is an output of NSS's `certutil -L`."""
    return _NSS.search(text) is not None or "Certificate Trust Flags:" in text


def read_windows_listing(text: str, source: str = "") -> Listing:
    """Return what `certutil -store` lists."""
    entries = []
    for start, block in blocks(_BLOCK, text):
        key_id = _WINDOWS_KEY_ID.search(block)
        entries.append(_labelled(start[1], block, key_id[1] if key_id else ""))
    store = _WINDOWS_STORE.search(text.partition("=====")[0])
    return Listing("certutil", tuple(entries), source, store[1] if store else "")


def _labelled(label: str, block: str, key_id: str) -> Entry:
    fields: dict[str, str] = {}
    for found in _LINE.finditer(block):
        name = _LABELS.get(found[1].strip().lower())
        if name:
            fields.setdefault(name, found[2].strip())
    return Entry(
        label,
        fields.get("subject", ""),
        fields.get("issuer", ""),
        _HEX.sub("", fields.get("serial", "")).lower().lstrip("0"),
        key_id_of(key_id),
        _HEX.sub("", fields.get("sha1", "")).lower(),
        _HEX.sub("", fields.get("sha256", "")).lower(),
        instant_of(fields.get("not_before", "")),
        instant_of(fields.get("not_after", "")),
        kind=fields.get("kind", ""),
    )


def read_keytool_listing(text: str, source: str = "") -> Listing:
    """Return what `keytool -list` lists, short, with `-v` or with `-rfc`; of a key's chain its first certificate.

    Raises:
        UsageError: `diagnosis.listing-count`, `diagnosis.listing-unknown`.
    """
    plain = text.replace("\r\n", "\n")
    head = _KEYTOOL.search(plain)
    if head is None:
        raise UsageError("diagnosis.listing-unknown", path=source)
    body = plain[head.end() :]
    entries = list(_java_blocks(body)) or list(_java_short(body))
    return Listing("keytool", counted(entries, head[1].replace(",", ""), "keytool", source), source)


def _java_blocks(body: str) -> Iterator[Entry]:
    for start, block in blocks(_JAVA_ALIAS, body):
        certificates = read(block.encode()).certificates if "-----BEGIN " in block else ()
        if certificates:
            yield of_certificate(certificates[0], start[1], _labelled("", block, "").kind)
        else:
            yield _java_entry(start[1], block)


def _java_entry(alias: str, block: str) -> Entry:
    first = block.partition("\nCertificate[2]:")[0].partition("\n証明書[2]:")[0]
    rows = _JAVA_KEY_ID.search(first)
    key_id = "".join(_HEX.sub("", row) for row in _JAVA_ROW.findall(rows[1])) if rows else ""
    entry = _labelled(alias, first, key_id)
    dates = _JAVA_DATES.search(first)
    if dates is None:
        return entry
    return replace(entry, not_before=instant_of(dates[1]), not_after=instant_of(dates[2]))


def _java_short(body: str) -> Iterator[Entry]:
    for found in _JAVA_SHORT.finditer(body):
        digest = found["hash"].replace(":", "").lower()
        is_short = found["size"] == "1"
        yield Entry(
            found["alias"],
            sha1=digest if is_short else "",
            sha256="" if is_short else digest,
            kind=found["kind"],
        )


def read_nss_listing(text: str, source: str = "") -> Listing:
    """Return what NSS's `certutil -L` lists: nicknames with their trust, or the dump of one certificate."""
    head = _NSS.search(text)
    if head is None:
        return Listing("certutil-nss", (read_dump(text, ""),), source)
    rows = _NICKNAME.finditer(text, head.end())
    return Listing("certutil-nss", tuple(Entry(row["name"], kind=row["trust"]) for row in rows), source)
