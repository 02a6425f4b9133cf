"""`warifu check`: judges certificates in files and folders, and served by addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypedDict, Unpack

import click

from warifu.apps.cli.options import ADDRESS, COUNT, ENDPOINT, HOST, TIME, OneOf, password_option
from warifu.apps.cli.progress import Waiting
from warifu.apps.cli.render import Output, to_json
from warifu.apps.cli.verb import Verb, verb
from warifu.apps.cli.wish import Wish
from warifu.domain.findings import Code, Finding, Lang, Severity, advise, rank, say, say_error
from warifu.domain.findings.causes import explain
from warifu.domain.findings.text import visible
from warifu.domain.trust import Outcome, Verdict
from warifu.domain.trust.address import Address
from warifu.domain.trust.consumers import CONSUMERS
from warifu.domain.x509 import Certificate, Tpm, tpm_of
from warifu.errors import UsageError
from warifu.ports.probes import Endpoint
from warifu.wiring import cli as wiring
from warifu.workflows.check import Checked, Checker, RevocationFiles, TrustFile

FORMAT = 1
_SUBJECTS = "FILE|DIR|HOST:PORT..."
_CONSUMERS = (*(name for name in CONSUMERS if name != "unknown"), "unknown")
_PARALLEL = 32  # addresses that a sweep asks at the same time
_FINE, _FINDINGS, _COULD_NOT_LOOK = 0, 1, 5
_TARGET_CLOCK = click.Option(["--target-clock"])
_KINDS = {
    "file": "trust.kind-file",
    "address": "trust.kind-address",
    "leaf": "trust.kind-leaf",
    "chain": "trust.kind-chain",
    "authorities": "trust.kind-authorities",
    "anchors": "trust.kind-anchors",
}
_OUTCOMES = {
    "accepted": "trust.outcome-accepted",
    "refused": "trust.outcome-refused",
    "unknown": "trust.outcome-unknown",
}


class _Asked(TypedDict):
    """Options beside the profile."""

    anchors: str
    name: str
    covers: tuple[str, ...]
    topology: str
    csr: str
    crls: tuple[str, ...]
    crl_mode: str | None
    ocsp: tuple[str, ...]
    consumer: str | None
    at: datetime | None
    target_clock: str
    password_files: tuple[str, ...]
    lists: tuple[str, ...]
    file: str
    pools: tuple[str, ...]
    jobs: int | None
    parallel: int | None
    timeout: int | None
    replace: bool


def build(lang: Lang) -> Verb:
    """Return the verb."""

    @verb("check", lang, say("trust.help-check", lang))
    @click.argument("subjects", nargs=-1, metavar=_SUBJECTS)
    @click.option(
        "--profile",
        default="tls-server",
        metavar="PROFILE",
        help=say("trust.option-profile", lang),
    )
    @click.option("--anchors", default="", metavar="FILE", help=say("trust.option-anchors", lang))
    @click.option("--name", type=HOST, default="", metavar="HOST", help=say("trust.option-name", lang))
    @click.option("--covers", type=HOST, multiple=True, metavar="NAME", help=say("trust.option-covers", lang))
    @click.option("--topology", default="", metavar="FILE", help=say("renewal.option-topology", lang))
    @click.option("--csr", default="", metavar="FILE", help=say("trust.option-csr", lang))
    @click.option(
        "--consumer", type=OneOf(*_CONSUMERS), default=None, help=say("trust.option-consumer", lang)
    )
    @click.option("--crl", "crls", multiple=True, metavar="FILE", help=say("trust.option-crl", lang))
    @click.option(
        "--crl-mode", type=OneOf("leaf", "chain"), default=None, help=say("trust.option-crl-mode", lang)
    )
    @click.option("--ocsp", multiple=True, metavar="FILE", help=say("trust.option-ocsp", lang))
    @click.option("--at", type=TIME, default=None, metavar="TIME", help=say("trust.option-at", lang))
    @click.option(
        "--target-clock", default="", metavar="TIME|HOST:PORT", help=say("trust.option-target-clock", lang)
    )
    @click.option(
        "--timeout", type=COUNT, default=None, metavar="SECONDS", help=say("trust.option-timeout", lang)
    )
    @password_option(lang)
    @_sweep_options(lang)
    def check(out: Output, *, subjects: tuple[str, ...], profile: str, **asked: Unpack[_Asked]) -> int:
        return _answer(out, subjects, profile, asked)

    return check


def _answer(out: Output, subjects: tuple[str, ...], profile: str, asked: _Asked) -> int:
    if asked["at"] is not None and asked["target_clock"]:
        raise UsageError("trust.two-clocks")
    is_sweep = bool(asked["lists"] or asked["file"])
    if not subjects and not asked["lists"]:
        raise UsageError("cli.missing-argument", command="warifu check", wanted=_SUBJECTS)
    _check_sweep_options(asked, is_sweep=is_sweep)
    named = [] if is_sweep else [_subject(text) for text in subjects]
    checker = wiring.checker(
        profile,
        consumer=asked["consumer"] or "",
        name=asked["name"],
        at=asked["at"],
        covers=(*asked["covers"], *_named(asked["topology"], profile)),
        csr=asked["csr"],
        passwords=wiring.passwords(asked["password_files"], out.lang),
        clock=_clock_of(asked["target_clock"]) if asked["target_clock"] else None,
    )
    known = RevocationFiles(asked["crls"], asked["crl_mode"] or "", asked["ocsp"])
    checker = replace(checker, revocation=checker.read_revocation(known))
    if asked["timeout"]:
        checker = replace(checker, patience=timedelta(seconds=asked["timeout"]))
    store = checker.read_anchors(asked["anchors"])
    if not out.as_json:
        _tell_question(out, profile, checker, store)
    if is_sweep:
        from warifu.apps.cli.sweep import sweep  # noqa: PLC0415 - costs 30 ms, which one file need not pay

        summary = sweep(out, subjects, _wish(profile, asked), checker, store)
        failed, found = bool(summary.unseen_count), bool(summary.with_findings)
        return _exit_code(store, failed=failed, found=found)
    seen: list[Checked] = []
    with Waiting(out.lang) as waiting:
        for checked in checker.check(named, store):
            waiting.tell(len(seen) + 1)
            seen.append(checked)
            _tell(out, checked, store)
    _tell_sum(out, seen)
    out.json(_document(seen, store, profile, checker, out.lang))
    failed = any(checked.problem is not None for checked in seen)
    return _exit_code(store, failed=failed, found=not all(checked.is_fine for checked in seen))


def _sweep_options(lang: Lang) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Return the options of a sweep: many subjects, kept in a file."""
    options = (
        click.option("--list", "lists", multiple=True, metavar="FILE", help=say("sweep.option-list", lang)),
        click.option("--out", "file", default="", metavar="FILE", help=say("sweep.option-out", lang)),
        click.option("--pool", "pools", multiple=True, metavar="FILE", help=say("sweep.option-pool", lang)),
        click.option("--jobs", type=COUNT, default=None, metavar="N", help=say("sweep.option-jobs", lang)),
        click.option(
            "--parallel", type=COUNT, default=None, metavar="N", help=say("sweep.option-parallel", lang)
        ),
        click.option("--replace", is_flag=True, help=say("sweep.option-replace", lang)),
    )

    def decorated(callback: Callable[..., int]) -> Callable[..., int]:
        for option in reversed(options):
            callback = option(callback)
        return callback

    return decorated


