"""The data keys of an endpoint store, and what is left of it when it is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.command import environment
from support.endpoint_files import ROOT, SECRET, change_file, identity, opened, put, secret_of
from support.pki import NOW
from support.running import wait_until
from warifu.adapters.endpoint.data_keys import credential_in
from warifu.domain.endpoint import (
    Entry,
    EntryKind,
    Secret,
)
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.endpoint import Asked


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the store lies; it is made by the first look."""
    return tmp_path / "endpoint"


def keys_in(folder: Path) -> dict[str, str]:
    found = json.loads((folder / "endpoint-keys.json").read_text())["keys"]
    assert isinstance(found, dict)
    return found


def test_data_keys_are_turned(folder: Path) -> None:
    """Every secret opens under the new key, the old one is gone, and copies of the file are of no use with it."""
    stores = opened(folder)
    put(stores, identity("a"), SECRET)
    put(stores, Entry("crls", "none", EntryKind.CRL, crl=ROOT.crl()))
    before = keys_in(folder)
    assert 2 == stores.rotate(by="root", now=NOW)
    assert ({"1"}, {"2"}) == (set(before), set(keys_in(folder)))
    assert SECRET == secret_of(stores, "a")
    (folder / "endpoint-keys.json").write_text(json.dumps({"format": 1, "sealed": False, "keys": before}))
    with pytest.raises(CouldNotLookError) as fault:
        secret_of(stores, "a")
    assert "key-missing" == fault.value.values["reason"]


def test_turning_keys_leaves_what_does_not_open(folder: Path) -> None:
    """It is told when it is read; all the others are turned."""
    stores = opened(folder)
    put(stores, identity("a"), SECRET)
    put(stores, identity("b"), SECRET)
    change_file(folder, "UPDATE entry SET secret = x'00' WHERE alias = 'a'")
    stores.rotate(by="root", now=NOW)
    assert SECRET == secret_of(stores, "b")


def test_a_look_that_began_before_the_keys_were_turned_goes_on(folder: Path) -> None:
    """It has the key that its instant was written under."""
    stores = opened(folder)
    put(stores, identity("a"), SECRET)
    with stores.reading() as view:
        assert 1 == view.entries("machine-identity").total
        stores.rotate(by="root", now=NOW)
        assert SECRET == view.secret("machine-identity", "a")


def test_data_keys_lie_under_a_credential(folder: Path, tmp_path: Path) -> None:
    """The files alone open nothing, nor do they with another credential; without one the keys lie in the file."""
    (tmp_path / "warifu-endpoint").write_bytes(b"0123456789abcdef")
    credential = credential_in(str(tmp_path))
    assert credential is not None
    stores = opened(folder, credential)
    put(stores, identity("a"), SECRET)
    stores.rotate(by="root", now=NOW)
    assert SECRET == secret_of(opened(folder, credential), "a")
    for other, reason in ((None, "credential-missing"), (Secret(b"x" * 16), "credential-wrong")):
        with pytest.raises(CouldNotLookError) as fault:
            secret_of(opened(folder, other), "a")
        assert reason == fault.value.values["reason"]
    (tmp_path / "warifu-endpoint").write_bytes(b"short")
    with pytest.raises(CouldNotLookError, match=r"endpoint\.key-file"):
        credential_in(str(tmp_path))
    assert (None, None) == (credential_in(""), credential_in(str(folder)))


def test_a_store_gains_a_credential_when_its_keys_are_turned(folder: Path) -> None:
    """From then on it is needed."""
    put(opened(folder), identity("a"), SECRET)
    later = opened(folder, Secret(b"0123456789abcdef"))
    assert SECRET == secret_of(later, "a")
    later.rotate(by="root", now=NOW)
    assert SECRET == secret_of(later, "a")
    with pytest.raises(CouldNotLookError, match=r"endpoint\.key-file"):
        secret_of(opened(folder), "a")


