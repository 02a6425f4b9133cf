"""Hashed directories: numbers without holes, and no reader who misses what stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from hypothesis import given
from hypothesis import strategies as st

from support.pki import make_ca
from warifu.domain.directory.hashed_folder import HashedFolder, hashed_folder
from warifu.domain.directory.outputs import Contents
from warifu.domain.x509 import to_pem
from warifu.domain.x509.name_hash import issuer_hash, subject_hash
from warifu.domain.x509.writer import crls_to_pem

_TWINS = tuple(make_ca("Twin", serial=number) for number in range(5))
_STEM = subject_hash(_TWINS[0].value)
_OTHER = make_ca("Other")
_CRL = _OTHER.crl()


def _contents(members: Collection[int]) -> Contents:
    anchors = sorted((_TWINS[at].value for at in members), key=lambda one: one.fingerprint.hex)
    return Contents(tuple(anchors), tuple("x" for _ in anchors))


def _made(members: Collection[int], before: Mapping[str, bytes] | None = None) -> HashedFolder:
    return hashed_folder(_contents(members), old=False, before=before or {})


def _read_up(*folders: Mapping[str, bytes], turns: Collection[int]) -> set[bytes]:
    """What a reader finds who counts up and meets the next folder at these numbers."""
    found: set[bytes] = set()
    place = at = 0
    while True:
        place = min(place + (at in turns), len(folders) - 1)
        data = folders[place].get(f"{_STEM}.{at}")
        if data is None:
            return found
        found.add(data)
        at += 1


def test_files_have_names_that_openssl_opens() -> None:
    """Certificates and CRLs, present hash and old."""
    contents = Contents((_OTHER.value,), ("other",), (_CRL,))
    new, old = (subject_hash(_OTHER.value, old=each) for each in (False, True))
    files = hashed_folder(contents, old=True, before={}).files
    assert {f"{new}.0", f"{old}.0", f"{new}.r0", f"{old}.r0"} == set(files)
    assert to_pem([_OTHER.value]) == files[f"{new}.0"]
    assert crls_to_pem([_CRL]) == files[f"{issuer_hash(_CRL, old=True)}.r0"]
    assert {f"{new}.0", f"{new}.r0"} == set(hashed_folder(contents, old=False, before={}).files)


def test_a_certificate_whose_hashes_are_equal_stands_once() -> None:
    """The same bytes never have two numbers of one hash."""
    twice = Contents((_OTHER.value, _OTHER.value), ("one", "two"))
    assert 1 == len(hashed_folder(twice, old=False, before={}).files)


@given(
    first=st.sets(st.integers(0, 4)),
    second=st.sets(st.integers(0, 4)),
    turns=st.sets(st.integers(0, 6), max_size=1),
)
def test_a_reader_who_meets_the_change_misses_nothing_that_stays(
    first: set[int], second: set[int], turns: set[int]
) -> None:
    """Whatever comes and goes: numbers have no holes, and counting up over the change finds what is in both."""
    before = _made(first).files
    after = _made(second, before)
    names = [f"{_STEM}.{number}" for number in range(len(second))]
    assert names == sorted(after.files, key=lambda name: int(name.partition(".")[2]))
    assert {to_pem([one]) for one in _contents(second).anchors} == set(after.files.values())
    stays = {to_pem([one]) for one in _contents(first & second).anchors}
    assert stays <= _read_up(before, after.without_gap, turns=turns)
    assert stays <= _read_up(after.without_gap, after.files, turns=turns)
    assert after.files == _made(second, after.files).files == _made(second, after.files).without_gap


def test_a_removal_alone_moves_the_last_one_down_in_two_steps() -> None:
    """A reader of the old number 0 would else miss whatever came down to it."""
    before = _made({0, 1, 2}).files
    order = [before[f"{_STEM}.{number}"] for number in range(3)]
    left = [at for at in range(3) if to_pem([_TWINS[at].value]) != order[0]]
    after = _made(left, before)
    assert {f"{_STEM}.0": order[2], f"{_STEM}.1": order[1]} == after.files
    assert {**after.files, f"{_STEM}.2": order[2]} == after.without_gap


def test_what_lies_there_under_other_names_counts_for_nothing() -> None:
    """Nor does a hole that somebody made."""
    before = {"readme": b"x", f"{_STEM}.x": b"x", f"{_STEM}.3": to_pem([_TWINS[0].value])}
    after = _made({0}, before)
    assert {f"{_STEM}.0"} == set(after.files)
    assert {f"{_STEM}.{number}" for number in range(4)} == set(after.without_gap)
