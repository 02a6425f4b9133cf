"""Looks at the files that a message may be about: whether each holds what the vendor demands.

A look answers HOLDS (this cause is there), RULED_OUT (it is not) or POSSIBLE (what was given does not tell), with
what it rests on. None stops at another's fault: two causes at once are both seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.x509.oid import NameOID

from warifu.domain.diagnosis.scene import Concerned, Form, Scene, Standing
from warifu.domain.findings import Code, Severity
from warifu.domain.trust import Signatures, leaf_facts
from warifu.domain.trust.order import find_leaf, in_order
from warifu.domain.trust.rules.names import carries
from warifu.domain.x509 import Certificate, DistinguishedName, Purpose, Quietly, Request, Usage
from warifu.domain.x509.damaged import UNREADABLE
from warifu.domain.x509.subjects import say_subject

DEPTH = 10
"""Certificates that Dell OpenManage Enterprise takes in a chain (KB 000221202: "leaf certificates in a chain")."""
NAMES = 4
"""subjectAltName entries that its request page takes (Dell's own Ansible module 9.6.0 tests the fifth)."""
NAME_LENGTH = 64
"""Characters of one of them (the same tests)."""
WINDOW = timedelta(days=30)
"""How long before its end Symantec Endpoint Protection Manager warns (KB 232057)."""
_SIGNATURES = 200
_SUBJECT = {
    "CN": NameOID.COMMON_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "L": NameOID.LOCALITY_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "C": NameOID.COUNTRY_NAME,
    "emailAddress": NameOID.EMAIL_ADDRESS,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look gave.

    Args:
        word: a key of `evidence.SEEN`, the sentence that says it.
        values: what the sentence names.
        more: what else shows the same cause, so that nobody mends one fault to meet the next.
    """

    standing: Standing
    word: str
    values: Mapping[str, object] = field(default_factory=dict)
    more: tuple[Seen, ...] = ()

    @property
    def templates(self) -> tuple[str, ...]:
        """The certificate templates of all that it shows, each once."""
        own = [str(self.values["template"])] if "template" in self.values else []
        return tuple(dict.fromkeys((*own, *(name for one in self.more for name in one.templates))))


Look = Callable[[Scene], Seen]


def _holds(word: str, /, **values: object) -> Seen:
    return Seen(Standing.HOLDS, word, values)


def _fine(word: str, /, **values: object) -> Seen:
    return Seen(Standing.RULED_OUT, word, values)


def _open(word: str, /, **values: object) -> Seen:
    return Seen(Standing.POSSIBLE, word, values)


def _all_of(faults: Iterable[Seen]) -> Seen | None:
    """Return every fault as one, those that hold first; None when there is none."""
    ranked = sorted(faults, key=lambda one: one.standing is not Standing.HOLDS)
    return replace(ranked[0], more=tuple(ranked[1:])) if ranked else None


def _in_each(look: Callable[[Concerned, Scene], Seen]) -> Look:
    """Return a look at every file that holds certificates: one that shows the cause is enough."""

    def looked(scene: Scene) -> Seen:
        seen = [look(one, scene) for one in scene.uploads]
        ranked = sorted(seen, key=lambda one: one.standing is not Standing.HOLDS)
        return ranked[0] if ranked else _open("no-file")

    return looked


@_in_each
def other_key(file: Concerned, scene: Scene) -> Seen:
    """The leaf's key is of none of the requests that were given."""
    leaf = find_leaf(file.certificates)
    if not scene.requests:
        return _open("no-request", who=leaf.subject, key=leaf.public_key)
    if leaf.public_key in [request.public_key for request in scene.requests]:
        return _fine("request-fits", who=leaf.subject)
    return _holds("request-other-key", who=leaf.subject, count=len(scene.requests), path=file.path)


@_in_each
def broken_chain(file: Concerned, scene: Scene) -> Seen:
    """The file is not leaf, issuers and self-signed root, each signed by the next, in that order, each CA within its dates."""
    leaf, gap = find_leaf(file.certificates), _broken(file)
    dates = (_date_fault(one, scene.now) for one in file.certificates if one is not leaf)
    return _all_of(one for one in (gap, *dates) if one and one.standing is Standing.HOLDS) or gap


def broken_side(scene: Scene) -> Seen:
    """The chain of either side of a pair is not whole."""
    others = _sides(scene.others)
    return _all_of(
        one for side in (*scene.uploads, *others) if (one := _broken(side)).standing is Standing.HOLDS
    ) or (_fine("sides-whole") if scene.uploads and others else _no_other(scene))


def _broken(file: Concerned) -> Seen:
    unread = _unread(file)
    if unread is not None:
        return unread
    ordered = in_order(file.certificates)
    signatures = Signatures(_SIGNATURES)
    gap = next((gap for pair in pairwise(ordered) if (gap := _gap(*pair, signatures, file.path))), None)
    last = ordered[-1]
    if gap is None and not last.looks_self_signed:
        gap = _holds("issuer-missing", missing=last.issuer, who=last.subject, path=file.path)
    if gap is None and not signatures.holds(last, last):
        gap = _holds("signature-wrong", who=last.subject, issuer=last.subject, path=file.path)
    is_set = "pkcs7" in file.reading.containers  # a SET OF has no order: RFC 5652 §5.1
    if gap is None and ordered != file.certificates and not is_set:
        gap = _holds("order-wrong", order=tuple(one.subject for one in ordered), path=file.path)
    return gap or _fine("chain-whole", count=len(ordered), root=last.subject)


def _gap(child: Certificate, above: Certificate, signatures: Signatures, path: str) -> Seen | None:
    if child.looks_self_signed:
        return _holds("chain-stranger", extra=above.subject, path=path)
    if above.subject.folded != child.issuer.folded:
        return _holds("issuer-missing", missing=child.issuer, who=child.subject, path=path)
    if not signatures.holds(child, above):
        return _holds("signature-wrong", who=child.subject, issuer=above.subject, path=path)
    return None


@_in_each
def common_names(file: Concerned, _scene: Scene) -> Seen:
    """A certificate has no common name, or one carries a wildcard."""
    for one in file.certificates:
        if not one.subject.common_names:
            return _holds("common-name-missing", who=one.subject, path=file.path)
        for name in (*one.subject.common_names, *(one.names.dns if one.names else ())):
            if "*" in name:
                return _holds("wildcard", who=one.subject, pattern=name, path=file.path)
    return _fine("common-names-fine", count=len(file.certificates))


@_in_each
def one_purpose(file: Concerned, scene: Scene) -> Seen:
    """The leaf does not name every purpose that the product wants: both, server and client authentication, as a rule."""
    return _purposes(file, scene.purposes)


def one_purpose_of_sides(scene: Scene) -> Seen:
    """A leaf of either side of a pair does not name both purposes."""
    others = _sides(scene.others)
    seen = [_purposes(side, scene.purposes) for side in (*scene.uploads, *others)]
    if (fault := _all_of(one for one in seen if one.standing is Standing.HOLDS)) is not None:
        return fault
    return seen[0] if scene.uploads and others else _no_other(scene)


def _purposes(file: Concerned, wanted: tuple[str, ...]) -> Seen:
    leaf = find_leaf(file.certificates)
    purposes = leaf.extended_key_usage or ()
    missing = tuple(one for one in wanted if one not in purposes)
    if missing:
        shown, template = purposes or "-", _template(leaf)
        return _holds(
            "purpose-missing", who=leaf.subject, missing=missing, purposes=shown, path=file.path, **template
        )
    return _fine("purposes-fine", who=leaf.subject, wanted=wanted)


@_in_each
def no_encipherment(file: Concerned, _scene: Scene) -> Seen:
    """The leaf's key usage lacks keyEncipherment."""
    return _encipherment(file)


@_in_each
def unfit_for_database(file: Concerned, _scene: Scene) -> Seen:
    """The leaf lacks serverAuth, which SQL Server and who connects to it demand, or keyEncipherment."""
    seen = (_purposes(file, (Purpose.SERVER_AUTH.value,)), _encipherment(file))
    return _all_of(one for one in seen if one.standing is Standing.HOLDS) or replace(seen[0], more=seen[1:])


def _encipherment(file: Concerned) -> Seen:
    leaf = find_leaf(file.certificates)
    if Usage.KEY_ENCIPHERMENT in (leaf.key_usage or ()):
        return _fine("encipherment-fine", who=leaf.subject)
    shown = tuple(sorted(one.value for one in leaf.key_usage or ())) or "-"
    is_rsa = leaf.public_key is not None and leaf.public_key.algorithm == "RSA"
    word = "encipherment-missing" if is_rsa else "encipherment-of-no-rsa"
    key, template = leaf.public_key or "-", _template(leaf)
    return _holds(word, who=leaf.subject, usage=shown, key=key, path=file.path, **template)


def _template(leaf: Certificate) -> dict[str, object]:
    """Return the template to be mended, where the leaf tells which one it was issued from."""
    return {"template": leaf.template} if leaf.template else {}


def _unread(file: Concerned) -> Seen | None:
    """Return what a product cannot read of a file of certificates: a block that is damaged, or a form that Java refuses."""
    if file.form is Form.PEM and any(one.severity is Severity.ERROR for one in file.reading.findings):
        return _holds("not-whole", path=file.path)
    refused_by = [one.evidence["refused_by"] for one in file.reading.findings if one.code is Code.ODD_FORM]
    if any(isinstance(names, tuple) and "Java" in names for names in refused_by):
        return _holds("form-refused", path=file.path)
    return None


def not_base64(scene: Scene) -> Seen:
    """A file is not Base64 between BEGIN and END lines, or in a form that the product's library refuses."""
    for one in scene.files:
        if one.form is not Form.PEM or not one.reading.holds_anything:
            word = "not-base64" if one.form is not Form.PEM else "not-whole"
            return _holds(word, path=one.path, form=one.form)
        unread = _unread(one)
        if unread is not None:
            return unread
    wrapped = next((one for one in scene.files if "pkcs7" in one.reading.containers), None)
    if wrapped is not None:  # sources differ on whether a product opens it
        return _open("container", path=wrapped.path)
    return _fine("base64-fine", path=scene.files[0].path) if scene.files else _open("no-file")


def not_pem_rsa(scene: Scene) -> Seen:
    """A file is not Base64, or holds a private key that is no RSA key."""
    for one in scene.files:
        for key in one.reading.keys:
            if key.public_key.algorithm != "RSA":
                return _holds("key-not-rsa", path=one.path, key=key.public_key)
    return not_base64(scene)


@_in_each
def several(file: Concerned, _scene: Scene) -> Seen:
    """The file holds more than one certificate."""
    return _count(file)


def several_in_one(scene: Scene) -> Seen:
    """A file, be it of CAs alone, holds more than one certificate."""
    seen = [_count(file) for file in scene.files if file.certificates]
    return _all_of(one for one in seen if one.standing is Standing.HOLDS) or (
        seen[0] if seen else _open("no-file")
    )


def _count(file: Concerned) -> Seen:
    count = len(file.certificates)
    if count > 1:
        return _holds("several", path=file.path, count=count)
    return _fine("single", path=file.path)


@_in_each
def too_deep(file: Concerned, _scene: Scene) -> Seen:
    """The chain holds more certificates than the appliance takes."""
    count = len(file.certificates)
    if count > DEPTH:
        return _holds("too-deep", path=file.path, count=count, limit=DEPTH)
    return _fine("depth-fine", count=count, limit=DEPTH)


def out_of_date(scene: Scene) -> Seen:
    """A certificate of either side is not valid at the target's own time."""
    return _dates(scene, "expired", "not-yet-valid")


def ended(scene: Scene) -> Seen:
    """A certificate is past its end at the target's own time."""
    return _dates(scene, "expired")


def early(scene: Scene) -> Seen:
    """A certificate is not valid yet at the target's own time: as a rule a clock is wrong."""
    return _dates(scene, "not-yet-valid")


def _dates(scene: Scene, *words: str) -> Seen:
    listed = dict.fromkeys(one for file in (*scene.uploads, *scene.others) for one in file.certificates)
    if not listed:
        return _open("no-file")
    faults = [fault for one in listed if (fault := _date_fault(one, scene.now)) is not None]
    if found := _all_of(fault for fault in faults if fault.word in words):
        return found
    if faults:
        return replace(faults[0], standing=Standing.RULED_OUT)
    first, last = max(one.not_before for one in listed), min(one.not_after for one in listed)
    return _fine("dates-fine", now=scene.now, not_before=first, not_after=last)


def _date_fault(one: Certificate, now: datetime) -> Seen | None:
    if now > one.not_after:
        return _holds("expired", who=one.subject, not_after=one.not_after, now=now)
    if now < one.not_before:
        return _holds("not-yet-valid", who=one.subject, not_before=one.not_before, now=now)
    return None


@_in_each
def soon_out_of_date(file: Concerned, scene: Scene) -> Seen:
    """The leaf ends within the window in which the product warns."""
    leaf = find_leaf(file.certificates)
    if scene.now <= leaf.not_after <= scene.now + WINDOW:
        days = (leaf.not_after - scene.now).days
        return _holds("expiring", who=leaf.subject, not_after=leaf.not_after, days=days)
    word = "dates-fine" if leaf.not_after > scene.now else "expired"
    dates = {"not_before": leaf.not_before, "not_after": leaf.not_after}
    return _fine(word, who=leaf.subject, **dates, now=scene.now)


def other_authorities(scene: Scene) -> Seen:
    """The two sides' chains differ in a CA, row by row: by its name, which the appliance compares, or by its key.

    A chain that ends early agrees as far as it goes; that it is not whole is `broken_side`.
    """
    others = _sides(scene.others)
    if not scene.uploads or not others:
        return _no_other(scene)
    ours, theirs = _rows(scene.uploads[0].certificates), _rows(others[0].certificates)
    for mine, other in zip(ours, theirs, strict=False):
        if mine.folded != other.folded:
            return _holds("authority-differs", ours=mine, theirs=other)
    namesakes = tuple(dict.fromkeys(_namesakes(scene.uploads[0].certificates, others[0].certificates)))
    if namesakes:  # by name they agree; no path leads from one side's leaf to the other's root
        return _holds("authorities-namesakes", names=namesakes)
    return _fine("authorities-same", names=tuple(dict.fromkeys(ours)))


def _sides(files: Iterable[Concerned]) -> tuple[Concerned, ...]:
    return tuple(one for one in files if one.certificates)


def _no_other(scene: Scene) -> Seen:
    leaves = {find_leaf(one.certificates).fingerprint for one in scene.uploads}
    return _open("other-not-told" if len(leaves) > 1 else "no-other")


def _namesakes(ours: Sequence[Certificate], theirs: Sequence[Certificate]) -> Iterator[DistinguishedName]:
    """Yield the names of CAs that have another key on each side; of one that a side left out its signatures tell."""
    signatures = Signatures(_SIGNATURES)
    for below, above in ((ours, theirs), (theirs, ours)):
        own = {one.subject.folded: one.public_key for one in below if one.is_ca}
        for other in (one for one in above if one.is_ca):
            name = other.subject.folded
            if name in own:
                if own[name] != other.public_key:
                    yield other.subject
            elif any(one.issuer.folded == name and not signatures.holds(one, other) for one in below):
                yield other.subject


def _rows(certificates: tuple[Certificate, ...]) -> list[DistinguishedName]:
    return [one.issuer for one in in_order(certificates)]


def unfit_request(scene: Scene) -> Seen:
    """A request carries a wildcard, lacks a field of its subject, or asks for names that its page does not take."""
    faults = _all_of(fault for request in scene.requests for fault in _request_faults(request))
    return faults or (_fine("request-fine") if scene.requests else _open("no-request-given"))


def _request_faults(request: Request) -> Iterator[Seen]:
    subject = request.parsed.subject
    who = say_subject(subject)
    for attribute in subject:
        if "*" in str(attribute.value):
            yield _holds("request-wildcard", who=who, pattern=attribute.value)
    missing = tuple(name for name, oid in _SUBJECT.items() if not subject.get_attributes_for_oid(oid))
    if missing:
        yield _holds("request-incomplete", who=who, missing=missing)
    try:
        with Quietly():
            found = [one.value for one in request.parsed.extensions]
    except UNREADABLE:
        yield _open("request-unreadable", who=who)
        return
    for listed in found:
        if isinstance(listed, x509.SubjectAlternativeName):
            yield from _name_faults(who, [str(getattr(one, "value", one)) for one in listed])


def _name_faults(who: str, names: Sequence[str]) -> Iterator[Seen]:
    if len(names) > NAMES:
        yield _holds("request-names", who=who, count=len(names), limit=NAMES)
    for name in names:
        if "*" in name:
            yield _holds("request-name-wildcard", who=who, pattern=name)
        if len(name) > NAME_LENGTH:
            yield _holds("request-name-long", who=who, count=len(name), limit=NAME_LENGTH)


@_in_each
def not_trusted(file: Concerned, scene: Scene) -> Seen:
    """No certificate of the trust store stands above the leaf."""
    leaf = find_leaf(file.certificates)
    if scene.anchors is None:
        word = "no-anchors-self" if leaf.looks_self_signed else "no-anchors"
        return _open(word, who=leaf.subject, issuer=leaf.issuer)
    anchor = _anchor_above(leaf, file.certificates, scene.anchors)
    if anchor is None and scene.lost_anchors:
        return _open("anchors-unread", who=leaf.subject, issuer=leaf.issuer, lost=scene.lost_anchors)
    if anchor is None:
        return _holds("untrusted", who=leaf.subject, issuer=leaf.issuer, count=len(scene.anchors))
    return _fine("trusted", who=leaf.subject, anchor=anchor.subject)


def _anchor_above(
    leaf: Certificate, sent: tuple[Certificate, ...], anchors: tuple[Certificate, ...]
) -> Certificate | None:
    signatures = Signatures(_SIGNATURES)
    waiting, seen = [leaf], {leaf}
    while waiting:
        one = waiting.pop()
        if one in anchors:
            return one
        above = [
            issuer
            for issuer in (*anchors, *sent)
            if issuer not in seen
            and issuer.subject.folded == one.issuer.folded
            and signatures.holds(one, issuer)
        ]
        seen.update(above)
        waiting.extend(above)
    return None


@_in_each
def other_name(file: Concerned, scene: Scene) -> Seen:
    """The leaf does not carry the name that was asked for."""
    leaf = find_leaf(file.certificates)
    shown = (leaf.names.texts if leaf.names else ()) or "-"
    if not scene.name:
        return _open("no-name", who=leaf.subject, names=shown)
    if carries(leaf_facts(leaf), scene.name):
        return _fine("name-fits", who=leaf.subject, name=scene.name)
    return _holds("name-missing", who=leaf.subject, name=scene.name, names=shown)


def unlike_keys(scene: Scene) -> Seen:
    """A private key was given, and it is not the leaf's."""
    keys = [key for one in scene.files for key in one.reading.keys]
    if not keys or not scene.uploads:
        return _open("no-key")
    leaf = find_leaf(scene.uploads[0].certificates)
    if any(key.public_key == leaf.public_key for key in keys):
        return _fine("key-fits", who=leaf.subject)
    return _holds("key-other", who=leaf.subject, path=scene.uploads[0].path)
