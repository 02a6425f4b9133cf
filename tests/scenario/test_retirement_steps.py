"""The retirement of a root: a real server, real agents' folders, step by step, as article S0 has it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from support.pki import make_ca
from support.retiring import NODES, Estate, acts, at, following, quoted, run_estate, stand, write_settings
from support.running import wait_until
from support.tls_server import run_s_server
from support.trust_server import EVERYBODY, OTHER, now
from warifu.domain import x509
from warifu.domain.directory import Anchor, Published, Reason, Role
from warifu.domain.directory.retiring import RetireStep, StepState
from warifu.domain.endpoint import Entry, EntryKind, SystemStore
from warifu.errors import CouldNotLookError, RefusedError, WarifuError
from warifu.wire.agent import OrderKind
from warifu.workflows.acting import Actor
from warifu.workflows.published import keep_version
from warifu.workflows.retire_orders import Wanted, give
from warifu.workflows.retire_planning import Wish

SOON = 30  # seconds


def refused(code: str, act: object, *given: object, **named: object) -> WarifuError:
    with pytest.raises(WarifuError) as told:
        act(*given, **named)  # type: ignore[operator]
    assert code == told.value.code
    return told.value


@pytest.mark.req("S0-01", "S0-07")
def test_a_plan_has_ordered_steps_and_deletes_nothing(tmp_path: Path) -> None:
    """Three controllers: the plan is there, every step ahead of it, and each node trusts the root as before."""
    with run_estate(tmp_path) as estate:
        planned = estate.plan()
        shown = estate.server.desks.retire.show(planned.digest, now=now())
        assert list(RetireStep) == [one.step for one in shown.steps]
        assert RetireStep.APPROVE is at(shown)
        assert RetireStep.APPROVE is at(estate.go_on(planned.digest))
        estate.look()
        assert all(node.trusts(estate.old.value) for node in estate.nodes.values())
        assert 2 == estate.server.desks.trust.version("shop").version


@pytest.mark.req("S0-19")
def test_what_is_published_is_listed(tmp_path: Path) -> None:
    """Three published anchors are three entries."""
    with run_estate(tmp_path, ["psc-1"]) as estate:
        estate.server.publish("shop", make_ca("Third Root", now=now()).value)
        assert 3 == len(estate.server.desks.trust.version("shop").anchors)


@pytest.mark.req("S0-26")
def test_the_object_is_saved_and_read_back_before_anything_goes(tmp_path: Path) -> None:
    """The file holds the very root, its key id as planned; where it cannot be written nothing is unpublished."""
    with run_estate(tmp_path, ["psc-1"], crls=True) as estate:
        digest = estate.approved()
        (tmp_path / "server" / "retired").write_text("in the way")
        refused("io.cannot-write", estate.go_on, digest)
        assert 2 == estate.server.desks.trust.version("shop").version
        (tmp_path / "server" / "retired").unlink()
        found = estate.go_on(digest)
        (item,) = found.plan.items
        (saved,) = x509.load(Path(found.record.exported[item.sha256]).read_bytes()).certificates
        assert saved == estate.old.value
        assert saved.subject_key_id is not None
        assert item.key_id == saved.subject_key_id.hex
        assert 2 == len(found.record.exported), "its CRL, too"


@pytest.mark.req("S0-29", "S0-30", "S0-33")
def test_it_is_unpublished_and_nowhere_listed(tmp_path: Path) -> None:
    """The directory lists it no more, nor does any node under any alias; only what the plan names can go."""
    with run_estate(tmp_path) as estate:
        digest, alias = estate.approved(), estate.alias
        estate.until(digest, RetireStep.UNPUBLISH)
        desk, keys = estate.server.desks.trust, [estate.new.value.fingerprint]
        refused(
            "registry.plan-other", desk.unpublish, EVERYBODY, "shop", keys, plan=digest, typed="", now=now()
        )
        found = estate.until(digest, RetireStep.SIGN_IN)
        assert StepState.DONE is stand(found, RetireStep.LIST)[0]
        assert [estate.new.value] == [one.certificate for one in desk.version("shop").anchors]
        assert (StepState.DONE, 3, 3, ()) == stand(found, RetireStep.PROVE)
        assert all(alias not in node.aliases() for node in estate.nodes.values())


@pytest.mark.req("S0-30")
def test_still_listed_halts_the_run(tmp_path: Path) -> None:
    """Somebody publishes it again between unpublishing and looking: red, and nothing goes on."""
    with run_estate(tmp_path, ["psc-1"]) as estate:
        digest = estate.approved()
        estate.until(digest, RetireStep.UNPUBLISH)
        desk = estate.server.desks.retire
        desk.do(EVERYBODY, digest, RetireStep.UNPUBLISH, now=now())
        _publish_behind_the_desk(estate)
        found = estate.go_on(digest)
        assert StepState.FAILED is stand(found, RetireStep.LIST)[0]
        assert "failed-after-change" == found.state
        assert StepState.AHEAD is stand(found, RetireStep.REFRESH)[0]


def _publish_behind_the_desk(estate: Estate) -> None:
    with estate.server.room.registry.change() as books:
        present = books.directory.find("shop")
        assert isinstance(present, Published)
        anchors = tuple(sorted((*present.anchors, Anchor(estate.old.value)), key=lambda one: one.key))
        again = replace(present, anchors=anchors)
        keep_version(books, estate.server.room.makers.signer, again, now=now())


def _add_by_hand(estate: Estate, node: str, alias: str, certificate: x509.Certificate) -> None:
    with estate.nodes[node].room.stores.changing(by="root", now=now()) as book:
        book.put(Entry(SystemStore.TRUSTED_ROOTS, alias, EntryKind.TRUSTED, (certificate,), added=now()))


@pytest.mark.req("S0-31")
def test_what_is_left_on_a_node_is_deleted_by_alias(tmp_path: Path) -> None:
    """A copy that somebody added after the quarantine goes by an order; an alias that means something else is kept."""
    with run_estate(tmp_path, ["psc-1", "psc-2"]) as estate:
        digest = estate.approved()
        estate.until(digest, RetireStep.LIST)
        _add_by_hand(estate, "psc-2", "copy", estate.old.value)
        estate.look()
        found = estate.go_on(digest)
        estate.look()
        found = estate.go_on(digest)
        assert (StepState.READY, 1, 2, ("psc-2",)) == stand(found, RetireStep.DELETE)
        other = make_ca("Another", now=now()).value
        with estate.nodes["psc-2"].room.stores.changing(by="root", now=now()) as book:
            book.drop("trusted-roots", "copy")
        _add_by_hand(estate, "psc-2", "copy", other)
        estate.obey()
        assert estate.nodes["psc-2"].trusts(other), "the alias means another certificate: refused"
        with estate.nodes["psc-2"].room.stores.changing(by="root", now=now()) as book:
            book.drop("trusted-roots", "copy")
        _add_by_hand(estate, "psc-2", "copy", estate.old.value)
        found = estate.until(digest, RetireStep.SIGN_IN)
        assert "copy" not in estate.nodes["psc-2"].aliases()
        assert (StepState.DONE, 2, 2, ()) == stand(found, RetireStep.PROVE)


@pytest.mark.req("S0-32")
def test_stores_come_after_the_directory(tmp_path: Path) -> None:
    """Deleting before unpublishing is a precondition that is not met: at the server, and on the node itself."""
    with run_estate(tmp_path, ["psc-1"]) as estate:
        digest = estate.approved()
        desk = estate.server.desks.retire
        error = refused("retire.precondition", desk.do, EVERYBODY, digest, RetireStep.DELETE, now=now())
        assert RetireStep.BACK_UP == error.values["first"]
        key = estate.old.value.fingerprint.hex
        body = {"store": "trusted-roots", "alias": estate.alias, "sha256": key}
        with estate.server.room.registry.change() as books:
            give(books, Wanted("psc-1", OrderKind.DELETE_ENTRY, "x", body, digest), now=now())
        estate.obey()
        assert estate.nodes["psc-1"].trusts(estate.old.value)


@pytest.mark.req("S0-34", "S0-35")
def test_a_refresh_reaches_every_node(tmp_path: Path) -> None:
    """Agents that run: woken by the refresh each looks at once, far sooner than their minute."""
    with run_estate(tmp_path) as estate:
        digest = estate.approved()
        with following(estate):
            wait_until(
                lambda: (
                    RetireStep.REFRESH is not at(estate.go_on(digest))
                    and bool(estate.server.desks.retire.show(digest, now=now()).record.refreshed)
                ),
                "the refresh",
                seconds=SOON,
            )
            asked = estate.server.desks.retire.show(digest, now=now()).record.refreshed
            assert asked is not None

            def moved() -> bool:
                return all(one.at > asked for one in estate.server.desks.reports.now().values())

            wait_until(moved, "every node's sync timestamp to move", seconds=SOON)
        assert not any(node.trusts(estate.old.value) for node in estate.nodes.values())


@pytest.mark.req("S0-36")
def test_a_node_that_is_away_keeps_it_open(tmp_path: Path) -> None:
    """Two of three while it is away, three of three once it is back."""
    with run_estate(tmp_path) as estate:
        digest = estate.approved()
        estate.until(digest, RetireStep.REFRESH)
        estate.go_on(digest)
        estate.look("psc-1", "psc-2")
        found = estate.go_on(digest)
        assert (StepState.WAITING, 2, 3, ("psc-3",)) == stand(found, RetireStep.CONVERGE)
        assert found.record.ended is None
        estate.look("psc-3")
        found = estate.go_on(digest)
        assert (StepState.DONE, 3, 3, ()) == stand(found, RetireStep.CONVERGE)
        estate.sign_in(digest)
        assert estate.go_on(digest).is_done


@pytest.mark.req("S0-37", "S0-38", "S0-39")
def test_services_are_restarted_in_order_and_somebody_signs_in(tmp_path: Path) -> None:
    """Each result is kept; one that fails is told as failed after the change, and a failed sign-in is not done."""
    new = make_ca("Serving Root", now=now())
    log, bad = tmp_path / "restarts", tmp_path / "is-bad"
    bad.touch()
    with run_s_server(tmp_path / "tls", new.leaf("localhost")) as port:
        text = "".join(
            f"[services.{name}]\ntarget = 'files'\naddresses = ['127.0.0.1:{port}']\n"
            f"restart = {quoted('sh', '-c', f'echo {name} >> {log}; {rest}')}\n"
            for name, rest in {"sts": "true", "vpxd": f"test ! -e {bad}"}.items()
        )
        path = write_settings(tmp_path / "settings", text)
        with run_estate(tmp_path, ["psc-1"], settings={"psc-1": path}) as estate:
            digest = estate.approved(restarts=("psc-1/sts", "psc-1/vpxd"))
            estate.until(digest, RetireStep.RESTART)
            for _ in range(3):
                estate.go_on(digest)
                estate.obey()
            found = estate.go_on(digest)
            assert (StepState.FAILED, 1, 2, ("psc-1/vpxd",)) == stand(found, RetireStep.RESTART)
            assert "failed-after-change" == found.state
            bad.unlink()
            found = estate.until(digest, RetireStep.SIGN_IN)
            assert [("psc-1/sts", True), ("psc-1/vpxd", True)] == [
                (one.place, one.good) for one in found.record.restarts
            ]
            assert ["sts", "vpxd"] == sorted(set(log.read_text().split()), key=log.read_text().split().index)
            found = estate.sign_in(digest, good=False)
            assert not found.is_done
            assert StepState.FAILED is stand(found, RetireStep.SIGN_IN)[0]
            assert not estate.go_on(digest).is_done
            estate.sign_in(digest)
            assert estate.go_on(digest).is_done


@pytest.mark.req("S0-43", "S0-52")
def test_two_people_and_typed_words(tmp_path: Path) -> None:
    """Its author cannot approve it, one person alone moves nothing, and the words have to be typed."""
    with run_estate(tmp_path, ["psc-1"]) as estate:
        desk, digest = estate.server.desks.retire, estate.plan().digest
        typed = desk.show(digest, now=now()).confirmation
        refused("directory.own-plan", desk.approve, EVERYBODY, digest, typed, now=now())
        operator = Actor("olga", frozenset({Role.OPERATOR, Role.HOST_ADMINISTRATOR}))
        refused("directory.not-allowed", desk.approve, operator, digest, typed, now=now())
        wish = Wish("shop", (estate.old.value.fingerprint.hex,), Reason.SUPERSEDED)
        refused("directory.not-allowed", desk.plan, operator, wish, now=now())
        refused("directory.confirmation-differs", desk.approve, OTHER, digest, "yes", now=now())
        assert RetireStep.APPROVE is at(estate.go_on(digest))
        desk.approve(OTHER, digest, typed, now=now())
        assert RetireStep.DISTRUST is at(estate.go_on(digest))


def test_what_was_approved_is_what_goes(tmp_path: Path) -> None:
    """Another certificate under the alias between plan and run stops it."""
    with run_estate(tmp_path, ["psc-1"]) as estate:
        digest = estate.approved()
        other = make_ca("Other", now=now()).value
        estate.server.publish("shop", *(make_ca(f"Root {number}", now=now()).value for number in range(3)))
        estate.look()
        with estate.server.room.registry.change() as books:
            present = books.directory.find("shop")
            assert isinstance(present, Published)
            swapped = tuple(
                Anchor(other, one.name) if one.key == estate.old.value.fingerprint else one
                for one in present.anchors
            )
            keep_version(
                books, estate.server.room.makers.signer, replace(present, anchors=swapped), now=now()
            )
        estate.look()
        refused("retire.target-changed", estate.go_on, digest)


def test_several_at_once_each_by_itself(tmp_path: Path) -> None:
    """Two roots are two items; neither is the other's successor."""
    with run_estate(tmp_path, ["psc-1"]) as estate:
        both = (estate.old.value.fingerprint.hex, estate.new.value.fingerprint.hex)
        planned = estate.plan(*both)
        assert [["successor-lacking"]] * 2 == [
            [one.code.value for one in each.blockers] for each in planned.radii
        ]
        estate.server.publish("shop", make_ca("Third", now=now()).value)
        estate.look()
        digest = estate.approved(*both)
        found = estate.retire(digest)
        assert found.is_done
        assert 2 == len(found.plan.items)
        assert 1 == len(estate.server.desks.trust.version("shop").anchors)


