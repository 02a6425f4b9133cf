"""Pages that the program itself knows best, and what the others must agree with.

`generated(docs)` returns the text of each generated page; `find_faults(root)` returns every
broken link and every shown command that the program does not understand.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import click

from tools.finding_pages import MARK, finding_files
from warifu.adapters.libraries.package import PackageLibrary
from warifu.apps.cli.main import VERBS, Root
from warifu.apps.cli.verb import VerbGroup
from warifu.domain.diagnosis import Procedure, read_procedure, shown
from warifu.domain.directory import MATRIX, Role, act_named, role_named
from warifu.domain.findings import Lang, say
from warifu.domain.trust.profile_data import ProfileFamily
from warifu.wiring.profiles import profiles

_ABOUT_DISPUTES = (
    "Vendors' articles contradict themselves and each other. Each such point is kept with both sources and with what is "
    "done here: first those of [procedures](../procedures/diagnose.md), then those of [profiles](../profiles.md)."
)
_ABOUT_ROLES = (
    "A person has one role or several; for each act one of those marked is enough. Duties are kept apart: whoever "
    "publishes trust lets no node join, nobody approves their own plan, nobody changes their own roles. Removing an anchor "
    "takes two people and a typed confirmation. The server enforces this very table.\n\n"
    "ロールは 1 人に複数割り当てられます。操作ごとに、印のあるロールのいずれかがあれば実行できます。"
    "トラスト アンカーを公開する人はノードを参加させられず、自分の計画は承認できず、自分のロールも変更できません。"
    "トラスト アンカーの廃止には 2 人の関与と確認の入力が必要です。サーバーはこの表のとおりに判定します。"
)
_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def generated(docs: Path) -> dict[Path, str]:
    """Return each generated page's text; a page with a mark keeps what stands above it."""
    pages = finding_files(docs.parent)
    written = docs / "cli.md"
    above = written.read_text("utf-8").partition(MARK)[0]
    pages[written] = f"{above}{MARK}\n\n{commands_page()}"
    listed = procedures()
    for procedure in listed:
        pages[docs / "procedures" / f"{procedure.id}.md"] = procedure_page(procedure)
    pages[docs / "roles.md"] = roles_page()
    pages[docs / "procedures" / "disputed.md"] = disputed_page(listed, profiles())
    return pages


def procedures() -> tuple[Procedure, ...]:
    """Return every shipped procedure, by id."""
    library = PackageLibrary()
    return tuple(
        read_procedure(name, library.text("procedures", name)) for name in library.names("procedures")
    )


def procedure_page(procedure: Procedure) -> str:
    """Return the page of a vendor's procedure: English, then Japanese."""
    english, japanese = shown(procedure, Lang.EN), shown(procedure, Lang.JA, level=2)
    first, _, rest = english.partition("\n\n")
    how = f"`warifu plan procedure {procedure.id}` writes it out for an environment."
    return f"{first}\n\n{MARK}\n\n{how}\n\n{rest}{japanese}".rstrip() + "\n"


def roles_page() -> str:
    """Return the page of who may do what on a server: the table that the program enforces, in both languages."""
    heads = [f"{role_named(role, Lang.EN)} ({role_named(role, Lang.JA)})" for role in Role]
    lines = [f"# Who may do what\n\n{MARK}\n\n{_ABOUT_ROLES}\n", "| | " + " | ".join(heads) + " |"]
    lines.append("|---|" + ":-:|" * len(heads))
    for act, roles in MATRIX.items():
        cells = " | ".join("✓" if role in roles else "" for role in Role)
        lines.append(f"| {act_named(act, Lang.EN)} ({act_named(act, Lang.JA)}) | {cells} |")
    return "\n".join(lines) + "\n"


def disputed_page(listed: Iterable[Procedure], families: Iterable[ProfileFamily]) -> str:
    """Return the page of everything on which sources of procedures and profiles disagree, with each source."""
    parts = [f"# Where sources disagree\n\n{MARK}\n\n{_ABOUT_DISPUTES}\n"]
    for procedure in listed:
        for one in procedure.disputed:
            parts.append(f"\n## {one.question.en}\n\n{one.question.ja}\n\n")
            parts.append(f"[{procedure.id}]({procedure.id}.md)\n\n")
            parts += [f"- {source.en} / {source.ja}\n" for source in one.sources]
            parts.append(f"- Taken here (ここでの扱い): {one.taken.en} {one.taken.ja}\n")
    for family in families:
        for rule in family.base.disputed:
            parts.append(f"\n## {family.name}, {rule.rule}: {rule.question.en}\n\n{rule.question.ja}\n\n")
            parts.append(f"`warifu profile show {family.name}`, rule (規則) `{rule.rule}`\n\n")
            parts += [f"- {source.en} / {source.ja}\n" for source in rule.sources]
    return "".join(parts)


def commands_page() -> str:
    """Return every verb with its options, both languages side by side."""
    return "".join(_command(path, english, japanese) for path, english, japanese in walk())


