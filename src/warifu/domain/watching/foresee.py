"""A finder that looks ahead: the next renewal of a certificate in use will break its target."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from warifu.domain.estate.watch_spec import WatchSpec
from warifu.domain.findings import Severity
from warifu.domain.trust import Profile, leaf_facts
from warifu.domain.trust.forecast import ForecastQuestion, forecast
from warifu.domain.trust.issuer_rules import KnownIssuers
from warifu.domain.watching.cause import Cause, Kind, Met, Sight, Standing
from warifu.domain.watching.find import Finder


def foreseeing(issuers: KnownIssuers, profile_of: Callable[[str], Profile]) -> Finder:
    """Return a finder of what the next renewal breaks; a later one is no reason to write to anybody yet.

    Args:
        issuers: those whose dated rules are known; of others nothing is foreseen.
        profile_of: the rule set of what lies at a place.
    """

    def find_forecasts(sight: Sight, spec: WatchSpec) -> Iterator[Cause]:
        del spec  # what comes is not a matter of windows
        by_leaf: dict[str, list[Met]] = {}
        for met in sight.met:
            if _is_leaf_in_use(met) and sight.at <= met.certificate.not_after:
                by_leaf.setdefault(met.entry.fingerprint, []).append(met)
        for fingerprint, mets in sorted(by_leaf.items()):
            rules = issuers.recognise(mets[0].certificate.issuer)
            if rules is None:
                continue
            facts = leaf_facts(mets[0].certificate)
            profiles = {profile.name: profile for profile in (profile_of(one.entry.place) for one in mets)}
            findings = tuple(
                finding
                for name in sorted(profiles)
                for finding in forecast(ForecastQuestion(facts, rules, profiles[name]), now=sight.at)
                if finding.severity is Severity.WARNING
            )
            if findings:
                entries = tuple(one.entry for one in mets)
                places = tuple(dict.fromkeys(one.place for one in entries))
                owners = tuple(sorted({one.owner for one in mets if one.owner}))
                yield Cause(Kind.FORECAST, fingerprint, findings, Severity.WARNING, entries, places, owners)

    return find_forecasts


def _is_leaf_in_use(met: Met) -> bool:
    return met.entry.standing is not Standing.UNUSED and not met.certificate.is_ca
