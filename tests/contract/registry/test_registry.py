"""What every registry keeps to, shown on each engine at hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from support.pki import NOW, make_ca
from warifu.adapters.database.registry import DatabaseRegistry
from warifu.domain.directory import Anchor, AnchorKind, Published, Standing
from warifu.domain.directory.audit import GENESIS, AuditEntry, seal
from warifu.domain.directory.roles import Role
from warifu.domain.directory.tokens import TokenRecord
from warifu.domain.x509 import Sha256
from warifu.errors import CouldNotLookError, RefusedError, UsageError
from warifu.ports.node_books import Identity, Node, NodeState, Order, Report, Way
from warifu.ports.passwords import SealedPassword
from warifu.ports.people_books import Attempts, Link, LinkState, Person, Session
from warifu.ports.registry import Registry
from warifu.ports.work_books import Approval, KeptPlan, KeyedAnswer, PlanState

MINUTE = timedelta(minutes=1)
ROOT = make_ca("Root")
OTHER = make_ca("Other")
ENGINES: dict[str, Callable[[Path], DatabaseRegistry]] = {
    "sqlite": lambda folder: DatabaseRegistry.open(str(folder / "data" / "warifu.sqlite"))
}
"""How each engine is opened; PostgreSQL joins here."""


@pytest.fixture(params=sorted(ENGINES))
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    found = ENGINES[request.param](tmp_path)
    yield found
    found.close()


def sorted_anchors(*anchors: Anchor) -> tuple[Anchor, ...]:
    return tuple(sorted(anchors, key=lambda anchor: anchor.key))


# --- units of work


def test_an_error_undoes_the_whole_change(registry: Registry) -> None:
    """Whatever was done before the error is not there afterwards."""

    def fail() -> None:
        with registry.change() as books:
            books.about.put("name", "value")
            books.directory.create("shop", now=NOW)
            raise UsageError("registry.domain-unknown", domain="x")

    with pytest.raises(UsageError):
        fail()
    with registry.look() as books:
        assert ("", ()) == (books.about.find("name"), books.directory.domains())


def test_a_look_changes_nothing(registry: Registry) -> None:
    """A look that tries to write is refused by the engine, as an error of ours."""
    with pytest.raises(CouldNotLookError, match=r"registry\.database"), registry.look() as books:
        books.about.put("name", "value")


def test_a_look_sees_one_moment(registry: Registry) -> None:
    """What another commits meanwhile is not seen half way, and a look keeps no change waiting."""
    with registry.change() as books:
        books.about.put("name", "old")
    with registry.look() as first:
        assert "old" == first.about.find("name")
        with registry.change() as second:
            second.about.put("name", "new")
        assert "old" == first.about.find("name")
    with registry.look() as books:
        assert "new" == books.about.find("name")


def test_changes_wait_for_each_other(registry: Registry) -> None:
    """Read and written in one change, a counter loses no step, however many threads count."""

    def count() -> None:
        for _ in range(10):
            with registry.change() as books:
                books.about.put("count", str(int(books.about.find("count") or "0") + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with registry.look() as books:
        assert "40" == books.about.find("count")


# --- published trust


def test_a_version_comes_back_as_it_was_added(registry: Registry) -> None:
    """Every anchor with alias, kind and standing, every CRL, the plan."""
    pinned = Anchor(ROOT.leaf("pin.example").value, "別名", AnchorKind.LEAF, Standing.QUARANTINED)
    wanted = Published("shop", 1, NOW, sorted_anchors(Anchor(ROOT.value), pinned), (ROOT.crl(),), "d" * 64)
    with registry.change() as books:
        books.directory.create("shop", now=NOW)
        assert Published("shop") == books.directory.find("shop")
        books.directory.add(wanted)
    with registry.look() as books:
        assert wanted == books.directory.find("shop")
        assert wanted == books.directory.find("shop", 1)
        assert None is books.directory.find("shop", 2)
        assert None is books.directory.find("depot")


def test_history_is_kept(registry: Registry) -> None:
    """Earlier versions stay as they were, and are listed newest first in pages."""
    first = Published("shop", 1, NOW, (Anchor(ROOT.value),))
    second = Published("shop", 5, NOW + MINUTE, sorted_anchors(Anchor(ROOT.value), Anchor(OTHER.value)))
    with registry.change() as books:
        books.directory.create("shop", now=NOW)
        books.directory.add(first)
        books.directory.add(second)
    with registry.look() as books:
        assert [(5, 2, 0), (1, 1, 0)] == [
            (head.version, head.anchors, head.crls) for head in books.directory.history("shop")
        ]
        assert [1] == [head.version for head in books.directory.history("shop", below=5)]
        assert [5] == [head.version for head in books.directory.history("shop", most=1)]
        assert first == books.directory.find("shop", 1)


@pytest.mark.parametrize("version", [1, 2])
def test_no_version_is_given_twice_or_goes_back(registry: Registry, version: int) -> None:
    """A version that is there, or beneath one that is, is refused."""
    with registry.change() as books:
        books.directory.create("shop", now=NOW)
        books.directory.add(Published("shop", 2, NOW))
    with pytest.raises(RefusedError, match=r"registry\.version-taken"), registry.change() as books:
        books.directory.add(Published("shop", version, NOW))


def test_domains_are_made_once(registry: Registry) -> None:
    """A second one of the name is refused, and nothing is added to one that is not there."""
    with registry.change() as books:
        books.directory.create("shop", now=NOW)
    with pytest.raises(RefusedError, match=r"registry\.domain-exists"), registry.change() as books:
        books.directory.create("shop", now=NOW)
    with pytest.raises(UsageError, match=r"registry\.domain-unknown"), registry.change() as books:
        books.directory.add(Published("depot", 1, NOW))


def test_a_thousand_anchors_are_one_version(registry: Registry) -> None:
    """No limit of a statement shows."""
    key = ROOT.key
    many = sorted_anchors(
        *(Anchor(make_ca(f"CA {number}", key=key, ski=False, aki=False).value) for number in range(1001))
    )
    with registry.change() as books:
        books.directory.create("shop", now=NOW)
        books.directory.add(Published("shop", 1, NOW, many))
        books.directory.add(Published("shop", 2, NOW, many[1:]))
    with registry.look() as books:
        found = books.directory.find("shop")
        assert found is not None
        assert many[1:] == found.anchors


def test_signed_files_are_kept_by_name(registry: Registry) -> None:
    """A file is replaced under its name, and the mark rises with each addition."""
    with registry.change() as books:
        assert 0 == books.bundles.mark()
        first = books.bundles.add({"timestamp.json": b"1", "1.root.json": b"r"}, now=NOW)
        second = books.bundles.add({"timestamp.json": b"2"}, now=NOW)
        assert second == books.bundles.add({}, now=NOW)
    with registry.look() as books:
        files = books.bundles.files()
        assert {"timestamp.json": b"2", "1.root.json": b"r"} == dict(files)
        assert (2, True, False) == (len(files), "1.root.json" in files, "2.root.json" in files)
        found = books.bundles.find("timestamp.json")
        assert found is not None
        assert (b"2", Sha256.of(b"2").hex, second) == (found.data, found.sha256, found.mark)
        assert 0 < first < second
        assert None is books.bundles.find("other")


# --- people


def test_people_come_back_with_roles_and_certificates(registry: Registry) -> None:
    """By name and by the fingerprint of a client certificate; a fingerprint is one person's."""
    shown = ROOT.leaf("ada").value.fingerprint
    ada = Person("ada", frozenset({Role.VIEWER, Role.APPROVER}), (shown,), NOW)
    with registry.change() as books:
        books.people.put(ada)
        books.people.put(Person("ben", frozenset(), created=NOW, ended=NOW + MINUTE))
        books.passwords.put("ben", SealedPassword("sealed"), now=NOW)
    with registry.look() as books:
        assert ada == books.people.find("ada")
        assert ada == books.people.find_by_certificate(shown)
        assert None is books.people.find_by_certificate(Sha256.of(b"x"))
        assert None is books.people.find("nobody")
        assert [("ada", False), ("ben", True)] == [(p.name, p.has_password) for p in books.people.people()]
    with pytest.raises(RefusedError, match=r"registry\.certificate-taken"), registry.change() as books:
        books.people.put(Person("ben", frozenset(), (shown,)))
    with registry.change() as books:
        books.people.put(Person("ada", frozenset(), (), NOW))
        assert None is books.people.find_by_certificate(shown)


