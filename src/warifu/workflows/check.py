"""Judges certificates where they are: in files, in folders, and served by addresses.

What a file or address holds is read whole and every fault of it is told; a chain is judged by our
rules and, beside them, by every engine at hand. Nothing is changed anywhere.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from warifu.domain.findings import Code, Finding, Severity, rank
from warifu.domain.trust import (
    Basis,
    Context,
    Profile,
    Signatures,
    Verdict,
    find_key_faults,
    in_order,
    judge,
    judge_anchors,
)
from warifu.domain.trust.address import Address
from warifu.domain.trust.leaves import LeafJudge
from warifu.domain.trust.order import find_leaf, leaf_first
from warifu.domain.trust.request_judge import judge_request
from warifu.domain.x509 import Certificate, OcspResponse, Reading, Request, RevocationList, load
from warifu.domain.x509.loader import MOST
from warifu.errors import CouldNotLookError, UsageError, WarifuError
from warifu.ports.archives import Archives, Content
from warifu.ports.hosts import FileSeen, HostReader
from warifu.ports.pipes import Pipes
from warifu.ports.probes import Answered, Ask, ClientIdentity, Endpoint, Prober, dialect_at
from warifu.ports.verifiers import Verifier
from warifu.workflows.chains import Presented, judge_chains
from warifu.workflows.file_faults import (
    aliases_of,
    crl_faults,
    key_file_faults,
    leaf_place_faults,
    looks_like_ours,
    misplaced_keys,
)
from warifu.workflows.key_files import KeyFiles
from warifu.workflows.piles import MANY, judge_leaves, leaves_of
from warifu.workflows.places import Place, Walk, reading_of
from warifu.workflows.roles import is_presented, lost_a_certificate

SYSTEM_ANCHORS = "/etc/ssl/certs/ca-certificates.crt"  # Debian, package ca-certificates
_TOGETHER = 250  # chains that are judged together


@dataclass(frozen=True, slots=True)
class TrustFile:
    """The trust store that chains are judged against.

    Args:
        findings: of the store by itself.
    """

    path: str
    anchors: tuple[Certificate, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class RevocationFiles:
    """What is known of revocation, as files.

    Args:
        crls: of CRLs, in any form.
        mode: `leaf` or `chain`: which certificates they must cover; empty means the leaf, where there are any.
        ocsp: of OCSP responses, one in each (DER or PEM).
    """

    crls: tuple[str, ...] = ()
    mode: str = ""
    ocsp: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RevocationData:
    """What is known of revocation; `mode` as `Context.crl_mode`."""

    crls: tuple[RevocationList, ...] = ()
    mode: str = "off"
    ocsp: tuple[OcspResponse, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What one look at one subject gave.

    Args:
        subject: path or address, as shown to people.
        kind: `file`, `address`, `leaf`, `chain`, `authorities` or `anchors`: what it turned out to be.
        certificates: in the order in which they stand or were served.
        verdict: on the chain, where there is one.
        findings: everything, ranked, the verdict's included.
        problem: why it could not be looked at.
        clear_text: an address lets logins in without TLS; None where that does not show before a login.
        aliases: the names that entries of a key store have, by their certificate.
    """

    subject: str
    kind: str
    certificates: tuple[Certificate, ...] = ()
    verdict: Verdict | None = None
    findings: tuple[Finding, ...] = ()
    problem: WarifuError | None = None
    clear_text: bool | None = None
    aliases: Mapping[Certificate, str] = field(default_factory=dict)

    @property
    def is_fine(self) -> bool:
        """It was looked at, and nothing weighs more than a note."""
        return self.problem is None and all(one.severity is Severity.NOTE for one in self.findings)

    @property
    def has_errors(self) -> bool:
        """A finding weighs as much as a refusal, wherever it comes from."""
        return any(one.severity is Severity.ERROR for one in self.findings)


