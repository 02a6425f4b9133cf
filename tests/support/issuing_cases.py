"""For every finding about requests and the certificates that answer them, a case in which the program reports it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from support.ca import BesideCa, local_ca
from support.pki import BOTH, DAY, NOW, make_ca
from support.requests import pending, request_for, template_for
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.hosts.local import LocalHost
from warifu.adapters.issuers.by_hand import ByHandIssuer
from warifu.adapters.keys.openssl import OpensslKeys
from warifu.domain.estate import Estate, IdentitySlot, Local, Node, Service
from warifu.domain.findings import Code, Finding
from warifu.domain.rotation.answers import Offered, Sought, match
from warifu.domain.rotation.comparison import compare
from warifu.domain.rotation.requests import RequestState
from warifu.domain.rotation.steps import Issue
from warifu.domain.x509 import Certificate
from warifu.ports.changes import Fence
from warifu.workflows.intray import explain
from warifu.workflows.issue import IssueDesk, issue_certificate
from warifu.workflows.requests import RequestStore

_MID = make_ca("Root").intermediate("Mid")
_END = NOW + timedelta(days=90)
_SOURCE = "requests/ca/in/answers.pem"


def _leaf(*names: str, **options: object) -> Certificate:
    return _MID.leaf(*(names or ("web.example",)), **{"start": NOW, "end": _END, **options}).value


def _compared(leaf: Certificate, **changes: object) -> Iterable[Finding]:
    template = template_for(_MID, "web.example", **changes)
    return compare(leaf, (_MID.value,), template, root=_MID.root.value, now=NOW)


def _other_issuer() -> Iterable[Finding]:
    other = make_ca("Other Root").intermediate("Other")
    leaf = other.leaf("web.example", start=NOW, end=_END).value
    return compare(leaf, (other.value,), template_for(_MID), root=_MID.root.value, now=NOW)


def _void() -> Iterable[Finding]:
    request = request_for(template_for(_MID, "web.example")).request
    answer = Offered(_MID.sign(request, names=["web.example"]), _SOURCE)
    return match([answer], [Sought("web-7c21e09b5d3f", request.public_key.sha256, NOW - DAY)]).findings


def _unmatched() -> Iterable[Finding]:
    return match([Offered(_leaf(), _SOURCE)], []).findings


def _in_use_already() -> Iterable[Finding]:
    """A second certificate came for a request whose first one is in use."""
    made = request_for(template_for(_MID, "web.example"))
    record = pending(made=made)
    first, second = (_MID.sign(made.request, names=["web.example"]) for _ in range(2))
    used = replace(
        record, id="web-7c21e09b5d3f", state=RequestState.INSTALLED, leaf=first, issued=NOW, installed=NOW
    )
    return explain(match([Offered(second, _SOURCE)], []).findings, [used])


def _clipped() -> Iterable[Finding]:
    """A certificate for longer than its CA lives."""
    with tempfile.TemporaryDirectory() as folder:
        ca, made = local_ca(Path(folder, "ca"), intermediate="", lifetime=60 * DAY)
        above = tuple(one.fingerprint for one in made.above_leaf)
        template = template_for(None, issuer_chain=above, root=made.root.fingerprint)
        request = request_for(template).request
        ca.submit(request, template, now=NOW)
        return ca.collect((request,)).findings


def _not_read() -> Iterable[Finding]:
    """Somebody laid a folder's worth of bytes where answers are looked for."""
    with tempfile.TemporaryDirectory() as folder:
        beside = BesideCa(Path(folder))
        place = beside.put("backup.tar", b"")
        with place.open("r+b") as large:
            large.truncate(1 << 30)
        found = ByHandIssuer("ca", folder, LocalFiles(), beside.chain).collect(()).findings
        return [replace(one, subject=one.subject.replace(folder, "requests/ca")) for one in found]


def _travels() -> Iterable[Finding]:
    """One identity on two nodes, signed by a local CA in the same run."""
    nodes = ("web-1", "web-2")
    estate = Estate(
        nodes={name: Node(name, Local()) for name in nodes},
        services={name: Service(name, name, "nginx") for name in nodes},
        slots={f"{name}/tls": IdentitySlot(f"{name}/tls", name, "web", "/c") for name in nodes},
    )
    with tempfile.TemporaryDirectory() as folder:
        ca, made = local_ca(Path(folder, "ca"))
        template = template_for(None, issuer_chain=(made.issuing.fingerprint,), root=made.root.fingerprint)
        slots = tuple(f"{name}/tls" for name in nodes)
        step = Issue(
            id="1", why="x", identity="web", node="web-1", slots=slots, issuer="ca", template=template
        )
        desk = IssueDesk(
            store=RequestStore(LocalFiles(), f"{folder}/requests"),
            issuers={"ca": ca},
            chains={"ca": (made.issuing, made.root)},
            keys=OpensslKeys(),
            host=lambda _node: LocalHost(),
            key_folder=lambda _node: f"{folder}/keys",
        )
        fence = Fence(f"{folder}/fence", "journal", 1)
        return issue_certificate(step, estate, desk, lambda _node: fence, now=NOW).findings


CASES: Mapping[Code, Callable[[], Iterable[Finding]]] = {
    Code.REQUEST_VOID: _void,
    Code.ISSUED_ISSUER_DIFFERS: _other_issuer,
    Code.ISSUED_NAMES_DIFFER: lambda: _compared(_leaf("web.example", "www.example")),
    Code.ISSUED_PURPOSES_DIFFER: lambda: _compared(_leaf(purposes=BOTH)),
    Code.ISSUED_USAGE_UNFIT: lambda: _compared(_MID.intermediate("web.example").value),
    Code.ISSUED_KEY_DIFFERS: lambda: _compared(_leaf(), key="ec-p384"),
    Code.ISSUED_SUBJECT_DIFFERS: lambda: _compared(_leaf(), subject="CN=shop.example"),
    Code.ISSUED_VALIDITY_DIFFERS: lambda: _compared(_leaf(end=NOW + timedelta(days=30))),
    Code.ISSUED_CLIPPED: _clipped,
    Code.REQUEST_UNMATCHED: _unmatched,
    Code.REQUEST_ALREADY_INSTALLED: _in_use_already,
    Code.ANSWER_NOT_READ: _not_read,
    Code.KEY_TRAVELS: _travels,
}
