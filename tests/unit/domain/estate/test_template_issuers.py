"""Who signs what will be issued."""

from __future__ import annotations

from support.pki import make_ca
from support.requests import template_for

MID = make_ca("Root").intermediate("Mid")


def test_issuers_go_from_the_issuing_one_to_the_root_and_none_are_named_where_any_may_sign() -> None:
    """A request without a plan does not know who will sign it."""
    planned = template_for(MID, "a.example")
    assert (MID.value.fingerprint, MID.root.value.fingerprint) == planned.issuers
    assert () == template_for(MID, "a.example", issuer_chain=(), root=None).issuers
