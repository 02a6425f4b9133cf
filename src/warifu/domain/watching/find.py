"""Finders: each reads causes of its kinds out of one look. Another kind is another function in `FINDERS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from warifu.domain.estate.watch_spec import WatchSpec
from warifu.domain.findings import Code, Finding, Severity, rank
from warifu.domain.watching.cause import Cause, Entry, Kind, Met, Sight, Standing

Finder = Callable[[Sight, WatchSpec], Iterable[Cause]]

_Thing = TypeVar("_Thing")
_FEW = 5
_SAY_REFUSED = frozenset({Code.PAIR_REFUSED, Code.LIVE_REFUSED, Code.ENGINE_REFUSED, Code.LIVE_DIFFERS})


def find_causes(sight: Sight, spec: WatchSpec, finders: Sequence[Finder]) -> tuple[Cause, ...]:
    """Return every cause of the kinds that somebody wants to hear of, the most urgent kind first."""
    found = [cause for finder in finders for cause in finder(sight, spec) if cause.kind not in spec.leave_out]
    order = list(Kind)
    return tuple(sorted(found, key=lambda cause: (order.index(cause.kind), cause.about)))


def find_expired(sight: Sight, spec: WatchSpec) -> Iterator[Cause]:
    """Expired and in use, or nobody can say: a cause a certificate. Unused: one for all that an owner has to remove."""
    del spec  # what has ended needs no window
    refused = _refused_in_the_last_second(sight)
    expired = [met for met in sight.met if _has_ended(met, sight, refused)]
    for fingerprint, mets in _grouped(expired, by=lambda met: met.entry.fingerprint):
        used = [met for met in mets if met.entry.standing in (Standing.IN_USE, Standing.RENEWED_NOT_LIVE)]
        if used:
            first = used[0].entry
            evidence = {"now": sight.at, "not_after": first.not_after, "where": _places(used)}
            title = Finding(Code.EXPIRED_IN_USE, _named(first), evidence)
            yield _cause(Kind.EXPIRED_IN_USE, fingerprint, title, used, sight)
        yield from _undecided(fingerprint, mets, sight)
    unused = [met for met in expired if met.entry.standing is Standing.UNUSED]
    for owner, mets in _grouped(unused, by=lambda met: met.owner):
        evidence = {"count": len(mets), "where": _places(mets)}
        title = Finding(Code.EXPIRED_UNUSED, owner or "-", evidence)
        yield _cause(Kind.EXPIRED_UNUSED, owner or "-", title, mets, sight)


def _undecided(fingerprint: str, mets: Iterable[Met], sight: Sight) -> Iterator[Cause]:
    """An expired anchor of which nobody can say whether it is in use is told as that, with what would have to be seen."""
    undecided = [met for met in mets if met.entry.standing is Standing.UNDECIDED]
    if undecided:
        first = undecided[0].entry
        evidence = {"not_after": first.not_after, "where": _places(undecided), "unmet": _few(sight.unmet)}
        title = Finding(Code.EXPIRED_UNDECIDED, _named(first), evidence, Severity.WARNING)
        yield _cause(Kind.EXPIRED_UNDECIDED, fingerprint, title, undecided, sight)


def find_expiring(sight: Sight, spec: WatchSpec) -> Iterator[Cause]:
    """Each certificate that ends within the longest window; in the shortest one it is urgent."""
    refused = _refused_in_the_last_second(sight)
    ending = [
        met
        for met in sight.met
        if _ends_within(met, sight, spec.windows[0]) and not _has_ended(met, sight, refused)
    ]
    for fingerprint, mets in _grouped(ending, by=lambda met: met.entry.fingerprint):
        first = mets[0].entry
        urgent = _ends_within(mets[0], sight, spec.windows[-1])
        severity = Severity.ERROR if urgent else Severity.WARNING
        left = max(first.not_after - sight.at, timedelta())
        hours = left // timedelta(hours=1)
        evidence = {"now": sight.at, "not_after": first.not_after, "days": left.days, "hours": hours}
        title = Finding(Code.EXPIRING, _named(first), evidence, severity)
        yield _cause(Kind.EXPIRING, fingerprint, title, mets, sight)


def find_not_live(sight: Sight, spec: WatchSpec) -> Iterator[Cause]:
    """Something else is in use than lies on disk; where that something is ending, its own notice says so."""
    told = {
        met.entry.place
        for met in sight.met
        if met.entry.standing is Standing.RENEWED_NOT_LIVE and _has_its_own(met, sight, spec)
    }
    for place, finding in sorted(sight.not_live.items()):
        if place not in told:
            yield replace(_simple(Kind.NOT_LIVE, place, (finding,), sight, place=place), places=(place,))


def _has_its_own(met: Met, sight: Sight, spec: WatchSpec) -> bool:
    """Tell whether a certificate in use has ended or is ending, and somebody wants to hear of that."""
    if _has_ended(met, sight, _refused_in_the_last_second(sight)):
        return Kind.EXPIRED_IN_USE.value not in spec.leave_out
    return Kind.EXPIRING.value not in spec.leave_out and _ends_within(met, sight, spec.windows[0])


def find_broken(sight: Sight, spec: WatchSpec) -> Iterator[Cause]:
    """Each connection that is refused, unless an expired certificate is all there is to it: that has its own notice."""
    explained = Kind.EXPIRED_IN_USE.value not in spec.leave_out
    refused = _refused_in_the_last_second(sight)
    for name, judged in sorted(sight.judged.items()):
        reasons = {one.code for one in judged.findings if one.severity is Severity.ERROR} - _SAY_REFUSED
        ended = reasons == {Code.EXPIRED} or name in refused
        if judged.broken and not (explained and ended):
            told = tuple(one for one in judged.findings if one.severity is not Severity.NOTE)
            yield Cause(
                Kind.PAIR_BROKEN,
                name,
                rank(told),
                Severity.ERROR,
                places=(name,),
                owners=(judged.owner,) if judged.owner else (),
            )


def find_changed(sight: Sight, spec: WatchSpec) -> Iterator[Cause]:
    """Each place that holds something else than was taken as right, which no rollout of ours put there."""
    del spec
    for place, held in sorted(sight.values.items()):
        before = sight.baseline.get(place)
        if before is None or before == held or place in sight.ours or place in sight.touched:
            continue
        evidence = {"expected": before.said, "seen": held.said}
        finding = Finding(Code.CHANGED_OUTSIDE, place, evidence, Severity.WARNING)
        about = f"{place} {held.digest}"
        yield replace(
            _simple(Kind.CHANGED, about, (finding,), sight, place=place),
            places=(place,),
            found=held,
        )


def find_unseen(sight: Sight, spec: WatchSpec) -> Iterator[Cause]:
    """What could not be looked at: it may be broken or ending, and nobody would know."""
    del spec
    for subject, findings in _grouped(list(sight.unseen), by=lambda finding: finding.subject):
        yield _simple(Kind.NOT_SEEN, subject, tuple(findings), sight, place=subject)


FINDERS: tuple[Finder, ...] = (
    find_expired,
    find_expiring,
    find_not_live,
    find_broken,
    find_changed,
    find_unseen,
)
"""What is looked for; who knows more (a forecast, for example) hands down a longer list."""


def _has_ended(met: Met, sight: Sight, refused: frozenset[str]) -> bool:
    """Tell whether a certificate has ended: its last second is included, unless whoever verifies there refuses it.

    Args:
        refused: see `_refused_in_the_last_second`.

    Spec: RFC 5280 §4.1.2.5 includes the second of notAfter; openssl 3.0 does not (`x509_vfy.c`, `x509_check_cert_time`).
    """
    second = sight.at.replace(microsecond=0)
    if second != met.certificate.not_after:
        return second > met.certificate.not_after
    return met.entry.standing is not Standing.UNUSED and met.entry.place in refused


def _refused_in_the_last_second(sight: Sight) -> frozenset[str]:
    """Return connections refused for no reason but this second, and the places of certificates in use that end with it.

    A look does not tell which slots a connection of an estate uses: any certificate in use that ends now explains it.
    """
    second = sight.at.replace(microsecond=0)
    ending = {
        met.entry.place
        for met in sight.met
        if met.certificate.not_after == second and met.entry.standing is not Standing.UNUSED
    }
    if not ending:
        return frozenset()
    places = {met.entry.place for met in sight.met}
    refused = {
        name
        for name, judged in sight.judged.items()
        if judged.broken
        and (name in ending or name not in places)
        and {one.code for one in judged.findings if one.severity is Severity.ERROR} <= _SAY_REFUSED
    }
    return frozenset(refused if refused <= places else refused | ending)


def _ends_within(met: Met, sight: Sight, window: timedelta) -> bool:
    """As `inventory.find_expiring` counts: at exactly the window before its end a certificate is not ending yet."""
    not_after = met.certificate.not_after
    return -timedelta(seconds=1) < not_after - sight.at < window  # the last second counts whole


def _cause(kind: Kind, about: str, title: Finding, mets: Sequence[Met], sight: Sight) -> Cause:
    entries = tuple(sorted((met.entry for met in mets), key=lambda one: (one.place, one.fingerprint)))
    places = tuple(dict.fromkeys(entry.place for entry in entries))
    beside = [
        sight.not_live[entry.place]
        for entry in entries
        if entry.standing is Standing.RENEWED_NOT_LIVE and entry.place in sight.not_live
    ]
    ends = entries[0].not_after if kind is Kind.EXPIRING else None
    owners = tuple(sorted({met.owner for met in mets if met.owner}))
    return Cause(kind, about, (title, *beside), title.severity, entries, places, owners, ends)


def _simple(kind: Kind, about: str, findings: tuple[Finding, ...], sight: Sight, *, place: str) -> Cause:
    owner = sight.owners.get(place, "")
    return Cause(kind, about, findings, Severity.WARNING, owners=(owner,) if owner else ())


def _grouped(things: Sequence[_Thing], *, by: Callable[[_Thing], str]) -> list[tuple[str, list[_Thing]]]:
    groups: dict[str, list[_Thing]] = {}
    for thing in things:
        groups.setdefault(by(thing), []).append(thing)
    return sorted(groups.items())


def _places(mets: Sequence[Met]) -> tuple[str, ...]:
    return tuple(sorted({met.entry.place for met in mets}))


def _few(names: Sequence[str]) -> tuple[str, ...]:
    """Return names as a sentence can hold them: a net that is down is hundreds of addresses."""
    rest = len(names) - _FEW
    return (*names[:_FEW], f"+{rest}") if rest > 0 else tuple(names)


def _named(entry: Entry) -> str:
    return f"{entry.subject} ({entry.fingerprint[:16]})"