def _check_sweep_options(asked: _Asked, *, is_sweep: bool) -> None:
    """Refuse what would be ignored.

    Raises:
        UsageError: `cli.option-alone`.
    """
    if asked["replace"] and not asked["file"]:
        raise UsageError("cli.option-alone", option="--replace", wanted="--out FILE")
    for option, given in (
        ("--pool", asked["pools"]),
        ("--jobs", asked["jobs"]),
        ("--parallel", asked["parallel"]),
    ):
        if given and not is_sweep:
            raise UsageError("cli.option-alone", option=option, wanted="--list FILE, --out FILE")


def _wish(profile: str, asked: _Asked) -> Wish:
    at = asked["at"]
    question = {
        "profile": profile,
        "name": asked["name"],
        "consumer": asked["consumer"] or "",
        "crl-mode": asked["crl_mode"] or "",
        "target-clock": asked["target_clock"],
        "at-given": at.isoformat() if at else "",
    }
    jobs, parallel = asked["jobs"] or 0, asked["parallel"] or _PARALLEL
    return Wish(asked["lists"], asked["file"], asked["pools"], jobs, parallel, asked["replace"], question)


def _named(topology: str, profile: str) -> tuple[str, ...]:
    """Return the names that a topology file and the target ask of the leaf; none without a file."""
    if not topology:
        return ()
    from warifu.wiring import renewals  # noqa: PLC0415 - most calls name no topology

    return renewals.topology_names(topology, wiring.chosen_profile(profile))


