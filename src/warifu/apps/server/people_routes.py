"""What people ask of the server: `/v1`, described by OpenAPI at `/v1/schema/openapi.json`.

A route reads a wish, calls a desk in a thread, and tells the answer; what may be done is decided by the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from litestar import Request, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from warifu.apps.server import retire_told, told
from warifu.apps.server.api import problems
from warifu.apps.server.paging import MOST, Page, make_page, read_cursor, read_limit
from warifu.apps.server.problem import lang_of
from warifu.apps.server.retire_routes import retire_routes
from warifu.apps.server.rollout_routes import rollout_routes
from warifu.apps.server.sign_in import actor_of, token_of
from warifu.domain import x509
from warifu.domain.directory.audit import Head
from warifu.domain.directory.naming import find_anchor
from warifu.domain.directory.publish import PublishWish
from warifu.domain.directory.roles import Act, Role, demand
from warifu.domain.findings import Lang
from warifu.domain.x509 import Sha256
from warifu.errors import RefusedError, UsageError
from warifu.ports.node_books import NodeState
from warifu.wire import api, api_retire
from warifu.wire.links import write_link
from warifu.workflows.acting import Actor
from warifu.workflows.audit_desk import audit_page, verify_audit
from warifu.workflows.mass_removal import confirm_mass_removal
from warifu.workflows.published import newest_root
from warifu.workflows.report_desk import behind
from warifu.workflows.retire_desk import KIND as RETIREMENT
from warifu.workflows.server_desks import Desks

_Request = Request[Any, Any, Any]
Limit = Annotated[int | None, QueryParameter(ge=1, le=MOST, required=False)]
Number = Annotated[int | None, QueryParameter(ge=1, le=2**53, required=False)]
Version = Annotated[int, PathParameter(ge=0, le=2**53)]
Seal = Annotated[str | None, QueryParameter(pattern="^[0-9a-f]{64}$", required=False)]
Cursor = Annotated[str, QueryParameter(max_length=1024)]
_LOOKS = problems(401, 403, 404)
_CHANGES = problems(401, 403, 404, 409, 422)


def _actor(request: _Request) -> Actor:
    return actor_of(request.scope)  # type: ignore[arg-type]  # Litestar's scope is narrower


def _lang(request: _Request) -> Lang:
    return lang_of(request.scope["headers"])


def people_routes(
    desks: Desks, refresh: Callable[[Sequence[str], str], None], changed: Callable[[], None]
) -> tuple[ControllerRouterHandler, ...]:
    """Return the routes.

    Args:
        refresh: wakes nodes.
        changed: told after each change, so that nodes hear of it at once.
    """
    return (
        *_sessions(desks),
        *_people(desks),
        *_domains(desks),
        *_publications(desks, changed),
        *_nodes(desks, refresh, changed),
        *_node(desks),
        *_refreshes(desks, refresh),
        *_plans(desks),
        *retire_routes(desks, changed),
        *_audit(desks),
        *rollout_routes(desks, changed),
    )


def _sessions(desks: Desks) -> tuple[ControllerRouterHandler, ...]:
    @post("/v1/sessions", responses=problems(401, 403, 409, 429), sync_to_thread=True, status_code=201)
    def sign_in(data: JSONBody[api.SignInWish]) -> api.SessionTold:
        """Sign in by password; the answer's token is shown once."""
        signed = desks.people.sign_in(data.person, data.password, now=desks.clock())
        return _session(signed.actor, signed.ends, signed.token)

    @post("/v1/links", responses=problems(403, 409), sync_to_thread=True, status_code=201)
    def open_link(data: JSONBody[api.LinkWish]) -> api.SessionTold:
        """Choose a password by a one-time link, and sign in."""
        signed = desks.people.open_link(data.token, data.password, now=desks.clock())
        return _session(signed.actor, signed.ends, signed.token)

    @get("/v1/self", responses=_LOOKS)
    async def who_am_i(request: _Request) -> api.SelfTold:
        """Say who asks and what they may do."""
        return told.self_(_actor(request))

    @put("/v1/self/password", responses={**_CHANGES, **problems(429)}, sync_to_thread=True, status_code=204)
    def change_password(request: _Request, data: JSONBody[api.PasswordWish]) -> None:
        """Change one's own password; every session ends."""
        desks.people.change_password(_actor(request), data.old, data.new, now=desks.clock())

    @delete("/v1/sessions/current", responses=_CHANGES, sync_to_thread=True)
    def sign_out(request: _Request) -> None:
        """End this session."""
        desks.people.sign_out(token_of(request.scope))  # type: ignore[arg-type]

    return (sign_in, open_link, who_am_i, change_password, sign_out)