@pytest.mark.req("S0-53")
def test_its_crl_goes_with_it(tmp_path: Path) -> None:
    """No orphan of a CRL in any store."""
    with run_estate(tmp_path, crls=True) as estate:
        digest = estate.approved()
        found = estate.retire(digest)
        assert 1 == len(found.plan.items[0].crls)
        assert () == estate.server.desks.trust.version("shop").crls
        assert all(1 == len(node.aliases("crls")) for node in estate.nodes.values()), (
            "the control domain's own"
        )


def test_what_comes_back_reopens_it(tmp_path: Path) -> None:
    """A later report that shows the root again raises the alarm; going on deletes it again."""
    with run_estate(tmp_path, ["psc-1"]) as estate:
        digest = estate.approved()
        assert estate.retire(digest).is_done
        _add_by_hand(estate, "psc-1", "again", estate.old.value)
        estate.look()
        assert ("psc-1/trusted-roots/again",) == estate.server.desks.retire.upkeep(now=now())
        shown = estate.server.desks.retire.show(digest, now=now())
        assert ("psc-1/trusted-roots/again",) == shown.record.alarms
        assert not shown.is_done
        estate.until(digest, RetireStep.WATCH)
        assert estate.go_on(digest).is_done
        assert () == estate.server.desks.retire.upkeep(now=now())


