"""Plans with every engine agreeing with our rules, so that tests need no engine."""

from __future__ import annotations

from dataclasses import replace

from warifu.domain.rotation.outcome import Answer, Needs
from warifu.domain.rotation.planning import Request, make_plan
from warifu.domain.rotation.trusting import digest_of


def agreed(request: Request) -> Answer:
    """Plan, and say yes to whatever an engine must be asked."""
    while isinstance(answer := make_plan(request), Needs):
        said = {digest_of(question): True for question in answer.questions}
        request = replace(request, answers={**request.answers, **said})
    return answer
