"""Published trust on a real database with a real signer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from support.command import environment
from support.pki import DAY, NOW, Entity, make_ca
from support.registries import ADA, BEN, HUGO, VERA, Desks
from warifu.adapters.bundles.tuf_reader import TufReader
from warifu.domain.directory import Published, Standing
from warifu.domain.directory.decision import Outcome
from warifu.domain.directory.publish import PublishWish
from warifu.domain.directory.roles import confirmation_of
from warifu.errors import RefusedError, UsageError
from warifu.ports.work_books import Approval, PlanState
from warifu.wire.bundle import bundle_name, read_bundle
from warifu.workflows.audit_desk import audit_page, verify_audit

ROOT = make_ca("Shop Root", start=NOW - DAY)
OTHER = make_ca("Other Root", start=NOW - DAY)


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    found = Desks(tmp_path / "data")
    found.set_up()
    found.trust.create(ADA, "shop", now=NOW)
    yield found
    found.registry.close()


def publish(desks: Desks, *entities: Entity) -> Published:
    decision = desks.trust.publish(ADA, "shop", PublishWish(tuple(one.value for one in entities)), now=NOW)
    assert decision.after is not None
    return decision.after


def approved_plan(desks: Desks, *entities: Entity, by: object = BEN) -> tuple[str, str]:
    """The digest of an approved plan for these anchors, and what has to be typed."""
    keys = [one.value.fingerprint for one in entities]
    document = json.dumps([key.hex for key in keys]).encode()
    plan = desks.plans.submit(
        ADA, "retire-anchor", document, domain="shop", subjects=[key.hex for key in keys], now=NOW
    )
    if by is not None:
        desks.plans.approve(BEN, plan.digest, now=NOW)
    names = [anchor.name for anchor in desks.trust.version("shop").anchors if anchor.key in keys]
    return plan.digest, confirmation_of(plan.digest, names)


def test_what_is_published_is_read_by_whoever_trusts_the_root(desks: Desks) -> None:
    """Version, signed files and audit entry appear together; a reader with nothing but the root verifies them."""
    after = publish(desks, ROOT)
    root = desks.trust.file("1.root.json")
    assert root is not None
    reader = TufReader()
    held = reader.begin(root.data, root.sha256)

    def fetch(name: str, most: int) -> bytes | None:
        found = desks.trust.file(name)
        return None if found is None else found.data[:most]

    held = reader.read(held, fetch, ["shop"], now=NOW)
    read = read_bundle(held.documents[bundle_name("shop")], "shop")
    assert (2, after.anchors) == (read.published.version, read.published.anchors)
    assert {"server", "agents"} == {
        str(anchor.certificate.subject).split()[1]
        for anchor in read_bundle(held.documents[bundle_name("warifu")], "warifu").published.anchors
    }
    newest = audit_page(desks.registry, most=1)[0]
    assert ("ada", "publish", "shop", 2) == (
        newest.actor,
        newest.act,
        newest.subject,
        newest.evidence["version"],
    )


def test_asking_twice_changes_nothing(desks: Desks) -> None:
    """Neither version nor signature nor audit entry, and the answer says so."""
    publish(desks, ROOT)
    mark = desks.trust.file("timestamp.json")
    trail = verify_audit(desks.registry).head
    decision = desks.trust.publish(ADA, "shop", PublishWish((ROOT.value,)), now=NOW + DAY)
    assert [Outcome.UNCHANGED] == [item.outcome for item in decision.items]
    assert (2, mark, trail) == (
        desks.trust.version("shop").version,
        desks.trust.file("timestamp.json"),
        verify_audit(desks.registry).head,
    )


def test_what_is_refused_leaves_nothing(desks: Desks) -> None:
    """A leaf among roots: none of them is published."""
    wish = PublishWish((ROOT.value, ROOT.leaf("web.example").value))
    trail = verify_audit(desks.registry).head
    assert desks.trust.preview("shop", wish, now=NOW).is_refused
    assert desks.trust.publish(ADA, "shop", wish, now=NOW).is_refused
    assert (1, trail) == (desks.trust.version("shop").version, verify_audit(desks.registry).head)


def test_a_crl_is_published_beside_its_anchor(desks: Desks) -> None:
    """In the same transaction or later, by whoever may publish CRLs."""
    wish = PublishWish((ROOT.value,), (ROOT.crl(),))
    after = desks.trust.publish(ADA, "shop", wish, now=NOW).after
    assert after is not None
    assert (ROOT.crl().issuer_text,) == tuple(crl.issuer_text for crl in after.crls)
    with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
        desks.trust.publish(HUGO, "shop", PublishWish(crls=(ROOT.crl(),)), now=NOW)


def test_history_is_shown_and_compared(desks: Desks) -> None:
    """Any version, and what differs between two."""
    publish(desks, ROOT)
    publish(desks, OTHER)
    assert [3, 2, 1] == [head.version for head in desks.trust.history("shop")]
    assert [ROOT.value.fingerprint] == [anchor.key for anchor in desks.trust.version("shop", 2).anchors]
    diff = desks.trust.compare("shop", 2, 3)
    assert ([OTHER.value.fingerprint], ()) == ([anchor.key for anchor in diff.added], diff.removed)
    assert ["shop", "warifu"] == [one.domain for one in desks.trust.domains()]


@pytest.mark.parametrize(
    ("domain", "version", "code"),
    [("depot", None, "registry.domain-unknown"), ("shop", 9, "registry.version-unknown")],
)
def test_what_is_not_there_is_named(desks: Desks, domain: str, version: int | None, code: str) -> None:
    """A domain or version that nobody published."""
    with pytest.raises(UsageError, match=code):
        desks.trust.version(domain, version)


def test_a_change_made_for_an_older_version_is_refused(desks: Desks) -> None:
    """Somebody else published in between: look again."""
    publish(desks, ROOT)
    with pytest.raises(RefusedError, match=r"registry\.basis-moved"):
        desks.trust.publish(ADA, "shop", PublishWish((OTHER.value,)), now=NOW, basis=1)
    assert desks.trust.publish(ADA, "shop", PublishWish((OTHER.value,)), now=NOW, basis=2).after is not None


def test_only_whose_role_it_is_publishes(desks: Desks) -> None:
    """Viewers and host administrators neither publish nor create a domain, and nothing is written."""
    trail = verify_audit(desks.registry).head
    for actor in (VERA, HUGO, BEN):
        with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
            desks.trust.publish(actor, "shop", PublishWish((ROOT.value,)), now=NOW)
        with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
            desks.trust.create(actor, "depot", now=NOW)
    assert trail == verify_audit(desks.registry).head


@pytest.mark.parametrize("name", ["", "Shop", "a b", "-x", "x" * 64, "targets/x"])
def test_a_domain_s_name_is_plain(desks: Desks, name: str) -> None:
    """It becomes a file name and the name of a role."""
    with pytest.raises(UsageError, match=r"registry\.domain-name"):
        desks.trust.create(ADA, name, now=NOW)


def test_removal_needs_a_second_person_and_typed_words(desks: Desks) -> None:
    """A plan of one's own approves nothing; the wrong words remove nothing; with both, the anchor goes and the plan closes."""
    publish(desks, ROOT, OTHER)
    keys = [ROOT.value.fingerprint]
    digest, typed = approved_plan(desks, ROOT, by=None)
    with pytest.raises(RefusedError, match=r"registry\.plan-not-approved"):
        desks.trust.unpublish(ADA, "shop", keys, plan=digest, typed=typed, now=NOW)
    with pytest.raises(RefusedError, match=r"directory\.(own-plan|not-allowed)"):
        desks.plans.approve(ADA, digest, now=NOW)
    desks.plans.approve(BEN, digest, now=NOW)
    with pytest.raises(RefusedError, match=r"directory\.confirmation-differs"):
        desks.trust.unpublish(ADA, "shop", keys, plan=digest, typed="yes", now=NOW)
    with pytest.raises(RefusedError, match=r"registry\.plan-other"):
        desks.trust.unpublish(ADA, "shop", [OTHER.value.fingerprint], plan=digest, typed=typed, now=NOW)
    after = desks.trust.unpublish(ADA, "shop", keys, plan=digest, typed=typed, now=NOW).after
    assert after is not None
    assert ([OTHER.value.fingerprint], digest) == ([anchor.key for anchor in after.anchors], after.plan)
    assert PlanState.CARRIED_OUT is desks.plans.find(digest).state
    with pytest.raises(RefusedError, match=r"registry\.plan-closed"):
        desks.trust.unpublish(ADA, "shop", keys, plan=digest, typed=typed, now=NOW)