def _clock_of(text: str) -> datetime | Address:
    """Return a target's time, or the address at which it is asked for it."""
    try:
        instant: datetime = TIME.convert(text, _TARGET_CLOCK, None)
    except UsageError:
        return ADDRESS.convert(text, _TARGET_CLOCK, None)
    return instant


def _subject(text: str) -> str | Endpoint:
    """Return a path where one lies there, else where TLS is spoken, if it reads so, else the path.

    Raises:
        UsageError: `cli.not-a-scheme`, `cli.not-an-address`: it begins like `SCHEME://` and is none.
    """
    if wiring.files().exists(text):
        return text
    try:
        return ENDPOINT.convert(text, click.Argument(["subjects"]), None)
    except UsageError:
        if "://" in text:
            raise
        return text


def _exit_code(store: TrustFile, *, failed: bool, found: bool) -> int:
    if failed:
        return _COULD_NOT_LOOK
    store_is_fine = all(finding.severity is Severity.NOTE for finding in store.findings)
    return _FINE if store_is_fine and not found else _FINDINGS


def _tell_question(out: Output, profile: str, checker: Checker, store: TrustFile) -> None:
    out.line("trust.judged-by", profile=profile, at=checker.at, path=store.path, count=len(store.anchors))
    if checker.consumer:
        out.line("trust.judged-as", consumer=checker.consumer)
    out.findings(store.findings)


def _tell(out: Output, checked: Checked, store: TrustFile) -> None:
    if out.as_json:
        return
    out.text()
    out.text(f"{visible(checked.subject)}: {_state(checked, out.lang)}")
    if checked.problem is not None:
        out.text("  " + say_error(checked.problem, out.lang))
        remedy = advise(checked.problem, out.lang)
        if remedy:
            out.text("  " + say("cli.finding-remedy", out.lang, remedy=remedy))
    if checked.clear_text is not None:
        key = "trust.clear-text-let-in" if checked.clear_text else "trust.clear-text-barred"
        out.text("  " + say(key, out.lang))
    _tell_certificates(out, checked)
    if checked.verdict is not None:
        for consumer, answer in checked.verdict.engines:
            key = "trust.engine-unanswered"
            if answer.answered:
                key = "trust.engine-accepts" if answer.accepted else "trust.engine-refuses"
            said = answer.said if answer.answered else explain(answer.said, out.lang)
            out.text("  " + say(key, out.lang, consumer=consumer, engine=answer.engine, said=said))
    out.findings(_untold(checked.findings, store))


def _untold(findings: Iterable[Finding], store: TrustFile) -> Iterator[Finding]:
    """Yield what stands nowhere above: not what was said of the trust store, nor a library's no that adds no reason."""
    told = [one for one in store.findings if one.severity is not Severity.ERROR]
    for one in findings:
        agrees = one.code is Code.ENGINE_REFUSED and one.severity is Severity.NOTE
        if not agrees and one not in told:
            yield one


def _tell_certificates(out: Output, checked: Checked) -> None:
    for position, certificate in enumerate(checked.certificates):
        tpm = tpm_of(certificate)
        out.text("  " + _one_line(position, certificate, tpm, out.lang))
        if tpm is not None:
            out.text("     " + _tpm_line(tpm, out.lang))
        if certificate.template is not None:
            out.text("     " + say("trust.certificate-template", out.lang, template=certificate.template))
        if alias := checked.aliases.get(certificate):
            out.text("     " + say("trust.certificate-alias", out.lang, alias=alias))


