"""Judges two ends that connect to each other, by what they present and trust, and where asked by real handshakes.

Each end is a file, a container or an address. Its trust store is the one that is named, else the roots that
its own file brings along (as appliances take them), else, for an address, this machine's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from warifu.domain.findings import Code, Finding, Severity, rank
from warifu.domain.trust import (
    Context,
    Outcome,
    Profile,
    Verdict,
    find_key_faults,
    find_skew,
    judge,
    profile_named,
)
from warifu.domain.trust.address import Address
from warifu.domain.trust.ends import (
    End,
    Look,
    Reach,
    find_issuer_differences,
    reach,
)
from warifu.domain.trust.order import find_leaf, leaf_first
from warifu.domain.x509 import Certificate, PrivateKey, Purpose, Reading, load
from warifu.errors import CouldNotLookError, UsageError
from warifu.ports.hosts import HostReader
from warifu.ports.probes import Answered, ClientIdentity, Prober
from warifu.ports.verifiers import Verifier
from warifu.workflows.chains import Presented, judge_chains
from warifu.workflows.check import SYSTEM_ANCHORS, ask_for
from warifu.workflows.places import check_is_file

_OF_DATES = frozenset((Code.EXPIRED, Code.NOT_YET_VALID))
_PROFILES = {Purpose.SERVER_AUTH.value: "tls-server", Purpose.CLIENT_AUTH.value: "tls-client"}


@dataclass(frozen=True, slots=True)
class AskedEnd:
    """What a person says of one end.

    Args:
        subject: a path, or an address that is asked for its chain.
        trust: file of its trust store; empty for what comes with the end.
        identity: file with the certificate and key it presents when it calls; empty for the end's own file.
        name: what the other end calls it by; empty means the host of an address.
        now: the time it has; None for the time that counts for both.
    """

    subject: str | Address
    trust: str = ""
    identity: str = ""
    name: str = ""
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class LiveLook:
    """One real handshake.

    Args:
        verdict: the client's, on the chain that was served; None where none was.
        answered: what the server did.
        client_asked: the server asked for a client certificate.
    """

    client: str
    server: str
    outcome: Reach
    answered: Answered
    verdict: Verdict | None
    client_asked: bool


@dataclass(frozen=True, slots=True)
class PairSeen:
    """What two ends came to.

    Args:
        looks: each end judged by the other, as server and as client: what handshakes come down to.
        target: each end's file as the profile's target takes it, in the order of `ends`; empty without a profile.
        findings: of the pair as such, ranked: what the target compares, what is wrong with the files.
        live: real handshakes, where they were asked for.
        not_live: ends that could not be called, because they are files.
    """

    ends: tuple[End, End]
    looks: tuple[Look, ...]
    target: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    live: tuple[LiveLook, ...] = ()
    not_live: tuple[str, ...] = ()

    def reach(self, client: End, server: End) -> Reach:
        """Tell what becomes of the connection from one end to the other by path validation."""
        return reach(self.looks, client.label, server.label)

    @property
    def standard(self) -> bool:
        """Path validation lets both ends call each other."""
        one, other = self.ends
        return self.reach(one, other) is Reach.MUTUAL and self.reach(other, one) is Reach.MUTUAL

    @property
    def target_accepts(self) -> bool:
        """The profile's target takes both files and their pair."""
        errors = any(one.severity == "error" for one in self.findings)
        return not errors and all(one.outcome is Outcome.ACCEPTED for one in self.target)

    @property
    def is_fine(self) -> bool:
        """Nothing refuses, on paper or on the wire."""
        return self.standard and self.target_accepts and all(one.outcome is Reach.MUTUAL for one in self.live)


