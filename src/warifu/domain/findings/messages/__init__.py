"""Every other sentence a person reads: errors, help, headings, progress, documents.

A key is `room.name`; the room names the file it stands in. `say` fills a message;
a test fails on a key that is used and missing, or present and unused.
"""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.messages import (
    cli,
    demo,
    estate,
    handover,
    hosts,
    install,
    io,
    issue,
    papers,
    plan,
    rollout,
    rotation,
    trust,
)
from warifu.domain.findings.text import Lang, Text
from warifu.errors import WarifuError

MESSAGES: Mapping[str, Text] = {
    **cli.TABLE,
    **demo.TABLE,
    **estate.TABLE,
    **install.TABLE,
    **handover.TABLE,
    **hosts.TABLE,
    **install.TABLE,
    **io.TABLE,
    **issue.TABLE,
    **papers.TABLE,
    **plan.TABLE,
    **rollout.TABLE,
    **rotation.TABLE,
    **trust.TABLE,
}


def say(key: str, lang: Lang, /, **values: object) -> str:
    """Return the message of a key in a language, filled with values.

    Raises:
        KeyError: the key is not in the table (a test finds such a key before release).
    """
    return MESSAGES[key].fill(lang, values)


def say_error(error: WarifuError, lang: Lang) -> str:
    """Return an error as a sentence, and its parts one a line below it.

    A code without a message shows its code and values.
    """
    text = MESSAGES.get(error.code)
    whole = str(error) if text is None else text.fill(lang, error.values)
    return "\n".join((whole, *(say_error(part, lang) for part in error.parts)))
