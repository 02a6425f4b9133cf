"""Which published anchors a person means, in one trust domain or in all of them."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from warifu.apps.server import told
from warifu.apps.server.api import problems
from warifu.domain.directory import Published
from warifu.domain.directory.naming import find_anchor, find_by_key_id, match_anchors
from warifu.domain.x509 import Sha256
from warifu.wire import api
from warifu.workflows.server_desks import Desks

Named = Annotated[str, QueryParameter(min_length=1, max_length=1000)]
Among = Annotated[str, QueryParameter(max_length=100)]
ByKeyId = Annotated[bool, QueryParameter()]


def found_anchors(desks: Desks) -> tuple[ControllerRouterHandler, ...]:
    """Return the route."""

    @get("/v1/anchors", responses=problems(401, 403, 404, 409), sync_to_thread=True)
    def find(named: Named, domain: Among = "", by_key_id: ByKeyId = False) -> tuple[api.FoundTold, ...]:  # noqa: FBT002 - a query has no keywords
        """Find anchors by alias, SHA-1 or SHA-256, key id, serial number or subject; several are all listed."""
        among = (desks.trust.version(domain),) if domain else desks.trust.domains()
        if by_key_id:
            find_by_key_id(named, _together(among))
        found = tuple(
            api.FoundTold(one.domain, match.how, told.anchor(anchor, one, whole=True))
            for one in among
            for match in match_anchors(named, one)
            if (anchor := one.find(Sha256.of(match.certificate.der))) is not None
        )
        if not found:
            find_anchor(named, _together(among))  # says what the form of the name lets expect
        return found

    return (find,)


def _together(among: tuple[Published, ...]) -> Published:
    """Return all their anchors, each once."""
    anchors = {anchor.key: anchor for one in among for anchor in one.anchors}
    return Published(", ".join(one.domain for one in among), anchors=tuple(anchors.values()))
