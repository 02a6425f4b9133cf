"""Who may put an estate, plan, approve and begin; what is refused before anything begins."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from support.pki import NOW, make_ca
from support.requests import template_for
from support.server_rig import APPROVER, HOSTS, OPERATOR, Rig
from warifu.domain.directory.roles import confirmation_of
from warifu.domain.estate.faults import EstateError
from warifu.domain.rotation.plan import Plan, Wave
from warifu.domain.rotation.steps import Issue
from warifu.errors import RefusedError, UsageError
from warifu.ports.work_books import Approval, KeptPlan, PlanState
from warifu.wire import plan as plans
from warifu.workflows.rollout_desk import KIND, read_plan, removed_names

AGENT = '[nodes.n]\nreach = "agent"\n'


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def keep(rig: Rig, plan: Plan, *, kind: str = KIND) -> str:
    """Keep a plan that nobody has approved yet."""
    digest = plans.digest(plan)
    with rig.registry.change() as books:
        books.plans.add(KeptPlan(digest, kind, "", (), plans.to_bare(plan), OPERATOR.name, NOW))
    return digest


# --- estates


def test_every_fault_of_an_estate_is_told(rig: Rig) -> None:
    """And nothing of it is kept."""
    broken = '[nodes.n]\nreach = "carrier pigeon"\n[services.x]\nnode = "m"\n'
    with pytest.raises(EstateError) as told:
        rig.estates.put(HOSTS, {"x.toml": broken}, now=NOW)
    assert len(told.value.parts) > 1
    assert 1 == rig.estates.newest("estate").version
    with pytest.raises(UsageError, match=r"rollouts\.no-files"):
        rig.estates.put(HOSTS, {}, now=NOW)


def test_the_server_is_no_node_of_an_estate(rig: Rig) -> None:
    """A local node would run commands of an estate as the server; a listing lies beside the estate alone."""
    with pytest.raises(EstateError) as told:
        rig.estates.put(HOSTS, {"x.toml": "[nodes.n]\n"}, now=NOW)
    assert ["rollouts.node-local"] == [one.code for one in told.value.parts]
    text = (
        '[nodes.n]\nreach = "by-hand"\n[services.x]\nnode = "n"\ntarget = "files"\n'
        '[services.x.trusts.up]\nstore = "s"\nanchors = "../keys/x.pem"\n[trust-stores.s]\n'
    )
    with pytest.raises(EstateError) as told:
        rig.estates.put(HOSTS, {"x.toml": text}, now=NOW)
    assert ["rollouts.path-outside"] == [one.code for one in told.value.parts]


def test_versions_of_an_estate_follow_each_other(rig: Rig) -> None:
    """The same text is the same version, two people do not overwrite each other, every version is audited."""
    first = rig.estates.newest("estate")
    assert first == rig.estates.put(HOSTS, dict(first.files), now=NOW)
    second = rig.estates.put(HOSTS, {"x.toml": AGENT}, basis=1, now=NOW)
    assert (2, "hugo") == (second.version, second.by)
    with pytest.raises(RefusedError, match=r"rollouts\.estate-version"):
        rig.estates.put(HOSTS, {"x.toml": AGENT + "\n"}, basis=1, now=NOW)
    with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
        rig.estates.put(OPERATOR, {"x.toml": AGENT}, now=NOW)
    assert [second] == list(rig.estates.estates())
    assert first == rig.estates.of_digest("estate", first.digest)
    with rig.registry.look() as books:
        assert ["put-estate"] * 2 == [one.act for one in books.audit.newest()]
    with pytest.raises(UsageError, match=r"rollouts\.estate-unknown"):
        rig.estates.newest("other")


# --- beginning


def test_a_plan_is_begun_only_after_somebody_else_approved_it(rig: Rig) -> None:
    """Its author's word does not count, and who drives has the role for it."""
    digest = keep(rig, rig.plan("a"))
    with pytest.raises(RefusedError, match=r"registry\.plan-not-approved"):
        rig.desk.start(OPERATOR, digest, now=NOW)
    with rig.registry.change() as books:
        books.plans.approve(digest, Approval(OPERATOR.name, NOW))
    with pytest.raises(RefusedError, match=r"registry\.plan-not-approved"):
        rig.desk.start(OPERATOR, digest, now=NOW)
    with rig.registry.change() as books:
        books.plans.approve(digest, Approval(APPROVER.name, NOW))
    with pytest.raises(RefusedError, match=r"directory\.not-allowed"):
        rig.desk.start(APPROVER, digest, now=NOW)
    rollout = rig.desk.start(OPERATOR, digest, now=NOW)
    with pytest.raises(RefusedError, match=r"rollout\.open-same"):
        rig.desk.start(OPERATOR, digest, now=NOW)
    approved = rig.show(rollout)
    rig.drive(rollout)
    with rig.registry.look() as books:
        found = books.plans.find(digest)
    assert found is not None
    assert PlanState.CARRIED_OUT is found.state
    assert approved.head.plan_digest == digest