def _session(actor: Actor, ends: Any, token: str) -> api.SessionTold:
    return api.SessionTold(actor.name, tuple(sorted(role.value for role in actor.roles)), ends, token)


def _people(desks: Desks) -> tuple[ControllerRouterHandler, ...]:
    @get("/v1/people", responses=_LOOKS, sync_to_thread=True)
    def people(request: _Request) -> tuple[api.PersonTold, ...]:
        """List everybody."""
        return tuple(told.person(one) for one in desks.people.people(_actor(request)))

    @post("/v1/people", responses=_CHANGES, sync_to_thread=True, status_code=201)
    def add(request: _Request, data: JSONBody[api.PersonWish]) -> api.PersonTold:
        """Add a person."""
        roles = _roles(data.roles)
        return told.person(desks.people.add(_actor(request), data.name, roles, now=desks.clock()))

    @put("/v1/people/{name:str}/roles", responses=_CHANGES, sync_to_thread=True)
    def set_roles(request: _Request, name: FromPath[str], data: JSONBody[api.RolesWish]) -> api.PersonTold:
        """Give a person exactly these roles."""
        actor, roles = _actor(request), _roles(data.roles)
        return told.person(desks.people.set_roles(actor, name, roles, now=desks.clock()))

    @put("/v1/people/{name:str}/certificates", responses=_CHANGES, sync_to_thread=True)
    def set_certificates(
        request: _Request, name: FromPath[str], data: JSONBody[api.CertificatesWish]
    ) -> api.PersonTold:
        """Have a person be known by exactly these client certificates."""
        keys = [Sha256.parse(text) for text in data.certificates]
        return told.person(desks.people.set_certificates(_actor(request), name, keys, now=desks.clock()))

    @post("/v1/people/{name:str}/link", responses=_CHANGES, sync_to_thread=True, status_code=201)
    def invite(request: _Request, name: FromPath[str]) -> api.InviteTold:
        """Make a one-time link by which a person chooses a password."""
        token = desks.people.invite(_actor(request), name, now=desks.clock())
        with desks.registry.look() as books:
            root = newest_root(books)
        return api.InviteTold(name, write_link(desks.addresses[0], root.sha256 if root else "", token))

    @delete("/v1/people/{name:str}", responses=_CHANGES, sync_to_thread=True)
    def end(request: _Request, name: FromPath[str]) -> None:
        """Shut a person out at once."""
        desks.people.end(_actor(request), name, now=desks.clock())

    return (people, add, set_roles, set_certificates, invite, end)


def _roles(names: Sequence[str]) -> tuple[Role, ...]:
    """Return roles by name.

    Raises:
        UsageError: `people.no-such-role`.
    """
    try:
        return tuple(Role(name) for name in names)
    except ValueError:
        raise UsageError("people.no-such-role", roles=[role.value for role in Role]) from None


