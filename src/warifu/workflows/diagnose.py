"""From files of any kind to a diagnosis; from listings to a board; from a name to a procedure.

Files are told apart by content: a bundle is unpacked in memory, a certificate, request or key is what messages may be
about, text is searched for messages. Nothing is changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from warifu.domain.diagnosis import (
    PROFILES,
    Board,
    Budget,
    Concerned,
    Diagnosis,
    Filled,
    InUse,
    Listing,
    Message,
    Piece,
    Procedure,
    Scene,
    decode,
    diagnose,
    fill,
    find_messages,
    find_typed,
    form_of,
    is_binary,
    is_log,
    make_board,
    product_of,
    read_listing,
    read_procedure,
    recognise,
    unknown,
    unpack,
    weight_of_keys,
    without_secrets,
)
from warifu.domain.diagnosis.scene import Form
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.trust import Context, Profile, judge
from warifu.domain.trust.order import find_leaf, in_order
from warifu.domain.x509 import Certificate, Reading, load
from warifu.errors import CouldNotLookError, UsageError
from warifu.ports.files import Files
from warifu.ports.library import Library

KIND = "procedures"
_TRUST = frozenset(
    {Code.ISSUER_NOT_TRUSTED, Code.SELF_SIGNED_NOT_TRUSTED}
)  # not to be told without a trust store
_STORES = {"pkcs12", "jks", "jceks"}  # which are made to hold keys
_JAVA_STORES = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")  # JKS and JCEKS, by their first bytes


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Args:
        paths: logs, bundles, files concerned, folders.
        messages: texts that somebody typed.
        others: files of the other side of a pair.
        anchors: files of the trust store of whoever refused.
        name: the name the peer was asked for.
        now: the target's own time.
        passwords: tried on everything that is locked.
        profile: names release, role and features of the product, where they are known.
    """

    now: datetime
    paths: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    name: str = ""
    passwords: tuple[bytes, ...] = field(default=(), repr=False)
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found.

    Args:
        files: what messages may be about.
        places: certificate files of known products: (product, path, findings).
        problems: pieces that could not be read whole.
        silent: files that were named and say nothing that is known.
        exposed: private keys beside certificates, in a bundle or in a log.
        profiles: what each symptom's files were judged by.
        is_redacted: stars stand for what looked like secrets in the messages.
        ended: certificates that have expired, where no message asks for more.
        unread: what in the files concerned and in trust stores could not be read, or is in a form that products refuse.
    """

    diagnosis: Diagnosis
    files: tuple[Concerned, ...]
    places: tuple[tuple[str, str, tuple[Finding, ...]], ...]
    problems: tuple[Piece, ...]
    silent: tuple[str, ...]
    exposed: tuple[Finding, ...] = ()
    profiles: Mapping[str, str] = field(default_factory=dict)
    is_redacted: bool = False
    ended: tuple[Finding, ...] = ()
    unread: tuple[Finding, ...] = ()

    @property
    def is_unasked(self) -> bool:
        """Certificates were given and nothing asks about them."""
        said = self.diagnosis.answers or self.diagnosis.unknown or self.places
        return not said and any(one.certificates for one in self.files)


def examine(question: Question, files: Files, choose: Callable[[str], Profile]) -> Examined:
    """Read everything that was given, and diagnose it.

    Args:
        question: what is asked.
        files: where it lies.
        choose: returns the profile of a name.

    Raises:
        UsageError: `diagnosis.nothing-given`, `diagnosis.profile-unrelated`, and of a profile that is not known.
        CouldNotLookError: `io.cannot-read`.
    """
    if not question.paths and not question.messages:
        raise UsageError("diagnosis.nothing-given")
    budget = Budget()
    pile = _Pile(question.passwords)
    for path in question.paths:
        for piece in _pieces([path], files, budget):
            pile.add(piece, path)
    said = [*pile.messages]
    for text in question.messages:
        said += find_typed(text) or (unknown(text),)
    messages = without_secrets(said)
    given = list(_pieces(question.anchors, files, budget))
    anchors = [_held(piece, question.passwords) for piece in given]
    scene = _scene(question, pile.concerned, anchors, lambda paths: _pieces(paths, files, budget))
    scene = replace(scene, purposes=choose(question.profile).purposes) if question.profile else scene
    chosen = _chosen(messages, question.profile)
    judged = {name: tuple(_errors(choose(used), scene)) for name, used in chosen.items() if scene.uploads}
    told = {one.symptom: chosen[PROFILES[one.symptom]] for one in messages if one.symptom in PROFILES}
    return Examined(
        diagnose(messages, scene, judged),
        (*pile.concerned, *scene.others),
        tuple(_places(pile.concerned, question.now)),
        (*pile.problems, *(one for one in given if one.problem)),
        tuple(pile.silent),
        tuple(pile.exposed),
        told if scene.uploads else {},
        messages != tuple(said),
        () if messages else tuple(_ended(pile.concerned, question.now)),
        tuple(_unread((*(one.reading for one in (*pile.concerned, *scene.others)), *anchors))),
    )


def _unread(readings: Iterable[Reading]) -> Iterator[Finding]:
    """Yield what could not be read of files, and what products do not read."""
    for reading in readings:
        if reading.holds_anything or reading.begun > reading.lost or reading.encoding or reading.containers:
            yield from (one for one in reading.findings if one.severity is not Severity.NOTE)


@dataclass(slots=True)
class _Pile:
    """What the pieces that were given hold, told apart by content."""

    passwords: tuple[bytes, ...] = field(repr=False)
    messages: list[Message] = field(default_factory=list)
    concerned: list[Concerned] = field(default_factory=list)
    problems: list[Piece] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    exposed: list[Finding] = field(default_factory=list)

    def add(self, piece: Piece, given: str) -> None:
        """Take a piece of what was given."""
        is_given = piece.path == given
        if piece.problem:
            self.problems.append(piece)
        elif (file := _concerned(piece, self.passwords)) is not None:
            if file.form is not Form.OTHER or is_given:  # a bundle holds many files of its own
                self.concerned.append(file)
                self.exposed += _exposed(file, piece.data)
        else:
            self._add_text(piece, given)

    def _add_text(self, piece: Piece, given: str) -> None:
        text = decode(piece.data).text
        weight = weight_of_keys(text)
        if weight is not None:
            self.exposed.append(Finding(Code.PRIVATE_KEY_EXPOSED, piece.path, {}, weight))
        told = recognise(text, piece.path)
        if told.is_cut:
            self.problems.append(Piece(piece.path, b"", "too-telling"))
        if told.messages:
            self.messages += told.messages
        elif piece.path == given:
            self.silent.append(given)


def _exposed(file: Concerned, data: bytes) -> Iterator[Finding]:
    """Yield what tells of private keys that lie beside certificates, in a bundle of logs or in a log."""
    held = file.reading
    if not (held.keys or held.encrypted_keys):
        return
    is_beside = bool(held.certificates) and not set(held.containers) & _STORES
    is_logged = file.path.lower().endswith(".log") or is_log(decode(data).text)
    if is_beside or "!" in file.path or is_logged:
        weight = Severity.ERROR if held.keys else Severity.WARNING
        yield Finding(Code.PRIVATE_KEY_EXPOSED, file.path, {}, weight)


def _scene(
    question: Question,
    concerned: Sequence[Concerned],
    anchors: Sequence[Reading],
    pieces: Callable[[Iterable[str]], Iterable[Piece]],
) -> Scene:
    sent = (_concerned(piece, question.passwords) for piece in pieces(question.others))
    others = tuple(one for one in sent if one)
    trusted = tuple(one for reading in anchors for one in reading.certificates)
    return Scene(
        question.now,
        tuple(concerned),
        others,
        trusted if question.anchors else None,
        question.name,
        lost_anchors=sum(reading.lost for reading in anchors),
    )


def _pieces(paths: Iterable[str], files: Files, budget: Budget) -> Iterator[Piece]:
    for path in paths:
        if not files.is_folder(path):
            yield from unpack(files.read(path), path, budget)
            continue
        for one in files.names(path):
            try:
                data = files.read(one, waits=False)
            except CouldNotLookError as problem:
                yield Piece(one, b"", "too-large" if problem.code == "io.too-large" else "unread")
            else:
                yield from unpack(data, one, budget)


def _concerned(piece: Piece, passwords: Sequence[bytes]) -> Concerned | None:
    """Return a piece as a file that messages may be about; None where it is a text that may hold messages."""
    form = form_of(piece.data)
    if form is Form.OTHER:
        is_store = piece.data.startswith(_JAVA_STORES)
        if not (is_store or is_binary(piece.data)):
            return None
        return Concerned(piece.path, form, load(piece.data, piece.path, passwords))
    if form is Form.PEM and find_messages(decode(piece.data).text):
        return None
    return Concerned(piece.path, form, load(piece.data, piece.path, passwords))


def _chosen(messages: Sequence[Message], known: str) -> Mapping[str, str]:
    """Return which profile the files of each symptom's product are judged by, by its profile without a release.

    Args:
        known: the product's profile with its release; it stands in for the one of the same product.
    """
    wanted = dict.fromkeys(PROFILES[one.symptom] for one in messages if one.symptom in PROFILES)
    product = _product(known)
    chosen = {name: known if _product(name) == product else name for name in wanted}
    if known and not wanted:
        raise UsageError("diagnosis.profile-unasked", profile=known)
    if known and known not in chosen.values():
        raise UsageError("diagnosis.profile-unrelated", profile=known, products=tuple(wanted))
    return chosen


def _product(profile: str) -> str:
    """Return a profile's name without release, role and features."""
    return re.split("[@:+]", profile, maxsplit=1)[0]