@pytest.mark.parametrize("text", ["", "{}", '{"format":1,"sealed":false,"keys":{}}', "[" * 3_000])
def test_a_damaged_key_file_is_told(folder: Path, text: str) -> None:
    """It is never made anew over secrets that need it."""
    stores = opened(folder)
    put(stores, identity("a"), SECRET)
    (folder / "endpoint-keys.json").write_text(text)
    with pytest.raises(CouldNotLookError, match=r"endpoint\.key-file"):
        secret_of(stores, "a")
    (folder / "endpoint-keys.json").unlink()
    with pytest.raises(CouldNotLookError) as fault:
        put(stores, identity("b"), SECRET)
    assert "file-missing" == fault.value.values["reason"]
    assert not (folder / "endpoint-keys.json").exists()


def test_a_key_file_that_others_may_read_is_refused(folder: Path) -> None:
    """It says how to close it."""
    stores = opened(folder)
    put(stores, identity("a"), SECRET)
    (folder / "endpoint-keys.json").chmod(0o640)
    with pytest.raises(RefusedError, match=r"endpoint\.key-file-open"):
        secret_of(stores, "a")


DRIVER = """
import sys
from support.pki import NOW, make_ca
from warifu.adapters.endpoint.sqlite import SqliteEndpoint
from warifu.domain.endpoint import Entry, EntryKind, Secret
stores = SqliteEndpoint(sys.argv[1], owner="root")
root = make_ca("Root").value
number = 0
while True:
    with stores.changing(by="driver", now=NOW) as book:
        for half in "ab":
            book.put(Entry("trusted-roots", f"{number}{half}", EntryKind.TRUSTED, (root,)), Secret(b"%d" % number))
    if number % 5 == 0:
        stores.rotate(by="driver", now=NOW)
    number += 1
    print(number, flush=True)
"""


def test_what_was_written_survives_kill_9(folder: Path, tmp_path: Path) -> None:
    """Killed at any moment, while keys are turned too: pairs are whole, and every secret that was told of opens."""
    script = tmp_path / "driver.py"
    script.write_text(DRIVER)
    for round_ in range(6):
        log = tmp_path / f"log-{round_}"
        with log.open("wb") as out:
            running = subprocess.Popen([sys.executable, script, folder], stdout=out, env=environment())
            wait_until(lambda log=log: log.read_bytes().count(b"\n") > 2, "some changes")  # type: ignore[misc]  # bound here
            os.kill(running.pid, signal.SIGKILL)
            running.wait()
        told = int(log.read_bytes().rpartition(b"\n")[0].rpartition(b"\n")[2])
        stores = opened(folder)
        with stores.reading() as view:
            aliases = [entry.alias for entry in view.entries("trusted-roots", Asked(most=1_000)).entries]
            assert 0 == len(aliases) % 2
            for number in range(told):
                assert Secret(b"%d" % number) == view.secret("trusted-roots", f"{number}b")


KILLED = """
import os, signal, sys
from support.pki import NOW
from warifu.adapters.endpoint import sqlite
from warifu.adapters.endpoint.data_keys import DataKeys
folder, wanted = sys.argv[1], int(sys.argv[2])
steps = 0
def step():
    global steps
    steps += 1
    if steps == wanted:
        os.kill(os.getpid(), signal.SIGKILL)
save, reseal = DataKeys.save, sqlite.reseal
def slow_save(self, keys):
    step(); save(self, keys); step()
def slow_reseal(*given):
    reseal(*given); step()
DataKeys.save, sqlite.reseal = slow_save, slow_reseal
sqlite.SqliteEndpoint(folder, owner="root").rotate(by="root", now=NOW)
"""


@pytest.mark.parametrize("step", range(1, 7))
def test_turning_keys_may_be_killed_between_any_two_steps(folder: Path, tmp_path: Path, step: int) -> None:
    """Before and after each write: what was kept still opens, and turning them again finishes it."""
    put(opened(folder), identity("a"), SECRET)
    (tmp_path / "driver.py").write_text(KILLED)
    command = [sys.executable, str(tmp_path / "driver.py"), str(folder), str(step)]
    ended = subprocess.run(command, env=environment(), check=False).returncode
    assert (0 if step == 6 else -signal.SIGKILL) == ended
    stores = opened(folder)
    assert SECRET == secret_of(stores, "a")
    stores.rotate(by="root", now=NOW)
    assert (SECRET, 1) == (secret_of(stores, "a"), len(keys_in(folder)))
