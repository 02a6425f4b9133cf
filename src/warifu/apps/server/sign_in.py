"""Who asks: a person by a session or by a client certificate; nodes and strangers are nobody here.

Spec: RFC 6750 §2.1 (bearer tokens), RFC 9110 §11.6.1.
"""

from __future__ import annotations

import asyncio

from warifu.apps.server.base import App, Base, Receive, Scope, Send, call_of
from warifu.domain.directory.roles import Act, demand
from warifu.domain.x509 import Sha256
from warifu.errors import RefusedError
from warifu.workflows.acting import Actor
from warifu.workflows.server_desks import Desks

ACTOR = "warifu.actor"
"""The key of the `Actor` among a scope's extensions."""
OPEN = frozenset({"/v1/sessions", "/v1/links", "/v1/schema", "/v1/schema/openapi.json"})
"""What anybody may ask for."""
SELF = "/v1/self"
"""What everybody who signed in may ask for, whatever their roles."""


class SignIn:
    """An application before the API: it finds out who asks, and lets nobody else through.

    Args:
        app: what stands behind it.
    """

    def __init__(self, desks: Desks, app: App, base: Base) -> None:
        self._desks = desks
        self._app = app
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with who asks."""
        actor = await self._actor(scope)
        if actor is None and not self._is_open(scope):
            raise RefusedError("server.not-signed-in")
        if actor is not None:
            call_of(scope).who = actor.name
            scope["extensions"][ACTOR] = actor
            if scope["method"] == "GET" and not self._is_open(scope) and scope["path"] != SELF:
                demand(actor.roles, Act.LOOK)
        await self._app(scope, receive, send)

    def _is_open(self, scope: Scope) -> bool:
        path: str = scope["path"].rstrip("/")
        return path in OPEN

    async def _actor(self, scope: Scope) -> Actor | None:
        token = token_of(scope)
        if token:
            return await asyncio.to_thread(self._desks.people.who, token, now=self._desks.clock())
        peer = call_of(scope).peer
        if peer is None or peer.node:
            return None
        return await asyncio.to_thread(self._desks.people.who_by_certificate, Sha256(peer.fingerprint))


def token_of(scope: Scope) -> str:
    """Return the session's token that a request brought; empty where it brought none."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            kind, _, token = value.decode("latin-1").partition(" ")
            return token.strip() if kind.lower() == "bearer" else ""
    return ""


def actor_of(scope: Scope) -> Actor:
    """Return who asks.

    Raises:
        RefusedError: `server.not-signed-in`.
    """
    actor: Actor | None = scope["extensions"].get(ACTOR)
    if actor is None:
        raise RefusedError("server.not-signed-in")
    return actor
