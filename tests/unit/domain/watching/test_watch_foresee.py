"""The next renewal will break a target: told before, to whoever owns it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from support.notices import SPEC, met, sight
from support.pki import BOTH, Entity, make_ca
from support.shipped import ISSUERS
from warifu.domain.findings import Code
from warifu.domain.trust import profile_named
from warifu.domain.trust.issuer_rules import KnownIssuers
from warifu.domain.watching import Cause, Kind, Standing, foreseeing

DAY = timedelta(days=1)
CHROME = datetime(2027, 3, 15, tzinfo=UTC)  # Chrome Root Program Policy 1.8: clientAuth ends
NOW = CHROME - 60 * DAY
MID = make_ca("Root", now=NOW).intermediate("Mid", now=NOW)
RULES = ISSUERS.choose("public-2027")


class Everybody(KnownIssuers):
    """Signs as the public issuers do, whatever its name."""

    def recognise(self, issuer: object) -> object:  # type: ignore[override]
        return RULES


def leaf(end: datetime, name: str = "app.example") -> Entity:
    return MID.leaf(name, now=NOW, start=end - 90 * DAY, end=end, purposes=BOTH)


def foreseen(
    entity: Entity, profile: str = "tls-client", *, at: datetime = NOW, known: bool = True
) -> list[Cause]:
    issuers = Everybody({}) if known else KnownIssuers({})
    finder = foreseeing(issuers, lambda _place: profile_named(profile))
    look = sight(
        met(entity, "app/me", owner="ito"),
        met(entity, "app/spare", standing=Standing.UNUSED),
        met(MID, "app/me"),
        at=at,
    )
    return list(finder(look, SPEC))


def test_the_next_renewal_that_breaks_its_target_is_told_to_the_owner() -> None:
    """By the rules of who signed it, for the profile of what lies there."""
    one = leaf(CHROME + 40 * DAY)
    (cause,) = foreseen(one)
    assert (Kind.FORECAST, one.value.fingerprint.hex, ("ito",), ("app/me",)) == (
        cause.kind,
        cause.about,
        cause.owners,
        cause.places,
    )
    assert [Code.FORECAST_PURPOSE_ENDS] == [finding.code for finding in cause.findings]


@pytest.mark.parametrize(("late", "expected"), [(-1, 0), (0, 1), (1, 1)])
def test_a_renewal_before_the_rule_begins_is_fine(late: int, expected: int) -> None:
    """To the second."""
    assert expected == len(foreseen(leaf(CHROME + 30 * DAY + timedelta(seconds=late))))


def test_what_does_not_concern_a_target_is_not_told() -> None:
    """A server needs no clientAuth; of an unknown issuer nothing is foreseen; what has ended has its own notice."""
    late = leaf(CHROME + 40 * DAY)
    assert [] == foreseen(late, "tls-server")
    assert [] == foreseen(late, known=False)
    assert [] == foreseen(late, at=CHROME + 41 * DAY)
