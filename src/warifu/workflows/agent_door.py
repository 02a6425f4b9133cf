"""How a node gets in, and how its identity goes on: join, renew, renew after the end.

Nothing is told to a server before a signed bundle says which CA vouches for it. The bundle itself is fetched from
whoever answers, and believed for the signatures alone: so a node finds back when every certificate has expired.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from warifu.domain import x509
from warifu.domain.directory.identity import IdentityStep, decide_identity
from warifu.domain.directory.model import CONTROL
from warifu.domain.x509 import Certificate, PrivateKey, Request
from warifu.errors import CouldNotLookError, RefusedError, UsageError
from warifu.ports.agent_state import AgentState, Membership
from warifu.ports.bundles import BundleReader, Held
from warifu.ports.clock import Clock
from warifu.ports.orders import AgentIdentity, AgentLine, Door, TrustSource
from warifu.wire.agent import ExpiredRequest, IdentityAnswer, JoinRequest, RenewRequest
from warifu.wire.proofs import renewal_text, sign_text

_MOST_ROOTS = 1_000  # a root is renewed every other year
_LONGEST_ROOT = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a token says.

    Args:
        servers: `https://HOST:PORT` each.
        root: SHA-256 (hex) of the root that was the newest.
        token: the whole of it, as it was given.
    """

    node: str
    servers: tuple[str, ...]
    root: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Lines:
    """How a server is reached."""

    source: Callable[[Sequence[str]], TrustSource]
    door: Callable[[Sequence[str], Sequence[Certificate]], Door]
    line: Callable[[Sequence[str], Sequence[Certificate], AgentIdentity], AgentLine]


