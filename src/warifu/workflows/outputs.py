"""Writing trust out where programs read it, and telling whether it lies there.

An output that was never written is adopted: what lies there already is copied, and where nobody published it, it keeps
the output from being written unless the settings let it stay. Then every change is placed in one instant, its service
loads it and is seen to have loaded it, else what was before is put back. What was being written when a run ended is
written down beforehand, so that the next run goes on where it stopped. One output that fails does not hold up another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from warifu.domain.directory.outputs import Contents, Output, OutputKind, OutputSettings, Stock, contents_for
from warifu.domain.estate import Service, TrustSlot
from warifu.domain.findings import Finding, rank
from warifu.domain.x509 import load
from warifu.errors import RefusedError, WarifuError
from warifu.ports.changes import MakeFolder, WriteFile
from warifu.ports.targets import Target, TrustContent, digest_of
from warifu.wire.evidence import Evidence, Outcome, Stage, Witness
from warifu.wire.outputs import OutputRecord, decode, encode
from warifu.workflows import backups, loading
from warifu.workflows.install import Installer
from warifu.workflows.output_items import Items, carried_pem, items_in
from warifu.workflows.output_stands import (
    FileStand,
    GenerationStand,
    Node,
    Present,
    Stand,
    password_of,
)
from warifu.workflows.output_target import OutputTarget
from warifu.workflows.proving import Proof, Site, Standing, names_digest
from warifu.workflows.system_store import SystemStand


class OutputState(StrEnum):
    """How an output lies next to what is published."""

    AS_PUBLISHED = "as-published"
    DIFFERS = "differs"
    ABSENT = "absent"
    UNREADABLE = "unreadable"


class Ending(StrEnum):
    """What came of writing an output."""

    UNCHANGED = "unchanged"
    WRITTEN = "written"  # on disk; nobody tells whether it is in use
    LOADED = "loaded"  # in use; older processes may still hold what was before
    PROVEN = "proven"
    PUT_BACK = "put-back"  # its service did not take it up; what was before is in use again
    DOWN = "down"  # put back, and even what was before is not seen in use
    FAILED = "failed"  # not written; what was before is there


GOOD = frozenset({Ending.UNCHANGED, Ending.WRITTEN, Ending.LOADED, Ending.PROVEN})

_ENDINGS = {
    Standing.PROVEN: Ending.PROVEN,
    Standing.LOADED: Ending.LOADED,
    Standing.DEPLOYED: Ending.WRITTEN,
}


@dataclass(frozen=True, slots=True)
class OutputSeen:
    """A look at one output.

    Args:
        missing: labels of what is published and not there.
        more: subjects of certificates, and names of files, that are there and were not put there by us.
        rights: mode and owner are as the settings say.
        adopted: it lies as we lay things; else the next writing makes it so.
    """

    output: Output
    state: OutputState
    missing: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    rights: bool = True
    adopted: bool = True
    problem: WarifuError | None = None


@dataclass(frozen=True, slots=True)
class OutputWritten:
    """What came of one output.

    Args:
        evidence: that it was sent here, lies on disk, is loaded, is proven: as far as anybody saw.
        findings: why a service did not take it up, the most telling first.
        problem: why it was not written.
    """

    output: Output
    ending: Ending
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()
    problem: WarifuError | None = None


@dataclass(frozen=True, slots=True)
class _Work:
    """One output that is being looked at or written.

    Args:
        contents: what shall lie there, with what stays of what was there.
        others: further files that stay.
    """

    output: Output
    stand: Stand
    present: Present
    record: OutputRecord
    contents: Contents
    others: Mapping[str, bytes]
    content: TrustContent

    @property
    def digest(self) -> str:
        return digest_of(self.content)

    @property
    def is_as_wanted(self) -> bool:
        return self.stand.is_as_wanted(self.present, self.contents, self.others)


class OutputWriter:
    """Writes the outputs of one node.

    Args:
        targets: products by name, whose loading and witnesses are used.
        installer: loads and looks.
    """

    def __init__(self, node: Node, targets: Mapping[str, Target], installer: Installer) -> None:
        self._node = node
        self._targets = targets
        self._installer = installer

    def look(self, settings: OutputSettings, stock: Stock) -> tuple[OutputSeen, ...]:
        """Return how each output lies next to what the node trusts; changes nothing, raises for none of them."""
        return tuple(self._look(output, stock) for output in settings.outputs)

    def write(self, settings: OutputSettings, stock: Stock) -> tuple[OutputWritten, ...]:
        """Write every output that differs, each for itself; return what came of each, raise for none of them."""
        written = []
        for output in settings.outputs:
            try:
                written.append(self._write(output, settings.services.get(output.service), stock))
            except WarifuError as error:
                written.append(OutputWritten(output, Ending.FAILED, problem=error))
        return tuple(written)

    # --- looking

    def _look(self, output: Output, stock: Stock) -> OutputSeen:
        try:
            stand = self._stand(output)
            present = stand.read()
            if not present.is_there:
                return OutputSeen(output, OutputState.ABSENT, contents_for(output, stock).labels)
            work = self._work(output, stand, present, stock, self._record(output) or _fresh(output))
            if work.is_as_wanted:
                return OutputSeen(output, OutputState.AS_PUBLISHED)
            items = self._items(output, present)
        except WarifuError as error:
            return OutputSeen(output, OutputState.UNREADABLE, problem=error)
        strange = [name for name in items.others if name not in work.others]
        missing, more = items.missing(work.contents), (*items.more(work.contents), *strange, *items.unread)
        if isinstance(stand, SystemStand):
            missing = tuple(dict.fromkeys((*missing, *stand.not_taken_up(work.contents))))
        return OutputSeen(output, OutputState.DIFFERS, missing, more, present.rights, present.is_ours)

    # --- writing

    def _write(self, output: Output, service: Service | None, stock: Stock) -> OutputWritten:
        stand = self._stand(output)
        present = stand.read()
        remembered = self._record(output)
        record = remembered or self._adopt(output, present, contents_for(output, stock))
        work = self._work(output, stand, present, stock, record)
        if not work.contents.anchors and not output.may_be_empty:
            raise RefusedError("outputs.empty", name=output.name)
        site = None if service is None else self._site(work, service)
        is_there = work.is_as_wanted
        if is_there and record.pending != work.digest:
            if remembered is None:  # from now on what goes was ours
                self._save(record)
            return self._unchanged(work, site)
        if not is_there:
            since = {} if site is None else self._mark(site)
            record = replace(record, pending=work.digest, before=stand.before(present), since=since)
            self._save(record)
            stand.place(present, work.contents, work.others)
        return self._take_up(replace(work, record=record), site)

    def _unchanged(self, work: _Work, site: Site | None) -> OutputWritten:
        evidence = self._noted(work, site, Outcome.YES)
        if site is not None:
            evidence = (evidence[0], *self._installer.prove(site, work.content, work.record.since).evidence)
        return OutputWritten(work.output, Ending.UNCHANGED, evidence)

    def _take_up(self, work: _Work, site: Site | None) -> OutputWritten:
        """Have the service load what was placed; what it does not take up is put back."""
        if site is None:
            lies = self._lies(work)
            if lies:
                self._finish(work)
            evidence = self._noted(work, None, Outcome.YES if lies else Outcome.NO)
            return OutputWritten(work.output, Ending.WRITTEN if lies else Ending.FAILED, evidence)
        refused = loading.check(site)
        if refused:
            self._put_back(work)
            return OutputWritten(work.output, Ending.PUT_BACK, self._noted(work, site, Outcome.NO), refused)
        proof, faults = self._installer.take_up(site, work.content, work.record.since)
        evidence = (self._noted(work, site, Outcome.YES)[0], *proof.evidence)
        if proof.standing in _ENDINGS and (not faults or proof.standing is Standing.PROVEN):
            self._finish(work)
            findings = rank(proof.findings)
            return OutputWritten(work.output, _ENDINGS[proof.standing], evidence, findings)
        self._put_back(work)
        back = self._load_again(site)
        ending = Ending.PUT_BACK if back is not None and back.standing in _ENDINGS else Ending.DOWN
        findings = rank([*proof.findings, *faults])
        return OutputWritten(work.output, ending, evidence, findings)

    def _load_again(self, site: Site) -> Proof | None:
        """Have the service load what was put back; None where nothing lies there now."""
        before = site.target.read(site.host, site.service, site.slot).content
        if before is None:
            loading.load(site)
            return None
        return self._installer.take_up(site, before, self._mark(site))[0]

    def _finish(self, work: _Work) -> None:
        work.stand.tidy(work.contents, work.others)
        self._save(replace(work.record, pending="", before=""))

    def _put_back(self, work: _Work) -> None:
        work.stand.put_back(work.record.before)
        self._save(replace(work.record, pending="", before="", since={}))

    # --- adopting, remembering

    def _adopt(self, output: Output, present: Present, contents: Contents) -> OutputRecord:
        """Copy what lies there and nobody of us put there; return what of it stays."""
        if output.kind is OutputKind.SYSTEM or not present.is_there:
            return _fresh(output)
        items = self._items(output, present)
        carried = carried_pem(output, items, contents)
        label = hashlib.sha256("\0".join(output.paths).encode()).hexdigest()[:12]
        folder = f"{self._node.state}/outputs/{output.name}/adopted-{label}"
        seen = tuple(present.files.values())
        backups.back_up(self._node.host, output.name, seen, folder, self._node.fence)
        return replace(_fresh(output), carried=carried, carried_files=items.others)

    def _record(self, output: Output) -> OutputRecord | None:
        """Return what is remembered of an output; None where nothing is, or it was another one."""
        seen = self._node.host.read(self._record_path(output))
        if seen.kind != "file":
            return None
        record = decode(seen.data)
        return record if record.paths == output.paths else None

    def _save(self, record: OutputRecord) -> None:
        path = f"{self._node.state}/outputs/{record.output}/record.json"
        folder = MakeFolder(f"{self._node.state}/outputs/{record.output}", 0o700)
        self._node.host.change((folder, WriteFile(path, encode(record), 0o600)), self._node.fence)

    def _record_path(self, output: Output) -> str:
        return f"{self._node.state}/outputs/{output.name}/record.json"

    # --- parts

    def _stand(self, output: Output) -> Stand:
        if output.kind is OutputKind.SYSTEM:
            return SystemStand(self._node, output)
        if output.kind is OutputKind.HASHED or output.crl_file:
            return GenerationStand(self._node, output)
        return FileStand(self._node, output)

    def _work(
        self, output: Output, stand: Stand, present: Present, stock: Stock, record: OutputRecord
    ) -> _Work:
        carried = load(record.carried.encode(), output.path) if record.carried else None
        contents = contents_for(output, stock)
        if carried is not None:
            contents = contents.with_carried(carried.certificates, carried.crls)
        others = {name: present.data[name] for name in record.carried_files if name in present.files}
        has_crls = output.kind is OutputKind.HASHED or bool(output.crl_file)
        contents = contents if has_crls else replace(contents, crls=())
        content = TrustContent(contents.anchors, contents.crls)
        return _Work(output, stand, present, record, contents, others, content)

    def _items(self, output: Output, present: Present) -> Items:
        return items_in(output, present.data, password_of(output, self._node.host))

    def _site(self, work: _Work, service: Service) -> Site:
        output, node = work.output, self._node
        slot = TrustSlot(
            f"{service.name}/{output.name}", service.name, output.name, output.path, output.crl_file
        )
        target = OutputTarget(self._targets[service.target], self._reads(work))
        return Site(service, slot, target, node.host, node.fence, node.state, serves=output.judges_clients)

    def _reads(self, work: _Work) -> Callable[[], TrustContent | None]:
        """Return what reads back an output's files, in whatever form they are."""

        def read() -> TrustContent | None:
            present = work.stand.read()
            if work.stand.is_as_wanted(present, work.contents, work.others):
                return work.content
            items = self._items(work.output, present)
            anchors = tuple(sorted(items.anchors, key=lambda one: one.fingerprint.hex))
            crls = tuple(sorted(items.crls, key=lambda one: one.fingerprint.hex))
            return TrustContent(anchors, crls) if present.is_there else None

        return read

    def _lies(self, work: _Work) -> bool:
        found = self._reads(work)()
        return found is not None and digest_of(found) == work.digest

    def _mark(self, site: Site) -> dict[str, str]:
        mark = dict(site.target.mark(site.host, site.service))
        present = site.target.read(site.host, site.service, site.slot).content
        if present is not None:
            mark["old_names"] = names_digest(present)
        return mark

    def _noted(self, work: _Work, site: Site | None, on_disk: Outcome) -> tuple[Evidence, ...]:
        """Return evidence that contents came to this node, and whether they lie on disk."""
        slot, at = work.output.name if site is None else site.slot.name, self._node.clock.now()
        stages = ((Stage.SENT, Outcome.YES), (Stage.ON_DISK, on_disk))
        return tuple(
            Evidence(slot, stage, outcome, Witness.FILE, at, work.digest) for stage, outcome in stages
        )


def _fresh(output: Output) -> OutputRecord:
    return OutputRecord(output.name, output.paths)
