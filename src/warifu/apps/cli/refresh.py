"""`warifu refresh`: nodes look now, and their word that they follow the newest is waited for."""

from __future__ import annotations

import urllib.parse
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from warifu.apps.cli.remote import line_to, server_option
from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.findings import Lang, say
from warifu.errors import WaitingError
from warifu.wire import api

if TYPE_CHECKING:
    from warifu.ports.person_line import PersonLine

_TOGETHER = 100  # names of one request
_SHOWN = 20  # names of those who are waited for
_EVERY = timedelta(seconds=1)


def build(lang: Lang) -> Verb:
    """Return the verb."""

    @verb("refresh", lang, say("remote.help-refresh", lang))
    @click.option(
        "--wait",
        type=click.IntRange(0, 86_400),
        default=60,
        metavar="SECONDS",
        help=say("remote.option-wait", lang),
    )
    @server_option(lang)
    @click.argument("nodes", nargs=-1, metavar="NODES")
    def refresh(out: Output, *, nodes: tuple[str, ...], server: str, wait: int) -> int:
        from warifu.wiring import remote as wiring  # noqa: PLC0415 - costs half a second

        line = line_to(server, out.lang)
        asked: api.RefreshTold = line.ask(api.RefreshTold, "POST", "/v1/refreshes", api.RefreshWish(nodes))
        progress = _Progress(line, out, asked, nodes)
        wiring.clock().wait(progress.is_done, at_most=timedelta(seconds=wait), every=_EVERY)
        return progress.tell()

    return refresh


class _Progress:
    """How many nodes have answered, told whenever it changes."""

    def __init__(self, line: PersonLine, out: Output, asked: api.RefreshTold, nodes: Sequence[str]) -> None:
        self._line = line
        self._out = out
        self._nodes = tuple(nodes)
        self._told = -1
        self._state = asked

    def is_done(self) -> bool:
        """Look; tell whether all have answered."""
        self._look()
        done, count = len(self._state.done), len(self._state.done) + len(self._state.waiting)
        if done != self._told:
            self._told = done
            self._out.line("remote.converged", done=done, count=count)
        return not self._state.waiting

    def tell(self) -> int:
        """Say who has not answered; return 0 when all have.

        Raises:
            WaitingError: `remote.not-converged`.
        """
        state = self._state
        self._out.json({"versions": state.versions, "done": state.done, "waiting": state.waiting})
        if not state.waiting:
            return 0
        raise WaitingError(
            "remote.not-converged",
            count=len(state.waiting),
            nodes=list(state.waiting[:_SHOWN]) + ["…"] * (len(state.waiting) > _SHOWN),
        )

    def _look(self) -> None:
        path = f"/v1/refreshes/{self._state.id}"
        parts = [self._nodes[at : at + _TOGETHER] for at in range(0, len(self._nodes), _TOGETHER)] or [()]
        found: list[api.RefreshTold] = []
        for some in parts:
            query = urllib.parse.urlencode([("node", node) for node in some])
            found.append(self._line.ask(api.RefreshTold, "GET", f"{path}?{query}" if query else path))
        done = tuple(node for one in found for node in one.done)
        waiting = tuple(node for one in found for node in one.waiting)
        self._state = api.RefreshTold(self._state.id, found[0].versions, done, waiting)
