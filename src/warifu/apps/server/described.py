"""What the API's description says besides what the routes say of themselves: who may ask, what may be sent along.

Spec: OpenAPI 3.1 §4.8.27 (security schemes); RFC 6750; draft-ietf-httpapi-idempotency-key-header-07.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import (
    Components,
    OpenAPI,
    OpenAPIType,
    Operation,
    Parameter,
    PathItem,
    Schema,
    SecurityScheme,
)

from warifu import __version__
from warifu.domain.directory.roles import Role
from warifu.domain.directory.tokens import NODE_NAME
from warifu.errors import UsageError
from warifu.wire import api, api_retire, api_rollouts
from warifu.wire.bundle import DOMAIN_NAME
from warifu.workflows.people_desk import LONGEST, NAME, SHORTEST

OPEN: Final = frozenset({"/v1/sessions", "/v1/links"})
"""What is asked before anybody signed in."""
SIGNED_IN: Final = ({"session": list[str]()}, {"certificate": list[str]()})
"""Who may ask everything else, as `security` of the API behind `SignIn`."""
_SECRET: Final = (
    re.compile(r"/v1/(sessions|links|tokens|self/password)"),
    re.compile(r"/v1/people/[^/]+/link"),
)
_CHANGES: Final = ("post", "put", "patch", "delete")
_ARGUMENT: Final = re.compile(r"^    (\w+): ((?:.+\n?)(?:^        .*\n?)*)", re.MULTILINE)
_KEY_SHAPE: Final = r'^("[!#-\[\]-~]{1,128}"|[A-Za-z0-9._:~-]{1,128})$'

_PARAMETERS: Mapping[str, str] = {
    "anchor": "An alias, SHA-1 or SHA-256 fingerprint, key id with or without colons, serial number or subject.",
    "by_key_id": "The name is meant as a key id and as nothing else; a fingerprint is refused as one.",
    "cursor": "`next` of the page before; empty for the first.",
    "digest": "SHA-256 of the plan, hex.",
    "limit": "How many rows a page has at most.",
    "domain": "The trust domain to look in; all of them where it is left out.",
    "named": "An alias, SHA-1 or SHA-256 fingerprint, key id with or without colons, serial number or subject.",
    "name": "The name of what the path is about.",
    "new": "The later version.",
    "node": "A node that the answer is about; may be given again; none means all.",
    "number": "The number of an entry of the audit trail that somebody noted earlier.",
    "old": "The earlier version.",
    "reason": "Why; it is kept in the audit trail.",
    "request_id": "The number of the refresh, as its answer has it.",
    "rollout": "The id of a rollout.",
    "seal": "The seal of that entry; with it a trail that was cut or changed shows.",
    "whole": "With the bytes of each anchor and CRL, as PEM.",
    "version": "A version of the domain; the newest where it is left out.",
}
_TAGS: Mapping[str, str] = {
    "alarms": "Expired anchors that nodes still keep, and published CRLs that end.",
    "anchors": "Published anchors, by any of their names.",
    "audit": "What was done, by whom, on what evidence.",
    "estate-plans": "Plans of changes of an estate.",
    "estates": "Estates that the server keeps.",
    "domains": "Trust domains: anchors and CRLs as they are published.",
    "exceptions": "What is left out on purpose, by whom, why and until when.",
    "files": "Signed files, as any HTTP server can carry them.",
    "links": "One-time links of people.",
    "nodes": "Nodes, their tokens and what they follow.",
    "people": "People and their roles.",
    "plans": "Plans that people decide about.",
    "refreshes": "Nodes are woken to look now.",
    "rollouts": "Plans that are carried out.",
    "roots": "Roots that were signed away from the server.",
    "self": "Who asks.",
    "sessions": "Signing in and out.",
    "sets": "Sets of backups of every trust domain.",
    "tokens": "One-time tokens by which nodes join.",
    "vendor-plans": "Retirements in a vendor's own directory, by hand.",
}


_RECORDS: Mapping[str, object] = {**vars(api_retire), **vars(api_rollouts), **vars(api)}
"""What is sent and answered, by its name."""
_OTHERS: Mapping[str, str] = {
    "Page": "A part of a list; `next` is the cursor of what follows, empty behind the last row.",
    "ProblemDocument": "What is answered when something is wrong (RFC 9457).",
}


def _pattern(shape: str) -> Callable[[Schema], None]:
    def told(schema: Schema) -> None:
        schema.pattern = f"^({shape})$"

    return told


def _each(shape: Callable[[Schema], None]) -> Callable[[Schema], None]:
    def told(schema: Schema) -> None:
        assert isinstance(schema.items, Schema)  # noqa: S101 - a list of texts
        shape(schema.items)

    return told


def _password(schema: Schema) -> None:
    schema.min_length, schema.max_length = SHORTEST, LONGEST


def _role(schema: Schema) -> None:
    schema.enum = [role.value for role in Role]


def _fingerprints(schema: Schema) -> None:
    schema.property_names = Schema(pattern=_SHA256)


def _one_at_least(schema: Schema) -> None:
    schema.min_properties = 1


_SHA256: Final = "^[0-9a-f]{64}$"
_SHAPES: Final[Mapping[str, Mapping[str, Callable[[Schema], None]]]] = {
    "CertificatesWish": {"certificates": _each(_pattern("[0-9a-f]{64}"))},
    "DomainWish": {"name": _pattern(DOMAIN_NAME.pattern)},
    "EstateWish": {"files": _one_at_least},
    "LinkWish": {"password": _password},
    "PasswordWish": {"new": _password},
    "PersonWish": {"name": _pattern(f"(?!server$)({NAME.pattern})"), "roles": _each(_role)},
    "PublishWish": {"aliases": _fingerprints},
    "RolesWish": {"roles": _each(_role)},
    "RootWish": {
        "root": _pattern("([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"),
    },
    "TokenWish": {"node": _pattern(NODE_NAME.pattern)},
}
"""What the fields of requests look like, as the desks judge them."""


def holds_secret(path: str) -> bool:
    """Tell whether the request or the answer of a change holds a secret, so that neither is kept under a key."""
    return any(one.fullmatch(path) for one in _SECRET)


def configuration() -> OpenAPIConfig:
    """Return how the description is made."""
    schemes = {
        "session": SecurityScheme(
            type="http", scheme="bearer", description="The token of a session (`POST /v1/sessions`)."
        ),
        "certificate": SecurityScheme(
            type="mutualTLS", description="A client certificate by which the server knows a person."
        ),
    }
    return OpenAPIConfig(
        title="Warifu",
        version=__version__,
        description="What people ask of a Warifu server. Problems are told by RFC 9457 documents, whose `code` and "
        "`values` programs read.",
        path="/v1/schema",
        render_plugins=[JsonRenderPlugin()],
        components=Components(security_schemes=dict(schemes)),
    )


def name_operations(routes: Iterable[object]) -> None:
    """Give each route the name and the sentences by which it is described: its function's own.

    Litestar loses both where two routes share a path and run in threads.
    """
    for one in routes:
        if isinstance(one, HTTPRouteHandler):
            group = min(one.paths).split("/")[2]
            one.operation_id = one.operation_id or f"{group}_{one.fn.__name__}"
            one.description = one.description or inspect.getdoc(one.fn)
            one.summary = one.summary or (one.description or "").partition("\n")[0].rstrip(".")


def describe_keys(document: OpenAPI) -> None:
    """Say of every change behind `Idempotency` that it takes a key, and how that is refused."""
    refused = (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
    for path, item in (document.paths or {}).items():
        for method, operation in _operations(item):
            if method in _CHANGES and not holds_secret(path):
                operation.parameters = [*(operation.parameters or ()), _idempotency_key()]
                lacking = [one for one in refused if str(one.value) not in (operation.responses or {})]
                assert not lacking, path  # noqa: S101 - a promise of our own routes


async def refuse_unknown(request: Request[Any, Any, Any]) -> None:
    """Refuse a body with a field that its record does not have: `dryrun` would publish what nobody meant to publish.

    Raises:
        UsageError: `server.malformed`.
    """
    wanted = request.route_handler.parsed_data_field
    record = None if wanted is None else wanted.annotation
    if not (isinstance(record, type) and dataclasses.is_dataclass(record)):
        return
    try:
        body = msgspec.json.decode(await request.body())
    except msgspec.DecodeError:
        return  # whoever reads it says so
    known = {field.name for field in dataclasses.fields(record)}
    if isinstance(body, dict) and (unknown := sorted(set(body) - known)):
        raise UsageError("server.malformed", reason=[f"{name[:100]}: unknown" for name in unknown[:20]])


def describe(document: OpenAPI) -> None:
    """Add to a description what holds for every route of its kind."""
    for path, item in (document.paths or {}).items():
        group = path.split("/")[2] if path.count("/") > 1 else ""
        for method, operation in _operations(item):
            operation.tags = [group] if group in _TAGS else None
            if path in OPEN and method == "post":
                operation.security = []
            told = [one for one in operation.parameters or () if isinstance(one, Parameter)]
            for parameter in told:
                parameter.description = parameter.description or _PARAMETERS.get(parameter.name)
                _say_number(parameter)
    for name, schema in (document.components.schemas or {}).items():
        _explain(schema, _RECORDS.get(name))
        if name.endswith("Wish"):
            schema.additional_properties = False
        schema.description = schema.description or _OTHERS.get(name.partition("_")[0])
        for field, shape in _SHAPES.get(name, {}).items():
            shape(_property(schema, field))


def _say_number(parameter: Parameter) -> None:
    """Say the least value of a whole number where it is 0, which Litestar forgets."""
    schema = parameter.schema
    if not isinstance(schema, Schema):
        return
    kinds = [schema.type, *(one.type for one in schema.one_of or () if isinstance(one, Schema))]
    if OpenAPIType.INTEGER in kinds and schema.minimum is None:
        schema.minimum = 0


def _property(schema: Schema, name: str) -> Schema:
    found = (schema.properties or {})[name]
    assert isinstance(found, Schema)  # noqa: S101 - these are texts and lists of texts
    return found


def _explain(schema: Schema, record: object) -> None:
    """Have a schema say what its record says of itself and of its fields."""
    whole = inspect.getdoc(record) if isinstance(record, type) else None
    if whole is None:
        return
    schema.description, _, arguments = whole.partition("\n\nArgs:\n")
    told = {found[1]: " ".join(found[2].split()) for found in _ARGUMENT.finditer(arguments)}
    for name, field in (schema.properties or {}).items():
        if isinstance(field, Schema) and name in told:
            field.description = told[name]


def _operations(item: PathItem) -> Iterator[tuple[str, Operation]]:
    for method in ("get", *_CHANGES):
        operation = getattr(item, method)
        if operation is not None:
            yield method, operation


def _idempotency_key() -> Parameter:
    return Parameter(
        name="Idempotency-Key",
        param_in="header",
        required=False,
        description="A text of one's own: the same change sent again under it is answered as before and not made again.",
        schema=Schema(type=OpenAPIType.STRING, pattern=_KEY_SHAPE),
    )
