"""One look of an agent: what is published now, what of it this node takes up, what it says of itself afterwards.

    bundle (from whoever serves it) -> identity -> take up -> report

Each part works without the others: a server that is away, an identity that is over or a report that is refused keeps
nobody from following the last good set, and from putting back what somebody took out of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from warifu.domain.findings import Finding
from warifu.errors import CouldNotLookError, RefusedError, WarifuError
from warifu.ports.agent_state import AgentState, Membership
from warifu.ports.bundles import BundleReader, Held
from warifu.ports.clock import Clock
from warifu.ports.orders import AgentLine, Wait
from warifu.wire.agent import ClockTold, EntryTold, Report, ReportAnswer, digest_of_entries, to_remark
from warifu.wire.evidence import Evidence
from warifu.wire.signed import sign
from warifu.wire.trust_files import TrustAsk
from warifu.workflows.agent_door import Doorway, Lines


@dataclass(frozen=True, slots=True)
class TakenUp:
    """What this node holds after a look.

    Args:
        versions: of each trust domain that its stores follow now.
        changed: something was changed by this look.
        entries: everything in its stores, and what is embedded in files that it was told to look into.
        outputs: what was seen of the files that programs read.
    """

    versions: dict[str, int] = field(default_factory=dict)
    changed: bool = False
    entries: tuple[EntryTold, ...] = ()
    outputs: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class Syncing:
    """An agent's looks, one after the other.

    Args:
        take_up: makes the stores of this node follow what is believed.
        boot: id of this boot, and seconds since it.
    """

    state: AgentState
    reader: BundleReader
    door: Doorway
    lines: Lines
    clock: Clock
    take_up: Callable[[Held, Sequence[str], datetime], TakenUp]
    boot: Callable[[], tuple[str, float]]
    release: str
    offset: timedelta = timedelta()
    clock_told: ClockTold | None = None
    told: str = ""
    """The inventory that the server knows since the last report; empty where this process has not reported yet."""

    def sync(self, refreshes: Sequence[str] = (), then: Callable[[], float] = lambda: 0.0) -> TakenUp:
        """Look once; a second time where the server named other trust domains to follow.

        Args:
            then: returns how many seconds somebody listens once the report is handed in; 0 means nobody does.

        Raises:
            RefusedError: `agent.not-joined`; `agent.fenced`: the server takes nothing of this node any more.
            WarifuError: the first of what went wrong, after everything that could be done was done.
        """
        domains = self._member().domains
        taken = self._look(refreshes, then)
        return taken if self._member().domains == domains else self._look(refreshes, then)

    def ask(self) -> TrustAsk:
        """Return how this node asks for what is newer than what it believes.

        Raises:
            RefusedError: `agent.not-joined`.
        """
        return self.reader.ask(self._believed(), self._member().domains)

    def _believed(self) -> Held:
        held = self.state.held()
        if held is None:
            raise RefusedError("agent.not-joined")
        return held

    def _member(self) -> Membership:
        member = self.state.membership()
        if member is None:
            raise RefusedError("agent.not-joined")
        return member

    def _look(self, refreshes: Sequence[str], then: Callable[[], float]) -> TakenUp:
        member = self._member()
        troubles: list[WarifuError] = []
        held = self._read(member, troubles)
        try:
            member, done = self.door.tend()
            if done == "asked":
                member, _ = self.door.tend()
        except WarifuError as error:
            troubles.append(error)
        now = self.clock.now()
        taken = self.take_up(held, member.domains, now)
        if taken.changed:
            note = {"versions": taken.versions, "findings": [one.code.value for one in taken.findings]}
            self.state.note("taken-up", note, now=now)
        taken = replace(taken, findings=(*held.findings, *taken.findings))
        try:
            self._report(member, held, taken, refreshes, then)
        except WarifuError as error:
            troubles.append(error)
        if troubles:
            raise troubles[0]
        return taken

    def _read(self, member: Membership, troubles: list[WarifuError]) -> Held:
        """Return what is believed after asking for newer, and keep it; without an answer, what was believed before.

        Raises:
            RefusedError: `agent.not-joined`: nothing was ever believed here.
        """
        before = self._believed()
        now = self.clock.now()
        try:
            source = self.lines.source(member.servers)
            source.expect(self.reader.ask(before, member.domains))
            held = self.reader.read(before, source.fetch, member.domains, now=now)
        except CouldNotLookError as error:
            troubles.append(error)
            return self.reader.judge(before, now=now)
        if (held.metadata, held.documents) != (before.metadata, before.documents):
            self.state.keep_held(held)
        return held

    def _report(
        self,
        member: Membership,
        held: Held,
        taken: TakenUp,
        refreshes: Sequence[str],
        then: Callable[[], float],
    ) -> None:
        line = self.door.line(member)
        report = self._told(member, held, taken, refreshes)
        is_new = self.told not in {"", report.inventory}
        seconds = then()
        wait = Wait(seconds, self.reader.ask(held, member.domains)) if seconds else None
        answer = self._hand_in(line, member, report, taken.entries if is_new else (), wait)
        if answer.wants_entries:
            answer = self._hand_in(line, member, report, taken.entries, wait)
        self.told = report.inventory
        if answer.domains != member.domains:
            self.state.keep_membership(replace(member, domains=answer.domains))
        if answer.fenced:
            raise RefusedError("agent.fenced", node=member.node, reason=answer.fenced)

    def _told(self, member: Membership, held: Held, taken: TakenUp, refreshes: Sequence[str]) -> Report:
        """Return what this node says of itself, but for what changes each time that it says so."""
        return Report(
            member.node,
            0,
            self.clock.now(),
            "",
            0.0,
            versions=taken.versions,
            received={name: _digest(held, name) for name in taken.versions},
            inventory=digest_of_entries(taken.entries),
            outputs=taken.outputs,
            remarks=tuple(to_remark(one) for one in taken.findings),
            orders=tuple(refreshes),
            release=self.release,
        )

    def _hand_in(
        self,
        line: AgentLine,
        member: Membership,
        report: Report,
        entries: tuple[EntryTold, ...],
        wait: Wait | None,
    ) -> ReportAnswer:
        assert member.current is not None  # noqa: S101 - `line` refuses without one
        boot_id, boot_clock = self.boot()
        sent = self.clock.now()
        counted = replace(
            report,
            counter=self.state.count(),
            sent_at=sent,
            boot_id=boot_id,
            boot_clock=boot_clock,
            entries=entries,
            clock=self.clock_told,
        )
        answer = line.report(sign(counted, member.current.certificate, member.current.key), wait)
        received = self.clock.now()
        self.clock_told = ClockTold(sent, answer.at, received)
        self.offset = answer.at - (sent + (received - sent) / 2)
        return answer


def _digest(held: Held, domain: str) -> str:
    """Return SHA-256 (hex) of a trust domain's bundle as it is believed: the receipt."""
    return hashlib.sha256(held.documents.get(f"{domain}/bundle.json", b"")).hexdigest()
