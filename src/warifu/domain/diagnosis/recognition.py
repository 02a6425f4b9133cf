"""Recognises vendors' messages in a text: envelopes, log lines, screens, what tools print."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from warifu.domain.diagnosis.catalogue import DELL_CODE, PHRASES, SYMPTOMS, symptom_of_code
from warifu.domain.diagnosis.envelopes import Envelope, Lines, find_envelopes, placed
from warifu.domain.diagnosis.message import Message, gathered
from warifu.domain.diagnosis.numbers import NUMBERS, behind

_TOOL = re.compile(
    r"\b(vecs-cli|dir-cli) failed(?:\. Error (\d{1,6})\b|, error= ?[^\n]{0,300}?(\d{1,6})[ \t]*$)",
    re.MULTILINE,
)
_STATUS = re.compile(
    r"\b(vecs-cli|dir-cli)\b[^\n]{0,200}?(?:\b(?:exit(?:ed)?(?: with)?(?: status| code)?|rc)|終了コード|終了ステータス)"
    r"\s{0,3}[:=：]?\s{0,3}(\d{1,3})\b"
)
_PRINTED = re.compile(r"[^\n\r]")
_LONGEST = 2000  # characters of a sentence that are kept
_AT_MOST = 20_000  # messages of one text


def find_messages(text: str, source: str = "") -> tuple[Message, ...]:
    """Return what vendors' products say in a text, in its order, each message once."""
    envelopes = list(find_envelopes(text, source))
    rest = _without(text, envelopes)
    found = [message for envelope in envelopes for message in envelope.messages]
    found += _find_plain(rest, source)
    return gathered(sorted(found, key=lambda message: message.line)[:_AT_MOST])


def _without(text: str, envelopes: Sequence[Envelope]) -> str:
    """Return a text in which envelopes are blank, every line where it was."""
    pieces, at = [], 0
    for envelope in envelopes:
        inside = text[envelope.start : envelope.end]
        pieces += [text[at : envelope.start], _PRINTED.sub(" ", inside)]
        at = envelope.end
    return "".join([*pieces, text[at:]])


def unknown(text: str, source: str = "") -> Message:
    """Return a text that nothing recognises, as it is."""
    return Message("", "", text=text.strip()[:_LONGEST], source=source)


def _find_plain(text: str, source: str) -> Iterator[Message]:
    lines = Lines.of(text)
    seen: set[tuple[int, str]] = set()
    for message, offset in (*_find_tools(text), *_find_codes(text), *_find_phrases(text)):
        key = lines.number(offset), message.symptom or message.code
        if key not in seen:
            seen.add(key)
            yield placed(message, lines, offset, source)


def _find_tools(text: str) -> Iterator[tuple[Message, int]]:
    for found in _TOOL.finditer(text):
        number = found[2] or found[3]
        end = text.find("\n", found.end())
        sentence = text[found.start() : end if end >= 0 else len(text)]
        symptom = f"number:{number}" if int(number) in NUMBERS else ""
        yield Message(found[1], symptom, code=number, text=sentence.strip()[:_LONGEST]), found.start()
    for found in _STATUS.finditer(text):
        symptom = f"status:{found[2]}" if behind(int(found[2])) else ""
        yield Message(found[1], symptom, code=found[2], text=found[0]), found.start()


def _find_codes(text: str) -> Iterator[tuple[Message, int]]:
    for found in DELL_CODE.finditer(text):
        yield (
            Message("dell-ome", symptom_of_code(found[0]), code=found[0], text=_line_at(text, found)),
            found.start(),
        )


def _find_phrases(text: str) -> Iterator[tuple[Message, int]]:
    for symptom, pattern in PHRASES:
        for found in pattern.finditer(text):
            vendor = SYMPTOMS[symptom].vendor
            yield Message(vendor, symptom, text=_line_at(text, found), arguments=(found[0],)), found.start()


def _line_at(text: str, found: re.Match[str]) -> str:
    begin = text.rfind("\n", 0, found.start()) + 1
    end = text.find("\n", found.end())
    return text[begin : end if end >= 0 else len(text)].strip()[:_LONGEST]
