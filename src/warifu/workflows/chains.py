"""Judges many chains at once: our rules here, and beside them every engine at hand, asked once for all.

An engine that is a program costs a start each time it is asked, so it hears every question in one call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from warifu.domain.trust import Context, PathAnswer, PathQuestion, Verdict, join_answers, judge
from warifu.domain.trust.verdict import with_own_root
from warifu.domain.x509 import Certificate, RevocationList
from warifu.errors import CouldNotLookError
from warifu.ports.verifiers import Verifier


@dataclass(frozen=True, slots=True)
class Presented:
    """A chain as it was served or stands in a file, its leaf first.

    Args:
        name: what the leaf must carry; empty asks for none.
        encoding: how the file was written that it stands in: `pem` or `der`; empty when it was served.
        crls: those that stand beside it.
    """

    chain: tuple[Certificate, ...]
    name: str = ""
    encoding: str = ""
    crls: tuple[RevocationList, ...] = ()

    def asked(self, context: Context) -> Context:
        """Return the question about this chain."""
        at_hand = (*context.crls_at_hand, *self.crls)
        return replace(context, name=self.name, encoding=self.encoding, crls_at_hand=at_hand)


def judge_chains(
    chains: Sequence[Presented],
    anchors: tuple[Certificate, ...],
    engines: Sequence[Verifier],
    context: Context,
) -> tuple[Verdict, ...]:
    """Return the verdict on each chain, in order.

    Args:
        context: of all of them but for name and encoding.
    """
    if not chains:
        return ()
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - costs 6 ms, and a trust store asks nobody

    questions = [_question(one, anchors, context) for one in chains]
    with ThreadPoolExecutor(max(1, len(engines))) as threads:
        asked = [threads.submit(_answers, engine, questions) for engine in engines]
        ours = [judge(one.chain, anchors, one.asked(context)) for one in chains]
        heard = {engine.consumer: each.result() for engine, each in zip(engines, asked, strict=True)}
    return _joined(ours, heard, chains, anchors, context)


def join_engines(
    ours: Sequence[Verdict],
    chains: Sequence[Presented],
    anchors: tuple[Certificate, ...],
    engines: Sequence[Verifier],
    context: Context,
) -> tuple[Verdict, ...]:
    """Return verdicts of ours with what every engine says of the same chains."""
    questions = [_question(one, anchors, context) for one in chains]
    heard = {engine.consumer: _answers(engine, questions) for engine in engines} if questions else {}
    return _joined(ours, heard, chains, anchors, context)


def _joined(
    ours: Sequence[Verdict],
    heard: Mapping[str, tuple[PathAnswer, ...]],
    chains: Sequence[Presented],
    anchors: tuple[Certificate, ...],
    context: Context,
) -> tuple[Verdict, ...]:
    return tuple(
        join_answers(verdict, _of(heard, position), one.chain, anchors, one.asked(context))
        for position, (verdict, one) in enumerate(zip(ours, chains, strict=True))
    )


def _question(one: Presented, anchors: tuple[Certificate, ...], context: Context) -> PathQuestion:
    return PathQuestion(
        context.consumer,
        one.chain[0],
        one.chain[1:],
        with_own_root(one.chain, anchors, context.profile),
        context.wanted_purpose,
        context.now,
        one.name if context.wanted_purpose != "clientAuth" else "",
        context.crls if context.crl_mode != "off" else (),
        context.crl_mode,
    )


def _answers(engine: Verifier, questions: Sequence[PathQuestion]) -> tuple[PathAnswer, ...]:
    own = [replace(question, consumer=engine.consumer) for question in questions]
    try:
        return engine.answer(own)
    except CouldNotLookError as problem:
        reason = str(problem.values.get("reason", problem))
        unanswered = PathAnswer(accepted=False, engine=engine.consumer, said=reason, answered=False)
        return (unanswered,) * len(own)


def _of(heard: Mapping[str, tuple[PathAnswer, ...]], position: int) -> dict[str, PathAnswer]:
    return {consumer: answers[position] for consumer, answers in heard.items()}
