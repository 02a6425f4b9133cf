"""Streams that are answered to their end, and what was pushed while nobody listened."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import pytest

from support.pki import make_ca
from support.running import wait_until
from support.serving import Client, Lab, serving
from support.trust_server import TrustServer, now, run_server
from warifu.adapters.orders.agent import HttpAgentLine
from warifu.adapters.orders.https import Https
from warifu.adapters.orders.tls import unverified
from warifu.apps.server.limits import Limits
from warifu.apps.server.metrics import STREAMS
from warifu.apps.server.streams import event
from warifu.wire.parcel import unpack
from warifu.wire.signed import canonical
from warifu.wire.trust_files import TrustAsk


@pytest.fixture
def lab() -> Iterator[Lab]:
    with serving(with_tls=False) as made:
        yield made


def read(client: Client, **headers: str) -> tuple[list[str], str]:
    """The events of a stream that ends, and the id of the last."""
    told = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    client.send("/stream", headers=told)
    lines = client.answer().read().decode().splitlines()
    data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    ids = [line.removeprefix("id: ") for line in lines if line.startswith("id: ")]
    return data, ids[-1] if ids else ""


def test_a_stream_that_waits_ends_with_the_first_events(lab: Lab) -> None:
    """And with nothing when the time is over; one connection carries them all, and everything else."""
    with Client(lab.port, None) as client:
        data, last = read(client, Prefer="wait=30")
        assert ["1"] == data
        client.send("/stream", headers=f"Prefer: respond-async, wait=30\r\nLast-Event-ID: {last}\r\n")
        answer = client.answer()
        assert b"retry: 100\n" == answer.readline()
        lab.server.push(event("news", "7"), "trust")
        assert b"data: 7\n" in answer.readlines()
        data, _ = read(client, Prefer="wait=1", Last_Event_ID=last)
        assert ["7"] == data, "what was told before is told to whoever asks for it again"
        assert (200, "nobody") == client.ask("/who")
    wait_until(lambda: lab.base.metrics.of(STREAMS) == 0, "no stream to be left")


def test_nothing_is_missed_between_two_streams(lab: Lab) -> None:
    """In their order, of the topics that are followed, once."""
    with Client(lab.port, None) as client:
        _, last = read(client, Prefer="wait=30")
        for number in range(5):
            lab.server.push(event("news", str(number)), "trust")
            lab.server.push(event("news", "foreign"), "another topic")
        missed: list[str] = []
        while len(missed) < 5:
            data, last = read(client, Prefer="wait=30", Last_Event_ID=last)
            missed += data
        assert ["0", "1", "2", "3", "4"] == missed
        assert [] == read(client, Prefer="wait=1", Last_Event_ID=last)[0]


@pytest.mark.parametrize("last", ["", "x", "00000001", "ffffffff-0", "{run}-99999", "{run}--1"])
def test_who_cannot_say_what_it_heard_hears_where_things_stand(lab: Lab, last: str) -> None:
    """The id of another server's run, of the future, or no id at all."""
    with Client(lab.port, None) as client:
        _, known = read(client, Prefer="wait=30")
        run = known.partition("-")[0]
        assert ["1"] == read(client, Prefer="wait=30", Last_Event_ID=last.replace("{run}", run))[0]


def test_what_was_told_too_long_ago_is_not_kept(lab: Lab) -> None:
    """Memory is bounded: who slept through a thousand events looks anew."""
    with Client(lab.port, None) as client:
        _, last = read(client, Prefer="wait=30")
        for number in range(1100):
            lab.server.push(event("news", str(number)), "trust")
        assert ["1"] == read(client, Prefer="wait=30", Last_Event_ID=last)[0]


@pytest.mark.parametrize("prefer", ["", "wait=", "wait=x", "waits=1", "await=1", "wait=99999"])
def test_without_a_time_a_stream_stays_open(lab: Lab, prefer: str) -> None:
    """As event streams do."""
    with Client(lab.port, None) as client:
        client.send("/stream", headers=f"Prefer: {prefer}\r\n")
        answer = client.answer()
        while answer.readline() != b"data: 1\n":
            pass
        for number in range(3):
            lab.server.push(event("news", str(number)), "trust")
            while answer.readline() != f"data: {number}\n".encode():
                pass
        assert 1 == lab.base.metrics.of(STREAMS)
        answer.close()
    wait_until(lambda: lab.base.metrics.of(STREAMS) == 0, "the stream to be forgotten")


def test_a_stream_ends_with_its_connection_whatever_was_asked_behind_it() -> None:
    """A request that was sent before the stream was over keeps no stream alive."""
    with serving(with_tls=False, limits=Limits(heartbeat=1)) as lab:
        with Client(lab.port, None) as client:
            client.send("/stream")
            client.send("/who")
            wait_until(lambda: lab.base.metrics.of(STREAMS) == 1, "the stream to be open")
        wait_until(lambda: lab.base.metrics.of(STREAMS) == 0, "the stream to be forgotten")


# --- what agents send and are sent in gzip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrustServer]:
    with run_server(tmp_path_factory.mktemp("gzip")) as made:
        made.publish("shop", make_ca("Root", now=now()).value)
        yield made


@pytest.fixture(scope="module")
def https(server: TrustServer) -> Https:
    """A node's connection."""
    line = server.node("web-1").line()
    assert isinstance(line, HttpAgentLine)
    return line._https


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (gzip.compress(b"{}"), "rotation.document-malformed"),
        (b"{}", "server.malformed"),
        (gzip.compress(b"{}" * 1000)[:-9], "server.malformed"),
        (gzip.compress(b" " * (4 << 20) + b"  "), "server.too-large"),
        (gzip.compress(b"0" * (200 << 20)), "server.too-large"),
    ],
    ids=["no report", "no gzip", "cut", "a little too large", "a bomb"],
)
def test_a_report_in_gzip_is_bounded_by_what_it_holds(https: Https, body: bytes, code: str) -> None:
    """Not by what came: 200 KiB may stand for 200 MiB."""
    heard = https.ask("POST", "/agent/v1/report", body, headers={"Content-Encoding": "gzip"})
    assert code == json.loads(heard.body)["code"]


def test_what_is_newer_comes_in_gzip_where_it_is_asked_for(https: Https) -> None:
    """The same bytes either way; strangers are told nothing."""
    asked = canonical(TrustAsk({"root": 1}, ("shop",))).encode()
    plain = https.ask("POST", "/agent/v1/trust", asked)
    packed = https.ask("POST", "/agent/v1/trust", asked, headers={"Accept-Encoding": "gzip"})
    assert unpack(plain.body) == unpack(packed.body)
    assert {"timestamp.json", "2.root.json"} < set(unpack(plain.body))


def test_strangers_are_not_told_what_is_newer(server: TrustServer) -> None:
    """Whoever has no identity fetches files one by one, and costs no more than that."""
    heard = Https([server.url], unverified()).ask("POST", "/agent/v1/trust", b"{}")
    assert (403, "server.no-certificate") == (heard.status, json.loads(heard.body)["code"])
