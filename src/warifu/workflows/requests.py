"""Requests on record, and what people do with them: list, discard, deliver what came back.

One file a request below the estate's state folder; each is replaced whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.rotation.answers import Match, Offered, Sought, match
from warifu.domain.rotation.comparison import compare
from warifu.domain.rotation.losses import choose_losses, find_losses_open, losses_of
from warifu.domain.rotation.requests import (
    PendingRequest,
    RequestState,
    accept_losses,
    discard,
    find_records,
    install,
    issue,
    submit,
)
from warifu.domain.x509 import Certificate, Sha256, read
from warifu.errors import RefusedError, UsageError
from warifu.ports.files import Files
from warifu.wire.requests import decode_request, encode_request


class RequestStore:
    """The requests of one estate.

    Args:
        files: our files.
        folder: `<estate folder>/.warifu/requests`.
    """

    def __init__(self, files: Files, folder: str) -> None:
        self._files = files
        self.folder = folder

    def all(self) -> tuple[PendingRequest, ...]:
        """Return every request, oldest first.

        Raises:
            CouldNotLookError: `io.cannot-read`, `issue.request-file-unreadable`.
        """
        return self._read(self._paths())

    def of(self, identity: str) -> tuple[PendingRequest, ...]:
        """Return every request of one identity, oldest first; records of others are not opened.

        Raises:
            CouldNotLookError: `io.cannot-read`, `issue.request-file-unreadable`.
        """
        own = self._read(find_records(self._paths(), identity))
        return tuple(request for request in own if request.identity == identity)

    def get(self, name: str) -> PendingRequest:
        """Return a request by its id.

        Raises:
            UsageError: `issue.no-such-request`.
        """
        path = self._path(name)
        own = (path,) if "/" not in name and self._files.exists(path) else ()
        named = [request for request in self._read(own) if request.id == name]
        named = named or [request for request in self.all() if request.id == name]
        if not named:
            raise UsageError("issue.no-such-request", request=name, folder=self.folder)
        return named[0]

    def put(self, request: PendingRequest) -> PendingRequest:
        """Write a request's record and return the request."""
        self._files.write(self._path(request.id), encode_request(request))
        return request

    def _path(self, name: str) -> str:
        return f"{self.folder}/{name}.json"

    def _paths(self) -> tuple[str, ...]:
        if not self._files.exists(self.folder):
            return ()
        return tuple(path for path in self._files.names(self.folder) if path.endswith(".json"))

    def _read(self, paths: Iterable[str]) -> tuple[PendingRequest, ...]:
        found = (decode_request(self._files.read(path), path) for path in paths)
        return tuple(sorted(found, key=lambda request: (request.created, request.id)))


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a delivery did.

    Args:
        accepted: requests that have their certificate now.
        findings: what answers nothing, what answers a discarded request, how bytes differ from the plan.
    """

    accepted: tuple[PendingRequest, ...]
    findings: tuple[Finding, ...]


def discard_request(store: RequestStore, name: str, *, confirmed: str, now: datetime) -> PendingRequest:
    """Mark a request void; its key stays where it is.

    Raises:
        UsageError: `issue.no-such-request`.
        RefusedError: `issue.discard-unconfirmed`, `issue.illegal-move`.
    """
    return store.put(discard(store.get(name), confirmed=confirmed, now=now))


def mark_installed(store: RequestStore, name: str, *, now: datetime) -> PendingRequest:
    """Note that a request's certificate is in use.

    Raises:
        UsageError: `issue.no-such-request`.
        RefusedError: `issue.illegal-move`.
    """
    return store.put(install(store.get(name), now=now))


def accept_request_losses(
    store: RequestStore, name: str, losses: Sequence[str], *, by: str, reason: str, now: datetime
) -> PendingRequest:
    """Note that losses of a request's certificate are meant: exactly those that are named, and are losses now.

    Raises:
        UsageError: `issue.no-such-request`, `issue.no-such-loss`.
        RefusedError: `issue.accept-not-now`.
    """
    request = accept_losses(store.get(name), (), by=by, reason=reason, now=now)
    open_now = losses_of(find_losses_open(request))
    lost = tuple(dict.fromkeys((*open_now, *(one.loss for one in request.accepted))))
    return store.put(accept_losses(request, choose_losses(losses, lost), by=by, reason=reason, now=now))


def deliver(
    store: RequestStore,
    files: Files,
    paths: Sequence[str],
    chains: Mapping[str, Sequence[Certificate]],
    *,
    now: datetime,
) -> Delivered:
    """Take in files that came back from CAs, in any order and form.

    Args:
        store: the requests on record.
        files: where `paths` are read.
        paths: files or folders of them.
        chains: each issuer's own certificates, issuing one first, root last, as far as known.
        now: the present instant.

    Raises:
        CouldNotLookError: `io.cannot-read`.
    """
    offered: list[Offered] = []
    findings: list[Finding] = []
    for path in _expand(files, paths):
        reading = read(files.read(path), path)
        findings.extend(reading.findings)
        if reading.keys or reading.encrypted_keys:
            findings.append(Finding(Code.PRIVATE_KEY_EXPOSED, path))
        offered.extend(Offered(certificate, path) for certificate in reading.certificates)
    known = [certificate for chain in chains.values() for certificate in chain]
    matching = match(offered, (Sought.of(request) for request in store.all()), known=known)
    accepted = []
    for found in matching.matches:
        request, remarks = take(store, found, now=now)
        findings.extend(remarks)
        if request is not None:
            accepted.append(request)
            findings.extend(differences(request, known, now=now))
    return Delivered(tuple(accepted), (*findings, *matching.findings))


def take(
    store: RequestStore, found: Match, *, now: datetime
) -> tuple[PendingRequest | None, tuple[Finding, ...]]:
    """Record the certificate that answers a request, unless another one is in use already.

    What is on record already is not written again.
    """
    request = store.get(found.id)
    if request.state is RequestState.INSTALLED:
        if request.leaf == found.leaf:
            return request, ()
        evidence = {"source": found.source, "request": request.id, "installed": request.installed}
        subject = found.leaf.fingerprint.hex
        return None, (Finding(Code.REQUEST_ALREADY_INSTALLED, subject, evidence, Severity.WARNING),)
    if request.state is RequestState.PENDING:  # handed over by other hands than ours
        request = submit(request, now=now)
    taken = issue(request, found.leaf, found.chain, now=now)
    return (taken if taken == request else store.put(taken)), ()


def differences(
    request: PendingRequest, known: Sequence[Certificate], *, now: datetime
) -> tuple[Finding, ...]:
    """Return how a request's certificate differs from its template, and what it lost of the one in use before.

    Args:
        request: an issued request.
        known: certificates of issuers; the root is looked up there.
        now: the present instant.

    Raises:
        RefusedError: `issue.key-not-matched`: there is no certificate of its key.
    """
    if request.leaf is None:
        raise RefusedError("issue.key-not-matched", request=request.id, certificate="-")
    root = find_anchor(request.template.root, known)
    differs = compare(request.leaf, request.chain, request.template, root=root, now=now)
    return (*differs, *find_losses_open(request))


def find_anchor(root: Sha256 | None, chain: Sequence[Certificate]) -> Certificate | None:
    """Return the certificate of a fingerprint, where it is in a chain."""
    return next((certificate for certificate in chain if certificate.fingerprint == root), None)


def _expand(files: Files, paths: Sequence[str]) -> list[str]:
    found: list[str] = []
    for path in paths:
        found.extend(files.names(path) if files.is_folder(path) else [path])
    return list(dict.fromkeys(found))
