"""Log bundles."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.examples import examples
from support.vendor_faults import log_line
from warifu.domain.diagnosis import Budget, Piece, decode, find_messages, unpack

LOG = (log_line("CGEN1008", "Invalid CSR key.") + log_line("CSEC9002", method=False)).encode()


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as bundle:
        bundle.mkdir("tomcat")
        for name, data in files.items():
            bundle.writestr(name, data)
    return stream.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as bundle:
        folder = tarfile.TarInfo("tomcat")
        folder.type = tarfile.DIRTYPE
        bundle.addfile(folder)
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            bundle.addfile(member, io.BytesIO(data))
    return stream.getvalue()


def pieces(data: bytes, **limits: int) -> list[Piece]:
    return list(unpack(data, "bundle", Budget(**limits)))


@pytest.mark.req("S4-33")
@pytest.mark.parametrize(
    "pack", [zipped, tarred, lambda files: gzip.compress(tarred(files))], ids=["zip", "tar", "tgz"]
)
def test_errors_are_found_in_a_bundle_with_time_and_cause(pack: object) -> None:
    """The console log bundle is given as it was downloaded."""
    assert callable(pack)
    data = pack({"./tomcat/application.log": LOG, "./tomcat/other.log": b"fine\n"})
    (log,) = [one for one in pieces(data) if one.path.endswith("application.log")]
    assert "bundle!./tomcat/application.log" == log.path
    first, second = find_messages(decode(log.data).text, log.path)
    assert ("CGEN1008", ("Invalid CSR key.",), "2024-01-25 11:10:34.735") == (
        first.code,
        first.arguments,
        first.when,
    )
    assert ("CSEC9002", log.path, 2, "2024-01-25 11:10:34.735") == (
        second.code,
        second.source,
        second.line,
        second.when,
    )


def test_a_file_that_is_no_bundle_is_itself() -> None:
    """Whatever it is called."""
    assert [Piece("a.zip", LOG)] == list(unpack(LOG, "a.zip"))


def test_bundles_in_bundles_are_opened_down_to_a_depth() -> None:
    """Then said to be too deep."""
    data = LOG
    for _ in range(3):
        data = zipped({"in.zip": data})
    assert [LOG] == [one.data for one in pieces(data)]
    assert ["too-deep"] == [one.problem for one in pieces(data, depth=2)]


def test_a_bomb_ends_at_the_budget() -> None:
    """One file, all files, their number: each has its limit, and the others are still read."""
    big = zipped({"zeros": bytes(1 << 20), "small.log": b"x"})
    assert ["too-large", ""] == [one.problem for one in pieces(big, one=1 << 16)]
    assert ["too-large", "too-large"] == [one.problem for one in pieces(big, total=1 << 16)]
    assert ["too-large"] == [one.problem for one in pieces(gzip.compress(bytes(1 << 20)), one=1 << 16)]
    many = zipped({str(number): b"" for number in range(9)})
    assert ["", "", "", "too-many"] == [one.problem for one in pieces(many, members=3)]


def test_bundles_in_a_bundle_have_one_budget() -> None:
    """What comes out of all of them is counted together, against the bundle that was given; the next one starts anew."""
    inner = zipped({str(number): bytes(1 << 16) for number in range(4)})
    nest = zipped({f"{number}.zip": inner for number in range(4)})
    budget = Budget(one=1 << 17, ratio=1)
    problems = [one.problem for one in unpack(nest, "nest.zip", budget)]
    assert (1, 6) == (problems.count(""), problems.count("too-large"))
    assert [LOG] == [one.data for one in unpack(zipped({"a.log": LOG}), "next.zip", budget)]


def test_gzip_of_nothing_many_times_is_read_in_one_go() -> None:
    """The work grows with the bytes: each part's rest is not copied again and again."""
    nothing = gzip.compress(b"", mtime=0)

    def seconds(parts: int) -> float:
        begun = time.process_time()
        assert [LOG] == [one.data for one in pieces(nothing * parts + gzip.compress(LOG))]
        return time.process_time() - begun

    seconds(1000)
    assert seconds(160_000) < 40 * max(seconds(16_000), 0.01)


def test_a_path_that_leads_out_leads_nowhere() -> None:
    """Nothing is written; the name is shown as it stands."""
    assert ["bundle!../../etc/passwd"] == [one.path for one in pieces(zipped({"../../etc/passwd": b"x"}))]


def test_what_is_broken_is_said_and_the_rest_is_read() -> None:
    """A member with a wrong checksum, one that is encrypted, a bundle that was cut."""
    data = zipped({"a.log": LOG, "b.log": b"fine"}, zipfile.ZIP_STORED)
    spoiled = data.replace(b"Invalid CSR", b"Invalid XXX", 1)
    assert ["unreadable", ""] == [one.problem for one in pieces(spoiled)]
    locked = bytearray(data)
    folder = locked.index(b"PK\x01\x02")
    locked[locked.index(b"PK\x01\x02", folder + 1) + 8] |= 1
    assert ["unreadable", ""] == [one.problem for one in pieces(bytes(locked))]
    assert ["unreadable"] == [one.problem for one in pieces(data[:200])]
    assert ["unreadable"] == [one.problem for one in pieces(b"x" * 257 + b"ustar" + b"x" * 300)]
    assert ["empty"] == [one.problem for one in pieces(zipped({}))]


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_a_form_that_is_not_unpacked_is_said(pack: Callable[[bytes], bytes]) -> None:
    """Not a text in which nothing was found."""
    assert ["unreadable"] == [one.problem for one in pieces(pack(tarred({"a.log": LOG})))]


def test_gzip_that_was_cut_or_glued_gives_what_is_there() -> None:
    """Rotated logs are glued; a download may end early."""
    packed = gzip.compress(LOG)
    assert [LOG + LOG] == [one.data for one in pieces(packed + packed)]
    there, cut = pieces(packed[:-30])
    assert LOG.startswith(there.data)
    assert ("", "cut") == (there.problem, cut.problem)
    assert there.data
    assert ["unreadable"] == [one.problem for one in pieces(packed[:10] + b"\xff" * 20)]


def test_links_of_a_tar_are_not_followed() -> None:
    """Only plain files count."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as bundle:
        link = tarfile.TarInfo("application.log")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        bundle.addfile(link)
    assert ["empty"] == [one.problem for one in pieces(stream.getvalue())]


@examples(200)
@given(st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08", b""]), st.binary(max_size=400))
def test_no_bytes_break_it(magic: bytes, data: bytes) -> None:
    """Only pieces come out."""
    assert all(isinstance(one, Piece) for one in pieces(magic + data))


@example(572, 0)  # a member whose name is empty
@examples(100)
@given(st.integers(0, 600), st.integers(0, 255))
def test_no_bit_of_a_bundle_breaks_it(at: int, value: int) -> None:
    """Real bundles with one byte turned."""
    for data in (zipped({"a/b.log": LOG}), tarred({"a/b.log": LOG}), gzip.compress(LOG)):
        turned = bytearray(data)
        turned[at % len(turned)] = value
        assert all(isinstance(one, Piece) for one in pieces(bytes(turned)))


def test_a_header_that_lies_about_its_size_is_harmless() -> None:
    """A zip that promises four gigabytes."""
    data = bytearray(zipped({"a.log": LOG}, zipfile.ZIP_STORED))
    at = data.index(b"PK\x01\x02")
    data[at + 20 : at + 28] = struct.pack("<II", 0xFFFFFFF0, 0xFFFFFFF0)
    assert all(one.problem or one.data for one in pieces(bytes(data)))
    assert zlib.crc32(LOG)
