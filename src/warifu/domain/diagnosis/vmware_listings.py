"""What `dir-cli trustedcert list` and `vecs-cli entry list` print.

Source: VMware Lightwave (Apache-2.0), `vmafd/tools/vecs-cli` and `vmafd/tools/dir-cli`; Broadcom KB 326288.
Both begin with their count, and a count that differs from what follows is an error: half a list is no list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from warifu.domain.diagnosis.dumps import read_dump
from warifu.domain.diagnosis.listing import (
    Entry,
    Listing,
    blocks,
    counted,
    key_id_of,
    lines_of,
    of_printed,
    value_of,
)
from warifu.errors import UsageError

_ORDINAL = re.compile(r"#(\d{1,9}):")
_COUNT = re.compile(r"\d{1,9}")
_CRL = re.compile(r"(?:yes|no)\b")


def is_directory_listing(text: str) -> bool:
    """Tell whether it is an output of `dir-cli trustedcert list`."""
    return _head(lines_of(text), "Number of certificates") is not None


def is_store_listing(text: str) -> bool:
    """Tell whether it is an output of `vecs-cli entry list`."""
    return _head(lines_of(text), "Number of entries in store") is not None


def read_directory_listing(text: str, source: str = "") -> Listing:
    """Return what the directory publishes.

    Raises:
        UsageError: `diagnosis.listing-count`, `diagnosis.listing-record`.
    """
    lines = lines_of(text)
    head = _head(lines, "Number of certificates")
    if head is None:
        raise UsageError("diagnosis.listing-unknown", path=source)
    at, count = head
    entries = []
    for number, block in blocks(_ordinal, lines[at + 1 :]):
        label = f"#{number}"
        entry = _published(label, [line.lstrip() for line in block if line])
        if entry is None:
            raise UsageError("diagnosis.listing-record", path=source, record=label)
        entries.append(entry)
    return Listing("dir-cli", counted(entries, count, "dir-cli", source), source)


def read_store_listing(text: str, source: str = "") -> Listing:
    """Return what a store of a node holds, printed with `--text`, with `--aliases` or as PEM.

    Raises:
        UsageError: `diagnosis.listing-count`, `diagnosis.listing-record`.
    """
    lines = lines_of(text)
    head = _head(lines, "Number of entries in store")
    if head is None:
        raise UsageError("diagnosis.listing-unknown", path=source)
    at, count = head
    body = lines[at + 1 :]
    found = list(blocks(_alias, body))
    if not found:
        aliases = [line.strip() for line in body if line]
        bare = [Entry(alias, sha1=_digest(alias)) for alias in aliases]
        return Listing("vecs-cli", counted(bare, count, "vecs-cli", source), source)
    entries = []
    for alias, block in found:
        kinds = [(number, kind) for number, line in enumerate(block) if (kind := _type(line)) is not None]
        if not kinds:
            raise UsageError("diagnosis.listing-record", path=source, record=alias)
        number, kind = kinds[0]
        entries.append(_stored("\n".join(block[number + 1 :]), alias, kind, source))
    return Listing("vecs-cli", counted(entries, count, "vecs-cli", source), source)


def _head(lines: Sequence[str], name: str) -> tuple[int, str] | None:
    """Return where the tool says how many entries follow, and how many."""
    for at, line in enumerate(lines):
        value = value_of(line.lstrip(), name)
        if value is not None and _COUNT.fullmatch(value):
            return at, value
    return None


def _ordinal(line: str) -> str | None:
    found = _ORDINAL.fullmatch(line.lstrip())
    return found[1] if found else None


def _published(label: str, block: Sequence[str]) -> Entry | None:
    """Return the record of three lines, in their order; None when it is not whole."""
    if len(block) < 3:
        return None
    key_id = key_id_of(value_of(block[0], "CN(id)") or "")
    subject, crl = value_of(block[1], "Subject DN"), _CRL.match(value_of(block[2], "CRL present") or "")
    if key_id is None or subject is None or crl is None:
        return None
    return Entry(label, subject, key_id=key_id, kind="published", has_crl=crl[0] == "yes")


def _alias(line: str) -> str | None:
    return value_of(line, "Alias")


def _type(line: str) -> str | None:
    return value_of(line, "Entry type")


def _stored(block: str, alias: str, kind: str, source: str) -> Entry:
    return of_printed(block, alias, kind, source) or replace(
        read_dump(block, alias, kind), sha1=_digest(alias)
    )


def _digest(alias: str) -> str:
    """Return an alias where it is a SHA-1 fingerprint, as the tool names what is published."""
    return alias if re.fullmatch(r"[0-9a-f]{40}", alias) else ""
