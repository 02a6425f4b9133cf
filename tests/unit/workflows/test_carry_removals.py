"""A removal is done only on the anchor that the plan names: by alias, key id and SHA-256."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.crew import crew_in
from support.estate_texts import SMALL, estate_of
from support.pki import NOW, make_ca
from warifu.domain.estate import TrustValue
from warifu.domain.rotation.plan import Plan, Proof, Removal, Wave
from warifu.domain.rotation.progress import Progress
from warifu.domain.rotation.steps import Switch
from warifu.workflows.apply import Look, Seen
from warifu.workflows.carry import CarryingHands

OLD, KEPT, TWIN = make_ca("Old"), make_ca("Kept"), make_ca("Old")
BOTH = TrustValue((OLD.value.fingerprint.hex, KEPT.value.fingerprint.hex))
STEP = Switch(
    id="app/up#1",
    why="x",
    kind="remove-anchor",
    slot="app/up",
    node="n",
    before=(BOTH,),
    after=TrustValue((KEPT.value.fingerprint.hex,)),
)
KEY_ID = OLD.value.subject_key_id.hex if OLD.value.subject_key_id else ""
REMOVAL = Removal("app/up", "up", KEY_ID, OLD.value.fingerprint.hex)


def look(folder: Path, removal: Removal, *, first: bytes = OLD.pem) -> Seen:
    """What a look at the step's slot gives, with these files and this record of the removal."""
    (folder / "up.pem").write_bytes(first + KEPT.pem)
    estate = estate_of(SMALL.replace("/up.pem", str(folder / "up.pem")))
    plan = Plan(
        "p", "e", "", NOW, (), (Wave(1, "retire", ((STEP,),)),), {"app/up": (BOTH,)}, Proof(1, ()),
        removals=(removal,),
    )  # fmt: skip
    return CarryingHands(estate, "r", crew_in(folder)).look(STEP, Progress(plan))


@pytest.mark.req("S0-16", "S0-44")
def test_the_planned_anchor_may_go(tmp_path: Path) -> None:
    """Alias, key id and SHA-256 are those of the plan: the step begins."""
    assert Seen(Look.BEFORE) == look(tmp_path, REMOVAL)


@pytest.mark.req("S0-16")
@pytest.mark.parametrize("changed", [{"alias": "other"}, {"key_id": "AB" * 20}])
def test_another_alias_or_key_id_stops_the_run(tmp_path: Path, changed: dict[str, str]) -> None:
    """What lies there under another alias, or has another key id, is not what was approved."""
    seen = look(tmp_path, REMOVAL._replace(**changed))
    assert Look.NEITHER is seen.look
    assert f"up {KEY_ID}" in seen.found


@pytest.mark.req("S0-16", "S0-44")
def test_a_certificate_swapped_behind_its_name_stops_the_run(tmp_path: Path) -> None:
    """Another certificate of the same subject in the file since the plan was made: target changed, with what is there."""
    seen = look(tmp_path, REMOVAL, first=TWIN.pem)
    assert Look.NEITHER is seen.look
    assert TWIN.value.fingerprint.short in seen.found
