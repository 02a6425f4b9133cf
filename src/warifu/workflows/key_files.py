"""Keys that lie in files of their own: which certificate each was made for, by its name and its place.

A key that belongs to any certificate or request at hand is in order. One that belongs to none is compared with the
certificate that it was evidently put beside: `web.crt` and `web.key`, or the one pair of a folder or of a call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from warifu.domain.findings import Finding
from warifu.domain.trust import find_key_faults
from warifu.domain.x509 import Certificate, PrivateKey, Reading


@dataclass(frozen=True, slots=True)
class _Shown:
    folder: str
    stem: str
    leaf: Certificate


@dataclass(slots=True)
class KeyFiles:
    """What was met so far, of one call."""

    _own: set[str] = field(default_factory=set)
    _shown: list[_Shown] = field(default_factory=list)
    _strays: list[tuple[str, tuple[PrivateKey, ...]]] = field(default_factory=list, repr=False)

    def meet(self, path: str, reading: Reading, leaf: Certificate | None) -> None:
        """Remember what a file holds; `leaf` is what it presents."""
        self._own |= _keys_of(reading)
        if leaf is not None and not reading.keys:
            self._shown.append(_Shown(*_split(path), leaf))
        if reading.keys and not reading.certificates:
            self._strays.append((path, reading.keys))

    def faults_of(self, path: str) -> Iterator[Finding]:
        """Yield what is wrong with the keys of a file that holds nothing else, once everything was met."""
        strays = [(at, keys) for at, keys in self._strays if not self._belongs(keys)]
        keys = dict(strays).get(path)
        if keys is None:
            return
        held = {key.public_key.sha256.hex for _, each in self._strays for key in each}
        free = [one for one in self._shown if not _is_held(one.leaf, held)]
        folder, stem = _split(path)
        beside = [one for one in free if one.folder == folder]
        near = [at for at, _ in strays if _split(at)[0] == folder]
        for leaf in _meant([one for one in beside if one.stem == stem], beside, near, free, strays):
            yield from find_key_faults(leaf, keys)

    def _belongs(self, keys: Iterable[PrivateKey]) -> bool:
        return any(key.public_key.sha256.hex in self._own for key in keys)


def _meant(
    of_name: Sequence[_Shown],
    beside: Sequence[_Shown],
    near: Sequence[object],
    free: Sequence[_Shown],
    strays: Sequence[object],
) -> tuple[Certificate, ...]:
    """Return the certificates that a key was put beside: those of its name, else the only one it can be."""
    if of_name:
        return tuple(one.leaf for one in of_name)
    if len(beside) == len(near) == 1:
        return (beside[0].leaf,)
    if len(free) == len(strays) == 1:
        return (free[0].leaf,)
    return ()


def _is_held(leaf: Certificate, held: set[str]) -> bool:
    return leaf.public_key is None or leaf.public_key.sha256.hex in held


def _keys_of(reading: Reading) -> set[str]:
    certified = {one.public_key.sha256.hex for one in reading.certificates if one.public_key is not None}
    return certified | {one.public_key.sha256.hex for one in reading.requests}


def _split(path: str) -> tuple[str, str]:
    """Return the folder of a file and its name up to the first dot."""
    folder, _, name = path.rpartition("/")
    return folder, name.partition(".")[0]
