"""Carries out an Issue step: key, request, submission, certificate, comparison; loads nothing.

    look: is there a request that serves the template?
      no   -> make the key where the identity lives (kept if it is there) and a request; record it
      pending -> hand it to the issuer; record it
      submitted -> ask the issuer what has come back; record each answer, or wait
      issued -> compare the bytes with the template, and hand them over

Each record is written before the next thing is done, so it may be killed anywhere and run
again. Where an identity is used on several nodes, or on one that people serve by hand, its key
is made on this machine, and a finding says that it travels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from warifu.domain.estate import ByHand, Estate, Template
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.rotation.comparison import compare
from warifu.domain.rotation.losses import find_losses_open
from warifu.domain.rotation.requests import (
    AcceptedLoss,
    PendingRequest,
    RequestState,
    carries_key,
    find_request,
    key_stem,
    request_id,
    submit,
)
from warifu.domain.rotation.steps import Issue
from warifu.domain.x509 import Certificate, Request
from warifu.errors import RefusedError, UsageError, WaitingError
from warifu.ports.changes import (
    Fence,
    Host,
)
from warifu.ports.issuers import Issuer
from warifu.ports.keys import KeyMaker
from warifu.workflows.intray import InTray
from warifu.workflows.requests import RequestStore, find_anchor

HERE = ""
"""The node name of the machine that drives."""


@dataclass(frozen=True, slots=True)
class IssueDesk:
    """What issuing needs of the world.

    Args:
        issuers: by their names in the estate.
        chains: each issuer's own certificates, issuing one first, root last, as far as known.
        host: reaches a node by its name; `HERE` is this machine.
        key_folder: the folder for new keys on a node (0700); `HERE` is this machine.
        far_key: for a node that makes its keys by itself, what asks it for one by name: its request, and where it lies.
    """

    store: RequestStore
    issuers: Mapping[str, Issuer]
    chains: Mapping[str, Sequence[Certificate]]
    keys: KeyMaker
    host: Callable[[str], Host]
    key_folder: Callable[[str], str]
    far_key: Callable[[str], Callable[[str, Template], tuple[Request, str]] | None] = lambda _node: None


@dataclass(frozen=True, slots=True)
class Arrived:
    """A certificate for a step, and where its key lies.

    Args:
        node: the node the key is on; `HERE` means this machine: it is sent to each node that installs it.
        differences: from the template; an error among them needs approval.
        remarks: what else was met: a key that travels, answers to other requests, what could not be read.
        accepted: losses that somebody accepted by name.
    """

    request: str
    leaf: Certificate
    chain: tuple[Certificate, ...]
    node: str
    key_path: str
    differences: tuple[Finding, ...] = ()
    remarks: tuple[Finding, ...] = ()
    accepted: tuple[AcceptedLoss, ...] = ()

    @property
    def needs_approval(self) -> bool:
        """The bytes differ in something that the plan's proof leaned on."""
        return any(finding.severity is Severity.ERROR for finding in self.differences)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything worth telling, the differences first."""
        return (*self.differences, *self.remarks)


def _keep_still(_remarks: tuple[Finding, ...]) -> None:
    """Nobody is told."""


def issue_certificate(  # each is a different part of the world
    step: Issue,
    estate: Estate,
    desk: IssueDesk,
    fence: Callable[[str], Fence],
    *,
    now: datetime,
    tell: Callable[[tuple[Finding, ...]], None] = _keep_still,
    tray: InTray | None = None,
    present: Sequence[Certificate] = (),
) -> Arrived:
    """Carry an Issue step as far as it goes now.

    Args:
        step: what is to be issued.
        estate: who uses the identity, and how nodes are reached.
        desk: the world.
        fence: the fence of a node; `HERE` is this machine.
        now: the present instant.
        tell: hears what was met among the answers, also when the certificate is still waited for.
        tray: takes in what issuers send back; steps that share it share its looks.
        present: what is in use where the certificate goes; kept with the request, and what comes is compared with it.

    Raises:
        WaitingError: `rotation.waiting-for-certificate`.
        RefusedError: `io.issuer-refused`, `issue.request-not-as-planned`, `issue.key-not-matched`, ...
        UsageError: `issue.unknown-issuer`.
        CouldNotLookError: a node, a file or the issuer could not be asked.
    """
    issuer = desk.issuers.get(step.issuer)
    if issuer is None:
        raise UsageError("issue.unknown-issuer", identity=step.identity, issuer=step.issuer)
    node = key_node(step, estate)
    own = desk.store.of(step.identity)
    request = find_request(
        own, identity=step.identity, issuer=step.issuer, node=node, template=step.template
    ) or _make(step, node, desk, fence, now, own, present)
    is_new = request.state is RequestState.PENDING
    if request.state in {RequestState.PENDING, RequestState.SUBMITTED}:
        issuer.submit(request.request, request.template, now=now)
        request = _kept(desk.store, request, submit(request, now=now))
    remarks: tuple[Finding, ...] = ()
    if request.state is not RequestState.INSTALLED:
        tray = tray or InTray(desk.store)
        remarks = (tray.take_new if is_new else tray.take_all)(issuer, request, now=now)
        tell(remarks)
        request = desk.store.get(request.id)
    if request.leaf is None:
        raise WaitingError(
            "rotation.waiting-for-certificate",
            identity=step.identity,
            request=request.id,
            issuer=step.issuer,
            since=request.submitted,
        )
    return _arrived(step, request, desk, (*_travel(step, node, estate), *remarks), now)


def key_node(step: Issue, estate: Estate) -> str:
    """Return where a step's key is made: its one node, or `HERE` where it must travel anyway."""
    nodes = {estate.node_of(slot).name for slot in step.slots} or {step.node}
    if len(nodes) > 1:
        return HERE
    only = nodes.pop()
    return HERE if only not in estate.nodes or isinstance(estate.nodes[only].reach, ByHand) else only


