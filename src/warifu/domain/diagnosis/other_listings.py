"""What Windows' and NSS's `certutil` and Java's `keytool` print, in English and in Japanese.

Windows prints dates in its own local form and zone; they count as days of an unknown zone, and not at all where no
date of the output tells day and month apart. Sources: Microsoft Learn, "certutil"; OpenJDK `keytool` and its Japanese resources, run;
NSS `certutil`, run. Windows' Japanese labels are known from Japanese screens only, so several spellings are taken.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from warifu.domain.diagnosis.dumps import read_dump
from warifu.domain.diagnosis.listing import (
    Entry,
    Listing,
    blocks,
    counted,
    day_of,
    instant_of,
    key_id_of,
    lines_of,
    month_comes_first,
    of_printed,
    value_of,
)
from warifu.errors import UsageError

_BLOCK = re.compile(r"={5,20} (?:Certificate|証明書) (\d{1,6}) ={5,20}")
_COMPLETED = re.compile(r"CertUtil: .{0,60}(?:completed successfully|正常に完了)")
_WINDOWS_STORE = re.compile(r'(\S+) "[^"]{1,80}"')
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
_COLON = re.compile("[:：]")
_KEY_ID_NAMES = ("Subject Key Identifier", "サブジェクト キー識別子")
_PAIRS = re.compile(r"(?:[0-9a-fA-F]{2} ?){16,64}")
_HEX = re.compile(r"[^0-9a-fA-F]")

_KEYTOOL = re.compile(
    r"(?:Your keystore contains|キーストアには) ?([\d,]{1,12}) ?(?:entr(?:y|ies)|エントリが含まれます)"
)
_JAVA_DATES = re.compile(r"(?:Valid from|有効期間の開始日): (.*?)(?: until|終了日): (.*)")
_JAVA_ROW = re.compile(r"[0-9a-fA-F]{4}: ((?:[0-9A-F]{2}[ -]{1,3}){1,16})")
_JAVA_PRINT = re.compile(
    r"(?:Certificate fingerprint|証明書のフィンガプリント) ?\(SHA-?(1|256)\): ([0-9A-F:]{59,95})"
)
_JAVA_DATE_SIZE = range(6, 31)

_NSS_TRUST = re.compile(r"[a-zA-Z]{0,8},[a-zA-Z]{0,8},[a-zA-Z]{0,8}")


def is_windows_listing(text: str) -> bool:
    """Tell whether it is an output of Windows' `certutil`."""
    return any(_block(line) for line in lines_of(text))


def is_keytool_listing(text: str) -> bool:
    """Tell whether it is an output of `keytool -list`."""
    return any(_KEYTOOL.search(line) for line in lines_of(text))


def is_nss_listing(text: str) -> bool:
    """Tell whether it is an output of NSS's `certutil -L`."""
    return _nss_head(lines_of(text)) is not None or "Certificate Trust Flags:" in text


def read_windows_listing(text: str, source: str = "") -> Listing:
    """Return what `certutil -store` lists.

    Raises:
        UsageError: `diagnosis.listing-record`: the tool prints no count, and its last line is not there.
    """
    lines = lines_of(text)
    found = list(blocks(_block, lines))
    head = next((at for at, line in enumerate(lines) if _block(line)), len(lines))
    if not any(_COMPLETED.match(line) for line in lines[head:]):
        raise UsageError("diagnosis.listing-record", path=source, record=found[-1][0] if found else "")
    labelled = [(label, _fields(block), _windows_key_id(block)) for label, block in found]
    order = month_comes_first(
        fields.get(name, "") for _, fields, _ in labelled for name in ("not_before", "not_after")
    )
    stores = [store[1] for line in lines[:head] if (store := _WINDOWS_STORE.fullmatch(line.lstrip()))]
    entries = [
        replace(
            _labelled(label, fields, key_id),
            not_before=day_of(fields.get("not_before", ""), month_first=order),
            not_after=day_of(fields.get("not_after", ""), month_first=order),
            is_day=True,
        )
        for label, fields, key_id in labelled
    ]
    return Listing("certutil", tuple(entries), source, stores[0] if stores else "")


def _block(line: str) -> str | None:
    found = _BLOCK.fullmatch(line)
    return found[1] if found else None


def _windows_key_id(block: Sequence[str]) -> str:
    """Return the octets that stand on the first line below the extension's name."""
    named = False
    for line in filter(None, map(str.strip, block)):
        if named and _PAIRS.fullmatch(line):
            return line
        named = any(name in line for name in _KEY_ID_NAMES)
    return ""


def _fields(block: Sequence[str]) -> dict[str, str]:
    """Return what is said of an entry, by our names; the first line of a name counts."""
    fields: dict[str, str] = {}
    for line in block:
        shown, *value = _COLON.split(line, maxsplit=1)
        name = _LABELS.get(shown.strip().lower())
        if name and value:
            fields.setdefault(name, value[0].strip())
    return fields


