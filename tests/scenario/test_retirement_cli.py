"""Two people retire a root by commands against a server that runs; what is asked of all nodes together."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from support.in_process import document
from support.pki import make_ca
from support.retiring import Estate, following, run_estate
from support.running import stored, wait_until
from support.trust_server import EVERYBODY, now
from warifu.apps.cli import main
from warifu.apps.server.metrics import ENDS
from warifu.domain.directory.roles import Role
from warifu.domain.endpoint import LocalException, Provenance
from warifu.workflows.trust_registers import expiry_alarms, open_exceptions, trusted_by

SECRET = "hunter2 hunter2 hunter2"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("WARIFU_LANG", "en")
    return tmp_path / "config"


def become(estate: Estate, folder: Path, name: str, *roles: Role) -> None:
    """Sign in as somebody, by a link, with the password that must show nowhere."""
    people = estate.server.desks.people
    if name not in {one.name for one in people.people(EVERYBODY)}:
        people.add(EVERYBODY, name, roles, now=now())
        people.open_link(people.invite(EVERYBODY, name, now=now()), SECRET, now=now())
    path = folder / "password"
    path.touch(mode=0o600)
    path.write_text(SECRET + "\n")
    root = estate.server.room.first_root()
    arguments = ["login", estate.server.url, "--person", name, "--password-file", str(path), "--root", root]
    assert 0 == main.run(arguments)


@pytest.mark.req("S0-28", "S0-39", "S0-52")
def test_two_people_by_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Planned, approved by somebody who types it, carried out, signed in again; the password is nowhere."""
    password = ("--password-file", str(tmp_path / "password"))
    with run_estate(tmp_path) as estate:
        become(estate, tmp_path, "olga", Role.OPERATOR)
        url, name = estate.server.url, estate.old.value.fingerprint.hex
        retire = (
            "plan",
            "retire-anchor",
            "--server",
            url,
            "--domain",
            "shop",
            name,
            "--reason",
            "superseded",
        )
        assert 3 == main.run([*retire])
        assert "trust-administrator" in capsys.readouterr().err
        become(estate, tmp_path, "anna", Role.TRUST_ADMINISTRATOR)
        code, plan = document(capsys, *retire)
        assert (0, "open") == (code, plan["state"])
        digest = plan["digest"]
        assert 3 == main.run(["approve", digest, "--confirm", plan["confirmation"]])
        become(estate, tmp_path, "ben", Role.APPROVER)
        assert 3 == main.run(["approve", digest, "--confirm", "yes"])
        assert 0 == main.run(["approve", digest, "--confirm", plan["confirmation"]])
        become(estate, tmp_path, "anna")
        capsys.readouterr()
        assert 6 == main.run(["retire", "continue", digest, *password])  # nobody looks yet
        with following(estate):
            assert 0 == main.run(["retire", "continue", digest, "--follow", *password])
        assert "waiting for psc-1" in capsys.readouterr().out
        code, shown = document(capsys, "retire", "show", digest)
        assert (0, "done") == (code, shown["standing"])
        assert not any(node.trusts(estate.old.value) for node in estate.nodes.values())
        said = capsys.readouterr()
        audit = document(capsys, "audit", "list")[1]
        everything = "".join([said.out, said.err, estate.server.log.getvalue(), str(audit), str(shown)])
        assert "hunter2" not in everything
        assert "anna" in str(audit)
        database = stored(tmp_path / "server")
        assert b"hunter2" not in database
        code, head = document(capsys, "retire", "restore", digest)
        assert (0, "shop") == (code, head["name"])
        estate.look()
        assert all(node.trusts(estate.old.value) for node in estate.nodes.values())


