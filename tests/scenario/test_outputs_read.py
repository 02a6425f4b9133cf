"""Trust stores written where programs read them, and read by those programs."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.command import environment
from support.pki import Entity, make_ca
from support.running import need_program
from warifu.domain.directory.output_settings import parse_outputs
from warifu.domain.directory.outputs import ListedHere, OutputSettings, Stock, TrustedHere
from warifu.domain.estate.table_reader import Source
from warifu.domain.x509 import Certificate, RevocationList
from warifu.domain.x509.writer import crls_to_pem
from warifu.ports.changes import Fence
from warifu.wiring.outputs import output_writer
from warifu.workflows.outputs import Ending, OutputState, OutputWriter

_NOW = datetime.now(UTC).replace(microsecond=0)
_DAY = timedelta(days=1)


def _root(name: str) -> Entity:
    return make_ca(name, now=_NOW)


def _stock(*entities: Entity, crls: Sequence[RevocationList] = ()) -> Stock:
    anchors = tuple(TrustedHere(str(one.value.subject), one.value, "shop") for one in entities)
    return Stock(anchors, tuple(ListedHere(crl, "shop") for crl in crls))


@dataclass
class _Place:
    folder: Path

    def settings(self, text: str) -> OutputSettings:
        return parse_outputs(Source("outputs.toml", text, str(self.folder)))

    @property
    def writer(self) -> OutputWriter:
        state = self.folder / "state"
        return output_writer(Fence(str(state / "fence.json"), "test", 1), str(state))

    def write(self, text: str, stock: Stock) -> list[Ending]:
        return [one.ending for one in self.writer.write(self.settings(text), stock)]

    def states(self, text: str, stock: Stock) -> list[OutputState]:
        return [one.state for one in self.writer.look(self.settings(text), stock)]

    def run(self, *argv: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(each) for each in argv],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=self.folder,
            env=environment(),
        )

    def leaf(self, issuer: Entity, name: str = "web.example") -> Entity:
        entity = issuer.leaf(name, now=_NOW)
        (self.folder / f"{name}.pem").write_bytes(entity.pem)
        return entity

    def is_verified(self, *options: str | Path, name: str = "web.example") -> bool:
        openssl = need_program("openssl", "openssl")
        ran = self.run(openssl, "verify", "-no-CAfile", "-no-CAstore", *options, self.folder / f"{name}.pem")
        return ran.returncode == 0


@pytest.fixture
def place(tmp_path: Path) -> _Place:
    return _Place(tmp_path)


_HASHED = '[[output]]\nname = "hashed"\nkind = "hashed-directory"\npath = "trusted"\nold-hash = true\n'
_BUNDLE = '[[output]]\nname = "bundle"\nkind = "pem-bundle"\npath = "ca.pem"\n'
_BOTH = '[[output]]\nname = "both"\nkind = "pem-bundle"\npath = "b/ca.pem"\ncrl-file = "b/crl.pem"\n'
_P12 = '[[output]]\nname = "p12"\nkind = "pkcs12"\npath = "t.p12"\npassword-file = "password"\n'
_JKS = '[[output]]\nname = "jks"\nkind = "jks"\npath = "t.jks"\npassword-file = "password"\n'


def test_openssl_finds_certificates_and_crls_in_every_form(place: _Place) -> None:
    """By `-CApath` and `-CAfile`, twins under one name with them, and a revoked leaf by its CRL."""
    one, twin = _root("Twin Root"), _root("Twin Root")
    leaf = place.leaf(twin)
    clean, revoking = (
        twin.crl(start=_NOW - _DAY, end=_NOW + _DAY),
        twin.crl([leaf], start=_NOW, end=_NOW + _DAY),
    )
    text = _HASHED + _BUNDLE + _BOTH
    assert [Ending.WRITTEN] * 3 == place.write(text, _stock(one, twin, crls=[clean]))
    folder = place.folder
    assert place.is_verified("-CApath", folder / "trusted")
    assert place.is_verified("-no-CApath", "-CAfile", folder / "ca.pem")
    assert place.is_verified("-crl_check", "-CApath", folder / "trusted")
    by_files = ("-no-CApath", "-crl_check", "-CAfile", folder / "b/ca.pem", "-CRLfile", folder / "b/crl.pem")
    assert place.is_verified(*by_files)
    assert [Ending.WRITTEN, Ending.UNCHANGED, Ending.WRITTEN] == place.write(
        text, _stock(one, twin, crls=[revoking])
    )
    assert not place.is_verified("-crl_check", "-CApath", folder / "trusted")
    assert not place.is_verified(*by_files)
    assert Ending.WRITTEN in place.write(text, _stock(one))
    assert not place.is_verified("-CApath", folder / "trusted")


def test_keytool_reads_both_of_javas_stores(place: _Place) -> None:
    """Trusted entries, each under its alias; written again they stay as they are."""
    keytool = need_program("default-jre-headless", "keytool")
    (place.folder / "password").write_text("correct horse\n", encoding="utf-8")
    (place.folder / "password").chmod(0o600)
    stock = _stock(_root("One"), _root("Zwei ß"), _root("ルート"))
    assert [Ending.WRITTEN] * 2 == place.write(_P12 + _JKS, stock)
    for name in ("t.p12", "t.jks"):
        listed = place.run(
            keytool, "-J-Duser.language=en", "-list", "-keystore", name, "-storepass:file", "password"
        )
        assert 0 == listed.returncode, listed.stdout
        assert 3 == listed.stdout.count("trustedCertEntry"), name
        assert re.search(r"^cn=one,", listed.stdout, re.MULTILINE)
    before = [(place.folder / name).stat().st_ino for name in ("t.p12", "t.jks")]
    assert [Ending.UNCHANGED] * 2 == place.write(_P12 + _JKS, stock)
    assert before == [(place.folder / name).stat().st_ino for name in ("t.p12", "t.jks")]


def test_the_same_set_twice_changes_nothing(place: _Place) -> None:
    """Not one file is touched; two generations stay of many."""
    text, first = _HASHED + _BUNDLE + _BOTH, _root("First")
    for number in range(5):
        assert [Ending.WRITTEN] * 3 == place.write(text, _stock(first, _root(f"Other {number}")))
    last = _stock(first)
    place.write(text, last)
    before = {path: path.lstat().st_mtime_ns for path in place.folder.rglob("*") if "state" not in path.parts}
    assert [Ending.UNCHANGED] * 3 == place.write(text, last)
    after = {path: path.lstat().st_mtime_ns for path in place.folder.rglob("*") if "state" not in path.parts}
    assert before == after
    assert 2 == len(list((place.folder / ".warifu-hashed").glob("g*")))


def _counted_up(folder: Path, stem: str) -> list[bytes]:
    """What OpenSSL reads of one hash: from 0 to the first number that is not there."""
    found: list[bytes] = []
    with contextlib.suppress(FileNotFoundError):
        while True:
            found.append((folder / f"{stem}{len(found)}").read_bytes())
    return found


def test_a_readers_loop_never_misses_an_anchor_that_stays(place: _Place) -> None:
    """`openssl verify` and plain listings, over 200 changes of a hashed directory whose anchors share one name."""
    stays = _root("Same Name")
    others = [_root("Same Name") for _ in range(4)] + [_root("Another")]
    place.leaf(stays)
    sets = [[one for at, one in enumerate(others) if number >> at & 1] for number in range(1, 32)]
    place.write(_HASHED, _stock(stays, *others))
    over, looks = threading.Event(), [0, 0]
    missed: list[str] = []

    def verify() -> None:
        while not over.is_set():
            looks[0] += 1
            if not place.is_verified("-CApath", place.folder / "trusted"):
                missed.append("verify")

    def count_up() -> None:
        stem = next((place.folder / "trusted").glob("*.1")).name[:-1]
        while not over.is_set():
            looks[1] += 1
            if stays.pem not in _counted_up(place.folder / "trusted", stem):
                missed.append("counted")

    readers = [threading.Thread(target=each) for each in (verify, count_up)]
    for reader in readers:
        reader.start()
    swaps = 0
    try:
        while swaps < 200:
            some = sets[swaps * 7 % len(sets)]
            swaps += place.write(_HASHED, _stock(stays, *some)) == [Ending.WRITTEN]
    finally:
        over.set()
        for reader in readers:
            reader.join()
    assert [] == missed
    assert min(looks) > 20


def test_what_lies_there_already_is_kept_or_keeps_us_out(place: _Place) -> None:
    """A plain folder with strangers is refused unless they may stay; then they stay through every change."""
    folder = place.folder / "trusted"
    folder.mkdir(mode=0o755)
    stranger, mine = _root("Stranger"), _root("Mine")
    place.leaf(stranger)
    (folder / "stranger.pem").write_bytes(stranger.pem)
    subprocess.run([need_program("openssl", "openssl"), "rehash", str(folder)], check=True, timeout=60)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (refused,) = place.writer.write(place.settings(_HASHED), _stock(mine))
    assert (Ending.FAILED, "outputs.present-foreign") == (
        refused.ending,
        refused.problem and refused.problem.code,
    )
    assert before == {path.name: path.read_bytes() for path in folder.iterdir()}
    carrying = _HASHED + 'present = "carry"\n'
    for stock in (_stock(mine), _stock(_root("Next"))):
        assert [Ending.WRITTEN] == place.write(carrying, stock)
        assert place.is_verified("-CApath", folder)
        assert [OutputState.AS_PUBLISHED] == place.states(carrying, stock)
        assert (folder / "stranger.pem").read_bytes() == stranger.pem
    assert folder.is_symlink()
    (copies,) = (place.folder / "state/outputs/hashed").glob("adopted-*")
    assert set(before.values()) <= {path.read_bytes() for path in copies.iterdir()}


def test_each_drift_is_told_and_healed(place: _Place) -> None:
    """What is missing, what is more, wrong rights, nothing at all, and what may not be looked at."""
    one, two = _root("One"), _root("Two")
    stock, folder = _stock(one, two), place.folder / "trusted"
    assert [OutputState.ABSENT] == place.states(_HASHED, stock)
    place.write(_HASHED, stock)
    (folder / "00000000.0").write_bytes(_root("Intruder").pem)
    gone = next(path for path in folder.iterdir() if path.read_bytes() == two.pem)
    for path in folder.iterdir():
        if path.read_bytes() == gone.read_bytes() and path != gone:
            path.unlink()
    gone.unlink()
    (seen,) = place.writer.look(place.settings(_HASHED), stock)
    assert (OutputState.DIFFERS, ("CN=Two",), ("CN=Intruder",)) == (seen.state, seen.missing, seen.more)
    assert [Ending.WRITTEN] == place.write(_HASHED, stock)
    assert [OutputState.AS_PUBLISHED] == place.states(_HASHED, stock)
    next(folder.iterdir()).chmod(0o600)
    (seen,) = place.writer.look(place.settings(_HASHED), stock)
    assert (OutputState.DIFFERS, False, (), ()) == (seen.state, seen.rights, seen.missing, seen.more)
    shutil.rmtree(folder.resolve())
    assert [Ending.WRITTEN] == place.write(_HASHED, stock)
    (folder / "sub").mkdir()
    assert [OutputState.UNREADABLE] == place.states(_HASHED, stock)


def test_one_output_that_fails_does_not_hold_up_the_others(place: _Place) -> None:
    """An open password file and a folder in the way: told, while the rest is written."""
    (place.folder / "password").write_text("secret\n", encoding="utf-8")
    (place.folder / "password").chmod(0o644)
    (place.folder / "ca.pem").mkdir()
    written = place.writer.write(place.settings(_P12 + _BUNDLE + _HASHED), _stock(_root("One")))
    assert [Ending.FAILED, Ending.FAILED, Ending.WRITTEN] == [one.ending for one in written]
    codes = [one.problem.code for one in written if one.problem is not None]
    assert ["io.password-file-open", "outputs.not-a-file"] == codes
    (empty,) = place.writer.write(place.settings(_HASHED), _stock())
    assert "outputs.empty" == (empty.problem and empty.problem.code)


@pytest.fixture
def debian(place: _Place) -> str:
    """A system of the test's own, as Debian's command sees it."""
    command = need_program("ca-certificates", "update-ca-certificates")
    for name in ("local", "etc", "share", "hooks"):
        (place.folder / name).mkdir()
    (place.folder / "ca.conf").write_text("# nothing of the distribution\n", encoding="utf-8")
    hook = place.folder / "hooks" / "note"
    hook.write_text(f"#!/bin/sh\ncat >>{place.folder}/hooked\n", encoding="utf-8")
    hook.chmod(0o755)
    options = {
        "certsconf": "ca.conf",
        "certsdir": "share",
        "localcertsdir": "local",
        "etccertsdir": "etc",
        "hooksdir": "hooks",
    }
    argv = [
        command,
        *(part for name, at in options.items() for part in (f"--{name}", str(place.folder / at))),
    ]
    shown = ", ".join(f'"{part}"' for part in argv)
    return f'[[output]]\nname = "all"\nkind = "system"\npath = "{place.folder}/local"\nupdate = [{shown}]\n'


def test_debians_own_command_takes_our_files_up_and_lets_them_go(place: _Place, debian: str) -> None:
    """Beside a file of somebody else's; a removal alone counts anew and tells the hooks."""
    other, one, two = _root("Theirs"), _root("Same"), _root("Same")
    (place.folder / "local/theirs.crt").write_bytes(other.pem)
    place.leaf(two)
    stock, fewer = _stock(one, two), _stock(two)
    assert [Ending.WRITTEN] == place.write(debian, stock)
    assert place.is_verified("-CApath", place.folder / "etc")
    assert 3 == (place.folder / "etc/ca-certificates.crt").read_text().count("BEGIN")
    assert [Ending.UNCHANGED] == place.write(debian, stock)
    assert [Ending.WRITTEN] == place.write(debian, fewer)
    assert [OutputState.AS_PUBLISHED] == place.states(debian, fewer)
    assert place.is_verified("-CApath", place.folder / "etc")
    assert (
        f"-{place.folder}/etc/warifu-all-{one.value.fingerprint.hex}.pem"
        in (place.folder / "hooked").read_text()
    )
    assert "# nothing of the distribution\n" == (place.folder / "ca.conf").read_text()
    assert other.pem == (place.folder / "local/theirs.crt").read_bytes()
    assert [] == [path for path in (place.folder / "etc").iterdir() if not path.exists()]


