"""What `dir-cli trustedcert list` and `vecs-cli entry list` print.

Source: VMware Lightwave (Apache-2.0), `vmafd/tools/vecs-cli` and `vmafd/tools/dir-cli`; Broadcom KB 326288.
Both begin with their count, and a count that differs from what follows is an error: half a list is no list.
"""

from __future__ import annotations

import re
from dataclasses import replace

from warifu.domain.diagnosis.dumps import read_dump
from warifu.domain.diagnosis.listing import Entry, Listing, blocks, counted, key_id_of, of_certificate
from warifu.domain.x509 import read
from warifu.errors import UsageError

_PUBLISHED = re.compile(r"^\s*Number of certificates\s*:\s*(\d{1,9})\s*$", re.MULTILINE)
_ORDINAL = re.compile(r"^\s*#(\d{1,9}):\s*$", re.MULTILINE)
_RECORD = re.compile(
    r"\A\s*CN\(id\):[ \t]*(?P<id>\S+)[ \t]*\r?\n\s*Subject DN:[ \t]*(?P<subject>[^\r\n]*)\r?\n\s*CRL present:[ \t]*(?P<crl>yes|no)\b",
)
_STORED = re.compile(r"^\s*Number of entries in store\s*:\s*(\d{1,9})\s*$", re.MULTILINE)
_ALIAS = re.compile(r"^Alias\s*:[ \t]*(?P<alias>[^\r\n]*)$", re.MULTILINE)
_TYPE = re.compile(r"^Entry type\s*:[ \t]*(?P<type>[^\r\n]*)$", re.MULTILINE)


def is_directory_listing(text: str) -> bool:
    """Tell whether it is an output of `dir-cli trustedcert list`."""
    return _PUBLISHED.search(text) is not None


def is_store_listing(text: str) -> bool:
    """Tell whether it is an output of `vecs-cli entry list`."""
    return _STORED.search(text) is not None


def read_directory_listing(text: str, source: str = "") -> Listing:
    """Return what the directory publishes.

    Raises:
        UsageError: `diagnosis.listing-count`, `diagnosis.listing-record`.
    """
    head = _PUBLISHED.search(text)
    if head is None:
        raise UsageError("diagnosis.listing-unknown", path=source)
    entries = []
    for start, block in blocks(_ORDINAL, text, head.end()):
        found = _RECORD.match(block)
        key_id = key_id_of(found["id"]) if found else None
        if found is None or key_id is None:
            raise UsageError("diagnosis.listing-record", path=source, record=f"#{start[1]}")
        subject = found["subject"].strip()
        entries.append(
            Entry(f"#{start[1]}", subject, key_id=key_id, kind="published", has_crl=found["crl"] == "yes")
        )
    return Listing("dir-cli", counted(entries, head[1], "dir-cli", source), source)


def read_store_listing(text: str, source: str = "") -> Listing:
    """Return what a store of a node holds, printed with `--text`, with `--aliases` or as PEM.

    Raises:
        UsageError: `diagnosis.listing-count`, `diagnosis.listing-record`.
    """
    head = _STORED.search(text)
    if head is None:
        raise UsageError("diagnosis.listing-unknown", path=source)
    body = text[head.end() :]
    if _ALIAS.search(body) is None:
        aliases = [line.strip() for line in body.splitlines() if line.strip()]
        return Listing("vecs-cli", counted(map(Entry, aliases), head[1], "vecs-cli", source), source)
    entries = []
    for start, block in blocks(_ALIAS, body):
        kind = _TYPE.search(block)
        if kind is None:
            raise UsageError("diagnosis.listing-record", path=source, record=start["alias"].strip())
        entries.append(_stored(block[kind.end() :], start["alias"].strip(), kind["type"].strip()))
    return Listing("vecs-cli", counted(entries, head[1], "vecs-cli", source), source)


def _stored(block: str, alias: str, kind: str) -> Entry:
    certificates = read(block.encode()).certificates if "-----BEGIN " in block else ()
    if certificates:
        return of_certificate(certificates[0], alias, kind)
    return replace(read_dump(block, alias, kind), sha1=alias if re.fullmatch(r"[0-9a-f]{40}", alias) else "")
