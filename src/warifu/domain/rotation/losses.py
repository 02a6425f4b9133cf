"""What a certificate that arrived has lost of the one in use: a gate before any installation.

The plan's own template is compared elsewhere (`comparison`); here speaks the certificate that clients rely on
now, so that a template which asked for too little is noticed too. What is meant to go is accepted by name, by
somebody, and kept with the request; every other loss stops the installation all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from warifu.domain.estate import Template
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.rotation.comparison import normal_names
from warifu.domain.rotation.requests import PendingRequest
from warifu.domain.trust.renewal import find_losses
from warifu.domain.x509 import Certificate
from warifu.errors import UsageError

_LOSSES = frozenset({Code.RENEWAL_NAMES_LOST, Code.RENEWAL_PURPOSES_LOST, Code.RENEWAL_USAGE_LOST})


def find_losses_unplanned(
    leaf: Certificate, previous: Sequence[Certificate], template: Template
) -> tuple[Finding, ...]:
    """Return what is lost of what was in use, each once, without what the template's comparison tells.

    What a template cannot ask for, such as a URI, weighs as a warning: no new request would bring it back.

    Args:
        leaf: what arrived.
        previous: what was in use when it was asked for.
        template: what was asked for.
    """
    found: list[Finding] = []
    for old in dict.fromkeys(previous):
        found += [one for one in _lost(old, leaf, template) if one not in found]
    return tuple(found)


def find_losses_open(request: PendingRequest) -> tuple[Finding, ...]:
    """Return what a request's certificate has lost; what somebody accepted is a note, with their name."""
    if request.leaf is None:
        return ()
    found = find_losses_unplanned(request.leaf, request.previous, request.template)
    accepted = {one.loss: one.by for one in request.accepted}
    return tuple(part for finding in found for part in _parted(finding, accepted))


def losses_of(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return each name, purpose and key usage whose loss stops an installation."""
    stopping = (one for one in findings if one.severity is Severity.ERROR and one.code in _LOSSES)
    return tuple(dict.fromkeys(str(text) for one in stopping for text in _listed(one.evidence["missing"])))


def is_only_losses(findings: Sequence[Finding]) -> bool:
    """Tell whether nothing but losses stops an installation, so that accepting them lets it go on."""
    return all(one.code in _LOSSES for one in findings if one.severity is Severity.ERROR)


def choose_losses(given: Sequence[str], lost: Sequence[str]) -> tuple[str, ...]:
    """Return the losses that somebody names, as they are told; letters' case and the kind before a colon may be left out.

    Raises:
        UsageError: `issue.no-such-loss`: nobody accepts what was not lost.
    """
    known = {name: one for one in lost for name in (one.casefold().partition(":")[2], one.casefold())}
    for text in given:
        if not text or text.casefold() not in known:
            raise UsageError("issue.no-such-loss", loss=text or "-", lost=tuple(lost) or "-")
    return tuple(dict.fromkeys(known[text.casefold()] for text in given))


def _parted(finding: Finding, accepted: Mapping[str, str]) -> Iterator[Finding]:
    missing = _listed(finding.evidence.get("missing"))
    meant = tuple(one for one in missing if str(one) in accepted)
    left = tuple(one for one in missing if str(one) not in accepted)
    if not meant or finding.code not in _LOSSES:
        yield finding
        return
    if left:
        yield replace(finding, evidence={**finding.evidence, "missing": left})
    by = tuple(dict.fromkeys(accepted[str(one)] for one in meant))
    evidence = {"who": finding.evidence["who"], "missing": meant, "by": by}
    yield Finding(Code.RENEWAL_LOSS_ACCEPTED, finding.subject, evidence, Severity.NOTE)


def _lost(old: Certificate, leaf: Certificate, template: Template) -> Iterator[Finding]:
    asked = {*normal_names(template.names), *template.purposes}
    for finding in find_losses(old, leaf):
        missing = {str(one).partition(":")[2] or str(one) for one in _listed(finding.evidence.get("missing"))}
        if finding.severity is Severity.NOTE or (missing and missing <= asked):
            continue
        beyond = finding.code is Code.RENEWAL_NAMES_LOST and all(
            map(_beyond_templates, _listed(finding.evidence["missing"]))
        )
        yield replace(finding, severity=Severity.WARNING) if beyond else finding


def _beyond_templates(name: object) -> bool:
    return not str(name).startswith(("DNS:", "IP:"))


def _listed(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()