@pytest.mark.req("S0-28")
def test_a_password_is_in_no_process_list(tmp_path: Path) -> None:
    """As the system shows the arguments of a command that signs in, and what it writes when the password is wrong."""
    with run_estate(tmp_path, ["psc-1"]) as estate:
        become(estate, tmp_path, "anna", Role.TRUST_ADMINISTRATOR)
        root = estate.server.room.first_root()
        argv = [
            sys.executable,
            "-m",
            "warifu",
            "login",
            estate.server.url,
            "--person",
            "anna",
            "--root",
            root,
        ]
        argv += ["--password-file", "-"]
        with subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as ran:
            seen = (
                Path(f"/proc/{ran.pid}/cmdline").read_bytes() + Path(f"/proc/{ran.pid}/environ").read_bytes()
            )
            said, _ = ran.communicate("hunter2 is wrong\n", timeout=60)
        assert ran.returncode != 0
        assert b"hunter2" not in seen
        assert "hunter2" not in said + estate.server.log.getvalue()


def test_what_speaks_against_it_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A node that is away: refused with exit code 3, the node by name."""
    with run_estate(tmp_path, ["psc-1"]) as estate:
        estate.server.node("lab-9")
        become(estate, tmp_path, "anna", Role.TRUST_ADMINISTRATOR)
        arguments = ("--domain", "shop", estate.old.value.fingerprint.hex, "--reason", "superseded")
        code, plan = document(capsys, "plan", "retire-anchor", *arguments)
        assert (3, "refused") == (code, plan["state"])
        assert [("lab-9", True)] == [(one["node"], one["blocks"]) for one in plan["uses"]]
        assert ["node-not-heard"] == [one["code"] for one in plan["blockers"]]


def test_publishing_and_restoring_are_plans_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Made by one person, approved by another, carried out as approved."""
    with run_estate(tmp_path, ["psc-1"]) as estate:
        third = make_ca("Third Root", now=now())
        (tmp_path / "third.pem").write_bytes(third.pem)
        become(estate, tmp_path, "anna", Role.TRUST_ADMINISTRATOR)
        plans = []
        code, plan = document(capsys, "plan", "publish", "shop", str(tmp_path / "third.pem"))
        assert (0, "publish") == (code, plan["kind"])
        plans.append(plan["digest"])
        assert 3 == main.run(["retire", "continue", plans[0]])
        become(estate, tmp_path, "ben", Role.APPROVER)
        assert 0 == main.run(["approve", plans[0]])
        become(estate, tmp_path, "anna")
        main.run(["retire", "continue", plans[0]])
        assert 3 == len(estate.server.desks.trust.version("shop").anchors)
        code, plan = document(capsys, "plan", "restore", "shop", "2")
        assert (0, "restore") == (code, plan["kind"])


def _entries(estate: Estate) -> Any:
    return trusted_by(estate.server.room.registry, "shop", estate.old.value.fingerprint.hex, now=now())[1]


