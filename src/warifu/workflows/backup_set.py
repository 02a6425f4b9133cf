"""A consistent backup of a whole trust domain without powering anything off, and its way back: all of it or nothing.

    freeze -> every node's signed receipt of exactly these versions -> the server's backup -> opened again -> thaw

While it is frozen no version is made, so that everything in the set is of one version. A freeze ends by itself: a server
that was killed meanwhile does not stay frozen. The set lies in one folder:

    set.json      versions, the SHA-256 of the backup, each node's receipt as it signed it
    server.tar    the server's backup
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from warifu.domain import x509
from warifu.domain.directory.model import CONTROL
from warifu.domain.directory.removal import decide_restore
from warifu.domain.directory.roles import Act, demand
from warifu.errors import CouldNotLookError, RefusedError, UsageError
from warifu.ports.bundles import BundleSigner
from warifu.ports.files import Files
from warifu.ports.node_books import NodeState
from warifu.ports.registry import Backups, Books, Registry
from warifu.wire.agent import Report
from warifu.wire.signed import Signed, canonical, open_signed, parse
from warifu.workflows.acting import Actor
from warifu.workflows.audit_desk import record
from warifu.workflows.published import FROZEN, Frozen, frozen, keep_decision, version_of
from warifu.workflows.report_desk import followed, receipt_in

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,100}")
LONGEST: Final = timedelta(minutes=5)
SET_RESTORED: Final = "restore-set"


@dataclass(frozen=True, slots=True)
class NodeReceipt:
    """What a node signed: the versions that it follows; with the certificate that its signature is checked by."""

    node: str
    certificate: str
    signed: Signed


@dataclass(frozen=True, slots=True)
class BackupSet:
    """What a set holds.

    Args:
        versions: of every trust domain, by name: the same in the backup and in each receipt.
        backup: SHA-256 (hex) of `server.tar`.
        waived: nodes that were left out by name.
    """

    made: datetime
    versions: Mapping[str, int]
    backup: str
    receipts: tuple[NodeReceipt, ...]
    waived: tuple[str, ...] = ()
    format: int = 1


@dataclass(frozen=True, slots=True)
class BackupSets:
    """Use cases of sets.

    Args:
        folder: where they lie.
        opened: opens a server's backup and returns the version of every trust domain in it.
    """

    registry: Registry
    signer: BundleSigner
    backups: Backups
    files: Files
    opened: Callable[[str], Mapping[str, int]]
    clock: Callable[[], datetime]
    folder: str = field(default="sets")

    def make(self, name: str, by: str, *, waived: Collection[str] = ()) -> str:
        """Make a set; return its folder once all of it was opened again.

        Raises:
            RefusedError: `retire.set-misses`, with the nodes that have not signed exactly these versions;
                `registry.frozen`: another set is being made.
            CouldNotLookError: `registry.backup-damaged`, `io.cannot-write`, ...
        """
        now = self.clock()
        folder = f"{self.folder}/{name}-{int(now.timestamp() * 1000)}"
        with self.registry.change() as books:
            if frozen(books, now) is not None:
                raise RefusedError("registry.frozen", by=by, until=now)
            versions = _versions(books)
            receipts = _receipts(books, versions, waived)
            books.about.put(FROZEN, canonical(Frozen(by, now, now + LONGEST)))
        try:
            self.files.write(f"{folder}/begun", b"")
            self.backups.make(f"{folder}/server.tar", now=now)
            digest = hashlib.sha256(self.files.read(f"{folder}/server.tar")).hexdigest()
            left_out = tuple(sorted(waived))
            made = BackupSet(now, versions, digest, receipts, left_out)
            self.files.write(f"{folder}/set.json", canonical(made).encode())
            self.read(folder)
        finally:
            with self.registry.change() as books:
                books.about.put(FROZEN, "")
        return folder

    def find(self, name: str) -> str:
        """Return the folder of a set by its name, or by its whole path; nothing besides sets is ever opened.

        Raises:
            RefusedError: `retire.no-such-set`.
        """
        last = name.rstrip("/").rpartition("/")[2]
        folder = f"{self.folder}/{last}"
        if not _NAME.fullmatch(last) or not self.files.exists(f"{folder}/set.json"):
            raise RefusedError("retire.no-such-set", name=last)
        return folder

    def read(self, folder: str) -> BackupSet:
        """Return what a set holds, every part of it opened and compared.

        Raises:
            CouldNotLookError: `io.cannot-read`; `registry.backup-damaged`: a part is not what it should be.
        """
        found: BackupSet
        try:
            found = parse(BackupSet, self.files.read(f"{folder}/set.json"))
        except UsageError as error:
            raise CouldNotLookError("registry.backup-damaged", path=folder, reason="no-facts") from error
        path = f"{folder}/server.tar"
        if hashlib.sha256(self.files.read(path)).hexdigest() != found.backup:
            raise CouldNotLookError("registry.backup-damaged", path=path, reason="files-differ")
        if dict(self.opened(path)) != dict(found.versions):
            raise CouldNotLookError("registry.backup-damaged", path=path, reason="other-version")
        for receipt in found.receipts:
            _check(receipt, found.versions, folder)
        return found

    def restore(self, actor: Actor, folder: str, nodes: Collection[str] = (), *, now: datetime) -> BackupSet:
        """Put everything back as a set has it, every trust domain in one change; what came since stays.

        Args:
            nodes: to be put back; none named means all, and fewer than all are refused.

        Raises:
            RefusedError: `directory.not-allowed`; `retire.one-node`: one node alone would have another truth than the rest;
                `retire.restore-refused`.
        """
        demand(actor.roles, Act.RESTORE)
        found = self.read(folder)
        every = {one.node for one in found.receipts} | set(found.waived)
        if nodes and set(nodes) != every:
            raise RefusedError("retire.one-node", nodes=sorted(nodes), missing=sorted(every - set(nodes)))
        with self.registry.change() as books:
            for domain, version in sorted(found.versions.items()):
                if domain == CONTROL:
                    continue  # the server's own CAs go on: nobody is to be locked out
                earlier = version_of(books, domain, version)
                decision = decide_restore(version_of(books, domain), earlier, now=now)
                if decision.is_refused:
                    codes = sorted({one.code.value for one in decision.all_findings})
                    raise RefusedError("retire.restore-refused", domain=domain, reasons=codes)
                keep_decision(books, self.signer, actor.name, SET_RESTORED, decision, now=now)
            told = {"set": folder, "versions": found.versions}
            record(books, actor.name, SET_RESTORED, "domains", told, now=now)
        return found


def _versions(books: Books) -> dict[str, int]:
    return {name: version_of(books, name).version for name in books.directory.domains()}


def _receipts(books: Books, versions: Mapping[str, int], waived: Collection[str]) -> tuple[NodeReceipt, ...]:
    """Return every node's receipt of exactly these versions.

    Raises:
        RefusedError: `retire.set-misses`.
    """
    found: list[NodeReceipt] = []
    missing: list[str] = []
    for node in books.nodes.nodes():
        if node.state is NodeState.REMOVED or node.name in waived:
            continue
        signed = receipt_in(books.reports, node.name)
        identity = books.identities.find(signed.by) if signed is not None else None
        if signed is None or identity is None or node.state is not NodeState.JOINED:
            missing.append(node.name)
            continue
        pem = x509.to_pem([identity.certificate]).decode("ascii")
        receipt = NodeReceipt(node.name, pem, signed)
        follows = (CONTROL, *followed(books, node))
        wanted = {name: version for name, version in versions.items() if name in follows}
        report: Report = open_signed(Report, signed, identity.certificate)
        if dict(report.versions) != wanted:
            missing.append(node.name)
        found.append(receipt)
    if missing:
        raise RefusedError("retire.set-misses", nodes=sorted(missing))
    return tuple(sorted(found, key=lambda one: one.node))


def _check(receipt: NodeReceipt, versions: Mapping[str, int], folder: str) -> None:
    """Return when a receipt is its node's own word for these versions.

    Raises:
        CouldNotLookError: `registry.backup-damaged`.
    """
    try:
        (certificate,) = x509.load(receipt.certificate.encode()).certificates
        report: Report = open_signed(Report, receipt.signed, certificate)
    except (RefusedError, UsageError, ValueError) as error:
        raise CouldNotLookError("registry.backup-damaged", path=folder, reason="receipt-wrong") from error
    same = all(versions.get(name) == version for name, version in report.versions.items())
    if report.node != receipt.node or not same or not report.versions:
        raise CouldNotLookError("registry.backup-damaged", path=folder, reason="receipt-wrong")
