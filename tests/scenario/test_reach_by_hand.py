"""People do their part, as a person runs it: an office that signs, an appliance, a store nobody can look into."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.office import Office, run_office
from support.running import wait_until
from support.shopfront import read_attempts

pytestmark = pytest.mark.enable_socket
FINE, REFUSED, WAITS = 0, 3, 6


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with run_office(tmp_path) as office:
        yield office


def begin(office: Office) -> None:
    """Plan and apply; the rollout waits for the office that signs."""
    ran = office.warifu("apply", "plan.json", "--approve", office.plan())
    assert WAITS == ran.code, ran.out + ran.err
    assert "sent to corp" in ran.out


def bring_certificates(office: Office) -> None:
    """Have both requests signed: one comes through the issuer's folder in a pile, one by `request deliver`."""
    console, web = sorted((office.folder / "corp/out").glob("*.csr"))
    office.sign(console, office.folder / "corp/in/mail-7.pem")
    (office.folder / "corp/in/note.txt").write_text("please find attached", encoding="ascii")
    office.sign(web, office.folder / "web-back.pem")
    listed = office.warifu("request", "list").out
    assert (2, 0) == (listed.count("submitted"), listed.count("issued"))
    ran = office.warifu("request", "deliver", "web-back.pem")
    assert FINE == ran.code, ran.out + ran.err


def handed(office: Office, step: str) -> Path:
    """Return the hand-over folder of a step."""
    (folder,) = (office.folder / ".warifu/handover").glob(f"*/{step}")
    return folder


@pytest.mark.req("X-11", "S3-34", "S3-05")
def test_people_carry_a_change_through(office: Office) -> None:
    """Each wait names its owner, goes on with the right word or sight alone, and alarms when time runs out."""
    begin(office)
    bring_certificates(office)

    lacking = office.warifu(
        "rollout", "resume"
    )  # one peer lacks the new root: nothing is installed, it is named
    assert WAITS == lacking.code, lacking.out + lacking.err
    assert "security carries it out by hand" in lacking.out
    states = office.states()
    assert ("waiting", "open", "open") == tuple(
        states[step] for step in ("ledger/upstream#1", "web/tls#1", "console/tls#1")
    )
    (blocked,) = office.blocked()
    assert ("ledger/upstream#1", "security") == (blocked["step"], blocked["values"]["owner"])

    word = ("--statement", "loaded in the ledger at noon")
    wrong = office.warifu("rollout", "confirm", "ledger/upstream#1", "--owner", "network", *word)
    assert (REFUSED, True) == (wrong.code, "belongs to security" in wrong.err)
    early = office.warifu("rollout", "confirm", "ledger/upstream#2", "--owner", "security", *word)
    assert (REFUSED, "open") == (early.code, office.states()["ledger/upstream#2"])
    assert "waiting" == office.states()["ledger/upstream#1"]
    right = office.warifu("rollout", "confirm", "ledger/upstream#1", "--owner", "security", *word)
    assert FINE == right.code, right.err

    asked = office.warifu("rollout", "resume")
    assert (WAITS, True) == (asked.code, "network installs it by hand" in asked.out), asked.out + asked.err
    assert ("done", "waiting") == tuple(office.states()[step] for step in ("web/tls#1", "console/tls#1"))

    papers = handed(office, "console.tls-1")
    office.console.upload(papers / "certificate.pem", papers / "key.pem")
    uploaded = office.warifu("rollout", "resume")  # before the restart the old certificate is live: not done
    assert (WAITS, "waiting") == (uploaded.code, office.states()["console/tls#1"])
    assert "network (network@example.org): step console/tls#1 waits for you" in uploaded.out
    office.console.restart()

    following = office.follow("rollout", "resume", "--follow")  # after it the new one is live: done
    wait_until(lambda: "ALARM: security has not answered" in office.followed(), "the alarm", seconds=120)
    assert ("done", "waiting") == tuple(
        office.states()[step] for step in ("console/tls#1", "ledger/upstream#2")
    )
    word = ("--statement", "the old root is gone")
    last = office.warifu("rollout", "confirm", "ledger/upstream#2", "--owner", "security", *word)
    assert FINE == last.code, last.err
    assert FINE == following.wait(120), office.followed()
    assert {"done"} == set(office.states().values())

    report = office.warifu("rollout", "report").out
    witnesses = dict(witness_of(row) for row in witness_rows(report))
    assert {
        "app/upstream#1": "self-report",
        "ledger/upstream#1": "owner",
        "web/tls#1": "generation, handshake",
        "console/tls#1": "handshake",
        "app/upstream#2": "self-report",
        "ledger/upstream#2": "owner",
    } == witnesses
    failed = [a for a in read_attempts(office.traffic.log) if a.error and "refused" not in a.error.lower()]
    cut = [a for a in failed if a.connection == "app-to-console" and "reset by peer" in a.error]
    assert cut == failed  # the appliance's own restart is the outage that the plan names: it refuses, or cuts


def witness_rows(report: str) -> list[str]:
    """Return the rows of the report's table of witnesses."""
    part = report.partition("## Handshakes")[2].partition("\n## ")[0]
    return [line for line in part.splitlines() if "#" in line]


def witness_of(row: str) -> tuple[str, str]:
    """Return step and witness of a row."""
    _, step, _, witness, *_ = (cell.strip() for cell in row.split("|"))
    return step, witness
