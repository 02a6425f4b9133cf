"""A request's record: what is written is read back, and what earlier releases wrote still is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from support.pki import NOW, make_ca
from support.requests import pending, request_for, template_for
from warifu.domain.rotation.requests import RequestState, accept_losses, discard, install, issue, submit
from warifu.errors import CouldNotLookError
from warifu.wire.requests import decode_request, encode_request

VECTORS = Path(__file__).parents[2] / "vectors" / "wire"
MID = make_ca("Root").intermediate("Mid")
MADE = request_for(template_for(MID, "web.example", "192.0.2.1"))
START = pending(template_for(MID, "web.example", "192.0.2.1"), made=MADE)
SUBMITTED = submit(START, now=NOW + timedelta(seconds=1.5))
ISSUED = issue(SUBMITTED, MID.sign(MADE.request, names=["web.example"]), (MID.value,), now=NOW)
BASED = replace(START, previous=(MID.leaf("web.example").value, MID.leaf("old.example").value))
FREE = replace(START, template=replace(START.template, issuer_chain=(), root=None))
MEANT = accept_losses(ISSUED, ["DNS:old.example", "clientAuth"], by="Ito", reason="gone", now=NOW)


def test_the_format_is_the_oldest_that_can_say_it() -> None:
    """Earlier releases go on reading what they could have written."""
    formats = [json.loads(encode_request(one))["format"] for one in (START, BASED, FREE, MEANT)]
    assert [1, 2, 2, 3] == formats


@pytest.mark.parametrize(
    "request_",
    [
        START,
        SUBMITTED,
        ISSUED,
        install(ISSUED, now=NOW),
        discard(START, confirmed="", now=NOW),
        BASED,
        FREE,
        MEANT,
    ],
    ids=["pending", "submitted", "issued", "installed", "void", "with-previous", "any-issuer", "accepted"],
)
def test_every_state_is_read_back_as_it_was(request_: object) -> None:
    """Nothing is lost or changed on the way to disk and back, and the bytes are stable."""
    data = encode_request(request_)  # type: ignore[arg-type]
    assert request_ == decode_request(data, "p")
    assert data == encode_request(decode_request(data, "p"))


def test_the_record_of_format_1_is_read() -> None:
    """The golden file: later releases must read it to the same value."""
    data = (VECTORS / "request-1.json").read_bytes()
    request = decode_request(data, "request-1.json")
    assert ("web-3eb544766d41", "web", "corporate", "web-1") == (
        request.id,
        request.identity,
        request.issuer,
        request.node,
    )
    assert (RequestState.ISSUED, "2026-06-03T12:00:00+00:00") == (
        request.state,
        request.issued.isoformat() if request.issued else "",
    )
    assert (("web.example", "192.0.2.10"), timedelta(days=90)) == (
        request.template.names,
        request.template.lifetime,
    )
    assert request.leaf is not None
    assert (1, "CN=Golden Issuing") == (len(request.chain), str(request.leaf.issuer))
    assert data == encode_request(request)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 4},
        {"state": "lost"},
        {"request": "!"},
        {"request": "AAAA"},
        {"leaf": "AAAA"},
        {"created": "yesterday"},
        {"extra": 1},
        {"template": {}},
    ],
)
def test_what_is_no_record_is_an_error_with_its_path(change: dict[str, object]) -> None:
    """A later format, an unknown word, spoilt bytes: refused, never half read."""
    document = json.loads(encode_request(START)) | change
    with pytest.raises(CouldNotLookError) as failed:
        decode_request(json.dumps(document).encode(), "a/b.json")
    assert ("issue.request-file-unreadable", "a/b.json") == (failed.value.code, failed.value.values["path"])


def test_a_record_holds_no_key() -> None:
    """The key's path stands in it, the key never."""
    text = encode_request(ISSUED).decode()
    assert "/keys/web.key" in text
    assert "PRIVATE" not in text