def _state(checked: Checked, lang: Lang) -> str:
    if checked.problem is not None:
        return say("trust.could-not-look", lang)
    kind = say(_KINDS[checked.kind], lang)
    if checked.verdict is None:
        return say("trust.state-fine" if checked.is_fine else "trust.state-findings", lang, kind=kind)
    outcome = say(_OUTCOMES[checked.verdict.outcome], lang)
    if checked.verdict.outcome is Outcome.ACCEPTED and checked.has_errors:
        return say("trust.state-accepted-beside", lang, kind=kind, outcome=outcome)
    return say("trust.state-judged", lang, kind=kind, outcome=outcome)


def _one_line(position: int, certificate: Certificate, tpm: Tpm | None, lang: Lang) -> str:
    """Return a certificate on one line; one whose subject is empty goes by the TPM that it is for."""
    is_named = tpm is None or bool(certificate.subject.text)
    return say(
        "trust.certificate-line",
        lang,
        position=position + 1,
        subject=certificate.subject if is_named else say("trust.tpm-named", lang, tpm=tpm),
        issuer=certificate.issuer,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        fingerprint=certificate.fingerprint,
    )


def _tpm_line(tpm: Tpm, lang: Lang) -> str:
    maker = f"{tpm.maker} ({tpm.maker_name})" if tpm.maker_name else tpm.maker or "-"
    return say("trust.tpm-line", lang, maker=maker, model=tpm.model or "-", version=tpm.version or "-")


def _tell_sum(out: Output, seen: Sequence[Checked]) -> None:
    if out.as_json or len(seen) < 2:
        return
    failed = sum(checked.problem is not None for checked in seen)
    fine = sum(checked.is_fine for checked in seen)
    out.text()
    out.line("trust.sum", all=len(seen), fine=fine, findings=len(seen) - fine - failed, failed=failed)


def _document(
    seen: Sequence[Checked], store: TrustFile, profile: str, checker: Checker, lang: Lang
) -> dict[str, object]:
    return {
        "format": FORMAT,
        "profile": profile,
        "consumer": checker.consumer or "unknown",
        "at": checker.at,
        "anchors": {
            "file": store.path,
            "count": len(store.anchors),
            "findings": [to_json(finding, lang) for finding in store.findings],
        },
        "subjects": [_subject_document(checked, lang) for checked in seen],
    }


def _subject_document(checked: Checked, lang: Lang) -> dict[str, object]:
    return {
        "subject": checked.subject,
        "kind": checked.kind,
        "fine": checked.is_fine,
        "problem": None if checked.problem is None else say_error(checked.problem, lang),
        "certificates": [
            {**_certificate_document(one), "alias": checked.aliases.get(one)} for one in checked.certificates
        ],
        "clear_text": checked.clear_text,
        "verdict": None if checked.verdict is None else _verdict_document(checked.verdict),
        "findings": [to_json(finding, lang) for finding in rank(checked.findings)],
    }


def _certificate_document(one: Certificate) -> dict[str, object]:
    return {
        "sha256": one.fingerprint.hex,
        "subject": str(one.subject),
        "issuer": str(one.issuer),
        "serial": f"{one.serial:x}",
        "not_before": one.not_before,
        "not_after": one.not_after,
        "names": one.names.texts if one.names else (),
        "subject_key_id": one.subject_key_id and one.subject_key_id.hex,
        "authority_key_id": one.authority_key_id and one.authority_key_id.hex,
        "legacy_key_id": one.legacy_key_id and one.legacy_key_id.hex,
        "key": str(one.public_key) if one.public_key else None,
        "ca": one.is_ca,
        "tpm": _tpm_document(tpm_of(one)),
        "template": one.template,
    }


def _tpm_document(tpm: Tpm | None) -> dict[str, str] | None:
    if tpm is None:
        return None
    return {"maker": tpm.maker, "maker_name": tpm.maker_name, "model": tpm.model, "version": tpm.version}


def _verdict_document(verdict: Verdict) -> dict[str, object]:
    return {
        "outcome": verdict.outcome,
        "basis": verdict.basis,
        "anchored": verdict.anchored,
        "path": [one.fingerprint.hex for one in verdict.path],
        "engines": [
            {
                "consumer": consumer,
                "engine": answer.engine,
                "answered": answer.answered,
                "accepted": answer.accepted,
                "said": answer.said,
            }
            for consumer, answer in verdict.engines
        ],
    }
