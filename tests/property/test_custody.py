"""Any certificate against any pending request."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from support.pki import NOW, Key, make_ca, make_key
from support.requests import pending, request_for, template_for
from warifu.domain.rotation.answers import Offered, Sought, match
from warifu.domain.rotation.requests import RequestState, accepts, issue
from warifu.errors import RefusedError

ROOT = make_ca("Root")
KEYS: tuple[Key, ...] = (*(make_key() for _ in range(3)), make_key("rsa"))
NAMES = ("web.example", "db.example")


@pytest.mark.req("X-03", "S4-13", "S3-15")
@examples(150)
@given(
    certificate_key=st.sampled_from(range(len(KEYS))),
    request_key=st.sampled_from(range(len(KEYS))),
    certificate_name=st.sampled_from(NAMES),
    request_name=st.sampled_from(NAMES),
    state=st.sampled_from(list(RequestState)),
)
def test_a_certificate_is_accepted_iff_its_key_is_the_requests_and_the_request_not_void(
    certificate_key: int, request_key: int, certificate_name: str, request_name: str, state: RequestState
) -> None:
    """Public keys alone decide, whatever the names say; a void request accepts nothing."""
    certificate = ROOT.leaf(certificate_name, key=KEYS[certificate_key]).value
    template = template_for(ROOT, request_name)
    request = replace(
        pending(template, made=request_for(template, KEYS[request_key])),
        state=state,
        voided=NOW if state is RequestState.VOID else None,
    )
    expected = certificate_key == request_key and state is not RequestState.VOID
    found = match([Offered(certificate, "pile")], [Sought.of(request)])
    assert expected == accepts(request, certificate)
    assert ([request.id] if expected else []) == [one.id for one in found.matches]
    assert expected == (not found.findings)
    if state in {RequestState.SUBMITTED, RequestState.ISSUED}:
        assert expected == _is_taken(request, certificate)


def _is_taken(request: object, certificate: object) -> bool:
    try:
        issue(request, certificate, (), now=NOW)  # type: ignore[arg-type]
    except RefusedError:
        return False
    return True