@dataclass(frozen=True, slots=True)
class _Read:
    chain: tuple[Certificate, ...]
    keys: tuple[PrivateKey, ...]
    encoding: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class PairRoom:
    """Looks at both ends and judges.

    Args:
        host: whose files are read, and through whom addresses are reached.
        engines: every engine at hand; each is asked about path validation.
        profile: what a target wants besides; None asks for path validation alone.
        at: instant of judgement, where an end has no time of its own.
        passwords: tried on everything that is locked.
    """

    host: HostReader
    prober: Prober
    engines: Sequence[Verifier]
    profile: Profile | None
    at: datetime
    passwords: Sequence[bytes] = field(default=(), repr=False)

    def look(self, one: AskedEnd, other: AskedEnd, *, live: bool = False) -> PairSeen:
        """Return everything about a pair.

        Raises:
            UsageError: `pair.same-ends`, `pair.no-certificate`, `pair.no-identity`, `io.no-such-file`.
            CouldNotLookError: an address or a file could not be asked.
        """
        if str(one.subject) == str(other.subject):
            raise UsageError("pair.same-ends", subject=one.subject)
        read_one, read_other = self._read_end(one), self._read_end(other)
        calling_one, calling_other = self._caller(one, read_one), self._caller(other, read_other)
        stores = (self._anchors(one, read_one.chain), self._anchors(other, read_other.chain))
        ends = (
            self._end(one, read_one, calling_one, stores[0]),
            self._end(other, read_other, calling_other, stores[1]),
        )
        looks = (*self._judged(ends[0], ends[1]), *self._judged(ends[1], ends[0]))
        findings = [*read_one.findings, *read_other.findings, *self._skews(one, other)]
        findings += [finding for store in stores for finding in store.findings]
        if one.identity:
            findings += calling_one.findings
        if other.identity:
            findings += calling_other.findings
        target: tuple[Verdict, ...] = ()
        if self.profile is not None:
            target = tuple(self._by_target(end) for end in ends)
        holds = PairSeen(ends, looks, target, ()).standard
        wants_same = self.profile is not None and self.profile.demands.same_issuers
        findings += _differences(ends, holds=holds, wants_same=wants_same)
        seen = PairSeen(ends, looks, target, rank(findings))
        return self._with_handshakes(seen, (one, other), (calling_one, calling_other)) if live else seen

    def _skews(self, *asked: AskedEnd) -> Iterator[Finding]:
        """Yield what tells how far an end's own time is from the one that counts for both."""
        for end in asked:
            if end.now is not None:
                yield from find_skew(str(end.subject), end.now, self.at)

    def _read_end(self, asked: AskedEnd) -> _Read:
        if isinstance(asked.subject, str):
            return self._read_file(asked.subject)
        answered = self._ask(asked.subject, asked.name or asked.subject.host)
        if not answered.chain:
            reason = answered.refused or "-"
            raise CouldNotLookError("trust.nothing-served", address=asked.subject, reason=reason)
        return _Read(answered.chain, (), "", answered.findings)

    def _read_file(self, path: str) -> _Read:
        seen = self.host.read(path)
        check_is_file(seen)
        reading = load(seen.data, path, self.passwords)
        if not reading.certificates:
            raise UsageError("pair.no-certificate", path=path)
        leaf = find_leaf(reading.certificates)
        chain = leaf_first(reading.certificates)
        faults = (*reading.findings, *find_key_faults(leaf, reading.keys))
        return _Read(chain, reading.keys, reading.encoding, faults)

    def _caller(self, asked: AskedEnd, found: _Read) -> _Read:
        """Return what an end presents when it calls: the identity that was named, else what it is called with."""
        return self._read_file(asked.identity) if asked.identity else found

    def _end(self, asked: AskedEnd, found: _Read, calling: _Read, trusted: Reading) -> End:
        name = asked.name or (asked.subject.host if isinstance(asked.subject, Address) else "")
        return End(
            str(asked.subject),
            found.chain,
            trusted.certificates,
            asked.now or self.at,
            name,
            found.encoding,
            () if calling is found else calling.chain,
        )

    def _anchors(self, asked: AskedEnd, chain: Sequence[Certificate]) -> Reading:
        """Return an end's trust store, with what of its file could not be read."""
        own = tuple(one for one in chain[1:] if one.is_ca and one.looks_self_signed)
        if not asked.trust and (own or isinstance(asked.subject, str)):
            return Reading(own)
        path = asked.trust or SYSTEM_ANCHORS
        seen = self.host.read(path)
        check_is_file(seen)
        found = load(seen.data, path, self.passwords)
        if not found.certificates:
            raise UsageError("trust.no-anchors", path=path)
        return found

    def _judged(self, presenter: End, acceptor: End) -> tuple[Look, ...]:
        """Return one end judged by the other, as server and as client."""
        return tuple(
            Look(
                presenter.label,
                acceptor.label,
                purpose,
                self._verdict(
                    presenter.presented(purpose),
                    presenter.name if purpose == "serverAuth" else "",
                    acceptor,
                    profile,
                ),
            )
            for purpose, profile in _PROFILES.items()
        )

    def _verdict(self, chain: tuple[Certificate, ...], name: str, acceptor: End, profile: str) -> Verdict:
        context = Context(profile_named(profile), acceptor.now)
        verdict = judge_chains([Presented(chain, name)], acceptor.anchors, self.engines, context)[0]
        return self._by_its_clock(verdict, acceptor)

    def _by_target(self, end: End) -> Verdict:
        """Return how the target takes an end's own file, by its own clock and trust store."""
        assert self.profile is not None  # noqa: S101 - asked for only where there is one
        context = Context(self.profile, end.now, encoding=end.encoding)
        return self._by_its_clock(judge(end.chain, end.anchors, context), end)

    def _by_its_clock(self, verdict: Verdict, end: End) -> Verdict:
        """Return a verdict whose findings about dates tell whose clock they rest on, where that is not everybody's."""
        if end.now == self.at:
            return verdict
        told = []
        for one in verdict.findings:
            evidence = {**one.evidence, "clock": end.label}
            told.append(replace(one, evidence=evidence) if one.code in _OF_DATES else one)
        return replace(verdict, findings=tuple(told))

    def _with_handshakes(
        self, seen: PairSeen, asked: tuple[AskedEnd, AskedEnd], found: tuple[_Read, _Read]
    ) -> PairSeen:
        one, other = seen.ends
        calls = ((0, 1, one, other), (1, 0, other, one))
        live: list[LiveLook] = []
        files: list[str] = []
        for client, server, calling, called in calls:
            address = asked[server].subject
            if isinstance(address, Address):
                identity = self._identity(asked[client], found[client])
                live.append(self._call(calling, called, address, identity))
            else:
                files.append(called.label)
        if not live:
            raise UsageError("pair.nothing-live", ends=(one.label, other.label))
        return replace(seen, live=tuple(live), not_live=tuple(files))

    def _identity(self, asked: AskedEnd, own: _Read) -> ClientIdentity:
        leaf = own.chain[0]
        for key in own.keys:
            if leaf.public_key is not None and key.public_key.sha256 == leaf.public_key.sha256:
                sent = tuple(one for one in own.chain[1:] if not one.looks_self_signed)
                return ClientIdentity(leaf, sent, key)
        raise UsageError("pair.no-identity", end=asked.subject, path=asked.identity or asked.subject)

    def _call(self, client: End, server: End, address: Address, identity: ClientIdentity) -> LiveLook:
        """Make one handshake as the client would, with its identity, and judge what was served as it would."""
        answered = self._ask(address, server.name, identity)
        verdict = None
        if answered.chain:
            verdict = self._verdict(answered.chain, server.name, client, "tls-server")
        asked = answered.ca_names is not None
        return LiveLook(
            client.label, server.label, _live_reach(answered, verdict, asked=asked), answered, verdict, asked
        )

    def _ask(self, address: Address, name: str, client: ClientIdentity | None = None) -> Answered:
        return self.prober.ask(ask_for(address, name, client), via=self.host)


def _differences(ends: tuple[End, End], *, holds: bool, wants_same: bool) -> Iterator[Finding]:
    """Yield how the issuers differ, as far as it matters: to a target that compares them, and where a handshake fails.

    CAs of one name and two keys pass a comparison of names; the handshake of the same target fails all the same.
    """
    for one in find_issuer_differences(*ends):
        if one.code is not Code.ISSUERS_ALIKE:
            if wants_same:
                yield one
        elif not holds:
            yield replace(one, severity=Severity.ERROR)
        elif wants_same:
            yield one


def _live_reach(answered: Answered, verdict: Verdict | None, *, asked: bool) -> Reach:
    if verdict is None or verdict.outcome is Outcome.REFUSED:
        return Reach.NONE
    if verdict.outcome is Outcome.UNKNOWN:
        return Reach.UNKNOWN
    return Reach.MUTUAL if asked and not answered.refused else Reach.ONE_WAY