@dataclass(frozen=True, slots=True)
class Look:
    """What was found at a subject, and the chain of it that is still to be judged.

    Args:
        reading: everything that was read of a file.
        is_pile: its leaves are judged each by itself.
    """

    found: Checked
    presented: Presented | None = None
    reading: Reading | None = field(default=None, repr=False)
    is_pile: bool = False


@dataclass(frozen=True, slots=True)
class Checker:
    """Looks and judges.

    Args:
        host: whose files are read, and through whom addresses are reached.
        pipes: what other programs send, where a path that is named leads to a pipe.
        archives: goes through what was read where it is an archive; None leaves archives closed.
        prober: makes what asks addresses, when there is one to ask.
        engines: every engine at hand; each is asked.
        profile: rule set.
        at: instant of judgement; the target's own, where it was asked.
        name: name the leaf must carry; empty means the host of an address, and none for a file.
        covers: names the leaf must carry besides, all of them.
        requests: the target's; the leaf must answer one of them, if there are any.
        revocation: CRLs and OCSP responses that are judged with every chain.
        skew: what was found of the target's clock, told with its trust store.
        passwords: tried on everything that is locked.
        consumer: whose engine decides; empty where that is not known and every engine must accept.
        patience: how long an address is asked.
    """

    host: HostReader
    pipes: Pipes
    prober: Callable[[], Prober]
    engines: Sequence[Verifier]
    profile: Profile
    at: datetime
    name: str = ""
    covers: tuple[str, ...] = ()
    requests: tuple[Request, ...] = ()
    revocation: RevocationData = RevocationData()
    skew: tuple[Finding, ...] = ()
    passwords: Sequence[bytes] = field(default=(), repr=False)
    consumer: str = ""
    archives: Archives | None = None
    patience: timedelta = timedelta(seconds=5)
    met: dict[Certificate, Certificate] = field(default_factory=dict, repr=False)

    def read_anchors(self, path: str = "") -> TrustFile:
        """Return the trust store of a file, or this machine's own.

        Raises:
            UsageError: `trust.no-anchors`: the file that was named holds none; and what `named_file` raises.
            CouldNotLookError: `trust.no-anchors`: this machine has none; `trust.not-a-file`, `trust.too-much`.
        """
        chosen = path or SYSTEM_ANCHORS
        seen = self.named_file(path) if path else self.read(chosen, explicit=True)
        reading = reading_of(seen, self.passwords)
        if path and not reading.certificates:
            raise UsageError("trust.no-anchors", path=path)
        if not reading.certificates:
            raise CouldNotLookError("trust.no-anchors", path=chosen)
        context = self.context()
        faults = judge_anchors(reading.certificates, context) if path else ()
        keys = misplaced_keys(reading, chosen)
        found = rank((*reading.findings, *faults, *keys, *self.skew))
        return TrustFile(chosen, reading.certificates, found)

    def read_requests(self, path: str) -> tuple[Request, ...]:
        """Return the requests of a file.

        Raises:
            UsageError: `trust.no-requests`: the file holds none; and what `named_file` raises.
            CouldNotLookError: `trust.not-a-file`, `trust.too-much`, and what the ports raise.
        """
        requests = load(self.named_file(path).data, path).requests
        if not requests:
            raise UsageError("trust.no-requests", path=path)
        return requests

    def read_revocation(self, files: RevocationFiles) -> RevocationData:
        """Return the CRLs and OCSP responses of files.

        Raises:
            UsageError: `io.no-such-file`, `trust.no-crls`, `trust.crl-mode-alone`, `trust.ocsp-file-unreadable`.
            CouldNotLookError: what the ports raise.
        """
        if files.mode and not files.crls:
            raise UsageError("trust.crl-mode-alone")
        crls: list[RevocationList] = []
        for path in files.crls:
            found = load(self.named_file(path).data, path).crls
            if not found:
                raise UsageError("trust.no-crls", path=path)
            crls += found
        said = tuple(self._ocsp(path) for path in files.ocsp)
        return RevocationData(tuple(crls), (files.mode or "leaf") if crls else "off", said)

    def _ocsp(self, path: str) -> OcspResponse:
        data = self.named_file(path).data
        try:
            return OcspResponse.of_file(data)
        except UsageError as error:
            raise UsageError("trust.ocsp-file-unreadable", path=path, reason=error.values["reason"]) from None

    def check(self, subjects: Iterable[str | Address | Endpoint], store: TrustFile) -> Iterator[Checked]:
        """Yield what each subject gave: one answer a file, one an address behind a name.

        Args:
            subjects: paths of files and folders, and addresses; of a bare address the port tells how TLS begins.
        """
        waiting: list[Look] = []
        keys: list[Look] = []  # told last: then it is known which certificates there are
        met = KeyFiles()
        for look in self._looks(subjects):
            if look.reading is not None:
                shown = look.presented.chain[0] if look.presented else None
                met.meet(look.found.subject, look.reading, shown)
                if look.reading.keys and not look.reading.certificates:
                    keys.append(look)
                    continue
            if look.is_pile:
                yield from self.judged(waiting, store)
                waiting.clear()
                yield from self._pile(look, store)
                continue
            waiting.append(look)
            if look.found.kind == "address" or len(waiting) >= _TOGETHER:  # addresses are slow: told at once
                yield from self.judged(waiting, store)
                waiting.clear()
        yield from self.judged(waiting, store)
        for look in keys:
            faults = (*look.found.findings, *met.faults_of(look.found.subject))
            yield replace(look.found, findings=rank(faults))

    def _looks(self, subjects: Iterable[str | Address | Endpoint]) -> Iterator[Look]:
        for subject in subjects:
            if isinstance(subject, Address):
                yield from self.look_behind(Endpoint(subject, dialect_at(subject.port)))
            elif isinstance(subject, Endpoint):
                yield from self.look_behind(subject)
            else:
                for place in self._walk().below(subject):
                    yield from self._look_at(place)

    def _look_at(self, place: Place) -> Iterator[Look]:
        if place.seen is None or place.seen.kind != "file" or place.seen.size > MOST or self.archives is None:
            yield self._look(place)
            return
        for one in self.archives.within(place.path, place.seen.data):
            if one.member or one.problem is not None:
                yield self._look_inside(one)
            else:
                yield self._look(place)

    def _look_inside(self, content: Content) -> Look:
        """Return the look at a member of an archive."""
        try:
            if content.problem is not None or content.stream is None:
                return Look(Checked(content.path, "file", problem=content.problem))
            data = content.stream.read(MOST + 1)
        except WarifuError as problem:
            return Look(Checked(content.path, "file", problem=problem))
        return self.look_into(FileSeen(content.path, "file", data), explicit=content.explicit)

    def _look(self, place: Place) -> Look:
        if place.seen is None:
            return Look(Checked(place.path, "file", problem=place.problem))
        if place.seen.kind == "absent":  # told as the others are
            gone = CouldNotLookError("trust.nothing-there", path=place.path)
            if place.seen.link:
                gone = CouldNotLookError("trust.link-to-nowhere", path=place.path, link=place.seen.link)
            return Look(Checked(place.path, "file", problem=gone))
        if place.seen.kind == "other":
            passed = Finding(Code.NOT_A_FILE, place.path, {}, Severity.NOTE)
            return Look(Checked(place.path, "file", findings=(passed,)))
        return self.look_into(place.seen, explicit=place.explicit)

    def read(self, path: str, *, explicit: bool) -> FileSeen:
        """Return what lies at a path; see `Walk.read`."""
        return self._walk().read(path, explicit=explicit)

    def named_file(self, path: str) -> FileSeen:
        """Return the one file that somebody named; see `Walk.named_file`."""
        return self._walk().named_file(path)

    def _walk(self) -> Walk:
        return Walk(self.host, self.pipes)

    def look_into(self, seen: FileSeen, *, explicit: bool) -> Look:
        """Return what a file holds, and the chain of it that is to be judged."""
        reading = reading_of(seen, self.passwords)
        if not (reading.holds_anything or reading.encoding or looks_like_ours(seen.data)):
            weight = Severity.WARNING if explicit else Severity.NOTE
            nothing = Finding(Code.NOTHING_READ, seen.path, {}, weight)
            large = (replace(one, severity=weight) for one in reading.findings if one.code is Code.TOO_LARGE)
            return Look(Checked(seen.path, "file", findings=(next(large, nothing),)))
        findings = [
            *reading.findings,
            *key_file_faults(seen, reading),
            *crl_faults(reading, self.at.replace(microsecond=0)),
            *(fault for one in reading.requests for fault in judge_request(one, self.profile)),
        ]
        certificates = self._known(reading.certificates)
        if not certificates:
            return Look(Checked(seen.path, "file", (), None, rank(findings)), None, reading)
        asks = bool(self.name or self.covers or self.requests or self.profile.demands.form) and explicit
        is_store = self.profile.kind == "trust-store"
        if is_store or not is_presented(certificates, reading, asked=asks):
            findings += [*judge_anchors(certificates, self.context()), *misplaced_keys(reading, seen.path)]
            has_root = any(one.looks_self_signed for one in certificates)
            is_whole = is_store or not lost_a_certificate(reading)  # else nobody knows what it was to be
            kind = "anchors" if has_root and is_whole else "authorities"
            stored = Checked(seen.path, kind, certificates, None, rank(findings), aliases=aliases_of(reading))
            return Look(stored, None, reading)
        if reading.containers:  # PKCS#7 is a set, and key stores join by name: their order says nothing
            certificates = in_order(certificates)
        if leaves_of(reading, self.profile) > MANY:
            found = Checked(seen.path, "file", certificates, None, rank(findings))
            return Look(found, None, reading, is_pile=True)
        leaf = find_leaf(certificates)
        findings += leaf_place_faults(leaf, certificates)
        findings += find_key_faults(leaf, reading.keys)
        kind = "leaf" if len(certificates) == 1 else "chain"
        found = Checked(seen.path, kind, certificates, None, tuple(findings), aliases=aliases_of(reading))
        return Look(
            found, Presented(leaf_first(certificates), self.name, reading.encoding, reading.crls), reading
        )

    def look_behind(self, endpoint: Endpoint) -> Iterator[Look]:
        """Yield what each address behind a name serves."""
        address = endpoint.address
        try:
            behind = self.prober().resolve(address.host, address.port)
        except WarifuError as problem:
            yield Look(Checked(str(endpoint), "address", problem=problem))
            return
        for one in behind:
            shown = str(endpoint) if len(behind) == 1 and one == address else f"{endpoint} ({one})"
            yield self._ask(shown, Endpoint(one, endpoint.dialect), address.host)

    def _ask(self, shown: str, endpoint: Endpoint, host: str) -> Look:
        name = self.name or host
        ask = ask_for(endpoint.address, name)
        ask = replace(ask, dialect=endpoint.dialect, clear_text=True, timeout=self.patience)
        try:
            answered = self.prober().ask(ask, via=self.host)
        except WarifuError as problem:
            return Look(Checked(shown, "address", problem=problem))
        findings = (*answered.findings, *_clear_text_faults(shown, endpoint, answered))
        found = Checked(shown, "address", answered.chain, None, findings, clear_text=answered.clear_text)
        if not answered.chain:
            why = answered.refused or "-"
            limit = int(self.patience.total_seconds())
            nothing = CouldNotLookError("trust.nothing-served", address=shown, reason=why, limit=limit)
            return Look(replace(found, problem=nothing))
        return Look(found, Presented(answered.chain, name))

    def judged(self, looks: Sequence[Look], store: TrustFile) -> Iterator[Checked]:
        """Yield each look with the verdict on its chain."""
        chains = [look.presented for look in looks if look.presented is not None]
        verdicts = iter(self._verdicts(chains, store.anchors))
        for look in looks:
            if look.presented is None:
                yield look.found
                continue
            verdict = next(verdicts)
            found = replace(look.found, verdict=verdict, problem=_silence(verdict, self.consumer))
            yield replace(found, findings=rank((*look.found.findings, *verdict.findings)))

    def _pile(self, look: Look, store: TrustFile) -> Iterator[Checked]:
        """Yield what was found of a pile, then its CAs, then each leaf: no chain holds so many.

        Engines are asked where somebody said whose answer decides: each of them takes many times as long.
        """
        path, known = look.found.subject, dict.fromkeys(look.found.certificates)
        authorities = tuple(one for one in known if one.is_ca)
        leaves = [one for one in known if not one.is_ca]
        context = replace(self.context(), name=self.name)
        if look.found.findings:
            yield replace(look.found, certificates=())
        if authorities:
            yield Checked(path, "authorities", authorities, None, rank(judge_anchors(authorities, context)))
        judge_of = LeafJudge(authorities, store.anchors, self.context())
        engines = self.engines if self.consumer else ()
        for at in range(0, len(leaves), _TOGETHER):
            part = leaves[at : at + _TOGETHER]
            for leaf, verdict in zip(
                part, judge_leaves(part, judge_of, store.anchors, engines, context), strict=True
            ):
                shown = (
                    f"{path}#{leaf.fingerprint.short}"  # where it stands changes with what is put before it
                )
                silence = _silence(verdict, self.consumer)
                yield Checked(shown, "leaf", (leaf,), verdict, rank(verdict.findings), silence)

    def _verdicts(self, chains: Sequence[Presented], anchors: tuple[Certificate, ...]) -> tuple[Verdict, ...]:
        if self.engines:
            return judge_chains(chains, anchors, self.engines, self.context())
        context = self.context()
        return tuple(judge(one.chain, anchors, one.asked(context)) for one in chains)

    def _known(self, certificates: Sequence[Certificate]) -> tuple[Certificate, ...]:
        """Return the same certificates, each as the object it was met as first: what was read of it stays read."""
        return tuple(self.met.setdefault(one, one) for one in certificates)

    def context(self) -> Context:
        """Return the question, apart from what each chain brings with it."""
        return Context(
            self.profile,
            self.at,
            consumer=self.consumer or "unknown",
            signatures=Signatures(),
            covers=self.covers,
            requests=self.requests,
            crls=self.revocation.crls,
            crl_mode=self.revocation.mode,
            crls_at_hand=self.revocation.crls,
            ocsp=self.revocation.ocsp,
        )


def ask_for(address: Address, name: str, client: ClientIdentity | None = None) -> Ask:
    """Return the handshake that a client would make which calls an address by a name."""
    return Ask(
        address, dialect_at(address.port), "" if _is_ip(name) else name, client, read=client is not None
    )


def _clear_text_faults(shown: str, endpoint: Endpoint, answered: Answered) -> Iterator[Finding]:
    if answered.clear_text:
        evidence = {"address": str(endpoint.address), "dialect": endpoint.dialect}
        yield Finding(Code.CLEAR_TEXT_LOGIN, shown, evidence, Severity.WARNING)


def _silence(verdict: Verdict, consumer: str) -> WarifuError | None:
    """Return why the engine that shall decide gave no answer, if it gave none."""
    if not consumer or verdict.basis is Basis.RUN:
        return None
    said = [answer.said for name, answer in verdict.engines if consumer in (name, "unknown")]
    return CouldNotLookError("trust.engine-missing", engine=consumer, reason="; ".join(said) or "-")


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