def test_who_removes_anchors_types_which(rig: Rig) -> None:
    """Their names and the plan's digest, as the plan says."""
    plan = rig.removing(rig.plan("a"))
    assert ("Old",) == tuple(one.rpartition("=")[2] for one in removed_names(plan))
    for typed in ("", "yes", confirmation_of("0" * 64, removed_names(plan))):
        with pytest.raises(RefusedError, match=r"directory\.confirmation-differs"):
            rig.begin(plan, typed=typed)
    assert rig.begin(plan, typed=confirmation_of(plans.digest(plan), removed_names(plan)))


def test_a_plan_of_another_estate_than_now_is_not_begun(rig: Rig) -> None:
    """Somebody put a new version after it was made."""
    plan = rig.plan("a")
    rig.estates.put(HOSTS, {**rig.kept.files, "more.toml": AGENT}, now=NOW)
    with pytest.raises(RefusedError, match=r"rollouts\.estate-changed"):
        rig.begin(plan)


def test_a_plan_that_is_too_old_is_not_begun(rig: Rig) -> None:
    """Some mixture of it stops verifying at `good_until`."""
    with pytest.raises(RefusedError, match=r"rollout\.plan-too-old"):
        rig.begin(replace(rig.plan("a"), good_until=NOW - timedelta(seconds=1)))


def test_two_rollouts_do_not_touch_the_same(rig: Rig) -> None:
    """The second is refused by the name of the first."""
    first = rig.begin(rig.plan("a"))
    with pytest.raises(RefusedError, match=rf"rollout\.open.*{first}"):
        rig.begin(rig.plan("a", "b"))
    assert rig.begin(rig.plan("b"))


def test_a_key_that_nodes_would_share_is_refused_by_name(rig: Rig) -> None:
    """Keys of nodes with agents are made where they live, and stay there."""
    template = template_for(make_ca("Issuer"))
    step = Issue("issue:web", "x", "web", "a", ("a/up", "b/up"), "ca", template)
    plan = rig.plan("a")
    shared = replace(plan, waves=(Wave(1, "prepare", ((step,),)), *plan.waves))
    with pytest.raises(RefusedError, match=r"rollouts\.shared-key") as told:
        rig.begin(shared)
    assert ["a", "b"] == told.value.values["nodes"]


def test_a_plan_about_something_else_is_no_rollout(rig: Rig) -> None:
    """A plan to publish has other bytes and other people."""
    digest = keep(rig, rig.plan("a"), kind="publish")
    with rig.registry.look() as books:
        kept = books.plans.find(digest)
    assert kept is not None
    with pytest.raises(UsageError, match=r"rollouts\.other-plan"):
        read_plan(kept)


def test_a_plan_comes_back_from_the_bytes_that_were_approved(rig: Rig) -> None:
    """Their SHA-256 is what people approve."""
    plan = rig.removing(rig.plan("a", "b", waves=2))
    again = plans.from_bare(plans.to_bare(plan), NOW)
    assert plans.digest(plan) == plans.digest(again)
    assert replace(plan, id="") == replace(again, id="")
    for broken in (b"", b"[]", b'{"plan": 3}', b'{"plan": {}}'):
        with pytest.raises(UsageError, match=r"rotation\.document-malformed"):
            plans.from_bare(broken, NOW)
