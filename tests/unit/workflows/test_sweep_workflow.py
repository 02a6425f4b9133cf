"""A sweep ended between any two units, and what it does with what is odd."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import pickle
import zipfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from support.pki import NOW, make_ca, make_key
from warifu.adapters.archives.local import LocalArchives
from warifu.adapters.clock.system import SystemClock
from warifu.adapters.results.json_lines import JsonLines
from warifu.adapters.results.unfinished import Unfinished
from warifu.domain.findings import Severity
from warifu.domain.sweep.listing import Listing, path_line
from warifu.domain.sweep.row import Row
from warifu.domain.sweep.summary import Summary
from warifu.domain.x509 import to_pem
from warifu.errors import CouldNotLookError, RefusedError, UsageError
from warifu.ports.archives import Content
from warifu.ports.hosts import FileSeen
from warifu.ports.results import Mark
from warifu.wiring import cli as wiring
from warifu.workflows import sweep as sweep_workflow
from warifu.workflows import sweep_rows, sweep_units
from warifu.workflows.check import Checker, TrustFile
from warifu.workflows.sweep import Sweep, Workload, read_pool
from warifu.workflows.threads import Threads

KEY = make_key()
ROOT = make_ca("Root", key=KEY)
MID = ROOT.intermediate("Mid", key=KEY)
LEAVES = [MID.leaf(f"h{n}.example", key=KEY) for n in range(24)]
ASKED = {"profile": "tls-server", "at-given": "x"}


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Units of a few certificates, so that a small pile has many."""
    monkeypatch.setattr(sweep_units, "SMALL", 2_000)
    monkeypatch.setattr(sweep_units, "PART", 2_000)


def checker() -> Checker:
    return replace(wiring.checker("tls-server", at=NOW), engines=())


def sweep(out: Path, place: Path, told: object = None) -> Summary:
    store = TrustFile("", (ROOT.value,))
    one = Sweep(checker(), store, (), LocalArchives(), JsonLines(str(out)), SystemClock(), Workload(1, 2))

    def nothing(rows: tuple[Row, ...], count: int, share: float) -> None:
        assert 0 <= share <= 1

    return one.run(Listing((path_line(str(place)),)), ASKED, told or nothing, replace_all=False)  # type: ignore[arg-type]


def piles(folder: Path) -> Path:
    place = folder / "certs"
    place.mkdir()
    (place / "a.der").write_bytes(b"".join(one.value.der for one in LEAVES) + MID.value.der)
    first, second = (to_pem([one.value for one in part]) for part in (LEAVES[:6], LEAVES[6:12]))
    odd = b"-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
    (place / "b.pem").write_bytes(MID.pem + first + odd + second)
    (place / "c.pem").write_bytes(LEAVES[0].fullchain_pem)
    return place


def test_ended_after_any_unit_it_goes_on(tmp_path: Path) -> None:
    """One unit a run, and then as many runs as there are units: the rows are those of one run."""
    place = piles(tmp_path)
    sweep(tmp_path / "whole.jsonl", place)
    runs = 0

    def stop(rows: tuple[Row, ...], count: int, share: float) -> None:
        raise KeyboardInterrupt

    while not (tmp_path / "parts.jsonl").exists():
        runs += 1
        try:
            sweep(tmp_path / "parts.jsonl", place, stop)
        except KeyboardInterrupt:
            continue
    assert runs > 10
    assert (tmp_path / "whole.jsonl").read_bytes() == (tmp_path / "parts.jsonl").read_bytes()


