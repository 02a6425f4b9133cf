"""What came is compared with what is in use: what nobody planned to lose stops the installation."""

from __future__ import annotations

import pytest
from cryptography import x509

from support.pki import BOTH, CLIENT, SERVER, make_ca, make_key
from support.requests import template_for
from support.usages import key_usage
from warifu.domain.findings import Code, Severity
from warifu.domain.rotation.losses import find_losses_unplanned

MID = make_ca("Root").intermediate("Mid")
OLD = MID.leaf("a.example", "b.example", "2001:db8::1", purposes=BOTH)


def lost(*names: str, asked: tuple[str, ...], **options: object) -> dict[Code, Severity]:
    """What is lost of the old certificate by a new one of these names, where a template asked for these."""
    new = MID.leaf(*names, **{"purposes": BOTH, **options})
    template = template_for(MID, *asked, purposes=("serverAuth",))
    found = find_losses_unplanned(new.value, (OLD.value, OLD.value), template)
    return {finding.code: finding.severity for finding in found}


EVERY = ("a.example", "b.example", "2001:db8::1")


@pytest.mark.req("S3-04")
def test_a_name_that_the_template_forgot_stops_the_installation() -> None:
    """The template was proven; clients rely on the certificate in use."""
    assert {Code.RENEWAL_NAMES_LOST: Severity.ERROR} == lost("a.example", asked=("a.example",))
    assert {} == lost(*EVERY, asked=("a.example",))


def test_what_the_template_asked_for_is_told_by_its_own_comparison() -> None:
    """Not twice; a name beyond it is told here with the others."""
    assert {} == lost("a.example", asked=("a.example", "B.example", "2001:DB8::1"))
    assert {Code.RENEWAL_NAMES_LOST: Severity.ERROR} == lost("a.example", asked=("a.example", "b.example"))


def test_purposes_and_usages_are_compared_too() -> None:
    """ClientAuth was not asked for and is gone; a gained purpose is no loss."""
    assert {Code.RENEWAL_PURPOSES_LOST: Severity.ERROR} == lost(*EVERY, asked=EVERY, purposes=SERVER)
    assert {} == lost(*EVERY, asked=EVERY, purposes=(*BOTH, x509.ObjectIdentifier("1.2.3")))
    assert {} == lost(*EVERY, asked=EVERY, purposes=CLIENT)  # serverAuth was asked for: told elsewhere
    usage = lost(*EVERY, asked=EVERY, usage=key_usage("key_agreement"))
    assert {Code.RENEWAL_USAGE_LOST: Severity.ERROR} == usage


def test_silence_about_purposes_is_a_warning() -> None:
    """Nobody knows whether the target takes it."""
    assert {Code.RENEWAL_PURPOSES_UNSTATED: Severity.WARNING} == lost(*EVERY, asked=EVERY, purposes=None)


def test_a_name_that_no_template_can_ask_for_is_a_warning() -> None:
    """A new request would not bring it back."""
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier("urn:x")])
    old = MID.leaf(extra=[(names, False)], key=make_key())
    found = find_losses_unplanned(MID.leaf("a.example").value, (old.value,), template_for(MID, "a.example"))
    assert [(Code.RENEWAL_NAMES_LOST, Severity.WARNING)] == [(one.code, one.severity) for one in found]


def test_without_a_certificate_in_use_nothing_is_lost() -> None:
    """The first one of an identity."""
    assert () == find_losses_unplanned(OLD.value, (), template_for(MID, "a.example"))
