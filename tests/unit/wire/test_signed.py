"""Messages that say who wrote them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.pki import NOW, make_ca, make_key
from warifu.errors import RefusedError, UsageError
from warifu.wire.agent import RenewRequest, Report
from warifu.wire.signed import Signed, canonical, open_signed, parse, sign

REPORT = Report("web-1", 7, NOW, "boot", 12.5, versions={"shop": 3})


@pytest.mark.parametrize("kind", ["ec", "ed25519", "rsa"])
def test_what_a_key_signed_is_read_by_its_certificate(kind: str) -> None:
    """Each kind of key that identities have."""
    node = make_ca("Agents").leaf("web-1", key=make_key(kind))
    signed = sign(REPORT, node.value, node.private_key)
    assert REPORT == open_signed(Report, signed, node.value)
    assert signed == parse(Signed, canonical(signed))


def test_another_key_other_bytes_or_another_kind_of_message_is_refused() -> None:
    """What was signed as a report is no request for an identity, whatever it holds."""
    ca = make_ca("Agents")
    node, other = ca.leaf("web-1"), ca.leaf("web-2")
    signed = sign(REPORT, node.value, node.private_key)
    forged = [
        replace(signed, payload=signed.payload.replace("web-1", "web-9")),
        replace(signed, signature=signed.signature[:-8] + "AAAAAAA="),
        replace(signed, signature="no base64"),
        sign(REPORT, node.value, other.private_key),
    ]
    for one in forged:
        with pytest.raises(RefusedError, match=r"agent\.signature-wrong"):
            open_signed(Report, one, node.value)
    with pytest.raises(RefusedError, match=r"agent\.signature-wrong"):
        open_signed(Report, signed, other.value)
    with pytest.raises(RefusedError, match=r"agent\.signature-wrong"):
        open_signed(RenewRequest, signed, node.value)


def test_what_is_rightly_signed_and_no_message_is_said_to_be_malformed() -> None:
    """A later release may say more: nothing is guessed."""
    node = make_ca("Agents").leaf("web-1")
    signed = sign(REPORT, node.value, node.private_key)
    text = signed.payload.replace('"counter":7', '"counter":"7"')
    with pytest.raises(UsageError, match=r"rotation\.document-malformed"):
        parse(Report, text)
    with pytest.raises(UsageError, match=r"rotation\.document-malformed"):
        parse(Report, "[" * 100_000)
