"""The one install engine: what every target goes through, because reload commands lie.

judge before touching -> back up and open the backup -> write a new generation -> swap -> the
service's own check -> load -> see by full handshakes and the product's witnesses that it is
live -> else put the old files back, load, and see that the old content is live again.

Every write is one atomic operation, and their order is such that a stop anywhere leaves
files that are wholly before or wholly after. No product is known here.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from warifu.domain import x509
from warifu.domain.estate import Loading, TrustSlot
from warifu.domain.findings import Code, Finding, Severity, rank
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.clock import Clock
from warifu.ports.hosts import Act, FileSeen, Operation, Ran, Remove
from warifu.ports.probes import Ask, Prober
from warifu.ports.targets import Content, FileWanted, IdentityContent, TrustContent, digest_of
from warifu.wire.evidence import Evidence, Outcome, Witness
from warifu.workflows import backups, generations
from warifu.workflows.backups import Backup
from warifu.workflows.generations import Layout
from warifu.workflows.preflight import find_content_faults, find_file_faults, keep_rights
from warifu.workflows.proving import Patience, Proof, Site, Standing, names_digest, prove


class Ending(StrEnum):
    """How an installation ended."""

    REFUSED = "refused"  # before anything was loaded; the files are as they were
    DEPLOYED = "deployed"  # on disk; not seen in use, and nothing contradicts it
    LOADED = "loaded"  # in use; older processes may still hold what was before
    LIVE = "live"  # in use and proven
    PUT_BACK = "put-back"  # it did not come live; what was before is live again
    DOWN = "down"  # put back, and even what was before is not seen live


class Files(StrEnum):
    """What a slot's files hold, next to what a step expects."""

    BEFORE = "before"
    AFTER = "after"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Installed:
    """What came of it.

    Args:
        evidence: every look, the last one of each kind.
        findings: the causes, the most telling first.
        since: the mark taken before the load; later looks at the same slot need it.
    """

    ending: Ending
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()
    since: Mapping[str, str] | None = None


_ENDINGS = {
    Standing.PROVEN: Ending.LIVE,
    Standing.LOADED: Ending.LOADED,
    Standing.DEPLOYED: Ending.DEPLOYED,
}


