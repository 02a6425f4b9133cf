"""What one look makes of archives, and of files with more leaves than any chain has."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from support.fakes import FakeProber
from support.pki import NOW, make_ca, make_key
from warifu.domain.findings import Severity
from warifu.domain.trust import Basis
from warifu.domain.trust.address import Address
from warifu.domain.trust.questions import PathAnswer, PathQuestion
from warifu.domain.x509 import to_pem
from warifu.ports.verifiers import Verifier
from warifu.wiring import cli as wiring
from warifu.workflows import check
from warifu.workflows.check import Checked, Checker, TrustFile
from warifu.workflows.piles import MANY

KEY = make_key()
ROOT = make_ca("Root", key=KEY)
MID = ROOT.intermediate("Mid", key=KEY)
LEAVES = [MID.leaf(f"h{n}.example", key=KEY, expired=n == 3, end=None) for n in range(MANY + 1)]
STORE = TrustFile("", (ROOT.value,))


def checker() -> Checker:
    return replace(wiring.checker("tls-server", at=NOW), engines=())


def checked(path: Path) -> list[Checked]:
    return list(checker().check([str(path)], STORE))


def shown(path: Path) -> list[tuple[str, str, str]]:
    """Place, kind, and what came of it."""
    return [
        (
            one.subject.removeprefix(f"{path}"),
            one.kind,
            one.problem.code if one.problem else str(one.verdict.outcome if one.verdict else one.is_fine),
        )
        for one in checked(path)
    ]


def tarred(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as bundle:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            bundle.addfile(member, io.BytesIO(data))
    return packed.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:  # stored: their text stands in it for all to read
        for name, data in files.items():
            bundle.writestr(name, data)
    return packed.getvalue()


FILES = {"old.pem": LEAVES[3].fullchain_pem, "web.pem": LEAVES[0].fullchain_pem, "readme": b"hello\n"}
MEMBERS = [("!old.pem", "chain", "refused"), ("!web.pem", "chain", "accepted"), ("!readme", "file", "True")]


PACKERS: list[Callable[[dict[str, bytes]], bytes]] = [
    tarred,
    zipped,
    lambda files: gzip.compress(tarred(files)),
]


@pytest.mark.parametrize("pack", PACKERS)
def test_an_archive_is_looked_into_and_each_member_judged_alone(
    pack: Callable[[dict[str, bytes]], bytes], tmp_path: Path
) -> None:
    """Also where the text of its members stands in it for all to read: no chain is made of different files."""
    path = tmp_path / "x"
    path.write_bytes(pack(FILES))
    assert MEMBERS == shown(path)


def test_an_archive_in_a_folder_and_a_broken_one_are_told(tmp_path: Path) -> None:
    """What was before the cut is there; the rest is told; what follows in the folder is judged."""
    place = tmp_path / "top"
    place.mkdir()
    # all of the first member, and of the second its header and a little
    (place / "a.tar").write_bytes(tarred(FILES)[: 512 + -(-len(FILES["old.pem"]) // 512) * 512 + 800])
    (place / "b.pem").write_bytes(LEAVES[0].fullchain_pem)
    found = shown(place)
    assert ("/a.tar!old.pem", "chain", "refused") == found[0]
    assert ("/a.tar", "file", "sweep.archive-broken") in found
    assert ("/b.pem", "chain", "accepted") == found[-1]


def test_a_file_made_smaller_weighs_what_it_weighs(tmp_path: Path) -> None:
    """Who names a file that holds nothing is warned, packed or not; what lies in an archive by the way is noted."""
    path = tmp_path / "x"
    for data in (b"nothing at all\n", gzip.compress(b"nothing at all\n")):
        path.write_bytes(data)
        (one,) = checked(path)
        assert [("nothing-read", Severity.WARNING)] == [
            (found.code, found.severity) for found in one.findings
        ]
    path.write_bytes(zipped({"readme": b"nothing at all\n"}))
    (one,) = checked(path)
    assert [Severity.NOTE] == [found.severity for found in one.findings]


def test_a_member_larger_than_a_look_takes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is not held beyond that."""
    path = tmp_path / "x"
    path.write_bytes(zipped({"a": bytes(2_000), "web.pem": LEAVES[0].fullchain_pem}))
    monkeypatch.setattr("warifu.workflows.places.MOST", 1_900)
    monkeypatch.setattr(check, "MOST", 1_900)
    large, web = checked(path)
    assert ["too-large"] == [one.code for one in large.findings]
    assert web.verdict is not None


def test_leaves_of_a_pile_are_judged_each_by_itself(tmp_path: Path) -> None:
    """More of them than any chain has: each by its fingerprint, issued by the CA at the end; what is odd is told once."""
    path = tmp_path / "pile.pem"
    odd = b"-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
    path.write_bytes(to_pem([one.value for one in LEAVES]) + MID.pem)
    first, *leaves = checked(path)
    assert ("authorities", (MID.value,)) == (first.kind, first.certificates)
    assert len(LEAVES) == len(leaves)
    assert {3} == {n for n, one in enumerate(leaves) if not one.is_fine}
    data = path.read_bytes()
    for n, one in enumerate(leaves):
        assert (LEAVES[n].value,) == one.certificates
        assert f"{path}#{LEAVES[n].value.fingerprint.short}" == one.subject
    path.write_bytes(data + odd)
    told, *others = checked(path)
    assert (["unreadable"], ()) == ([one.code for one in told.findings], told.certificates)
    assert [one.verdict for one in leaves] == [one.verdict for one in others[1:]]


def test_a_hundred_leaves_beside_a_key_are_strangers_in_its_chain(tmp_path: Path) -> None:
    """The key makes the file somebody's: then all of it is judged as what that one sends."""
    path = tmp_path / "x.pem"
    path.write_bytes(LEAVES[0].key_pem + to_pem([one.value for one in LEAVES]))
    (one,) = checked(path)
    assert "chain" == one.kind


def test_an_address_is_given_as_long_as_was_asked_for() -> None:
    """And where it does not answer in that time, it is told how long it was given."""
    asked = FakeProber()
    looking = replace(checker(), prober=lambda: asked, patience=timedelta(seconds=40))
    (one,) = looking.check([Address("127.0.0.1", 1)], STORE)
    assert [timedelta(seconds=40)] == [ask.timeout for ask in asked.asked]
    assert one.problem is not None
    assert 40 == one.problem.values["limit"]


class Refuses(Verifier):
    """Refuses whatever it is asked, and counts."""

    consumer = "openssl"
    asked = 0

    def answer(self, questions: Sequence[PathQuestion]) -> tuple[PathAnswer, ...]:
        self.asked += len(questions)
        return (PathAnswer(accepted=False, engine="fake 1", said="no"),) * len(questions)


def test_engines_are_asked_about_a_pile_where_one_of_them_decides(tmp_path: Path) -> None:
    """Each takes many times as long as our rules do: nobody waits for them who did not ask for it."""
    path = tmp_path / "pile.pem"
    path.write_bytes(to_pem([one.value for one in LEAVES]) + MID.pem)
    for consumer, asked, basis in (("", 0, Basis.MODELLED), ("openssl", len(LEAVES), Basis.RUN)):
        engine = Refuses()
        asking = replace(checker(), engines=(engine,), consumer=consumer)
        _, *leaves = asking.check([str(path)], STORE)
        assert asked == engine.asked
        assert {basis} == {one.verdict.basis for one in leaves if one.verdict}
