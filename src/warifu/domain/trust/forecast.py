"""What the next renewals will bring: which of them breaks the target, on which day, and why.

Renewals are reckoned from the present certificate: each begins so long before the one before it ends, and
gets the lifetime that the issuer gives on that day. Rules begin at an instant and hold from it on: a
renewal one second earlier is still signed as before.

Spec: the documents that issuers' rules and profiles name (`ValidityLimit.source`, `PurposeEnd.source`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from warifu.domain.findings import Code, Finding, Severity, rank
from warifu.domain.trust.facts import LeafFacts
from warifu.domain.trust.issuer_rules import IssuerRules
from warifu.domain.trust.profile import Profile
from warifu.domain.trust.profile_data import ProfileFamily

_SECOND = timedelta(seconds=1)  # a validity period counts its last second (BR §6.3.2)
_DAY = timedelta(days=1)
RENEW_BEFORE = timedelta(days=30)
_MOST = 500  # renewals looked at: of 47 days each, more than sixty years


@dataclass(frozen=True, slots=True)
class ForecastQuestion:
    """What is asked.

    Args:
        leaf: the certificate in use.
        renew_before: how long before its end a certificate is renewed.
        also: releases of the target's product that do not want every purpose in one certificate.
    """

    leaf: LeafFacts
    rules: IssuerRules
    profile: Profile
    renew_before: timedelta = RENEW_BEFORE
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Renewal:
    """One renewal to come: the how-manyth, when, and how long its certificate lasts."""

    number: int
    at: datetime
    lasts: timedelta


def forecast(asked: ForecastQuestion, *, now: datetime) -> tuple[Finding, ...]:
    """Return what breaks the target at a renewal to come, and what will be different; ranked.

    The next renewal weighs as a warning, a later one as a note.
    """
    coming = tuple(_renewals(asked, now))
    return rank(
        (
            *_purposes_not_given(asked, coming, now),
            *_purposes_not_taken(asked, coming),
            *_lifetimes_not_taken(asked, coming),
            *_lifetimes_shorter(asked, coming),
        )
    )


def releases_without(family: ProfileFamily, profile: Profile, purpose: str) -> tuple[str, ...]:
    """Return the releases of a product whose rules, in the same role, do not want a purpose in the certificate."""
    found = []
    for release in family.releases:
        other = family.choose(release, profile.variant, profile.features)
        if purpose not in other.purposes:
            found.append(release)
    return tuple(found)


def _renewals(asked: ForecastQuestion, now: datetime) -> Iterator[_Renewal]:
    """Yield renewals until no rule changes any more."""
    leaf, rules = asked.leaf, asked.rules
    demands = asked.profile.demands
    dates = (
        *rules.dates(),
        *(one.issued_from for one in demands.validity),
        *(one.issued_from for one in demands.purpose_ends),
    )
    last = max(dates, default=now)
    at = max(now, leaf.not_after - asked.renew_before)
    own = leaf.not_after - leaf.not_before + _SECOND
    for number in range(1, _MOST + 1):
        limit = rules.limit_at(at)
        lasts = own if limit is None else min(own, timedelta(days=limit.days))
        yield _Renewal(number, at, lasts)
        if at >= last:
            return
        at += max(lasts - asked.renew_before, lasts / 3, _DAY)


def _purposes_not_given(
    asked: ForecastQuestion, coming: tuple[_Renewal, ...], now: datetime
) -> Iterator[Finding]:
    for purpose in asked.profile.purposes:
        end = asked.rules.end_of(purpose)
        breaking = [one for one in coming if end is not None and one.at >= end.issued_from]
        if end is not None and breaking:
            last = end.issued_from - _SECOND
            evidence = {
                "purpose": purpose,
                "since": end.issued_from,
                "document": end.source,
                "last": last if last >= now else "passed",
                "good": asked.also or "-",
            }
            yield _on(asked, breaking[0], Code.FORECAST_PURPOSE_ENDS, **evidence)


def _purposes_not_taken(asked: ForecastQuestion, coming: tuple[_Renewal, ...]) -> Iterator[Finding]:
    for end in asked.profile.demands.purpose_ends:
        given = asked.rules.end_of(end.purpose)
        refused = [
            one
            for one in coming
            if one.at >= end.issued_from and (given is None or one.at < given.issued_from)
        ]
        if refused and end.purpose in (asked.leaf.purposes or ()):
            evidence = {"purpose": end.purpose, "since": end.issued_from, "document": end.source}
            yield _on(asked, refused[0], Code.FORECAST_PURPOSE_REFUSED, **evidence)


def _lifetimes_not_taken(asked: ForecastQuestion, coming: tuple[_Renewal, ...]) -> Iterator[Finding]:
    for one in coming:
        limit = asked.profile.demands.validity_at(one.at)
        if limit is not None and one.lasts > timedelta(days=limit.days):
            evidence = {
                "found": _days(one.lasts),
                "limit": limit.days,
                "since": limit.issued_from,
                "document": limit.source,
            }
            yield _on(asked, one, Code.FORECAST_LIFETIME_REFUSED, **evidence)
            return


def _lifetimes_shorter(asked: ForecastQuestion, coming: tuple[_Renewal, ...]) -> Iterator[Finding]:
    own = asked.leaf.not_after - asked.leaf.not_before + _SECOND
    for one in coming:
        limit = asked.rules.limit_at(one.at)
        if limit is not None and one.lasts < own:
            earlier = asked.rules.limit_at(limit.issued_from - _SECOND)
            evidence = {
                "before": "-" if earlier is None else earlier.days,
                "found": _days(own),
                "limit": limit.days,
                "since": limit.issued_from,
                "document": limit.source,
                "lead": _days(asked.renew_before),
            }
            found = _on(asked, one, Code.FORECAST_LIFETIME_SHORTER, **evidence)
            too_late = one.lasts <= asked.renew_before
            weight = Severity.WARNING if too_late else Severity.NOTE
            yield Finding(found.code, found.subject, found.evidence, weight)
            return


def _days(length: timedelta) -> int:
    return -(-length // _DAY)


def _on(asked: ForecastQuestion, renewal: _Renewal, code: Code, **more: object) -> Finding:
    leaf = asked.leaf
    weight = Severity.WARNING if renewal.number == 1 else Severity.NOTE
    evidence = {
        "who": leaf.subject or leaf.id[:16],
        "issuer": asked.rules.name,
        "target": asked.profile.name,
        "on": renewal.at,
        "renewal": renewal.number,
        "not_after": leaf.not_after,
        **more,
    }
    return Finding(code, leaf.id, evidence, weight)