def _errors(profile: Profile, scene: Scene) -> Iterator[Finding]:
    for file in scene.uploads:
        context = Context(
            profile, scene.now, name=scene.name, encoding=file.reading.encoding, requests=scene.requests
        )
        verdict = judge(_leaf_first(file), scene.anchors or (), context)
        for finding in verdict.findings:
            if finding.severity is Severity.ERROR and (scene.anchors or finding.code not in _TRUST):
                yield finding


def _leaf_first(file: Concerned) -> tuple[Certificate, ...]:
    """Return its certificates as rules of a chain take them: the leaf first; a set (RFC 5652 §5.1) has no other order."""
    if "pkcs7" in file.reading.containers:
        return in_order(file.certificates)
    leaf = find_leaf(file.certificates)
    return (leaf, *(one for one in file.certificates if one is not leaf))


def _held(piece: Piece, passwords: Sequence[bytes]) -> Reading:
    """Return what a file of certificates holds; a text or a picture is none: it holds nothing and has lost nothing."""
    reading = load(piece.data, piece.path, passwords)
    is_none = form_of(piece.data) is Form.OTHER and not piece.data.startswith(_JAVA_STORES)
    return Reading() if is_none and not reading.holds_anything else reading


def _places(concerned: Sequence[Concerned], now: datetime) -> Iterator[tuple[str, str, tuple[Finding, ...]]]:
    """Yield the certificate files of known products, with those that ended."""
    for file in concerned:
        product = product_of(file.path)
        if product and file.certificates:
            leaf = find_leaf(file.certificates)
            evidence = {"who": leaf.label, "not_after": leaf.not_after, "now": now}
            ended = (Finding(Code.EXPIRED, file.path, evidence),) if now > leaf.not_after else ()
            yield product, file.path, ended


