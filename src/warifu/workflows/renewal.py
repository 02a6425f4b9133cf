"""Renewals on this machine: what is read for a comparison, and requests filed before anything is sent.

A request is judged before its key is made. It is filed beside an estate's other requests, or in a folder of
its own where there is no estate; a run that was killed finds its key again, and a request of the same content
is never made twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from warifu.domain.estate import Template
from warifu.domain.findings import Code, Finding, Severity, rank
from warifu.domain.rotation.requests import PendingRequest, RequestState, find_request, key_stem, request_id
from warifu.domain.trust import Context, Profile, in_order
from warifu.domain.trust.address import Address
from warifu.domain.trust.alternative_names import (
    AlternativeName,
    NameKind,
    names_of,
    rarer_names_of,
    read_names,
    without_repeats,
)
from warifu.domain.trust.document import line_of
from warifu.domain.trust.issuer_change import Sent
from warifu.domain.trust.issuer_rules import IssuerRules, KnownIssuers, parse_issuer, read_issuers
from warifu.domain.trust.renewal import Discarded, Renewal, RenewalDiff, RenewalPolicy, compare_renewal
from warifu.domain.trust.request_form import RequestForm, judge_form
from warifu.domain.trust.rule_report import RuleAnswer, report_rules
from warifu.domain.trust.topology import Topology, needed_names, parse_topology
from warifu.domain.x509 import Certificate, PublicKey, Request, load
from warifu.domain.x509.subjects import parse_subject
from warifu.errors import CouldNotLookError, UsageError
from warifu.ports.changes import (
    Fence,
    Host,
)
from warifu.ports.files import Files
from warifu.ports.hosts import HostReader
from warifu.ports.keys import KeyMaker
from warifu.ports.library import Library
from warifu.ports.probes import Ask, Prober
from warifu.workflows.places import check_is_file
from warifu.workflows.requests import RequestStore

KIND = "issuers"
_SUFFIX = ".toml"
_POSTGRESQL_PORT = 5432  # IANA; TLS begins there with an SSLRequest
_LIFETIME = timedelta(days=90)
_RSA = (2048, 3072, 4096)
_EC = {"secp256r1": "ec-p256", "secp384r1": "ec-p384", "secp521r1": "ec-p384"}
_DEFAULT_KEY = "rsa-2048"
_BY_PROFILE = ("serverAuth",)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a file holds or an address serves, the leaf first.

    Args:
        encoding: how the file is written; empty for what came by handshake.
        findings: what could not be read, and what is odd.
    """

    certificates: tuple[Certificate, ...]
    encoding: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def leaf(self) -> Certificate:
        """The certificate that the others are above of."""
        return self.certificates[0]


