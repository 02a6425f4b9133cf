"""The pages and the program say the same."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from tools.pages import anchors, command_fault, find_faults, generated, walk
from warifu.apps.cli.main import VERBS
from warifu.domain.findings import Code, Lang, say

ROOT = Path(__file__).resolve().parents[3]


def test_generated_pages_are_fresh() -> None:
    """A changed option or finding without `./run docs` fails here."""
    stale = [page.name for page, text in generated(ROOT / "docs").items() if page.read_text("utf-8") != text]
    assert [] == stale


def test_the_page_of_verbs_lists_every_verb_and_option() -> None:
    """What can be typed is written down."""
    page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    lacking = []
    for path, command, _ in walk():
        section = page.partition(f"## `{path}`\n")[2].partition("\n## ")[0]
        options = [o.opts[-1] for o in command.params if isinstance(o, click.Option)]
        lacking += [f"{path} {option}" for option in options if option not in section]
    assert [] == lacking


def test_help_is_written_in_sentences() -> None:
    """One style for verbs and options: no small letter first and a full stop last, in both languages."""
    told = {verb: (say(entry.summary, Lang.EN), say(entry.summary, Lang.JA)) for verb, entry in VERBS.items()}
    for path, english, japanese in walk():
        told[f"{path} --help"] = (_summary(english), _summary(japanese))
        told |= {
            f"{path} {one.opts[-1]}": (one.help or "", other.help or "")
            for one, other in zip(english.params, japanese.params, strict=True)
            if isinstance(one, click.Option) and isinstance(other, click.Option)
        }
    odd = {
        at: both
        for at, both in told.items()
        if both[0][:1].islower() or not both[0].endswith(".") or not both[1].endswith("。")
    }
    assert {} == odd


def _summary(command: click.Command) -> str:
    return (command.help or "").partition("\n")[0]


def test_every_code_has_its_section() -> None:
    """A person who is shown a code finds it."""
    assert set() == set(Code) - anchors((ROOT / "docs" / "findings.md").read_text("utf-8"))


def test_links_and_shown_commands_are_good() -> None:
    """No page leads nowhere or shows what the program would refuse."""
    assert [] == find_faults(ROOT)


def test_a_broken_page_is_noticed(tmp_path: Path) -> None:
    """A link to nothing, a heading that is not there, a verb and an option nobody knows."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "kept.md").write_text("# Kept\n", "utf-8")
    (tmp_path / "docs" / "lost.md").write_text("# Lost\n", "utf-8")
    (tmp_path / "mkdocs.yml").write_text("nav:\n  - Kept: kept.md\n", "utf-8")
    (tmp_path / "run").write_text("    help|test)\n", "utf-8")
    (tmp_path / "A.md").write_text(
        "# One two\n[a](docs/b.md) [b](#three) [c](#one-two)\n"
        "```sh\n./run toast\n./run test\nwarifu frobnicate\nwarifu --versoin\n```\n",
        "utf-8",
    )
    assert [
        "mkdocs.yml: lost.md is not in `nav`",
        "A.md: the link docs/b.md leads nowhere",
        "A.md: the link #three has no such heading",
        "A.md: ./run does not know `toast`",
        "A.md: `warifu frobnicate`: no verb `frobnicate`",
        "A.md: `warifu --versoin`: no option --versoin",
    ] == find_faults(tmp_path)


@pytest.mark.parametrize("line", ["warifu --version", "warifu --help", "warifu --lang ja"])
def test_what_works_is_no_fault(line: str) -> None:
    """Shown commands that the program understands pass."""
    assert not command_fault(line.split())
