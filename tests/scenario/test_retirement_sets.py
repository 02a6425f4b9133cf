"""A consistent backup of a whole trust domain while everything runs, and the way back: all of it, or nothing."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from support.pki import make_ca
from support.retiring import Estate, run_estate
from support.trust_server import EVERYBODY, now, run_server
from warifu.errors import CouldNotLookError, RefusedError
from warifu.wire.agent import Report
from warifu.wire.signed import canonical, parse
from warifu.wiring.server import open_room
from warifu.workflows.published import FROZEN, Frozen


def sets_of(estate: Estate) -> Any:
    return estate.server.desks.retire.sets


@pytest.mark.req("S0-48")
def test_what_is_written_while_it_is_frozen_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A publication in the middle of it is refused, and every part of the set is of one version."""
    with run_estate(tmp_path) as estate:
        sets, refused = sets_of(estate), list[str]()
        make = type(sets.backups).make

        def meanwhile(*given: Any, **named: Any) -> Any:
            with pytest.raises(RefusedError) as told:
                estate.server.publish("shop", make_ca("Meanwhile", now=now()).value)
            refused.append(told.value.code)
            return make(*given, **named)

        monkeypatch.setattr(type(sets.backups), "make", meanwhile)
        found = sets.read(sets.make("set", "anna"))
        assert ["registry.frozen"] == refused
        assert 2 == found.versions["shop"]
        assert {2} == {parse(Report, one.signed.payload).versions["shop"] for one in found.receipts}
        assert ["psc-1", "psc-2", "psc-3"] == [one.node for one in found.receipts]
        estate.server.publish("shop", make_ca("Afterwards", now=now()).value)


@pytest.mark.req("S0-47")
def test_a_set_that_misses_a_node_is_refused(tmp_path: Path) -> None:
    """One that has not confirmed this version is missed by name, and nothing is kept."""
    with run_estate(tmp_path) as estate:
        estate.server.publish("shop", make_ca("Newer", now=now()).value)
        estate.look("psc-1", "psc-3")
        with pytest.raises(RefusedError) as told:
            sets_of(estate).make("set", "anna")
        assert ("retire.set-misses", ["psc-2"]) == (told.value.code, told.value.values["nodes"])
        assert not (tmp_path / "server" / "sets").exists()
        estate.look("psc-2")
        sets_of(estate).make("set", "anna")


def test_a_set_is_believed_once_it_was_opened(tmp_path: Path) -> None:
    """A backup that was cut, one of another version, and a receipt that somebody changed are all noticed."""
    with run_estate(tmp_path, ["psc-1"]) as estate:
        sets = sets_of(estate)
        folder = Path(sets.make("set", "anna"))
        for spoil in (_cut, _other_version, _other_receipt):
            copy = folder.with_name(f"copy-{spoil.__name__}")
            shutil.copytree(folder, copy)
            spoil(copy)
            with pytest.raises(CouldNotLookError):
                sets.read(str(copy))
        assert 2 == sets.read(str(folder)).versions["shop"]


def _cut(folder: Path) -> None:
    path = folder / "server.tar"
    path.write_bytes(path.read_bytes()[:-2000])


def _other_version(folder: Path) -> None:
    path = folder / "set.json"
    path.write_text(path.read_text().replace('"shop":2', '"shop":3'))


def _other_receipt(folder: Path) -> None:
    path = folder / "set.json"
    path.write_text(path.read_text().replace('\\"counter\\":', '\\"counter\\":1'))


def test_a_freeze_ends_by_itself(tmp_path: Path) -> None:
    """A server that was killed in the middle does not stay frozen."""
    with run_estate(tmp_path, ["psc-1"]) as estate:
        with estate.server.room.registry.change() as books:
            books.about.put(FROZEN, canonical(Frozen("anna", now(), now() + timedelta(hours=1))))
        with pytest.raises(RefusedError):
            estate.server.publish("shop", make_ca("Refused", now=now()).value)
        with estate.server.room.registry.change() as books:
            books.about.put(FROZEN, canonical(Frozen("anna", now(), now() - timedelta(seconds=1))))
        estate.server.publish("shop", make_ca("Taken", now=now()).value)


@pytest.mark.req("S0-51")
def test_one_node_alone_is_never_restored(tmp_path: Path) -> None:
    """Node 2 alone is refused; the whole set makes all equal again, with the retired root back everywhere."""
    with run_estate(tmp_path) as estate:
        digest = estate.approved()
        found = estate.retire(digest)
        folder = found.record.backup
        with pytest.raises(RefusedError) as told:
            sets_of(estate).restore(EVERYBODY, folder, ["psc-2"], now=now())
        assert "retire.one-node" == told.value.code
        assert ["psc-1", "psc-3"] == told.value.values["missing"]
        sets_of(estate).restore(EVERYBODY, folder, now=now())
        estate.look()
        assert all(node.trusts(estate.old.value) for node in estate.nodes.values())
        newest = estate.server.desks.trust.version("shop").version
        assert {newest} == {one.seen.versions["shop"] for one in estate.server.desks.reports.now().values()}


@pytest.mark.req("S0-51")
def test_a_node_that_was_put_back_alone_is_fenced(tmp_path: Path) -> None:
    """Somebody reverts one node's own state: its word goes back, and it counts for nothing until it is seeded anew."""
    with run_estate(tmp_path) as estate:
        node = estate.nodes["psc-2"]
        node.room.state.close()
        shutil.copytree(tmp_path / "psc-2", tmp_path / "snapshot")
        digest = estate.approved()
        for _ in range(3):
            estate.look("psc-2")
        node.room.state.close()
        shutil.rmtree(tmp_path / "psc-2")
        shutil.copytree(tmp_path / "snapshot", tmp_path / "psc-2")
        from support.trust_server import Node  # noqa: PLC0415
        from warifu.wiring.agent import AgentRoom  # noqa: PLC0415

        reverted = Node("psc-2", AgentRoom(str(tmp_path / "psc-2")))
        with pytest.raises((RefusedError, CouldNotLookError)):
            reverted.look()
        states = {one.name: one.state.value for one in estate.server.desks.join.nodes()}
        assert "fenced" == states["psc-2"]
        with pytest.raises(RefusedError):
            estate.go_on(digest)


def test_the_server_itself_comes_back_from_a_set(tmp_path: Path) -> None:
    """On a machine where none is: nodes follow it by themselves, and trust what the set had."""
    with run_estate(tmp_path, ["psc-1", "psc-2"]) as estate:
        digest = estate.approved()
        found = estate.retire(digest)
        port = urlsplit(estate.server.url).port
        backup, nodes = f"{found.record.backup}/server.tar", estate.nodes
    assert port is not None
    again = tmp_path / "again"
    from warifu.wiring.server import restore  # noqa: PLC0415
    from warifu.workflows.backup_desk import resume_generation  # noqa: PLC0415

    restore(str(again / "server"), backup)
    room = open_room(str(again / "server"))
    assert resume_generation(room.registry, room.makers.signer, now=now())
    room.close()
    with run_server(again, port=port) as server:
        for node in nodes.values():
            node.look()
            node.look()
            assert node.trusts(estate.old.value)
        assert server.desks.trust.version("shop").version > 2