@pytest.mark.parametrize("change", ["touched", "more"])
def test_what_only_looks_changed_goes_on(change: str, tmp_path: Path) -> None:
    """A copy has other dates; what came behind the part that is done is read as it is now. As if done in one run."""
    place = piles(tmp_path)
    stopped = False

    def stop(rows: tuple[Row, ...], kept: int, share: float) -> None:
        nonlocal stopped
        if not stopped and kept > 2:
            stopped = True
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(tmp_path / "out.jsonl", place, stop)
    if change == "touched":
        for one in place.iterdir():
            os.utime(one, (1, 1))
    else:
        (place / "a.der").write_bytes(
            (place / "a.der").read_bytes() + make_ca("Far").leaf("far.example").value.der
        )
    sweep(tmp_path / "out.jsonl", place, stop)
    sweep(tmp_path / "whole.jsonl", place)
    assert (tmp_path / "whole.jsonl").read_bytes() == (tmp_path / "out.jsonl").read_bytes()


@pytest.mark.parametrize("change", ["changed", "another ca", "gone", "new"])
def test_what_changed_since_is_refused(change: str, tmp_path: Path) -> None:
    """Rows of two different states are never mixed in one file."""
    place = piles(tmp_path)
    count = 0

    def stop(rows: tuple[Row, ...], kept: int, share: float) -> None:
        nonlocal count
        count += 1
        if count == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(tmp_path / "out.jsonl", place, stop)
    data = (place / "a.der").read_bytes()
    if change == "changed":
        (place / "a.der").write_bytes(LEAVES[1].value.der + data)
    elif change == "another ca":
        (place / "a.der").write_bytes(data + make_ca("Far").value.der)
    elif change == "gone":
        for one in place.iterdir():
            one.unlink()
    else:
        (place / "0.pem").write_bytes(LEAVES[0].pem)
    with pytest.raises(RefusedError, match=r"sweep\.(changed|gone)") as refused:
        sweep(tmp_path / "out.jsonl", place)
    if change != "gone":
        assert str(place / "a.der") == str(refused.value.values["place"])


def test_a_pile_is_judged_with_cas_that_stand_anywhere_in_it(tmp_path: Path) -> None:
    """The CA at its very end is there for the first leaf; what cannot be read is told with its place in the file."""
    place = piles(tmp_path)
    summary = sweep(tmp_path / "out.jsonl", place)
    assert ("accepted", 24 + 1) in summary.verdicts  # and the chain
    (unreadable,) = [one for one in summary.met if one.code == "unreadable"]
    assert (1, f"{place}/b.pem") == (unreadable.count, unreadable.first)
    offset = (place / "b.pem").read_bytes().index(b"-----BEGIN CERTIFICATE-----\nMAMCAQE=")
    assert offset > sweep_units.PART
    assert f'"offset":{offset},"label"' in (tmp_path / "out.jsonl").read_text("utf-8")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (to_pem([one.value for one in LEAVES]).decode().encode("utf-16"), "leaf"),
        (base64.b64encode(b"".join(one.value.der for one in LEAVES)), "leaf"),
        (to_pem([make_ca(f"Root {n}", key=KEY).value for n in range(20)]), "anchors"),
        (b"no certificate at all\n" * 400, "file"),
        (LEAVES[0].fullchain_pem + b"\n# text\n" * 400, "chain"),
    ],
)
def test_large_files_of_other_kinds_are_read_whole(data: bytes, kind: str, tmp_path: Path) -> None:
    """UTF-16, bare Base64, trust stores, text, a chain among text: as a small file of the kind would be."""
    assert len(data) > sweep_units.SMALL
    (tmp_path / "x").write_bytes(data)
    sweep(tmp_path / "out.jsonl", tmp_path / "x")
    assert f'"kind":"{kind}"' in (tmp_path / "out.jsonl").read_text("utf-8")