def _ended(concerned: Sequence[Concerned], now: datetime) -> Iterator[Finding]:
    """Yield every certificate that has expired, but in the files of known products, which tell it themselves."""
    for file in concerned:
        for one in file.certificates if not product_of(file.path) else ():
            if now > one.not_after:
                evidence = {"who": one.label, "not_after": one.not_after, "now": now}
                yield Finding(Code.EXPIRED, file.path, evidence)


class Listed(NamedTuple):
    """A listing in a file.

    Args:
        node: whose.
        store: what was listed; empty where the output itself says so, or nobody does.
    """

    node: str
    store: str
    path: str


def join_listings(
    named: Sequence[Listed], used: Sequence[str], files: Files, *, now: datetime, window: timedelta
) -> Board:
    """Return the board of listings.

    Args:
        named: the listings.
        used: files and folders of certificates in use.

    Raises:
        UsageError: `diagnosis.listing-unknown`, `diagnosis.listing-count`, `diagnosis.listing-record`.
        CouldNotLookError: `io.cannot-read`.
    """
    listings = [
        _of_store(read_listing(decode(files.read(one.path)).text, one.node), one.store) for one in named
    ]
    in_use: list[InUse] = []
    unread: list[str] = []
    for piece in _pieces(used, files, Budget()):
        held = _held(piece, ())
        in_use += [InUse(piece.path, one) for one in held.certificates]
        if piece.problem or held.lost:
            unread.append(piece.path)
    return make_board(listings, in_use, now=now, window=window, unread=unread)


def _of_store(listing: Listing, store: str) -> Listing:
    return replace(listing, store=store) if store else listing


def every_procedure(library: Library) -> tuple[Procedure, ...]:
    """Return every shipped procedure, by id.

    Raises:
        UsageError: `diagnosis.procedure-faulty`.
        CouldNotLookError: `io.data-missing`.
    """
    return tuple(read_procedure(name, library.text(KIND, name)) for name in library.names(KIND))


def choose_procedure(id_: str, library: Library) -> Procedure:
    """Return one shipped procedure.

    Raises:
        UsageError: `diagnosis.procedure-unknown`, `diagnosis.procedure-faulty`.
        CouldNotLookError: `io.data-missing`.
    """
    known = library.names(KIND)
    if id_ not in known:
        raise UsageError("diagnosis.procedure-unknown", id=id_, known=known)
    return read_procedure(id_, library.text(KIND, id_))


def plan_procedure(id_: str, given: Mapping[str, str], library: Library, *, now: datetime) -> Filled:
    """Return a procedure written out for one environment.

    Raises:
        UsageError: `diagnosis.procedure-unknown`, `diagnosis.procedure-value`.
        RefusedError: `diagnosis.procedure-not-applicable`.
    """
    return fill(choose_procedure(id_, library), given, today=now.date())
