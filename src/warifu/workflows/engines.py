"""Path questions to consumers' engines, many at once and each only once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from warifu.domain.rotation.trusting import digest_of
from warifu.domain.trust import PathAnswer, PathQuestion
from warifu.errors import CouldNotLookError
from warifu.ports.verifiers import Verifier

Engines = Mapping[str, Verifier]
"""Engines at hand, by the consumer they answer for."""

Answers = Mapping[PathQuestion, Mapping[str, PathAnswer]]


def ask_engines(questions: Iterable[PathQuestion], engines: Engines, *, others: bool = False) -> Answers:
    """Return what engines answer, by question and consumer.

    Args:
        others: ask also engines that are not the question's consumer (their no is a warning).

    An engine that cannot be run has `answered` False, with the reason in `said`.
    """
    unique = list(dict.fromkeys(questions))
    found: dict[PathQuestion, dict[str, PathAnswer]] = {question: {} for question in unique}
    for name, engine in engines.items():
        asked = [one for one in unique if others or one.consumer in (name, "unknown")]
        if not asked:
            continue
        try:
            answers = engine.answer(asked)
        except CouldNotLookError as error:
            missing = PathAnswer(accepted=False, engine=name, said=error.code, answered=False)
            answers = (missing,) * len(asked)
        for question, answer in zip(asked, answers, strict=True):
            found[question][name] = answer
    return found


def decide(questions: Iterable[PathQuestion], engines: Engines) -> dict[str, bool]:
    """Return what each question's own consumer said, by question digest.

    A consumer that is not at hand, or that cannot express a question, gives no answer: the
    proof then says "modelled, not run".
    """
    answers = ask_engines(questions, engines)
    own = {question: said.get(question.consumer) for question, said in answers.items()}
    return {
        digest_of(question): answer.accepted
        for question, answer in own.items()
        if answer is not None and answer.answered
    }