def test_a_sealed_password_is_kept_apart(registry: Registry) -> None:
    """It is set, found by name alone, outlives a change of roles, and is taken away."""
    with registry.change() as books:
        books.people.put(Person("ada", frozenset(), created=NOW))
        assert None is books.passwords.find("ada")
        books.passwords.put("ada", SealedPassword("$argon2id$x"), now=NOW)
        books.people.put(Person("ada", frozenset({Role.VIEWER}), created=NOW))
        found = books.passwords.find("ada")
        assert found is not None
        assert ("$argon2id$x", "SealedPassword(***)") == (found.reveal(), repr(found))
        books.passwords.put("ada", None, now=NOW)
        assert None is books.passwords.find("ada")


def test_failures_are_counted_and_forgotten(registry: Registry) -> None:
    """Under each key apart; none of them deletes the row, and old ones are pruned."""
    with registry.change() as books:
        assert Attempts() == books.passwords.attempts("k")
        books.passwords.note("k", Attempts(1, NOW))
        books.passwords.note("k", Attempts(2, NOW + MINUTE))
        books.passwords.note("l", Attempts(1, NOW))
        assert Attempts(2, NOW + MINUTE) == books.passwords.attempts("k")
        assert 1 == books.passwords.prune(before=NOW + MINUTE)
        books.passwords.note("k", Attempts())
        assert Attempts() == books.passwords.attempts("k")


