"""What a certificate that arrived has lost of the one in use: a gate before any installation.

The plan's own template is compared elsewhere (`comparison`); here speaks the certificate that clients rely on
now, so that a template which asked for too little is noticed too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from warifu.domain.estate import Template
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.rotation.comparison import normal_names
from warifu.domain.trust.renewal import find_losses
from warifu.domain.x509 import Certificate


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
