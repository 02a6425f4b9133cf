"""Nodes: how they join, keep their identity, and are shut out.

A token is shown once and kept as a hash; it is good for one node, for a short time, once. The request that comes with it
proves its key; every name it asks for is passed over: the identity has the node's name alone. An identity that expired
is renewed by proof of its key for some weeks, if it was never revoked; after that a node needs a new token. Whoever is
fenced or removed is listed in a CRL in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from warifu.domain.directory.identity import GRACE
from warifu.domain.directory.roles import Act, demand
from warifu.domain.directory.tokens import (
    SECRET_LENGTH,
    JoinToken,
    TokenRecord,
    hash_of,
    is_node_name,
    judge_token,
    read_token,
    write_token,
)
from warifu.domain.x509 import Certificate, PublicKey, Request, Sha256
from warifu.errors import RefusedError, UsageError
from warifu.ports.bundles import BundleSigner
from warifu.ports.identities import IdentityIssuer, IdentityOrder
from warifu.ports.node_books import Identity, Node, NodeState, Way
from warifu.ports.registry import Books, Registry
from warifu.wire.proofs import is_signed_by, renewal_text
from warifu.workflows.acting import Actor, node_actor
from warifu.workflows.audit_desk import record
from warifu.workflows.control_ca import SKEW, CaUse, current_ca, publish_crls
from warifu.workflows.published import newest_root

JOIN: Final = "join"
FOLLOW: Final = "follow"
_SMALLEST_RSA: Final = 3072
_LARGEST_RSA: Final = 8192  # a larger one costs the server, and guards no better
_WEAK: Final = frozenset({"md5", "sha1"})
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class JoinRules:
    """How long things live.

    Args:
        grace: for how long an expired identity is renewed by proof of its key.
        most_expired: so many renewals of expired identities a node and day.
    """

    token: timedelta = timedelta(hours=1)
    identity: timedelta = timedelta(days=7)
    grace: timedelta = GRACE
    most_expired: int = 3


@dataclass(frozen=True, slots=True)
class Invitation:
    """A token for a node, told once."""

    node: str
    ends: datetime
    root: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class JoinDesk:
    """Use cases of nodes' membership.

    Args:
        chance: returns so many random bytes.
    """

    registry: Registry
    signer: BundleSigner
    issuer: IdentityIssuer
    chance: Callable[[int], bytes]
    rules: JoinRules = JoinRules()

    def nodes(self, *, after: str = "", most: int = 1_000_000) -> tuple[Node, ...]:
        """Return nodes sorted by name, beginning after a name."""
        with self.registry.look() as books:
            return books.nodes.nodes(after=after, most=most)

    def states(self) -> tuple[Mapping[NodeState, int], frozenset[str]]:
        """Return how many nodes are in each state, and which ones are not let in any more."""
        shut = (NodeState.FENCED, NodeState.REMOVED)
        with self.registry.look() as books:
            return books.nodes.count(), frozenset(one.name for one in books.nodes.nodes(states=shut))

    def invite(
        self, actor: Actor, node: str, servers: Sequence[str], *, now: datetime, life: timedelta | None = None
    ) -> Invitation:
        """Return a token for one node; earlier ones of it that were not used are void.

        Args:
            servers: addresses under which agents reach this server, `https://...`.

        Raises:
            UsageError: `registry.node-name`, `directory.token-malformed`.
            RefusedError: `directory.not-allowed`, `registry.not-set-up`.
        """
        with self.registry.change() as books:
            known = books.nodes.find(node)
            is_new = known is None or known.state is NodeState.JOINED
            demand(actor.roles, Act.CREATE_TOKEN if is_new else Act.RESEED_NODE)
            if not is_node_name(node):
                raise UsageError("registry.node-name", name=node)
            root = newest_root(books)
            if root is None:
                raise RefusedError("registry.not-set-up")
            ends = (now + (life or self.rules.token)).replace(microsecond=0)
            token = JoinToken(self.chance(SECRET_LENGTH), node, Sha256(root.sha256), tuple(servers), ends)
            books.tokens.add(TokenRecord(hash_of(token), node, ends, actor.name))
            told = {"ends": ends, "servers": tuple(servers)}
            record(books, actor.name, Act.CREATE_TOKEN, node, told, now=now)
        return Invitation(node, ends, root.sha256, write_token(token))

    def redeem(self, text: str, der: bytes, *, node: str = "", now: datetime) -> Identity:
        """Have a node join: return its first identity for the key that the request proves.

        Sent again with the same key, it returns the same identity: the first answer may have been lost.

        Args:
            node: who the machine says it is; empty where the token is to say it.

        Raises:
            UsageError: `directory.token-malformed`, `directory.token-mangled`, `trust.request-unreadable`,
                `registry.request-key-unfit`.
            RefusedError: `directory.token-unknown`, `directory.token-other-node`, `directory.token-used`,
                `directory.token-expired`, `registry.key-of-other-node`, `registry.key-revoked`.
        """
        token, request = read_token(text), judge_request(der)
        name = node or token.node
        with self.registry.change() as books:
            kept = books.tokens.find(hash_of(token))
            again = self._again(books, kept, name, request.public_key, now)
            if again is not None:
                return again
            judge_token(kept, token, name, now=now)
            _check_key(books, name, request.public_key)
            former = books.nodes.find(name)
            domains = former.domains if former is not None else ()
            books.nodes.put(Node(name, NodeState.JOINED, now, now, domains=domains))
            books.reports.forget(name)  # what it said before counts no more: it begins anew
            if former is not None:
                self._revoke(books, name, "superseded", now)
            books.tokens.use(hash_of(token), now=now)
            return self._issue(books, name, request.public_key, Way.INVITED, now)

    def renew(self, current: Sha256, der: bytes, *, now: datetime) -> Identity:
        """Return the next identity of a node that TLS knows by its current one.

        Raises:
            UsageError: `trust.request-unreadable`, `registry.request-key-unfit`.
            RefusedError: `registry.not-let-in`, `registry.key-of-other-node`, `registry.key-revoked`.
        """
        request = judge_request(der)
        with self.registry.change() as books:
            identity = known_identity(books, current, now=now)
            _check_key(books, identity.node, request.public_key)
            same = books.identities.with_key(request.public_key.sha256)
            fresh = next((one for one in same if _is_fresh(one, now)), None)
            return fresh or self._issue(books, identity.node, request.public_key, Way.CURRENT, now)

    def renew_expired(self, old: Sha256, der: bytes, proof: bytes, *, now: datetime) -> Identity:
        """Return a new identity to a node whose own has expired, by proof of its old key.

        Args:
            old: the expired certificate.
            proof: signature of the old key over `wire.proofs.renewal_text`.

        Raises:
            UsageError: `trust.request-unreadable`, `registry.request-key-unfit`.
            RefusedError: `registry.not-let-in`: unknown, revoked, fenced, or the proof does not hold;
                `registry.identity-too-old`, `registry.identity-superseded`, `registry.renewals-too-many`,
                `registry.key-of-other-node`, `registry.key-revoked`.
        """
        request = judge_request(der)
        with self.registry.change() as books:
            identity = _alive(books, old)
            key = identity.certificate.public_key
            if key is None or not is_signed_by(key, proof, renewal_text(old, der)):
                raise RefusedError("registry.not-let-in", who=identity.node)
            if now > identity.certificate.not_after + self.rules.grace:
                raise RefusedError(
                    "registry.identity-too-old", node=identity.node, not_after=identity.certificate.not_after
                )
            _check_key(books, identity.node, request.public_key)
            newest = books.identities.of(identity.node)[0]
            is_same = _key(newest.certificate) == request.public_key.sha256
            if is_same and newest.certificate.not_after > now:
                return newest
            if newest.certificate.fingerprint != old and not is_same:
                raise RefusedError("registry.identity-superseded", node=identity.node)
            self._count_expired(books, identity.node, now)
            return self._issue(books, identity.node, request.public_key, Way.EXPIRED, now)

    def let_in(self, fingerprints: Sequence[Sha256], *, now: datetime) -> tuple[str | RefusedError, ...]:
        """Return the names of the nodes that client certificates stand for; asked at each request.

        For one that is unknown, revoked, expired, fenced or removed: why it is not let in (`registry.not-let-in`).
        """
        with self.registry.look() as books:
            identities = books.identities.among(set(fingerprints))
            nodes = books.nodes.among({one.node for one in identities.values()})

        def judge(fingerprint: Sha256) -> str | RefusedError:
            identity = identities.get(fingerprint)
            node = None if identity is None else nodes.get(identity.node)
            try:
                return check_identity(fingerprint, identity, node, now=now).node
            except RefusedError as error:
                return error

        return tuple(map(judge, fingerprints))

    def fence(self, actor: Actor, node: str, reason: str, *, now: datetime) -> Node:
        """Shut a node out until it joins anew with a token.

        Raises:
            UsageError: `registry.node-unknown`.
            RefusedError: `directory.not-allowed`.
        """
        demand(actor.roles, Act.FENCE_NODE)
        return self.shut_out(actor.name, node, NodeState.FENCED, reason, now=now)

    def remove(self, actor: Actor, node: str, reason: str, *, now: datetime) -> Node:
        """Shut a node out for good, and forget what it reported; its identities stay on record.

        Raises:
            UsageError: `registry.node-unknown`.
            RefusedError: `directory.not-allowed`.
        """
        demand(actor.roles, Act.REMOVE_NODE)
        return self.shut_out(actor.name, node, NodeState.REMOVED, reason, now=now)

    def shut_out(self, by: str, node: str, state: NodeState, reason: str, *, now: datetime) -> Node:
        """Fence or remove a node and revoke every identity of it; the server itself does so with a clone.

        Raises:
            UsageError: `registry.node-unknown`.
        """
        with self.registry.change() as books:
            present = books.nodes.find(node)
            if present is None:
                raise UsageError("registry.node-unknown", node=node)
            after = replace(present, state=state, since=now, reason=reason)
            books.nodes.put(after)
            if state is NodeState.REMOVED:
                books.reports.forget(node)
            self._revoke(books, node, reason, now)
            act = Act.FENCE_NODE if state is NodeState.FENCED else Act.REMOVE_NODE
            record(books, by, act, node, {"state": state, "reason": reason}, now=now)
            return after

    def follow(self, actor: Actor, node: str, domains: Collection[str], *, now: datetime) -> Node:
        """Have a node follow exactly these trust domains, besides the control domain.

        Raises:
            UsageError: `registry.node-unknown`, `registry.domain-unknown`.
            RefusedError: `directory.not-allowed`.
        """
        demand(actor.roles, Act.CREATE_TOKEN)
        with self.registry.change() as books:
            present = books.nodes.find(node)
            if present is None:
                raise UsageError("registry.node-unknown", node=node)
            known = books.directory.domains()
            for domain in domains:
                if domain not in known:
                    raise UsageError("registry.domain-unknown", domain=domain)
            after = replace(present, domains=tuple(sorted(set(domains))))
            books.nodes.put(after)
            record(books, actor.name, FOLLOW, node, {"domains": after.domains}, now=now)
            return after

    def _again(
        self, books: Books, kept: TokenRecord | None, node: str, key: PublicKey, now: datetime
    ) -> Identity | None:
        """Return the identity that this token gave this key already."""
        if kept is None or kept.used is None or kept.node != node:
            return None
        found = books.identities.with_key(key.sha256)
        return next((one for one in found if one.node == node and _is_fresh(one, now)), None)

    def _issue(self, books: Books, node: str, key: PublicKey, way: Way, now: datetime) -> Identity:
        order = IdentityOrder(key, node, now - SKEW, now + self.rules.identity)
        made = self.issuer.issue(current_ca(books, CaUse.AGENTS), order)
        identity = Identity(node, made, now, way)
        books.identities.add(identity)
        told = {"certificate": made.fingerprint, "not_after": made.not_after, "way": way}
        record(books, node_actor(node), JOIN, node, told, now=now)
        return identity

    def _revoke(self, books: Books, node: str, reason: str, now: datetime) -> None:
        alive = [one.certificate.fingerprint for one in books.identities.of(node) if one.revoked is None]
        if alive:
            books.revocations.revoke(alive, reason, now=now)
            publish_crls(books, self.signer, self.issuer, now=now)

    def _count_expired(self, books: Books, node: str, now: datetime) -> None:
        of_today = [
            one for one in books.identities.of(node) if one.way is Way.EXPIRED and one.issued > now - _DAY
        ]
        if len(of_today) >= self.rules.most_expired:
            raise RefusedError("registry.renewals-too-many", node=node, most=self.rules.most_expired)


def judge_request(der: bytes) -> Request:
    """Return a request whose signature proves a key that may be an identity: EC P-256, Ed25519, RSA from 3072 bits.

    Raises:
        UsageError: `trust.request-unreadable`, `registry.request-key-unfit`.
    """
    request = Request(der)
    key = request.public_key
    is_fit = (
        (key.algorithm == "EC" and key.curve == "secp256r1")
        or key.algorithm == "Ed25519"
        or (key.algorithm == "RSA" and _SMALLEST_RSA <= key.bits <= _LARGEST_RSA)
    )
    if not is_fit or request.signature_hash in _WEAK:
        raise UsageError("registry.request-key-unfit", key=str(key), digest=request.signature_hash or "-")
    return request


def known_identity(books: Books, fingerprint: Sha256, *, now: datetime) -> Identity:
    """Return the identity of a certificate that is alive and whose node is let in.

    Raises:
        RefusedError: `registry.not-let-in`.
    """
    identity = books.identities.find(fingerprint)
    node = None if identity is None else books.nodes.find(identity.node)
    return check_identity(fingerprint, identity, node, now=now)


def check_identity(
    fingerprint: Sha256, identity: Identity | None, node: Node | None, *, now: datetime
) -> Identity:
    """Return the identity of a certificate, as it was found, that is alive and whose node is let in.

    Raises:
        RefusedError: `registry.not-let-in`.
    """
    alive = _check_alive(fingerprint, identity, node)
    if not alive.certificate.not_before <= now <= alive.certificate.not_after:
        raise RefusedError("registry.not-let-in", who=alive.node)
    return alive


def _alive(books: Books, fingerprint: Sha256) -> Identity:
    """Return an identity that is not revoked, of a node that is let in; it may have expired."""
    identity = books.identities.find(fingerprint)
    node = None if identity is None else books.nodes.find(identity.node)
    return _check_alive(fingerprint, identity, node)


def _check_alive(fingerprint: Sha256, identity: Identity | None, node: Node | None) -> Identity:
    if identity is None or identity.revoked is not None:
        raise RefusedError("registry.not-let-in", who=fingerprint.short)
    if node is None or node.state is not NodeState.JOINED:
        raise RefusedError("registry.not-let-in", who=identity.node)
    return identity


def _check_key(books: Books, node: str, key: PublicKey) -> None:
    """Refuse a key that another node has, or that was revoked: a copied disk does not join by itself."""
    for one in books.identities.with_key(key.sha256):
        if one.node != node:
            raise RefusedError("registry.key-of-other-node", node=node, other=one.node)
        if one.revoked is not None:
            raise RefusedError("registry.key-revoked", node=node)


def _is_fresh(identity: Identity, now: datetime) -> bool:
    """Tell whether an identity is alive and in the first half of its time."""
    begins, ends = identity.certificate.not_before, identity.certificate.not_after
    return identity.revoked is None and now < begins + (ends - begins) / 2


def _key(certificate: Certificate) -> Sha256 | None:
    return None if certificate.public_key is None else certificate.public_key.sha256
