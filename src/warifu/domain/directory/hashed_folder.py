"""A folder in which OpenSSL finds certificates and CRLs by the hash of a name: `HASH.0`, `HASH.1`, `HASH.r0`, ...

OpenSSL counts up from 0 and stops at the first number that is not there, so there are no holes. What stays keeps its
number: whoever counts up while one folder takes the place of another misses nothing that is in both. Where numbers
have to come down because something left, `without_gap` first gives the folder in which what moves stands twice.

Spec: `openssl-rehash(1)`, `X509_LOOKUP_hash_dir(3)`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from warifu.domain.directory.outputs import Contents
from warifu.domain.x509 import to_pem
from warifu.domain.x509.name_hash import issuer_hash, subject_hash
from warifu.domain.x509.writer import crls_to_pem

HASHED_NAME = re.compile(r"(?P<stem>[0-9a-f]{8}\.r?)(?P<number>0|[1-9][0-9]{0,6})")
"""Names that OpenSSL opens."""

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class HashedFolder:
    """What a hashed directory holds.

    Args:
        files: as it shall be in the end.
        without_gap: what it holds until nobody reads the folder before it any more; the same where no number comes down.
    """

    files: Files
    without_gap: Files


def hashed_folder(contents: Contents, *, old: bool, before: Files) -> HashedFolder:
    """Return the files of a hashed directory, numbered after those that are there now.

    Args:
        old: the names of OpenSSL before 1.0.0 are there besides.
        before: files by name, as they are there now; what is not of the contents counts as not there.
    """
    files: dict[str, bytes] = {}
    without_gap: dict[str, bytes] = {}
    present = _by_stem(before)
    for stem, wanted in _wanted(contents, old=old).items():
        numbered, besides = _number(wanted, present.get(stem, {}))
        files |= {f"{stem}{number}": data for number, data in enumerate(numbered)}
        without_gap |= {f"{stem}{number}": data for number, data in besides.items()}
    return HashedFolder(files, files | without_gap)


def _wanted(contents: Contents, *, old: bool) -> Mapping[str, list[bytes]]:
    """Return what belongs to each stem, in the order of the contents."""
    found: dict[str, list[bytes]] = defaultdict(list)
    for stem, data in _stems(contents, old=old):
        if data not in found[stem]:
            found[stem].append(data)
    return found


def _stems(contents: Contents, *, old: bool) -> Iterator[tuple[str, bytes]]:
    for way in (False, True) if old else (False,):
        for anchor in contents.anchors:
            yield f"{subject_hash(anchor, old=way)}.", to_pem([anchor])
        for crl in contents.crls:
            yield f"{issuer_hash(crl, old=way)}.r", crls_to_pem([crl])


def _by_stem(files: Files) -> Mapping[str, dict[int, bytes]]:
    found: dict[str, dict[int, bytes]] = defaultdict(dict)
    for name, data in files.items():
        named = HASHED_NAME.fullmatch(name)
        if named:
            found[named["stem"]][int(named["number"])] = data
    return found


def _number(wanted: Sequence[bytes], present: Mapping[int, bytes]) -> tuple[list[bytes], dict[int, bytes]]:
    """Return what has which number in the end, and what stands besides at numbers that end."""
    places: dict[int, bytes] = {}
    for number, data in sorted(present.items()):
        if data in wanted and data not in places.values():
            places[number] = data
    kept = set(places.values())
    fresh = [data for data in wanted if data not in kept]
    for number in range(len(wanted)):
        if number not in places and fresh:
            places[number] = fresh.pop(0)
    besides = {number: data for number, data in places.items() if number >= len(wanted)}
    moving = [besides[number] for number in sorted(besides)]
    numbered = [places[number] if number in places else moving.pop(0) for number in range(len(wanted))]
    return numbered, _up_to_the_last(numbered, besides)


def _up_to_the_last(numbered: Sequence[bytes], besides: Mapping[int, bytes]) -> dict[int, bytes]:
    """Fill the numbers between with what is there anyway, so that counting does not end early."""
    last = max(besides, default=0)
    return {number: besides.get(number, numbered[0]) for number in range(len(numbered), last + 1)}
