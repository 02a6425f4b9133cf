"""What people ask of the server about signed files: which there are, and a root that was signed away from it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from litestar import Request, get, post
from litestar.params import JSONBody
from litestar.types import ControllerRouterHandler

from warifu.apps.server.api import problems
from warifu.apps.server.sign_in import actor_of
from warifu.errors import UsageError
from warifu.wire import api
from warifu.workflows.server_desks import Desks

_Request = Request[Any, Any, Any]


def file_routes(desks: Desks, changed: Callable[[], None]) -> tuple[ControllerRouterHandler, ...]:
    """Return the routes.

    Args:
        changed: told after each change, so that nodes hear of it at once.
    """

    @get("/v1/files", responses=problems(401, 403), sync_to_thread=True)
    def files() -> tuple[api.FileTold, ...]:
        """List every signed file; each is fetched below `/trust/`, by anybody."""
        with desks.registry.look() as books:
            found = (books.bundles.find(name) for name in books.bundles.files())
            return tuple(
                api.FileTold(one.name, one.sha256, len(one.data)) for one in found if one is not None
            )

    @post("/v1/roots", responses=problems(401, 403, 404, 409, 422), sync_to_thread=True, status_code=201)
    def take_root(request: _Request, data: JSONBody[api.RootWish]) -> api.RootTold:
        """Take a root that was signed away from the server, and sign what follows from it."""
        try:
            root = base64.b64decode(data.root, validate=True)
        except (binascii.Error, ValueError):
            raise UsageError("server.malformed", reason=["root: no base64"]) from None
        actor = actor_of(request.scope)  # type: ignore[arg-type]  # Litestar's scope is narrower
        names = desks.trust.take_root(actor, root, now=desks.clock())
        changed()
        return api.RootTold(names)

    return (files, take_root)
