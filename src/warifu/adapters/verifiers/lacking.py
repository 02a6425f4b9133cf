"""Questions that an engine cannot express are not asked of it; their answers say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from warifu.domain.trust.questions import PathAnswer, PathQuestion

Lack = Callable[[PathQuestion], str]
"""What an engine cannot express of a question, as a word of ours; empty when it can."""


def ask_what_can_be_asked(
    engine: str,
    questions: Sequence[PathQuestion],
    lack: Lack,
    ask: Callable[[Sequence[PathQuestion]], Iterable[PathAnswer]],
    batch: int,
) -> tuple[PathAnswer, ...]:
    """Answer each question in order, so many at a time; what `ask` raises goes through."""
    lacks = [question.lack or lack(question) for question in questions]
    asked = [question for question, missing in zip(questions, lacks, strict=True) if not missing]
    heard: list[PathAnswer] = []
    for start in range(0, len(asked), batch):
        heard += ask(asked[start : start + batch])
    said = iter(heard)
    return tuple(
        PathAnswer(accepted=False, engine=engine, said=missing, answered=False) if missing else next(said)
        for missing in lacks
    )
