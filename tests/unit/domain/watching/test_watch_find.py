"""What finders read out of one look."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from support.notices import SECOND, SPEC, met, sight
from support.pki import DAY, NOW, make_ca
from warifu.domain.findings import Code, Finding, Lang, Severity, remedy, title
from warifu.domain.watching import FINDERS, Cause, Held, Kind, Sight, Standing, find_causes
from warifu.domain.watching.cause import Judged

ROOT = make_ca("Old Root", end=NOW + 10 * DAY)
LEAF = ROOT.leaf("web.example", end=NOW + 3 * DAY)
DIFFERS = Finding(Code.DEPLOYED_NOT_LIVE, "web/tls", {"expected": "b", "seen": ["a"]}, Severity.WARNING)


def causes(look: Sight, **changes: object) -> tuple[Cause, ...]:
    return find_causes(look, replace(SPEC, **changes), FINDERS)  # type: ignore[arg-type]


def kinds(look: Sight, **changes: object) -> list[str]:
    return [cause.kind.value for cause in causes(look, **changes)]


@pytest.mark.req("S0-04", "X-13")
@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (-20 * DAY - SECOND, []),
        (-20 * DAY, []),
        (-20 * DAY + SECOND, ["expiring"]),
        (timedelta(), ["expiring"]),
        (10 * DAY - SECOND, ["expiring"]),
        (10 * DAY, ["expiring"]),  # the last second of validity is valid
        (10 * DAY + SECOND, ["expired-in-use"]),
        (11 * DAY, ["expired-in-use"]),
    ],
)
def test_expiring_and_expired_are_two_states(later: timedelta, expected: list[str]) -> None:
    """A CA with 10 days left is expiring by a window of 30 days, and expired a day after its end."""
    assert expected == kinds(sight(met(ROOT), at=NOW + later))


REFUSED = Finding(Code.ENGINE_REFUSED, "x", {"engine": "openssl", "said": "certificate has expired"})


@pytest.mark.req("X-13")
@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (-SECOND, ["pair-broken", "expiring"]),
        (timedelta(), ["expired-in-use"]),
        (timedelta(milliseconds=700), ["expired-in-use"]),
        (SECOND, ["expired-in-use", "pair-broken"]),  # then another reason than the date is told with it
    ],
)
@pytest.mark.parametrize("name", ["web/tls", "app-to-web"])
def test_a_refusal_in_the_last_second_is_the_end_of_the_certificate(
    name: str, later: timedelta, expected: list[str]
) -> None:
    """An engine that does not count it refuses: one cause, and the notice of the next second goes on from it."""
    look = sight(
        met(ROOT), at=NOW + 10 * DAY + later, judged={name: Judged(broken=True, findings=(REFUSED,))}
    )
    assert expected == kinds(look)


@pytest.mark.req("X-13")
def test_in_the_last_second_only_what_is_refused_there_has_ended() -> None:
    """Another address that lets it in, an unused anchor, and a refusal with a reason of its own stay what they are."""
    last = NOW + 10 * DAY
    broken = {"a:443": Judged(broken=True, findings=(REFUSED,))}
    assert ["expiring"] == kinds(sight(met(ROOT), at=last + timedelta(milliseconds=700)))
    found = causes(sight(met(ROOT, "a:443"), met(ROOT, "b:443"), at=last, judged=broken))
    assert [("expired-in-use", ("a:443",)), ("expiring", ("b:443",))] == [
        (one.kind.value, one.places) for one in found
    ]
    unused = met(ROOT, "b:443", standing=Standing.UNUSED)
    assert ["pair-broken", "expiring"] == kinds(sight(met(LEAF, "a:443"), unused, at=last, judged=broken))[
        -2:
    ]
    reason = Finding(Code.ISSUER_NOT_TRUSTED, "x")
    other = {"a:443": Judged(broken=True, findings=(REFUSED, reason))}
    assert ["pair-broken", "expiring"] == kinds(sight(met(ROOT, "a:443"), at=last, judged=other))
    assert [] == kinds(
        sight(met(ROOT, "a:443"), at=last, judged=broken), leave_out=("expired-in-use", "pair-broken")
    )


@pytest.mark.parametrize(
    ("left", "en", "ja"),
    [
        (2 * DAY, "2 days", "残り 2 日"),
        (2 * DAY - SECOND, "47 hours", "残り 47 時間"),
        (timedelta(hours=1, minutes=59), "1 hour", "残り 1 時間"),
        (timedelta(minutes=59), "less than an hour", "残り 1 時間未満"),
    ],
)
def test_what_is_left_is_told_in_hours_below_two_days(left: timedelta, en: str, ja: str) -> None:
    """Never `in 0 days`; and nobody without an estate is sent to one."""
    (cause,) = causes(sight(met(ROOT), at=NOW + 10 * DAY - left))
    (told,) = cause.findings
    assert title(told, Lang.EN).endswith(f", in {en}.")
    assert f"({ja})" in title(told, Lang.JA)
    assert "`warifu renewal csr OLD.pem`" in remedy(told, Lang.EN)


@pytest.mark.parametrize(
    ("left", "expected"),
    [(DAY + SECOND, "warning"), (DAY, "warning"), (DAY - SECOND, "error")],
)
def test_the_last_window_is_urgent(left: timedelta, expected: str) -> None:
    """Within the shortest window a notice does not wait for office hours."""
    (cause,) = causes(sight(met(ROOT), at=NOW + 10 * DAY - left))
    assert expected == cause.severity.value


def test_a_certificate_at_several_places_is_one_cause() -> None:
    """With every place, and every owner once."""
    (cause,) = causes(
        sight(met(LEAF, "b/x", owner="ito"), met(LEAF, "a/x", owner="ito"), met(LEAF, "c/x", owner="abe"))
    )
    assert (("a/x", "b/x", "c/x"), ("abe", "ito")) == (cause.places, cause.owners)
    assert LEAF.value.not_after == cause.ends


def test_what_is_expired_and_unused_is_one_cause_an_owner() -> None:
    """Whoever has to remove them hears of all of them at once; what is used has its own."""
    late = NOW + 20 * DAY
    other = make_ca("Other Root", end=NOW + DAY)
    found = causes(
        sight(
            met(ROOT, "a/up", standing=Standing.UNUSED),
            met(other, "a/up", standing=Standing.UNUSED),
            met(other, "b/up", owner="ito", standing=Standing.UNUSED),
            met(ROOT, "b/up", owner="ito"),
            at=late,
        )
    )
    assert [("expired-in-use", ("b/up",)), ("expired-unused", ("a/up",)), ("expired-unused", ("b/up",))] == [
        (cause.kind.value, cause.places) for cause in found
    ]
    assert [2, 1] == [cause.findings[0].evidence["count"] for cause in found[1:]]


def test_what_is_in_use_and_differs_from_disk_is_told() -> None:
    """The place is named."""
    (cause,) = causes(sight(not_live={"web/tls": DIFFERS}, owners={"web/tls": "ito"}))
    assert (Kind.NOT_LIVE, "web/tls", ("web/tls",), ("ito",)) == (
        cause.kind,
        cause.about,
        cause.places,
        cause.owners,
    )


@pytest.mark.parametrize("later", [timedelta(), 10 * DAY])
def test_renewed_but_not_live_is_told_with_the_certificate_that_is_ending(later: timedelta) -> None:
    """One cause, one notice: the old certificate in use, and that its file was renewed."""
    look = sight(met(LEAF, standing=Standing.RENEWED_NOT_LIVE), at=NOW + later, not_live={"web/tls": DIFFERS})
    (cause,) = causes(look)
    assert [Code.DEPLOYED_NOT_LIVE] == [one.code for one in cause.findings[1:]]
    assert Standing.RENEWED_NOT_LIVE is cause.entries[0].standing


def test_an_old_certificate_that_lasts_is_told_as_not_live() -> None:
    """Nothing is ending, and yet the reload was forgotten."""
    lasting = make_ca("R").leaf("web.example")
    look = sight(met(lasting, standing=Standing.RENEWED_NOT_LIVE), not_live={"web/tls": DIFFERS})
    assert ["not-live"] == kinds(look)


def test_a_broken_connection_is_told() -> None:
    """With the reasons of its verdict, notes left out."""
    reasons = (
        Finding(Code.ISSUER_NOT_TRUSTED, "x"),
        Finding(Code.SHARED_LEAF, "x", {}, Severity.NOTE),
    )
    (cause,) = causes(sight(judged={"app-to-web": Judged(broken=True, findings=reasons, owner="ito")}))
    assert (Kind.PAIR_BROKEN, Severity.ERROR, ("ito",), ("app-to-web",)) == (
        cause.kind,
        cause.severity,
        cause.owners,
        cause.places,
    )
    assert [Code.ISSUER_NOT_TRUSTED] == [one.code for one in cause.findings]
    assert [] == kinds(sight(judged={"app-to-web": Judged(broken=False, findings=reasons)}))
    assert ((),) == tuple(
        c.owners for c in causes(sight(judged={"x": Judged(broken=True, findings=reasons)}))
    )


def test_what_an_expired_certificate_breaks_is_told_once() -> None:
    """The certificate has its notice; unless nobody wants that kind."""
    reasons = (Finding(Code.LIVE_REFUSED, "c"), Finding(Code.EXPIRED, "x"))
    look = sight(judged={"c": Judged(broken=True, findings=reasons)})
    assert [] == kinds(look)
    assert ["pair-broken"] == kinds(look, leave_out=("expired-in-use",))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["changed"]),
        ({"baseline": {}}, []),
        ({"baseline": {"web/tls": Held("b", "b")}}, []),
        ({"ours": frozenset({"web/tls"})}, []),
        ({"touched": frozenset({"web/tls"})}, []),
    ],
)
def test_a_change_that_no_rollout_made_is_told(changes: dict[str, object], expected: list[str]) -> None:
    """Not what is met first, not what a rollout proved or works at."""
    look = sight(
        **{  # type: ignore[arg-type]
            "values": {"web/tls": Held("b", "b")},
            "baseline": {"web/tls": Held("a", "a")},
            "owners": {"web/tls": "ito"},
            **changes,
        }
    )
    assert expected == kinds(look)
    assert all((Held("b", "b"), ("ito",)) == (one.found, one.owners) for one in causes(look))


def test_what_could_not_be_seen_is_told_once_a_subject() -> None:
    """However many reasons there are."""
    unseen = (Finding(Code.NOT_SEEN, "n", {"reason": "x"}), Finding(Code.NOT_ANSWERING, "n", {"reason": "y"}))
    (cause,) = causes(sight(unseen=unseen))
    assert (Kind.NOT_SEEN, "n", ()) == (cause.kind, cause.about, cause.places)


def test_kinds_left_out_are_not_told_and_others_in_the_order_of_urgency() -> None:
    """What breaks now comes first."""
    old = make_ca("Gone", expired=True)
    look = sight(met(LEAF), met(old, "a/x"), unseen=(Finding(Code.NOT_SEEN, "n", {"reason": "x"}),))
    assert ["expired-in-use", "expiring", "not-seen"] == kinds(look)
    assert ["expired-in-use", "not-seen"] == kinds(look, leave_out=("expiring",))


def test_another_finder_adds_its_kind() -> None:
    """A forecast is a function in a longer list."""

    def forecast(_look: Sight, _spec: object) -> list[Cause]:
        return [Cause(Kind.FORECAST, "x", (Finding(Code.PURPOSE_ENDED, "x"),), Severity.WARNING)]

    assert [Kind.FORECAST] == [one.kind for one in find_causes(sight(), SPEC, (*FINDERS, forecast))]
