"""`warifu estate scan`: an estate file from what runs, or beside one that people have edited."""

from __future__ import annotations

import re
from collections.abc import Mapping

import click

from warifu.apps.cli import estate_view as view
from warifu.apps.cli.options import estate_option
from warifu.apps.cli.render import Output, to_json
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.estate import ByHand, Estate, Local, Node, Ssh
from warifu.domain.estate.merge import Difference, merge
from warifu.domain.estate.tables import tables_of
from warifu.domain.estate.write import write_estate
from warifu.domain.findings import Lang, say
from warifu.errors import UsageError
from warifu.wiring import cli as wiring
from warifu.workflows.estate import EstateFiles, write_all
from warifu.workflows.scan import Scanned

FINE, FINDINGS, COULD_NOT_LOOK = 0, 1, 5
_UNFIT = re.compile(r"[^\w.@:+-]+")


def scan_verb(lang: Lang) -> Verb:
    """Return the verb."""

    @verb("scan", lang, say("estate.help-scan", lang))
    @click.argument("nodes", nargs=-1, metavar="[NODE|USER@HOST ...]")
    @click.option("--dry-run", is_flag=True, help=say("estate.option-dry-run", lang))
    @estate_option(lang)
    def scan(out: Output, nodes: tuple[str, ...], estate: str, *, dry_run: bool) -> int:
        known = wiring.estate_files(estate) if wiring.files().exists(estate) else None
        chosen = _chosen(nodes, known.estate if known else Estate())
        scanned = wiring.scan_nodes(chosen)
        texts, difference = _put_together(scanned, known, estate)
        if not dry_run:
            write_all(texts, wiring.files())
        view.show_difference(out, difference)
        for name in texts:
            out.line("estate.would-write" if dry_run else "estate.written", path=name)
        out.findings(scanned.findings)
        out.json(
            {
                "format": view.FORMAT,
                "written": [] if dry_run else list(texts),
                **difference.to_json(),
                "findings": [to_json(finding, out.lang) for finding in scanned.findings],
            }
        )
        if any(finding.subject in chosen for finding in scanned.findings):
            return COULD_NOT_LOOK
        against = difference.changed or difference.vanished or difference.held_back
        return FINDINGS if against else FINE

    return scan


def _chosen(asked: tuple[str, ...], estate: Estate) -> Mapping[str, Node]:
    """Return the nodes to look at: those named, else all of the file that can be reached, else this machine.

    Raises:
        UsageError: `estate.by-hand-node`.
    """
    if not asked:
        reached = {name: node for name, node in estate.nodes.items() if not isinstance(node.reach, ByHand)}
        here = _UNFIT.sub("-", wiring.machine_name()) or "localhost"
        return reached or {here: Node(here, Local())}
    found = {}
    for text in asked:
        node = estate.nodes.get(text)
        if node is None:
            name = _UNFIT.sub("-", text.rpartition("@")[2]) or text
            node = Node(name, Ssh(text))
        elif isinstance(node.reach, ByHand):
            raise UsageError("estate.by-hand-node", node=text)
        found[node.name] = node
    return found


def _put_together(
    scanned: Scanned, known: EstateFiles | None, path: str
) -> tuple[Mapping[str, str], Difference]:
    """Return the text of each file to write, and what is new or different."""
    if known is not None:
        return merge(known.sources, scanned.estate, into=known.into)
    added = tuple(".".join(place) for place, _ in tables_of(scanned.estate))
    return {path: write_estate(scanned.estate)}, Difference(added)
