"""Has engines answer path questions; each question once, whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from warifu.domain.rotation.trusting import digest_of
from warifu.domain.trust import PathQuestion
from warifu.errors import CouldNotLookError
from warifu.ports.verifiers import Verifier


def ask_engines(questions: Iterable[PathQuestion], engines: Mapping[str, Verifier]) -> dict[str, bool]:
    """Return what each question's own consumer said, by question digest.

    A consumer that is not at hand, or that cannot express a question, gives no answer: the
    proof then says "modelled, not run".
    """
    by_consumer: dict[str, dict[str, PathQuestion]] = {}
    for question in questions:
        by_consumer.setdefault(question.consumer, {})[digest_of(question)] = question
    answers: dict[str, bool] = {}
    for consumer, asked in by_consumer.items():
        engine = engines.get(consumer)
        if engine is None:
            continue
        try:
            said = engine.answer(list(asked.values()))
        except CouldNotLookError:
            continue
        for digest, answer in zip(asked, said, strict=True):
            if answer.answered:
                answers[digest] = answer.accepted
    return answers
