"""Every other sentence a person reads: errors, help, headings, progress, documents.

A key is `room.name`; the room names the file it stands in. `say` fills a message;
a test fails on a key that is used and missing, or present and unused.
"""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.messages import (
    agent,
    bundle,
    cli,
    demo,
    diagnosis,
    directory,
    endpoint,
    endpoint_help,
    estate,
    explain,
    handover,
    hosts,
    install,
    io,
    issue,
    outputs,
    pack,
    pair,
    papers,
    people,
    plan,
    registry,
    remote,
    renewal,
    retire,
    rollout,
    rollouts,
    rotation,
    server,
    sweep,
    trust,
    watch,
    word,
)
from warifu.domain.findings.text import Lang, Text

MESSAGES: Mapping[str, Text] = {
    **agent.TABLE,
    **bundle.TABLE,
    **cli.TABLE,
    **demo.TABLE,
    **diagnosis.TABLE,
    **directory.TABLE,
    **endpoint.TABLE,
    **endpoint_help.TABLE,
    **estate.TABLE,
    **explain.TABLE,
    **handover.TABLE,
    **hosts.TABLE,
    **install.TABLE,
    **io.TABLE,
    **issue.TABLE,
    **outputs.TABLE,
    **pair.TABLE,
    **pack.TABLE,
    **papers.TABLE,
    **people.TABLE,
    **plan.TABLE,
    **registry.TABLE,
    **remote.TABLE,
    **renewal.TABLE,
    **retire.TABLE,
    **rollout.TABLE,
    **rollouts.TABLE,
    **rotation.TABLE,
    **server.TABLE,
    **sweep.TABLE,
    **trust.TABLE,
    **watch.TABLE,
    **word.TABLE,
}


def say(key: str, lang: Lang, /, **values: object) -> str:
    """Return the message of a key in a language, filled with values.

    Raises:
        KeyError: the key is not in the table (a test finds such a key before release).
    """
    return MESSAGES[key].fill(lang, values)