def _labelled(label: str, fields: Mapping[str, str], key_id: str) -> Entry:
    return Entry(
        label,
        fields.get("subject", ""),
        fields.get("issuer", ""),
        _HEX.sub("", fields.get("serial", "")).lower().lstrip("0"),
        key_id_of(key_id),
        _HEX.sub("", fields.get("sha1", "")).lower(),
        _HEX.sub("", fields.get("sha256", "")).lower(),
        kind=fields.get("kind", ""),
    )


def read_keytool_listing(text: str, source: str = "") -> Listing:
    """Return what `keytool -list` lists, short, with `-v` or with `-rfc`; of a key's chain its first certificate.

    Raises:
        UsageError: `diagnosis.listing-count`, `diagnosis.listing-unknown`.
    """
    lines = lines_of(text)
    heads = [(at, found[1]) for at, line in enumerate(lines) if (found := _KEYTOOL.search(line))]
    if not heads:
        raise UsageError("diagnosis.listing-unknown", path=source)
    at, count = heads[0]
    body = lines[at + 1 :]
    entries = [_java_entry(alias, block, source) for alias, block in blocks(_java_alias, body)]
    entries = entries or list(_java_short(body))
    return Listing("keytool", counted(entries, count.replace(",", ""), "keytool", source), source)


def _java_alias(line: str) -> str | None:
    return value_of(line, "Alias name") if line.startswith("Alias name:") else value_of(line, "別名")


def _java_entry(alias: str, block: Sequence[str], source: str) -> Entry:
    whole = "\n".join(block)
    printed = of_printed(whole, alias, _fields(block).get("kind", ""), source)
    if printed is not None:
        return printed
    seconds = [at for at, line in enumerate(block) if line in ("Certificate[2]:", "証明書[2]:")]
    first = block[: seconds[0]] if seconds else block
    entry = _labelled(alias, _fields(first), _java_key_id(first))
    dates = next((found for line in first if (found := _JAVA_DATES.match(line))), None)
    if dates is None:
        return entry
    return replace(entry, not_before=instant_of(dates[1]), not_after=instant_of(dates[2]), is_whole=True)


def _java_key_id(block: Sequence[str]) -> str:
    for at, line in enumerate(block):
        if line == "SubjectKeyIdentifier [" and block[at + 1 : at + 2] == ["KeyIdentifier ["]:
            found = (_JAVA_ROW.match(f"{row} ") for row in block[at + 2 : at + 10])
            return "".join(_HEX.sub("", row[1]) for row in itertools.takewhile(bool, found) if row)
    return ""


def _java_short(body: Sequence[str]) -> Iterator[Entry]:
    for line, below in itertools.pairwise(body):
        found, named = _JAVA_PRINT.fullmatch(below), _java_named(line)
        if found and named:
            digest = found[2].replace(":", "").lower()
            is_short = found[1] == "1"
            yield Entry(
                named[0],
                sha1=digest if is_short else "",
                sha256="" if is_short else digest,
                kind=named[1],
            )


def _java_named(line: str) -> tuple[str, str] | None:
    """Return alias and kind of `alias, date, kindEntry,`, where a date may hold a comma of its own."""
    before, _, kind = line.rstrip(",").rpartition(", ")
    start = max(0, len(before) - _JAVA_DATE_SIZE.stop - 1)
    commas = [at for at in range(max(start, 1), len(before)) if before[at] == ","]
    dates = [at for at in commas if len(before[at + 1 :].strip()) in _JAVA_DATE_SIZE]
    if not line.endswith(",") or not kind.endswith("Entry") or not kind.isidentifier() or not dates:
        return None
    return before[: dates[0]], kind


def read_nss_listing(text: str, source: str = "") -> Listing:
    """Return what NSS's `certutil -L` lists: nicknames with their trust, or the dumps of a nickname's certificates.

    Raises:
        UsageError: `diagnosis.listing-record`: the last dump has no end.
    """
    lines = lines_of(text)
    head = _nss_head(lines)
    if head is None:
        return Listing("certutil-nss", tuple(_nss_dumps(lines, source)), source)
    return Listing("certutil-nss", tuple(_nss_rows(lines[head + 2 :])), source)


def _nss_dumps(lines: Sequence[str], source: str) -> Iterator[Entry]:
    """Yield each certificate of a nickname: an old one and its successor of the same subject share it."""
    found = [block for _, block in blocks(lambda line: line if line == "Certificate:" else None, lines)] or [
        lines
    ]
    for number, block in enumerate(found, start=1):
        label = f"#{number}" if len(found) > 1 else ""
        if not any(line.strip() == "Certificate Trust Flags:" for line in block):
            raise UsageError("diagnosis.listing-record", path=source, record=label or "#1")
        yield read_dump("\n".join(block), label)


def _nss_head(lines: Sequence[str]) -> int | None:
    for at, (line, below) in enumerate(itertools.pairwise(lines)):
        named = line.split() == ["Certificate", "Nickname", "Trust", "Attributes"]
        if named and below.endswith("SSL,S/MIME,JAR/XPI"):
            return at
    return None


def _nss_rows(lines: Iterable[str]) -> Iterator[Entry]:
    for line in lines:
        name, *trust = line.rsplit(None, 1) or [""]
        if trust and not line[0].isspace() and _NSS_TRUST.fullmatch(trust[0]):
            yield Entry(name, kind=trust[0])
