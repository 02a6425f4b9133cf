"""One message of a vendor's product, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Message:
    """What a product said, where and when; nothing of it is translated or shortened.

    Args:
        vendor: `dell-ome`, `symantec-sepm`, `sql-server`, `vecs-cli`, `dir-cli`, `cisco-expressway`, `cisco-cucm`.
        symptom: the entry of the catalogue it is; empty when the catalogue does not know it.
        code: the product's own, such as `CGEN1008` or `4312`; empty where it has none.
        text: its sentence.
        arguments: what it adds, such as Redfish's `MessageArgs`.
        when: the log's own time, as it stands there.
        envelope: code and message of the error document that it stood in, such as Redfish's `error.code`.
        properties: the fields that it is about, such as Redfish's `RelatedProperties`.
        level: the log's own word.
        place: class and method that wrote it.
        source: the file it was found in; `line` counts from 1.
        times: how often it was said; `last` is when it was said last.
    """

    vendor: str
    symptom: str
    code: str = ""
    text: str = ""
    arguments: tuple[str, ...] = ()
    severity: str = ""
    resolution: str = ""
    properties: tuple[str, ...] = ()
    envelope: tuple[str, str] = ("", "")
    when: str = ""
    last: str = ""
    level: str = ""
    thread: str = ""
    place: str = ""
    source: str = ""
    line: int = 0
    times: int = 1

    @property
    def is_known(self) -> bool:
        """The catalogue knows it."""
        return bool(self.symptom)

    @property
    def said(self) -> tuple[str, str, str, tuple[str, ...]]:
        """What was said, apart from where and when."""
        return self.symptom, self.code, self.text, self.arguments


def gathered(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Return each message once, in the order of its first time, with how often it was said."""
    found: dict[tuple[str, str, str, tuple[str, ...]], Message] = {}
    for message in messages:
        first = found.setdefault(message.said, message)
        if first is not message:
            last = message.when or first.last
            found[message.said] = replace(first, times=first.times + message.times, last=last)
    return tuple(found.values())
