"""Who may do what."""

from __future__ import annotations

import pytest

from warifu.domain.directory import (
    MATRIX,
    Act,
    Role,
    act_named,
    confirmation_of,
    demand,
    demand_approval,
    demand_confirmation,
    demand_other_person,
    is_approved,
    may,
    may_approve,
    role_named,
)
from warifu.domain.findings import Lang, say_error
from warifu.errors import RefusedError

LOOKS = {Act.LOOK, Act.READ_AUDIT, Act.VERIFY_AUDIT}
APPROVER = {Role.APPROVER}
DIGEST = "4be1c02de68f" * 5


def test_every_act_has_its_roles() -> None:
    """Nothing is allowed to nobody, and nothing is forgotten."""
    assert set(Act) == set(MATRIX)
    assert all(MATRIX.values())


@pytest.mark.parametrize("act", sorted(set(Act) - LOOKS))
def test_a_viewer_changes_nothing(act: Act) -> None:
    """Nor does a person without a role; the refusal names the roles wanted."""
    assert not may([], act)
    with pytest.raises(RefusedError) as met:
        demand([Role.VIEWER], act)
    assert "directory.not-allowed" == met.value.code
    assert {role.value for role in MATRIX[act]} == set(met.value.values["roles"])  # type: ignore[call-overload]


@pytest.mark.parametrize("act", sorted(LOOKS))
def test_everybody_with_a_role_may_look(act: Act) -> None:
    """And read and verify the audit trail."""
    for role in Role:
        demand([role], act)


@pytest.mark.req("S2-56")
def test_who_publishes_trust_lets_no_host_join() -> None:
    """A trust administrator is denied; a second person with the host role may."""
    with pytest.raises(RefusedError) as met:
        demand([Role.TRUST_ADMINISTRATOR], Act.CREATE_TOKEN)
    assert (Role.HOST_ADMINISTRATOR.value,) == met.value.values["roles"]
    demand([Role.HOST_ADMINISTRATOR], Act.CREATE_TOKEN)
    assert not may([Role.HOST_ADMINISTRATOR], Act.PUBLISH)


def test_publishing_wants_the_trust_administrator() -> None:
    """Every act on trust itself."""
    for act in (Act.PUBLISH, Act.PLAN_REMOVAL, Act.RESTORE, Act.CONFIRM_MASS_REMOVAL, Act.IMPORT_ROOT):
        assert [Role.TRUST_ADMINISTRATOR] == [role for role in Role if may([role], act)]


@pytest.mark.req("S0-43")
def test_removal_takes_people_and_a_typed_confirmation() -> None:
    """One's own approval is none, one other person may not be enough where two are wanted; two distinct ones are."""
    assert not may_approve("anna", "anna", APPROVER, [])
    assert not is_approved("anna", ["anna"])
    assert not is_approved("anna", [])
    assert not is_approved("anna", ["ben"], needed=2)
    assert not is_approved("anna", ["ben", "ben", "anna"], needed=2)
    assert is_approved("anna", ["ben", "cleo"], needed=2)
    assert is_approved("anna", ["ben"])
    assert not is_approved("anna", [], needed=0)
    wanted = confirmation_of(DIGEST, ["shop-old", "shop-older"])
    assert "remove shop-old, shop-older by plan 4be1c02de68f" == wanted
    demand_confirmation(f" {wanted}\n", DIGEST, ["shop-old", "shop-older"])
    for typed in ("", "y", wanted.upper(), confirmation_of("0" * 60, ["shop-old", "shop-older"])):
        with pytest.raises(RefusedError) as met:
            demand_confirmation(typed, DIGEST, ["shop-old", "shop-older"])
        assert wanted == met.value.values["wanted"]


@pytest.mark.parametrize(
    ("approver", "roles", "before", "code"),
    [
        ("anna", {Role.APPROVER, Role.TRUST_ADMINISTRATOR}, [], "directory.own-plan"),
        ("ben", {Role.OPERATOR}, [], "directory.not-allowed"),
        ("ben", APPROVER, ["ben"], "directory.approved-already"),
    ],
)
def test_why_somebody_may_not_approve_is_said(
    approver: str, roles: set[Role], before: list[str], code: str
) -> None:
    """Their own plan, the wrong role, or the second time."""
    assert not may_approve("anna", approver, roles, before)
    with pytest.raises(RefusedError) as met:
        demand_approval("anna", approver, roles, before)
    assert code == met.value.code


def test_another_approver_may() -> None:
    """Also where somebody approved before."""
    assert may_approve("anna", "ben", APPROVER, ["cleo"])
    demand_approval("anna", "ben", APPROVER, ["cleo"])


def test_nobody_changes_their_own_roles() -> None:
    """Else one person could take every role."""
    demand_other_person("anna", "ben")
    with pytest.raises(RefusedError, match=r"directory\.own-roles"):
        demand_other_person("anna", "anna")


@pytest.mark.parametrize("lang", Lang)
def test_everything_has_its_own_name(lang: Lang) -> None:
    """In both languages, and no two are called alike."""
    assert len(Role) == len({role_named(role, lang) for role in Role})
    assert len(Act) == len({act_named(act, lang) for act in Act})


def test_a_refusal_names_act_and_roles_in_the_readers_language() -> None:
    """Not by the words that the program uses among itself."""
    with pytest.raises(RefusedError) as met:
        demand([], Act.PLAN)
    assert "Not allowed (make a plan)" in say_error(met.value, Lang.EN)
    assert say_error(met.value, Lang.EN).endswith("operator, trust administrator.")
    assert "運用者、トラスト管理者" in say_error(met.value, Lang.JA)
