"""From messages and files to causes.

A message leads to every cause the vendor documents for it; each is then looked for in the files. Where a file
shows a cause, it holds, whatever the message names; where a file shows that it is not there, it is ruled out, even
if the message names it: then the log is older than the file, or about another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from warifu.domain.diagnosis.catalogue import SYMPTOMS, Symptom, named_by
from warifu.domain.diagnosis.cause import Cause
from warifu.domain.diagnosis.causes import CAUSES
from warifu.domain.diagnosis.evidence import FORMS, SEEN
from warifu.domain.diagnosis.looks import Seen
from warifu.domain.diagnosis.message import Message
from warifu.domain.diagnosis.numbers import NUMBERS, behind
from warifu.domain.diagnosis.rules_met import CODES, PROFILES, UNANCHORED
from warifu.domain.diagnosis.scene import Scene, Standing
from warifu.domain.findings import Code, Finding, Text

_OF_CHAINS = "Chain"  # how the method ends that takes a chain, where a log names it


class Outcome(StrEnum):
    """What came of one message."""

    SHOWN = "shown"
    NAMED = "named"
    OPEN = "open"
    STALE = "stale"
    UNEXPLAINED = "unexplained"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cause, what is known of it, and what that rests on.

    Args:
        seen: what a look at the files gave; None where no file can show it.
        is_named: the message itself names it.
        findings: what the target's profile found that shows it.
    """

    cause: Cause
    standing: Standing
    seen: Seen | None
    is_named: bool
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one symptom.

    Args:
        symptom: its catalogue entry; None for a number of a tool.
        messages: all that told of it.
        candidates: every cause it may have, the most telling first.
        unexplained: reasons that the product gave and that name no cause known here, verbatim.
        beside: errors of the product's profile that are none of these causes, so that nothing wrong is passed over.
        asks: what only whoever did it can tell.
    """

    id: str
    symptom: Symptom | None
    messages: tuple[Message, ...]
    candidates: tuple[Candidate, ...]
    unexplained: tuple[str, ...] = ()
    beside: tuple[Finding, ...] = ()
    asks: Text | None = None

    @property
    def holding(self) -> tuple[Candidate, ...]:
        """The causes that the files show."""
        return tuple(one for one in self.candidates if one.standing is Standing.HOLDS)

    @property
    def outcome(self) -> Outcome:
        """How certain the answer is."""
        standings = {one.standing for one in self.candidates}
        if Standing.HOLDS in standings:
            return Outcome.SHOWN
        if Standing.NAMED in standings:
            return Outcome.NAMED
        if self.unexplained:
            return Outcome.UNEXPLAINED
        if any(one.is_named for one in self.candidates):
            return Outcome.STALE
        return Outcome.OPEN if Standing.POSSIBLE in standings else Outcome.CLEARED


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Every symptom that was met, and what nobody knows, verbatim."""

    answers: tuple[Answer, ...]
    unknown: tuple[Message, ...] = ()


def diagnose(
    messages: Iterable[Message], scene: Scene, judged: Mapping[str, Sequence[Finding]] = MappingProxyType({})
) -> Diagnosis:
    """Return the causes of messages, each looked for in the files at hand.

    Args:
        messages: what was said.
        scene: what is at hand.
        judged: errors that a profile found in the files, by the profile's name (`rules_met.PROFILES`).
    """
    grouped: dict[str, list[Message]] = {}
    unknown = []
    for message in messages:
        if message.is_known:
            grouped.setdefault(message.symptom, []).append(message)
        else:
            unknown.append(message)
    return Diagnosis(
        tuple(
            _answer(id_, told, scene, judged.get(PROFILES.get(id_, ""), ())) for id_, told in grouped.items()
        ),
        tuple(unknown),
    )


def causes_of(symptom: str) -> tuple[Cause, ...]:
    """Return every cause that a symptom may have, the likeliest first."""
    kind, _, number = symptom.partition(":")
    if kind == "number":
        return NUMBERS[int(number)].causes
    if kind == "status":
        return tuple(cause for one in behind(int(number)) for cause in NUMBERS[one].causes)
    return tuple(CAUSES[id_] for id_ in SYMPTOMS[symptom].causes)


def _answer(id_: str, messages: Sequence[Message], scene: Scene, judged: Sequence[Finding]) -> Answer:
    symptom = SYMPTOMS.get(id_)
    named = {cause for message in messages for cause in _named(symptom, message)}
    causes = causes_of(id_)
    if symptom is None and len(causes) == 1:
        named = {causes[0].id}
    found = [_candidate(cause, scene, judged, is_named=cause.id in named) for cause in causes]
    order = list(Standing)
    ranked = sorted(found, key=lambda one: (order.index(one.standing), not one.is_named))
    unexplained = tuple(word for message in messages for word in _unexplained(symptom, message))
    explained = {code for cause in causes for code in CODES.get(cause.id, ())}
    if scene.anchors is None:
        explained |= UNANCHORED
    asks = symptom.asks if symptom and any(len(one.certificates) > 1 for one in scene.uploads) else None
    if asks is not None:  # a chain is a fault of one upload, and what the other wants
        explained.add(Code.FILE_HOLDS_MORE)
    if any(one.place.endswith(_OF_CHAINS) for one in messages):
        asks = None
    beside = tuple(one for one in judged if one.code not in explained)
    return Answer(id_, symptom, tuple(messages), tuple(ranked), unexplained, beside, asks)


def _unexplained(symptom: Symptom | None, message: Message) -> tuple[str, ...]:
    """Return the arguments of a message that names causes by them, where they name none."""
    if symptom is None or "{field}" in symptom.text.en or not (message.code and symptom.named):
        return ()
    return tuple(word for word in message.arguments if not named_by(symptom, word))


def _named(symptom: Symptom | None, message: Message) -> frozenset[str]:
    words = " ".join((message.text, *message.arguments))
    return named_by(symptom, words) if symptom else frozenset()


def _candidate(cause: Cause, scene: Scene, judged: Sequence[Finding], *, is_named: bool) -> Candidate:
    seen = cause.look(scene) if cause.look else None
    standing = seen.standing if seen else Standing.POSSIBLE
    findings = tuple(one for one in judged if one.code in CODES.get(cause.id, ()))
    if standing is Standing.POSSIBLE and is_named:
        standing = Standing.NAMED
    return Candidate(cause, standing, seen, is_named, findings if standing is Standing.HOLDS else ())


def every_sentence() -> Iterator[tuple[str, Text]]:
    """Yield every sentence of this room with where it stands, for tests of the tables."""
    causes = [*CAUSES.values(), *(cause for number in NUMBERS.values() for cause in number.causes)]
    for cause in causes:
        yield from (
            (f"{cause.id} {word}", text)
            for word, text in zip(
                ("title", "check", "remedy"), (cause.title, cause.check, cause.remedy), strict=True
            )
        )
    for symptom in SYMPTOMS.values():
        yield f"{symptom.id} text", symptom.text
        if symptom.resolution is not None:
            yield f"{symptom.id} resolution", symptom.resolution
        if symptom.asks is not None:
            yield f"{symptom.id} asks", symptom.asks
    yield from SEEN.items()
    yield from ((f"form {form}", text) for form, text in FORMS.items())