def _domains(desks: Desks) -> tuple[ControllerRouterHandler, ...]:
    @get("/v1/domains", responses=_LOOKS, sync_to_thread=True)
    def domains() -> tuple[api.DomainHeadTold, ...]:
        """List the trust domains."""
        return tuple(told.head(one) for one in desks.trust.domains())

    @get("/v1/domains/{name:str}", responses=_LOOKS, sync_to_thread=True)
    def domain(
        name: FromPath[str],
        version: Annotated[int | None, QueryParameter(ge=0, le=2**53, required=False)] = None,
        whole: Annotated[bool, QueryParameter()] = False,  # noqa: FBT002 - a query has no keywords
    ) -> api.DomainTold:
        """Show a trust domain, at any version."""
        return told.domain(desks.trust.version(name, version), whole=whole)

    @get("/v1/domains/{name:str}/anchors/{anchor:str}", responses=_LOOKS, sync_to_thread=True)
    def anchor(name: FromPath[str], anchor: FromPath[str]) -> api.AnchorTold:
        """Find an anchor by alias, SHA-1 or SHA-256, key id, serial or subject."""
        published = desks.trust.version(name)
        return told.anchor(find_anchor(anchor, published), published, whole=True)

    @get("/v1/domains/{name:str}/versions", responses=_LOOKS, sync_to_thread=True)
    def versions(name: FromPath[str], cursor: Cursor = "", limit: Limit = None) -> Page[api.VersionTold]:
        """List the versions of a domain, the newest first."""
        size, key = read_limit(limit), read_cursor(cursor, int)
        below = None if key is None else int(key[0])
        rows = desks.trust.history(name, below=below, most=size + 1)
        return make_page([told.version(one) for one in rows], size, lambda one: (one.version,))

    @get("/v1/domains/{name:str}/versions/{old:int}/changes/{new:int}", responses=_LOOKS, sync_to_thread=True)
    def compare(name: FromPath[str], old: Version, new: Version) -> api.DiffTold:
        """Say what differs between two versions."""
        return told.diff(desks.trust.compare(name, old, new))

    return (domains, domain, anchor, versions, compare)


def _publications(desks: Desks, changed: Callable[[], None]) -> tuple[ControllerRouterHandler, ...]:
    @post("/v1/domains", responses=_CHANGES, sync_to_thread=True, status_code=201)
    def create(request: _Request, data: JSONBody[api.DomainWish]) -> api.DomainHeadTold:
        """Begin a trust domain."""
        made = desks.trust.create(_actor(request), data.name, now=desks.clock())
        changed()
        return told.head(made)

    @post("/v1/domains/{name:str}/publications", responses=_CHANGES, sync_to_thread=True, status_code=200)
    def publish(request: _Request, name: FromPath[str], data: JSONBody[api.PublishWish]) -> api.DecisionTold:
        """Publish certificates and CRLs, all or none."""
        wish, labels = _wish(data)
        if data.dry_run:
            demand(_actor(request).roles, Act.LOOK)
            decided = desks.trust.preview(name, wish, now=desks.clock())
        else:
            actor = _actor(request)
            decided = desks.trust.publish(actor, name, wish, now=desks.clock(), basis=data.basis)
            changed()
        version = desks.trust.version(name).version
        return told.decision(name, version, decided, labels, _lang(request))

    @post("/v1/domains/{name:str}/confirmations", responses=_CHANGES, sync_to_thread=True, status_code=201)
    def confirm(
        request: _Request, name: FromPath[str], data: JSONBody[api_retire.ConfirmRemovalWish]
    ) -> api.DomainHeadTold:
        """Say that a version is meant which drops much: nodes that hold it back follow it then."""
        actor, trust = _actor(request), desks.trust
        made = confirm_mass_removal(
            desks.registry, trust.signer, actor, name, data.version, now=desks.clock()
        )
        changed()
        return told.head(made)

    return (create, publish, confirm)


def _wish(data: JSONBody[api.PublishWish]) -> tuple[PublishWish, dict[str, str]]:
    """Return what is to be published, with labels by fingerprint.

    Raises:
        RefusedError: `server.nothing-to-publish`; `server.private-key-sent`.
    """
    try:
        reading = x509.load(data.certificates.encode("utf-8", "replace"), "certificates")
    except UsageError as error:
        raise RefusedError("server.nothing-to-publish", count=1) from error
    if reading.keys or reading.encrypted_keys:
        raise RefusedError("server.private-key-sent")
    if reading.lost:
        raise RefusedError("server.nothing-to-publish", count=reading.lost)
    aliases = {Sha256.parse(key): alias for key, alias in data.aliases.items()}
    labels = {one.fingerprint.hex: one.label for one in reading.certificates}
    labels |= {one.fingerprint.hex: one.issuer_text for one in reading.crls}
    return PublishWish(reading.certificates, reading.crls, aliases, data.pinned), labels


def _newest(desks: Desks) -> dict[str, int]:
    return {one.domain: one.version for one in desks.trust.domains()}


