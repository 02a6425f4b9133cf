"""`warifu request`: requests on record are listed, shown, discarded; what came back is taken in."""

from __future__ import annotations

import sys

import click

from warifu.apps.cli.options import estate_option
from warifu.apps.cli.render import Output, to_json
from warifu.apps.cli.verb import Verb, VerbGroup, verb
from warifu.domain.findings import Lang, Severity, say, word
from warifu.domain.findings.text import show as show_value
from warifu.domain.rotation.losses import find_losses_open, losses_of
from warifu.domain.rotation.requests import PendingRequest
from warifu.errors import RefusedError
from warifu.wiring import cli as wiring
from warifu.wiring import issuers
from warifu.workflows.requests import RequestStore, accept_request_losses, deliver, discard_request

_FACTS = {
    "id": "issue.heading-request",
    "state": "issue.heading-state",
    "identity": "issue.heading-identity",
    "issuer": "issue.heading-issuer",
    "node": "issue.fact-node",
    "key_path": "issue.fact-key",
    "names": "issue.fact-names",
    "created": "issue.heading-created",
    "submitted": "issue.fact-submitted",
    "issued": "issue.fact-issued",
    "installed": "issue.fact-installed",
    "voided": "issue.fact-voided",
    "request": "issue.fact-fingerprint",
    "leaf": "issue.fact-leaf",
}


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""

    @verb("list", lang, say("issue.help-request-list", lang))
    @estate_option(lang)
    def list_(out: Output, estate: str) -> int:
        found = issuers.request_store(estate).all()
        headings = (
            "issue.heading-request",
            "issue.heading-state",
            "issue.heading-identity",
            "issue.heading-issuer",
            "issue.heading-created",
        )
        out.table(
            headings,
            [(r.id, word("state", r.state.value, out.lang), r.identity, r.issuer, r.created) for r in found],
        )
        out.json({"requests": [facts(request) for request in found]})
        return 0

    @verb("show", lang, say("issue.help-request-show", lang))
    @estate_option(lang)
    @click.argument("name", metavar="REQUEST")
    def show(out: Output, *, name: str, estate: str) -> int:
        request = issuers.request_store(estate).get(name)
        pem = request.request.to_pem().decode()
        for fact, value in facts(request).items():
            if fact in _FACTS:
                out.text(f"{say(_FACTS[fact], lang)}: {_shown(fact, value, lang)}")
        for one in request.accepted:
            out.line("issue.fact-accepted", loss=one.loss, by=one.by, at=one.at, reason=one.reason or "-")
        out.text(pem.rstrip())
        out.json({**facts(request), "pem": pem})
        return 0

    @verb("discard", lang, say("issue.help-request-discard", lang))
    @click.option("--confirm", default="", metavar="REQUEST", help=say("issue.option-confirm", lang))
    @estate_option(lang)
    @click.argument("name", metavar="REQUEST")
    def discard(out: Output, *, name: str, confirm: str, estate: str) -> int:
        store = issuers.request_store(estate)
        request = _discarded(store, name, confirm, out.lang)
        out.line(
            "issue.discarded",
            request=name,
            voided=request.voided,
            path=request.key_path,
            node=request.node or "-",
        )
        out.json(facts(request))
        return 0

    @verb("deliver", lang, say("issue.help-request-deliver", lang))
    @estate_option(lang)
    @click.argument("files", nargs=-1, required=True)
    def take_in(out: Output, *, files: tuple[str, ...], estate: str) -> int:
        store = issuers.request_store(estate)
        chains = issuers.chains(wiring.load_estate(estate)[0].issuers) if issuers.has_estate(estate) else {}
        done = deliver(store, wiring.files(), files, chains, now=wiring.clock().now())
        for request in done.accepted:
            leaf = request.leaf.fingerprint.hex if request.leaf else "-"
            out.line("issue.delivered", request=request.id, identity=request.identity, leaf=leaf)
        if not done.accepted:
            out.line("issue.delivered-nothing")
        out.findings(done.findings)
        out.json(
            {
                "accepted": [facts(request) for request in done.accepted],
                "findings": [to_json(finding, out.lang) for finding in done.findings],
            }
        )
        return int(any(finding.severity is not Severity.NOTE for finding in done.findings))

    verbs = [list_, show, discard, take_in, _accept(lang)]
    return VerbGroup("request", lang, say("issue.help-request", lang), verbs)


def _accept(lang: Lang) -> Verb:
    @verb("accept", lang, say("issue.help-request-accept", lang))
    @click.option(
        "--loss", "losses", multiple=True, required=True, metavar="NAME", help=say("issue.option-loss", lang)
    )
    @click.option("--by", required=True, metavar="NAME", help=say("issue.option-by", lang))
    @click.option("--reason", default="", metavar="TEXT", help=say("issue.option-reason", lang))
    @estate_option(lang)
    @click.argument("name", metavar="REQUEST")
    def accept(out: Output, *, name: str, losses: tuple[str, ...], by: str, reason: str, estate: str) -> int:
        now = wiring.clock().now()
        store = issuers.request_store(estate)
        request = accept_request_losses(store, name, losses, by=by, reason=reason, now=now)
        out.line("issue.losses-accepted", request=name, losses=_accepted(request), by=by)
        left = losses_of(find_losses_open(request))
        if left:
            out.line("issue.losses-left", losses=left)
        out.json({**facts(request), "losses_left": left})
        return int(bool(left))

    return accept


def _shown(fact: str, value: object, lang: Lang) -> str:
    if value is None or value == "":
        return "-"
    return word("state", str(value), lang) if fact == "state" else show_value(value)


def facts(request: PendingRequest) -> dict[str, object]:
    """Return what is shown of a request."""
    return {
        "id": request.id,
        "state": request.state.value,
        "identity": request.identity,
        "issuer": request.issuer,
        "node": request.node,
        "key_path": request.key_path,
        "names": ", ".join(request.template.names),
        "created": request.created,
        "submitted": request.submitted,
        "issued": request.issued,
        "installed": request.installed,
        "voided": request.voided,
        "request": request.request.fingerprint.hex,
        "leaf": request.leaf.fingerprint.hex if request.leaf else None,
        "accepted": [
            {"loss": one.loss, "by": one.by, "at": one.at, "reason": one.reason} for one in request.accepted
        ],
    }


def _accepted(request: PendingRequest) -> tuple[str, ...]:
    return tuple(one.loss for one in request.accepted)


def _discarded(store: RequestStore, name: str, confirm: str, lang: Lang) -> PendingRequest:
    """Discard; where that would waste a certificate and somebody sits there, ask for the request's name."""
    now = wiring.clock().now()
    try:
        return discard_request(store, name, confirmed=confirm, now=now)
    except RefusedError as refused:
        if refused.code != "issue.discard-unconfirmed" or confirm or not sys.stdin.isatty():
            raise
        sys.stderr.write(say("issue.discard-ask", lang, **refused.values) + " ")
        sys.stderr.flush()
        return discard_request(store, name, confirmed=sys.stdin.readline().strip(), now=now)
