"""An estate as text reads back as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.estate_texts import SMALL, estate_of
from support.pki import NOW
from warifu.domain.estate import IdentityValue, Template
from warifu.domain.estate.faults import Faults
from warifu.domain.estate.tables import duration_text
from warifu.domain.estate.write import write_estate
from warifu.domain.x509 import Sha256
from warifu.errors import UsageError

EVERYTHING = """
[estate]
name = "everything"
[nodes.far]
reach = "ssh"
destination = "ops@far"
options = ["-p", "2222"]
sudo = true
owner = "ito"
[nodes.box]
reach = "by-hand"
platform = "windows"
[owners.ito]
contact = 'ito@example "quoted" \\ and a tab\t'
answer-within = "36h"
remind-every = "90m"
[services.box]
node = "box"
target = "by-hand"
options = { "mode of work" = "fast" }
[services.box.trusts.up]
store = "up"
anchors = "C:/ca.pem"
[connections.box-to-web]
clients = ["box"]
servers = ["web"]
server-name = "web"
no-sni = true
provenance = "seen"
seen = 2026-11-21T09:00:00Z
[groups.front]
services = ["web"]
max-unavailable = 2
windows = ["night"]
[groups.back]
services = ["app"]
[windows.night]
zone = "Asia/Tokyo"
weekdays = ["mon", "sun"]
start = "22:30"
length = "45s"
freezes = [["2026-12-20", "2027-01-05"]]
[issuers.ca]
kind = "local"
folder = "ca"
passphrase-file = "pass"
chain = "chain.pem"
owner = "ito"
[[waivers]]
subject = "app-to-web"
by = "Ito"
reason = "no test \\"instance\\" \\u0001"
expires = 2027-01-31T00:00:00Z
"""


def test_every_kind_of_thing_reads_back() -> None:
    """Nothing that an estate may declare is lost or changed by writing it."""
    estate = estate_of(SMALL, EVERYTHING)
    assert 1 == len(estate.waivers)
    text = write_estate(estate)
    assert estate == estate_of(text)
    assert text == write_estate(estate_of(text))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(86400, "1d"), (129600, "36h"), (5400, "90m"), (45, "45s"), (0, "0s"), (90061, "90061s")],
)
def test_a_duration_is_written_in_the_largest_unit_that_carries_it(seconds: int, text: str) -> None:
    """Whole units only."""
    assert text == duration_text(timedelta(seconds=seconds))


def test_a_fault_met_twice_is_told_once() -> None:
    """The same fault at the same place is noted once, another place is another fault."""
    faults = Faults()
    for line in (1, 1, 2):
        faults.add(UsageError("estate.not-time", where=f"e.toml:{line}"))
    assert ["e.toml:1", "e.toml:2"] == [fault.values["where"] for fault in faults.found]


def test_a_template_stands_in_for_a_leaf() -> None:
    """A slot's value tells a leaf that has no bytes yet from one that has."""
    nobody = Sha256("00" * 32)
    template = Template("web", (), nobody, ("web.example",), "", (), "ec-p256", NOW, timedelta(days=90))
    assert IdentityValue(template.id).is_template
    assert not IdentityValue(nobody.hex).is_template