def test_one_command_restores_everywhere(tmp_path: Path) -> None:
    """Anchors and CRLs are as they were, on every node."""
    with run_estate(tmp_path, crls=True) as estate:
        before = estate.server.desks.trust.version("shop")
        digest = estate.approved()
        estate.retire(digest)
        estate.server.desks.retire.restore(EVERYBODY, digest, now=now())
        after = estate.server.desks.trust.version("shop")
        assert (before.anchors, before.crls) == (after.anchors, after.crls)
        estate.look()
        assert all(node.trusts(estate.old.value) for node in estate.nodes.values())


def test_a_node_is_waived_by_name_alone(tmp_path: Path) -> None:
    """A node that has a part in it; the count goes on without it."""
    with run_estate(tmp_path) as estate:
        digest = estate.approved()
        desk = estate.server.desks.retire
        estate.until(digest, RetireStep.REFRESH)
        estate.go_on(digest)
        estate.look("psc-1", "psc-2")
        refused(
            "retire.not-of-this",
            desk.waive,
            OTHER,
            digest,
            "psc-9",
            "?",
            until=now() + timedelta(1),
            now=now(),
        )
        for reason, until in (("scrapped", now()), (" ", now() + timedelta(days=1))):
            with pytest.raises(RefusedError, match=r"rollouts\.waiver-over"):
                desk.waive(OTHER, digest, "psc-3", reason, until=until, now=now())
        desk.waive(OTHER, digest, "psc-3", "scrapped", until=now() + timedelta(days=1), now=now())
        found = estate.go_on(digest)
        assert (StepState.DONE, 2, 2, ()) == stand(found, RetireStep.PROVE)


