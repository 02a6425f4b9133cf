"""`warifu renewal`: a new certificate beside the old one, requests for renewals, and what is to come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypedDict, Unpack

import click

from warifu.apps.cli.options import (
    DURATION,
    TIME,
    OneOf,
    check_folder,
    estate_option,
    password_option,
    path_or_address,
)
from warifu.apps.cli.render import Output, to_json
from warifu.apps.cli.verb import Verb, VerbGroup, verb
from warifu.domain.findings import Lang, Severity, say
from warifu.domain.findings.text import show, visible
from warifu.domain.trust import leaf_facts
from warifu.domain.trust.alternative_names import list_bare, list_typed
from warifu.domain.trust.forecast import RENEW_BEFORE, ForecastQuestion, forecast, releases_without
from warifu.domain.trust.issuer_change import Standing
from warifu.domain.trust.issuer_rules import IssuerRules
from warifu.domain.trust.renewal import RenewalPolicy
from warifu.domain.trust.rule_report import Need
from warifu.domain.x509 import Certificate
from warifu.errors import RefusedError, UsageError
from warifu.wiring import cli as wiring
from warifu.wiring import renewals
from warifu.wiring.profiles import profile_family
from warifu.workflows.renewal import (
    Answering,
    Asked,
    Compared,
    Draft,
    Sight,
    compare_files,
    draft_request,
    file_request,
)

FORMAT = 1
_REUSE = {"warn": Severity.WARNING, "refuse": Severity.ERROR, "allow": None}
_ITEMS = {
    "dns-names": "renewal.item-dns-names",
    "ip-names": "renewal.item-ip-names",
    "email-names": "renewal.item-email-names",
    "uri-names": "renewal.item-uri-names",
    "other-names": "renewal.item-other-names",
    "purposes": "renewal.item-purposes",
    "key-usage": "renewal.item-key-usage",
    "subject": "renewal.item-subject",
    "issuer": "renewal.item-issuer",
    "authority-key-id": "renewal.item-authority-key-id",
    "key": "renewal.item-key",
    "signature-hash": "renewal.item-signature-hash",
    "valid-from": "renewal.item-valid-from",
    "valid-until": "renewal.item-valid-until",
}
_STANDINGS = {
    "equal": "renewal.standing-equal",
    "changed": "renewal.standing-changed",
    "lost": "renewal.standing-lost",
    "gained": "renewal.standing-gained",
}
_KEPT = {True: "renewal.passes", False: "renewal.fails", None: "renewal.unjudged"}
_TO_GIVE = {
    Need.REQUEST: "renewal.give-request",
    Need.TOPOLOGY: "renewal.give-topology",
    Need.FILE: "renewal.give-file",
    Need.CHAIN: "renewal.give-chain",
    Need.ABOVE: "renewal.give-above",
    Need.TRUST: "renewal.give-trust",
    Need.CRL: "renewal.give-crl",
    Need.OCSP: "renewal.give-ocsp",
}


class _Beside(TypedDict):
    """What a comparison is given beside the two certificates."""

    csr: str
    topology: str
    pool: tuple[str, ...]
    profile: str
    key_reuse: str
    at: datetime | None
    estate: str
    password_files: tuple[str, ...]


class _Wanted(TypedDict):
    """What a request is made of, and where it goes."""

    topology: str
    profile: str
    names: tuple[str, ...]
    subject: str
    key: str
    identity: str
    issuer: str
    estate: str
    file: str
    dry_run: bool
    password_files: tuple[str, ...]


class _Foreseen(TypedDict):
    """By what a forecast is made."""

    profile: str
    issuer: str
    renew_before: timedelta
    at: datetime | None
    password_files: tuple[str, ...]


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""
    verbs = [_diff(lang), _csr(lang), _forecast(lang), _issuers(lang)]
    return VerbGroup("renewal", lang, say("renewal.help", lang), verbs)


def _diff(lang: Lang) -> Verb:
    @verb("diff", lang, say("renewal.help-diff", lang))
    @click.option("--csr", default="", metavar="FILE", help=say("renewal.option-csr", lang))
    @click.option("--topology", default="", metavar="FILE", help=say("renewal.option-topology", lang))
    @click.option("--pool", multiple=True, metavar="FILE|DIR", help=say("renewal.option-pool", lang))
    @click.option("--profile", default="", metavar="PROFILE", help=say("renewal.option-profile", lang))
    @click.option(
        "--key-reuse", type=OneOf(*_REUSE), default="warn", help=say("renewal.option-key-reuse", lang)
    )
    @click.option("--at", type=TIME, default=None, metavar="TIME", help=say("renewal.option-at", lang))
    @password_option(lang)
    @estate_option(lang)
    @click.argument("old", metavar="OLD")
    @click.argument("new", metavar="NEW")
    def diff(out: Output, *, old: str, new: str, **beside: Unpack[_Beside]) -> int:
        sight = _sight(beside["password_files"], lang)
        profile = wiring.chosen_profile(beside["profile"]) if beside["profile"] else None
        if beside["topology"] and profile is None:
            raise UsageError("renewal.topology-alone")
        compared = compare_files(
            sight.read_presented(path_or_address(old, wiring.files())),
            sight.read_presented(path_or_address(new, wiring.files())),
            pool=sight.read_pool(beside["pool"]),
            answering=Answering(
                sight.read_requests(beside["csr"]) if beside["csr"] else (),
                renewals.records(beside["estate"]),
                new,
                renewals.topology_names(beside["topology"], profile)
                if beside["topology"] and profile is not None
                else (),
            ),
            profile=profile,
            policy=RenewalPolicy(_REUSE[beside["key_reuse"]]),
            now=beside["at"] or wiring.clock().now(),
        )
        _tell_comparison(out, compared, beside["profile"])
        out.json(_comparison_document(compared, beside["profile"], out.lang))
        return int(not compared.is_fine)

    return diff


def _csr(lang: Lang) -> Verb:
    @verb("csr", lang, say("renewal.help-csr", lang))
    @click.option("--topology", default="", metavar="FILE", help=say("renewal.option-topology", lang))
    @click.option("--profile", default="", metavar="PROFILE", help=say("renewal.option-profile", lang))
    @click.option("--names", multiple=True, metavar="NAMES", help=say("renewal.option-names", lang))
    @click.option("--subject", default="", metavar="SUBJECT", help=say("renewal.option-subject", lang))
    @click.option("--key", default="", metavar="KIND", help=say("renewal.option-key", lang))
    @click.option("--identity", default="", metavar="NAME", help=say("renewal.option-identity", lang))
    @click.option("--issuer", default="", metavar="NAME", help=say("renewal.option-filed-issuer", lang))
    @click.option("--dry-run", is_flag=True, help=say("renewal.option-dry-run", lang))
    @click.option("--out", "file", default="", metavar="FILE", help=say("renewal.option-out", lang))
    @password_option(lang)
    @estate_option(lang)
    @click.argument("old", metavar="[OLD]", default="")
    def csr(out: Output, *, old: str, **wanted: Unpack[_Wanted]) -> int:
        _check_out(wanted["file"])
        draft = _drafted(old, wanted, lang)
        _tell_draft(out, draft)
        if not draft.is_fit:
            out.json({**_draft_document(draft, out.lang), "filed": None})
            raise RefusedError("renewal.form-refused")
        if wanted["dry_run"]:
            out.line("renewal.dry-run")
            out.json({**_draft_document(draft, out.lang), "filed": None})
            return 0
        return _file(out, draft, wanted)

    return csr


def _check_out(path: str) -> None:
    files = wiring.files()
    check_folder(files, path)
    if path and files.exists(path):
        raise UsageError("renewal.out-exists", path=path)


def _drafted(old: str, wanted: _Wanted, lang: Lang) -> Draft:
    profile = wiring.chosen_profile(wanted["profile"]) if wanted["profile"] else None
    return draft_request(
        Asked(wanted["names"], wanted["subject"], wanted["key"], wanted["identity"]),
        old=_sight(wanted["password_files"], lang).read_presented(path_or_address(old, wiring.files())).leaf
        if old
        else None,
        topology=renewals.topology(wanted["topology"]) if wanted["topology"] else None,
        profile=profile,
        judged_by=profile or wiring.chosen_profile("tls-server"),
    )


def _file(out: Output, draft: Draft, wanted: _Wanted) -> int:
    desk = renewals.request_desk(wanted["estate"])
    filed = file_request(draft, desk, issuer=wanted["issuer"], now=wiring.clock().now())
    request = filed.request
    pem = request.request.to_pem()
    if wanted["file"]:
        wiring.files().write(wanted["file"], pem, mode=0o644)
    key = "renewal.filed" if filed.is_new else "renewal.filed-before"
    out.line(key, request=request.id, folder=desk.store.folder, path=request.key_path)
    out.text(pem.decode().rstrip())
    out.line("renewal.what-next")
    document = {
        "id": request.id,
        "new": filed.is_new,
        "folder": desk.store.folder,
        "key_path": request.key_path,
        "pem": pem.decode(),
    }
    out.json({**_draft_document(draft, out.lang), "filed": document})
    return 0


def _forecast(lang: Lang) -> Verb:
    @verb("forecast", lang, say("renewal.help-forecast", lang))
    @click.option(
        "--profile", default="tls-server", metavar="PROFILE", help=say("renewal.option-profile", lang)
    )
    @click.option("--issuer", default="", metavar="NAME|FILE", help=say("renewal.option-issuer", lang))
    @click.option(
        "--renew-before",
        type=DURATION,
        default=RENEW_BEFORE,
        metavar="TIME",
        help=say("renewal.option-renew-before", lang),
    )
    @click.option("--at", type=TIME, default=None, metavar="TIME", help=say("renewal.option-at", lang))
    @password_option(lang)
    @click.argument("subject", metavar="FILE|HOST:PORT")
    def foresee(out: Output, *, subject: str, **by: Unpack[_Foreseen]) -> int:
        leaf = (
            _sight(by["password_files"], lang).read_presented(path_or_address(subject, wiring.files())).leaf
        )
        rules = renewals.issuer_rules(by["issuer"], leaf)
        asked = _question(leaf, rules, by)
        found = forecast(asked, now=by["at"] or wiring.clock().now())
        out.line(
            "renewal.forecast-by",
            subject=subject,
            issuer=rules.name,
            revision=rules.revision,
            source=rules.source,
            profile=asked.profile.name,
            before=asked.renew_before.days,
        )
        _tell_disputed(out, rules)
        out.findings(found)
        if not found:
            out.line("renewal.forecast-fine", subject=subject, issuer=rules.name, profile=asked.profile.name)
        out.json(
            {
                "format": FORMAT,
                "subject": subject,
                "issuer": rules.name,
                "revision": rules.revision,
                "profile": asked.profile.name,
                "findings": [to_json(finding, out.lang) for finding in found],
            }
        )
        return int(any(finding.severity is not Severity.NOTE for finding in found))

    return foresee


def _question(leaf: Certificate, rules: IssuerRules, by: _Foreseen) -> ForecastQuestion:
    profile = wiring.chosen_profile(by["profile"])
    family = profile_family(by["profile"])
    also = tuple(
        dict.fromkeys(
            release for purpose in profile.purposes for release in releases_without(family, profile, purpose)
        )
    )
    return ForecastQuestion(leaf_facts(leaf), rules, profile, by["renew_before"], also)


def _issuers(lang: Lang) -> Verb:
    @verb("issuers", lang, say("renewal.help-issuers", lang))
    def issuers(out: Output) -> int:
        known = tuple(renewals.known_issuers().rules.values())
        headings = (
            "renewal.heading-name",
            "renewal.heading-title",
            "renewal.heading-limits",
            "renewal.heading-ends",
            "renewal.heading-revision",
            "renewal.heading-disputed",
        )
        out.table(headings, [_issuer_row(one, out.lang) for one in known])
        for one in known:
            _tell_disputed(out, one)
        out.json({"format": FORMAT, "issuers": [_issuer_document(one, out.lang) for one in known]})
        return 0

    return issuers


def _sight(password_files: tuple[str, ...], lang: Lang) -> Sight:
    return renewals.sight(wiring.passwords(password_files, lang))


def _tell_comparison(out: Output, compared: Compared, profile: str) -> None:
    headings = (
        "renewal.heading-item",
        "renewal.heading-old",
        "renewal.heading-new",
        "renewal.heading-standing",
    )
    rows = [
        (
            say(_ITEMS[item.name], out.lang),
            item.old or "-",
            item.new or "-",
            say(_STANDINGS[item.standing], out.lang),
        )
        for item in compared.diff.items
    ]
    out.table(headings, rows)
    issuer = compared.diff.issuer
    out.text()
    if issuer.skips_trust:
        out.line("renewal.peers-nothing")
    elif issuer.first:
        out.line("renewal.peers-first")
        for one in issuer.first:
            out.text(f"  {visible(str(one.subject))}  SHA-256 {one.fingerprint.hex}")
    else:
        out.line("renewal.peers-unknown")
    if compared.rules:
        out.text()
        out.line("renewal.judged-by", profile=profile)
        answers = [
            (answer.code.value, say(_KEPT[answer.is_kept], out.lang), _to_give(answer.needs, out.lang))
            for answer in compared.rules
        ]
        out.table(("renewal.heading-rule", "renewal.heading-answer", "renewal.heading-give"), answers)
    out.text()
    out.findings(compared.findings)


def _to_give(needs: Need | None, lang: Lang) -> str:
    return "-" if needs is None else say(_TO_GIVE[needs], lang)


def _comparison_document(compared: Compared, profile: str, lang: Lang) -> dict[str, object]:
    issuer = compared.diff.issuer
    return {
        "format": FORMAT,
        "fit": compared.diff.is_fit and all(answer.passes for answer in compared.rules),
        "items": [
            {"item": item.name, "old": item.old, "new": item.new, "verdict": item.standing}
            for item in compared.diff.items
        ],
        "issuer": {
            "standing": issuer.standing,
            "basis": issuer.basis,
            "trust_steps": "skipped" if issuer.standing is Standing.UNCHANGED else "needed",
            "peers_first": [
                {"subject": str(one.subject), "sha256": one.fingerprint.hex} for one in issuer.first
            ],
            "chain": [one.fingerprint.hex for one in issuer.new.above],
            "chain_complete": issuer.new.complete,
        },
        "profile": profile or None,
        "rules": [
            {"rule": answer.code, "kept": answer.is_kept, "needs": answer.needs} for answer in compared.rules
        ],
        "findings": [to_json(finding, lang) for finding in compared.findings],
    }


def _tell_draft(out: Output, draft: Draft) -> None:
    form = draft.form
    out.line("renewal.preview", identity=form.name)
    for key, value in (
        ("renewal.fact-subject", form.shown_subject or "-"),
        ("renewal.fact-names", list_typed(form.names)),
        ("renewal.fact-bare-names", list_bare(form.names)),
        ("renewal.fact-purposes", form.purposes),
        ("renewal.fact-key", form.key),
    ):
        out.text("  " + say(key, out.lang, value=value))
    out.findings(draft.findings)


def _draft_document(draft: Draft, lang: Lang) -> dict[str, object]:
    form = draft.form
    return {
        "format": FORMAT,
        "identity": form.name,
        "subject": form.shown_subject,
        "names": [str(name) for name in form.names],
        "bare_names": list_bare(form.names),
        "purposes": form.purposes,
        "key": form.key,
        "findings": [to_json(finding, lang) for finding in draft.findings],
    }


def _tell_disputed(out: Output, rules: IssuerRules) -> None:
    for one in rules.disputed:
        question = one.question.fill(out.lang, {})
        out.line("trust.profile-disputed", rule=f"{rules.name}, {one.rule}", question=question)
        for source in one.sources:
            out.text(f"  - {source.fill(out.lang, {})}")


def _issuer_row(rules: IssuerRules, lang: Lang) -> tuple[object, ...]:
    return (
        rules.name,
        rules.title.fill(lang, {}),
        [f"{one.issued_from:%Y-%m-%d}: {show(timedelta(days=one.days), lang)}" for one in rules.validity]
        or "-",
        [f"{one.issued_from:%Y-%m-%d}: {one.purpose}" for one in rules.purpose_ends] or "-",
        rules.revision,
        len(rules.disputed) or "-",
    )


def _issuer_document(rules: IssuerRules, lang: Lang) -> dict[str, object]:
    return {
        "name": rules.name,
        "aliases": rules.aliases,
        "title": rules.title.fill(lang, {}),
        "extends": rules.base.name if rules.base is not None else None,
        "organizations": rules.organizations,
        "revision": rules.revision,
        "source": rules.source,
        "validity": [
            {"from": one.issued_from, "days": one.days, "source": one.source} for one in rules.validity
        ],
        "purpose-ends": [
            {"from": one.issued_from, "purpose": one.purpose, "source": one.source}
            for one in rules.purpose_ends
        ],
        "disputed": [
            {
                "rule": one.rule,
                "question": one.question.fill(lang, {}),
                "sources": [source.fill(lang, {}) for source in one.sources],
            }
            for one in rules.disputed
        ],
    }
