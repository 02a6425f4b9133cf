"""Our model of openssl answers as the openssl binary does, on random bags of certificates."""

from __future__ import annotations

import random
import shutil

import pytest

from support.bags import Bag, describe, modelled
from warifu.adapters.verifiers.cryptography import CryptographyVerifier
from warifu.adapters.verifiers.openssl import OpensslVerifier

QUESTIONS = 250


@pytest.mark.parametrize("seed", [1, 2])
def test_the_model_answers_as_the_binary(seed: int) -> None:
    """Same answer to every question: order of files, equal names, twins, dates to the second, partial chains, CRLs."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the Debian package openssl")
    bag = Bag(random.Random(seed))  # a test wants the same bags again
    questions = [bag.question() for _ in range(QUESTIONS)]
    answers = OpensslVerifier().answer(questions)
    assert all(answer.answered for answer in answers)
    differ = []
    for question, answer in zip(questions, answers, strict=True):
        found = modelled(question, "openssl")
        if found != answer.accepted:
            differ.append((question, found, answer.said))
    assert not differ, f"{len(differ)} of {len(questions)} differ; the first:\n{describe(*differ[0])}"
    accepted = sum(answer.accepted for answer in answers)
    assert QUESTIONS * 0.05 < accepted < QUESTIONS * 0.95


@pytest.mark.parametrize("seed", [1, 2])
def test_rfc_5280_accepts_whatever_cryptography_accepts(seed: int) -> None:
    """Where cryptography finds a path, so do we: our search misses none."""
    bag = Bag(random.Random(seed))  # a test wants the same bags again
    questions = [
        question for question in (bag.question() for _ in range(QUESTIONS)) if question.crl_mode == "off"
    ]
    answers = CryptographyVerifier().answer(questions)
    missed = [
        question
        for question, answer in zip(questions, answers, strict=True)
        if answer.accepted and not modelled(question, "cryptography", "rfc5280")
    ]
    assert [] == missed
    assert sum(answer.accepted for answer in answers) > QUESTIONS * 0.05
