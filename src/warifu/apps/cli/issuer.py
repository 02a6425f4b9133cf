"""`warifu issuer`: local CAs are made and listed. Nothing of the estate changes."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import click

from warifu.apps.cli.options import DURATION, OneOf, estate_option
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import VerbGroup, verb
from warifu.domain.findings import Lang, say, word
from warifu.wiring import cli as wiring
from warifu.wiring import issuers

KINDS = ("ec-p256", "ec-p384", "rsa-2048", "rsa-3072", "rsa-4096", "ed25519")
TEN_YEARS = "3650d"


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""

    @verb("create", lang, say("issue.help-create", lang))
    @click.option("--passphrase-file", default="", metavar="FILE", help=say("issue.option-passphrase", lang))
    @click.option("--lifetime", type=DURATION, default=TEN_YEARS, help=say("issue.option-lifetime", lang))
    @click.option("--key", type=OneOf(*KINDS), default=KINDS[0], help=say("issue.option-key", lang))
    @click.option("--intermediate", is_flag=True, help=say("issue.option-intermediate", lang))
    @click.option("--common-name", required=True, metavar="NAME", help=say("issue.option-common-name", lang))
    @click.option("--folder", required=True, metavar="DIR", help=say("issue.option-folder", lang))
    @click.argument("name")
    def create(  # one argument an option
        out: Output,
        *,
        name: str,
        folder: str,
        common_name: str,
        intermediate: bool,
        key: str,
        lifetime: timedelta,
        passphrase_file: str,
    ) -> int:
        below = f"{common_name} Issuing" if intermediate else ""
        made = issuers.make_ca(
            name,
            folder,
            common_name,
            intermediate=below,
            key=key,
            lifetime=lifetime,
            passphrase_file=passphrase_file,
            lang=out.lang,
        )
        root, issuing = made.root.fingerprint.hex, made.issuing.fingerprint.hex
        out.line("issue.ca-made", folder=folder, root=root, issuing=issuing, until=made.root.not_after)
        out.line("issue.ca-block")
        block = toml_block(name, folder, passphrase_file)
        out.text()
        out.text(block)
        out.json({"name": name, "folder": folder, "root": root, "issuing": issuing, "toml": block})
        return 0

    @verb("list", lang, say("issue.help-list", lang))
    @estate_option(lang)
    def list_(out: Output, estate: str) -> int:
        specs = wiring.load_estate(estate)[0].issuers
        found = [
            {
                "name": name,
                "kind": spec.kind,
                "folder": spec.folder,
                "issuing": str(above[0].subject) if above else "-",
                "until": above[0].not_after if above else None,
            }
            for name, spec in specs.items()
            for above in (issuers.chain(spec),)
        ]
        headings = (
            "issue.heading-name",
            "issue.heading-kind",
            "issue.heading-issuing",
            "issue.heading-until",
            "issue.heading-folder",
        )
        out.table(
            headings,
            [
                (
                    one["name"],
                    word("issuer", str(one["kind"]), lang),
                    one["issuing"],
                    one["until"] or "-",
                    one["folder"],
                )
                for one in found
            ],
        )
        out.json({"issuers": found})
        return 0

    return VerbGroup("issuer", lang, say("issue.help-issuer", lang), [create, list_])


def toml_block(name: str, folder: str, passphrase_file: str) -> str:
    """Return what to paste into the estate file for a local CA; paths as absolute ones."""
    place = Path(folder).resolve()
    lines = [f"[issuers.{json.dumps(name)}]", 'kind = "local"', f"folder = {json.dumps(str(place))}"]
    if passphrase_file:
        lines.append(f"passphrase-file = {json.dumps(str(Path(passphrase_file).resolve()))}")
    lines.append(f"chain = {json.dumps(str(place / 'issuing-chain.pem'))}")
    return "\n".join(lines)
