"""What came is compared with what is in use: what nobody planned to lose stops the installation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography import x509

from support.pki import BOTH, CLIENT, NOW, SERVER, make_ca, make_key
from support.requests import pending, request_for, template_for
from support.usages import key_usage
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.rotation.losses import (
    choose_losses,
    find_losses_open,
    find_losses_unplanned,
    is_only_losses,
    losses_of,
)
from warifu.domain.rotation.requests import PendingRequest, accept_losses, install, issue, submit
from warifu.errors import RefusedError, UsageError

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


def answered(*names: str) -> PendingRequest:
    """A request whose certificate is here: it has these names and serverAuth, the one in use has more."""
    template = template_for(MID, *names, purposes=("serverAuth",))
    made = request_for(template)
    leaf = MID.leaf(*names, purposes=SERVER, key=made.key).value
    request = submit(replace(pending(template, made=made), previous=(OLD.value,)), now=NOW)
    return issue(request, leaf, (MID.value,), now=NOW)


def meant(request: PendingRequest, *losses: str) -> PendingRequest:
    return accept_losses(request, losses, by="Ito", reason="gone", now=NOW)


@pytest.mark.req("S3-04")
def test_what_is_accepted_by_name_stops_nothing_and_the_rest_does() -> None:
    """Each loss by itself; what was accepted is a note, with the name of who did."""
    request = answered("a.example", "2001:db8::1")
    assert ("DNS:b.example", "clientAuth") == losses_of(find_losses_open(request))
    one = meant(request, "DNS:b.example")
    assert ("clientAuth",) == losses_of(find_losses_open(one))
    both = find_losses_open(meant(one, "clientAuth", "DNS:b.example"))
    assert ((), {Severity.NOTE}) == (losses_of(both), {finding.severity for finding in both})
    assert [("DNS:b.example",), ("clientAuth",)] == [finding.evidence["missing"] for finding in both]
    assert 2 == len(meant(one, "clientAuth", "DNS:b.example").accepted)
    part = find_losses_open(meant(answered("2001:db8::1"), "DNS:b.example"))
    assert [("DNS:a.example",), ("DNS:b.example",), ("clientAuth",)] == [
        finding.evidence["missing"] for finding in part
    ]


def test_nobody_accepts_what_was_not_lost() -> None:
    """A name is told as it is lost; letters' case and its kind may be left out."""
    lost = ("DNS:b.example", "clientAuth")
    assert lost == choose_losses(["B.example", "CLIENTAUTH", "dns:b.example"], lost)
    for text in ("c.example", ""):
        with pytest.raises(UsageError) as wrong:
            choose_losses([text], lost)
        assert "issue.no-such-loss" == wrong.value.code


def test_losses_are_accepted_of_a_certificate_that_is_here_and_not_in_use() -> None:
    """Before, nobody knows what is lost; afterwards it is too late."""
    request = answered("a.example")
    waiting = replace(request, state=pending(request.template).state, leaf=None)
    assert () == find_losses_open(waiting)
    for other in (waiting, install(request, now=NOW)):
        with pytest.raises(RefusedError) as refused:
            meant(other, "DNS:b.example")
        assert "issue.accept-not-now" == refused.value.code


def test_another_difference_is_no_loss_that_could_be_accepted() -> None:
    """A certificate that is not as it was asked for stays stopped."""
    found = find_losses_open(answered("a.example"))
    assert is_only_losses(found)
    assert not is_only_losses((*found, Finding(Code.ISSUED_NAMES_DIFFER, "x")))