_KILLED = """
import os, signal, sys
from support.trust_server import EVERYBODY, now
from warifu.wiring.server import open_room
room = open_room(sys.argv[1])
desk = room.desks(["https://127.0.0.1:1"]).retire
step = sys.argv[3]
keep = type(desk)._list if step == "unpublish" else None
def die(*_given):
    os.kill(os.getpid(), signal.SIGKILL)
type(desk)._list = die
desk.go_on(EVERYBODY, sys.argv[2], now=now())
"""


@pytest.mark.req("S0-54")
def test_killed_after_unpublishing_it_goes_on(tmp_path: Path) -> None:
    """Kill -9 between unpublishing and looking: the next one looks, and nothing is unpublished twice."""
    with run_estate(tmp_path) as estate:
        digest = estate.approved()
        estate.go_on(digest)
        estate.look()
        folder = str(tmp_path / "server")
        ran = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", _KILLED, folder, digest, "unpublish"],
            env={**os.environ, "PYTHONPATH": "src:tests"},
            check=False,
            timeout=60,
        )
        assert -signal.SIGKILL == ran.returncode
        version = estate.server.desks.trust.version("shop").version
        assert RetireStep.LIST is at(estate.server.desks.retire.show(digest, now=now()))
        found = estate.retire(digest)
        assert found.is_done
        assert version == estate.server.desks.trust.version("shop").version
        assert 1 == acts(estate.server).count("retire-unpublish")


def test_nothing_is_told_of_a_set_that_cannot_be_written(tmp_path: Path) -> None:
    """The run stops before anything goes, and publishing is free again."""
    with run_estate(tmp_path, ["psc-1"]) as estate:
        digest = estate.approved()
        (tmp_path / "server" / "sets").write_text("in the way")
        with pytest.raises(CouldNotLookError):
            estate.go_on(digest)
        assert NODES[0] in estate.nodes
        estate.server.publish("shop", make_ca("Later", now=now()).value)  # the freeze is over
        with pytest.raises(RefusedError):
            estate.server.desks.retire.do(EVERYBODY, digest, RetireStep.QUARANTINE, now=now())
