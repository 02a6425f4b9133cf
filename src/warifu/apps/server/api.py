"""The API: Litestar, with our problem documents in the place of its own errors.

Spec: RFC 9457; OpenAPI 3.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Litestar, Request, Response
from litestar._openapi.schema_generation import SchemaCreator
from litestar._openapi.schema_generation.plugins.struct import StructSchemaPlugin
from litestar.config.response_cache import ResponseCacheConfig
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Schema
from litestar.types import ControllerRouterHandler
from litestar.typing import FieldDefinition

from warifu.apps.server.base import Base, Receive, Scope, Send, call_of
from warifu.apps.server.described import configuration, describe, name_operations, refuse_unknown
from warifu.apps.server.gate import tell_unexpected
from warifu.apps.server.problem import CONTENT_TYPE, lang_of, problem_of
from warifu.errors import RefusedError, UsageError, WarifuError

_Request = Request[Any, Any, Any]
_ASKED = "warifu.method"


class ProblemDocument(msgspec.Struct, kw_only=True):
    """What is answered when something is wrong."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    values: dict[str, Any]
    instance: str = ""
    errors: list[dict[str, Any]] = msgspec.field(default_factory=list)


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """Return what a route says of itself in OpenAPI: the statuses of the problems it answers by.

    Those that any route may answer by (400, 413, 503) need not be named; a route without problems of its own says
    nothing.
    """
    return {
        status: ResponseSpec(
            ProblemDocument,
            description=HTTPStatus(status).phrase,
            generate_examples=False,
            media_type=CONTENT_TYPE,
        )
        for status in sorted({*statuses, 400, 413, 503})
    }


class _ClosedStructs(StructSchemaPlugin):
    """Says of a structure that takes no unknown fields that it takes none, which Litestar leaves out."""

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: SchemaCreator) -> Schema:
        """Return its schema."""
        schema = super().to_openapi_schema(field_definition, schema_creator)
        if field_definition.annotation.__struct_config__.forbid_unknown_fields:
            schema.additional_properties = False
        return schema


class Api:
    """An ASGI application of routes.

    Args:
        routes: Litestar's handlers, controllers and routers.
        base: what the server stands on.
        options: further arguments of Litestar (`dependencies`, `middleware`, `guards`, `security`, ...).
    """

    def __init__(self, routes: Sequence[ControllerRouterHandler], base: Base, **options: Any) -> None:
        self._base = base
        name_operations(routes)
        self.litestar = Litestar(
            route_handlers=routes,
            exception_handlers={
                WarifuError: self._told,
                RecursionError: self._too_deep,
                HTTPException: self._foreign,
                Exception: self._unexpected,
            },
            logging_config=None,
            debug=False,
            request_max_body_size=base.limits.body_bytes,
            openapi_config=configuration(),
            response_cache_config=ResponseCacheConfig(default_expiration=0),
            plugins=[_ClosedStructs()],
            before_request=refuse_unknown,
            **options,
        )
        for route in self.litestar.routes:
            for handler in getattr(route, "route_handlers", ()):
                handler.responses = {**problems(), **(handler.responses or {})}
        describe(self.litestar.openapi_schema)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; its route is noted by its pattern."""
        if scope["method"] == "OPTIONS":  # Litestar answers it by itself, and not always truly
            scope = {**scope, "method": "TRACE", _ASKED: "OPTIONS"}
        try:
            await self.litestar(scope, receive, send)  # type: ignore[arg-type]  # Litestar's types are narrower
        finally:
            call_of(scope).route = scope.get("path_template") or call_of(scope).route

    def _told(self, request: _Request, error: WarifuError) -> Response[bytes]:
        scope = request.scope
        problem = problem_of(error, lang_of(scope["headers"]), call_id=call_of(scope).id)  # type: ignore[arg-type]
        headers: Mapping[str, str] = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in problem.headers
            if name not in {b"content-type", b"content-length"}
        }
        return Response(
            problem.body, status_code=problem.status, headers=dict(headers), media_type=CONTENT_TYPE
        )

    def _foreign(self, request: _Request, error: HTTPException) -> Response[bytes]:
        return self._told(request, _translated(request, error))

    def _too_deep(self, request: _Request, error: RecursionError) -> Response[bytes]:
        del error
        return self._told(request, UsageError("server.too-deep"))

    def _unexpected(self, request: _Request, error: Exception) -> Response[bytes]:
        call = call_of(request.scope)  # type: ignore[arg-type]
        tell_unexpected(self._base, error, request=call.id)
        return self._told(request, WarifuError("server.unexpected", request=call.id))


def _translated(request: _Request, error: HTTPException) -> WarifuError:
    """Return Litestar's own refusals in our words."""
    match error.status_code:
        case HTTPStatus.NOT_FOUND:
            return RefusedError("server.not-found", path=request.scope["path"][:200])
        case HTTPStatus.METHOD_NOT_ALLOWED:
            named = (error.headers or {}).get("Allow", "").split(", ")
            allowed = [method for method in named if method != "OPTIONS"]
            asked = request.scope.get(_ASKED, request.scope["method"])
            return UsageError("server.wrong-method", method=asked, allowed=allowed)
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return RefusedError("server.too-large", limit=request.app.request_max_body_size)
        case status if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return UsageError("server.malformed", reason=_reasons(error))
        case _:
            return WarifuError("server.unexpected", request=call_of(request.scope).id)  # type: ignore[arg-type]


def _reasons(error: HTTPException) -> list[str]:
    """Return what does not fit the API's description: where, and why, never the value itself."""
    extra = error.extra if isinstance(error.extra, list) else []
    told = [
        f"{one.get('key', '')}: {one.get('message', '')}".removeprefix(": ").replace(
            "data: 'data'", "body: missing"
        )
        for one in extra
        if isinstance(one, dict)
    ]
    return told[:20] or [error.detail[:300]]