def _nodes(
    desks: Desks, refresh: Callable[[Sequence[str], str], None], changed: Callable[[], None]
) -> tuple[ControllerRouterHandler, ...]:
    @get("/v1/nodes", responses=_LOOKS, sync_to_thread=True)
    def nodes(cursor: Cursor = "", limit: Limit = None) -> Page[api.NodeTold]:
        """List the nodes, with what each said last."""
        size, key = read_limit(limit), read_cursor(cursor, str)
        found = desks.join.nodes(after="" if key is None else str(key[0]), most=size + 1)
        said, versions = desks.reports.now(tuple(one.name for one in found)), _newest(desks)
        rows = [told.node(one, said.get(one.name), versions, None) for one in found]
        return make_page(rows, size, lambda one: (one.name,))

    @post("/v1/tokens", responses=_CHANGES, sync_to_thread=True, status_code=201)
    def invite(request: _Request, data: JSONBody[api.TokenWish]) -> api.TokenTold:
        """Make a one-time token for a node; it is shown once."""
        now = desks.clock()
        actor = _actor(request)
        made = desks.join.invite(actor, data.node, desks.addresses, now=now)
        return api.TokenTold(made.node, made.ends, made.token)

    @put("/v1/nodes/{name:str}/domains", responses=_CHANGES, sync_to_thread=True)
    def follow(request: _Request, name: FromPath[str], data: JSONBody[api.DomainsWish]) -> api.NodeTold:
        """Have a node follow exactly these trust domains."""
        node = desks.join.follow(_actor(request), name, data.domains, now=desks.clock())
        refresh((name,), "")
        return told.node(node, desks.reports.now((name,)).get(name), _newest(desks), None)

    @post("/v1/nodes/{name:str}/fence", responses=_CHANGES, sync_to_thread=True, status_code=200)
    def fence(request: _Request, name: FromPath[str], data: JSONBody[api.ReasonWish]) -> api.NodeTold:
        """Take nothing of a node any more, at once."""
        node = desks.join.fence(_actor(request), name, data.reason, now=desks.clock())
        changed()
        return told.node(node, None, _newest(desks), None)

    @delete("/v1/nodes/{name:str}", responses=_CHANGES, sync_to_thread=True)
    def remove(
        request: _Request, name: FromPath[str], reason: Annotated[str, QueryParameter(max_length=1000)] = ""
    ) -> None:
        """Shut a node out for good."""
        desks.join.remove(_actor(request), name, reason, now=desks.clock())
        changed()

    return (nodes, invite, follow, fence, remove)


def _node(desks: Desks) -> tuple[ControllerRouterHandler, ...]:
    @get("/v1/nodes/{name:str}", responses=_LOOKS, sync_to_thread=True)
    def node(name: FromPath[str]) -> api.NodeTold:
        """Show a node, with what it said last and until when its identity lasts."""
        with desks.registry.look() as books:
            found, identities = books.nodes.find(name), books.identities.of(name)
        if found is None:
            raise UsageError("registry.node-unknown", node=name)
        alive = [one.certificate.not_after for one in identities if one.revoked is None]
        return told.node(
            found, desks.reports.now((name,)).get(name), _newest(desks), max(alive, default=None)
        )

    return (node,)


def _refreshes(
    desks: Desks, refresh: Callable[[Sequence[str], str], None]
) -> tuple[ControllerRouterHandler, ...]:
    @post("/v1/refreshes", responses=_CHANGES, sync_to_thread=True, status_code=201)
    def ask_refresh(request: _Request, data: JSONBody[api.RefreshWish]) -> api.RefreshTold:
        """Wake nodes to look now; none named means all."""
        demand(_actor(request).roles, Act.REFRESH)
        known = {node.name for node in desks.join.nodes()}
        unknown = sorted(set(data.nodes) - known)
        if unknown:
            raise UsageError("registry.node-unknown", node=unknown)
        at = desks.clock()
        wanted = tuple(sorted(data.nodes or _joined(desks)))
        request_id = f"{int(at.timestamp() * 1000)}"
        refresh(data.nodes, request_id)
        return _refreshed(desks, request_id, wanted, _newest(desks))

    @get("/v1/refreshes/{request_id:str}", responses=_LOOKS, sync_to_thread=True)
    def refreshed(request_id: FromPath[str], node: FromQuery[list[str] | None] = None) -> api.RefreshTold:
        """Say whose word is there since a refresh was asked for."""
        if not request_id.isdecimal() or len(request_id) > 15:
            raise RefusedError("server.not-found", path=request_id[:100])
        wanted = tuple(node or _joined(desks))
        return _refreshed(desks, request_id, wanted, _newest(desks))

    return (ask_refresh, refreshed)


