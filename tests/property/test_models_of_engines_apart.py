"""Our models of GnuTLS, NSS and Java answer as the libraries do, on random chains."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from support.bags import Bag, OneWay, describe, modelled
from support.engines import APART, need_engine
from warifu.domain.trust import PathAnswer, PathQuestion

QUESTIONS = 250


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("consumer", APART)
def test_the_model_answers_as_the_library(consumer: str, seed: int) -> None:
    """One path at most: dates to the second, anchors in the middle, gaps, path lengths, purposes, names."""
    chains = OneWay(random.Random(seed))  # a test wants the same chains again
    questions = [chains.question(consumer) for _ in range(QUESTIONS)]
    answers = need_engine(consumer).answer(questions)
    assert all(answer.answered for answer in answers)
    _assert_none(
        [pair for pair in zip(questions, answers, strict=True) if _modelled(pair[0]) != pair[1].accepted]
    )
    accepted = sum(answer.accepted for answer in answers)
    assert QUESTIONS * 0.05 < accepted < QUESTIONS * 0.95


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("consumer", APART)
def test_whatever_the_library_accepts_the_model_accepts(consumer: str, seed: int) -> None:
    """Names shared by many: our search finds every path that the library finds, CRLs included."""
    bag = Bag(random.Random(seed))  # a test wants the same bags again
    questions = [replace(bag.question(), consumer=consumer) for _ in range(QUESTIONS)]
    answers = need_engine(consumer).answer(questions)
    _assert_none(
        [pair for pair in zip(questions, answers, strict=True) if pair[1].accepted and not _modelled(pair[0])]
    )
    assert sum(answer.accepted for answer in answers) > QUESTIONS * 0.05


@pytest.mark.parametrize("consumer", APART)
def test_what_was_asked_before_changes_no_answer(consumer: str) -> None:
    """Asked all in one start, and in another order, the library says the same: nothing stays from question to question."""
    bag = Bag(random.Random(3))  # a test wants the same bags again
    questions = [replace(bag.question(), consumer=consumer) for _ in range(60)]
    engine = need_engine(consumer)
    forwards, backwards = engine.answer(questions), engine.answer(questions[::-1])
    assert forwards == backwards[::-1]
    assert forwards[:1] == engine.answer(questions[:1])


def _modelled(question: PathQuestion) -> bool:
    return modelled(question, question.consumer)


def _assert_none(differ: list[tuple[PathQuestion, PathAnswer]]) -> None:
    if differ:
        question, answer = differ[0]
        first = describe(question, not answer.accepted, answer.said)
        pytest.fail(f"{len(differ)} differ; the first:\n{first}")