CHAIN = LEAVES[0].fullchain_pem
DER = LEAVES[0].value.der
LATE = {
    "zeros": bytes(9_000) + b"\n" + CHAIN,
    "bytes": bytes(range(128, 256)) * 60 + b"\n" + CHAIN,
    "program": b"\x7fELF" + b"\x01\x02\0\x90" * 2_000 + CHAIN,
    "text": b"line of text\n" * 900 + CHAIN,
    "no line end": b"A" * 9_000 + CHAIN,
    "json": b'{"pad":"' + b"q" * 9_000 + b'","cert":"' + CHAIN.replace(b"\n", b"\\n") + b'"}',
    "utf-16-le": ("text\n" * 900 + CHAIN.decode()).encode("utf-16-le"),
    "utf-16-be": ("text\n" * 900 + CHAIN.decode()).encode("utf-16-be"),
    "utf-16": ("text\n" * 900 + CHAIN.decode()).encode("utf-16"),
    "damaged line": b"line of text\n" * 900 + CHAIN.replace(b"-----BEGIN", b"\n\xe2\x80\x94 Begin"),
    "end alone": b"line of text\n" * 900 + b"-----END CERTIFICATE-----\n",
    "base64 with a mark": b"\xef\xbb\xbf" + base64.b64encode((LEAVES[0].value.der + MID.value.der) * 4),
    "der behind zeros": DER + bytes(9_000) + DER,
    "der and more": DER + bytes(9_000) + b"more",
    "chain and room": CHAIN + bytes(9_000),
    "nothing": bytes(range(256)) * 60,
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("case", LATE)
def test_a_large_file_is_judged_as_a_look_at_it_alone_judges_it(
    case: str, packed: bool, tmp_path: Path
) -> None:
    """Wherever in it the chain begins and however it is spelt; what is odd is told there as here."""
    data = LATE[case]
    assert len(data) > 2 * sweep_units.SMALL
    path = tmp_path / "x"
    path.write_bytes(data)
    (alone,) = checker().check([str(path)], TrustFile("", (ROOT.value,)))
    if packed:
        path.write_bytes(gzip.compress(data))
    sweep(tmp_path / "out.jsonl", path)
    (row,) = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    kind = "authorities" if alone.kind == "authorities" else alone.kind
    codes = [
        (str(one.code), str(one.severity)) for one in alone.findings if one.code != "private-key-readable"
    ]
    assert (kind, codes) == (row["kind"], [(one["code"], one["severity"]) for one in row["findings"]])
    assert (alone.verdict.outcome if alone.verdict else row["verdict"]) == row["verdict"]
    assert (case == "nothing") == ("nothing-read" in str(codes))


def test_what_is_too_large_is_told_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not that it holds nothing: nobody looked. On the disk it is not even read; in an archive, no further."""
    monkeypatch.setattr(sweep_units, "MOST", 6_000)
    monkeypatch.setattr("warifu.workflows.places.MOST", 6_000)
    place = tmp_path / "files"
    place.mkdir()
    (place / "a").write_bytes(bytes(9_000) + CHAIN)
    (place / "b.gz").write_bytes(gzip.compress(bytes(9_000) + CHAIN))
    sweep(tmp_path / "out.jsonl", place)
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [["too-large"], ["too-large"]] == [[one["code"] for one in row["findings"]] for row in found]
    assert [len(bytes(9_000) + CHAIN), 6_001] == [row["findings"][0]["evidence"]["size"] for row in found]


def test_a_ca_beside_what_cannot_be_read_still_issues(tmp_path: Path) -> None:
    """The part of a pile in which it stands holds something odd besides."""
    odd = b"-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
    (tmp_path / "x").write_bytes(to_pem([one.value for one in LEAVES]) + odd + MID.pem)
    summary = sweep(tmp_path / "out.jsonl", tmp_path / "x")
    assert ("accepted", len(LEAVES)) == summary.verdicts[0]


def test_what_waits_is_bounded_in_bytes(tmp_path: Path) -> None:
    """Large files are not gathered by the dozen while one of them is judged; of small ones as many as there were."""
    (tmp_path / "x").write_bytes(b"line of text\n" * 900 + CHAIN)
    cutter = sweep_units.Cutter(LocalArchives(), lambda path: FileSeen(path, "other"), lambda _: False)
    (unit,) = cutter.units(Listing((path_line(str(tmp_path / "x")),)))
    assert len(b"line of text\n" * 900 + CHAIN) == unit.weight
    load = Workload(8, 1)
    one = Sweep(checker(), TrustFile("", ()), (), LocalArchives(), Unfinished(""), SystemClock(), load)
    with ThreadPoolExecutor(1) as nobody:
        crew = sweep_workflow._Crew(nobody, Threads(1, "x"), one)
        for weight, is_busy in ((100 << 20, True), (1 << 20, False)):
            waiting = deque([sweep_workflow._Waiting(Future(), Mark(), 0.0, weight)] * 3)
            assert is_busy == crew.is_busy(waiting)


def test_an_archive_that_a_pipe_sends_is_opened(tmp_path: Path) -> None:
    """As a file of that content is."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:
        bundle.writestr("a.pem", CHAIN)
        bundle.writestr("b.pem", to_pem([one.value for one in LEAVES]))
    os.mkfifo(tmp_path / "pipe")
    listing = Listing((path_line(str(tmp_path / "pipe")),))
    sent = FileSeen(str(tmp_path / "pipe"), "file", packed.getvalue())
    cutter = sweep_units.Cutter(LocalArchives(), lambda _: sent, lambda _: False)
    places = {unit.place for unit in cutter.units(listing)}
    assert {f"{tmp_path}/pipe!{name}" for name in ("a.pem", "b.pem")} == places

    def closed(path: str) -> FileSeen:
        raise CouldNotLookError("trust.not-a-file", path=path)

    (unit,) = sweep_units.Cutter(LocalArchives(), closed, lambda _: False).units(listing)
    assert "unseen" == unit.rows[0].verdict


def test_a_pool_holds_cas(tmp_path: Path) -> None:
    """Files of CAs are joined; one that holds none, or is not there, is a mistake."""
    (tmp_path / "mid.pem").write_bytes(MID.pem + LEAVES[0].pem)
    (tmp_path / "leaf.pem").write_bytes(LEAVES[0].pem)
    asked = checker()
    assert (MID.value,) == read_pool(asked, (str(tmp_path / "mid.pem"),))
    with pytest.raises(UsageError, match=r"sweep\.no-authorities"):
        read_pool(asked, (str(tmp_path / "leaf.pem"),))
    with pytest.raises(UsageError, match=r"io\.no-such-file"):
        read_pool(asked, (str(tmp_path / "gone.pem"),))


@pytest.mark.parametrize("profile", ["tls-server", "cisco-expressway@X14:E", "webpki-public", "tpm-ek"])
def test_other_processes_can_be_begun_with_any_profile(profile: str) -> None:
    """What they are begun with can be sent, and says the same there."""
    asked = wiring.checker(profile, at=NOW)
    one = Sweep(
        asked,
        TrustFile("", (ROOT.value,)),
        (MID.value,),
        LocalArchives(),
        Unfinished(""),
        SystemClock(),
        Workload(1, 1),
    )
    arrived = pickle.loads(pickle.dumps(one.setting()))  # noqa: S301 - our own
    assert asked.profile == arrived.checker.profile
    assert ((ROOT.value.der,), (MID.value.der,)) == (arrived.anchors, arrived.pool)


def test_the_walk_is_the_same_each_time(tmp_path: Path) -> None:
    """Units have the same keys in the same order: that is what going on rests on."""
    place = piles(tmp_path)
    listing = Listing((path_line(str(place)), path_line(str(tmp_path / "gone"))))
    cutter = sweep_units.Cutter(LocalArchives(), lambda path: FileSeen(path, "other"), lambda _: False)
    first, second = ([unit.key for unit in cutter.units(listing)] for _ in range(2))
    assert first == second
    assert len(set(first)) == len(first) > 10


@pytest.mark.parametrize("form", ["pem", "der"])
def test_certificates_far_apart_are_all_met(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More room between two than is ever held at once: the one behind it is judged, and nothing else is told."""
    monkeypatch.setattr(sweep_units, "MOST", 6_000)
    first, last = LEAVES[:3], LEAVES[3]
    if form == "pem":
        data = to_pem([one.value for one in first]) + b"# nothing\n" * 3_000 + last.pem
    else:
        data = b"".join(one.value.der for one in first) + bytes(30_000) + last.value.der
    (tmp_path / "pile").write_bytes(MID.pem + data if form == "pem" else MID.value.der + data)
    summary = sweep(tmp_path / "out.jsonl", tmp_path / "pile")
    assert (("accepted", 4), 5, ()) == (summary.verdicts[0], summary.rows, summary.met)


@pytest.mark.parametrize("form", ["pem", "der"])
def test_what_never_ends_is_told_and_what_follows_is_met(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An object longer than any may be: its place is told, and the certificates behind it are judged."""
    monkeypatch.setattr(sweep_units, "MOST", 6_000)
    pile = [one.value for one in (MID, *LEAVES[:3])]
    if form == "pem":
        endless = b"-----BEGIN CERTIFICATE-----\n" + b"AAAA\n" * 3_000
        data = to_pem(pile) + endless + LEAVES[3].pem
    else:
        data = b"".join(one.der for one in pile) + b"\x30\x84\x7f\xff\xff\xff" + b"x" * 15_000
    (tmp_path / "pile").write_bytes(data)
    summary = sweep(tmp_path / "out.jsonl", tmp_path / "pile")
    assert ("accepted", 4 if form == "pem" else 3) == summary.verdicts[0]
    assert any(one.severity is Severity.ERROR for one in summary.met)


class Walked(LocalArchives):
    """Counts the walks."""

    walks = 0

    def below(self, path: str) -> Iterator[Content]:
        type(self).walks += 1
        return super().below(path)


def test_an_archive_is_unpacked_once_however_many_piles_it_holds(tmp_path: Path) -> None:
    """Each pile in it is gone through twice without going through the archive again."""
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as bundle:
        for number in range(5):
            pile = to_pem([one.value for one in (MID, *LEAVES[number * 4 : number * 4 + 4])])
            bundle.writestr(f"{number}.pem", pile)
    before = Walked.walks
    cutter = sweep_units.Cutter(Walked(), lambda path: FileSeen(path, "other"), lambda _: False)
    units = list(cutter.units(Listing((path_line(str(tmp_path / "many.zip")),))))
    assert 5 <= len([one for one in units if isinstance(one.work, sweep_rows.Part)])
    assert 1 == Walked.walks - before


def test_its_own_files_are_no_subjects(tmp_path: Path) -> None:
    """Where rows are kept in the folder that is swept, it can be ended and gone on with, and rows are of others alone."""
    place = piles(tmp_path)
    stopped = False

    def stop(rows: tuple[Row, ...], count: int, share: float) -> None:
        nonlocal stopped
        if not stopped and count > 20:
            stopped = True
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(place / "aa.jsonl", place, stop)
    sweep(place / "aa.jsonl", place, stop)
    assert {f"{place}/{name}" for name in ("a.der", "b.pem", "c.pem")} == {
        json.loads(line)["place"] for line in (place / "aa.jsonl").read_text("utf-8").splitlines()
    }


def test_a_leaf_beside_other_cas_has_a_row_of_its_own(tmp_path: Path) -> None:
    """In a pile that lacks its issuer it is refused, in another accepted, whichever is met first."""
    leaves = [one.value for one in LEAVES[:3]]
    for first, second in (("a", "b"), ("b", "a")):
        place = tmp_path / first
        place.mkdir()
        (place / f"{first}.pem").write_bytes(to_pem([*leaves, MID.value]))
        (place / f"{second}.pem").write_bytes(to_pem(leaves))
        verdicts = dict(sweep(tmp_path / f"{first}.jsonl", place).verdicts)
        assert (3, 3) == (verdicts["accepted"], verdicts["refused"])
