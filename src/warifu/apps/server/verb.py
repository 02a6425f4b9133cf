"""`warifu server`: the server's own machine: start it, renew its certificate, back it up."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from warifu.apps.cli.options import ADDRESS
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import UsualVerbGroup, Verb, VerbGroup, verb
from warifu.domain.findings import Lang, say
from warifu.domain.trust.address import Address
from warifu.errors import RefusedError, UsageError
from warifu.wire.links import write_link

if TYPE_CHECKING:
    from warifu.wiring.server import ServerRoom

PORT = 8443
_FOR_ROOT = "/var/lib/warifu-server"


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""
    verbs = [_run(lang), _renew(lang), _link(lang), _backup(lang), _restore(lang)]
    return UsualVerbGroup("server", lang, say("server.help", lang), verbs, usual="run")


def usual_data() -> str:
    """Return where a server keeps its data unless told: for root below /var/lib, else in the user's home."""
    return _FOR_ROOT if os.geteuid() == 0 else str(Path.home() / ".local" / "state" / "warifu-server")


def _run(lang: Lang) -> Verb:
    @verb("run", lang, say("server.help-run", lang))
    @click.option("--administrator", default="admin", metavar="NAME", help=say("server.option-admin", lang))
    @click.option("--people-ca", default="", metavar="FILE", help=say("server.option-people-ca", lang))
    @click.option(
        "--address", "addresses", multiple=True, metavar="URL", help=say("server.option-address", lang)
    )
    @click.option("--listen", type=ADDRESS, default=None, help=say("server.option-listen", lang))
    @click.option("--data", default="", metavar="DIR", help=say("server.option-data", lang))
    def run(  # one argument an option
        out: Output,
        *,
        data: str,
        listen: Address | None,
        addresses: tuple[str, ...],
        people_ca: str,
        administrator: str,
    ) -> int:
        from warifu.apps.server.footing import settle, tidy, trim  # noqa: PLC0415
        from warifu.apps.server.listening import Listen  # noqa: PLC0415 - costs half a second
        from warifu.apps.server.start import make_program  # noqa: PLC0415
        from warifu.wiring import server as wiring  # noqa: PLC0415

        where = listen or Address("0.0.0.0", PORT)  # noqa: S104 - a server is reached from elsewhere
        urls = [checked_url(one) for one in addresses] or [f"https://{socket.getfqdn()}:{where.port}"]
        room = wiring.open_room(data or usual_data(), people_ca)
        try:
            hosts = tuple(dict.fromkeys(str(urlsplit(one).hostname) for one in urls))
            fresh = None if room.is_set_up() else room.set_up(hosts, administrator)
            try:
                program = make_program(
                    room, Listen((where.host,), where.port), urls, out=sys.stderr, environment=os.environ
                )
                program.server.bind()
            finally:  # whoever waits for the link finds somebody listening; told once, it is told in any case
                if fresh is not None:
                    tell_fresh(out, room.folder, urls, fresh.root, fresh.administrator, fresh.token)
            program.tidy, program.trim = tidy, trim
            settle()
            program.run()
        finally:
            room.close()
        return 0

    return run


def checked_url(text: str) -> str:
    """Return an address of the server as nodes are told it.

    Raises:
        UsageError: `server.bad-address`.
    """
    try:
        parts = urlsplit(text)
        good = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
        good = good and parts.path in {"", "/"} and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        good = False
    if not good:
        raise UsageError("server.bad-address", address=text)
    return text.rstrip("/")


def tell_fresh(out: Output, folder: str, urls: list[str], root: str, administrator: str, token: str) -> None:
    """Tell what a fresh server is known by; the link is told once."""
    link = write_link(urls[0], root, token)
    out.line("server.fresh", folder=folder, addresses=urls, root=root)
    out.line("server.fresh-trial")
    out.line("server.fresh-link", administrator=administrator, link=link)
    out.json({"data": folder, "addresses": urls, "root": root, "administrator": administrator, "link": link})
    out.stream.flush()


def _renew(lang: Lang) -> Verb:
    @verb("renew", lang, say("server.help-renew", lang))
    @click.option("--name", "names", multiple=True, metavar="NAME", help=say("server.option-name", lang))
    @click.option("--data", default="", metavar="DIR", help=say("server.option-data", lang))
    def renew(out: Output, *, data: str, names: tuple[str, ...]) -> int:
        from warifu.wiring import server as wiring  # noqa: PLC0415

        room = _opened(data)
        try:
            made = room.desks(()).control.renew_server(names=names, now=wiring.clock().now())
        finally:
            room.close()
        out.line("server.renewed", fingerprint=made.fingerprint, until=made.not_after)
        out.json({"fingerprint": made.fingerprint.hex, "not_after": made.not_after})
        return 0

    return renew


def _link(lang: Lang) -> Verb:
    @verb("link", lang, say("server.help-link", lang))
    @click.option("--address", default="", metavar="URL", help=say("server.option-address", lang))
    @click.option("--data", default="", metavar="DIR", help=say("server.option-data", lang))
    @click.argument("name")
    def link(out: Output, *, name: str, data: str, address: str) -> int:
        from warifu.wiring import server as wiring  # noqa: PLC0415

        room = _opened(data)
        try:
            token = room.desks(()).people.first_administrator(name=name, now=wiring.clock().now())
            root = room.first_root()
        finally:
            room.close()
        url = checked_url(address) if address else f"https://{socket.getfqdn()}:{PORT}"
        made = write_link(url, root, token)
        out.line("server.fresh-link", administrator=name, link=made)
        out.json({"administrator": name, "link": made})
        return 0

    return link


def _backup(lang: Lang) -> Verb:
    @verb("backup", lang, say("server.help-backup", lang))
    @click.option("--data", default="", metavar="DIR", help=say("server.option-data", lang))
    @click.argument("file")
    def backup(out: Output, *, file: str, data: str) -> int:
        from warifu.wiring import server as wiring  # noqa: PLC0415

        room = _opened(data)
        try:
            facts = room.backups().make(file, now=wiring.clock().now())
        finally:
            room.close()
        out.line("server.backed-up", path=file, count=len(facts.files), made=facts.made)
        out.json({"path": file, "made": facts.made, "files": list(facts.files), "schema": facts.schema})
        return 0

    return backup


def _restore(lang: Lang) -> Verb:
    @verb("restore", lang, say("server.help-restore", lang))
    @click.option("--data", default="", metavar="DIR", help=say("server.option-data", lang))
    @click.argument("file")
    def restore(out: Output, *, file: str, data: str) -> int:
        from warifu.wiring import server as wiring  # noqa: PLC0415

        folder = data or usual_data()
        facts = wiring.restore(folder, file)
        out.line("server.restored", path=file, folder=folder, made=facts.made, generation=facts.generation)
        out.json({"path": file, "data": folder, "made": facts.made, "generation": facts.generation})
        return 0

    return restore


def _opened(data: str) -> ServerRoom:
    from warifu.wiring import server as wiring  # noqa: PLC0415

    folder = data or usual_data()
    if not wiring.is_there(folder):
        raise RefusedError("server.no-data", path=folder)
    return wiring.open_room(folder)
