"""`warifu check --list --out` as a person runs it: piles, archives, folders, addresses; ended and gone on with."""

from __future__ import annotations

import gzip
import io
import json
import random
import signal
import subprocess
import tarfile
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from support.command import Ran, argv, environment, run_warifu
from support.pki import NOW, Entity, make_ca, make_key
from support.running import need_program, wait_until
from support.tls_server import run_s_server
from warifu.domain.x509 import to_pem

AT = NOW.isoformat()
KEY = make_key()
ROOT = make_ca("Root", key=KEY)
MID = ROOT.intermediate("Mid", key=KEY)
FAR = ROOT.intermediate("Far", key=KEY)


def leaf(number: int, issuer: Entity = MID) -> Entity:
    return issuer.leaf(f"h{number}.example", key=KEY, expired=number % 10 == 0, end=None)


LEAVES = [leaf(n) for n in range(60)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a pile in PEM and DER, chains, an archive of them, and what holds nothing."""
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    (tmp_path / "far.pem").write_bytes(FAR.pem)
    place = tmp_path / "certs"
    place.mkdir()
    pile = to_pem([one.value for one in LEAVES[:30]]) + MID.pem
    (place / "pile.pem").write_bytes(pile)
    (place / "pile.der").write_bytes(MID.value.der + b"".join(one.value.der for one in LEAVES[20:]))
    (place / "chain.pem").write_bytes(LEAVES[1].fullchain_pem)
    (place / "copy.pem").write_bytes(LEAVES[1].fullchain_pem)
    (place / "far.pem").write_bytes(to_pem([leaf(n, FAR).value for n in range(100, 103)]))
    (place / "notes.txt").write_text("nothing here", "utf-8")
    with zipfile.ZipFile(place / "packed.zip", "w") as bundle:
        inner = io.BytesIO()
        with tarfile.open(fileobj=inner, mode="w:gz") as tar:
            member = tarfile.TarInfo("old.pem")
            member.size = len(LEAVES[10].fullchain_pem)
            tar.addfile(member, io.BytesIO(LEAVES[10].fullchain_pem))
        bundle.writestr("inner.tgz", inner.getvalue())
        bundle.writestr("broken.pem", LEAVES[2].pem[:-40])
    (place / "cut.gz").write_bytes(gzip.compress(pile)[:400])
    return tmp_path


def check(folder: Path, *arguments: str) -> Ran:
    return run_warifu(
        "check",
        "--at",
        AT,
        "--anchors",
        "root.pem",
        "--pool",
        "far.pem",
        *arguments,
        folder=folder,
        seconds=180,
    )


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def by_place(path: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows(path):
        found.setdefault(str(row["place"]).removeprefix("certs/"), []).append(row)
    return found


def codes(row: dict[str, Any]) -> list[str]:
    return [one["code"] for one in row["findings"]]


def test_a_folder_of_everything(folder: Path) -> None:
    """One row a leaf of a pile, one a chain, members of archives by their names; what could not be read is there too."""
    ran = check(folder, "certs", "--out", "out.jsonl", "--jobs", "2")
    assert 5 == ran.code, ran.err  # the archive that was cut
    found = by_place(folder / "out.jsonl")
    kinds = {name: Counter(row["kind"] for row in found[name]) for name in ("pile.der", "pile.pem")}
    assert (40, 1) == (kinds["pile.der"]["leaf"], kinds["pile.der"]["authority"])
    assert Counter(leaf=20) == kinds["pile.pem"]
    assert 10 + 1 == sum(row["also"] for row in found["pile.der"])  # ten leaves and the CA stand in both
    assert Counter(refused=6, accepted=54) == Counter(
        row["verdict"] for row in [*found["pile.pem"], *found["pile.der"]] if row["kind"] == "leaf"
    )
    assert [("chain", "accepted", 1)] == [(r["kind"], r["verdict"], r["also"]) for r in found["chain.pem"]]
    assert ["refused", "accepted", "accepted"] == [row["verdict"] for row in found["far.pem"]]
    assert ["expired"] == codes(found["packed.zip!inner.tgz!old.pem"][0])
    assert "unreadable" in str(codes(found["packed.zip!broken.pem"][0])) or "truncated" in str(
        codes(found["packed.zip!broken.pem"][0])
    )
    assert "sweep.archive-broken" == found["cut.gz"][-1]["problem"]["code"]
    places = [row["place"] for row in rows(folder / "out.jsonl")]
    assert places == sorted(places, key=places.index)
    assert ["out.jsonl"] == [one.name for one in folder.iterdir() if one.name.startswith("out")]


def test_offsets_lead_to_the_certificate(folder: Path) -> None:
    """Whoever reads the row finds the bytes again."""
    check(folder, "certs/pile.der", "--out", "out.jsonl", "--jobs", "1")
    data = (folder / "certs/pile.der").read_bytes()
    listed = [row for row in rows(folder / "out.jsonl") if row["sha256"]]
    assert 41 == len(listed)
    for row in listed:
        matching = [one for one in [*LEAVES, MID] if one.value.fingerprint.hex == row["sha256"]]
        assert data[row["offset"] :].startswith(matching[0].value.der)


def test_a_chain_is_judged_as_check_judges_it(folder: Path) -> None:
    """The same findings with the same evidence, but for what engines say."""
    path = "certs/chain.pem"
    alone = json.loads(check_alone(folder, path).out)["subjects"][0]["findings"]
    check(folder, path, "--out", "out.jsonl", "--jobs", "1", "--name", "else.example")
    (row,) = rows(folder / "out.jsonl")
    wanted = [(one["code"], one["severity"], one["subject"]) for one in alone if "engine" not in one["code"]]
    assert wanted
    assert wanted == [(one["code"], one["severity"], one["subject"]) for one in row["findings"]]


def check_alone(folder: Path, path: str) -> Ran:
    return run_warifu(
        "check",
        "--at",
        AT,
        "--anchors",
        "root.pem",
        "--name",
        "else.example",
        "--json",
        path,
        folder=folder,
        seconds=60,
    )


def test_an_engine_is_asked_where_it_is_named(folder: Path) -> None:
    """Leaves of a pile and chains alike: it answers, and its refusal decides."""
    place = ("certs/pile.der", "certs/chain.pem")
    ran = check(folder, *place, "--consumer", "cryptography", "--out", "out.jsonl", "--jobs", "1")
    assert 1 == ran.code, ran.err
    judged = [row for row in rows(folder / "out.jsonl") if row["kind"] in {"leaf", "chain"}]
    assert {"run"} == {row["basis"] for row in judged}
    refused = [codes(row) for row in judged if row["verdict"] == "refused"]
    assert 4 == len(refused)
    assert all({"expired", "engine-refused"} <= set(found) for found in refused)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_summary_is_something_to_act_on(folder: Path, lang: str) -> None:
    """Verdicts, codes with remedies, what ends when, issuers, and what could not be looked at."""
    ran = check(folder, "certs", "--out", "out.csv", "--jobs", "1", "--json", "--lang", lang)
    told = json.loads(ran.out)
    assert told["rows"] == sum(told["verdicts"].values())
    assert told["places"] == told["rows"] + 12  # ten leaves, a CA and a chain were met again
    expired = next(one for one in told["findings"] if one["code"] == "expired")
    assert (8, "error") == (expired["count"], expired["severity"])
    assert expired["remedy"]
    assert 8 == told["ends"]["expired"]
    assert "CN=Mid" == told["issuers"][0]["issuer"]
    assert 1 == told["unseen"]["count"]
    shown = check(folder, "certs", "--out", "out.csv", "--replace", "--jobs", "1", "--lang", lang).out
    assert ("期限切れ" if lang == "ja" else "expired") in shown
    assert "CN=Mid" in shown


def test_without_out_each_row_is_a_line(folder: Path) -> None:
    """A list from standard input, a short line each, and the sum below."""
    done = subprocess.run(
        argv("check", "--at", AT, "--anchors", "root.pem", "--list", "-"),
        input="# mine\ncerts/chain.pem\ncerts/notes.txt  # text\n",
        cwd=folder, env=environment(), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "certs/chain.pem: accepted\n" in done.stdout
    assert "2 rows for 2 places" in done.stdout
    assert not done.stderr  # no progress where nobody looks
    assert 1 == done.returncode  # somebody named a file that holds nothing


def test_names_that_lead_nowhere_are_counted_and_the_first_is_shown(folder: Path) -> None:
    """One reason for several: what is said of the first is not said of all."""
    (folder / "list").write_text("gone.pem\ncerts/chain.pem\n", "utf-8")
    ran = check(folder, "--list", "list", "--out", "out.jsonl", "--jobs", "1")
    assert "1 gone.pem is neither a file" in ran.out
    (folder / "list").write_text("gone.pem\nlost.pem\ncerts/chain.pem\n", "utf-8")
    ran = check(folder, "--list", "list", "--out", "out.jsonl", "--replace", "--jobs", "1")
    assert "2 of a kind; the first: gone.pem is neither a file" in ran.out


def test_a_bad_list_is_told_whole_before_anything_is_looked_at(folder: Path) -> None:
    """File and line of every fault; no row is written."""
    (folder / "list").write_text("certs\nweb.example:0\nftp://x.example\n", "utf-8")
    ran = check(folder, "--list", "list", "--out", "out.jsonl")
    assert 2 == ran.code
    assert "list:2:" in ran.err
    assert "list:3:" in ran.err
    assert not list(folder.glob("out*"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("certs", "--out", "out.xml"), ".sqlite"),
        (("certs", "--out", "none/out.csv"), "mkdir"),
        (("--list", "gone"), "gone"),
        (("certs", "--out", "out.csv", "--pool", "certs/notes.txt"), "notes.txt"),
        (("certs", "--out", "out.csv", "--jobs", "0"), "--jobs"),
        ((), "FILE|DIR"),
    ],
)
def test_a_wrong_wish_is_refused(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    """Before anything is looked at, with what to do."""
    ran = check(folder, *arguments)
    assert (2, True) == (ran.code, said in ran.err), ran.err


def test_addresses_come_in_the_order_of_the_list(folder: Path, tmp_path: Path) -> None:
    """Those that answer late do not push in; each has its row, also where nothing answers."""
    need_program("openssl", "openssl")
    with (
        run_s_server(tmp_path / "one", LEAVES[1]) as first,
        run_s_server(tmp_path / "two", LEAVES[2]) as second,
    ):
        lines = [f"127.0.0.1:{first}", "127.0.0.1:1", f"127.0.0.1:{second},{first}", "certs/chain.pem"]
        (folder / "list").write_text("\n".join(lines), "utf-8")
        ran = check(folder, "--list", "list", "--out", "out.jsonl", "--jobs", "1", "--name", "h1.example")
    assert 5 == ran.code
    expected = [
        f"127.0.0.1:{first}",
        "127.0.0.1:1",
        f"127.0.0.1:{second}",
        f"127.0.0.1:{first}",
        "certs/chain.pem",
    ]
    found = rows(folder / "out.jsonl")
    assert expected == [row["place"] for row in found]
    assert ["accepted", "unseen", "refused", "accepted", "accepted"] == [row["verdict"] for row in found]


def big(folder: Path) -> list[str]:
    """Write a few thousand leaves into piles that are streamed, and return the command for them."""
    data = b"".join(MID.leaf(f"n{n}.example", key=KEY, expired=n % 3 == 0).value.der for n in range(4_000))
    (folder / "certs/big.der").write_bytes(MID.value.der + data)
    (folder / "certs/big.pem.gz").write_bytes(
        gzip.compress(to_pem([one.value for one in LEAVES]) * 30 + MID.pem)
    )
    return ["check", "--at", AT, "--anchors", "root.pem", "--pool", "far.pem", "certs", "--out", "out.jsonl"]


def test_killed_at_any_moment_it_goes_on_and_gives_the_same(folder: Path) -> None:
    """SIGKILL again and again, each time somewhere else: the rows are those of a run that nobody disturbed."""
    command = big(folder)
    began = time.monotonic()
    assert 5 == run_warifu(*command, "--jobs", "2", folder=folder, seconds=300).code
    lasted = time.monotonic() - began
    undisturbed = (folder / "out.jsonl").read_bytes()
    (folder / "out.jsonl").unlink()
    chance = random.Random(20261122)
    unfinished = folder / "out.jsonl.unfinished"
    kills = 0
    while not (folder / "out.jsonl").exists():
        with subprocess.Popen(
            argv(*command, "--jobs", "2"), cwd=folder, env=environment() | {"WARIFU_DEBUG": "1"},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        ) as running:  # fmt: skip
            wait_until(unfinished.exists, "rows are kept", seconds=60)
            try:
                running.wait(chance.uniform(0, 0.25) * lasted if kills < 4 else 300)
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGKILL)
                kills += 1
    assert kills
    assert undisturbed == (folder / "out.jsonl").read_bytes()
    assert not unfinished.exists()


def is_committed(database: Path) -> bool:
    """Tell whether something is in a database and no journal would take it back (sqlite.org/fileformat2.html §3)."""
    journal = Path(f"{database}-journal")
    return database.stat().st_size > 0 and not (journal.exists() and journal.read_bytes()[:8].strip(b"\0"))


def test_ctrl_c_keeps_what_was_found(folder: Path) -> None:
    """The exit code of an interrupted program, how to go on, and nothing judged twice; another question is refused."""
    command = big(folder)
    with subprocess.Popen(
        argv(*command, "--jobs", "1"), cwd=folder, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True,
    ) as running:  # fmt: skip
        kept = folder / "out.jsonl.unfinished"
        wait_until(lambda: kept.exists() and is_committed(kept), "the question is kept", seconds=120)
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=60)[1]
    assert 130 == running.returncode
    assert "out.jsonl.unfinished" in said
    other = run_warifu(*command, "--name", "x.example", folder=folder, seconds=60)
    assert (3, True) == (other.code, "--replace" in other.err)
    anew = run_warifu(*command, "--replace", folder=folder, seconds=300)
    assert 5 == anew.code, anew.err
    assert not (folder / "out.jsonl.unfinished").exists()


def test_the_instant_is_the_one_it_was_begun_at(folder: Path) -> None:
    """Without --at it is judged by the clock of the first run, and a run that ended is not gone on with."""
    first = run_warifu(
        "check", "--anchors", "root.pem", "certs/chain.pem", "--out", "out.sqlite", folder=folder, seconds=60
    )
    assert first.code in (0, 1)
    again = run_warifu(
        "check", "--anchors", "root.pem", "certs/chain.pem", "--out", "out.sqlite", folder=folder, seconds=60
    )
    assert (3, True) == (again.code, "--replace" in again.err)
