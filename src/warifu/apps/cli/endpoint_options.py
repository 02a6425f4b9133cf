"""What the verbs of `warifu endpoint` share: where the agent is asked, and how a question is put."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from warifu.domain.findings import Lang, say
from warifu.wire.endpoint import Message, decode_reply, encode
from warifu.wiring import endpoint as wiring

_Answer = TypeVar("_Answer", bound=Message)


def socket_option(lang: Lang) -> Callable[[Any], Any]:
    """`--socket PATH`, passed as `socket: str`; empty means the usual place."""
    return click.option("--socket", default="", metavar="PATH", help=say("endpoint.option-socket", lang))


def store_argument() -> Callable[[Any], Any]:
    """`STORE`, passed as `store: str`."""
    return click.argument("store")


def ask(socket: str, question: Message, wanted: type[_Answer]) -> _Answer:
    """Return the agent's answer.

    Raises:
        WarifuError: what the agent says went wrong; `endpoint.not-running` where there is none.
    """
    return decode_reply(wiring.door(socket).ask(encode(question)), wanted)
