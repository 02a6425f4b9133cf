"""What an agent remembers, in a file."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from support.pki import NOW, Entity, make_ca
from warifu.adapters.files.sealed import Sealed
from warifu.adapters.journals.agent import SqliteAgentState
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.agent_state import Membership
from warifu.ports.bundles import Held
from warifu.ports.orders import AgentIdentity


def at(folder: Path) -> SqliteAgentState:
    return SqliteAgentState(str(folder / "agent.sqlite"), Sealed(str(folder / "seal.key")))


def identity(entity: Entity) -> AgentIdentity:
    return AgentIdentity((entity.value, entity.root.value), entity.private_key)


@pytest.fixture
def member() -> Membership:
    ca = make_ca("Agents")
    return Membership(
        "web-1",
        ("https://a.example:8443", "https://b.example:8443"),
        "ab" * 32,
        identity(ca.leaf("web-1")),
        identity(ca.leaf("web-1")),
        renew_at=NOW,
        next_renew_at=NOW + timedelta(hours=3),
        asked=NOW,
    )


def test_who_the_node_is_survives_the_process(tmp_path: Path, member: Membership) -> None:
    """Both identities with their keys, and when to ask for the next."""
    assert at(tmp_path).membership() is None
    at(tmp_path).keep_membership(member)
    found = at(tmp_path).membership()
    assert found is not None
    assert found.current is not None
    assert found.following is not None
    assert member.current is not None
    assert member.current.key.to_pkcs8() == found.current.key.to_pkcs8()
    assert member.current.chain == found.current.chain
    assert replace(member, current=None, following=None) == replace(found, current=None, following=None)
    taken = found.taken()
    assert found.following == taken.current
    assert (None, NOW + timedelta(hours=3), None, None) == (
        taken.following,
        taken.renew_at,
        taken.next_renew_at,
        taken.asked,
    )


def test_no_key_lies_in_clear_and_nobody_else_reads_the_file(tmp_path: Path, member: Membership) -> None:
    """Neither in the database nor in what SQLite writes beside it."""
    state = at(tmp_path)
    state.keep_membership(member)
    assert member.current is not None
    raw = member.current.key.raw
    assert isinstance(raw, ec.EllipticCurvePrivateKey)
    secret = raw.private_numbers().private_value.to_bytes(32, "big")
    for file in tmp_path.iterdir():
        assert secret not in file.read_bytes()
        assert 0o600 == stat.S_IMODE(file.stat().st_mode), file.name


def test_what_is_believed_is_kept_whole(tmp_path: Path) -> None:
    """Metadata and documents, each by its name; the next set takes the place of the last."""
    assert at(tmp_path).held() is None
    at(tmp_path).keep_held(Held({"root": b"r", "old": b"o"}, {"shop/bundle.json": b"{}"}))
    at(tmp_path).keep_held(Held({"root": b"r2"}, {"shop/bundle.json": b"[]"}))
    assert Held({"root": b"r2"}, {"shop/bundle.json": b"[]"}) == at(tmp_path).held()
    at(tmp_path).keep_followed({"shop/bundle.json": b"1", "other/bundle.json": b"2"})
    at(tmp_path).keep_followed({"shop/bundle.json": b"3"})
    assert {"shop/bundle.json": b"3"} == at(tmp_path).followed()
    assert Held({"root": b"r2"}, {"shop/bundle.json": b"[]"}) == at(tmp_path).held()


def test_counters_rise_whoever_asks(tmp_path: Path) -> None:
    """A report never carries a number that an earlier one had."""
    assert [1, 2] == [at(tmp_path).count(), at(tmp_path).count()]
    one = at(tmp_path)
    assert [3, 4] == [one.count(), one.count()]


def test_an_overtaken_driver_is_not_obeyed(tmp_path: Path) -> None:
    """Epochs of one journal are compared with each other, of another journal with its own."""
    state = at(tmp_path)
    assert state.begin_order("o1", "journal-a", 4, now=NOW) is None
    assert state.begin_order("o2", "journal-b", 1, now=NOW) is None
    with pytest.raises(RefusedError, match=r"agent\.epoch-lower"):
        at(tmp_path).begin_order("o3", "journal-a", 3, now=NOW)
    assert (4, 1, 0) == tuple(at(tmp_path).epoch(name) for name in ("journal-a", "journal-b", "c"))
    assert at(tmp_path).begin_order("o4", "journal-a", 5, now=NOW) is None


def test_an_order_that_was_carried_out_gives_the_same_answer_again(tmp_path: Path) -> None:
    """Also when a later driver was obeyed meanwhile; one that was cut is begun again."""
    state = at(tmp_path)
    state.begin_order("o1", "j", 1, now=NOW)
    assert at(tmp_path).begin_order("o1", "j", 1, now=NOW) is None
    state.end_order("o1", '{"done":true}')
    state.begin_order("o2", "j", 2, now=NOW)
    assert '{"done":true}' == at(tmp_path).begin_order("o1", "j", 1, now=NOW)


def test_the_journal_is_read_in_order_and_in_parts(tmp_path: Path) -> None:
    """From a line on, so many."""
    state = at(tmp_path)
    for number in range(5):
        state.note("sync", {"number": number}, now=NOW)
    assert [3, 4] == [one.data["number"] for one in state.notes(2)]
    assert [0, 1, 2, 3, 4] == [one.data["number"] for one in state.notes(10)]


_KILLED = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from test_agent_state import at
state = at(Path({folder!r}))
while True:
    print(state.count(), flush=True)
"""


