"""What every request passes: its limits, its problem document when something is wrong, its line in the log.

Hot routes stand beside the API, as plain ASGI applications; what nobody else answers is the API's.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Mapping

from warifu.apps.server.base import App, Base, Call, Message, Receive, Scope, Send, call_of
from warifu.apps.server.metrics import DURATION, REFUSED, REQUESTS
from warifu.apps.server.problem import lang_of, problem_of
from warifu.apps.server.redaction import shown_path
from warifu.errors import CouldNotLookError, RefusedError, WarifuError

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_LARGEST_LENGTH = 18  # digits


class Gate:
    """Answers each request by the part that it belongs to.

    Args:
        base: what the server stands on.
        api: the application that knows all other routes.
        hot: applications by the beginning of the paths that are theirs; one that ends in `/` has everything below.
    """

    def __init__(self, base: Base, api: App, hot: Mapping[str, App]) -> None:
        self._base = base
        self._api = api
        self._hot = dict(hot)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; nothing leaves as an exception but the end of the task itself."""
        call = call_of(scope)
        answer = _Answer(send, call)
        began = self._base.tick()
        try:
            async with asyncio.timeout(self._base.limits.answer) as timer:
                call.unbounded = lambda: timer.reschedule(None)
                await self._application(scope)(scope, self._bounded(receive), answer)
        except WarifuError as error:
            await self.tell(error, scope, answer)
        except TimeoutError:
            self._base.metrics.add(REFUSED, "answer")
            seconds = int(self._base.limits.answer)
            await self.tell(CouldNotLookError("server.too-slow", seconds=seconds), scope, answer)
        except Exception as error:  # noqa: BLE001  the outermost loop of a request
            tell_unexpected(self._base, error, request=call.id)
            await self.tell(WarifuError("server.unexpected", request=call.id), scope, answer)
        finally:
            self._note(scope, answer.status, self._base.tick() - began)

    async def tell(self, error: WarifuError, scope: Scope, answer: _Answer) -> None:
        """Answer by a problem document, unless an answer has begun: then the connection ends."""
        if answer.status:
            call_of(scope).drop()
            return
        problem = problem_of(error, lang_of(scope["headers"]), call_id=call_of(scope).id)
        await answer(
            {"type": "http.response.start", "status": problem.status, "headers": list(problem.headers)}
        )
        await answer({"type": "http.response.body", "body": problem.body})

    def _application(self, scope: Scope) -> App:
        path: str = scope["path"]
        length = _length(scope)
        if length > self._base.limits.body_bytes:
            raise RefusedError("server.too-large", limit=self._base.limits.body_bytes)
        if path in self._hot:
            return self._hot[path]
        below = path[: path.find("/", 1) + 1]
        return self._hot.get(below, self._api) if below else self._api

    def _bounded(self, receive: Receive) -> Receive:
        """Return what reads the body, and refuses to read more of it than is allowed."""
        left = self._base.limits.body_bytes

        async def read() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise RefusedError("server.too-large", limit=self._base.limits.body_bytes)
            return message

        return read

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        call = call_of(scope)
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._base.metrics.add(REQUESTS, call.route, method, str(status))
        if not call.is_stream:
            self._base.metrics.note(DURATION, call.route, seconds=seconds)
        self._base.log.info(
            "request",
            request=call.id,
            who=call.who or (call.peer.node if call.peer else ""),
            address=call.address,
            method=method,
            route=call.route,
            path=shown_path(scope["path"], scope["query_string"]),
            status=status,
            seconds=round(seconds, 4),
        )


def tell_unexpected(base: Base, error: BaseException, *, request: str = "") -> None:
    """Log where an error came from that nobody foresaw; never its text, which may hold anything."""
    places = traceback.extract_tb(error.__traceback__)[-12:]
    base.log.error(
        "unexpected",
        request=request,
        error=type(error).__name__,
        at=[
            f"{place.filename.rpartition('/site-packages/')[2]}:{place.lineno} {place.name}"
            for place in places
        ],
    )


class _Answer:
    """Sends on, keeps the status, and gives each answer its request's number."""

    def __init__(self, send: Send, call: Call) -> None:
        self._send = send
        self._call = call
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = ((b"x-request-id", self._call.id.encode()), (b"x-content-type-options", b"nosniff"))
            headers = [*message.get("headers", ()), *own]
            message = {**message, "headers": headers}
        await self._send(message)


def _length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() and len(value) <= _LARGEST_LENGTH else 10**_LARGEST_LENGTH
    return 0