def test_sessions_begin_and_end(registry: Registry) -> None:
    """One by one, all of a person, and those whose time is over."""
    with registry.change() as books:
        books.people.put(Person("ada", frozenset()))
        for key in "abc":
            books.sessions.add(Session(key, "ada", NOW, NOW + MINUTE, "password"))
        assert Session("a", "ada", NOW, NOW + MINUTE, "password") == books.sessions.find("a")
        books.sessions.end("a")
        books.sessions.end("a")
        assert None is books.sessions.find("a")
        assert 0 == books.sessions.prune(now=NOW)
        assert 2 == books.sessions.end_all("ada")
        books.sessions.add(Session("d", "ada", NOW, NOW + MINUTE, "link"))
        assert 1 == books.sessions.prune(now=NOW + MINUTE)


def test_a_new_link_voids_the_one_before(registry: Registry) -> None:
    """One open link a person; a used one stays on record."""
    with registry.change() as books:
        books.people.put(Person("ada", frozenset()))
        books.links.add(Link("a", "ada", NOW, NOW + MINUTE))
        books.links.use("a")
        books.links.add(Link("b", "ada", NOW, NOW + MINUTE))
        books.links.add(Link("c", "ada", NOW, NOW + MINUTE))
        used = books.links.find("a")
        assert used is not None
        assert LinkState.USED is used.state
        assert None is books.links.find("b")
        assert Link("c", "ada", NOW, NOW + MINUTE) == books.links.find("c")


# --- nodes


def test_a_new_token_voids_the_one_before(registry: Registry) -> None:
    """One open token a node; a used one stays on record."""
    with registry.change() as books:
        books.tokens.add(TokenRecord("a", "web-1", NOW, "hugo"))
        books.tokens.add(TokenRecord("b", "web-1", NOW, "hugo"))
        books.tokens.add(TokenRecord("c", "db-1", NOW, "hugo"))
        assert None is books.tokens.find("a")
        assert ["c", "b"] == [token.hash for token in books.tokens.tokens()]
        books.tokens.use("b", now=NOW + MINUTE)
        assert TokenRecord("b", "web-1", NOW, "hugo", NOW + MINUTE) == books.tokens.find("b")
        assert ["c"] == [token.hash for token in books.tokens.tokens()]


def test_nodes_are_listed_in_pages(registry: Registry) -> None:
    """Sorted by name, of some states if asked, and counted by state."""
    with registry.change() as books:
        for name in ("web-2", "db-1", "web-1"):
            books.nodes.put(Node(name, NodeState.JOINED, NOW, NOW, domains=("shop",)))
        books.nodes.put(Node("db-1", NodeState.REMOVED, NOW, NOW + MINUTE, "sold"))
    with registry.look() as books:
        assert ["db-1", "web-1", "web-2"] == [node.name for node in books.nodes.nodes()]
        assert ["web-1"] == [node.name for node in books.nodes.nodes(after="db-1", most=1)]
        assert ["db-1"] == [node.name for node in books.nodes.nodes(states=[NodeState.REMOVED])]
        assert {"joined": 2, "fenced": 0, "removed": 1} == books.nodes.count()
        assert Node("db-1", NodeState.REMOVED, NOW, NOW + MINUTE, "sold") == books.nodes.find("db-1")
        assert None is books.nodes.find("db-9")
        assert {"db-1", "web-1"} == books.nodes.among(["db-1", "web-1", "db-9"]).keys()
        assert {"web-2": books.nodes.find("web-2")} == books.nodes.among({"web-2"})
        assert {} == books.nodes.among(())