def walk() -> Iterator[tuple[str, click.Command, click.Command]]:
    """Yield each verb's words, and the command in English and in Japanese."""
    yield (
        "warifu",
        Root("warifu", Lang.EN, say("cli.help", Lang.EN)),
        Root("warifu", Lang.JA, say("cli.help", Lang.JA)),
    )
    for name, entry in VERBS.items():
        build = import_module(entry.module).build
        yield from _below(f"warifu {name}", build(Lang.EN), build(Lang.JA))


def _below(
    path: str, english: click.Command, japanese: click.Command
) -> Iterator[tuple[str, click.Command, click.Command]]:
    yield path, english, japanese
    if isinstance(english, VerbGroup) and isinstance(japanese, VerbGroup):
        for name, command in english.commands.items():
            yield from _below(f"{path} {name}", command, japanese.commands[name])


def _command(path: str, english: click.Command, japanese: click.Command) -> str:
    context = click.Context(english, info_name=path)
    usage = " ".join([path, *english.collect_usage_pieces(context)])
    text = (
        f"## `{path}`\n\n- {_folded(english.help)}\n- {_folded(japanese.help)}\n\n```text\n{usage}\n```\n\n"
    )
    rows = [
        f"| {_spelled(option, context)} | {_explained(option)} | {_explained(other)} |\n"
        for option, other in zip(english.params, japanese.params, strict=True)
        if isinstance(option, click.Option)
    ]
    return text + "| Option | | |\n|---|---|---|\n" + "".join(rows) + "\n"


def _folded(text: str | None) -> str:
    return " ".join((text or "").split())


def _spelled(option: click.Option, context: click.Context) -> str:
    record = option.get_help_record(context)
    return "`" + (record[0] if record else option.opts[-1]).replace("|", "\\|") + "`"


def _explained(option: click.Parameter) -> str:
    return _folded(getattr(option, "help", "")).replace("|", "\\|")


def find_faults(root: Path) -> list[str]:
    """Return what is wrong with the pages for people: links that lead nowhere, commands nobody understands.

    A page of the site that neither its table of contents nor the page above it names is one too.
    """
    contents = (root / "mkdocs.yml").read_text("utf-8")
    listed = set(re.findall(r"[\w/.-]+\.md", contents))
    listed |= _linked(root / "docs", listed)
    shown = sorted(str(page.relative_to(root / "docs")) for page in (root / "docs").rglob("*.md"))
    faults = [f"mkdocs.yml: {page} is not in `nav`" for page in shown if page not in listed]
    for page in pages(root):
        text = page.read_text("utf-8")
        name = str(page.relative_to(root))
        faults += [f"{name}: {fault}" for fault in _broken_links(page, text)]
        faults += [f"{name}: {fault}" for fault in _strange_commands(text, root)]
    return faults


def _linked(docs: Path, listed: set[str]) -> set[str]:
    """Return the pages below a folder of a listed page's own name that it links: `findings.md` has `findings/*.md`."""
    found = set()
    for name in sorted(listed):
        page, folder = docs / name, f"{name.removesuffix('.md')}/"
        if page.exists():
            targets = {target.partition("#")[0] for target in _LINK.findall(page.read_text("utf-8"))}
            beside = {str(Path(name).parent / target) for target in targets}
            found |= {one for one in beside if one.startswith(folder)}
    return found


def pages(root: Path) -> list[Path]:
    """Return every page for people."""
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]


def _broken_links(page: Path, text: str) -> Iterator[str]:
    for target in _LINK.findall(_FENCE.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        place = (page.parent / path) if path else page
        if not place.exists():
            yield f"the link {target} leads nowhere"
        elif anchor and anchor not in anchors(place.read_text("utf-8")):
            yield f"the link {target} has no such heading"


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as Markdown readers make them."""
    return {
        re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading.lower())).strip("-")
        for heading in _HEADING.findall(_FENCE.sub("", text))
    }


def _strange_commands(text: str, root: Path) -> Iterator[str]:
    verbs = re.findall(r"^    ([a-z|]+)\)$", (root / "run").read_text("utf-8"), re.MULTILINE)
    doors = {verb for several in verbs for verb in several.split("|")}
    for language, block in _FENCE.findall(text):
        if language not in {"sh", "console"}:
            continue
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if words[:1] == ["./run"] and words[1:2] and words[1] not in doors:
                yield f"./run does not know `{words[1]}`"
            if words[:1] == ["warifu"] and (fault := command_fault(words)):
                yield f"`{line.strip()}`: {fault}"


def command_fault(words: list[str]) -> str:
    """Return what the program would not understand of a shown command; nothing when it would."""
    known = {path: command for path, command, _ in walk()}
    path = "warifu"
    rest = words[1:]
    while rest and f"{path} {rest[0]}" in known:
        path = f"{path} {rest.pop(0)}"
    command = known[path]
    if isinstance(command, VerbGroup) and rest and not rest[0].startswith("-"):
        return f"no verb `{rest[0]}`"
    allowed = {spelling for option in command.params for spelling in option.opts} | {"-h", "--help"}
    if path == "warifu":
        allowed |= {"--version", "-V"}
    strange = [word for word in rest if word.startswith("--") and word.partition("=")[0] not in allowed]
    return f"no option {', '.join(strange)}" if strange else ""
