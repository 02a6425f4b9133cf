"""Where a message does not tell which upload it was, that is asked, and what one of them wants is no fault."""

from __future__ import annotations

import pytest

from support.pki import NOW
from support.vendor_faults import chain, log_line, town
from warifu.domain.diagnosis import Concerned, Scene, diagnose, find_messages, form_of
from warifu.domain.diagnosis.catalogue import SYMPTOMS
from warifu.domain.diagnosis.rules_met import PROFILES
from warifu.domain.findings import Code, Finding
from warifu.domain.x509 import load, to_pem


@pytest.mark.req("S4-47")
@pytest.mark.parametrize(
    ("method", "count", "asked"), [(False, 3, True), (False, 1, False), (True, 3, False), (True, 1, False)]
)
def test_which_upload_it_was_is_asked_where_the_log_does_not_tell(
    method: bool, count: int, asked: bool
) -> None:
    """A whole chain is what a migration wants and no fault of the file; both uploads are named, in both languages."""
    data = to_pem(chain(town().leaf())[:count])
    scene = Scene(NOW, (Concerned("a.pem", form_of(data), load(data, "a.pem")),))
    more = Finding(Code.FILE_HOLDS_MORE, "a.pem", {})
    judged = {PROFILES["CSEC9002"]: (more,)}
    (answer,) = diagnose(find_messages(log_line("CSEC9002", method=method)), scene, judged).answers
    assert asked is (answer.asks is not None)
    assert (() if count > 1 else (more,)) == answer.beside
    asks = SYMPTOMS["CSEC9002"].asks
    assert asks is not None
    for text in (asks.en, asks.ja):
        assert "--for dell-ome-server" in text
        assert "--for dell-ome-migration" in text