def test_an_author_s_own_approval_counts_for_nothing(desks: Desks) -> None:
    """Not even one that came into the database by another way."""
    publish(desks, ROOT)
    digest, typed = approved_plan(desks, ROOT, by=None)
    with desks.registry.change() as books:
        books.plans.approve(digest, Approval("ada", NOW))
    with pytest.raises(RefusedError, match=r"registry\.plan-not-approved"):
        desks.trust.unpublish(ADA, "shop", [ROOT.value.fingerprint], plan=digest, typed=typed, now=NOW)


def test_quarantine_and_restore(desks: Desks) -> None:
    """What is in quarantine is trusted nowhere and listed still; one command restores it."""
    before = publish(desks, ROOT)
    digest, typed = approved_plan(desks, ROOT)
    keys = [ROOT.value.fingerprint]
    after = desks.trust.quarantine(ADA, "shop", keys, plan=digest, typed=typed, now=NOW).after
    assert after is not None
    assert ((), [Standing.QUARANTINED]) == (after.trusted, [anchor.standing for anchor in after.anchors])
    restored = desks.trust.restore(ADA, "shop", before.version, now=NOW).after
    assert restored is not None
    assert (4, before.anchors) == (restored.version, restored.trusted)


def test_an_unpublished_anchor_comes_back_whole(desks: Desks) -> None:
    """With its CRL, from the version that held both."""
    desks.trust.publish(ADA, "shop", PublishWish((ROOT.value,), (ROOT.crl(),)), now=NOW)
    digest, typed = approved_plan(desks, ROOT)
    gone = desks.trust.unpublish(
        ADA, "shop", [ROOT.value.fingerprint], plan=digest, typed=typed, now=NOW
    ).after
    assert gone is not None
    assert ((), ()) == (gone.anchors, gone.crls)
    back = desks.trust.restore(ADA, "shop", 2, now=NOW).after
    assert back is not None
    assert desks.trust.version("shop", 2).crls == back.crls