@dataclass(frozen=True, slots=True)
class Pool:
    """CA certificates at hand, and what in their files could not be read or is odd."""

    certificates: tuple[Certificate, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Sight:
    """Reads certificates where people point.

    Args:
        host: whose files are read, and through whom addresses are reached.
        passwords: tried on everything that is locked.
    """

    host: HostReader
    prober: Prober
    passwords: tuple[bytes, ...] = ()

    def read_presented(self, subject: str | Address) -> Shown:
        """Return what a file holds or an address serves, the leaf first.

        Raises:
            UsageError: `io.no-such-file`, `renewal.no-certificate`.
            CouldNotLookError: the file or the address could not be asked.
        """
        if isinstance(subject, Address):
            return Shown(self._served(subject))
        seen = self.host.read(subject)
        check_is_file(seen)
        reading = load(seen.data, subject, self.passwords)
        found = reading.certificates
        if not found:
            raise UsageError("renewal.no-certificate", path=subject)
        return Shown(in_order(found), reading.encoding, reading.findings)

    def read_pool(self, paths: Iterable[str]) -> Pool:
        """Return the CA certificates of files and folders, and what could not be read of them.

        Raises:
            UsageError: `io.no-such-file`, `renewal.no-pool`.
        """
        found: list[Certificate] = []
        faults: list[Finding] = []
        for path in paths:
            seen = self.host.read(path)
            if seen.kind == "absent":
                raise UsageError("io.no-such-file", path=path)
            places = self.host.names(path) if seen.kind == "folder" else (path,)
            files = [one for one in map(self.host.read, places) if one.kind == "file"]
            readings = [load(file.data, file.path, self.passwords) for file in files]
            held = [one for reading in readings for one in reading.certificates if one.is_ca]
            if not held:
                raise UsageError("renewal.no-pool", path=path)
            found += held
            faults += [one for reading in readings if reading.encoding for one in reading.findings]
        return Pool(tuple(dict.fromkeys(found)), tuple(faults))

    def read_requests(self, path: str) -> tuple[Request, ...]:
        """Return the requests of a file.

        Raises:
            UsageError: `io.no-such-file`, `trust.no-requests`.
        """
        seen = self.host.read(path)
        check_is_file(seen)
        found = load(seen.data, path).requests
        if not found:
            raise UsageError("trust.no-requests", path=path)
        return found

    def _served(self, address: Address) -> tuple[Certificate, ...]:
        behind = self.prober.resolve(address.host, address.port)
        dialect = "postgresql" if address.port == _POSTGRESQL_PORT else "tls"
        sni = "" if address in behind else address.host
        answered = self.prober.ask(Ask(behind[0], dialect, sni), via=self.host)
        if not answered.chain:
            reason = answered.refused or "-"
            raise CouldNotLookError("trust.nothing-served", address=str(address), reason=reason)
        return answered.chain


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison, and where a profile was given, the answer of each of its rules.

    Args:
        read: what was found while reading.
    """

    diff: RenewalDiff
    rules: tuple[RuleAnswer, ...]
    read: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything found, ranked; what the comparison tells is not told again by a rule."""
        told = {finding.code for finding in self.diff.findings}
        broken = [one for answer in self.rules if answer.code not in told for one in answer.findings]
        return rank((*self.read, *self.diff.findings, *broken))

    @property
    def is_fine(self) -> bool:
        """Nothing weighs more than a note."""
        return all(one.severity is Severity.NOTE for one in self.findings)


@dataclass(frozen=True, slots=True)
class Answering:
    """What the new certificate should answer.

    Args:
        requests: one of them, if there are any.
        covers: names that the target's topology asks for.
        records: requests on record: discarded ones explain a refusal.
        source: where the new certificate lies.
    """

    requests: tuple[Request, ...] = ()
    records: tuple[PendingRequest, ...] = ()
    source: str = "-"
    covers: tuple[str, ...] = ()


def compare_files(
    old: Shown,
    new: Shown,
    *,
    pool: Pool | None = None,
    answering: Answering | None = None,
    profile: Profile | None = None,
    policy: RenewalPolicy | None = None,
    now: datetime,
) -> Compared:
    """Compare what is presented now with what came.

    Args:
        profile: the target, every rule of which is answered; None asks for none.
    """
    pool = pool or Pool()
    read = (*old.findings, *new.findings, *pool.findings)
    answers = answering or Answering()
    discarded = tuple(
        Discarded(one.id, one.request.public_key.sha256, one.voided)
        for one in answers.records
        if one.state is RequestState.VOID
    )
    at_hand = tuple(dict.fromkeys((*new.certificates[1:], *old.certificates[1:], *pool.certificates)))
    asked = Renewal(
        old.leaf,
        new.leaf,
        at_hand,
        answers.requests,
        discarded,
        policy or RenewalPolicy(),
        answers.source,
        Sent(old.certificates[1:], new.certificates[1:]),
    )
    diff = compare_renewal(asked, now=now)
    if profile is None:
        return Compared(diff, (), read)
    context = Context(profile, now, requests=answers.requests, encoding=new.encoding, covers=answers.covers)
    return Compared(diff, report_rules(new.certificates, diff.issuer.new, context), read)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants in a request, beside what follows from certificate and topology."""

    names: tuple[str, ...] = ()
    subject: str = ""
    key: str = ""
    identity: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A request before it is made.

    Args:
        findings: what the target or the key policy would refuse, and what a person should know.
        lifetime: of the certificate in use, which is asked for again.
    """

    form: RequestForm
    findings: tuple[Finding, ...]
    lifetime: timedelta
    previous: tuple[Certificate, ...] = ()

    @property
    def is_fit(self) -> bool:
        """Nothing of it would be refused."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)


def draft_request(
    asked: Asked,
    *,
    old: Certificate | None = None,
    topology: Topology | None = None,
    profile: Profile | None = None,
    judged_by: Profile,
) -> Draft:
    """Return what a request will hold, and what speaks against it; nothing is made.

    Args:
        old: the certificate in use; its names, subject, purposes and kind of key are taken over.
        topology: who must be named besides.
        profile: the target that was named; it decides which lists of the topology count, and the purposes.
        judged_by: by whose rules the request is judged.

    Raises:
        UsageError: `renewal.nothing-to-ask`, `renewal.only-others`, `renewal.old-names-nothing`, `renewal.names-unfit`, `renewal.topology-lacks`, ...
    """
    wanted = list(names_of(old)) if old is not None else []
    wanted += needed_names(topology, profile) if topology is not None else ()
    wanted += [name for text in asked.names for name in read_names(text, "--names")]
    names, again = without_repeats(wanted if old is None or topology is None else _grouped(wanted))
    own = tuple(name for name in names if name.kind in {NameKind.DNS, NameKind.IP})
    if names and not own and old is None:
        raise UsageError("renewal.only-others", names=tuple(map(str, names)))
    if not own and old is None:
        raise UsageError("renewal.nothing-to-ask")
    if not own:
        raise UsageError("renewal.old-names-nothing")
    subject = asked.subject or (topology.subject_text if topology is not None else "")
    subject = subject or (old.subject.text if old is not None else "") or _as_subject(own[0])
    named = asked.identity or (topology.name if topology is not None else "") or own[0].text
    purposes = profile.purposes if profile is not None and profile.purposes else None
    if purposes is None:
        purposes = (old.extended_key_usage if old is not None else None) or _BY_PROFILE
    form = RequestForm(
        name=named,
        names=own,
        subject=parse_subject(subject).rfc4514_string(),
        key=asked.key or _kind(old.public_key if old is not None else None),
        purposes=tuple(purposes),
    )
    left = [str(name) for name in names if name not in own]
    left += () if old is None else rarer_names_of(old)
    told = (*judge_form(form, judged_by), *_tell_names(form, again, left))
    lifetime = _LIFETIME if old is None else old.not_after - old.not_before
    return Draft(form, rank(told), lifetime, () if old is None else (old,))


def _grouped(names: Sequence[AlternativeName]) -> list[AlternativeName]:
    """Return names of a certificate and a topology together: that both say one is no repetition worth telling."""
    return list({name.folded: name for name in reversed(names)}.values())[::-1]


def _as_subject(name: AlternativeName) -> str:
    return f"CN={name.text}" if len(name.text) <= 64 else ""  # ub-common-name, RFC 5280 appendix A.1


def _kind(key: PublicKey | None) -> str:
    """Return the kind of key to make after a present one: an RSA key too small for the policy grows."""
    if key is None:
        return _DEFAULT_KEY
    if key.algorithm == "RSA":
        return f"rsa-{next((bits for bits in _RSA if bits >= key.bits), _RSA[-1])}"
    return _EC.get(key.curve, _DEFAULT_KEY) if key.algorithm == "EC" else "ed25519"


def _tell_names(
    form: RequestForm, again: Sequence[AlternativeName], left: Sequence[str]
) -> Iterable[Finding]:
    if again:
        evidence: dict[str, object] = {"names": tuple(dict.fromkeys(map(str, again)))}
        yield Finding(Code.REQUEST_NAME_REPEATED, form.name, evidence, Severity.NOTE)
    if left:
        evidence = {"names": tuple(left)}
        yield Finding(Code.REQUEST_NAMES_NOT_CARRIED, form.name, evidence, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class RequestDesk:
    """What filing a request needs of the world.

    Args:
        host: this machine.
        key_folder: where new keys lie (0700).
        fence: of this machine's folder of requests.
    """

    store: RequestStore
    keys: KeyMaker
    host: Host
    key_folder: str
    fence: Fence


@dataclass(frozen=True, slots=True)
class Filed:
    """A request on record, and whether it was made just now."""

    request: PendingRequest
    is_new: bool


def file_request(draft: Draft, desk: RequestDesk, *, issuer: str, now: datetime) -> Filed:
    """Make key and request, and file them as pending; one of the same content that is open is kept.

    Raises:
        UsageError: `issue.bad-key-kind`, `issue.bad-name`, ...
        RefusedError: `issue.request-not-as-planned`: another key lies where this one would be made.
        CouldNotLookError: the key or the record could not be written.
    """
    form = draft.form
    template = Template(
        identity=form.name,
        issuer_chain=(),
        root=None,
        names=tuple(name.text for name in form.names),
        subject=form.subject,
        purposes=form.purposes,
        key=form.key,
        not_before=now.replace(microsecond=0),
        lifetime=draft.lifetime,
    )
    known = desk.store.of(form.name)
    found = find_request(known, identity=form.name, issuer=issuer, node="", template=template)
    if found is not None and found.is_open:
        return Filed(found, is_new=False)
    path = f"{desk.key_folder}/{key_stem(form.name, template, known)}.key"
    try:
        request = desk.keys.make(desk.host, path, template, desk.fence)
    finally:
        desk.host.release(desk.fence)
    made = PendingRequest(
        id=request_id(form.name, request.public_key),
        identity=form.name,
        issuer=issuer,
        node="",
        key_path=path,
        request=request,
        template=template,
        created=now,
        previous=draft.previous,
    )
    return Filed(desk.store.put(made), is_new=True)


def read_topology(path: str, files: Files) -> Topology:
    """Return the topology of a file.

    Raises:
        UsageError: the file is absent or has faults.
        CouldNotLookError: `io.cannot-read`.
    """
    if not files.exists(path):
        raise UsageError("io.no-such-file", path=path)
    try:
        text = files.read(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            "renewal.topology-not-toml", path=path, line=line_of(error), reason="not-text"
        ) from error
    return parse_topology(text, path)


def load_issuers(library: Library) -> KnownIssuers:
    """Return every issuer whose rules come with the program.

    Raises:
        UsageError: a shipped document has faults.
        CouldNotLookError: `io.data-missing`.
    """
    return read_issuers((name, library.text(KIND, name)) for name in library.names(KIND))


def choose_issuer(text: str, library: Library, files: Files) -> IssuerRules:
    """Return the rules that a text names: a known issuer, or the path of a TOML file.

    Raises:
        UsageError: `renewal.issuer-unknown`, or the file has faults.
        CouldNotLookError: `io.cannot-read`.
    """
    known = load_issuers(library)
    if not text.endswith(_SUFFIX) and (text in known.rules or not files.exists(text)):
        return known.choose(text)
    if not files.exists(text):
        raise UsageError("io.no-such-file", path=text)
    try:
        document = files.read(text).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            "renewal.issuer-not-toml", path=text, line=line_of(error), reason="not-text"
        ) from error
    return parse_issuer(document, text, known.rules)


def issuer_of(leaf: Certificate, library: Library) -> IssuerRules:
    """Return the rules of who signed a certificate.

    Raises:
        UsageError: `renewal.issuer-not-recognised`.
    """
    known = load_issuers(library)
    found = known.recognise(leaf.issuer)
    if found is None:
        names = tuple(known.rules)
        raise UsageError("renewal.issuer-not-recognised", issuer=str(leaf.issuer), known=names)
    return found