@dataclass(frozen=True, slots=True)
class Doorway:
    """Everything that a node's identity needs of the world.

    Args:
        make_key: makes a key for an identity.
        request: returns the request for a node's name, signed by a key.
        controls: the CAs that a control domain's bundle publishes, from what is held.
        boot_id: which boot of the machine this is.
    """

    state: AgentState
    reader: BundleReader
    lines: Lines
    clock: Clock
    make_key: Callable[[], PrivateKey]
    request: Callable[[str, PrivateKey], Request]
    controls: Callable[[Held], tuple[Certificate, ...]]
    boot_id: str

    def join(self, invitation: Invitation) -> Membership:
        """Join by a token.

        A join whose answer got lost is made again with the same token and key, and gets the same identity.

        Raises:
            RefusedError: `agent.joined-already`; `bundle.other-root`; `orders.refused`, with the server's reason.
            CouldNotLookError: `orders.unreachable`, `orders.not-believed`, `agent.no-control`.
        """
        known = self.state.membership()
        now = self.clock.now()
        if known is not None and known.current is not None and now <= known.current.certificate.not_after:
            raise RefusedError("agent.joined-already", node=known.node, servers=list(known.servers))
        source = self.lines.source(invitation.servers)
        held = self.first_look(source, invitation.root)
        key = self.state.asked_key(invitation.node, self.make_key)
        request = self.request(invitation.node, key).to_pem().decode("ascii")
        asked = JoinRequest(invitation.node, invitation.token, request, self.boot_id)
        answer = self.lines.door(invitation.servers, self.controls(held)).join(asked)
        identity = self._checked(answer, invitation.node, key)
        membership = Membership(
            invitation.node,
            invitation.servers,
            invitation.root,
            identity,
            renew_at=answer.renew_at,
            domains=answer.domains,
        )
        self.state.keep_held(held)
        self.state.keep_membership(membership)
        self.state.note("joined", {"node": membership.node, **_told(identity)}, now=now)
        return membership

    def first_look(self, source: TrustSource, root: str) -> Held:
        """Return what a server publishes, believed from the root on that the token names.

        Raises:
            RefusedError: `bundle.other-root`.
            CouldNotLookError: `agent.no-control`: it publishes no CA of its own that verifies.
        """
        begun = self.reader.begin(root_of(source, root), root)
        held = self.reader.read(begun, source.fetch, (CONTROL,), now=self.clock.now())
        if not self.controls(held):
            raise CouldNotLookError("agent.no-control", reason="nothing-published")
        return held

    def tend(self) -> tuple[Membership, str]:
        """Do what is due about this node's identity; return it and what was done, a word of the journal.

        Raises:
            WarifuError: nothing was done: the server could not be asked, or it refused.
            RefusedError: `agent.not-joined`, `agent.over`: a new token is needed.
        """
        member = self.state.membership()
        if member is None:
            raise RefusedError("agent.not-joined")
        now = self.clock.now()
        match decide_identity(
            None if member.current is None else member.current.certificate,
            None if member.following is None else member.following.certificate,
            member.renew_at,
            now=now,
            asked=member.asked,
        ):
            case IdentityStep.KEEP:
                return member, ""
            case IdentityStep.TRY_NEXT:
                return self._try_next(member, now), "taken"
            case IdentityStep.ASK_NEXT:
                return self._ask(member, now, expired=False), "asked"
            case IdentityStep.ASK_EXPIRED:
                return self._ask(member, now, expired=True), "asked-expired"
            case IdentityStep.JOIN_AGAIN:
                ended = "-" if member.current is None else member.current.certificate.not_after
                raise RefusedError("agent.over", node=member.node, ended=ended)

    def line(self, member: Membership) -> AgentLine:
        """Return the node's line to its server.

        Raises:
            RefusedError: `agent.not-joined`.
        """
        if member.current is None:
            raise RefusedError("agent.not-joined")
        return self.lines.line(member.servers, self._anchors(), member.current)

    def _anchors(self) -> tuple[Certificate, ...]:
        held = self.state.held()
        return () if held is None else self.controls(held)

    def _ask(self, member: Membership, now: datetime, *, expired: bool) -> Membership:
        assert member.current is not None  # noqa: S101 - decided above
        key = self.state.asked_key(member.node, self.make_key)
        request = self.request(member.node, key)
        pem = request.to_pem().decode("ascii")
        try:
            if expired:
                asked = self._expired_request(member.node, member.current, request)
                answer = self.lines.door(member.servers, self._anchors()).renew_expired(asked)
            else:
                answer = self.line(member).renew(RenewRequest(member.node, pem, self.boot_id))
        except RefusedError:  # who could not be asked is asked again at the next look
            self.state.keep_membership(replace(member, asked=now))
            raise
        following = self._checked(answer, member.node, key)
        held = replace(
            member,
            following=following,
            next_renew_at=answer.renew_at,
            asked=now,
            domains=answer.domains,
        )
        self.state.keep_membership(held)
        self.state.note("identity-next", _told(following), now=now)
        return self._try_next(held, now) if expired else held

    def _expired_request(self, node: str, old: AgentIdentity, request: Request) -> ExpiredRequest:
        fingerprint = old.certificate.fingerprint
        proof = sign_text(old.key, renewal_text(fingerprint, request.der))
        pem = request.to_pem().decode("ascii")
        return ExpiredRequest(node, fingerprint, pem, base64.b64encode(proof).decode("ascii"), self.boot_id)

    def _try_next(self, member: Membership, now: datetime) -> Membership:
        assert member.following is not None  # noqa: S101 - decided above
        self.lines.line(member.servers, self._anchors(), member.following).orders()
        taken = member.taken()
        self.state.keep_membership(taken)
        self.state.note("identity", _told(member.following), now=now)
        return taken

    def _checked(self, answer: IdentityAnswer, node: str, key: PrivateKey) -> AgentIdentity:
        """Return an answer as an identity.

        Raises:
            CouldNotLookError: `agent.identity-unfit`: it is for another node or another key.
        """
        try:
            chain = tuple(_one(text) for text in answer.chain)
        except UsageError as error:
            raise CouldNotLookError("agent.identity-unfit", node=node, reason="not-readable") from error
        own = chain[0].public_key if chain else None
        if answer.node != node or own is None or own.spki != key.public_key.spki:
            raise CouldNotLookError("agent.identity-unfit", node=node, reason="another-key")
        return AgentIdentity(chain, key)


def root_of(source: TrustSource, digest: str) -> bytes:
    """Return the version of the root that has this SHA-256; the newest there is where none has it."""
    data = b""
    for version in range(1, _MOST_ROOTS):
        found = source.fetch(f"{version}.root.json", _LONGEST_ROOT)
        if found is None:
            break
        data = found
        if hashlib.sha256(data).hexdigest() == digest:
            return data
    if not data:
        raise CouldNotLookError("agent.no-control", reason="no-first-root")
    return data


def _one(text: str) -> Certificate:
    reading = x509.load(text.encode())
    if len(reading.certificates) != 1:
        raise UsageError("trust.certificate-unreadable", reason="not one certificate")
    return reading.certificates[0]


def _told(identity: AgentIdentity) -> dict[str, object]:
    own = identity.certificate
    return {
        "fingerprint": own.fingerprint.hex,
        "serial": f"{own.serial:x}",
        "until": own.not_after.isoformat(),
    }