def test_a_withdrawn_plan_removes_nothing(desks: Desks) -> None:
    """Withdrawn after it was approved; it can be approved no more."""
    publish(desks, ROOT)
    digest, typed = approved_plan(desks, ROOT)
    desks.plans.withdraw(ADA, digest, now=NOW)
    with pytest.raises(RefusedError, match=r"registry\.plan-closed"):
        desks.trust.unpublish(ADA, "shop", [ROOT.value.fingerprint], plan=digest, typed=typed, now=NOW)
    with pytest.raises(RefusedError, match=r"registry\.plan-closed"):
        desks.plans.approve(BEN, digest, now=NOW)
    with pytest.raises(RefusedError, match=r"registry\.plan-closed"):
        desks.plans.withdraw(ADA, digest, now=NOW)
    assert [PlanState.WITHDRAWN] == [plan.state for plan in desks.plans.plans()]
    with pytest.raises(UsageError, match=r"registry\.plan-unknown"):
        desks.plans.approve(BEN, "d" * 64, now=NOW)


def test_a_plan_to_publish_is_carried_out_once(desks: Desks) -> None:
    """Approved by somebody else, for these certificates alone; the version names it."""
    key = ROOT.value.fingerprint.hex
    plan = desks.plans.submit(ADA, "publish", b"plan", domain="shop", subjects=[key], now=NOW)
    wish = PublishWish((ROOT.value,))
    with pytest.raises(RefusedError, match=r"registry\.plan-not-approved"):
        desks.trust.publish(ADA, "shop", wish, plan=plan.digest, now=NOW)
    desks.plans.approve(BEN, plan.digest, now=NOW)
    with pytest.raises(RefusedError, match=r"registry\.plan-other"):
        desks.trust.publish(ADA, "shop", PublishWish((OTHER.value,)), plan=plan.digest, now=NOW)
    after = desks.trust.publish(ADA, "shop", wish, plan=plan.digest, now=NOW).after
    assert after is not None
    assert (plan.digest, PlanState.CARRIED_OUT) == (after.plan, desks.plans.find(plan.digest).state)
    with pytest.raises(RefusedError, match=r"registry\.plan-closed"):
        desks.trust.publish(ADA, "shop", wish, plan=plan.digest, now=NOW)


