"""What walking through files, folders and archives promises."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from warifu.adapters.archives.local import Limits, LocalArchives
from warifu.errors import WarifuError
from warifu.ports.archives import Archives

FILES = {"a.pem": b"first", "b/c.pem": b"second" * 50_000}


def tarred(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as bundle:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            bundle.addfile(member, io.BytesIO(data))
    return out.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in files.items():
            bundle.writestr(name, data)
    return out.getvalue()


def seen(path: Path, archives: Archives | None = None) -> list[tuple[str, object]]:
    """Return what is below a path: its bytes, or the code of what stands in the way."""
    found: list[tuple[str, object]] = []
    for one in (archives or LocalArchives()).below(str(path)):
        shown = one.path.removeprefix(f"{path.parent}/")
        if one.problem is not None or one.stream is None:
            found.append((shown, one.problem.code if one.problem else one.kind))
            continue
        try:
            parts = []
            while part := one.stream.read(10_000):
                parts.append(part)
            found.append((shown, b"".join(parts)))
        except WarifuError as problem:
            found.append((shown, problem.code))
    return found


PACKERS: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "zip": zipped,
    "tar": tarred,
    "tar.gz": lambda files: gzip.compress(tarred(files)),
    "tar.bz2": lambda files: bz2.compress(tarred(files)),
    "tar.xz": lambda files: lzma.compress(tarred(files)),
}


@pytest.mark.parametrize("kind", list(PACKERS))
def test_an_archive_is_known_by_its_content(kind: str, tmp_path: Path) -> None:
    """Whatever the file is called, its members come in their order, each whole."""
    path = tmp_path / "x.dat"
    path.write_bytes(PACKERS[kind](FILES))
    assert [(f"x.dat!{name}", data) for name, data in FILES.items()] == seen(path)


@pytest.mark.parametrize("kind", list(PACKERS))
def test_an_archive_within_another_is_opened(kind: str, tmp_path: Path) -> None:
    """A zip in a tar as well as a tar in a zip."""
    for outer in (zipped, tarred):
        path = tmp_path / "x"
        path.write_bytes(outer({"in": PACKERS[kind](FILES), "z.pem": b"last"}))
        assert [*((f"x!in!{name}", data) for name, data in FILES.items()), ("x!z.pem", b"last")] == seen(path)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_file_that_is_only_packed_is_unpacked(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """A dump of certificates, made smaller."""
    path = tmp_path / "dump.pem.packed"
    path.write_bytes(pack(FILES["b/c.pem"]))
    assert [("dump.pem.packed", FILES["b/c.pem"])] == seen(path)


def test_folders_are_walked_by_name(tmp_path: Path) -> None:
    """Sorted, links followed but never in a circle, and nothing that is named is missing from the answer."""
    top = tmp_path / "top"
    (top / "b").mkdir(parents=True)
    (top / "b" / "file").write_bytes(b"b")
    (top / "a").write_bytes(b"a")
    (top / "b" / "up").symlink_to(top)
    os.mkfifo(top / "pipe")
    (top / "z").symlink_to(tmp_path / "gone")
    expected = [("top/a", b"a"), ("top/b/file", b"b"), ("top/pipe", "other"), ("top/z", "io.cannot-read")]
    assert expected == seen(top)
    assert [("gone", "trust.nothing-there")] == seen(tmp_path / "gone")


def test_a_file_tells_who_may_read_it(tmp_path: Path) -> None:
    """Mode and owner; who was not named is not."""
    path = tmp_path / "key"
    path.write_bytes(b"k")
    path.chmod(0o640)
    (named,) = LocalArchives().below(str(path))
    (met,) = LocalArchives().below(str(tmp_path))
    assert [(1, 0o640, True, False), (1, 0o640, False, False)] == [
        (one.size, one.mode, one.explicit, one.member) for one in (named, met)
    ]
    assert named.user


@pytest.mark.parametrize("kind", [*PACKERS, "gz", "plain"])
def test_bytes_that_were_read_already_are_gone_through_as_a_file_is(kind: str, tmp_path: Path) -> None:
    """What a pipe sent: the same contents by the same names; bytes that are no archive are themselves."""
    alone = {"gz": gzip.compress(b"x"), "plain": b"x"}
    data = alone.get(kind) or PACKERS[kind](FILES)
    path = tmp_path / "x"
    path.write_bytes(data)
    expected = [(one.path, one.member, one.explicit) for one in LocalArchives().below(str(path))]
    found = []
    for one in LocalArchives().within(str(path), data):
        assert one.stream is not None
        assert (one.stream.read(1 << 20)) in {b"x", *FILES.values()}
        found.append((one.path, one.member, one.explicit))
    assert expected == found
    assert (kind in {"gz", "plain"}) == found[0][2]  # one file made smaller is still the one that was named


def test_a_bomb_is_not_blown_up(tmp_path: Path) -> None:
    """A little that becomes much stops early, alone and as a member, and what follows is still seen."""
    limits = LocalArchives(Limits(free=1 << 20))
    much = b"\0" * (64 << 20)
    path = tmp_path / "x"
    path.write_bytes(gzip.compress(much))
    assert [("x", "sweep.archive-bomb")] == seen(path, limits)
    path.write_bytes(zipped({"bomb": much, "after": b"fine"}))
    assert [("x!bomb", "sweep.archive-bomb"), ("x!after", b"fine")] == seen(path, limits)


def test_a_bomb_is_known_by_its_ratio(tmp_path: Path) -> None:
    """200 bytes for each that went in are let through, and not many more."""
    plain = os.urandom(2000)
    path = tmp_path / "x"
    for zeros, is_bomb in [(180, False), (260, True)]:
        data = gzip.compress(plain + b"\0" * (zeros * len(plain)))
        path.write_bytes(data)
        ratio = (zeros + 1) * len(plain) / len(data)
        limits = Limits(free=1 << 10, ratio=int(ratio * (0.9 if is_bomb else 1.1)))
        (found,) = seen(path, LocalArchives(limits))
        assert is_bomb == (found[1] == "sweep.archive-bomb")
    assert 200 == Limits().ratio


def test_archives_in_an_archive_have_one_budget(tmp_path: Path) -> None:
    """Each stays below what one may: together they do not. It is said once at each level, and then it is over."""
    inner = zipped({str(number): bytes(200_000) for number in range(4)})
    nest = tmp_path / "nest.zip"
    nest.write_bytes(zipped({f"{number}.zip": inner for number in range(20)}))
    limits = Limits(free=1 << 20, ratio=1)
    found = seen(nest, LocalArchives(limits))
    assert 5 >= sum(isinstance(what, bytes) for _, what in found)
    assert ("nest.zip", "sweep.archive-bomb") == found[-1]
    assert 10 > len(found)


def test_many_bombs_in_a_folder_have_one_budget(tmp_path: Path) -> None:
    """Each stays below what one may; what they take beyond their size is bounded, and honest ones are still read."""
    place = tmp_path / "top"
    place.mkdir()
    for number in range(40):
        (place / f"{number:02}.gz").write_bytes(gzip.compress(bytes(900_000)))
    honest = os.urandom(3_000)
    (place / "z.gz").write_bytes(gzip.compress(honest))
    found = seen(place, LocalArchives(Limits(free=1 << 20, spare=3_000_000)))
    read = sum(isinstance(what, bytes) for _, what in found[:-1])
    assert 3 <= read <= 5
    assert {"sweep.archive-bomb"} == {what for _, what in found[read:-1]}
    assert ("top/z.gz", honest) == found[-1]
    assert 41 == len(found)


def test_members_are_counted_over_all_levels(tmp_path: Path) -> None:
    """Many small archives are one large one."""
    inner = tarred({str(number): b"x" for number in range(4)})
    path = tmp_path / "x"
    path.write_bytes(tarred({f"{number}.tar": inner for number in range(20)}))
    found = seen(path, LocalArchives(Limits(members=10)))
    assert ("x", "sweep.archive-members") == found[-1]
    assert 8 == sum(what == b"x" for _, what in found)


def test_holes_of_a_tar_are_no_content(tmp_path: Path) -> None:
    """A sparse member of a few bytes can claim terabytes (tar(5), GNU sparse)."""
    hole = tarfile.TarInfo("hole")
    hole.type, hole.size = tarfile.GNUTYPE_SPARSE, 0
    header = bytearray(hole.tobuf(tarfile.GNU_FORMAT))
    header[386:410] = b"%011o\0%011o\0" % (1 << 30, 0)  # one piece: of no bytes, at the end
    header[483:495] = b"%011o\0" % (1 << 30)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    path = tmp_path / "x.tar"
    path.write_bytes(bytes(header) + tarred({"a.pem": b"first"}))
    expected = [("x.tar!hole", "sweep.archive-bomb"), ("x.tar!a.pem", b"first")]
    assert expected == seen(path, LocalArchives(Limits(free=1 << 20)))


def test_xz_gets_so_much_memory_and_no_more(tmp_path: Path) -> None:
    """A few bytes can ask for a dictionary of 4 GiB; what `xz -9` writes is read, streams and padding as well."""
    path = tmp_path / "x.xz"
    asked = lzma.compress(b"x", filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 29}])
    path.write_bytes(asked)
    assert [("x.xz", "sweep.archive-broken")] == seen(path)
    much = os.urandom(300_000)
    path.write_bytes(lzma.compress(much, preset=9) + bytes(200_000) + lzma.compress(b"more") + bytes(8))
    assert [("x.xz", much + b"more")] == seen(path)
    path.write_bytes(lzma.compress(b"one") + b"no xz")
    assert [("x.xz", "sweep.archive-broken")] == seen(path)


def test_archives_within_archives_have_an_end(tmp_path: Path) -> None:
    """The deepest is named and not opened; a zip that must be held is held only so far; members are counted."""
    data = b"x"
    for _ in range(5):
        data = tarred({"in": data})
    path = tmp_path / "x"
    path.write_bytes(data)
    assert [("x!in!in!in", "sweep.archive-deep")] == seen(path)
    path.write_bytes(tarred({"in": zipped({"a": os.urandom(5000)})}))
    assert [("x!in", "sweep.archive-held")] == seen(path, LocalArchives(Limits(held=1000)))
    path.write_bytes(zipped({str(n): b"" for n in range(5)}))
    assert ("x", "sweep.archive-members") == seen(path, LocalArchives(Limits(members=3)))[-1]


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.xz", "tar.bz2"])
def test_what_was_cut_short_is_told(kind: str, tmp_path: Path) -> None:
    """What came before the cut is there, and the archive says that it is not whole."""
    whole = PACKERS[kind]({"a": os.urandom(3000), "b": os.urandom(300_000)})
    path = tmp_path / "x"
    path.write_bytes(whole[: len(whole) // 2])
    assert "sweep.archive-broken" in [what for _, what in seen(path)]


def test_a_member_that_claims_terabytes_ends_where_its_file_ends(tmp_path: Path) -> None:
    """The archive is told to be broken, at once: a header is believed only as far as there are bytes."""
    member = tarfile.TarInfo("big.pem")
    member.size = 10**12
    path = tmp_path / "x.tar"
    path.write_bytes(tarred({"a": b"first"})[:1024] + member.tobuf() + b"x" * 1_000)
    calls = 0
    real = tarfile._Stream._read  # type: ignore[attr-defined]

    def counted(stream: object, size: int) -> bytes:
        nonlocal calls
        calls += 1
        assert calls < 100, "it goes over what is not there"
        return bytes(real(stream, size))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tarfile._Stream, "_read", counted)  # type: ignore[attr-defined]
        found = seen(path)
    assert [("x.tar!a", b"first"), ("x.tar!big.pem", "sweep.archive-broken")] == found[:2]
    assert ("x.tar", "sweep.archive-broken") == found[-1]


@pytest.mark.parametrize("damage", ["header", "cut"])
def test_what_follows_a_damaged_header_is_not_dropped_in_silence(damage: str, tmp_path: Path) -> None:
    """The standard reader takes it for the end of the archive."""
    data = bytearray(tarred({"a": b"first", "b": b"second", "c": b"third"}))
    if damage == "header":
        data[1024] ^= 1
    else:
        del data[1124:]
    path = tmp_path / "x.tar"
    path.write_bytes(data)
    assert [("x.tar!a", b"first"), ("x.tar", "sweep.archive-broken")] == seen(path)


def test_a_tar_without_its_end_is_whole(tmp_path: Path) -> None:
    """Many programs write no two blocks of zeros behind the last member."""
    path = tmp_path / "x.tar"
    path.write_bytes(tarred({"a": b"first", "b": b"second"})[:2048])
    assert [("x.tar!a", b"first"), ("x.tar!b", b"second")] == seen(path)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_stream_gives_as_much_as_is_wanted(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """Whoever gets less takes it for the end: nothing of a large file may be lost so."""
    data = os.urandom(400_000)
    path = tmp_path / "x"
    path.write_bytes(pack(data))
    one = next(walk := LocalArchives().below(str(path)))
    assert one.stream is not None
    assert [data[:300_000], data[300_000:], b""] == [one.stream.read(300_000) for _ in range(3)]
    assert [] == list(walk)


def test_a_member_leads_nowhere(tmp_path: Path) -> None:
    """A path that climbs is only shown; control characters are written out."""
    path = tmp_path / "x"
    path.write_bytes(tarred({"../../etc/passwd": b"p", "a\x1b[2J": b"q"}))
    assert [("x!../../etc/passwd", b"p"), ("x!a\\x1b[2J", b"q")] == seen(path)


@given(
    st.sampled_from(list(PACKERS)),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
    st.integers(0, 400),
)
@examples(150)
def test_nothing_foreign_comes_out_of_a_damaged_archive(
    kind: str, changes: list[tuple[int, int]], keep: int
) -> None:
    """Bytes changed and cut anywhere: contents and our own errors, no others."""
    data = bytearray(PACKERS[kind]({"a": b"x" * 700, "b": b"y"}))
    for place, value in changes:
        data[place % len(data)] = value
    path = Path(os.environ.get("PYTEST_TMP", "/tmp")) / f"warifu-damaged-{os.getpid()}"
    path.write_bytes(bytes(data[: max(keep * len(data) // 400, 1)]))
    try:
        seen(path)
    finally:
        path.unlink()
