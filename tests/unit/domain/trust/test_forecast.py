"""Forecasts: which renewal breaks the target, on which day, and what to do about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from support.pki import BOTH, SERVER, make_ca
from support.shipped import ISSUERS, SHIPPED, chosen
from warifu.domain.findings import Code, Finding, Lang, Severity, remedy, title
from warifu.domain.findings.text import Text
from warifu.domain.trust import leaf_facts
from warifu.domain.trust.demands import PurposeEnd, ValidityLimit
from warifu.domain.trust.forecast import ForecastQuestion, forecast, releases_without
from warifu.domain.trust.issuer_rules import IssuerRules

MID = make_ca("Root").intermediate("Mid")
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
CHROME = datetime(2027, 3, 15, tzinfo=UTC)
FREE = IssuerRules("house", Text("house", "社内"), "1", "CPS")


def ask(
    end: datetime,
    *,
    days: int = 200,
    issuer: IssuerRules | str = "public-2027",
    profile: str = "mutual",
    now: datetime = NOW,
    **more: object,
) -> dict[Code, Finding]:
    """What is foreseen of a leaf that ends then and lasts so many days."""
    purposes = more.pop("purposes", BOTH)
    leaf = MID.leaf("a.example", start=end - days * DAY + SECOND, end=end, purposes=purposes).value
    rules = ISSUERS.choose(issuer) if isinstance(issuer, str) else issuer
    options = {"renew_before": 30 * DAY, **more}
    asked = ForecastQuestion(leaf_facts(leaf), rules, chosen(profile), **options)  # type: ignore[arg-type]
    return {finding.code: finding for finding in forecast(asked, now=now)}


@pytest.mark.req("X-09")
def test_a_public_issuer_will_break_a_target_that_needs_client_authentication() -> None:
    """The finding has the day of the renewal, the reason with its source, and the way out."""
    found = ask(CHROME + 40 * DAY, profile="cisco-expressway@X14:E")
    told = found[Code.FORECAST_PURPOSE_ENDS]
    assert Severity.WARNING is told.severity
    assert CHROME + 10 * DAY == told.evidence["on"]
    sentence = title(told, Lang.EN)
    assert "2027-03-25" in sentence
    assert "gives no clientAuth, which the target needs (Chrome Root Program Policy 1.8)" in sentence
    ways = remedy(told, Lang.EN)
    assert "a private CA" in ways
    assert "split the identity" not in ways  # no release that takes two is known here
    assert "プライベート CA" in remedy(told, Lang.JA)
    assert "2 枚" not in remedy(told, Lang.JA)


@pytest.mark.parametrize(("offset", "number"), [(-SECOND, 2), (timedelta(0), 1), (SECOND, 1)])
def test_the_renewal_counts_to_the_second(offset: timedelta, number: int) -> None:
    """A renewal one second before the rule begins is signed as before; the next one breaks, as a note."""
    told = ask(CHROME + 30 * DAY + offset)[Code.FORECAST_PURPOSE_ENDS]
    assert number == told.evidence["renewal"]
    assert (Severity.WARNING if number == 1 else Severity.NOTE) is told.severity
    assert CHROME - SECOND == told.evidence["last"]


def test_a_later_renewal_that_breaks_is_reckoned_from_the_lifetimes_that_will_be_given() -> None:
    """Ends in January: renewed in December for 200 days, so the next one is in June."""
    end = datetime(2027, 1, 1, tzinfo=UTC)
    told = ask(end)[Code.FORECAST_PURPOSE_ENDS]
    assert (2, end - 30 * DAY + 170 * DAY) == (told.evidence["renewal"], told.evidence["on"])


def test_a_renewal_that_is_overdue_is_due_now() -> None:
    """Not on a day that has passed."""
    told = ask(NOW + DAY, now=CHROME)[Code.FORECAST_PURPOSE_ENDS]
    assert CHROME == told.evidence["on"]


def test_a_target_that_needs_no_client_authentication_is_not_broken() -> None:
    """And an issuer without rules breaks nothing."""
    assert Code.FORECAST_PURPOSE_ENDS not in ask(CHROME + 40 * DAY, profile="tls-server")
    assert {} == ask(CHROME + 40 * DAY, issuer=FREE)


def test_releases_that_take_two_certificates_are_named() -> None:
    """Expressway X15.5 has a server and a client certificate; its predecessors want both purposes in one."""
    family, profile = SHIPPED.family("cisco-expressway"), chosen("cisco-expressway@X14:E+mra")
    assert ("X15.5",) == releases_without(family, profile, "clientAuth")
    assert () == releases_without(family, profile, "serverAuth")
    told = ask(CHROME + 40 * DAY, also=("X15.5",))[Code.FORECAST_PURPOSE_ENDS]
    assert "split the identity" in remedy(told, Lang.EN)
    assert all("X15.5" in remedy(told, lang) for lang in Lang)


@pytest.mark.parametrize(("offset", "number"), [(-SECOND, 2), (timedelta(0), 1), (SECOND, 1)])
def test_a_purpose_that_the_target_will_refuse_is_foreseen(offset: timedelta, number: int) -> None:
    """A private CA goes on giving clientAuth; browsers take it no more from that day on."""
    told = ask(CHROME + 30 * DAY + offset, issuer=FREE, profile="webpki-public", days=100)
    assert number == told[Code.FORECAST_PURPOSE_REFUSED].evidence["renewal"]


def test_a_purpose_that_is_not_carried_or_not_given_any_more_is_not_refused() -> None:
    """There is nothing to refuse."""
    asked = {"issuer": FREE, "profile": "webpki-public"}
    assert Code.FORECAST_PURPOSE_REFUSED not in ask(CHROME + 40 * DAY, purposes=SERVER, **asked)  # type: ignore[arg-type]
    assert Code.FORECAST_PURPOSE_REFUSED not in ask(CHROME + 40 * DAY, purposes=None, **asked)  # type: ignore[arg-type]
    assert Code.FORECAST_PURPOSE_REFUSED not in ask(CHROME + 40 * DAY, profile="webpki-public")


@pytest.mark.parametrize(("offset", "number"), [(-SECOND, 2), (timedelta(0), 1), (SECOND, 1)])
def test_a_lifetime_that_the_target_will_refuse_is_foreseen(offset: timedelta, number: int) -> None:
    """365 days from a private CA, where browsers take 100."""
    told = ask(CHROME + 30 * DAY + offset, days=200, issuer=FREE, profile="webpki-public")
    found = told[Code.FORECAST_LIFETIME_REFUSED]
    assert (number, 200, 100) == (found.evidence["renewal"], found.evidence["found"], found.evidence["limit"])
    short = ask(CHROME + 40 * DAY, days=47, issuer=FREE, profile="webpki-public")
    assert Code.FORECAST_LIFETIME_REFUSED not in short


@pytest.mark.parametrize(("days", "there"), [(100, False), (101, True)])
def test_a_shorter_lifetime_is_told(days: int, there: bool) -> None:
    """To the day; as a note, because nothing breaks."""
    rules = IssuerRules("x", FREE.title, "1", "CPS", validity=(ValidityLimit(CHROME, 100, "CPS"),))
    found = ask(CHROME + 60 * DAY, days=days, issuer=rules).get(Code.FORECAST_LIFETIME_SHORTER)
    assert there == (found is not None)
    assert found is None or Severity.NOTE is found.severity


def test_what_the_issuer_gave_until_then_is_told_beside_what_this_one_lasts() -> None:
    """Two facts, neither in the place of the other: the issuer's earlier limit, and this certificate's lifetime."""
    limits = (ValidityLimit(CHROME - 5000 * DAY, 90, "CPS"), ValidityLimit(CHROME, 64, "CPS"))
    rules = IssuerRules("x", FREE.title, "1", "CPS", validity=limits)
    found = ask(CHROME + 60 * DAY, days=366, issuer=rules)[Code.FORECAST_LIFETIME_SHORTER]
    assert "gives 64 days at most, 90 before that (CPS)" in title(found, Lang.EN)
    assert "lasts 366 days" in title(found, Lang.EN)
    assert all(text in title(found, Lang.JA) for text in ("最長 64 日", "それまでは 90 日", "366 日"))


def test_of_an_issuer_without_an_earlier_limit_none_is_told() -> None:
    """It is not made up from the certificate at hand."""
    rules = IssuerRules("x", FREE.title, "1", "CPS", validity=(ValidityLimit(CHROME, 64, "CPS"),))
    found = ask(CHROME + 60 * DAY, days=366, issuer=rules)[Code.FORECAST_LIFETIME_SHORTER]
    assert "gives 64 days at most (CPS). CN=" in title(found, Lang.EN)
    assert "それまで" not in title(found, Lang.JA)


@pytest.mark.parametrize(("days", "weight"), [(30, Severity.WARNING), (31, Severity.NOTE)])
def test_a_lifetime_no_longer_than_the_time_before_its_end_is_a_warning(days: int, weight: Severity) -> None:
    """It would be renewed as soon as it was issued; and the reckoning ends."""
    rules = IssuerRules("x", FREE.title, "1", "CPS", validity=(ValidityLimit(NOW, days, "CPS"),))
    assert weight is ask(CHROME, issuer=rules)[Code.FORECAST_LIFETIME_SHORTER].severity


def test_the_reckoning_ends_whatever_the_dates() -> None:
    """A rule that begins in a thousand years is not waited for, renewal by renewal."""
    far = datetime(3026, 1, 1, tzinfo=UTC)
    rules = IssuerRules("x", FREE.title, "1", "CPS", purpose_ends=(PurposeEnd("clientAuth", far, "CPS"),))
    assert {} == ask(CHROME, issuer=rules, renew_before=400 * DAY)
    last = replace(rules, validity=(ValidityLimit(NOW, 1, "CPS"),))
    assert Code.FORECAST_PURPOSE_ENDS not in ask(CHROME, issuer=last)


def test_no_renewal_gains_time_after_the_last_instant() -> None:
    """A day that has passed is not offered; the last second of it still is."""
    for now, words in ((CHROME - SECOND, "2027-03-14 23:59:59"), (CHROME, "すでに過ぎています")):
        told = ask(CHROME + 40 * DAY, now=now)[Code.FORECAST_PURPOSE_ENDS]
        assert f"更新で時間を稼げる期限: {words}" in remedy(told, Lang.JA)
        assert "対応するリリース" not in remedy(told, Lang.JA)


def test_every_forecast_is_told_in_both_languages() -> None:
    """Without a hole."""
    found = {**ask(CHROME + 40 * DAY), **ask(CHROME + 40 * DAY, issuer=FREE, profile="webpki-public")}
    assert 4 == len(found)
    for one in found.values():
        assert all("?" not in title(one, lang) + remedy(one, lang) for lang in Lang)