class Installer:
    """Carries contents into slots.

    Args:
        patience: how long and how often one looks for what was loaded.
    """

    def __init__(self, prober: Prober, clock: Clock, patience: Patience | None = None) -> None:
        self._prober = prober
        self._clock = clock
        self._patience = patience or Patience()

    # --- before anything is touched

    def preflight(self, site: Site, content: Content, *, returning: bool = False) -> tuple[Finding, ...]:
        """Return every fault of a content and of the files it would replace; changes nothing.

        Args:
            returning: it was in use before (a rollback): only what would break the service refuses it.

        Raises:
            CouldNotLookError: the node could not be asked.
        """
        faults: list[Finding] = []
        seen = self._look_at(site, faults)
        present = self._present(site)
        found = find_content_faults(site.slot, content, present, now=self._clock.now())
        faults += [_milder(fault) if returning else fault for fault in found]
        for wanted in site.target.encode(site.service, site.slot, content):
            if wanted.path in seen:
                faults += find_file_faults(seen[wanted.path], wanted)
        return rank(faults)

    def look(self, site: Site, before: Sequence[str], after: str) -> Files:
        """Return whether the files hold what a step begins with, what it ends with, or neither.

        Args:
            before: value digests that the step may begin with.
            after: the value digest it ends with.
        """
        seen = site.target.read(site.host, site.service, site.slot)
        if seen.content is None:
            return Files.NEITHER
        if any(finding.code is Code.KEY_MISMATCH for finding in seen.findings):
            return Files.NEITHER
        digest = digest_of(seen.content)
        if digest == after:
            return Files.AFTER
        return Files.BEFORE if digest in before else Files.NEITHER

    def needs_adoption(self, site: Site) -> bool:
        """Tell whether the slot has several files that cannot change in one instant yet."""
        return len(site.slot.files) > 1 and not self._layout(site)[0].is_adopted

    def back_up(self, site: Site, label: str) -> Backup:
        """Copy everything the slot's paths lead to, open the copies and compare.

        Args:
            label: names the backup below the node's state folder: a rollout's id and a step's.

        Raises:
            RefusedError: `install.backup-differs`.
            CouldNotLookError: it could not be written.
        """
        folder = f"{site.state}/backups/{label}"
        seen = self._everything(site)
        return backups.back_up(site.host, site.slot.name, seen, folder, site.fence)

    # --- changing

    def adopt(self, site: Site) -> Layout:
        """Make the slot's plain paths links into a generation folder, contents unchanged; loads nothing.

        Raises:
            RefusedError: `install.split-generations`, `install.file-absent`.
            CouldNotLookError: it could not be carried out; no path has another content than before.
        """
        layout, seen = self._layout(site)
        missing = generations.find_missing(layout, seen)
        if missing:
            raise RefusedError("install.file-absent", paths=[finding.subject for finding in missing])
        if not layout.is_adopted:
            parent = site.host.read(posixpath.dirname(layout.folder))
            site.host.change(generations.adopting(layout, seen, parent), site.fence)
        return self._layout(site)[0]

    def place(self, site: Site, content: Content, backup: Backup, *, returning: bool = False) -> Installed:
        """Write a content and swap it in; the service has not loaded it yet.

        Raises:
            RefusedError: `install.no-backup`, `install.not-adopted`.
        """
        backups.open_backup(site.host, backup.folder)
        faults = self.preflight(site, content, returning=returning)
        if any(fault.severity is Severity.ERROR for fault in faults):
            return Installed(Ending.REFUSED, findings=faults)
        layout, seen = self._layout(site)
        if len(layout.roles) > 1 and not layout.is_adopted:
            raise RefusedError("install.not-adopted", slot=site.slot.name)
        wanted = self._files(site, content, seen)
        try:
            self._write(site, layout, wanted)
        except CouldNotLookError as error:
            return self._not_written(site, layout, error)
        refused = self._check(site)
        if refused:
            self._restore(site, backup)
            return Installed(Ending.REFUSED, findings=(*refused, *faults))
        return Installed(Ending.DEPLOYED, findings=faults)

    def switch(self, site: Site, content: Content, backup: Backup, *, returning: bool = False) -> Installed:
        """Bring a content into use: place it, load it, prove it; else put back what was before.

        Raises:
            RefusedError: `install.no-backup`, `install.not-adopted`.
        """
        placed = self.place(site, content, backup, returning=returning)
        return placed if placed.ending is Ending.REFUSED else self.load(site, content, backup)

    def load(self, site: Site, content: Content, backup: Backup) -> Installed:
        """Have the service take up what lies on disk and prove it; else put back what was before."""
        since = self._mark(site, backup)
        faults = self._load(site)
        proof = self._wait(site, content, since, failed=bool(faults))
        if proof.standing is Standing.PROVEN or (proof.standing in _ENDINGS and not faults):
            self._prune(site)
            ending = _ENDINGS[proof.standing]
            return Installed(ending, proof.evidence, proof.findings, since)
        said = site.target.said(site.host, site.service, since)
        if said:
            faults.append(Finding(Code.SERVICE_SAID, site.service.name, {"said": said}, Severity.WARNING))
        back = self.put_back(site, backup, was_loaded=_may_be_loaded(proof))
        findings = rank([*proof.findings, *faults, *back.findings])
        return replace(back, findings=findings, evidence=(*proof.evidence, *back.evidence))

    def put_back(self, site: Site, backup: Backup, *, was_loaded: bool = True) -> Installed:
        """Put every file back as the backup has it, load, and see that it is live again.

        Args:
            was_loaded: what is taken back may have been loaded; else processes that never let go
                of the old content are as good as new ones.
        """
        self._restore(site, backup)
        old = site.target.read(site.host, site.service, site.slot).content
        by_processes = was_loaded and not (site.serves and site.service.addresses)
        since = self._mark(site, backup) if by_processes else {}
        faults = self._revive(site) if self._is_dead(site) else self._load(site)
        if old is None:
            return Installed(Ending.DOWN, findings=(*faults, self._not_live(site)))
        proof = self._wait(site, old, since, failed=bool(faults))
        if proof.standing not in _ENDINGS:
            return Installed(Ending.DOWN, proof.evidence, (*faults, *proof.findings, self._not_live(site)))
        note = Finding(Code.OLD_LIVE_AGAIN, site.slot.name, {"standing": proof.standing}, Severity.NOTE)
        return Installed(Ending.PUT_BACK, proof.evidence, (*faults, note), since)

    def prove(self, site: Site, content: Content, since: Mapping[str, str] | None = None) -> Proof:
        """Look once at what is in use; changes nothing."""
        return prove(
            site,
            content,
            since=since or {},
            prober=self._prober,
            clock=self._clock,
            patience=self._patience,
        )

    # --- parts

    def _look_at(self, site: Site, faults: list[Finding]) -> dict[str, FileSeen]:
        seen: dict[str, FileSeen] = {}
        for path in site.slot.files:
            try:
                seen[path] = site.host.read(path)
            except CouldNotLookError as error:
                faults.append(Finding(Code.FILE_UNREADABLE, path, {"reason": error.values.get("reason", "")}))
        return seen

    def _present(self, site: Site) -> Content | None:
        try:
            return site.target.read(site.host, site.service, site.slot).content
        except CouldNotLookError:
            return None

    def _layout(self, site: Site) -> tuple[Layout, dict[str, FileSeen]]:
        seen = {path: site.host.read(path) for path in site.slot.files}
        folder = generations.find_folder(site.slot, seen)
        current = site.host.read(f"{folder}/{generations.CURRENT}").link
        return generations.layout_of(site.slot, seen, current, site.host.names(folder)), seen

    def _files(self, site: Site, content: Content, seen: Mapping[str, FileSeen]) -> tuple[FileWanted, ...]:
        if isinstance(content, IdentityContent) and content.key is None:
            present = self._present(site)
            content = replace(content, key=present.key if isinstance(present, IdentityContent) else None)
        return tuple(
            keep_rights(wanted, seen[wanted.path])
            for wanted in site.target.encode(site.service, site.slot, content)
        )

    def _write(self, site: Site, layout: Layout, wanted: Sequence[FileWanted]) -> None:
        if not layout.is_adopted:
            (file,) = wanted
            site.host.change(generations.in_place(file), site.fence)
            return
        ours = set(layout.roles.values())
        lying = site.host.names(f"{layout.folder}/{layout.current}")
        kept = [site.host.read(path) for path in lying if posixpath.basename(path) not in ours]
        parent = site.host.read(layout.folder)
        site.host.change(generations.staging(layout, wanted, kept, parent), site.fence)
        site.host.change(generations.swapping(layout, layout.next), site.fence)

    def _not_written(self, site: Site, layout: Layout, error: CouldNotLookError) -> Installed:
        reason, path = error.values.get("reason", str(error)), error.values.get("path", site.slot.name)
        if layout.is_adopted and self._layout(site)[0].current == layout.current:
            site.host.change((Remove(f"{layout.folder}/{layout.next}"),), site.fence)
        finding = Finding(Code.WRITE_FAILED, str(path), {"reason": reason})
        return Installed(Ending.REFUSED, findings=(finding,))

    def _check(self, site: Site) -> tuple[Finding, ...]:
        command = site.target.check_command(site.service)
        if not command:
            return ()
        try:
            ran = site.host.run(command)
        except CouldNotLookError as error:
            return (Finding(Code.CHECK_FAILED, site.service.name, {"said": str(error), "command": command}),)
        if ran.code == 0:
            return ()
        evidence = {"said": _said(ran), "command": " ".join(command), "code": ran.code}
        return (Finding(Code.CHECK_FAILED, site.service.name, evidence),)

    def _mark(self, site: Site, backup: Backup) -> dict[str, str]:
        mark = dict(site.target.mark(site.host, site.service))
        if isinstance(site.slot, TrustSlot):
            data = backups.data_of(site.host, backup, site.slot.anchors)
            before = TrustContent(x509.read(data, site.slot.anchors).certificates)
            mark["old_names"] = names_digest(before)
        return mark

    def _load(self, site: Site) -> list[Finding]:
        if site.service.loading is Loading.EACH_USE:
            return []
        try:
            command = site.target.load_command(site.host, site.service)
        except CouldNotLookError:  # the process to be signalled is not there
            return self._revive(site)
        return self._act(site, command) if command else []

    def _revive(self, site: Site) -> list[Finding]:
        if not site.service.restart:
            return [Finding(Code.SERVICE_DOWN, site.service.name)]
        return self._act(site, site.service.restart)

    def _act(self, site: Site, command: tuple[str, ...]) -> list[Finding]:
        evidence = {"command": " ".join(command), "code": "-"}
        try:
            (ran,) = site.host.change((Act(command),), site.fence)
        except CouldNotLookError as error:
            said = str(error.values.get("reason", error))
            return [Finding(Code.LOAD_FAILED, site.service.name, {**evidence, "said": said})]
        if ran.code != 0:
            evidence = {**evidence, "code": str(ran.code), "said": _said(ran)}
            return [Finding(Code.LOAD_FAILED, site.service.name, evidence)]
        judged = site.target.judge_load(site.service, ran)
        return [finding for finding in judged if finding.severity is Severity.ERROR]

    def _wait(self, site: Site, content: Content, since: Mapping[str, str], *, failed: bool) -> Proof:
        proofs: list[Proof] = []
        patience = self._patience
        answered = self._clock.now()  # when the service last took a connection

        def is_settled() -> bool:
            nonlocal answered
            proofs.append(self.prove(site, content, since))
            now = self._clock.now()
            answered = now if proofs[-1].reached else answered
            dead = site.service.loading is Loading.RELOAD and now - answered >= patience.dead
            return dead or proofs[-1].standing in {Standing.PROVEN, Standing.DEPLOYED, Standing.ABSENT}

        if failed:
            is_settled()
        else:
            self._clock.wait(is_settled, at_most=patience.deadline, every=patience.every)
        return proofs[-1]

    def _is_dead(self, site: Site) -> bool:
        """Tell whether none of the service's addresses takes a connection any more."""
        found: list[bool] = []
        for declared in site.service.addresses:
            try:
                addresses = self._prober.resolve(declared.host, declared.port)
            except CouldNotLookError:
                return False
            asks = (Ask(address, site.service.dialect, timeout=self._patience.dial) for address in addresses)
            found += [self._prober.ask(ask, via=site.host).reached for ask in asks]
        return bool(found) and not any(found)

    def _restore(self, site: Site, backup: Backup) -> None:
        operations: list[Operation] = list(backups.restoring(site.host, backup))
        site.host.change(operations, site.fence)

    def _prune(self, site: Site) -> None:
        layout, _ = self._layout(site)
        if layout.is_adopted and layout.number:
            keep = frozenset({layout.current, f"g{layout.number - 1}"})
            operations = generations.pruning(layout, keep=keep)
            if operations:
                site.host.change(operations, site.fence)

    def _everything(self, site: Site) -> tuple[FileSeen, ...]:
        layout, seen = self._layout(site)
        found: dict[str, FileSeen] = {}
        if layout.current:
            generation = f"{layout.folder}/{layout.current}"
            link = f"{layout.folder}/{generations.CURRENT}"
            for path in (layout.folder, generation, *site.host.names(generation), link):
                found[path] = site.host.read(path)
        for path, look in seen.items():
            self._follow(site, path, look, found)
        if not layout.current:  # absent: it goes when nothing leads into it any more, hence last
            found[layout.folder] = site.host.read(layout.folder)
        return tuple(found.values())

    def _follow(self, site: Site, path: str, look: FileSeen, found: dict[str, FileSeen]) -> None:
        if look.link and path not in found and generations.generation_place(look) is None:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), look.link))
            self._follow(site, target, site.host.read(target), found)
        found.setdefault(path, look)

    def _not_live(self, site: Site) -> Finding:
        return Finding(Code.OLD_NOT_LIVE, site.slot.name, {"service": site.service.name})


def _milder(fault: Finding) -> Finding:
    breaks = fault.code in {Code.KEY_MISMATCH, Code.KEY_MISSING, Code.NO_ANCHORS}
    return fault if breaks else replace(fault, severity=Severity.WARNING)


def _may_be_loaded(proof: Proof) -> bool:
    """Tell whether no process or report contradicts that a content was loaded."""
    inside = {Witness.GENERATION, Witness.SELF_REPORT}
    return not any(e.outcome is Outcome.NO and e.witness in inside for e in proof.evidence)


def _said(ran: Ran) -> str:
    text = (ran.err + b"\n" + ran.out).decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(lines[-6:])
