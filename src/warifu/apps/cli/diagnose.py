"""`warifu diagnose`: the true cause behind a vendor's message."""

from __future__ import annotations

import shlex
from datetime import datetime
from typing import NamedTuple, TypedDict, Unpack

import click

from warifu.apps.cli.options import HOST, TIME, password_option
from warifu.apps.cli.render import Output, plain, to_json
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.diagnosis import (
    Answer,
    Candidate,
    Confidence,
    Message,
    Outcome,
    Standing,
    Symptom,
    say_seen,
)
from warifu.domain.findings import Lang, Severity, say
from warifu.wiring import diagnosis as wiring
from warifu.wiring.cli import passwords as wiring_passwords
from warifu.workflows.diagnose import Examined, Question

FORMAT = 1
_ENGLISH = ("dell-ome",)
_FINE, _FOUND, _UNDECIDED = 0, 1, 5
_OUTCOMES = {
    Outcome.SHOWN: "diagnosis.outcome-shown",
    Outcome.NAMED: "diagnosis.outcome-named",
    Outcome.OPEN: "diagnosis.outcome-open",
    Outcome.UNEXPLAINED: "diagnosis.outcome-unexplained",
    Outcome.STALE: "diagnosis.outcome-stale",
    Outcome.CLEARED: "diagnosis.outcome-cleared",
}
_CONFIDENCES = {
    Confidence.HIGH: "diagnosis.confidence-high",
    Confidence.MEDIUM: "diagnosis.confidence-medium",
    Confidence.LOW: "diagnosis.confidence-low",
}
_STANDINGS = {
    Standing.HOLDS: "diagnosis.standing-holds",
    Standing.NAMED: "diagnosis.standing-named",
    Standing.POSSIBLE: "diagnosis.standing-possible",
    Standing.RULED_OUT: "diagnosis.standing-ruled-out",
}
_PHASES = {
    "upload": "diagnosis.phase-upload",
    "connection": "diagnosis.phase-connection",
    "login": "diagnosis.phase-login",
    "start": "diagnosis.phase-start",
    "command": "diagnosis.phase-command",
}
_PROBLEMS = {
    "too-large": "diagnosis.problem-too-large",
    "too-deep": "diagnosis.problem-too-deep",
    "too-many": "diagnosis.problem-too-many",
    "too-telling": "diagnosis.problem-too-telling",
    "unreadable": "diagnosis.problem-unreadable",
    "unread": "diagnosis.problem-unread",
    "cut": "diagnosis.problem-cut",
    "empty": "diagnosis.problem-empty",
}


class _Asked(TypedDict):
    """Options."""

    messages: tuple[str, ...]
    others: tuple[str, ...]
    anchors: tuple[str, ...]
    name: str
    at: datetime | None
    profile: str
    password_files: tuple[str, ...]


def build(lang: Lang) -> Verb:
    """Return the verb."""

    @verb("diagnose", lang, say("diagnosis.help-diagnose", lang))
    @click.argument("paths", nargs=-1, metavar="FILE|DIR...")
    @click.option(
        "--message", "messages", multiple=True, metavar="TEXT", help=say("diagnosis.option-message", lang)
    )
    @click.option(
        "--other", "others", multiple=True, metavar="FILE", help=say("diagnosis.option-other", lang)
    )
    @click.option("--anchors", multiple=True, metavar="FILE", help=say("diagnosis.option-anchors", lang))
    @click.option("--name", type=HOST, default="", metavar="HOST", help=say("diagnosis.option-name", lang))
    @click.option("--at", type=TIME, default=None, metavar="TIME", help=say("diagnosis.option-at", lang))
    @click.option("--profile", default="", metavar="PROFILE", help=say("diagnosis.option-profile", lang))
    @password_option(lang)
    def diagnose(out: Output, *, paths: tuple[str, ...], **asked: Unpack[_Asked]) -> int:
        now = asked["at"] or wiring.now()
        question = Question(
            now,
            paths,
            asked["messages"],
            asked["others"],
            asked["anchors"],
            asked["name"],
            wiring_passwords(asked["password_files"], lang),
            asked["profile"],
        )
        found = wiring.examine(question)
        _tell(out, found)
        out.json(_document(found, now, out.lang))
        return _exit_code(found)

    return diagnose


