"""`warifu domain keys`: roots of trust bundles are made, signed and looked at, without network or server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from warifu.apps.cli.options import COUNT
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, VerbGroup, verb
from warifu.apps.server.verb import usual_data
from warifu.domain.findings import Lang, say
from warifu.wiring import domain_keys as wiring

if TYPE_CHECKING:
    from warifu.domain.directory.ceremony import RootSeen, Signers


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""
    verbs = [_make(lang), _online(lang), _root(lang), _sign(lang), _combine(lang), _show(lang)]
    return VerbGroup("keys", lang, say("bundle.help-keys", lang), verbs)


def _make(lang: Lang) -> Verb:
    @verb("make", lang, say("bundle.help-make", lang))
    @click.option("--passphrase-file", default="", metavar="FILE", help=say("bundle.option-passphrase", lang))
    @click.option("--out", "file", required=True, metavar="FILE", help=say("bundle.option-key-out", lang))
    @click.option("--name", required=True, metavar="NAME", help=say("bundle.option-name", lang))
    def make(out: Output, *, name: str, file: str, passphrase_file: str) -> int:
        made = wiring.make_key(file, name, passphrase_file=passphrase_file, lang=out.lang)
        out.line("bundle.key-made", key=made.key_id, path=made.path, public=made.public)
        out.json({"key": made.key_id, "path": made.path, "public": made.public})
        return 0

    return make


def _online(lang: Lang) -> Verb:
    @verb("online", lang, say("bundle.help-online", lang))
    @click.option("--out", "file", required=True, metavar="FILE", help=say("bundle.option-out", lang))
    @click.option("--data", default="", metavar="DIR", help=say("server.option-data", lang))
    def online(out: Output, *, data: str, file: str) -> int:
        made = wiring.make_online_key(data or usual_data(), file)
        out.line("bundle.online-made", key=made.key_id, folder=made.folder, path=file)
        out.json({"key": made.key_id, "folder": made.folder, "path": file})
        return 0

    return online


def _root(lang: Lang) -> Verb:
    @verb("root", lang, say("bundle.help-root", lang))
    @click.option("--out", "file", required=True, metavar="FILE", help=say("bundle.option-out", lang))
    @click.option("--online", default="", metavar="FILE", help=say("bundle.option-online", lang))
    @click.option(
        "--threshold", type=COUNT, default=None, metavar="N", help=say("bundle.option-threshold", lang)
    )
    @click.option("--key", "keys", multiple=True, metavar="FILE", help=say("bundle.option-root-key", lang))
    @click.option("--after", required=True, metavar="FILE", help=say("bundle.option-after", lang))
    def root(
        out: Output, *, after: str, keys: tuple[str, ...], threshold: int | None, online: str, file: str
    ) -> int:
        wiring.make_root(after, keys, threshold, online, file)
        return _tell(out, file, after)

    return root


def _sign(lang: Lang) -> Verb:
    @verb("sign", lang, say("bundle.help-sign", lang))
    @click.option("--out", "file", default="", metavar="FILE", help=say("bundle.option-sign-out", lang))
    @click.option("--passphrase-file", default="", metavar="FILE", help=say("bundle.option-passphrase", lang))
    @click.option("--after", default="", metavar="FILE", help=say("bundle.option-after", lang))
    @click.option("--key", required=True, metavar="FILE", help=say("bundle.option-sign-key", lang))
    @click.argument("document", metavar="ROOT")
    def sign(out: Output, *, document: str, key: str, after: str, passphrase_file: str, file: str) -> int:
        place = file or document
        wiring.sign(document, key, after, place, passphrase_file=passphrase_file, lang=out.lang)
        return _tell(out, place, after)

    return sign


def _combine(lang: Lang) -> Verb:
    @verb("combine", lang, say("bundle.help-combine", lang))
    @click.option("--out", "file", required=True, metavar="FILE", help=say("bundle.option-out", lang))
    @click.argument("documents", nargs=-1, required=True, metavar="ROOT...")
    def combine(out: Output, *, documents: tuple[str, ...], file: str) -> int:
        wiring.combine(documents, file)
        return _tell(out, file, "")

    return combine


def _show(lang: Lang) -> Verb:
    @verb("show", lang, say("bundle.help-show", lang))
    @click.option("--after", default="", metavar="FILE", help=say("bundle.option-after", lang))
    @click.argument("document", metavar="ROOT")
    def show(out: Output, *, document: str, after: str) -> int:
        return _tell(out, document, after, is_new=False)

    return show


def _tell(out: Output, path: str, after: str, *, is_new: bool = True) -> int:
    """Show a root as it stands now."""
    return tell_root(out, wiring.look_at(path, after), path, is_new=is_new)


def tell_root(out: Output, seen: RootSeen, path: str, *, is_new: bool) -> int:
    """Show a root: its keys, who signed it, who is missing."""
    if is_new:
        out.line("bundle.written", path=path)
    out.line("bundle.root-head", version=seen.version, expires=seen.expires, digest=seen.digest)
    if seen.is_trial:
        out.line("bundle.root-trial")
    headings = ("bundle.heading-key", "bundle.heading-name", "bundle.heading-of", "bundle.heading-signed")
    out.table(headings, _rows(seen, out.lang))
    _tell_lacking(out, seen)
    out.json({"path": path, **_document(seen)})
    return 0


def _rows(seen: RootSeen, lang: Lang) -> list[tuple[str, str, str, str]]:
    yes, no = say("bundle.signed-yes", lang), say("bundle.signed-no", lang)
    groups = (("bundle.of-own", seen.own), ("bundle.of-before", seen.before))
    rows = [
        (key.key_id, key.name or "-", say(of, lang), yes if key.is_signed else no)
        for of, signers in groups
        for key in (signers.keys if signers else ())
    ]
    return rows + [(key, "-", say("bundle.of-online", lang), "-") for key in seen.online]


def _tell_lacking(out: Output, seen: RootSeen) -> None:
    if seen.own.lacking:
        out.line("bundle.root-own-lacking", **_counts(seen.own))
    if seen.before is None and seen.version > 1:
        out.line("bundle.root-before-unknown")
    elif seen.before and seen.before.lacking:
        out.line("bundle.root-before-lacking", **_counts(seen.before))
    elif seen.is_whole:
        out.line("bundle.root-whole")


def _counts(signers: Signers) -> dict[str, object]:
    return {"lacking": signers.lacking, "threshold": signers.threshold, "keys": len(signers.keys)}


def _document(seen: RootSeen) -> dict[str, object]:
    return {
        "version": seen.version,
        "expires": seen.expires,
        "digest": seen.digest,
        "trial": seen.is_trial,
        "whole": seen.is_whole,
        "own": _signers(seen.own),
        "before": _signers(seen.before) if seen.before else None,
        "online": list(seen.online),
    }


def _signers(signers: Signers) -> dict[str, object]:
    keys = [{"key": key.key_id, "name": key.name, "signed": key.is_signed} for key in signers.keys]
    return {"threshold": signers.threshold, "lacking": signers.lacking, "keys": keys}
