"""A set that takes too much trust away at once is held."""

from __future__ import annotations

import pytest

from support.directory_cases import NEW, OLD, published, quarantined
from support.pki import make_ca
from warifu.domain.directory import Anchor, Published, find_mass_removal
from warifu.domain.findings import Code

ROOTS = tuple(make_ca(f"Root {number}") for number in range(6))


@pytest.mark.parametrize(
    ("before", "after", "is_held"),
    [
        (ROOTS[:6], ROOTS[:4], False),
        (ROOTS[:6], ROOTS[:3], True),
        (ROOTS[:3], ROOTS[:2], False),
        (ROOTS[:2], ROOTS[:1], True),
        (ROOTS[:1], (), True),
        (ROOTS[:6], (), True),
        (ROOTS[:1], ROOTS[1:2], True),
        (ROOTS[:3], ROOTS[1:6], False),
        ((), (), False),
        ((), ROOTS[:2], False),
    ],
)
def test_more_than_a_third_is_held(
    before: tuple[object, ...], after: tuple[object, ...], *, is_held: bool
) -> None:
    """A third may go; all, or what leaves nothing, never goes by itself."""
    held = find_mass_removal(published(*before), published(*after, version=2))  # type: ignore[arg-type]
    assert ([Code.MASS_REMOVAL_HELD] if is_held else []) == [one.code for one in held]


def test_what_is_distrusted_counts_as_gone() -> None:
    """An anchor in quarantine is trusted by nobody."""
    (held,) = find_mass_removal(published(OLD, NEW), published(quarantined(OLD), NEW, version=2))
    assert (1, 1, (OLD.value.fingerprint.hex,)) == tuple(
        held.evidence[name] for name in ("count", "left", "removed")
    )


def test_an_approved_plan_or_a_person_lets_it_through() -> None:
    """The very plan that it names, or a confirmation of this very version."""
    before = published(OLD, NEW)
    after = Published("shop", 2, anchors=(Anchor(NEW.value),), plan="ab12")
    assert not find_mass_removal(before, after, plans={"ab12"})
    assert find_mass_removal(before, after, plans={"cd34"})
    assert not find_mass_removal(before, after, confirmed={2})
    assert find_mass_removal(before, after, confirmed={1, 3})


def test_what_left_by_plan_in_a_version_that_was_slept_through_is_not_held() -> None:
    """Only what left without a plan counts; the last anchor of all needs a plan as any other does."""
    old, new = OLD.value.fingerprint, NEW.value.fingerprint
    before, after = published(OLD, NEW), published(NEW, version=4)
    assert find_mass_removal(before, after)
    assert not find_mass_removal(before, after, planned={old})
    assert find_mass_removal(before, published(version=4), planned={old})
    assert not find_mass_removal(before, published(version=4), planned={old, new})
    assert find_mass_removal(before, published(NEW, version=2), plans={""})