@pytest.mark.req("X-10")
def test_who_still_trusts_a_root(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exact list, each with the time of the last report that confirmed it."""
    with run_estate(tmp_path) as estate:
        before = now()
        estate.look("psc-1")
        found = {one.node: one for one in _entries(estate)}
        assert {"psc-1", "psc-2", "psc-3"} == found.keys()
        assert found["psc-1"].seen >= before > found["psc-2"].seen
        assert all(one.since is not None and one.since <= one.seen for one in found.values())
        digest = estate.approved()
        estate.go_on(digest)
        estate.look("psc-1", "psc-3")
        assert ["psc-2"] == [one.node for one in _entries(estate)]
        become(estate, tmp_path, "olga", Role.VIEWER)
        code, told = document(capsys, "domain", "trusted-by", estate.old.value.fingerprint.hex)
        assert (0, ["psc-2"]) == (code, [one["node"] for one in told["trusted_by"]])
        assert told["trusted_by"][0]["confirmed"]


@pytest.mark.req("X-08")
def test_open_exceptions_have_owner_reason_and_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A local exception and a waiver are listed while they last; after a green run the list is empty."""
    with run_estate(tmp_path) as estate:
        registry, until = estate.server.room.registry, now() + timedelta(days=3)
        with estate.nodes["psc-1"].room.stores.changing(by="root", now=now()) as book:
            entry = next(
                one
                for one in book.entries("trusted-roots").entries
                if one.fingerprint == estate.new.value.fingerprint
            )
            from dataclasses import replace  # noqa: PLC0415

            assert Provenance.DIRECTORY is entry.provenance
            book.put(replace(entry, exception=LocalException("root", "a printer", until)))
        estate.look()
        digest = estate.approved()
        from support.trust_server import OTHER  # noqa: PLC0415

        desk = estate.server.desks.retire
        desk.waive(OTHER, digest, "psc-3", "in repair", until=until, now=now())
        found = {one.kind: one for one in open_exceptions(registry, now=now())}
        assert {"local-exception", "waiver"} == found.keys()
        assert ("root", "a printer", until) == (
            found["local-exception"].owner,
            found["local-exception"].reason,
            found["local-exception"].until,
        )
        assert ("another", "in repair") == (found["waiver"].owner, found["waiver"].reason)
        become(estate, tmp_path, "olga", Role.VIEWER)
        assert 1 == main.run(["domain", "exceptions"])
        with estate.nodes["psc-1"].room.stores.changing(by="root", now=now()) as book:
            book.put(replace(entry, exception=None))
        estate.look()
        assert estate.retire(digest).is_done
        assert () == open_exceptions(registry, now=now())
        capsys.readouterr()
        code, told = document(capsys, "domain", "exceptions")
        assert (0, []) == (code, told["exceptions"])


@pytest.mark.req("S0-18", "S0-03")
def test_the_alarm_closes_when_the_last_entry_is_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two expired roots on a node: one removed leaves a count of one, the second closes it."""
    ends = now() + timedelta(days=1)
    first, second = (make_ca(f"Ending {number}", now=now(), end=ends) for number in (1, 2))
    later = ends + timedelta(seconds=1)
    with run_estate(tmp_path, ["psc-1"]) as estate:
        estate.server.publish("shop", first.value, second.value)
        estate.look()
        registry = estate.server.room.registry
        assert () == expiry_alarms(registry, now=now())
        (alarm,) = expiry_alarms(registry, now=later)
        places = {(one.node, one.store) for one in alarm.alarm.unused}
        assert (2, {("psc-1", "trusted-roots")}) == (alarm.alarm.count, places)
        assert all(one.alias for one in alarm.alarm.unused)
        assert estate.retire(estate.approved(first.value.fingerprint.hex)).is_done
        (alarm,) = expiry_alarms(registry, now=later)
        assert 1 == alarm.alarm.count
        assert estate.retire(estate.approved(second.value.fingerprint.hex)).is_done
        assert () == expiry_alarms(registry, now=later)
        become(estate, tmp_path, "olga", Role.VIEWER)
        assert 0 == main.run(["domain", "alarms"])


def test_a_published_crl_that_ends_raises_an_alarm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once a quarter of its period is left; the next one closes it. The first end of all is a metric."""
    with run_estate(tmp_path) as estate:
        end = (now() + timedelta(minutes=10)).replace(microsecond=0)
        ending = estate.old.crl(number=2, start=end - timedelta(hours=1), end=end)
        become(estate, tmp_path, "olga", Role.VIEWER)
        assert 0 == main.run(["domain", "alarms"])
        estate.server.publish("shop", crls=[ending])
        capsys.readouterr()
        code, told = document(capsys, "domain", "alarms")
        assert (1, ["shop"]) == (code, [one["domain"] for one in told["alarms"]])
        (alarm,) = told["alarms"]
        assert (0, ["crl-ending"]) == (alarm["count"], [one["code"] for one in alarm["findings"]])
        assert 1 == main.run(["domain", "alarms"])
        assert "CRLs of trust domain shop" in capsys.readouterr().out
        metrics = estate.server.program.base.metrics
        wait_until(lambda: metrics.of(ENDS, "shop", "crl") == end.timestamp(), "the metric to follow")
        first = min(estate.old.value.not_after, estate.new.value.not_after)
        assert first.timestamp() == metrics.of(ENDS, "shop", "anchor")
        later = estate.old.crl(number=3, start=now(), end=now() + timedelta(days=8))
        estate.server.publish("shop", crls=[later])
        assert 0 == main.run(["domain", "alarms"])
