"""A procedure as a page: for people who carry it out, and for the shipped documentation."""

from __future__ import annotations

from warifu.domain.diagnosis.filling import Filled
from warifu.domain.diagnosis.procedure import Procedure, Step, worded
from warifu.domain.findings import Lang, say

_LANGUAGES = {"en": "diagnosis.language-en", "ja": "diagnosis.language-ja"}


def written(filled: Filled, lang: Lang) -> str:
    """Return the page of a filled procedure: each step with a box to tick at its gate."""
    procedure = filled.procedure
    parts = [f"# {procedure.title.text(lang)}\n\n", _head(procedure, lang)]
    if filled.stale:
        parts.append(f"**{say_stale(procedure, lang)}**\n\n")
    parts += [_before(procedure, lang), f"## {say('diagnosis.head-values', lang)}\n\n"]
    parts += [f"- {one.title.text(lang)}: `{filled.values[one.name]}`\n" for one in procedure.parameters]
    parts.append(f"\n## {say('diagnosis.head-steps', lang)}\n\n")
    for one in filled.steps:
        step = one.step
        parts.append(f"### {one.number}. {one.say(step.title, lang)}\n\n{one.say(step.text, lang)}\n\n")
        parts += _commands(one.command, one.powershell, filled.values.get("shell", "sh"))
        parts.append(f"- {say('diagnosis.step-owner', lang, owner=one.say(step.owner, lang))}\n")
        parts.append(f"- [ ] {say('diagnosis.step-gate', lang, gate=one.say(step.gate, lang))}\n")
        parts.append(f"- {_undo(step, one.say(step.undo, lang), lang)}\n\n")
    parts.append(_disputes(procedure, lang))
    return "".join(parts)


def shown(procedure: Procedure, lang: Lang, level: int = 1) -> str:
    """Return the page of a procedure that no environment has filled: parameters stand in braces."""
    head = "#" * level
    parts = [f"{head} {procedure.title.text(lang)}\n\n", _head(procedure, lang), _before(procedure, lang)]
    parts.append(f"{head}# {say('diagnosis.head-values', lang)}\n\n")
    for one in procedure.parameters:
        more = ", ".join(one.choices) or one.kind
        default = "" if one.default is None else f" = `{one.default}`"
        parts.append(f"- `{one.name}` ({more}){default}: {one.title.text(lang)}\n")
    parts.append(f"\n{head}# {say('diagnosis.head-steps', lang)}\n\n")
    for number, step in enumerate(procedure.steps, start=1):
        only = f" ({step.only})" if step.only else ""
        parts.append(f"{head}## {number}. {step.title.text(lang)}{only}\n\n{step.text.text(lang)}\n\n")
        parts += _commands(_plain(step.command), _plain(step.powershell))
        parts.append(f"- {say('diagnosis.step-owner', lang, owner=step.owner.text(lang))}\n")
        parts.append(f"- {say('diagnosis.step-gate', lang, gate=step.gate.text(lang))}\n")
        parts.append(f"- {_undo(step, step.undo.text(lang), lang)}\n\n")
    parts.append(_disputes(procedure, lang, level))
    return "".join(parts)


def _head(procedure: Procedure, lang: Lang) -> str:
    source = procedure.source
    more = [say("diagnosis.source-kind", lang, kind=source.kind)] if source.kind else []
    if source.samples:
        more.append(say("diagnosis.source-samples", lang, samples=source.samples.text(lang)))
    return (
        say(
            "diagnosis.procedure-head",
            lang,
            product=procedure.product,
            scope=procedure.scope,
            source=worded(source.id, lang),
            title=worded(source.title, lang),
            language=say(_LANGUAGES[source.language], lang),
            revision=source.revision.text(lang),
            reviewed=procedure.reviewed,
        )
        + "".join(f"\n{one}" for one in more)
        + "\n\n"
    )


def say_stale(procedure: Procedure, lang: Lang) -> str:
    """Return why a procedure may be stale."""
    newer = worded(procedure.source.newer, lang)
    if newer:
        return say("diagnosis.stale-newer", lang, revision=procedure.source.revision.text(lang), newer=newer)
    return say("diagnosis.stale-review", lang, reviewed=procedure.reviewed)


def _before(procedure: Procedure, lang: Lang) -> str:
    if not procedure.before:
        return ""
    return "".join(f"- {one.text(lang)}\n" for one in procedure.before) + "\n"


def _commands(command: str, powershell: str, shell: str = "sh") -> list[str]:
    blocks = [(shell, command), ("powershell", powershell)]
    return [f"```{kind}\n{text.strip()}\n```\n\n" for kind, text in blocks if text]


def _undo(step: Step, undo: str, lang: Lang) -> str:
    key = "diagnosis.step-no-return" if step.no_return else "diagnosis.step-undo"
    return say(key, lang, undo=undo)


def _disputes(procedure: Procedure, lang: Lang, level: int = 1) -> str:
    if not procedure.disputed:
        return ""
    parts = [f"{'#' * level}# {say('diagnosis.head-disputed', lang)}\n\n"]
    for one in procedure.disputed:
        parts.append(f"- {one.question.text(lang)}\n")
        parts += [f"    - {source.text(lang)}\n" for source in one.sources]
        parts.append(f"    - {say('diagnosis.dispute-taken', lang, taken=one.taken.text(lang))}\n")
    return "".join(parts) + "\n"


def _plain(template: str) -> str:
    """Return a command with the braces that are its own as they are typed."""
    return template.replace("{{", "{").replace("}}", "}")
