"""How the server answers: problems, probes, its log, and signed files."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator

import pytest

from support.running import wait_until
from support.serving import Client, Lab, serving
from warifu.apps.server.base import App, Base
from warifu.apps.server.metrics import CONNECTIONS, REQUESTS
from warifu.apps.server.trust_files import TrustFiles

FILES = {
    "timestamp.json": b'{"version": 1}',
    "3.root.json": b'{"root": 3}',
    "targets/shop/" + "a" * 64 + ".bundle.json": b'{"anchors": []}',
    "targets/shop/crls/" + "b" * 64 + "." + "c" * 64 + ".crl": b"\x30\x00",
}


@pytest.fixture
def lab() -> Iterator[Lab]:
    with serving(with_tls=False) as running:
        yield running


@pytest.fixture
def client(lab: Lab) -> Iterator[Client]:
    with Client(lab.port, None) as opened:
        yield opened


def events(lab: Lab, name: str = "request") -> list[dict[str, object]]:
    found = [json.loads(line) for line in lab.log.getvalue().splitlines()]
    return [one for one in found if one["event"] == name]


def test_a_refusal_is_told_in_the_readers_language(client: Client) -> None:
    """As a problem document, with what to wait for."""
    client.send("/refuse", headers="Accept-Language: ja\r\n")
    answer = client.answer()
    document = json.loads(answer.read())
    assert (429, "7", "ja") == (
        answer.status,
        answer.headers["Retry-After"],
        answer.headers["Content-Language"],
    )
    assert "試行回数が多すぎます。7 秒後にやり直してください。" == document["detail"]
    assert document["instance"].endswith(answer.headers["X-Request-Id"])


def test_what_nobody_foresaw_tells_nothing_of_itself(lab: Lab, client: Client) -> None:
    """500 with the request's number; the log has type and place, and neither has the exception's text."""
    document = client.problem("/boom")
    assert (500, "server.unexpected") == (document["status"], document["code"])
    wait_until(lambda: len(events(lab)) == 1, "the request in the log")
    (told,) = events(lab, "unexpected")
    assert "ValueError" == told["error"]
    assert "_boom" in str(told["at"])
    assert told["request"] == document["values"]["request"]  # type: ignore[index]
    assert "s3cret" not in lab.log.getvalue() + str(document)


def test_each_request_is_one_line_of_the_log(lab: Lab, client: Client) -> None:
    """Who, from where, what, how it ended; no token, neither of the query nor of a field."""
    client.ask("/who?token=s3cret", headers="Authorization: Bearer s3cret\r\nCookie: s3cret\r\n")
    wait_until(lambda: len(events(lab)) == 1, "the request in the log")
    (told,) = events(lab)
    assert ("127.0.0.1", "GET", "/who?token=…", 200) == tuple(
        told[name] for name in ("address", "method", "path", "status")
    )
    assert "s3cret" not in lab.log.getvalue()


def test_an_unknown_path_and_method_are_told(client: Client) -> None:
    """404 and 405."""
    assert "server.not-found" == client.problem("/nothing/here")["code"]
    assert "server.wrong-method" == client.problem("/health", method="POST")["code"]


def test_unknown_paths_and_methods_do_not_grow_the_counts(lab: Lab, client: Client) -> None:
    """Whatever is asked for, it is counted as something else."""
    for number in range(5):
        client.ask(f"/nothing/{number}", method="PROPFIND" if number % 2 else "GET")
    found = (
        lab.base.metrics.of(REQUESTS, "other", *rest)
        for rest in (("GET", "404"), ("other", "400"), ("other", "404"))
    )
    assert [3, 0, 2] == list(found)


def test_it_tells_that_it_lives_and_what_it_counts(lab: Lab, client: Client) -> None:
    """/health, /ready and /metrics, without signing in."""
    assert (200, '{"status": "pass"}') == client.ask("/health")
    assert 200 == client.ask("/ready")[0]
    wait_until(lambda: lab.base.metrics.of(CONNECTIONS) == 1, "the connection to be counted")
    status, text = client.ask("/metrics")
    assert 200 == status
    assert "warifu_connections 1\n" in text
    assert 'warifu_requests_total{route="/health",method="GET",status="200"} 1\n' in text


def test_what_is_not_ready_is_named() -> None:
    """503 and the word for it; asked often, it is looked at once a second at most."""
    asked: list[float] = []

    def lacking() -> tuple[str, ...]:
        asked.append(time.monotonic())
        return ("database",)

    with serving(with_tls=False, lacking=lacking) as lab, Client(lab.port, None) as client:
        documents = [client.problem("/ready") for _ in range(20)]
        assert ({"what": ["database"], "seconds": 1}, 503) == (documents[0]["values"], documents[0]["status"])
        assert len(asked) <= 1 + (asked[-1] - asked[0]) / 0.9


@pytest.fixture
def files() -> Iterator[tuple[Lab, Client, list[str]]]:
    asked: list[str] = []

    def find(name: str) -> bytes | None:
        asked.append(name)
        return FILES.get(name)

    with (
        serving(with_tls=False, routes=lambda base: {"/trust/": TrustFiles(base, find)}) as lab,
        Client(lab.port, None) as client,
    ):
        yield lab, client, asked


def test_every_signed_file_is_served(files: tuple[Lab, Client, list[str]]) -> None:
    """Byte for byte; what bears a version or digest for ever, the timestamp to be asked for again."""
    _, client, asked = files
    for name, data in FILES.items():
        for _ in range(2):
            client.send(f"/trust/{name}")
            answer = client.answer()
            assert data == answer.read()
            assert ("immutable" in answer.headers["Cache-Control"]) == (name != "timestamp.json")
            assert hashlib.sha256(data).hexdigest()[:32] in answer.headers["ETag"]
    assert [2 if name == "timestamp.json" else 1 for name in FILES] == [asked.count(name) for name in FILES]


@pytest.mark.parametrize(
    ("tag", "status"), [("{}", 304), ('"x", W/{}', 304), ("*", 304), ('"x"', 200), ("", 200)]
)
def test_what_a_reader_has_is_not_sent_again(
    files: tuple[Lab, Client, list[str]], tag: str, status: int
) -> None:
    """304 without a body where the tag is its own."""
    _, client, _ = files
    client.send("/trust/timestamp.json")
    answer = client.answer()
    answer.read()
    client.send("/trust/timestamp.json", headers=f"If-None-Match: {tag.format(answer.headers['ETag'])}\r\n")
    again = client.answer()
    assert (status, b"" if status == 304 else FILES["timestamp.json"]) == (again.status, again.read())


@pytest.mark.parametrize(
    "name",
    ["", "other.json", "../keys/x", "%2e%2e/keys", "a/b/c/d/e/f", "Timestamp.json", "x%00", "a//b", "/etc"],
)
def test_what_is_no_file_is_not_found(files: tuple[Lab, Client, list[str]], name: str) -> None:
    """A name that none of our files can have is never asked for."""
    _, client, asked = files
    assert "server.not-found" == client.problem(f"/trust/{name}")["code"]
    assert ([name] if name == "other.json" else []) == asked


def test_a_head_has_no_body(files: tuple[Lab, Client, list[str]]) -> None:
    """HEAD has the length, and the connection goes on."""
    _, client, _ = files
    client.socket.sendall(b"HEAD /trust/3.root.json HTTP/1.1\r\nHost: a\r\n\r\n")
    head = client.socket.recv(4096)
    assert b"content-length: 11" in head
    assert head.endswith(b"\r\n\r\n")
    assert (200, FILES["3.root.json"].decode()) == client.ask("/trust/3.root.json")


def test_many_who_ask_at_once_are_one_question() -> None:
    """Whoever asks while the file is being looked for waits for that; after a change it is looked for anew."""
    asked: list[str] = []
    go_on = threading.Event()

    def find(name: str) -> bytes | None:
        asked.append(name)
        go_on.wait(20)
        return b"x"

    made: list[TrustFiles] = []

    def routes(base: Base) -> dict[str, App]:
        made.append(TrustFiles(base, find))
        return {"/trust/": made[0]}

    with serving(with_tls=False, routes=routes) as lab:
        clients = [Client(lab.port, None) for _ in range(20)]
        for client in clients[:-1]:
            client.send("/trust/timestamp.json")
        wait_until(lambda: lab.base.metrics.of(CONNECTIONS) == 20 and bool(asked), "all to have asked")
        made[0].changed()
        clients[-1].send("/trust/timestamp.json")
        wait_until(lambda: len(asked) == 2, "the second question")
        go_on.set()
        for client in clients:
            with client:
                assert b"x" == client.answer().read()
    assert 2 == len(asked)


def test_what_is_kept_of_files_is_bounded() -> None:
    """The file not asked for longest gives way."""
    asked: list[str] = []

    def find(name: str) -> bytes | None:
        asked.append(name)
        return b"x" * 1000

    with (
        serving(with_tls=False, routes=lambda base: {"/trust/": TrustFiles(base, find, most=2500)}) as lab,
        Client(lab.port, None) as client,
    ):
        for version in (1, 2, 1, 3, 1, 2):
            client.ask(f"/trust/{version}.root.json")
    assert [1, 2, 3, 2] == [int(name[0]) for name in asked]
