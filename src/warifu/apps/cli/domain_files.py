"""`warifu domain export|root`: signed files for any HTTP server to carry, and roots that are signed elsewhere."""

from __future__ import annotations

import base64
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click

from warifu.apps.cli.domain_keys import tell_root
from warifu.apps.cli.remote import line_to, server_option
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, VerbGroup, verb
from warifu.domain.findings import Lang, say
from warifu.errors import CouldNotLookError
from warifu.wire import api

if TYPE_CHECKING:
    from warifu.ports.person_line import PersonLine

_ROOT = re.compile(r"([1-9][0-9]{0,8})\.root\.json")
_NAME = re.compile(r"(?:[a-z0-9][a-z0-9._-]{0,200}/){0,4}[a-z0-9][a-z0-9._-]{0,200}")
_LAST = "timestamp.json"


def build_export(lang: Lang) -> Verb:
    """Return `domain export`."""

    @verb("export", lang, say("remote.help-domain-export", lang))
    @server_option(lang)
    @click.argument("folder", metavar="DIR")
    def export(out: Output, *, folder: str, server: str) -> int:
        from warifu.wiring import remote as wiring  # noqa: PLC0415 - costs half a second

        saved = wiring.saved(server)
        found = sorted(_files(wiring.line(saved, out.lang)), key=lambda one: (one.name == _LAST, one.name))
        for one in found:
            if not _NAME.fullmatch(one.name):
                raise CouldNotLookError("remote.file-differs", name=one.name)
            wiring.write_public(str(PurePosixPath(folder, one.name)), wiring.fetch(saved, one))
        out.line("remote.exported", count=len(found), folder=folder)
        out.json({"folder": folder, "files": found})
        return 0

    return export


def build_root(lang: Lang) -> VerbGroup:
    """Return `domain root`."""
    return VerbGroup("root", lang, say("remote.help-root", lang), [_show(lang), _import(lang)])


def _files(line: PersonLine) -> tuple[api.FileTold, ...]:
    found: tuple[api.FileTold, ...] = line.ask(tuple[api.FileTold, ...], "GET", "/v1/files")
    return found


def _show(lang: Lang) -> Verb:
    @verb("show", lang, say("remote.help-root-show", lang))
    @click.option("--out", "file", default="", metavar="FILE", help=say("remote.option-root-out", lang))
    @server_option(lang)
    def show(out: Output, *, server: str, file: str) -> int:
        from warifu.wiring import remote as wiring  # noqa: PLC0415

        saved = wiring.saved(server)
        roots = sorted(
            (int(number[1]), one)
            for one in _files(wiring.line(saved, out.lang))
            if (number := _ROOT.fullmatch(one.name))
        )
        if not roots:
            raise CouldNotLookError("remote.file-differs", name="root.json")
        read = [(one.name, wiring.fetch(saved, one)) for _, one in roots[-2:]]
        if file:
            wiring.write_public(file, read[-1][1])
        seen = wiring.root_seen(*read[-1], read[-2] if len(read) > 1 else None)
        return tell_root(out, seen, file, is_new=bool(file))

    return show


def _import(lang: Lang) -> Verb:
    @verb("import", lang, say("remote.help-root-import", lang))
    @server_option(lang)
    @click.argument("file")
    def import_(out: Output, *, file: str, server: str) -> int:
        from warifu.wiring import remote as wiring  # noqa: PLC0415

        wish = api.RootWish(base64.b64encode(wiring.files().read(file)).decode("ascii"))
        told: api.RootTold = line_to(server, out.lang).ask(api.RootTold, "POST", "/v1/roots", wish)
        out.line("remote.root-taken", files=told.files)
        out.json(told)
        return 0

    return import_