def test_identities_are_found_and_revoked(registry: Registry) -> None:
    """By certificate, by node and by key; what is revoked stays so, with its first date and reason."""
    old, new = ROOT.leaf("web-1", expired=True).value, ROOT.leaf("web-1").value
    assert old.public_key is not None
    with registry.change() as books:
        books.nodes.put(Node("web-1", NodeState.JOINED, NOW, NOW))
        books.identities.add(Identity("web-1", old, NOW, Way.INVITED))
        books.identities.add(Identity("web-1", new, NOW + MINUTE, Way.CURRENT))
    with registry.change() as books:
        assert [new, old] == [one.certificate for one in books.identities.of("web-1")]
        assert [old] == [one.certificate for one in books.identities.with_key(old.public_key.sha256)]
        books.revocations.revoke([old.fingerprint, new.fingerprint], "lost", now=NOW)
        books.revocations.revoke([new.fingerprint], "again", now=NOW + MINUTE)
        found = books.identities.find(new.fingerprint)
        assert Identity("web-1", new, NOW + MINUTE, Way.CURRENT, NOW, "lost") == found
        assert [new] == [one.certificate for one in books.revocations.revoked(alive_at=NOW)]
        assert None is books.identities.find(Sha256.of(b"x"))
        among = books.identities.among([new.fingerprint, Sha256.of(b"x")])
        assert {new.fingerprint: found} == among


def test_the_latest_report_counts(registry: Registry) -> None:
    """One a node and kind, of many put at once the last; a node's reports are forgotten together."""
    with registry.change() as books:
        books.reports.put([Report("web-1", "receipt/shop", NOW, n, b"%d" % n) for n in (1, 2)])
        books.reports.put(
            [Report("web-1", "receipt/shop", NOW + MINUTE, 3, b"3"), Report("db-1", "clock", NOW)]
        )
        books.reports.put([Report("db-1", "receipt/shop", NOW, 2)])
        books.reports.put([])
        found = [(one.node, one.number) for one in books.reports.of_kind("receipt/shop")]
        assert [("db-1", 2), ("web-1", 3)] == found
        assert Report("db-1", "clock", NOW) == books.reports.find("db-1", "clock")
        assert {"db-1": Report("db-1", "clock", NOW)} == books.reports.among(["db-1", "web-1"], "clock")
        assert {"db-1", "web-1"} == books.reports.among(["db-1", "web-1", "db-9"], "receipt/shop").keys()
        books.reports.forget("db-1")
        assert (None, None) == (
            books.reports.find("db-1", "clock"),
            books.reports.find("db-1", "receipt/shop"),
        )


def test_an_order_is_answered_once(registry: Registry) -> None:
    """A second answer changes nothing; open orders of a node come in the order given."""
    order = Order("web-1", "r1", 2, 1, "d" * 64, b"step", NOW)
    with registry.change() as books:
        first, second = books.orders.add(order), books.orders.add(order)
        assert (1, 2) == (first.number, second.number)
        assert [1, 2] == [one.number for one in books.orders.open_for("web-1")]
        assert books.orders.answer(1, b"done", now=NOW + MINUTE)
        assert not books.orders.answer(1, b"again", now=NOW + MINUTE)
        assert not books.orders.answer(9, b"?", now=NOW)
        found = books.orders.find(1)
        assert found is not None
        assert (b"step", b"done", NOW + MINUTE) == (found.document, found.answer, found.answered)
        assert ([2], []) == (
            [one.number for one in books.orders.open_for("web-1")],
            list(books.orders.open_for("db-1")),
        )
        assert [1, 2] == [one.number for one in books.orders.of_rollout("r1")]
        assert None is books.orders.find(9)


# --- work