def _exit_code(found: Examined) -> int:
    outcomes = {answer.outcome for answer in found.diagnosis.answers}
    wrong = (
        *found.exposed,
        *found.ended,
        *found.unread,
        *(one for answer in found.diagnosis.answers for one in answer.beside),
    )
    is_found = outcomes & {Outcome.SHOWN, Outcome.NAMED} or any(findings for _, _, findings in found.places)
    if is_found or any(one.severity is Severity.ERROR for one in wrong):
        return _FOUND
    is_open = (
        outcomes & {Outcome.OPEN, Outcome.UNEXPLAINED}
        or found.diagnosis.unknown
        or found.problems
        or found.silent
        or any(answer.asks for answer in found.diagnosis.answers)
    )
    return _UNDECIDED if is_open or not (outcomes or found.places) else _FINE


def _tell(out: Output, found: Examined) -> None:
    for file in found.files:
        held = file.reading
        keys = len(held.keys) + held.encrypted_keys
        counts = {"certificates": len(held.certificates), "requests": len(held.requests), "keys": keys}
        out.line("diagnosis.file-read", path=file.path, **counts)
    for path in found.silent:
        out.line("diagnosis.file-silent", path=path)
    for problem in found.problems:
        out.line(_PROBLEMS[problem.problem], path=problem.path)
    for product, path, findings in found.places:
        out.line("diagnosis.product-file", product=product, path=path)
        out.findings(findings)
    out.findings(found.unread)
    out.findings(found.exposed)
    out.findings(found.ended)
    for answer in found.diagnosis.answers:
        out.text()
        _tell_answer(out, answer, found.profiles.get(answer.id, ""))
    for message in found.diagnosis.unknown:
        _tell_unknown(out, message)
    if found.is_redacted:
        out.line("diagnosis.redacted")
    if found.is_unasked:
        paths = dict.fromkeys(one.path for one in found.files if one.certificates and "!" not in one.path)
        out.line("diagnosis.check-instead", files=shlex.join(paths) or "FILE")
    elif not (found.diagnosis.answers or found.diagnosis.unknown or found.places or found.silent):
        out.line("diagnosis.nothing-found")


def _tell_answer(out: Output, answer: Answer, profile: str) -> None:
    first = answer.messages[0]
    phase = answer.symptom.phase if answer.symptom else "command"
    id_ = first.code or answer.id
    out.line("diagnosis.symptom", vendor=first.vendor, id=id_, phase=say(_PHASES[phase], out.lang))
    for message in answer.messages:
        _tell_place(out, message)
    if answer.symptom is not None:
        _tell_symptom(out, answer.symptom, first)
    if profile:
        out.line("diagnosis.judged-by", profile=profile)
    out.line(_OUTCOMES[answer.outcome])
    out.line("diagnosis.confidence", level=say(_CONFIDENCES[answer.confidence], out.lang))
    for reason in answer.unexplained:
        out.line("diagnosis.unexplained", reason=reason)
    for candidate in answer.candidates:
        _tell_candidate(out, candidate)
    if answer.asks is not None:
        out.line("diagnosis.asks", text=answer.asks.fill(out.lang, {}))
    if answer.beside:
        out.line("diagnosis.beside")
        out.findings(answer.beside)


def _tell_place(out: Output, message: Message) -> None:
    if message.source:
        said = ", ".join(message.arguments) or message.text[:200]
        out.line(
            "diagnosis.message-line",
            source=message.source,
            line=message.line,
            when=message.when,
            said=said,
        )
    if message.times > 1:
        out.line("diagnosis.message-often", times=message.times, last=message.last)


class _Says(NamedTuple):
    """What the catalogue has of a message: its text, what that means where it is said in English alone, the advice."""

    text: str | None = None
    means: str | None = None
    resolution: str | None = None


def _says(symptom: Symptom | None, first: Message, lang: Lang) -> _Says:
    if symptom is None:
        return _Says()
    values = {"field": (", ".join(first.arguments) if first.code else "") or "..."}
    spoken = Lang.EN if symptom.vendor in _ENGLISH else lang
    return _Says(
        symptom.text.fill(spoken, values),
        symptom.text.fill(lang, values) if spoken is not lang else None,
        symptom.resolution.fill(lang, {}) if symptom.resolution else None,
    )


def _tell_symptom(out: Output, symptom: Symptom, first: Message) -> None:
    """Tell what the product says; one that speaks English alone is quoted in English, with what that means."""
    says = _says(symptom, first, out.lang)
    out.line("diagnosis.symptom-says", text=says.text)
    if says.means:
        out.line("diagnosis.symptom-means", text=says.means)
    if says.resolution:
        out.line("diagnosis.symptom-advises", text=says.resolution)