def _make(
    step: Issue,
    node: str,
    desk: IssueDesk,
    fence: Callable[[str], Fence],
    now: datetime,
    known: Sequence[PendingRequest],
    present: Sequence[Certificate],
) -> PendingRequest:
    stem = key_stem(step.identity, step.template, known)
    far = desk.far_key(node)
    if far is None:
        path = f"{desk.key_folder(node).rstrip('/')}/{stem}.key"
        request = desk.keys.make(desk.host(node), path, step.template, fence(node))
    else:
        request, path = far(f"{stem}.key", step.template)
    made = PendingRequest(
        id=request_id(step.identity, request.public_key),
        identity=step.identity,
        issuer=step.issuer,
        node=node,
        key_path=path,
        request=request,
        template=step.template,
        created=now,
        previous=tuple(present),
    )
    return desk.store.put(made)


def _kept(store: RequestStore, before: PendingRequest, after: PendingRequest) -> PendingRequest:
    return after if after == before else store.put(after)


def _arrived(
    step: Issue, request: PendingRequest, desk: IssueDesk, remarks: tuple[Finding, ...], now: datetime
) -> Arrived:
    leaf = request.leaf
    if leaf is None or not carries_key(leaf, request.request.public_key):
        raise RefusedError(
            "issue.key-not-matched",
            request=request.id,
            certificate=leaf.fingerprint.short if leaf else "-",
        )
    root = find_anchor(step.template.root, desk.chains.get(step.issuer, ()))
    differs = compare(leaf, request.chain, step.template, root=root, now=now)
    differs += find_losses_open(replace(request, template=step.template))
    return Arrived(
        request.id,
        leaf,
        request.chain,
        request.node,
        request.key_path,
        differs,
        remarks,
        request.accepted,
    )


def _travel(step: Issue, node: str, estate: Estate) -> tuple[Finding, ...]:
    if node != HERE:
        return ()
    nodes = sorted({estate.node_of(slot).name for slot in step.slots} or {step.node})
    return (Finding(Code.KEY_TRAVELS, step.identity, {"nodes": nodes}, Severity.NOTE),)