def test_killed_at_any_moment_no_number_comes_twice(tmp_path: Path) -> None:
    """SIGKILL while it counts: what was told is never told again."""
    told: list[int] = []
    for _ in range(5):
        program = _KILLED.format(path=[*sys.path, str(Path(__file__).parent)], folder=str(tmp_path))
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            seen = [int(process.stdout.readline()) for _ in range(20)]
            os.kill(process.pid, signal.SIGKILL)
            seen += [int(line) for line in process.stdout.read().split("\n")[:-1]]
        told += seen
    assert sorted(set(told)) == told


def test_a_database_of_a_later_release_is_left_alone(tmp_path: Path, member: Membership) -> None:
    """And a file that is no database is named."""
    import sqlite3  # noqa: PLC0415 - as another release would write

    state = at(tmp_path)
    state.keep_membership(member)
    state.close()
    with sqlite3.connect(tmp_path / "agent.sqlite") as db:
        db.execute("UPDATE about SET value = '99' WHERE name = 'format'")
    db.close()
    with pytest.raises(CouldNotLookError, match="later-release"):
        at(tmp_path).membership()
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "agent.sqlite").write_text("no database" * 100)
    with pytest.raises(CouldNotLookError, match="not-a-database"):
        at(tmp_path / "x").membership()


def test_the_key_that_is_asked_with_stays_the_same_until_it_is_answered(tmp_path: Path) -> None:
    """An answer that got lost is asked for again with the same key, by another process, too."""
    ca = make_ca("Agents")
    first, other = ca.leaf("web-1"), ca.leaf("web-1")
    key = at(tmp_path).asked_key("web-1", lambda: first.private_key)
    again = at(tmp_path).asked_key("web-1", lambda: other.private_key)
    assert first.private_key.to_pkcs8() == key.to_pkcs8() == again.to_pkcs8()
    at(tmp_path).keep_membership(Membership("web-1", (), "", identity(other)))
    assert key.to_pkcs8() == at(tmp_path).asked_key("web-1", lambda: other.private_key).to_pkcs8()
    at(tmp_path).keep_membership(Membership("web-1", (), "", identity(other), identity(first)))
    third = ca.leaf("web-1").private_key
    assert third.to_pkcs8() == at(tmp_path).asked_key("web-1", lambda: third).to_pkcs8()
