"""Looks of our own and the rules of the target's profile agree on what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.mixed_uploads import mixed_cases
from support.shipped import chosen
from support.vendor_faults import Case, every_case
from warifu.adapters.files.local import LocalFiles
from warifu.domain.diagnosis import PROFILES
from warifu.workflows.diagnose import Examined, Question, examine

CASES = [case for case in every_case() if "chain.pem" in case.files]


def examined(case: Case, folder: Path) -> Examined:
    for name, data in case.files.items():
        (folder / name).write_bytes(data)
    paths = tuple(str(folder / name) for name in case.files)
    return examine(Question(case.now, paths, (case.log,)), LocalFiles(), chosen)


@pytest.mark.req("X-12", "S4-32")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_profile_finds_what_the_look_sees(case: Case, tmp_path: Path) -> None:
    """Two ways to the same cause: each broken upload, and of it the built-in cause alone."""
    (answer,) = examined(case, tmp_path).diagnosis.answers
    (found,) = answer.holding
    assert case.causes == {found.cause.id}
    assert found.findings
    assert [] == [one.cause.id for one in answer.candidates if one is not found and one.findings]


def test_without_files_no_profile_is_asked(tmp_path: Path) -> None:
    """A message alone needs none."""

    def choose(name: str) -> None:
        pytest.fail(name)

    found = examine(Question(CASES[0].now, (), ("CGEN1008",)), LocalFiles(), choose)  # type: ignore[arg-type]
    assert 1 == len(found.diagnosis.answers)
    assert () == found.files
    assert tmp_path.exists()


@pytest.mark.parametrize("name", sorted(set(PROFILES.values())))
def test_every_profile_that_is_asked_is_shipped(name: str) -> None:
    """With release and role, where it differs by them."""
    assert chosen(name).name.partition("@")[0] == name.partition(":")[0].partition("@")[0]


@pytest.mark.parametrize(("name", "codes"), [("set-der", ["not-base64"]), ("set-pem", [])])
def test_a_set_is_judged_with_its_leaf_first(name: str, codes: list[str], tmp_path: Path) -> None:
    """A PKCS#7 set has no order (RFC 5652 §5.1): its root is not taken for the appliance's certificate."""
    case = next(case for case in mixed_cases() if case.name == name)
    (answer,) = examined(case, tmp_path).diagnosis.answers
    assert codes == [str(one.code) for one in answer.beside]