def test_a_command_that_fails_is_told_and_run_again(place: _Place, debian: str) -> None:
    """Our files stay, nothing counts as taken up, and the next writing goes on."""
    stock, fewer = _stock(_root("One"), _root("Two")), _stock(_root("Three"))
    assert [Ending.WRITTEN] == place.write(debian, stock)
    broken = debian.replace("update-ca-certificates", "no-such-command-of-ours")
    (failed,) = place.writer.write(place.settings(broken), fewer)
    assert Ending.FAILED is failed.ending
    assert [OutputState.DIFFERS] == place.states(debian, fewer)
    assert [Ending.WRITTEN] == place.write(debian, fewer)
    hooked = (place.folder / "hooked").read_text().splitlines()
    assert 2 == sum(line.startswith("-") for line in hooked)


def test_five_thousand_anchors_are_written_and_compared_in_linear_time(place: _Place) -> None:
    """Ten times as many take at most thirty times the work of this process, and are found unchanged."""
    der = _root("Root 00000").value.der
    every = [Certificate(der.replace(b"Root 00000", f"Root {number:05}".encode())) for number in range(5000)]
    (place.folder / "password").write_text("secret\n", encoding="utf-8")
    (place.folder / "password").chmod(0o600)
    text, spent = _HASHED.replace("old-hash = true", "") + _BUNDLE + _P12 + _JKS, []
    for count in (500, 5000):
        stock = Stock(tuple(TrustedHere("", one, "shop") for one in every[:count]))
        begun = time.process_time()
        assert [Ending.WRITTEN] * 4 == place.write(text, stock)
        assert [Ending.UNCHANGED] * 4 == place.write(text, stock)
        spent.append(time.process_time() - begun)
    assert 5_000 == len(list((place.folder / "trusted").iterdir()))
    assert spent[1] < 30 * spent[0]


def test_the_command_line_writes_checks_and_shows(place: _Place) -> None:
    """For a machine without an agent."""
    one = _root("One")
    (place.folder / "roots.pem").write_bytes(one.pem + crls_to_pem([one.crl(start=_NOW, end=_NOW + _DAY)]))
    (place.folder / "outputs.toml").write_text(_HASHED + _BUNDLE, encoding="utf-8")

    def warifu(verb: str, *more: str) -> subprocess.CompletedProcess[str]:
        given = ("--from", "roots.pem", "--state", str(place.folder / "state")) if verb != "show" else ()
        return place.run(sys.executable, "-m", "warifu", "outputs", verb, "outputs.toml", *given, *more)

    assert 0 == warifu("show").returncode
    assert 1 == warifu("check").returncode
    written = warifu("write", "--json")
    assert 0 == written.returncode, written.stderr
    assert '"proven"' not in written.stdout
    assert 0 == warifu("check").returncode
    (place.folder / "ca.pem").write_bytes(b"")
    told = warifu("check", "--lang", "ja")
    assert (1, True) == (told.returncode, "不足" in told.stdout)
    os.truncate(place.folder / "roots.pem", 0)
    assert 2 == warifu("write").returncode