def test_the_same_plan_is_kept_once(desks: Desks) -> None:
    """Its digest is its bytes'; who sends it again gets the one that is there."""
    first = desks.plans.submit(ADA, "publish", b"{}", now=NOW)
    assert first == desks.plans.submit(ADA, "publish", b"{}", now=NOW + DAY)


def test_what_is_due_is_signed_again(desks: Desks) -> None:
    """Nothing on the first day; the timestamp at a third of its life."""
    assert () == desks.trust.renew(now=NOW)
    assert "timestamp.json" in desks.trust.renew(now=NOW + 3 * DAY)


# --- beside each other, and killed

_DRIVER = """
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from support.pki import NOW
from support.registries import ADA, Desks
from warifu.domain.directory.publish import PublishWish
from warifu.domain.x509 import Certificate

desks = Desks(Path(sys.argv[1]))
pile = [Certificate(bytes.fromhex(line)) for line in Path(sys.argv[2]).read_text().split()]
print("ready", flush=True)
for certificate in pile:
    after = desks.trust.publish(ADA, "shop", PublishWish((certificate,)), now=NOW).after
    print(after.version, flush=True)
"""


def write_pile(path: Path, name: str, count: int) -> list[str]:
    made = [make_ca(f"{name} {number}", start=NOW - DAY).value.der.hex() for number in range(count)]
    path.write_text("\n".join(made))
    return made


def check_whole(desks: Desks) -> Published:
    """Version, signed files and audit trail say the same."""
    newest = desks.trust.version("shop")
    with desks.registry.look() as books:
        files = books.bundles.files()
        metadata = [name for name in files if name.endswith(".shop.json") and not name.startswith("targets")]
        bundles = [name for name in files if name.startswith("targets/shop/")]
        versions = [read_bundle(files[name], "shop").published.version for name in bundles]
    assert newest.version == max(versions) == len(metadata)
    assert sorted(versions) == list(range(1, newest.version + 1))
    verified = verify_audit(desks.registry)
    assert None is verified.broken
    told = [entry for entry in audit_page(desks.registry, most=10_000) if entry.subject == "shop"]
    assert newest.version == len(told)
    return newest


def test_two_servers_never_allot_the_same_version(desks: Desks, tmp_path: Path) -> None:
    """Two processes that publish at once: every version once, none lost, all of them signed and told."""
    piles = {name: tmp_path / name for name in ("a", "b")}
    for name, path in piles.items():
        write_pile(path, name, 12)
    children = [
        subprocess.Popen(
            [sys.executable, "-c", _DRIVER, str(desks.folder), str(path)],
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        for path in piles.values()
    ]
    told: list[int] = []
    for child in children:
        out, _ = child.communicate(timeout=120)
        assert 0 == child.returncode
        told += [int(line) for line in out.split()[1:]]
    assert list(range(2, 26)) == sorted(told)
    assert 24 == len(check_whole(desks).anchors)


@pytest.mark.parametrize("after", [0, 1, 3, 6])
def test_a_killed_publisher_leaves_all_or_nothing(desks: Desks, tmp_path: Path, after: int) -> None:
    """SIGKILL at some moment of a publish: what is there is whole, and the next one goes on from it."""
    write_pile(tmp_path / "pile", "k", 40)
    with subprocess.Popen(
        [sys.executable, "-c", _DRIVER, str(desks.folder), str(tmp_path / "pile")],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as child:
        assert child.stdout is not None
        told = [child.stdout.readline().strip() for _ in range(after + 1)]
        os.kill(child.pid, signal.SIGKILL)
    newest = check_whole(desks)
    assert newest.version >= int(told[-1]) if after else newest.version >= 1
    publish(desks, ROOT)
    assert newest.version + 1 == check_whole(desks).version


def test_time_is_an_argument(desks: Desks) -> None:
    """A version carries the instant that it was given."""
    later = NOW + timedelta(minutes=5)
    after = desks.trust.publish(ADA, "shop", PublishWish((ROOT.value,)), now=later).after
    assert after is not None
    assert later == after.at
