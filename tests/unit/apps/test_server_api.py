"""The API's frame: what Litestar refuses is told in our words, and changes under a key are made once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from litestar import asgi, get, post
from litestar.middleware import DefineMiddleware
from litestar.params import FromPath, JSONBody, QueryParameter

from support.replies import RepliesInMemory
from support.running import wait_until
from support.serving import Client, Lab, real_now, serving
from warifu.apps.server.api import Api, problems
from warifu.apps.server.base import App, Base, Receive, Scope, Send, call_of
from warifu.apps.server.idempotency import Idempotency
from warifu.apps.server.limits import Limits
from warifu.apps.server.metrics import REQUESTS
from warifu.apps.server.streams import Streams, event
from warifu.errors import CouldNotLookError, RefusedError


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(max_length=10)]
    count: int = 1


class Shop:
    """Routes that count what was done."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.fails = 0
        self.go_on = threading.Event()
        self.go_on.set()

    def app(self, base: Base) -> App:
        @get("/v1/things/{name:str}", sync_to_thread=False, responses=problems(404))
        def show(name: FromPath[str]) -> dict[str, str]:
            if name == "boom":
                raise ValueError(name)
            if name == "gone":
                raise RefusedError("server.not-found", path=name)
            return {"name": name}

        @get("/v1/things", sync_to_thread=False)
        def page(limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100) -> dict[str, int]:
            return {"limit": limit}

        @post("/v1/things", sync_to_thread=True)
        def make(data: JSONBody[Wish]) -> dict[str, Any]:
            self.go_on.wait(20)
            if self.fails:
                self.fails -= 1
                raise CouldNotLookError("server.not-started")
            self.done.append(data.name)
            return {"made": data.name, "number": len(self.done)}

        class SignIn:
            def __init__(self, app: App) -> None:
                self._app = app

            async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
                named = [value for name, value in scope["headers"] if name == b"x-person"]
                call_of(scope).who = named[0].decode() if named else "nobody"
                await self._app(scope, receive, send)

        streams = Streams(base, lambda: 1)

        @asgi("/v1/events", copy_scope=True)
        async def follow(scope: Scope, receive: Receive, send: Send) -> None:
            await streams.serve(scope, send, topics=["x"], first=event("now", call_of(scope).who))

        keeping = DefineMiddleware(Idempotency, replies=RepliesInMemory(), clock=real_now)  # type: ignore[arg-type]
        return Api([show, page, make, follow], base, middleware=[SignIn, keeping])


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def lab(shop: Shop) -> Iterator[Lab]:
    with serving(with_tls=False, api=shop.app, limits=Limits(body_bytes=5000)) as running:
        yield running


@pytest.fixture
def client(lab: Lab) -> Iterator[Client]:
    with Client(lab.port, None) as opened:
        yield opened


def wish(
    client: Client, name: str = "cup", *, key: str = "", person: str = "ito"
) -> tuple[int, dict[str, Any]]:
    headers = f"Content-Type: application/json\r\nX-Person: {person}\r\n"
    headers += f"Idempotency-Key: {key}\r\n" if key else ""
    status, body = client.ask(
        "/v1/things", method="POST", headers=headers, body=json.dumps({"name": name}).encode()
    )
    return status, json.loads(body)


def test_a_route_is_counted_by_its_pattern(lab: Lab, client: Client) -> None:
    """Whatever stands in the path, there is one label."""
    for name in ("cup", "can"):
        assert (200, f'{{"name":"{name}"}}') == client.ask(f"/v1/things/{name}")
    wait_until(
        lambda: lab.base.metrics.of(REQUESTS, "/v1/things/{name}", "GET", "200") == 2, "both to be counted"
    )


@pytest.mark.parametrize(
    ("path", "options", "code", "status"),
    [
        ("/v1/none", {}, "server.not-found", 404),
        ("/v1/things/gone", {}, "server.not-found", 404),
        ("/v1/things", {"method": "PATCH"}, "server.wrong-method", 405),
        ("/v1/things", {"method": "OPTIONS"}, "server.wrong-method", 405),
        ("/v1/things", {"method": "PROPFIND"}, "server.wrong-method", 405),
        ("/v1/things?limit=0", {}, "server.malformed", 400),
        ("/v1/things?limit=x", {}, "server.malformed", 400),
        ("/v1/things", {"method": "POST", "body": b"{"}, "server.malformed", 400),
        (
            "/v1/things",
            {"method": "POST", "body": b'{"name": "' + b"a" * 11 + b'"}'},
            "server.malformed",
            400,
        ),
        ("/v1/things", {"method": "POST", "body": b'{"nam": "a"}'}, "server.malformed", 400),
        ("/v1/things", {"method": "POST", "body": b"[" * 4000}, "server.too-deep", 400),
        ("/v1/things", {"method": "POST", "body": b" " * 5001}, "server.too-large", 413),
        ("/v1/things/boom", {}, "server.unexpected", 500),
    ],
)
def test_what_litestar_refuses_is_told_in_our_words(
    client: Client, path: str, options: dict[str, Any], code: str, status: int
) -> None:
    """A problem document in every case."""
    if "body" in options:
        options = {**options, "headers": "Content-Type: application/json\r\n"}
    document = client.problem(path, **options)
    assert (code, status) == (document["code"], document["status"])