def _tell_unknown(out: Output, message: Message) -> None:
    """Tell a message that nobody knows with all that came with it."""
    out.line("diagnosis.unknown-message", code=message.code, text=message.text)
    _tell_place(out, message)
    for argument in message.arguments:
        out.line("diagnosis.unknown-argument", argument=argument)
    for name in message.properties:
        out.line("diagnosis.unknown-property", property=name)
    if message.severity:
        out.line("diagnosis.unknown-severity", severity=message.severity)
    if message.resolution:
        out.line("diagnosis.symptom-advises", text=message.resolution)


def _tell_candidate(out: Output, candidate: Candidate) -> None:
    cause, lang = candidate.cause, out.lang
    standing = say(_STANDINGS[candidate.standing], lang)
    out.line("diagnosis.candidate", standing=standing, title=cause.title.fill(lang, {}))
    if candidate.seen is not None:
        out.line("diagnosis.seen", text=say_seen(candidate.seen, lang))
    for finding in dict.fromkeys(one.code for one in candidate.findings):
        out.line("diagnosis.rule", code=finding)
    if candidate.standing in (Standing.POSSIBLE, Standing.NAMED):
        out.line("diagnosis.check", text=cause.check.fill(lang, {}))
    if candidate.standing in (Standing.HOLDS, Standing.NAMED):
        out.line("diagnosis.remedy", text=candidate.remedy(lang))
        if cause.procedure:
            out.line("diagnosis.next", id=cause.procedure)


def _document(found: Examined, now: datetime, lang: Lang) -> dict[str, object]:
    return {
        "format": FORMAT,
        "at": now,
        "files": [
            {
                "path": one.path,
                "form": one.form,
                "certificates": [c.fingerprint.hex for c in one.certificates],
                "requests": len(one.reading.requests),
                "keys": len(one.reading.keys) + one.reading.encrypted_keys,
            }
            for one in found.files
        ],
        "places": [
            {"product": product, "path": path, "findings": [to_json(one, lang) for one in findings]}
            for product, path, findings in found.places
        ],
        "problems": [{"path": one.path, "problem": one.problem} for one in found.problems],
        "silent": list(found.silent),
        "redacted": found.is_redacted,
        "unread": [to_json(one, lang) for one in found.unread],
        "exposed": [to_json(one, lang) for one in found.exposed],
        "ended": [to_json(one, lang) for one in found.ended],
        "answers": [
            {**_answer_document(one, lang), "profile": found.profiles.get(one.id)}
            for one in found.diagnosis.answers
        ],
        "unknown": [_message_document(one) for one in found.diagnosis.unknown],
    }


def _answer_document(answer: Answer, lang: Lang) -> dict[str, object]:
    says = _says(answer.symptom, answer.messages[0], lang)
    return {
        "symptom": answer.id,
        "phase": answer.symptom.phase if answer.symptom else "command",
        "text": says.text,
        "means": says.means,
        "resolution": says.resolution,
        "outcome": answer.outcome,
        "confidence": answer.confidence,
        "messages": [_message_document(one) for one in answer.messages],
        "unexplained": list(answer.unexplained),
        "asks": answer.asks and answer.asks.fill(lang, {}),
        "beside": [to_json(one, lang) for one in answer.beside],
        "causes": [
            {
                "cause": one.cause.id,
                "standing": one.standing,
                "named": one.is_named,
                "title": one.cause.title.fill(lang, {}),
                "check": one.cause.check.fill(lang, {}),
                "remedy": one.remedy(lang),
                "procedure": one.cause.procedure or None,
                "findings": [to_json(finding, lang) for finding in one.findings],
                "seen": None
                if one.seen is None
                else {
                    "word": one.seen.word,
                    "text": say_seen(one.seen, lang),
                    "values": {name: plain(value) for name, value in one.seen.values.items()},
                },
            }
            for one in answer.candidates
        ],
    }


def _message_document(message: Message) -> dict[str, object]:
    return {
        "vendor": message.vendor,
        "error_code": message.envelope[0],
        "error_message": message.envelope[1],
        "code": message.code,
        "text": message.text,
        "arguments": list(message.arguments),
        "properties": list(message.properties),
        "severity": message.severity,
        "resolution": message.resolution,
        "when": message.when,
        "last": message.last,
        "level": message.level,
        "thread": message.thread,
        "place": message.place,
        "source": message.source,
        "line": message.line,
        "times": message.times,
    }