def _joined(desks: Desks) -> list[str]:
    """Return the nodes that are let in: nobody waits for the word of the others."""
    return [node.name for node in desks.join.nodes() if node.state is NodeState.JOINED]


def _refreshed(
    desks: Desks, request: str, wanted: Sequence[str], versions: dict[str, int]
) -> api.RefreshTold:
    asked = frozenset(wanted)
    said = desks.reports.now(wanted)
    since = int(request) / 1000
    done = [
        node.name
        for node in desks.join.nodes()
        if node.name in asked
        and (now := said.get(node.name)) is not None
        and now.at.timestamp() > since
        and not behind(node, now, versions)
    ]
    waiting = sorted(asked - set(done))
    return api.RefreshTold(request, versions, tuple(sorted(done)), tuple(waiting))


def _plans(desks: Desks) -> tuple[ControllerRouterHandler, ...]:
    @get("/v1/plans", responses=_LOOKS, sync_to_thread=True)
    def plans() -> tuple[api.PlanTold, ...]:
        """List the plans, the newest first."""
        return tuple(told.plan(one) for one in desks.plans.plans())

    @get("/v1/plans/{digest:str}", responses=_LOOKS, sync_to_thread=True)
    def plan(request: _Request, digest: FromPath[str]) -> api.PlanTold:
        """Show a plan."""
        return retire_told.plan(desks, desks.plans.find(digest), _lang(request))

    @post("/v1/plans/{digest:str}/approvals", responses=_CHANGES, sync_to_thread=True, status_code=200)
    def approve(request: _Request, digest: FromPath[str], data: JSONBody[api.ApprovalWish]) -> api.PlanTold:
        """Approve somebody else's plan."""
        actor, now = _actor(request), desks.clock()
        demand(actor.roles, Act.APPROVE_PLAN)
        if desks.plans.find(digest).kind == RETIREMENT:
            kept = desks.retire.approve(actor, digest, data.confirmation, remark=data.remark, now=now)
        else:
            kept = desks.plans.approve(actor, digest, remark=data.remark, now=now)
        return retire_told.plan(desks, kept, _lang(request))

    @delete("/v1/plans/{digest:str}", responses=_CHANGES, sync_to_thread=True)
    def withdraw(request: _Request, digest: FromPath[str]) -> None:
        """Give a plan up."""
        desks.plans.withdraw(_actor(request), digest, now=desks.clock())

    return (plans, plan, approve, withdraw)


def _audit(desks: Desks) -> tuple[ControllerRouterHandler, ...]:
    @get("/v1/audit", responses=_LOOKS, sync_to_thread=True)
    def audit(request: _Request, cursor: Cursor = "", limit: Limit = None) -> Page[api.AuditTold]:
        """List what was done, the newest first."""
        demand(_actor(request).roles, Act.READ_AUDIT)
        size, key = read_limit(limit), read_cursor(cursor, int)
        below = None if key is None else int(key[0])
        rows = audit_page(desks.registry, below=below, most=size + 1)
        return make_page([told.entry(one) for one in rows], size, lambda one: (one.number,))

    @get("/v1/audit/proof", responses=_LOOKS, sync_to_thread=True)
    def proof(request: _Request, number: Number = None, seal: Seal = None) -> api.AuditProofTold:
        """Prove the whole audit trail, against an entry that was noted earlier if one is given."""
        demand(_actor(request).roles, Act.VERIFY_AUDIT)
        known = Head(number, seal) if number is not None and seal else None
        found = verify_audit(desks.registry, known)
        broken = found.broken
        return api.AuditProofTold(
            found.head.number,
            found.head.digest,
            "" if broken is None else broken.fault.value,
            0 if broken is None else broken.number,
        )

    return (audit, proof)
