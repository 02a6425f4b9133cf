"""`warifu estate scan`: starts an estate file from what runs, or compares one with it."""

from __future__ import annotations

import click

from warifu.apps.cli import estate_view as view
from warifu.apps.cli.options import estate_option
from warifu.apps.cli.render import Output, to_json
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.estate.merge import merge
from warifu.domain.estate.write import write_estate
from warifu.domain.findings import Lang, say
from warifu.errors import UsageError
from warifu.wiring import cli as wiring
from warifu.workflows.estate import read_sources, write_all

FINE, FINDINGS = 0, 1


def scan_verb(lang: Lang) -> Verb:
    """Return the verb."""

    @verb("scan", lang, say("estate.help-scan", lang))
    @click.argument("nodes", nargs=-1, metavar="[NODE]...")
    @click.option("--dry-run", is_flag=True, help=say("estate.option-dry-run", lang))
    @estate_option(lang)
    def scan(out: Output, nodes: tuple[str, ...], estate: str, *, dry_run: bool) -> int:
        files = wiring.files()
        known = wiring.estate_files(estate) if files.exists(estate) else None
        scanned = wiring.scan_nodes(known, nodes)
        if known is None:
            texts = {_file_of(estate): write_estate(scanned.estate)}
            changed = False
            document: dict[str, object] = {}
        else:
            sources = read_sources(estate, files=files, base=wiring.here())
            merged, difference = merge(sources, scanned.estate, into=sources[0].file)
            texts = dict(merged)
            view.show_difference(out, difference)
            changed = bool(difference.changed or difference.vanished or difference.held_back)
            document = difference.to_json()
        if not dry_run:
            write_all(texts, files)
        counts = {
            "services": len(scanned.estate.services),
            "identities": len(scanned.estate.identities),
            "stores": len(scanned.estate.trust_stores),
            "connections": len(scanned.estate.connections),
        }
        out.line("estate.scanned", **counts)
        for name in texts:
            out.line("estate.would-write" if dry_run else "estate.written", path=name)
        if scanned.findings:
            out.text()
            out.line("estate.scan-unseen", count=len(scanned.findings))
            out.findings(scanned.findings)
        unseen = [to_json(finding, lang) for finding in scanned.findings]
        out.json(
            {
                "format": view.FORMAT,
                "written": [] if dry_run else list(texts),
                **counts,
                **document,
                "unseen": unseen,
            }
        )
        return FINDINGS if changed else FINE

    return scan


def _file_of(estate: str) -> str:
    """Return the file a first scan writes.

    Raises:
        UsageError: `estate.scan-needs-file`: the path ends like a folder.
    """
    if not estate.endswith(".toml"):
        raise UsageError("estate.scan-needs-file", path=estate)
    return estate
