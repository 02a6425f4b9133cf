"""Error envelopes in JSON, alone or in the lines of a log.

Dell's is the Redfish one (DMTF DSP0266 §8.6): `error.code`, `error.@Message.ExtendedInfo[]` with MessageId,
RelatedProperties, Message, MessageArgs, Severity, Resolution. Expressway answers `{"Message": "..."}`.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from warifu.domain.diagnosis.catalogue import expressway_symptom, symptom_of_code
from warifu.domain.diagnosis.message import Message

_OPENING = re.compile(r'\{\s{0,40}"(error|Message)"\s{0,40}:')
_BROKEN = re.compile(r'"MessageId"\s{0,9}:\s{0,9}"([^"\n]{1,64})"')
_ARGUMENTS = re.compile(r'"MessageArgs"\s{0,9}:\s{0,9}\[([^\]\n]{0,2000})')
_TEXT = re.compile(r'"((?:[^"\\\n]|\\.){0,2000})"')
_DONE = re.compile(r"\A(?:OK|Success|.{0,60}(?:updated|uploaded|created|deleted))\Z", re.IGNORECASE)
_BREAKS = re.compile(r"\r?\n")
_WINDOW = 64 << 10  # characters; an envelope of twenty messages has a tenth of it
_HEAD = 1000  # characters before a message, where its time, level and class stand
_ATTEMPTS = 2000  # openings that turn out to be none; beyond it the text is hostile

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?")
_LEVEL = re.compile(r"\b(TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|SEVERE)\b")
_THREAD = re.compile(r"\[([^\[\]\n]{3,200})\]")
_PLACE = re.compile(r"\b([A-Z]\w{2,80})\s{0,4}-\s{0,4}(?:(\w{1,80})\(\))?")


@dataclass(frozen=True, slots=True)
class Lines:
    """Where the lines of a text begin."""

    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Lines:
        """Return them."""
        return cls(text, (0, *accumulate(len(line) for line in text.splitlines(keepends=True))))

    def number(self, offset: int) -> int:
        """Return the line of an offset, from 1."""
        return bisect_right(self.starts, offset)

    def head(self, offset: int) -> str:
        """Return what stands before an offset in its line; of the line above where that is nothing."""
        at = self.number(offset) - 1
        head = self._begin(self.starts[at], offset)
        if not head and at:
            head = self._begin(self.starts[at - 1], self.starts[at])
        return head[:_HEAD]

    def _begin(self, start: int, end: int) -> str:
        """Return the begin of a line, without what it is indented by: a line may be as long as its file."""
        return self.text[start : min(end, start + 4 * _HEAD)].strip()


@dataclass(frozen=True, slots=True)
class Envelope:
    """One envelope: where it stands in the text, and its messages."""

    start: int
    end: int
    messages: tuple[Message, ...]


def find_envelopes(text: str, source: str = "") -> Iterator[Envelope]:
    """Yield every envelope of a text, a broken one too."""
    lines = Lines.of(text)
    decoder = json.JSONDecoder()
    at, failed = 0, 0
    while failed < _ATTEMPTS and (opening := _OPENING.search(text, at)):
        start = opening.start()
        try:
            value, size = _decoded(decoder, text[start : start + _WINDOW])
        except (ValueError, RecursionError):
            failed += 1
            following = _OPENING.search(text, opening.end())
            at = min(following.start() if following else len(text), start + _WINDOW)
            found = _from_pieces(text[start:at])
        else:
            found = _from_value(value, is_alone=_is_alone(text, start, start + size))
            at = start + size
        told = tuple(placed(message, lines, start, source) for message in found)
        if told:
            yield Envelope(start, at, told)


def _decoded(decoder: json.JSONDecoder, text: str) -> tuple[object, int]:
    """Return the value a text begins with and its length; where a terminal broke its lines, they are joined."""
    try:
        return decoder.raw_decode(text)
    except ValueError:
        if "\n" not in text:
            raise
    value, size = decoder.raw_decode(_BREAKS.sub("", text))
    for found in _BREAKS.finditer(text):
        if found.start() >= size:
            break
        size += found.end() - found.start()
    return value, size


def _is_alone(text: str, start: int, end: int) -> bool:
    """Whether an answer is all there is beside the head of HTTP: it is Expressway's, and not a line of any log."""
    head = text[max(0, start - _WINDOW) : start].lstrip("\ufeff \t\r\n")
    return (not head or head.startswith("HTTP/")) and not text[end : end + _WINDOW].strip()


def _from_value(value: object, *, is_alone: bool) -> Iterator[Message]:
    match value:
        case {"error": {"@Message.ExtendedInfo": [*infos]} as error}:
            around = (_word(error.get("code")), _word(error.get("message")))
            for info in infos:
                if isinstance(info, dict):
                    yield _from_info(info, around)
        case {"Message": str(text)}:
            symptom = expressway_symptom(text)
            if symptom or (is_alone and not _DONE.search(text.strip(" ."))):
                yield Message("cisco-expressway", symptom, text=text)


def _from_info(info: dict[str, object], around: tuple[str, str]) -> Message:
    code = _word(info.get("MessageId")).rpartition(".")[2]  # `Base.1.0.GeneralError` has a registry before it
    return Message(
        "dell-ome",
        symptom_of_code(code),
        code=code,
        text=_word(info.get("Message")),
        arguments=_words(info.get("MessageArgs")),
        severity=_word(info.get("Severity")),
        resolution=_word(info.get("Resolution")),
        properties=_words(info.get("RelatedProperties")),
        envelope=around,
    )


def _from_pieces(text: str) -> Iterator[Message]:
    """Yield what can be told of an envelope that was cut or folded."""
    for found in _BROKEN.finditer(text):
        code = found[1].rpartition(".")[2]
        arguments = _ARGUMENTS.search(text, found.end())
        listed = tuple(_TEXT.findall(arguments[1])) if arguments else ()
        yield Message("dell-ome", symptom_of_code(code), code=code, arguments=listed)


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _words(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def placed(message: Message, lines: Lines, offset: int, source: str) -> Message:
    """Return a message with what the head of its log line says."""
    head = lines.head(offset)
    when, level, place = _TIME.search(head), _LEVEL.search(head), _PLACE.search(head)
    threads = [one for one in _THREAD.findall(head) if not _LEVEL.fullmatch(one) and not _TIME.match(one)]
    method = f".{place[2]}" if place and place[2] else ""
    return replace(
        message,
        when=when[0] if when else "",
        level=level[1] if level else "",
        thread=threads[0] if threads else "",
        place=f"{place[1]}{method}" if place else "",
        source=source,
        line=lines.number(offset),
    )