def test_plans_carry_their_approvals(registry: Registry) -> None:
    """One approval a person, in the order given; a plan that is there stays as it is."""
    plan = KeptPlan("d1", "retire-anchor", "shop", ("aa", "bb"), b"{}", "ada", NOW)
    with registry.change() as books:
        books.plans.add(plan)
        books.plans.add(KeptPlan("d1", "other", "", (), b"x", "eve", NOW))
        books.plans.add(
            KeptPlan("d2", "rollout", "", (), b"x", "ada", NOW, approvals=(Approval("ben", NOW),))
        )
        books.plans.approve("d1", Approval("cleo", NOW + MINUTE))
        books.plans.approve("d1", Approval("ben", NOW, "seen"))
        books.plans.approve("d1", Approval("ben", NOW + MINUTE, "twice"))
        found = books.plans.find("d1")
        assert found is not None
        assert (Approval("ben", NOW, "seen"), Approval("cleo", NOW + MINUTE)) == found.approvals
        assert ("retire-anchor", ("aa", "bb"), b"{}", "ada") == (
            found.kind,
            found.subjects,
            found.document,
            found.by,
        )
        books.plans.close("d1", PlanState.CARRIED_OUT)
        assert ["d2", "d1"] == [one.digest for one in books.plans.plans()]
        assert ["d2"] == [one.digest for one in books.plans.plans(PlanState.OPEN)]
        assert None is books.plans.find("d3")


def test_the_audit_trail_only_grows(registry: Registry) -> None:
    """Each entry is the next one, and says what the one before was."""
    first = AuditEntry(1, NOW, "ada", "publish", "shop", {"n": [1, "二"], "at": "x"}, GENESIS)
    second = AuditEntry(2, NOW, "ben", "approve", "d1", {}, seal(first))
    with registry.change() as books:
        books.audit.append(first, seal(first))
        books.audit.append(second, seal(second))
        head = books.audit.head()
        assert (2, seal(second)) == (head.number, head.digest)
        assert (first, second) == books.audit.entries()
        assert (second,) == books.audit.entries(after=1)
        assert (second, first) == books.audit.newest()
        assert (first,) == books.audit.newest(below=2)
    for wrong in (
        AuditEntry(4, NOW, "a", "b", "c", {}, seal(second)),
        AuditEntry(3, NOW, "a", "b", "c", {}, "x"),
    ):
        with pytest.raises(RefusedError, match=r"registry\.audit-number"), registry.change() as books:
            books.audit.append(wrong, "s")


def test_a_keyed_answer_is_kept_once(registry: Registry) -> None:
    """Of each actor apart; old ones are forgotten."""
    answer = KeyedAnswer("ada", "k", "d" * 64, 201, "application/json", b"{}", NOW)
    with registry.change() as books:
        books.answers.keep(answer)
        assert answer == books.answers.find("ada", "k")
        assert None is books.answers.find("ben", "k")
    with pytest.raises(RefusedError, match=r"registry\.key-taken"), registry.change() as books:
        books.answers.keep(answer)
    with registry.change() as books:
        assert (0, 1) == (books.answers.prune(before=NOW), books.answers.prune(before=NOW + MINUTE))


def test_a_lease_has_one_holder(registry: Registry) -> None:
    """Renewed by its holder, refused to others until it runs out; the epoch rises over all leases."""
    with registry.change() as books:
        first = books.leases.take("signing", "one", now=NOW, length=MINUTE)
        assert first.epoch == books.leases.take("signing", "one", now=NOW, length=2 * MINUTE).epoch
        books.leases.stand(first)
        other = books.leases.take("rollout r1", "two", now=NOW, length=MINUTE)
        assert first.epoch < other.epoch
    with pytest.raises(RefusedError, match=r"registry\.lease-held"), registry.change() as books:
        books.leases.take("signing", "two", now=NOW + MINUTE, length=MINUTE)
    with registry.change() as books:
        second = books.leases.take("signing", "two", now=NOW + 2 * MINUTE, length=MINUTE)
        assert other.epoch < second.epoch
        books.leases.release(first)
        books.leases.stand(second)
    with pytest.raises(RefusedError, match=r"registry\.lease-lost"), registry.change() as books:
        books.leases.stand(first)
    with registry.change() as books:
        books.leases.release(second)
        assert second.epoch < books.leases.take("signing", "one", now=NOW, length=MINUTE).epoch


def test_everything_is_allotted_above_the_generation(registry: Registry) -> None:
    """0 unless a backup was restored; epochs begin above it."""
    with registry.change() as books:
        assert 0 == books.about.generation()
        books.about.put("generation", "1780000000")
        assert 1780000000 == books.about.generation()
        assert 1780000001 == books.leases.take("signing", "one", now=NOW, length=MINUTE).epoch