def test_what_does_not_fit_is_named(client: Client) -> None:
    """The place of the fault stands in the values."""
    document = client.problem("/v1/things?limit=0")
    assert "limit" in str(document["values"])
    assert {"reason": ["body: missing"]} == client.problem("/v1/things", method="POST")["values"]


def test_the_description_of_the_api_is_served(client: Client) -> None:
    """OpenAPI as JSON, with the problems that a route answers by, and no page that loads anything from elsewhere."""
    status, body = client.ask("/v1/schema/openapi.json")
    described = json.loads(body)
    responses = described["paths"]["/v1/things/{name}"]["get"]["responses"]
    assert (200, "3.1.0") == (status, described["openapi"])
    assert {"200", "400", "404", "413", "503"} <= set(responses)
    assert {"application/problem+json"} == set(responses["404"]["content"])
    assert {"200", "400", "413", "503"} == set(described["paths"]["/v1/things"]["get"]["responses"])
    assert 404 == client.ask("/v1/schema/swagger")[0]


def test_the_description_is_true(lab: Lab, tmp_path: Path) -> None:
    """Schemathesis finds no answer that the description does not have."""
    program = Path(sys.executable).with_name("schemathesis")
    if not program.exists():
        pytest.skip("needs schemathesis, of the dev group")
    address = f"http://127.0.0.1:{lab.port}/v1/schema/openapi.json"
    argv = [
        str(program),
        "run",
        address,
        "--max-examples",
        "20",
        "--phases",
        "coverage,fuzzing",
        "--seed",
        "1",
    ]
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=120, cwd=tmp_path, check=False)
    assert 0 == ran.returncode, ran.stdout[-3000:]


def test_a_stream_may_be_a_route_of_the_api(client: Client) -> None:
    """Behind whatever finds out who asks, and without the description knowing it."""
    client.send("/v1/events", headers="X-Person: ito\r\n")
    answer = client.answer()
    assert (200, "text/event-stream") == (answer.status, answer.headers["Content-Type"])
    told = answer.read1().splitlines()
    assert [b"retry: 1", b"", b"event: now", b"data: ito", b""] == [one for one in told if one[:3] != b"id:"]


def test_a_change_under_a_key_is_made_once(client: Client, shop: Shop) -> None:
    """The second answer is the first one's, and says that it is."""
    first, second = (wish(client, key="k-1") for _ in range(2))
    assert ((201, {"made": "cup", "number": 1}), ["cup"]) == (first, shop.done)
    assert first == second
    client.send(
        "/v1/things",
        method="POST",
        headers='Content-Type: application/json\r\nX-Person: ito\r\nIdempotency-Key: "k-1"\r\n',
        body=b'{"name": "cup"}',
    )
    answer = client.answer()
    assert ("true", 201) == (answer.headers["Idempotency-Replayed"], answer.status)
    answer.read()


def test_without_a_key_it_is_made_each_time(client: Client, shop: Shop) -> None:
    """And under the same key by somebody else, too."""
    wish(client)
    wish(client)
    wish(client, key="k", person="ito")
    wish(client, key="k", person="sato")
    assert 4 == len(shop.done)


def test_a_key_belongs_to_one_request(client: Client, shop: Shop) -> None:
    """Another body under it is refused, and nothing is made."""
    wish(client, key="k")
    status, document = wish(client, "can", key="k")
    assert (422, "server.key-reused", ["cup"]) == (status, document["code"], shop.done)


def test_what_failed_may_be_asked_for_again(client: Client, shop: Shop) -> None:
    """A failure is not kept."""
    shop.fails = 1
    assert [503, 201] == [wish(client, key="k")[0] for _ in range(2)]


def test_a_key_that_is_none_is_refused(client: Client, shop: Shop) -> None:
    """Too long, or empty."""
    assert ["server.key-malformed"] * 2 == [wish(client, key=key)[1]["code"] for key in ("a" * 129, '""')]
    assert [] == shop.done


def test_the_same_change_asked_for_twice_at_once_is_made_once(lab: Lab, shop: Shop) -> None:
    """The second is told that the first one runs."""
    shop.go_on.clear()
    with Client(lab.port, None) as first, Client(lab.port, None) as second:
        body = b'{"name": "cup"}'
        headers = "Content-Type: application/json\r\nIdempotency-Key: k\r\nX-Person: ito\r\n"
        first.send("/v1/things", method="POST", headers=headers, body=body)
        seen: list[object] = []
        for client in (second,):
            document = client.problem("/v1/things", method="POST", headers=headers, body=body)
            seen.append(document["code"])
        shop.go_on.set()
        assert (["server.key-running"], 201) == (seen, first.answer().status)
    assert ["cup"] == shop.done
